"""The audit's memory: one SQLite file in WAL mode. A killed audit goes on where it was, unchanged inputs are not scored again.

A row belongs to a recipe (model, settings and version of gating); rows of another recipe are never read, so old and new scores do not mix.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from gating.errors import OutputError
from gating.records import LibraryPiece, Skipped

FORMAT = 1  # of the file; another number means another gating wrote it
COMMIT_EVERY = 200  # results; what a killed run loses at most
TABLES = """
create table if not exists about (format integer not null);
create table if not exists runs (number integer primary key, recipe text not null, finished integer not null default 0);
create table if not exists inputs (
    source text primary key, digest blob not null, recipe text not null, kind text not null, result blob not null, run integer not null, place integer not null
) without rowid;
create index if not exists inputs_of_run on inputs (run, place);
"""
KINDS: dict[str, type[LibraryPiece | Skipped]] = {"piece": LibraryPiece, "skipped": Skipped}


@dataclass(frozen=True, slots=True)
class Changes:
    """How the inputs of this run differ from those of the last one that was finished. Everything is added in a first run."""

    added: int
    changed: int
    unchanged: int
    deleted: int


class Journal:
    """The journal of one audit folder, for one run: `with Journal(...) as journal`. Raises OutputError when the file cannot be used."""

    def __init__(self, file: Path, recipe: str) -> None:
        self._recipe = recipe
        self._one_at_a_time = threading.RLock()  # with several processes, the inputs are planned in a thread of their own
        try:
            self._database = sqlite3.connect(file, timeout=5, isolation_level=None, check_same_thread=False)
            self._database.execute("pragma locking_mode=exclusive")  # a second audit of the same folder waits five seconds, then says that it is locked
            self._database.execute("pragma journal_mode=wal")
            self._database.execute("pragma synchronous=normal")
            self._open()
        except sqlite3.Error as error:
            raise OutputError(f"{file}: cannot be used as the audit's journal ({error}). Delete it, or write to another folder with -o.") from error
        self._pending = 0
        self._added = self._changed = self._unchanged = 0

    def _open(self) -> None:
        self._database.executescript(TABLES)
        found = self._database.execute("select format from about").fetchone()
        if found is None:
            self._database.execute("insert into about values (?)", (FORMAT,))
        elif found[0] != FORMAT:
            raise sqlite3.DatabaseError(f"written by another version of gating, format {found[0]}")
        last = self._database.execute("select number, recipe, finished from runs order by number desc limit 1").fetchone()
        self.resumed = bool(last and not last[2] and last[1] == self._recipe)
        if self.resumed:
            self._run = int(last[0])
        else:
            self._run = int(last[0]) + 1 if last else 1
            self._database.execute("insert into runs (number, recipe) values (?, ?)", (self._run, self._recipe))
        self._database.execute("begin immediate")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._database.in_transaction:
            self._database.execute("commit")
        self._database.close()

    def known(self, source: str, digest: bytes, place: int) -> bool:
        """True when this very input was scored by this recipe before; its row then belongs to this run, at `place`."""
        with self._one_at_a_time:
            return self._known(source, digest, place)

    def _known(self, source: str, digest: bytes, place: int) -> bool:
        row = self._database.execute("select digest, recipe from inputs where source = ?", (source,)).fetchone()
        if row is None:
            self._added += 1
        elif row[0] != digest:
            self._changed += 1
        elif row[1] == self._recipe:
            self._unchanged += 1
            self._write("update inputs set run = ?, place = ? where source = ?", (self._run, place, source))
            return True
        else:
            self._unchanged += 1  # the input is; its scores are made anew
        return False

    def add(self, source: str, digest: bytes, place: int, result: LibraryPiece | Skipped) -> None:
        """Stores one result."""
        kind = "skipped" if isinstance(result, Skipped) else "piece"
        values = (source, digest, self._recipe, kind, msgspec.json.encode(result), self._run, place)
        self._write("insert or replace into inputs values (?, ?, ?, ?, ?, ?, ?)", values)

    def finish(self, whole: bool = True) -> Changes:
        """Closes the run. A `whole` run forgets what it did not meet; one that was cut short by a limit leaves that alone."""
        gone = self._database.execute("select count(*) from inputs where run <> ?", (self._run,)).fetchone()[0] if whole else 0
        if whole:
            self._database.execute("delete from inputs where run <> ?", (self._run,))
        self._database.execute("update runs set finished = 1 where number = ?", (self._run,))
        self._database.execute("commit")
        self._database.execute("begin immediate")
        return Changes(self._added, self._changed, self._unchanged, gone)

    def results(self) -> Iterator[LibraryPiece | Skipped]:
        """All results of this run, in the order of the inputs."""
        for kind, result in self._database.execute("select kind, result from inputs where run = ? order by place, source", (self._run,)):
            yield msgspec.json.decode(result, type=KINDS[kind])

    def _write(self, statement: str, values: tuple[object, ...]) -> None:
        with self._one_at_a_time:
            self._database.execute(statement, values)
            self._pending += 1
            if self._pending >= COMMIT_EVERY:
                self._pending = 0
                self._database.execute("commit")
                self._database.execute("begin immediate")
