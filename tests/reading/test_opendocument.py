"""ODT: what is text and what is not, and files that are locked or hostile."""

from pathlib import Path

import pytest

from gating.reading import opendocument
from gating.records import BlockKind, Piece, Skipped, Status
from tests.builders import PROSE, zip_bytes
from tests.conftest import Read, ReadAll
from tests.documents import odt_bytes


def told(read: Read, data: bytes) -> Piece:
    """The piece of an ODT file."""
    piece = read("draft.odt", data)
    assert isinstance(piece, Piece), piece
    return piece


def test_headings_by_outline_level(read: Read) -> None:
    """A heading has the level that it says, 1 when it says none, and 6 at most."""
    body = '<text:h>Crates</text:h><text:h text:outline-level="3">Stacks</text:h><text:h text:outline-level="9">Lids</text:h>' + f"<text:p>{PROSE}</text:p>"
    piece = told(read, odt_bytes(body))
    assert [(block.text, block.level) for block in piece.blocks if block.kind is BlockKind.HEADING] == [("Crates", 1), ("Stacks", 3), ("Lids", 6)]
    assert piece.title == "Crates"


def test_title_comes_from_style_then_heading_then_properties(read: Read) -> None:
    """The paragraph in the style Title, through the automatic style that stands for it; else a first heading; else meta.xml."""
    meta = "<dc:title>From the properties</dc:title>"
    heading = f"<text:h>A heading</text:h><text:p>{PROSE}</text:p>"
    assert told(read, odt_bytes('<text:p text:style-name="P1">A title</text:p>' + heading, meta)).title == "A title"
    assert told(read, odt_bytes(heading, meta)).title == "A heading"
    assert told(read, odt_bytes(f"<text:p>{PROSE}</text:p>", meta)).title == "From the properties"


def test_properties_are_metadata(read: Read) -> None:
    """Author and both days; the subject is the description."""
    meta = "<dc:creator>Ada Quill</dc:creator><meta:creation-date>2024-02-29T10:00:00</meta:creation-date><dc:date>2024-03-01T09:00:00.5</dc:date><dc:subject>Fruit</dc:subject>"
    piece = told(read, odt_bytes([("p", PROSE)], meta))
    assert dict(piece.metadata) == {"author": "Ada Quill", "date": "2024-02-29", "modified": "2024-03-01"}
    assert piece.description == "Fruit"


def test_deletions_comments_notes_and_contents_are_no_text(read: Read) -> None:
    """Tracked deletions, comments (also in a cell), footnotes, alternative texts and the table of contents are not counted."""
    comment = "<office:annotation><dc:creator>Bo</dc:creator><text:p>gone comment</text:p></office:annotation>"
    body = (
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>gone deletion</text:p></text:deletion></text:changed-region></text:tracked-changes>"
        "<text:table-of-content><text:index-body><text:p>gone contents</text:p></text:index-body></text:table-of-content>"
        f"<text:p>{PROSE}{comment}<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>gone note</text:p></text:note-body></text:note> The end.</text:p>"
        f"<table:table><table:table-row><table:table-cell><text:p>Kept{comment}</text:p></table:table-cell></table:table-row></table:table>"
        "<text:p><draw:frame><draw:image/><svg:title>gone picture</svg:title></draw:frame></text:p>"
    )
    blocks = told(read, odt_bytes(body)).blocks
    assert [block.text for block in blocks] == [f"{PROSE} The end.", "Kept"]


def test_text_boxes_links_and_spaces(read: Read) -> None:
    """A text box gives paragraphs of its own, a link its address, a run of spaces or a line end what it stands for."""
    body = (
        f"<text:p>{PROSE}<draw:frame><draw:text-box><text:p>In the box</text:p></draw:text-box></draw:frame></text:p>"
        '<text:p>Read<text:s text:c="3"/>the <text:a xlink:href="https://example.org/crates">long story</text:a><text:line-break/>today</text:p>'
    )
    piece = told(read, odt_bytes(body))
    assert [block.text for block in piece.blocks] == [PROSE, "In the box", "Read the long story", "today"]
    assert [(link.text, link.href) for link in piece.links] == [("long story", "https://example.org/crates")]


def test_table_within_a_cell_is_read_once(read: Read) -> None:
    """The words of an inner table stand once, in the cell that holds it; a covered cell has none."""
    inner = "<table:table><table:table-row><table:table-cell><text:p>inner</text:p></table:table-cell></table:table-row></table:table>"
    covered = "<table:covered-table-cell><text:p>covered</text:p></table:covered-table-cell>"
    row = f"<table:table-row><table:table-cell><text:p>outer</text:p>{inner}</table:table-cell>{covered}</table:table-row>"
    blocks = told(read, odt_bytes(f"<text:p>{PROSE}</text:p><table:table><table:table-header-rows>{row}</table:table-header-rows></table:table>")).blocks
    assert [block.text for block in blocks if block.kind is BlockKind.TABLE] == ["outer inner"]


def test_locked_file_is_skipped(read: Read) -> None:
    """A manifest that names encryption is a reason, and says what to do."""
    result = read("locked.odt", odt_bytes([("p", PROSE)], manifest="<manifest><file-entry><encryption-data/></file-entry></manifest>"))
    assert isinstance(result, Skipped)
    assert (result.status, result.reason) == (Status.SKIPPED, "it is encrypted; save it without a password")


def test_entities_are_not_expanded(read: Read, tmp_path: Path) -> None:
    """Neither a billion laughs nor a file of the machine comes into the text."""
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret words of this machine")
    laughs = '<!DOCTYPE x [<!ENTITY a "ha ha ha ha ha ha ha ha ha ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    outside = f'<!DOCTYPE x [<!ENTITY b SYSTEM "{secret.as_uri()}">]>'
    for doctype in (laughs, outside):
        result = read("entities.odt", odt_bytes(f"<text:p>{PROSE} &b;</text:p>", doctype=doctype))
        assert "ha ha" not in repr(result)
        assert "secret words" not in repr(result)


@pytest.mark.parametrize(
    "data",
    [odt_bytes([("p", PROSE)])[:-300], odt_bytes("<text:p>never closed"), zip_bytes({"mimetype": b"application/vnd.oasis.opendocument.text"}), b"no zip at all"],
    ids=["tail-gone", "broken-xml", "no-content", "text"],
)
def test_damaged_file_fails_with_a_reason(read: Read, data: bytes) -> None:
    """A file that cannot be opened is a failure with one line of reason; XML that only ends early may still give its words."""
    result = read("damaged.odt", data)
    assert isinstance(result, Skipped)
    assert result.reason
    assert "the program failed" not in result.reason


def test_public_documents(shared: Path, read_all: ReadAll) -> None:
    """Two real documents, with a table and a list, both dated."""
    results = [result for path in sorted((shared / "fixtures" / "odt").iterdir()) for result in read_all(path.name, path.read_bytes())]
    assert [type(result) for result in results] == [Piece, Piece]
    assert sum(block.kind is BlockKind.TABLE for block in results[0].blocks) == 4
    assert sum(block.kind is BlockKind.ITEM for block in results[1].blocks) == 1
    assert all(dict(result.metadata)["modified"].startswith("202") for result in results)


def test_counts_of_the_file_are_not_believed(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows and columns that a tag repeats two thousand million times are read once; more paragraphs than anyone writes are cut, and it is said."""
    monkeypatch.setattr(opendocument, "MAX_PARAGRAPHS", 3)
    table = (
        '<table:table><table:table-column table:number-columns-repeated="2000000000"/><table:table-row table:number-rows-repeated="2000000000">'
        '<table:table-cell table:number-columns-repeated="2000000000"><text:p>Nine crates</text:p></table:table-cell></table:table-row></table:table>'
    )
    piece = read("draft.odt", odt_bytes(f"<text:p>{PROSE}</text:p>{table}<text:p>Three.</text:p><text:p>Four.</text:p>"))
    assert isinstance(piece, Piece), piece
    assert [block.text for block in piece.blocks] == [PROSE, "Nine crates", "Three."]
    assert piece.limits == ("only the first 3 paragraphs were read",)
