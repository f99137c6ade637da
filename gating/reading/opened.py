"""Opening what may be anything: only a plain file is opened, without waiting and without harm."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

NO_WAITING = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)  # Windows knows the last only
NO_LINK = getattr(os, "O_NOFOLLOW", 0)
FOR_NOBODY = "no one has the right to read it; chmod u+r gives it"


@contextmanager
def open_regular(path: str, follow: bool) -> Iterator[BinaryIO]:
    """The file at `path`, open for reading. Raises OSError for a pipe, device or socket, for a link unless `follow`, and for mode 000."""
    with open(os.open(path, os.O_RDONLY | NO_WAITING | (0 if follow else NO_LINK)), "rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise OSError("not a regular file")
        refuse_without_rights(status)
        yield file


def refuse_without_rights(status: os.stat_result) -> None:
    """Raises OSError for mode 000, which stops everybody but an administrator: the same folder gives the same report to both."""
    if not status.st_mode & 0o444:
        raise PermissionError(errno.EACCES, FOR_NOBODY)
