"""Dates as exports write them."""

import pytest

from gating.reading.dates import iso_date


@pytest.mark.parametrize(
    "text",
    ["2024-03-09", "2024-03-09T10:00:00.000Z", "2024-03-09 21:25:27 -0700", "2024/3/9", "20240309", "Sat Mar 09 2024 18:31:20 GMT+0000 (Coordinated Universal Time)",
     "Sat, 09 Mar 2024 05:16:20 +0000", "9.3.2024", "9 March 2024", "March 9th, 2024", "Mar 9, 2024 10:00 am", "09-Mar-2024", "1709976000", "1709976000000"],
)  # fmt: skip
def test_one_day_in_many_spellings(text: str) -> None:
    """All of them name the same day."""
    assert iso_date(text) == "2024-03-09"


@pytest.mark.parametrize("text", ["", "0000-00-00 00:00:00", "0001-01-01T00:00:00Z", "Mon, 01 Jan 0001 00:00:00 +0000", "1970-01-01"])
def test_zero_dates_are_none(text: str) -> None:
    """What programs write for "no date"."""
    assert iso_date(text) == ""


@pytest.mark.parametrize("text", ["03/04/2024", "3/4/24", "2024", "May 2024", "2024-02-31", "Q3", "yes", "{{ date }}", "9" * 500])
def test_what_is_no_day_or_two_stays_as_written(text: str) -> None:
    """Nobody can tell March from April in 03/04/2024."""
    assert iso_date(text) == text


@pytest.mark.parametrize(("text", "day"), [("13/04/2024", "2024-04-13"), ("04/13/2024", "2024-04-13"), ("4/4/2024", "2024-04-04")])
def test_slashes_with_one_reading(text: str, day: str) -> None:
    """There is no month 13."""
    assert iso_date(text) == day
