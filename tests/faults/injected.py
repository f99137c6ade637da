"""Faults on demand, for a command that runs in this process.

Two kinds, because no single one sees everything and both work for any user without a compiler:

- `trouble_at(n)`: the nth operation on names goes wrong: files opened for writing, made, renamed, linked, brought to the disk. An audit
  hook of Python sees all of them, however they are called; it cannot be removed, so one hook is there once and looks at `_at`.
- `largest_file(n)`: no file may grow beyond n bytes. The system enforces it, so it also reaches what is written in C: SQLite, Arrow.
  Python ignores the signal that goes with it, and the write fails as on a full disk.

A preloaded library would catch single writes in C but needs a compiler; a small tmpfs is a real full disk but needs the right to mount
(test_full_disk.py does that where it may).
"""

from __future__ import annotations

import errno
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

NAMES = frozenset(("os.mkdir", "os.rename", "os.link", "os.symlink", "os.truncate"))
TEMPORARY = tempfile.gettempdir()  # which opens files to find out, so not while it is asked about one
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


@dataclass
class At:
    """The trouble that is waiting: how many operations are left, and what happens then."""

    left: int
    trouble: Callable[[], None]
    hit: bool = False
    seen_temporary: bool = False

    def counts(self, path: str) -> bool:
        """XlsxWriter opens fifty files of its own among the system's temporary ones: the first stands for all."""
        if "__pycache__" in path or os.path.dirname(path) != TEMPORARY:
            return "__pycache__" not in path
        first, self.seen_temporary = not self.seen_temporary, True
        return first

    def count(self) -> None:
        self.left -= 1
        if self.left == 0:
            self.hit = True
            self.trouble()


_at: At | None = None
_hooked = False


def full() -> None:
    """What a full disk says."""
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@contextmanager
def trouble_at(number: int, trouble: Callable[[], None] = full) -> Iterator[At]:
    """Makes `trouble` happen at the `number`th operation (from 1) in the block, in this process and not in its workers."""
    global _at  # noqa: PLW0603
    _hook()
    plain = os.fsync
    _at = at = At(number, trouble)

    def fsync(handle: int) -> None:
        at.count()
        plain(handle)

    os.fsync = fsync
    try:
        yield at
    finally:
        os.fsync, _at = plain, None


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """No file grows beyond `size` bytes in the block."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def _hook() -> None:
    global _hooked  # noqa: PLW0603
    if not _hooked:
        sys.addaudithook(_on_event)
        os.register_at_fork(after_in_child=_forget)
        _hooked = True


def _forget() -> None:
    global _at  # noqa: PLW0603
    _at = None


def _on_event(event: str, arguments: tuple[object, ...]) -> None:
    if _at is None:
        return
    if event in NAMES or (event == "open" and isinstance(arguments[2], int) and arguments[2] & WRITING and _at.counts(str(arguments[0]))):
        _at.count()
