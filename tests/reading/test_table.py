"""Tables with one piece a row."""

import json
from dataclasses import replace

import pytest

from gating.records import Piece, Skipped, Status
from gating.settings import Settings
from tests.builders import PROSE, xlsx_bytes
from tests.conftest import ReadAll


def quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def pieces(results: list[Piece | Skipped]) -> list[Piece]:
    assert all(isinstance(result, Piece) for result in results), results
    return results  # type: ignore[return-value]


def test_csv_row_is_a_piece_with_its_columns(read_all: ReadAll) -> None:
    """Every known column goes to its field, the others to the metadata; the source names the row."""
    (piece,) = pieces(read_all("library.csv", f"ID,Name,Permalink,Excerpt,Body,Owner\n77,Crates,https://o.example/c,On fruit,{quoted(PROSE)},Ann\n"))
    assert (piece.id, piece.title, piece.url, piece.description) == ("77", "Crates", "https://o.example/c", "On fruit")
    assert piece.source.endswith("library.csv#1")
    assert piece.blocks[0].text == PROSE
    assert dict(piece.metadata)["owner"] == "Ann"


def test_rows_without_an_id_get_one_from_their_source(read_all: ReadAll) -> None:
    """Two rows of the same text have two ids, the same in every run."""
    content = f"title,text\na,{quoted(PROSE)}\nb,{quoted(PROSE)}\n"
    first, second = pieces(read_all("library.csv", content))
    assert first.id != second.id
    assert [piece.id for piece in pieces(read_all("library.csv", content))] == [first.id, second.id]


def test_newlines_in_a_cell_stay_in_the_cell(read_all: ReadAll) -> None:
    """A quoted cell over several lines is one piece with several blocks."""
    text = f"# Crates\n\n{PROSE}\n\n- one\n- two"
    (piece,) = pieces(read_all("library.csv", f"title,text\nCrates,{quoted(text)}\n"))
    assert [block.kind.value for block in piece.blocks] == ["heading", "paragraph", "item", "item"]


@pytest.mark.parametrize("sign", [";", "\t", "|"])
def test_other_delimiters_are_found(read_all: ReadAll, sign: str) -> None:
    """Semicolons, as a German spreadsheet writes them, tabs and bars."""
    (piece,) = pieces(read_all("library.csv", f"title{sign}text\nCrates, lids{sign}{quoted(PROSE)}\n"))
    assert piece.title == "Crates, lids"


def test_byte_order_mark_does_not_hide_the_first_column(read_all: ReadAll) -> None:
    """Excel's mark before the first column name is passed over."""
    (piece,) = pieces(read_all("library.csv", f"title,text\nCrates,{quoted(PROSE)}\n".encode("utf-8-sig")))
    assert piece.title == "Crates"


def test_utf16_csv_is_read(read_all: ReadAll) -> None:
    """A spreadsheet saved as Unicode text has tabs and UTF-16."""
    (piece,) = pieces(read_all("library.csv", f"title\ttext\nCrêpes\t{PROSE}\n".encode("utf-16")))
    assert piece.title == "Crêpes"


def test_tsv_is_read(read_all: ReadAll) -> None:
    """The ending .tsv means tabs."""
    (piece,) = pieces(read_all("library.tsv", f"title\ttext\nCrates\t{PROSE}\n"))
    assert piece.title == "Crates"


def test_unknown_text_column_is_named_in_the_reason(read_all: ReadAll) -> None:
    """A table whose text column is not recognised says which columns there are and how to name one."""
    (result,) = read_all("library.csv", f"title,Fliesstext\nCrates,{quoted(PROSE)}\n")
    assert isinstance(result, Skipped)
    assert "Fliesstext" in result.reason
    assert "--map text=" in result.reason


def test_reason_is_one_line_whatever_the_columns_are_called(read_all: ReadAll) -> None:
    """A column name with a line end in it does not break the reason into two lines."""
    (result,) = read_all("library.csv", f'title,"Long\ncolumn"\nCrates,{quoted(PROSE)}\n')
    assert isinstance(result, Skipped)
    assert "\n" not in result.reason


def test_map_names_the_text_column(read_all: ReadAll) -> None:
    """--map text=Column reads that column, in any case."""
    (piece,) = pieces(read_all("library.csv", f"title,Fliesstext\nCrates,{quoted(PROSE)}\n", mapping={"text": "fliesstext"}))
    assert piece.blocks[0].text == PROSE


def test_map_goes_before_a_known_column(read_all: ReadAll) -> None:
    """The user's word wins over the alias table."""
    (piece,) = pieces(read_all("library.csv", f"text,Long version\nshort,{quoted(PROSE)}\n", mapping={"text": "Long version"}))
    assert piece.blocks[0].text == PROSE


def test_second_text_column_fills_in(read_all: ReadAll) -> None:
    """An export may fill `html` for some rows and `plaintext` columns for others."""
    results = pieces(read_all("library.csv", f"title,html,body\nA,,{quoted(PROSE)}\nB,{quoted(f'<p>{PROSE}</p>')},\n"))
    assert [piece.blocks[0].text for piece in results] == [PROSE, PROSE]


def test_html_and_markdown_cells_give_the_same_blocks(read_all: ReadAll) -> None:
    """A cell may hold either."""
    html = f"<h2>Crates</h2><p>{PROSE}</p>"
    markdown = f"## Crates\n\n{PROSE}"
    first, second = pieces(read_all("library.csv", f"title,text\nA,{quoted(html)}\nB,{quoted(markdown)}\n"))
    assert [(block.kind, block.text, block.level) for block in first.blocks] == [(block.kind, block.text, block.level) for block in second.blocks]


def test_empty_cell_is_skipped_and_the_others_are_read(read_all: ReadAll) -> None:
    """A row without text is a row in the report."""
    first, second = read_all("library.csv", f"title,text\nA,\nB,{quoted(PROSE)}\n")
    assert isinstance(first, Skipped)
    assert first.title == "A"
    assert isinstance(second, Piece)


def test_gate_column_is_what_happens_today(read_all: ReadAll) -> None:
    """A column named gated is today's gate."""
    results = pieces(read_all("library.csv", f"title,text,Gated\nA,{quoted(PROSE)},yes\nB,{quoted(PROSE)},no\n"))
    assert [piece.observed.verdict for piece in results] == ["gated", "ungated"]


def test_cell_over_the_csv_modules_limit_is_read(read_all: ReadAll) -> None:
    """A page of 200,000 characters in a cell is nothing unusual."""
    (piece,) = pieces(read_all("library.csv", f"title,text\nA,{quoted((PROSE + chr(10) + chr(10)) * 700)}\n"))
    assert piece.n_words > 30_000


def test_table_without_rows_is_skipped(read_all: ReadAll) -> None:
    """A header alone is no piece."""
    (result,) = read_all("library.csv", "title,text\n")
    assert isinstance(result, Skipped)
    assert result.reason == "a table without rows"


def test_row_cap_is_said(read_all: ReadAll, settings: Settings) -> None:
    """Rows over the cap are named in one skipped line."""
    small = replace(settings, limits=replace(settings.limits, max_rows=2))
    results = read_all("library.csv", "title,text\n" + f"A,{quoted(PROSE)}\n" * 4, settings=small)
    assert [type(result) for result in results] == [Piece, Piece, Skipped]
    assert "first 2 rows" in results[-1].reason  # type: ignore[union-attr]


def test_json_list_gives_a_piece_an_object(read_all: ReadAll) -> None:
    """A list of objects, with their own ids."""
    results = pieces(read_all("posts.json", json.dumps([{"id": 5, "title": "A", "content": PROSE}, {"id": "six", "title": "B", "content": PROSE}])))
    assert [(piece.id, piece.title) for piece in results] == [("5", "A"), ("six", "B")]


def test_json_object_with_a_list_of_posts(read_all: ReadAll) -> None:
    """An export that wraps its posts in an object."""
    results = pieces(read_all("posts.json", json.dumps({"site": "orchard", "posts": [{"title": "A", "html": f"<p>{PROSE}</p>"}]})))
    assert [piece.title for piece in results] == ["A"]


def test_json_rendered_fields(read_all: ReadAll) -> None:
    """WordPress's {"rendered": ...} is the field's text."""
    (piece,) = pieces(read_all("posts.json", json.dumps([{"title": {"rendered": "A"}, "content": {"rendered": f"<p>{PROSE}</p>"}}])))
    assert (piece.title, piece.blocks[0].text) == ("A", PROSE)


@pytest.mark.parametrize("content", ["{not json", "[" * 100_000, '{"a": ' * 50_000], ids=["broken", "deep-list", "deep-object"])
def test_broken_json_fails_with_a_reason(read_all: ReadAll, content: str) -> None:
    """Broken, bottomless or monstrous JSON is one failure."""
    (result,) = read_all("posts.json", content)
    assert isinstance(result, Skipped)
    assert result.status is Status.FAILED
    assert "JSON" in result.reason


def test_broken_line_of_json_lines_costs_one_row(read_all: ReadAll) -> None:
    """The rows before and after it are read, and its number is named."""
    row = json.dumps({"title": "A", "text": PROSE})
    first, broken, last = read_all("posts.jsonl", f"{row}\n{{broken\n{row}\n")
    assert isinstance(first, Piece)
    assert isinstance(last, Piece)
    assert isinstance(broken, Skipped)
    assert broken.status is Status.FAILED
    assert "line 2" in broken.reason


def test_half_a_surrogate_in_json_can_be_written(read_all: ReadAll) -> None:
    """JSON can spell what UTF-8 cannot, in values, lists and names; nothing of it may reach a report."""
    rows = '[{"id": "\\ud800", "title": "\\ud800", "url": ["\\ud800"], "text": "%s"}, {"\\ud800x": "y", "z": "1"}]' % PROSE  # noqa: UP031
    for result in read_all("posts.json", rows):
        shown = [result.reason, result.id, result.title] if isinstance(result, Skipped) else [result.id, result.title, result.url, result.observed.evidence]
        for text in shown:
            text.encode()


def test_xlsx_rows_below_a_logo_row(read_all: ReadAll) -> None:
    """The header may stand some rows down; whole numbers stay whole."""
    data = xlsx_bytes({"Plan": [["Orchard Ltd"], [], ["ID", "Title", "Text"], [7, "Crates", PROSE], [8, "Lids", PROSE]]})
    results = pieces(read_all("plan.xlsx", data))
    assert [(piece.id, piece.title) for piece in results] == [("7", "Crates"), ("8", "Lids")]


def test_xlsx_reads_every_sheet_that_holds_text(read_all: ReadAll) -> None:
    """Rows of two sheets are numbered on; a sheet of notes is passed over."""
    data = xlsx_bytes({"May": [["Title", "Text"], ["A", PROSE]], "Notes": [["ask Ann"]], "June": [["Title", "Text"], ["B", PROSE]]})
    results = pieces(read_all("plan.xlsx", data))
    assert [(piece.title, piece.source.rpartition("#")[2]) for piece in results] == [("A", "1"), ("B", "2")]


def test_xlsx_without_a_text_column_names_its_columns(read_all: ReadAll) -> None:
    """The reason shows what the first row holds."""
    (result,) = read_all("plan.xlsx", xlsx_bytes({"Plan": [["Owner", "Due"], ["Ann", "May"]]}))
    assert isinstance(result, Skipped)
    assert "Owner" in result.reason
    assert "--map text=" in result.reason


def test_damaged_xlsx_fails_with_a_reason(read_all: ReadAll) -> None:
    """A spreadsheet cut in half is one failure."""
    (result,) = read_all("plan.xlsx", xlsx_bytes({"Plan": [["Title", "Text"], ["A", PROSE]]})[:-300])
    assert isinstance(result, Skipped)
    assert result.status is Status.FAILED


def test_a_mapped_column_that_is_not_there_is_named(read_all: ReadAll) -> None:
    """--map title=Nope says that there is no Nope, once and not once a row."""
    (skipped,) = read_all("plan.csv", f"Headline,Body\nCrates,{PROSE}\nBaskets,{PROSE}\n", mapping={"title": "Nope"})
    assert isinstance(skipped, Skipped)
    assert "no column 'Nope' for title" in skipped.reason


def test_quote_that_never_closes_costs_its_row(read_all: ReadAll) -> None:
    """The rows behind it are read, and the line is named."""
    good = f"Crates,{quoted(PROSE)}"
    results = read_all("library.csv", f'title,text\n{good}\nLost,"{PROSE}\n{good}\nstray line\n{good}\n')
    assert [result.title for result in results if isinstance(result, Piece)] == ["Crates"] * 3
    assert [result.reason for result in results if isinstance(result, Skipped)] == [
        "line 3: not readable as CSV (a quote that never closes)",
        "1 lines behind a broken one fit no row of the table and were left out",
    ]


def test_cell_over_the_limit_costs_its_row(read_all: ReadAll, monkeypatch: pytest.MonkeyPatch) -> None:
    """The row behind it is read."""
    monkeypatch.setattr("gating.reading.table.FIELD_LIMIT", 2000)
    broken, good = read_all("library.csv", f"title,text\nBig,{'x' * 3000}\nCrates,{quoted(PROSE)}\n")
    assert isinstance(broken, Skipped) and "line 2" in broken.reason
    assert isinstance(good, Piece)


def test_quote_open_to_the_end_costs_its_row(read_all: ReadAll) -> None:
    """Without another quote behind it the rest of the file would be one cell."""
    results = read_all("library.csv", f'title,text\nLost,"{PROSE}\n' + "Crates,two words\n" * 3)
    assert next(result.reason for result in results if isinstance(result, Skipped)) == "line 2: not readable as CSV (a quote that never closes)"
    assert [result.title for result in results][1:] == ["Crates"] * 3


def test_quotes_within_a_text_of_several_lines_stay(read_all: ReadAll) -> None:
    """An export that does not double the quotes in its cells is read as far as it can be, not torn into lines."""
    (piece,) = pieces(read_all("library.csv", f'title,text\nCrates,"{PROSE}\nShe called it "the harvest" and left."\n'))
    assert "and left" in piece.blocks[-1].text


def test_table_of_nothing_but_broken_rows_is_given_up(read_all: ReadAll, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each broken row may cost a look at all that follows."""
    monkeypatch.setattr("gating.reading.table.FIELD_LIMIT", 2000)
    results = read_all("library.csv", f"title,text\nCrates,{quoted(PROSE)}\n" + f"Big,{'x' * 3000}\n" * 50)
    assert isinstance(results[0], Piece)
    assert len(results) == 22
    assert isinstance(results[-1], Skipped) and "was not read" in results[-1].reason


def test_more_cells_than_columns_are_said(read_all: ReadAll) -> None:
    """A text whose commas nobody quoted is cut at the first; that shows."""
    (piece,) = pieces(read_all("library.csv", f"title,text\nCrates,{quoted(PROSE)},and,more\n"))
    assert piece.limits == ("2 more cells than the table has columns were left out",)


def test_excels_own_first_line_names_the_sign_between_cells(read_all: ReadAll) -> None:
    """`sep=;` is no header."""
    (piece,) = pieces(read_all("library.csv", f"sep=;\ntitle;text\nCrates;{quoted(PROSE)}\n"))
    assert piece.title == "Crates"


def test_nul_in_a_row_costs_nothing(read_all: ReadAll) -> None:
    """The table is a text with a lost byte."""
    (piece,) = pieces(read_all("library.csv", f"title,text\nCr\0ates,{quoted(PROSE)}\n"))
    assert piece.title == "Crates"


def test_endless_number_in_json_stays_text(read_all: ReadAll) -> None:
    """Python refuses to make a number of five thousand digits; the pieces beside it are read."""
    results = pieces(read_all("posts.json", f'[{{"title": "A", "text": "{PROSE}", "order": {"9" * 5000}}}, {{"title": "B", "text": "{PROSE}"}}]'))
    assert [piece.title for piece in results] == ["A", "B"]


def test_what_follows_the_end_of_json_is_said(read_all: ReadAll) -> None:
    """The pieces before it are read."""
    piece, rest = read_all("posts.json", json.dumps([{"title": "A", "text": PROSE}]) + "\n}{ junk")
    assert isinstance(piece, Piece)
    assert isinstance(rest, Skipped) and "end of the JSON" in rest.reason


def test_json_lines_by_another_name(read_all: ReadAll) -> None:
    """Lines of JSON in a file called .json are read as lines."""
    results = pieces(read_all("posts.json", "\n".join(json.dumps({"title": title, "text": PROSE}) for title in "AB")))
    assert [piece.title for piece in results] == ["A", "B"]


def test_many_items_that_are_no_objects_are_counted(read_all: ReadAll) -> None:
    """A million numbers do not become a million lines."""
    results = read_all("posts.json", json.dumps([{"title": "A", "text": PROSE}, *range(500)]))
    assert isinstance(results[0], Piece)
    assert len(results) == 22
    assert isinstance(results[-1], Skipped) and results[-1].reason == "480 more that could not be read"


def test_objects_within_objects_cost_their_item(read_all: ReadAll) -> None:
    """An item that wraps itself four hundred times is let go without harm to the next."""
    deep = '{"node": ' * 400 + "{}" + "}" * 400
    results = read_all("posts.json", f'[{deep}, {{"title": "B", "text": "{PROSE}"}}]')
    assert isinstance(results[-1], Piece)


def test_metadata_of_a_very_wide_table_is_capped(read_all: ReadAll) -> None:
    """Twelve hundred columns are not carried into every report."""
    names = ",".join(f"c{n}" for n in range(1200))
    (piece,) = pieces(read_all("library.csv", f"title,text,{names}\nCrates,{quoted(PROSE)},{'1,' * 1199}1\n"))
    assert len(piece.metadata) == 1000
    assert "1,000 of 1,2" in piece.limits[0]
