"""What `gating audit` says when it is done: counts, three sentences, what to do first, where the files are."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from gating.library.journal import Changes
from gating.records import Audit, AuditedPiece
from gating.report.audit_files import FILES
from gating.report.audit_lists import ACTION_NAMES, by_urgency, headlines, plural
from gating.report.safe import visible

FIRST = 3  # actions that are shown


def audit_page(audit: Audit, changes: Changes, folder: Path) -> RenderableType:
    """Under a dozen lines; the report has the rest."""
    first = [piece for piece in by_urgency(audit.pieces) if piece.action != "keep"][:FIRST]
    parts: list[RenderableType] = [Text(_counts(audit, changes), style="bold")]
    if audit.pieces:
        parts.append(_grid((Text("-"), Text(visible(headline.sentence))) for headline in headlines(audit)))
    if first:
        parts += [Text("First to do:"), _grid(map(_row, first))]
    where = visible(str(folder))
    return Group(*parts, Text.assemble("Open ", (f"{where}/report.html", "bold"), f"; beside it {', '.join(name for name in FILES if name != 'report.html')}."))


def _counts(audit: Audit, changes: Changes) -> str:
    copies = sum(len(piece.copies) for piece in audit.pieces)
    said = [
        f"{len(audit.pieces):,} {plural(len(audit.pieces), 'piece')} scored",
        f"{copies:,} near-identical {plural(copies, 'copy', 'copies')} left out" if copies else "",
        f"{len(audit.unscored):,} not scored" if audit.unscored else "",
        _since_last(changes),
    ]
    return " · ".join(part for part in said if part)


def _since_last(changes: Changes) -> str:
    """Nothing in a first run, in which all is new."""
    if not changes.unchanged + changes.changed + changes.deleted:
        return ""
    return f"since the last run {changes.added:,} new, {changes.changed:,} changed, {changes.deleted:,} gone"


def _row(piece: AuditedPiece) -> tuple[Text, Text]:
    read = piece.library.finding.piece
    return Text(f"- {ACTION_NAMES[piece.action]}:"), Text(visible(read.title or read.source), style="bold")


def _grid(rows: Iterable[tuple[Text, Text]]) -> Table:
    """Two columns, so that a long line goes on under its own words."""
    table = Table.grid(padding=(0, 1))
    for row in rows:
        table.add_row(*row)
    return table
