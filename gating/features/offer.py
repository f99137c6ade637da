"""The offer: what the page asks for, how prominently, and where the asks stand."""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import replace
from functools import cache

from gating.features.rules import ZONES, phrase_counts, rules, skeleton_lines
from gating.features.view import View
from gating.records import BlockKind, Piece

RATED_ZONES = ("headings", "short_lines")
SHORT_ASK = 60  # characters; a longer text mentions an ask, it does not make one
ASK_WORDS = re.compile(
    r"\b(?:demo|contact|get in touch|talk to|quote|call|consultation|trial|sign up|get started|try|buy|start|download|get (?:the|your)|access|register|"
    r"save your seat|reserve|rsvp|join)\b"
)
NEVER_EARLY = 1.2  # position of the first ask on a page without one; 1.0 is the last block


def offer_signals(piece: Piece, view: View) -> dict[str, float]:
    """How often each phrase list of phrases.toml stands in each zone, as log(1 + n) and per line of the zone, and where the asks are."""
    lines = skeleton_lines(replace(piece, blocks=view.blocks))
    counts = phrase_counts(lines)
    sizes = Counter(zone for line in lines for zone in line.zones)
    signals = dict.fromkeys(_phrase_signals(), 0.0)
    for (name, zone), count in counts.items():
        signals[f"{name}_in_{zone}"] = math.log1p(count)
        if zone in RATED_ZONES:
            signals[f"{name}_per_{zone}"] = count / (sizes[zone] + 2)
    news = sum(signals[f"company_news_in_{zone}"] - signals[f"product_news_in_{zone}"] for zone in ("title", "beginning"))
    return signals | {"company_over_product_news": news} | _ask_positions(view)


@cache
def _phrase_signals() -> tuple[str, ...]:
    """The names of all signals of phrases in column order."""
    return tuple(signal for name in rules().names for signal in (*(f"{name}_in_{zone}" for zone in ZONES), *(f"{name}_per_{zone}" for zone in RATED_ZONES)))


def _ask_positions(view: View) -> dict[str, float]:
    n_blocks = max(1, len(view.blocks))
    asks = [
        number
        for number, (block, text) in enumerate(zip(view.blocks, view.lowered, strict=True))
        if (len(text) < SHORT_ASK or block.kind in (BlockKind.BUTTON, BlockKind.FIELD)) and ASK_WORDS.search(text)
    ]
    return {
        "asks_log": math.log1p(len(asks)),
        "ask_share": len(asks) / n_blocks,
        "first_ask_position": asks[0] / n_blocks if asks else NEVER_EARLY,
        "early_asks": float(sum(number < 6 for number in asks)),
        "middle_ask_share": sum(0.2 < number / n_blocks < 0.8 for number in asks) / n_blocks,
    }
