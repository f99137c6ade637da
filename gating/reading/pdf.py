"""PDF with a text layer. Headings by font size, paragraphs by line shape; running heads and page numbers are dropped."""

from __future__ import annotations

import html
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gating.reading.assembly import Parts
from gating.reading.blocks import SOURCE_POSITION, page_blocks
from gating.reading.outcome import Unread
from gating.records import ObservedGate, Status
from gating.settings import Limits

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument

MARK = b"%PDF-"
JUNK = 1_000_000  # bytes before the mark, as mail programs leave them; PDFium looks through 1,024
HEADING_RATIO = 1.15  # of the body's font size
HEADING_WORDS = 16
SOFT_HYPHEN = re.compile("[\ufffe\x02]")  # what pdfium makes of a hyphen at a line end, the line end taken out
BULLET = re.compile(r"^\s*(?:[•◦▪‣●○■□☐–—-]|\(?\d{1,2}[.)])\s+")
PAGE_NUMBER = re.compile(r"^\W*(?:page\s*)?\d{1,4}(?:\s*(?:of|/|\|)\s*\d{1,4})?\W*$", re.IGNORECASE)
JUNK_TITLE = re.compile(r"^(?:microsoft (?:word|powerpoint)|untitled|document\d*$|.*\.(?:docx?|indd|pptx?|pdf|ai)$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line; `size` in points, rounded to halves."""

    text: str
    size: float
    page: int


def pdf_parts(data: bytes, source: str, limits: Limits) -> Parts:
    """The parts of a PDF; `line` is the page number.

    Raises Unread: skipped for a locked file or a scan without a text layer, failed for a damaged one.
    """
    import pypdfium2

    try:
        file = pypdfium2.PdfDocument(data[max(data.find(MARK, 0, JUNK), 0) :])
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise Unread("it is encrypted; save it without a password", Status.SKIPPED) from error
        raise Unread(f"not a readable PDF ({error})") from error
    try:
        n_pages = len(file)
        lines, said = _read_pages(file, n_pages, limits)
        title = _title(file)
    finally:
        file.close()
    if not lines:
        if said:
            raise Unread(f"no text in it; {'; '.join(said)}")
        raise Unread(f"{_pages(n_pages)} without a text layer (a scan); run OCR on it first", Status.SKIPPED)
    lines = _without_running_heads(lines) or lines  # all of it, when each page says the same
    body = Counter[float]()
    for line in lines:
        body[line.size] += len(line.text)
    body_size = body.most_common(1)[0][0] if body else 0.0
    rows = _rows(lines, body_size)
    good_title = "" if JUNK_TITLE.match(title) or len(title) < 4 else title
    return Parts(source, page_blocks("\n".join(rows)), title=good_title or _largest(lines), limits=said, observed=ObservedGate())


def _title(file: PdfDocument) -> str:
    """What the file says its title is; empty where that is no text."""
    try:
        return (file.get_metadata_dict().get("Title") or "").strip()
    except UnicodeDecodeError:
        return ""


def _read_pages(file: PdfDocument, n_pages: int, limits: Limits) -> tuple[list[Line], tuple[str, ...]]:
    """The lines of the pages, and which of them could or would not be read."""
    from pypdfium2 import PdfiumError

    lines, broken, size = list[Line](), list[int](), 0
    last = min(n_pages, limits.max_pdf_pages)
    for number in range(last):
        try:
            found = _page_lines(file, number, 2 * limits.max_characters)
        except (PdfiumError, UnicodeDecodeError):  # the latter where it gives half of a sign
            broken.append(number + 1)
            continue
        lines += found
        size += sum(len(line.text) for line in found)
        if size > limits.max_characters:
            last = number + 1  # what follows would be cut anyway
            break
    said = [f"only the first {last} of {n_pages} pages were read"] if n_pages > last else []
    if broken:
        said.append(f"{_pages(len(broken))} of {n_pages} could not be read, the first of them page {broken[0]}")
    return lines, tuple(said)


def _pages(count: int) -> str:
    return f"{count} page{'s' if count != 1 else ''}"


def _page_lines(file: PdfDocument, number: int, most: int) -> list[Line]:
    """The lines of a page, of a very long one no more than `most` characters."""
    page = file[number]
    try:
        text_page = page.get_textpage()
        text = text_page.get_text_range(0, min(text_page.count_chars(), most)) if text_page.count_chars() else ""
        lines, at = [], 0
        for printed in re.split(r"\r\n|\r|\n", text):
            stripped = SOFT_HYPHEN.sub("", printed.strip())
            if stripped:
                lines.append(Line(stripped, _height(text_page, at, printed), number + 1))
            at += len(printed) + 2
        text_page.close()
    finally:
        page.close()
    return lines


def _height(text_page: object, at: int, printed: str) -> float:
    """Height of the first letters of a line, ascender to descender, in points rounded to halves. The font size of a PDF says
    nothing by itself: many writers set it to 1 and scale the page.
    """
    letters = [at + n for n, sign in enumerate(printed) if sign.isalnum()][:3]
    heights = [top - bottom for _, bottom, _, top in (text_page.get_charbox(letter, loose=True) for letter in letters)]  # type: ignore[attr-defined]
    return round(2 * max(heights, default=0.0)) / 2


def _without_running_heads(lines: list[Line]) -> list[Line]:
    n_pages = max((line.page for line in lines), default=0)
    pages: dict[str, set[int]] = {}
    for line in lines:
        pages.setdefault(line.text, set()).add(line.page)
    often = max(3, n_pages // 2)
    return [line for line in lines if not PAGE_NUMBER.match(line.text) and (n_pages < 4 or len(pages[line.text]) < often)]


def _rows(lines: list[Line], body_size: float) -> list[str]:
    widths = sorted(len(line.text) for line in lines if line.size == body_size)
    full = widths[len(widths) * 3 // 4] if widths else 0
    rows: list[tuple[str, list[Line]]] = []
    for line in lines:
        heading = line.size >= HEADING_RATIO * body_size and len(line.text.split()) <= HEADING_WORDS
        tag = "h2" if heading else "li" if BULLET.match(line.text) else "p"
        if rows and _goes_on(rows[-1], tag, line, full):
            rows[-1][1].append(line)
        else:
            rows.append((tag, [line]))
    return [f'<{tag} {SOURCE_POSITION}="{held[0].page}:1">{html.escape(_joined(held))}</{tag}>' for tag, held in rows]


def _goes_on(row: tuple[str, list[Line]], tag: str, line: Line, full: int) -> bool:
    """True when `line` continues the row above: same size, and the line above neither ended a sentence short of the margin nor a heading."""
    held_tag, held = row
    last = held[-1]
    if tag == "li" or last.size != line.size:
        return False
    if held_tag == "h2" or tag == "h2":
        return held_tag == tag and last.page == line.page
    ended = last.text[-1] in ".!?:" and len(last.text) < 0.85 * full
    short = len(last.text) < 0.5 * full and line.text[:1].isupper()
    return not ended and not short


def _joined(lines: list[Line]) -> str:
    text = BULLET.sub("", lines[0].text, count=1) if BULLET.match(lines[0].text) else lines[0].text
    for line in lines[1:]:
        if text.endswith("-") and line.text[:1].islower():
            text = text[:-1] + line.text
        else:
            text = f"{text} {line.text}"
    return text


def _largest(lines: list[Line]) -> str:
    """The largest text of the first page that has any: what a reader takes for the title."""
    first = [line for line in lines if line.page == lines[0].page]
    size = max(line.size for line in first)
    return " ".join(line.text for line in first if line.size == size)
