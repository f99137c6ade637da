"""The audit's memory: one SQLite file in WAL mode. A killed audit goes on where it was, unchanged inputs are not scored again.

A row belongs to a recipe (model, settings and version of gating); rows of another recipe are never read, so old and new scores do not mix.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

import msgspec

from gating.errors import OutputError
from gating.library.unchanged import Stamp
from gating.records import LibraryPiece, Link, Skipped

FORMAT = 1  # of the file; another number means another gating wrote it
WAIT = 5  # seconds for another audit of the same folder
COMMIT_EVERY = 20  # results; what a killed run loses at most. Every 200 would save 0.03 ms a result, where scoring takes some ms
TABLES = """
create table if not exists about (format integer not null);
create table if not exists runs (number integer primary key, recipe text not null, finished integer not null default 0);
create table if not exists inputs (
    source text primary key, digest blob not null, recipe text not null, kind text not null, result blob not null, run integer not null, place integer not null
) without rowid;
create index if not exists inputs_of_run on inputs (run, place);
create table if not exists kept (run integer primary key, stamp blob not null, note blob not null);
"""
V = TypeVar("V")
KINDS: dict[str, type[LibraryPiece | Skipped]] = {"piece": LibraryPiece, "skipped": Skipped}


class ProfileView(msgspec.Struct):
    """What is read of a stored piece when only its profile is wanted; so for links below. Reading all of it takes four times as long."""

    profile: str


class PieceLinks(msgspec.Struct):
    """Links of a piece."""

    links: tuple[Link, ...]


class FindingLinks(msgspec.Struct):
    """Of a finding."""

    piece: PieceLinks


class LinksView(msgspec.Struct):
    """Of a stored piece."""

    finding: FindingLinks


@dataclass(frozen=True, slots=True)
class Kept:
    """What a finished run left for the next one: the stamp of its inputs and a note about what was made of them."""

    stamp: Stamp
    note: bytes


@dataclass(frozen=True, slots=True)
class Changes:
    """How the inputs of this run differ from those of the last one that was finished. Everything is added in a first run."""

    added: int
    changed: int
    unchanged: int
    deleted: int


class Journal:
    """The journal of one audit folder, for one run: `with Journal(...) as journal`. Until the block ends no other audit gets the folder.

    Raises OutputError when the file cannot be used, and when it fails at any time in the block.
    """

    def __init__(self, file: Path, recipe: str) -> None:
        self._file = file
        self._recipe = recipe
        self._one_at_a_time = threading.RLock()  # with several processes, the inputs are planned in a thread of their own
        try:
            self._database = sqlite3.connect(file, timeout=WAIT, isolation_level=None, check_same_thread=False)
        except sqlite3.Error as error:
            raise self._failure(error) from error
        try:
            self._open()
        except sqlite3.Error as error:
            self._database.close()
            raise self._failure(error) from error
        self._pending = 0
        self._added = self._changed = self._unchanged = 0

    def _open(self) -> None:
        self._database.execute("pragma locking_mode=exclusive")
        self._database.execute("pragma journal_mode=wal")
        self._database.execute("pragma synchronous=normal")
        damage = self._database.execute("pragma quick_check(1)").fetchone()[0]  # 0.4 s for 100,000 pieces of 3 kB, where hours of work may follow
        if damage != "ok":
            raise sqlite3.DatabaseError(" ".join(damage.split()))
        tables = {name for (name,) in self._database.execute("select name from sqlite_master where type = 'table'")}
        if tables and "about" not in tables:
            raise sqlite3.DatabaseError("it is another program's database")
        self._database.executescript(TABLES)
        found = self._database.execute("select format from about").fetchone()
        if found is None:
            self._database.execute("insert into about values (?)", (FORMAT,))
        elif found[0] != FORMAT:
            raise sqlite3.DatabaseError(f"written by another version of gating, format {found[0]}")
        last = self._database.execute("select number, recipe, finished from runs order by number desc limit 1").fetchone()
        self.resumed = bool(last and not last[2] and last[1] == self._recipe)
        self._run = int(last[0]) + 1 if last else 1  # a new one also where it is resumed: what went since the kill is not met again
        self._database.execute("insert into runs (number, recipe) values (?, ?)", (self._run, self._recipe))
        self._database.execute("begin immediate")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Keeps what was stored, however the block ends."""
        try:
            self.save()
        except sqlite3.Error as unsaved:
            error = error or unsaved
        finally:
            self._database.close()
        if isinstance(error, sqlite3.Error):
            raise self._failure(error) from error

    def save(self) -> None:
        """Brings what was stored so far into the file."""
        with self._one_at_a_time:
            self._pending = 0
            if self._database.in_transaction:
                self._database.execute("commit")
            self._database.execute("begin immediate")

    def _failure(self, error: sqlite3.Error) -> OutputError:
        return OutputError(f"{self._file}: {_sentence(error)}")

    def known(self, source: str, digest: bytes, place: int) -> bool:
        """True when this very input was scored by this recipe before; its row then belongs to this run, at `place`."""
        with self._one_at_a_time:
            return self._known(_in_utf8(source), digest, place)

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
        if (name := _in_utf8(source)) != source:
            source, result = name, _renamed(result, name)
        values = (source, digest, self._recipe, kind, msgspec.json.encode(result), self._run, place)
        self._write("insert or replace into inputs values (?, ?, ?, ?, ?, ?, ?)", values)

    def last(self) -> Kept | None:
        """What the run before this one kept; None when it was not finished or kept nothing."""
        query = "select stamp, note from kept join runs on number = run where run = ? and finished"
        found = self._database.execute(query, (self._run - 1,)).fetchone()
        return Kept(msgspec.json.decode(found[0], type=Stamp), found[1]) if found else None

    def keep(self, stamp: Stamp, note: bytes) -> None:
        """Leaves this for the next run, once this one is finished."""
        self._database.execute("delete from kept")
        self._database.execute("insert into kept values (?, ?, ?)", (self._run, msgspec.json.encode(stamp), note))

    def withdraw(self) -> Changes:
        """Takes this run back, because there is nothing to do: the run before it stays the last one."""
        self._database.execute("delete from runs where number = ?", (self._run,))
        unchanged = self._database.execute("select count(*) from inputs where run = ?", (self._run - 1,)).fetchone()[0]
        return Changes(0, 0, unchanged, 0)

    def finish(self, whole: bool = True) -> Changes:
        """Closes the run. A `whole` run forgets what it did not meet; one that was cut short by a limit leaves that alone."""
        gone = self._database.execute("select count(*) from inputs where run <> ?", (self._run,)).fetchone()[0] if whole else 0
        if whole:
            self._database.execute("delete from inputs where run <> ?", (self._run,))
        self._database.execute("update runs set finished = 1 where number = ?", (self._run,))
        self.save()
        return Changes(self._added, self._changed, self._unchanged, gone)

    def results(self) -> Iterator[LibraryPiece | Skipped]:
        """All results of this run, in the order of the inputs."""
        for kind, result in self._database.execute("select kind, result from inputs where run = ? order by place, source", (self._run,)):
            try:
                yield msgspec.json.decode(result, type=KINDS[kind])
            except (msgspec.MsgspecError, KeyError, TypeError, ValueError) as error:
                raise sqlite3.DatabaseError("a row in it is not what was written") from error

    def profiles(self, sources: Iterable[str]) -> Iterator[str]:
        """The profiles of the pieces with these sources."""
        return (view.profile for view in self._views(sources, ProfileView))

    def links(self, sources: Iterable[str]) -> Iterator[tuple[Link, ...]]:
        """The links of the pieces with these sources."""
        return (view.finding.piece.links for view in self._views(sources, LinksView))

    def _views(self, sources: Iterable[str], view: type[V]) -> Iterator[V]:
        decoder = msgspec.json.Decoder(view)
        for source in sources:
            yield decoder.decode(self._database.execute("select result from inputs where source = ?", (source,)).fetchone()[0])

    def _write(self, statement: str, values: tuple[object, ...]) -> None:
        with self._one_at_a_time:
            self._database.execute(statement, values)
            self._pending += 1
            if self._pending >= COMMIT_EVERY:
                self.save()


def _in_utf8(source: str) -> str:
    """A source with the bytes of a file name that are no UTF-8 as visible escapes: neither SQLite nor JSON can hold them."""
    return source.encode("utf-8", "backslashreplace").decode("utf-8")


def _renamed(result: LibraryPiece | Skipped, source: str) -> LibraryPiece | Skipped:
    if isinstance(result, Skipped):
        return replace(result, source=source)
    return replace(result, finding=replace(result.finding, piece=replace(result.finding.piece, source=source)))


def _sentence(error: sqlite3.Error) -> str:
    """What is wrong with a journal and what to do about it."""
    name = getattr(error, "sqlite_errorname", "")
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return "another audit is writing into this folder. Wait until it is done, or write to another folder with -o."
    if name.startswith(("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM", "SQLITE_AUTH")):
        return f"the audit's journal cannot be written ({error}). What is in it is kept: make room or give the right to write, and the same command goes on there."
    return f"cannot be used as the audit's journal ({error}). Delete it, and every piece is scored anew, or write to another folder with -o."
