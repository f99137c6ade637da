"""An order done: the record of every piece of it, as JSON. Runs in a clerk's process."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from gating.advice.chain import chain_of
from gating.api import read_draft
from gating.assess import Assessor, proposals_for, what_would_flip
from gating.reading import Job, Problem, plan_bytes, read_job, work_on
from gating.records import Evidence, Finding, Piece, Skipped
from gating.report.explained import explained_record
from gating.report.record import record_of
from gating.report.tables import json_line
from gating.server.around import around_of, with_around
from gating.server.asked import Draft, Order, Wish
from gating.server.draft import draft_of

QUOTES = 3  # for each label, of an explained piece


def answers(order: Order, assessor: Assessor) -> Iterator[bytes]:
    """A line of JSON for every piece of the order. Files are opened in processes of their own, with a clock and a memory ceiling each."""
    if order.wish.policy:
        assessor = replace(assessor, settings=replace(assessor.settings, policy=order.wish.policy))
    for draft in order.drafts:
        yield from _Answering(assessor, order.wish)(draft)
    jobs = chain.from_iterable(plan_bytes(upload.name, upload.data, assessor.settings, assessor.choices) for upload in order.uploads)
    if order.uploads:
        yield from work_on(jobs, _Answering(assessor, order.wish), assessor.settings, 1)


@dataclass(frozen=True)
class _Answering:
    """What is done with one draft or one job of a file. It never raises: an error costs its own piece."""

    assessor: Assessor
    wish: Wish

    def __call__(self, task: Draft | Job) -> Iterator[bytes]:
        for read in [self._read(task)] if isinstance(task, Draft) else read_job(task, self.assessor.settings, self.assessor.choices):
            problem = Problem(read.source, self.assessor.settings)
            with problem:
                line = self._line(read, is_file=not isinstance(task, Draft) or task.html is not None)
            yield self._line(problem.skipped, True) if problem.skipped else line

    def _read(self, draft: Draft) -> Piece | Skipped:
        text, ending = draft.content
        read = read_draft(text, self.assessor, ending=ending, title=draft.title, url=draft.url, description=draft.description, id=draft.id)
        return with_around(read, draft.around) if draft.around and isinstance(read, Piece) else read

    def _line(self, read: Piece | Skipped, is_file: bool) -> bytes:
        if isinstance(read, Skipped):
            return json_line(record_of(read)).encode()
        if not (self.wish.explain or self.wish.flips):
            return json_line(record_of(self.assessor.assess(read))).encode()
        finding = self.assessor.assess(read, QUOTES)
        flips, proposals = (what_would_flip(finding, self.assessor), proposals_for(finding, self.assessor)) if self.wish.flips else ((), ())
        record = explained_record(finding, flips, chain_of(finding, self.assessor.settings), proposals)
        if not self.wish.flips:
            del record["flips"], record["proposals"]
        return json_line({**record, **_shown(finding), **(self._to_edit(read) if is_file else {})}).encode()

    def _to_edit(self, piece: Piece) -> dict[str, Any]:
        """The piece as a draft, and what stands around it."""
        draft = draft_of(piece.blocks)
        back = read_draft(draft, self.assessor, ending=".txt")
        return {"draft": draft, "around": around_of(piece, back.blocks if isinstance(back, Piece) else ())}


def _shown(finding: Finding) -> dict[str, Any]:
    """What a page needs to show the piece: its blocks, and where in them each quote stands."""
    piece = finding.piece
    blocks = [{"kind": block.kind.value, "level": block.level, "line": block.line, "text": block.text} for block in piece.blocks]
    places = [place_of_quote(piece, item) for item in finding.advice.evidence]
    return {"description": piece.description, "blocks": blocks, "quote_places": [dict(zip(("block", "start", "end"), place, strict=True)) if place else None for place in places]}


def place_of_quote(piece: Piece, item: Evidence) -> tuple[int, int, int] | None:
    """(number of the block, first character, character after the last) of a quote, in the block's text; None where it cannot be found."""
    for number, block in enumerate(piece.blocks):
        if block.line == item.line and (at := block.text.find(item.quote)) >= 0:
            return number, at, at + len(item.quote)
    return None
