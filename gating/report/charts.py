"""The pictures of the report as data: which cell shows what, how dark it is, and which rows of the table it stands for.

Three of the four are cross tables and are drawn as tables, the fourth as bars in SVG. Chart libraries that run under the page's
content policy draw on a canvas, which neither the keyboard nor a screen reader can enter; a table of buttons needs no library,
says its figures aloud, prints, and weighs nothing.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from gating.library.mix import PHASES
from gating.records import FORMATS, LABELS, PLACES, Audit, AuditedPiece, Gate, MixRow, Stage, Strategy
from gating.report.audit_lists import ACTION_NAMES, percent_of, plural

TODAY = (*LABELS["gate"], "unknown")
SHADES = 5  # steps of the colour scale; more cannot be told apart
BARS = 8  # of one dimension; only formats can be more, and then come the commonest first
# What a filter of the page may name: the values of each field, by whose places rows and filters speak of them.
FIELDS: dict[str, tuple[str, ...]] = {
    "action": tuple(ACTION_NAMES), "strategy": tuple(Strategy), "stage": tuple(Stage), "today": TODAY, "gate": tuple(Gate), "phase": PHASES, "format": FORMATS,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cell:
    """`where` names the rows behind it, such as "strategy=0 stage=2"; `says` is its name for people; `tone` its kind of colour."""

    count: int
    share: str
    says: str
    where: str
    tone: str  # shade-1 .. shade-5, empty, agree, open, close or plain


@dataclass(frozen=True, slots=True)
class CrossTable:
    """Counts of pieces by two things."""

    key: str
    title: str
    note: str
    corner: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of the mix; `length` and `target` are 0..100."""

    label: str
    count: int
    share: str
    length: float
    target: float | None
    aim: str
    says: str
    where: str


@dataclass(frozen=True, slots=True)
class BarGroup:
    """The bars of one dimension."""

    name: str
    bars: tuple[Bar, ...]


def strategy_by_stage(audit: Audit) -> CrossTable:
    """How many pieces do which job for which reader."""
    counts = Counter((strategy_of(piece), stage_of(piece)) for piece in audit.pieces)
    most = max(counts.values(), default=0)
    rows = tuple((name, tuple(_cell(counts[name, stage], len(audit.pieces), most, {"strategy": name, "stage": stage}) for stage in Stage)) for name in Strategy)
    note = "What each piece was built for, by the question its reader asks."
    return CrossTable("strategy-stage", "Strategy by stage", note, "Strategy", tuple(Stage), rows)


def gate_today_by_advice(audit: Audit) -> CrossTable:
    """Today's gate against the advised one; off the diagonal stands the work."""
    counts = Counter((piece.observed.verdict, advised_gate(piece)) for piece in audit.pieces)
    rows = tuple((today, tuple(_gate_cell(counts[today, gate], len(audit.pieces), today, gate) for gate in Gate)) for today in TODAY)
    note = "Left of the diagonal a form should go, right of it one would be justified."
    return CrossTable("gates", "Gate today against gate advised", note, "Today", tuple(f"{gate} advised" for gate in Gate), rows)


def gap_map(audit: Audit) -> CrossTable:
    """Topics by stage; an empty cell is a question that no piece answers."""
    most = max((count for counts in audit.gaps for count in counts), default=0)
    rows = tuple(
        (topic.name, tuple(_gap_cell(count, len(audit.pieces), most, topic.name, place, stage) for stage, count in zip(Stage, counts, strict=True)))
        for place, (topic, counts) in enumerate(zip(audit.topics, audit.gaps, strict=True))
    )
    return CrossTable("gaps", "Gap map: topics by stage", "Each empty cell is a question that no piece of yours answers.", "Topic", tuple(Stage), rows)


def mix_bars(audit: Audit) -> tuple[BarGroup, ...]:
    """Shares by strategy, stage, phase and format; the mark is the target where there is one. Topics have the gap map."""
    groups = (BarGroup(name, tuple(_bar(row) for row in audit.mix if row.dimension == name)[:BARS]) for name in ("strategy", "stage", "phase", "format"))
    return tuple(group for group in groups if group.bars)


def strategy_of(piece: AuditedPiece) -> str:
    """demand-gen or lead-gen."""
    return piece.library.finding.verdict.strategy.label


def stage_of(piece: AuditedPiece) -> str:
    """awareness, consideration or decision."""
    return piece.library.finding.verdict.stage.label


def advised_gate(piece: AuditedPiece) -> str:
    """The gate advised, after policy."""
    return piece.library.finding.advice.gate.value


def where(values: Mapping[str, str]) -> str:
    """The filter for these values, such as "strategy=0 stage=2"; a value that no row can have gives a filter that fits none."""
    return " ".join(f"{field}={FIELDS[field].index(value) if value in FIELDS[field] else -1}" for field, value in values.items())


def _cell(count: int, total: int, most: int, values: Mapping[str, str]) -> Cell:
    return Cell(count, _share(count, total), _says(", ".join(values.values()), count), where(values), _shade(count, most))


def _gate_cell(count: int, total: int, today: str, gate: str) -> Cell:
    tone = "plain" if not count or today == "unknown" else "agree" if today == gate else "open" if PLACES[gate] < PLACES[today] else "close"
    return Cell(count, _share(count, total), _says(f"{today} today, {gate} advised", count), where({"today": today, "gate": gate}), tone)


def _gap_cell(count: int, total: int, most: int, topic: str, place: int, stage: str) -> Cell:
    return Cell(count, _share(count, total), _says(f"{topic}, {stage}", count), f"topic={place} {where({'stage': stage})}", _shade(count, most))


def _bar(row: MixRow) -> Bar:
    target = None if row.target is None else 100 * row.target
    aim = "" if row.target is None else percent_of(row.target)
    return Bar(row.value, row.count, percent_of(row.share), round(100 * row.share, 1), target, aim, _says(row.value, row.count), where({row.dimension: row.value}))


def _share(count: int, total: int) -> str:
    return percent_of(count / total) if total else ""


def _says(name: str, count: int) -> str:
    return f"{name}: {count:,} {plural(count, 'piece')}" if count else f"{name}: no piece"


def _shade(count: int, most: int) -> str:
    """By the square root, so that small counts differ from each other and from none."""
    return f"shade-{max(1, math.ceil(SHADES * math.sqrt(count / most)))}" if count else "empty"
