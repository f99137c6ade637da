"""Near-identical pieces: a page and its built copy, http and https, a print version, a .md source and its .html. Reported once."""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from gating.features.signature import PERMUTATIONS
from gating.library.shelf import Library
from gating.library.urls import in_order, slug_of
from gating.reading.urls import normal_url
from gating.records import LibraryPiece

ALIKE = 0.85  # resemblance (Jaccard, of runs of five words) of pieces that are copies when their names agree
ALIKE_AT_ONE_ADDRESS = 0.5  # of pieces at one address; lower, and the address is a mistake (every page naming the home page as canonical)
ALIKE_WITH_SLUG = 0.6  # of pieces with the same last part of the address and one name: on short pages what a template adds weighs much
ALIKE_UNDER_TWO_NAMES = 0.95  # of pieces with different names, and only of long ones: thin pages of a template differ in a few words
LONG = 300  # words
LENGTH_RATIO = 0.8  # shorter to longer
LENGTH_RATIO_WITH_SLUG = 0.6
BANDS, ROWS = 10, 6  # of the index: it finds 99 % of the pairs that resemble each other by 0.85, 38 % of those by 0.6
MAX_LOOKALIKES = 60  # pieces that one piece is compared with; so 50,000 pages from one template take no longer than others
NAMES_HELD = 10_000  # pieces whose titles and headings are kept for the next comparison
NAME_WORD = re.compile(r"\w+")


def find_copies(library: Library) -> tuple[int, ...]:
    """For each piece the place of the piece that stands for it: its own, or another's when it is a copy.

    Kept is the piece with a URL, then the one with most words, then the first by source.
    """
    pieces = library.pieces
    index = _Index(library.signatures)
    one_piece = _Same(library)
    kept = list(range(len(pieces)))
    same_name: dict[int, list[int]] = defaultdict(list)  # by the hash of the address, and of the last part of it
    doubled = _doubled(name for piece in pieces for name in _called(piece))
    for place in sorted(kept, key=lambda place: _rank(pieces[place])):
        lookalikes = index.lookalikes(place)
        called = [name for name in _called(pieces[place]) if name in doubled]
        others = [*itertools.chain.from_iterable(same_name[name][:MAX_LOOKALIKES] for name in called), *lookalikes[:MAX_LOOKALIKES]]
        original = next((other for other in dict.fromkeys(others) if one_piece(other, place)), place)
        kept[place] = original
        if original == place:
            if len(lookalikes) < MAX_LOOKALIKES:
                index.insert(place)
            for name in called:
                same_name[name].append(place)
    return tuple(kept)


def _called(piece: LibraryPiece) -> list[int]:
    """The hashes of address and slug, where it has them."""
    return [hash(name) for name in (("address", _address(piece)), ("slug", slug_of(piece.finding.piece))) if name[1]]


def _doubled(keys: Iterable[int]) -> frozenset[int]:
    """The keys that come more than once; most of a library's names are its pieces' own and need no entry."""
    found, counts = np.unique(np.fromiter(keys, dtype=np.int64), return_counts=True)
    return frozenset(found[counts > 1].tolist())


class _Index:
    """Locality-sensitive hashing of signatures: two pieces are lookalikes when a band of ROWS numbers is the same in both.

    Most bands stand in one piece only and need no entry; so 100,000 pieces take megabytes and not the gigabyte of an index that has all.
    """

    def __init__(self, signatures: NDArray[np.uint32]) -> None:
        self._groups = np.stack([_shared(signatures[:, band * ROWS : (band + 1) * ROWS]) for band in range(BANDS)], axis=1)
        self._members: dict[tuple[int, int], list[int]] = defaultdict(list)

    def lookalikes(self, place: int) -> list[int]:
        """The pieces put in so far that share a band with this one."""
        return sorted({other for key in self._keys(place) if key in self._members for other in self._members[key]})

    def insert(self, place: int) -> None:
        """Lets later pieces find this one."""
        for key in self._keys(place):
            self._members[key].append(place)

    def _keys(self, place: int) -> list[tuple[int, int]]:
        return [(band, group) for band, group in enumerate(self._groups[place].tolist()) if group >= 0]


def _shared(rows: NDArray[np.uint32]) -> NDArray[np.int32]:
    """A number for each row, the same for equal rows; -1 for a row that no other equals."""
    keys = np.ascontiguousarray(rows).view(np.dtype((np.void, rows.dtype.itemsize * rows.shape[1]))).ravel()
    _, groups, counts = np.unique(keys, return_inverse=True, return_counts=True)
    return np.where(counts[groups] > 1, groups, -1).astype(np.int32)


def _rank(piece: LibraryPiece) -> tuple[bool, int, str]:
    return (not piece.finding.piece.url, -piece.n_words, in_order(piece.finding.piece.source))


def _address(piece: LibraryPiece) -> str:
    return normal_url(piece.finding.piece.url)


class _Same:
    """Whether two pieces of the library, by their places, are one."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._names = lru_cache(maxsize=NAMES_HELD)(self._names_of)

    def __call__(self, one: int, other: int) -> bool:
        alike = int(np.count_nonzero(self._library.signatures[one] == self._library.signatures[other])) / PERMUTATIONS
        if alike < ALIKE_AT_ONE_ADDRESS:
            return False
        first, second = self._library.pieces[one], self._library.pieces[other]
        if _address(first) and _address(first) == _address(second):
            return True
        shorter, longer = sorted((first.n_words, second.n_words))
        ratio = shorter / max(longer, 1)
        if not all(_no_swap(*lines) for lines in zip(self._names(one), self._names(other), strict=True)):
            return alike >= ALIKE_UNDER_TWO_NAMES and ratio >= ALIKE_UNDER_TWO_NAMES and shorter >= LONG
        slug = slug_of(first.finding.piece)
        if slug and slug == slug_of(second.finding.piece) and alike >= ALIKE_WITH_SLUG and ratio >= LENGTH_RATIO_WITH_SLUG:
            return True
        return alike >= ALIKE and ratio >= LENGTH_RATIO

    def _names_of(self, place: int) -> tuple[frozenset[str], frozenset[str]]:
        """The words of title and headings, as the profile has them."""
        title, _, headings, *_ = [*self._library.profiles[place].split("\n"), "", ""]
        return frozenset(NAME_WORD.findall(title.lower())), frozenset(NAME_WORD.findall(headings.lower()))


def _no_swap(one: frozenset[str], other: frozenset[str]) -> bool:
    """A copy may have more in its title (a site's name, "print"); pages of one template have each a word that the other lacks."""
    return one <= other or other <= one
