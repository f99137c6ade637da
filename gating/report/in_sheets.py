"""Scores in a copy of a sheet: new columns behind the others, every other cell, quote and line end as it was."""

from __future__ import annotations

import codecs
import csv
import io
import itertools
import json
from collections.abc import Callable, Iterator, Mapping
from json.scanner import py_make_scanner  # type: ignore[attr-defined]  # the one in Python, which asks its decoder for objects
from typing import Any

from gating.reading.outcome import LIMIT, Row
from gating.reading.table import FIELD_LIMIT, NOTE_LINES, SEP_LINE, any_rows, delimiter_of, records_in
from gating.reading.text import clean
from gating.report.in_workbook import NoPlace, workbook_with

KEY = "gating_scores"
Scores = dict[str, str]  # what is written of one piece, in its order
UTF_16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
WORKBOOKS, LINES = (".xlsx", ".xlsm"), (".jsonl", ".ndjson")


class Refused(Exception):
    """Why a file is left alone, in words that follow its name."""


def copy_with_scores(data: bytes, ending: str, scores: Mapping[int, Scores], mapping: Mapping[str, str]) -> bytes:
    """The table with the scores of its rows, by their number from 1. Raises Refused, or Unread for what is no such table."""
    if is_our_copy(data, ending, mapping):
        raise Refused(f"it holds {KEY} already; score the table that it was made from")
    names = list(dict.fromkeys(name for one in scores.values() for name in one))
    if ending in WORKBOOKS:
        cells = {number: [one.get(name, "") for name in names] for number, one in scores.items()}
        try:
            return workbook_with(data, [f"{KEY}.{name}" for name in names], cells, mapping)
        except NoPlace as error:
            raise Refused(str(error)) from error
    data, encoding, mark = _plain(data)
    text = data.decode(encoding)
    if ending in LINES:
        after = _lines_with(text, scores)
    elif ending == ".json":
        after = _json_with(text, scores)
    else:
        after = "".join(_csv_with(text, "\t" if ending == ".tsv" else "", names, scores))
    return mark + after.encode(encoding)


def is_our_copy(data: bytes, ending: str, mapping: Mapping[str, str]) -> bool:
    """True for a file that was made here. Raises Unread for a workbook that cannot be opened."""
    if ending in WORKBOOKS:
        return any(name.startswith(f"{KEY}.") for row in itertools.islice(any_rows(data, ending, mapping), 1) for name in row)
    return KEY.encode() in data or KEY.encode("utf-16-le") in data or KEY.encode("utf-16-be") in data


def check_copy(data: bytes, copy: bytes, ending: str, scores: Mapping[int, Scores], mapping: Mapping[str, str]) -> None:
    """Raises Refused unless the reader finds in the copy the rows of the original, with the scores in the right ones and nothing else."""
    pairs = itertools.zip_longest(any_rows(data, ending, mapping), any_rows(copy, ending, mapping), fillvalue=None)
    number = 0
    for number, (old, new) in enumerate(pairs, 1):
        if old is None or new is None or _without_scores(new) != _without_empty(old) or _scores_in(new) != scores.get(number, {}):
            raise Refused(f"row {number} could not be copied as it is")
    if max(scores, default=0) > number:
        raise Refused("its rows are not those that were scored")


def _without_scores(row: Row) -> Row:
    return _without_empty({name: value for name, value in row.items() if not name.startswith(f"{KEY}.")})


def _without_empty(row: Row) -> Row:
    """Cells that were missing at the end of a row are empty in the copy, and those behind the last column have one without a name."""
    return {name: value for name, value in row.items() if value and name != LIMIT}


def _scores_in(row: Row) -> Scores:
    return {name.removeprefix(f"{KEY}."): value for name, value in row.items() if name.startswith(f"{KEY}.") and value}


def _plain(data: bytes) -> tuple[bytes, str, bytes]:
    """The bytes without their mark, an encoding that gives each of them back unchanged, and the mark."""
    for mark, encoding in UTF_16.items():
        if data.startswith(mark) and not data.startswith(codecs.BOM_UTF32_LE):
            return data[2:], encoding, mark
    mark = codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) else b""
    return data[len(mark) :], "latin-1", mark  # what separates cells is ASCII in any other encoding that people save tables in


def _csv_with(text: str, delimiter: str, names: list[str], scores: Mapping[int, Scores]) -> Iterator[str]:
    notes = NOTE_LINES.match(text.replace("\r\n", "\n"))
    n_notes = notes.group().count("\n") if notes else 0
    lines = list(io.StringIO(text, newline=""))
    told = SEP_LINE.match("".join(lines[n_notes : n_notes + 1]).replace("\r\n", "\n"))
    if told:
        n_notes, delimiter = n_notes + 1, told[1]
    yield from lines[:n_notes]
    lines = lines[n_notes:]
    delimiter = delimiter or delimiter_of(clean("".join(lines[:1])))
    records = list(_records_of(lines, delimiter))
    width = max((len(cells) for _, cells in records), default=0)
    number = -1  # of the row, once the header is passed
    for written, cells in records:
        if not any(cells):
            yield written
            continue
        number += 1
        added = [f"{KEY}.{name}" for name in names] if number == 0 else [scores.get(number, {}).get(name, "") for name in names]
        body = written.rstrip("\r\n")
        yield f"{body}{delimiter * (width - len(cells))}{delimiter}{delimiter.join(added)}{written[len(body) :]}"


def _records_of(lines: list[str], delimiter: str) -> Iterator[tuple[str, list[str]]]:
    """Each record of a CSV text as it is written, with its cells."""
    csv.field_size_limit(FIELD_LIMIT)
    reader = csv.reader(iter(lines), delimiter=delimiter)
    start = 0
    try:
        for cells in reader:
            yield "".join(lines[start : reader.line_num]), cells
            start = reader.line_num
    except csv.Error as error:
        raise Refused(f"it is not readable as CSV ({error})") from error


def _lines_with(text: str, scores: Mapping[int, Scores]) -> str:
    lines, number = text.split("\n"), 0
    for place, line in enumerate(lines):
        number += bool(line.strip())
        if line.strip() and number in scores:
            body = line.rstrip()
            lines[place] = _inserted(body, scores[number]) + line[len(body) :]
    return "\n".join(lines)


def _inserted(text: str, scores: Scores) -> str:
    """`text`, which ends with the end of an object, with the scores as the last member of that object."""
    before = text[:-1].rstrip()
    comma = "" if before.endswith("{") else ","
    return f'{before}{comma} "{KEY}": {json.dumps(scores)}{text[len(before) :]}'


def _json_with(text: str, scores: Mapping[int, Scores]) -> str:
    ends: dict[int, int] = {}
    value = _parsed(text, ends)
    places = sorted((ends[id(item)], scores[number]) for number, item in enumerate(records_in(value), 1) if number in scores and id(item) in ends)
    starts = [0, *(end for end, _ in places)]
    return "".join(_inserted(text[start:end], one) for start, (end, one) in zip(starts, places, strict=False)) + text[starts[-1] :]


def _parsed(text: str, ends: dict[int, int]) -> object:
    """The value of a JSON text; `ends` is told where each of its objects ends, by the object's id."""
    decoder = json.JSONDecoder()
    parse: Callable[..., tuple[Any, int]] = json.decoder.JSONObject  # type: ignore[attr-defined]  # the module's own, in Python

    def noting(start: Any, *rest: Any) -> tuple[Any, int]:
        value, end = parse(start, *rest)
        ends[id(value)] = end
        return value, end

    decoder.parse_object = noting  # type: ignore[attr-defined]
    decoder.scan_once = py_make_scanner(decoder)  # type: ignore[attr-defined]
    try:
        return decoder.decode(text)
    except (ValueError, RecursionError) as error:
        raise Refused(f"it is not valid JSON ({error})") from error
