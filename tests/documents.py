"""Makes documents in the formats that offices, mail programs and book shops use, from (kind, content) parts.

Kinds: title, h2, p, quote, bullets, steps, table; what is none of these is a paragraph.
"""

from __future__ import annotations

import html
import io
import zipfile
from collections.abc import Iterable, Sequence
from email.message import EmailMessage

Parts = Sequence[tuple[str, object]]

ODT = "application/vnd.oasis.opendocument.text"
NAMESPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{path}:1.0"'
    for name, path in (("office", "office"), ("style", "style"), ("text", "text"), ("table", "table"), ("draw", "drawing"), ("meta", "meta"), ("svg", "svg-compatible"))
)  # fmt: skip
NAMESPACES += ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xlink="http://www.w3.org/1999/xlink"'
STYLES = (
    '<office:automatic-styles><style:style style:name="P1" style:family="paragraph" style:parent-style-name="Title"/>'
    '<style:style style:name="P2" style:family="paragraph" style:parent-style-name="Quotations"/></office:automatic-styles>'
)
RTF_HEAD = (
    r"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fswiss\fcharset0 Helvetica;}}{\colortbl;\red0\green0\blue0;}"
    r"{\stylesheet{\s0\snext0 Normal;}{\s2\sbasedon0\outlinelevel1\b\fs32 heading 2;}{\s9\sbasedon0\fs56 Title;}{\s11\sbasedon0\i Quote;}}"
)
CONTAINER = '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile full-path="OEBPS/book.opf"/></rootfiles></container>'


def zipped(members: Iterable[tuple[str, str | bytes]]) -> bytes:
    """A zip file with the given members in the given order, the first one stored as it is (where ODT and EPUB keep their type)."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, (name, content) in enumerate(members):
            archive.writestr(name, content, zipfile.ZIP_STORED if number == 0 else zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def odt_bytes(body: Parts | str, meta: str = "", manifest: str = "<manifest/>", doctype: str = "") -> bytes:
    """An ODT of `body` (parts, or the XML of office:text), with the XML of office:meta."""
    text = body if isinstance(body, str) else "".join(_odt_part(kind, content) for kind, content in body)
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?>{doctype}<office:document-content {NAMESPACES}>{STYLES}'
        f"<office:body><office:text>{text}</office:text></office:body></office:document-content>"
    )
    about = f"<office:document-meta {NAMESPACES}><office:meta>{meta}</office:meta></office:document-meta>"
    return zipped([("mimetype", ODT), ("content.xml", content), ("meta.xml", about), ("META-INF/manifest.xml", manifest)])


def _odt_part(kind: str, content: object) -> str:
    if kind in ("bullets", "steps"):
        items = "".join(f"<text:list-item><text:p>{html.escape(item)}</text:p></text:list-item>" for item in _listed(content))
        return f"<text:list>{items}</text:list>"
    if kind == "table":
        rows = ("".join(f"<table:table-cell><text:p>{html.escape(cell)}</text:p></table:table-cell>" for cell in row) for row in _listed(content))
        return f"<table:table>{''.join(f'<table:table-row>{cells}</table:table-row>' for cells in rows)}</table:table>"
    if kind == "h2":
        return f'<text:h text:outline-level="2">{html.escape(str(content))}</text:h>'
    style = {"title": ' text:style-name="P1"', "quote": ' text:style-name="P2"'}.get(kind, "")
    return "".join(f"<text:p{style}>{html.escape(words)}</text:p>" for words in _lines(kind, content))


def rtf_bytes(body: Parts | str, info: str = "") -> bytes:
    """An RTF file of `body` (parts, or RTF), with the RTF of its \\info group."""
    text = body if isinstance(body, str) else "".join(_rtf_part(kind, content) for kind, content in body)
    return f"{RTF_HEAD}{info}\n{text}}}".encode("cp1252")


def _rtf_part(kind: str, content: object) -> str:
    if kind in ("bullets", "steps"):
        signs = ((rf"{number}." if kind == "steps" else r"\'b7") for number in range(1, 100))
        return "".join(rf"\pard\plain\s0\ls1{{\listtext\f0 {sign}\tab}}{_rtf(item)}\par" + "\n" for sign, item in zip(signs, _listed(content), strict=False))
    if kind == "table":
        return "".join(rf"\trowd\cellx2000\cellx4000\pard\intbl {''.join(_rtf(cell) + chr(92) + 'cell ' for cell in row)}\row" + "\n" for row in _listed(content))
    style = {"title": r"\s9", "h2": r"\s2\outlinelevel1", "quote": r"\s11\i"}.get(kind, r"\s0")
    return "".join(rf"\pard\plain{style}\f0 {_rtf(words)}\par" + "\n" for words in _lines(kind, content))


def _rtf(words: str) -> str:
    escaped = words.replace("\\", "\\\\").replace("{", "\\{").replace("}", "\\}")
    return "".join(sign if ord(sign) < 128 else f"\\u{ord(sign)}?" for sign in escaped)


def pptx_bytes(parts: Parts, title: str = "") -> bytes:
    """A PPTX: `title` and "h2" each begin a slide; ("xml", element) puts a shape on it, ("note", text) goes into the speaker's notes."""
    import pptx
    from pptx.util import Inches

    file = pptx.Presentation()
    file.core_properties.title = title
    slide = None
    for kind, content in parts:
        if kind in ("title", "h2") or slide is None:
            slide = file.slides.add_slide(file.slide_layouts[1])
            slide.shapes.title.text = str(content) if kind in ("title", "h2") else ""
            if kind in ("title", "h2"):
                continue
        if kind in ("bullets", "steps"):
            slide.placeholders[1].text = "\n".join(_listed(content))
        elif kind == "table":
            rows = _listed(content)
            table = slide.shapes.add_table(len(rows), len(rows[0]), Inches(1), Inches(1), Inches(8), Inches(2)).table
            for row, cells in zip(table.rows, rows, strict=True):
                for cell, words in zip(row.cells, cells, strict=True):
                    cell.text = words
        elif kind == "note":
            slide.notes_slide.notes_text_frame.text = str(content)
        else:
            slide.shapes.add_textbox(Inches(1), Inches(1), Inches(8), Inches(2)).text_frame.text = "\n".join(_lines(kind, content))
    buffer = io.BytesIO()
    file.save(buffer)
    return buffer.getvalue()


def eml_bytes(html_text: str = "", plain: str = "", **headers: str) -> bytes:
    """A mail with an HTML part, a plain one or both; headers by name."""
    message = EmailMessage()
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    if plain or not html_text:
        message.set_content(plain)
    if html_text:
        (message.add_alternative if plain else message.set_content)(html_text, subtype="html")
    return message.as_bytes()


def epub_bytes(chapters: Sequence[str], facts: str = "", more: Iterable[tuple[str, str]] = (), spine: str = "") -> bytes:
    """An EPUB with the given XHTML chapters; `facts` is XML of the metadata, `spine` more of the reading order, `more` further members."""
    names = [f"text/chapter%20{number}.xhtml" for number in range(1, len(chapters) + 1)]
    items = "".join(f'<item id="c{number}" href="{name}" media-type="application/xhtml+xml"/>' for number, name in enumerate(names, 1))
    order = "".join(f'<itemref idref="c{number}"/>' for number in range(1, len(chapters) + 1))
    package = (
        '<?xml version="1.0"?><package xmlns="http://www.idpf.org/2007/opf" version="3.0"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"{facts}</metadata><manifest>{items}"
        '<item id="nav" href="nav.xhtml" properties="nav" media-type="application/xhtml+xml"/><item id="pic" href="cover.png" media-type="image/png"/></manifest>'
        f'<spine><itemref idref="nav"/>{order}{spine}</spine></package>'
    )
    pages = [(f"OEBPS/{name.replace('%20', ' ')}", text) for name, text in zip(names, chapters, strict=True)]
    contents = ("OEBPS/nav.xhtml", "<html><body><ol><li>First of all the contents</li></ol></body></html>")
    return zipped([("mimetype", "application/epub+zip"), ("META-INF/container.xml", CONTAINER), ("OEBPS/book.opf", package), contents, *pages, *more])


def _lines(kind: str, content: object) -> list[str]:
    if isinstance(content, list):
        return content
    return [f"[{content}]" if kind == "button" else str(content)]


def _listed(content: object) -> list:
    assert isinstance(content, list)
    return content
