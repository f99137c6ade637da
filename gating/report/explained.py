"""`gating explain` for machines: the record, plus the gate rule and what would flip each label."""

from __future__ import annotations

import json
from collections.abc import Sequence

from gating.advice.changes import Flip
from gating.advice.sentences import part_words
from gating.records import HEADS, Finding
from gating.report.record import record_of


def explained_json(finding: Finding, flips: Sequence[Flip]) -> str:
    """The record with `gate_rule`, `gate_part_words` and `flips`, indented."""
    record = record_of(finding)
    parts = {name: part_words(name, value) for name, value in record["gate_parts"].items() if name != "total"}
    said = [{"head": flip.head, "from": flip.before.label, "to": flip.after.label, "flips": flip.after.label != flip.before.label, "change": flip.change,
             "probability": round(flip.after.confidence, 6)} for flip in flips]  # fmt: skip
    sets = {head: list(finding.verdict.head(head).cannot_exclude) for head in HEADS}
    return json.dumps({**record, "label_sets": sets, "gate_rule": finding.advice.gate_rule, "gate_part_words": parts, "flips": said}, ensure_ascii=False, indent=1) + "\n"
