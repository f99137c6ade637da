"""A finding -> what an audit keeps of it: a profile of the piece and a signature of its text, without the text itself.

On disk that is a LibraryPiece with all that was found; in memory a slim one, whose quotes are packed (`whole` unpacks them).
"""

from __future__ import annotations

import zlib
from collections.abc import Hashable, Iterator
from dataclasses import replace
from itertools import islice
from typing import TypeVar

import msgspec

from gating.features.signature import FURNITURE, signature_of
from gating.records import Advice, BlockKind, Evidence, Finding, HeadVerdict, LibraryPiece, ObservedGate, Piece, Verdict

PROFILE_CHARACTERS = 4_000
HEADING_CHARACTERS = 1_200  # of the profile; a page of many headings still shows how it opens
SHORTEST_ITEM = 4  # words; shorter list items are tags, crumbs and menus
LONGEST_VALUE = 200  # characters of a value of the metadata that are kept in memory; owners, dates and figures are shorter
H = TypeVar("H", bound=Hashable)
Told = tuple[tuple[Evidence, ...], str]  # evidence and why: what only the reports need


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


class Shared:
    """Equal values of one type -> the first of them, so that a hundred thousand pieces with one form hold it once."""

    def __init__(self) -> None:
        self._held: dict[Hashable, Hashable] = {}

    def __call__(self, value: H) -> H:
        """The value that is held."""
        return self._held.setdefault(value, value)  # type: ignore[return-value]  # equal values of one type


class Slimmer:
    """LibraryPiece -> the same without what is read elsewhere (profile, signature, links) or by nobody (description, conformal sets, shares
    of formats), with its quotes packed. What many pieces have in common, such as labels and forms, is held once.
    """

    def __init__(self) -> None:
        self._one = Shared()

    def __call__(self, library: LibraryPiece) -> LibraryPiece:
        """The slim piece."""
        finding = library.finding
        packed = zlib.compress(msgspec.msgpack.encode((finding.advice.evidence, finding.advice.why)), level=1)
        slim = Finding(self._piece(finding.piece), self._verdict(finding.verdict, finding.piece.id), self._advice(finding.advice))
        return LibraryPiece(slim, library.n_words, "", (), packed)

    def _piece(self, piece: Piece) -> Piece:
        metadata = tuple((self._one(key), self._one(value[:LONGEST_VALUE])) for key, value in piece.metadata)
        forms = self._one(tuple(map(self._one, piece.forms)))
        return replace(piece, description="", links=(), forms=forms, metadata=metadata, observed=self._observed(piece.observed), language=self._one(piece.language))

    def _observed(self, observed: ObservedGate) -> ObservedGate:
        return self._one(replace(observed, verdict=self._one(observed.verdict), form=self._one(observed.form)))

    def _verdict(self, verdict: Verdict, piece_id: str) -> Verdict:
        heads = {name: self._head(verdict.head(name)) for name in ("strategy", "stage", "gate")}
        kind = self._one(replace(self._head(verdict.format), probabilities=()))
        return Verdict(piece_id, **heads, format=kind, flags=self._one(verdict.flags), model=self._one(verdict.model))

    def _head(self, head: HeadVerdict) -> HeadVerdict:
        return HeadVerdict(self._one(head.label), head.probabilities, (), self._one(head.predicted), self._one(head.rule))

    def _advice(self, advice: Advice) -> Advice:
        return self._one(replace(advice, evidence=(), why=""))


def whole(library: LibraryPiece) -> LibraryPiece:
    """A slim piece with its quotes; any other one as it is."""
    if not library.packed:
        return library
    evidence, why = msgspec.msgpack.decode(zlib.decompress(library.packed), type=Told)
    return replace(library, finding=replace(library.finding, advice=replace(library.finding.advice, evidence=evidence, why=why)), packed=b"")
