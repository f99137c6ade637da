"""DOCX files."""

import pytest

from gating.records import Piece, Skipped, Status
from tests.builders import PROSE, W, docx_bytes, zip_bytes
from tests.conftest import Read


def said(piece: Piece | Skipped) -> str:
    assert isinstance(piece, Piece), piece
    return "\n".join(block.text for block in piece.blocks)


def test_word_piece_has_kinds_levels_and_title(read: Read) -> None:
    """Title, headings, paragraphs, list items and quotes by their style, in order, with the paragraph's number as line."""
    data = docx_bytes([("Title", "Crates"), ("Heading 2", "Why count"), ("", PROSE), ("List Bullet", "One crate"), ("List Number", "Two crates"), ("Quote", "Count twice.")])
    piece = read("draft.docx", data)
    assert isinstance(piece, Piece)
    assert piece.title == "Crates"
    assert [(block.kind.value, block.text, block.level, block.line) for block in piece.blocks] == [
        ("heading", "Crates", 1, 1), ("heading", "Why count", 2, 2), ("paragraph", PROSE, 0, 3),
        ("item", "One crate", 0, 4), ("item", "Two crates", 0, 5), ("quote", "Count twice.", 0, 6),
    ]  # fmt: skip


def test_table_stands_where_it_is(read: Read) -> None:
    """A table between two paragraphs is read between them, a block a row."""
    piece = read("draft.docx", docx_bytes([("", PROSE), ("table", [["Plan", "Price"], ["Small", "9"]]), ("", "The last words.")]))
    assert said(piece).split("\n")[1:] == ["Plan | Price", "Small | 9", "The last words."]


def test_title_falls_back_to_the_first_heading(read: Read) -> None:
    """Without a Title paragraph the first Heading 1 is the title."""
    piece = read("draft.docx", docx_bytes([("Heading 1", "Crates & pears"), ("", PROSE)]))
    assert isinstance(piece, Piece)
    assert piece.title == "Crates & pears"


def test_markup_in_the_text_stays_text(read: Read) -> None:
    """Angle brackets typed into a document are words, not tags."""
    assert "<b>not bold</b>" in said(read("draft.docx", docx_bytes([("", f"{PROSE} <b>not bold</b>")])))


def test_tracked_deletion_is_not_text(read: Read) -> None:
    """What was deleted with changes tracked is gone; what was inserted is there."""
    changed = (
        f'<w:p {W}><w:r><w:t xml:space="preserve">We keep </w:t></w:r><w:del w:id="1" w:author="a"><w:r><w:delText>wooden</w:delText></w:r></w:del>'
        f'<w:ins w:id="2" w:author="a"><w:r><w:t>plastic</w:t></w:r></w:ins><w:r><w:t xml:space="preserve"> crates.</w:t></w:r></w:p>'
    )
    assert "We keep plastic crates." in said(read("draft.docx", docx_bytes([("", PROSE), ("xml", changed)])))


def test_tracked_move_is_read_once(read: Read) -> None:
    """Words moved with changes tracked stand at their new place only."""
    moved = (
        f'<w:p {W}><w:moveFrom w:id="1" w:author="a"><w:r><w:t>Wandering words</w:t></w:r></w:moveFrom><w:r><w:t xml:space="preserve"> stay here, </w:t></w:r>'
        f'<w:moveTo w:id="2" w:author="a"><w:r><w:t>Wandering words</w:t></w:r></w:moveTo></w:p>'
    )
    assert said(read("draft.docx", docx_bytes([("", PROSE), ("xml", moved)]))).count("Wandering words") == 1


def test_text_box_is_read_once(read: Read) -> None:
    """Word stores a text box twice, for itself and for older programs; a reader sees it once."""
    box = (
        f'<w:p {W} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:v="urn:schemas-microsoft-com:vml">'
        "<w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:txbxContent><w:p><w:r><w:t>Boxed words</w:t></w:r></w:p></w:txbxContent></mc:Choice>"
        "<mc:Fallback><w:pict><v:textbox><w:txbxContent><w:p><w:r><w:t>Boxed words</w:t></w:r></w:p></w:txbxContent></v:textbox></w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r></w:p>"
    )
    assert said(read("draft.docx", docx_bytes([("", PROSE), ("xml", box)]))).count("Boxed words") == 1


def test_content_control_is_read(read: Read) -> None:
    """A paragraph inside a content control, as in templates and cover pages, is text like any other."""
    control = f"<w:sdt {W}><w:sdtContent><w:p><w:r><w:t>Words in a control</w:t></w:r></w:p></w:sdtContent></w:sdt>"
    assert "Words in a control" in said(read("draft.docx", docx_bytes([("", PROSE), ("xml", control)])))


def test_link_text_is_read(read: Read) -> None:
    """The words of a hyperlink are part of the paragraph."""
    link = f"<w:p {W}><w:r><w:t xml:space='preserve'>Read </w:t></w:r><w:hyperlink><w:r><w:t>the notes</w:t></w:r></w:hyperlink></w:p>"
    assert "Read the notes" in said(read("draft.docx", docx_bytes([("", PROSE), ("xml", link)])))


def test_merged_cell_is_read_once(read: Read) -> None:
    """A cell that spans two columns gives its words once."""
    table = (
        f"<w:tbl {W}><w:tblPr/><w:tblGrid><w:gridCol/><w:gridCol/></w:tblGrid>"
        "<w:tr><w:tc><w:tcPr><w:gridSpan w:val='2'/></w:tcPr><w:p><w:r><w:t>Wide cell</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
    )
    assert said(read("draft.docx", docx_bytes([("", PROSE), ("xml", table)]))).count("Wide cell") == 1


def test_document_without_text_is_skipped(read: Read) -> None:
    """A blank document is never scored."""
    result = read("blank.docx", docx_bytes([("", ""), ("", "  ")]))
    assert isinstance(result, Skipped)
    assert (result.status, result.reason) == (Status.SKIPPED, "no text in it")


@pytest.mark.parametrize(
    "data",
    [
        docx_bytes([("", PROSE)])[:-200],
        docx_bytes([("", PROSE)])[:3000],
        b"PK\x03\x04" + b"not a zip at all" * 50,
        zip_bytes({"readme.txt": b"no document here"}),
        b"plain words in a file that calls itself a document",
    ],
    ids=["tail-gone", "half", "zip-head", "other-zip", "text"],
)
def test_damaged_document_fails_with_a_reason(read: Read, data: bytes) -> None:
    """A DOCX that cannot be opened is a failure with one line of reason, not an exception."""
    result = read("damaged.docx", data)
    assert isinstance(result, Skipped)
    assert result.status is Status.FAILED
    assert result.reason
    assert "\n" not in result.reason


def test_encrypted_document_says_what_to_do(read: Read) -> None:
    """A password turns a DOCX into an OLE file; the reason says so."""
    result = read("locked.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 3000)
    assert isinstance(result, Skipped)
    assert result.status is Status.SKIPPED
    assert "encrypted" in result.reason
    assert "password" in result.reason
