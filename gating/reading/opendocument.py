"""ODT. Paragraphs, lists and tables in their order, headings by outline level; tracked deletions, comments and footnotes are not text."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from gating.reading.assembly import Parts
from gating.reading.blocks import SOURCE_POSITION, page_blocks
from gating.reading.dates import iso_date
from gating.reading.outcome import Unread
from gating.reading.safe_xml import Element, find_elements, local_name, text_of
from gating.reading.zips import MAX_PARAGRAPHS, Package
from gating.records import Status

OFFICE, STYLE, TEXT, TABLE, DRAW, XLINK = (
    "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}", "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}",
    "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}", "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}",
    "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}", "{http://www.w3.org/1999/xlink}",
)  # fmt: skip
UNSEEN = frozenset(
    (f"{TEXT}tracked-changes", f"{TEXT}note", f"{TEXT}table-of-content", f"{TEXT}hidden-text", f"{TEXT}hidden-paragraph", f"{TEXT}ruby-text",
     f"{TEXT}sequence-decls", f"{TEXT}variable-decls", f"{OFFICE}annotation", f"{OFFICE}forms", f"{TABLE}covered-table-cell",
     "{urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0}title", "{urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0}desc")
)  # fmt: skip
FACTS = {"title": "title", "subject": "subject", "creator": "author", "creation-date": "date", "date": "modified"}  # of meta.xml
TAG = re.compile(r"<[^>]+>")
MAX_SPACES = 100  # of one text:s, whose count is the file's own claim


def opendocument_parts(data: bytes, source: str) -> Parts:
    """The parts of an ODT file. Raises Unread when it is encrypted or no readable ODT; `line` is the paragraph's number."""
    package = Package(data)
    if "META-INF/manifest.xml" in package.names and b"encryption-data" in package.read("META-INF/manifest.xml"):
        raise Unread("it is encrypted; save it without a password", Status.SKIPPED)
    if "content.xml" not in package.names:
        raise Unread("not a readable ODT file (no content.xml in it)")
    content = find_elements(package.read("content.xml"), ("document-content",), _written)
    facts = find_elements(package.read("meta.xml"), FACTS, lambda node: (FACTS[local_name(node)], _fact(node))).made if "meta.xml" in package.names else []
    if not content.made:
        raise Unread("not a readable ODT file (no document in it)")
    writer, told = content.made[0], dict(reversed(facts))
    return Parts(
        source,
        page_blocks("\n".join(writer.rows)),
        title=writer.title or writer.heading or told.get("title", ""),
        description=told.get("subject", ""),
        metadata=tuple((key, told[key]) for key in ("author", "date", "modified") if told.get(key)),
        limits=tuple(filter(None, (content.problem, writer.limit))),
    )


def _fact(node: Element) -> str:
    return iso_date(text_of(node)) if local_name(node).endswith("date") else text_of(node)


def _written(root: Element) -> _Writer:
    writer = _Writer(_parents(root))
    for body in root.findall(f"{OFFICE}body/{OFFICE}text"):
        writer.rows += writer.blocks(body)
    return writer


def _parents(root: Element) -> dict[str, str]:
    """The named style behind each automatic one: a paragraph says "P3", its style says that P3 is a kind of "Title"."""
    return {style.get(f"{STYLE}name") or "": style.get(f"{STYLE}parent-style-name") or "" for style in root.iter(f"{STYLE}style")}


class _Writer:
    """Writes the body as simple HTML, one row a paragraph, item or table; remembers the title and the first heading."""

    def __init__(self, parents: dict[str, str]) -> None:
        self.title = ""
        self.heading = ""
        self.limit = ""
        self.rows: list[str] = []
        self._parents = parents
        self._n = 0

    def blocks(self, element: Element, in_list: bool = False) -> Iterator[str]:
        for child in element:
            if self._n >= MAX_PARAGRAPHS:
                self.limit = f"only the first {MAX_PARAGRAPHS:,} paragraphs were read"
                return
            if child.tag in UNSEEN:
                continue
            if child.tag in (f"{TEXT}p", f"{TEXT}h"):
                self._n += 1
                yield self._paragraph(child, in_list)
            elif child.tag == f"{TABLE}table":
                self._n += 1
                rows = "".join(f"<tr {self._place()}>{_cells(row)}</tr>" for row in _rows(child))
                yield f"<table>{rows}</table>"
            else:
                yield from self.blocks(child, in_list or child.tag == f"{TEXT}list")

    def _paragraph(self, node: Element, in_list: bool) -> str:
        inner, boxes = _inline(node)
        name = node.get(f"{TEXT}style-name") or ""
        style = (self._parents.get(name) or name).replace("_20_", " ").lower()
        if node.tag == f"{TEXT}h" or style == "title":
            level = _number(node.get(f"{TEXT}outline-level"), 1) if style != "title" else 1
            self._remember(html.unescape(TAG.sub(" ", inner)), style == "title", level)
            row = f"<h{min(level, 6)} {self._place()}>{inner}</h{min(level, 6)}>"
        elif in_list:
            row = f"<ul><li {self._place()}>{inner}</li></ul>"
        else:
            tag = "blockquote" if "quot" in style else "p"
            row = f"<{tag} {self._place()}>{inner}</{tag}>"
        return "\n".join([row, *(part for box in boxes for part in self.blocks(box))])

    def _remember(self, text: str, is_title: bool, level: int) -> None:
        if is_title:
            self.title = self.title or text
        elif level == 1:
            self.heading = self.heading or text

    def _place(self) -> str:
        return f'{SOURCE_POSITION}="{self._n}:1"'


def _rows(table: Element) -> Iterator[Element]:
    """The rows of a table itself, not of tables in its cells."""
    for child in table:
        if child.tag == f"{TABLE}table-row":
            yield child
        elif child.tag in (f"{TABLE}table-header-rows", f"{TABLE}table-rows", f"{TABLE}table-row-group"):
            yield from _rows(child)


def _cells(row: Element) -> str:
    return "".join(f"<td>{' '.join(_cell_words(cell))}</td>" for cell in row if cell.tag == f"{TABLE}table-cell")


def _cell_words(cell: Element) -> Iterator[str]:
    for child in cell:
        if child.tag in (f"{TEXT}p", f"{TEXT}h"):
            yield _inline(child)[0]
        elif child.tag not in UNSEEN:
            yield from _cell_words(child)


def _inline(node: Element) -> tuple[str, list[Element]]:
    """The words of a paragraph as HTML, and the text boxes that are anchored in it."""
    words, boxes = [html.escape(node.text or "")], list[Element]()
    for child in node:
        if not isinstance(child.tag, str):  # an entity that nobody declared
            words.append(html.escape(child.text or ""))
        elif child.tag.startswith(DRAW) and child.tag != f"{DRAW}a":
            boxes.append(child)
        elif child.tag == f"{TEXT}s":
            words.append(" " * min(_number(child.get(f"{TEXT}c"), 1), MAX_SPACES))
        elif child.tag in (f"{TEXT}tab", f"{TEXT}line-break"):
            words.append(" " if child.tag == f"{TEXT}tab" else "<br>")
        elif child.tag not in UNSEEN:
            inner, more = _inline(child)
            href = child.get(f"{XLINK}href") if child.tag == f"{TEXT}a" else None
            words.append(f'<a href="{html.escape(href)}">{inner}</a>' if href else inner)
            boxes += more
        words.append(html.escape(child.tail or ""))
    return "".join(words), boxes


def _number(value: str | None, otherwise: int) -> int:
    return int(value) if value and value.isascii() and value.isdigit() and len(value) < 6 and int(value) > 0 else otherwise
