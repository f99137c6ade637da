"""A library as its analysis holds it: a slim record of each piece in memory; profiles and links stay where they are stored and are read when wanted.

A hundred thousand pieces with all they bring along are more than a gigabyte, and most of it is looked at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

from gating.features.signature import PERMUTATIONS
from gating.library.compact import Slimmer
from gating.library.journal import Journal
from gating.library.memory import give_back
from gating.records import LibraryPiece, Link, Skipped

T = TypeVar("T")
Links = tuple[Link, ...]


class Column(Sequence[T], Generic[T]):
    """One field of many pieces, read anew each time. `read` gives the values of the keys it is handed, in their order."""

    def __init__(self, keys: Sequence[Any], read: Callable[[Iterable[Any]], Iterator[T]]) -> None:
        self._keys = keys
        self._read = read

    def __len__(self) -> int:
        return len(self._keys)

    def __iter__(self) -> Iterator[T]:
        return self._read(self._keys)

    @overload
    def __getitem__(self, at: int) -> T: ...

    @overload
    def __getitem__(self, at: slice) -> Column[T]: ...

    def __getitem__(self, at: int | slice) -> T | Column[T]:
        return Column(self._keys[at], self._read) if isinstance(at, slice) else next(self._read([self._keys[at]]))

    def pick(self, places: Iterable[int]) -> Column[T]:
        """The column of the pieces at these places."""
        return Column([self._keys[place] for place in places], self._read)


@dataclass(frozen=True)
class Library:
    """`signatures` has a row of PERMUTATIONS numbers a piece."""

    pieces: Sequence[LibraryPiece]
    profiles: Column[str]
    links: Column[Links]
    signatures: NDArray[np.uint32]

    def pick(self, places: Sequence[int]) -> Library:
        """The library of the pieces at these places."""
        return Library([self.pieces[place] for place in places], self.profiles.pick(places), self.links.pick(places), self.signatures[list(places)])


def library_of(pieces: Sequence[LibraryPiece]) -> Library:
    """Pieces that are in memory."""
    places = range(len(pieces))
    return Library(
        pieces,
        Column(places, lambda wanted: (pieces[place].profile for place in wanted)),
        Column(places, lambda wanted: (pieces[place].finding.piece.links for place in wanted)),
        _as_table([piece.signature for piece in pieces]),
    )


def library_in(journal: Journal) -> tuple[Library, list[Skipped]]:
    """The pieces of the journal's run and what was not scored. Profiles and links can be read as long as the journal is open."""
    slim = Slimmer()
    pieces: list[LibraryPiece] = []
    unscored: list[Skipped] = []
    signatures = bytearray()
    for result in journal.results():
        if isinstance(result, Skipped):
            unscored.append(result)
        else:
            signatures += _as_table([result.signature]).tobytes()
            pieces.append(slim(result))
    sources = [piece.finding.piece.source for piece in pieces]
    del slim
    give_back()
    table = np.frombuffer(bytes(signatures), dtype=np.uint32).reshape(len(pieces), PERMUTATIONS)
    return Library(pieces, Column(sources, journal.profiles), Column(sources, journal.links), table), unscored


def _as_table(signatures: Sequence[tuple[int, ...]]) -> NDArray[np.uint32]:
    return np.array(signatures, dtype=np.uint32).reshape(len(signatures), PERMUTATIONS)
