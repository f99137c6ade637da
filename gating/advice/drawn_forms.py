"""Forms as the text of a piece shows them: runs of fields, with their heading and button."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from gating.advice.quotes import shortened
from gating.reading import purposes
from gating.records import Block, BlockKind, Form, Piece

NOWHERE = -1
HEADING_WITHIN = 2  # blocks before the first field
READ_OPENLY = 300  # words in long paragraphs, from which drawn fields are an offer inside the piece (reading/forms.py has the count)
LONG_PARAGRAPH = 25
UNASKED = re.compile(r"\b(?:optional|if you (?:like|wish|want))\b", re.IGNORECASE)
FIELD_WORDS = 4  # of the name of a field


@dataclass(frozen=True, slots=True)
class DrawnForm:
    """A form as the text shows it: the numbers of its field blocks, of its heading and button (NOWHERE without one), what it is for and asks for."""

    fields: tuple[int, ...]
    heading: int
    button: int
    purpose: str
    families: tuple[str, ...]  # one for each field; empty for another kind and for fields called optional
    asked: tuple[int, ...]  # the fields not called optional

    @property
    def blocks(self) -> range:
        """All of it, from its heading to its button."""
        return range(self.heading if self.heading >= 0 else self.fields[0], max(self.fields[-1], self.button) + 1)


def drawn_gate(piece: Piece) -> DrawnForm | None:
    """The form of a draft that stands before its content, as far as its words say so."""
    n_running = sum(n_words for block in piece.blocks if block.kind is BlockKind.PARAGRAPH and (n_words := len(block.text.split())) >= LONG_PARAGRAPH)
    return next((form for form in drawn_forms(piece) if form.purpose == purposes.GATE), None) if n_running < READ_OPENLY else None


def drawn_forms(piece: Piece) -> Iterator[DrawnForm]:
    """Runs of fields that ask for an address or a phone number, each with the button after it. One other block may stand between two fields."""
    run: list[int] = []
    for number, block in [*enumerate(piece.blocks), (len(piece.blocks) + 2, Block(BlockKind.FIELD, ""))]:
        if block.kind is BlockKind.FIELD:
            if run and number - run[-1] > 2:
                yield from _drawn(piece, run)
                run = []
            run.append(number)


def _drawn(piece: Piece, run: list[int]) -> Iterator[DrawnForm]:
    blocks = piece.blocks
    families = tuple("" if UNASKED.search(blocks[at].text) else purposes.family_of(blocks[at].text) for at in run)
    if not {"e-mail", "phone"} & set(families):
        return
    button = next((at for at in range(run[-1] + 1, min(run[-1] + 4, len(blocks))) if blocks[at].kind is BlockKind.BUTTON), NOWHERE)
    heading = next((at for at in range(run[0] - 1, max(run[0] - 1 - HEADING_WITHIN, 0), -1) if blocks[at].kind is BlockKind.HEADING and blocks[at].level > 1), NOWHERE)
    said = [(blocks[button].text if button >= 0 else "", 4), (blocks[heading].text if heading >= 0 else "", 3), (blocks[run[0] - 1].text if run[0] else "", 1)]
    yield DrawnForm(tuple(run), heading, button, purposes.purpose_of([*said, (piece.title, 0)]), families, tuple(at for at in run if not UNASKED.search(blocks[at].text)))


def drawn_of(form: Form | None, piece: Piece) -> DrawnForm | None:
    """The drawn form that stands nearest to where the page has its form; None for one whose fields are not in the text."""
    if form is None or not form.fields:
        return None
    return min(drawn_forms(piece), key=lambda each: abs(piece.blocks[each.fields[0]].line - form.line), default=None)


def label_of(field: Block) -> str:
    """What a drawn field is called, in few words."""
    return shortened(field.text.rstrip(" *:"), FIELD_WORDS)


def last_of(form: DrawnForm) -> int:
    """The block of its button, else of its first field: what it is quoted by."""
    return form.button if form.button >= 0 else form.fields[0]
