"""Files that hold many pieces: which reader opens which export, in one list. Every reader gives rows with column names that the
alias table knows (id, title, url, description, text, type, gate, visibility, author, date, modified ...), so that one function makes the pieces.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from gating.reading.outcome import Row, Unread
from gating.reading.sources import Choices
from gating.reading.table import table_rows
from gating.records import Skipped, Status


@dataclass(frozen=True, slots=True)
class Container:
    """One kind of export. `fits` looks at the suffix and the first bytes; `rows` yields one row a piece, or a Skipped for what is none."""

    name: str
    fits: Callable[[str, bytes], bool]
    rows: Callable[[bytes, str, Choices], Iterator[Row | Skipped]]


CONTAINERS: tuple[Container, ...] = ()


def container_rows(data: bytes, suffix: str, source: str, choices: Choices) -> Iterator[tuple[int, Row | Skipped]]:
    """(number from 1, row) for each piece of an export or table. Raises Unread when it is neither."""
    container = next((one for one in CONTAINERS if one.fits(suffix, data)), None)
    if container is not None:
        yield from enumerate(container.rows(data, source, choices), 1)
    elif suffix in (".csv", ".tsv", ".xlsx", ".xlsm", ".json", ".jsonl", ".ndjson"):
        yield from table_rows(data, suffix, dict(choices.mapping))
    else:
        raise Unread(f"no reader for this kind of {suffix} file", Status.SKIPPED)
