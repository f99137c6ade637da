"""Pages as other programs export them, each known by marks of its own: Notion (Markdown and HTML), Medium, Google Docs."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

from selectolax.lexbor import LexborHTMLParser

from gating.reading.assembly import Parts
from gating.reading.bounds import bounded
from gating.reading.dates import iso_date
from gating.reading.frontmatter import FrontMatter
from gating.reading.markdown import parts_with_front_matter
from gating.reading.outcome import Unread
from gating.reading.text import squeeze
from gating.reading.webpage import webpage_parts
from gating.records import Link, ObservedGate, Status

NOTION_HEAD = re.compile(r"\A\ufeff?\s*# [^\n]*\n(?:[ \t]*\n)+(?P<lines>(?:[^\n]*\S[^\n]*(?:\n|\Z))+)")
PROPERTY = re.compile(r"(?!https?:)([^\s:#>*\-|`\[!][^:\n]{0,60}): +(\S.*)")
SENTENCE_FROM = 8  # words; with a full stop that is prose such as "Note: ...", no property
NOTION_PAGE = re.compile(r'<article\b[^>]{0,100}\bclass="page (?:sans|serif|mono)"')
NOTION_STYLES = 100_000  # characters; the page begins after some 15,000 of styles
ASIDE = re.compile(r"^</?aside>[ \t]*$", re.MULTILINE)  # how Notion writes a call-out; a web page's aside is furniture

MEDIUM_BODY = 'article.h-entry section[data-field="body"]'
MEDIUM_UNSEEN = "article.h-entry > footer, section.p-summary"
UNTITLED_UNDER = 200  # words; a longer post of Medium's may do without a heading, a shorter text without one is a response
GOOGLE_DOC = re.compile(r"<body\b[^>]{0,200}\bdoc-content\b")
GOOGLE_TITLE = re.compile(r'<p( class="(?:[^"]{0,200} )?title(?: [^"]{0,200})?"[^>]{0,300})>(.{0,2000}?)</p>', re.DOTALL)
GOOGLE_COMMENTS = 'sup:has(> a[href^="#cmnt"]), div:has(> p > a[href^="#cmnt_ref"])'
GOOGLE_LINK = re.compile(r"https?://(?:www\.)?google\.[a-z.]{2,6}/url\?")


def page_parts(text: str, source: str, drafts: bool = False, address: str = "") -> Parts:
    """The parts of an HTML file, as Notion's, Medium's or Google's where it bears their marks. `address` is where it stands, if known.

    Raises Unread for a draft or response on Medium.
    """
    if NOTION_PAGE.search(text[:NOTION_STYLES]):
        return _notion_page(text, source)
    if 'data-field="body"' in text and "h-entry" in text:
        return _medium_post(text, source, drafts)
    if GOOGLE_DOC.search(text[:200_000]):
        return _google_doc(text, source)
    return webpage_parts(text, source, address=address)


def notion_parts(text: str, source: str) -> Parts:
    """The parts of a Notion page in Markdown: `# Title`, then lines such as `Status: Idea` that are its metadata, to the next empty line."""
    text = ASIDE.sub("", text)
    head = NOTION_HEAD.match(text)
    values: list[tuple[str, str]] = []
    if head and (values := _properties(head["lines"])):
        start, end = head.span("lines")
        text = text[:start] + "\n" * text.count("\n", start, end) + text[end:]
    title = re.match(r"\ufeff?\s*# ([^\n]+)", text)
    named = (("title", title[1].strip()),) if title else ()
    return parts_with_front_matter(FrontMatter((*named, *values), text, 0), text, source)


def _properties(lines: str) -> list[tuple[str, str]]:
    """The properties in a run of lines, empty where they are no such run. A line that names none goes on with the one before."""
    values: list[tuple[str, str]] = []
    n_more = 0
    for line in lines.strip().split("\n"):
        found = PROPERTY.fullmatch(line.strip())
        if found:
            values.append((found[1].strip().lower(), found[2].strip()))
        elif values:
            n_more += 1
            values[-1] = (values[-1][0], f"{values[-1][1]} {line.strip()}")
        else:
            return []
    is_prose = len(values) == 1 and len(values[0][1].split()) >= SENTENCE_FROM and values[0][1].endswith((".", "!", "?"))
    return [] if is_prose or n_more > len(values) else values


def _notion_page(text: str, source: str) -> Parts:
    """A page in HTML. A database in it is a view of other pages, each a file of its own, and no text of this one."""
    tree = LexborHTMLParser(bounded(text)[0])
    values = []
    for row in tree.css("table.properties tr"):
        name, value = row.css_first("th"), row.css_first("td")
        if name and value and value.text().strip():
            values.append((squeeze(name.text()).lower(), squeeze(value.text(separator=" "))))
    title = tree.css_first("h1.page-title")
    parts = webpage_parts(text, source, unseen="table.properties, table.collection-content")
    found = parts_with_front_matter(FrontMatter(tuple(values), "", 0), "", source)
    return replace(
        parts,
        title=squeeze(title.text()) if title else parts.title,
        url=parts.url or found.url,
        description=parts.description or found.description,
        metadata=parts.metadata + found.metadata,
        observed=found.observed,
    )


def _medium_post(text: str, source: str, drafts: bool) -> Parts:
    tree = LexborHTMLParser(bounded(text)[0])
    name, body = tree.css_first("h1.p-name"), tree.css_first(MEDIUM_BODY)
    canonical, published = tree.css_first("a.p-canonical"), tree.css_first("time.dt-published")
    if not canonical and not published and not drafts:
        raise Unread("a draft on Medium; --drafts reads it", Status.SKIPPED)
    title = squeeze(name.text()) if name else ""
    if body is not None and _is_response(title, squeeze(body.text(separator=" ")), body.css_first("h1,h2,h3,h4") is not None):
        raise Unread("a response on Medium or a note without a title, no piece", Status.SKIPPED)
    heading = body.css_first("h3, h2, h1") if body else None
    repeated = heading is not None and squeeze(heading.text()) == title
    parts = webpage_parts(text, source, unseen=f"{MEDIUM_UNSEEN}, h3.graf--title, h4.graf--subtitle" if repeated else MEDIUM_UNSEEN)
    summary, author = tree.css_first("section.p-summary"), tree.css_first("a.p-author")
    told = (("author", author.text() if author else ""), ("date", iso_date(published.attributes.get("datetime") or "") if published else ""))
    return replace(
        parts,
        title=title,
        url=(canonical.attributes.get("href") or "") if canonical else parts.url,
        description=squeeze(summary.text()) if summary else parts.description,
        metadata=parts.metadata + tuple((key, squeeze(value)) for key, value in told if value),
    )


def _is_response(title: str, words: str, has_heading: bool) -> bool:
    """True for a text without a heading whose title is its own beginning, which is how Medium names what was given no title."""
    return not has_heading and len(words.split()) < UNTITLED_UNDER and words.startswith(title.rstrip("….").strip())


def _google_doc(text: str, source: str) -> Parts:
    """Google's title is a paragraph with the class "title", comments stand at the end, and each link goes by way of google.com."""
    parts = webpage_parts(GOOGLE_TITLE.sub(r"<h1\1>\2</h1>", text), source, unseen=GOOGLE_COMMENTS)
    parts.page.links = [replace(link, href=_unwrapped(link)) for link in parts.page.links]
    return replace(parts, observed=ObservedGate())


def _unwrapped(link: Link) -> str:
    if not GOOGLE_LINK.match(link.href):
        return link.href
    try:
        return parse_qs(urlsplit(link.href).query).get("q", [link.href])[0]
    except ValueError:
        return link.href
