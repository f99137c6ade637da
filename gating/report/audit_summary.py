"""summary.md: the audit as Markdown that pastes into a ticket or a wiki."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from gating.records import Audit, AuditedPiece, Stage
from gating.report.audit_lists import ACTION_NAMES, WorkList, headlines, percent_of, plural, reason_in_list, titles_of, work_lists
from gating.report.audit_record import finite
from gating.report.safe import markdown_cell

TOP = 10  # rows of each list; the workbook has them all
MIX_SHOWN = ("strategy", "stage", "phase")  # formats and topics are long lists; the page and the workbook have them


def summary_markdown(audit: Audit) -> Iterator[str]:
    """Sentences with figures, the ten most urgent pieces of each list, mix, gaps, what was not scored."""
    count = len(audit.pieces)
    yield f"# Content audit\n\n{count:,} {plural(count, 'piece')} scored, {len(audit.unscored):,} not scored. Policy: {markdown_cell(audit.policy)}.\n\n"
    yield from (f"- {markdown_cell(headline.sentence)}\n" for headline in headlines(audit))
    for work in work_lists(audit):
        yield from _list(work, titles_of(audit))
    yield from _mix(audit)
    yield from _gaps(audit)
    if audit.mistakes:
        yield "\n## Mistakes looked for\n\n"
        yield from (f"- {markdown_cell(mistake.sentence)}\n" for mistake in audit.mistakes)
    yield f"\n## Where the next effort should go\n\n{markdown_cell(audit.effort.sentence)}\n"
    yield from _unscored(audit)
    yield f"\nScored by {markdown_cell(audit.model)}.\n"


def markdown_rows(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """A Markdown table; every cell is text and nothing else, whatever it holds."""
    yield f"| {' | '.join(headings)} |\n|{'---|' * len(headings)}\n"
    yield from (f"| {' | '.join(map(markdown_cell, row))} |\n" for row in rows)


def reasons(audit: Audit) -> list[tuple[str, int]]:
    """Why inputs were not scored, the commonest reason first."""
    return Counter(skipped.reason for skipped in audit.unscored).most_common()


def _list(work: WorkList, titles: Mapping[str, str]) -> Iterator[str]:
    count = len(work.pieces)
    yield f"\n## {work.title}: {count:,}\n\n"
    if count:
        yield f"{work.meaning}{f' The first {TOP}:' if count > TOP else ''}\n\n"
        yield from markdown_rows(("Piece", "Action", "Why", "Owner", "Sessions"), (_cells(piece, work.key, titles) for piece in work.pieces[:TOP]))
    else:
        yield "None.\n"


def _cells(piece: AuditedPiece, key: str, titles: Mapping[str, str]) -> tuple[str, ...]:
    read, sessions = piece.library.finding.piece, finite(piece.sessions)
    return read.title or read.source, ACTION_NAMES[piece.action], reason_in_list(piece, key, titles), piece.owner, "" if sessions is None else f"{sessions:,.0f}"


def _mix(audit: Audit) -> Iterator[str]:
    rows = [row for row in audit.mix if row.dimension in MIX_SHOWN]
    yield f"\n## Mix\n\n{markdown_cell(audit.target.sentence)}\n\n"
    cells = ((row.dimension, row.value, f"{row.count:,}", percent_of(row.share), "" if row.target is None else percent_of(row.target)) for row in rows)
    yield from markdown_rows(("By", "Value", "Pieces", "Share", "Target"), cells)


def _gaps(audit: Audit) -> Iterator[str]:
    if audit.topics:
        yield "\n## Topics by stage\n\n"
        rows = ((topic.name, *(f"{count:,}" if count else "none" for count in counts)) for topic, counts in zip(audit.topics, audit.gaps, strict=True))
        yield from markdown_rows(("Topic", *(stage.value for stage in Stage)), rows)


def _unscored(audit: Audit) -> Iterator[str]:
    if audit.unscored:
        yield f"\n## Not scored: {len(audit.unscored):,}\n\n"
        yield from markdown_rows(("Reason", "Inputs"), ((reason, f"{count:,}") for reason, count in reasons(audit)[:TOP]))
