"""What `gating score` does beside showing the scores: leaves out what a baseline knows, writes a baseline, writes scores back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from gating.assess import Assessor
from gating.cli.own_files import patterns_of_own
from gating.cli.streams import writing
from gating.errors import OutputError, SourceError
from gating.reading.sources import Source
from gating.records import Finding, Skipped
from gating.report.baseline import baseline_text, entry_of, load_baseline, reported_of, silenced
from gating.report.safe import visible, visible_lines
from gating.report.whole import write_whole


@dataclass(frozen=True, slots=True)
class Wishes:
    """The options of `gating score` for what it does beside. `dry_run` shows what writing back would change, in place of the scores."""

    baseline: Path | None = None
    write_baseline: Path | None = None
    write_back: bool = False
    dry_run: bool = False


class Beside:
    """One run: `watch` its results on their way out, then `finish`. Raises SourceError for wishes that do not go together."""

    def __init__(self, wishes: Wishes, paths: Sequence[str], exclude: Sequence[str], assessor: Assessor) -> None:
        if wishes.dry_run and not wishes.write_back:
            raise SourceError("--dry-run shows what --write-back would change; give both.")
        own = [file for file in (wishes.baseline, wishes.write_baseline) if file]
        self.exclude = (*exclude, *(pattern for file in own for pattern in patterns_of_own(paths, file.parent, [file.name])))
        self._wishes = wishes
        self._settings, self._choices = assessor.settings, assessor.choices
        self._baseline = load_baseline(wishes.baseline) if wishes.baseline else None
        self._digests: dict[str, tuple[Source, bytes]] = {}
        if wishes.write_back:
            from gating.report.write_back import digests_of  # here, since it brings the readers of all exports along

            self._digests = digests_of(paths, self.exclude, assessor.settings.limits.max_file_mb * 1_000_000)
        self._scores: list[tuple[str, dict[str, str]]] = []
        self._entries: list[str] = []
        self._n_known = 0

    def watch(self, results: Iterable[Finding | Skipped]) -> Iterator[Finding | Skipped]:
        """The results, without what the baseline knows of them."""
        for result in results:
            yield result if isinstance(result, Skipped) else self._watched(result)

    def finish(self) -> None:
        """Writes what is to be written, and says so. Raises OutputError."""
        if self._baseline:
            click.echo(f"{self._n_known} finding{'' if self._n_known == 1 else 's'} not shown: known in {self._baseline.name}.", err=True)
        if self._wishes.write_baseline:
            with writing(self._wishes.write_baseline):
                write_whole([baseline_text(self._entries)], self._wishes.write_baseline)
            click.echo(f"Wrote {self._wishes.write_baseline}: {len(self._entries)} piece{'' if len(self._entries) == 1 else 's'} with a finding.", err=True)
        if self._wishes.write_back:
            self._write_back()

    def _watched(self, finding: Finding) -> Finding:
        if self._wishes.write_back:
            from gating.report.write_back import scores_of

            self._scores.append((finding.piece.source, scores_of(finding)))
        if self._wishes.write_baseline and (reported := reported_of(finding)):
            self._entries.append(entry_of(finding.piece, reported, self._wishes.write_baseline.parent))
        shown = silenced(finding, self._baseline) if self._baseline else finding
        self._n_known += shown is not finding
        return shown

    def _write_back(self) -> None:
        from gating.report.write_back import diff_of, outcome_lines, plan_edits, write_edits

        edits = plan_edits(self._scores, self._digests, self._settings, self._choices)
        if self._wishes.dry_run:
            for edit in edits:
                click.echo(visible_lines(diff_of(edit)), nl=False)
        else:
            try:
                edits = write_edits(edits)
            except OSError as error:
                raise OutputError(f"{error.filename or 'a file'}: cannot be written ({error.strerror}). Files named before it are written.") from error
        for line in outcome_lines(edits, visible, self._wishes.dry_run):
            click.echo(line, err=True)
