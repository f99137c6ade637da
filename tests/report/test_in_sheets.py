"""Scores in a copy of a sheet: new columns behind the others, every other byte as it was."""

import contextlib
import csv
import io
import json
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gating.reading.outcome import Unread
from gating.reading.table import any_rows
from gating.report.in_sheets import KEY, Refused, check_copy, copy_with_scores, is_our_copy
from tests.builders import PROSE, with_member, xlsx_bytes

ONE, TWO = {"stage": "awareness", "gate": "ungated"}, {"stage": "decision", "gate": "gated"}
COLUMNS = f"{KEY}.stage", f"{KEY}.gate"


def copied(data: bytes, ending: str, scores: dict[int, dict[str, str]] | None = None) -> bytes:
    scores = scores or {1: ONE, 2: TWO}
    copy = copy_with_scores(data, ending, scores, {})
    check_copy(data, copy, ending, scores, {})
    return copy


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("title,text\nA,one\nB,two\n", "title,text,{}\nA,one,awareness,ungated\nB,two,decision,gated\n"),
        ("title,text\nA,one\nB,two", "title,text,{}\nA,one,awareness,ungated\nB,two,decision,gated"),
        ('title;text\r\n"A";"one, ""and"" more"\r\nB;two\r\n', 'title;text;{}\r\n"A";"one, ""and"" more";awareness;ungated\r\nB;two;decision;gated\r\n'),
        ('title,text\n"A","one\n\nline"\n\nB,two\n', 'title,text,{}\n"A","one\n\nline",awareness,ungated\n\nB,two,decision,gated\n'),
        ("title,text,owner\nA,one\nB,two,Kim\n", "title,text,owner,{}\nA,one,,awareness,ungated\nB,two,Kim,decision,gated\n"),
        ("title,text\nA,one,spare\nB,two\n", "title,text,,{}\nA,one,spare,awareness,ungated\nB,two,,decision,gated\n"),
        ("sep=;\r\ntitle;text\r\nA;one, more\r\nB;two\r\n", "sep=;\r\ntitle;text;{}\r\nA;one, more;awareness;ungated\r\nB;two;decision;gated\r\n"),
        ("# exported on Monday\n\ntitle,text\nA,one\nB,two\n", "# exported on Monday\n\ntitle,text,{}\nA,one,awareness,ungated\nB,two,decision,gated\n"),
    ],
)
def test_csv_keeps_its_signs_quotes_and_line_ends(before: str, after: str) -> None:
    """Empty lines, notes above the header, rows too short and too long."""
    sign = ";" if ";" in before else ","
    assert copied(before.encode(), ".csv").decode() == after.format(sign.join(COLUMNS))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_csv_keeps_its_encoding(encoding: str) -> None:
    """Also one that its words do not tell."""
    before = "title,text\nCaf\u00e9 \u2013 bar,one\nB,two\n".encode(encoding)
    after = copied(before, ".csv")
    assert after.decode(encoding) == f"title,text,{','.join(COLUMNS)}\nCaf\u00e9 \u2013 bar,one,awareness,ungated\nB,two,decision,gated\n"
    assert after[:4] == before[:4]


def test_tab_separated_table() -> None:
    """Commas in it are text."""
    assert copied(b"title\ttext\nA\tone, two\n", ".tsv", {1: ONE}).decode() == f"title\ttext\t{chr(9).join(COLUMNS)}\nA\tone, two\tawareness\tungated\n"


def test_row_that_was_not_scored_has_empty_cells() -> None:
    """A draft, a row in another language."""
    rows = list(csv.DictReader(copied(b"title,text\nA,one\nB,two\nC,three\n", ".csv", {3: ONE}).decode().splitlines()))
    assert [row[COLUMNS[0]] for row in rows] == ["", "", "awareness"]


@pytest.mark.parametrize(
    ("ending", "before", "after"),
    [
        (".jsonl", '{"title": "A",  "n": 1.10}\n\n{"title":"B"}\r\n', '{"title": "A",  "n": 1.10, "gating_scores": %s}\n\n{"title":"B", "gating_scores": %s}\r\n'),
        (".jsonl", '{"title": "Caf\u00e9", "n": 1e3}\n{}', '{"title": "Caf\u00e9", "n": 1e3, "gating_scores": %s}\n{ "gating_scores": %s}'),
        (".json", '[\n  {"title": "A", "n": 1.10},\n  {\n    "title": "B"\n  }\n]\n',
         '[\n  {"title": "A", "n": 1.10, "gating_scores": %s},\n  {\n    "title": "B", "gating_scores": %s\n  }\n]\n'),
        (".json", '{"meta": {"n": 2}, "posts": [{"title": "A", "tags": [{"x": 1}]}, {"title": "B"}]}',
         '{"meta": {"n": 2}, "posts": [{"title": "A", "tags": [{"x": 1}], "gating_scores": %s}, {"title": "B", "gating_scores": %s}]}'),
    ],
)  # fmt: skip
def test_json_keeps_numbers_spaces_and_order(ending: str, before: str, after: str) -> None:
    """The scores are the last member of each piece, also below other keys."""
    assert copied(before.encode(), ending).decode() == after % (json.dumps(ONE), json.dumps(TWO))


def test_workbook_keeps_every_other_part() -> None:
    """Blank rows, a heading lower down, a second sheet; a chart, here a foreign part, is copied byte by byte."""
    data = xlsx_bytes({
        "Plan": [["Content plan"], [], ["title", "text"], ["A", PROSE], [], ["B", PROSE]],
        "Notes": [["nothing", "here"]],
        "More": [["text", "title"], [PROSE, "C"]],
    })  # fmt: skip
    data = with_member(data, "xl/charts/chart1.xml", b"<chart/>")
    copy = copied(data, ".xlsx", {1: ONE, 2: TWO, 3: ONE})
    rows = list(any_rows(copy, ".xlsx", {}))
    assert [(row["title"], row[COLUMNS[0]], row[COLUMNS[1]]) for row in rows] == [("A", "awareness", "ungated"), ("B", "decision", "gated"), ("C", "awareness", "ungated")]
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(io.BytesIO(copy)) as new:
        changed = [name for name in old.namelist() if old.read(name) != new.read(name)]
        assert new.namelist() == old.namelist()
    assert changed == ["xl/worksheets/sheet1.xml", "xl/worksheets/sheet3.xml"]


def test_workbook_keeps_formulas_results_and_formats() -> None:
    """As another program reads them back; the new heading looks like the one beside it."""
    import openpyxl
    import xlsxwriter

    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["title", "text", "words"], book.add_format({"bold": True}))
        sheet.write_row(1, 0, ["A", PROSE])
        sheet.write_formula(1, 2, "=LEN(B2)", book.add_format({"num_format": "0.00"}), 300)
        sheet.autofilter(0, 0, 1, 2)
        sheet.set_column(1, 1, 44)
    copy = copied(buffer.getvalue(), ".xlsx", {1: ONE})
    formulas, results = (openpyxl.load_workbook(io.BytesIO(copy), data_only=results).active for results in (False, True))
    assert (formulas["C2"].value, results["C2"].value, formulas["C2"].number_format) == ("=LEN(B2)", 300, "0.00")
    assert (formulas["D1"].value, formulas["D1"].font.bold, formulas["E2"].value) == (COLUMNS[0], True, "ungated")
    assert (formulas.column_dimensions["B"].width > 40, formulas.auto_filter.ref) == (True, "A1:C2")


@pytest.mark.parametrize(("merged", "first"), [("D3:F3", "G3"), ("D4:H5", "I3"), ("A1:K1", "D3")])
def test_no_new_column_hides_below_merged_cells(merged: str, first: str) -> None:
    """Only the first cell of a range is sure to be in the file; a range in rows without new cells covers nothing."""
    import openpyxl
    import xlsxwriter

    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate([["title", "text", "owner"], ["A", PROSE, "Kim"], ["B", PROSE, "Jo"]], 2):
            sheet.write_row(number, 0, row)
        sheet.merge_range(merged, "status")  # without a format only its first cell is written
    after = openpyxl.load_workbook(io.BytesIO(copied(buffer.getvalue(), ".xlsx"))).active
    assert after[first].value == COLUMNS[0]


@pytest.mark.parametrize(("data", "ending"), [(b"title,text,gating_scores.stage\nA,one,x\n", ".csv"), (b'{"text": "one", "gating_scores": {}}', ".jsonl")])
def test_a_copy_is_not_copied(data: bytes, ending: str) -> None:
    """Its columns would be there twice."""
    assert is_our_copy(data, ending, {})
    with pytest.raises(Refused, match="score the table that it was made from"):
        copy_with_scores(data, ending, {1: ONE}, {})


def test_a_workbook_that_is_a_copy_is_known_for_one() -> None:
    """Its text is packed, so its columns are looked at."""
    data = xlsx_bytes({"Plan": [["title", "text"], ["A", PROSE]]})
    assert not is_our_copy(data, ".xlsx", {})
    assert is_our_copy(copied(data, ".xlsx", {1: ONE}), ".xlsx", {})
    with pytest.raises(Refused, match="holds gating_scores already"):
        copied(copied(data, ".xlsx", {1: ONE}), ".xlsx", {1: ONE})


def test_a_copy_that_reads_otherwise_is_refused() -> None:
    """Whatever went wrong: a row that moved, a score on another row, a cell that changed."""
    data = b"title,text\nA,one\nB,two\n"
    good = copied(data, ".csv")
    for wrong in (good.replace(b"one", b"one!"), good.replace(b"awareness", b"decision"), good[: good.rindex(b"B,")], good + b"C,three\n"):
        with pytest.raises(Refused, match="could not be copied as it is"):
            check_copy(data, wrong, ".csv", {1: ONE, 2: TWO}, {})


CELL = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cf", "Cs", "Zl", "Zp")) | st.sampled_from('",;\t\n '), max_size=12)


@given(st.lists(st.lists(CELL, min_size=1, max_size=4), min_size=1, max_size=6), st.sampled_from([",", ";", "\t"]), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_any_table_is_copied_whole_or_refused(rows: list[list[str]], sign: str, end: str, quoted: bool) -> None:
    """Each record of the copy begins with the record as it was; nothing but a refusal is raised."""
    buffer = io.StringIO(newline="")
    csv.writer(buffer, delimiter=sign, lineterminator=end, quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL).writerows([["title", "text"], *rows])
    before = buffer.getvalue()
    try:
        after = copied(before.encode(), ".csv").decode()
    except Refused:
        return
    records = list(csv.reader(io.StringIO(before, newline=""), delimiter=sign))
    again = list(csv.reader(io.StringIO(after, newline=""), delimiter=sign))
    assert [new[: len(old)] for old, new in zip(records, again, strict=True)] == records


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode), st.sampled_from([".csv", ".tsv", ".json", ".jsonl", ".xlsx"]))
def test_any_bytes_are_copied_or_refused(data: bytes, ending: str) -> None:
    """No file breaks the command."""
    with contextlib.suppress(Refused, Unread):
        copied(data, ending)
