"""A company's policy on top of the neutral advice (RUBRIC section 6). It never changes the neutral advice itself."""

from __future__ import annotations

from dataclasses import dataclass

from gating.advice.overrides import NOTHING_SAID, Override
from gating.advice.own_words import OwnScore
from gating.records import Gate, GateParts
from gating.settings import GateCosts, Settings

SCORED, FORM_IS_SERVICE = "G3", "G1"
GATED_FROM, SOFT_GATE_FROM = 4, 2  # the rubric's own
CAPTURE_FROM = 3  # the score at which the policy "capture" gates


@dataclass(frozen=True, slots=True)
class Moved:
    """The gate after policy. `rule` holds the lines of the settings that moved or fixed it, empty where they leave it alone.

    `decided`: the company says outright how such pieces are given out, so that the model's doubt is nothing to ask a person about.
    """

    gate: Gate
    rule: str = ""
    decided: bool = False


def gate_for(total: int, uniqueness: int) -> Gate:
    """The rubric's classes: 4 or more gated, 2 or 3 soft-gate, less ungated; a commodity (uniqueness 0) is never gated."""
    if total >= GATED_FROM:
        return Gate.GATED if uniqueness > 0 else Gate.SOFT_GATE
    return Gate.SOFT_GATE if total >= SOFT_GATE_FROM else Gate.UNGATED


def rubric_gate(rule: str, parts: GateParts) -> Gate:
    """What the rubric's line (G0 to G3) and score make of the piece by themselves."""
    fixed = {"G0": Gate.UNGATED, "G1": Gate.GATED, "G2": Gate.SOFT_GATE}
    return fixed.get(rule) or gate_for(parts.total, parts.uniqueness)


def apply_policy(neutral: Gate, rule: str, parts: GateParts, kind: str, settings: Settings, own: OwnScore | None = None, said: Override = NOTHING_SAID) -> Moved:
    """The advice under the settings, `kind` being the format's label: what is said of the path, else of the format, else what score, policy and costs make of it.

    `own` is the score with the company's words counted in; without it, the rubric's.
    """
    fixed = _decided(kind, settings, said)
    if fixed:
        return Moved(*fixed, decided=True)
    gate, lines = (neutral, ()) if rule != SCORED else _by_score(neutral, parts, own or OwnScore(parts), settings, said)
    closed = gate is Gate.GATED and rule != FORM_IS_SERVICE
    if closed and policy_for(settings, said) == "open":
        gate, lines = Gate.SOFT_GATE, (*lines, _policy_line(settings, said))
    elif closed and (loss := loss_of_a_gate(settings.gate_costs)):
        gate, lines = Gate.SOFT_GATE, (*lines, loss)
    return Moved(gate, " and ".join(lines) if gate is not neutral else "")


def policy_for(settings: Settings, said: Override) -> str:
    """The name of the policy for a piece of which the paths say `said`."""
    return said.value("policy") or settings.policy


def loss_of_a_gate(costs: GateCosts) -> str:
    """In words, what a gate loses for every 100 readers where that is more than it wins; empty where it pays or a figure is not said."""
    if not (costs.contact_value and costs.reader_value and costs.fill_share):
        return ""
    won, lost = 100 * costs.fill_share * costs.contact_value, 100 * (1 - costs.fill_share) * costs.reader_value
    return f"gate_costs: of 100 readers a form wins {won:,.6g} and loses {lost:,.6g}" if lost > won else ""


def _decided(kind: str, settings: Settings, said: Override) -> tuple[Gate, str] | None:
    if gate := said.value("gate"):
        return Gate(gate), said.line("gate")
    if gate := dict(settings.formats).get(kind, ""):
        return Gate(gate), f'formats.{kind} = "{gate}"'
    return None


def _policy_line(settings: Settings, said: Override) -> str:
    return said.line("policy") if said.value("policy") else f'policy = "{settings.policy}"'


def _by_score(neutral: Gate, parts: GateParts, own: OwnScore, settings: Settings, said: Override) -> tuple[Gate, tuple[str, ...]]:
    """The gate after words, audience and thresholds, and the lines that moved it.

    The neutral gate is the model's, which may disagree with the score. So it moves only where the settings draw a line elsewhere than the
    rubric does, only over that line, and at most one step towards a form.
    """
    policy, audience = policy_for(settings, said), said.value("audience") or settings.audience
    if audience != "anyone":
        own = own.with_hostile_readers(said.line("audience") if said.value("audience") else f'audience = "{audience}"')
    if policy == "developer":
        own = own.with_hostile_readers(_policy_line(settings, said))
    shift, total, distinct = own.parts.total - parts.total, own.parts.total, own.parts.uniqueness > 0
    gated_from, soft_from = settings.thresholds.gated_from, settings.thresholds.soft_gate_from
    line_gated = (f"thresholds.gated_from = {gated_from}",) if gated_from != GATED_FROM else ()
    line_soft = (f"thresholds.soft_gate_from = {soft_from}",) if soft_from != SOFT_GATE_FROM else ()
    if policy == "capture" and gated_from == GATED_FROM:  # a threshold of the company's own is the plainer word
        gated_from, line_gated = CAPTURE_FROM, (_policy_line(settings, said),)
    if neutral is Gate.SOFT_GATE and gated_from - shift < GATED_FROM and total >= gated_from and distinct:
        return Gate.GATED, (*own.raised, *line_gated)
    if neutral is Gate.UNGATED and soft_from - shift < SOFT_GATE_FROM and total >= soft_from:
        return Gate.SOFT_GATE, (*own.raised, *line_soft)
    gate, lines = neutral, list(own.lowered)
    tightened = gated_from - shift > GATED_FROM or (parts.uniqueness > 0 and not distinct)
    if gate is Gate.GATED and tightened and (total < gated_from or not distinct):
        gate, lines = Gate.SOFT_GATE, [*lines, *line_gated]
    if gate is Gate.SOFT_GATE and soft_from - shift > SOFT_GATE_FROM and total < soft_from:
        gate, lines = Gate.UNGATED, [*lines, *line_soft]
    return gate, tuple(lines) if gate is not neutral else ()
