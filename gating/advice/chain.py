"""How the gate advice on a piece came about, step by step: signals, score parts, the rubric's rule, the settings, the advice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gating.advice.overrides import override_for
from gating.advice.own_words import score_with
from gating.advice.policy import SCORED, policy_for, rubric_gate
from gating.advice.quotes import evidence_shown
from gating.advice.sentences import RULE_WORDS
from gating.records import HEADS, PLACES, Finding, HeadVerdict
from gating.settings import Settings


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the chain: its name, what it says, and the gate that it leads to (empty where it names none)."""

    name: str
    says: str
    gate: str = ""


def chain_of(finding: Finding, settings: Settings) -> tuple[Step, ...]:
    """The steps in order. The last one is the advice."""
    return tuple(_steps(finding, settings))


def _steps(finding: Finding, settings: Settings) -> Iterator[Step]:
    verdict, advice, parts = finding.verdict, finding.advice, finding.advice.gate_parts
    answer = verdict.gate.as_predicted()
    quotes = [f'"{evidence_shown(item.quote)}"' for item in advice.evidence if item.label == answer.label][:3]
    sure = f"{min(99, round(100 * answer.probabilities[PLACES[answer.label]]))} %"
    yield Step("signals", f"the words of the piece say {answer.label}, {sure}{': ' if quotes else ''}{'; '.join(quotes)}", answer.label)
    given = [_given(verdict.head(head)) for head in HEADS if head != "gate" and verdict.head(head).predicted]
    if given:
        yield Step("given labels", "; ".join(given))
    aside = "" if advice.gate_rule == SCORED else ", which does not decide"
    sum_ = f"{parts.uniqueness} uniqueness + {parts.work_saved} work saved + {parts.buying_closeness} buying closeness"
    yield Step("score parts", f"{sum_} - {parts.reach_need} need for reach - {parts.hostility} hostility = {parts.total}{aside}")
    by_rule = rubric_gate(advice.gate_rule, parts)
    yield Step("rubric", f"{advice.gate_rule}, {RULE_WORDS.get(advice.gate_rule, f'a packaged asset, by its score of {parts.total}')}: {by_rule}", by_rule)
    neutral = advice.gate_neutral
    agrees = "signals and rubric agree" if neutral == by_rule else "the signals go before the rubric, and a person should decide"
    yield Step("neutral advice", agrees, neutral)
    yield Step("policy", _policy(finding, settings), advice.gate)
    if advice.doubt:
        yield Step("names", advice.doubt)
    if advice.ignored:
        because = f", because: {advice.ignored_reason}" if advice.ignored_reason else ""
        yield Step("ignored", f"nothing is reported of {', '.join(advice.ignored)}{because}")
    yield Step("advice", f"{advice.gate}; action: {advice.action}", advice.gate)


def _given(answer: HeadVerdict) -> str:
    """A label that the settings or a person gave, with what it replaces."""
    return f"{answer.label} by {answer.rule or 'a person'} (the model says {answer.predicted})"


def _policy(finding: Finding, settings: Settings) -> str:
    """What the settings did to the gate."""
    advice = finding.advice
    if advice.gate_given:
        return "a person's label stands, whatever the settings say"
    if advice.policy_rule:
        return f"{'kept at' if advice.gate == advice.gate_neutral else f'moved from {advice.gate_neutral} to'} {advice.gate} by {advice.policy_rule}"
    said = override_for(finding.piece, settings.paths)
    own = score_with(settings.words, finding.piece, advice.gate_parts)
    counted = f"; with {' and '.join((*own.raised, *own.lowered))} it scores {own.parts.total}" if advice.gate_rule == SCORED and (own.raised or own.lowered) else ""
    return f"{policy_for(settings, said)}: nothing moved it{counted}"
