"""Zip files of readable files: exports (Notion, Substack, Medium, Google Docs) and plain ones. A zip is read as the folder that it would unpack to."""

from __future__ import annotations

import os
import re
import stat
import zipfile
from collections import Counter
from collections.abc import Collection

from gating.reading.gitignore import is_hidden
from gating.reading.outcome import Unread
from gating.reading.warc import suffix_of
from gating.reading.zips import MAX_FILES, MAX_TOTAL, inflated, open_zip
from gating.records import Skipped, Status

DRIVE = re.compile(r"[A-Za-z]:")  # of Windows
MAX_DEPTH = 2  # Notion sends a zip of zips; nobody sends more
SHOWN = 6  # kinds of files named in the line about what was left out


class Archive:
    """The files of a zip whose endings are `wanted`, by the names they have in reports ("export.zip/posts/one.html").

    Nothing is written to disk. `refused` says what was not taken and why.
    """

    def __init__(self, data: bytes, name: str, wanted: Collection[str], max_bytes: int) -> None:
        self.refused: list[Skipped] = []
        self._name = name
        self._wanted = wanted
        self._max_bytes = max_bytes
        self._left = MAX_TOTAL
        self._members: dict[str, tuple[zipfile.ZipFile, zipfile.ZipInfo]] = {}
        self._no_text: Counter[str] = Counter()
        self._open(data, name, 1)
        if self._no_text:
            self.refused.append(Skipped(name, self._left_out()))

    @property
    def names(self) -> list[str]:
        """The names of the files, folder by folder."""
        return sorted(self._members, key=lambda name: (os.path.dirname(name), name))

    def read(self, name: str) -> bytes:
        """The bytes of one file. Raises Unread when they are encrypted or damaged, OverflowError when they are too many."""
        archive, member = self._members[name]
        parts, size = [], 0
        for chunk in inflated(archive, member, self._left):
            parts.append(chunk)
            size += len(chunk)
            if size > self._max_bytes:
                raise OverflowError
        self._left -= size
        return b"".join(parts)

    def _open(self, data: bytes, name: str, depth: int) -> None:
        archive = open_zip(data, MAX_FILES)
        for member in filter(lambda one: one.filename, archive.infolist()):  # one without a name is no file
            path = member.filename.replace("\\", "/")
            full, suffix = f"{name}/{path}", suffix_of(path)
            if member.is_dir() or _is_hidden(path) or stat.S_ISLNK(member.external_attr >> 16):
                continue
            if path.startswith("/") or DRIVE.match(path) or ".." in path.split("/"):
                self.refused.append(Skipped(full, "its name leads out of the zip file, so it was not read", Status.FAILED))
            elif full in self._members:
                self.refused.append(Skipped(full, "a second file of the same name in the zip file, so it was not read", Status.FAILED))
            elif suffix == ".zip":
                self._open_inner(archive, member, full, depth)
            elif suffix in self._wanted:
                self._members[full] = (archive, member)
            else:
                self._no_text[suffix] += 1

    def _open_inner(self, archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str, depth: int) -> None:
        if depth >= MAX_DEPTH:
            self.refused.append(Skipped(name, "a zip file within a zip file within a zip file; unpack it first"))
            return
        self._members[name] = (archive, member)
        try:
            self._open(self.read(name), name, depth + 1)
        except Unread as error:
            self.refused.append(Skipped(name, error.reason, error.status))
        except OverflowError:
            self.refused.append(Skipped(name, f"larger than {self._max_bytes // 1_000_000} MB (limits.max_file_mb)"))
        finally:
            del self._members[name]

    def _left_out(self) -> str:
        shown = ", ".join(f"{suffix or 'without an ending'} {count:,}" for suffix, count in self._no_text.most_common(SHOWN))
        total = self._no_text.total()
        return f"{total:,} file{'s' if total > 1 else ''} in it left out, of kinds that gating does not read ({shown})"


def _is_hidden(path: str) -> bool:
    """True for what a walk through a folder would leave alone too, and for the copies of names that macOS adds."""
    return any(is_hidden(part) or part == "__MACOSX" for part in path.split("/"))
