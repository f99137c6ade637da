"""What in a piece speaks against what it is for: each `detect_*` gives the words that it is tied to, or None. Nothing is scored here.

Both `gating check` and the proposals of `gating explain` rest on it, so that they do not contradict each other, the advice or today's gate.

The detections are careful rather than complete: a piece alone does not show what its site puts around it, so a doubt keeps them silent.
They say nothing where the piece or the settings ask them not to, and nothing of a gate that a person should decide about first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from gating.advice.gate_score import LIVE, PACKAGED
from gating.advice.policy import FORM_IS_SERVICE, SCORED, gate_for, rubric_gate
from gating.advice.quotes import shortened
from gating.reading import purposes
from gating.reading.gates import gate_in_metadata
from gating.reading.urls import ROW, host_of, normal_url
from gating.records import PLACES, Block, BlockKind, Finding, Form, Gate, Link, Piece, Stage, Strategy

NOWHERE = -1
OPEN = "G0"  # the line of the rubric for what is always open
RUNNING = (BlockKind.PARAGRAPH, BlockKind.ITEM, BlockKind.QUOTE)
SHORT_ASK = 25  # words; a longer paragraph speaks of an ask, it does not make one
HEADING_WITHIN = 2  # blocks before the first field
FIELDS_SHOWN, FIELD_WORDS = 6, 4  # of a form that is quoted: fields, and words of each
LONGEST_BLOCK = 5_000  # characters; a longer one is no paragraph that anybody wrote
MANY_LINKS = 100  # that ask for something; a page with more is a list
CLOSING = 3  # blocks in which a reader looks for the way on
MAY_BE_RIGHT = 0.3  # probability of today's gate from which it is left to a person
SURE_OF_STAGE = 0.5  # below it an ask is not called one for another stage
READ_OPENLY = 300  # words in long paragraphs, from which drawn fields are an offer inside the piece (reading/forms.py has the count)
LONG_PARAGRAPH = 25
NO_WAY_ON = ("news", "docs", "other")  # formats whose readers rarely want an offer next: press releases, manuals, team pages
PROOF_AND_TERMS = ("case-study", "comparison", "pricing", "product", "docs")  # what a buyer must read before choosing (RUBRIC G0)
COMMODITIES = (*PACKAGED, "tool")  # formats that hold nothing worth a form where nothing in them is only the company's own
FOR_BUYERS = ("pricing", "product", "comparison", "case-study")  # formats on which a reader looks for the way to buy
NO_EARLY_ASK = (*PACKAGED, "conversion", "webinar")  # a package closes with its maker's address; the others are asks throughout
LEFT_OUT = frozenset(("customer", "not-marketing"))
PAGES_OF_FORMS = ("conversion", "webinar", "product", "pricing", "tool")  # what they hold back is given by what they are for
REST = r"(?:the (?:rest|remaining|other (?:\w+|\d+))|(?:the|our) full (?:list|story|article|answer|breakdown|set)|all (?:\w+|\d+) (?:of them|tips|ways|steps|reasons))"
ASSET = r"(?:guide|e-?book|report|white ?paper|pdf|handbook|checklist|download|kit|workbook)"
INSIDE = rf"\b(?:in|inside) (?:the|our|this|a)\b[^.!?]{{0,40}}\b{ASSET}\b"
GIVE = r"(?:download|sign up|fill (?:in|out)|subscribe|register|enter your|leave (?:us )?your|tell us where|share your e-?mail)"
WITHHELD = re.compile(  # a sentence that holds back what the title promised (RUBRIC T3)
    rf"\b{REST}\b[^.!?]{{0,40}}\b(?:is|are|waits?|stands?|comes?|you (?:will )?find)\b[^.!?]{{0,20}}{INSIDE}"
    rf"|\b(?:get|find|read|see) {REST}\b[^.!?]{{0,40}}{INSIDE}"
    rf"|\b{GIVE}\b[^.!?]{{0,60}}\b(?:for|to (?:see|read|get|unlock|find)) {REST}\b"
    rf"|\b{REST}\b[^.!?]{{0,60}}[.,:;!?]? {GIVE}\b"
    rf"|\b{GIVE}\b[^.!?]{{0,60}}\bto (?:keep|continue|go on) reading\b|\bto (?:keep|continue|go on) reading\b[^.!?]{{0,40}}\b{GIVE}\b"
    rf"|\bto (?:see|read|get|unlock) {REST}\b[^.!?]{{0,60}}\b(?:{GIVE}|{ASSET})\b",
    re.IGNORECASE,
)
BUTTON_TO_THE_REST = re.compile(rf"\b(?:send me|e-?mail me|get|download|unlock|show me) {REST}\b", re.IGNORECASE)
DECISION_ASK = re.compile(
    r"\b(?:demos?|trial|pricing|consultation|(?:book|schedule|arrange) (?:a|an|your|my)|(?:talk|speak) (?:to|with) (?:us|sales|our|an?)|contact (?:us|sales|our)|get in touch|"
    r"(?:get|request|ask for) (?:a|your|my) (?:quote|estimate|price)|buy now|order now)\b",
    re.IGNORECASE,
)
SELF_SERVICE = re.compile(r"\b(?:sign[ -]?up|wait-?list|free|join|get started|newsletter|subscribe)\b", re.IGNORECASE)  # asks for no decision, at any stage
EARLY_ASK = re.compile(
    r"\b(?:newsletter|subscribe|inbox|e-?books?|infographic|(?:read|download|get|send me) (?:the|our|your|my)(?: \w+){0,2} (?:guide|handbook|article|post))\b",
    re.IGNORECASE,
)
WAY_ON = re.compile(
    r"\b(?:demos?|trials?|pricing|quote|consultation|get in touch|ready to|download|e-?book|white ?paper|webinar|register|sign[ -]?up|template|checklist|toolkit|workbook|"
    r"newsletter|subscribe|calculator|(?:contact|write to|drop|call|ring|ask|follow|e-?mail|visit|talk to|speak (?:to|with)|come to|join|tell|connect with) (?:us|me|our|sales)|"
    r"(?:book|schedule) (?:a|an|your|my)|(?:your|a free) copy|read (?:on|next|more)|next (?:week|month|time|issue|part|step)|see also|related|further reading|learn more|"
    r"find out (?:more|how)|more about|stop by|come and|let'?s (?:talk|chat|build)|let us know|hear (?:from you|your)|get (?:your|a|started)|we offer|for sale|in our)\b"
    r"|(?:^|[.!?:]\s|\bplease )(?:book|visit|try|join|order|buy|reply|read|write to|come|send|talk to|call|start)\b|\b[\w-]+\.[a-z]{2,}/\w|\w@\w|\bwww\.|\d{3}[-. ]\d{3}",
    re.IGNORECASE | re.MULTILINE,
)
ASKING = re.compile(r"(?:book|schedule|request|get|start|see|try|talk|speak|contact|arrange|buy|order|subscribe|download|sign|join|ready|want)\b", re.IGNORECASE)
GAP = re.compile(r"(?:^|(?<=, ))…(?:, …)+")  # fields in a row that are left out
UNASKED = re.compile(r"\b(?:optional|if you (?:like|wish|want))\b", re.IGNORECASE)
# Height of a form (docs/gates.md) that a family of fields takes it to; the others change nothing.
HEIGHTS = {"name": 2, "company": 3, "title": 3, "geo": 3, "phone": 4, "size": 4}


@dataclass(frozen=True, slots=True)
class Quote:
    """Words as they stand in the piece. `block` is the number of their block, from 0; NOWHERE for what stands in front matter.

    `shown` is what a person reads in their place, where they are a part of what is meant: the fields of a form.
    """

    text: str
    line: int = 0
    block: int = NOWHERE
    shown: str = ""


@dataclass(frozen=True, slots=True)
class Ask:
    """Words that ask the reader for something: a button, the line or sentence around a link, a short closing line."""

    quote: Quote
    wants: str  # decision, early or other


@dataclass(frozen=True, slots=True)
class DrawnForm:
    """A form as the text shows it: the numbers of its field blocks, of its heading and button (NOWHERE without one), what it is for and asks for."""

    fields: tuple[int, ...]
    heading: int
    button: int
    purpose: str
    families: tuple[str, ...]  # one for each field; empty for another kind and for fields called optional

    @property
    def blocks(self) -> range:
        """All of it, from its heading to its button."""
        return range(self.heading if self.heading >= 0 else self.fields[0], max(self.fields[-1], self.button) + 1)


@dataclass(frozen=True, slots=True)
class LongForm:
    """A form that asks for too much: `form` as the page has it (None where only its fields are drawn), and what it may ask for."""

    quote: Quote
    form: Form | None
    drawn: DrawnForm | None
    families: tuple[str, ...]
    carries: int  # height, 1..5
    because: str

    @property
    def too_many(self) -> tuple[str, ...]:
        """The families beyond what is carried."""
        return tuple(family for family in self.families if HEIGHTS.get(family, 1) > self.carries)

    @property
    def height(self) -> int:
        """1..5, as docs/gates.md counts it."""
        return self.form.height if self.form else height_of(self.families)


# Forms and gates.


def kind_of_close_gate(finding: Finding) -> str:
    """The one of CHECKS that speaks of the piece where its gate is closer than advised; whether it is, this does not say.

    A packaged asset that any competent writer could have made is never gated (RUBRIC G3, uniqueness 0).
    """
    advice, kind = finding.advice, finding.verdict.format.label
    if advice.gate_parts.uniqueness == 0 and (advice.gate_rule == SCORED or kind in COMMODITIES):
        return "gated-commodity"
    decides = finding.verdict.stage.label == Stage.DECISION and kind in PROOF_AND_TERMS
    return "decision-page-behind-form" if decides and advice.gate is Gate.UNGATED else "gate-should-be-open"


def detect_teaser(finding: Finding) -> Quote | None:
    """A piece that can be read holds part of what it promised back ("the other seven are in the guide", RUBRIC T3)."""
    verdict = finding.verdict
    if _is_silenced(finding, "gate", "strategy") or verdict.stage.label == Stage.DECISION or verdict.format.label in PAGES_OF_FORMS or withholds_as_advised(finding):
        return None
    return next(teasers_in(finding.piece), None)


def withholds_as_advised(finding: Finding) -> bool:
    """True for a piece that is to stand behind a form: what it holds back it holds back rightly."""
    return finding.advice.gate is Gate.GATED


def teasers_in(piece: Piece) -> Iterator[Quote]:
    """The sentences and buttons that say that the rest is elsewhere."""
    for number, block in enumerate(piece.blocks):
        if block.kind in (*RUNNING, BlockKind.HEADING, BlockKind.BUTTON) and len(block.text) <= LONGEST_BLOCK:
            for sentence in purposes.SENTENCE_END.split(block.text):
                if WITHHELD.search(sentence) or (block.kind is BlockKind.BUTTON and BUTTON_TO_THE_REST.search(sentence)):
                    yield Quote(sentence, block.line, number)


def long_form(finding: Finding) -> LongForm | None:
    """The first form that asks for too much. Of a form that goes, or may have to, there is nothing to cut."""
    advice, observed = finding.advice, finding.piece.observed.verdict
    goes = PLACES.get(observed, 0) > PLACES[Gate.UNGATED] and advice.gate is Gate.UNGATED
    if _is_silenced(finding, "gate") or goes or (opens_to(finding) is not Gate.SOFT_GATE and closed_by(finding)):
        return None
    return next((form for form in forms_judged(finding) if form.too_many), None)


def forms_judged(finding: Finding) -> Iterator[LongForm]:
    """The forms whose fields are known and for which it is known what they may ask for, whether they ask for too much or not.

    Where today's gate says that the piece is open, fields that are only drawn are no form that anybody meets, unless for a newsletter.
    """
    piece = finding.piece
    shown: list[tuple[Form | None, DrawnForm | None]] = [(form, drawn_of(form, piece)) for form in piece.forms if form.fields and form.height]
    drawn = [each for each in drawn_forms(piece) if piece.observed.verdict != Gate.UNGATED or each.purpose == purposes.NEWSLETTER]
    for form, near in shown or [(None, each) for each in drawn]:
        carried = _carried(finding, form.purpose if form else near.purpose if near else purposes.UNKNOWN)
        if carried:
            families = form.fields if form else near.families if near else ()
            judged = LongForm(_nearest(piece, form.line if form else 0), form, near, tuple(filter(None, dict.fromkeys(families))), *carried)
            yield replace(judged, quote=_quote_of_fields(piece, near, judged.too_many)) if near else judged


def height_of(families: tuple[str, ...]) -> int:
    """Height of a form that asks for these, by docs/gates.md; a business address is not asked for outright in a draft."""
    return purposes.height_of(filter(None, families), len(families), False)


def _carried(finding: Finding, purpose: str) -> tuple[int, str] | None:
    """How high a form may be, and why (RUBRIC section 4 and the heights of docs/gates.md); None where nothing can be said of it.

    A demo, a quote or a contact cannot be given without knowing who asks and what for: nothing is too much there.
    """
    advice, parts = finding.advice, finding.advice.gate_parts
    if purpose == purposes.NEWSLETTER:
        return 2, "a newsletter needs an address to be delivered to, and no more"
    if purpose == purposes.GATE and advice.gate_rule == OPEN:
        return 2, "an extra to an open piece carries an e-mail address and a name"
    if purpose == purposes.GATE and gate_for(parts.total, parts.uniqueness) is Gate.GATED:
        return 3, f"an asset that scores {parts.total} of 6 carries name, company and role"
    if purpose == purposes.GATE:
        return 2, f"an asset that scores {parts.total} of 6 carries an e-mail address and a name"
    if purpose == purposes.LEAD and advice.gate_rule == FORM_IS_SERVICE and finding.verdict.format.label == "webinar" and LIVE.search(_lowered(finding.piece)):
        return 3, "a seat needs a name and an address; company and role tell who comes"
    return None


def opens_to(finding: Finding) -> Gate | None:
    """The gate that a piece should be opened to which is more closed today; None for any other piece.

    Unless a person or the settings decided, only what signals and rubric would both open is opened; where a person should look, the score must agree.
    """
    advice, parts, observed = finding.advice, finding.advice.gate_parts, finding.piece.observed.verdict
    settled = advice.gate_given or bool(advice.policy_rule)
    says = [advice.gate, rubric_gate(advice.gate_rule, parts), *([gate_for(parts.total, parts.uniqueness)] if advice.review else [])]
    gate = advice.gate if settled else max(says, key=lambda each: PLACES[each])
    if PLACES.get(observed, 0) <= PLACES[gate] or (not settled and finding.verdict.gate.probabilities[PLACES[observed]] >= MAY_BE_RIGHT):
        return None
    return gate


def closed_by(finding: Finding) -> Quote | None:
    """The words by which the piece is more closed today than advised: its flag, else the button or field of its form, else the words near it."""
    piece, advice = finding.piece, finding.advice
    if _is_silenced(finding, "gate"):
        return None
    if opens_to(finding):
        flag = next((entry for entry in piece.metadata if gate_in_metadata((entry,)).verdict in ("gated", "soft-gate")), None)
        if flag and not piece.observed.form:
            return Quote(": ".join(flag))
        form = next((form for form in piece.forms if form.identity == piece.observed.form), None)
        drawn = drawn_of(form, piece)
        return _quote(piece, _last(drawn)) if drawn else _nearest(piece, form.line if form else 0)
    drawn = drawn_gate(piece) if piece.observed.verdict == purposes.UNKNOWN and advice.gate is Gate.UNGATED and advice.action == "keep" else None
    return _quote(piece, _last(drawn)) if drawn else None


def drawn_gate(piece: Piece) -> DrawnForm | None:
    """The form of a draft that stands before its content, as far as its words say so."""
    n_running = sum(n_words for block in piece.blocks if block.kind is BlockKind.PARAGRAPH and (n_words := len(block.text.split())) >= LONG_PARAGRAPH)
    return next((form for form in drawn_forms(piece) if form.purpose == purposes.GATE), None) if n_running < READ_OPENLY else None


def drawn_forms(piece: Piece) -> Iterator[DrawnForm]:
    """Runs of fields that ask for an address or a phone number, each with the button after it. One other block may stand between two fields."""
    run: list[int] = []
    for number, block in [*enumerate(piece.blocks), (len(piece.blocks) + 2, Block(BlockKind.FIELD, ""))]:
        if block.kind is BlockKind.FIELD:
            if run and number - run[-1] > 2:
                yield from _drawn(piece, run)
                run = []
            run.append(number)


def _drawn(piece: Piece, run: list[int]) -> Iterator[DrawnForm]:
    blocks = piece.blocks
    families = tuple("" if UNASKED.search(blocks[at].text) else purposes.family_of(blocks[at].text) for at in run)
    if not {"e-mail", "phone"} & set(families):
        return
    button = next((at for at in range(run[-1] + 1, min(run[-1] + 4, len(blocks))) if blocks[at].kind is BlockKind.BUTTON), NOWHERE)
    heading = next((at for at in range(run[0] - 1, max(run[0] - 1 - HEADING_WITHIN, 0), -1) if blocks[at].kind is BlockKind.HEADING and blocks[at].level > 1), NOWHERE)
    said = [(blocks[button].text if button >= 0 else "", 4), (blocks[heading].text if heading >= 0 else "", 3), (blocks[run[0] - 1].text if run[0] else "", 1)]
    yield DrawnForm(tuple(run), heading, button, purposes.purpose_of([*said, (piece.title, 0)]), families)


def drawn_of(form: Form | None, piece: Piece) -> DrawnForm | None:
    """The drawn form that stands nearest to where the page has its form; None for one whose fields are not in the text."""
    if form is None or not form.fields:
        return None
    return min(drawn_forms(piece), key=lambda each: abs(piece.blocks[each.fields[0]].line - form.line), default=None)


def _quote_of_fields(piece: Piece, form: DrawnForm, too_many: tuple[str, ...]) -> Quote:
    """The first field too many (of a form without one, the first field); shown as the fields of the form, those too many before others."""
    beyond = [at for at, family in zip(form.fields, form.families, strict=True) if family in too_many]
    kept = set(islice(dict.fromkeys((*beyond, *form.fields)), FIELDS_SHOWN))
    names = ", ".join("…" if at not in kept else shortened(piece.blocks[at].text.rstrip(" *:"), FIELD_WORDS) for at in form.fields)
    return replace(_quote(piece, (beyond or form.fields)[0]), shown=GAP.sub("…", names))


def _last(form: DrawnForm) -> int:
    return form.button if form.button >= 0 else form.fields[0]


# Asks.


def detect_early_ask(finding: Finding) -> Quote | None:
    """Readers who only just met the problem are asked for a decision, and for nothing smaller."""
    return _ask_of_other_stage(finding, Stage.AWARENESS, "decision") if finding.verdict.format.label not in NO_EARLY_ASK else None


def detect_late_ask(finding: Finding) -> Quote | None:
    """Readers who decide are offered what beginners want, and no way to buy or talk."""
    return _ask_of_other_stage(finding, Stage.DECISION, "early") if finding.verdict.format.label in FOR_BUYERS else None


def detect_no_next_step(finding: Finding) -> Quote | None:
    """A piece that makes people care ends without a way on: no button, form or offer, and nothing in its closing blocks. The quote is its end."""
    piece, verdict = finding.piece, finding.verdict
    if _is_silenced(finding, "hand-off") or verdict.strategy.label != Strategy.DEMAND_GEN or verdict.format.label in NO_WAY_ON or "thin" in verdict.flags:
        return None
    links_known = bool(piece.links) or not ROW.search(piece.source)
    return _quote(piece, len(piece.blocks) - 1) if piece.blocks and links_known and not has_next_step(piece) else None


def has_next_step(piece: Piece) -> bool:
    """True where a button, a field, a form, a link that offers something, or any way on in the closing blocks is to be seen."""
    if any(block.kind in (BlockKind.BUTTON, BlockKind.FIELD) for block in piece.blocks) or any(form.purpose != purposes.JOB for form in piece.forms):
        return True
    closing = "\n".join(block.text for block in piece.blocks[-CLOSING:])[-LONGEST_BLOCK:]
    return bool(WAY_ON.search(closing)) or any(link.text and (link.text in closing or WAY_ON.search(link.text)) for link in piece.links)


def asks_in(piece: Piece) -> tuple[Ask, ...]:
    """All asks in reading order, each place once."""
    found = {quote.block: quote for quote in (*_closing_asks(piece), *_linked_asks(piece), *_buttons(piece))}
    return tuple(Ask(found[number], _wants(found[number].text)) for number in sorted(found))


def _wants(words: str) -> str:
    if SELF_SERVICE.search(words) and not EARLY_ASK.search(words):
        return "other"
    return "early" if EARLY_ASK.search(words) else "decision" if DECISION_ASK.search(words) else "other"


def _buttons(piece: Piece) -> Iterator[Quote]:
    yield from (_quote(piece, number) for number, block in enumerate(piece.blocks) if block.kind is BlockKind.BUTTON)


def _linked_asks(piece: Piece) -> Iterator[Quote]:
    """The line, or of a long one the sentence, around each link of the own site that asks for something."""
    asking = (link for link in piece.links if link.text and (DECISION_ASK.search(link.text) or EARLY_ASK.search(link.text)))
    for link in islice(asking, MANY_LINKS):
        own = not piece.url or host_of(normal_url(link.href)) in ("", host_of(normal_url(piece.url)))
        number = next((number for number, block in enumerate(piece.blocks) if own and _holds(block, link)), NOWHERE)
        if number != NOWHERE:
            block = piece.blocks[number]
            yield Quote(_around(link.text, block.text), block.line, number)


def _holds(block: Block, link: Link) -> bool:
    return block.kind in RUNNING and len(block.text) <= LONGEST_BLOCK and link.text in block.text and abs(block.line - link.line) <= block.text.count(" ")


def _around(words: str, text: str) -> str:
    """`text` where it is short, else the sentence of it that holds `words`."""
    return text if len(text.split()) <= SHORT_ASK else next((sentence for sentence in purposes.SENTENCE_END.split(text) if words in sentence), text)


def _closing_asks(piece: Piece) -> Iterator[Quote]:
    """Short closing lines that ask for a decision without a link: a draft has its links put in later."""
    for number in range(max(0, len(piece.blocks) - CLOSING), len(piece.blocks)):
        block = piece.blocks[number]
        if block.kind in RUNNING and len(block.text.split()) <= SHORT_ASK and ASKING.match(block.text) and (DECISION_ASK.search(block.text) or EARLY_ASK.search(block.text)):
            yield _quote(piece, number)


def _ask_of_other_stage(finding: Finding, stage: Stage, wants: str) -> Quote | None:
    """The last ask, where the piece is surely of `stage` and all its asks are of the kind `wants`."""
    answer = finding.verdict.stage
    if _is_silenced(finding, "hand-off", "stage") or answer.label != stage or answer.is_unsure(SURE_OF_STAGE) or finding.verdict.format.label in NO_WAY_ON:
        return None
    asks = asks_in(finding.piece)
    return asks[-1].quote if asks and all(ask.wants == wants for ask in asks) else None


# Places.


def _is_silenced(finding: Finding, *names: str) -> bool:
    return bool(LEFT_OUT & set(finding.verdict.flags)) or not set(names).isdisjoint(finding.advice.ignored)


def _quote(piece: Piece, number: int) -> Quote:
    """The block's text, of a long one its last sentence."""
    block = piece.blocks[number]
    return Quote(block.text if len(block.text.split()) <= SHORT_ASK else purposes.SENTENCE_END.split(block.text)[-1], block.line, number)


def _nearest(piece: Piece, line: int) -> Quote:
    """The last block that begins at or before `line`; the first one where no line is known."""
    return _quote(piece, max((number for number, block in enumerate(piece.blocks) if 0 < block.line <= line), default=0))


def _lowered(piece: Piece) -> str:
    return " ".join(block.text for block in piece.blocks if block.kind in (BlockKind.BUTTON, BlockKind.HEADING)).lower()
