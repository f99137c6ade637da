"""The blocks of a piece as a text that a person edits, and that reads back as the same blocks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from gating.reading.blocks import is_field_label
from gating.records import Block, BlockKind

# What Markdown would take for a mark though it is a sign of the text: emphasis, code, links, tags, and what opens a block.
MARKS = re.compile(r"([\\`]|(?<!\s)\*|\*(?!\s|\Z)|(?<![^\W_])_|_(?![^\W_])|<(?=[A-Za-z/!?])|&(?=#?\w+;)|~(?=.*~)|\[(?=[^\]\n]*\]\())")
OPENINGS = re.compile(r"\A(?:(#{1,6}(?=\s|\Z)|>|[-+](?=\s|\Z)|=+\s*\Z|-+\s*\Z|~~~|\||:?-+:?\|)|(\d{1,9})([.)])(?=\s|\Z))")


def draft_of(blocks: Sequence[Block]) -> str:
    """The blocks in Markdown: headings, lists, quotes, tables, code; a button as [its label], a field as its label, with a star where that is not plain."""
    return "\n\n".join(_runs(blocks)) + "\n" if blocks else ""


def _runs(blocks: Sequence[Block]) -> Iterator[str]:
    """One text for each block, or for each run of list items or table rows."""
    for kind, run in groupby(blocks, key=lambda block: block.kind):
        held = list(run)
        if kind is BlockKind.ITEM:
            yield "\n".join(f"- {_escaped(block.text)}" for block in held)
        elif kind is BlockKind.TABLE:
            yield _table([block.text for block in held])
        else:
            yield from map(_alone, held)


def _alone(block: Block) -> str:
    if block.kind is BlockKind.CODE:
        fence = "`" * max(3, 1 + max(map(len, re.findall(r"`+", block.text)), default=0))
        return f"{fence}\n{block.text}\n{fence}"
    if block.kind is BlockKind.BUTTON:
        return f"[{block.text}]"
    text = _escaped(block.text)
    if block.kind is BlockKind.FIELD and not (is_field_label(block.text) or block.text.endswith("*")):
        return f"{text} *"  # the sign by which a line is known as a field
    if block.kind is BlockKind.HEADING:
        return f"{'#' * min(max(block.level, 1), 6)} {text}"
    return f"> {text}" if block.kind is BlockKind.QUOTE else text


def _table(rows: Sequence[str]) -> str:
    """Rows of cells set apart by " | ", as a table whose first row is its head."""
    width = max(row.count(" | ") for row in rows) + 1
    head, *body = [f"| {MARKS.sub(_backslash, row)} |" for row in rows]
    empty = "| " * (width - 1 - rows[0].count(" | "))  # the empty corner of a table, which blocks leave out; a head must be whole
    return "\n".join([empty + head, "|" + "---|" * width, *body])


def _escaped(text: str) -> str:
    return OPENINGS.sub(lambda found: f"\\{found[1]}" if found[1] else f"{found[2]}\\{found[3]}", MARKS.sub(_backslash, text))


def _backslash(found: re.Match[str]) -> str:
    return f"\\{found[1]}"
