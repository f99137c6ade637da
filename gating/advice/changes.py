"""Single changes to a piece, each a changed copy to be scored again: what would flip a label."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from gating.advice.quotes import evidence_shown
from gating.features.wording import IMPERATIVES
from gating.records import Block, BlockKind, Evidence, HeadVerdict, Piece

ASKS = (BlockKind.BUTTON, BlockKind.FIELD)
AFTER_TOPIC = re.compile(r" \| | – | - |: ")
TOPIC_WORDS = 6  # a longer title is a sentence, and "What is" before it makes none
CONTACT_FORM = ("First name *", "Work email *", "Company *")


@dataclass(frozen=True, slots=True)
class Change:
    """One change: what it is in words, the piece after it, and its size in words (a smaller change is the better answer)."""

    words: str
    piece: Piece
    size: int


@dataclass(frozen=True, slots=True)
class Flip:
    """What the best change found does to one head. It flips the label when `after.label` differs from `before.label`."""

    head: str
    before: HeadVerdict
    after: HeadVerdict
    change: str


def changes(piece: Piece, evidence: Iterable[Evidence]) -> Iterator[Change]:
    """The single changes worth trying on `piece`, strongest evidence first."""
    for item in evidence:
        kept = tuple(block for block in piece.blocks if not _holds(block, item))
        if kept and len(kept) < len(piece.blocks):
            place = f"line {item.line}" if item.line else "the text"
            yield _without(piece, kept, f'leave out {place}: "{evidence_shown(item.quote)}"')
    without_asks = tuple(block for block in piece.blocks if block.kind not in ASKS)
    if without_asks and len(without_asks) < len(piece.blocks):
        yield _without(piece, without_asks, "leave out every button and form field (the delete test)")
    fields = [Block(BlockKind.FIELD, text) for text in CONTACT_FORM]
    yield _with(piece, [*fields, Block(BlockKind.BUTTON, "Get the guide")], "put a contact form with a download button at its end", end=True)
    yield _with(piece, [Block(BlockKind.BUTTON, "Book a demo"), Block(BlockKind.BUTTON, "See pricing")], "open with the buttons [Book a demo] and [See pricing]", end=False)
    yield _with(piece, [Block(BlockKind.HEADING, "Register now", 2), *fields, Block(BlockKind.BUTTON, "Save my seat")], "turn it into a registration with a form", end=False)
    half = len(piece.blocks) // 2
    if half >= 3:
        held_back = (
            *piece.blocks[:half],
            Block(BlockKind.PARAGRAPH, "The rest is in the free guide. Tell us where to send it."),
            *fields,
            Block(BlockKind.BUTTON, "Download the guide"),
        )
        yield Change("hold back the second half behind a download form", replace(piece, blocks=held_back), 400)
    topic = topic_of(piece.title)
    if topic:
        for title in (f"What is {topic}?", f"How to choose {topic}"):
            yield Change(f'call it "{title}"', replace(piece, title=title), 5)


def _holds(block: Block, item: Evidence) -> bool:
    return block.line == item.line and item.quote in " ".join(block.text.split())


def _without(piece: Piece, kept: tuple[Block, ...], words: str) -> Change:
    size = piece.n_words - sum(len(block.text.split()) for block in kept if block.kind is not BlockKind.CODE)
    return Change(words, replace(piece, blocks=kept), max(size, 1))


def _with(piece: Piece, added: list[Block], words: str, end: bool) -> Change:
    blocks = (*piece.blocks, *added) if end else (*added, *piece.blocks)
    return Change(words, replace(piece, blocks=blocks), sum(len(block.text.split()) for block in added))


def topic_of(title: str) -> str:
    """A title without its site's name and its question words, to phrase other words with; empty where that would be no English."""
    topic = AFTER_TOPIC.split(title, maxsplit=1)[0].rstrip("?.! ")
    for opening in ("what is ", "what are ", "how to choose ", "how to ", "why ", "the ", "a "):
        if topic.lower().startswith(opening):
            topic = topic[len(opening) :]
    words = topic.lower().split()
    return "" if not words or len(words) > TOPIC_WORDS or words[0] in IMPERATIVES else topic
