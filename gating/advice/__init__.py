"""Piece + Verdict + policy -> Advice: the rubric's gate score, the rule that decided, the sentence that says why."""

from __future__ import annotations

from gating.advice.gate_score import gate_rule, score_gate
from gating.advice.names import doubt_of_stage
from gating.advice.overrides import override_for
from gating.advice.own_words import score_with
from gating.advice.policy import FORM_IS_SERVICE, SCORED, Moved, apply_policy, rubric_gate
from gating.advice.sentences import measures_for, why
from gating.reading.ignores import ignored_in
from gating.records import Advice, Evidence, Gate, ObservedGate, Piece, Stage, Strategy, Verdict
from gating.settings import Settings

__all__ = ["action_of", "advise"]
GATE_ACTIONS = ("ungate", "soft-gate", "gate")


def advise(piece: Piece, verdict: Verdict, evidence: tuple[Evidence, ...], settings: Settings) -> Advice:
    """Advice on one piece under `settings`.

    The neutral gate is the classifier's: on sites never seen it is right more often than the rubric's rules applied to what was
    predicted. The rules explain it; where the two disagree neither is to be relied on, and a person is asked. A gate that a person gave
    stands as it is: no policy moves it and nobody is asked about it. Nor is anybody asked about what the piece or the settings say to ignore.
    """
    parts = score_gate(piece, verdict)
    rule = gate_rule(piece, verdict)
    said = override_for(piece, settings.paths)
    given = bool(verdict.gate.predicted)
    neutral = Gate(verdict.gate.predicted or verdict.gate.label)
    kind = verdict.format.label
    moved = Moved(Gate(verdict.gate.label), decided=True) if given else apply_policy(neutral, rule, parts, kind, settings, score_with(settings.words, piece, parts), said)
    asked = ignored_in(piece)
    ignored = tuple(dict.fromkeys((*asked.names, *said.ignore)))
    doubt = "" if "stage" in ignored else doubt_of_stage(piece, verdict, settings.names)
    gate_in_doubt = not moved.decided and "gate" not in ignored and (verdict.gate.is_unsure(settings.review.gate_below) or rubric_gate(rule, parts) != neutral)
    unsure = "strategy" not in ignored and verdict.strategy.is_unsure(settings.review.strategy_below)
    review = "review" not in ignored and (unsure or gate_in_doubt or bool(doubt) or "not-marketing" in verdict.flags)
    sentence = why(verdict, neutral, moved.gate, rule, parts, evidence, moved.rule, doubt)
    action = "review" if review else action_of(moved.gate, rule, kind, piece.observed)
    return Advice(
        gate_neutral=neutral,
        gate=moved.gate,
        gate_rule=rule,
        gate_parts=parts,
        phase=phase_of(verdict),
        action="keep" if "gate" in ignored and action in GATE_ACTIONS else action,
        review=review,
        measures=measures_for(verdict),
        evidence=evidence,
        why=sentence if review else sentence.replace(": please decide", ""),  # nobody is asked about what is to be ignored
        gate_given=given,
        policy_rule=moved.rule,
        doubt=doubt,
        ignored=ignored,
        ignored_reason=(asked.reason or said.value("reason")) if ignored else "",
    )


def phase_of(verdict: Verdict) -> str:
    """Which of the five phases of demand the piece serves: create, capture, revive, accelerate or expand.

    For customers: expand. Before a need is felt: create. A piece that asks for a name: capture. Proof and comparison for those who are
    already choosing: accelerate. Revive is work on known contacts that went quiet, which a piece alone does not show; only newsletter
    and event news to a known list counts.
    """
    if "customer" in verdict.flags:
        return "expand"
    if verdict.strategy.label == Strategy.LEAD_GEN:
        return "capture"
    if verdict.stage.label == Stage.AWARENESS:
        return "revive" if verdict.format.label == "webinar" else "create"
    return "accelerate"


def action_of(gate: Gate, rule: str, kind: str, observed: ObservedGate) -> str:
    """The step from today's gate to the advised one: keep, ungate, soft-gate or gate. `kind` is the format's label.

    A form on the open page already asks whoever wants more: only a packaged asset (rule G3), advised to be gated, wants more than a newsletter box.
    """
    if observed.verdict == gate or (observed.verdict == "unknown" and gate is Gate.UNGATED):
        return "keep"
    asks = observed.lead_form or (bool(observed.form) and (gate is Gate.SOFT_GATE or rule != SCORED))
    if gate is not Gate.UNGATED and asks and observed.verdict in (Gate.UNGATED, "unknown"):
        return "keep"
    if rule == FORM_IS_SERVICE and gate is Gate.GATED and (observed.lead_form or kind == "conversion"):
        return "keep"  # the form is there, or the page is the form (often drawn by a script that a saved page does not show)
    return {Gate.UNGATED: "ungate", Gate.SOFT_GATE: "soft-gate", Gate.GATED: "gate"}[gate]
