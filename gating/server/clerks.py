"""Who scores: a few processes with the model loaded, each looked after by a thread that hands it one order at a time.

Some do single drafts only, others what takes long (files, lists, what would flip a label), with less right to the processor: whoever types
never waits for an export. The processes are started anew by `spawn`, never copied from this one, which has threads; what they open for an order they open in
copies of themselves, which have a clock and a memory ceiling for each piece (gating.reading.limits). The queue is bounded: who comes when
it is full is told so at once.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import threading
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import CancelledError, TimeoutError
from contextlib import suppress
from multiprocessing.connection import Connection

from gating.assess import Assessor, Recipe
from gating.records import Skipped, Status
from gating.report.record import record_of
from gating.report.tables import json_line
from gating.server.asked import Draft, Order, Wish

CONTEXT = multiprocessing.get_context("spawn")
WAITING_QUICK = 200  # drafts in the queue; at twenty a second the last waits ten seconds
WAITING_LONG = 60  # files, lists and flips in the queue; how many bytes they may hold is bounded in app.py
NICENESS = 5  # of the processes that do what takes long
AHEAD = 32  # answers that wait for a slow reader before its clerk waits, too
SLOW_READER = 60  # seconds for which a clerk waits for a reader that takes nothing
PATIENCE = 4  # times limits.max_seconds without any answer, after which a clerk hangs: each piece is tried twice, and a zip is listed first
TURNS = 2  # times that an order waits for another clerk
END = b""


class Busy(Exception):
    """The queue is full."""


class Ticket:
    """One order on its way: what a request waits for, and what a clerk's thread fills."""

    def __init__(self, order: Order, loop: asyncio.AbstractEventLoop, at_end: Callable[[], None]) -> None:
        self.order = order
        self.is_dropped = False
        self.turns = 0  # how often it was handed to a clerk that was dead already
        self._loop, self._at_end = loop, at_end
        self._answers: asyncio.Queue[bytes] = asyncio.Queue(AHEAD)

    async def answers(self) -> AsyncIterator[bytes]:
        """The lines as they come. Whoever stops before the end drops the order."""
        try:
            while line := await self._answers.get():
                yield line
        finally:
            self.is_dropped = True

    def give(self, line: bytes) -> bool:
        """Hands a line over, from another thread; False when nobody wants it any more."""
        if self.is_dropped or self._loop.is_closed():
            return False
        handed = asyncio.run_coroutine_threadsafe(self._answers.put(line), self._loop)
        try:
            handed.result(SLOW_READER)
        except (TimeoutError, CancelledError):
            handed.cancel()
            self.is_dropped = True
        return not self.is_dropped

    def end(self) -> None:
        """Says, from another thread, that nobody works on the order any more."""
        with suppress(RuntimeError):  # the loop is closed: the server has ended
            self._loop.call_soon_threadsafe(self._at_end)


class Clerks:
    """The processes and their two queues: `count` processes for single drafts, and half as many, at least one, for what takes long."""

    def __init__(self, recipe: Recipe, count: int) -> None:
        self._recipe = recipe
        self._quick: deque[Ticket] = deque()
        self._long: deque[Ticket] = deque()
        self._change = threading.Condition()
        self._closed = False
        self._clerks: dict[int, _Clerk] = {}
        queues = [self._quick] * count + [self._long] * max(1, count // 2)
        self._threads = [threading.Thread(target=self._look_after, args=(number, queue), name=f"clerk-{number}", daemon=True) for number, queue in enumerate(queues)]

    def open(self) -> None:
        """Starts the processes; orders wait until they are ready, a second or two."""
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """Ends the processes, whatever they do."""
        with self._change:
            self._closed = True
            self._change.notify_all()
        for clerk in list(self._clerks.values()):
            clerk.kill()
        for thread in self._threads:
            thread.join(timeout=5)

    def take(self, order: Order, at_end: Callable[[], None] = lambda: None) -> Ticket:
        """Puts an order into its queue; `at_end` is called once it was done or dropped. Raises Busy when the queue is full."""
        ticket = Ticket(order, asyncio.get_running_loop(), at_end)
        queue, room = (self._quick, WAITING_QUICK) if order.is_quick else (self._long, WAITING_LONG)
        with self._change:
            if len(queue) >= room:
                raise Busy
            queue.append(ticket)
            self._change.notify_all()
        return ticket

    def _next(self, queue: deque[Ticket]) -> Ticket | None:
        """The next order that somebody still waits for; None when it is time to go."""
        with self._change:
            while not self._closed:
                while queue:
                    ticket = queue.popleft()
                    if not ticket.is_dropped:
                        return ticket
                    ticket.end()
                self._change.wait()
        return None

    def _look_after(self, number: int, queue: deque[Ticket]) -> None:
        while not self._closed:
            self._clerks[number] = clerk = _Clerk(self._recipe, NICENESS if queue is self._long else 0)
            try:
                while ticket := self._next(queue):
                    if not clerk.is_alive() and ticket.turns < TURNS:  # it died while it had nothing to do: no order is to blame
                        ticket.turns += 1
                        queue.appendleft(ticket)
                        break
                    if not self._serve(clerk, ticket):
                        break
            finally:
                clerk.stop()

    def _serve(self, clerk: _Clerk, ticket: Ticket) -> bool:
        """Has an order done; False when the clerk must be replaced: it hangs, died, or works for nobody."""
        try:
            for line in clerk.answers(ticket.order):
                if not ticket.give(line) and not ticket.order.one:
                    return False
        except _Lost as error:
            ticket.give(_failed(ticket.order, str(error)))
            return False
        finally:
            ticket.give(END)
            ticket.end()
        return True


class _Lost(Exception):
    """A clerk hangs or died; says so in words for the record."""


class _Clerk:
    """One process; it can be used from the thread that made it."""

    def __init__(self, recipe: Recipe, niceness: int) -> None:
        self._patience = PATIENCE * recipe.settings.limits.max_seconds
        self._connection, theirs = CONTEXT.Pipe()
        self._process = CONTEXT.Process(target=_work, args=(theirs, recipe, niceness))
        self._process.start()
        theirs.close()

    def answers(self, order: Order) -> Iterator[bytes]:
        """The lines of an order. Raises _Lost."""
        try:
            self._connection.send(order)
            while True:
                if not self._connection.poll(self._patience):
                    raise _Lost(f"it took more than {self._patience:,} seconds")
                line = self._connection.recv_bytes()
                if line == END:
                    return
                yield line
        except (EOFError, OSError):
            raise _Lost("it ended the process that read it (too much memory, or an error in a library)") from None

    def stop(self) -> None:
        """Ends the process whatever it does; the copies of itself that it works in go with it."""
        self.kill()
        self._process.join()
        self._connection.close()

    def is_alive(self) -> bool:
        """True while the process is there, also while it still loads the model."""
        return self._process.is_alive()

    def kill(self) -> None:
        """Ends the process, from any thread; its own thread then learns that it is lost."""
        self._process.kill()


def _work(connection: Connection, recipe: Recipe, niceness: int) -> None:
    """What a clerk's process does until its connection is closed."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which closes the connection
    if hasattr(os, "nice"):  # Windows has another way
        os.nice(niceness)
    assessor = recipe.make()
    for _ in _answered(Order((Draft(text="A short text of a few more than ten words, by which all is loaded."),), (), Wish(), one=True), assessor):
        pass  # the first piece takes ten times as long as the second
    with suppress(EOFError, OSError):
        while True:
            for line in _answered(connection.recv(), assessor):
                connection.send_bytes(line)
            connection.send_bytes(END)


def _answered(order: Order, assessor: Assessor) -> Iterator[bytes]:
    """The answers; an error of ours becomes the last of them, told by its name alone."""
    from gating.server.answers import answers

    try:
        yield from answers(order, assessor)
    except Exception as error:  # noqa: BLE001 - its words may be the draft's, and the process goes on
        yield _failed(order, f"the program failed on it ({type(error).__name__})")


def _failed(order: Order, reason: str) -> bytes:
    """The record of an order that could not be done to its end."""
    return json_line(record_of(Skipped(order.uploads[0].name if order.uploads else "text", reason, Status.FAILED))).encode()
