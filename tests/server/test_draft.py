"""A piece as a text to edit, and back."""

from __future__ import annotations

from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import given

from gating.reading import FileJob, plan, read_job
from gating.reading.sources import Source
from gating.records import Block, BlockKind, Piece
from gating.server.draft import draft_of
from gating.settings import Settings

KINDS = [BlockKind.HEADING, BlockKind.PARAGRAPH, BlockKind.ITEM, BlockKind.QUOTE, BlockKind.TABLE]


def read_back(draft: str, settings: Settings) -> list[tuple[BlockKind, str, int]]:
    """(kind, text, level) of the blocks that the page would send."""
    (piece,) = read_job(FileJob(Source("draft"), ".txt", draft.encode()), settings)
    assert isinstance(piece, Piece), piece
    return [(block.kind, block.text, block.level) for block in piece.blocks]


@pytest.mark.parametrize(
    "name", ["case-study-brightwater.docx", "migration-workbook.docx", "state-of-night-shift-2026.pdf", "pricing.html", "webinar-registration.html", "posts.json"]
)
def test_a_file_reads_back_as_the_same_blocks(samples: Path, settings: Settings, name: str) -> None:
    """Kind, words and level of each; a field whose label would not be known as one gets its star."""
    for job in plan([str(samples / name)], settings):
        for piece in read_job(job, settings):
            assert isinstance(piece, Piece)
            back = [(kind, text.removesuffix(" *") if kind is BlockKind.FIELD else text, level) for kind, text, level in read_back(draft_of(piece.blocks), settings)]
            assert back == [(block.kind, block.text.removesuffix(" *") if block.kind is BlockKind.FIELD else block.text, block.level) for block in piece.blocks]


@pytest.mark.parametrize(
    "text",
    [
        "# 4 on the list was the lift", "- 12 degrees at noon", "3. September was worse", "3) and so on", "> of all, the door", "5 * 3 crates and 2 * 4 pallets",
        "a_b and _c_ of the form",
        "Signed: ______ Date: ____", "`quoted` by the lathe", "<b> is no tag here", "AT&amp;T as they wrote it", "~~struck~~ from the list", "[1](note) at the foot", "back\\slash",
        "| a | b |", "--- and then", "=== totals", "+ VAT",
    ],
)  # fmt: skip
def test_signs_of_the_text_stay_signs(settings: Settings, text: str) -> None:
    """What Markdown would take for a mark comes back as it was written."""
    rest = Block(BlockKind.PARAGRAPH, "The rest of the page says what the yard manager found when the doors were opened on Monday.")
    assert read_back(draft_of([Block(BlockKind.PARAGRAPH, text), rest]), settings)[0][1] == text


@given(st.lists(st.tuples(st.sampled_from(KINDS), st.text("ab *_`<>#[]()|\\-+.1~&;:", min_size=1, max_size=20)), min_size=1, max_size=6))
def test_no_text_is_lost(settings: Settings, blocks: list[tuple[BlockKind, str]]) -> None:
    """Whatever signs stand in it, every letter and digit comes back in order."""
    held = [Block(kind, " ".join(text.split()), 2 if kind is BlockKind.HEADING else 0) for kind, text in blocks if text.strip()]
    padding = "The yard manager wrote down every crate that left the gate in March and again in April."
    back = read_back(f"{draft_of(held)}\n{padding}\n", settings)
    letters = [sign for _, text, _ in back for sign in text if sign in "ab"]
    assert "".join(letters) == "".join(sign for block in held for sign in block.text if sign in "ab") + "".join(sign for sign in padding if sign in "ab")
