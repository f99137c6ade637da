"""What every reader ends with: the parts of a piece put together, or the one-line reason why it cannot be scored."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from gating.reading.aliases import find_columns
from gating.reading.blocks import Page
from gating.reading.dates import iso_date
from gating.reading.gates import gate_in_metadata
from gating.reading.language import UNSPACED, language_name, language_of
from gating.reading.outcome import LIMIT
from gating.reading.text import clean, squeeze
from gating.records import Block, BlockKind, Form, ObservedGate, Piece, Skipped
from gating.settings import Limits

INVENTORY = "in the inventory only, no text"
MAX_ID, MAX_URL = 300, 2000  # characters; browsers show no longer address
MAX_METADATA = 1000  # front matter values or columns; the widest real exports have some 400
MAX_KEY, MAX_VALUE = 200, 10_000  # characters of a name and of a value
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
    forms: tuple[Form, ...] = ()
    limits: tuple[str, ...] = ()


def with_columns(parts: Parts, columns: Sequence[tuple[str, str]]) -> Parts:
    """The parts with what `columns` know of the piece: they fill what it does not say itself, and a flag of theirs outweighs its forms."""
    if not columns:
        return parts
    names = find_columns(dict(columns))
    days = {names.get("date"), names.get("modified")}
    values = {name: iso_date(value) if name in days else value for name, value in columns}
    named = {known: values[name] for known, name in names.items()}
    observed = gate_in_metadata((("access", named.get("gate", "")),))
    said = {key for key, _ in parts.metadata} | {names.get(known) for known in ("id", "title", "url", "description")} | {LIMIT}
    return replace(
        parts,
        id=parts.id or named.get("id", ""),
        title=parts.title or named.get("title", ""),
        url=parts.url or named.get("url", ""),
        description=parts.description or named.get("description", ""),
        metadata=parts.metadata + tuple((key, value) for key, value in values.items() if key not in said),
        observed=parts.observed if observed.verdict == "unknown" else observed,
        limits=parts.limits + tuple(value for name, value in columns if name == LIMIT),
    )


def assemble(parts: Parts, limits: Limits) -> Piece | Skipped:
    """The piece; or a Skipped when it is empty, shorter than `limits.min_words` or not English.

    An address and facts without a text, such as a page of a content calendar in Notion, are an entry of an inventory.
    """
    id_ = _short(squeeze(clean(parts.id))) or source_id(parts.source)
    title = squeeze(clean(parts.title))[:MAX_TITLE]
    wide = (f"only the first {MAX_METADATA:,} of {len(parts.metadata):,} columns or front matter values were kept",) if len(parts.metadata) > MAX_METADATA else ()
    limits_hit = tuple(dict.fromkeys(squeeze(clean(said)) for said in (*parts.page.limits, *parts.limits, *wide)))  # a parser's words quote the file
    blocks, cut = _within(parts.page.blocks, limits.max_characters)
    piece = Piece(
        id=id_,
        source=parts.source,
        title=title or _first_heading(blocks),
        blocks=blocks,
        url=squeeze(clean(parts.url))[:MAX_URL],
        description=squeeze(clean(parts.description))[:1000],
        links=tuple(parts.page.links),
        metadata=tuple((clean(key[:MAX_KEY]), clean(value[:MAX_VALUE])) for key, value in parts.metadata[:MAX_METADATA]),
        observed=replace(parts.observed, evidence=squeeze(clean(parts.observed.evidence))),
        forms=parts.forms,
        limits=limits_hit + ((f"only the first {limits.max_characters:,} characters were read",) if cut else ()),
    )
    reason = _why_not(piece, limits)
    if not reason:
        return piece
    if piece.url and piece.metadata and all(block.kind is BlockKind.HEADING for block in piece.blocks):
        return Skipped(parts.source, INVENTORY, id=id_, title=piece.title, url=piece.url, metadata=piece.metadata)
    return Skipped(parts.source, "; ".join((reason, *limits_hit)), id=id_, title=piece.title)


def source_id(source: str) -> str:
    """An id made from the source as given, the same in every run."""
    return hashlib.blake2b(source.encode("utf-8", "surrogateescape"), digest_size=8).hexdigest()


def _short(id_: str) -> str:
    """The id itself; of one too long to show its beginning and a digest, by which it stays one of a kind."""
    return id_ if len(id_) <= MAX_ID else f"{id_[: MAX_ID - 20]}-{source_id(id_)}"


def _why_not(piece: Piece, limits: Limits) -> str:
    if not piece.blocks:
        return "no text in it"
    code = language_of(" ".join(block.text for block in piece.blocks[:60] if block.kind is not BlockKind.CODE))
    if piece.n_words < limits.min_words and code not in UNSPACED:
        return f"only {piece.n_words} words of text; {limits.min_words} are needed"
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
