"""What `gating audit` and `gating compare` do."""

from __future__ import annotations

import datetime
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from gating.assess import Assessor
from gating.cli.run import say_given
from gating.cli.streams import say, writing
from gating.errors import OutputError, SettingsError, SourceError
from gating.library.conditions import ALL, parse_condition
from gating.library.metrics import read_metrics
from gating.library.run import JOURNAL, Request, run_audit
from gating.report.audit_files import FILES, check_places
from gating.report.whole import write_whole

FINDINGS = "findings.jsonl"
OWN_FILES = (*FILES, JOURNAL, *(f"{JOURNAL}-{part}" for part in ("wal", "shm", "journal")))  # what an audit writes into its folder


def audit_library(request: Request, assessor: Assessor, folder: Path, metrics: Path | None, fail_on: Sequence[str], quiet: bool) -> int:
    """Audits, writes the files, says the outcome; 0, 1 when a condition of `fail_on` was met, 2 when not one piece could be scored."""
    from gating.report.audit_note import publish, read_note, stands
    from gating.report.audit_terminal import audit_page
    from gating.report.terminal import show

    conditions = [parse_condition(written) for written in fail_on]
    _check_date(request.since)
    known = read_metrics(metrics) if metrics else {}
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{folder}: cannot be made ({error.strerror}). Name another folder with -o.") from error
    check_places(folder)
    outcome = run_audit(request, assessor, folder, known, _progress(quiet), lambda audit: publish(audit, folder), lambda note: stands(note, folder))
    told = read_note(outcome.note).told
    say(show(audit_page(told, outcome.changes, folder, new=outcome.audit is not None)))
    if assessor.choices.labels:
        say_given(told.n_given)
    met = [condition for condition in conditions if condition.is_met(told.counts)]
    for condition in met:
        click.echo(condition.sentence(told.counts), err=True)
    if not told.counts[ALL]:
        click.echo(f"Error: not one piece could be scored. {'; '.join(told.reasons) or 'There was nothing to read.'}", err=True)
        return 2
    return 1 if met else 0


def compare_audits(old: Path, new: Path, style: str, output: Path | None) -> int:
    """Shows what changed between two audits; 0."""
    from gating.library.compare import compare
    from gating.report.comparison import comparison_markdown, comparison_page
    from gating.report.terminal import show

    comparison = compare(findings_in(old), findings_in(new))
    text = comparison_markdown(comparison) if style == "markdown" else show(comparison_page(comparison))
    if output is None:
        click.echo(text, nl=False)
        return 0
    with writing(output):
        write_whole([text], output)
    return 0


def findings_in(folder: Path) -> list[dict[str, Any]]:
    """The records in the folder of an audit. Raises SourceError when there are none that can be read."""
    file = folder / FINDINGS
    try:
        with open(file, encoding="utf-8") as lines:
            return [json.loads(line) for line in lines]
    except OSError as error:
        raise SourceError(f"{file}: cannot be read ({error.strerror}). Name a folder that `gating audit` wrote.") from error
    except ValueError as error:
        raise SourceError(f"{file}: is not what `gating audit` writes ({error}). Run the audit again.") from error


def _check_date(since: str) -> None:
    try:
        datetime.date.fromisoformat(since or "2000-01-01")
    except ValueError as error:
        raise SettingsError(f"--since {since}: write a date as YYYY-MM-DD.") from error


def _progress(quiet: bool) -> Callable[[int, int], None]:
    """Writes how far the reading is, on one line of a terminal; nothing elsewhere."""
    if quiet or not sys.stderr.isatty():
        return lambda inputs, scored: None

    def show(inputs: int, scored: int) -> None:
        if scored % 20 == 0:
            sys.stderr.write(f"\r\x1b[K{inputs} inputs read, {scored} scored now")

    return show
