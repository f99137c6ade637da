"""What `gating compare` shows: on the terminal and as Markdown, from the same sections."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from gating.library.compare import Change, Comparison, Moved, Named
from gating.report.audit_lists import ACTION_NAMES, percent_of, plural
from gating.report.audit_summary import markdown_rows
from gating.report.safe import visible

SHOWN = 20  # rows of a section; findings.jsonl of both audits have the rest


@dataclass(frozen=True, slots=True)
class _Section:
    title: str
    count: int
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]  # the first SHOWN
    first_figure: int = 9  # the column from which on they hold figures


def comparison_page(comparison: Comparison) -> RenderableType:
    """One line that sums up, then a table for each kind of change that there is."""
    parts: list[RenderableType] = [Text(_summary(comparison), style="bold")]
    for section in _sections(comparison):
        table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, title=_title(section), title_justify="left", title_style="bold")
        for number, heading in enumerate(section.headings):
            table.add_column(heading, overflow="fold", justify="right" if number >= section.first_figure else "left")
        for row in section.rows:
            table.add_row(*(Text(visible(cell)) for cell in row))
        parts += [Text(""), table]
    return Group(*parts)


def comparison_markdown(comparison: Comparison) -> str:
    """The same as Markdown; every title is text and nothing else."""
    chunks = [f"# What changed between two audits\n\n{_summary(comparison)}\n"]
    for section in _sections(comparison):
        chunks += [f"\n## {_title(section)}\n\n", *markdown_rows(section.headings, section.rows)]
    return "".join(chunks)


def _summary(comparison: Comparison) -> str:
    fixed, broken, done = len(comparison.gates_fixed), len(comparison.gates_broken), len(comparison.actions_done)
    said = [
        f"{comparison.n_before:,} {plural(comparison.n_before, 'piece')} before, {comparison.n_after:,} now",
        f"{done:,} {plural(done, 'action')} done",
        f"{fixed:,} {plural(fixed, 'gate')} put right, {broken:,} made worse",
    ]
    return " · ".join(said)


def _title(section: _Section) -> str:
    return f"{section.title}: {section.count:,}" + (f", the first {SHOWN}" if section.count > SHOWN else "")


def _sections(comparison: Comparison) -> Iterator[_Section]:
    """Those that have rows, good news first."""
    changes = (
        ("Actions done", "Action", comparison.actions_done),
        ("Gates put right", "Gate", comparison.gates_fixed),
        ("Gates made worse", "Gate", comparison.gates_broken),
        ("Labels that changed", "Label", comparison.labels),
    )
    yield from (_changes(title, heading, found) for title, heading, found in changes if found)
    yield from (_pieces(title, found) for title, found in (("New", comparison.added), ("Gone", comparison.removed)) if found)
    if comparison.mix:
        yield _Section("Mix", len(comparison.mix), ("By", "Value", "Before", "Now", "Points"), tuple(map(_moved, comparison.mix)), first_figure=2)


def _changes(title: str, heading: str, changes: Sequence[Change]) -> _Section:
    return _Section(title, len(changes), ("Piece", heading, "Before", "Now"), tuple(map(_changed, changes[:SHOWN])))


def _changed(change: Change) -> tuple[str, ...]:
    names = ACTION_NAMES if change.field == "action" else {}
    return change.piece.title, change.field.replace("observed_gate", "gate today"), names.get(change.before, change.before), names.get(change.after, change.after)


def _pieces(title: str, pieces: Sequence[Named]) -> _Section:
    return _Section(title, len(pieces), ("Piece", "Source"), tuple((piece.title, piece.source) for piece in pieces[:SHOWN]))


def _moved(row: Moved) -> tuple[str, ...]:
    return row.dimension, row.value, percent_of(row.before), percent_of(row.after), f"{100 * (row.after - row.before):+.1f}"
