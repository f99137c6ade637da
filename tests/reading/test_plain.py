"""Plain text files."""

from gating.records import Piece, Skipped
from tests.builders import PROSE
from tests.conftest import Read


def test_paragraphs_and_title(read: Read) -> None:
    """A short first line is the title; blank lines part the paragraphs; lines are those of the file."""
    piece = read("note.txt", f"Counting crates\n\n{PROSE}\n\n{PROSE}\n")
    assert isinstance(piece, Piece)
    assert piece.title == "Counting crates"
    assert [(block.text, block.line) for block in piece.blocks] == [("Counting crates", 1), (PROSE, 3), (PROSE, 5)]


def test_indentation_is_not_code(read: Read) -> None:
    """Four spaces mean code in Markdown, and nothing in a text file."""
    piece = read("note.txt", f"    {PROSE}\n")
    assert isinstance(piece, Piece)
    assert [block.kind.value for block in piece.blocks] == ["paragraph"]


def test_too_few_words_are_skipped_with_the_numbers(read: Read) -> None:
    """Three words are not scored; the reason says how many there are and how many are needed."""
    result = read("note.txt", "Only three words")
    assert isinstance(result, Skipped)
    assert result.reason == "only 3 words of text; 10 are needed"


def test_empty_and_blank_files_are_skipped(read: Read) -> None:
    """Nothing is ever scored from empty text."""
    for content in ("", " \n\n\t"):
        result = read("note.txt", content)
        assert isinstance(result, Skipped)
        assert result.reason == "an empty file"


def test_binary_data_is_skipped(read: Read) -> None:
    """A picture named .txt is named for what it is."""
    result = read("note.txt", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" * 20)
    assert isinstance(result, Skipped)
    assert "PNG picture" in result.reason


def test_pdf_in_disguise_is_read_as_pdf(read: Read) -> None:
    """A file's first bytes win over a wrong ending."""
    result = read("note.txt", b"%PDF-1.4 and then nothing that a PDF would hold")
    assert isinstance(result, Skipped)
    assert "PDF" in result.reason


def test_long_text_is_cut_and_said_so(read: Read, settings: object) -> None:
    """A text over the cap is read up to it, and the piece says where it was cut."""
    from dataclasses import replace

    small = replace(settings, limits=replace(settings.limits, max_characters=400))
    piece = read("note.txt", f"{PROSE}\n\n{PROSE}\n", settings=small)
    assert isinstance(piece, Piece)
    assert sum(len(block.text) for block in piece.blocks) == 400
    assert piece.limits == ("only the first 400 characters were read",)
