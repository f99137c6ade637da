"""When an audit should fail a check: `--fail-on gated-should-be-free`, `--fail-on 'review>30%'`."""

from __future__ import annotations

import re
from collections.abc import Callable
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
WRITTEN = re.compile(r"([a-z-]+)(?:\s*>\s*(\d+(?:\.\d+)?)(%?))?")


@dataclass(frozen=True, slots=True)
class Condition:
    """More than `most` pieces of the kind `name`; a share of all scored pieces where `of_all`."""

    name: str
    most: float = 0.0
    of_all: bool = False

    def found(self, audit: Audit) -> int:
        """How many pieces are of the kind."""
        return sum(NAMED[self.name](piece) for piece in audit.pieces)

    def is_met(self, audit: Audit) -> bool:
        """Whether the audit fails."""
        return self.found(audit) > self.most * (len(audit.pieces) if self.of_all else 1)

    def sentence(self, audit: Audit) -> str:
        """What a person is told when it is met."""
        allowed = f"{self.most * 100:g}% of {len(audit.pieces)}" if self.of_all else f"{self.most:g}"
        found = self.found(audit)
        return f"{self.name}: {found} piece{'' if found == 1 else 's'}, {allowed} allowed."


def parse_condition(written: str) -> Condition:
    """`NAME`, `NAME>5` (pieces) or `NAME>10%` (of all scored pieces). Raises SettingsError for anything else."""
    found = WRITTEN.fullmatch(written.strip())
    if not found or found[1] not in NAMED:
        raise SettingsError(f"--fail-on {written}: write one of {', '.join(NAMED)}, alone or with a limit such as 'review>30%' or 'no-hand-off>5'.")
    number = float(found[2] or 0)
    return Condition(found[1], number / 100 if found[3] else number, bool(found[3]))
