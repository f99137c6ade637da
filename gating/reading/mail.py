"""EML. The HTML part, else the plain one; tables that only lay the mail out are no tables; attachments are not read."""

from __future__ import annotations

import codecs
import re
from contextlib import suppress
from dataclasses import replace
from email.errors import MessageError
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import EmailPolicy
from typing import Any

from gating.reading.assembly import Parts
from gating.reading.blocks import Page, page_blocks
from gating.reading.bounds import bounded
from gating.reading.markdown import plain_parts
from gating.reading.outcome import Unread
from gating.reading.text import decode, squeeze
from gating.reading.webpage import declared_encoding

UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
HIDDEN = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all", re.IGNORECASE)
LONG_CELL = 40  # words; a cell of a real table holds a name or a figure
BUTTON_WORDS = 8
MAX_HEADER = 2000  # characters
MAX_PARTS = 5000  # a mail with fifty pictures has some hundred
PREVIEWS = 5  # hidden parts that are looked through for the preview line, which stands first
# What the parser of headers raises on broken ones.
BROKEN = (MessageError, IndexError, ValueError, TypeError, AttributeError, RecursionError, OverflowError)
LAYOUT = "table img ul ol hr h1 h2 h3 h4 h5 h6".split()  # what stands in no table of figures


class _Short(EmailPolicy):
    """Cuts long headers before they are parsed, and gets over broken ones: the parser's time grows with their square, and a real one has a few hundred characters."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        return name, value[:MAX_HEADER]

    def header_fetch_parse(self, name: str, value: str) -> Any:
        """The header; without its parameters, or empty, where the parser fails on what stands there."""
        for written in (value, value.partition(";")[0]):
            with suppress(*BROKEN):
                return super().header_fetch_parse(name, written)
        return self.header_factory(name, "")


def mail_parts(data: bytes, source: str) -> Parts:
    """The parts of a mail: subject as title, sender's name and date as metadata. The hidden line that inboxes preview is the description."""
    if data.startswith((*UTF_16, codecs.BOM_UTF8)):
        data = decode(data).encode()
    if data.count(b"\n--") > MAX_PARTS:
        raise Unread(f"a mail of more than {MAX_PARTS:,} parts")
    try:
        message = BytesParser(EmailMessage, policy=_Short()).parsebytes(data)
        assert isinstance(message, EmailMessage)  # which the parser's types do not tell
        html, plain = _body(message, "html"), _body(message, "plain")
    except RecursionError as error:
        raise Unread("a mail within a mail, without end") from error
    page, preview = _html_page(html) if html.strip() else (Page(), "")
    if not page.blocks:
        page = plain_parts(plain, source).page
    blocks = [replace(block, line=0) for block in page.blocks]  # the lines of a decoded body are nowhere to be seen
    links = [replace(link, line=0) for link in page.links]
    metadata = (("author", _sender(message)), ("date", _date(message)))
    return Parts(source, Page(blocks, links, page.limits), title=_header(message, "subject"), description=preview, metadata=tuple(pair for pair in metadata if pair[1]))


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    if part is None:
        return ""
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    return decode(payload, part.get_content_charset("") or (declared_encoding(payload) if kind == "html" else ""))


def _html_page(html: str) -> tuple[Page, str]:
    """Blocks and links of an HTML mail, and the preview line that it hides at its head."""
    from lxml.etree import ParserError, tostring
    from lxml.html import HTMLParser, document_fromstring

    html, limits = bounded(html)  # of what is deeper lxml loses the text without a word
    try:
        tree = document_fromstring(html.encode(), parser=HTMLParser(encoding="utf-8", huge_tree=True))
    except ParserError:  # nothing but comments
        return Page(limits=list(limits)), ""
    hidden = [node for node in tree.iter("div", "span", "td", "p", "tr", "table") if HIDDEN.search(node.get("style") or "")]
    preview = next((text for node in hidden[:PREVIEWS] if (text := squeeze(decode("".join(node.itertext()).encode())))), "")
    for node in hidden:
        if node.getparent() is not None:
            node.drop_tree()
    for link in tree.iter("a"):
        if _is_button(link):
            link.set("class", "btn")
    for table in list(tree.iter("table")):
        _flatten(table)
    page = page_blocks(tostring(tree, encoding="unicode", method="html"))
    page.limits += limits
    return page, preview


def _is_button(link: Any) -> bool:
    """True for a link that is painted as a button; mails know no other."""
    around = link.getparent()
    is_alone = link.getprevious() is None and link.getnext() is None and not f"{around.text or ''}{link.tail or ''}".strip()
    style = (link.get("style") or "") + ((around.get("style") or "") if is_alone else "")
    return "background" in style and ("padding" in style or "radius" in style) and 0 < len("".join(link.itertext()).split()) <= BUTTON_WORDS


def _flatten(table: Any) -> None:
    """Turns a table that only lays out into plain boxes, so that its cells are read one after another."""
    rows = table.xpath("./tr | ./tbody/tr | ./thead/tr | ./tfoot/tr")
    cells = [row.xpath("./td | ./th") for row in rows]
    if _is_data(table, cells):
        return
    for node in (table, *rows, *table.xpath("./tbody | ./thead | ./tfoot"), *(cell for row in cells for cell in row)):
        node.tag = "div"


def _is_data(table: Any, cells: list[list[Any]]) -> bool:
    """True for two rows or more of two short cells or more, with nothing in them but words; `th` proves nothing, mail builders lay out with it."""
    if table.get("role") in ("presentation", "none") or next(table.iterdescendants(*LAYOUT), None) is not None:
        return False
    words = [[len("".join(cell.itertext()).split()) for cell in row] for row in cells]
    return sum(sum(n > 0 for n in row) > 1 for row in words) > 1 and max(n for row in words for n in row) <= LONG_CELL


def _header(message: EmailMessage, name: str) -> str:
    return squeeze(str(message[name] or ""))


def _sender(message: EmailMessage) -> str:
    """The name of the first sender; an address alone is nobody's name and is not kept."""
    addresses = getattr(message["from"], "addresses", ())
    return squeeze(addresses[0].display_name) if addresses else ""


def _date(message: EmailMessage) -> str:
    moment = getattr(message["date"], "datetime", None)
    return str(moment.date()) if moment else ""
