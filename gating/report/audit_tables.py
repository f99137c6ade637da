"""An audit for machines: findings.jsonl and findings.parquet, the same rows in both."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import IO, Any

from gating.records import Audit
from gating.report.audit_columns import COLUMNS, Cell, flat_row
from gating.report.audit_record import audit_records
from gating.report.tables import encodable, json_line

BATCH = 5_000  # rows of a Parquet row group; 50 columns of them stay under 20 MB in memory


def write_json_lines(audit: Audit, file: IO[bytes]) -> None:
    """One record a line: the pieces in the order of the audit, then what was not scored."""
    file.writelines(json_line(record).encode("utf-8") for record in audit_records(audit))


def write_parquet(audit: Audit, file: IO[bytes]) -> None:
    """Flat columns of fixed types, whatever the rows hold, so that the files of two audits can be joined."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    types = {"text": pa.string(), "whole": pa.int32(), "number": pa.float64(), "share": pa.float64(), "date": pa.date32(), "yes-no": pa.bool_()}
    schema = pa.schema([(column.name, types[column.kind]) for column in COLUMNS])
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        for rows in _batches(_rows(audit)):
            writer.write_table(pa.Table.from_pylist(rows, schema=schema))


def _rows(audit: Audit) -> Iterator[dict[str, Cell]]:
    for record in audit_records(audit):
        yield {name: encodable(value) if isinstance(value, str) else value for name, value in flat_row(record).items()}


def _batches(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    while batch := list(itertools.islice(rows, BATCH)):
        yield batch
