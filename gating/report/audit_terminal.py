"""What `gating audit` says when it is done: counts, three sentences, what to do first, where the files are."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from gating.library.conditions import ALL, counts_of
from gating.library.journal import Changes
from gating.records import Audit
from gating.report.audit_files import FILES
from gating.report.audit_lists import ACTION_NAMES, by_urgency, headlines, plural
from gating.report.safe import visible

FIRST = 3  # actions that are shown


@dataclass(frozen=True, slots=True)
class Told:
    """What is said of an audit when it is done, so that it can be said again of files that stand."""

    made: str  # ISO date
    counts: dict[str, int]  # of all pieces and by the conditions of --fail-on
    n_copies: int
    n_unscored: int
    n_given: int  # pieces with a person's label
    sentences: tuple[str, ...]
    first: tuple[tuple[str, str], ...]  # (action, title)
    reasons: tuple[str, ...]  # why the first inputs were not scored


def told_of(audit: Audit, made: datetime.date) -> Told:
    """What is said of this audit."""
    first = [piece for piece in by_urgency(audit.pieces) if piece.action != "keep"][:FIRST]
    return Told(
        made=made.isoformat(),
        counts=counts_of(audit),
        n_copies=sum(len(piece.copies) for piece in audit.pieces),
        n_unscored=len(audit.unscored),
        n_given=sum(piece.library.finding.verdict.has_given for piece in audit.pieces),
        sentences=tuple(visible(headline.sentence) for headline in headlines(audit)) if audit.pieces else (),
        first=tuple((ACTION_NAMES[piece.action], visible(read.title or read.source)) for piece in first for read in [piece.library.finding.piece]),
        reasons=tuple(visible(f"{skipped.source}: {skipped.reason}") for skipped in audit.unscored[:FIRST]),
    )


def audit_page(told: Told, changes: Changes, folder: Path, new: bool = True) -> RenderableType:
    """Fewer lines than a terminal has; the report has the rest. Not `new`: the files of an earlier run stand."""
    parts: list[RenderableType] = [Text(_counts(told, changes), style="bold")]
    if told.counts[ALL] and len(told.reasons) == told.n_unscored > 0:  # few enough for each to be named; of an audit without a piece an error says why
        parts.append(_grid((Text("" if at else "Not scored:"), Text(reason)) for at, reason in enumerate(told.reasons)))
    if told.sentences:
        parts.append(_grid((Text("-"), Text(sentence)) for sentence in told.sentences))
    if told.first:
        parts += [Text("First to do:"), _grid((Text(f"- {action}:"), Text(title, style="bold")) for action, title in told.first)]
    if not new:
        parts.append(Text(f"Nothing has changed since the audit of {told.made}; its files were left as they are."))
    where = visible(str(folder))
    return Group(*parts, Text.assemble("Open ", (f"{where}/report.html", "bold"), f"; beside it {', '.join(name for name in FILES if name != 'report.html')}."))


def _counts(told: Told, changes: Changes) -> str:
    count = told.counts[ALL]
    said = [
        f"{count:,} {plural(count, 'piece')} scored",
        f"{told.n_copies:,} near-identical {plural(told.n_copies, 'copy', 'copies')} left out" if told.n_copies else "",
        f"{told.n_unscored:,} not scored" if told.n_unscored else "",
        _since_last(changes),
    ]
    return " · ".join(part for part in said if part)


def _since_last(changes: Changes) -> str:
    """Nothing in a first run, in which all is new."""
    if not changes.unchanged + changes.changed + changes.deleted:
        return ""
    return f"since the last run {changes.added:,} new, {changes.changed:,} changed, {changes.deleted:,} gone"


def _grid(rows: Iterable[tuple[Text, Text]]) -> Table:
    """Two columns, so that a long line goes on under its own words."""
    table = Table.grid(padding=(0, 1))
    for row in rows:
        table.add_row(*row)
    return table
