"""The flags that follow from a rule and not from the model: thin and stale (RUBRIC 1.4)."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator

from gating.records import Piece, Verdict
from gating.settings import Limits

EVENT_FORMATS = ("webinar", "conversion", "news")
MONTHS = {name: number for number, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}
DAY_FIRST = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th)?(?: of)? (jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?,? (20\d\d)\b", re.IGNORECASE)
MONTH_FIRST = re.compile(r"\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? (\d{1,2})(?:st|nd|rd|th)?,? (20\d\d)\b", re.IGNORECASE)
REGISTER = re.compile(r"\b(?:register|save (?:your|my) seat|rsvp|join us|reserve|sign up|book your place)\b", re.IGNORECASE)


def flags_by_rule(piece: Piece, verdict: Verdict, limits: Limits, today: datetime.date) -> tuple[str, ...]:
    """`thin` for a piece of few words, `stale` for an invitation whose last date lies before `today`."""
    thin = ("thin",) if piece.n_words < limits.thin_words else ()
    return (*thin, "stale") if _is_stale(piece, verdict, today) else thin


def _is_stale(piece: Piece, verdict: Verdict, today: datetime.date) -> bool:
    if verdict.format.label not in EVENT_FORMATS:
        return False
    text = "\n".join(block.text for block in piece.blocks[:80])
    if not REGISTER.search(text):
        return False
    dates = list(dates_in(text))
    return bool(dates) and max(dates) < today


def dates_in(text: str) -> Iterator[datetime.date]:
    """The days that `text` names with their year; what is no day of the calendar is left out."""
    found = [(day, month, year) for day, month, year in DAY_FIRST.findall(text)] + [(day, month, year) for month, day, year in MONTH_FIRST.findall(text)]
    for day, month, year in found:
        try:
            yield datetime.date(int(year), MONTHS[month.lower()[:3]], int(day))
        except ValueError:
            continue
