"""Rows as Parquet: flat columns of fixed types, whatever the rows hold, so that files of two runs can be joined or read as one."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any

from gating.report.audit_columns import COLUMNS, Cell, Column, flat_row
from gating.report.tables import encodable
from gating.report.whole import whole_file, whole_folder

BATCH = 5_000  # rows of a row group; 50 columns of them stay under 20 MB in memory
PART = 50_000  # rows of one file of a folder: some 20 MB, which warehouses like
DONE = "_SUCCESS"  # the file written last, by the name that Spark and others use
ENDING = ".parquet"
OF_THE_AUDIT = {
    "priority", "sentence", "owner", "sessions", "conversions", "date", "topic", "observed_gate_vendor", "observed_gate_fields", "observed_gate_height",
    "links", "faulty_links", "linked_from", "best_offer", "best_similarity", "best_shared_words", "copies",
}  # fmt: skip
PROBABILITIES = ("awareness", "consideration", "decision")
SCORES = (
    *(column for column in COLUMNS if column.name not in OF_THE_AUDIT),
    Column("lead_gen_probability", "Probability of lead-gen", "share", 10, "That the strategy is lead-gen, whichever was given."),
    *(Column(f"probability_{stage}", f"Probability of {stage}", "share", 10, f"That the stage is {stage}, whichever was given.") for stage in PROBABILITIES),
    Column("given", "Given", "text", 14, "The heads whose label a person gave."),
)


def write_scores(records: Iterable[dict[str, Any]], output: Path) -> None:
    """The records of `gating score`, as one file where `output` ends as such a file does, else as a folder of parts; whole or not at all."""
    rows = map(score_row, records)
    if output.suffix.lower() == ENDING:
        with whole_file(output) as file:
            write_rows(rows, SCORES, file)
        return
    with whole_folder(output) as folder:
        for number, some in enumerate(_parts(rows)):
            with whole_file(folder / f"part-{number:05}{ENDING}") as file:
                write_rows(some, SCORES, file)
        (folder / DONE).touch()


def score_row(record: dict[str, Any]) -> dict[str, Cell]:
    """The record's values by column name; None where there is none. Columns that an audit has, too, bear the same name."""
    flat = flat_row({**record, "audit": None})
    stages = record["stage_probabilities"] or {}
    own = {
        "lead_gen_probability": record["lead_gen_probability"],
        **{f"probability_{stage}": stages.get(stage) for stage in PROBABILITIES},
        "given": "; ".join(record.get("given", ())) or None,
    }
    return {**flat, **own}


def write_rows(rows: Iterable[dict[str, Cell]], columns: Sequence[Column], file: IO[bytes]) -> None:
    """The rows in these columns; what else a row holds is left out."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    types = {"text": pa.string(), "whole": pa.int32(), "number": pa.float64(), "share": pa.float64(), "date": pa.date32(), "yes-no": pa.bool_()}
    schema = pa.schema([(column.name, types[column.kind]) for column in columns])
    rows = iter(rows)
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        while batch := [{name: encodable(value) if isinstance(value, str) else value for name, value in row.items()} for row in itertools.islice(rows, BATCH)]:
            writer.write_table(pa.Table.from_pylist(batch, schema=schema))


def _parts(rows: Iterator[dict[str, Cell]]) -> Iterator[Iterator[dict[str, Cell]]]:
    """The rows in runs of PART, each to be taken before the next; one run of nothing where there is no row, so that a folder shows its columns."""
    first = next(rows, None)
    yield itertools.islice(itertools.chain([] if first is None else [first], rows), PART)
    for first in rows:
        yield itertools.islice(itertools.chain([first], rows), PART)
