"""Scores in a copy of a workbook: cells are added to the XML of its rows, so that formulas, their results, formats and charts stay."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gating.reading.safe_xml import SAFE
from gating.reading.sheets import safe_workbook
from gating.reading.table import header_row
from gating.reading.zips import Package

Added = Mapping[int, Sequence[str]]  # row of a sheet, from 1: its new cells
PLACE = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{0,7})")  # of a cell: "AB12"
MOST_COLUMNS = 16_384  # of a sheet, in Excel
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
LARGEST = 200_000_000  # bytes of one sheet's XML; safe_workbook allows no more
NOWHERE = "its rows and cells do not say where they stand; open it and save it again"


class NoPlace(Exception):
    """Why a sheet takes no new columns, in words that follow its name."""


def workbook_with(data: bytes, heading: Sequence[str], cells: Mapping[int, Sequence[str]], mapping: Mapping[str, str]) -> bytes:
    """The workbook with new columns: `heading` on each sheet of pieces, `cells` by the number of the piece from 1. Raises NoPlace, Unread."""
    package = Package(data, LARGEST)
    parts = _parts(package)
    changed = {parts[name]: _with_cells(package.read(parts[name]), added) for name, added in _places(data, heading, cells, mapping)}
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as after:
        for member in before.infolist():
            after.writestr(member, changed.get(member.filename) or before.read(member))
    return buffer.getvalue()


def _places(data: bytes, heading: Sequence[str], cells: Mapping[int, Sequence[str]], mapping: Mapping[str, str]) -> Iterator[tuple[str, Added]]:
    """The new cells of each sheet with pieces, whose rows are counted as the reader of tables counts them."""
    import python_calamine

    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(safe_workbook(data)))
    number = 0
    for name in book.sheet_names:
        sheet = book.get_sheet_by_name(name)
        rows = [["" if value is None else str(value) for value in row] for row in sheet.to_python(skip_empty_area=True)]
        header = header_row(rows, mapping)
        if header is None or sheet.start is None:
            continue
        first = sheet.start[0] + 1  # rows are counted from 1 in the XML
        added = {first + header: heading}
        for place, row in enumerate(rows[header + 1 :], first + header + 1):
            if any(row):
                number += 1
                added[place] = cells.get(number, ())
        yield name, added


def _parts(package: Package) -> dict[str, str]:
    """{name of a sheet: the member of the zip that holds it}."""
    targets = {relation.get("Id"): relation.get("Target", "") for relation in _xml(package.read("xl/_rels/workbook.xml.rels"))}
    sheets = _xml(package.read("xl/workbook.xml")).iter("{*}sheet")
    return {sheet.get("name", ""): posixpath.normpath(posixpath.join("/xl", targets[sheet.get(RELATION)])).lstrip("/") for sheet in sheets if sheet.get(RELATION) in targets}


def _with_cells(data: bytes, added: Added) -> bytes:
    """The XML of a sheet with the new cells behind its last column, and behind merged cells beside them, which would cover them; a heading
    looks like the one beside it.
    """
    from lxml import etree

    root = _xml(data)
    rows = list(root.iter("{*}row"))
    used = [_place(cell.get("r"))[0] for row in rows for cell in row]
    column = max([*used, *_merged_to(root, added)], default=0) + 1
    if column + max(map(len, added.values())) > MOST_COLUMNS:
        raise NoPlace("it has no columns left")
    left = dict(added)
    for place, row in enumerate(rows):
        values = left.pop(int(row.get("r") or 0), ())
        if not values:
            continue
        row.attrib.pop("spans", None)  # a hint that would now be wrong
        style = row[-1].get("s") if place == 0 or row.get("r") == str(min(added)) else None
        for offset, value in enumerate(values):
            if value:
                row.append(_cell(etree, row, f"{_letters(column + offset)}{row.get('r')}", value, style))
    if any(left.values()):
        raise NoPlace(NOWHERE)
    for dimension in root.iter("{*}dimension"):
        root.remove(dimension)  # optional, and would now be wrong
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return written


def _cell(etree: Any, row: Any, place: str, value: str, style: str | None) -> Any:
    space = row.tag.rpartition("}")[0] + "}"
    cell = etree.Element(f"{space}c", {"r": place, **({"s": style} if style else {}), "t": "inlineStr"})
    etree.SubElement(etree.SubElement(cell, f"{space}is"), f"{space}t").text = value
    return cell


def _merged_to(root: Any, added: Added) -> Iterator[int]:
    """The last column of each range of merged cells that stands in a row with new cells. Only the first cell of a range need be in the file."""
    for merged in root.iter("{*}mergeCell"):
        first, _, last = merged.get("ref", "").partition(":")
        column, bottom = _place(last or first)
        if any(_place(first)[1] <= row <= bottom for row in added):
            yield column


def _place(written: str | None) -> tuple[int, int]:
    """(column, row) of "AB12", both from 1; row 0 where there is none. Raises NoPlace."""
    found = PLACE.fullmatch(written or "")
    if not found:
        raise NoPlace(NOWHERE)
    number = 0
    for letter in found[1]:
        number = 26 * number + ord(letter) - ord("A") + 1
    return number, int(found[2] or 0)


def _letters(column: int) -> str:
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _xml(data: bytes) -> Any:
    from lxml import etree

    return etree.fromstring(data, etree.XMLParser(**{**SAFE, "remove_comments": False, "remove_pis": False}, huge_tree=True))
