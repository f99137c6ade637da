"""Small libraries of invented firms: what each trade writes about, in sentences that pieces share in different selections."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from gating.records import LibraryPiece, Link
from tests.builders import library_piece

TRADES: dict[str, tuple[str, ...]] = {
    "cold storage": (
        "A cold store loses more fruit to a warm loading bay than to any fault of its compressors.",
        "Pears breathe in the dark, and the carbon dioxide that gathers under the ceiling browns their cores.",
        "We hang three loggers in every cold room and read the fruit temperature, never the air temperature.",
        "A stack of crates against the evaporator freezes at the back while its front ripens.",
        "Controlled atmosphere keeps apples firm until spring when the room is tight enough.",
        "Growers who pre-cool within six hours of picking ship fruit that lasts a week longer.",
    ),
    "shift payroll": (
        "Night shifts that cross midnight on the last day of the month are the payroll error that we see most.",
        "A waiter who swaps one shift by telephone has changed the overtime of two colleagues.",
        "The payroll run should wait until every manager has signed the shift roster.",
        "Holiday pay for staff with changing hours is an average over the last fifty-two paid weeks.",
        "Split shifts earn a premium in some counties, and the roster rarely says so.",
        "Export the time clock before you correct it, or the auditor sees only the correction.",
    ),
    "clinic scheduling": (
        "Half of the missed appointments in a clinic were booked more than four weeks ahead.",
        "Patients answer a reminder that lets them move the appointment with one tap.",
        "A physiotherapist with ten-minute gaps between patients treats fewer people and runs later.",
        "Keep two appointment slots a morning free for patients who call in pain.",
        "The receptionist knows which patients arrive early, and no scheduling software asks her.",
        "Waiting lists shorten when cancelled appointments are offered to three patients at once.",
    ),
    "harbour insurance": (
        "A mooring line that parts in a storm damages the neighbour's hull, and the harbour insurance pays for neither.",
        "Surveyors photograph the keel bolts because the hull policy excludes slow corrosion.",
        "Skippers who lay up ashore between November and March pay a smaller premium.",
        "The marina is liable for its pontoons, the owner for whatever is tied to them.",
        "A claim for a sunken tender needs the serial number of its outboard engine.",
        "Racing cover ends at the finishing line unless the policy names the whole regatta.",
    ),
    "water metering": (
        "A leak behind the meter shows as a flow that never falls to nothing at night.",
        "Ultrasonic meters have no moving parts and keep their accuracy in hard water.",
        "Read every water meter of the block in the same hour, or the sum says nothing.",
        "Tenants accept submetering when the first bill comes with last year's consumption beside it.",
        "A frozen meter pit breaks the glass first and the pipe a day later.",
        "Radio modules send the reading through a concrete lid if their aerial is turned upright.",
    ),
}  # fmt: skip
TITLES = {
    "cold storage": ("Why pears brown in cold storage", "Cold storage on a fruit farm: what a degree costs", "Pre-cooling before cold storage", "Loading bays that warm the fruit"),
    "shift payroll": ("Shift payroll without tears", "What a swapped shift does to overtime", "Holiday pay and shift payroll", "The shift roster that payroll can trust"),
    "clinic scheduling": ("Missed appointments in small clinics", "Clinic scheduling for physiotherapists", "Reminders that patients answer", "Free slots in clinic scheduling"),
    "harbour insurance": ("What harbour insurance leaves out", "Hull policy or harbour insurance", "Laying up ashore for a smaller premium", "Mooring lines and who pays"),
    "water metering": ("Leaks that a water meter finds", "Submetering for blocks of flats", "Frozen meter pits", "Water metering by radio"),
}  # fmt: skip
OFFERS = {
    "cold storage": "The cold storage workbook", "shift payroll": "The shift payroll template", "clinic scheduling": "The clinic scheduling handbook",
    "harbour insurance": "The harbour insurance checklist", "water metering": "The water metering planner",
}  # fmt: skip
AWARE = {"strategy": "demand-gen", "stage": "awareness", "format": "article", "gate": "ungated"}
ASSET = {"strategy": "lead-gen", "stage": "consideration", "format": "ebook", "gate": "gated"}
DEMO = {"strategy": "lead-gen", "stage": "decision", "format": "conversion", "gate": "gated"}


def sentences(trade: str, number: int) -> tuple[str, ...]:
    """Four of the six sentences of a trade, another four for every number up to 14."""
    chosen = list(itertools.combinations(TRADES[trade], 4))
    return chosen[number % len(chosen)]


def post(trade: str, number: int = 0, links: Sequence[Link] = (), labels: dict[str, str] | None = None, **fields: object) -> LibraryPiece:
    """A blog post of a trade."""
    title = TITLES[trade][number % 4] + (f", part {number // 4 + 1}" if number >= 4 else "")
    name = trade.replace(" ", "-")
    given = {"url": f"https://acme.example/blog/{name}-{number}", "links": tuple(links), **fields}
    return library_piece(f"blog/{name}-{number}.html", title, *sentences(trade, number), labels={**AWARE, **(labels or {})}, **given)


def offer(trade: str, labels: dict[str, str] | None = None, **fields: object) -> LibraryPiece:
    """The packaged asset of a trade, with a form before it as the rubric would have it."""
    from gating.records import GateParts, ObservedGate

    name = trade.replace(" ", "-")
    given = {"url": f"https://acme.example/offers/{name}", "observed": ObservedGate("gated", "a form"), "rule": "G3", "parts": GateParts(1, 2, 1, 0, 0), **fields}
    return library_piece(f"offers/{name}.html", OFFERS[trade], *TRADES[trade][1:5], labels={**ASSET, **(labels or {})}, **given)


def demo(**fields: object) -> LibraryPiece:
    """The page that every firm has."""
    given = {"url": "https://acme.example/demo", "rule": "G1", **fields}
    return library_piece("demo.html", "Book a demo", "Tell us when it suits you and one of our engineers walks you through the product in half an hour.", labels=DEMO, **given)


def blog(trades: Sequence[str], each: int) -> list[LibraryPiece]:
    """`each` posts of each trade."""
    return [post(trade, number) for trade in trades for number in range(each)]
