"""Four short texts of our own whose scores stand in the card of every stored model: a model that no longer gives them was changed,
or is read by a gating that computes something else.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gating.classifier.bundle import Bundle
from gating.classifier.heads import Heads
from gating.features import extract
from gating.records import HEADS, Block, BlockKind, Piece

TOLERANCE = 1e-6  # of a probability: other processors round differently from the ninth digit on
DIGITS = 9
Scores = dict[str, dict[str, list[float]]]  # {text: {head: probabilities in the order of LABELS}}


def _piece(name: str, title: str, *texts: tuple[str, str]) -> Piece:
    return Piece(name, name, title, tuple(Block(BlockKind(kind), text) for kind, text in texts))


# A changed text needs a new name: cards keep the scores of the old one.
CANARIES = (
    _piece(
        "article-1", "Why greenhouse tomatoes split in the last week of August",
        ("heading", "Why greenhouse tomatoes split in the last week of August"),
        ("paragraph", "The skin stops growing before the fruit does. A dry week followed by one generous watering is enough: the flesh swells, the skin cannot."),
        ("heading", "What growers get wrong"),
        ("paragraph", "Most people blame the variety. In nine beds out of ten the cause is the timer, which was set in June and never touched again."),
        ("item", "Water little and often, before ten in the morning."),
        ("item", "Pick at first colour when rain is coming."),
    ),
    _piece(
        "comparison-1", "Ledgerline vs paper logbooks vs spreadsheets for fleet maintenance",
        ("heading", "Ledgerline vs paper logbooks vs spreadsheets for fleet maintenance"),
        ("paragraph", "If you run more than fifteen vans you have probably outgrown the logbook in the glovebox. Here is how the three ways compare."),
        ("table", "Feature | Paper | Spreadsheet | Ledgerline"),
        ("table", "Reminders | no | by hand | yes"),
        ("paragraph", "Choose a spreadsheet if one person looks after all vehicles. Choose Ledgerline if drivers report faults from the road."),
        ("button", "See it with your own vans"),
    ),
    _piece(
        "pricing-1", "Plans and prices",
        ("heading", "Plans and prices"),
        ("paragraph", "Billed yearly. No set-up fee, cancel when you like."),
        ("item", "Starter: $19 per clinic per month, two chairs"),
        ("item", "Practice: $59 per clinic per month, unlimited chairs, recall messages"),
        ("button", "Start free trial"),
        ("button", "Talk to sales"),
    ),
    _piece(
        "ebook-1", "The 2024 night-shift staffing benchmark",
        ("heading", "Download the 2024 night-shift staffing benchmark"),
        ("paragraph", "We asked 412 ward managers how they fill nights. Forty pages, with a template that works out your own cost per uncovered shift."),
        ("field", "Work email"), ("field", "Company"), ("field", "Job title"),
        ("button", "Send me the report"),
    ),
)  # fmt: skip


def canary_scores(heads: Heads) -> Scores:
    """The probabilities that a model gives to each canary, rounded to nine digits."""
    found = {}
    for piece in CANARIES:
        inputs = heads.inputs(extract(piece))
        found[piece.id] = {head: [round(float(value), DIGITS) for value in heads.probabilities(inputs, head)] for head in HEADS}
    return found


def canary_fault(bundle: Bundle) -> str:
    """What is wrong with the scores of the canaries, in one sentence; "" when they are as the card says."""
    expected: Any = bundle.card.get("canaries")
    if not isinstance(expected, dict) or set(expected) != {piece.id for piece in CANARIES}:
        return "its card has no scores of the canary texts of this gating, so only its digests could be checked"
    for name, heads in canary_scores(Heads(bundle)).items():
        for head, found in heads.items():
            try:
                far = float(np.abs(np.asarray(expected[name][head], dtype=np.float64) - np.asarray(found)).max())
            except (KeyError, TypeError, ValueError):
                return f"its card has no usable score of the canary text {name} for {head}"
            if not far <= TOLERANCE:
                return f"the canary text {name} scores {far:.2g} away from what its card says for {head}"
    return ""
