"""Makes training_data/figures.* from the labelled public pages of ../shared/corpus and the project's own examples.

For the public pages only figures are kept: feature rows with label, site, repository, path and commit; no text. Run it after
every change of the features, then `gating train training_data --name base --registry models`.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from gating.settings import load_settings
from gating.training.examples import read_examples
from gating.training.figures import save_figures, table_of

ROOT = Path(__file__).resolve().parent.parent
CORPUS = ROOT.parent / "shared" / "corpus" / "train.jsonl"


def main() -> None:
    """Reads, extracts, writes; prints what could not be used."""
    if not CORPUS.is_file():
        sys.exit(f"{CORPUS} is not there: the figures can only be made where the labelled pages are.")
    found = read_examples([str(CORPUS)], load_settings())
    examples = [replace(example, site=_organisation(example.site)) for example in found.examples]
    save_figures(table_of(examples), ROOT / "training_data")
    for source, reason in found.problems:
        print(f"not used: {source}: {reason}")
    print(f"{len(examples)} pages of {len({example.site for example in examples})} sites")


def _organisation(site: str) -> str:
    return "Canonical / Ubuntu" if "canonical" in site.lower() or "ubuntu" in site.lower() else site


if __name__ == "__main__":
    main()
