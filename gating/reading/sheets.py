"""Guards for spreadsheets: what a small XLSX file would become when it is opened, reckoned before a library opens it.

Two cells, one at A1 and one at XFD1048576, are a table of 17 thousand million cells to a reader that keeps tables as rectangles,
and a long text that stands once among the shared texts is copied into every cell that names it.
"""

from __future__ import annotations

import io
import itertools
import re
import zipfile
from collections.abc import Iterator
from typing import IO

from gating.reading.outcome import Unread
from gating.reading.safe_xml import SAFE, Element, local_name
from gating.reading.zips import Package

MAX_BYTES = 200_000_000  # of the parts that are needed, inflated; 100,000 rows of 60 columns, as crawlers write them, are 150 million
MAX_CELLS = 8_000_000  # of the rectangles around what the sheets hold
MAX_COLUMNS = 16_384  # Excel's own limit
MAX_CHARACTERS = 100_000_000  # of all cells, a shared text counted in each cell that names it
SHEET = re.compile(r"xl/worksheets/[^/]{1,200}\.xml$", re.IGNORECASE)
TEXTS = re.compile(r"xl/sharedStrings\.xml$", re.IGNORECASE)
NEEDED = re.compile(r"(?:.{0,400}\.rels|\[Content_Types\]\.xml|xl/(?:workbook|sharedStrings|styles)\.xml|xl/worksheets/[^/]{1,200}\.xml)$", re.IGNORECASE)
PLACE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
CELL = re.compile(rb"""<(?:[^\s<>/]*:)?c(?:\s{1,9}r=["']([A-Za-z]{1,3})([0-9]{1,7})["'])?[\s/>]""")  # with its place first, as all programs write it
BY_NUMBER = re.compile(rb"""\st\s*=\s*["']s["']""")
FIRST_TEXT = re.compile(rb"<(?:\w{1,20}:)?si[\s/>]")
CLAIM = re.compile(rb"ount(?=\s{0,9}=)")
LATER_CLAIMS = re.compile(rb"<(?:\w{1,20}:)?sst\b")
TEXT_END = re.compile(rb"</(?:\w{1,20}:)?si\s{0,9}>")
CHUNK = 4_000_000  # bytes looked through at once


def safe_workbook(data: bytes) -> bytes:
    """An XLSX file that can be opened without harm: its sheets with their texts and styles, nothing else. Raises Unread for one that cannot."""
    from lxml import etree

    safe = Package(data, MAX_BYTES).only(lambda name: bool(NEEDED.match(name)), _without_claims)
    with zipfile.ZipFile(io.BytesIO(safe)) as archive:
        sheets = [name for name in archive.namelist() if SHEET.match(name)]
        texts = [name for name in archive.namelist() if TEXTS.match(name)]
        if not _is_surely_small(archive, sheets, texts):
            try:
                shared = [length for name in texts for length in _lengths(archive.open(name))]
                _check_extent([_measured(archive.open(name), shared) for name in sheets])
            except etree.XMLSyntaxError as error:
                raise Unread(f"not a readable XLSX file ({error.msg})") from error
    return safe


def _without_claims(content: bytes, name: str) -> bytes:
    """The shared texts without how many they say they are: calamine sets memory aside for as many."""
    if not TEXTS.match(name):
        return content
    first = FIRST_TEXT.search(content)
    start = first.start() if first else len(content)
    return CLAIM.sub(b"", content[:start]) + LATER_CLAIMS.sub(b"<another", content[start:])


def _is_surely_small(archive: zipfile.ZipFile, sheets: list[str], texts: list[str]) -> bool:
    """True when the sheets cannot be too large, whatever their markup means: a look at the bytes takes a tenth of the time of a parser."""
    longest = max((length for name in texts for length in _most(archive.read(name))), default=0)
    n_cells, n_named = 0, 0
    for name in sheets:
        column, row = 0, 0
        for chunk in _chunks(archive.open(name)):
            places = set(CELL.findall(chunk))
            if (b"", b"") in places:
                return False
            column = max([column, *(_column_number(letters.decode().upper()) for letters in {letters for letters, _ in places})])
            row = max([row, *(int(number) for _, number in places)])
            n_named += len(BY_NUMBER.findall(chunk))
        n_cells += row * column
    return n_cells <= MAX_CELLS and n_named * longest <= MAX_CHARACTERS


def _most(texts: bytes) -> Iterator[int]:
    """What each shared text can be long at most."""
    ends = [0, *(found.end() for found in TEXT_END.finditer(texts)), len(texts)]
    return (end - start for start, end in itertools.pairwise(ends))


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    """The bytes in large parts that end with a tag."""
    rest = b""
    while part := file.read(CHUNK):
        whole, end, rest = (rest + part).rpartition(b">")
        yield whole + end
    yield rest


def _check_extent(sheets: list[_Extent]) -> None:
    n_cells = sum(sheet.n_cells for sheet in sheets)
    if n_cells > MAX_CELLS:
        row = max(sheets, key=lambda sheet: sheet.n_cells).rows[1]
        raise Unread(f"its sheets span {n_cells:,} cells, one of them to row {row:,}; {MAX_CELLS:,} is the limit. Delete what stands far from the table")
    if sum(sheet.n_characters for sheet in sheets) > MAX_CHARACTERS:
        raise Unread(f"its cells hold more than {MAX_CHARACTERS // 1_000_000} million characters; cut it into several files")


class _Extent:
    """The rectangle around the filled cells of a sheet, first and last row and column, and how many characters they hold."""

    def __init__(self) -> None:
        self.rows = (1 << 30, 0)
        self.columns = (1 << 30, 0)
        self.n_characters = 0

    @property
    def n_cells(self) -> int:
        return max(0, self.rows[1] - self.rows[0] + 1) * max(0, self.columns[1] - self.columns[0] + 1)

    def take_in(self, row: int, column: int, n_characters: int) -> None:
        self.rows = (min(self.rows[0], row), max(self.rows[1], row))
        self.columns = (min(self.columns[0], column), max(self.columns[1], column))
        self.n_characters += n_characters


def _measured(file: IO[bytes], shared: list[int]) -> _Extent:
    """The extent of one sheet. A row or cell that does not say where it stands follows the one before it."""
    from lxml import etree

    extent, row, column = _Extent(), 0, 0
    for event, element in etree.iterparse(file, events=("start", "end"), tag=("{*}row", "{*}c"), **SAFE):
        is_row = local_name(element) == "row"
        if is_row and event == "start":
            given = element.get("r") or ""
            row, column = int(given) if given.isascii() and given.isdigit() else row + 1, 0
        elif is_row:
            _forget(element)
        elif event == "end":
            place = PLACE.fullmatch(element.get("r") or "")
            row, column = (int(place[2]), _column_number(place[1].upper())) if place else (row, column + 1)
            if column > MAX_COLUMNS:
                raise Unread(f"not a readable XLSX file (row {row:,} has more than {MAX_COLUMNS:,} columns)")
            if len(element):
                extent.take_in(row, column, _length(element, shared))
            element.clear()
    return extent


def _length(cell: Element, shared: list[int]) -> int:
    text = "".join(cell.itertext())
    if cell.get("t") != "s":
        return len(text)
    number = int(text) if text.strip().isascii() and text.strip().isdigit() and len(text) < 10 else len(shared)
    return shared[number] if number < len(shared) else 0


def _lengths(file: IO[bytes]) -> Iterator[int]:
    """Of each shared text, in order."""
    from lxml import etree

    for _, element in etree.iterparse(file, events=("end",), tag="{*}si", **SAFE):
        yield sum(map(len, element.itertext()))
        _forget(element)


def _forget(element: Element) -> None:
    """Frees an element and those before it, so that memory does not grow with the file."""
    element.clear()
    while element.getprevious() is not None:
        del element.getparent()[0]


def _column_number(letters: str) -> int:
    """For A 1, for Z 26, for AA 27."""
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - ord("A") + 1
    return number
