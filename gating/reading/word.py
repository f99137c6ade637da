"""DOCX. Paragraphs and tables in their order, headings by style; tracked deletions and comments are not text."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Iterator
from typing import Any

from gating.reading.assembly import Parts
from gating.reading.blocks import SOURCE_POSITION, page_blocks
from gating.reading.outcome import Unread
from gating.reading.zips import check_zip
from gating.records import ObservedGate

HEADING = re.compile(r"^heading ([1-9])", re.IGNORECASE)
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
UNSEEN = frozenset((f"{W}del", f"{W}moveFrom", FALLBACK))


def word_parts(data: bytes, source: str) -> Parts:
    """The parts of a DOCX file. Raises Unread when the file is no readable DOCX; `line` is the paragraph's number."""
    check_zip(data)
    import docx
    from docx.oxml.exceptions import InvalidXmlError
    from docx.table import Table

    try:
        file = docx.Document(io.BytesIO(data))
    except (KeyError, ValueError, InvalidXmlError) as error:
        raise Unread(f"not a readable DOCX file ({error})") from error
    rows, title, n = [], "", 0
    for part in _inner_content(file.element.body, file):
        n += 1
        if isinstance(part, Table):
            cells = "".join(f'<tr {SOURCE_POSITION}="{n}:1">{_cells(row)}</tr>' for row in part.rows)
            rows.append(f"<table>{cells}</table>")
            continue
        style = (part.style.name if part.style is not None else "") or ""
        text = _visible(part._p)
        if not text.strip():
            continue
        if style == "Title" and not title:
            title = text
        rows.append(_paragraph(text, style, n, part._p))
    page = page_blocks("\n".join(rows))
    core = file.core_properties
    return Parts(source, page, title=title or _first_heading(rows) or core.title or "", description=core.subject or "", observed=ObservedGate())


def _inner_content(element: Any, file: Any) -> Iterator[Any]:
    """Paragraphs and tables in their order, also those inside content controls (w:sdt), which python-docx passes over."""
    from docx.table import Table
    from docx.text.paragraph import Paragraph

    for child in element:
        if child.tag == f"{W}p":
            yield Paragraph(child, file)
        elif child.tag == f"{W}tbl":
            yield Table(child, file)
        elif child.tag in (f"{W}sdt", f"{W}sdtContent", f"{W}customXml"):
            yield from _inner_content(child, file)


def _paragraph(text: str, style: str, n: int, element: Any) -> str:
    level = HEADING.match(style)
    place = f'{SOURCE_POSITION}="{n}:1"'
    inner = html.escape(text).replace("\n", "<br>")
    if style == "Title" or level:
        tag = f"h{min(int(level.group(1)), 6) if level else 1}"
    elif style.lower().startswith("list") or element.find(f"{W}pPr/{W}numPr") is not None:
        return f"<ul><li {place}>{inner}</li></ul>"
    elif "quote" in style.lower():
        tag = "blockquote"
    else:
        tag = "p"
    return f"<{tag} {place}>{inner}</{tag}>"


def _first_heading(rows: list[str]) -> str:
    found = next((row for row in rows if row.startswith("<h1")), "")
    return html.unescape(re.sub(r"<[^>]+>", " ", found)).strip()


def _visible(paragraph: Any) -> str:
    """Text of a paragraph: runs, links and text boxes in it, without deletions (w:del), moved-away text and second copies for old readers."""
    words: list[str] = []
    stack = [paragraph]
    while stack:
        node = stack.pop()
        tag = node.tag
        if tag in UNSEEN:
            continue
        if tag == f"{W}t":
            words.append(node.text or "")
        elif tag in (f"{W}br", f"{W}tab"):
            words.append("\n" if tag == f"{W}br" else " ")
        else:
            stack.extend(reversed(list(node)))
    return "".join(words)


def _cells(row: Any) -> str:
    seen, cells = set(), []
    for cell in row.cells:
        if id(cell._tc) not in seen:  # a merged cell is listed once for each column it spans
            seen.add(id(cell._tc))
            text = " ".join(_visible(paragraph._p) for paragraph in cell.paragraphs)
            cells.append(f"<td>{html.escape(text)}</td>")
    return "".join(cells)
