"""SQLite databases: the rows of one SELECT that the user gives with --sql. The bytes are read in memory; nothing is written."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator

from gating.reading.aliases import find_columns
from gating.reading.outcome import Row, Unread
from gating.reading.sources import Choices
from gating.reading.table import published_rows
from gating.reading.text import clean
from gating.records import Skipped, Status

MAGIC = b"SQLite format 3\0"
SECONDS = 20  # that SQLite may work on the SELECT, under the 30 that a file has; a view in a hostile file could count for ever
STEPS = 10_000  # of SQLite's machine between two looks at the clock
MAX_CELL = 10_000_000  # bytes of one value
ALLOWED = frozenset((sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE))
DAMAGED = (sqlite3.Error, UnicodeDecodeError)  # the second for names and messages that are no text
SHOWN = 15  # tables named in the hint
# Asking a virtual table for its columns would run its module.
TABLES = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND ltrim(sql) NOT LIKE 'create virtual%' ORDER BY name LIMIT 200"


def is_sqlite(suffix: str, data: bytes) -> bool:
    """True for a SQLite 3 database, whatever its name."""
    return data.startswith(MAGIC)


def sqlite_rows(data: bytes, source: str, choices: Choices) -> Iterator[Row | Skipped]:
    """One row for each row of `choices.select`. Without one, Unread names the tables and a SELECT to start from."""
    connection = _opened(data)
    try:
        if not choices.select:
            raise Unread(_hint(connection), Status.SKIPPED)
        for _, row in published_rows(enumerate(_selected(connection, choices.select), 1), source, choices):
            yield row
    finally:
        connection.close()


def _opened(data: bytes) -> sqlite3.Connection:
    """A connection to a copy in memory, in which only reading is allowed."""
    connection = sqlite3.connect(":memory:")
    try:
        # Bytes 18 and 19 set to 1: a database in write-ahead mode cannot be opened from memory otherwise.
        connection.deserialize(data[:18] + b"\x01\x01" + data[20:])
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA query_only = ON")
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    except DAMAGED as error:
        connection.close()
        raise Unread(f"not a readable SQLite database ({error})") from error
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_CELL)
    connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
    connection.set_authorizer(lambda action, *_: sqlite3.SQLITE_OK if action in ALLOWED else sqlite3.SQLITE_DENY)
    return connection


class _Clock:
    """The seconds that SQLite has worked, without those in which its rows were read and scored."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._left = float(SECONDS)
        self._ends = 0.0
        connection.set_progress_handler(lambda: time.monotonic() > self._ends, STEPS)

    def __enter__(self) -> None:
        self._ends = time.monotonic() + self._left

    def __exit__(self, *_: object) -> None:
        self._left = self._ends - time.monotonic()


def _selected(connection: sqlite3.Connection, select: str) -> Iterator[Row]:
    try:
        clock = _Clock(connection)
        with clock:
            cursor = connection.execute(select)
        names = [clean(column[0]) for column in cursor.description or ()]
        if "text" not in find_columns(names):
            raise Unread(f"the SELECT gives no column for the text (columns: {', '.join(names) or 'none'}); write SELECT ... AS text", Status.SKIPPED)
        while True:
            with clock:
                row = cursor.fetchone()
            if row is None:
                break
            yield {name: clean(_cell(value)) for name, value in zip(names, row, strict=True)}
    except DAMAGED as error:
        said = f"it took longer than {SECONDS} seconds" if "interrupted" in str(error) else str(error)
        raise Unread(f"the SELECT of --sql cannot be run ({said}); only one SELECT is allowed") from error


def _cell(value: object) -> str:
    return "" if value is None else value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _hint(connection: sqlite3.Connection) -> str:
    """The tables of the database, and a SELECT for the one that looks most like content."""
    connection.set_authorizer(None)
    try:
        names = [str(row[0]) for row in connection.execute(TABLES)]
        columns = {name: [str(row[1]) for row in connection.execute(f"PRAGMA table_info({_quoted(name)})")] for name in names}
    except DAMAGED as error:
        raise Unread(f"not a readable SQLite database ({error})") from error
    tables = ", ".join(names[:SHOWN]) + (" ..." if len(names) > SHOWN else "")
    return f'a database; say what to read with --sql "{_example(columns)}" (tables: {tables or "none"})'


def _example(columns: dict[str, list[str]]) -> str:
    known = {name: find_columns(found) for name, found in columns.items()}
    best = max(known, key=lambda name: ("text" in known[name], "title" in known[name], len(known[name])), default="")
    if not best or "text" not in known[best]:
        return "SELECT id, headline AS title, body AS text FROM pages"
    chosen = [f"{column} AS {field}" if column != field else field for field in ("id", "title", "url", "text") if (column := known[best].get(field))]
    return f"SELECT {', '.join(chosen)} FROM {best}"  # noqa: S608  (shown to the user, never run)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
