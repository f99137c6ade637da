"""Paywalls and member areas that a page declares: schema.org's isAccessibleForFree, and the notices of membership plug-ins."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

FREE = "isaccessibleforfree"
# Entry to a place or an event is free or not; that says nothing about the page.
NO_PAGES = ("event", "place", "attraction", "museum", "park", "business", "organization", "facility", "festival")
ASIDE = frozenset(("itemlistelement", "ispartof", "mentions", "offers", "author", "publisher", "isbasedon", "citation", "about", "relatedlink"))
# MemberPress, Paid Memberships Pro, WooCommerce Memberships, Ghost, and WordPress's own password form.
NOTICES = ".mepr-unauthorized-message, .pmpro_content_message, .wc-memberships-content-restricted-message, .gh-post-upgrade-cta, form.post-password-form"


def paywall_of(tree: LexborHTMLParser) -> tuple[str, str]:
    """(verdict, evidence): gated for a page marked as not free, soft-gate where only a part is (a metered page), else empty.

    A list of several closed pieces shows a notice for each and is itself open, so only a single notice counts.
    """
    marks = [*_in_json(tree), *_in_microdata(tree)]
    whole = [free for free, part in marks if not part]
    parts = [free for free, part in marks if part]
    if whole and not whole[0]:
        return "gated", "schema.org marks the page as not free (isAccessibleForFree: false)"
    if False in parts:
        return "soft-gate", "schema.org marks a part of the page as not free (isAccessibleForFree: false): metered or partly closed"
    notices = tree.css(NOTICES)
    if len(notices) == 1:
        name = next(iter((notices[0].attributes.get("class") or "").split()), "notice")
        return "gated", f"a notice for members or a password form stands in place of the text ({name})"
    return "", ""


def _in_json(tree: LexborHTMLParser) -> Iterator[tuple[bool, bool]]:
    """(free, of a part) for each mark in JSON-LD, the page's own first."""
    for script in tree.css('script[type="application/ld+json"]'):
        text = (script.text() or "").strip().removeprefix("<!--").removesuffix("-->").strip()
        try:
            yield from _marks(json.loads(text, strict=False))
        except (ValueError, RecursionError):
            continue


def _marks(value: Any) -> Iterator[tuple[bool, bool]]:
    """The marks in one JSON-LD value, breadth first."""
    held: list[tuple[Any, bool]] = [(value, False)]
    for node, part in held:
        if isinstance(node, list):
            held.extend((item, part) for item in node)
        elif isinstance(node, dict):
            inside = part or "webpageelement" in str(node.get("@type", "")).lower()
            if not any(kind in str(node.get("@type", "")).lower() for kind in NO_PAGES):
                yield from ((_is_free(given), inside) for key, given in node.items() if key.lower().rsplit("/", 1)[-1] == FREE)
            held.extend((inner, inside or key.lower() == "haspart") for key, inner in node.items() if isinstance(inner, (dict, list)) and key.lower() not in ASIDE)


def _in_microdata(tree: LexborHTMLParser) -> Iterator[tuple[bool, bool]]:
    for node in tree.css('[itemprop~="isAccessibleForFree"]')[:50]:
        given = node.attributes.get("content") or node.attributes.get("href") or node.text()
        if given.strip():
            yield _is_free(given), _within_part(node)


def _within_part(node: LexborNode) -> bool:
    parent = node.parent
    for _ in range(20):
        if parent is None:
            return False
        if "haspart" in (parent.attributes.get("itemprop") or "").lower():
            return True
        parent = parent.parent
    return False


def _is_free(given: object) -> bool:
    """Values seen: false, "False", "http://schema.org/False"; anything else counts as free."""
    return str(given).strip().rsplit("/", 1)[-1].lower() not in ("false", "no", "0")
