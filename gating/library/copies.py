"""Near-identical pieces: a page and its built copy, http and https, a print version, a .md source and its .html. Reported once."""

from __future__ import annotations

import itertools
import operator
import re
from collections import defaultdict
from collections.abc import Sequence

from gating.features.signature import PERMUTATIONS
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
NAME_WORD = re.compile(r"\w+")


def find_copies(pieces: Sequence[LibraryPiece]) -> tuple[int, ...]:
    """For each piece the place of the piece that stands for it: its own, or another's when it is a copy.

    Kept is the piece with a URL, then the one with most words, then the first by source.
    """
    from datasketch import LeanMinHash, MinHashLSH

    index = MinHashLSH(num_perm=PERMUTATIONS, params=(BANDS, ROWS))
    kept = list(range(len(pieces)))
    same_name: dict[tuple[str, str], list[int]] = defaultdict(list)  # by address, and by the last part of it
    for place in sorted(kept, key=lambda place: _rank(pieces[place])):
        piece = pieces[place]
        minhash = LeanMinHash(seed=1, hashvalues=piece.signature, scheme="affine32")
        lookalikes = sorted(index.query(minhash))
        called = [name for name in (("address", _address(piece)), ("slug", slug_of(piece.finding.piece))) if name[1]]
        others = [*itertools.chain.from_iterable(same_name[name][:MAX_LOOKALIKES] for name in called), *lookalikes[:MAX_LOOKALIKES]]
        original = next((other for other in dict.fromkeys(others) if _is_one_piece(pieces[other], piece)), place)
        kept[place] = original
        if original == place:
            if len(lookalikes) < MAX_LOOKALIKES:
                index.insert(place, minhash)
            for name in called:
                same_name[name].append(place)
    return tuple(kept)


def _rank(piece: LibraryPiece) -> tuple[bool, int, tuple[tuple[int, str], ...]]:
    return (not piece.finding.piece.url, -piece.n_words, in_order(piece.finding.piece.source))


def _address(piece: LibraryPiece) -> str:
    return normal_url(piece.finding.piece.url)


def _is_one_piece(one: LibraryPiece, other: LibraryPiece) -> bool:
    alike = sum(map(operator.eq, one.signature, other.signature)) / PERMUTATIONS
    if alike < ALIKE_AT_ONE_ADDRESS:
        return False
    if _address(one) and _address(one) == _address(other):
        return True
    shorter, longer = sorted((one.n_words, other.n_words))
    ratio = shorter / max(longer, 1)
    if not all(_no_swap(*(frozenset(NAME_WORD.findall(line.lower())) for line in lines)) for lines in zip(_names(one), _names(other), strict=True)):
        return alike >= ALIKE_UNDER_TWO_NAMES and ratio >= ALIKE_UNDER_TWO_NAMES and shorter >= LONG
    slug = slug_of(one.finding.piece)
    if slug and slug == slug_of(other.finding.piece) and alike >= ALIKE_WITH_SLUG and ratio >= LENGTH_RATIO_WITH_SLUG:
        return True
    return alike >= ALIKE and ratio >= LENGTH_RATIO


def _names(piece: LibraryPiece) -> tuple[str, str]:
    """Title and headings, as the profile has them."""
    title, _, headings, *_ = [*piece.profile.split("\n"), "", ""]
    return title, headings


def _no_swap(one: frozenset[str], other: frozenset[str]) -> bool:
    """A copy may have more in its title (a site's name, "print"); pages of one template have each a word that the other lacks."""
    return one <= other or other <= one
