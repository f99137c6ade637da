"""Labels as people write them, and the files in which they give them."""

import csv
from pathlib import Path

import pytest

from gating.errors import SourceError
from gating.reading.labels import keys_of, label_of, labels_in, labels_in_front_matter, read_given, with_unclear
from gating.records import HEADS, LABELS, Piece
from gating.settings import Settings
from tests.builders import PROSE, piece_of


@pytest.mark.parametrize(
    ("head", "written", "label"),
    [
        ("stage", "TOFU", "awareness"), ("stage", "Top-of-Funnel (TOFU)", "awareness"), ("stage", "1. Awareness", "awareness"), ("stage", "problem-aware", "awareness"),
        ("stage", "Stage 2 - Consideration", "consideration"), ("stage", "MoFu", "consideration"), ("stage", "Solution Aware", "consideration"),
        ("stage", "Bottom of the funnel", "decision"), ("stage", "product_aware", "decision"), ("stage", "Post-purchase", "decision"),
        ("gate", "ungated asset", "ungated"), ("gate", "Not gated", "ungated"), ("gate", "FALSE", "ungated"),
        ("gate", "Soft-gated", "soft-gate"), ("gate", "form required", "gated"),
        ("strategy", "Demand Generation", "demand-gen"), ("strategy", "lead_gen", "lead-gen"), ("strategy", "Lead capture", "lead-gen"),
        ("format", "White paper", "ebook"), ("format", "Case studies", "case-study"), ("format", "Landing Page", "conversion"),
        ("stage", "  ", ""), ("gate", "—", ""), ("format", "Zine", ""),
    ],
)  # fmt: skip
def test_values_as_people_write_them(head: str, written: str, label: str) -> None:
    """Case, hyphens, numbers and filler words do not matter; a blank, and a marketer's own word for a format, are no label and no mistake."""
    assert label_of(head, written) == label


@pytest.mark.parametrize("head", HEADS)
def test_every_label_means_itself(head: str) -> None:
    """No alias of one label hides another."""
    assert [label_of(head, label.upper()) for label in LABELS[head]] == list(LABELS[head])


@pytest.mark.parametrize(
    ("head", "written", "why"), [("stage", "published", "not one of awareness"), ("stage", "TOFU / BOFU", "names two labels"), ("gate", "perhaps yes", "not one of ungated")]
)
def test_what_is_no_label_is_said(head: str, written: str, why: str) -> None:
    """A sentence names the value; half a match is no match."""
    with pytest.raises(ValueError, match=why):
        label_of(head, written)


def test_loose_column_counts_only_where_it_holds_a_label() -> None:
    """A goal of "lead generation" is a strategy, a goal of "SEO" is nobody's mistake."""
    assert labels_in({"Goal": "Lead generation"}, {}) == {"strategy": "lead-gen"}
    assert labels_in({"Goal": "SEO", "Lifecycle stage": "Subscriber"}, {}) == {}
    assert labels_in({"Goal": "Lead generation"}, {}, loose=False) == {}


def test_plain_column_goes_before_a_loose_one() -> None:
    """What is called a gate label wins over what the site does today."""
    assert labels_in({"Gated": "yes", "Gate label": "ungated"}, {})["gate"] == "ungated"


def test_columns_of_a_reader_are_no_label() -> None:
    """Who may read, and how a page is given out, is not what a person says it should be."""
    assert labels_in({"Access": "public", "Visibility": "members", "Audience": "awareness"}, {}) == {}


def test_mapped_column_is_the_only_one() -> None:
    """--map stage=Where leaves other columns of stages alone."""
    assert labels_in({"Where": "tofu", "stage": "decision"}, {"stage": "Where"}) == {"stage": "awareness"}


def test_front_matter_asks_plainly_under_our_name() -> None:
    """`gating: {stage: bofu}` is a label; a stage of its own is not; and a row of a table has no front matter."""
    metadata = (("gating.stage", "bofu"), ("gating.gate", ""), ("stage", "awareness"), ("gating.owner", "Ada"))
    assert labels_in_front_matter(piece_of(PROSE, metadata=metadata)) == {"stage": "decision"}
    assert labels_in_front_matter(Piece("1", "rows.jsonl#3", "", (), metadata=metadata)) == {}


def test_unclear_front_matter_stands_among_the_limits() -> None:
    """Once, however often it is looked at."""
    piece = with_unclear(with_unclear(piece_of(PROSE, metadata=(("gating.gate", "maybe"),))))
    assert [limit for limit in piece.limits if "gating.gate 'maybe'" in limit] == list(piece.limits)
    assert len(piece.limits) == 1


def labels_file(folder: Path, *rows: dict[str, str]) -> str:
    names = list(dict.fromkeys(name for row in rows for name in row))
    with open(folder / "labels.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, names, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return str(folder / "labels.csv")


def given_to(piece: Piece, path: str, settings: Settings) -> dict[str, str]:
    found = dict(read_given(path, settings, {}).by_key)
    return dict(next((found[key] for key in keys_of(piece) if key in found), ()))


@pytest.mark.parametrize(
    ("row", "fields"),
    [
        ({"id": "77"}, {"id": "77"}),
        ({"URL": "https://www.orchard.example/crates/?utm_source=x"}, {"url": "http://orchard.example/crates"}),
        ({"source": "drafts/crates.md"}, {"source": "drafts/crates.md"}),
        ({"Title": "Where Crates Are Bruised"}, {"title": "Where crates are bruised"}),
    ],
    ids=["id", "url", "source", "title"],
)
def test_row_belongs_to_its_piece(tmp_path: Path, settings: Settings, row: dict[str, str], fields: dict[str, str]) -> None:
    """By id, by address however it is written, by source, and by title where the row has nothing surer; no text is needed."""
    path = labels_file(tmp_path, {**row, "Stage": "tofu", "Gate": "gated"})
    piece = Piece(**{"id": "1", "source": "a.md", "title": "Another", "blocks": (), **fields})
    assert given_to(piece, path, settings) == {"stage": "awareness", "gate": "gated"}
    assert given_to(Piece("1", "a.md", "Another", ()), path, settings) == {}


def test_title_is_not_asked_where_the_row_has_an_id(tmp_path: Path, settings: Settings) -> None:
    """Two pieces of one title are told apart by their ids, and a third is left alone."""
    path = labels_file(tmp_path, {"id": "1", "title": "Pricing", "stage": "decision"}, {"id": "2", "title": "Pricing", "stage": "awareness"})
    assert [given_to(Piece(id_, "a.md", "Pricing", ()), path, settings) for id_ in ("1", "2", "3")] == [{"stage": "decision"}, {"stage": "awareness"}, {}]


def test_later_row_counts(tmp_path: Path, settings: Settings) -> None:
    """Who labels a piece again means the new label."""
    path = labels_file(tmp_path, {"id": "1", "stage": "decision"}, {"id": "1", "stage": "awareness"})
    assert given_to(Piece("1", "a.md", "", ()), path, settings) == {"stage": "awareness"}


def test_bad_row_costs_that_row(tmp_path: Path, settings: Settings) -> None:
    """It is named by its number; the others are used."""
    found = read_given(labels_file(tmp_path, {"id": "1", "stage": "someday"}, {"id": "2", "stage": "bofu"}), settings, {})
    assert found.n_rows == 1
    assert found.problems == ((f"{tmp_path / 'labels.csv'}#1", "stage 'someday' is not one of awareness, consideration, decision"),)


@pytest.mark.parametrize(("name", "content"), [("labels.csv", "id,owner\n1,Ada\n"), ("labels.txt", "stage: bofu"), ("labels.json", "{"), ("labels.csv", "id,stage\n1,someday\n")])
def test_file_without_a_label_is_a_sentence(tmp_path: Path, settings: Settings, name: str, content: str) -> None:
    """No table, no column of labels, no label in it: an error for a person that names the file."""
    (tmp_path / name).write_text(content)
    with pytest.raises(SourceError, match=name):
        read_given(str(tmp_path / name), settings, {})


def test_missing_file_of_labels_is_a_sentence(tmp_path: Path, settings: Settings) -> None:
    """With the reason of the system."""
    with pytest.raises(SourceError, match="No such file"):
        read_given(str(tmp_path / "gone.csv"), settings, {})
