"""Prints how alike profiles of the labelled public pages are: pairs of one site, pairs of two sites, and each demand-gen piece's nearest offer.

The thresholds of gating/library/hand_offs.py rest on these figures.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from itertools import pairwise
from pathlib import Path

import numpy as np

from gating.library.compact import profile_of
from gating.library.phrases import weigh_phrases
from gating.reading.assembly import Parts, assemble
from gating.reading.markdown import markdown_page
from gating.records import Piece
from gating.settings import load_settings

CORPUS = Path(__file__).resolve().parent.parent.parent / "shared" / "corpus" / "train.jsonl"
QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9)
FEWEST = 20  # pieces of a site
DRAWN = 200  # pairs a site


def main() -> None:
    """Reads the pages, compares, prints."""
    if not CORPUS.is_file():
        sys.exit(f"{CORPUS} is not there: the figures can only be made where the labelled pages are.")
    sites = {name: rows for name, rows in _sites().items() if len(rows) >= FEWEST}
    chance = np.random.default_rng(0)
    within, nearest, across = [], [], []
    for rows in sites.values():
        alike = _similarities([profile for profile, _ in rows])
        within += list(chance.choice(alike[np.triu_indices(len(rows), 1)], DRAWN))
        lead = np.array([strategy == "lead-gen" for _, strategy in rows])
        if lead.any() and not lead.all():
            nearest += list(alike[~lead][:, lead].max(axis=1))
    for one, other in pairwise(sites.values()):
        alike = _similarities([profile for profile, _ in (*one, *other)])
        across += list(chance.choice(alike[: len(one), len(one) :].ravel(), DRAWN))
    for name, values in (("pairs of one site", within), ("pairs of two sites", across), ("nearest offer", nearest)):
        print(f"{name:20}", *(f"{share:.0%} {value:.3f}" for share, value in zip(QUANTILES, np.quantile(values, QUANTILES), strict=True)), sep="  ")


def _sites() -> dict[str, list[tuple[str, str]]]:
    """(profile, strategy) of the pieces of each site."""
    limits = load_settings().limits
    sites: dict[str, list[tuple[str, str]]] = defaultdict(list)
    with open(CORPUS, encoding="utf-8") as file:
        for row in map(json.loads, file):
            piece = assemble(Parts(row["path"], markdown_page(row["text"]), title=row["title"], description=row["description"] or ""), limits)
            if isinstance(piece, Piece):
                sites[row["site"]].append((profile_of(piece), row["strategy"]))
    return sites


def _similarities(profiles: list[str]) -> np.ndarray:
    weights = weigh_phrases(profiles).weights
    return (weights @ weights.T).toarray()


if __name__ == "__main__":
    main()
