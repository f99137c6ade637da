"""`gating explain` for machines: the record, plus the gate rule, what to change, and what would flip each label."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from gating.advice.chain import Step
from gating.advice.changes import Flip
from gating.advice.proposals import Move, Proposal
from gating.advice.sentences import part_words
from gating.records import HEADS, Finding
from gating.report.record import record_of
from gating.report.safe import json_safe
from gating.report.tables import percent

MOVED = {
    "lead_gen_probability": "lead-gen", "observed_gate": "today's gate", "gate_neutral": "gate before policy", "stage_score": "stage score", "form_height": "height of the form",
    "form_fields": "kinds of fields", "next_step": "next step",
}  # fmt: skip


def explained_json(finding: Finding, flips: Sequence[Flip], chain: Sequence[Step] = (), proposals: Sequence[Proposal] = ()) -> str:
    """The explained record as JSON, indented."""
    return json_safe(json.dumps(explained_record(finding, flips, chain, proposals), ensure_ascii=False, indent=1)) + "\n"


def explained_record(finding: Finding, flips: Sequence[Flip], chain: Sequence[Step] = (), proposals: Sequence[Proposal] = ()) -> dict[str, Any]:
    """The record with `label_sets`, `gate_rule`, `gate_part_words`, `proposals` and `flips`, and with `chain` where its steps are given."""
    record = record_of(finding)
    parts = {name: part_words(name, value) for name, value in record["gate_parts"].items() if name != "total"}
    said = [{"head": flip.head, "from": flip.before.label, "to": flip.after.label, "flips": flip.after.label != flip.before.label, "change": flip.change,
             "probability": round(flip.after.confidence, 6)} for flip in flips]  # fmt: skip
    sets = {head: list(finding.verdict.head(head).cannot_exclude) for head in HEADS}
    steps = {"chain": [{"step": step.name, "gate": step.gate, "says": step.says} for step in chain]} if chain else {}
    edits = [_proposed(proposal) for proposal in proposals]
    return {**record, "label_sets": sets, "gate_rule": finding.advice.gate_rule, "gate_part_words": parts, **steps, "proposals": edits, "flips": said}


def _proposed(proposal: Proposal) -> dict[str, Any]:
    """A proposal; of its edit only what it has."""
    edit = {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(proposal.edit).items() if value}
    return {
        "id": proposal.id, "kind": proposal.kind, "sentence": proposal.sentence, "why": moves_in_words(proposal), "quote": proposal.quote.text, "line": proposal.quote.line,
        "block": proposal.quote.block if proposal.quote.block >= 0 else None, "edit": edit, "moves": [asdict(move) for move in proposal.moves],
    }  # fmt: skip


def moves_in_words(proposal: Proposal) -> str:
    """What the edit moves, in one line: "awareness 80 % -> 86 %, lead-gen 18 % -> 19 %"."""
    return ", ".join(f"{_name_of(move)} {_shown(move, move.before)} -> {_shown(move, move.after)}" for move in proposal.moves)


def _name_of(move: Move) -> str:
    return MOVED.get(move.what) or move.what.rpartition(".")[2].replace("_", " ")


def _shown(move: Move, value: str | float) -> str:
    if isinstance(value, float):
        return f"{value:.0f}" if move.what == "stage_score" else percent(value)
    return str(value)
