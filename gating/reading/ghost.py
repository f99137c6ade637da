"""Ghost exports, in both shapes ({"db": [...]} and flat). Only posts, tags and the posts' own metadata are looked at: an export also
holds users, password hashes and live keys, which are never read.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from gating.reading.dates import iso_date
from gating.reading.outcome import LeftOut, Row, Unread
from gating.reading.richtext import card_html, rich_html
from gating.reading.sources import Choices
from gating.reading.table import parsed_json, plain_words
from gating.reading.text import decode
from gating.records import Skipped, Status

Json = Mapping[str, Any]
HEAD = re.compile(rb'\A\s*+\{\s*+"(?:db|meta|data)"\s*+:')
BODIES = (b'"mobiledoc"', b'"lexical"', b'"exported_on"')
PUBLISHED = ("published", "sent")  # "sent" went out by e-mail only
PAYWALL = "<!--members-only-->"  # how Ghost writes the card after which only members read on
PREVIEW = 30  # words; with fewer before the wall there is nothing to read for free
MARKUP = {"strong", "em", "b", "i", "code", "s", "u", "sub", "sup", "a"}


def is_ghost(suffix: str, data: bytes) -> bool:
    """True for the JSON that Ghost's settings page gives."""
    return suffix == ".json" and bool(HEAD.match(data[:200].removeprefix(b"\xef\xbb\xbf"))) and b'"posts"' in data and any(body in data for body in BODIES)


def ghost_rows(data: bytes, source: str, choices: Choices) -> Iterator[Row | Skipped]:
    """One row for each published post or page; then one Skipped for the unpublished ones."""
    tables = _tables(parsed_json(decode(data)))
    details = {str(meta.get("post_id")): meta for meta in _rows(tables, "posts_meta")}
    tags = _tags_of_posts(tables)
    left_out = LeftOut()
    for post in _rows(tables, "posts"):
        status = str(post.get("status") or "published")
        if status not in PUBLISHED and not choices.drafts:
            left_out.unpublished[status] += 1
        else:
            post_id = str(post.get("id") or "")
            yield _row(post, details.get(post_id, {}), tags.get(post_id, ()), status)
    yield from left_out.lines(source)


def _tables(value: object) -> Json:
    """The tables of an export, by name. Raises Unread."""
    if isinstance(value, Mapping) and isinstance(value.get("db"), list) and value["db"]:
        value = value["db"][0]
    data = value.get("data") if isinstance(value, Mapping) else None
    if not isinstance(data, Mapping) or not isinstance(data.get("posts"), list):
        raise Unread("no Ghost export: it holds no list of posts", Status.SKIPPED)
    return data


def _rows(tables: Json, name: str) -> list[Json]:
    table = tables.get(name)
    return [row for row in table if isinstance(row, Mapping)] if isinstance(table, list) else []


def _tags_of_posts(tables: Json) -> dict[str, list[str]]:
    names = {str(tag.get("id")): str(tag.get("name") or "") for tag in _rows(tables, "tags")}
    tags: dict[str, list[str]] = {}
    for pair in _rows(tables, "posts_tags"):
        if name := names.get(str(pair.get("tag_id")), ""):
            tags.setdefault(str(pair.get("post_id")), []).append(name)
    return tags


def _row(post: Json, details: Json, tags: Iterator[str] | list[str] | tuple[str, ...], status: str) -> Row:
    text = _text(post).replace("__GHOST_URL__", "")
    before, wall, after = text.partition(PAYWALL)
    slug = str(post.get("slug") or "")
    closed_later = bool(wall and _n_words(after)) and post.get("visibility") not in (None, "public")
    is_page = post.get("type") == "page" or post.get("page") in (1, True, "1")
    row = {
        "id": str(post.get("id") or ""),
        "title": str(post.get("title") or ""),
        "url": str(post.get("canonical_url") or (f"/{slug}/" if slug else "")).replace("__GHOST_URL__", ""),
        "description": str(details.get("meta_description") or post.get("meta_description") or post.get("custom_excerpt") or ""),
        "text": f"{before}\n{after}",
        "type": "page" if is_page else "post",
        "date": iso_date(str(post.get("published_at") or "")),
        "modified": iso_date(str(post.get("updated_at") or "")),
        "status": status,
        "visibility": str(post.get("visibility") or ""),
        "tags": ", ".join(tags),
        "access": "preview" if closed_later and _n_words(before) >= PREVIEW else "",
        "paywall": f"after {_n_words(before)} words" if closed_later else "",
        "email_only": "true" if details.get("email_only") in (1, True, "1") else "",
    }
    return {name: value for name, value in row.items() if value or name == "text"}


def _text(post: Json) -> str:
    """The body as HTML, from whichever form of it the version of Ghost filled in."""
    for name, render in (("html", str), ("lexical", _lexical), ("mobiledoc", _mobiledoc), ("markdown", str), ("plaintext", str)):
        given = post.get(name)
        if isinstance(given, str) and given.strip() and (text := render(given)).strip():
            return text
    return ""


def _n_words(fragment: str) -> int:
    return len(plain_words(re.sub(r"<[^<>]*>", " ", fragment)).split())


def _lexical(text: str) -> str:
    try:
        return rich_html(json.loads(text))
    except (ValueError, RecursionError):
        return ""


def _mobiledoc(text: str) -> str:
    """Mobiledoc 0.3: sections of markers; a marker opens some markups, shows a text or an atom, and closes some."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return ""
    sections = document.get("sections") if isinstance(document, Mapping) else None
    return "\n".join(_whole_section(section, document) for section in sections) if isinstance(sections, list) else ""


def _whole_section(section: Any, document: Json) -> str:
    """The HTML of a section; "" for one that names a card or a markup that is not there, or is none at all."""
    try:
        return _section(section, document)
    except (LookupError, TypeError, ValueError, AttributeError):
        return ""


def _section(section: list[Any], document: Json) -> str:
    kind = section[0]
    if kind == 1:
        tag = section[1] if section[1] in ("p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pull-quote", "aside") else "p"
        return f"<{tag}>{_markers(section[2], document)}</{tag}>"
    if kind == 3:
        items = "".join(f"<li>{_markers(item, document)}</li>" for item in section[2])
        return f"<{section[1]}>{items}</{section[1]}>" if section[1] in ("ul", "ol") else f"<ul>{items}</ul>"
    if kind == 10:
        name, payload = document["cards"][section[1]][:2]
        return PAYWALL if name == "paywall" else card_html(payload, name)
    return ""


def _markers(markers: list[Any], document: Json) -> str:
    said, opened = [], []
    for kind, opens, closes, value in markers:
        for place in opens:
            markup = document["markups"][place]
            attributes = dict(zip(markup[1][::2], markup[1][1::2], strict=False)) if len(markup) > 1 else {}
            tag = markup[0] if markup[0] in MARKUP else "span"
            opened.append(tag)
            said.append(f'<a href="{html.escape(str(attributes.get("href", "")))}">' if tag == "a" else f"<{tag}>")
        said.append(html.escape(str(value), quote=False) if kind == 0 else "<br>")
        said.extend(f"</{opened.pop()}>" for _ in range(min(closes, len(opened))))
    return "".join(said)
