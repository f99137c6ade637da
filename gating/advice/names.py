"""The rubric's tests of a stage that need a company's names: the product test (P1) and the comparison with a rival (P6)."""

from __future__ import annotations

import re

from gating.advice.own_words import first_of, times
from gating.records import BlockKind, Piece, Stage, Verdict
from gating.settings import Names

MOST = 1 / 3  # of the paragraphs, from which a piece is about what they name (RUBRIC P1)
LEAST = 3  # paragraphs that name it; of two, one is more than a third
FEWEST_WORDS = 5  # of a paragraph; shorter ones are labels and slogans
RUNNING = (BlockKind.PARAGRAPH, BlockKind.ITEM, BlockKind.QUOTE)
AGAINST = re.compile(r"(?<!\w)(?:vs\.?|versus|alternatives?|compared|comparison|compare|instead of|switch(?:ing)?|migrat(?:e|ing)|moving from|against|or)(?!\w)", re.IGNORECASE)


def doubt_of_stage(piece: Piece, verdict: Verdict, names: Names) -> str:
    """A sentence where the names make a decision piece of what the model gives an earlier stage; empty else, and where a person gave the stage."""
    if verdict.stage.predicted or verdict.stage.label == Stage.DECISION:
        return ""
    rival, ours = first_of(names.rivals, piece.title), (*names.brand, *names.products)
    said = f"the model says {verdict.stage.label}: please decide"
    if rival and (AGAINST.search(piece.title) or first_of(ours, piece.title)):
        return f'its title sets it beside the rival "{rival}", which makes a decision piece (RUBRIC P6); {said}'
    count, of = _naming(piece, ours)
    if count >= LEAST and count > MOST * of:
        return f'{count} of its {of} paragraphs name "{first_of(ours, _text(piece))}", which makes a decision piece (RUBRIC P1); {said}'
    return ""


def _naming(piece: Piece, ours: tuple[str, ...]) -> tuple[int, int]:
    """How many of the paragraphs name one of `ours`, and of how many; the last one is left out as the closing call to action (RUBRIC P2)."""
    if not ours:
        return 0, 0
    running = [block.text for block in piece.blocks if block.kind in RUNNING and len(block.text.split()) >= FEWEST_WORDS][:-1]
    return sum(times(ours, text) > 0 for text in running), len(running)


def _text(piece: Piece) -> str:
    return "\n".join(block.text for block in piece.blocks)
