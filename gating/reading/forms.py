"""Finds the forms of a page and describes them: who made each, what it is for, what it asks, where it stands.

Elements and script text are looked at, the page is never searched as a string. A form that a script loads shows no fields, so
what it asks is unknown, not little.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from gating.reading import form_vendors as vendors
from gating.reading import purposes
from gating.reading.form_fields import NOT_TYPED, Asked, asked_by
from gating.reading.surroundings import EDGES, HEADINGS, NEAR, Place, is_hidden, place_of, said_by, words_of
from gating.reading.text import clean, squeeze
from gating.records import Form

MAX_FORMS = 40  # a page; real ones hold under ten
CANDIDATES = f"form, script, input[type=email], {vendors.REMOTE_CSS}, {vendors.WEBINAR_CSS}"
MAX_CANDIDATES = 400  # elements of a page that may be forms, scripts among them
MAX_LOOSE = 5  # fields of a page that stand in no form of their own
MAX_DEPTH = 200  # of a field in a form
OWN = 2500  # characters of a form's own words that are read
BOX = 600  # characters in the box around a field that stands in no form of its own
WORDS = 200
SENTENCE = 120  # characters of one that is quoted
SHORT = 400  # words; on so bare a page the title and the pictures say what its form gives
ASSET_ON_PAGE = 800  # words; with so much to read, a form is an offer inside the piece, not its gate
# Words in paragraphs of a length that nobody gives to slogans. Of 400 labelled landing pages, guides and webinars under 2 % have as
# many, of articles below 800 words more than half.
RUNNING_TEXT, LONG_PARAGRAPH = 300, 25
PAGE_IN_A_FORM = "main, nav, article, header, footer"  # some servers wrap the whole page in one form
BUTTONS = "button, input[type=submit], input[type=button], input[type=image], a[class*=btn], a[class*=button]"
BUTTON_NAMES = re.compile(r"btn|button|cta", re.IGNORECASE)
OWN_NAMES = ("class", "id", "name", "data-name", "role", "aria-label")
TOLD_IN = re.compile(r"lead.?source|asset|offer|subject|form.?name|form.?title|campaign|content|resource|download", re.IGNORECASE)  # hidden fields
GIVEN_BY_NAME = re.compile(r"\b(?:e ?books?|white ?papers?|downloads?|gated|lead magnet|brochure|checklist|data ?sheet|guide|unlock|on ?demand)\b", re.IGNORECASE)
GIVEN_BY_ADDRESS = re.compile(
    r"^(?:downloads?|e-?books?|white-?papers?|webinars?|guides?|reports?|checklists?|toolkits?|playbooks?|data-?sheets?|brochures?|gated|on-demand)$", re.IGNORECASE
)
FILE = re.compile(r"\.(?:pdf|zip|docx?|xlsx?|pptx?|epub|mp4)(?:$|[?#])", re.IGNORECASE)
ENDING = re.compile(r"\.\w{1,5}$")
TITLE_PARTS = re.compile(r"\s[|–—·-]\s")
NO_SEGMENTS = ("", "index", "html", "templates")
NOTHING_ASKED = Asked()


@dataclass(frozen=True, slots=True)
class About:
    """What the page says of itself, which decides what a form without words of its own is for."""

    title: str = ""
    headings: str = ""  # of level 1
    address: str = ""
    file: str = ""  # path
    n_words: int = 0
    n_running: int = 0  # words of running text

    @property
    def is_read_openly(self) -> bool:
        """True when so much stands on the page that whoever sees a form has the piece itself before him."""
        return self.n_words >= ASSET_ON_PAGE or self.n_running >= RUNNING_TEXT


@dataclass(frozen=True, slots=True)
class _Found:
    """One form before its purpose is known."""

    node: LexborNode  # where it stands
    maker: vendors.Maker
    own: str = ""  # what it says
    buttons: str = ""
    marks: str = ""  # its names, cut into words
    asked: Asked = NOTHING_ASKED
    action: str = ""
    file: str = ""  # the file that it sends people on to
    remote: bool = False


def find_forms(tree: LexborHTMLParser, markup: str, about: About, first_line: int = 0) -> tuple[Form, ...]:
    """The forms of a page in reading order, each identity once. `markup` is what lines are counted in, from `first_line` on."""
    nodes = tree.css(CANDIDATES)[:MAX_CANDIDATES]
    if not nodes:
        return ()
    lines = _Lines(markup, first_line, len(tree.css("form")))
    business_only = any(purposes.FREEMAIL.search(_script_text(node)) for node in tree.css("script:not([src])"))
    kept: dict[str, Form] = {}
    for number, found in _candidates(nodes, tree):
        place = place_of(found.node)
        if purposes.NEVER_SAID.search(place.heading) and set(found.asked.families) <= {"e-mail", "name"}:
            continue
        form = _described(found, place, about, business_only, lines.of(number, found))
        if form.identity not in kept or (form.fields and not kept[form.identity].fields):
            kept[form.identity] = form
        if len(kept) == MAX_FORMS:
            break
    return tuple(kept.values())


def path_of(address: str) -> str:
    """The path of an address, without host and query; the address itself where it cannot be cut."""
    try:
        return urlsplit(address.strip()).path
    except ValueError:
        return address


# Finding.


def _candidates(nodes: list[LexborNode], tree: LexborHTMLParser) -> Iterator[tuple[int, _Found]]:
    """(place among the page's `<form>` elements or -1, form) in reading order; forms that are never kept are left out."""
    place, loose = -1, 0
    for node in nodes:
        if node.tag == "form":
            place += 1
            yield from ((place, found) for found in _forms_in(node))
        elif node.tag == "input":
            if loose < MAX_LOOSE and not _within_form(node):
                loose += 1
                yield from ((-1, found) for found in _boxed([node]))
        elif node.tag == "script" and not node.attributes.get("src"):
            yield from ((-1, found) for found in _scripted(node, tree))
        else:
            yield from ((-1, found) for found in _embedded(node))


def _forms_in(form: LexborNode) -> list[_Found]:
    if is_hidden(form):
        return []
    if form.css_first(PAGE_IN_A_FORM):
        return _boxed(form.css("input[type=email], input[name*=mail], input[id*=mail]"))
    found = _read(form, is_form=True)
    return [found] if found else []


def _boxed(fields: list[LexborNode]) -> list[_Found]:
    """Forms without an element of their own: the box around each field for an e-mail address."""
    boxes: dict[int, LexborNode] = {}
    for box in fields[:MAX_LOOSE]:
        if (box.attributes.get("type") or "").lower() not in NOT_TYPED:
            for _ in range(4):
                if box.parent is None or box.parent.tag in EDGES or len(said_by(box.parent, BOX + 1)) > BOX:
                    break
                box = box.parent
            boxes[box.mem_id] = box
    return [found for box in boxes.values() if (found := _read(box, is_form=False))]


def _read(box: LexborNode, is_form: bool) -> _Found | None:
    """What stands in a form or box; None when it is of a kind that is never kept or asks for no contact."""
    hidden = {(node.attributes.get("name") or "").lower(): node.attributes.get("value") or "" for node in box.css("input[type=hidden]")}
    asked = asked_by(box)
    maker = vendors.maker_of_form(box, hidden) if is_form else vendors.Maker()
    if not {"e-mail", "phone"} & set(asked.families) and (asked.names or asked.password or not (maker.vendor and maker.id)):
        return None  # a vendor's form without any field is one that a script has still to fill
    action = box.attributes.get("action") or ""
    marks = " ".join(words_of(mark) for mark in (*(box.attributes.get(name) or "" for name in OWN_NAMES), path_of(action)) if mark)
    found = _Found(
        box,
        maker,
        own=said_by(box, OWN),
        buttons=_buttons(box),
        marks=" ".join((marks, *(words_of(value[:WORDS]) for name, value in hidden.items() if TOLD_IN.search(name)))),
        asked=asked,
        action=path_of(action),
        file=next((value for value in hidden.values() if FILE.search(value)), ""),
        remote=not asked.names,
    )
    return None if _is_never(found, marks, action) else found


def _is_never(found: _Found, marks: str, action: str) -> bool:
    """True for log-in, recovery, comment, cart, donation, poll and feedback forms."""
    if found.asked.password and not purposes.REGISTER.search(f"{found.buttons} {found.own} {marks}"):
        return True
    first_button = found.buttons.partition(" | ")[0]
    if purposes.NEVER.search(marks) or purposes.NEVER.search(first_button) or "paypal.com" in action or found.node.css_first("textarea[name=comment]"):
        return True
    return bool(purposes.NEVER_SAID.search(found.own[:BOX]) or purposes.NEVER_SAID.search(found.buttons))


def _scripted(script: LexborNode, tree: LexborHTMLParser) -> Iterator[_Found]:
    """Forms that a script of the page draws, at the element it names or where it stands."""
    text = _script_text(script)
    for call in itertools.islice(vendors.HUBSPOT_CREATE.finditer(text), MAX_FORMS) if "hbspt." in text else ():
        after = text.find("hbspt.forms.create", call.end())
        target = vendors.TARGET.search(text, call.start(), after if after > 0 else len(text))
        node = tree.css_first(target.group(1)) if target else None
        yield _Found(node or script, vendors.Maker("hubspot", call.group(1).lower()), remote=True)
    for call in itertools.islice(vendors.MARKETO_LOAD.finditer(text), MAX_FORMS) if "MktoForms2" in text else ():
        yield _Found(tree.css_first(f"#mktoForm_{call.group(1)}") or script, vendors.Maker("marketo", call.group(1)), remote=True)
    for pattern, vendor in vendors.SCHEDULERS:
        if pattern.search(text):
            yield _Found(script, vendors.Maker(vendor, "", purposes.LEAD), remote=True)


def _script_text(node: LexborNode) -> str:
    kind = (node.attributes.get("type") or "").lower()
    return (node.text() or "") if kind in ("", "module") or "javascript" in kind else ""


def _embedded(node: LexborNode) -> Iterator[_Found]:
    """The form that a vendor's element stands for; of links to webinars only the button, for in a text they are mentions."""
    link = node.tag == "a"
    webinar = vendors.maker_of_element(node, vendors.WEBINAR_LINKS) if link else vendors.Maker()
    maker = webinar if webinar.vendor else vendors.maker_of_element(node)
    if not maker.vendor or (webinar.vendor and not _is_button(node)):
        return
    said = said_by(node, NEAR) if link or node.tag == "button" else ""
    address = next((node.attributes[name] or "" for name in ("src", "data-src", "data-url", "href") if name in node.attributes), "")
    yield _Found(node, maker, said, said, action=path_of(address), remote=True)


def _is_button(node: LexborNode) -> bool:
    return bool(BUTTON_NAMES.search(f"{node.attributes.get('class') or ''} {node.attributes.get('role') or ''}"))


def _within_form(node: LexborNode) -> bool:
    parent = node.parent
    for _ in range(MAX_DEPTH):
        if parent is None or parent.tag == "form":
            return parent is not None
        parent = parent.parent
    return False


def _buttons(box: LexborNode) -> str:
    said = (said_by(node, SENTENCE) if node.tag in ("button", "a") else node.attributes.get("value") or node.attributes.get("alt") or "" for node in box.css(BUTTONS)[:8])
    return " | ".join(filter(None, said))


# Describing.


def _described(found: _Found, place: Place, about: About, business_only: bool, line: int) -> Form:
    purpose = _purpose(found, place, about)
    strict = business_only or bool(purposes.BUSINESS_ONLY.search(found.own))
    return Form(
        identity=squeeze(clean(_identity(found))),  # entities in the markup may stand for hidden signs
        purpose=purpose,
        vendor=found.maker.vendor,
        fields=found.asked.families,
        height=purposes.height_of(filter(None, found.asked.needed), len(found.asked.needed), strict),
        words=_telling(found, place, about, purpose),
        line=line,
        verdict=_verdict(found, place, about, purpose),
    )


def _identity(found: _Found) -> str:
    """The same text on every page that shows the form: vendor and id, else the path it posts to and what it asks."""
    told = found.maker.id or ("" if found.asked.names else found.action)
    if found.maker.vendor and told:
        return f"{found.maker.vendor}:{told}"[:WORDS]
    return f"{found.maker.vendor or 'form'}:{found.action}|{','.join(sorted(found.asked.names))}"[:WORDS]


def _purpose(found: _Found, place: Place, about: About) -> str:
    """By the words near it; without any, in the content, by the page; at last by the vendor and the fields."""
    if found.maker.purpose == purposes.LEAD:
        return purposes.LEAD
    if found.file:
        return purposes.GATE
    inner = "" if found.remote else next((said_by(node, SENTENCE) for node in found.node.css(", ".join(HEADINGS))[:3] if node.parent and not is_hidden(node.parent)), "")
    one_field = found.asked.families == ("e-mail",)
    button = purposes.REGISTER.sub("", found.buttons) if one_field else found.buttons  # with one field, "Sign up" is said of newsletters
    near = [(button, 4), (inner or place.heading, 3), (found.own, 2), (found.marks, 2), (place.around, 1), (place.before, 1), (about.title, 0), (about.headings, 0)]
    told = ((purposes.BARE_DOWNLOAD, button, 2), (GIVEN_BY_NAME, found.marks, 2), (GIVEN_BY_NAME, place.around, 1))
    near += [("Download now", weight) for pattern, words, weight in told if pattern.search(words)]
    purpose = purposes.purpose_of(near)
    if purpose == purposes.UNKNOWN and not place.region and not found.maker.purpose:
        purpose = _purpose_of_page(place, about, one_field)
    if purpose != purposes.UNKNOWN:
        return purpose
    if found.maker.purpose or one_field:
        return found.maker.purpose or purposes.NEWSLETTER
    return purposes.LEAD if {"need", "phone"} & set(found.asked.families) else purposes.UNKNOWN


def _purpose_of_page(place: Place, about: About, one_field: bool) -> str:
    """What a form without words of its own is for, by the page's title, headings and address; on a bare page by its pictures too."""
    segments = [*address_segments(about.file)[-2:], *address_segments(about.address)]  # folders further up are the user's own
    told = [*TITLE_PARTS.split(about.title), about.headings, " ".join(map(words_of, segments[-2:]))]
    purpose = purposes.purpose_of((words, purposes.SURE) for words in told)
    bare = about.n_words < SHORT
    if purpose != purposes.UNKNOWN or about.is_read_openly or (one_field and not bare):
        return purpose
    given = any(map(GIVEN_BY_ADDRESS.match, segments)) or (bare and purposes.ASSET.search(" | ".join((*told, place.before, place.pictures))))
    return purposes.GATE if given else purposes.UNKNOWN


def address_segments(address: str) -> list[str]:
    """The last three parts of an address or path, endings left off. Saved copies often write "/" as "__"."""
    parts = [ENDING.sub("", part) for part in path_of(address).replace("__", "/").split("/")]
    return [part for part in parts if part not in NO_SEGMENTS][-3:]


def _verdict(found: _Found, place: Place, about: About, purpose: str) -> str:
    """What the form alone makes of its page. A pop-up or footer gates nothing, nor does a form beside the text itself."""
    if place.region in ("popup", "footer") or about.is_read_openly or (place.region == "side" and about.n_words >= SHORT):
        return "ungated"
    if purpose == purposes.GATE:
        return "gated"
    return "unknown" if purpose == purposes.UNKNOWN and found.remote and not place.region else "ungated"


def _telling(found: _Found, place: Place, about: About, purpose: str) -> str:
    """The words that tell what the form is for, else those that stand nearest to it; of a form without any, the page's title."""
    sentences = [*purposes.SENTENCE_END.split(place.before)[-3:], *re.split(r"[|]|(?<=[.!?])\s", found.own)[:6]]
    said = [place.heading, *(sentence.strip(" |") for sentence in sentences if len(sentence) <= SENTENCE), found.buttons, about.title]
    telling = [words for words in said if purpose in purposes.purposes_in(purposes.without_consent(words))]
    near = [words for words in (place.heading or place.before[-100:].partition(" ")[2], found.buttons) if words]
    return squeeze(clean(" … ".join(dict.fromkeys((telling or near or [about.title])[:3]))))[:WORDS]


class _Lines:
    """Where forms stand in the source."""

    def __init__(self, markup: str, first_line: int, n_forms: int) -> None:
        self._markup, self._first = markup, first_line
        at = [found.start() for found in re.finditer(r"<form\b", markup, re.IGNORECASE)] if n_forms else []
        self._at = at if len(at) == n_forms else []  # comments and scripts may hold more than the tree

    def of(self, number: int, found: _Found) -> int:
        """The line of form `number`, or of the id that names it; 0 when neither is to be found."""
        marker = found.maker.id or found.node.attributes.get("id") or found.action
        at = self._at[number] if 0 <= number < len(self._at) else self._markup.find(marker) if len(marker) > 3 else -1
        return self._first + self._markup.count("\n", 0, at) + 1 if at >= 0 else 0
