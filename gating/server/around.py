"""What stands around the text of a file and would be lost when its words are edited as a draft: today's gate, forms, links, front matter.

The answer on a file holds it beside the draft; whoever sends the edited draft sends it back with it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from gating.reading import purposes
from gating.records import Block, Form, Gate, Link, ObservedGate, Piece

MOST_LINKS, MOST_FORMS, MOST_VALUES = 5000, 200, 500  # of one piece
LONGEST_VALUE = 1000  # characters of a column or front matter entry; longer ones are texts
TODAY = frozenset((*Gate, "unknown"))
PURPOSES = frozenset((*purposes.TIES, purposes.UNKNOWN))


class Around(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the answer on a file had in `around`, sent back as it came. What the draft says of its own gate and forms goes before it."""

    source: Annotated[str, Meta(description="The file, by which [[paths]] of the settings know it.")] = ""
    observed: Annotated[ObservedGate, Meta(description="How it is given out today.")] = ObservedGate()
    forms: Annotated[tuple[Form, ...], Meta(max_length=MOST_FORMS)] = ()
    links: Annotated[tuple[Link, ...], Meta(max_length=MOST_LINKS, description="Those whose words are in the draft no more are left out.")] = ()
    metadata: Annotated[tuple[tuple[str, str], ...], Meta(max_length=MOST_VALUES, description="Front matter or columns.")] = ()

    def __post_init__(self) -> None:
        """Raises ValueError for what no answer of ours holds."""
        known = all(form.verdict in TODAY and form.purpose in PURPOSES and 0 <= form.height <= 5 and set(form.fields) <= set(purposes.FIELDS) for form in self.forms)
        if self.observed.verdict not in TODAY or not known:
            raise ValueError("`around` is to be sent back as it came")


def around_of(piece: Piece, drafted: Sequence[Block]) -> dict[str, Any]:
    """What stands around `piece`, its lines those of the draft, whose blocks are `drafted`."""
    line = _lines(piece.blocks, drafted)
    told = Around(
        piece.source,
        piece.observed,
        tuple(replace(form, line=line(form.line)) for form in piece.forms[:MOST_FORMS]),
        tuple(replace(link, line=line(link.line)) for link in piece.links[:MOST_LINKS]),
        tuple(entry for entry in piece.metadata if len(entry[1]) <= LONGEST_VALUE)[:MOST_VALUES],
    )
    builtin: dict[str, Any] = msgspec.to_builtins(told)
    return builtin


def with_around(piece: Piece, said: Around) -> Piece:
    """A piece that was read from an edited draft, with what stands around it."""
    words = "\n".join(block.text for block in piece.blocks)
    own = {key for key, _ in piece.metadata}
    return replace(
        piece,
        source=said.source or piece.source,
        observed=said.observed if piece.observed.verdict == "unknown" else piece.observed,
        forms=piece.forms or said.forms,
        links=piece.links + tuple(link for link in said.links if link.text in words),
        metadata=piece.metadata + tuple(entry for entry in said.metadata if entry[0] not in own),
    )


def _lines(blocks: Sequence[Block], drafted: Sequence[Block]) -> Callable[[int], int]:
    """Where a line of the file stands in its draft: at the first block of the line, else at the last one above. Blocks come in the order of their lines."""
    starts = [block.line for block in blocks]

    def line(number: int) -> int:
        place = bisect_left(starts, number)
        place -= place > 0 and number not in starts[place : place + 1]
        return drafted[min(place, len(drafted) - 1)].line if number and drafted else 0

    return line
