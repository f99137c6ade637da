"""Where in its file a quote stands."""

from pathlib import Path

import pytest

from gating.checks.places import place_of

TEXT = """---
title: Eels
---
# Eels

They travel at *night*, in the
  <b>dark</b> of the moon, and nobody has
seen them arrive. Night again."""


@pytest.mark.parametrize(
    ("quote", "line", "place"),
    [
        ("They travel at night, in", 6, (6, 1)),
        ("dark of the moon", 6, (7, 6)),
        ("nobody has seen them", 6, (7, 32)),
        ("title: Eels", 0, (2, 1)),
        ("words that stand nowhere", 7, (7, 3)),
        ("", 6, (6, 1)),
        ("Night again", 99, (8, 19)),
    ],
    ids=["through marks", "behind a tag", "over a line end", "anywhere without a line", "not found", "no quote", "a line that is not there"],
)
def test_quote_is_found_from_its_block_on(tmp_path: Path, quote: str, line: int, place: tuple[int, int]) -> None:
    """Line and column count from 1; a block begins on its line, a quote of it may stand lower."""
    file = tmp_path / "eels.md"
    file.write_text(TEXT, encoding="utf-8")
    assert place_of(str(file), line, quote) == place


@pytest.mark.parametrize("source", ["deck.pdf", "inventory.csv#2", "-", "gone.md", "site.zip/eels.md"])
def test_source_without_lines_of_its_own_has_no_column(source: str) -> None:
    """The page or the line within the row stays as it was given."""
    assert place_of(source, 3, "They travel") == (3, 0)


def test_a_file_of_signs_ends_soon(tmp_path: Path) -> None:
    """No quote and no markup makes the search slow."""
    file = tmp_path / "signs.html"
    file.write_text("a" + "<>" * 200_000 + "<" * 100_000 + " b", encoding="utf-8")
    assert place_of(str(file), 1, "a b c d") == (1, 1)
