"""PPTX: what each kind of shape says, and files without words or without sense."""

import copy
import io
from pathlib import Path

import pytest

from gating.records import Block, BlockKind, Piece, Skipped, Status
from tests.builders import PROSE, docx_bytes, with_member, zip_bytes
from tests.conftest import Read, ReadAll
from tests.documents import pptx_bytes

TALK = [
    ("title", "Fewer bruised pears"),
    ("p", PROSE),
    ("h2", "What we saw"),
    ("bullets", ["Crates set down twice", "Stacks of nine"]),
    ("note", "Tell the story of the river orchard here."),
]


def told(read: Read, data: bytes) -> Piece:
    """The piece of a PPTX file."""
    piece = read("talk.pptx", data)
    assert isinstance(piece, Piece), piece
    return piece


def edited(edit) -> bytes:
    """The talk after `edit` (a function of the python-pptx presentation)."""
    import pptx

    file = pptx.Presentation(io.BytesIO(pptx_bytes(TALK)))
    edit(file)
    buffer = io.BytesIO()
    file.save(buffer)
    return buffer.getvalue()


def test_titles_text_bullets_and_notes(read: Read) -> None:
    """Slide by slide, with the slide's number as line: title, text, bullets, then the notes."""
    piece = told(read, pptx_bytes(TALK))
    assert piece.title == "Fewer bruised pears"
    assert piece.blocks == (
        Block(BlockKind.HEADING, "Fewer bruised pears", 1, 1),
        Block(BlockKind.PARAGRAPH, PROSE, 0, 1),
        Block(BlockKind.HEADING, "What we saw", 2, 2),
        Block(BlockKind.ITEM, "Crates set down twice", 0, 2),
        Block(BlockKind.ITEM, "Stacks of nine", 0, 2),
        Block(BlockKind.PARAGRAPH, "Tell the story of the river orchard here.", 0, 2),
    )


def test_groups_are_opened(read: Read) -> None:
    """A text box in a group in a group is read."""

    def group(file) -> None:
        outer = file.slides[0].shapes.add_group_shape()
        outer.shapes.add_group_shape().shapes.add_textbox(0, 0, 10, 10).text_frame.text = "Deep in the group"

    assert "Deep in the group" in [block.text for block in told(read, edited(group)).blocks]


def test_table_and_merged_cell(read: Read) -> None:
    """Rows become rows; a merged cell is read once."""

    def table(file) -> None:
        made = file.slides[1].shapes.add_table(2, 2, 0, 0, 10, 10).table
        made.cell(0, 0).text, made.cell(1, 0).text, made.cell(1, 1).text = "Losses", "Hill", "9"
        made.cell(0, 0).merge(made.cell(0, 1))

    assert [block.text for block in told(read, edited(table)).blocks if block.kind is BlockKind.TABLE] == ["Losses", "Hill | 9"]


def test_footers_and_hidden_slides_are_passed_over(read: Read) -> None:
    """What stands on every slide is no text of the talk, and a hidden slide is shown to nobody."""

    def hide(file) -> None:
        file.slides[1].element.set("show", "0")
        layout = next(layout for layout in file.slide_layouts if any(shape.placeholder_format.type == 15 for shape in layout.placeholders))
        slide = file.slides.add_slide(layout)
        slide.shapes.clone_placeholder(next(shape for shape in layout.placeholders if shape.placeholder_format.type == 15))
        next(shape for shape in slide.placeholders if shape.placeholder_format.type == 15).text = "Company confidential footer"

    blocks = told(read, edited(hide)).blocks
    assert [block.text for block in blocks] == ["Fewer bruised pears", PROSE]


def test_made_up_title_is_none(read: Read) -> None:
    """PowerPoint's own words for an untitled file are no title; those of a person are."""
    assert told(read, pptx_bytes([("p", PROSE)], title="PowerPoint Presentation")).title == ""
    assert told(read, pptx_bytes([("p", PROSE)], title="Pear losses 2024")).title == "Pear losses 2024"


def test_running_text_in_the_box_for_titles_is_no_title(read: Read) -> None:
    """Whoever puts a whole paragraph there gets a paragraph."""
    piece = told(read, pptx_bytes([("title", PROSE)]))
    assert (piece.title, piece.blocks[0].kind) == ("", BlockKind.PARAGRAPH)


def test_line_end_in_a_title(read: Read) -> None:
    """A title on two lines is one heading."""
    assert told(read, pptx_bytes([("title", "Fewer\vbruised pears"), ("p", PROSE)])).blocks[0].text == "Fewer bruised pears"


def test_pictures_only_is_no_text(read: Read) -> None:
    """Slides without a word are never scored."""
    result = read("pictures.pptx", pptx_bytes([("title", ""), ("h2", "")]))
    assert isinstance(result, Skipped)
    assert (result.status, result.reason) == (Status.SKIPPED, "no text in it")


@pytest.mark.parametrize(
    "data",
    [pptx_bytes(TALK)[:-400], with_member(zip_bytes({"a": b""}), "ppt/presentation.xml", b"<broken"), b"PK\x03\x04" + b"nothing" * 40],
    ids=["tail-gone", "broken", "no-zip"],
)
def test_damaged_file_fails_with_a_reason(read: Read, data: bytes) -> None:
    """One line of reason, no exception."""
    result = read("damaged.pptx", data)
    assert isinstance(result, Skipped)
    assert result.status is Status.FAILED
    assert "the program failed" not in result.reason


def test_bomb_in_a_talk_is_refused(read: Read) -> None:
    """A slide that unpacks a thousandfold stops the reading before any library sees it."""
    result = read("bomb.pptx", with_member(pptx_bytes(TALK), "ppt/slides/slide9.xml", b" " * 60_000_000))
    assert isinstance(result, Skipped)
    assert "bomb" in result.reason


def test_right_reader_for_a_wrong_name(read: Read) -> None:
    """A talk called .docx and a document called .pptx are read as what they are."""
    assert read("talk.docx", pptx_bytes(TALK)).title == "Fewer bruised pears"
    assert isinstance(read("draft.pptx", docx_bytes([("", PROSE)])), Piece)


def test_public_talks(shared: Path, read_all: ReadAll) -> None:
    """Three real talks: nested groups, tables and text, and one whose box for the title holds a list."""
    results = [result for path in sorted((shared / "fixtures" / "pptx").iterdir()) for result in read_all(path.name, path.read_bytes())]
    assert [type(result) for result in results] == [Piece] * 3
    assert results[0].n_words == 10
    assert sum(block.kind is BlockKind.TABLE for block in results[1].blocks) >= 3
    assert len(results[2].title.split()) < 26


def test_a_slide_listed_twice_is_read_once(read: Read) -> None:
    """A list of slides may name one of them ten thousand times."""

    def repeat(file) -> None:
        names = file.slides._sldIdLst
        for number in range(20):
            again = copy.deepcopy(names[0])
            again.set("id", str(900 + number))
            names.append(again)

    assert told(read, edited(repeat)).blocks == told(read, pptx_bytes(TALK)).blocks
