"""Findings as JSON Lines, JSON, CSV and Markdown, written as they come."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from gating.records import Finding, Skipped
from gating.report.record import record_of
from gating.report.safe import csv_cell, markdown_cell

SURROGATE = re.compile("[\ud800-\udfff]")
CSV_COLUMNS = (
    "id", "source", "title", "url", "status", "reason", "n_words", "strategy", "lead_gen_probability", "stage", "stage_score", "format", "phase", "gate",
    "gate_neutral", "gate_score", "observed_gate", "action", "confidence_strategy", "confidence_stage", "confidence_gate", "review", "flags", "quote", "why", "model", "given",
)  # fmt: skip
Results = Iterable[Finding | Skipped]


def json_lines(results: Results) -> Iterator[str]:
    """One record a line."""
    for result in results:
        yield json_line(record_of(result))


def json_list(results: Results) -> Iterator[str]:
    """All records as one JSON list."""
    opening = "[\n"
    for result in results:
        yield opening + _json(record_of(result))
        opening = ",\n"
    yield "[]\n" if opening == "[\n" else "\n]\n"


def csv_rows(results: Results) -> Iterator[str]:
    """A table for spreadsheets, one row an input; formulas are defused."""
    yield _csv_line(CSV_COLUMNS)
    for result in results:
        record = record_of(result)
        flat = {**record, **{f"confidence_{name}": value for name, value in (record["confidence"] or {}).items()}}
        flat["gate_score"] = (record["gate_parts"] or {}).get("total")
        flat["flags"] = " ".join(record["flags"])
        flat["quote"] = record["evidence"][0]["quote"] if record["evidence"] else ""
        flat["given"] = " ".join(record.get("given", {}))
        flat["review"] = "yes" if record["review"] else "no"
        yield _csv_line([csv_cell("" if (value := flat.get(name)) is None else value) for name in CSV_COLUMNS])


def markdown_table(results: Results) -> Iterator[str]:
    """A table for a pull request or a wiki."""
    yield "| piece | strategy | stage | gate | action | why |\n|---|---|---|---|---|---|\n"
    for result in results:
        record = record_of(result)
        name = markdown_cell(record["title"] or record["source"])
        if record["strategy"] is None:
            yield f"| {name} | {record['status']} | | | | {markdown_cell(record['reason'])} |\n"
        else:
            sure = "given" if "strategy" in record.get("given", {}) else percent(record["confidence"]["strategy"])
            cells = (name, f"{record['strategy']} {sure}", record["stage"], record["gate"], record["action"], markdown_cell(record["why"]))
            yield f"| {' | '.join(cells)} |\n"


def percent(share: float) -> str:
    """For 0.8312 "83 %"; never 100 % for what is not certain."""
    return f"{min(99, round(100 * share))} %"


def json_line(record: dict[str, Any]) -> str:
    """The record as one line, which ends it."""
    return _json(record) + "\n"


def _json(record: dict[str, Any]) -> str:
    return encodable(json.dumps(record, ensure_ascii=False, separators=(",", ":"), allow_nan=False))


def encodable(text: str) -> str:
    """`text` with half surrogates, which file names that are no UTF-8 bring along, as visible escapes."""
    return text if text.isascii() else SURROGATE.sub(lambda found: f"\\udc{ord(found.group()) & 0xFF:02x}", text)


def _csv_line(cells: Iterable[Any]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerow(cells)
    return encodable(buffer.getvalue())
