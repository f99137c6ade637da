"""What stands around an element of a page: its own words, the words and heading before it, and the part of the page it is in.

All walks are bounded, so that a page with thousands of forms or one of endless depth costs no more than another.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from selectolax.lexbor import LexborNode

from gating.reading.text import squeeze

NEAR = 400  # characters before a form that still belong to it
MAX_NODES = 3000  # of one element
STEPS = 400  # nodes looked at before an element
HEADINGS = ("h1", "h2", "h3", "h4", "h5")
SILENT = frozenset("script style noscript template svg select option datalist textarea iframe object -comment".split())
LINES = frozenset(("p", "div", "li", "label", "button", *HEADINGS))
EDGES = frozenset(("main", "body", "html", "form", "footer", "dialog"))
SECTIONS = frozenset(("section", "article", "aside", "header", "nav"))
POPUP = re.compile(r"\b(?:pop ?up|pum|exit intent|om|optinmonster|slide ?in|sticky bar|hello ?bar|hustle|convertplug|boxzilla|sumome|privy|drift|intercom|chat)\b", re.IGNORECASE)
FOOTER = re.compile(
    r"^(?:site|page|main|global|web|app|the|l|c)?[-_]*(?:footer|colophon)(?:[-_](?:wrapper|wrap|container|inner|top|main|widgets?|newsletter|area|section|content|cta))?$",
    re.IGNORECASE,
)
DIALOG = re.compile(r"\b(?:modal|dialog|lightbox|drawer|offcanvas)\b", re.IGNORECASE)
SIDE = re.compile(r"\bside ?bar\b", re.IGNORECASE)
UNSEEN = re.compile(r"display:\s*none|visibility:\s*hidden|left:\s*-\d{3,}|opacity:\s*0\b", re.IGNORECASE)
UNSEEN_CLASS = re.compile(r"^(?:u-|is-|js-)?(?:hidden|hide|d-none|off-?screen|visually-?hidden|screen-reader-text|sr-only|honey-?pot)$", re.IGNORECASE)
SEEN_ON_WIDE = re.compile(r"^(?:sm|md|lg|xl|2xl):|^d-(?:sm|md|lg|xl)-")  # hidden on telephones only
CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Place:
    """What stands before an element, and where it is."""

    heading: str  # the nearest above
    before: str  # the words before it, at most NEAR characters
    pictures: str  # names of the pictures among them
    around: str  # names of the elements that hold it, cut into words
    region: str  # popup, footer, dialog, side (a side bar), or empty in the content


def words_of(name: str) -> str:
    """A name of markup cut into words: "leadMagnet-form" is "lead Magnet form"."""
    return " ".join(re.findall(r"[A-Za-z]+|\d+", CAMEL.sub(" ", name)))


def is_hidden(node: LexborNode) -> bool:
    """True for an element that its own attributes, style or class take out of sight."""
    marks = node.attributes
    if not marks:
        return False
    if "hidden" in marks or marks.get("aria-hidden") == "true" or UNSEEN.search(marks.get("style") or ""):
        return True
    names = (marks.get("class") or "")[:300].split()
    return any(map(UNSEEN_CLASS.match, names)) and not any(map(SEEN_ON_WIDE.match, names))


def said_by(node: LexborNode, limit: int) -> str:
    """At most `limit` characters of what an element says, its lines parted by "|". What is hidden within it, lists of choices, and
    the labels of boxes to tick, which speak of consent, are left out.
    """
    said: list[str] = []
    size, steps, stack = 0, 0, [node]
    while stack and size < limit and steps < MAX_NODES:
        top, steps = stack.pop(), steps + 1
        tag = top.tag or ""
        if tag == "-text":
            words = " ".join((top.text_content or "").split())
            if words:
                said.append(words)
                size += len(words) + 1
        elif tag not in SILENT and not (tag == "label" and top.css_first("input[type=checkbox], input[type=radio]")) and (top is node or not is_hidden(top)):
            if tag in LINES and said and said[-1] != "|":
                said.append("|")
            stack.extend(reversed(list(top.iter(include_text=True))))
    return squeeze(" ".join(said).strip("| "))[:limit]


def place_of(node: LexborNode) -> Place:
    """Walks back from `node` in reading order, to another form or out of the section that has told enough."""
    heading, said, pictures, size = "", [], [], 0
    current: LexborNode | None = node
    for _ in range(STEPS):
        if current is None or (size >= NEAR and heading):
            break
        before = current.prev
        if before is None:
            current = current.parent
            if current is None or current.tag in EDGES or (current.tag in SECTIONS and heading):
                break
            continue
        while before.tag not in SILENT and before.tag != "form" and before.last_child is not None:
            before = before.last_child
        if before.tag == "form":
            break
        current = before
        if before.tag == "-text":
            words = " ".join((before.text_content or "").split())
            size += len(words)
            said.append(words)
            heading = heading or _heading_of(before)
        elif before.tag == "img":
            pictures.append(words_of(f"{before.attributes.get('alt') or ''} {(before.attributes.get('src') or '')[:300].rsplit('/', 1)[-1]}"))
    text = squeeze(" ".join(words for words in reversed(said) if words))
    around, region = _region_of(node)
    return Place(heading, text[-NEAR:], " ".join(pictures[:4])[:NEAR], around, region)


def _heading_of(text: LexborNode) -> str:
    parent = text.parent
    for _ in range(3):
        if parent is None:
            return ""
        if parent.tag in HEADINGS:
            return said_by(parent, NEAR)
        parent = parent.parent
    return ""


def _region_of(node: LexborNode) -> tuple[str, str]:
    """(names of the nearest elements around, region)."""
    names, region, current = [], "", node.parent
    for level in range(40):
        if current is None or current.tag in ("body", "html"):
            break
        given, role = f"{current.attributes.get('class') or ''} {current.attributes.get('id') or ''}"[:300], current.attributes.get("role")
        words = words_of(given)
        if level < 3:
            names.append(words)
        if POPUP.search(words):
            return " ".join(names), "popup"
        if current.tag == "footer" or role == "contentinfo" or any(map(FOOTER.match, given.split())):
            region = "footer"
        elif current.tag == "dialog" or role == "dialog" or DIALOG.search(words):
            region = region or "dialog"
        elif current.tag in ("nav", "aside") or SIDE.search(words):
            region = region or "side"
        current = current.parent
    return " ".join(names), region
