"""Sentences that a person reads: why this advice, which measures to judge the piece by, the parts in the rubric's words."""

from __future__ import annotations

from gating.advice.gate_score import PARTS
from gating.advice.policy import rubric_gate
from gating.advice.quotes import evidence_shown
from gating.records import Evidence, Gate, GateParts, Stage, Strategy, Verdict

FORMAT_NAMES = {
    "docs": "documentation", "news": "a news item", "other": "a page", "conversion": "a sign-up or contact page", "product": "a product page",
    "pricing": "a pricing page", "article": "an article", "ebook": "an ebook",
}  # fmt: skip
STRATEGY_WORDS = {Strategy.DEMAND_GEN: "built to spread an idea", Strategy.LEAD_GEN: "built to win a named contact"}
RULE_WORDS = {
    "G0": "a page that readers and search must reach",
    "G1": "a form that is the service",
    "G2": "a page that shows its value first and asks after",
}
MEASURES = {
    (Strategy.DEMAND_GEN, Stage.AWARENESS): ("traffic", "engagement", "branded search", "share of voice"),
    (Strategy.DEMAND_GEN, Stage.CONSIDERATION): ("engagement", "return visits", "clicks to an offer"),
    (Strategy.DEMAND_GEN, Stage.DECISION): ("assisted pipeline", "clicks to demo or pricing", "sales use"),
    (Strategy.LEAD_GEN, Stage.AWARENESS): ("leads", "cost per lead", "lead to MQL rate"),
    (Strategy.LEAD_GEN, Stage.CONSIDERATION): ("conversion rate", "cost per lead", "MQL to SQL rate"),
    (Strategy.LEAD_GEN, Stage.DECISION): ("conversion rate", "demo requests", "MQL to SQL rate"),
}


def why(verdict: Verdict, neutral: Gate, gate: Gate, rule: str, parts: GateParts, evidence: tuple[Evidence, ...], moved_by: str = "", doubt: str = "") -> str:
    """One sentence: what the piece is, what follows for the gate, and the words that weighed most; and what speaks against its stage."""
    kind = verdict.format.label
    name = FORMAT_NAMES.get(kind, f"a {kind.replace('-', ' ')}")
    first = next((evidence_shown(item.quote) for item in evidence if item.label == verdict.strategy.label), "")
    quoted = f' ("{first}")' if first else ""
    reason = because(neutral, gate, rule, parts, bool(verdict.gate.predicted), moved_by)
    return f"{name[0].upper()}{name[1:]} {STRATEGY_WORDS[Strategy(verdict.strategy.label)]}{quoted}; {gate}: {reason}{'; ' if doubt else ''}{doubt}."


def because(neutral: Gate, gate: Gate, rule: str, parts: GateParts, given: bool, moved_by: str = "") -> str:
    """What decided the gate, in a few words: a person's label (`given`), the rubric's rule, the policy (`moved_by` its lines), or the model against the rubric's rule."""
    if given:
        return "as a person labelled it" if gate == neutral else f"as a person labelled it; the model says {neutral}"
    by_rule = rubric_gate(rule, parts)
    if gate != neutral:
        return f"moved from {neutral} by your policy" + (f" ({moved_by})" if moved_by else "")
    if moved_by:
        return f"as your settings say ({moved_by})"
    if by_rule != neutral:
        return f"its wording suggests {neutral}; as {RULE_WORDS.get(rule) or f'an asset that scores {parts.total}'} it should be {by_rule}: please decide"
    return RULE_WORDS.get(rule) or f"scores {parts.total} of 6 as an asset to trade"


def part_words(name: str, value: int) -> str:
    """What the rubric says of this value of a gate part."""
    return PARTS[name][value]


def measures_for(verdict: Verdict) -> tuple[str, ...]:
    """The measures by which the piece should be judged, by strategy and stage."""
    return MEASURES[Strategy(verdict.strategy.label), Stage(verdict.stage.label)]
