"""EPUB. The chapters in reading order, each read as a web page, put together to one piece."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, replace
from urllib.parse import unquote

from selectolax.lexbor import LexborHTMLParser

from gating.reading.assembly import Parts
from gating.reading.blocks import Page
from gating.reading.dates import iso_date
from gating.reading.outcome import Unread
from gating.reading.safe_xml import Element, find_elements, local_name, text_of
from gating.reading.text import decode, squeeze
from gating.reading.webpage import webpage_parts
from gating.reading.zips import Package
from gating.records import Status

FONTS = (b"http://www.idpf.org/2008/embedding", b"http://ns.adobe.com/pdf/enc#RC")  # fonts made unusable elsewhere; the text is open
ALGORITHM = re.compile(rb"""EncryptionMethod\b[^>]{0,200}?Algorithm\s*=\s*["']([^"']{1,200})""")
LOCKS = ("META-INF/rights.xml", "META-INF/sinf.xml", "META-INF/license.lcpl")  # Adobe, Apple, Readium
CHAPTERS = ("application/xhtml+xml", "text/html")
FACTS = ("title", "creator", "description", "subject", "date")
UNTITLED = re.compile(r"(?:untitled|unknown)\b.{0,20}$", re.IGNORECASE)  # what programs write where nobody gave a title
# HTML knows no <title/>: its parser would take the rest of the chapter for the title.
EMPTY = re.compile(r"<(?!(?:area|base|br|col|embed|hr|img|input|link|meta|source|track|wbr)\b)([a-zA-Z][\w:-]{0,40})((?:\s[^<>]{0,2000})?)/>")


@dataclass(frozen=True, slots=True)
class Book:
    """What the package file says: paths of the chapters in reading order, and the facts about the book."""

    chapters: tuple[str, ...]
    facts: dict[str, str]


def epub_parts(data: bytes, source: str, max_characters: int) -> Parts:
    """The parts of an EPUB file; `line` is the chapter's number. Raises Unread when it is locked (DRM) or no readable EPUB.

    Chapters are read until there are more than `max_characters`; the rest would be cut anyway.
    """
    package = Package(data)
    if _is_locked(package):
        raise Unread("it is locked against copying (DRM); export the book without that", Status.SKIPPED)
    book = _book(package)
    page, read, limits = Page(), 0, list[str]()
    for number, chapter in enumerate(book.chapters, 1):
        if read > max_characters:
            break
        try:
            found = _chapter(decode(package.read(chapter)), source)
        except Unread as error:  # the chapters before it are worth a score
            limits.append(f"chapter {number} and those after it were not read ({error.reason})")
            break
        page.blocks += [replace(block, line=number) for block in found.blocks]
        page.links += [replace(link, line=number) for link in found.links]
        read += sum(len(block.text) for block in found.blocks)
    if limits and not page.blocks:
        raise Unread(limits[0])
    facts = book.facts
    told = (("author", facts.get("creator", "")), ("date", iso_date(facts.get("date", ""))), ("subject", facts.get("subject", "")))
    metadata = tuple((key, value) for key, value in told if value)
    title = "" if UNTITLED.match(facts.get("title", "")) else facts.get("title", "")
    return Parts(source, page, title=title, description=_words(facts.get("description", "")), metadata=metadata, limits=tuple(limits))


def _is_locked(package: Package) -> bool:
    if package.names.intersection(LOCKS):
        return True
    methods = ALGORITHM.findall(package.read("META-INF/encryption.xml")) if "META-INF/encryption.xml" in package.names else []
    return any(method not in FONTS for method in methods)


def _book(package: Package) -> Book:
    names = package.names
    if "META-INF/container.xml" not in names:
        raise Unread("not a readable EPUB file (no META-INF/container.xml in it)")
    roots = find_elements(package.read("META-INF/container.xml"), ("rootfile",), lambda node: node.get("full-path") or "").made
    path = next((root for root in roots if root in names), "")
    if not path:
        raise Unread("not a readable EPUB file (its package file is missing)")
    found = find_elements(package.read(path), ("item", "itemref", *FACTS), _entry).made
    items = {entry["id"]: entry for name, entry, _ in found if name == "item" and entry.get("media-type") in CHAPTERS and "nav" not in entry.get("properties", "").split()}
    order = [entry.get("idref", "") for name, entry, _ in found if name == "itemref" and entry.get("linear") != "no"]
    paths = (posixpath.normpath(posixpath.join(posixpath.dirname(path), unquote(items[id_].get("href", "")))) for id_ in order if id_ in items)
    facts = {name: text for name, _, text in reversed(found) if name in FACTS and text}
    return Book(tuple(chapter for chapter in dict.fromkeys(paths) if chapter in names), facts)


def _entry(node: Element) -> tuple[str, dict[str, str], str]:
    return local_name(node), {"id": "", **node.attrib}, text_of(node)


def _chapter(text: str, source: str) -> Page:
    return webpage_parts(EMPTY.sub(r"<\1\2></\1>", text), source).page


def _words(text: str) -> str:
    """A description, which many programs write as HTML, as words."""
    body = LexborHTMLParser(text).body if "<" in text else None
    return squeeze(body.text(separator=" ")) if body is not None else text
