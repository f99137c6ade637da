"""What must hold of whatever a reader gives, for any bytes: the property tests and the fuzz script ask the same questions."""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator

from gating.records import BlockKind, Piece, Skipped, Status

# Format characters that are seen: signs written before a number or a verse (Arabic, Syriac, Kaithi), and those that stack hieroglyphs.
VISIBLE = {*range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD, *range(0x13430, 0x13440)}
HIDDEN = re.compile(
    "["
    + "".join(
        re.escape(chr(code)) for code in range(sys.maxunicode + 1) if unicodedata.category(chr(code)) in ("Cc", "Cf", "Cs") and chr(code) not in "\n\t" and code not in VISIBLE
    )
    + "]"
)


def faults(results: Iterable[Piece | Skipped]) -> Iterator[str]:
    """What is wrong with the pieces and reasons of one file, in words that do not depend on its texts."""
    results = list(results)
    if not results:
        yield "neither a piece nor a reason"
    sources = [result.source for result in results if isinstance(result, Piece)]
    if len(set(sources)) < len(sources):
        yield "two pieces under one source"
    for result in results:
        yield from _of_piece(result) if isinstance(result, Piece) else _of_skipped(result)


def _of_skipped(result: Skipped) -> Iterator[str]:
    if not result.reason.strip():
        yield "no reason"
    if len(result.reason.splitlines()) > 1:
        yield "a reason of several lines"
    if "the program failed on it" in result.reason:
        yield f"a mistake of a reader: {result.reason}"
    if result.status not in (Status.SKIPPED, Status.FAILED):
        yield "a status that is none of a skipped input"
    if not result.id:
        yield "a skipped input without an id"
    shown = {"reason": result.reason, "title": result.title, "url": result.url, "id": result.id}
    yield from (f"hidden characters in the {name} of a skipped input" for name, text in shown.items() if HIDDEN.search(text))
    if any(HIDDEN.search(key + value) for key, value in result.metadata):
        yield "hidden characters in the metadata of a skipped input"


def _of_piece(piece: Piece) -> Iterator[str]:
    if not piece.id:
        yield "a piece without an id"
    if not piece.n_words:
        yield "a piece without words"
    if any(not block.text.strip() for block in piece.blocks):
        yield "a block without text"
    if any(block.line < 0 for block in piece.blocks) or any(link.line < 0 for link in piece.links):
        yield "a line below zero"
    if any("\n" in block.text and block.kind is not BlockKind.CODE for block in piece.blocks):
        yield "a block on two lines"
    lines = {"id": piece.id, "title": piece.title, "url": piece.url, "description": piece.description, "evidence": piece.observed.evidence}
    yield from (f"several lines in the {name}" for name, text in lines.items() if len(text.splitlines()) > 1)
    yield from ("a limit of several lines" for limit in piece.limits if len(limit.splitlines()) > 1)
    texts = {
        **lines,
        "blocks": "".join(block.text for block in piece.blocks),
        "links": "".join(link.text + link.href for link in piece.links),
        "metadata": "".join(key + value for key, value in piece.metadata),
        "forms": "".join(form.identity + form.words + form.vendor for form in piece.forms) + piece.observed.form,
        "limits": "".join(piece.limits),
        "language": piece.language,
    }
    yield from (f"hidden characters in the {name}" for name, text in texts.items() if HIDDEN.search(text))
