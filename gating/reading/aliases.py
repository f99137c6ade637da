"""Column and front-matter names that mean the same thing (DESIGN section 3), and which of them holds what in a given row."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

# First match wins, so the surest name stands first. Keys are compared in lower case with runs of other signs as one space.
ALIASES: dict[str, tuple[str, ...]] = {
    "id": ("id", "piece id", "item id", "post id", "wp post id", "internal id", "uuid", "guid"),
    "url": ("url", "address", "permalink", "link", "canonical url", "post page url", "page url", "canonical", "slug", "handle"),
    "title": ("title", "name", "headline", "post title", "page title", "web title", "htmltitle", "title 1", "page title seo", "h1 1", "subject", "email subject line"),
    "description": ("description", "meta description", "excerpt", "summary", "post summary", "meta description seo", "meta description 1", "web subtitle", "subtitle",
                    "postsummary",                    "custom excerpt", "summary html"),
    "text": ("text", "body", "content", "html", "body text", "body html", "content html", "post body", "postbody", "plain content", "rich content", "markdown", "article",
             "copy", "draft", "full text", "page content", "content encoded"),
    "type": ("type", "format", "content type", "post type", "asset type"),
    "stage": ("stage", "funnel stage", "buying stage", "primary buying stage", "buyer stage", "lifecycle stage"),
    "gate": ("gate", "gated", "access", "is gated", "gated?", "form required", "requires form", "asset access", "lead capture", "visibility", "audience"),
    "strategy": ("strategy", "goal", "objective"),
    "site": ("site", "domain", "organisation", "organization"),
    "confidence": ("confidence",),
    "flags": ("flags",),
}  # fmt: skip
SIGNS = re.compile(r"[^a-z0-9?]+")
# camelCase keys of JSON exports: postBody -> post body
HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def plain_name(name: str) -> str:
    """A column name as the alias table spells it."""
    return SIGNS.sub(" ", HUMP.sub(" ", name).lower()).strip()


def find_columns(names: Iterable[str], mapping: Mapping[str, str] | None = None) -> dict[str, str]:
    """Which of `names` holds each known field: {"text": "Body HTML", ...}. `mapping` (the user's --map) goes first."""
    names = list(names)
    plain: dict[str, str] = {}
    for name in names:
        plain.setdefault(plain_name(name), name)
        plain.setdefault(SIGNS.sub(" ", name.lower()).strip(), name)
    columns = {known: next((plain[alias] for alias in aliases if alias in plain), "") for known, aliases in ALIASES.items()}
    for known, wanted in (mapping or {}).items():
        columns[known] = wanted if wanted in names else plain.get(plain_name(wanted), "")
    return {known: name for known, name in columns.items() if name}


def text_columns(names: Iterable[str], mapping: Mapping[str, str] | None = None) -> list[str]:
    """Every column that may hold the text, surest first: an export may fill `html` for some rows and `plaintext` for others."""
    names = list(names)
    columns = find_columns(names, mapping)
    if mapping and "text" in mapping:
        return [columns["text"]] if "text" in columns else []
    by_plain = {plain_name(name): name for name in reversed(names)}
    return [by_plain[alias] for alias in ALIASES["text"] if alias in by_plain]
