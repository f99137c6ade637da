"""Markup within the bounds of the parser."""

import pytest
from selectolax.lexbor import LexborHTMLParser

from gating.reading.blocks import page_blocks
from gating.reading.bounds import MAX_ATTRIBUTES, MAX_DEPTH, MAX_FORMATTING, MAX_OPTIONS, MAX_TAGS, bounded
from gating.records import Piece, Skipped
from tests.builders import PROSE
from tests.conftest import Read

MANY = 20_000
PARAGRAPH = f"<p>{PROSE}</p>"


def depth_of(tree: LexborHTMLParser) -> int:
    """How many elements stand within each other at the deepest place."""
    assert tree.body is not None
    deepest, level = 0, [tree.body]
    while level:
        level = [child for node in level for child in node.iter()]
        deepest += 1
    return deepest


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * MANY + PARAGRAPH + "</div>" * MANY,
        "<div>" * MANY + PARAGRAPH,
        "<div></x>" * MANY + PARAGRAPH,
        "<b><div></b>" * MANY + PARAGRAPH,
        "<div <>" * MANY + PARAGRAPH,
        "<svg>" + "<div/>" * MANY + PARAGRAPH,
        "<dl><dd>" * MANY + PARAGRAPH,
        "<ul><li>" * MANY + PARAGRAPH,
    ],
    ids=["balanced", "unclosed", "wrong-ends", "crossed", "odd-attributes", "self-closed", "definitions", "lists"],
)
def test_deep_page_is_flattened_and_keeps_its_text(html: str) -> None:
    """Twenty thousand elements within each other come to the parser as some hundred; the paragraph within is read, and the limit is named."""
    flat, said = bounded(html)
    assert depth_of(LexborHTMLParser(flat)) <= 2 * MAX_DEPTH + 3
    assert page_blocks(html).blocks[-1].text == PROSE
    assert said == (f"elements nested deeper than {MAX_DEPTH} were flattened",)


@pytest.mark.parametrize(
    "html",
    [
        "<p>x" * 5000,
        "<ul>" + "<li>x" * 5000 + "</ul>",
        "<table>" + "<tr><td>x<td>y" * 5000 + "</table>",
        "<div><span>x</div>" * 5000,
        "<svg>" + "<path d='M0'/>" * 5000 + "</svg>" + PARAGRAPH,
        "<script>" + "document.write('<div>');" * 5000 + "</script>" + PARAGRAPH,
        "<!--" + "<div>" * 5000 + "-->" + PARAGRAPH,
        "<div>" * 200 + "<p>x</p>" * 2000 + "</div>" * 200,
    ],
    ids=["paragraphs", "items", "cells", "spans", "drawing", "script", "comment", "nested"],
)
def test_long_untidy_page_stays_as_it_is(html: str) -> None:
    """Tags that nobody closes, drawings and what stands in scripts and comments are no depth."""
    assert bounded(html) == (html, ())


def test_tag_with_endless_attributes_keeps_the_first() -> None:
    """Past some hundred attributes of one tag the rest is left out, and that is said."""
    html, said = bounded("<body " + " ".join(f'a{n}="1 > 0"' for n in range(MANY)) + f">{PARAGRAPH}")
    body = LexborHTMLParser(html).body
    assert body is not None and len(body.attributes) == MAX_ATTRIBUTES
    assert said == (f"attributes of a tag beyond the first {MAX_ATTRIBUTES} were left out",)
    assert page_blocks(html).blocks[0].text == PROSE


def test_fonts_left_open_do_not_square_the_page() -> None:
    """Each paragraph opens again what the first left open; only a few of these are let in."""
    html, _ = bounded("<p>" + "".join(f"<font size={n}>" for n in range(1000)) + "</p>" + "<p>x</p>" * 1000)
    assert len(LexborHTMLParser(html).css("font")) <= MAX_FORMATTING * 1001


def test_choices_of_a_list_are_counted() -> None:
    """A list of more choices than there are places on earth keeps the first."""
    html, _ = bounded("<select>" + "<option>x" * MANY + "</select>" + PARAGRAPH)
    assert len(LexborHTMLParser(html).css("option")) == MAX_OPTIONS


def test_page_of_too_many_elements_is_cut_and_said_so() -> None:
    """The beginning is read."""
    html, said = bounded(PARAGRAPH + "<p>x</p>" * MAX_TAGS)
    assert html.count("<p>") == MAX_TAGS
    assert "elements" in said[0]


def test_flattening_keeps_the_lines() -> None:
    """What is left out leaves its line ends, so that advice points at the right line."""
    page = page_blocks("<div\n>" * 2000 + PARAGRAPH)
    assert page.blocks[0].line == 2001


@pytest.mark.parametrize("tag", ["<a ", '<a b="', "<a b='>", "< ", "<? ", "<!--", "<![CDATA[", "</", "<title>", "<plaintext>"])
def test_unfinished_markup_loses_no_text_before_it(tag: str) -> None:
    """Fifty thousand unfinished tags, comments and values behind a paragraph leave the paragraph."""
    page = page_blocks(PARAGRAPH + tag * 50_000)
    assert page.blocks[0].text.startswith(PROSE)


def test_row_of_empty_cells_before_the_first_word() -> None:
    """Each cell asks whether words stand before it; that must not go through all the cells again."""
    page = page_blocks("<table><tr>" + "<td> </td>" * 40_000 + f"<td>{PROSE}</td><td>end</td></tr></table>")
    assert page.blocks[0].text == f"{PROSE} | end"


def test_markup_with_hardly_a_word_says_so(read: Read) -> None:
    """A page that a script draws is not scored as if its few words were all."""
    piece = read("app.html", f"<html><body><p>{' '.join(PROSE.split()[:20])}</p><script>{'var a = 1;' * 15_000}</script></body></html>")
    assert isinstance(piece, (Piece, Skipped))
    said = piece.reason if isinstance(piece, Skipped) else " ".join(piece.limits)
    assert "almost no text: 20 words in 150 kB of markup" in said


def test_cut_runs_are_said(read: Read) -> None:
    """Embedded data in the text is cut, and the reason says how much of it."""
    piece = read("key.md", f"{PROSE}\n\n{'x' * 5000}\n\n{PROSE}\n")
    assert isinstance(piece, Piece)
    assert piece.limits == ("runs without a space were cut to 200 characters, 4,800 in all left out",)
