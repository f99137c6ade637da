"""Paths, folders, globs and standard input -> the list of things to read, in a stable order."""

from __future__ import annotations

import glob
import os
import stat
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pathspec

from gating.errors import SourceError
from gating.records import Skipped

LEFT_OUT = frozenset(("node_modules", "__pycache__"))
STDIN = "-"


@dataclass(frozen=True, slots=True)
class Source:
    """One file to read. `name` is the path as given; standard input is "-" with no path. `walked`: found in a folder, not named by the user."""

    name: str
    path: str = ""
    walked: bool = False


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
    """Every file behind `paths`: files as given; folders walked by name, honouring .gitignore and `exclude` (the same patterns); globs.

    Hidden files and links inside a folder are left alone; a link is reported. Raises SourceError for a path that leads nowhere.
    """
    excluded = pathspec.GitIgnoreSpec.from_lines(exclude)
    for given in paths:
        if given == STDIN:
            yield Source(STDIN)
        elif os.path.isdir(given):
            yield from _walk(Path(given), excluded)
        elif os.path.lexists(given):
            yield Source(given, given)
        elif glob.has_magic(given):
            matches = sorted(glob.glob(given, recursive=True))
            if not matches:
                raise SourceError(f"{given}: no file matches this pattern.")
            folders = [match.rstrip("/") + os.sep for match in matches if os.path.isdir(match)]
            for match in matches:
                if any(match.startswith(folder) and match != folder for folder in folders) or excluded.match_file(match):
                    continue  # walked with its folder, or left out
                yield from _walk(Path(match), excluded) if os.path.isdir(match) else [Source(match, match)]
        else:
            raise SourceError(f"{given}: no such file or folder. Check the spelling, or give a pattern in quotes such as 'drafts/**/*.md'.")


def read_bytes(source: Source, max_bytes: int) -> bytes:
    """The bytes of `source`. Raises OSError as the system does, OverflowError when it is larger than `max_bytes`."""
    if not source.path:
        data = sys.stdin.buffer.read(max_bytes + 1)
    else:
        with open(os.open(source.path, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise OSError("not a regular file")
            data = file.read(max_bytes + 1)
    if len(data) > max_bytes:
        raise OverflowError
    return data


def _walk(root: Path, excluded: pathspec.GitIgnoreSpec) -> Iterator[Source | Skipped]:
    ignores = _ignores_above(root)
    true_root = os.path.realpath(root)
    stack = [str(root)]
    while stack:
        folder = stack.pop()
        rules = _ignore_file(folder)
        if rules:
            ignores[os.path.normpath(os.path.join(true_root, os.path.relpath(folder, root)))] = rules
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: os.fsencode(entry.name))
        except OSError as error:
            yield Skipped(folder, f"the folder cannot be read ({error.strerror})")
            continue
        folders = []
        for entry in entries:
            is_folder = entry.is_dir(follow_symlinks=False)
            relative = os.path.relpath(entry.path, root)
            slash = "/" if is_folder else ""
            if entry.name.startswith(".") or entry.name in LEFT_OUT or excluded.match_file(relative + slash) or _ignored(os.path.join(true_root, relative), slash, ignores):
                continue
            if entry.is_symlink():
                yield Skipped(entry.path, "a link; links inside a folder are not followed")
            elif is_folder:
                folders.append(entry.path)
            elif entry.is_file(follow_symlinks=False):
                yield Source(entry.path, entry.path, walked=True)
            else:
                yield Skipped(entry.path, "not a regular file")
        stack.extend(reversed(folders))


def _ignore_file(folder: str) -> pathspec.GitIgnoreSpec | None:
    try:
        with open(os.path.join(folder, ".gitignore"), encoding="utf-8", errors="replace") as file:
            return pathspec.GitIgnoreSpec.from_lines(file)
    except OSError:
        return None


def _ignores_above(root: Path) -> dict[str, pathspec.GitIgnoreSpec]:
    """The .gitignore files between `root` and the top of its git checkout, where it stands in one."""
    found = {}
    absolute = root.resolve()
    parents = list(absolute.parents)
    top = next((n for n, parent in enumerate([absolute, *parents]) if (parent / ".git").exists()), None)
    for parent in parents[:top] if top else []:
        if rules := _ignore_file(str(parent)):
            found[str(parent)] = rules
    return found


def _ignored(absolute: str, slash: str, ignores: dict[str, pathspec.GitIgnoreSpec]) -> bool:
    verdict = False
    for folder in sorted(ignores):  # the deepest file has the last word, as in git
        if absolute.startswith(folder + os.sep):
            name = os.path.relpath(absolute, folder) + slash
            result = ignores[folder].check_file(name)
            verdict = verdict if result.include is None else result.include
    return verdict
