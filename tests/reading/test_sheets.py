"""Spreadsheets that would become too large when they are opened, and those that only look so."""

import io
import re
import zipfile

import pytest

from gating.reading import sheets
from gating.reading.outcome import Unread
from gating.reading.sheets import safe_workbook
from gating.records import Piece, Skipped
from tests.builders import PROSE, with_member, xlsx_bytes
from tests.conftest import ReadAll

PLAN = xlsx_bytes({"Plan": [["Title", "Text"], ["Crates", PROSE]]})
SHEET = "xl/worksheets/sheet1.xml"
ROWS = "".join(f'<row r="{row}"><c r="B{row}" t="inlineStr"><is><t>{text}</t></is></c></row>' for row, text in ((1, "Text"), (2, PROSE)))


def changed(name: str, content: str, data: bytes = PLAN) -> bytes:
    """The plan with one member replaced."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.namelist():
            new.writestr(member, content if member == name else old.read(member))
    return buffer.getvalue()


def with_rows(more: str, doctype: str = "") -> bytes:
    """The plan with more rows below its own."""
    rows = ROWS + more
    return changed(SHEET, f'{doctype}<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData></worksheet>')


@pytest.mark.parametrize(
    "row",
    [
        '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        "<row r='1048576'><c s='1' r='XFD1048576'><v>1</v></c></row>",
        '<row r="1048576"><c x-r="A3" r="XFD1048576"><v>1</v></c></row>',
        f'<row r="1048576">{"<c><v>1</v></c>" * 16_000}</row>',
        '<x:row xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main" r="1048576"><x:c r="XFD1048576"><x:v>1</x:v></x:c></x:row>',
    ],
)
def test_a_cell_far_away_is_refused(row: str) -> None:
    """However the cell is written, the rectangle around all cells would not fit into memory."""
    with pytest.raises(Unread, match="Delete what stands far from the table"):
        safe_workbook(with_rows(row))


@pytest.mark.parametrize("row", ['<row r="1048576"><c r="XFD1048576" s="1"/></row>', '<row r="1048576" hidden="1"/>', '<row r="3"><c r="XFD3"><v>1</v></c></row>'])
def test_an_empty_cell_far_away_does_no_harm(read_all: ReadAll, row: str) -> None:
    """Formats reach to the last row in many real files; what is empty takes no room."""
    (piece,) = (result for result in read_all("plan.xlsx", with_rows(row)) if isinstance(result, Piece))
    assert PROSE in piece.blocks[0].text


def test_the_claimed_size_is_not_believed(read_all: ReadAll) -> None:
    """<dimension> may say what it likes."""
    with zipfile.ZipFile(io.BytesIO(with_rows(""))) as archive:
        sheet = archive.read(SHEET).decode()
    assert isinstance(read_all("plan.xlsx", changed(SHEET, sheet.replace("<sheetData>", '<dimension ref="A1:XFD1048576"/><sheetData>')))[0], Piece)


def test_a_long_text_named_by_many_cells_is_refused() -> None:
    """One text of 30,000 characters in 10,000 cells is 300 million characters."""
    texts = f'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>{"crate " * 5_000}</t></si></sst>'
    cells = "".join(f'<row r="{row}"><c r="A{row}" t="s"><v>0</v></c></row>' for row in range(3, 10_003))
    with pytest.raises(Unread, match="million characters"):
        safe_workbook(changed("xl/sharedStrings.xml", texts, with_rows(cells)))


def test_a_row_wider_than_a_spreadsheet_is_refused() -> None:
    """Cells that do not say where they stand cannot go on beyond the last column."""
    with pytest.raises(Unread, match="more than 16,384 columns"):
        safe_workbook(with_rows(f'<row r="3">{"<c><v>1</v></c>" * 16_385}</row>'))


@pytest.mark.parametrize("where", [SHEET, "xl/sharedStrings.xml", "xl/workbook.xml"])
def test_entities_are_refused(read_all: ReadAll, where: str) -> None:
    """With the reason that other XML gets, in whichever part they stand."""
    with zipfile.ZipFile(io.BytesIO(PLAN)) as archive:
        part = archive.read(where).decode().partition("?>")[2]
    (result,) = read_all("plan.xlsx", changed(where, f'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>{part}'))
    assert isinstance(result, Skipped)
    assert "entities" in result.reason


def test_a_large_table_is_looked_through_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """An ordinary table of many cells needs no parser to be known as harmless."""
    monkeypatch.setattr(sheets, "_measured", lambda *_: pytest.fail("parsed cell by cell"))
    assert safe_workbook(xlsx_bytes({"Plan": [["Title", "Text"], *([f"Crate {number}", "small"] for number in range(2_000))]}))


def test_macros_and_pictures_are_not_handed_on() -> None:
    """What is no table is there by its name only."""
    data = with_member(with_member(PLAN, "xl/vbaProject.bin", b"macro"), "xl/media/image1.png", b"picture")
    with zipfile.ZipFile(io.BytesIO(safe_workbook(data))) as archive:
        assert archive.read("xl/vbaProject.bin") == archive.read("xl/media/image1.png") == b""


def test_the_claimed_number_of_texts_is_not_believed(read_all: ReadAll) -> None:
    """calamine would set memory aside for four thousand million texts, and end the process."""
    with zipfile.ZipFile(io.BytesIO(PLAN)) as archive:
        texts = archive.read("xl/sharedStrings.xml").decode()
    assert 'uniqueCount="' in texts
    data = changed("xl/sharedStrings.xml", re.sub(r'(unique)?[cC]ount="\d+"', lambda found: found[0].split('"')[0] + '"4000000000"', texts))
    assert isinstance(read_all("plan.xlsx", data)[0], Piece)
