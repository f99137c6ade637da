"""Contentful exports: of many hundred entries (menus, pictures, buttons) those that are pieces, with their fields put together as HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gating.reading.aliases import ALIASES, plain_name
from gating.reading.dates import iso_date
from gating.reading.outcome import LeftOut, Row, Unread
from gating.reading.richtext import rich_html
from gating.reading.sources import Choices
from gating.reading.table import parsed_json, plain_words
from gating.reading.text import decode
from gating.reading.webpage import is_html
from gating.records import Skipped, Status

Json = Mapping[str, Any]
MARKS = (b'"sys"', b'"contentType"', b'"fields"')
LOCALE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,2}$")
LONG = 50  # words of a page; titles, labels and menu texts have fewer
LONG_PART = 100  # words of an entry without an address: call-outs and features of a page have up to 80
CHARACTERS_A_WORD = 8  # at most, so that a text without spaces (Chinese) is no single word
SHORT_FIELD = 12  # words; a shorter field says how a piece is called or filed, not what it says
ADDRESSES = ("slug", "url", "path", "permalink", "page path", "page url", "full path")
ASIDE = re.compile(r"author|person|people|team|testimonial|tag|categor|topic|seo|nav|menu|header|footer", re.IGNORECASE)  # entries beside the pieces
OTHERS = re.compile(rf"{ASIDE.pattern}|relat|recommend|product|parent|resource", re.IGNORECASE)  # fields that lead to other pieces, whose words they are
NO_TEXT = re.compile(r"seo|meta|keyword|schema|alt$|json", re.IGNORECASE)
MAX_DEPTH = 4


@dataclass(frozen=True)
class Entry:
    """One entry in the language that is read. `fields`: plain values; `texts`: (field name, HTML or Markdown) of the long ones."""

    kind: str
    sys: Json
    fields: Mapping[str, Any]
    texts: tuple[tuple[str, str], ...]

    @property
    def address(self) -> str:
        """The slug or path by which the entry is a page of its own; "" for a part of pages."""
        return _named(self.fields, ADDRESSES)

    @property
    def n_words(self) -> int:
        """Words of its own long fields."""
        return sum(_n_words(text) for _, text in self.texts)


def is_contentful(suffix: str, data: bytes) -> bool:
    """True for the JSON of `contentful space export` and of the delivery API."""
    return suffix == ".json" and all(mark in data for mark in MARKS) and (b'"entries"' in data or b'"items"' in data)


def contentful_rows(data: bytes, source: str, choices: Choices) -> Iterator[Row | Skipped]:
    """One row for each entry with a name and a long text, or with an address and parts that have one; then one Skipped for the rest."""
    export = parsed_json(decode(data))
    entries = _entries(export)
    left_out = LeftOut()
    for entry_id, entry in entries.items():
        state = "archived" if entry.sys.get("archivedAt") else "" if _is_published(entry) else "draft"
        text = _text(entry, entries) if entry.address or not ASIDE.search(entry.kind) else ""
        name = _named(entry.fields, ALIASES["title"])
        if not (name or entry.address) or _n_words(text) < (LONG if entry.address else LONG_PART):
            left_out.no_pieces[entry.kind] += 1
        elif state and not choices.drafts:
            left_out.unpublished[state] += 1
        else:
            yield _row(entry_id, entry, name, text, state)
    yield from left_out.lines(source)


def _entries(export: object) -> dict[str, Entry]:
    """{id: entry} in the order of the export. Raises Unread."""
    raw = (export.get("entries") or export.get("items")) if isinstance(export, Mapping) else None
    if not isinstance(export, Mapping) or not isinstance(raw, list):
        raise Unread("no Contentful export: it holds no list of entries", Status.SKIPPED)
    locale = _locale(export.get("locales"))
    found = {}
    for number, item in enumerate(raw):
        sys = item.get("sys") if isinstance(item, Mapping) else None
        if isinstance(sys, Mapping) and isinstance(item.get("fields"), Mapping):
            fields = {str(name): value for name, given in item["fields"].items() if (value := _in_locale(given, locale)) is not None}
            texts = tuple((name, text) for name, value in fields.items() if not NO_TEXT.search(name) and (text := _long(value)))
            found[str(sys.get("id") or number)] = Entry(_kind(sys), sys, fields, texts)
    return found


def _locale(locales: object) -> str:
    """The language to read: the default where it is English, else the first English one, else the default."""
    codes = [(str(one.get("code")), bool(one.get("default"))) for one in locales if isinstance(one, Mapping)] if isinstance(locales, list) else []
    default = next((code for code, is_default in codes if is_default), "")
    return default if default.startswith("en") else next((code for code, _ in codes if code.startswith("en")), default or "en-US")


def _in_locale(given: object, locale: str) -> object:
    """The value of a field: {"en-US": value} in an export, the value itself from the delivery API."""
    if isinstance(given, Mapping) and given and all(isinstance(key, str) and LOCALE.match(key) for key in given) and "sys" not in given:
        return given.get(locale)
    return given


def _kind(sys: Json) -> str:
    held = sys.get("contentType")
    inner = held.get("sys") if isinstance(held, Mapping) else None
    return str(inner.get("id") or "entry") if isinstance(inner, Mapping) else "entry"


def _long(value: object) -> str:
    """A field as text when it is one: rich text, or a string of more words than a name has."""
    if isinstance(value, str):
        return value if _n_words(value) > SHORT_FIELD else ""
    return rich_html(value)


def _is_published(entry: Entry) -> bool:
    """An export tells by the date of publication; the delivery API gives published entries only, and no such date."""
    return bool(entry.sys.get("publishedAt") or entry.sys.get("publishedVersion")) or not {"publishedCounter", "version"} & set(entry.sys)


def _text(entry: Entry, entries: Mapping[str, Entry]) -> str:
    """The long fields of an entry; of a page whose own fields hold hardly any, those of the parts it is put together from."""
    texts = list(entry.texts) if entry.n_words >= LONG or not entry.address else list(_part_texts(entry, entries, 0, set()))
    body = [(name, text) for name, text in texts if plain_name(name) not in ALIASES["description"]]
    if sum(_n_words(text) for _, text in body) >= LONG:  # then a description is one, and no part of the text
        texts = body
    if len(texts) == 1:
        return texts[0][1]
    return "\n".join(_as_html(text) for _, text in texts)


def _part_texts(entry: Entry, entries: Mapping[str, Entry], depth: int, seen: set[int]) -> Iterator[tuple[str, str]]:
    seen.add(id(entry))
    if depth and (title := _named(entry.fields, ("title", "heading", "headline"))):
        yield "title", f"<h2>{title}</h2>"
    yield from entry.texts
    for name, value in entry.fields.items():
        if OTHERS.search(name) or depth >= MAX_DEPTH:
            continue
        for linked in value if isinstance(value, list) else [value]:
            part = entries.get(_link(linked))
            if part and id(part) not in seen and not part.address:
                yield from _part_texts(part, entries, depth + 1, seen)


def _link(value: object) -> str:
    sys = value.get("sys") if isinstance(value, Mapping) else None
    return str(sys.get("id")) if isinstance(sys, Mapping) and sys.get("linkType") == "Entry" else ""


def _as_html(text: str) -> str:
    if is_html(text) or text.startswith("<"):
        return text
    from gating.reading.cmark import to_html

    return to_html(text)


def _named(fields: Mapping[str, Any], names: tuple[str, ...]) -> str:
    """The first field of one of these names that holds a short text."""
    by_name = {plain_name(name): value for name, value in fields.items()}
    return next((value for name in names if isinstance(value := by_name.get(name), str) and 0 < len(value) <= 300), "")


def _n_words(text: str) -> int:
    words = plain_words(re.sub(r"<[^<>]*>", " ", text)).split()
    return max(len(words), sum(map(len, words)) // CHARACTERS_A_WORD)


def _row(entry_id: str, entry: Entry, name: str, text: str, state: str) -> Row:
    scalars = {key: str(value).lower() if isinstance(value, bool) else str(value) for key, value in entry.fields.items() if isinstance(value, (str, int, float))}
    long = {key for key, _ in entry.texts}
    return {
        **{key: value for key, value in scalars.items() if key not in long},
        "id": entry_id,
        "title": name,
        "url": entry.address,
        "description": _named(entry.fields, ALIASES["description"]),
        "text": text,
        "type": entry.kind,
        "date": iso_date(str(_named(entry.fields, ALIASES["date"]) or entry.sys.get("firstPublishedAt") or entry.sys.get("publishedAt") or entry.sys.get("createdAt") or "")),
        "modified": iso_date(str(entry.sys.get("updatedAt") or "")),
        "status": state or "published",
    }
