"""A finding -> what an audit keeps of it: a profile of the piece and a signature of its text, without the text itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from gating.features.signature import FURNITURE, signature_of
from gating.records import BlockKind, Finding, LibraryPiece, Piece

PROFILE_CHARACTERS = 4_000
HEADING_CHARACTERS = 1_200  # of the profile; a page of many headings still shows how it opens
SHORTEST_ITEM = 4  # words; shorter list items are tags, crumbs and menus


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
