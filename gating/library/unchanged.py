"""Whether anything has changed since the last audit of the same inputs, from what the file system says of them, without reading them.

As git's index does it: a file whose path, size, inode, time of change and time of last write of its entry are as they were has not changed,
unless it was written within two seconds before it was looked at. Two writes may then have one time, so its content is compared.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable
from dataclasses import dataclass

from gating.reading.sources import Source
from gating.records import Skipped

TOO_FRESH = 2_000_000_000  # nanoseconds; file systems keep times in steps of up to two seconds (FAT)


@dataclass(frozen=True, slots=True)
class Stamp:
    """What an audit was asked for and the inputs as they stood at `looked` (nanoseconds since 1970), as digests."""

    asked: str
    looked: int
    inputs: str


def stamp_of(sources: Iterable[Source | Skipped], asked: str, looked: int) -> Stamp | None:
    """The stamp of the inputs as they are now, judged as if they were looked at `looked`.

    None where one of them is no file that can be looked at, such as standard input or an address on the net.
    """
    digest = hashlib.blake2b(digest_size=16)
    for source in sources:
        told = _told(source, looked) if isinstance(source, Source) else repr(source)
        if not told:
            return None
        digest.update(told.encode("utf-8", "surrogatepass") + b"\n")
    return Stamp(asked, looked, digest.hexdigest())


def _told(source: Source, looked: int) -> str:
    """What the file system says of the source; empty where it says nothing."""
    try:
        found = _status(source.path)
    except (OSError, ValueError):
        return ""
    fresh = max(found.st_mtime_ns, found.st_ctime_ns) >= looked - TOO_FRESH
    content = _content(source.path) if fresh and stat.S_ISREG(found.st_mode) else ""
    return repr((source, found.st_dev, found.st_ino, found.st_mode, found.st_size, found.st_mtime_ns, found.st_ctime_ns, content))


def _status(path: str) -> os.stat_result:
    return os.stat(path)


def _content(path: str) -> str:
    try:
        return file_digest(path)
    except OSError as error:
        return repr(error.errno)


def file_digest(path: str) -> str:
    """Of the content. Raises OSError when it cannot be read."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).hexdigest()
