"""A finding -> what an audit keeps of it: a profile of the piece and a signature of its text, without the text itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from itertools import islice
from typing import Any

from gating.records import BlockKind, Finding, LibraryPiece, Piece

PROFILE_CHARACTERS = 4_000
HEADING_CHARACTERS = 1_200  # of the profile; a page of many headings still shows how it opens
PERMUTATIONS = 64  # the estimate of a resemblance of 0.85 is off by 0.05 (one standard deviation)
SHINGLE = 5  # words
MAX_WORDS = 20_000  # of the signature; longer pieces are compared by their beginning
FURNITURE = (BlockKind.BUTTON, BlockKind.FIELD, BlockKind.CODE)
SHORTEST_ITEM = 4  # words; shorter list items are tags, crumbs and menus
WORD = re.compile(r"\w+")


def library_piece(finding: Finding) -> LibraryPiece:
    """The finding as an audit keeps it: links, forms, metadata and today's gate stay, the blocks go."""
    piece = finding.piece
    return LibraryPiece(replace(finding, piece=replace(piece, blocks=())), piece.n_words, profile_of(piece), signature_of(piece))


def profile_of(piece: Piece) -> str:
    """Four lines: title, description, headings, opening words; without buttons, form fields and code."""
    headings = _within(dict.fromkeys(block.text for block in piece.blocks if block.kind is BlockKind.HEADING and block.text != piece.title), HEADING_CHARACTERS)
    top = "\n".join(" ".join(line.split()) for line in (piece.title, piece.description, " | ".join(headings)))
    opening = " | ".join(_within(dict.fromkeys(_running_text(piece)), PROFILE_CHARACTERS))
    return f"{top}\n{' '.join(opening.split())}"[:PROFILE_CHARACTERS]


def signature_of(piece: Piece) -> tuple[int, ...]:
    """MinHash of the runs of five words in the text; the same in every process."""
    words = [word for block in piece.blocks if block.kind not in FURNITURE for word in WORD.findall(block.text.lower())][:MAX_WORDS]
    shingles = {" ".join(words[at : at + SHINGLE]) for at in range(max(1, len(words) - SHINGLE + 1))}
    signature = _empty_signature().copy()
    signature.update_batch(shingle.encode("utf-8", "surrogateescape") for shingle in shingles)
    return tuple(signature.hashvalues.tolist())


@lru_cache(maxsize=1)
def _empty_signature() -> Any:
    from datasketch import MinHash

    return MinHash(num_perm=PERMUTATIONS, seed=1, scheme="affine32")


def _running_text(piece: Piece) -> Iterator[str]:
    for block in piece.blocks:
        short = block.kind is BlockKind.ITEM and len(block.text.split()) < SHORTEST_ITEM
        if block.kind not in FURNITURE and block.kind is not BlockKind.HEADING and not short:
            yield block.text


def _within(texts: dict[str, None], characters: int) -> Iterator[str]:
    """The first of `texts` that have `characters` together."""
    left = characters
    for text in islice(texts, characters):
        if left <= 0:
            return
        yield text[:left]
        left -= len(text)
