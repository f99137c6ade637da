"""DOCX. Paragraphs and tables in their order, headings by style; tracked deletions and comments are not text."""

from __future__ import annotations

import html
import io
import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from gating.reading.assembly import Parts
from gating.reading.blocks import SOURCE_POSITION, page_blocks
from gating.reading.outcome import Unread
from gating.reading.zips import MAX_PARAGRAPHS, Package, is_markup
from gating.records import ObservedGate

HEADING = re.compile(r"^heading ([1-9])", re.IGNORECASE)
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
ADDRESS = re.compile(r"""\A\s{0,20}+HYPERLINK\s{1,20}+(?:"([^"]{1,2000})"|([^\s"\\]\S{0,2000}))""", re.IGNORECASE)  # "\l" goes to a place in the document itself
UNSEEN = frozenset((f"{W}del", f"{W}moveFrom", FALLBACK))


def word_parts(data: bytes, source: str) -> Parts:
    """The parts of a DOCX file. Raises Unread when the file is no readable DOCX; `line` is the paragraph's number."""
    package = Package(data)
    import docx
    from docx.oxml.exceptions import InvalidXmlError
    from docx.table import Table
    from lxml.etree import XMLSyntaxError

    try:
        file = docx.Document(io.BytesIO(package.only(is_markup)))
        body, names = file.element.body, _style_names(file)
        addresses = {key: link.target_ref for key, link in file.part.rels.items() if link.is_external}
    except (KeyError, ValueError, AttributeError, InvalidXmlError, XMLSyntaxError) as error:  # python-docx takes any XML for a document at first
        raise Unread(f"not a readable DOCX file ({error})") from error
    if body is None:
        raise Unread("not a readable DOCX file (no text body in it)")
    rows, title, heading, n = [], "", "", 0
    limits: tuple[str, ...] = ()
    for part in _inner_content(body, file):
        n += 1
        if n > MAX_PARAGRAPHS:
            limits = (f"only the first {MAX_PARAGRAPHS:,} paragraphs were read",)
            break
        if isinstance(part, Table):
            cells = "".join(f'<tr {SOURCE_POSITION}="{n}:1">{_cells(row, addresses)}</tr>' for row in part._tbl.tr_lst)
            rows.append(f"<table>{cells}</table>")
            continue
        style = names.get(part._p.style or "", names[""])
        spans = list(_spans(part._p, addresses))
        text = "".join(words for words, _ in spans)
        if not text.strip():
            continue
        if style == "Title":
            title = title or text
        elif (level := HEADING.match(style)) and level[1] == "1":
            heading = heading or text
        rows.append(_paragraph(_inline(spans), style, n, part._p))
    page = page_blocks("\n".join(rows))
    said, subject = _properties(file)
    return Parts(source, page, title=title or heading or said, description=subject, limits=limits, observed=ObservedGate())


def _properties(file: Any) -> tuple[str, str]:
    """Title and subject, which few people fill in; empty where that part of the file is not what it should be."""
    try:
        return file.core_properties.title or "", file.core_properties.subject or ""
    except (KeyError, ValueError, AttributeError):
        return "", ""


def _style_names(file: Any) -> dict[str, str]:
    """The names of the paragraph styles by id; "" has that of a paragraph without a style. Asking paragraph by paragraph would take minutes."""
    from docx.enum.style import WD_STYLE_TYPE

    styles = [style for style in file.styles if style.type == WD_STYLE_TYPE.PARAGRAPH]
    default = file.styles.default(WD_STYLE_TYPE.PARAGRAPH)
    return {**{style.style_id: style.name or "" for style in styles}, "": (default.name or "") if default is not None else ""}


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


def _paragraph(inner: str, style: str, n: int, element: Any) -> str:
    level = HEADING.match(style)
    place = f'{SOURCE_POSITION}="{n}:1"'
    if style == "Title" or level:
        tag = f"h{min(int(level.group(1)), 6) if level else 1}"
    elif style.lower().startswith("list") or element.find(f"{W}pPr/{W}numPr") is not None:
        return f"<ul><li {place}>{inner}</li></ul>"
    elif "quote" in style.lower():
        tag = "blockquote"
    else:
        tag = "p"
    return f"<{tag} {place}>{inner}</{tag}>"


def _spans(paragraph: Any, addresses: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """(words, address of the link that they are or "") of a paragraph: runs, links, fields and text boxes in it, without deletions (w:del),
    moved-away text and second copies for old readers.
    """
    fields: list[str] = []  # the instructions of those that are open
    stack = [(paragraph, "")]
    while stack:
        node, href = stack.pop()
        tag = node.tag
        if tag in (f"{W}t", f"{W}br", f"{W}tab"):
            words = "\n" if tag == f"{W}br" else " " if tag == f"{W}tab" else node.text or ""
            yield words, href or (_address(fields[-1]) if fields else "")
        elif tag == f"{W}fldChar":
            kind = node.get(f"{W}fldCharType")
            if kind == "begin":
                fields.append("")
            elif kind == "end" and fields:
                fields.pop()
        elif tag == f"{W}instrText" and fields:
            fields[-1] += node.text or ""
        elif tag not in UNSEEN:
            if tag == f"{W}hyperlink":
                href = addresses.get(node.get(R_ID), "")
            elif tag == f"{W}fldSimple":
                href = _address(node.get(f"{W}instr") or "")
            stack.extend((child, href) for child in reversed(list(node)))


def _address(instruction: str) -> str:
    """Where the field `HYPERLINK "https://..."` leads; "" for other fields."""
    found = ADDRESS.match(instruction)
    return found[1] or found[2] if found else ""


def _inline(spans: Iterable[tuple[str, str]]) -> str:
    """The HTML of a paragraph's words."""
    said = []
    for href, run in itertools.groupby(spans, key=lambda span: span[1]):
        words = html.escape("".join(part for part, _ in run)).replace("\n", "<br>")
        said.append(f'<a href="{html.escape(href)}">{words}</a>' if href and words.strip() else words)
    return "".join(said)


def _cells(row: Any, addresses: Mapping[str, str]) -> str:
    """The cells that stand in a row. python-docx would list one that spans columns once for each, on the file's word for how many."""
    cells = []
    for cell in row.iterchildren(f"{W}tc"):
        text = " ".join(_inline(_spans(paragraph, addresses)) for paragraph in cell.iterchildren(f"{W}p"))
        cells.append(f"<td>{text.replace('<br>', ' ')}</td>")
    return "".join(cells)
