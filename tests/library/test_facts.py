"""Owner and date from a piece's metadata."""

import pytest

from gating.library.facts import date_of, owner_of


@pytest.mark.parametrize(
    ("metadata", "day"),
    [
        ((("date", "2024-03-09"), ("modified", "2025-01-02T10:00:00Z")), "2025-01-02"),
        ((("date", "March 9, 2024"),), "2024-03-09"),
        ((("modified", "0000-00-00 00:00:00"), ("date", "9 March 2024")), "2024-03-09"),
        ((("modified", "soon"), ("date", "2024-03-09")), "2024-03-09"),
        ((("date", "03/04/2024"),), ""),
        ((), ""),
    ],
)
def test_the_day_of_the_last_change(metadata: tuple[tuple[str, str], ...], day: str) -> None:
    """The last change before publication; a zero date, a word and a day that could be two are none."""
    assert date_of(metadata) == day


def test_an_owner_goes_before_an_author() -> None:
    """The author may have left."""
    assert owner_of((("author", "Tom"), ("content owner", " Ines "))) == "Ines"
    assert owner_of((("author", "Tom"), ("content owner", ""))) == "Tom"
    assert owner_of((("title", "Ropes"),)) == ""
