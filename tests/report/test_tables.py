"""JSON Lines, JSON, CSV and Markdown."""

import csv
import io
import json
import pickle

import pytest

from gating.records import Finding, Skipped, Status
from gating.report.safe import csv_cell, markdown_cell, visible
from gating.report.tables import CSV_COLUMNS, Style, csv_rows, json_lines, json_list, markdown_table, percent
from tests.builders import PROSE, finding_of, piece_of

RESULTS: list[Finding | Skipped] = [finding_of(), Skipped("b.md", "an empty file"), Skipped("c.pdf", "not a readable PDF", Status.FAILED)]


def titled(title: str, **fields: object) -> Finding:
    return finding_of(piece_of(PROSE, title=title, **fields))


def csv_records(results: list[Finding | Skipped]) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO("".join(csv_rows(results)), newline="")))


def test_json_lines_hold_one_record_a_line() -> None:
    """Every line is JSON by itself, in the order of the results."""
    lines = "".join(json_lines(RESULTS)).splitlines()
    assert [json.loads(line)["status"] for line in lines] == ["scored", "skipped", "failed"]


def test_json_lines_stay_one_line_for_a_title_of_two() -> None:
    """Line ends and separators in a text are escaped or harmless."""
    assert len("".join(json_lines([titled("one\ntwo")])).rstrip("\n").split("\n")) == 1


@pytest.mark.parametrize("results", [[], RESULTS[:1], RESULTS])
def test_json_is_one_list(results: list[Finding | Skipped]) -> None:
    """None, one or several results make a valid list."""
    assert len(json.loads("".join(json_list(results)))) == len(results)


def test_csv_has_a_row_for_every_input() -> None:
    """Header and rows have the same columns; figures are numbers, an unscored input has empty cells and its reason."""
    scored, skipped, failed = csv_records(RESULTS)
    assert list(scored) == list(CSV_COLUMNS)
    assert float(scored["lead_gen_probability"]) == pytest.approx(0.1)
    assert (scored["gate_score"], scored["review"], scored["quote"]) == ("-1", "no", "crates of fruit")
    assert (skipped["status"], skipped["strategy"], skipped["gate_score"]) == ("skipped", "", "")
    assert failed["reason"] == "not a readable PDF"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", " =", "＝", "＋", "－", "＠"])
def test_formula_in_a_csv_cell_is_defused(start: str) -> None:
    """A title that a spreadsheet would run gets a quote in front."""
    title = f'{start}HYPERLINK("http://evil.example","x")'
    (record,) = csv_records([titled(title)])
    assert record["title"] == f"'{title}".replace("\t", " ")


@pytest.mark.parametrize("field", ["url", "source", "id", "reason"])
def test_every_text_column_is_defused(field: str) -> None:
    """Not the title alone: an address, a file name, an id and a reason of strangers, too."""
    results = {
        "url": titled("A", url="=1+1"),
        "source": Skipped("=1+1.md", "an empty file"),
        "id": Skipped("a.md", "an empty file", id="=1+1"),
        "reason": Skipped("a.md", "=1+1"),
    }
    (record,) = csv_records([results[field]])
    assert record[field].startswith("'=")


def test_numbers_stay_numbers() -> None:
    """A negative score is not text for a formula."""
    assert csv_cell(-1) == -1
    assert csv_cell("Plain words") == "Plain words"


def test_csv_quotes_commas_quotes_and_line_ends() -> None:
    """What a reader of CSV gets back is what was written."""
    title = 'One, "two"\nthree'
    assert csv_records([titled(title)])[0]["title"] == title


def test_markdown_cells_hold_no_markup() -> None:
    """A title cannot end its cell, start a link, a tag or a new row."""
    said = "".join(markdown_table([titled("a|b [x](http://evil.example) <img> `c`\n| new row |")]))
    (row,) = said.splitlines()[2:]
    assert "a\\|b" in row
    assert "\\[x\\]\\(" in row
    assert "\\<img\\>" in row


def test_markdown_rows_have_as_many_cells_as_the_head() -> None:
    """Scored or not, every row has six cells."""
    lines = "".join(markdown_table(RESULTS)).splitlines()
    assert [line.replace("\\|", "").count("|") for line in lines] == [7] * 5


def test_markdown_names_what_was_not_scored() -> None:
    """A skipped input has a row with its reason."""
    assert any("b\\.md" in line and "an empty file" in line for line in markdown_table(RESULTS))


@pytest.mark.parametrize(
    ("text", "shown"), [("\x1b[31mred", "\\u001b[31mred"), ("a\u202eb", "a\\u202eb"), ("a\u200bb", "a\\u200bb"), ("two\nlines", "two lines"), ("\udcff", "\\udcff")]
)
def test_dangerous_signs_are_shown_not_sent(text: str, shown: str) -> None:
    """Escape codes, bidi marks, zero-width signs and lone surrogates become visible escapes; a line end a space."""
    assert visible(text) == shown


def test_ordinary_text_is_shown_as_it_is() -> None:
    """Letters of any script, quotes and signs."""
    assert visible("Crêpes “für” 3 € — да") == "Crêpes “für” 3 € — да"
    assert markdown_cell("Plain words, 3 €.") == "Plain words, 3 €."


@pytest.mark.parametrize(("share", "said"), [(0.8312, "83 %"), (0.9999, "99 %"), (1.0, "99 %"), (0.0, "0 %")])
def test_percent_never_claims_certainty(share: float, said: str) -> None:
    """No label is 100 % sure."""
    assert percent(share) == said


def test_title_with_half_a_surrogate_can_be_written() -> None:
    """A file name that is no UTF-8 reaches a report through its source; every format must still encode."""
    results: list[Finding | Skipped] = [Skipped("x\udcff.md", "an empty file")]
    for write in (json_lines, json_list, csv_rows, markdown_table):
        "".join(write(results)).encode()


@pytest.mark.parametrize("results", [RESULTS, [RESULTS[0]], []], ids=["many", "one", "none"])
@pytest.mark.parametrize("style", [json_lines, json_list, csv_rows, markdown_table], ids=["jsonl", "json", "csv", "markdown"])
def test_style_can_be_sent_to_the_process_that_scores(style: Style, results: list[Finding | Skipped]) -> None:
    """The lines made there, which travel as text, make the same whole."""
    lines = [pickle.loads(pickle.dumps(style)).line(result) for result in results]
    assert "".join(style.joined(lines)) == "".join(style(results))
