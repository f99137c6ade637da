"""Documents of every kind with hostile signs between their words: the words come through, whole and in order, and nothing hidden does."""

import csv
import html
import io
import json
import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gating.records import Piece
from tests.builders import PROSE, zip_bytes
from tests.documents import eml_bytes, epub_bytes, odt_bytes, rtf_bytes
from tests.exports import wp_item, wxr
from tests.properties.here import examples, piece_here, read_here

# What is put between words. None of it may swallow what follows: what a format means to leave out is no fault of its reader.
HIDDEN = ["\u202e", "\u200b", "\u2066", "\ufeff", "\u00ad", "\U000e0041", "\x85", "\x9b", "\ufffe", "\u180e", "\u2063", "\ufff9"]
CONTROL = ["\x01", "\x08", "\x1b[31m", "\x7f", "\x0e"]
SEEN = ["é", "œ", "—", "…", "“", "𝒜", "🍐", "\u0600", "’", "\u0301", "ﬁ", "\u00a0", "\u2028", "\u3000"]
MARKUP = ["<b>", "</b>", "</p>", "<i/>", "<br>", "<!-- x -->", "</div>", "<span style='color:red'>", "</li>", "&nbsp;", "&#0;", "&#xD800;", "&#x202E;", "&zwj;",
          "&#8203;", "&#x1F;", "&lt;",
          "&bogus;", "&#99999999;", "<img alt=''>", "<wbr>", "</body>", "</html>", "<a href='javascript:x'>", "<custom-tag>", "</td>", "<p>"]  # fmt: skip
MARKS = [
    "<br data-sourcepos='900:1'>",
    "\n\n<p data-sourcepos='900:1'>",
    "*",
    "**",
    "_",
    "~",
    "\\",
    "&amp;",
    "&#x202E;",
    "&#0;",
    "&zwj;",
    "<b>",
    "</p>",
    "<!-- x -->",
    "{% include x %}",
    "[^9]",
    "|",
    "#",
    "> ",
    "1.",
    "^",
    "=",
    "!",
    "]",
    ")",
]
SIGNS = HIDDEN + CONTROL + SEEN


def tokens(number: int) -> list[str]:
    """Words that stand nowhere else."""
    return [f"pear{one}x" for one in range(number)]


def strewn(between: list[str]) -> str:
    """English sentences, each with a word of its own and something hostile before it."""
    sentences = PROSE.split(". ")
    return ". ".join(f"{sentences[place % len(sentences)]} {sign} {word} " for place, (word, sign) in enumerate(zip(tokens(len(between)), between, strict=True))) + f". {PROSE}"


def words_in(piece: Piece) -> list[str]:
    """The words that were put in, as the piece has them."""
    return re.findall(r"pear\d+x", " ".join(block.text for block in piece.blocks))


def drawn(*signs: list[str]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from([sign for some in signs for sign in some]), min_size=1, max_size=8)


def keeps(name: str, data: bytes | str, between: list[str]) -> Piece:
    """The piece, once its words and lines are found to be those of the file."""
    piece = piece_here(name, data)
    assert words_in(piece) == tokens(len(between))
    return piece


def _has_its_lines(piece: Piece, text: str) -> None:
    n_lines = len(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    assert all(1 <= block.line <= n_lines for block in piece.blocks)
    assert [block.line for block in piece.blocks] == sorted(block.line for block in piece.blocks)


@examples(60)
@given(between=drawn(SIGNS, MARKS), end=st.sampled_from(["\n", "\r\n", "\r"]), title=st.sampled_from(SIGNS))
def test_markdown(between: list[str], end: str, title: str) -> None:
    """Marks, entities, template tags and comments within paragraphs; lines are those of the file, whatever ends them."""
    text = f'---\ntitle: "Crates {title} counted"\n---\n\n# Crates\n\n{strewn(between)}\n\nAnd [a link](https://a.example/{title}).\n'.replace("\n", end)
    _has_its_lines(keeps("piece.md", text, between), text)


@examples(30)
@given(between=drawn(SIGNS))
def test_plain_text(between: list[str]) -> None:
    """Signs alone."""
    text = f"Crates\n\n{strewn(between)}\n"
    _has_its_lines(keeps("notes.txt", text, between), text)


@examples(60)
@given(between=drawn(SIGNS, MARKUP), title=st.sampled_from(SIGNS + MARKUP[-20:]))
def test_html(between: list[str], title: str) -> None:
    """Tags left open or closed twice, comments, entities of signs that are none."""
    head = f"<head><title>Crates</title>\n<meta name='description' content=\"{title}\"></head>"
    text = f"<!doctype html>\n<html>{head}\n<body><main><h1>Crates</h1>\n<p>{strewn(between)}</p>\n</main></body></html>\n"
    _has_its_lines(keeps("page.html", text, between), text)


@examples(30)
@given(between=drawn(SIGNS, MARKUP))
def test_html_in_a_json_export(between: list[str]) -> None:
    """As escapes of JSON, among them halves of surrogate pairs."""
    text = json.dumps([{"id": "7", "title": "Crates \ud83d", "html": f"<p>{strewn(between)}</p>", "tags": ["\u202e", "\ud800"]}])
    assert keeps("posts.json", text, between).id == "7"


@examples(30)
@given(between=drawn(SIGNS), delimiter=st.sampled_from(",;\t|"), end=st.sampled_from(["\n", "\r\n"]))
def test_csv(between: list[str], delimiter: str, end: str) -> None:
    """Quoted cells with any delimiter and line end."""
    file = io.StringIO()
    writer = csv.writer(file, delimiter=delimiter, lineterminator=end)
    writer.writerows([["title", "text", "url"], ["Crates", strewn(between), "https://a.example/\u202ec"]])
    keeps("table.csv", file.getvalue(), between)


@examples(40)
@given(between=drawn(SIGNS, MARKUP[:15], ["[form id='1']", "[/x]", "<!-- wp:html -->", "&#8211;"]))
def test_wordpress(between: list[str]) -> None:
    """Within CDATA, also signs that no XML may hold."""
    keeps("export.xml", wxr(wp_item(title="Crates", content=f"<p>{strewn(between)}</p>")), between)


@examples(30)
@given(between=drawn(SIGNS, ["<", "&", "]]>", "</p>", "&#0;"]), feed=st.sampled_from(["rss", "atom"]))
def test_feeds(between: list[str], feed: str) -> None:
    """Escaped twice, as feeds are."""
    said = html.escape(f"<p>{html.escape(''.join(sign for sign in strewn(between) if sign not in CONTROL), quote=False)}</p>")
    said = re.sub(r"[\x00-\x08\x0e-\x1f\ufffe]", "", said)  # no XML has them; a feed that does is another story
    rss = f"<rss version='2.0'><channel><title>Mill</title><item><title>Crates</title><link>https://a.example/c</link><description>{said}</description></item></channel></rss>"
    entry = f"<entry><id>c</id><title>Crates</title><link href='https://a.example/c'/><content type='html'>{said}</content></entry>"
    atom = f"<feed xmlns='http://www.w3.org/2005/Atom'><title>Mill</title>{entry}</feed>"
    keeps("feed.xml", rss if feed == "rss" else atom, between)


DOCUMENTS: dict[str, Callable[[str], bytes]] = {
    "piece.odt": lambda words: odt_bytes([("title", "Crates"), ("p", words)]),
    "piece.rtf": lambda words: rtf_bytes([("title", "Crates"), ("p", words)]),
    "book.epub": lambda words: epub_bytes([f"<html><body><h1>Crates</h1><p>{html.escape(words)}</p></body></html>"]),
    "letter.eml": lambda words: eml_bytes(f"<p>{html.escape(words)}</p>", Subject="Crates"),
    "export.zip": lambda words: zip_bytes({"posts/one.md": f"# Crates\n\n{words}\n".encode()}),
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_documents(name: str) -> None:
    """Signs that XML may hold, in the formats of offices, book shops and mail programs."""

    @examples(15)
    @given(between=drawn([sign for sign in HIDDEN if sign != "\ufffe"], SEEN))
    def check(between: list[str]) -> None:
        keeps(name, DOCUMENTS[name](strewn(between)), between)

    check()


@examples(40)
@given(values=st.lists(st.text(max_size=40), min_size=5, max_size=5), columns=st.lists(st.text(max_size=12), min_size=2, max_size=2))
def test_any_cells_beside_the_text(values: list[str], columns: list[str]) -> None:
    """Whatever stands in the id, title, address, a column of any name and its value: the piece is sound, and its text is not touched."""
    row = {columns[0]: values[3], columns[1]: values[4], "id": values[0], "title": values[1], "url": values[2], "text": PROSE, "status": "published"}
    for result in read_here("rows.json", json.dumps([row])):
        if isinstance(result, Piece):
            assert PROSE in " ".join(block.text for block in result.blocks)
