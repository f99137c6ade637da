"""Folders and patterns -> the paths in them, in a stable order, through no link and no folder twice."""

from __future__ import annotations

import errno
import fnmatch
import glob
import os
import stat
from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

import pathspec

from gating.reading.gitignore import Rules, is_hidden, is_ignored, rules_above, rules_in
from gating.reading.opened import refuse_without_rights

PIECES = (".md", ".mdx", ".markdown", ".html", ".htm", ".txt", ".docx", ".odt", ".rtf", ".pdf", ".csv", ".xlsx")  # whose hidden files are told
Seen = set[tuple[int, int]]  # device and number of each folder read


class Kind(Enum):
    """What stands under a name."""

    FILE = "file"
    FOLDER = "folder"
    LINK = "link"
    HIDDEN = "hidden file that looks like a piece"
    OTHER = "pipe, socket or device"


class Found(NamedTuple):
    """A path with what stands there; `problem` says why a folder could not be read. Bare, for a walk may find millions."""

    path: str
    kind: Kind
    problem: str = ""


def walk(root: str, excluded: pathspec.GitIgnoreSpec) -> Iterator[Found]:
    """Everything below `root` but folders: the files of a folder by name, then its folders. What is hidden or ignored is passed over."""
    seen: Seen = set()
    waiting: list[tuple[str, tuple[Rules, ...]]] = [("", tuple(rules_above(root)))]
    chosen = (Rules(excluded),) if excluded.patterns else ()
    while waiting:
        below, rules = waiting.pop()  # "" or "a/b/"
        folder = os.path.join(root, below[:-1]) if below else root
        try:
            entries = _entries_once(folder, seen, is_given=not below)
        except OSError as error:
            yield Found(folder, Kind.FOLDER, error.strerror or str(error))
            continue
        if patterns := rules_in(folder):
            rules = (*rules, Rules(patterns, below=len(below)))
        folders = []
        for name, kind in entries:
            path = f"{below}{name}/" if kind is Kind.FOLDER else f"{below}{name}"
            if is_ignored(path, chosen) or is_ignored(path, rules):
                continue
            if kind is Kind.FOLDER:
                folders.append((path, rules))
            else:
                yield Found(os.path.join(folder, name), kind)
        waiting.extend(reversed(folders))


def matches(pattern: str) -> list[Found]:
    """What a pattern with * ? [] and ** matches, by name. Wildcards stand for nothing hidden, and no link is gone through.

    A folder that a ** at the end stands for, or that cannot be read, is one match; its files are for `walk`.
    """
    parts = pattern.replace(os.sep, "/").split("/")
    n_plain = next(n for n, part in enumerate(parts) if glob.has_magic(part))
    start = "/".join(parts[:n_plain]) or ("/" if pattern.startswith("/") else "")
    found: dict[str, Found] = {}
    waiting = [(start, [part for part in parts[n_plain:] if part])]
    while waiting:
        folder, wanted = waiting.pop()
        if not wanted:
            if os.path.isdir(folder):
                found[folder] = Found(folder, Kind.FOLDER)
            continue
        part, rest = wanted[0], wanted[1:]
        if part == "**":
            waiting.append((folder, rest))
            if not rest:
                continue
        try:
            entries = _entries(folder or os.curdir, hidden_too=part.startswith(".") or not glob.has_magic(part))
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError:
            found[folder] = Found(folder, Kind.FOLDER)
            continue
        for name, kind in entries:
            path = os.path.join(folder, name)
            if part == "**":
                if kind is Kind.FOLDER:
                    waiting.append((path, wanted))
            elif kind is not Kind.HIDDEN and fnmatch.fnmatch(name, part):
                if kind is Kind.FOLDER:
                    waiting.append((path, rest))
                elif not rest or kind is Kind.LINK:
                    found[path] = Found(path, kind)
    return [found[path] for path in sorted(found, key=os.fsencode)]


def _entries_once(folder: str, seen: Seen, is_given: bool) -> list[tuple[str, Kind]]:
    """The entries of a folder. Raises OSError where it cannot be read, is a folder no more, or was read before (a mount can make a loop)."""
    status = os.stat(folder, follow_symlinks=is_given)
    if not stat.S_ISDIR(status.st_mode):
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
    refuse_without_rights(status)
    identity = (status.st_dev, status.st_ino)
    if identity in seen:
        raise OSError(errno.ELOOP, "it was read already under another name")
    if status.st_ino:  # some file systems number nothing
        seen.add(identity)
    return _entries(folder)


def _entries(folder: str, hidden_too: bool = False) -> list[tuple[str, Kind]]:
    """Name and kind of what stands in a folder, by the bytes of the names."""
    entries = []
    with os.scandir(folder) as found:
        for entry in found:
            kind = _kind(entry)
            if hidden_too or not is_hidden(entry.name):
                entries.append((entry.name, kind))
            elif kind is Kind.FILE and entry.name.lower().endswith(PIECES):
                entries.append((entry.name, Kind.HIDDEN))
    return sorted(entries, key=lambda entry: os.fsencode(entry[0]))


def _kind(entry: os.DirEntry[str]) -> Kind:
    try:
        if entry.is_symlink():
            return Kind.LINK
        if entry.is_dir(follow_symlinks=False):
            return Kind.FOLDER
        return Kind.FILE if entry.is_file(follow_symlinks=False) else Kind.OTHER
    except OSError:
        return Kind.FILE  # opening it will say what is wrong with it
