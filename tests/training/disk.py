"""A disk that does something at its nth operation: fills up, or takes the process with it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

Trouble = Callable[[], None]
OPERATIONS = ((os, "mkdir"), (os, "fsync"), (os, "replace"), (os, "rename"), (tempfile, "mkdtemp"), (tempfile, "mkstemp"), (Path, "rename"), (Path, "chmod"))
CUTS = {"write_bytes": lambda data: data[: len(data) // 2], "write_text": lambda data: data[:3]}  # where a write stops


def trouble_at(number: int, trouble: Trouble, replace: Callable[[object, str, object], None] = setattr) -> None:
    """Makes `trouble` happen before the `number`th operation that changes the disk (from 1); a write has begun by then."""
    left = [number]

    def count() -> bool:
        left[0] -= 1
        return left[0] == 0

    for owner, name in OPERATIONS:
        replace(owner, name, _before(getattr(owner, name), count, trouble))
    for name, half in CUTS.items():
        replace(Path, name, _half_way(getattr(Path, name), half, count, trouble))


def _before(operation: Callable, count: Callable[[], bool], trouble: Trouble) -> Callable:
    def operate(*arguments: object, **options: object) -> object:
        if count():
            trouble()
        return operation(*arguments, **options)

    return operate


def _half_way(write: Callable, half: Callable, count: Callable[[], bool], trouble: Trouble) -> Callable:
    def operate(path: Path, data: object, *arguments: object, **options: object) -> object:
        if count():
            write(path, half(data), *arguments, **options)
            trouble()
        return write(path, data, *arguments, **options)

    return operate
