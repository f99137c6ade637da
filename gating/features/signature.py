"""A signature of a piece's text, by which near-identical pieces are found without comparing the texts."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from gating.records import BlockKind, Piece

PERMUTATIONS = 64  # the estimate of a resemblance of 0.85 is off by 0.05 (one standard deviation)
SHINGLE = 5  # words
MAX_WORDS = 20_000  # of the signature; longer pieces are compared by their beginning
FURNITURE = (BlockKind.BUTTON, BlockKind.FIELD, BlockKind.CODE)
WORD = re.compile(r"\w+")


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
