"""A company's policy on top of the neutral advice (RUBRIC section 6). It never changes the neutral advice itself."""

from __future__ import annotations

from gating.records import Gate, GateParts

SCORED, FORM_IS_SERVICE = "G3", "G1"


def gate_for(total: int, uniqueness: int) -> Gate:
    """The rubric's classes: 4 or more gated, 2 or 3 soft-gate, less ungated; a commodity (uniqueness 0) is never gated."""
    if total >= 4:
        return Gate.GATED if uniqueness > 0 else Gate.SOFT_GATE
    return Gate.SOFT_GATE if total >= 2 else Gate.UNGATED


def rubric_gate(rule: str, parts: GateParts) -> Gate:
    """What the rubric's line (G0 to G3) and score make of the piece by themselves."""
    fixed = {"G0": Gate.UNGATED, "G1": Gate.GATED, "G2": Gate.SOFT_GATE}
    return fixed.get(rule) or gate_for(parts.total, parts.uniqueness)


def apply_policy(neutral: Gate, rule: str, parts: GateParts, policy: str) -> Gate:
    """The advice under `policy`: balanced (the neutral one), open, capture or developer."""
    if policy == "open" and neutral is Gate.GATED and rule != FORM_IS_SERVICE:
        return Gate.SOFT_GATE
    if policy == "capture" and neutral is Gate.SOFT_GATE and rule == SCORED and parts.total >= 3 and parts.uniqueness > 0:
        return Gate.GATED
    if policy == "developer" and rule == SCORED and neutral is not Gate.UNGATED and not parts.hostility:
        return min(neutral, gate_for(parts.total - 1, parts.uniqueness), key=list(Gate).index)
    return neutral
