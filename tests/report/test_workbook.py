"""actions.xlsx, read back by two readers."""

import datetime
import io
from typing import Any

import openpyxl
import pytest
import python_calamine

from gating.records import Audit, OfferLink, Skipped, Suggestion
from gating.report.workbook import CELL_LIMIT, CUT, write_workbook
from tests.builders import audit_of, audited
from tests.report.test_audit_files import HOSTILE, hostile, made

SHEETS = ["Read me", "All actions", "Ungate", "Gate", "Hand-offs", "Offers", "Review", "Gaps", "Mix", "Not scored"]


def written(audit: Audit) -> bytes:
    buffer = io.BytesIO()
    write_workbook(audit, buffer)
    return buffer.getvalue()


def rows(data: bytes, sheet: str) -> list[dict[str, Any]]:
    header, *lines = openpyxl.load_workbook(io.BytesIO(data))[sheet].values
    return [dict(zip(header, line, strict=True)) for line in lines]


@pytest.mark.parametrize("audit", [audit_of(), made(), hostile()], ids=["empty", "made", "hostile"])
def test_every_sheet_is_there_and_both_readers_agree(audit: Audit) -> None:
    """Also for an audit without a piece."""
    data = written(audit)
    ours, theirs = openpyxl.load_workbook(io.BytesIO(data)), python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    assert ours.sheetnames == theirs.sheet_names == SHEETS
    for name in SHEETS[1:]:
        assert ours[name].max_row == len(theirs.get_sheet_by_name(name).to_python())


def test_cells_are_typed() -> None:
    """Numbers, dates and shares are what a spreadsheet can sort and add."""
    sheet = openpyxl.load_workbook(io.BytesIO(written(made())))["All actions"]
    place = {cell.value: cell.column for cell in sheet[1]}
    first = {name: sheet.cell(2, column) for name, column in place.items()}
    assert first["Title"].value == "Where crates are bruised"
    assert (first["Sessions"].value, first["Sessions"].data_type) == (1200, "n")
    assert first["Last changed"].value == datetime.datetime(2025, 3, 9)
    assert (first["Sure of gate"].value, first["Sure of gate"].number_format) == (pytest.approx(0.9), "0%")
    assert first["Look at it"].value == "no"


def test_header_is_frozen_and_filtered() -> None:
    """The filter covers header and rows."""
    sheet = openpyxl.load_workbook(io.BytesIO(written(made())))["All actions"]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref.startswith("A1:")
    assert sheet.auto_filter.ref.endswith("4")


def test_work_goes_to_its_sheet() -> None:
    """The gated piece, the faulty link, the offer, the gap and the input without a score."""
    data = written(made())
    assert [row["Title"] for row in rows(data, "Ungate")] == ["Where crates are bruised"]
    hand_offs = rows(data, "Hand-offs")
    assert [(row["Title"], row["Problem"], row["Link text"], row["Best offer"]) for row in hand_offs] == [
        ("Why lids warp", "no next step", None, "planner.html"),
        ("Why lids warp", "wrong stage", "Get the planner", "planner.html"),
    ]
    assert [(row["Title"], row["Linked from"]) for row in rows(data, "Offers")] == [("The crate planner", 1)]
    assert [(row["Topic"], row["Awareness"], row["Empty"]) for row in rows(data, "Gaps")][1] == ("Cold stores", 0, "awareness, consideration, decision")
    assert rows(data, "Mix")[0]["Distance"] == pytest.approx(2 / 3 - 0.5)
    assert [(row["Status"], row["Reason"]) for row in rows(data, "Not scored")] == [("skipped", "a PDF without text"), ("failed", "a damaged file")]


def test_read_me_explains_every_column() -> None:
    """Whatever heading stands on a sheet stands in the first sheet with its meaning."""
    book = openpyxl.load_workbook(io.BytesIO(written(made())))
    explained = {row[0] for row in book["Read me"].values if row[1]}
    assert {heading for name in SHEETS[1:] for heading in next(book[name].values)} <= explained


def test_text_of_strangers_is_text() -> None:
    """No cell is a formula, an error or a link, and no control or bidi character is left."""
    book = openpyxl.load_workbook(io.BytesIO(written(hostile())))
    cells = [cell for sheet in book for line in sheet.iter_rows() for cell in line if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d"}
    assert not any(cell.hyperlink for cell in cells)
    texts = [cell.value for cell in cells if cell.data_type == "s"]
    assert HOSTILE[0] in texts
    assert not any(set("\u202e\x1b\x07") & set(text) for text in texts)


def test_a_cell_is_cut_at_what_a_spreadsheet_can_hold() -> None:
    """A title of 40,000 characters costs its end, not the file."""
    (row,) = rows(written(audit_of(audited(title="crate " * 7000))), "All actions")
    assert len(row["Title"]) == CELL_LIMIT
    assert row["Title"].endswith(CUT)


@pytest.mark.parametrize("date", ["1850-01-01", "0001-01-01"])
def test_a_date_before_spreadsheets_is_text(date: str) -> None:
    """Spreadsheets count days from 1900; an older date stays readable."""
    (row,) = rows(written(audit_of(audited(date=date))), "All actions")
    assert row["Last changed"] == date


def test_hand_offs_have_a_row_for_each_faulty_link() -> None:
    """The workbook names them all, where other outputs name the worst."""
    links = tuple(OfferLink(f"Offer {number}", f"/{number}", "", "dead", "gone") for number in range(6))
    data = written(audit_of(audited(links=links, leads_on=True, best=Suggestion("b.md", 0.2, ())), unscored=[Skipped("a.md", "an empty file")]))
    assert [row["Link address"] for row in rows(data, "Hand-offs")] == [f"/{number}" for number in range(6)]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # zipfile tries once more when it is thrown away
def test_a_full_disk_is_an_error_of_the_system() -> None:
    """The library has an error of its own for it; whoever writes the set of files waits for OSError."""

    class Full(io.BytesIO):
        def write(self, data: object) -> int:
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        write_workbook(made(), Full())
