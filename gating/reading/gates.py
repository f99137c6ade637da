"""How a piece is given out today, as far as its own source shows: the verdict, with the words that tell.

In this order: a paywall that the page declares, a flag in front matter or a column, the forms, the remains of a form. A vendor says
nothing about purpose, a newsletter box is never a gate, and most forms on a page are furniture (library.site_gates counts them).
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable

from selectolax.lexbor import LexborHTMLParser

from gating.reading import purposes
from gating.reading.blocks import Page
from gating.reading.form_vendors import WEBINAR_LINKS, shown_name
from gating.reading.forms import LONG_PARAGRAPH, MAX_FORMS, About, find_forms
from gating.reading.paywalls import paywall_of
from gating.reading.surroundings import words_of
from gating.records import BlockKind, Form, ObservedGate

Values = tuple[tuple[str, str], ...]

GATE_KEYS = frozenset(
    ("gated", "is_gated", "isgated", "gate", "requires_form", "form_required", "lead_gen", "access", "is gated", "gated?", "form required", "requires form",
     "asset access", "lead capture", "visibility", "audience")
)  # fmt: skip
FORM_KEYS = frozenset(
    "hubspot_form_id hubspotformid hubspot.form_id hubspot_form form_id formid form.hubspot_form_id form.id form.form_id marketo_form marketo_form_id munchkin pardot_form".split()
)
YES = frozenset("yes y true 1 x on ✓ gated form members paid only_free only_paid founding tiers premium password registered".split()) | {"members only", "login required"}
NO = frozenset("no n false 0 off ungated free open public everyone none".split())
SOFT = frozenset(["soft", "soft-gate", "soft-gated", "partial", "preview", "optional"])
OPEN_TO_ALL = ("visibility: public", "audience: everyone")  # no wall for members; a form may still stand before the piece
MEMBERSHIP_KEY, SHORTCODE_KEY = "membership_shortcode", "form_shortcode"  # what the readers of exports put into the metadata
ADDRESS_KEYS = ("slug", "url", "link", "permalink", "external_url", "registration_url", "register_url", "redirect")
SHORTCODE = re.compile(r"(?:\[\s*|wp:)([\w/-]{1,60})([^\]>]{0,1000})")  # [wpforms id="3"], <!-- wp:jetpack/contact-form {"id":3} -->
SHORTCODE_ID = re.compile(r"\b(?:id|form_id|formid|form)[\"']?\s*[=:]\s*[\"']?([\w-]+)", re.IGNORECASE)
SHORTCODE_TITLE = re.compile(r"\b(?:title|subject|buttontext)[\"']?\s*[=:]\s*[\"']([^\"']*)", re.IGNORECASE)
SHORTCODE_VENDORS = {"contact-form-7": "contact form 7", "contact-form": "jetpack", "wpforms": "wpforms", "ninja_form": "ninja forms", "ninja_forms": "ninja forms",
                     "gravityform": "gravity forms", "gravityforms": "gravity forms", "formidable": "formidable", "fluentform": "fluent forms", "hubspot": "hubspot",
                     "leadin": "hubspot", "mc4wp_form": "mailchimp", "mailpoet_form": "mailpoet", "convertkit": "kit", "convertkit_form": "kit",
                     "typeform_embed": "typeform", "et_pb_signup": "divi", "et_pb_contact_form": "divi"}  # fmt: skip
NEWSLETTER_CODE = re.compile(r"mc4wp|mailpoet|mailchimp|convertkit|signup|subscri|newsletter", re.IGNORECASE)
COMPONENT = re.compile(
    r"<\w{0,40}(?:Gated|LeadForm|HubspotForm|HubSpotForm|MarketoForm|DownloadForm|FormModal)\w{0,40}\b[^>]{0,500}>"
    r"|\{\{[<%]\s*[\w-]{0,40}(?:hubspot|marketo|gated|form)[^}]{0,300}|\{%-?\s*include\s+[\"']?[\w/.-]{0,80}(?:form|gate|download-header)[^%]{0,300}"
    r"|\{%-?\s*(?:form|module)\s[^%]{0,500}form_to_use[^%]{0,300}"
)
NAMED_GATE = re.compile(r"gated|\bgate\b|download|lead ?form|hubspot|hub spot|marketo|form modal", re.IGNORECASE)
RESIDUE = re.compile(r"enable JavaScript in your browser to complete this form", re.IGNORECASE)
FLATTENED = re.compile(r"\b(?:Name|E-?mail(?: Address)?|Company(?: Name)?|Phone(?: Number)?|Country|Job Title|Designation)\s{0,3}\*")
FLATTENED_WITHIN = 200  # characters, in which three such labels stand
OPEN_BEFORE = 250  # words; whoever has read so much was not stopped by a gate
NO_FORM = "no form stands before the content"
LEADS = (purposes.LEAD, purposes.JOB, purposes.UNKNOWN)


def observe(
    page: Page,
    title: str = "",
    address: str = "",
    file: str = "",
    metadata: Values = (),
    tree: LexborHTMLParser | None = None,
    markup: str = "",
    first_line: int = 0,
    whole: bool = False,
) -> tuple[ObservedGate, tuple[Form, ...]]:
    """Today's gate of a piece and the forms that it shows.

    `tree` is its HTML, if it is or holds HTML; `markup` the source, in which lines are counted (from `first_line`) and shortcodes are
    found. Only a `whole` page without any form is known to be open; a draft does not show what its template puts around it.
    """
    lengths = [(block.kind, len(block.text.split())) for block in page.blocks if block.kind is not BlockKind.CODE]
    n_running = sum(length for kind, length in lengths if kind is BlockKind.PARAGRAPH and length >= LONG_PARAGRAPH)
    headings = " | ".join(block.text for block in page.blocks if block.kind is BlockKind.HEADING and block.level == 1)[:300]
    about = About(title, headings, address, file, sum(length for _, length in lengths), n_running)
    forms = (*_forms_in_metadata(metadata, about), *(find_forms(tree, markup, about, first_line) if tree else ()))
    verdict, evidence = paywall_of(tree) if tree else ("", "")
    lead = any(form.purpose in LEADS for form in forms)
    if verdict:
        return ObservedGate(verdict, evidence, lead), forms
    flag = gate_in_metadata(metadata)
    if flag.verdict != "unknown" and not flag.evidence.startswith(OPEN_TO_ALL):
        return ObservedGate(flag.verdict, flag.evidence, lead, flag.form), forms
    seen = verdict_of_forms(forms)
    if seen.verdict in ("gated", "unknown") or any(form.purpose == purposes.GATE for form in forms):
        return seen, forms
    named = ObservedGate() if whole and "{%" not in markup else gate_in_components(markup, about)
    if named.verdict != "unknown":
        return ObservedGate(named.verdict, named.evidence, lead), forms
    remains = _remains_of_a_form(page, bool(tree and tree.css_first("form input")))
    if remains:
        return ObservedGate("unknown", remains, lead), forms
    if flag.verdict != "unknown":
        return ObservedGate(flag.verdict, flag.evidence, lead), forms
    known = whole and bool(page.blocks)
    return (seen, forms) if known or lead else (ObservedGate(), forms)


def gate_in_metadata(values: Values) -> ObservedGate:
    """The verdict of an explicit flag: front matter or a column such as `gated: true`. A flag wins over a form id left behind."""
    found = ObservedGate()
    for key, value in values:
        name, given = key.lower(), value.strip().lower()
        if name in GATE_KEYS or name.rsplit(".", 1)[-1] in ("gated", "visibility", "audience"):
            for words, verdict in ((SOFT, "soft-gate"), (YES, "gated"), (NO, "ungated")):
                if given in words:
                    return ObservedGate(verdict, f"{key}: {value}"[:200])
        elif name == MEMBERSHIP_KEY and given:
            return ObservedGate("gated", f"a shortcode closes the text to all but members: {value}"[:200])
        elif (name in FORM_KEYS and given) or "(gated)" in given:
            found = ObservedGate("gated", f"{key}: {value}"[:200], form=_metadata_identity(name, given) if name in FORM_KEYS else "")
    return found


def gate_in_components(text: str, about: About | None = None) -> ObservedGate:
    """The verdict of a component or shortcode that is named as a form; weak evidence, so the line is shown. After enough open
    text it is an offer inside the piece, not the gate of the piece.
    """
    for found in itertools.islice(COMPONENT.finditer(text), 50) if "<" in text or "{" in text else ():
        line = text.count("\n", 0, found.start()) + 1
        shown = " ".join(found.group().split())[:100]
        names = words_of(found.group())
        heading = text[max(0, found.start() - 200) : found.start()].strip().rsplit("\n", 1)[-1]
        purpose = purposes.purpose_of([(names, 2), (heading, 2), (about.title if about else "", 1)])
        if purpose not in (purposes.UNKNOWN, purposes.GATE) or purposes.NEVER.search(names) or (purpose == purposes.UNKNOWN and not NAMED_GATE.search(names)):
            continue
        if len(text[: found.start()].split()) > OPEN_BEFORE:
            return ObservedGate("ungated", f"open text, with a gated offer on line {line}: {shown}")
        return ObservedGate("gated", f"line {line}: {shown}")
    return ObservedGate()


def verdict_of_forms(forms: Iterable[Form]) -> ObservedGate:
    """What the forms of a page make of it together; ungated without any. A gate goes before a form that is not understood."""
    forms = tuple(forms)
    lead = any(form.purpose in LEADS for form in forms)
    for verdict, says in (("gated", "{}"), ("unknown", "the page does not say what its form is for: {}")):
        deciding = next((form for form in forms if form.verdict == verdict), None)
        if deciding:
            return ObservedGate(verdict, says.format(described(deciding)), lead, deciding.identity)
    for wanted, says in (
        ((purposes.GATE,), "the text is open; an offer in it is gated: {}"),
        ((purposes.LEAD,), "a form for contact, demo or registration, no gate before content: {}"),
        ((purposes.JOB,), "a job application, no gate: {}"),
        ((purposes.UNKNOWN,), "a form that, as far as the page says, gives nothing away: {}"),
        ((purposes.NEWSLETTER,), "only a newsletter box: {}"),
    ):
        shown = next((form for form in forms if form.purpose in wanted), None)
        if shown:
            return ObservedGate("ungated", says.format(described(shown)), lead, shown.identity)
    return ObservedGate("ungated", NO_FORM)


def described(form: Form) -> str:
    """A form in words: vendor, what it asks, how high that is, and the words near it."""
    name = f"a {shown_name(form.vendor)} form" if form.vendor else "a form"
    name = re.sub(r"^a (?=[AEIO])", "an ", name)
    asks = f"asks for {', '.join(form.fields)}; height {form.height} of 5" if form.fields and form.height else "fields unknown: loaded by a script"
    return f"{name} ({asks})" + (f' under "{form.words}"' if form.words else "") + (f", line {form.line}" if form.line else "")


def _forms_in_metadata(values: Values, about: About) -> tuple[Form, ...]:
    """Forms that the source names without showing them: an id for the template, a shortcode, the address of a webinar's registration."""
    forms = []
    for key, value in values:
        name, given = key.lower(), value.strip()
        if name in FORM_KEYS and given:
            vendor, _, _ = _metadata_identity(name, given.lower()).partition(":")
            forms.append(Form(_metadata_identity(name, given.lower()), purposes.GATE, vendor if vendor != "form" else "", words=f"{key}: {given}"[:200], verdict="gated"))
        elif name == SHORTCODE_KEY:
            forms += [_form_of_shortcode(found, about) for found in itertools.islice(SHORTCODE.finditer(given), MAX_FORMS)]
        elif name in ADDRESS_KEYS:
            platform = next((mark.vendor for mark in WEBINAR_LINKS if mark.holds in given), "")
            forms += [Form(f"{platform}:{given}"[:200], purposes.LEAD, platform, words=f"{key}: {given}"[:200])] if platform else []
    return tuple(forms)


def _form_of_shortcode(found: re.Match[str], about: About) -> Form:
    """The form of `[contact-form-7 id="12" title="Brochure"]`: its purpose by its title and the page's, else unknown."""
    name, rest = found.group(1).lower(), found.group(2)
    titled, numbered = SHORTCODE_TITLE.search(rest), SHORTCODE_ID.search(rest)
    title = titled.group(1) if titled else ""
    vendor = next((SHORTCODE_VENDORS[part] for part in name.split("/") if part in SHORTCODE_VENDORS), "")
    purpose = purposes.purpose_of([(title, 2), ("" if vendor else words_of(name), 2), (about.title, 2)])
    if NEWSLETTER_CODE.search(name) and purpose != purposes.GATE:
        purpose = purposes.NEWSLETTER
    told = numbered.group(1) if numbered else title
    verdict = "ungated" if about.is_read_openly else {purposes.GATE: "gated", purposes.UNKNOWN: "unknown"}.get(purpose, "ungated")
    return Form(f"{vendor or name}:{told}"[:200], purpose, vendor, words=found.group().strip()[:200], verdict=verdict)


def _metadata_identity(key: str, given: str) -> str:
    vendor = next((vendor for vendor in ("hubspot", "marketo", "pardot") if vendor in key), "marketo" if key == "munchkin" else "form")
    return f"{vendor}:{given}"[:200]


def _remains_of_a_form(page: Page, has_fields: bool) -> str:
    """Evidence that a form was flattened to text when the page was moved: the piece is open or broken, we do not say which. Labels in a
    row are no remains where real fields stand.
    """
    text = "\n".join(block.text for block in page.blocks if block.kind is not BlockKind.CODE)
    found = RESIDUE.search(text) if "java" in text.lower() else None
    if not found and not has_fields and text.count("*") >= 3:
        labels = list(FLATTENED.finditer(text))
        found = next((first for first, third in zip(labels, labels[2:], strict=False) if third.end() - first.start() <= FLATTENED_WITHIN), None)
    if not found:
        return ""
    words = " ".join(text[found.start() : found.start() + 120].split())
    return f'the remains of a form stand in the text ("{words}"); the form itself is gone, so the piece is open now, or broken'
