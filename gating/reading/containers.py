"""Files that hold many pieces: which reader opens which export, in one list. Every reader gives rows with column names that the
alias table knows (id, title, url, description, text, type, gate, visibility, author, date, modified ...), so that one function makes the pieces.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from gating.reading.contentful import contentful_rows, is_contentful
from gating.reading.database import is_sqlite, sqlite_rows
from gating.reading.feed import feed_rows, is_feed
from gating.reading.ghost import ghost_rows, is_ghost
from gating.reading.outcome import Row, Unread
from gating.reading.sanity import is_sanity, sanity_rows
from gating.reading.sitemap import is_sitemap, sitemap_rows
from gating.reading.sources import Choices
from gating.reading.table import published_rows, table_rows
from gating.reading.text import clean
from gating.reading.wordpress import is_wordpress, wordpress_rows
from gating.records import Skipped, Status


@dataclass(frozen=True, slots=True)
class Container:
    """One kind of export. `fits` looks at the suffix and the first bytes; `rows` yields one row a piece, or a Skipped for what is none."""

    name: str
    fits: Callable[[str, bytes], bool]
    rows: Callable[[bytes, str, Choices], Iterator[Row | Skipped]]


CONTAINERS: tuple[Container, ...] = (
    Container("WordPress export", is_wordpress, wordpress_rows),  # before the feeds: it is RSS too
    Container("sitemap", is_sitemap, sitemap_rows),
    Container("feed", is_feed, feed_rows),
    Container("Ghost export", is_ghost, ghost_rows),
    Container("Contentful export", is_contentful, contentful_rows),
    Container("Sanity dataset", is_sanity, sanity_rows),
    Container("SQLite database", is_sqlite, sqlite_rows),
)


def container_rows(data: bytes, suffix: str, source: str, choices: Choices) -> Iterator[tuple[int, Row | Skipped]]:
    """(number from 1, row) for each piece of an export or table. Raises Unread when it is neither."""
    container = next((one for one in CONTAINERS if one.fits(suffix, data)), None)
    if container is not None:
        yield from enumerate((row if isinstance(row, Skipped) else _cleaned(row) for row in container.rows(data, source, choices)), 1)
    elif suffix in (".csv", ".tsv", ".xlsx", ".xlsm", ".json", ".jsonl", ".ndjson"):
        yield from published_rows(table_rows(data, suffix, dict(choices.mapping)), source, choices)
    elif suffix == ".xml":
        raise Unread("XML that is no WordPress or Squarespace export, feed or sitemap", Status.SKIPPED)
    else:
        raise Unread(f"no reader for this kind of {suffix} file", Status.SKIPPED)


def _cleaned(row: Row) -> Row:
    return {clean(name): clean(value) for name, value in row.items()}
