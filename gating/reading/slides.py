"""PPTX. Slide by slide: the title as heading, then what stands on the slide (groups opened), then the speaker's notes."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Iterator
from typing import Any

from gating.reading.assembly import Parts
from gating.reading.blocks import SOURCE_POSITION, page_blocks
from gating.reading.outcome import Unread
from gating.reading.safe_xml import SAFE
from gating.reading.zips import Package, is_markup

MADE_BY_PROGRAM = re.compile(r"^(?:powerpoint presentation|presentation\d*|slide \d+|untitled.*)$|\.pptx?$", re.IGNORECASE)
TITLE_WORDS = 25  # a box for the title with more in it was used for text
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
DIAGRAM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"


def slides_parts(data: bytes, source: str) -> Parts:
    """The parts of a PPTX file; `line` is the slide's number, hidden slides are passed over. Raises Unread when it is no readable PPTX."""
    package = Package(data)
    import pptx
    from lxml.etree import XMLSyntaxError
    from pptx.exc import PythonPptxError

    try:
        file = pptx.Presentation(io.BytesIO(package.only(is_markup)))
        once = {slide.part.partname: slide for slide in file.slides}  # a file may list one slide ten thousand times
        slides = [(number, slide) for number, slide in enumerate(once.values(), 1) if slide.element.get("show") not in ("0", "false")]
        rows = [row for number, slide in slides for row in _slide(slide, f'{SOURCE_POSITION}="{number}:1"', number == slides[0][0])]
    except (KeyError, ValueError, AttributeError, PythonPptxError, XMLSyntaxError) as error:
        raise Unread(f"not a readable PPTX file ({error})") from error
    said, author, subject = _properties(file)
    first = next((_title(slide) for _, slide in slides[:1]), "")
    title = first or ("" if MADE_BY_PROGRAM.search(said) else said)
    metadata = (("author", author),) if author else ()
    return Parts(source, page_blocks("\n".join(rows)), title=title, description=subject, metadata=metadata)


def _properties(file: Any) -> tuple[str, str, str]:
    """Title, author and subject; empty where that part of the file is not what it should be."""
    try:
        core = file.core_properties
        return core.title or "", core.author or "", core.subject or ""
    except (KeyError, ValueError, AttributeError):
        return "", "", ""


def _slide(slide: Any, place: str, is_first: bool) -> Iterator[str]:
    title = slide.shapes.title
    if words := _title(slide):
        yield f"<h{1 if is_first else 2} {place}>{html.escape(words)}</h{1 if is_first else 2}>"
    for shape in slide.shapes:
        if not words or title is None or shape.shape_id != title.shape_id:
            yield from _shape(shape, place)
    if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
        yield from _paragraphs(slide.notes_slide.notes_text_frame, place, "p")


def _title(slide: Any) -> str:
    """The slide's title on one line; "" where none is set or the box for it was filled with running text."""
    title = slide.shapes.title
    words = title.text_frame.text.split() if title is not None else []
    return " ".join(words) if len(words) <= TITLE_WORDS else ""


def _shape(shape: Any, place: str) -> Iterator[str]:
    """What one shape says. Date, footer and slide number stand on every slide and belong to none."""
    from pptx.enum.shapes import MSO_SHAPE_TYPE, PP_PLACEHOLDER

    kind = shape.placeholder_format.type if shape.is_placeholder else None
    if kind in (PP_PLACEHOLDER.DATE, PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.SLIDE_NUMBER):
        return
    if shape.shape_type == MSO_SHAPE_TYPE.GROUP:
        for inner in shape.shapes:
            yield from _shape(inner, place)
    elif getattr(shape, "has_table", False) and shape.has_table:
        rows = ("".join(f"<td>{html.escape(' '.join(cell.text.split()))}</td>" for cell in row.cells if not cell.is_spanned) for row in shape.table.rows)
        yield f"<table>{''.join(f'<tr {place}>{cells}</tr>' for cells in rows)}</table>"
    elif shape.has_text_frame:
        bulleted = kind in (PP_PLACEHOLDER.BODY, PP_PLACEHOLDER.OBJECT, PP_PLACEHOLDER.VERTICAL_BODY)
        yield from _paragraphs(shape.text_frame, place, "li" if bulleted else "p")
    else:
        yield from (f"<ul><li {place}>{html.escape(words)}</li></ul>" for words in _diagram(shape))


def _paragraphs(frame: Any, place: str, tag: str) -> Iterator[str]:
    """The paragraphs of a text frame. A body placeholder gives bullets, unless a paragraph is set without one; a bullet makes an item anywhere."""
    for paragraph in frame.paragraphs:
        inner = "".join(_run(run) for run in paragraph._p).strip()
        if not inner:
            continue
        marks = {str(node.tag).removeprefix(A) for node in paragraph._p.pPr} if paragraph._p.pPr is not None else set()
        own = "p" if "buNone" in marks else "li" if marks & {"buChar", "buAutoNum", "buBlip"} else tag
        row = f"<{own} {place}>{inner}</{own}>"
        yield f"<ul>{row}</ul>" if own == "li" else row


def _run(run: Any) -> str:
    if run.tag == f"{A}br":
        return "<br>"
    return html.escape("".join(node.text or "" for node in run.iter(f"{A}t"))).replace("\v", "<br>")


def _diagram(shape: Any) -> list[str]:
    """The words of a SmartArt diagram, which stand in a part of their own."""
    from lxml import etree

    relation = next((node.get(f"{RELATION}dm") for node in shape._element.iter(f"{DIAGRAM}relIds")), None)
    if not relation:
        return []
    tree = etree.fromstring(shape.part.related_part(relation).blob, etree.XMLParser(**SAFE))
    said = (" ".join("".join(node.text or "" for node in paragraph.iter(f"{A}t")).split()) for paragraph in tree.iter(f"{A}p"))
    return [words for words in said if words]
