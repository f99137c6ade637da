"""Findings -> Audit: all that is said of a library as a whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from gating.library.actions import Action, Case, decide_all, wants_links
from gating.library.copies import find_copies
from gating.library.effort import next_effort
from gating.library.facts import date_of, owner_of, people_of
from gating.library.hand_offs import map_hand_offs
from gating.library.memory import give_back
from gating.library.metrics import Metrics, metrics_in
from gating.library.mistakes import find_mistakes
from gating.library.mix import gap_map, mix_of, target_of
from gating.library.phrases import weigh_phrases
from gating.library.shelf import Library
from gating.library.site_gates import observed_in_library, site_wide
from gating.library.topics import find_topics
from gating.library.urls import Addresses, addresses_of, in_order, join_inventory
from gating.reading.urls import host_of
from gating.records import Audit, AuditedPiece, LibraryPiece, ObservedGate, Skipped
from gating.settings import Settings


def analyse(library: Library, unscored: Sequence[Skipped], settings: Settings, metrics: Mapping[str, Metrics], model: str, since: str = "") -> Audit:
    """The audit, its pieces in the order of their sources whatever order they come in; near-identical pieces have one row.

    `metrics` are by normal URL, as `read_metrics` gives them. Pieces dated before `since` (YYYY-MM-DD) are left out, those without a date kept.
    """
    library, left = _joined(_ordered(library), unscored, since)
    kept_for = find_copies(library)
    rows = [place for place, kept in enumerate(kept_for) if place == kept]
    row_of = {place: row for row, place in enumerate(rows)}
    to_row = [row_of[kept] for kept in kept_for]
    addresses = addresses_of([one.finding.piece for one in library.pieces], to_row, left, library.links)
    figures = _figures(library.pieces, to_row, len(rows), addresses, metrics)
    copies = _copies(library.pieces, rows, to_row)
    library = library.pick(rows)
    give_back()
    table = weigh_phrases(library.profiles)
    people = {name for one in library.pieces for name in people_of(one.finding.piece.metadata)}
    among = [row for row, one in enumerate(library.pieces) if "not-marketing" not in one.finding.verdict.flags]
    give_back()
    topics, labels = find_topics(table, library.profiles, among, people)
    give_back()
    hand_offs = map_hand_offs(library, table, addresses, settings.review.strategy_below, labels)
    del table, addresses  # the largest of what is held, before more is made
    give_back()
    sessions = [one.sessions for one in figures]
    cases = [Case(*parts) for parts in zip(library.pieces, _observed(library.pieces), hand_offs, labels, sessions, _thirds(sessions), strict=True)]
    actions = decide_all(cases, topics, settings.review)
    audited = tuple(_audited(*parts) for parts in zip(cases, actions, copies, figures, strict=True))
    return Audit(
        pieces=audited,
        unscored=left,
        topics=topics,
        gaps=gap_map(audited, topics),
        mix=mix_of(audited, topics, settings),
        target=target_of(audited, settings),
        mistakes=find_mistakes(cases, [one.conversions for one in figures], settings),
        effort=next_effort(cases, settings),
        policy=settings.policy,
        model=model,
    )


def _ordered(library: Library) -> Library:
    """By source and id; what has both in common by signature, so that the order in which pieces come never shows."""
    read = [one.finding.piece for one in library.pieces]
    times = Counter((one.source, one.id) for one in read)

    def rank(place: int) -> tuple[str, str, tuple[int, ...]]:
        one = read[place]
        return in_order(one.source), one.id, () if times[one.source, one.id] == 1 else tuple(library.signatures[place].tolist())

    return library.pick(sorted(range(len(read)), key=rank))


def _joined(library: Library, unscored: Sequence[Skipped], since: str) -> tuple[Library, tuple[Skipped, ...]]:
    """The library with what inventories say of its pieces, and what fits no piece."""
    pieces, left = join_inventory(library.pieces, unscored, library.links)
    library = replace(library, pieces=pieces)
    if not since:
        return library, left
    return library.pick([place for place, one in enumerate(pieces) if not (day := date_of(one.finding.piece.metadata)) or day >= since]), left


def _figures(pieces: Sequence[LibraryPiece], to_row: Sequence[int], n_rows: int, addresses: Addresses, metrics: Mapping[str, Metrics]) -> list[Metrics]:
    """Metrics of each row: of the file, copies together, else of columns that the piece came with."""
    given: list[Metrics] = [Metrics()] * n_rows
    ours = replace(addresses, hosts=addresses.hosts | {host_of(url) for url in metrics})  # a metrics file speaks of the own site
    for url, one in metrics.items():
        row = ours.find(url)
        if row is not None:
            given[row] += one
    own: list[Metrics] = [Metrics()] * n_rows
    for piece, row in zip(pieces, to_row, strict=True):
        own[row] += metrics_in(dict(piece.finding.piece.metadata))
    return [Metrics(_first(one.sessions, other.sessions), _first(one.conversions, other.conversions)) for one, other in zip(given, own, strict=True)]


def _first(one: float | None, other: float | None) -> float | None:
    return other if one is None else one


def _observed(library: Sequence[LibraryPiece]) -> list[ObservedGate]:
    furniture = site_wide(one.finding.piece for one in library)
    return [observed_in_library(one.finding.piece, furniture) for one in library]


def _thirds(sessions: Sequence[float | None]) -> list[int]:
    """1 for the most visited third of the pieces whose sessions are known, 2, 3; 0 for the others."""
    known = sorted((-count, row) for row, count in enumerate(sessions) if count is not None)
    thirds = [0] * len(sessions)
    for rank, (_, row) in enumerate(known):
        thirds[row] = 1 + 3 * rank // len(known)
    return thirds


def _copies(pieces: Sequence[LibraryPiece], rows: Sequence[int], to_row: Sequence[int]) -> list[tuple[str, ...]]:
    """The sources of the copies of each row."""
    named: list[list[str]] = [[] for _ in rows]
    for place, row in enumerate(to_row):
        if rows[row] != place:
            named[row].append(pieces[place].finding.piece.source)
    return [tuple(sources) for sources in named]


def _audited(case: Case, action: Action, copies: tuple[str, ...], figures: Metrics) -> AuditedPiece:
    metadata, hand_off = case.library.finding.piece.metadata, case.hand_off
    return AuditedPiece(
        case.library, case.observed, action.name, action.priority, action.sentence,
        topic=case.topic, links=hand_off.links, best=hand_off.best, linked_from=hand_off.linked_from, copies=copies,
        leads_on=hand_off.leads_on if hand_off.should_lead_on and hand_off.known else None, wants_links=wants_links(case),
        owner=owner_of(metadata), date=date_of(metadata), sessions=figures.sessions, conversions=figures.conversions,
    )  # fmt: skip
