"""The processes that score: what they survive, and who goes first."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import time
from collections.abc import Awaitable, Callable

import pytest

from gating.assess import Recipe
from gating.server.asked import Draft, Order, Upload, Wish
from gating.server.clerks import WAITING_LONG, WAITING_QUICK, Busy, Clerks, Ticket
from gating.settings import Settings
from tests.server.conftest import DRAFT

QUICK = Order((Draft(text=DRAFT),), (), Wish(), one=True)
EXPORT = Order((), (Upload("pieces.csv", ("title,text\n" + "".join(f'Rota {number},"{DRAFT}"\n' for number in range(200))).encode()),), Wish())


async def lines_of(ticket: Ticket) -> list[dict[str, object]]:
    """All that a ticket brings."""
    return [json.loads(line) async for line in ticket.answers()]


def with_clerks(settings: Settings, count: int, work: Callable[[Clerks], Awaitable[None]]) -> None:
    """Runs `work` with open clerks, and ends them; none of their processes is left."""
    clerks = Clerks(Recipe(settings), count)
    clerks.open()
    try:
        asyncio.run(work(clerks))  # type: ignore[arg-type]
    finally:
        clerks.close()
    assert multiprocessing.active_children() == []


@pytest.mark.slow
def test_a_clerk_that_dies_costs_its_own_order(settings: Settings) -> None:
    """The order ends with a record that says so, and the next is done by another."""

    async def work(clerks: Clerks) -> None:
        assert [line["status"] for line in await lines_of(clerks.take(QUICK))] == ["scored"]
        ticket = clerks.take(EXPORT)
        lines = ticket.answers()
        assert json.loads(await anext(lines))["status"] == "scored"
        for process in multiprocessing.active_children():
            process.kill()
        rest = [json.loads(line) async for line in lines]
        assert rest[-1]["status"] == "failed"
        assert "ended the process" in rest[-1]["reason"]
        assert [line["status"] for line in await lines_of(clerks.take(QUICK))] == ["scored"]

    with_clerks(settings, 1, work)


@pytest.mark.slow
def test_who_types_does_not_wait_for_an_export(settings: Settings) -> None:
    """Single drafts have a process of their own; an export that nobody reads any more is dropped for the next."""

    async def work(clerks: Clerks) -> None:
        exports = [clerks.take(EXPORT).answers() for _ in range(3)]
        assert json.loads(await anext(exports[0]))["status"] == "scored"
        assert len(await asyncio.wait_for(lines_of(clerks.take(QUICK)), 20)) == 1
        await exports[0].aclose()  # type: ignore[attr-defined]  # an async generator
        assert json.loads(await asyncio.wait_for(anext(exports[1]), 30))["status"] == "scored"

    with_clerks(settings, 1, work)


def test_a_full_queue_is_told_at_once(settings: Settings) -> None:
    """So many drafts, so many files, and no more; the one queue does not fill the other."""

    async def work() -> None:
        clerks = Clerks(Recipe(settings), 1)  # not opened: nobody works
        for order, room in ((QUICK, WAITING_QUICK), (EXPORT, WAITING_LONG)):
            for _ in range(room):
                clerks.take(order)
            with pytest.raises(Busy):
                clerks.take(order)

    asyncio.run(work())


@pytest.mark.slow
def test_the_end_of_every_order_is_told(settings: Settings) -> None:
    """Of one that was done, one that was dropped while it waited, and one whose clerk died: what is held for it can go."""

    async def work(clerks: Clerks) -> None:
        ended: list[str] = []
        running = clerks.take(EXPORT, lambda: ended.append("died")).answers()
        await anext(running)
        dropped = clerks.take(EXPORT, lambda: ended.append("dropped"))
        dropped.is_dropped = True
        for process in multiprocessing.active_children():
            process.kill()
        assert [json.loads(line)["status"] async for line in running][-1] == "failed"
        await lines_of(clerks.take(QUICK, lambda: ended.append("done")))
        for _ in range(100):
            await asyncio.sleep(0.1)
            if len(ended) == 3:
                break
        assert sorted(ended) == ["died", "done", "dropped"]

    with_clerks(settings, 1, work)


@pytest.mark.slow
def test_closing_does_not_wait_for_an_order(settings: Settings) -> None:
    """A server that is stopped while an export is read ends at once."""

    async def work(clerks: Clerks) -> None:
        assert json.loads(await anext(clerks.take(EXPORT).answers()))["status"] == "scored"
        start = time.monotonic()
        await asyncio.to_thread(clerks.close)
        assert time.monotonic() - start < 3

    with_clerks(settings, 1, work)
