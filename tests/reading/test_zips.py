"""Guards for formats that are zip files inside."""

from pathlib import Path

import pytest

from gating.reading.outcome import Unread
from gating.reading.zips import MAX_MEMBERS, check_zip
from gating.records import Piece, Skipped, Status
from tests.builders import PROSE, docx_bytes, with_member, xlsx_bytes, zip_bytes
from tests.conftest import ReadAll


@pytest.fixture(scope="module")
def bomb() -> bytes:
    """A document with a member that grows from 60 kB to 60 MB."""
    return with_member(docx_bytes([("", PROSE)]), "word/media/bomb.bin", b"\0" * 60_000_000)


def test_ordinary_files_pass() -> None:
    """A document and a spreadsheet raise nothing."""
    check_zip(docx_bytes([("", PROSE)]))
    check_zip(xlsx_bytes({"Plan": [["Title", "Text"], ["A", PROSE]]}))


@pytest.mark.parametrize("name", ["draft.docx", "plan.xlsx"])
def test_bomb_is_refused(read_all: ReadAll, bomb: bytes, name: str) -> None:
    """A file that unpacks a thousandfold is one failure that names the bomb."""
    (result,) = read_all(name, bomb)
    assert isinstance(result, Skipped)
    assert result.status is Status.FAILED
    assert "bomb" in result.reason


def test_too_many_members_are_refused() -> None:
    """More parts than any document has."""
    with pytest.raises(Unread, match="parts"):
        check_zip(zip_bytes({f"{number}": b"" for number in range(MAX_MEMBERS + 1)}))


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
        check_zip(bytes(data))
    assert caught.value.status is Status.SKIPPED
    assert "encrypted" in caught.value.reason


def test_wrong_checksum_is_damage() -> None:
    """A member whose bytes were changed is a damaged file."""
    data = bytearray(zip_bytes({"word/document.xml": bytes(range(64))}))
    data[60] ^= 0xFF
    with pytest.raises(Unread, match="damaged"):
        check_zip(bytes(data))


def test_unknown_compression_is_damage() -> None:
    """A compression method that Python has not got is one failure."""
    data = bytearray(zip_bytes({"word/document.xml": b"<x/>"}))
    for signature, offset in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        at = data.find(signature) + offset
        data[at : at + 2] = (99).to_bytes(2, "little")
    with pytest.raises(Unread):
        check_zip(bytes(data))
