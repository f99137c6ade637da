"""Makes gating/features/common_words.npy: checksums of the words that stand on at least six sites of the labelled pages.

A word that is not among them is likely a name. Only checksums are kept; run it before scripts/make_figures.py.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np

from gating.features.words import TOKEN, token_number

ROOT = Path(__file__).resolve().parent.parent
CORPUS = ROOT.parent / "shared" / "corpus" / "train.jsonl"
MIN_SITES = 6


def main() -> None:
    """Counts sites for each word and writes the common ones."""
    if not CORPUS.is_file():
        sys.exit(f"{CORPUS} is not there: the list can only be made where the labelled pages are.")
    sites: dict[int, set[str]] = {}
    with open(CORPUS, encoding="utf-8") as file:
        for line in file:
            page = json.loads(line)
            for token in set(TOKEN.findall(f"{page['title']} {page['text']}".lower())):
                if token[0].isalpha():
                    sites.setdefault(token_number(token), set()).add(page["site"])
    common = sorted(number for number, found in sites.items() if len(found) >= MIN_SITES)
    np.save(ROOT / "gating" / "features" / "common_words.npy", np.array(common, dtype=np.uint32))
    print(f"{len(common)} words on {MIN_SITES} or more sites")


if __name__ == "__main__":
    main()
