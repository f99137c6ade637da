"""How a piece is given out today, as far as its own source shows. Looks in the DOM and at named flags, never greps the page.

Facts and pitfalls are in the measured notes on gates: a vendor says nothing about purpose, newsletter boxes are never gates,
and most forms on a page are furniture.
"""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from gating.reading.blocks import Page
from gating.records import ObservedGate

GATE_KEYS = frozenset(
    ("gated", "is_gated", "isgated", "gate", "requires_form", "form_required", "lead_gen", "access", "is gated", "gated?", "form required", "requires form",
     "asset access", "lead capture", "visibility", "audience")
)  # fmt: skip
FORM_KEYS = frozenset("hubspot_form_id hubspotformid hubspot.form_id form_id formid form.hubspot_form_id marketo_form marketo_form_id munchkin".split())
YES = frozenset("yes y true 1 x on ✓ gated form members paid only_free only_paid founding tiers".split())
NO = frozenset("no n false 0 off ungated free open public everyone".split())
SOFT = frozenset(["soft", "soft-gate", "soft-gated", "partial", "preview", "optional"])
COMPONENT = re.compile(
    r"<\w{0,40}(?:Gated|LeadForm|HubspotForm|HubSpotForm|MarketoForm|DownloadForm|FormModal)\w{0,40}\b[^>]{0,500}>|\{\{[<%]\s*\w{0,40}(?:hubspot|marketo|gated)\w{0,40}"
)
EMAIL = re.compile(r"e-?mail", re.IGNORECASE)
NEVER = re.compile(r"search|login|log-in|signin|sign-in|password|recover|forgot|comment|cart|checkout|donat|cookie|consent|newsletter|subscri|feedback|filter", re.IGNORECASE)
ASSET = re.compile(
    r"\b(?:e-?book|white\s?paper|guide|report|template|checklist|workbook|toolkit|playbook|datasheet|case study|webinar|recording|pdf|copy|download|kit)\b", re.IGNORECASE
)
GIVE = re.compile(r"\b(?:download|access|watch|unlock|get|send me|receive|read)\b", re.IGNORECASE)
RESIDUE = re.compile(r"enable JavaScript in your browser to complete this form", re.IGNORECASE)
OPEN_BEFORE = 250  # words; whoever has read so much was not stopped by a gate
ASSET_ON_PAGE = 800  # words; with so much to read, a form is an offer inside the piece, not its gate


def gate_in_metadata(values: tuple[tuple[str, str], ...]) -> ObservedGate:
    """The verdict of an explicit flag: front matter or a column such as `gated: true`. A flag wins over a form id left behind."""
    form = ""
    for key, value in values:
        name, given = key.lower(), value.strip().lower()
        if name in GATE_KEYS or name.rsplit(".", 1)[-1] in ("gated", "visibility", "audience"):
            for words, verdict in ((SOFT, "soft-gate"), (YES, "gated"), (NO, "ungated")):
                if given in words:
                    return ObservedGate(verdict, f"{key}: {value}"[:200])
        elif (name in FORM_KEYS and given) or "(gated)" in given:
            form = f"{key}: {value}"[:200]
    return ObservedGate("gated", form) if form else ObservedGate()


def gate_in_components(text: str) -> ObservedGate:
    """The verdict of a component or shortcode that is named as a gate; weak evidence, so the line is shown. After enough open
    text it is an offer inside the piece, not the gate of the piece.
    """
    found = COMPONENT.search(text)
    if not found:
        return ObservedGate()
    line = text.count("\n", 0, found.start()) + 1
    if len(text[: found.start()].split()) > OPEN_BEFORE:
        return ObservedGate("ungated", f"open text, with a gated offer on line {line}: {found.group()[:100]}")
    return ObservedGate("gated", f"line {line}: {found.group()[:100]}")


def gate_in_dom(tree: LexborHTMLParser, page: Page) -> ObservedGate:
    """The verdict of a page's own forms, by the words around each. A page without any contact form is ungated."""
    n_words = sum(len(block.text.split()) for block in page.blocks)
    lead = ""
    for form in tree.css("form, .hs-form-frame, .hbspt-form, iframe[src*='hsforms'], iframe[src*='go.pardot.com']"):
        if not _asks_for_contact(form):
            continue
        words = _context(form)
        if ASSET.search(words) and GIVE.search(words) and n_words < ASSET_ON_PAGE:
            return ObservedGate("gated", f"a form asks for contact details: {words[:120]!r}")
        lead = lead or f"a contact form, no gate: {words[:120]!r}"
    if any(RESIDUE.search(block.text) for block in page.blocks):
        return ObservedGate("unknown", "the remains of a form stand in the text; the form itself is gone")
    if tree.body is None or not page.blocks:
        return ObservedGate()
    return ObservedGate("ungated", lead or "no form stands before the content", lead_form=bool(lead))


def _asks_for_contact(form: LexborNode) -> bool:
    marks = " ".join(str(value) for name in ("class", "id", "action", "role", "name") if (value := form.attributes.get(name)))
    if NEVER.search(marks) or form.css_first("input[type=password], input[type=search]"):
        return False
    if form.tag != "form":
        return True
    fields = form.css("input, textarea")
    return any(EMAIL.search(" ".join(str(value) for value in field.attributes.values())) for field in fields)


def _context(form: LexborNode) -> str:
    """Words of the form, its buttons and the nearest heading above it."""
    buttons = " ".join(node.attributes.get("value") or "" for node in form.css("input[type=submit]"))
    around, node = "", form.parent
    for _ in range(3):
        if node is None or node.tag in ("body", "main", "article"):
            break
        text = " ".join(node.text(separator=" ").split())
        if len(text) > 600:
            break
        around, node = text, node.parent
    own = around or " ".join(form.text(separator=" ").split())
    return f"{_heading_above(form)} {own} {buttons}".strip()


def _heading_above(form: LexborNode) -> str:
    """The nearest heading before the form, among its elder siblings and those of the elements around it."""
    node: LexborNode | None = form
    for _ in range(4):
        sibling = node.prev if node else None
        while sibling is not None:
            if sibling.tag in ("h1", "h2", "h3", "h4"):
                return " ".join(sibling.text(separator=" ").split())[:120]
            sibling = sibling.prev
        node = node.parent if node else None
    return ""
