"""Phrase rules over the skeleton of a page. The lists are data (phrases.toml); tokens and matches are those of spaCy's English
tokenizer, PhraseMatcher and Matcher, found by looking up what is known of each chunk (tests/features/test_rules.py compares them).

Cutting is quadratic on runs of signs, as in spaCy; `reading.text.squeeze` has cut such runs before any text gets here.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from pathlib import Path

from gating.features.chunks import Table, joined
from gating.features.tokenizer import is_number, tokens_of_chunk
from gating.records import BlockKind, Piece

PHRASES_FILE = Path(__file__).with_name("phrases.toml")
ZONES = ("title", "headings", "short_lines", "beginning", "end")
EDGE_WORDS = 40  # of a longer block among the first or last of the page
FIRST_BLOCKS, LAST_BLOCKS = 4, 3
MAX_LINES = 400  # of the skeleton; a book's first 400 blocks tell what it is
SHORT_LINE = 45  # characters
WHITE_SPACE = re.compile(r"(\s+)")
ANY_WORD, NUMBER = " *", " #"  # in a phrase; no token begins with a blank


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the skeleton: its text and the zones it counts for."""

    text: str
    zones: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase of a list as tokens. It is looked up by the one at `key`: of its words the one in fewest phrases."""

    name: str
    tokens: tuple[str, ...]
    key: int

    def stands_at(self, place: int, tokens: list[str]) -> bool:
        """True when the phrase stands in `tokens` with its key at `place`."""
        start = place - self.key
        found = tokens[start : start + len(self.tokens)] if start >= 0 else []
        return len(found) == len(self.tokens) and all(map(_fits, self.tokens, found))


@dataclass(frozen=True)
class Rules:
    """The names of the lists, and their phrases by their key; made once a process."""

    names: tuple[str, ...]
    phrases: dict[str, tuple[Phrase, ...]]


def phrase_lists() -> dict[str, list[str]]:
    """The phrase lists as data: {list: phrases}."""
    return tomllib.loads(PHRASES_FILE.read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def rules() -> Rules:
    """The phrase lists, ready to be looked up."""
    lists = {name: set(chain.from_iterable(map(_phrases, entries))) for name, entries in phrase_lists().items()}
    spread = Counter(chain.from_iterable(chain.from_iterable(lists.values())))
    phrases: defaultdict[str, list[Phrase]] = defaultdict(list)
    for name, entries in lists.items():
        for tokens in entries:
            key = min((place for place, token in enumerate(tokens) if token not in (ANY_WORD, NUMBER)), key=lambda place: spread[tokens[place]])
            phrases[tokens[key]].append(Phrase(name, tokens, key))
    return Rules(tuple(lists), {key: tuple(found) for key, found in phrases.items()})


def _tokens(chunk: str) -> tuple[str, ...]:
    """The tokens of what stands between two blanks; nothing at all (two blanks on end) and other white space make tokens, which no phrase has."""
    return tuple(chain.from_iterable((part,) if not part or part.isspace() else tokens_of_chunk(part) for part in WHITE_SPACE.split(chunk)))


TOKENS = Table(_tokens)


def _phrases(entry: str) -> Iterator[tuple[str, ...]]:
    """The tokens of an entry. In one with * (any word) or # (a number) each other word is one token."""
    words = entry.split()
    if {"*", "#"} & set(words):
        yield tuple(f" {word}" if word in ("*", "#") else word for word in words)
    else:
        yield from (tuple(joined(TOKENS, form.split())) for form in _forms(entry))


def _fits(wanted: str, token: str) -> bool:
    return token == wanted or (wanted == ANY_WORD and token.isalpha()) or (wanted == NUMBER and is_number(token))


def _forms(entry: str) -> tuple[str, ...]:
    """The phrase, and where it ends in a single letter the phrase with a full stop, which spaCy leaves on the letter ("series a.")."""
    return (entry, f"{entry}.") if len(entry.rsplit(maxsplit=1)[-1]) == 1 else (entry,)


def skeleton_lines(piece: Piece) -> list[Line]:
    """Title and description, headings, buttons and short lines whole; of the longer blocks only the first and last of the page.

    The openings of all longer blocks were a zone too; they cost much time and brought nothing.
    """
    blocks = [block for block in piece.blocks if block.kind is not BlockKind.CODE][:MAX_LINES]
    lines = [Line(piece.title, ("title",)), Line(" ".join(piece.description.split()[:EDGE_WORDS]), ("title",))]
    for number, block in enumerate(blocks):
        zones = []
        if number < FIRST_BLOCKS:
            zones.append("beginning")
        if number >= len(blocks) - LAST_BLOCKS:
            zones.append("end")
        if block.kind is BlockKind.HEADING:
            zones.append("headings")
        elif block.kind in (BlockKind.BUTTON, BlockKind.FIELD) or (block.kind is BlockKind.PARAGRAPH and len(block.text) < SHORT_LINE):
            zones.append("short_lines")
        if zones:
            lines.append(Line(" ".join(block.text.split()[:EDGE_WORDS]), tuple(zones)))
    return lines


def phrase_counts(lines: Sequence[Line]) -> Counter[tuple[str, str]]:
    """How often each list's phrases stand in each zone: {(list, zone): count}."""
    counts: Counter[tuple[str, str]] = Counter()
    for line in lines:
        for name in _names_in(line.text):
            for zone in line.zones:
                counts[name, zone] += 1
    return counts


def _names_in(text: str) -> Iterator[str]:
    """The list of each phrase in a text, once for each place where it stands."""
    phrases = rules().phrases
    # Lower case before cutting, since "YOU'LL" is cut other than "you'll".
    tokens = list(joined(TOKENS, text.lower().replace("’", "'").split(" ")))
    if phrases.keys().isdisjoint(tokens):
        return
    for place, token in enumerate(tokens):
        for phrase in phrases.get(token, ()):
            if phrase.stands_at(place, tokens):
                yield phrase.name
