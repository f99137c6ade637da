"""Guards for formats that are zip files inside."""

import io
import random
import zipfile
from pathlib import Path

import pytest

from gating.reading.outcome import Unread
from gating.reading.zips import MAX_MEMBERS, Package, is_markup
from gating.records import Piece, Skipped, Status
from tests.builders import PROSE, docx_bytes, with_member, zip_bytes
from tests.conftest import ReadAll


def opened(data: bytes) -> bytes:
    """The file as a library gets it."""
    return Package(data).only(is_markup)


def test_only_what_holds_text_is_inflated() -> None:
    """Of a document the library gets structure and text; a picture is there by its name, and a bomb in its place does nothing."""
    data = with_member(docx_bytes([("", PROSE)]), "word/media/picture.png", b"\0" * 60_000_000)
    with zipfile.ZipFile(io.BytesIO(opened(data))) as copy:
        assert copy.read("word/media/picture.png") == b""
        assert PROSE.encode() in copy.read("word/document.xml")


@pytest.mark.parametrize("name", ["draft.docx", "plan.xlsx", "talk.pptx", "book.epub", "draft.odt"])
def test_bomb_is_refused(read_all: ReadAll, name: str) -> None:
    """A text part that unpacks a thousandfold is one failure that names the bomb, whatever the format."""
    members = dict.fromkeys(("word/document.xml", "xl/worksheets/sheet1.xml", "ppt/slides/slide1.xml", "META-INF/container.xml", "content.xml"), b" " * 60000000)
    (result,) = read_all(name, zip_bytes({"[Content_Types].xml": b"<Types/>", **members}))
    assert isinstance(result, Skipped)
    assert result.status is Status.FAILED
    assert "bomb" in result.reason


def test_bomb_below_the_ratio_is_refused() -> None:
    """What does not unpack two-hundredfold is still stopped at a size that no document has."""
    words = random.Random(3).randbytes(100_000).hex().encode()
    package = Package(zip_bytes({f"word/part{number}.xml": b"<w>" + words + b"</w>" for number in range(11)}), 2_000_000)
    with pytest.raises(Unread, match="more than 2 MB"):
        package.only(is_markup)


def test_parts_that_share_bytes_are_damage() -> None:
    """Two entries of the directory that lead to the same bytes (CVE-2024-0450), on every version of Python."""
    data = zip_bytes({"word/document.xml": PROSE.encode(), "word/styles.xml": PROSE.encode()})
    directory = data.index(b"PK\x01\x02")
    second = data.index(b"PK\x01\x02", directory + 4)
    with pytest.raises(Unread, match="overlap"):
        Package(data[: second + 42] + (0).to_bytes(4, "little") + data[second + 46 :])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_in_any_part_are_refused(encoding: str) -> None:
    """Office programs write no DOCTYPE; one that declares entities is refused before a library parses it."""
    markup = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE w [<!ENTITY a "apples">]><w>&a;</w>'.encode(encoding)
    with pytest.raises(Unread, match="entities"):
        opened(zip_bytes({"word/document.xml": b"<w/>", "word/footer1.xml": markup}))


def test_too_many_members_are_refused() -> None:
    """More parts than any document has."""
    with pytest.raises(Unread, match="parts"):
        Package(zip_bytes({f"{number}": b"" for number in range(MAX_MEMBERS + 1)}))


def test_path_in_a_member_name_writes_nothing(read_all: ReadAll, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A member named ../../x is never unpacked to disk, and the text is still read."""
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.parent.rglob("slipped*"))
    (piece,) = read_all("slip.docx", with_member(with_member(docx_bytes([("", PROSE)]), "../../slipped.txt", b"x"), "/tmp/slipped-gating-test.txt", b"x"))
    assert isinstance(piece, Piece)
    assert sorted(tmp_path.parent.rglob("slipped*")) == before
    assert not Path("/tmp/slipped-gating-test.txt").exists()


def test_encrypted_member_is_skipped() -> None:
    """The flag for encryption in a member's header is a reason, not an exception."""
    data = bytearray(zip_bytes({"word/document.xml": b"<x/>"}))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.find(signature) + offset] |= 1
    with pytest.raises(Unread) as caught:
        opened(bytes(data))
    assert caught.value.status is Status.SKIPPED
    assert "encrypted" in caught.value.reason


def test_wrong_checksum_is_damage() -> None:
    """A member whose bytes were changed is a damaged file."""
    data = bytearray(zip_bytes({"word/document.xml": bytes(range(64))}))
    data[60] ^= 0xFF
    with pytest.raises(Unread, match="damaged"):
        opened(bytes(data))


def test_unknown_compression_is_damage() -> None:
    """A compression method that Python has not got is one failure."""
    data = bytearray(zip_bytes({"word/document.xml": b"<x/>"}))
    for signature, offset in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        at = data.find(signature) + offset
        data[at : at + 2] = (99).to_bytes(2, "little")
    with pytest.raises(Unread):
        opened(bytes(data))
