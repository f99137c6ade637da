"""Chunks: the runs of a text between white space. What the families ask of a chunk is worked out once and then looked up.

No pattern asked of a chunk crosses white space, so what is found in a text is what is found in its chunks, in order. The tables are
bounded, and no value depends on what they hold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import chain
from typing import TypeVar

MOST = 40_000  # chunks a table keeps before it starts anew; some 8 MB. A library of thousands of pieces comes back to these
LONGEST = 40  # characters; longer ones (addresses, mostly) are worked out each time
T = TypeVar("T")


class Table(dict[str, T]):
    """{chunk: what `make` gives for it}, filled as it is asked."""

    def __init__(self, make: Callable[[str], T]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, chunk: str) -> T:
        value = self._make(chunk)
        if len(chunk) <= LONGEST:
            if len(self) >= MOST:
                self.clear()
            self[chunk] = value
        return value

    def of(self, chunks: Iterable[str]) -> map[T]:
        """The value of each chunk, in order."""
        return map(self.__getitem__, chunks)


def joined(table: Table[tuple[str, ...]], chunks: Iterable[str]) -> chain[str]:
    """The words that `table` has for each chunk, one after the other."""
    return chain.from_iterable(map(table.__getitem__, chunks))
