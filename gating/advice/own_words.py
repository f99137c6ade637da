"""What a company's own words make of the gate score (RUBRIC G3), beside what the rubric's words make of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from gating.advice.gate_score import HOSTILE_LEAST
from gating.records import GateParts, Piece
from gating.settings import Words

OPENING = 600  # characters, as far as the rubric's own words for ready-to-use things are looked for


@dataclass(frozen=True, slots=True)
class OwnScore:
    """The parts with the company's words counted in, and the settings that raised or lowered the total, as they stand in the file."""

    parts: GateParts
    raised: tuple[str, ...] = ()
    lowered: tuple[str, ...] = ()

    def with_hostile_readers(self, line: str) -> OwnScore:
        """The score for an audience that resents forms, which `line` of the settings says it is."""
        return self if self.parts.hostility else OwnScore(replace(self.parts, hostility=1), self.raised, (*self.lowered, line))


def score_with(words: Words, piece: Piece, parts: GateParts) -> OwnScore:
    """`parts` with `words` counted in. A word of one's own has the part's last value; it never takes a part back towards the rubric's 1."""
    own = parts
    raised: list[str] = []
    lowered: list[str] = []
    for line, part, value in _found(words, piece):
        if getattr(own, part) != value:
            after = replace(own, **{part: value})
            (raised if after.total > own.total else lowered).append(line)
            own = after
    return OwnScore(own, tuple(raised), tuple(lowered))


def _found(words: Words, piece: Piece) -> Iterator[tuple[str, str, int]]:
    """(line of the settings, part of the score, value) for each list that has a word in the piece. A commodity is one whatever data it cites."""
    if words == NO_WORDS:
        return
    title, text = piece.title, "\n".join(block.text for block in piece.blocks)
    places = {"own_data": f"{title}\n{text}", "ready_to_use": f"{title}\n{text[:OPENING]}", "commodity": title, "must_be_found": title}
    for name, part, value in (("own_data", "uniqueness", 2), ("commodity", "uniqueness", 0), ("ready_to_use", "work_saved", 2), ("must_be_found", "reach_need", 2)):
        if found := first_of(getattr(words, name), places[name]):
            yield f'words.{name} "{found}"', part, value
    resentful = words.resentful_readers
    if found := first_of(resentful, title) or (first_of(resentful, text) if times(resentful, text) >= HOSTILE_LEAST else ""):
        yield f'words.resentful_readers "{found}"', "hostility", 1


NO_WORDS = Words((), (), (), (), ())


def first_of(phrases: tuple[str, ...], text: str) -> str:
    """The first of `phrases` to stand in `text` as whole words, in any case and over line ends, as the settings write it; empty when none does."""
    found = _pattern(phrases).search(text) if phrases else None
    return next(phrase for phrase in phrases if " ".join(phrase.casefold().split()) == " ".join(found.group().casefold().split())) if found else ""


def times(phrases: tuple[str, ...], text: str) -> int:
    """How often one of `phrases` stands in `text`."""
    return len(_pattern(phrases).findall(text)) if phrases else 0


@lru_cache(maxsize=64)
def _pattern(phrases: tuple[str, ...]) -> re.Pattern[str]:
    """Longer phrases first, so that "Bench Pro" is not found as "Bench"."""
    longest_first = sorted(phrases, key=len, reverse=True)
    either = "|".join(r"\s+".join(map(re.escape, phrase.split())) for phrase in longest_first)
    return re.compile(rf"(?<!\w)(?:{either})(?!\w)", re.IGNORECASE)
