"""When an audit should fail a check: `--fail-on gated-should-be-free`, `--fail-on 'review>30%'`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from gating.errors import SettingsError
from gating.records import Audit, AuditedPiece

OPENNESS = {"ungate": 0, "soft-gate": 1, "gate": 2}  # what an action makes of a piece
TODAY = {"ungated": 0, "soft-gate": 1, "gated": 2, "unknown": 0}


def _to_open(piece: AuditedPiece) -> bool:
    return piece.action in OPENNESS and OPENNESS[piece.action] < TODAY[piece.observed.verdict]


def _to_close(piece: AuditedPiece) -> bool:
    return piece.action in OPENNESS and OPENNESS[piece.action] > TODAY[piece.observed.verdict]


NAMED: dict[str, Callable[[AuditedPiece], bool]] = {
    "gated-should-be-free": _to_open,
    "free-should-be-gated": _to_close,
    "no-hand-off": lambda piece: piece.leads_on is False,
    "bad-hand-off": lambda piece: any(link.verdict != "fits" for link in piece.links),
    "review": lambda piece: piece.action == "review",
}
ALL = "pieces"  # no name of a condition
WRITTEN = re.compile(r"([a-z-]+)(?:\s*>\s*(\d+(?:\.\d+)?)(%?))?")


@dataclass(frozen=True, slots=True)
class Condition:
    """More than `most` pieces of the kind `name`; a share of all scored pieces where `of_all`."""

    name: str
    most: float = 0.0
    of_all: bool = False

    def is_met(self, counts: Mapping[str, int]) -> bool:
        """Whether the audit with these counts (counts_of) fails."""
        return counts[self.name] > self.most * (counts[ALL] if self.of_all else 1)

    def sentence(self, counts: Mapping[str, int]) -> str:
        """What a person is told when it is met."""
        allowed = f"{self.most * 100:g}% of {counts[ALL]}" if self.of_all else f"{self.most:g}"
        found = counts[self.name]
        return f"{self.name}: {found} piece{'' if found == 1 else 's'}, {allowed} allowed."


def counts_of(audit: Audit) -> dict[str, int]:
    """How many pieces there are of each kind, and of all."""
    return {**{name: sum(map(is_kind, audit.pieces)) for name, is_kind in NAMED.items()}, ALL: len(audit.pieces)}


def parse_condition(written: str) -> Condition:
    """`NAME`, `NAME>5` (pieces) or `NAME>10%` (of all scored pieces). Raises SettingsError for anything else."""
    found = WRITTEN.fullmatch(written.strip())
    if not found or found[1] not in NAMED:
        raise SettingsError(f"--fail-on {written}: write one of {', '.join(NAMED)}, alone or with a limit such as 'review>30%' or 'no-hand-off>5'.")
    number = float(found[2] or 0)
    return Condition(found[1], number / 100 if found[3] else number, bool(found[3]))
