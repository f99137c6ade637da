"""The rules, one function each: a generator of what is to be said of a finding. It says nothing where the rule does not hold.

None reads the piece anew: labels, score, today's gate and forms are those of the finding. `Said.sure` is False where the answer that it
rests on is in doubt.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from gating.advice.detections import (
    NO_WAY_ON,
    detect_early_ask,
    detect_late_ask,
    detect_no_next_step,
    detect_teaser,
    is_closed_in_doubt,
    kind_of_close_gate,
    long_form,
    may_be_proof,
    own_links,
    wanted_gate,
)
from gating.advice.flags import dates_in
from gating.advice.policy import SCORED
from gating.advice.quotes import shortened
from gating.advice.sentences import FORMAT_NAMES, RULE_WORDS
from gating.library.hand_offs import is_demand, is_index
from gating.reading import MARKDOWN, OPENDOCUMENT, RTF, WEBPAGE, WORD
from gating.reading.labels import labels_in_front_matter
from gating.reading.purposes import GATE, NEWSLETTER
from gating.reading.urls import ROW
from gating.records import CHECKS, PLACES, BlockKind, Finding, Form, Gate, Level, Piece, Stage, Strategy
from gating.settings import Settings

SURE = 0.75  # confidence from which a gate or stage is said without a doubt: FAIRLY_SURE of the audit's actions
VERY_SURE = 0.9  # ... and from which the model speaks against a person
QUOTE_WORDS = 14
MUCH = 4  # height of a form (docs/gates.md) that asks for a phone number or the size of the company
FAMILY_WORDS = {"name": "a name", "phone": "a phone number", "company": "the company", "title": "a job title", "size": "the size of the company", "geo": "a country"}
GIVING = (GATE, NEWSLETTER)  # purposes of a form that is filled for something to read; whoever wants to talk tells more
ENOUGH_TO_LEAD_ON = 150  # words; a shorter piece is a note
PLAIN_PURPOSE = ("docs", "pricing", "product", "conversion", "news")  # formats whose writer knows what they are for, whatever the model says
ESSAYS = ("article", "guide", "tutorial", "case-study", "comparison", "report", "ebook")  # formats that need some length
WITH_LINKS = MARKDOWN + WEBPAGE + WORD + OPENDOCUMENT + RTF  # of which links are read
SENTENCE = re.compile(r"[^.!?]*[.!?]?")


@dataclass(frozen=True, slots=True)
class Said:
    """One thing to be said: a sentence, what to do, the words it is about and their line (0: to be looked for)."""

    sentence: str
    do: str
    quote: str = ""
    line: int = 0
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Rule:
    """`level` is what a sure answer draws; `group` is the one of IGNORABLE that silences it, too, if one does; `summary` says in a few words what it finds."""

    name: str
    level: Level | Literal["off"]
    group: str
    summary: str
    find: Callable[[Finding, Settings], Iterator[Said]]


# Gates that are too close.


def _decision_page_behind_form(finding: Finding, settings: Settings) -> Iterator[Said]:
    if _is_too_close(finding, "decision-page-behind-form"):
        yield Said(
            f"A form stands before {_called(finding)}{_told(finding.piece)}, which whoever is choosing a vendor must be able to read{_why_asked(finding)}.{_moved(finding)}",
            "Open the page, and end it with the way to a talk or a trial.",
            *_gate_place(finding.piece),
            sure=_is_sure_of_gate(finding),
        )


def _gated_commodity(finding: Finding, settings: Settings) -> Iterator[Said]:
    if _is_too_close(finding, "gated-commodity"):
        how = "Show the main part and make the form optional" if wanted_gate(finding) is Gate.SOFT_GATE else "Publish it as a page"
        yield Said(
            f"Nothing in it is only yours, no data, method or tool of your own, and a form stands before it{_told(finding.piece)}.{_moved(finding)}",
            f"{how}, or put your own figures and examples in and keep the form.",
            *_gate_place(finding.piece),
            sure=_is_sure_of_gate(finding) and finding.advice.gate is Gate.UNGATED,
        )


def _gate_should_be_open(finding: Finding, settings: Settings) -> Iterator[Said]:
    in_doubt = is_closed_in_doubt(finding)
    opens = in_doubt or (finding.advice.gate is Gate.UNGATED and wanted_gate(finding) is not Gate.SOFT_GATE)
    if not _is_too_close(finding, "gate-should-be-open") or (not opens and long_form(finding) is not None):
        return  # of an optional form that asks too much, the rule on forms says it more closely
    if opens:
        worth = _why_asked(finding).removeprefix("; ") if in_doubt else "it is worth more when it is found, read and passed on"
        do = "Take the form away, or move it to an extra that readers may want."
    else:
        worth, do = "its value shows better than it can be described", "Show the main part, and ask for an address after it or for the extra."
    yield Said(
        f"A form stands before {_called(finding)}{_told(finding.piece)}; {worth}.{_moved(finding)}",
        do,
        *_gate_place(finding.piece),
        sure=_is_sure_of_gate(finding) and opens,
    )


def _form_asks_too_much(finding: Finding, settings: Settings) -> Iterator[Said]:
    found = long_form(finding)
    if found:
        quote, families = found.quote, tuple(FAMILY_WORDS.get(family, family) for family in found.too_many)
        more = _listed((*families, f"{found.n_fields} things in all") if found.is_crowded else families)
        form = _quoted(quote.shown) or f" ({', '.join(found.families)})"
        sure = found.height >= MUCH and found.form is not None and found.form.purpose in GIVING and _is_sure_of_gate(finding)
        yield Said(f"The form{form} asks for {more}; {found.because}.", "Leave that out, and ask for it when they come back.", _cut(quote.text), quote.line, sure)


# Value that is given away, or held back.


def _ungated_asset_worth_a_form(finding: Finding, settings: Settings) -> Iterator[Said]:
    advice, observed = finding.advice, finding.piece.observed
    scored = advice.gate_rule == SCORED and advice.gate is not Gate.UNGATED and advice.gate_parts.uniqueness > 0
    if scored and observed.verdict in (Gate.UNGATED, "unknown") and not _asks_already(finding.piece):
        quote, line = _evidence(finding, advice.gate)
        today = "is handed out without asking" if observed.verdict == Gate.UNGATED else "shows no form as yet"
        how = "Ask for an address before it." if advice.gate is Gate.GATED else "Leave the main part open, and ask for an address for the file."
        yield Said(
            f"Readers would give an address for this: as an asset it scores {advice.gate_parts.total} of 6{_quoted(quote)}, and it {today}.{_moved(finding)}",
            how,
            quote,
            line,
            sure=not advice.review,
        )


def _awareness_withholds_value(finding: Finding, settings: Settings) -> Iterator[Said]:
    found, stage = detect_teaser(finding), finding.verdict.stage
    if found:
        quote = _cut(found.text)
        who = "Readers who only just met the problem" if stage.label == Stage.AWARENESS else "Readers"
        yield Said(
            f'{who} are promised a whole and get a part of it ("{quote}").',
            "Put all of it on the page, and ask for an address after it or for something more.",
            quote,
            found.line,
            sure=stage.label == Stage.AWARENESS and stage.confidence >= SURE and not finding.advice.review,
        )


# The way on.


def _no_next_step(finding: Finding, settings: Settings) -> Iterator[Said]:
    found = detect_no_next_step(finding) if _should_lead_on(finding) and _shows_links(finding.piece) and not own_links(finding.piece) else None
    if found:
        quote = _cut(found.text)
        yield Said(
            f"Readers whom it wins over find nowhere to go from here: it ends without a link to a page of yours{_quoted(quote)}.",
            "Close with one link to what helps them next, such as a guide, a checklist or a newsletter.",
            quote,
            found.line,
            sure=False,
        )


def _ask_of_another_stage(finding: Finding, settings: Settings) -> Iterator[Said]:
    early = detect_early_ask(finding) if _is_sure_of_beginners(finding) else None
    late = None if early else detect_late_ask(finding)
    if early:
        yield Said(f'Readers who only just met the problem are asked for a decision ("{_cut(early.text)}"), and for nothing smaller.',
                   "Offer a smaller step beside it: a guide, a checklist or a newsletter on the same topic.", _cut(early.text), early.line, sure=False)  # fmt: skip
    elif late:
        yield Said(f'Readers who are choosing are offered what beginners want ("{_cut(late.text)}"), and no way to buy or talk.',
                   "Ask for the step that a deciding reader wants, such as a talk, a trial or the price; the smaller one may stay beside it.",
                   _cut(late.text), late.line, sure=False)  # fmt: skip


def _is_sure_of_beginners(finding: Finding) -> bool:
    return finding.verdict.stage.label == Stage.AWARENESS and finding.verdict.stage.confidence >= SURE and _should_lead_on(finding)


# The piece itself.


def _stale_offer(finding: Finding, settings: Settings) -> Iterator[Said]:
    if "stale" in finding.verdict.flags:
        dated = [(max(dates), block) for block in finding.piece.blocks if (dates := list(dates_in(block.text)))]
        last, block = max(dated, key=lambda entry: entry[0], default=(None, None))
        quote = _sentence_around(block.text, block.text.find(str(last.year))) if last and block else ""
        yield Said(f"It invites to something that is over{_quoted(quote)}.", "Put the recording or the next date in its place, or take the page down.",
                   quote, block.line if block else 0)  # fmt: skip


def _thin_piece(finding: Finding, settings: Settings) -> Iterator[Said]:
    if "thin" in finding.verdict.flags and finding.verdict.format.label in ESSAYS and finding.verdict.strategy.label == Strategy.DEMAND_GEN:
        first = next((block for block in finding.piece.blocks if block.kind is BlockKind.PARAGRAPH), None)
        quote = _cut(first.text) if first else ""
        yield Said(f"With {finding.piece.n_words} words it is too short to keep what its title promises{_quoted(quote)}.",
                   "Finish it, or make it part of a longer piece.", quote, first.line if first else 0, sure=False)  # fmt: skip


def _unclear_strategy(finding: Finding, settings: Settings) -> Iterator[Said]:
    answer, plain = finding.verdict.strategy, finding.verdict.format.label in PLAIN_PURPOSE or "customer" in finding.verdict.flags
    if not plain and answer.is_unsure(settings.review.strategy_below) and "review" not in finding.advice.ignored:
        quote, line = _evidence(finding, answer.label)
        yield Said(
            f"It could be built to spread an idea or to win a contact: it reads as {answer.label}, {round(100 * answer.confidence)} % sure{_quoted(quote)}.",
            "Decide what it is for, and move what serves the other purpose to a page of its own.",
            quote,
            line,
            sure=False,
        )


def _front_matter_label_differs(finding: Finding, settings: Settings) -> Iterator[Said]:
    for head, given in labels_in_front_matter(finding.piece).items():
        answer = finding.verdict.head(head)
        if answer.predicted and answer.predicted != given and head != "format" and answer.probabilities[PLACES[answer.predicted]] >= VERY_SURE:
            kept_in = "row" if ROW.search(finding.piece.source) else "front matter"
            yield Said(f'Its {kept_in} calls it {given} ("{head}: {given}"), and its words read as {answer.predicted}.',
                       "Mend the label where it is left over from an earlier draft; a label that you mean stands.", f"{head}: {given}", 0, sure=False)  # fmt: skip


# What several rules ask.


def _is_too_close(finding: Finding, kind: str) -> bool:
    """True when today's gate, form or flag, is closer than the advised one or than the rubric's, and it is for the check of this name to say so."""
    observed, advice = finding.piece.observed.verdict, finding.advice
    closer = observed in PLACES and (PLACES[advice.gate] < PLACES[observed] or is_closed_in_doubt(finding))
    return closer and not advice.gate_given and kind_of_close_gate(finding) == kind


def _is_sure_of_gate(finding: Finding) -> bool:
    """True when neither the model nor the company's own settings, which moved the advice, leave it in doubt."""
    return not finding.advice.review and not is_closed_in_doubt(finding) and (bool(finding.advice.policy_rule) or finding.verdict.gate.confidence >= SURE)


def _why_asked(finding: Finding) -> str:
    """What a person should decide about a piece that is closed as its words suggest; empty for another."""
    return f"; its words speak for {finding.advice.gate}, and as {RULE_WORDS['G0']} it should be open: please decide" if is_closed_in_doubt(finding) else ""


def _moved(finding: Finding) -> str:
    """A sentence on what the settings did to the gate; empty where they did nothing."""
    advice = finding.advice
    if not advice.policy_rule:
        return ""
    moved = f"moved the advice from {advice.gate_neutral} to" if advice.gate is not advice.gate_neutral else "keep the advice at"
    return f" Your settings {moved} {advice.gate} ({advice.policy_rule})."


def _shows_links(piece: Piece) -> bool:
    """True where a link would be seen if there was one: plain text, PDF and many exports lose them."""
    return bool(piece.links) or (not ROW.search(piece.source) and piece.source.lower().endswith(WITH_LINKS))


def _should_lead_on(finding: Finding) -> bool:
    return is_demand(finding) and finding.verdict.format.label not in NO_WAY_ON and not is_index(finding.piece) and finding.piece.n_words >= ENOUGH_TO_LEAD_ON


def _called(finding: Finding) -> str:
    doubt = may_be_proof(finding)
    if doubt:
        return f"what may be {FORMAT_NAMES.get(doubt, f'a {doubt}'.replace('-', ' '))}"
    kind = finding.verdict.format.label
    return FORMAT_NAMES.get(kind, f"a {kind.replace('-', ' ')}")


def _asks_already(piece: Piece) -> bool:
    """True where a form is seen, or, in a draft that does not show its page, what stands for one."""
    drawn = (BlockKind.FIELD, BlockKind.BUTTON) if piece.observed.verdict == "unknown" else (BlockKind.FIELD,)
    return bool(piece.forms) or any(block.kind in drawn for block in piece.blocks)


def _gate_form(piece: Piece) -> Form | None:
    return next((form for form in piece.forms if form.identity == piece.observed.form), None)


def _gate_place(piece: Piece) -> tuple[str, int]:
    """The words of the form that closes the piece and their line; else what else tells that it is closed, such as a line of front matter."""
    form = _gate_form(piece)
    return (_form_words(form), form.line) if form else (_cut(piece.observed.evidence), 0)


def _told(piece: Piece) -> str:
    """The same in brackets: as a quote where it is one."""
    words, _ = _gate_place(piece)
    written = _gate_form(piece) or words in {f"{key}: {value}" for key, value in piece.metadata}
    return _quoted(words) if written or not words else f" ({words})"


def _form_words(form: Form) -> str:
    """The last of the words around a form, which stand next to it."""
    return _cut(form.words.rsplit("…", 1)[-1])


def _evidence(finding: Finding, label: str) -> tuple[str, int]:
    """The words that speak most for a label, and their line; scraps of markup are passed over."""
    return next(((_cut(item.quote), item.line) for item in finding.advice.evidence if item.label == label and "<" not in item.quote), ("", 0))


def _sentence_around(text: str, place: int) -> str:
    """The sentence of `text` in which `place` lies. An abbreviation ends one, too."""
    return _cut(next(found.group() for found in SENTENCE.finditer(text) if found.end() > place))


def _cut(text: str) -> str:
    """The first words, on one line and without quotes around them, to stand as a quote."""
    return shortened(text.strip().strip('"“”'), QUOTE_WORDS)


def _quoted(quote: str) -> str:
    return f' ("{quote}")' if quote else ""


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(names[:-1]) + (" and " if len(names) > 1 else "") + "".join(names[-1:])


WARN, SUGGEST = Level.WARNING, Level.SUGGESTION
RULES = (
    Rule("gate-should-be-open", WARN, "gate", "a form before a piece that should be open", _gate_should_be_open),
    Rule("decision-page-behind-form", WARN, "gate", "a form before what a buyer must read to choose", _decision_page_behind_form),
    Rule("gated-commodity", WARN, "gate", "a form before what anybody could have written", _gated_commodity),
    Rule("ungated-asset-worth-a-form", SUGGEST, "gate", "an asset that readers would give an address for", _ungated_asset_worth_a_form),
    Rule("awareness-withholds-value", WARN, "gate", "a piece for beginners that holds back what its title promises", _awareness_withholds_value),
    Rule("form-asks-too-much", WARN, "gate", "a form that asks for more than the piece is worth", _form_asks_too_much),
    Rule("no-next-step", SUGGEST, "hand-off", "a piece that ends without a way on", _no_next_step),
    Rule("ask-of-another-stage", SUGGEST, "hand-off", "an ask that comes too early for its readers, or too late", _ask_of_another_stage),
    Rule("stale-offer", WARN, "", "an invitation to something that is over", _stale_offer),
    Rule("thin-piece", SUGGEST, "", "a piece too short for its title", _thin_piece),
    Rule("unclear-strategy", SUGGEST, "strategy", "a piece that could be built for either purpose", _unclear_strategy),
    Rule("front-matter-label-differs", SUGGEST, "", "a label in the front matter that the words speak against", _front_matter_label_differs),
)
assert tuple(rule.name for rule in RULES) == CHECKS
