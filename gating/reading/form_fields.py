"""The fields of a form that a person sees and fills in."""

from __future__ import annotations

import re
from dataclasses import dataclass

from selectolax.lexbor import LexborNode

from gating.reading import purposes
from gating.reading.surroundings import is_hidden, said_by, words_of

MAX_FIELDS = 80
MAX_LABEL = 120  # characters
NOT_TYPED = frozenset(("hidden", "submit", "button", "reset", "image", "checkbox", "radio"))
OPTIONAL = re.compile(r"\boptional\b", re.IGNORECASE)
# Traps for programs; b_<hex>_<hex> is Mailchimp's.
TRAP = re.compile(r"honey|bot ?field|\bgotcha\b|^hp\b|\bhp$|fax ?number|winnie|leave (?:this )?(?:field )?(?:blank|empty)|don'?t fill", re.IGNORECASE)
MAILCHIMP_TRAP = re.compile(r"^b_[0-9a-f]+_[0-9a-f]+$", re.IGNORECASE)
NEVER_COMPLETED = ("off", "nope", "new-password")


@dataclass(frozen=True, slots=True)
class Asked:
    """The visible fields: their names, the families, and one family ("" for another kind) for each field not called optional."""

    names: tuple[str, ...] = ()
    families: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()
    password: bool = False


def asked_by(box: LexborNode) -> Asked:
    """What a form, or the box around loose fields, asks for."""
    labels = {node.attributes.get("for"): said_by(node, MAX_LABEL) for node in box.css("label[for]")[:MAX_FIELDS]}
    trap = box.attributes.get("data-netlify-honeypot") or box.attributes.get("netlify-honeypot") or ""
    names, families, needed, password = [], [], [], False
    for node in box.css("input, select, textarea")[:MAX_FIELDS]:
        kind = (node.attributes.get("type") or "").lower() if node.tag == "input" else node.tag or ""
        password = password or kind == "password"
        name = node.attributes.get("name") or node.attributes.get("id") or ""
        label = labels.get(node.attributes.get("id")) or _label_around(node)
        if kind in NOT_TYPED or kind == "password" or (trap and name == trap) or _is_trap(name, label) or _is_unseen(node, box):
            continue
        said = " ".join(
            (words_of(name), words_of(node.attributes.get("id") or ""), *(node.attributes.get(mark) or "" for mark in ("autocomplete", "placeholder", "aria-label")), label)
        )
        names.append((name or kind or "text").lower())
        families.append(purposes.family_of(said, kind))
        needed += [] if OPTIONAL.search(said) else families[-1:]
    return Asked(tuple(names), tuple(dict.fromkeys(filter(None, families))), tuple(needed), password)


def _is_trap(name: str, label: str) -> bool:
    return bool(TRAP.search(words_of(name)) or TRAP.search(label) or MAILCHIMP_TRAP.match(name))


def _is_unseen(node: LexborNode, box: LexborNode) -> bool:
    """True for a field that no person sees: hidden by its style, or by an element around it within `box`."""
    if node.attributes.get("tabindex") == "-1" and node.attributes.get("autocomplete") in NEVER_COMPLETED:
        return True
    around: LexborNode | None = node
    for _ in range(4):
        if around is None or around.mem_id == box.mem_id:
            return False
        if is_hidden(around):
            return True
        around = around.parent
    return False


def _label_around(node: LexborNode) -> str:
    parent = node.parent
    for _ in range(2):
        if parent is None or parent.tag == "form":
            return ""
        if parent.tag == "label":
            return said_by(parent, MAX_LABEL)
        parent = parent.parent
    return ""
