"""Hashed n-grams by field: title, headings, short lines, the skeleton of the page, the body.

Hashing keeps no vocabulary, so a model leaks no sentence of anybody's drafts. A family has a space of 2**18 columns of its own;
numbers, years and percentages are folded, so "11 best" and "9 best" are one thing.
"""

from __future__ import annotations

import bisect
import re
import zlib
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
import numpy.typing as npt

from gating.features.chunks import Table
from gating.records import BlockKind, Piece

N_COLUMNS = 1 << 18
TOKEN = re.compile(r"[a-z]+(?:['’][a-z]+)?|\d[\d,.]*%?|[$€£?!|:]|[“”\"]")
CASED_TOKEN = re.compile(TOKEN.pattern.replace("a-z", "A-Za-z"))
YEAR = re.compile(r"(?:19|20)\d\d$")
SHORT = 6  # tokens; a line no longer is a label, a slogan or a button, read whole
OPENING = 9  # tokens of a longer block that stand in the skeleton
ENDS = 60  # tokens of the piece's beginning and end
BOUNDARY, CONTENT_WORD, NAME_WORD, SIGN = 1, 7, 13, 15  # token numbers that no word has
ASKS = (BlockKind.BUTTON, BlockKind.FIELD)
# Closed-class words (Quirk et al. 1985, A Comprehensive Grammar of the English Language, 2.39) and the commonest verbs of web
# copy; the style family sees these and nothing of the topic.
FUNCTION_WORDS = frozenset(
    (
        "a an the i we you he she it they me us him her them my our your his its their this that these those is are was were be "
        "been being am do does did has have had will would can could should may might must shall not no nor and or but if so as "
        "at by for from in into of on onto to with without about over under than then there here what why how when where which "
        "who whose all any each every more most some such only just also very too let's we're we've you're you'll don't it's "
        "can't up out off now new first today how get make need want help see learn use using"
    ).split()
)
Ints = npt.NDArray[np.int64]
Tokens = Sequence[int]


@lru_cache(maxsize=20_000)  # words that stand in no table yet
def token_number(token: str) -> int:
    """The number of a token: a checksum of its folded form."""
    return zlib.crc32(_folded(token).encode())


FUNCTION_NUMBERS = frozenset(zlib.crc32(word.encode()) for word in FUNCTION_WORDS)
FUNCTION_MARK = 1 << 32  # above every token number


def tokens_of(text: str) -> list[int]:
    """Token numbers of `text` in order."""
    numbers: list[int] = _numbers(_packed(text.split())).tolist()
    return numbers


def styled(text: str) -> list[int]:
    """The style of `text`: function words as they are, names, numbers and signs, and other words each as one thing."""
    numbers: list[int] = _numbers(_styled(text.split())).tolist()
    return numbers


def _packed(chunks: Iterable[str]) -> bytes:
    """The token numbers of some chunks, eight bytes each; those of function words with FUNCTION_MARK."""
    return b"".join(NUMBERS.of(chunks))


def _styled(chunks: Iterable[str]) -> bytes:
    """The style numbers of some chunks, eight bytes each. The first word of a text has its capital from there and is no name."""
    found = b"".join(STYLES.of(chunks))
    return CONTENT + found[SIZE:] if found.startswith(NAME) else found


def _numbers(packed: bytes) -> npt.NDArray[np.uint64]:
    return np.frombuffer(packed, np.uint64) & MASK


def _bytes(numbers: Iterable[int]) -> bytes:
    return array("Q", numbers).tobytes()


def _chunk_numbers(chunk: str) -> bytes:
    numbers = map(token_number, TOKEN.findall(chunk.lower()))
    return _bytes(number | FUNCTION_MARK if number in FUNCTION_NUMBERS else number for number in numbers)


def _chunk_styles(chunk: str) -> bytes:
    return _bytes(map(_style, CASED_TOKEN.findall(chunk)))


def _style(token: str) -> int:
    if not token[0].isalpha():
        return SIGN
    number = token_number(token.lower())
    return number if number in FUNCTION_NUMBERS else NAME_WORD if token[0].isupper() else CONTENT_WORD


NUMBERS, STYLES = Table(_chunk_numbers), Table(_chunk_styles)
SIZE, MASK = 8, np.uint64(FUNCTION_MARK - 1)
EDGE, CONTENT, NAME = _bytes([BOUNDARY]), _bytes([CONTENT_WORD]), _bytes([NAME_WORD])


def _folded(token: str) -> str:
    first = token[0]
    if first.isdigit():
        if token.endswith("%"):
            return "<percent>"
        token = token.rstrip(".,")
        if YEAR.match(token):
            return "<year>"
        return "<decimal>" if "." in token else f"<{min(len(token), 4)} digits>"
    return '"' if first in '“”"' else token.replace("’", "'")


@dataclass(frozen=True, slots=True)
class Runs:
    """Runs of tokens of one family, with a BOUNDARY before, between and after them; their n-grams go up to `longest`.

    With `edges`, "first word of a run" and "last word" count too.
    """

    family: str
    numbers: npt.NDArray[np.uint64]
    longest: int
    edges: bool


def grams(runs: Sequence[Tokens], longest: int, family: str, edges: bool = False) -> Ints:
    """Columns (with repeats) of all n-grams up to `longest` in each run; with `edges`, "first word of a run" and "last word" count too."""
    return grams_by_run(runs, longest, family, edges)[0]


def grams_by_run(runs: Sequence[Tokens], longest: int, family: str, edges: bool = False) -> tuple[Ints, Ints]:
    """The columns of `grams`, and for each the number of the run it stands in."""
    columns, places = hashed([Runs(family, _numbers(_parted([_bytes(run) for run in runs])), longest, edges)])[family]
    return columns, _run_of(_parted([_bytes(run) for run in runs]))[places]


def _parted(runs: Iterable[bytes]) -> bytes:
    return EDGE + EDGE.join(runs) + EDGE


def _run_of(packed: bytes) -> Ints:
    """For each place the number of its run; a boundary belongs to the run it opens."""
    return np.cumsum(np.frombuffer(packed, np.uint64) == BOUNDARY) - 1


def hashed(parts: Sequence[Runs]) -> dict[str, tuple[Ints, Ints]]:
    """For each family its columns (with repeats) and the place of each in `numbers`: all single tokens, then pairs, then triples.

    Parts come in the order of their `longest`. All families go through the arithmetic together: a call of NumPy costs more than the
    few hundred numbers of one family do.
    """
    starts = np.cumsum([0, *(len(part.numbers) for part in parts)])
    numbers = np.concatenate([part.numbers for part in parts])
    salts = np.repeat(np.array([_salt(part.family) for part in parts], np.uint64), np.diff(starts))
    edges = np.repeat(np.array([part.edges for part in parts], bool), np.diff(starts))
    word = numbers != BOUNDARY
    sizes = [part.longest for part in parts]
    second, third = (int(starts[bisect.bisect_left(sizes, size)]) for size in (2, 3))
    single = np.flatnonzero(word)
    left, right = word[second:-1], word[second + 1 :]
    pairs = np.flatnonzero((left & right) | (edges[second:-1] & (left | right))) + second
    left, right = word[third:-2], word[third + 2 :]
    triples = np.flatnonzero(word[third + 1 : -1] & ((left & right) | (edges[third:-2] & (left | right)))) + third
    values = np.concatenate([
        numbers[single],
        numbers[pairs] * np.uint64(31) + numbers[pairs + 1] * np.uint64(1_000_003),
        numbers[triples] * np.uint64(961) + numbers[triples + 1] * np.uint64(31_000_093) + numbers[triples + 2] * np.uint64(1_000_003),
    ])  # fmt: skip
    places = [single, pairs, triples + 1]
    columns = _column(values, np.concatenate([salts[at] for at in places]))
    return _by_family(parts, starts, columns, places)


def _by_family(parts: Sequence[Runs], starts: Ints, columns: Ints, places: Sequence[Ints]) -> dict[str, tuple[Ints, Ints]]:
    cuts = [np.searchsorted(at, starts).tolist() for at in places]
    everywhere, shift = np.concatenate(places), np.cumsum([0, *(len(at) for at in places)]).tolist()
    found = {}
    for number, part in enumerate(parts):
        slices = [slice(start + cut[number], start + cut[number + 1]) for start, cut in zip(shift, cuts, strict=False)][: part.longest]
        found[part.family] = np.concatenate([columns[at] for at in slices]), np.concatenate([everywhere[at] for at in slices]) - starts[number]
    return found


@cache
def _salt(family: str) -> int:
    return zlib.crc32(family.encode())


def _column(numbers: npt.NDArray[np.uint64], salt: npt.NDArray[np.uint64]) -> Ints:
    """A column for each number, mixed so that near numbers land far apart (the finaliser of splitmix64, Steele et al. 2014)."""
    mixed = (numbers ^ salt) * np.uint64(0x9E3779B1)
    mixed ^= mixed >> np.uint64(29)
    mixed *= np.uint64(0x85EBCA77)
    mixed ^= mixed >> np.uint64(32)
    return (mixed & np.uint64(N_COLUMNS - 1)).astype(np.int64)


FAMILIES = ("title", "description", "headings", "first_headings", "short_lines", "beginning", "end", "words", "pairs", "skeleton", "style", "named_style")


def word_families(piece: Piece, chunks_of_blocks: Iterable[list[str]] | None = None) -> dict[str, Ints]:
    """Columns of every family in FAMILIES, with repeats; an absent field gives an empty array. The chunks of its blocks may be at hand."""
    chunks_of_blocks = chunks_of_blocks or (block.text.split() for block in piece.blocks)
    kinds_and_chunks = [(block.kind, chunks) for block, chunks in zip(piece.blocks, chunks_of_blocks, strict=True) if block.kind is not BlockKind.CODE]
    text = [(kind, tokens) for kind, chunks in kinds_and_chunks if (tokens := _packed(chunks))]
    headings = [tokens for kind, tokens in text if kind is BlockKind.HEADING]
    body = [tokens for _, tokens in text]
    flat = b"".join(body)
    marked = np.frombuffer(_parted(body), np.uint64)
    numbers = marked & MASK
    style = np.where((marked > MASK) | (marked == BOUNDARY), numbers, np.uint64(CONTENT_WORD))
    parts = [
        Runs("words", numbers, 1, False),
        Runs("pairs", numbers, 2, False),
        Runs("beginning", _numbers(_parted([flat[: ENDS * SIZE]])), 2, False),
        Runs("end", _numbers(_parted([flat[-ENDS * SIZE :]])), 2, False),
        Runs("title", _numbers(_parted([_packed(piece.title.split())])), 2, True),
        Runs("description", _numbers(_parted([_packed(piece.description.split())])), 2, True),
        Runs("headings", _numbers(_parted(headings)), 2, True),
        Runs("first_headings", _numbers(_parted(headings[:2])), 2, True),
        Runs("skeleton", _numbers(_parted([_skeleton(kind, tokens) for kind, tokens in text])), 2, True),
        Runs("short_lines", _numbers(_parted([tokens for kind, tokens in text if _is_short(kind, tokens)])), 3, True),
        Runs("style", style, 3, True),
        Runs("named_style", _numbers(_parted([_styled(chunks) for _, chunks in kinds_and_chunks])), 3, True),
    ]
    found = hashed(parts)
    return {family: found[family][0] for family in FAMILIES}


def text_families(texts: Sequence[tuple[BlockKind, str]]) -> dict[str, tuple[Ints, Ints]]:
    """What each of some sentences or blocks puts by itself into the families that a reader can point at: (columns, number of the text)."""
    tokens = [(kind, _packed(text.split())) for kind, text in texts]
    runs = {
        "pairs": [found for _, found in tokens],
        "skeleton": [_skeleton(kind, found) for kind, found in tokens],
        "headings": [found if kind is BlockKind.HEADING else b"" for kind, found in tokens],
        "short_lines": [found if _is_short(kind, found) else b"" for kind, found in tokens],
    }
    packed = {family: _parted(of_family) for family, of_family in runs.items()}
    parts = [Runs(family, _numbers(numbers), 3 if family == "short_lines" else 2, family != "pairs") for family, numbers in packed.items()]
    return {family: (columns, _run_of(packed[family])[places]) for family, (columns, places) in hashed(parts).items()}


def _is_short(kind: BlockKind, tokens: bytes) -> bool:
    return kind in ASKS or (kind is BlockKind.PARAGRAPH and len(tokens) <= SHORT * SIZE)


def _skeleton(kind: BlockKind, tokens: bytes) -> bytes:
    return tokens if kind is BlockKind.HEADING or kind in ASKS or len(tokens) <= SHORT * SIZE else tokens[: OPENING * SIZE]
