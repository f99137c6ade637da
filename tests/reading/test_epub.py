"""EPUB: chapters in reading order, locks, and packages that lead astray."""

from pathlib import Path

import pytest

from gating.records import BlockKind, Piece, Skipped, Status
from tests.builders import PROSE, zip_bytes
from tests.conftest import Read, ReadAll
from tests.documents import CONTAINER, epub_bytes, zipped

CHAPTER = f"<html><head><title/><script src='x.js'/></head><body><h1>Crates</h1><p>{PROSE}</p></body></html>"
OUTSIDE = '<package><manifest><item id="a" href="../../../etc/passwd" media-type="text/html"/></manifest><spine><itemref idref="a"/></spine></package>'
NEXT = '<html><body><h1>Stacks</h1><p>Nine crates high is two too many, and the lowest pays for it.</p><aside epub:type="footnote">A note</aside></body></html>'


def told(read: Read, data: bytes) -> Piece:
    """The piece of an EPUB file."""
    piece = read("book.epub", data)
    assert isinstance(piece, Piece), piece
    return piece


def test_chapters_in_reading_order(read: Read) -> None:
    """Each block has its chapter's number; the contents page, a second copy and notes are left out; empty tags swallow nothing."""
    blocks = told(read, epub_bytes([CHAPTER, NEXT], spine='<itemref idref="c1"/>')).blocks
    assert [(block.text, block.line) for block in blocks] == [("Crates", 1), (PROSE, 1), ("Stacks", 2), ("Nine crates high is two too many, and the lowest pays for it.", 2)]


def test_side_matter_is_left_out(read: Read) -> None:
    """A chapter that the book takes out of the reading order is not read."""
    package = """<package><manifest><item id="a" href="a.xhtml" media-type="application/xhtml+xml"/><item id="b" href="b.xhtml" media-type="application/xhtml+xml"/></manifest>
        <spine><itemref idref="a"/><itemref idref="b" linear="no"/></spine></package>"""
    aside = zipped([("META-INF/container.xml", CONTAINER), ("OEBPS/book.opf", package), ("OEBPS/a.xhtml", CHAPTER), ("OEBPS/b.xhtml", NEXT)])
    assert "Stacks" not in repr(told(read, aside))


def test_facts_of_the_book(read: Read) -> None:
    """Title, author, day and a description that was written as HTML."""
    about = "<dc:description>&lt;p&gt;On &lt;b&gt;pears&lt;/b&gt;&lt;/p&gt;</dc:description>"
    facts = f"<dc:title>Fruit &amp; loss</dc:title><dc:creator>Ada Quill</dc:creator><dc:date>2023-05-06T00:00:00Z</dc:date>{about}"
    piece = told(read, epub_bytes([CHAPTER], facts))
    assert (piece.title, piece.description) == ("Fruit & loss", "On pears")
    assert dict(piece.metadata) == {"author": "Ada Quill", "date": "2023-05-06"}


def test_title_that_nobody_gave(read: Read) -> None:
    """ "Untitled document" is what a program writes; the first heading is the title then."""
    assert told(read, epub_bytes([CHAPTER], "<dc:title>Untitled document</dc:title>")).title == "Crates"


@pytest.mark.parametrize(
    "member",
    [("META-INF/rights.xml", "<rights/>"), ("META-INF/encryption.xml", '<encryption><EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes128-cbc"/></encryption>')],
    ids=["rights", "encrypted"],
)
def test_locked_book_is_skipped(read: Read, member: tuple[str, str]) -> None:
    """A book under DRM is skipped and says so."""
    result = read("locked.epub", epub_bytes([CHAPTER], more=[member]))
    assert isinstance(result, Skipped)
    assert result.status is Status.SKIPPED
    assert "DRM" in result.reason


def test_scrambled_fonts_lock_nothing(read: Read) -> None:
    """Publishers scramble fonts in open books."""
    fonts = '<encryption><EncryptionMethod Algorithm="http://www.idpf.org/2008/embedding"/></encryption>'
    assert isinstance(read("open.epub", epub_bytes([CHAPTER], more=[("META-INF/encryption.xml", fonts)])), Piece)


def test_long_book_is_cut_and_says_so(read: Read, settings) -> None:
    """Chapters beyond the limit are not even opened: a broken one there does no harm."""
    from dataclasses import replace

    short = replace(settings, limits=replace(settings.limits, max_characters=500))
    piece = read("long.epub", epub_bytes([CHAPTER, CHAPTER, "\0" * 100]), settings=short)
    assert isinstance(piece, Piece)
    assert "first 500 characters" in piece.limits[0]


@pytest.mark.parametrize(
    "data",
    [
        epub_bytes([CHAPTER])[:-300],
        zipped([("mimetype", "application/epub+zip")]),
        zipped([("META-INF/container.xml", CONTAINER)]),
        zipped([("META-INF/container.xml", CONTAINER), ("OEBPS/book.opf", "<package><manifest>")]),
        zipped([("META-INF/container.xml", CONTAINER), ("OEBPS/book.opf", OUTSIDE)]),
        zip_bytes({"a.txt": b"words"}),
    ],
    ids=["tail-gone", "no-container", "no-package", "broken-package", "leads-outside", "other-zip"],
)
def test_bad_book_gives_a_reason(read: Read, data: bytes) -> None:
    """No exception, no file from outside the book."""
    result = read("bad.epub", data)
    assert isinstance(result, Skipped)
    assert "the program failed" not in result.reason


def test_public_book(shared: Path, read_all: ReadAll) -> None:
    """A real book has the words of its RTF twin, and no title that nobody gave it."""
    (path,) = (shared / "fixtures" / "epub").iterdir()
    (piece,) = read_all(path.name, path.read_bytes())
    assert isinstance(piece, Piece)
    assert (piece.n_words, piece.title) == (532, "")
    assert all(block.kind is BlockKind.PARAGRAPH for block in piece.blocks)


def test_a_chapter_that_is_a_bomb_costs_what_follows(read: Read) -> None:
    """What was read before it is scored, and the record says where it stopped."""
    piece = told(read, epub_bytes([CHAPTER, " " * 60_000_000, NEXT]))
    assert [block.line for block in piece.blocks] == [1, 1]
    assert "chapter 2 and those after it were not read" in piece.limits[0]
    assert "bomb" in piece.limits[0]
