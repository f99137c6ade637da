"""The mix of the library by strategy, stage, phase, format and topic, beside the target that fits the company's stage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from gating.records import AuditedPiece, MixRow, Stage, Statement, Strategy, Topic
from gating.settings import Settings

DEMAND_SHARE = {"before-fit": 0.2, "growth": 0.5, "established": 0.6}
STAGE_WORDS = {"before-fit": "before product-market fit", "growth": "in growth", "established": "when established"}
PHASES = ("create", "capture", "revive", "accelerate", "expand")
BUDGET_RULE = "Dan Pollack, Demand Generation vs Lead Generation (2026): a starting point for budgets by company stage, not a law; pieces stand in for budget here"
OWN_TARGET = "Your own settings ([mix] in gating.toml); pieces stand in for budget here"


def demand_target(settings: Settings) -> float:
    """The share of demand-gen pieces to aim at, 0..1: the company's own, else what fits its stage."""
    return settings.mix.demand_share or DEMAND_SHARE[settings.company_stage]


def target_source(settings: Settings) -> str:
    """Where that share is from."""
    return OWN_TARGET if settings.mix.demand_share else BUDGET_RULE


def mix_of(pieces: Sequence[AuditedPiece], topics: Sequence[Topic], settings: Settings) -> tuple[MixRow, ...]:
    """Rows by dimension; strategies, stages, phases and topics without a piece are there with 0, formats are not. Copies do not count."""
    demand, wanted = demand_target(settings), settings.mix
    verdicts = [piece.library.finding.verdict for piece in pieces]
    strategies = _rows("strategy", (verdict.strategy.label for verdict in verdicts), tuple(Strategy))
    targets: dict[str, float | None] = {Strategy.DEMAND_GEN: demand, Strategy.LEAD_GEN: 1 - demand}
    stages = _rows("stage", (verdict.stage.label for verdict in verdicts), tuple(Stage))
    said = any(getattr(wanted, stage) for stage in Stage)
    targets |= {stage: getattr(wanted, stage) if said else None for stage in Stage}
    formats = Counter(verdict.format.label for verdict in verdicts)
    return (
        *(replace(row, target=targets[row.value]) for row in (*strategies, *stages)),
        *_rows("phase", (piece.library.finding.advice.phase for piece in pieces), PHASES),
        *_rows("format", formats.elements(), sorted(formats, key=lambda name: (-formats[name], name))),
        *_rows("topic", (topics[piece.topic].name if piece.topic >= 0 else "" for piece in pieces), [topic.name for topic in topics]),
    )


def target_of(pieces: Sequence[AuditedPiece], settings: Settings) -> Statement:
    """How far the mix of demand-gen and lead-gen pieces is from the target, with where the target is from."""
    demand, stage = demand_target(settings), STAGE_WORDS[settings.company_stage]
    count = demand_count(pieces)
    share = count / len(pieces) if pieces else 0.0
    shares = f"{demand:.0%} demand to {1 - demand:.0%} lead"
    common = f"{stage[0].upper()}{stage[1:]}, about {shares} is a common starting point"
    wanted = f"Your target is {shares}" if settings.mix.demand_share else common
    now = f"; this library has {share:.0%} to {1 - share:.0%}, {_distance(share - demand)}." if pieces else "; this library has no scored piece."
    return Statement("target", wanted + now, count, share, target_source(settings))


def demand_count(pieces: Iterable[AuditedPiece]) -> int:
    """How many pieces are demand-gen."""
    return sum(piece.library.finding.verdict.strategy.label == Strategy.DEMAND_GEN for piece in pieces)


def gap_map(pieces: Sequence[AuditedPiece], topics: Sequence[Topic]) -> tuple[tuple[int, int, int], ...]:
    """Pieces by (topic, stage), topics in their order, stages in funnel order; pieces without a topic do not count."""
    cells = Counter((piece.topic, piece.library.finding.verdict.stage.label) for piece in pieces)
    return tuple((cells[topic, Stage.AWARENESS], cells[topic, Stage.CONSIDERATION], cells[topic, Stage.DECISION]) for topic in range(len(topics)))


def _rows(dimension: str, values: Iterable[str], known: Iterable[str]) -> list[MixRow]:
    counts = Counter(str(value) for value in values)
    total = sum(counts.values())
    return [MixRow(dimension, str(value), counts[str(value)], counts[str(value)] / total if total else 0.0) for value in known]


def _distance(over: float) -> str:
    points = round(100 * abs(over))
    return "on target" if not points else f"{points} points {'more' if over > 0 else 'less'} demand than that"
