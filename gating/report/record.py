"""The record that all outputs share (docs/json.md describes it, record.schema.json is its JSON Schema)."""

from __future__ import annotations

from typing import Any

from gating.records import HEADS, LABELS, Advice, Finding, Skipped, Status, Verdict

SCHEMA = 1


def record_of(result: Finding | Skipped) -> dict[str, Any]:
    """One finding or skipped input as the record, its keys in the documented order; a field without a value is null or empty."""
    return _scored(result) if isinstance(result, Finding) else _unscored(result)


def _unscored(skipped: Skipped) -> dict[str, Any]:
    empty = dict.fromkeys(KEYS, None)
    lists: dict[str, Any] = {key: [] for key in ("flags", "evidence", "measures")}
    return {**empty, **lists, "schema": SCHEMA, "id": skipped.id, "source": skipped.source, "title": skipped.title, "url": "", "status": skipped.status.value,
            "reason": skipped.reason, "observed_gate": "unknown", "observed_gate_evidence": "", "review": False, "why": ""}  # fmt: skip


def _scored(finding: Finding) -> dict[str, Any]:
    piece, verdict, advice = finding.piece, finding.verdict, finding.advice
    parts = advice.gate_parts
    return {
        "schema": SCHEMA,
        "id": piece.id,
        "source": piece.source,
        "title": piece.title,
        "url": piece.url,
        "status": (Status.PARTIAL if piece.limits else Status.SCORED).value,
        "reason": "; ".join(piece.limits),
        "n_words": piece.n_words,
        "language": piece.language,
        "strategy": verdict.strategy.label,
        "lead_gen_probability": _rounded(verdict.lead_gen_probability),
        "stage": verdict.stage.label,
        "stage_probabilities": {name: _rounded(value) for name, value in zip(LABELS["stage"], verdict.stage.probabilities, strict=True)},
        "stage_score": round(verdict.stage_score, 2),
        "format": verdict.format.label,
        "phase": advice.phase,
        "gate": advice.gate.value,
        "gate_neutral": advice.gate_neutral.value,
        "gate_parts": {
            "uniqueness": parts.uniqueness, "work_saved": parts.work_saved, "buying_closeness": parts.buying_closeness,
            "reach_need": parts.reach_need, "hostility": parts.hostility, "total": parts.total,
        },
        "observed_gate": piece.observed.verdict,
        "observed_gate_evidence": piece.observed.evidence,
        "flags": list(verdict.flags),
        "action": advice.action,
        "confidence": {name: _rounded(verdict.head(name).confidence) for name in ("strategy", "stage", "gate")},
        "review": advice.review,
        "evidence": [{"label": item.label, "quote": item.quote, "line": item.line, "weight": _rounded(item.weight)} for item in advice.evidence],
        "measures": list(advice.measures),
        "why": advice.why,
        "model": verdict.model,
        **_said(advice),
        **_given(verdict),
    }  # fmt: skip


def _said(advice: Advice) -> dict[str, Any]:
    """What a record has more where the settings moved or fixed the gate, and where findings are ignored."""
    rule = {"policy_rule": advice.policy_rule} if advice.policy_rule else {}
    return {**rule, "ignored": {"findings": list(advice.ignored), "reason": advice.ignored_reason}} if advice.ignored else rule


def _given(verdict: Verdict) -> dict[str, Any]:
    """What a record has more where a person gave a label: those labels, what the model says in their place, where each label is from,
    and which lines of the settings gave some.
    """
    if not verdict.has_given:
        return {}
    predicted = {head: verdict.head(head).predicted for head in HEADS if verdict.head(head).predicted}
    given = {head: verdict.head(head).label for head in predicted}
    sources = {head: "given" if head in given else "predicted" for head in HEADS}
    rules = {head: verdict.head(head).rule for head in given if verdict.head(head).rule}
    return {"given": given, "predicted": predicted, "label_source": sources, **({"label_rule": rules} if rules else {})}


def _rounded(value: float) -> float:
    return round(float(value), 6)


KEYS = (
    "schema", "id", "source", "title", "url", "status", "reason", "n_words", "language", "strategy", "lead_gen_probability", "stage", "stage_probabilities",
    "stage_score", "format", "phase", "gate", "gate_neutral", "gate_parts", "observed_gate", "observed_gate_evidence", "flags", "action", "confidence",
    "review", "evidence", "measures", "why", "model",
)  # fmt: skip
OPTIONAL_KEYS = ("policy_rule", "ignored", "given", "predicted", "label_source", "label_rule", "audit")  # stand last, in this order; only where there is something to say
