"""RSS and Atom feeds: the newest pieces of a site, often as summaries only."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

from gating.reading.dates import iso_date
from gating.reading.outcome import LIMIT, LeftOut, Row, Unread
from gating.reading.safe_xml import DECLARATION, well_formed
from gating.reading.sources import Choices
from gating.reading.table import plain_words
from gating.reading.text import decode
from gating.records import Skipped, Status

FULL_FROM = 150  # words; a <description> as long as that is the text itself
CUT = re.compile(r"(?:\[(?:…|\.\.\.|&#8230;|&hellip;)\]|…|\.\.\.|\b(?:continue reading|read more)\W{0,3})\s*(?:</\w+>\s*)*$|appeared first on\b", re.IGNORECASE)
TEMPLATE = re.compile(r"\{\{|\{%|<%")


def is_feed(suffix: str, data: bytes) -> bool:
    """True for RSS 0.9 to 2.0 and Atom."""
    head = data[:4000].replace(b"\0", b"")
    return suffix in (".xml", ".rss", ".atom", ".rdf") and any(mark in head for mark in (b"<rss", b"<feed", b"<rdf:RDF"))


def is_json_feed(suffix: str, data: bytes) -> bool:
    """True for a JSON Feed, which is read as any other table in JSON."""
    return suffix == ".json" and b"jsonfeed.org/version" in data[:4000].replace(b"\\", b"")


def feed_rows(data: bytes, source: str, choices: Choices) -> Iterator[Row | Skipped]:
    """One row for each entry. An entry of which the feed holds a summary only says so."""
    import feedparser

    if b"\0" in data[:100]:  # UTF-16, which feedparser takes for nothing at all
        data = DECLARATION.sub("", decode(data), count=1).encode()
    xml, problem = well_formed(data, ("item", "entry"))
    # A file object, for feedparser takes a text as an address to fetch. Well-formed first, for its reader of broken feeds is slow.
    try:
        parsed = feedparser.parse(io.BytesIO(xml), sanitize_html=False, resolve_relative_uris=False)
    except Exception as error:  # its reader of broken feeds fails on some of them, in ways without a common class
        raise Unread(f"a feed that is too damaged to read{f': {problem}' if problem else ''}") from error
    if not parsed.entries:
        raise Unread(f"a feed without entries{f': {problem}' if problem else ''}", Status.FAILED if problem else Status.SKIPPED)
    left_out = LeftOut()
    for entry in parsed.entries:
        if TEMPLATE.search(f"{entry.get('title', '')} {entry.get('link', '')}"):
            left_out.no_pieces["template that was never filled in"] += 1
        else:
            yield _row(entry)
    yield from left_out.lines(source, problem)


def _row(entry: dict[str, Any]) -> Row:
    content = max((part.get("value") or "" for part in entry.get("content", [])), key=len, default="")
    summary = entry.get("summary") or ""
    text = content or summary
    only_summary = not content and bool(text) and (len(plain_words(text).split()) < FULL_FROM or bool(CUT.search(text[-400:])))
    return {
        "id": entry.get("id") or "",
        "title": entry.get("title") or "",
        "url": entry.get("link") or "",
        "description": summary if content else "",
        "text": text,
        "author": entry.get("author") or "",
        "date": _day(entry.get("published") or ""),
        "modified": _day(dict.get(entry, "updated") or ""),  # feedparser's own `get` gives the day of publication instead
        "tags": ", ".join(tag.get("term") or "" for tag in entry.get("tags", [])),
        **({LIMIT: "the feed holds only a summary"} if only_summary else {}),
    }


def _day(text: str) -> str:
    return "" if TEMPLATE.search(text) else iso_date(text)
