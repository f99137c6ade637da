"""`gating check`: remarks on pieces, for a terminal, an editor or a pull request."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from gating.assess import Assessor, assess_paths
from gating.checks import check
from gating.cli.own_files import patterns_of_own
from gating.cli.run import write_chunks
from gating.cli.streams import writing
from gating.records import Finding, Level, Remark, Skipped, Status
from gating.report.annotations import counted, github_commands, github_summary, remark_lines, remark_list
from gating.report.baseline import baseline_text, entry_of, load_baseline
from gating.report.safe import visible
from gating.report.sarif import sarif_log
from gating.report.whole import write_whole
from gating.settings import Settings

STYLES: dict[str, Callable[[Iterable[Remark]], Iterator[str]]] = {"line": remark_lines, "json": remark_list, "github": github_commands, "sarif": sarif_log}
STYLE_OF_ENDING = {".json": "json", ".sarif": "sarif"}
MOST_REASONS = 3  # for which inputs were passed over, in the line of the sum
SUMMARY_FILE = "GITHUB_STEP_SUMMARY"  # where GitHub says that the summary of a step is to be added


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of one run."""

    paths: Sequence[str]
    exclude: Sequence[str] = ()
    jobs: int = 1
    style: str | None = None
    output: Path | None = None
    fail_on: str | None = None
    baseline: Path | None = None
    write_baseline: Path | None = None
    quiet: bool = False


def check_paths(request: Request, assessor: Assessor) -> int:
    """Checks and writes; 1 when `fail_on` is met, else 0, also where there is no content at all."""
    known = load_baseline(request.baseline) if request.baseline else None
    remarks: list[Remark] = []
    entries: list[str] = []
    n_pieces = n_known = 0
    passed: Counter[str] = Counter()
    for result in assess_paths(request.paths, assessor, _exclude(request), request.jobs):
        if isinstance(result, Skipped):
            passed.update([result.reason] if result.status is Status.SKIPPED else ())
            _say_failed(result)
            continue
        found = check(result, assessor.settings)
        new = [remark for remark in found if not (known and known.knows(result.piece, remark.rule))]
        if found and request.write_baseline:
            entries.append(entry_of(result.piece, [remark.rule for remark in found], request.write_baseline.parent))
        remarks += new
        n_pieces += 1
        n_known += len(found) - len(new)
        _say_limits(result)
    style = request.style or (STYLE_OF_ENDING.get(request.output.suffix.lower(), "line") if request.output else "line")
    write_chunks(STYLES[style](remarks), request.output)
    if style == "github":
        _add_summary(github_summary(remarks, n_pieces))
    if request.write_baseline:
        with writing(request.write_baseline):
            write_whole([baseline_text(entries)], request.write_baseline)
    if not request.quiet:
        click.echo(_summed_up(counted(remarks, n_pieces), n_known, passed), err=True)
    return int(request.fail_on is not None and any(_weight(remark.level) >= _weight(Level(request.fail_on)) for remark in remarks))


def annotated(style: str, results: Iterable[Finding | Skipped], settings: Settings) -> Iterator[str]:
    """What is said of the results of `gating score`, in one of STYLES."""
    return STYLES[style](remark for result in results if isinstance(result, Finding) for remark in check(result, settings))


def _exclude(request: Request) -> tuple[str, ...]:
    """What is not to be read, with the files that this run writes."""
    own = [file for file in (request.output, request.baseline, request.write_baseline) if file]
    return (*request.exclude, *(pattern for file in own for pattern in patterns_of_own(request.paths, file.parent, [file.name])))


def _say_failed(skipped: Skipped) -> None:
    """A file that should have been readable and was not is told; what is no content is passed over."""
    if skipped.status is Status.FAILED:
        click.echo(visible(f"{skipped.source}: {skipped.status}: {skipped.reason}"), err=True)


def _say_limits(finding: Finding) -> None:
    """Such as an ignored rule that does not exist."""
    for said in finding.piece.limits:
        click.echo(visible(f"{finding.piece.source}: {said}"), err=True)


def _add_summary(text: str) -> None:
    file = os.environ.get(SUMMARY_FILE)
    if file:
        with writing(Path(file)), open(file, "a", encoding="utf-8") as summary:
            summary.write(text)


def _summed_up(counts: str, n_known: int, passed: Counter[str]) -> str:
    said = [counts, f"{n_known} known in the baseline" if n_known else "", _passed_over(passed) if passed else ""]
    return f"gating: {'; '.join(filter(None, said))}."


def _passed_over(reasons: Counter[str]) -> str:
    """How many inputs were no content to check, and the reasons that most of them have."""
    total, shown = reasons.total(), reasons.most_common(MOST_REASONS)
    said = [f"{visible(reason)}{f' ({count})' if total > count else ''}" for reason, count in shown]
    more = ["and other reasons"] if len(reasons) > len(shown) else []
    return f"{total} input{'' if total == 1 else 's'} passed over: {', '.join([*said, *more])}"


def _weight(level: Level) -> int:
    return list(Level).index(level)
