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

from gating.advice.drawn_forms import NOWHERE, DrawnForm, drawn_forms, drawn_gate, drawn_of, label_of, last_of
from gating.advice.gate_score import LIVE, OPEN_BY_NATURE, PACKAGED
from gating.advice.policy import FORM_IS_SERVICE, SCORED, gate_for, rubric_gate
from gating.advice.teasers import held_back
from gating.advice.ways_on import ASKING, DECISION_ASK, EARLY_ASK, READING_ON, SELF_SERVICE, WAY_ON, asks_for_a_decision
from gating.reading import purposes
from gating.reading.gates import gate_in_metadata
from gating.reading.urls import ROW, host_of, normal_url
from gating.records import PLACES, Block, BlockKind, Finding, Form, Gate, Link, Piece, Stage, Strategy

OPEN = "G0"  # the line of the rubric for what is always open
RUNNING = (BlockKind.PARAGRAPH, BlockKind.ITEM, BlockKind.QUOTE)
SHORT_ASK = 25  # words; a longer paragraph speaks of an ask, it does not make one
FIELDS_SHOWN = 6  # of a form that is quoted
LONGEST_BLOCK = 5_000  # characters; a longer one is no paragraph that anybody wrote
MANY_LINKS = 100  # that ask for something; a page with more is a list
CLOSING = 3  # blocks in which a reader looks for the way on
MAY_BE_RIGHT = 0.3  # probability of today's gate from which it is left to a person
SURE_OF_STAGE = 0.5  # below it an ask is not called one for another stage
NO_WAY_ON = ("news", "docs", "other")  # formats whose readers rarely want an offer next: press releases, manuals, team pages
PROOF_AND_TERMS = ("case-study", "comparison", "pricing", "product", "docs")  # what a buyer must read before choosing (RUBRIC G0)
COMMODITIES = (*PACKAGED, "tool")  # formats that hold nothing worth a form where nothing in them is only the company's own
FOR_BUYERS = ("pricing", "product", "comparison", "case-study")  # formats on which a reader looks for the way to buy
NO_EARLY_ASK = (*PACKAGED, "conversion", "webinar")  # a package closes with its maker's address; the others are asks throughout
LEFT_OUT = frozenset(("customer", "not-marketing"))
PUBLISHED = ("article", "guide", "tutorial", "case-study", "comparison", "news", "other")  # formats whose value is on the page
GAP = re.compile(r"(?:^|(?<=, ))…(?:, …)+")  # fields in a row that are left out
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
class LongForm:
    """A form that asks for too much: `form` as the page has it (None where only its fields are drawn), and what it may ask for."""

    quote: Quote
    form: Form | None
    drawn: DrawnForm | None
    families: tuple[str, ...]
    n_fields: int  # all of them, also two of one family
    carries: int  # height, 1..5
    because: str

    @property
    def height(self) -> int:
        """1..5, as docs/gates.md counts it."""
        return self.form.height if self.form else height_of(self.families, self.n_fields)

    @property
    def too_many(self) -> tuple[str, ...]:
        """The families beyond what is carried; what the form as a whole does not insist on is not."""
        return tuple(family for family in self.families if HEIGHTS.get(family, 1) > self.carries) if self.height > self.carries else ()

    @property
    def is_crowded(self) -> bool:
        """True where it is the number of the fields that makes it too high, also once what is beyond is cut."""
        return self.n_fields - len(self.too_many) >= purposes.MANY_FIELDS and self.height > self.carries

    @property
    def beyond(self) -> tuple[int, ...]:
        """The blocks of the drawn fields to cut: of the families beyond, then, of a crowded form, those that tell least, until few enough are left."""
        if self.drawn is None:
            return ()
        family_at = dict(zip(self.drawn.fields, self.drawn.families, strict=True))
        gone = [at for at, family in family_at.items() if family in self.too_many]
        left = [at for at in self.drawn.asked if at not in gone]
        seconds = [at for number, at in enumerate(left) if family_at[at] != "name" and family_at[at] in {family_at[other] for other in left[:number]}]
        order = sorted(left, key=lambda at: (family_at[at] in ("e-mail", "name"), bool(family_at[at]), family_at[at] != "need", at not in seconds, -at))
        return tuple(sorted(gone + (order[: max(0, len(left) - purposes.MANY_FIELDS + 1)] if self.is_crowded else [])))


# Forms and gates.


def kind_of_close_gate(finding: Finding) -> str:
    """The one of CHECKS that speaks of the piece where its gate is closer than advised; whether it is, this does not say.

    A packaged asset that any competent writer could have made is never gated (RUBRIC G3, uniqueness 0).
    """
    advice, kind = finding.advice, finding.verdict.format.label
    if advice.gate_parts.uniqueness == 0 and (advice.gate_rule == SCORED or kind in COMMODITIES):
        return "gated-commodity"
    decides = finding.verdict.stage.label == Stage.DECISION and (kind in PROOF_AND_TERMS or may_be_proof(finding))
    return "decision-page-behind-form" if decides and (advice.gate is Gate.UNGATED or is_closed_in_doubt(finding)) else "gate-should-be-open"


def detect_teaser(finding: Finding) -> Quote | None:
    """A piece to be read, for readers who may only just have met the problem, holds back most of what it promised (RUBRIC T3).

    One that is to stand behind a form does so rightly.
    """
    verdict = finding.verdict
    open_to = () if verdict.stage.predicted else verdict.stage.cannot_exclude
    beginners = verdict.stage.label != Stage.DECISION and Stage.AWARENESS in (verdict.stage.label, *open_to)
    if _is_silenced(finding, "gate", "strategy") or not beginners or verdict.format.label not in PUBLISHED or finding.advice.gate is Gate.GATED:
        return None
    return next(teasers_in(finding.piece), None)


def teasers_in(piece: Piece) -> Iterator[Quote]:
    """The sentences and buttons that say that the rest is elsewhere; of each block one quote, from its first such sentence to its last."""
    held: dict[int, list[str]] = {}
    for number, sentence in held_back(piece):
        held.setdefault(number, []).append(sentence)
    for number, sentences in held.items():
        text = piece.blocks[number].text
        yield Quote(text[text.index(sentences[0]) : text.rindex(sentences[-1]) + len(sentences[-1])], piece.blocks[number].line, number)


def long_form(finding: Finding) -> LongForm | None:
    """The first form that asks for too much. Of a form that goes, or may have to, there is nothing to cut."""
    advice, observed = finding.advice, finding.piece.observed.verdict
    goes = PLACES.get(observed, 0) > PLACES[Gate.UNGATED] and advice.gate is Gate.UNGATED
    if _is_silenced(finding, "gate") or goes or (opens_to(finding) is not Gate.SOFT_GATE and closed_by(finding)):
        return None
    return next((form for form in forms_judged(finding) if form.too_many or form.is_crowded), None)


def forms_judged(finding: Finding) -> Iterator[LongForm]:
    """The forms whose fields are known and for which it is known what they may ask for, whether they ask for too much or not.

    Where today's gate says that the piece is open, fields that are only drawn are no form that anybody meets, unless for a newsletter.
    """
    piece = finding.piece
    shown: list[tuple[Form | None, DrawnForm | None]] = [(form, drawn_of(form, piece)) for form in piece.forms if form.fields and form.height]
    drawn = [each for each in drawn_forms(piece) if piece.observed.verdict != Gate.UNGATED or each.purpose == purposes.NEWSLETTER]
    for form, near in shown or [(None, each) for each in drawn]:
        carried = None if _closes(finding, form, near) else _carried(finding, form.purpose if form else near.purpose if near else purposes.UNKNOWN)
        if carried:
            families = tuple(filter(None, dict.fromkeys(form.fields if form else near.families if near else ())))
            n_fields = len(near.asked) if near else _fields_of(form.identity, len(families)) if form else 0
            judged = LongForm(_nearest(piece, form.line if form else 0), form, near, families, n_fields, *carried)
            yield replace(judged, quote=_quote_of_fields(piece, near, judged.beyond)) if near else judged


def _fields_of(identity: str, least: int) -> int:
    """How many fields a form has, by the names in its identity ("form:/get|email,name"); `least` where it names none."""
    return max(least, len(identity.partition("|")[2].split(",")))


def height_of(families: tuple[str, ...], n_fields: int) -> int:
    """Height of a form that asks for these, by docs/gates.md; a business address is not asked for outright in a draft."""
    return purposes.height_of(filter(None, families), n_fields, False)


def _closes(finding: Finding, form: Form | None, drawn: DrawnForm | None) -> bool:
    """True for the form that stands before a piece which the rubric always opens: that is no extra to it, and whether it goes is a question of its own."""
    piece, advice = finding.piece, finding.advice
    if advice.gate_rule != OPEN or is_settled(finding):
        return False
    if form:
        return PLACES.get(piece.observed.verdict, 0) > PLACES[Gate.UNGATED] and (form.verdict == "gated" or form.identity == piece.observed.form)
    return drawn is not None and piece.observed.verdict != Gate.UNGATED and drawn == drawn_gate(piece)


def _carried(finding: Finding, purpose: str) -> tuple[int, str] | None:
    """How high a form may be, and why (RUBRIC section 4 and the heights of docs/gates.md); None where nothing can be said of it.

    A demo, a quote or a contact cannot be given without knowing who asks and what for: nothing is too much there.
    """
    advice, parts = finding.advice, finding.advice.gate_parts
    if purpose == purposes.NEWSLETTER:
        return 2, "a newsletter needs an address to be delivered to, and no more"
    if purpose == purposes.GATE and is_settled(finding) and advice.gate is not Gate.UNGATED:
        by = f" by your settings ({advice.policy_rule})" if advice.policy_rule else ""
        gated = advice.gate is Gate.GATED
        return (3, f"an asset that stands behind a form{by} carries name, company and role") if gated else (2, f"an optional form{by} carries an e-mail address and a name")
    if purpose == purposes.GATE and advice.gate_rule == OPEN:
        return 2, "an extra to an open piece carries an e-mail address and a name"
    if purpose == purposes.GATE and gate_for(parts.total, parts.uniqueness) is Gate.GATED:
        return 3, f"an asset that scores {parts.total} of 6 carries name, company and role"
    if purpose == purposes.GATE:
        return 2, f"an asset that scores {parts.total} of 6 carries an e-mail address and a name"
    if purpose == purposes.LEAD and advice.gate_rule == FORM_IS_SERVICE and finding.verdict.format.label == "webinar" and LIVE.search(_lowered(finding.piece)):
        return 3, "a seat needs a name and an address; company and role tell who comes"
    return None


def wanted_gate(finding: Finding) -> Gate:
    """What a person or the settings decided; else the more closed of what signals and rubric say, and of a commodity what the rubric says."""
    advice = finding.advice
    by_rule = rubric_gate(advice.gate_rule, advice.gate_parts)
    if is_settled(finding):
        return advice.gate
    return by_rule if kind_of_close_gate(finding) == "gated-commodity" else max(advice.gate, by_rule, key=lambda each: PLACES[each])


def is_settled(finding: Finding) -> bool:
    """True where a person or the settings decided on the gate."""
    return finding.advice.gate_given or bool(finding.advice.policy_rule)


def is_closed_in_doubt(finding: Finding) -> bool:
    """True for a piece that the rubric always opens (G0), or may, and that is closed today, as its words suggest: a person should decide.

    What is called a guide and wins contacts may be the page in front of one.
    """
    observed, advice, kind = PLACES.get(finding.piece.observed.verdict, 0), finding.advice, finding.verdict.format.label
    to_read = kind in PROOF_AND_TERMS or (kind in OPEN_BY_NATURE and finding.verdict.strategy.label == Strategy.DEMAND_GEN)
    opened = (to_read and advice.gate_rule == OPEN) or bool(may_be_proof(finding))
    return opened and not is_settled(finding) and "review" not in advice.ignored and PLACES[Gate.UNGATED] < observed <= PLACES[advice.gate]


def may_be_proof(finding: Finding) -> str:
    """What a buyer must read that a page for readers who decide may be, as far as its format is in doubt: the likeliest; empty where it is none, or is one."""
    kind = finding.verdict.format
    if finding.verdict.stage.label != Stage.DECISION or finding.advice.gate_rule != FORM_IS_SERVICE or kind.predicted:
        return ""
    return next((other for other in kind.cannot_exclude if other in PROOF_AND_TERMS), "")


def opens_to(finding: Finding) -> Gate | None:
    """The gate that a piece should be opened to which is more closed today; None for any other piece, and where today's gate may well be right."""
    observed, gate = finding.piece.observed.verdict, wanted_gate(finding)
    if PLACES.get(observed, 0) <= PLACES[gate]:
        return None
    plain = is_settled(finding) or kind_of_close_gate(finding) == "decision-page-behind-form"  # that the rubric opens however its words sound
    return gate if plain or finding.verdict.gate.probabilities[PLACES[observed]] < MAY_BE_RIGHT else None


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
        return _quote(piece, last_of(drawn)) if drawn else _nearest(piece, form.line if form else 0)
    drawn = drawn_gate(piece) if piece.observed.verdict == purposes.UNKNOWN and advice.gate is Gate.UNGATED and advice.action == "keep" else None
    return _quote(piece, last_of(drawn)) if drawn else None


def _quote_of_fields(piece: Piece, form: DrawnForm, beyond: tuple[int, ...]) -> Quote:
    """The first field too many (of a form without one, the first field); shown as the fields of the form, those too many before others."""
    kept = set(islice(dict.fromkeys((*beyond, *form.fields)), FIELDS_SHOWN))
    names = ", ".join("…" if at not in kept else label_of(piece.blocks[at]) for at in form.fields)
    return replace(_quote(piece, (beyond or form.fields)[0]), shown=GAP.sub("…", names))


# Asks.


def detect_early_ask(finding: Finding) -> Quote | None:
    """Readers who only just met the problem are asked for a decision, and for nothing smaller: no link leads to another page of the site."""
    if finding.verdict.format.label in NO_EARLY_ASK or any(not asks_for_a_decision(link.text) for link in own_links(finding.piece)):
        return None
    return _ask_of_other_stage(finding, Stage.AWARENESS, "decision")


def own_links(piece: Piece) -> tuple[Link, ...]:
    """The links to the own site: those without a host, and those of the piece's own address."""
    own = host_of(normal_url(piece.url))
    return tuple(link for link in piece.links if not link.href.startswith("#") and (address := normal_url(link.href)) and host_of(address) in ("", own))


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
    if EARLY_ASK.search(words):
        return "early"
    return "decision" if DECISION_ASK.search(words) and not SELF_SERVICE.search(words) and not READING_ON.match(words) else "other"


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
