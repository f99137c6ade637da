"""Rich text that content systems store as JSON trees."""

import json

import pytest

from gating.reading.richtext import rich_cell, rich_html
from tests.conftest import ReadAll
from tests.exports import BREAD, pieces_of, shown

HREF = "https://mill.example/sheet"
CONTENTFUL = {"nodeType": "document", "content": [
    {"nodeType": "heading-2", "content": [{"nodeType": "text", "value": "At night", "marks": []}]},
    {"nodeType": "paragraph", "content": [{"nodeType": "text", "value": "Weigh the "},
                                          {"nodeType": "hyperlink", "data": {"uri": HREF}, "content": [{"nodeType": "text", "value": "sacks"}]}]},
    {"nodeType": "unordered-list", "content": [{"nodeType": "list-item", "content": [{"nodeType": "paragraph", "content": [{"nodeType": "text", "value": "rye"}]}]}]},
]}  # fmt: skip
PORTABLE = [
    {"_type": "block", "style": "h2", "children": [{"_type": "span", "text": "At night"}]},
    {"_type": "block", "style": "normal", "markDefs": [{"_key": "k1", "_type": "link", "href": HREF}],
     "children": [{"_type": "span", "text": "Weigh the "}, {"_type": "span", "text": "sacks", "marks": ["strong", "k1"]}]},
    {"_type": "block", "style": "normal", "listItem": "bullet", "children": [{"_type": "span", "text": "rye"}]},
]  # fmt: skip
RICOS = {"nodes": [
    {"type": "HEADING", "headingData": {"level": 2}, "nodes": [{"type": "TEXT", "textData": {"text": "At night", "decorations": []}}]},
    {"type": "PARAGRAPH", "nodes": [{"type": "TEXT", "textData": {"text": "Weigh the "}},
                                    {"type": "TEXT", "textData": {"text": "sacks", "decorations": [{"type": "LINK", "linkData": {"link": {"url": HREF}}}]}}]},
    {"type": "BULLETED_LIST", "nodes": [{"type": "LIST_ITEM", "nodes": [{"type": "PARAGRAPH", "nodes": [{"type": "TEXT", "textData": {"text": "rye"}}]}]}]},
]}  # fmt: skip
LEXICAL = {"root": {"type": "root", "children": [
    {"type": "heading", "tag": "h2", "children": [{"type": "extended-text", "text": "At night"}]},
    {"type": "paragraph", "children": [{"type": "text", "text": "Weigh the "}, {"type": "link", "url": HREF, "children": [{"type": "text", "text": "sacks"}]}]},
    {"type": "list", "listType": "bullet", "children": [{"type": "listitem", "children": [{"type": "text", "text": "rye"}]}]},
]}}  # fmt: skip
PROSEMIRROR = {"type": "doc", "content": [
    {"type": "heading", "attrs": {"level": 2}, "content": [{"type": "text", "text": "At night"}]},
    {"type": "paragraph", "content": [{"type": "text", "text": "Weigh the "}, {"type": "text", "text": "sacks", "marks": [{"type": "link", "attrs": {"href": HREF}}]}]},
    {"type": "bullet_list", "content": [{"type": "list_item", "content": [{"type": "paragraph", "content": [{"type": "text", "text": "rye"}]}]}]},
]}  # fmt: skip
SLATE = [
    {"type": "heading", "level": 2, "children": [{"type": "text", "text": "At night"}]},
    {"type": "paragraph", "children": [{"text": "Weigh the "}, {"type": "link", "url": HREF, "children": [{"text": "sacks"}]}]},
    {"type": "list", "format": "unordered", "children": [{"type": "list-item", "children": [{"text": "rye"}]}]},
]
EDITORJS = {"time": 1, "blocks": [
    {"type": "header", "data": {"text": "At night", "level": 2}},
    {"type": "paragraph", "data": {"text": f'Weigh the <a href="{HREF}">sacks</a>'}},
    {"type": "list", "data": {"style": "unordered", "items": ["rye"]}},
]}  # fmt: skip


@pytest.mark.parametrize(
    "tree", [CONTENTFUL, PORTABLE, RICOS, LEXICAL, PROSEMIRROR, SLATE, EDITORJS], ids=["contentful", "sanity", "wix", "lexical", "prosemirror", "slate", "editorjs"]
)
def test_every_family_gives_the_same_blocks(read_all: ReadAll, tree: object) -> None:
    """A heading, a paragraph with a link and a list, whatever the tree calls them."""
    row = {"title": "Rye", "url": "/rye", "body": tree, "content": f"<p>{BREAD}</p>"}
    body = rich_html(tree)
    (piece,) = pieces_of(read_all("posts.json", json.dumps([{**row, "body": f"{body}<p>{BREAD}</p>"}])))
    assert shown(piece)[:3] == [("heading", "At night"), ("paragraph", "Weigh the sacks"), ("item", "rye")]
    assert piece.blocks[0].level == 2
    assert [(link.text, link.href) for link in piece.links] == [("sacks", HREF)]


def test_tree_in_a_json_export_is_read(read_all: ReadAll) -> None:
    """A field that holds a tree is the text of the piece."""
    body = {"type": "doc", "content": [{"type": "paragraph", "content": [{"type": "text", "text": BREAD}]}]}
    (piece,) = pieces_of(read_all("posts.json", json.dumps({"stories": 1, "items": [{"name": "Rye", "content": body}]})))
    assert shown(piece) == [("paragraph", BREAD)]


def test_cards_show_their_words_and_buttons() -> None:
    """A card of the site's own: its heading, its text, its button with the address; a bare button is one, too."""
    html = rich_html([{"_type": "block", "children": []}, {"_type": "offerCard", "heading": "The sheet", "description": "Two pages", "buttonText": "Get it", "url": "/s"},
                      {"_type": "button", "text": "Book", "url": "/b"}])  # fmt: skip
    assert '<h3>The sheet</h3>\n<p>Two pages</p>\n<a class="button" href="/s">Get it</a>' in html
    assert '<a class="button" href="/b">Book</a>' in html


def test_words_of_a_tree_are_escaped() -> None:
    """A text that looks like markup stays a text, in an address as well."""
    html = rich_html([{"type": "paragraph", "children": [{"text": "<script>x</script>"}, {"type": "link", "url": '"><b>', "children": [{"text": "y"}]}]}])
    assert "<script>" not in html
    assert '"><b>' not in html


@pytest.mark.parametrize("value", [None, 7, "text", [], {}, ["a", "b"], [{"name": "tag"}], {"content": "plain"}, {"root": []}, {"nodes": [{"id": 1}]}])
def test_other_values_are_no_rich_text(value: object) -> None:
    """Lists of tags and objects of other kinds give nothing."""
    assert rich_html(value) == ""


def test_bottomless_tree_ends() -> None:
    """A tree nested a thousand deep is cut, not followed."""
    tree: dict[str, object] = {"type": "text", "text": "deep"}
    for _ in range(500):
        tree = {"type": "paragraph", "children": [tree]}
    assert "deep" not in rich_html([tree])
    assert rich_cell("[" * 100_000) == ""
