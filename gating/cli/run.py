"""What each command does, between the parsed words and the exit code."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from gating.advice.chain import chain_of
from gating.assess import Assessor, assess_jobs, assess_paths, make_assessor, proposals_for, what_would_flip
from gating.classifier.registry import folder_in_use, registry_folder
from gating.cli.beside import Beside, Wishes
from gating.cli.own_files import patterns_of_own
from gating.cli.streams import writing
from gating.errors import OutputError, SourceError
from gating.reading import plan
from gating.reading.aliases import ALIASES
from gating.reading.labels import Given, read_given
from gating.reading.sources import Choices
from gating.records import Finding, Skipped
from gating.report import tables
from gating.report.whole import check_new, write_whole
from gating.settings import DEFAULTS_FILE, Settings, load_settings

if TYPE_CHECKING:
    from gating.cluster import Cluster

STYLES: dict[str, tables.Style] = {
    "jsonl": tables.json_lines, "json": tables.json_list, "csv": tables.csv_rows, "markdown": tables.markdown_table,
}  # fmt: skip
PARQUET = "parquet"
STYLE_OF_ENDING = {".parquet": PARQUET, ".sarif": "sarif", ".csv": "csv", ".json": "json", ".jsonl": "jsonl", ".ndjson": "jsonl", ".md": "markdown"}
EXPLAIN_QUOTES = 3  # for each label
NOTHING_BESIDE = Wishes()
C = TypeVar("C", "_Line", Finding | Skipped)
FIELDS = (*ALIASES, "format")  # "format" is what most people call the column of the type


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended: its exit code, and what is to be said of the file once that is where it should be; empty where there is nothing to say."""

    code: int
    said: str = ""


def score_paths(
    paths: Sequence[str], style: str | None, output: Path | None, exclude: Sequence[str], jobs: int | Cluster, quiet: bool,
    config: Path | None, policy: str | None, model: Path | None, mapping: Sequence[str], drafts: bool, sql: str, registry: Path | None, labels: Path | None,
    wishes: Wishes = NOTHING_BESIDE,
) -> Outcome:  # fmt: skip
    """Scores and writes; code 0, or 2 when not one piece could be scored. Without a style the ending of the output file decides."""
    style = style or (STYLE_OF_ENDING.get(output.suffix.lower(), "table") if output else "table")
    if style == PARQUET:
        _check_place(output)
    if output is not None:
        exclude = (*exclude, *patterns_of_own(paths, output.parent, [output.name]))
    assessor = make_settled_assessor(config, policy, model, mapping, drafts, sql, registry, labels)
    beside = Beside(wishes, paths, exclude, assessor)
    counter = _Counter()
    show_count = not quiet and sys.stderr.isatty()
    made = STYLES.get("jsonl" if style == PARQUET else style)
    if made and wishes == NOTHING_BESIDE:  # each line is made where the piece was scored: a piece with its blocks costs more to send than to read
        planned = plan(paths, assessor.settings, beside.exclude, assessor.choices)
        lines = (line.text for line in counter.watch(assess_jobs(planned, assessor, partial(_line_of, made.line), jobs), show_count))
        _write_records(lines, output) if style == PARQUET else write_chunks(made.joined(lines), output)
    else:
        results = beside.watch(counter.watch(assess_paths(paths, assessor, beside.exclude, jobs), show_count))
        if made and style == PARQUET and not wishes.dry_run:
            _write_records(map(made.line, results), output)
        else:
            write_chunks(_chunks_of(results, "" if wishes.dry_run else style, assessor), output)
    beside.finish()
    if not counter.scored:
        _say_why_nothing(counter)
        return Outcome(2)
    if labels:
        say_given(counter.given)
    kept = output is not None and (output.is_file() or output.is_dir()) and not wishes.dry_run  # a pipe or device keeps nothing that could be opened
    return Outcome(0, counter.said if kept and not quiet else "")


def _check_place(output: Path | None) -> None:
    """For before the work: a place for Parquet. Raises SourceError or OutputError."""
    if output is None:
        raise SourceError("--format parquet is for files: name one with -o scores.parquet, or a folder for a file of every 50,000 rows.")
    if STYLE_OF_ENDING.get(output.suffix.lower()) != PARQUET:
        with writing(output):
            check_new(output)


def _write_records(lines: Iterator[str], output: Path | None) -> None:
    """Lines of JSON as Parquet."""
    from gating.report.parquet import write_scores

    assert output is not None
    with writing(output):
        write_scores(map(json.loads, lines), output)


def _chunks_of(results: Iterator[Finding | Skipped], style: str, assessor: Assessor) -> Iterable[str]:
    """The text of the results in a style; of no style none, but the results are asked for."""
    if not style:
        return ("" for _ in results)
    if style == "table":
        from gating.report.terminal import score_table, show

        return (show(score_table(list(all_results))) for all_results in [results])  # made when the file can be written
    if style in ("github", "sarif"):
        from gating.cli.check import annotated

        return annotated(style, results, assessor.settings)
    return STYLES[style](results)


def explain_file(
    file: str, style: str, config: Path | None, policy: str | None, model: Path | None, mapping: Sequence[str], drafts: bool, sql: str, registry: Path | None, labels: Path | None
) -> int:
    """Explains one piece; 0, or 2 when it could not be scored."""
    assessor = make_settled_assessor(config, policy, model, mapping, drafts, sql, registry, labels)
    path, wanted = _row_wanted(file)
    matching = [result for result in assess_paths([path], assessor) if not wanted or result_source(result) == file]
    if not matching:
        raise SourceError(f"{file}: there is no such piece in it.")
    if len(matching) > 1:
        raise SourceError(f"{file}: holds {len(matching)} pieces. Name one of them, such as {result_source(matching[1])}.")
    found = matching[0]
    if isinstance(found, Skipped):
        from gating.report.safe import visible

        click.echo(visible(f"{found.source}: {found.status.value}: {found.reason}"), err=True)
        return 2
    finding = assessor.assess(found.piece, EXPLAIN_QUOTES)
    flips, chain, proposals = what_would_flip(finding, assessor), chain_of(finding, assessor.settings), proposals_for(finding, assessor)
    if style == "json":
        from gating.report.explained import explained_json

        write_chunks([explained_json(finding, flips, chain, proposals)], None)
    else:
        from gating.report.terminal import explain_page, show

        write_chunks([show(explain_page(finding, flips, chain, proposals, assessor.settings.thresholds))], None)
    return 0


def write_settings(folder: Path) -> int:
    """Writes gating.toml, never over an existing one; 0."""
    target = folder / "gating.toml"
    if os.path.lexists(target):
        raise OutputError(f"{target} is there already; it was left as it is.")
    with writing(target):
        write_whole([DEFAULTS_FILE.read_bytes()], target)
    click.echo(f"Wrote {target}.")
    return 0


def make_settled_assessor(
    config: Path | None, policy: str | None, model: Path | None, mapping: Sequence[str], drafts: bool, sql: str, registry: Path | None, labels: Path | None
) -> Assessor:
    """An assessor as the options of a command and the settings file ask for it."""
    settings: Settings = load_settings(config)
    if policy:
        settings = replace(settings, policy=policy)
    columns = parse_mapping(mapping)
    given = _given_labels(labels, settings, columns) if labels else ()
    return make_assessor(settings, model or folder_in_use(registry_folder(registry)), Choices(tuple(sorted(columns.items())), drafts, sql, given))


def _given_labels(file: Path, settings: Settings, columns: Mapping[str, str]) -> tuple[tuple[str, Given], ...]:
    """What the file of labels says of which piece; rows that cannot be used are told."""
    from gating.report.terminal import problem_lines

    found = read_given(str(file), settings, columns)
    for line in problem_lines(found.problems):
        click.echo(line, err=True)
    return found.by_key


def say_given(count: int) -> None:
    """How many pieces have a person's label. Without a word, a file of labels that fits no piece would go unnoticed."""
    click.echo(f"Labels that a person gave stand on {count} piece{'' if count == 1 else 's'}.", err=True)


def parse_mapping(pairs: Sequence[str]) -> dict[str, str]:
    """--map FIELD=COLUMN as a dictionary. Raises SourceError for an unknown field."""
    mapping = {}
    for pair in pairs:
        field, sign, column = pair.partition("=")
        if not sign or field not in FIELDS or not column:
            raise SourceError(f"--map {pair}: write FIELD=COLUMN with a field out of {', '.join(FIELDS)}, such as --map text=Body.")
        mapping["type" if field == "format" else field] = column
    return mapping


def result_source(result: Finding | Skipped) -> str:
    """The source of a result of either kind."""
    return result.source if isinstance(result, Skipped) else result.piece.source


def _row_wanted(file: str) -> tuple[str, bool]:
    path, sign, number = file.rpartition("#")
    return (path, True) if sign and number.isdigit() and not os.path.lexists(file) else (file, False)


@dataclass(frozen=True, slots=True)
class _Line:
    """One result as text, and what is counted of it."""

    text: str
    is_scored: bool
    is_given: bool = False
    said: str = ""  # of what was not scored: its source and the reason


def _line_of(line: Callable[[Finding | Skipped], str], result: Finding | Skipped) -> _Line:
    if isinstance(result, Skipped):
        return _Line(line(result), False, said=f"{result.source}: {result.reason}")
    return _Line(line(result), True, result.verdict.has_given)


def _no_text(result: Finding | Skipped) -> str:
    return ""


class _Counter:
    """Counts results on their way through, and shows a progress bar when asked."""

    def __init__(self) -> None:
        self.scored = 0
        self.unscored = 0
        self.given = 0
        self.reasons: list[str] = []

    def watch(self, results: Iterable[C], show: bool) -> Iterator[C]:
        seen = 0
        for seen, result in enumerate(results, 1):
            counted = result if isinstance(result, _Line) else _line_of(_no_text, result)
            self.scored += counted.is_scored
            self.unscored += not counted.is_scored
            self.given += counted.is_given
            if not counted.is_scored and len(self.reasons) < 3:
                self.reasons.append(counted.said)
            if show and seen % 20 == 0:
                sys.stderr.write(f"\r{seen} inputs read, {self.scored} scored")
            yield result
        if show and seen >= 20:
            sys.stderr.write("\r\x1b[K")

    @property
    def said(self) -> str:
        """How many were scored and how many not."""
        return f"{self.scored:,} piece{'' if self.scored == 1 else 's'} scored{f', {self.unscored:,} not' if self.unscored else ''}"


def _say_why_nothing(counter: _Counter) -> None:
    from gating.report.safe import visible

    said = "; ".join(visible(reason) for reason in counter.reasons)
    click.echo(f"Error: not one piece could be scored. {said or 'There was nothing to read.'}", err=True)


def write_chunks(chunks: Iterable[str], output: Path | None) -> None:
    """To the terminal as it comes; to a file whole or not at all; to a pipe or device as it comes."""
    try:
        if output is None:
            for chunk in chunks:
                sys.stdout.write(chunk)
            sys.stdout.flush()
        elif output.exists() and not output.is_file():
            with open(output, "w", encoding="utf-8") as file:
                file.writelines(chunks)
        else:
            write_whole(chunks, output)
    except BrokenPipeError:  # the reader of our output has had enough: nothing is wrong
        raise SystemExit(0) from None
    except OSError as error:
        raise OutputError(f"{output or 'standard output'}: cannot be written ({error.strerror}).") from error
