"""DOCX files."""

import io
import warnings
import zipfile

import pytest

from gating.reading import word
from gating.records import Piece, Skipped, Status
from tests.builders import PROSE, W, docx_bytes, with_member, zip_bytes
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


REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WITHIN = r"\l &quot;_Toc1&quot;"
FIELD = (
    '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> HYPERLINK </w:instrText></w:r><w:r><w:instrText>{}</w:instrText></w:r>'
    '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>the picking </w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>calendar</w:t></w:r>'
    '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
)


def linked_docx() -> bytes:
    """A draft with a link of each kind that Word writes: by relationship, as a field in parts, as a simple field, in a table; and one within the document."""
    import docx
    from docx.oxml import parse_xml

    file = docx.Document()
    file.add_paragraph(PROSE)
    given = file.part.relate_to("https://pears.example/demo?a=1&b=2", f"{REL}/hyperlink", is_external=True)
    by_id = f'<w:hyperlink r:id="{given}"><w:r><w:t>Book a visit</w:t></w:r></w:hyperlink>'
    for inner in (
        f'<w:r><w:t xml:space="preserve">Or </w:t></w:r>{by_id}<w:r><w:t>, if you like.</w:t></w:r>',
        f'<w:r><w:t xml:space="preserve">See </w:t></w:r>{FIELD.format("&quot;https://pears.example/calendar&quot;")}<w:r><w:t xml:space="preserve"> first.</w:t></w:r>',
        '<w:fldSimple w:instr=" HYPERLINK https://pears.example/prices "><w:r><w:t>What it costs</w:t></w:r></w:fldSimple>',
        f'<w:r><w:t xml:space="preserve">Or </w:t></w:r>{FIELD.format(WITHIN)}<w:hyperlink w:anchor="top"><w:r><w:t> and the top</w:t></w:r></w:hyperlink>',
    ):
        file.element.body.insert(len(file.element.body) - 1, parse_xml(f'<w:p {W} xmlns:r="{REL}">{inner}</w:p>'))
    table = file.add_table(rows=1, cols=2)
    table.cell(0, 0).text = "Small"
    table.cell(0, 1).paragraphs[0]._p.append(parse_xml(f'<w:hyperlink {W} xmlns:r="{REL}" r:id="{given}"><w:r><w:t>Try it</w:t></w:r></w:hyperlink>'))
    buffer = io.BytesIO()
    file.save(buffer)
    return buffer.getvalue()


def test_links_keep_their_address(read: Read) -> None:
    """By relationship or by field, in a paragraph or a cell; a link to a place in the document is none."""
    piece = read("draft.docx", linked_docx())
    assert isinstance(piece, Piece)
    assert [(link.text, link.href, link.line) for link in piece.links] == [
        ("Book a visit", "https://pears.example/demo?a=1&b=2", 2), ("the picking calendar", "https://pears.example/calendar", 3),
        ("What it costs", "https://pears.example/prices", 4), ("Try it", "https://pears.example/demo?a=1&b=2", 6),
    ]  # fmt: skip


def test_links_leave_the_blocks_as_they_are(read: Read) -> None:
    """The words around a link and in it are one block, as they would be without it."""
    assert said(read("draft.docx", linked_docx())).split("\n")[1:] == [
        "Or Book a visit, if you like.", "See the picking calendar first.", "What it costs", "Or the picking calendar and the top", "Small | Try it",
    ]  # fmt: skip


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


def test_a_span_is_not_believed(read: Read) -> None:
    """A cell that says it spans two thousand million columns stands where it stands, once."""
    table = f"<w:tbl {W}><w:tblPr/><w:tblGrid/><w:tr><w:tc><w:tcPr><w:gridSpan w:val='2000000000'/></w:tcPr><w:p><w:r><w:t>Wide cell</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
    assert said(read("draft.docx", docx_bytes([("", PROSE), ("xml", table)]))).count("Wide cell") == 1


def test_tables_nested_too_deep_are_a_reason(read: Read) -> None:
    """A thousand tables in each other are no readable file, and no exception."""
    deep = f"<w:document {W}><w:body>{'<w:tbl><w:tr><w:tc>' * 1000}{'</w:tc></w:tr></w:tbl>' * 1000}</w:body></w:document>"
    result = read("draft.docx", with_part(docx_bytes([("", PROSE)]), "word/document.xml", deep.encode()))
    assert isinstance(result, Skipped)
    assert "not a readable DOCX" in result.reason


def test_more_paragraphs_than_anyone_writes_are_cut(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first are read, and the record says so."""
    monkeypatch.setattr(word, "MAX_PARAGRAPHS", 3)
    piece = read("draft.docx", docx_bytes([("", PROSE), ("", "Two."), ("", "Three."), ("", "Four.")]))
    assert said(piece).split("\n")[-1] == "Three."
    assert piece.limits == ("only the first 3 paragraphs were read",)


def test_relations_that_lead_nowhere_cost_nothing(read: Read) -> None:
    """A lost picture ("NULL"), a way out of the file and a template on another machine are passed over."""
    data = docx_bytes([("", PROSE)])
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        relations = archive.read("word/_rels/document.xml.rels").decode()
    kind = f'Type="{REL}/image"'
    more = "".join(f'<Relationship Id="r{n}" {kind} Target="{target}"/>' for n, target in enumerate(("../NULL", "../../../etc/hostname", "NULL")))
    more += f'<Relationship Id="far" {kind} Target="file:///etc/hostname" TargetMode="External"/>'
    broken = with_part(data, "word/_rels/document.xml.rels", relations.replace("</Relationships>", f"{more}</Relationships>").encode())
    assert said(read("draft.docx", broken)) == PROSE


def test_a_text_part_that_stands_twice_is_damage(read: Read) -> None:
    """Programs differ in which of the two they show, so neither is scored."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # zipfile warns of what is made here on purpose
        data = with_member(docx_bytes([("", PROSE)]), "word/document.xml", b"<x/>")
    result = read("draft.docx", data)
    assert isinstance(result, Skipped)
    assert "two of its parts" in result.reason


def with_part(data: bytes, name: str, content: bytes) -> bytes:
    """A document with one of its parts replaced."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return zip_bytes({member: content if member == name else archive.read(member) for member in archive.namelist()})
