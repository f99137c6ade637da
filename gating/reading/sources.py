"""Paths, folders, globs and standard input -> the list of things to read, in a stable order."""

from __future__ import annotations

import glob
import io
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import pathspec

from gating import remote
from gating.errors import SourceError
from gating.reading.gitignore import is_hidden
from gating.reading.opened import open_regular
from gating.reading.walking import Found, Kind, matches, walk
from gating.records import Skipped

OUR_COPIES = ("*.gating.csv", "*.gating.tsv", "*.gating.xlsx", "*.gating.xlsm", "*.gating.json", "*.gating.jsonl", "*.gating.ndjson")  # of tables, with scores in them
STDIN = "-"


@dataclass(frozen=True, slots=True)
class Source:
    """One file to read. `name` is the path as given; standard input is "-" with no path. `walked`: found in a folder or
    by a pattern, not named by the user. `size` in bytes, where it is known without asking.
    """

    name: str
    path: str = ""
    walked: bool = False
    size: int = 0


@dataclass(frozen=True, slots=True)
class Choices:
    """What the user chose about reading: columns by --map, unpublished drafts too, the SELECT for a database, and the labels that a file
    gives, ((what tells a piece, ((head, label), ...)), ...), see labels.py.
    """

    mapping: tuple[tuple[str, str], ...] = ()
    drafts: bool = False
    select: str = ""
    labels: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()


NO_CHOICES = Choices()


def find_sources(paths: Iterable[str], exclude: Iterable[str] = ()) -> Iterator[Source | Skipped]:
    """Every file behind `paths`: files as given; folders walked by name, honouring .gitignore and `exclude` (the same patterns); patterns.

    Hidden files inside a folder are left alone; links, pipes and the like are reported. Raises SourceError for a path that leads nowhere.
    """
    excluded = pathspec.GitIgnoreSpec.from_lines([*OUR_COPIES, *exclude])
    for given in paths:
        if given == STDIN:
            yield Source(STDIN)
        elif os.path.isdir(given):
            yield from _folder_sources(given, excluded)
        elif os.path.lexists(given):
            yield Source(given, given)
        elif remote.is_remote(given):
            yield from _remote_sources(given, excluded)
        elif glob.has_magic(given):
            yield from _pattern_sources(given, excluded)
        else:
            raise SourceError(f"{given}: no such file or folder. Check the spelling, or give a pattern in quotes such as 'drafts/**/*.md'.")


def read_bytes(source: Source, max_bytes: int) -> bytes:
    """The bytes of `source`. Raises OSError as the system does, OverflowError when it is larger than `max_bytes`.

    Only a named file may be a link: what a walk found as a file and is a link by now was changed to lead elsewhere.
    """
    if source.size > max_bytes:
        raise OverflowError
    if not source.path:
        data = sys.stdin.buffer.read(max_bytes + 1)
    elif is_stored(source):
        data = remote.read(source.path, max_bytes)
    else:
        with open_regular(source.path, follow=not source.walked) as file:
            if os.fstat(file.fileno()).st_size > max_bytes:
                raise OverflowError
            data = file.read(max_bytes + 1)
    if len(data) > max_bytes:
        raise OverflowError
    return data


@contextmanager
def open_source(source: Source, data: bytes = b"") -> Iterator[tuple[BinaryIO, int]]:
    """`source`, or its bytes where they were read before, to be read in order, and its size. Raises OSError as the system does."""
    if data:
        yield io.BytesIO(data), len(data)
    elif is_stored(source):
        with remote.opened(source.path) as opened:
            yield opened
    else:
        with open_regular(source.path, follow=not source.walked) as file:
            yield file, os.fstat(file.fileno()).st_size


def _folder_sources(folder: str, excluded: pathspec.GitIgnoreSpec) -> Iterator[Source | Skipped]:
    return map(_source, walk(str(Path(folder)), excluded))


def _remote_sources(url: str, excluded: pathspec.GitIgnoreSpec) -> Iterator[Source]:
    """The files in a store: the same are passed over as in a folder, but for what a .gitignore names."""
    for file in remote.find_files(url):
        below = file.url[len(url) :].strip("/")
        if not (any(map(is_hidden, below.split("/"))) or (below and excluded.match_file(below))):
            yield Source(file.url, file.url, walked=bool(below), size=file.size)


def is_stored(source: Source) -> bool:
    """True for a file in a store; a file on disk may have a name that looks like an address."""
    return "://" in source.path and not os.path.lexists(source.path)


def _pattern_sources(pattern: str, excluded: pathspec.GitIgnoreSpec) -> Iterator[Source | Skipped]:
    found = matches(pattern)
    if not found:
        raise SourceError(f"{pattern}: no file matches this pattern.")
    folders = {match.path for match in found if match.kind is Kind.FOLDER}
    for match in found:
        if folders.intersection(_folders_above(match.path)) or excluded.match_file(match.path):
            continue  # walked with its folder, or left out
        yield from _folder_sources(match.path, excluded) if match.kind is Kind.FOLDER else [_source(match)]


def _folders_above(path: str) -> Iterator[str]:
    while (above := os.path.dirname(path)) not in ("", path):
        yield above
        path = above


def _source(found: Found) -> Source | Skipped:
    if found.kind is Kind.FILE:
        return Source(found.path, found.path, walked=True)
    if found.kind is Kind.FOLDER:
        return Skipped(found.path, f"the folder cannot be read ({found.problem})")
    if found.kind is Kind.HIDDEN:
        return Skipped(found.path, "a hidden file; give it by its name to have it read")
    return Skipped(found.path, "a link; links inside a folder are not followed" if found.kind is Kind.LINK else "not a regular file")
