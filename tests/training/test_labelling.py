"""Which piece is asked about next, and the file of the answers."""

import csv
import html
import io
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gating.errors import SourceError
from gating.library.compact import library_piece as compacted
from gating.reading.text import clean
from gating.records import HeadVerdict, LibraryPiece, Piece, Verdict
from gating.settings import Settings
from gating.training.examples import read_examples, text_id
from gating.training.labelling import COLUMNS, LabelFile, doubt_of, html_of, most_useful_first, needs_labels, read_label_file, row_of
from tests.builders import PROSE, finding_of, piece_of, verdict_of
from tests.conftest import Read

BREWERY = "The brewery cleans its kettles with hot lye, and the rinse water tells whether any of it stayed behind in the pipe after the night shift."
LIFTS = "A lift that stops between two floors is nearly always a door contact, and the engineer finds it by listening before opening the panel."
VETS = "The practice rings the owner on the second day, because a dog that eats again on the first may still refuse its tablets later."
LABELS = {"strategy": "lead-gen", "stage": "decision", "gate": "gated"}


def asked(source: str, text: str, sure: float = 0.6, title: str = "", review: bool = False, verdict: Verdict | None = None) -> LibraryPiece:
    piece = replace(piece_of(*text.split("\n"), title=title or source), id=source, source=source)
    finding = finding_of(piece, verdict or verdict_of(confidence=sure))
    return compacted(replace(finding, advice=replace(finding.advice, review=review)))


def sources(pieces: list[LibraryPiece]) -> list[str]:
    return [piece.finding.piece.source for piece in pieces]


def test_the_least_sure_come_first() -> None:
    """Of pieces about different things, the one that the model knows least of is asked first."""
    pieces = [asked("sure", BREWERY, 0.97), asked("torn", LIFTS, 0.5), asked("leaning", VETS, 0.75)]
    assert sources(most_useful_first(pieces, (), 9)) == ["torn", "leaning", "sure"]


def test_the_first_are_of_different_kinds() -> None:
    """Twelve pages of one template, each less sure than the rest, do not fill the top of the queue."""
    words = "copper oak slate birch linen amber cedar pearl flint wool reed clay".split()
    template = [asked(f"t{n}", f"{PROSE} {BREWERY} Our {word} branch has its own yard and its own hours.", 0.5) for n, word in enumerate(words)]
    others = [asked("lifts", LIFTS, 0.6), asked("vets", VETS, 0.6)]
    first = sources(most_useful_first([*template, *others], (), 3))
    assert {"lifts", "vets"} < set(first)


def test_what_has_its_labels_counts_as_asked() -> None:
    """On the next day a piece unlike those in the file goes before one that resembles them."""
    pieces = [asked("again", f"{LIFTS} The panel is opened last.", 0.5), asked("new", VETS, 0.6)]
    first = sources(most_useful_first(pieces, [(LIFTS, asked("old", LIFTS + BREWERY).signature)], 9))
    assert first == ["new", "again"]


def test_near_identical_pieces_are_asked_once() -> None:
    """A print version is not asked about beside its page, and neither is when one has its row."""
    long = f"{PROSE} {BREWERY} {LIFTS} {VETS}"
    pieces = [asked("page", long), asked("print", f"{long} Printed."), asked("other", "Snow loads on glass roofs. " + PROSE[::-1])]
    assert len(most_useful_first(pieces, (), 9)) == 2
    assert sources(most_useful_first(pieces, [(long, pieces[0].signature)], 9)) == ["other"]


def test_no_more_than_wanted_and_nothing_of_nothing() -> None:
    """The queue ends at n; an empty library has an empty queue."""
    assert len(most_useful_first([asked("a", BREWERY), asked("b", LIFTS), asked("c", VETS)], (), 2)) == 2
    assert most_useful_first([], (), 5) == []


def test_a_text_of_signs_alone_can_be_queued() -> None:
    """A price list without words breaks nothing."""
    assert len(most_useful_first([asked("prices", "1 2 3", title="4"), asked("b", LIFTS)], (), 5)) == 2


def test_doubt_is_none_where_the_model_is_certain_and_whole_where_it_knows_nothing() -> None:
    """0 for three certain heads, 1 for three even ones."""
    even = {head: HeadVerdict(label, (1 / n,) * n) for head, label, n in (("strategy", "demand-gen", 2), ("stage", "awareness", 3), ("gate", "ungated", 3))}
    assert doubt_of(finding_of(verdict=verdict_of(confidence=1.0))) == 0
    assert doubt_of(finding_of(verdict=replace(verdict_of(), **even))) == pytest.approx(1)


def test_a_piece_up_for_review_is_in_doubt() -> None:
    """Sure heads do not send it to the end when the advice wants a person."""
    pieces = [asked("leaning", LIFTS, 0.9), asked("review", VETS, 0.97, review=True)]
    assert sources(most_useful_first(pieces, (), 9)) == ["review", "leaning"]


def test_what_a_person_labelled_in_the_piece_is_not_asked() -> None:
    """Three given labels leave nothing to ask, one leaves the others."""
    verdict = verdict_of(confidence=0.5)
    assert not needs_labels(verdict.with_given(LABELS))
    assert needs_labels(verdict.with_given({"stage": "decision"}))
    assert doubt_of(finding_of(verdict=verdict.with_given({"stage": "decision"}))) < doubt_of(finding_of(verdict=verdict))


def written(path: Path, text: str) -> LabelFile:
    path.write_bytes(text.encode())
    return read_label_file(path)


def test_a_new_file_has_our_columns(tmp_path: Path) -> None:
    """Nothing there yet, or an empty file: the header is ours."""
    assert read_label_file(tmp_path / "none.csv").header == COLUMNS
    assert written(tmp_path / "empty.csv", "\n").header == COLUMNS


@pytest.mark.parametrize(("delimiter", "line_end", "mark"), [(",", "\n", ""), (";", "\r\n", "\ufeff"), ("\t", "\n", "")])
def test_a_file_made_by_hand_keeps_columns_order_and_form(tmp_path: Path, delimiter: str, line_end: str, mark: str) -> None:
    """Columns of others stay where they are with their values, ours are added behind; separator, line ends and byte-order mark stay."""
    rows = [["Owner", "Title", "Stage", "Notes"], ["Ines", "Roof leaks", "Tofu", "=1+1\nask her"], ["", "Hail", "mofu", '"so"']]
    buffer = io.StringIO(newline="")
    csv.writer(buffer, delimiter=delimiter, lineterminator=line_end).writerows(rows)
    file = written(tmp_path / "labels.csv", mark + buffer.getvalue()).with_row(row_of(piece_of(PROSE, title="Crates"), LABELS, "2026-03-04"))
    text = file.text()
    assert text.startswith(mark + delimiter.join(rows[0]))
    assert text.endswith(line_end)
    read = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=delimiter))
    assert read[0] == [*rows[0], "id", "source", "url", "text", "strategy", "gate", "format", "labelled_at"]
    assert read[1:3] == rows[1:]
    assert read[3][:4] == ["", "Crates", "decision", ""]
    assert written(tmp_path / "again.csv", text) == file


def test_cells_beyond_the_header_get_no_name_of_ours(tmp_path: Path) -> None:
    """A row with a cell too many does not become a piece with that id."""
    file = written(tmp_path / "labels.csv", "title,stage\nHail,tofu,see Ines\n")
    assert file.header[:4] == ("title", "stage", "", "id")
    assert file.rows == (("Hail", "tofu", "see Ines"),)


@pytest.mark.parametrize("text", ["title,stage\nCaf\xe9,tofu\n".encode("latin-1"), b"just,some,words\n1,2,3\n", b"PK\x03\x04\xff\xfe"])
def test_what_is_no_file_of_labels_is_refused(tmp_path: Path, text: bytes) -> None:
    """It is never written over: the sentence names the file and says what to do."""
    path = tmp_path / "labels.csv"
    path.write_bytes(text)
    with pytest.raises(SourceError, match=r"labels\.csv: .*-o"):
        read_label_file(path)


def test_taking_back_leaves_what_somebody_changed(tmp_path: Path) -> None:
    """Only the row as it was written goes, the last of its kind; a row that was edited since stays."""
    row = row_of(piece_of(PROSE), LABELS, "2026-03-04")
    file = read_label_file(tmp_path / "none.csv").with_row(row)
    assert file.without_row(row).rows == ()
    edited = replace(file, rows=((*file.rows[0][:-1], "2026-03-05"),))
    assert edited.without_row(row) == edited


def test_a_piece_is_known_by_name_and_title(tmp_path: Path) -> None:
    """An id of the same number with another title is another piece; a row without a title is known by its id or source alone."""
    piece = piece_of(PROSE, title="Crates", url="https://orchard.example/crates")
    row = row_of(piece, LABELS, "2026-03-04")
    file = read_label_file(tmp_path / "none.csv").with_row(row)
    assert file.knows(replace(piece, source="elsewhere.md", id="9"))
    assert not file.knows(replace(piece, title="Ladders"))
    assert not file.knows(replace(piece, source="elsewhere.md", id="9", url=""))
    assert written(tmp_path / "by-hand.csv", "source,stage\np1.md,tofu\n").knows(piece)


def learned(path: Path, settings: Settings, *rows: dict[str, str]) -> list[Piece]:
    file = LabelFile(COLUMNS)
    for row in rows:
        file = file.with_row(row)
    path.write_text(file.text())
    examples = read_examples([str(path)], settings)
    assert examples.problems == ()
    assert [(example.strategy, example.stage, example.gate) for example in examples.examples] == [tuple(LABELS.values())] * len(rows)
    return [example.piece for example in examples.examples]


def shown(piece: Piece) -> list[tuple[str, int, str]]:
    return [(block.kind, block.level, block.text) for block in piece.blocks]


PAGES = {
    "signs.html": "<title>Fish &amp; chips, {{ brackets }} &amp;amp; &lt;b&gt;</title><meta name=description content='A \"quoted\" &amp; summary'>"
                  f"<h1>=SUM(A1)</h1><p>{PROSE}</p><p>+44 20 7946 0000</p><p>-40 &lt;b&gt; degrees &amp;nbsp; {{{{ not a tag }}}} {{% nor this %}}</p>"
                  "<ul><li>@handle</ul><button>Get it</button><label>Work email</label>",
    "code.md": f"# Reading a meter\n\n{PROSE}\n\n```\n# a comment\nif x < 3 {{ y = '&amp;' }}\n\n\tz\n```\n\n> Quoted.\n\n"
               "| a | b |\n|---|---|\n| 1 | 2 |\n\n###### Deep\n\n[Book a visit]\n",
    "minus.md": f"---\ntitle: '-40 degrees and what it does to tyres'\ndescription: '@home'\n---\n\n{PROSE}\n",
    "equals.md": f"---\ntitle: '=HYPERLINK(\"http://x.example\")'\n---\n\n{PROSE}\n",
}  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
def test_what_is_learned_is_what_was_shown(read: Read, tmp_path: Path, settings: Settings, name: str) -> None:
    """Title, description and every block come back from the file as they were."""
    piece = read(name, PAGES[name])
    (again,) = learned(tmp_path / "labels.csv", settings, row_of(piece, LABELS, "2026-03-04"))
    assert (again.title, again.description) == (piece.title, piece.description)
    assert shown(again) == shown(piece)
    assert text_id(again) == text_id(piece)


SIGNS = st.text("ab 19&<>;#={}%|-+@'\"\\\n\té😀", max_size=40)
TAGS = st.sampled_from(["p", "h2", "li", "blockquote", "pre", "button", "label", "td"])


@given(parts=st.lists(st.tuples(TAGS, SIGNS), max_size=6))
def test_any_page_is_learned_as_it_was_shown(parts: list[tuple[str, str]], read: Read, tmp_path_factory: pytest.TempPathFactory, settings: Settings) -> None:
    """Whatever signs stand in a page, its row gives the same title and blocks; brackets, which the reader takes for buttons, apart."""
    page = "".join(f"<table><tr><td>{html.escape(text)}</table>" if tag == "td" else f"<{tag}>{html.escape(text)}</{tag}>" for tag, text in parts)
    piece = read("page.html", f"<title>{html.escape(parts[0][1] if parts else 'Crates')}</title>{page}<p>{PROSE}</p>")
    (again,) = learned(tmp_path_factory.mktemp("labels") / "labels.csv", settings, row_of(piece, LABELS, "2026-03-04"))
    assert again.title.split() == piece.title.split()
    assert shown(again) == shown(piece)


@pytest.mark.parametrize("value", ["=1+1", "+1", "-1", "@x", "\uff1d1", " =1"])
def test_no_cell_is_a_formula(value: str) -> None:
    """Whatever an export calls its pieces, a spreadsheet runs none of it."""
    piece = replace(piece_of(value, PROSE, title=value.strip(), url=value, description=value), id=value, source=value)
    assert not [cell for cell in row_of(piece, LABELS, "2026-03-04").values() if cell.strip()[:1] in tuple("=+-@\uff1d")]


def test_a_file_name_that_is_no_utf_8_can_be_written() -> None:
    """Its odd byte stands as an escape."""
    assert row_of(replace(piece_of(PROSE), source="caf\udce9.md"), {}, "")["source"] == r"caf\udce9.md"


def test_the_text_stays_readable_to_a_person() -> None:
    """One element a line, without attributes or wrapping."""
    assert html_of(piece_of("One & two", "Three")) == "<p>One &amp; two</p>\n<p>Three</p>"
    assert clean(html_of(piece_of("é"))) == "<p>é</p>"
