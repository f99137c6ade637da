"""The words of a piece that weighed most for its labels, quoted with their line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

import numpy as np

from gating.classifier.heads import Heads
from gating.features.chunks import Table
from gating.features.view import within_window
from gating.records import Block, BlockKind, Evidence, HeadVerdict, Piece

QUOTED_HEADS = ("strategy", "stage", "gate")
QUOTE_WORDS = 24  # RUBRIC section 7: spans of under 25 words
LEAST_WORDS = 4  # of a sentence; "Two things." is no reason, however typical
LENGTH_POWER = 0.25  # by which length is discounted: none, and the longest sentence always wins; all, and the shortest does
FIELD_DISCOUNT = 2.0  # "Email" tells the model much and a reader little; a sentence or button of half the weight goes first
MOSTLY_NUMBERS = 0.3  # share of words with a digit or bar, from which a line is a row of figures and no reason
MAX_TEXTS = 150  # looked at in a long piece; its first blocks say what it is
IS_FIGURE = Table(lambda chunk: not any(map(str.isalpha, chunk)))
SENTENCE_END = re.compile(r"[.!?][\"”’)]*\s+(?=[\"“‘(]*[A-Z0-9])")


def find_evidence(piece: Piece, heads: Heads, verdicts: dict[str, HeadVerdict], per_label: int = 1) -> tuple[Evidence, ...]:
    """`per_label` quotes for each of strategy, stage and gate, strongest first within a label.

    `weight` is the quote's share of all that speaks for the label in the texts looked at, 0..1.
    """
    blocks = [block for block in within_window(piece) if block.kind is not BlockKind.CODE]
    texts = list(islice(((block, words) for block in blocks for words in _sentences(block)), MAX_TEXTS))
    if not texts:  # nothing but scraps: the longest is the best there is
        texts = [(block, block.text.split()[:QUOTE_WORDS]) for block in blocks[:MAX_TEXTS]]
    if not texts:
        return ()
    wanted = {head: verdicts[head].label for head in QUOTED_HEADS}
    lengths = np.array([len(words) for _, words in texts]) ** LENGTH_POWER
    lengths[[block.kind is BlockKind.FIELD for block, _ in texts]] *= FIELD_DISCOUNT
    found = []
    for head, weights in heads.text_weights(wanted, [(block.kind, " ".join(words)) for block, words in texts]).items():
        per_word = weights / lengths  # else the longest sentence always wins
        for_it = max(float(weights[weights > 0].sum()), 1e-9)
        for rank, number in enumerate(np.argsort(-per_word, kind="stable")[:per_label]):
            if rank and weights[number] <= 0:
                break  # one quote for each label, more only where they speak for it
            block, words = texts[number]
            found.append(Evidence(wanted[head], " ".join(words), block.line, round(min(1.0, max(0.0, float(weights[number]) / for_it)), 4)))
    return tuple(found)


def _sentences(block: Block) -> Iterator[list[str]]:
    """The words of each sentence that could be quoted."""
    short = block.kind in (BlockKind.BUTTON, BlockKind.FIELD, BlockKind.HEADING)
    for sentence in _cut(block.text) if len(block.text) > 60 else [block.text]:
        words = sentence.split()[:QUOTE_WORDS]
        if words and (short or len(words) >= LEAST_WORDS) and sum(IS_FIGURE.of(words)) <= MOSTLY_NUMBERS * len(words):
            yield words


def _cut(text: str) -> Iterator[str]:
    """The sentences of a text, closing quotes after the last sign left out."""
    start = 0
    for found in SENTENCE_END.finditer(text):
        yield text[start : found.start() + 1]
        start = found.end()
    yield text[start:]
