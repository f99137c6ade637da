"""Owner and date of a piece, from its metadata."""

from __future__ import annotations

import re
from collections.abc import Sequence

from gating.reading.aliases import all_columns
from gating.reading.dates import iso_date

ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d")
DEPARTMENT = re.compile(r"\b(?:team|staff|editors?|editorial|desk|department|admin|group|marketing|sales|product|support)\b", re.IGNORECASE)
MAX_OWNER = 100  # characters
Values = Sequence[tuple[str, str]]


def owner_of(metadata: Values) -> str:
    """Who answers for the piece, an owner before an author; empty when nobody is named."""
    return next(iter(_values(metadata, "owner")), "")[:MAX_OWNER]


def people_of(metadata: Values) -> tuple[str, ...]:
    """All names of owners and authors; a department is no person."""
    return tuple(name for name in _values(metadata, "owner") if not DEPARTMENT.search(name))


def date_of(metadata: Values) -> str:
    """The day of the last change, else of publication, as YYYY-MM-DD; empty when there is none, or it could be two days."""
    days = [iso_date(value) for field in ("modified", "date") for value in _values(metadata, field)]
    return next((day for day in days if ISO_DAY.fullmatch(day)), "")


def _values(metadata: Values, field: str) -> list[str]:
    given = {key: value.strip() for key, value in reversed(metadata)}
    return [given[key] for key in all_columns(given).get(field, ()) if given[key]]
