"""Sessions and conversions of pages: from a file of an analytics tool, or from columns of an inventory."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from gating.errors import SourceError
from gating.reading.aliases import plain_name
from gating.reading.text import decode
from gating.reading.urls import normal_url

ADDRESSES = ("landing page", "page path", "page location", "full page url", "page", "top pages", "url", "address", "permalink", "link", "pages", "slug", "path")
SESSIONS = ("sessions", "visits", "users", "total users", "active users", "unique visitors", "visitors", "pageviews", "page views", "unique pageviews", "views",
            "screen page views", "entrances", "clicks", "traffic", "organic traffic")  # fmt: skip
CONVERSIONS = ("conversions", "key events", "leads", "form submissions", "form fills", "submissions", "goal completions", "goals completed", "goals", "sign ups", "signups",
               "registrations", "demo requests", "downloads", "new contacts", "contacts", "mqls")  # fmt: skip
TOOL_NAME = re.compile(r"^(?:ga4?|gsc|google analytics|search console|hubspot|matomo|plausible|organic search)\s+")
ANOTHER_FIGURE = re.compile(r"\b(?:rate|per|avg|average|change|value|cost|share|position|bounce|duration|time|previous|ctr)\b|%")
NO_PAGE = re.compile(r"^\((?:not set|other|none|direct)\)$|^(?:grand )?totals?$", re.IGNORECASE)
DELIMITERS = ",;\t"
HEADER_WITHIN = 60  # lines; analytics tools put a report's name, period and filters above the table


@dataclass(frozen=True, slots=True)
class Metrics:
    """What a page got in the period of the file; None where the file does not say. Sessions, or what comes closest: users, views, clicks."""

    sessions: float | None = None
    conversions: float | None = None

    def __add__(self, other: Metrics) -> Metrics:
        """The sum, for an address that is written in several ways."""
        return Metrics(_sum(self.sessions, other.sessions), _sum(self.conversions, other.conversions))


def read_metrics(path: Path) -> dict[str, Metrics]:
    """Metrics by normal URL (urls.normal_url) from a CSV or TSV file, lines above its header left out, one address in many spellings summed.

    Raises SourceError when the file cannot be read, or no line of it names an address and a figure.
    """
    try:
        text = decode(path.read_bytes())
    except OSError as error:
        raise SourceError(f"{path}: cannot be read ({error.strerror}). Name a CSV file with a column of addresses and one of sessions or conversions.") from error
    found: dict[str, Metrics] = {}
    try:
        for row in _rows(text, str(path)):
            address = row[""].strip()
            normal = "" if NO_PAGE.match(address) else normal_url(address)
            if normal:
                found[normal] = found.get(normal, Metrics()) + metrics_in(row)
    except csv.Error as error:
        raise SourceError(f"{path}: is not readable as CSV ({error}). Save the table again as CSV.") from error
    return found


def metrics_in(row: Mapping[str, str]) -> Metrics:
    """The metrics in a row of a table or in a piece's metadata, by the names of its columns; the surest name wins."""
    return Metrics(_figure(row, SESSIONS), _figure(row, CONVERSIONS))


def _rows(text: str, file: str) -> Iterator[dict[str, str]]:
    """Rows as {column: value}, with the address under ""."""
    lines = [line for line in text.split("\n") if line.strip() and not line.startswith("#")]
    for number, line in enumerate(lines[:HEADER_WITHIN]):
        for delimiter in DELIMITERS:
            names = [name.strip() for name in next(csv.reader([line], delimiter=delimiter), [])]
            address = _address_column(names)
            if address is not None and (_columns(tuple(names), SESSIONS) or _columns(tuple(names), CONVERSIONS)):
                for cells in csv.reader(io.StringIO("\n".join(lines[number + 1 :])), delimiter=delimiter):
                    if len(cells) > address and cells != names:
                        yield {**dict(zip(names, cells, strict=False)), "": cells[address]}
                return
    raise SourceError(f"{file}: no line names a column of addresses (page, URL, landing page) and one of sessions or conversions. Name the columns so in the first line.")


def _address_column(names: Sequence[str]) -> int | None:
    plain = [plain_name(name) for name in names]
    exact = (plain.index(known) for known in ADDRESSES if known in plain)
    return next(exact, next((place for known in ADDRESSES[:4] for place, name in enumerate(plain) if name.startswith(f"{known} ")), None))


@lru_cache(maxsize=1_000)  # the pieces of a library have a few sets of columns
def _columns(names: tuple[str, ...], known: tuple[str, ...]) -> list[str]:
    """The names that mean one of `known`, surest first: "GA4 Sessions", "Key events (all events)", not "Sessions per user"."""
    plain = {name: TOOL_NAME.sub("", plain_name(name)) for name in names if not ANOTHER_FIGURE.search(name.lower())}
    exact = [name for one in known for name, said in plain.items() if said == one]
    return exact + [name for one in known for name, said in plain.items() if said.startswith(f"{one} ")]


def _figure(row: Mapping[str, str], known: tuple[str, ...]) -> float | None:
    values = (_number(row[name]) for name in _columns(tuple(row), known))
    return next((value for value in values if value is not None), None)


def _number(text: str) -> float | None:
    """The number in 1,234 or 1 234 or 12.5; None for anything else."""
    plain = re.sub(r"(?<=\d)[,\s\u00a0\u202f](?=\d{3}\b)", "", text.strip())
    return float(plain) if re.fullmatch(r"\d{1,15}(?:\.\d+)?", plain) else None


def _sum(one: float | None, other: float | None) -> float | None:
    return other if one is None else one if other is None else one + other
