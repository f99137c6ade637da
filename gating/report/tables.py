"""Findings as JSON Lines, JSON, CSV and Markdown, written as they come."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from gating.records import Finding, Skipped
from gating.report.record import record_of
from gating.report.safe import csv_cell, json_safe, markdown_cell

SURROGATE = re.compile("[\ud800-\udfff]")
CSV_COLUMNS = (
    "id", "source", "title", "url", "status", "reason", "n_words", "strategy", "lead_gen_probability", "stage", "stage_score", "format", "phase", "gate",
    "gate_neutral", "gate_score", "observed_gate", "action", "confidence_strategy", "confidence_stage", "confidence_gate", "review", "flags", "quote", "why", "model", "given",
    "policy_rule", "ignored",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Style:
    """Results as text: `line` of each, which needs no other result and so can be made where a piece was scored, and what stands around the lines."""

    line: Callable[[Finding | Skipped], str]
    opening: str = ""
    between: str = ""
    closing: str = ""
    of_nothing: str = ""  # the whole text where there is no result

    def __call__(self, results: Iterable[Finding | Skipped]) -> Iterator[str]:
        """The text of some results, as they come."""
        return self.joined(map(self.line, results))

    def joined(self, lines: Iterable[str]) -> Iterator[str]:
        """The text of some lines that are made already, as they come."""
        before, last = self.opening, self.of_nothing
        for line in lines:
            yield before + line
            before, last = self.between, self.closing
        if last:
            yield last


def _record_line(result: Finding | Skipped) -> str:
    return json_line(record_of(result))


def _record(result: Finding | Skipped) -> str:
    return _json(record_of(result))


def _row(result: Finding | Skipped) -> str:
    record = record_of(result)
    flat = {**record, **{f"confidence_{name}": value for name, value in (record["confidence"] or {}).items()}}
    flat["gate_score"] = (record["gate_parts"] or {}).get("total")
    flat["flags"] = " ".join(record["flags"])
    flat["quote"] = record["evidence"][0]["quote"] if record["evidence"] else ""
    flat["ignored"] = " ".join(record.get("ignored", {}).get("findings", ()))
    flat["given"] = " ".join(record.get("given", {}))
    flat["review"] = "yes" if record["review"] else "no"
    return _csv_line([csv_cell("" if (value := flat.get(name)) is None else value) for name in CSV_COLUMNS])


def _markdown_row(result: Finding | Skipped) -> str:
    record = record_of(result)
    name = markdown_cell(record["title"] or record["source"])
    if record["strategy"] is None:
        return f"| {name} | {record['status']} | | | | {markdown_cell(record['reason'])} |\n"
    sure = "given" if "strategy" in record.get("given", {}) else percent(record["confidence"]["strategy"])
    cells = (name, f"{record['strategy']} {sure}", record["stage"], record["gate"], record["action"], markdown_cell(record["why"]))
    return f"| {' | '.join(cells)} |\n"


def percent(share: float) -> str:
    """For 0.8312 "83 %"; never 100 % for what is not certain."""
    return f"{min(99, round(100 * share))} %"


def json_line(record: dict[str, Any]) -> str:
    """The record as one line, which ends it."""
    return _json(record) + "\n"


def _json(record: dict[str, Any]) -> str:
    return json_safe(json.dumps(record, ensure_ascii=False, separators=(",", ":"), allow_nan=False))


def encodable(text: str) -> str:
    """`text` with half surrogates, which file names that are no UTF-8 bring along, as visible escapes."""
    return text if text.isascii() else SURROGATE.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


def _csv_line(cells: Iterable[Any]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerow(cells)
    return encodable(buffer.getvalue())


CSV_HEADER, MARKDOWN_HEADER = _csv_line(CSV_COLUMNS), "| piece | strategy | stage | gate | action | why |\n|---|---|---|---|---|---|\n"
json_lines = Style(_record_line)  # one record a line
json_list = Style(_record, "[\n", ",\n", "\n]\n", "[]\n")
csv_rows = Style(_row, CSV_HEADER, of_nothing=CSV_HEADER)  # for spreadsheets, one row an input; formulas are defused
markdown_table = Style(_markdown_row, MARKDOWN_HEADER, of_nothing=MARKDOWN_HEADER)  # for a pull request or a wiki
