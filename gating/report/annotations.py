"""Remarks as lines for a terminal or an editor, as JSON, and as annotations and a summary on GitHub. None of their words is read as a command."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from gating.checks.places import has_lines
from gating.reading.urls import ROW
from gating.records import Level, Remark
from gating.report.safe import json_safe, markdown_cell, visible
from gating.report.tables import encodable
from gating.report.terminal import place_of

PAGES = "docs/rules"  # of this repository: a page for each rule
COMMANDS = {Level.SUGGESTION: "notice", Level.WARNING: "warning", Level.ERROR: "error"}
# As @actions/core writes them: in a message and, with the two last, in a property.
ESCAPED = (("%", "%25"), ("\r", "%0D"), ("\n", "%0A"))
ESCAPED_IN_PROPERTIES = (*ESCAPED, (":", "%3A"), (",", "%2C"))
SUMMARISED = 200  # rows of a summary, which may hold 1 MB


def in_order(remarks: Iterable[Remark]) -> list[Remark]:
    """By path, line, column, rule: the same in every run."""
    return sorted(remarks, key=lambda remark: (_row_last(remark.source), remark.line, remark.column, remark.rule, remark.sentence))


def page_of(rule: str) -> str:
    """Where the page of a rule stands in this repository."""
    return f"{PAGES}/{rule}.md"


def remark_lines(remarks: Iterable[Remark]) -> Iterator[str]:
    """`path:line:col: level rule message`. Line and column count from 1; a source without lines has its page or paragraph, and column 1."""
    for remark in in_order(remarks):
        place = f"{visible(remark.source)}:{max(remark.line, 1)}:{max(remark.column, 1)}"
        yield encodable(f"{place}: {remark.level} {remark.rule} {visible(remark.message)}\n")


def remark_list(remarks: Iterable[Remark]) -> Iterator[str]:
    """One JSON list with an object for each remark."""
    lines = [json_safe(json.dumps(_as_object(remark), ensure_ascii=False)) for remark in in_order(remarks)]
    yield "[\n" + ",\n".join(lines) + "\n]\n" if lines else "[]\n"


def github_commands(remarks: Iterable[Remark]) -> Iterator[str]:
    """Workflow commands, which GitHub shows beside the lines of a pull request: `::warning file=...,line=...::message`."""
    for remark in in_order(remarks):
        properties = {"file": repository_path(remark.source), **_lines_in_file(remark), "title": remark.rule}
        written = ",".join(f"{name}={_escaped(str(value), ESCAPED_IN_PROPERTIES)}" for name, value in properties.items())
        yield encodable(f"::{COMMANDS[remark.level]} {written}::{_escaped(visible(f'{place_in_words(remark)}{remark.message}'), ESCAPED)}\n")


def github_summary(remarks: Sequence[Remark], n_pieces: int) -> str:
    """The summary of a step, in Markdown."""
    ordered = in_order(remarks)
    lines = [f"### gating: {counted(ordered, n_pieces)}", ""]
    if ordered:
        lines += ["| level | piece | rule | what to do |", "|---|---|---|---|"]
    for remark in ordered[:SUMMARISED]:
        place = f"{repository_path(remark.source)}:{remark.line}" if has_lines(remark.source) else remark.source
        lines.append(f"| {remark.level} | {markdown_cell(place)} | {remark.rule} | {markdown_cell(remark.message)} |")
    if len(ordered) > SUMMARISED:
        lines.append(f"\nand {len(ordered) - SUMMARISED} more")
    return encodable("\n".join(lines) + "\n")


def counted(remarks: Iterable[Remark], n_pieces: int) -> str:
    """How many remarks of each level, on how many pieces."""
    counts = Counter(remark.level for remark in remarks)
    said = [f"{counts[level]} {level}{'' if counts[level] == 1 else 's'}" for level in reversed(Level) if counts[level]]
    return f"{', '.join(said) or 'nothing to say'} on {n_pieces} piece{'' if n_pieces == 1 else 's'}"


def place_in_words(remark: Remark) -> str:
    """What a line number of the file cannot say: the row, page or paragraph, as the beginning of a sentence. Empty for a text."""
    row = ROW.search(remark.source)
    words = f"row {row.group()[1:]}" if row else "" if has_lines(remark.source) else place_of(remark.source, remark.line)
    return f"{words}: " if words else ""


def repository_path(source: str) -> str:
    """The path of the file, without a row's number, relative to the working folder where it lies in it."""
    path = ROW.sub("", source)
    if os.path.isabs(path):
        inside = os.path.relpath(os.path.realpath(path), os.path.realpath(os.curdir))
        return path if inside.startswith(os.pardir) else Path(inside).as_posix()
    return os.path.normpath(path).replace(os.sep, "/") if "://" not in path else path


def _row_last(source: str) -> tuple[str, int]:
    row = ROW.search(source)
    return (source[: row.start()], int(row.group()[1:])) if row else (source, 0)


def _lines_in_file(remark: Remark) -> dict[str, int]:
    return {"line": remark.line, "col": remark.column} if remark.column else {}


def _as_object(remark: Remark) -> dict[str, object]:
    return {
        "rule": remark.rule, "level": remark.level.value, "source": remark.source, "line": remark.line or None, "column": remark.column or None, "quote": remark.quote,
        "sentence": remark.sentence, "do": remark.do, "page": page_of(remark.rule),
    }  # fmt: skip


def _escaped(text: str, signs: Sequence[tuple[str, str]]) -> str:
    for sign, code in signs:
        text = text.replace(sign, code)
    return text
