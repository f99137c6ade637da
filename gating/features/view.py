"""What the signal families look at: one pass over a piece's blocks, shared by all of them."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain

from gating.features.chunks import Table, joined
from gating.records import Block, BlockKind, Piece

# The model learned from pages cut at 12,000 characters (../shared/corpus); a longer piece is seen through the same window, so
# that an ebook of 60 pages is judged like its first pages.
WINDOW = 12_000
LONG = 45  # characters; a shorter paragraph is a label, a slogan or a byline
PROSE = (BlockKind.PARAGRAPH, BlockKind.ITEM, BlockKind.QUOTE)
SIGNS = re.compile(r"[\s,.;:!?()\"“”]+")
WORD = re.compile(r"[a-z][a-z0-9]*(?:'[a-z]+)?|\d+")
WORDS = Table(lambda chunk: tuple(WORD.findall(lower(chunk))))
WORDS_AND_OWNERS = Table(lambda chunk: tuple(words_in(lower(chunk))))
FLAT = Table(lambda chunk: tuple(word for word in SIGNS.split(lower(chunk)) if word))


def within_window(piece: Piece) -> tuple[Block, ...]:
    """The blocks of the first WINDOW characters, the last one cut."""
    left = WINDOW
    for number, block in enumerate(piece.blocks):
        if len(block.text) > left:
            cut = (replace(block, text=block.text[:left]),) if left > 0 else ()
            return (*piece.blocks[:number], *cut)
        left -= len(block.text) + 1
    return piece.blocks


@dataclass(frozen=True)
class View:
    """A piece as the signal families see it; every list keeps reading order, every text is in lower case with straight apostrophes."""

    title: str
    description: str
    blocks: tuple[Block, ...]

    @cached_property
    def lowered(self) -> list[str]:
        """Each block's text."""
        return [lower(block.text) for block in self.blocks]

    @cached_property
    def lowered_text(self) -> list[str]:
        """The text of each block but code."""
        return [text for block, text in zip(self.blocks, self.lowered, strict=True) if block.kind is not BlockKind.CODE]

    @cached_property
    def text(self) -> str:
        """All text but code."""
        return "\n".join(self.lowered_text)

    @cached_property
    def chunks(self) -> list[list[str]]:
        """Each block's text cut at white space."""
        return [block.text.split() for block in self.blocks]

    @cached_property
    def all_chunks(self) -> list[str]:
        """The chunks of all blocks but code, in order."""
        return list(chain.from_iterable(chunks for block, chunks in zip(self.blocks, self.chunks, strict=True) if block.kind is not BlockKind.CODE))

    @cached_property
    def words(self) -> Counter[str]:
        """How often each word and number stands in `text`."""
        return Counter(joined(WORDS, self.all_chunks))

    @cached_property
    def n_words(self) -> int:
        """Words in `text`, at least 1."""
        return max(1, self.words.total())

    @cached_property
    def headings(self) -> list[str]:
        """Heading texts."""
        return [text for block, text in zip(self.blocks, self.lowered, strict=True) if block.kind is BlockKind.HEADING]

    @cached_property
    def prose_at(self) -> list[int]:
        """Places of paragraphs, items and quotes of at least LONG characters."""
        return [at for at, (block, text) in enumerate(zip(self.blocks, self.lowered, strict=True)) if len(text) >= LONG and block.kind in PROSE]

    @cached_property
    def prose(self) -> list[str]:
        """Their texts."""
        return [self.lowered[at] for at in self.prose_at]

    @cached_property
    def flat(self) -> list[str]:
        """The words of `text` with what is in them, signs at their ends taken off, for looking up runs of words."""
        return list(joined(FLAT, self.all_chunks))

    @cached_property
    def prose_words(self) -> list[frozenset[str]]:
        """The words of each text in `prose`."""
        return [frozenset(joined(WORDS_AND_OWNERS, self.chunks[at])) for at in self.prose_at]

    @cached_property
    def heading_words(self) -> list[frozenset[str]]:
        """The words of each heading."""
        return [frozenset(joined(WORDS_AND_OWNERS, chunks)) for block, chunks in zip(self.blocks, self.chunks, strict=True) if block.kind is BlockKind.HEADING]

    @cached_property
    def title_words(self) -> frozenset[str]:
        """The words of the title."""
        return words_in(self.title)

    @cached_property
    def end_words(self) -> frozenset[str]:
        """The words of the last five blocks."""
        return frozenset(joined(WORDS_AND_OWNERS, chain.from_iterable(self.chunks[-5:])))

    @cached_property
    def short_words(self) -> frozenset[str]:
        """The words of `short_text`."""
        return words_in(self.short_text)

    @cached_property
    def short_text(self) -> str:
        """Buttons and short paragraphs, one a line."""
        short = (text for block, text in zip(self.blocks, self.lowered, strict=True)
                 if block.kind is BlockKind.BUTTON or (block.kind is BlockKind.PARAGRAPH and len(text) < LONG))  # fmt: skip
        return "\n".join(short)


def lower(text: str) -> str:
    """Lower case with straight apostrophes."""
    return text.lower().replace("’", "'")


def words_in(text: str) -> frozenset[str]:
    """The words of a text in lower case; of "acme's" also "acme"."""
    found = WORD.findall(text)
    return frozenset(found + [word[:-2] for word in found if word.endswith("'s")])


def share(part: float, whole: float) -> float:
    """`part` of `whole`, 0.0 of nothing."""
    return part / whole if whole else 0.0
