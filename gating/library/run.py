"""One audit from paths to findings: what is new or changed is scored and kept in the journal, then the library is looked at as a whole."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from gating import __version__
from gating.assess import Assessor, assess_jobs
from gating.library.analysis import analyse
from gating.library.compact import library_piece
from gating.library.journal import Changes, Journal
from gating.library.metrics import Metrics
from gating.reading import Job, RowsJob, plan
from gating.reading.digests import without_known
from gating.records import Audit, LibraryPiece, Skipped

JOURNAL = "audit.sqlite"
Result = LibraryPiece | Skipped
Seen = Callable[[int, int], None]  # told (inputs, scored now) as they come


@dataclass(frozen=True)
class Request:
    """What to audit. `limit` counts inputs; `since` is an ISO date, and pieces with an older date are left out, those without one kept."""

    paths: tuple[str, ...]
    exclude: tuple[str, ...] = ()
    jobs: int = 1
    limit: int | None = None
    since: str = ""


@dataclass(frozen=True)
class Outcome:
    """The audit and what the journal says of its inputs."""

    audit: Audit
    changes: Changes
    resumed: bool


def run_audit(request: Request, assessor: Assessor, folder: Path, metrics: Mapping[str, Metrics], seen: Seen = lambda inputs, scored: None) -> Outcome:
    """Audits what is behind `request.paths`; the journal stands in `folder`. Raises OutputError when the journal cannot be used."""
    with Journal(folder / JOURNAL, recipe_of(assessor)) as journal:
        score_changed(request, assessor, journal, seen)
        changes = journal.finish(whole=request.limit is None)
        results = list(journal.results())
    pieces = [result for result in results if isinstance(result, LibraryPiece)]
    unscored = [result for result in results if isinstance(result, Skipped)]
    audit = analyse(pieces, unscored, assessor.settings, metrics, assessor.classifier.name, request.since)
    return Outcome(audit, changes, journal.resumed)


def recipe_of(assessor: Assessor) -> str:
    """A digest of all that decides a score beside the input: gating's version, model, settings, choices about reading."""
    ours = assessor.settings
    scoring = (ours.policy, ours.limits, ours.review, ours.second_reader)  # company stage and pipeline speak of the library, not of a piece
    return hashlib.sha256(repr((__version__, assessor.classifier.name, assessor.classifier.heads.digest, scoring, assessor.choices)).encode()).hexdigest()


def score_changed(request: Request, assessor: Assessor, journal: Journal, seen: Seen) -> None:
    """Scores what the journal does not know, and stores it as it comes."""
    pending = _Pending(journal)
    planned = _limited(plan(request.paths, assessor.settings, request.exclude, assessor.choices), request.limit)
    changed = (left for job in planned if (left := without_known(job, pending.known, assessor.settings.limits.max_file_mb * 1_000_000)))
    for scored, result in enumerate(assess_jobs(changed, assessor, request.jobs), 1):
        source = result.source if isinstance(result, Skipped) else result.piece.source
        pending.store(source, result if isinstance(result, Skipped) else library_piece(result))
        seen(pending.inputs, scored)


class _Pending:
    """Digest and place of inputs that are on their way through the scoring."""

    def __init__(self, journal: Journal) -> None:
        self.inputs = 0
        self._journal = journal
        self._waiting: dict[str, tuple[bytes, int]] = {}

    def known(self, source: str, digest: bytes) -> bool:
        self.inputs += 1
        if self._journal.known(source, digest, self.inputs):
            return True
        self._waiting.setdefault(source, (digest, self.inputs))
        return False

    def store(self, source: str, result: Result) -> None:
        digest, place = self._waiting.pop(source, (b"", self.inputs))
        self._journal.add(source, digest, place, result)


def _limited(jobs: Iterator[Job], limit: int | None) -> Iterable[Job]:
    """The jobs of the first `limit` inputs."""
    if limit is None:
        yield from jobs
        return
    left = limit
    for job in jobs:
        if left <= 0:
            return
        yield replace(job, rows=tuple(itertools.islice(job.rows, left))) if isinstance(job, RowsJob) else job
        left -= len(job.rows) if isinstance(job, RowsJob) else 1
