"""Work in child processes with a clock and a memory ceiling: what hangs, grows or kills its parser costs itself, never the batch.

joblib and concurrent.futures lose the whole batch when one worker dies (joblib issue 812) and cannot stop C code that hangs. pebble
stops it, but keeps one clock for a task, and a task of a table is fifty pieces that are to be judged each by itself.
"""

from __future__ import annotations

import faulthandler
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from typing import Any, Generic, TypeVar

from gating.settings import Limits

T = TypeVar("T")
R = TypeVar("R")

# A copy of this process starts at once and shares the model with it. Elsewhere copying is unsafe (macOS) or unknown (Windows).
CONTEXT: Any = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
BUNDLES_AHEAD = 4  # for each worker: finished ones that wait for an earlier one to be finished
PR_SET_PDEATHSIG = 1
STOPS = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}  # in the middle of a fork they would be lost
END = None  # no item is


class Lost(Exception):
    """A worker was stopped or died; says why in words that follow the name of a file."""


class Worker(Generic[T, R]):
    """A child process that does `work(task)` for each task it is sent and answers with the items one by one."""

    def __init__(self, work: Callable[[T], Iterable[R]], limits: Limits) -> None:
        self._seconds = limits.max_seconds
        self.connection, theirs = CONTEXT.Pipe()
        tied_to = os.getpid() if threading.current_thread() is threading.main_thread() else 0  # Linux would kill it with the thread, not the process
        self._process = CONTEXT.Process(target=_serve, args=(theirs, work, limits.max_memory_mb * 1_000_000, tied_to), daemon=True)
        before = signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)  # these are for the parent, which stops its workers
        try:
            self._process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
            theirs.close()
        self.deadline = 0.0

    def send(self, tasks: Sequence[T]) -> None:
        """Gives tasks to a worker that has none. Raises Lost when it died."""
        self.deadline = time.monotonic() + self._seconds
        try:
            self.connection.send(tasks)
        except OSError:
            raise Lost(self._how_it_died()) from None

    def receive(self) -> object:
        """The next item, END after the last item of a task. Raises Lost when the worker died or its time is over."""
        if not self.connection.poll(max(0.0, self.deadline - time.monotonic())):
            self.stop()
            raise Lost(f"it took more than {self._seconds:,} second{'s' if self._seconds > 1 else ''} (limits.max_seconds)")
        try:
            item = self.connection.recv()
        except (EOFError, OSError):
            raise Lost(self._how_it_died()) from None
        self.deadline = time.monotonic() + self._seconds
        return item

    def stop(self) -> None:
        """Ends the process whatever it does."""
        self.connection.close()
        self._process.kill()
        self._process.join()

    def _how_it_died(self) -> str:
        self.stop()
        code = self._process.exitcode or 0
        how = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        return f"it ended the process that read it ({how}; too much memory, or an error in a library)"


def _serve(connection: Connection, work: Callable[[Any], Iterable[Any]], memory: int, parent: int) -> None:
    """What a worker does until its parent closes the connection. An error in `work` ends it: its parent tells whom it cost."""
    code = 1
    try:
        _be_quiet()
        if parent:
            die_with(parent)
        while True:
            for task in connection.recv():
                _cap_memory(memory)
                for item in work(task):
                    connection.send(item)
                    _cap_memory(memory)
                connection.send(END)
    except (EOFError, ConnectionError):
        code = 0
    finally:
        os._exit(code)  # without the parent's clean-up, of which this process has a copy


def _be_quiet() -> None:
    """Native libraries that give up write a backtrace to standard error, and some quote the file they were given; the parent says what happened."""
    faulthandler.disable()
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)


def die_with(parent: int) -> None:
    """Asks Linux to kill this process with its parent: a worker that hangs does not notice that its connection is closed."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it died before the line above
            os._exit(1)


def _cap_memory(more: int) -> None:
    """Lets this process grow by `more` bytes of address space from here. Only Linux says how large it is, and only there a ceiling is kept."""
    if sys.platform == "linux":
        import resource

        with open("/proc/self/statm", "rb") as file:
            now = int(file.read().split()[0]) * resource.getpagesize()
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        wanted = now + more
        resource.setrlimit(resource.RLIMIT_AS, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))


def apart(work: Callable[[T], Iterable[R]], task: T, limits: Limits) -> Iterator[R]:
    """The items of `work(task)`, made in a process of its own. Raises Lost when that hangs, grows or dies; tried twice if nothing came."""
    for last_try in (False, True):
        worker, came = Worker[T, R](work, limits), False
        try:
            worker.send([task])
            while (item := worker.receive()) is not END:
                came = True
                yield item  # type: ignore[misc]
            return
        except Lost:
            if came or last_try:
                raise
        finally:
            worker.stop()


@dataclass(frozen=True)
class Tasks(Generic[T, R]):
    """How tasks are done, measured and cut.

    `work` gives the items of a task; `is_light` tells what needs no worker; `weight` is its share of what a worker is sent in one go;
    `rest` is a task without its first n items, or None; `blame` is a light task whose items stand for the first item of a task that was
    lost for a reason.
    """

    work: Callable[[T], Iterable[R]]
    is_light: Callable[[T], bool]
    weight: Callable[[T], float]
    rest: Callable[[T, int], T | None]
    blame: Callable[[T, str], T]


@dataclass(eq=False)
class _Bundle(Generic[T, R]):
    """Some tasks with their items so far; the first of `tasks` is being worked on and gave `n_items`."""

    tasks: deque[T]
    items: deque[R] = field(default_factory=deque)
    n_items: int = 0
    tried: bool = False  # the first task has cost a worker already


def supervised(planned: Iterator[T], tasks: Tasks[T, R], workers: int, limits: Limits) -> Iterator[R]:
    """The items of all tasks, in order, made by `workers` processes. A task that costs a worker is tried once more by itself, then blamed."""
    pool = _Pool(tasks, workers, limits)
    try:
        yield from pool.run(planned)
    finally:
        pool.stop()


class _Pool(Generic[T, R]):
    def __init__(self, tasks: Tasks[T, R], workers: int, limits: Limits) -> None:
        self._tasks, self._n_workers, self._limits = tasks, workers, limits
        self._idle: list[Worker[T, R]] = []
        self._busy: dict[Connection, tuple[Worker[T, R], _Bundle[T, R]]] = {}

    def run(self, planned: Iterator[T]) -> Iterator[R]:
        order: deque[_Bundle[T, R]] = deque()
        more = True
        while more or order:
            while more and len(self._busy) < self._n_workers and len(order) < BUNDLES_AHEAD * self._n_workers:
                bundle = self._next_bundle(planned)
                more = bool(bundle.tasks)
                if more:
                    order.append(bundle)
                    self._start(bundle)
            while order and (order[0].items or not order[0].tasks):
                while order[0].items:
                    yield order[0].items.popleft()
                if not order[0].tasks:
                    order.popleft()
            if order:
                self._listen()

    def stop(self) -> None:
        for worker in (*self._idle, *(worker for worker, _ in self._busy.values())):
            worker.stop()

    def _next_bundle(self, planned: Iterator[T]) -> _Bundle[T, R]:
        bundle: _Bundle[T, R] = _Bundle(deque())
        weight = 0.0
        for task in planned:
            bundle.tasks.append(task)
            weight += self._tasks.weight(task)
            if weight >= 1:
                break
        return bundle

    def _start(self, bundle: _Bundle[T, R]) -> None:
        """Does the light tasks at the front of a bundle here and gives the others to a worker; the first by itself where it was tried before."""
        while bundle.tasks and self._tasks.is_light(bundle.tasks[0]):
            bundle.items.extend(self._tasks.work(bundle.tasks.popleft()))
        while bundle.tasks:
            fresh = not self._idle
            worker = Worker(self._tasks.work, self._limits) if fresh else self._idle.pop()
            try:
                worker.send([bundle.tasks[0]] if bundle.tried else list(bundle.tasks))
            except Lost as error:
                if fresh:  # else it died while idle: no task is to blame
                    self._after_loss(bundle, str(error))
                continue
            self._busy[worker.connection] = (worker, bundle)
            return

    def _listen(self) -> None:
        """Waits for what any worker has to say, or for the first clock to run out, and takes one item of each that speaks or should have."""
        patience = min(worker.deadline for worker, _ in self._busy.values()) - time.monotonic()
        speaking = wait(list(self._busy), max(0.0, patience))
        now = time.monotonic()
        for connection in [each for each, (worker, _) in self._busy.items() if each in speaking or worker.deadline <= now]:
            worker, bundle = self._busy[connection]
            try:
                self._take(worker, bundle)
            except Lost as error:
                del self._busy[connection]
                self._after_loss(bundle, str(error))
                self._start(bundle)

    def _take(self, worker: Worker[T, R], bundle: _Bundle[T, R]) -> None:
        item = worker.receive()
        if item is not END:
            bundle.items.append(item)  # type: ignore[arg-type]
            bundle.n_items += 1
            return
        bundle.tasks.popleft()
        alone, bundle.n_items, bundle.tried = bundle.tried, 0, False
        if alone or not bundle.tasks:
            del self._busy[worker.connection]
            self._idle.append(worker)
            self._start(bundle)

    def _after_loss(self, bundle: _Bundle[T, R], reason: str) -> None:
        """Leaves of the bundle what is still to be done: the first task without the items that came, and without the next one when it was tried twice."""
        task, n_done = bundle.tasks.popleft(), bundle.n_items
        blamed = bundle.tried and not n_done
        if blamed:
            bundle.items.extend(self._tasks.work(self._tasks.blame(task, reason)))
            n_done = 1
        left = self._tasks.rest(task, n_done)
        bundle.n_items, bundle.tried = 0, left is not None and not blamed
        if left is not None:
            bundle.tasks.appendleft(left)
