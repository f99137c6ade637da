"""`gating evaluate` for machines: one JSON object. Shares are 0..1; null stands for what cannot be said."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from typing import Any

from gating.records import LABELS
from gating.report.safe import json_safe
from gating.training.evaluation import Evaluation, HeadEvaluation
from gating.training.measuring import Measured

SCHEMA = 1


def measured_json(measured: Measured) -> str:
    """The whole answer, indented."""
    said: dict[str, Any] = {
        "schema": SCHEMA,
        "model": measured.model,
        "n_rows": measured.evaluation.n_rows,
        "n_groups": measured.evaluation.n_groups,
        "not_used": [{"source": source, "reason": reason} for source, reason in measured.problems],
        "notes": measured.notes,
        "warning": measured.warning,
        "compared_with": measured.beside,
        **_evaluation(measured.evaluation),
        "training": {"from": measured.trained_from, **_evaluation(measured.trained)} if measured.trained else None,
        "not_trained": measured.not_trained,
        "suspicious": [asdict(suspect) for suspect in measured.suspects],
        "suspicious_by": measured.judged_by,
    }
    return json_safe(json.dumps(_finite(said), ensure_ascii=False, indent=1, allow_nan=False)) + "\n"


def _evaluation(evaluation: Evaluation) -> dict[str, Any]:
    slices = [
        {"name": one.name, "n_rows": one.n_rows, "heads": {score.head: {"n_rows": score.n_rows, "right": score.right, "compared_right": score.base_right} for score in one.heads}}
        for one in evaluation.slices
    ]
    return {"heads": {head.head: _head(head) for head in evaluation.heads}, "slices": slices}


def _head(head: HeadEvaluation) -> dict[str, Any]:
    return {
        "n_rows": head.n_rows,
        "n_groups": head.n_groups,
        **asdict(head.scores),
        "labels": LABELS[head.head],
        "confusion": head.confusion,
        "classes": [asdict(score) for score in head.classes],
        "reliability": [asdict(one) for one in head.bins],
        "compared": asdict(head.base) if head.base else None,
        "difference": {name: asdict(figure) for name, figure in head.differences} or None,
    }


def _finite(value: Any) -> Any:
    """The value with null for what is no number (a precision of a label never given)."""
    if isinstance(value, float):
        return round(value, 6) if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _finite(inner) for key, inner in value.items()}
    return [_finite(inner) for inner in value] if isinstance(value, list | tuple) else value
