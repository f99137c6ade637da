"""Hashed n-grams by field: title, headings, short lines, the skeleton of the page, the body.

Hashing keeps no vocabulary, so a model leaks no sentence of anybody's drafts. A family has a space of 2**18 columns of its own;
numbers, years and percentages are folded, so "11 best" and "9 best" are one thing.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

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


@lru_cache(maxsize=200_000)
def token_number(token: str) -> int:
    """The number of a token: a checksum of its folded form."""
    return zlib.crc32(_folded(token).encode())


FUNCTION_NUMBERS = frozenset(zlib.crc32(word.encode()) for word in FUNCTION_WORDS)


def tokens_of(text: str) -> list[int]:
    """Token numbers of `text` in order."""
    return [token_number(token) for token in TOKEN.findall(text.lower())]


def styled(text: str) -> list[int]:
    """The style of `text`: function words as they are, names, numbers and signs, and other words each as one thing."""
    found = []
    for place, token in enumerate(CASED_TOKEN.findall(text)):
        number = token_number(token.lower())
        if not token[0].isalpha():
            number = SIGN
        elif number not in FUNCTION_NUMBERS:
            number = NAME_WORD if place and token[0].isupper() else CONTENT_WORD
        found.append(number)
    return found


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


def grams(runs: Sequence[Tokens], longest: int, family: str, edges: bool = False) -> Ints:
    """Columns (with repeats) of all n-grams up to `longest` in each run; with `edges`, "first word of a run" and "last word" count too."""
    return grams_by_run(runs, longest, family, edges)[0]


def grams_by_run(runs: Sequence[Tokens], longest: int, family: str, edges: bool = False) -> tuple[Ints, Ints]:
    """The columns of `grams`, and for each the number of the run it stands in."""
    if not runs:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    flat = [BOUNDARY]
    for run in runs:
        flat.extend(run)
        flat.append(BOUNDARY)
    numbers = np.array(flat, dtype=np.uint64)
    word = numbers != BOUNDARY
    run_of = np.cumsum(~word) - 1  # a boundary belongs to the run it opens
    salt = np.uint64(zlib.crc32(family.encode()))
    columns, places = [_column(numbers[word], salt)], [run_of[word]]
    if longest >= 2:
        pairs = numbers[:-1] * np.uint64(31) + numbers[1:] * np.uint64(1_000_003)
        inside = (word[:-1] | word[1:]) if edges else (word[:-1] & word[1:])
        columns.append(_column(pairs[inside], salt))
        places.append(run_of[:-1][inside])
    if longest >= 3 and len(numbers) > 2:
        triples = numbers[:-2] * np.uint64(961) + numbers[1:-1] * np.uint64(31_000_093) + numbers[2:] * np.uint64(1_000_003)
        inside = word[1:-1] & ((word[:-2] | word[2:]) if edges else (word[:-2] & word[2:]))
        columns.append(_column(triples[inside], salt))
        places.append(run_of[1:-1][inside])
    return np.concatenate(columns), np.concatenate(places)


def _column(numbers: npt.NDArray[np.uint64], salt: np.uint64) -> Ints:
    """A column for each number, mixed so that near numbers land far apart (the finaliser of splitmix64, Steele et al. 2014)."""
    mixed = (numbers ^ salt) * np.uint64(0x9E3779B1)
    mixed ^= mixed >> np.uint64(29)
    mixed *= np.uint64(0x85EBCA77)
    mixed ^= mixed >> np.uint64(32)
    return (mixed & np.uint64(N_COLUMNS - 1)).astype(np.int64)


FAMILIES = ("title", "description", "headings", "first_headings", "short_lines", "beginning", "end", "words", "pairs", "skeleton", "style", "named_style")


def word_families(piece: Piece) -> dict[str, Ints]:
    """Columns of every family in FAMILIES, with repeats; an absent field gives an empty array."""
    text = [(block.kind, tokens) for block in piece.blocks if block.kind is not BlockKind.CODE and (tokens := tokens_of(block.text))]
    headings = [tokens for kind, tokens in text if kind is BlockKind.HEADING]
    body = [tokens for _, tokens in text]
    flat = [token for tokens in body for token in tokens]
    return {
        "title": grams([tokens_of(piece.title)], 2, "title", edges=True),
        "description": grams([tokens_of(piece.description)], 2, "description", edges=True),
        "headings": grams(headings, 2, "headings", edges=True),
        "first_headings": grams(headings[:2], 2, "first_headings", edges=True),
        "short_lines": grams([tokens for kind, tokens in text if _is_short(kind, tokens)], 3, "short_lines", edges=True),
        "beginning": grams([flat[:ENDS]], 2, "beginning"),
        "end": grams([flat[-ENDS:]], 2, "end"),
        "words": grams(body, 1, "words"),
        "pairs": grams(body, 2, "pairs"),
        "skeleton": grams([_skeleton(kind, tokens) for kind, tokens in text], 2, "skeleton", edges=True),
        "style": grams([[token if token in FUNCTION_NUMBERS else CONTENT_WORD for token in tokens] for tokens in body], 3, "style", edges=True),
        "named_style": grams([styled(block.text) for block in piece.blocks if block.kind is not BlockKind.CODE], 3, "named_style", edges=True),
    }


def text_families(texts: Sequence[tuple[BlockKind, str]]) -> dict[str, tuple[Ints, Ints]]:
    """What each of some sentences or blocks puts by itself into the families that a reader can point at: (columns, number of the text)."""
    tokens = [(kind, tokens_of(text)) for kind, text in texts]
    everything = range(len(tokens))
    headings = [number for number, (kind, _) in enumerate(tokens) if kind is BlockKind.HEADING]
    short = [number for number, (kind, found) in enumerate(tokens) if _is_short(kind, found)]
    found: dict[str, tuple[Ints, Ints]] = {}
    for family, longest, numbers in (("pairs", 2, everything), ("skeleton", 2, everything), ("headings", 2, headings), ("short_lines", 3, short)):
        runs = [_skeleton(*tokens[number]) if family == "skeleton" else tokens[number][1] for number in numbers]
        columns, run_of = grams_by_run(runs, longest, family, edges=family != "pairs")
        found[family] = columns, np.array(numbers, dtype=np.int64)[run_of] if runs else run_of
    return found


def _is_short(kind: BlockKind, tokens: Tokens) -> bool:
    return kind in ASKS or (kind is BlockKind.PARAGRAPH and len(tokens) <= SHORT)


def _skeleton(kind: BlockKind, tokens: Tokens) -> Tokens:
    return tokens if kind is BlockKind.HEADING or kind in ASKS or len(tokens) <= SHORT else tokens[:OPENING]
