"""One audit from paths to findings: what is new or changed is scored and kept in the journal, then the library is looked at as a whole."""

from __future__ import annotations

import hashlib
import itertools
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

from gating import __version__
from gating.assess import Assessor, assess_jobs
from gating.library.analysis import analyse
from gating.library.compact import library_piece
from gating.library.journal import Changes, Journal
from gating.library.metrics import Metrics
from gating.library.shelf import library_in
from gating.library.unchanged import Stamp, stamp_of
from gating.reading import Job, RowsJob, plan
from gating.reading.digests import without_known
from gating.reading.language import load_languages
from gating.reading.sources import find_sources
from gating.records import Audit, Finding, LibraryPiece, Skipped

if TYPE_CHECKING:
    from gating.cluster import Cluster

JOURNAL = "audit.sqlite"
OF_THE_LIBRARY = ("company_stage", "mix", "pipeline")  # settings that change no piece's record; any other one has all pieces scored anew
Result = LibraryPiece | Skipped
Seen = Callable[[int, int], None]  # told (inputs, scored now) as they come


@dataclass(frozen=True)
class Request:
    """What to audit. `limit` counts inputs; `since` is an ISO date, and pieces with an older date are left out, those without one kept."""

    paths: tuple[str, ...]
    exclude: tuple[str, ...] = ()
    jobs: int | Cluster = 1
    limit: int | None = None
    since: str = ""


@dataclass(frozen=True)
class Outcome:
    """The audit and what the journal says of its inputs."""

    audit: Audit | None  # None where nothing at all has changed and what was published stands
    changes: Changes
    resumed: bool
    note: bytes = b""  # what `publish` gave, now or in the run that published


def run_audit(
    request: Request,
    assessor: Assessor,
    folder: Path,
    metrics: Mapping[str, Metrics],
    seen: Seen = lambda inputs, scored: None,
    publish: Callable[[Audit], bytes] = lambda audit: b"",
    stands: Callable[[bytes], bool] = lambda note: False,
) -> Outcome:
    """Audits what is behind `request.paths`; the journal stands in `folder`. Raises OutputError when the journal cannot be used.

    The audit is given to `publish` while no other one can use the folder, and the run is not finished before that is done. It gives a
    note; where neither an input nor what was asked for has changed since, and what was published under the note `stands`, nothing is done.
    """
    recipe = recipe_of(assessor)
    asked = _digest((recipe, replace(request, jobs=1), assessor.settings, sorted(metrics.items())))
    looked = time.time_ns()
    with Journal(folder / JOURNAL, recipe) as journal:
        last = journal.last()
        if last and last.stamp == _stamp(request, asked, last.stamp.looked) and stands(last.note):
            return Outcome(None, journal.withdraw(), False, last.note)
        stamp = _stamp(request, asked, looked)  # before anything is read: what changes from now on is noticed by the next run
        score_changed(request, assessor, journal, seen)
        journal.save()
        library, unscored = library_in(journal)
        audit = analyse(library, unscored, assessor.settings, metrics, assessor.classifier.name, request.since)
        del library
        note = publish(audit)
        if stamp:
            journal.keep(stamp, note)
        changes = journal.finish(whole=request.limit is None)
    return Outcome(audit, changes, journal.resumed, note)


def _stamp(request: Request, asked: str, looked: int) -> Stamp | None:
    return stamp_of(find_sources(request.paths, request.exclude), asked, looked)


def _digest(value: object) -> str:
    return hashlib.sha256(repr(value).encode("utf-8", "surrogatepass")).hexdigest()


def recipe_of(assessor: Assessor) -> str:
    """A digest of all that decides a score beside the input: gating's version, model, settings, choices about reading."""
    ours = assessor.settings
    scoring = tuple(getattr(ours, field.name) for field in fields(ours) if field.name not in OF_THE_LIBRARY)
    return _digest((__version__, assessor.classifier.name, assessor.classifier.heads.digest, scoring, assessor.choices))


def score_changed(request: Request, assessor: Assessor, journal: Journal, seen: Seen) -> None:
    """Scores what the journal does not know, and stores it as it comes."""
    pending = _Pending(journal)
    planned = _limited(plan(request.paths, assessor.settings, request.exclude, assessor.choices), request.limit)
    changed = (left for job in planned if (left := without_known(job, pending.known, assessor.settings.limits.max_file_mb * 1_000_000)))
    first = list(itertools.islice(changed, 1))
    if first:
        load_languages()  # some page of a library asks for it, and then each process would load its own
    for scored, result in enumerate(assess_jobs(itertools.chain(first, changed), assessor, _compact, request.jobs), 1):
        pending.store(result)
        seen(pending.inputs, scored)


def _compact(result: Finding | Skipped) -> Result:
    return result if isinstance(result, Skipped) else library_piece(result)


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

    def store(self, result: Result) -> None:
        source = result.source if isinstance(result, Skipped) else result.finding.piece.source
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
