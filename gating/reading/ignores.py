"""What a piece asks not to be told about itself: `gating: {ignore: [...]}` in its front matter, or a comment `<!-- gating: ignore gate -->`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from gating.reading.urls import ROW
from gating.records import CHECKS, IGNORABLE, Piece

COMMENT_KEY = "gating comment"  # in a piece's metadata; a comment is no text and would be lost with the markup
COMMENT = re.compile(r"<!--\s*gating:\s*ignore\b([^<>]{0,300}?)-->", re.IGNORECASE)
MDX_COMMENT = re.compile(r"\{/\*\s*(gating:\s*ignore\b[^{}<>*]{0,300}?)\*/\}", re.IGNORECASE)
BETWEEN = re.compile(r"[,;\s]+")


@dataclass(frozen=True, slots=True)
class Ignored:
    """What is not to be reported of a piece: some of IGNORABLE and CHECKS. `wrong` holds names that are none, as they were written."""

    names: tuple[str, ...] = ()
    reason: str = ""
    wrong: tuple[str, ...] = ()


def comments_in(html: str) -> tuple[tuple[str, str], ...]:
    """The asks in the comments of a page, as entries of its metadata. Text in code is escaped in HTML and so asks for nothing."""
    return tuple((COMMENT_KEY, found.group(1).strip()) for found in COMMENT.finditer(html)) if "<!--" in html else ()


def with_html_comments(mdx: str) -> str:
    """MDX with the asks in its comments as HTML comments, which rendering keeps."""
    return MDX_COMMENT.sub(r"<!-- \1 -->", mdx)


def asks_of(metadata: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """The entries of `metadata` that come from comments."""
    return tuple(entry for entry in metadata if entry[0] == COMMENT_KEY)


def ignored_in(piece: Piece) -> Ignored:
    """What the piece says in its comments and, where it is no row of a table, under `gating:` in its front matter."""
    said = [value.partition(":")[::2] for key, value in piece.metadata if key == COMMENT_KEY]
    if not ROW.search(piece.source):
        values = dict(piece.metadata)
        said.append((values.get("gating.ignore", ""), values.get("gating.reason", "")))
    names = tuple(dict.fromkeys(name for written, _ in said for name in BETWEEN.split(written.strip().lower()) if name))
    known = tuple(name for name in (*IGNORABLE, *CHECKS) if name in names)
    reason = next((reason.strip() for _, reason in said if reason.strip()), "")
    return Ignored(known, reason if known else "", tuple(name for name in names if name not in known))
