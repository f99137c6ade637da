"""Column and front-matter names that mean the same thing (DESIGN section 3), and which of them holds what in a given row."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

# First match wins, so the surest name stands first. Keys are compared in lower case with runs of other signs as one space.
ALIASES: dict[str, tuple[str, ...]] = {
    "id": ("id", "piece id", "item id", "post id", "wp post id", "wp id", "internal id", "uuid", "guid"),
    "url": ("url", "address", "permalink", "link", "canonical url", "post page url", "page url", "post url", "full url", "live url", "published url", "web url", "loc",
            "canonical", "page path", "page path and screen class", "landing page", "slug", "slug current", "handle", "page", "top pages"),
    "title": ("title", "name", "headline", "post title", "page title", "web title", "htmltitle", "blog post title", "title 1", "page title seo", "seo title",
              "post seo title", "meta title", "h1 1", "subject", "email subject line"),
    "description": ("description", "meta description", "excerpt", "summary", "post summary", "meta description seo", "meta description 1", "web subtitle", "subtitle",
                    "postsummary", "custom excerpt", "summary html", "seo description", "post meta description", "metafield description tag string", "dek", "teaser",
                    "preview text", "email preview text"),
    "text": ("text", "body", "content", "html", "body text", "body html", "content html", "post body", "postbody", "rich content", "plain content", "markdown", "article",
             "copy", "draft", "full text", "page content", "content encoded", "post content", "article body", "blog body", "main content", "body content", "rich text",
             "content markdown", "body markdown", "content text", "lexical", "plaintext", "plain text"),
    "type": ("type", "format", "content type", "post type", "asset type"),
    "stage": ("stage", "funnel stage", "buying stage", "primary buying stage", "buyer stage", "lifecycle stage"),
    "gate": ("gate", "gated", "access", "is gated", "gated?", "form required", "requires form", "asset access", "lead capture", "access level", "gating", "gate type",
             "visibility", "audience"),
    "strategy": ("strategy", "goal", "objective"),
    "site": ("site", "domain", "organisation", "organization"),
    "owner": ("owner", "content owner", "author", "author name", "post author", "authors", "written by", "writer", "byline", "creator", "dc creator", "created by"),
    "date": ("date", "publish date", "published date", "publication date", "date published", "published at", "published on", "publish time", "pub date", "pubdate", "post date",
             "post publish date", "first published", "first published date", "release date", "go live date", "published", "created at", "created on", "created", "date created"),
    "modified": ("modified", "last modified", "last modified date", "date modified", "modified at", "modified date", "updated", "updated at", "updated on", "last updated",
                 "date updated", "last update", "last edited", "last edited time", "lastmod", "last mod", "last published date"),
    "status": ("status", "post status", "publish status", "publication status", "publishing status", "content status", "state"),
    "confidence": ("confidence",),
    "flags": ("flags",),
}  # fmt: skip
SIGNS = re.compile(r"[^a-z0-9?]+")
# camelCase keys of JSON exports: postBody -> post body
HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def plain_name(name: str) -> str:
    """A column name as the alias table spells it."""
    return SIGNS.sub(" ", HUMP.sub(" ", name).lower()).strip()


def all_columns(names: Iterable[str], mapping: Mapping[str, str] | None = None) -> Mapping[str, tuple[str, ...]]:
    """Every one of `names` that may hold each known field, surest first. A field of `mapping` (the user's --map) has that column only."""
    return _all_columns(tuple(names), tuple((mapping or {}).items()))


@lru_cache(maxsize=256)  # the rows of a table mostly share their columns; looking them up anew took longer than reading the row
def _all_columns(names: tuple[str, ...], mapping: tuple[tuple[str, str], ...]) -> dict[str, tuple[str, ...]]:
    plain: dict[str, str] = {}
    for name in names:
        plain.setdefault(plain_name(name), name)
        plain.setdefault(SIGNS.sub(" ", name.lower()).strip(), name)
    columns = {known: tuple(dict.fromkeys(plain[alias] for alias in aliases if alias in plain)) for known, aliases in ALIASES.items()}
    for known, wanted in mapping:
        column = wanted if wanted in names else plain.get(plain_name(wanted), "")
        columns[known] = (column,) if column else ()
    return {known: found for known, found in columns.items() if found}


def find_columns(names: Iterable[str], mapping: Mapping[str, str] | None = None) -> dict[str, str]:
    """Which of `names` holds each known field: {"text": "Body HTML", ...}. `mapping` (the user's --map) goes first."""
    return {known: found[0] for known, found in all_columns(names, mapping).items()}


def text_columns(names: Iterable[str], mapping: Mapping[str, str] | None = None) -> list[str]:
    """Every column that may hold the text, surest first: an export may fill `html` for some rows and `plaintext` for others."""
    return list(all_columns(names, mapping).get("text", ()))
