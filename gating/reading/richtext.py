"""Rich text that a CMS stores as a JSON tree -> HTML: Contentful, Sanity (Portable Text), Wix (Ricos), Ghost and Payload (Lexical),
Storyblok and TipTap (ProseMirror), Strapi and Hygraph (Slate), EditorJS.

They differ in names, not in shape: a node has a kind, perhaps text, perhaps children. One walk with a table of names reads them all.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

Node = Mapping[str, Any]

MAX_DEPTH = 60
CHILDREN = ("children", "content", "nodes", "blocks")
ROOTS = ("root", "document")
KINDS = {
    **dict.fromkeys(("paragraph", "p", "normal"), "p"),
    **dict.fromkeys(("blockquote", "block-quote", "quote", "extended-quote", "pullquote"), "blockquote"),
    **dict.fromkeys(("unordered-list", "bulleted-list", "bullet-list", "bulletlist", "ul", "ul-list", "list"), "ul"),
    **dict.fromkeys(("ordered-list", "numbered-list", "orderedlist", "ol", "ol-list"), "ol"),
    **dict.fromkeys(("list-item", "listitem", "li"), "li"),
    **dict.fromkeys(("hyperlink", "link", "a", "autolink", "entry-hyperlink", "asset-hyperlink"), "a"),
    **dict.fromkeys(("code", "code-block", "codeblock", "pre"), "pre"),
    **dict.fromkeys(("table",), "table"), **dict.fromkeys(("table-row", "tablerow", "tr"), "tr"),
    **dict.fromkeys(("table-cell", "tablecell", "td", "table-header-cell", "tableheader", "th"), "td"),
    **dict.fromkeys(("linebreak", "hard-break", "hardbreak", "br"), "br"),
}  # fmt: skip
HEADING = re.compile(r"h(?:eading)?-?([1-6])$")
LEVELS = ("tag", "level", "depth", "textType")
TREE_KINDS = frozenset(("doc", "document", "root", "block", "paragraph", "heading", "list", "p", "span", "text", "header"))
# What cards, call-outs, widgets and page-builder parts call the words they show.
TITLE_PROPS = ("title", "heading", "headline", "header", "titleText", "title_text", "tab_title", "accordion_title", "productTitle", "fileTitle")
TEXT_PROPS = (
    "text", "editor", "html", "markdown", "description", "description_text", "body", "content", "tab_content", "accordion_content", "subheader", "subtitle",
    "calloutText", "textValue", "quote", "testimonial_content", "blockquote_content", "productDescription", "fileCaption", "sub_heading",
)  # fmt: skip
BUTTON_PROPS = ("buttonText", "button_text", "buttonLabel", "button", "ctaText", "cta_text", "btn_text", "productButton", "label")  # "label" last: it is one only beside an address
BUTTON_KIND = re.compile(r"\bbutton|\bcta\b|call-to-action")
HREF_PROPS = ("buttonUrl", "button_url", "buttonLink", "url", "href", "link", "src", "productUrl", "ctaUrl", "cta_url", "uri")
ITEM_PROPS = ("items", "tabs", "icon_list", "slides", "features_list", "accordion")
HOLDERS = ("data", "attrs", "fields", "settings", "props")
HTML_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,500}>")


def rich_html(value: object, depth: int = 0) -> str:
    """The HTML of a rich-text tree; "" when `value` is none."""
    if isinstance(value, Mapping):
        for name in ROOTS:
            if isinstance(value.get(name), Mapping):
                return rich_html(value[name], depth + 1) if depth < MAX_DEPTH else ""
        nodes = _children(value)
        return nodes_html(nodes) if _is_tree(nodes) else ""
    return nodes_html(value) if isinstance(value, list) and _is_tree(value) else ""


def rich_cell(text: str) -> str:
    """The HTML of a table cell that holds a rich-text tree as JSON; "" when it holds something else."""
    if not text.lstrip().startswith(("{", "[")):
        return ""
    try:
        return rich_html(json.loads(text))
    except (ValueError, RecursionError):
        return ""


def nodes_html(nodes: Iterable[object], depth: int = 0) -> str:
    """The HTML of some nodes, one after the other."""
    return "".join(_node_html(node, depth) for node in nodes if isinstance(node, Mapping)) if depth < MAX_DEPTH else ""


def card_html(props: Node, kind: str = "", depth: int = 0) -> str:
    """What a card, widget or page-builder part shows: its title as a heading, its text, its button with the address, its items.

    A `kind` named as a button or call to action turns a bare `text` or `title` into the button's label.
    """
    href = _href(props)
    title, label = _first(props, TITLE_PROPS), _first(props, BUTTON_PROPS if href else BUTTON_PROPS[:-1])
    texts: tuple[str, ...] = TEXT_PROPS
    if BUTTON_KIND.search(kind) and not label:
        title, label, texts = "", _first(props, ("text", "title")), ()
    said = [title if HTML_TAG.search(title) else f"<h3>{html.escape(title, quote=False)}</h3>"] if title else []
    said += [_prose_html(name, props.get(name)) for name in texts]
    if label:
        said.append(f'<a class="button" href="{html.escape(href)}">{html.escape(label, quote=False)}</a>')
    for name in ITEM_PROPS:
        items = props.get(name)
        said += [_item_html(item, depth + 1) for item in items] if isinstance(items, list) and depth < MAX_DEPTH else []
    return "\n".join(part for part in said if part)


def _first(props: Node, names: Iterable[str]) -> str:
    return next((text for name in names if (text := _words(props.get(name)))), "")


def _prose_html(name: str, value: object) -> str:
    if not isinstance(value, str):
        return rich_html(value)
    if name == "markdown":
        from gating.reading.cmark import to_html

        return to_html(value)
    if not value.strip() or HTML_TAG.search(value):
        return value.strip()
    return f"<p>{html.escape(value, quote=False)}</p>"


def _item_html(item: object, depth: int) -> str:
    if isinstance(item, Mapping):
        return card_html(item, "", depth)
    return f"<ul><li>{html.escape(item, quote=False)}</li></ul>" if isinstance(item, str) and item.strip() else ""


def _is_tree(nodes: object) -> bool:
    """True for a list of nodes: rich text in every family is a list whose first objects say what kind they are."""
    if not isinstance(nodes, list):
        return False
    first = [node for node in nodes[:3] if isinstance(node, Mapping)]
    return bool(first) and any(_kind(node) in KINDS or _kind(node) in TREE_KINDS or HEADING.match(_kind(node)) for node in first)


def _kind(node: Node) -> str:
    said = node.get("nodeType") or node.get("type") or node.get("_type") or ""
    kind = str(said).lower().replace("_", "-")
    style = node.get("style")
    return str(style).lower() if kind == "block" and isinstance(style, str) else kind


def _children(node: Node) -> list[Any]:
    return next((node[name] for name in CHILDREN if isinstance(node.get(name), list)), [])


def _node_html(node: Node, depth: int) -> str:
    kind, children = _kind(node), _children(node)
    if kind == "text" or (isinstance(node.get("text"), str) and not children and kind in ("", "span", "extended-text")):
        return _text_html(node)
    if kind == "paywall":
        return "<!--members-only-->"
    tag = _heading(node, kind) or KINDS.get(kind, "")
    if tag == "br":
        return "<br>"
    inner = nodes_html(_linked(children, node), depth + 1) if children else ""
    if not inner:
        inner = html.escape(str(node["code"])) if isinstance(node.get("code"), str) else _held_html(node, depth)
        if tag in ("p", "blockquote") or tag.startswith("h"):
            inner = re.sub(r"^<p>(.*)</p>$", r"\1", inner, flags=re.DOTALL)
    if not inner:
        return ""
    if isinstance(node.get("listItem"), str):
        return f"<ul><li>{inner}</li></ul>"
    if tag == "a":
        return f'<a href="{html.escape(_href(node))}">{inner}</a>'
    return f"<{tag}>{inner}</{tag}>\n" if tag else inner + "\n"


def _heading(node: Node, kind: str) -> str:
    """h1 .. h6 for a heading, whose level each family keeps elsewhere; "" for anything else."""
    found = HEADING.match(kind)
    if found:
        return f"h{found.group(1)}"
    if kind not in ("heading", "header", "extended-heading"):
        return ""
    places = [node, *(held for name in (*HOLDERS, "headingData") if isinstance(held := node.get(name), Mapping))]
    for place in places:
        for name in LEVELS:
            found = re.search(r"([1-6])$", str(place.get(name) or ""))
            if found:
                return f"h{found.group(1)}"
    return "h2" if kind == "heading" else ""


def _text_html(node: Node) -> str:
    held = node.get("textData")
    data = held if isinstance(held, Mapping) else node
    text = html.escape(_words(data.get("text")) or _words(data.get("value")), quote=False)
    marks = data.get("decorations") or data.get("marks") or []
    for mark in marks if isinstance(marks, list) else ():
        if isinstance(mark, Mapping) and _kind(mark) in ("link", "hyperlink") and (href := _href(mark)):
            return f'<a href="{html.escape(href)}">{text}</a>'
    return text.replace("\n", "<br>")


def _linked(children: list[Any], block: Node) -> list[Any]:
    """Portable Text keeps its links beside the spans: each span with the link that its marks name."""
    links = block.get("markDefs")
    if not isinstance(links, list) or not links:
        return children
    by_key = {link.get("_key"): {**link, "type": "link"} for link in links if isinstance(link, Mapping) and isinstance(link.get("_key"), str) and _href(link)}
    return [{**child, "marks": [by_key[mark] for mark in child["marks"] if isinstance(mark, str) and mark in by_key]}
            if isinstance(child, Mapping) and isinstance(child.get("marks"), list) else child for child in children]  # fmt: skip


def _held_html(node: Node, depth: int) -> str:
    """Of a node without children: the words among its own properties, and those of what holds them."""
    kind = _kind(node)
    own = card_html(node, kind, depth)
    return own or "\n".join(filter(None, (card_html(held, kind, depth) for name in HOLDERS if isinstance(held := node.get(name), Mapping))))


def _href(node: Node, depth: int = 0) -> str:
    """The address that a node leads to, wherever its family keeps it."""
    for name in HREF_PROPS:
        if isinstance(value := node.get(name), str) and value:
            return value
    for name in (*HOLDERS, "link", "linkData", "buttonLink"):
        if depth < 3 and isinstance(value := node.get(name), Mapping) and (href := _href(value, depth + 1)):
            return href
    return ""


def _words(value: object) -> str:
    return value if isinstance(value, str) and value.strip() else ""
