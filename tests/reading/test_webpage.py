"""HTML files and fragments."""

import pytest

from gating.reading.webpage import declared_encoding, is_html
from gating.records import Piece
from tests.builders import PROSE
from tests.conftest import Read

PAGE = f"""<!DOCTYPE html>
<html><head>
<title>Crates | Orchard notes</title>
<meta name="description" content="On counting fruit">
<link rel="canonical" href="https://orchard.example/crates">
</head><body>
<nav><a href="/">Home</a></nav>
<main><h1>Counting crates</h1>
<p>{PROSE}</p>
</main></body></html>"""


def test_page_has_title_description_and_address(read: Read) -> None:
    """The parts that a page says of itself, and its blocks with their lines."""
    piece = read("page.html", PAGE)
    assert isinstance(piece, Piece)
    assert (piece.title, piece.description, piece.url) == ("Crates | Orchard notes", "On counting fruit", "https://orchard.example/crates")
    assert [(block.kind.value, block.line) for block in piece.blocks] == [("heading", 8), ("paragraph", 9)]


def test_title_falls_back_to_og_title_then_h1(read: Read) -> None:
    """A page without <title> takes og:title, else its first heading."""
    og = read("page.html", f'<meta property="og:title" content="From the card"><h1>From the page</h1><p>{PROSE}</p>')
    h1 = read("page.html", f"<h1>From the page</h1><p>{PROSE}</p>")
    assert isinstance(og, Piece)
    assert isinstance(h1, Piece)
    assert (og.title, h1.title) == ("From the card", "From the page")


def test_title_of_a_drawing_is_not_the_pages_title(read: Read) -> None:
    """An svg's <title> does not go before the head's."""
    piece = read("page.html", f"<head><title>Crates</title></head><body><svg><title>Arrow</title></svg><p>{PROSE}</p></body>")
    assert isinstance(piece, Piece)
    assert piece.title == "Crates"


def test_local_address_of_a_dev_build_is_no_address(read: Read) -> None:
    """http://localhost in the canonical link says nothing."""
    piece = read("page.html", f'<link rel="canonical" href="http://localhost:1313/crates"><p>{PROSE}</p>')
    assert isinstance(piece, Piece)
    assert piece.url == ""


def test_declared_cp1251_page_is_decoded() -> None:
    """The encoding stands in the first bytes of the page, with or without http-equiv."""
    assert declared_encoding(b'<meta charset="windows-1251">') == "windows-1251"
    assert declared_encoding(b'<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-1">') == "iso-8859-1"


def test_claim_of_utf16_in_ascii_bytes_is_not_believed(read: Read) -> None:
    """A page that lies about UTF-16 is still read."""
    piece = read("page.html", f'<meta charset="utf-16"><p>{PROSE}</p>')
    assert isinstance(piece, Piece)
    assert piece.blocks[0].text == PROSE


def test_template_with_front_matter_loses_its_tags(read: Read) -> None:
    """A Jekyll page: front matter is read, Liquid is not text, lines still hold."""
    piece = read("page.html", f"---\ntitle: Crates\nlayout: page\n---\n{{% include top.html %}}\n<p>{PROSE}</p>\n{{{{ content }}}}\n")
    assert isinstance(piece, Piece)
    assert piece.title == "Crates"
    assert [block.text for block in piece.blocks] == [PROSE]


def test_line_of_a_page_with_front_matter_is_that_of_the_file(read: Read) -> None:
    """Lines count from the top of the file, front matter included, as in Markdown."""
    piece = read("page.html", f"---\ntitle: Crates\nlayout: page\n---\n<p>{PROSE}</p>\n")
    assert isinstance(piece, Piece)
    assert piece.blocks[0].line == 5


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<p>One</p><p>Two</p>", True),
        ("# A heading\n\nWith <b>bold</b> in it", False),
        ("Plain words", False),
        ("Words, then <div>one</div><p>two</p>", True),
        ("5 < 6 and 7 > 6", False),
    ],
)
def test_html_cells_are_told_from_markdown(text: str, expected: bool) -> None:
    """A cell is HTML when it starts with a tag or holds several closing tags; a tag in Markdown does not make it HTML."""
    assert is_html(text) is expected


def test_broken_markup_gives_its_words(read: Read) -> None:
    """Unclosed and crossed tags cost no words."""
    piece = read("page.html", f"<div><p>{PROSE}<b><i>and so on</b></i><table><td>a last cell")
    assert isinstance(piece, Piece)
    said = " ".join(block.text for block in piece.blocks)
    assert PROSE in said
    assert "and so on" in said
    assert "a last cell" in said
