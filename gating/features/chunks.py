"""Chunks: the runs of a text between white space. What the families ask of a chunk is worked out once and then looked up.

No pattern asked of a chunk crosses white space, so what is found in a text is what is found in its chunks, in order. The tables are
bounded, and no value depends on what they hold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import chain
from typing import TypeVar

YOUNG = 8_000  # chunks a table holds before the older half goes; some 4 MB with both. A library comes back to its commonest few thousand
LONGEST = 40  # characters; longer ones (addresses, mostly) are worked out each time
T = TypeVar("T")


class Table(dict[str, T]):
    """{chunk: what `make` gives for it}, filled as it is asked. When it is full it becomes the older half, of which what is asked for is kept."""

    def __init__(self, make: Callable[[str], T]) -> None:
        super().__init__()
        self._make = make
        self._older: dict[str, T] = {}

    def __missing__(self, chunk: str) -> T:
        if chunk in self._older:
            value = self._older[chunk]
        else:
            value = self._make(chunk)
            if len(chunk) > LONGEST:
                return value
        if len(self) >= YOUNG:
            self._older = self.copy()
            self.clear()
        self[chunk] = value
        return value

    def of(self, chunks: Iterable[str]) -> map[T]:
        """The value of each chunk, in order."""
        return map(self.__getitem__, chunks)


def joined(table: Table[tuple[str, ...]], chunks: Iterable[str]) -> chain[str]:
    """The words that `table` has for each chunk, one after the other."""
    return chain.from_iterable(map(table.__getitem__, chunks))
