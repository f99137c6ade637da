"""What a piece asks not to be told about itself: `gating: {ignore: [...]}` in its front matter, or a comment `<!-- gating: ignore gate -->`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from gating.errors import did_you_mean, nearest, shortly
from gating.reading.text import squeeze
from gating.reading.urls import ROW
from gating.records import CHECKS, IGNORABLE, Piece

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

COMMENT_KEY = "gating comment"  # in a piece's metadata; a comment is no text and would be lost with the markup
MOST, MOST_COMMENTS = 1000, 100  # characters of one comment, beyond which its reason is cut; comments of one page
MARKER = re.compile(r"<!--\s*gating:", re.IGNORECASE)
MDX_COMMENT = re.compile(r"\{/\*\s*+(gating:(?:(?!\*/|\{/\*).)*+)\*/\}", re.IGNORECASE | re.DOTALL)
# Code in templates whose marks are taken out before the page is parsed: Jekyll's and Hugo's highlight, Octopress' codeblock.
# This and MDX_COMMENT refuse to run over another opening, which keeps them linear on a page full of openings.
OPENING = r"\{[{%][-<%]?\s*(highlight|codeblock|code|raw|verbatim)\b"
TEMPLATE_CODE = re.compile(rf"{OPENING}(?:(?!{OPENING}).)*?\{{[{{%][-<%]?\s*(?:/|end)\s*\1\b", re.DOTALL)
IN_CODE = frozenset(("pre", "code", "samp"))  # a comment below them is an example; script, style and textarea hold none for the parser
ASK = re.compile(r"gating:\s*(ignore\b\s*:?)?\s*([^:]*):?\s*(.*)", re.IGNORECASE | re.DOTALL)
BETWEEN = re.compile(r"[,;\s]+")


@dataclass(frozen=True, slots=True)
class Ignored:
    """What is not to be reported of a piece: some of IGNORABLE and CHECKS. `wrong` holds names that are none, as they were written."""

    names: tuple[str, ...] = ()
    reason: str = ""
    wrong: tuple[str, ...] = ()


def comments_in(html: str, tree: LexborHTMLParser) -> tuple[tuple[str, str], ...]:
    """The comments of a page that speak to us, as entries of its metadata; `tree` was parsed from `html`. One in code asks for nothing."""
    if not MARKER.search(html) or tree.root is None:
        return ()
    whole = tree.root.parent or tree.root  # a comment may stand before <html>
    ours = (node for node in whole.traverse(include_text=True) if node.tag == "-comment" and (node.comment_content or "").lstrip()[:7].lower() == "gating:")
    return tuple((COMMENT_KEY, squeeze(node.comment_content or "")[:MOST]) for node in islice(ours, MOST_COMMENTS) if not _is_in_code(node))


def with_html_comments(mdx: str) -> str:
    """MDX with the asks in its comments as HTML comments, which rendering keeps."""
    return MDX_COMMENT.sub(lambda found: f"<!-- {found[1].replace('-->', '->')} -->", mdx)


def without_examples(text: str) -> str:
    """The text of a template whose examples of code no longer look as if they asked for something."""
    return TEMPLATE_CODE.sub(lambda found: MARKER.sub("<!-- example of gating:", found[0]), text) if MARKER.search(text) else text


def asks_of(metadata: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """The entries of `metadata` that come from comments."""
    return tuple(entry for entry in metadata if entry[0] == COMMENT_KEY)


def ignored_in(piece: Piece) -> Ignored:
    """What the piece says in its comments and, where it is no row of a table, under `gating:` in its front matter."""
    said = [(names, reason) for verb, names, reason in _comments(piece) if verb]
    if not ROW.search(piece.source):
        values = dict(piece.metadata)
        said.append((values.get("gating.ignore", ""), values.get("gating.reason", "")))
    names = tuple(dict.fromkeys(name for written, _ in said for name in BETWEEN.split(written.strip().lower()) if name))
    known = tuple(name for name in (*IGNORABLE, *CHECKS) if name in names)
    reason = next((reason.strip() for _, reason in said if reason.strip()), "")
    return Ignored(known, reason if known else "", tuple(name for name in names if name not in known))


def unclear_in(piece: Piece) -> Iterator[str]:
    """A sentence for each thing to ignore that is none, and for each ask that names nothing. A comment may begin with our name and mean something else."""
    can = f"it can ignore {', '.join(IGNORABLE)} and the names of checks"
    for name in ignored_in(piece).wrong:
        yield f"gating cannot ignore {shortly(name)!r}{did_you_mean(name, (*IGNORABLE, *CHECKS)) or f'; {can}'}"
    for verb, names, _ in _comments(piece):
        first = names.partition(" ")[0].lower()
        if verb and not names:
            yield f'the comment "gating: ignore" names nothing; {can}'
        elif not verb and (nearest(first, ("ignore",)) or first in (*IGNORABLE, *CHECKS)):
            yield f'the comment "gating: {shortly(names)}" does nothing; gating knows "gating: ignore NAME: REASON"'
    values = {} if ROW.search(piece.source) else dict(piece.metadata)
    if "ignore" in values.get("gating", "").lower():
        yield f'"gating: {shortly(values["gating"])}" in the front matter does nothing; write gating: {{ignore: [NAME]}}; {can}'


def _comments(piece: Piece) -> Iterator[tuple[str, str, str]]:
    """("ignore" or nothing, what stands before the reason, the reason) of each comment."""
    for key, value in piece.metadata:
        if key == COMMENT_KEY and (found := ASK.match(value)):
            yield found[1] or "", found[2].strip(), found[3]


def _is_in_code(node: LexborNode) -> bool:
    above = node.parent
    while above is not None and above.tag not in IN_CODE:
        above = above.parent
    return above is not None
