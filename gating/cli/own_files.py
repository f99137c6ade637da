"""What a command writes, kept out of what it reads."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

SIGNS = re.compile(r"([\\*?\[\]!# ])")  # with a meaning in the patterns of .gitignore


def patterns_of_own(paths: Sequence[str], folder: Path, names: Iterable[str]) -> tuple[str, ...]:
    """Patterns, as for --exclude, of the files `names` in `folder`: where that lies in one of the folders to be read, the next run would
    take a report for content. A file that is named itself is read all the same.
    """
    places = set()
    for path in paths:
        if os.path.isdir(path):
            places.add(os.path.relpath(os.path.realpath(folder), os.path.realpath(path)))
        elif glob.has_magic(path):
            places.add(os.path.abspath(folder) if os.path.isabs(path) else os.path.relpath(folder))
    inside = sorted(place for place in places if place.split(os.sep)[0] != os.pardir)
    return tuple(_pattern(os.path.normpath(os.path.join(place, name))) for place in inside for name in names)


def _pattern(path: str) -> str:
    return "/" + SIGNS.sub(r"\\\1", path.replace(os.sep, "/").lstrip("/"))
