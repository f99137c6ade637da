"""Files that hold many pieces: which reader opens which export, in one list. Every reader gives rows with column names that the
alias table knows (id, title, url, description, text, type, gate, visibility, author, date, modified ...), so that one function makes the pieces.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from gating.reading.contentful import contentful_rows, is_contentful
from gating.reading.database import is_sqlite, sqlite_rows
from gating.reading.feed import feed_rows, is_feed, is_json_feed
from gating.reading.ghost import ghost_rows, is_ghost
from gating.reading.outcome import Row, Unread
from gating.reading.sanity import is_sanity, sanity_rows
from gating.reading.sitemap import is_sitemap, sitemap_rows
from gating.reading.sources import Choices
from gating.reading.table import published_rows, table_rows
from gating.reading.text import clean, decode
from gating.reading.wordpress import is_wordpress, wordpress_rows
from gating.records import Skipped, Status


@dataclass(frozen=True, slots=True)
class Container:
    """One kind of export. `fits` looks at the suffix and the first bytes; `rows` yields one row a piece, or a Skipped for what is none."""

    name: str
    fits: Callable[[str, bytes], bool]
    rows: Callable[[bytes, str, Choices], Iterator[Row | Skipped]]
    repeats_pages: bool = False  # a part of a site that repeats, often shortened, what stands in its pages


CONTAINERS: tuple[Container, ...] = (
    Container("WordPress export", is_wordpress, wordpress_rows),  # before the feeds: it is RSS too
    Container("sitemap", is_sitemap, sitemap_rows),
    Container("feed", is_feed, feed_rows, repeats_pages=True),
    Container("Ghost export", is_ghost, ghost_rows),
    Container("Contentful export", is_contentful, contentful_rows),
    Container("Sanity dataset", is_sanity, sanity_rows),
    Container("SQLite database", is_sqlite, sqlite_rows),
)


def container_of(suffix: str, data: bytes) -> Container | None:
    """Which kind of export it is; None for a plain table."""
    return next((one for one in CONTAINERS if one.fits(suffix, data)), None)


def container_rows(data: bytes, suffix: str, source: str, choices: Choices, is_page: Callable[[str], bool] | None = None) -> Iterator[tuple[int, Row | Skipped]]:
    """(number from 1, row) for each piece of an export or table. Raises Unread when it is neither.

    `is_page` tells which addresses are pages that are read too: then the entries of a feed that lead to them are left out.
    """
    if suffix in (".json", ".jsonl", ".ndjson") and b"\0" in data[:4]:  # UTF-16, as Windows PowerShell saves what it fetched
        data = decode(data).encode()
    container = container_of(suffix, data)
    rows = _rows(container, data, suffix, source, choices)
    repeats = container.repeats_pages if container else is_json_feed(suffix, data)
    yield from _not_repeated(rows, source, is_page) if is_page and repeats else rows


def _rows(container: Container | None, data: bytes, suffix: str, source: str, choices: Choices) -> Iterator[tuple[int, Row | Skipped]]:
    if container is not None:
        yield from enumerate((row if isinstance(row, Skipped) else _cleaned(row) for row in container.rows(data, source, choices)), 1)
    elif suffix in (".csv", ".tsv", ".xlsx", ".xlsm", ".json", ".jsonl", ".ndjson"):
        yield from published_rows(table_rows(data, suffix, dict(choices.mapping)), source, choices)
    elif suffix == ".xml":
        raise Unread("XML that is no WordPress or Squarespace export, feed or sitemap", Status.SKIPPED)
    else:
        raise Unread(f"no reader for this kind of {suffix} file", Status.SKIPPED)


def _not_repeated(rows: Iterable[tuple[int, Row | Skipped]], source: str, is_page: Callable[[str], bool]) -> Iterator[tuple[int, Row | Skipped]]:
    """The rows whose address is none of the pages, by their own numbers; then one Skipped that counts the others."""
    number, n_repeated = 0, 0
    for number, row in rows:
        if not isinstance(row, Skipped) and is_page(row.get("url", "")):
            n_repeated += 1
        else:
            yield number, row
    if n_repeated:
        yield number + 1, Skipped(source, f"{n_repeated:,} of its entries left out: their own pages stand beside the feed; give the feed by itself to read it whole")


def _cleaned(row: Row) -> Row:
    return {clean(name): clean(value) for name, value in row.items()}
