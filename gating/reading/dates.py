"""Dates as exports write them -> ISO days. What could be two days (03/04/2024) stays as it is written."""

from __future__ import annotations

import datetime
import re

MIN_YEAR = 1990  # older than the web: 0001-01-01, 0000-00-00 and 1970-01-01 are how programs write "no date"
MAX_TEXT = 120  # characters; the longest real one, with the time zone spelt out, has 62
ISO = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?!\d)")
COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T\d{4,6}Z?)?$")
EPOCH = re.compile(r"\d{10}(?:\d{3})?$")  # seconds or milliseconds since 1970
DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?!\d)")  # day first wherever dots are used
SLASHED = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4})(?!\d)")
MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
MONTH = r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
DAY_MONTH = re.compile(rf"(?:[a-z]{{3,9}},? )?(\d{{1,2}})(?:st|nd|rd|th)?[ -]{MONTH},?[ -](\d{{4}})(?!\d)", re.IGNORECASE)
MONTH_DAY = re.compile(rf"(?:[a-z]{{3,9}},? )?{MONTH} (\d{{1,2}})(?:st|nd|rd|th)?,? (\d{{4}})(?!\d)", re.IGNORECASE)


def iso_date(text: str) -> str:
    """The day of `text` as 2024-03-09; "" for none or a zero date; `text` itself where it is no date, or could be two."""
    text = " ".join(text.split())
    if not text or len(text) > MAX_TEXT:
        return text
    found = _parts(text)
    if found is None:
        return text
    year, month, day = found
    if year < MIN_YEAR:
        return ""
    try:
        return datetime.date(year, month, day).isoformat()
    except ValueError:
        return text


def _parts(text: str) -> tuple[int, int, int] | None:
    """(year, month, day) as written, not checked."""
    if EPOCH.match(text):
        moment = datetime.datetime.fromtimestamp(int(text[:10]), datetime.UTC)
        return moment.year, moment.month, moment.day
    if found := ISO.match(text) or COMPACT.match(text):
        return int(found[1]), int(found[2]), int(found[3])
    if found := DOTTED.match(text):
        return int(found[3]), int(found[2]), int(found[1])
    if found := SLASHED.match(text):
        first, second = int(found[1]), int(found[2])
        if first > 12 or first == second:
            return int(found[3]), second, first
        return (int(found[3]), first, second) if second > 12 else None
    if found := DAY_MONTH.match(text):
        return int(found[3]), MONTHS.index(found[2].lower()) + 1, int(found[1])
    if found := MONTH_DAY.match(text):
        return int(found[3]), MONTHS.index(found[1].lower()) + 1, int(found[2])
    return _mail_date(text)


def _mail_date(text: str) -> tuple[int, int, int] | None:
    """Of the dates that only the standard library's reader of mail headers knows, such as two-digit years."""
    from email.utils import parsedate_to_datetime

    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment.year, moment.month, moment.day
