"""spaCy's part: phrase rules over the skeleton of a page. The lists are data (phrases.toml); the tokenizer and matchers are spaCy's.

Only `spacy.blank("en")` is used: trained pipelines cannot be had offline. Its tokenizer is quadratic on runs of signs, which
`reading.text.squeeze` has cut before any text gets here.
"""

from __future__ import annotations

import bisect
import itertools
import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import spacy
from spacy.language import Language
from spacy.matcher import Matcher, PhraseMatcher

from gating.records import BlockKind, Piece

PHRASES_FILE = Path(__file__).with_name("phrases.toml")
ZONES = ("title", "headings", "short_lines", "beginning", "end")
EDGE_WORDS = 40  # of a longer block among the first or last of the page
FIRST_BLOCKS, LAST_BLOCKS = 4, 3
MAX_LINES = 400  # of the skeleton; a book's first 400 blocks tell what it is
SHORT_LINE = 45  # characters


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the skeleton: its text and the zones it counts for."""

    text: str
    zones: tuple[str, ...]


@dataclass(frozen=True)
class Rules:
    """The tokenizer and the two matchers, made once a process."""

    nlp: Language
    phrases: PhraseMatcher
    patterns: Matcher
    names: tuple[str, ...]


def phrase_lists() -> dict[str, list[str]]:
    """The phrase lists as data: {list: phrases}."""
    return tomllib.loads(PHRASES_FILE.read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def rules() -> Rules:
    """The phrase lists compiled for spaCy. A phrase with * or # becomes a token pattern, any other a phrase in lower case."""
    lists = phrase_lists()
    nlp = spacy.blank("en")
    phrases, patterns = PhraseMatcher(nlp.vocab, attr="LOWER"), Matcher(nlp.vocab)
    for name, entries in lists.items():
        plain = [nlp.make_doc(form) for entry in entries if not {"*", "#"} & set(entry.split()) for form in _forms(entry)]
        phrases.add(name, plain)
        wild = [[_token_pattern(word) for word in entry.split()] for entry in entries if {"*", "#"} & set(entry.split())]
        if wild:
            patterns.add(name, wild)
    return Rules(nlp, phrases, patterns, tuple(lists))


def _forms(entry: str) -> tuple[str, ...]:
    """The phrase, and where it ends in a single letter the phrase with a full stop, which spaCy leaves on the letter ("series a.")."""
    return (entry, f"{entry}.") if len(entry.rsplit(maxsplit=1)[-1]) == 1 else (entry,)


def _token_pattern(word: str) -> dict[str, object]:
    if word == "*":
        return {"IS_ALPHA": True}
    return {"LIKE_NUM": True} if word == "#" else {"LOWER": word}


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
    compiled = rules()
    texts = [line.text.lower().replace("’", "'") for line in lines]  # lower case before cutting: spaCy cuts "YOU'LL" other than "you'll"
    doc = compiled.nlp.make_doc("\n".join(texts))
    starts = [0, *itertools.accumulate(len(text) + 1 for text in texts)][:-1]
    counts: Counter[tuple[str, str]] = Counter()
    strings = compiled.nlp.vocab.strings
    for matcher in (compiled.phrases, compiled.patterns):
        for match, start, _ in matcher(doc):
            at = doc[start].idx
            number = bisect.bisect_right(starts, at) - 1
            for zone in lines[number].zones:
                counts[strings[match], zone] += 1
    return counts
