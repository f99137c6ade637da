"""What a piece by itself shows of its next step: links and buttons.

Only a library knows whether an offer stands behind a link (gating.library.hand_offs); here every page of the own site may be one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gating.advice.detections import SELF_SERVICE
from gating.library.hand_offs import DECISION_WORDS, OFFER_WORDS
from gating.reading import MARKDOWN, OPENDOCUMENT, RTF, WEBPAGE, WORD
from gating.reading.urls import ROW, host_of, normal_url
from gating.records import BlockKind, Piece

WITH_LINKS = MARKDOWN + WEBPAGE + WORD + OPENDOCUMENT + RTF  # of which links are read
LONGEST_ASK = 60  # characters of a link or button


@dataclass(frozen=True, slots=True)
class Ask:
    """A link or button that asks for something: its words and line."""

    text: str
    line: int

    @property
    def is_for_a_decision(self) -> bool:
        """True for a demo, a quote, a talk to sales; False for what asks for no decision, such as a free sign-up."""
        return bool(DECISION_WORDS.search(self.text)) and not SELF_SERVICE.search(self.text)


def asks_of(piece: Piece) -> tuple[Ask, ...]:
    """Links and buttons with the words of an offer, each text once."""
    found: dict[str, Ask] = {}
    for text, line in _short_texts(piece):
        if OFFER_WORDS.search(text) and len(text) <= LONGEST_ASK:
            found.setdefault(text.casefold(), Ask(text, line))
    return tuple(found.values())


def own_links(piece: Piece) -> tuple[str, ...]:
    """Addresses of the own site that the piece links to: those without a host, and those of its own address."""
    own = host_of(normal_url(piece.url))
    return tuple(address for address in _addresses(piece) if host_of(address) in ("", own))


def shows_links(piece: Piece) -> bool:
    """True where a link would be seen if there was one: plain text, PDF and many exports lose them."""
    return bool(piece.links) or (not ROW.search(piece.source) and piece.source.lower().endswith(WITH_LINKS))


def _addresses(piece: Piece) -> Iterator[str]:
    return filter(None, (normal_url(link.href) for link in piece.links if not link.href.startswith("#")))


def _short_texts(piece: Piece) -> Iterator[tuple[str, int]]:
    yield from ((block.text, block.line) for block in piece.blocks if block.kind is BlockKind.BUTTON)
    yield from ((link.text, link.line) for link in piece.links)
