"""What every reader ends with: the parts of a piece put together, or the one-line reason why it cannot be scored."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from gating.reading.blocks import Page
from gating.reading.language import language_name, language_of
from gating.reading.text import clean, squeeze
from gating.records import Block, BlockKind, ObservedGate, Piece, Skipped
from gating.settings import Limits

MAX_TITLE = 300  # characters; a longer title is running text that lost its markup


@dataclass
class Parts:
    """What a reader found. Everything but `source` and `page` may be missing."""

    source: str
    page: Page
    id: str = ""
    title: str = ""
    url: str = ""
    description: str = ""
    metadata: tuple[tuple[str, str], ...] = ()
    observed: ObservedGate = field(default_factory=ObservedGate)
    limits: tuple[str, ...] = ()


def assemble(parts: Parts, limits: Limits) -> Piece | Skipped:
    """The piece; or a Skipped when it is empty, shorter than `limits.min_words` or not English."""
    id_ = squeeze(clean(parts.id)) or source_id(parts.source)
    title = squeeze(clean(parts.title))[:MAX_TITLE]
    blocks, cut = _within(parts.page.blocks, limits.max_characters)
    piece = Piece(
        id=id_,
        source=parts.source,
        title=title or _first_heading(blocks),
        blocks=blocks,
        url=squeeze(clean(parts.url)),
        description=squeeze(clean(parts.description))[:1000],
        links=tuple(parts.page.links),
        metadata=tuple((clean(key), clean(value)) for key, value in parts.metadata),
        observed=parts.observed,
        limits=parts.limits + ((f"only the first {limits.max_characters:,} characters were read",) if cut else ()),
    )
    reason = _why_not(piece, limits)
    return Skipped(parts.source, reason, id=id_, title=piece.title) if reason else piece


def source_id(source: str) -> str:
    """An id made from the source as given, the same in every run."""
    return hashlib.blake2b(source.encode("utf-8", "surrogateescape"), digest_size=8).hexdigest()


def _why_not(piece: Piece, limits: Limits) -> str:
    if not piece.blocks:
        return "no text in it"
    if piece.n_words < limits.min_words:
        return f"only {piece.n_words} words of text; {limits.min_words} are needed"
    code = language_of(" ".join(block.text for block in piece.blocks[:60] if block.kind is not BlockKind.CODE))
    return "" if code == "en" else f"the text is {language_name(code)}; gating reads English"


def _first_heading(blocks: tuple[Block, ...]) -> str:
    heading = next((block.text for block in blocks if block.kind is BlockKind.HEADING), "")
    first = blocks[0].text if blocks else ""
    return (heading or (first if len(first.split()) <= 14 else ""))[:MAX_TITLE]


def _within(blocks: list[Block], max_characters: int) -> tuple[tuple[Block, ...], bool]:
    total = 0
    for index, block in enumerate(blocks):
        total += len(block.text)
        if total > max_characters:
            room = max_characters - (total - len(block.text))
            rest = (Block(block.kind, block.text[:room], block.level, block.line),) if room > 0 else ()
            return (*blocks[:index], *rest), True
    return tuple(blocks), False
