"""Words of a piece as a person is shown them: short, whole where their sentence ends nearby, and with "…" where they were cut."""

from __future__ import annotations

import re
from collections.abc import Sequence

EVIDENCE_WORDS = 24  # where classifier/evidence.py ends a quote, which stays as it is: it is looked up in the text
SENTENCE_END = re.compile(r"[.!?…][\"'”’)]*$")
CLAUSE_END = re.compile(r"[,;:][\"'”’)]*$|^[–-]$")


def shortened(text: str, most: int) -> str:
    """The first words of `text` on one line: `most`, or a few less or more to the end of a sentence, else a few less to the end of a clause."""
    words = text.split()
    if len(words) <= most:
        return " ".join(words)
    ends = (count for count in range(most - most // 3, min(most + most // 4, len(words)) + 1) if count == len(words) or SENTENCE_END.search(words[count - 1]))
    count = next(ends, 0)
    return " ".join(words[:count]) if count else _up_to_a_pause(words[:most])


def evidence_shown(quote: str) -> str:
    """A quote of the evidence without marks around it; where it was ended in the middle of a sentence, that is to be seen."""
    bare = quote.strip('"“”')
    words = bare.split()
    return bare if len(words) < EVIDENCE_WORDS or SENTENCE_END.search(words[-1]) else _up_to_a_pause(words)


def _up_to_a_pause(words: Sequence[str]) -> str:
    """As many words as end with a clause, if at most a third goes; then "…"."""
    least = len(words) - len(words) // 3
    count = next((count for count in range(len(words), least - 1, -1) if CLAUSE_END.search(words[count - 1])), len(words))
    return f"{' '.join(words[:count]).rstrip(' ,;:–-')} …"
