"""HTML -> blocks. The one block extractor: Markdown, DOCX, PDF and table cells are turned into plain HTML first,
so that the same text gets the same blocks, and with them the same labels, in every format.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate

from selectolax.lexbor import LexborHTMLParser, LexborNode

from gating.reading.bounds import bounded
from gating.reading.text import MAX_RUN, clean, squeeze
from gating.records import Block, BlockKind, Link

DROPPED = frozenset("script style noscript template svg math head iframe object video audio canvas map select datalist option nav dialog".split())
HEADINGS = {f"h{level}": level for level in range(1, 7)}
KINDS = {"p": BlockKind.PARAGRAPH, "li": BlockKind.ITEM, "dt": BlockKind.ITEM, "dd": BlockKind.ITEM, "blockquote": BlockKind.QUOTE,
         "pre": BlockKind.CODE, "button": BlockKind.BUTTON, "label": BlockKind.FIELD, "legend": BlockKind.FIELD,
         "tr": BlockKind.TABLE, "summary": BlockKind.HEADING, **dict.fromkeys(HEADINGS, BlockKind.HEADING)}  # fmt: skip
FLOW = frozenset(
    (
        "address article aside body center dd details dir div dl dt fieldset figcaption figure footer form header hgroup hr html "
        "legend main menu ol section table tbody tfoot thead ul caption td th"
    ).split()
)
CHROME_ROLES = frozenset("navigation banner contentinfo search dialog alertdialog menu menubar".split())
CHROME_NAMES = re.compile(
    r"(?:^|[\s_-])(?:nav|navbar|navigation|menu|breadcrumbs?|cookies?|consent|gdpr|sidebar|offcanvas|modal|popup|skip-link|screen-reader-text|sr-only|visually-hidden)(?:$|[\s_-])",
    re.IGNORECASE,
)
BUTTON_NAMES = re.compile(r"(?:^|[\s_-])(?:btn|button|cta)(?:$|[\s_-])", re.IGNORECASE)
SUBMIT_TYPES = frozenset(("submit", "button", "image"))
TYPED_TYPES = frozenset(("", "text", "email", "tel", "url", "number", "date"))
BRACKETED = re.compile(r"\[([^\[\]\n]{2,80})\](?!\()")
LETTER_OR_DIGIT = re.compile(r"[^\W_]")
SITE_SEARCH = re.compile(r"^search\b", re.IGNORECASE)
SKIP_LINK = re.compile(r"^skip to (?:main )?content$", re.IGNORECASE)
FIELD_NAME = re.compile(
    r"^(?:your |work |business |corporate |company |first |last |full |job |phone |mobile |e-?mail |postal |zip )*"
    r"(?:e-?mail(?: address)?|name|first|last|phone(?: number)?|mobile|telephone|company(?: name| size)?|organi[sz]ation|title|role|job|position|country|"
    r"state|city|code|industry|message|comments?|website|url|budget|size|number of employees)\s*[*:?]*$",
    re.IGNORECASE,
)
WRAPPED_FROM = 60  # characters; a shorter line that ends a source line was broken on purpose (a label, a slogan), not wrapped
ALMOST_NOTHING = 10  # words; a page this bare without its furniture has its text in what looked like furniture
NEAR, FAR = 10_000, 200_000_000  # characters in which a block's words are looked for: once all searches of a page passed FAR, no further than NEAR
MAX_LINK_TEXT, MAX_ADDRESS = 1000, 4000  # characters; longer addresses are embedded files
MUCH_LOST = 1000  # characters of runs that were cut; less are the ends of some long addresses
SOURCE_POSITION = "data-sourcepos"  # what cmark calls the place of a block, "3:1-4:26"; our other writers use the same
POSITION = re.compile(r"([0-9]{1,6}):")
BREAK = "\u2029\n"  # a line of its own on the page, whatever lines the source has
CONTENT = ("main", "article")
HOLDERS = (BlockKind.ITEM, BlockKind.QUOTE, BlockKind.TABLE, BlockKind.BUTTON)


@dataclass
class Page:
    """Blocks and links of one page in reading order, and a sentence for each limit that was hit on the way."""

    blocks: list[Block] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    limits: list[str] = field(default_factory=list)


def page_blocks(html: str, tree: LexborHTMLParser | None = None, first_line: int = 0) -> Page:
    """Blocks and links of `html`, site furniture (navigation, banner, footer, dialogs) left out.

    A `tree` that is given was parsed from `bounded` markup. Lines come from `data-sourcepos` where the caller put it (Markdown, DOCX,
    PDF), counted from `first_line`; else they are found in `html` itself.
    """
    limits: tuple[str, ...] = ()
    if tree is None:
        html, limits = bounded(html)
        tree = LexborHTMLParser(html)
    if tree.body is None:
        return Page(limits=list(limits))
    walker = _Walker(SOURCE_POSITION in html, first_line)
    walker.walk(tree.body)
    if not any(n_words >= ALMOST_NOTHING for n_words in accumulate(len(block.text.split()) for block in walker.blocks)):
        whole = _Walker(SOURCE_POSITION in html, first_line)
        whole.walk(tree.body, furniture_too=True)
        walker = whole if whole.blocks else walker
    page = Page(list(_split(walker.blocks)), walker.links, [*limits, *_cut_runs(walker.blocks)])
    return page if SOURCE_POSITION in html else _with_lines(page, html, first_line)


def is_field_label(text: str) -> bool:
    """True for the label of a contact field: "Work email *", "First name", "Company"."""
    return len(text) <= 40 and bool(FIELD_NAME.match(text))


def _with_lines(page: Page, html: str, first_line: int) -> Page:
    """Each block with the line of `html` where its first words stand; blocks come in source order, so one pass does."""
    starts = [0]
    for found in re.finditer("\n", html):
        starts.append(found.end())
    position, line, blocks, left = 0, 1, [], FAR
    for block in page.blocks:
        words = block.text.partition(" |")[0].split(" ", 3) if block.kind is BlockKind.TABLE else block.text.split(" ", 3)
        for sought in (" ".join(words[:3]), words[0]):
            end = len(html) if left > 0 else position + NEAR
            at = html.find(sought, position, end)
            left -= (end if at < 0 else at) - position
            if at >= 0:
                position = at + 1
                break
        while line < len(starts) and starts[line] < position:
            line += 1
        blocks.append(Block(block.kind, block.text, block.level, first_line + line))
    return Page(blocks, page.links, page.limits)


def _cut_runs(blocks: list[Block]) -> list[str]:
    """What is to be said of long runs without a space (embedded pictures, keys, tables of signs), of which only the beginning is kept."""
    long = (block.text for block in blocks if len(block.text) > MAX_RUN and block.kind is not BlockKind.CODE)
    lost = sum(len(word) - MAX_RUN for text in long for word in text.split() if len(word) > MAX_RUN)
    return [f"runs without a space were cut to {MAX_RUN} characters, {lost:,} in all left out"] if lost > MUCH_LOST else []


class _Walker:
    """Walks the tree with its own stack (a page may be nested deeper than Python's) and cuts it into raw blocks."""

    def __init__(self, soft_breaks: bool, first_line: int) -> None:
        self.blocks: list[Block] = []
        self.links: list[Link] = []
        self._soft_breaks = soft_breaks
        self._buffer: list[str] = []
        self._n_lines, self._has_words = 0, False  # of the source, in the buffer
        self._kinds: list[tuple[BlockKind, int]] = [(BlockKind.PARAGRAPH, 0)]
        self._first_line = self._line = first_line

    def walk(self, body: LexborNode, furniture_too: bool = False) -> None:
        stack: list[LexborNode | _Open] = [body]
        content_depth = 0
        while stack:
            top = stack.pop()
            if isinstance(top, _Open):
                self._leave(top)
                content_depth -= top.tag in CONTENT
                continue
            tag = top.tag or ""
            if tag == "-text":
                text = top.text_content or ""
                kind = self._kinds[-1][0]
                keep = kind is BlockKind.CODE or (self._soft_breaks and kind is not BlockKind.TABLE)
                self._buffer.append(text if keep else text.replace("\n", " "))
                self._n_lines += text.count("\n") if keep else 0
                self._has_words = self._has_words or bool(text.strip())
                continue
            if tag in DROPPED or tag.startswith(("-", "!")):
                continue
            attributes = top.attributes
            if furniture_too or not _is_chrome(top, attributes, tag, content_depth > 0):
                content_depth += tag in CONTENT
                opened = self._enter(tag, top, attributes)
                if opened.block or tag == "a" or tag in CONTENT:  # else nothing happens at its end
                    stack.append(opened)
                stack.extend(reversed(list(top.iter(include_text=True))))
        self._flush()

    def _enter(self, tag: str, node: LexborNode, attributes: dict[str, str | None]) -> _Open:
        opened = _Open(tag, node)
        if tag == "br":
            self._buffer.append(BREAK)
        elif tag == "img":
            self._buffer.append(" ")
        elif tag in ("td", "th"):
            if self._has_words:
                self._buffer.append(" | ")
        elif tag in ("input", "textarea"):
            self._input(attributes)
        elif tag == "p" and self._kinds[-1][0] in HOLDERS:
            self._begin_line(attributes.get(SOURCE_POSITION))  # a paragraph in a list item, quote or cell stays what surrounds it
        elif tag in KINDS or tag in FLOW or _is_button(tag, attributes):
            self._flush()
            opened.block = True
            self._line = self._line_at(attributes.get(SOURCE_POSITION)) or self._line
            if tag not in FLOW or tag in KINDS:
                self._kinds.append((KINDS.get(tag, BlockKind.BUTTON), HEADINGS.get(tag, 3 if tag == "summary" else 0)))
                opened.kind = True
        return opened

    def _line_at(self, position: str | None) -> int:
        """The line that a source position names; 0 for none. A page may carry the attribute with anything in it."""
        found = POSITION.match(position or "")
        return self._first_line + int(found.group(1)) if found else 0

    def _begin_line(self, position: str | None) -> None:
        """Parts what comes from what is in the buffer, by as many line ends as lie between the two in the source."""
        line = self._line_at(position)
        while line and self._buffer and self._buffer[-1].isspace():  # stands between the tags, not in the source
            self._n_lines -= _line_ends(self._buffer.pop())
        if line and not self._buffer:
            self._line = line
        else:
            self._buffer.append("\n" * max(1, line - self._line - self._n_lines))
            self._n_lines += len(self._buffer[-1])

    def _leave(self, opened: _Open) -> None:
        href = opened.node.attributes.get("href") if opened.tag == "a" else None
        if href:
            self.links.append(Link(squeeze(clean(opened.node.text()))[:MAX_LINK_TEXT], clean(href[:MAX_ADDRESS]), self._line))
        if opened.block:
            self._flush()
        if opened.kind:
            self._kinds.pop()

    def _input(self, attributes: dict[str, str | None]) -> None:
        kind = (attributes.get("type") or "").lower()
        if kind in SUBMIT_TYPES:
            self._flush()
            self._add(BlockKind.BUTTON, attributes.get("value") or attributes.get("alt") or "")
        elif kind in TYPED_TYPES:
            before = "".join(self._buffer).strip()
            self._flush(BlockKind.FIELD if is_field_label(before) else None)
            if not before and self._kinds[-1][0] is not BlockKind.FIELD and not (self.blocks and self.blocks[-1].kind is BlockKind.FIELD):
                self._add(BlockKind.FIELD, attributes.get("placeholder") or attributes.get("aria-label") or "")

    def _flush(self, kind: BlockKind | None = None) -> None:
        if self._has_words:
            text, level = "".join(self._buffer), 0
            if not kind:
                kind, level = self._kinds[-1]
            self._add(kind, text, level)
            self._has_words = False
        self._buffer.clear()
        self._n_lines = 0

    def _add(self, kind: BlockKind, text: str, level: int = 0) -> None:
        text = clean(text)  # before it is asked for words: an entity may stand for a sign that is not seen
        said = text.strip()
        if said and not (kind is BlockKind.FIELD and SITE_SEARCH.match(said)) and not SKIP_LINK.match(said):
            self.blocks.append(Block(kind, text, level, self._line))


@dataclass(slots=True)
class _Open:
    """An element whose end is still to come: whether it ends a block, and whether it set the kind of the blocks within."""

    tag: str
    node: LexborNode
    block: bool = False
    kind: bool = False


def _is_button(tag: str, attributes: dict[str, str | None]) -> bool:
    return tag in ("a", "span") and (attributes.get("role") == "button" or bool(BUTTON_NAMES.search(attributes.get("class") or "")))


def _is_chrome(node: LexborNode, attributes: dict[str, str | None], tag: str, inside_content: bool) -> bool:
    """True for what stands on every page of a site and belongs to none: navigation, banner, footer, dialogs, cookie notices."""
    if not attributes and tag not in ("header", "footer", "aside"):
        return False
    if "hidden" in attributes or attributes.get("aria-hidden") == "true" or (attributes.get("role") or "").lower() in CHROME_ROLES:
        return True
    if tag in ("footer", "aside"):
        return not inside_content
    if tag == "header":
        return not inside_content and node.css_first("h1") is None
    if tag in ("body", "main", "article", "html", "form"):
        return False
    names = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
    return len(names) > 1 and tag not in HEADINGS and tag != "p" and bool(CHROME_NAMES.search(names)) and node.css_first("h1,main,article") is None


def _split(blocks: list[Block]) -> Iterator[Block]:
    """Raw blocks as a reader sees them: lines broken on purpose apart, `[Get the guide]` a button, "Work email *" a field."""
    for block in blocks:
        if block.kind is BlockKind.CODE:
            yield Block(block.kind, block.text.replace(BREAK, "\n").strip("\n"), 0, block.line)
            continue
        for offset, text in _lines(block.text):
            line = block.line + offset if block.line else 0
            kind = block.kind
            if kind in (BlockKind.PARAGRAPH, BlockKind.ITEM) and (is_field_label(text) or (text.endswith("*") and len(text) <= 60)):
                kind = BlockKind.FIELD
            labels = BRACKETED.findall(text) if "[" in text else []
            rest = squeeze(BRACKETED.sub(" ", text)) if labels else text
            if LETTER_OR_DIGIT.search(rest):
                yield Block(kind, rest if kind is not BlockKind.TABLE else rest.strip(" |"), block.level, line)
            for label in labels:
                if len(label.split()) <= 10 and (label[:1].isupper() or len(label.split()) <= 3):  # else an editor's note
                    yield Block(BlockKind.FIELD if is_field_label(label) else BlockKind.BUTTON, squeeze(label), 0, line)


def _line_ends(text: str) -> int:
    return text.count("\n") - text.count(BREAK)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """(lines below the first, text) for each line that was broken on purpose; wrapped lines are joined."""
    if "\n" not in text:
        yield from ((0, line) for line in (squeeze(text),) if line)
        return
    held: list[str] = []
    at, n_breaks = 0, 0
    for number, raw in enumerate(text.split("\n")):
        offset = number - n_breaks
        n_breaks += raw.endswith(BREAK[0])
        line = squeeze(raw)
        if not line:
            continue
        if held and not (len(held[-1]) >= WRAPPED_FROM and held[-1][-1] not in ".!?:"):
            yield at, " ".join(held)
            held = []
        if not held:
            at = offset
        held.append(line)
    if held:
        yield at, " ".join(held)
