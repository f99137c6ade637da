"""Concrete edits to a piece, each tied to its words: what may be tried, when a try is better, and what it moves by rescoring.

Nothing is scored here: `assess.proposals_for` scores each trial as it scores any piece and keeps what `proposal_of` makes of the results.
Better means, for an edit that opens a piece, that today's gate and the advice agree; for an ask, that the stage is surer; for a next step, that
there is one and no label has changed; for a form, that it is no higher than what is given for it carries.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from gating.advice.changes import topic_of
from gating.advice.detections import (
    LongForm,
    Quote,
    asks_in,
    closed_by,
    detect_early_ask,
    detect_late_ask,
    detect_no_next_step,
    detect_teaser,
    forms_judged,
    has_next_step,
    height_of,
    kind_of_close_gate,
    long_form,
    opens_to,
    teasers_in,
)
from gating.advice.drawn_forms import DrawnForm, drawn_forms, drawn_gate, drawn_of, label_of
from gating.advice.quotes import shortened
from gating.reading import purposes
from gating.reading.gates import FORM_KEYS, MEMBERSHIP_KEY, OPEN_TO_ALL, gate_in_metadata, verdict_of_forms
from gating.reading.urls import CRAWLED, ROW
from gating.records import LABELS, PLACES, Block, BlockKind, Finding, Form, Gate, Link, ObservedGate, Piece, Stage

Value = str | int | float

MOST_SHOWN = 4
MOST_TRIED = 10  # scored texts; each takes what the piece itself took
BUTTON_WORDS = 10  # more are read as a line of text
LEAST_MOVE = 0.005  # of a probability; less is not seen in whole percent
PAGES = (".html", ".htm", ".xhtml", ".mht", ".mhtml")  # files that show a whole page, so that one without a form is known to be open
OPEN_WORDS = {"visibility": "public", "audience": "everyone", "access": "open"}  # as the programs say it that have these keys; "false" elsewhere
THINGS = ("checklist", "template", "scorecard", "worksheet", "workbook", "guide", "handbook", "report", "case study", "white paper", "ebook", "list")
FAMILY_NAMES = {"geo": "place", "title": "role", "need": "message", "size": "company size"}  # where they are not called so already
# Next steps in the field's words, for readers of each stage; {topic} is from the title, and a line without it serves where that gives none.
NEXT_STEPS = {
    Stage.AWARENESS: ("Read next: how to choose {topic}", "Read next: what others do about it", "Get the next article by email"),
    Stage.CONSIDERATION: ("Compare the options for {topic} side by side", "Compare the options side by side", "Read how another company chose"),
    Stage.DECISION: ("See what it costs", "Book a demo", "Talk to us about {topic}", "Talk to us about your case"),
}
# What is left of a title that is a sentence or a headline and no name of a subject.
NO_TOPIC = re.compile(
    r"(?:\S{1,300}+\s++){4}|\d|^\w+ing\b|\b(?:how|what|why|when|who|where|which|or|vs|versus|and|is|are|was|does|do|your|you|our|we|works?|case stud(?:y|ies))\b", re.IGNORECASE
)
# They promise nothing that the piece may not have, such as a file; and are too long for a button, which would lead nowhere.
ALL_HERE = ("All of it is here, to read now and to pass on.", "You find {whole} here, to read now or to keep for later.")
TALK = "Talk to us"
LEADING_ON = "Read next: what others do about it."
OTHER_WORDS = 12  # of a line that is to be taken out


@dataclass(frozen=True, slots=True)
class Rewrite:
    """One change of the text: `was` becomes `text` in the block of this number, from 0. Without `was` a block is put after it, without `text` it goes."""

    block: int
    line: int
    was: str
    text: str


@dataclass(frozen=True, slots=True)
class Edit:
    """What to do to the piece, as data.

    `do` is replace, insert, open (take the form away), make-optional or cut-fields. `text` is the example among the rewrites, `fields` are the
    families of form fields to cut, `set` is a line of the front matter as it should be.
    """

    do: str
    rewrites: tuple[Rewrite, ...] = ()
    text: str = ""
    fields: tuple[str, ...] = ()
    set: str = ""


@dataclass(frozen=True, slots=True)
class Move:
    """What the edit does to one value, by rescoring. `what` is a field of the record, such as "stage_probabilities.decision", or "form_height", "next_step"."""

    what: str
    before: Value
    after: Value


@dataclass(frozen=True, slots=True)
class Proposal:
    """One edit worth making. `moves` begins with what it is proposed for."""

    id: str  # the same as long as the words it is tied to are
    kind: str  # one of CHECKS: `gating check` has a rule of this name
    sentence: str
    quote: Quote
    edit: Edit
    moves: tuple[Move, ...]


@dataclass(frozen=True, slots=True)
class Trial:
    """One way to make the edit, and the piece after it."""

    edit: Edit
    piece: Piece


@dataclass(frozen=True, slots=True)
class Weakness:
    """A detection with the edits worth trying. `gain(before, after)` is above 0 where the edited piece is better; `claims` are what it is better by."""

    kind: str
    quote: Quote
    sentence: str  # {text} stands for the example
    claims: tuple[str, ...]
    trials: tuple[Trial, ...]
    gain: Callable[[Finding, Finding], float]


def weaknesses_in(finding: Finding) -> Iterator[Weakness]:
    """What can be proposed for the piece, the most useful first."""
    for kind, find in (
        (kind_of_close_gate(finding), _closed), ("awareness-withholds-value", _teaser), ("form-asks-too-much", _long_form), ("ask-of-another-stage", _other_ask),
        ("no-next-step", _no_next_step),
    ):  # fmt: skip
        found = None if kind in finding.advice.ignored else find(kind, finding)
        if found:
            yield found


def proposal_of(weakness: Weakness, before: Finding, tried: Sequence[tuple[Trial, Finding]]) -> Proposal | None:
    """The best of the trials with what it moves; None where none is better, or moves what it claims. One that leaves a person to decide is none."""
    gains = [0.0 if after.advice.action == "review" != before.advice.action else weakness.gain(before, after) for _, after in tried]
    best = max(range(len(gains)), key=lambda at: gains[at], default=-1)
    if best < 0 or gains[best] <= 0:
        return None
    trial, after = tried[best]
    moves = moves_of(before, after, weakness.claims)
    if not any(move.what in weakness.claims for move in moves):
        return None
    digest = hashlib.blake2b(f"{weakness.kind}\n{weakness.quote.text}".encode(), digest_size=4).hexdigest()
    sentence = weakness.sentence.replace("{text}", trial.edit.text)
    return Proposal(f"{weakness.kind}-{digest}", weakness.kind, sentence, weakness.quote, trial.edit, moves)


def moves_of(before: Finding, after: Finding, claims: tuple[str, ...] = ()) -> tuple[Move, ...]:
    """What differs between the two, the claimed first; changes too small to be seen are left out."""
    old, new = values_of(before), values_of(after)
    names = [*claims, *(name for name in old if name not in claims)]
    return tuple(Move(name, old[name], new[name]) for name in names if _differs(name, old[name], new[name]))


def values_of(finding: Finding) -> dict[str, Value]:
    """The values that an edit may move, under the names that they have in the record, rounded as there."""
    verdict, advice = finding.verdict, finding.advice
    form = max(forms_judged(finding), key=lambda form: form.height, default=None)
    return {
        "strategy": str(verdict.strategy.label), "stage": str(verdict.stage.label), "gate": advice.gate.value, "gate_neutral": advice.gate_neutral.value,
        "observed_gate": finding.piece.observed.verdict, "action": advice.action,
        "lead_gen_probability": round(verdict.lead_gen_probability, 6),
        **{f"stage_probabilities.{stage}": round(value, 6) for stage, value in zip(LABELS["stage"], verdict.stage.probabilities, strict=True)},
        "stage_score": round(verdict.stage_score, 2),
        **{f"gate_parts.{name}": getattr(advice.gate_parts, name) for name in ("uniqueness", "work_saved", "buying_closeness", "reach_need", "hostility", "total")},
        "form_height": form.height if form else 0, "form_fields": len(form.families) if form else 0,
        "next_step": "there" if has_next_step(finding.piece) else "none",
    }  # fmt: skip


def _differs(name: str, before: Value, after: Value) -> bool:
    if isinstance(before, float) and isinstance(after, float):
        return _as_shown(name, before) != _as_shown(name, after)
    return before != after


def _as_shown(name: str, value: float) -> int:
    """In whole percent, of which nothing is certain (`report.tables.percent`); the stage score is one of 0..100."""
    return round(value) if name == "stage_score" else min(99, round(100 * value))


# Opening what is closed.


def _closed(kind: str, finding: Finding) -> Weakness | None:
    quote = closed_by(finding)
    if quote is None:
        return None
    piece, thing, gate = finding.piece, _thing(finding), opens_to(finding)
    soft = gate is Gate.SOFT_GATE
    trial = _made_optional(piece) if soft else _opened(piece, TALK if kind == "decision-page-behind-form" else "")
    talk = ", with one button to talk in its place" if TALK in [rewrite.text for rewrite in trial.edit.rewrites] else ""
    told = {
        "decision-page-behind-form": f"Show the {thing} without the form{talk}: whoever decides must be able to read it.",
        "gated-commodity": f"Publish the {thing} without the form: any competent writer could have made it, and such a piece is worth more when it is found.",
        "gate-should-be-open": f"Show {'all of it' if thing == 'page' else f'the whole {thing}'} without the form, and ask for an address only for something more.",
    }[kind]
    place = "row" if ROW.search(piece.source) else "front matter"
    flag = f' Say so in its {place}, which has "{quote.text}" today.' if soft and quote.block < 0 else ""
    sentence = f"Show what is best in the {thing} first and make the form optional, for the rest.{flag}" if soft else told
    return Weakness(kind, quote, sentence, ("observed_gate", "action") if gate else ("lead_gen_probability",), (trial,), _agrees if gate else _less_of_an_exchange)


def _agrees(before: Finding, after: Finding) -> float:
    """1 where the advice stands and nothing is left to open."""
    return float(after.advice.gate is before.advice.gate and opens_to(after) is None and after.piece.observed.verdict != before.piece.observed.verdict)


def _less_of_an_exchange(before: Finding, after: Finding) -> float:
    """How much less likely the text is to be for the sake of a contact; nothing where that changes the stage or closes the piece."""
    drop = before.verdict.lead_gen_probability - after.verdict.lead_gen_probability
    kept = after.verdict.stage.label == before.verdict.stage.label and PLACES[after.advice.gate] <= PLACES[before.advice.gate]
    return drop if kept and drop >= LEAST_MOVE else 0.0


def _opened(piece: Piece, button: str) -> Trial:
    """The piece without the form that gates it: its fields and button, its entry among the forms, the flag that says so.

    Where that takes its only way on, `button`, if given, stands in the place of the form's, or at the end.
    """
    forms = tuple(form for form in piece.forms if form.purpose != purposes.GATE and form.identity != piece.observed.form)
    drawn = drawn_gate(piece) or next(filter(None, (drawn_of(form, piece) for form in piece.forms if form not in forms)), None)
    metadata, flag = _without_flags(piece)
    opened = replace(piece, forms=forms, metadata=metadata)
    rewrites = _taken_out(piece, drawn.blocks) if drawn else ()
    if button and has_next_step(piece) and not has_next_step(_rewritten(opened, rewrites)):
        rewrites = _with_button(piece, rewrites, drawn, button)
    return Trial(Edit("open", rewrites, set=flag), _reobserved(piece, _rewritten(opened, rewrites)))


def _with_button(piece: Piece, rewrites: tuple[Rewrite, ...], drawn: DrawnForm | None, button: str) -> tuple[Rewrite, ...]:
    if drawn and drawn.button >= 0:
        return tuple(replace(rewrite, text=button) if rewrite.block == drawn.button else rewrite for rewrite in rewrites)
    left = [at for at in range(len(piece.blocks)) if at not in {rewrite.block for rewrite in rewrites}]
    return (*rewrites, Rewrite(left[-1], piece.blocks[left[-1]].line, "", button)) if left else rewrites


def _made_optional(piece: Piece) -> Trial:
    """The piece with its form beside the open text. How a flag is to say so, only the templates that read it know."""
    forms = tuple(replace(form, verdict="ungated") if form.verdict == "gated" or form.identity == piece.observed.form else form for form in piece.forms)
    return Trial(Edit("make-optional"), replace(piece, forms=forms, observed=replace(piece.observed, verdict=Gate.SOFT_GATE.value, evidence="the form is optional")))


def _without_flags(piece: Piece) -> tuple[tuple[tuple[str, str], ...], str]:
    """The metadata with the flags that close the piece set to "false", or in their own word for open; and the first of them as it is to be written.

    What names a form or a wall for members goes.
    """
    kept, first = [], ""
    for key, old in piece.metadata:
        closing = gate_in_metadata(((key, old),)).verdict in ("gated", "soft-gate")
        if closing and (key.lower() in FORM_KEYS or key == MEMBERSHIP_KEY):
            continue
        new = OPEN_WORDS.get(key.lower().rpartition(".")[2], "false") if closing else old
        first = first or (f"{key}: {new}" if closing else "")
        kept.append((key, new))
    return tuple(kept), first


def _reobserved(before: Piece, after: Piece) -> Piece:
    """`after` with today's gate as a reader of its source would see it. A draft without flag and form does not show what its template puts around it."""
    if (after.forms, after.metadata) == (before.forms, before.metadata):
        return after
    flag, shown = gate_in_metadata(after.metadata), verdict_of_forms(after.forms)
    whole = before.source.lower().endswith(PAGES) or CRAWLED.search(before.source)
    flagged = flag.verdict != "unknown" and not (after.forms and flag.evidence.startswith(OPEN_TO_ALL))
    observed = flag if flagged else shown if after.forms or whole else ObservedGate()
    return replace(after, observed=replace(observed, lead_form=shown.lead_form))


def _thing(finding: Finding) -> str:
    """What the title calls the piece, else "page" or "article"."""
    title = finding.piece.title.lower()
    return next((thing for thing in THINGS if thing in title), "article" if finding.verdict.format.label == "article" else "page")


# Texts that hold back, ask wrongly or lead nowhere.


def _teaser(kind: str, finding: Finding) -> Weakness | None:
    quote = detect_teaser(finding)
    if quote is None:
        return None
    thing, piece = _thing(finding), finding.piece
    whole = "all of it" if thing == "page" else f"the whole {thing}"
    others = [shortened(other.text, OTHER_WORDS) for other in teasers_in(piece) if other.block != quote.block]
    gone = _listed((*(f'"{other}"' for other in others), *_form_named(piece)))
    sentence = f'Show {whole} here and say so in place of these words, e.g. "{{text}}"{f"; take out {gone}" if gone else ""}. Ask for an address only for something more.'
    return Weakness(kind, quote, sentence, ("lead_gen_probability",), tuple(_untold(piece, quote, text.replace("{whole}", whole)) for text in ALL_HERE), _keeps_its_promise)


def _form_named(piece: Piece) -> tuple[str, ...]:
    """What goes of the forms: all, or of one that is drawn without a button its fields."""
    drawn = list(drawn_forms(piece))
    whole = any(form.button >= 0 for form in drawn) or any(form.purpose == purposes.GATE for form in piece.forms)
    return ("the form",) if whole else (f"the {sum(len(form.fields) for form in drawn)} fields of the form",) if drawn else ()


def _untold(piece: Piece, quote: Quote, text: str) -> Trial:
    """The piece with `text` in place of the first teaser, and without the others and the form: nothing is withheld, so nothing is asked.

    Where that takes its only way on, the text holds another.
    """
    gone = {other.block for other in teasers_in(piece)} | {at for form in drawn_forms(piece) for at in form.blocks}
    others = _taken_out(piece, sorted(gone - {quote.block}))
    forms = tuple(form for form in piece.forms if form.purpose != purposes.GATE)
    for said in (text, f"{text} {LEADING_ON}"):
        rewrites = (Rewrite(quote.block, quote.line, quote.text, said), *others)
        after = replace(_rewritten(piece, rewrites), forms=forms, links=tuple(link for link in piece.links if not any(link.text in rewrite.was for rewrite in rewrites)))
        if has_next_step(after):
            break
    return Trial(Edit("replace", rewrites, said), _reobserved(piece, after))


def _keeps_its_promise(before: Finding, after: Finding) -> float:
    """How much less the text is an exchange; nothing where something is still held back, or its next step is gone."""
    return 0.0 if any(teasers_in(after.piece)) or (has_next_step(before.piece) and not has_next_step(after.piece)) else _less_of_an_exchange(before, after)


def _other_ask(kind: str, finding: Finding) -> Weakness | None:
    early = detect_early_ask(finding)
    quote = early or detect_late_ask(finding)
    if quote is None:
        return None
    label = finding.verdict.stage.label
    said = "Ask for a smaller step: these readers only just met the problem" if early else "Ask for the step that a deciding reader wants"
    trials = tuple(_asking(finding.piece, text) for text in _texts_for(finding))
    return Weakness(kind, quote, f'{said}, e.g. "{{text}}".', (f"stage_probabilities.{label}",), trials, _surer_of_stage)


def _asking(piece: Piece, text: str) -> Trial:
    """The piece with `text` in place of every ask."""
    rewrites = tuple(Rewrite(ask.quote.block, ask.quote.line, ask.quote.text, text) for ask in asks_in(piece))
    links = tuple(replace(link, text=text) if link.text and any(link.text in rewrite.was for rewrite in rewrites) else link for link in piece.links)
    return Trial(Edit("replace", rewrites, text), replace(_rewritten(piece, rewrites), links=links))


def _surer_of_stage(before: Finding, after: Finding) -> float:
    """How much likelier the stage is; nothing where that changes a label."""
    place = PLACES[before.verdict.stage.label]
    rise = after.verdict.stage.probabilities[place] - before.verdict.stage.probabilities[place]
    return rise if _same_labels(before, after) and rise >= LEAST_MOVE else 0.0


def _no_next_step(kind: str, finding: Finding) -> Weakness | None:
    quote = detect_no_next_step(finding)
    if quote is None:
        return None
    sentence = f'End with a next step for readers at the {finding.verdict.stage.label} stage, e.g. "{{text}}".'
    trials = tuple(_leading_on(finding.piece, text) for text in _texts_for(finding))
    return Weakness(kind, quote, sentence, ("next_step",), trials, _leads_on)


def _leading_on(piece: Piece, text: str) -> Trial:
    line = piece.blocks[-1].line
    rewrites = (Rewrite(len(piece.blocks) - 1, line, "", text),)
    return Trial(Edit("insert", rewrites, text), replace(_rewritten(piece, rewrites), links=(*piece.links, Link(text, "", line))))


def _leads_on(before: Finding, after: Finding) -> float:
    """Above 0 where there is a next step now and the labels stand; more where the stage stays surer."""
    place = PLACES[before.verdict.stage.label]
    return after.verdict.stage.probabilities[place] if _same_labels(before, after) and has_next_step(after.piece) else 0.0


def _same_labels(before: Finding, after: Finding) -> bool:
    """True where strategy, stage, gate and score stand: an ask that makes an asset seem worth more does so by its words alone."""
    labels = [(finding.verdict.strategy.label, finding.verdict.stage.label, finding.advice.gate, finding.advice.gate_parts) for finding in (before, after)]
    return labels[0] == labels[1]


def _texts_for(finding: Finding) -> Iterator[str]:
    """At most three next steps for the stage; those that name the topic only where the title gives one."""
    topic = topic_of(finding.piece.title.partition(",")[0])
    topic = "" if NO_TOPIC.search(topic) else topic
    texts = [text.replace("{topic}", topic) for text in NEXT_STEPS[Stage(finding.verdict.stage.label)] if topic or "{topic}" not in text]
    yield from texts[:3]


# Forms.


def _long_form(kind: str, finding: Finding) -> Weakness | None:
    form = long_form(finding)
    if form is None:
        return None
    named = [f'"{label_of(finding.piece.blocks[at])}"' for at in form.beyond] or [FAMILY_NAMES.get(family, family) for family in form.too_many]
    if not named:
        return None  # of a form that shows no fields in the text, which of many are worth least is not known
    return Weakness(kind, form.quote, f"Cut {_listed(named)} from the form: {form.because}.", ("form_height", "form_fields"), (_shortened(finding.piece, form),), _lower_form)


def _shortened(piece: Piece, long: LongForm) -> Trial:
    """The piece with the fields beyond what is carried cut from the text and from the form."""
    drawn = list(zip(long.drawn.fields, long.drawn.families, strict=True)) if long.drawn else []
    taken = {family for at, family in drawn if at in long.beyond} - {family for at, family in drawn if at not in long.beyond}
    gone = tuple(family for family in long.families if family in long.too_many or family in taken)
    rewrites = _taken_out(piece, long.beyond)
    forms = tuple(_cut(long, form, gone) if form is long.form else form for form in piece.forms)
    return Trial(Edit("cut-fields", rewrites, fields=gone), replace(_rewritten(piece, rewrites), forms=forms))


def _cut(long: LongForm, form: Form, families: tuple[str, ...]) -> Form:
    """The form without these families and as many fields; a business address that it insists on costs what it did."""
    insists = form.height - height_of(form.fields, long.n_fields) == 1
    left = tuple(family for family in form.fields if family not in families)
    n_left = long.n_fields - (len(long.beyond) or len(families))
    return replace(form, fields=left, height=min(form.height, height_of(left, n_left) + insists))


def _lower_form(before: Finding, after: Finding) -> float:
    """By how much the forms are nearer to what they may be; nothing where that changes the advice, or leaves a form that asks for nothing."""
    old, new = list(forms_judged(before)), list(forms_judged(after))
    beyond = [sum(max(0, form.height - form.carries) for form in forms) for forms in (old, new)]
    return float(beyond[0] - beyond[1]) if len(new) == len(old) and after.advice.gate is before.advice.gate else 0.0


def _listed(words: Sequence[str]) -> str:
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else "".join(words)


# Rewriting.


def _taken_out(piece: Piece, blocks: Sequence[int]) -> tuple[Rewrite, ...]:
    return tuple(Rewrite(at, piece.blocks[at].line, piece.blocks[at].text, "") for at in blocks)


def _rewritten(piece: Piece, rewrites: Sequence[Rewrite]) -> Piece:
    """The piece with its text changed; one that nothing would be left of stays as it is."""
    of_block = {rewrite.block: rewrite for rewrite in rewrites}
    blocks = tuple(after for at, block in enumerate(piece.blocks) for after in (_changed(block, of_block[at]) if at in of_block else (block,)))
    return replace(piece, blocks=blocks or piece.blocks)


def _changed(block: Block, rewrite: Rewrite) -> tuple[Block, ...]:
    if not rewrite.was:
        return block, Block(BlockKind.PARAGRAPH, rewrite.text, 0, block.line)
    if not rewrite.text:
        return ()
    long = block.kind is BlockKind.BUTTON and len(rewrite.text.split()) > BUTTON_WORDS
    return (replace(block, kind=BlockKind.PARAGRAPH if long else block.kind, text=block.text.replace(rewrite.was, rewrite.text)),)
