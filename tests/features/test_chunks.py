"""What is kept of chunks changes no value and stays bounded."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from gating.features import chunks, extract, words
from gating.features.chunks import LONGEST, Table
from gating.records import Piece
from tests.builders import PROSE, piece_of


def test_a_table_works_out_each_chunk_once() -> None:
    """The second time a chunk is looked up."""
    asked: list[str] = []
    table = Table(lambda chunk: asked.append(chunk) or len(chunk))
    assert list(table.of(["pears", "crate", "pears"])) == [5, 5, 5]
    assert asked == ["pears", "crate"]


def test_a_table_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """When it is full the older half goes, and the values stay the same."""
    monkeypatch.setattr(chunks, "YOUNG", 10)
    table = Table(len)
    assert [table["x" * size] for size in (*range(1, 31), 3)] == [*range(1, 31), 3]
    assert len(table) <= 10


def test_what_is_asked_for_again_and_again_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Common words stay in a table through which a thousand rare ones pass."""
    monkeypatch.setattr(chunks, "YOUNG", 10)
    asked: list[str] = []
    table = Table(lambda chunk: asked.append(chunk) or len(chunk))
    for number in range(1000):
        assert (table["pears"], table[f"crate-{number}"]) == (5, len(f"crate-{number}"))
    assert asked.count("pears") == 1
    assert len(asked) == 1001


def test_long_chunks_are_not_kept() -> None:
    """A library of addresses does not fill the memory."""
    table = Table(len)
    assert table["x" * (LONGEST + 1)] == LONGEST + 1
    assert len(table) == 0


def test_what_was_read_before_changes_nothing() -> None:
    """A piece has the same features with empty tables as after a hundred other pieces."""
    piece = piece_of(PROSE, "Talk to a buyer at Quayside, 12.5% off until 2027.", title="Quayside vs. Pearhub")
    first = extract(piece)
    for table in (words.NUMBERS, words.STYLES):
        table.clear()
    for number in range(100):
        extract(dataclasses.replace(piece, title=f"Crate {number}", description=f"pears-{number} (see no. {number})"))
    again = extract(piece)
    np.testing.assert_array_equal(first.signals, again.signals)
    assert all(np.array_equal(first.words[family], again.words[family]) for family in first.words)


def test_an_empty_piece_has_features() -> None:
    """Nothing to look up is no error."""
    assert not any(found.size for found in extract(Piece("", "", "", ())).words.values())
