"""Layout: what kinds of block, how long, in what order. Sentences or slogans, cards or paragraphs."""

from __future__ import annotations

import math
import re

from gating.features.view import LONG, PROSE, View, share
from gating.records import BlockKind

CARD_WORDS = 25  # a heading over a paragraph no longer than this is a card of a product page
ESSAY_WORDS = 45  # ... and longer than this a section of an article
DIGIT_FIRST = re.compile(r"^\d")


def shape_signals(view: View) -> dict[str, float]:
    """Signals of layout; shares are 0..1 of blocks or words, counts are log(1 + n)."""
    blocks = view.blocks
    n_blocks = max(1, len(blocks))
    kinds = [block.kind for block in blocks]
    lengths = [len(chunks) for chunks in view.chunks]
    prose = [length for block, length in zip(blocks, lengths, strict=True) if block.kind in PROSE and len(block.text) >= LONG]
    total = max(1, sum(lengths))
    headings = view.headings
    cards = sections = 0
    for above, below, length in zip(blocks, blocks[1:], lengths[1:], strict=False):
        if above.kind is BlockKind.HEADING and below.kind is BlockKind.PARAGRAPH:
            cards += length <= CARD_WORDS
            sections += length > ESSAY_WORDS
    signals = {
        "words_log": math.log(total),
        "blocks_log": math.log(n_blocks),
        "words_per_block_log": math.log(max(1.0, total / n_blocks)),
        "short_paragraph_share": share(sum(block.kind is BlockKind.PARAGRAPH and len(block.text) < LONG for block in blocks), n_blocks),
        "prose_mean_log": math.log1p(share(sum(prose), len(prose))),
        "prose_longest_log": math.log1p(max(prose, default=0)),
        "long_block_share": share(sum(length > 40 for length in prose), n_blocks),
        "long_block_word_share": share(sum(length for length in prose if length > 40), total),
        "short_prose_word_share": share(sum(length for length in prose if length <= 25), total),
        "headings_per_100_words": share(100 * len(headings), total),
        "heading_words_mean": share(sum(len(heading.split()) for heading in headings), len(headings)),
        "question_heading_share": share(sum(heading.endswith("?") for heading in headings), len(headings) + 1),
        "numbered_heading_share": share(sum(bool(DIGIT_FIRST.match(heading)) for heading in headings), len(headings) + 1),
        "gerund_heading_share": share(sum(heading.split(" ", 1)[0].endswith("ing") for heading in headings), len(headings) + 1),
        "top_heading_count": float(sum(block.level == 1 for block in blocks)),
        "deep_heading_share": share(sum(block.level >= 4 for block in blocks), n_blocks),
        "many_sentence_share": share(sum(text.count(". ") + text.count("! ") + text.count("? ") >= 2 for text in view.prose), n_blocks),
        "sentence_end_share": share(sum(block.text[-1:] in ".!?" for block in blocks), n_blocks),
        "card_share": cards / n_blocks,
        "cards_log": math.log1p(cards),
        "section_share": sections / n_blocks,
    }
    for kind in BlockKind:
        signals[f"{kind.value}_share"] = kinds.count(kind) / n_blocks
        signals[f"{kind.value}s_log"] = math.log1p(kinds.count(kind))
    return signals
