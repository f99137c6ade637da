"""Two audits of one library -> what changed between them."""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gating.library.actions import ACTIONS, GATE_ACTIONS
from gating.reading.urls import ROW, host_of, normal_url, path_of
from gating.records import PLACES

Record = Mapping[str, Any]  # one line of findings.jsonl
SCORED = ("scored", "partial")
COMPARED = ("strategy", "stage", "gate", "format")
MIXED = ("strategy", "stage", "phase", "format")


@dataclass(frozen=True, slots=True)
class Named:
    """A piece as a comparison names it."""

    title: str
    source: str
    url: str


@dataclass(frozen=True, slots=True)
class Change:
    """One field of a piece, before and after."""

    piece: Named
    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Moved:
    """One row of the mix, shares of all scored pieces (0..1)."""

    dimension: str
    value: str
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed. `gates_fixed`: given out against the advice before and as advised now; `gates_broken`: the reverse; both by today's gate."""

    n_before: int
    n_after: int
    added: tuple[Named, ...]
    removed: tuple[Named, ...]
    labels: tuple[Change, ...]
    gates_fixed: tuple[Change, ...]
    gates_broken: tuple[Change, ...]
    actions_done: tuple[Change, ...]
    mix: tuple[Moved, ...]


def compare(old: Iterable[Record], new: Iterable[Record]) -> Comparison:
    """What changed from `old` to `new`. Inputs that were not scored do not count.

    Pieces are matched by normal URL, else by id, by slug, by path below the audited folder, by title, by source: an export may have another name.
    """
    before, after = _scored(old), _scored(new)
    pairs = _matched(before, after)
    matched_old, matched_new = {id(one) for one, _ in pairs}, {id(other) for _, other in pairs}
    return Comparison(
        n_before=len(before),
        n_after=len(after),
        added=tuple(_named(record) for record in after if id(record) not in matched_new),
        removed=tuple(_named(record) for record in before if id(record) not in matched_old),
        labels=tuple(Change(_named(other), field, one[field], other[field]) for one, other in pairs for field in COMPARED if one[field] != other[field]),
        gates_fixed=_gate_changes(pairs, lambda one, other: not _as_advised(one) and _as_advised(other)),
        gates_broken=_gate_changes(pairs, lambda one, other: _as_advised(one) and not _as_advised(other)),
        actions_done=tuple(Change(_named(other), "action", one["action"], other["action"]) for one, other in pairs if _is_done(one, other)),
        mix=_moved(before, after),
    )


def _scored(records: Iterable[Record]) -> list[Record]:
    return [record for record in records if record.get("status") in SCORED]


def _matched(before: Sequence[Record], after: Sequence[Record]) -> list[tuple[Record, Record]]:
    """Pairs in the order of `after`; a key that two records of one audit share matches none."""
    partner: dict[int, Record] = {}
    taken: set[int] = set()
    paths = {**_below_root(before), **_below_root(after)}
    for key in (_address, lambda record: record["id"], _slug, lambda record: paths[id(record)], _title, lambda record: record["source"]):
        free_old, free_new = ([record for record in records if id(record) not in taken] for records in (before, after))
        found = _only(free_old, key)
        for name, record in _only(free_new, key).items():
            if name in found:
                partner[id(record)] = found[name]
                taken |= {id(record), id(found[name])}
    return [(partner[id(record)], record) for record in after if id(record) in partner]


def _only(records: Sequence[Record], key: Callable[[Record], str]) -> dict[str, Record]:
    counts = Counter(key(record) for record in records)
    return {key(record): record for record in records if key(record) and counts[key(record)] == 1}


def _address(record: Record) -> str:
    normal = normal_url(record.get("url") or "")
    return normal if host_of(normal) or normal.count("/") > 1 else ""


def _slug(record: Record) -> str:
    """The last part of the address, where it is all of it, as in some exports, or says enough to stand alone."""
    normal = normal_url(record.get("url") or "").lower()
    slug = posixpath.basename(path_of(normal)) if normal else ""
    return slug if "-" in slug or (normal.count("/") == 1 and not host_of(normal)) else ""


def _below_root(records: Sequence[Record]) -> dict[int, str]:
    """The path of each record's file below the folder that all files of its audit share, by identity; empty for a row, whose number says nothing."""
    sources = {id(record): record["source"].replace("\\", "/") for record in records}
    folders = [posixpath.dirname(source) for source in sources.values() if not ROW.search(source)]
    root = len(posixpath.commonpath(folders)) if folders and len({folder.startswith("/") for folder in folders}) == 1 else 0
    return {key: "" if ROW.search(source) else source[root:].strip("/") for key, source in sources.items()}


def _title(record: Record) -> str:
    return (record.get("title") or "").strip().lower()


def _named(record: Record) -> Named:
    return Named(record.get("title") or record["source"], record["source"], record.get("url") or "")


def _gate_changes(pairs: Sequence[tuple[Record, Record]], wanted: Callable[[Record, Record], bool]) -> tuple[Change, ...]:
    """Only where today's gate itself has moved: advice that changes its mind is no work of anybody's."""
    return tuple(
        Change(_named(other), "observed_gate", one["observed_gate"], other["observed_gate"])
        for one, other in pairs
        if one["observed_gate"] in PLACES and other["observed_gate"] in PLACES and one["observed_gate"] != other["observed_gate"] and wanted(one, other)
    )


def _as_advised(record: Record) -> bool:
    """True for the advised gate, and for a form that is the service where the advice is a gate: the audit has no gate action for it."""
    return bool(record["observed_gate"] == record["gate"]) or (record["gate"] == "gated" and record["action"] not in (*GATE_ACTIONS, "review"))


def _is_done(one: Record, other: Record) -> bool:
    """True when the old action is no longer due. Of gate actions only where today's gate moved; where another is due first, nobody knows."""
    before, after = one["action"], other["action"]
    if before in (None, "keep", "review") or after is None or ACTIONS.index(after) <= ACTIONS.index(before):
        return False
    return before not in GATE_ACTIONS or one["observed_gate"] != other["observed_gate"]


def _moved(before: Sequence[Record], after: Sequence[Record]) -> tuple[Moved, ...]:
    """Rows of the mix whose share is another; none when one of the audits is empty."""
    rows = []
    for dimension in MIXED if before and after else ():
        one, other = (Counter(str(record[dimension]) for record in records) for records in (before, after))
        for value in sorted(one | other, key=lambda value: (PLACES.get(value, 0), value)):
            shares = one[value] / len(before), other[value] / len(after)
            if shares[0] != shares[1]:
                rows.append(Moved(dimension, value, *shares))
    return tuple(rows)
