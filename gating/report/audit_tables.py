"""An audit for machines: findings.jsonl and findings.parquet, the same rows in both."""

from __future__ import annotations

from typing import IO

from gating.records import Audit
from gating.report.audit_columns import COLUMNS, flat_row
from gating.report.audit_record import audit_records
from gating.report.parquet import write_rows
from gating.report.tables import json_line


def write_json_lines(audit: Audit, file: IO[bytes]) -> None:
    """One record a line: the pieces in the order of the audit, then what was not scored."""
    file.writelines(json_line(record).encode("utf-8") for record in audit_records(audit))


def write_parquet(audit: Audit, file: IO[bytes]) -> None:
    """Flat columns of fixed types, whatever the rows hold, so that the files of two audits can be joined."""
    write_rows(map(flat_row, audit_records(audit)), COLUMNS, file)
