"""The same work on many machines: a Dask cluster does partitions of it, this machine plans them and puts the results in order.

Under its nanny a Dask worker may have no children (multiprocessing forbids it), and without one it has many threads, from which forking
can hang. So a partition is done by a plain Python process beside the worker, its aide, which forks the supervised processes that
read and score (reading/limits.py) and stays for the next partition.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import logging
import os
import pickle  # between machines that run each other's code in any case; nothing that is stored is one
import platform
import struct
import subprocess
import sys
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.metadata import version
from typing import Any, Generic, TypeVar

from gating import __version__, remote
from gating.classifier.bundle import shipped_folder
from gating.classifier.second_reader import SecondReader, is_installed
from gating.errors import GatingError, SourceError
from gating.features.catalogue import fingerprint
from gating.reading import FileJob, Job, Problem, work_on
from gating.reading.limits import die_with
from gating.reading.sources import is_stored, read_bytes
from gating.records import Skipped, Status
from gating.settings import Settings

T = TypeVar("T")
R = TypeVar("R")

PIECES_AT_ONCE, BYTES_AT_ONCE = 100, 4_000_000  # of a partition: some seconds of work, beside which the millisecond of the scheduler is nothing
AHEAD = 2  # partitions for each thread of the cluster: one in work, one that waits
PATIENCE = 6  # seconds for the scheduler to answer, and for a first worker
LOOK = 5.0  # seconds between two looks at who is there
ALONE = 60  # seconds without any worker before we give up
RETRIES = 2  # of a partition whose aide died; that of a machine that was lost is done again in any case
LARGE = "1 GiB"  # of what Dask warns when it is sent; our work carries its model
MOST_REASON = 300  # characters


class Cluster:
    """A Dask cluster that one command uses."""

    def __init__(self, client: Any, address: str) -> None:
        self._client, self._address = client, address
        self._threads, self._looked = 0, -LOOK

    def work_on(self, planned: Iterator[Job], work: Callable[[Job], Iterable[R]], settings: Settings) -> Iterator[R]:
        """The results of `work` on each job, in order, as gating.reading.work_on gives them; `work` must survive pickling.

        Local files are read here and sent, so that no worker needs this machine's disk; what is in a store is fetched by the worker.
        """
        for results in self.each(_Partition(work, settings), partitions(self._portable(planned, settings))):
            yield from results

    def each(self, function: Callable[[T], R], tasks: Iterable[T]) -> Iterator[R]:
        """`function` of each task, in order. Tasks are taken as the cluster gets on; a task on a machine that is lost is done elsewhere."""
        work = pickle.dumps(function)
        digest = hashlib.blake2b(work, digest_size=16).hexdigest()
        run = f"gating-{uuid.uuid4().hex}"  # a number of a run is one task, done as often as machines are lost; what another run withdraws is not ours
        sent = self._client.submit(_itself, work, key=f"{run}-work")  # a task, so that it comes back when the machines that hold it are lost
        waiting: deque[Any] = deque()
        try:
            self._spread(sent)
            for number, task in enumerate(tasks):
                arguments = (sent, digest, pickle.dumps(task), about())
                waiting.append(self._client.submit(do_task, *arguments, key=f"{run}-{number}", retries=RETRIES))
                while waiting and (waiting[0].done() or len(waiting) >= max(4, AHEAD * self._n_threads())):
                    yield self._result(waiting.popleft())
            while waiting:
                yield self._result(waiting.popleft())
        finally:
            with contextlib.suppress(Exception):  # a scheduler that is gone has nothing left to withdraw
                self._client.cancel([sent, *waiting])

    def _spread(self, sent: Any) -> None:
        """Copies the work to all workers: Dask gives tasks to those that hold what they need, and would leave the others idle."""
        self._patiently(sent)
        with contextlib.suppress(Exception):  # a worker was lost meanwhile; one without a copy fetches it
            self._client.replicate([sent])

    def _n_threads(self) -> int:
        """Threads of all workers, looked at every LOOK seconds. Raises SourceError when the scheduler is gone."""
        if time.monotonic() - self._looked > LOOK:
            try:
                self._threads = sum(self._client.nthreads().values())
            except Exception as error:
                raise SourceError(f"{self._address}: the scheduler does not answer any more ({_said(error)}). Start it, then run again.") from error
            self._looked = time.monotonic()
        return self._threads

    def _result(self, future: Any) -> Any:
        result, error = pickle.loads(self._patiently(future))  # noqa: S301  # from our own function on a cluster that we trust with our texts
        if error is not None:
            raise error
        return result

    def _patiently(self, future: Any) -> Any:
        """What a future gives. Raises SourceError when the cluster cannot bring it about."""
        last_seen = time.monotonic()  # of any worker
        while time.monotonic() - last_seen < ALONE:
            try:
                return future.result(timeout=LOOK)
            except TimeoutError:
                last_seen = time.monotonic() if self._n_threads() else last_seen
            except Exception as error:  # Dask has errors of its own for lost connections, lost workers and what its workers raise
                raise SourceError(f"{self._address}: the cluster gave up a part of the work ({_said(error)}). Look at the logs of its workers, then run again.") from error
        raise SourceError(f"{self._address}: for {ALONE} seconds the scheduler has had no worker. Start some, then run the same command again.")

    def _portable(self, planned: Iterable[Job], settings: Settings) -> Iterator[Job]:
        """The jobs with what is read here. The first file of each store shows whether the workers reach that store."""
        reached: set[str] = set()
        for job in planned:
            store = address_of(job)
            if store and store not in reached:
                reached.add(store)
                self._check_reach(job.source.path)  # type: ignore[union-attr]  # only a file has a store
            yield job if store else with_bytes(job, settings)

    def _check_reach(self, url: str) -> None:
        """Raises SourceError where this machine can read a file in a store and a worker cannot."""
        if can_read(url):
            return  # nobody can: that is a row of its own
        for worker, problem in self._client.run(can_read, url).items():
            if problem:
                raise SourceError(f"{url}: the worker {worker} cannot read it ({problem}), this machine can. Give the workers the same credentials, endpoint and packages.")


@dataclass(frozen=True)
class _Partition(Generic[R]):
    """What an aide does with the jobs of a partition: the same as one machine does with all."""

    work: Callable[[Job], Iterable[R]]
    settings: Settings

    def __call__(self, packed: list[bytes]) -> list[R]:
        jobs: list[Job] = [pickle.loads(job) for job in packed]  # noqa: S301
        for url in {address_of(job) for job in jobs} - {""}:
            remote.load_store(url)  # here: each process that is forked for a partition would do it again
        return list(work_on(iter(jobs), self.work, self.settings, 1))


def partitions(jobs: Iterable[Job]) -> Iterator[list[bytes]]:
    """The jobs in order, packed, in runs of at most so many pieces and about so many bytes; what a worker fetches itself counts, too."""
    run: list[bytes] = []
    n_pieces = n_bytes = 0
    for job in jobs:
        run.append(pickle.dumps(job))
        n_pieces += 1 if isinstance(job, FileJob | Skipped) else len(job.rows)
        n_bytes += len(run[-1]) + (job.source.size if isinstance(job, FileJob) and not job.data else 0)
        if n_pieces >= PIECES_AT_ONCE or n_bytes >= BYTES_AT_ONCE:
            yield run
            run, n_pieces, n_bytes = [], 0, 0
    if run:
        yield run


def address_of(job: Job) -> str:
    """Store and bucket of the file that a worker is to fetch; empty where there is none."""
    if not isinstance(job, FileJob) or job.data or not is_stored(job.source):
        return ""
    return "/".join(job.source.path.split("/")[:3])


def with_bytes(job: Job, settings: Settings) -> Job:
    """A job that needs no disk: that of a file with its bytes, or with what reading it would have said."""
    if not isinstance(job, FileJob) or job.data:
        return job
    problem = Problem(job.source.name, settings)
    with problem:
        data = read_bytes(job.source, settings.limits.max_file_mb * 1_000_000)
        return replace(job, data=data) if data else Skipped(job.source.name, "an empty file", Status.SKIPPED)
    return problem.skipped or job


@contextlib.contextmanager
def connected(address: str) -> Iterator[Cluster]:
    """The cluster whose scheduler listens at `address` (tcp://HOST:PORT or tls://HOST:PORT). Raises SourceError where it does not answer,
    has no worker, or where a worker has another gating than this machine: results would depend on who did which piece.
    """
    client = _client(address)
    import dask

    try:
        with dask.config.set({"distributed.admin.large-graph-warning-threshold": LARGE}):
            _check_kinship(client, address)
            yield Cluster(client, address)
    finally:
        with contextlib.suppress(Exception):  # the work is done or has failed by now; a scheduler that is gone changes nothing
            client.close(timeout=2)


def _client(address: str) -> Any:
    try:
        from distributed import Client
    except ImportError as error:
        raise SourceError("--scheduler needs packages that are not here: pip install 'gating[cluster]'.") from error
    for name in ("distributed", "distributed.client"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)  # we say ourselves what went wrong
    try:
        return Client(address, timeout=PATIENCE, set_as_default=False, name="gating")  # type: ignore[no-untyped-call]
    except Exception as error:
        raise SourceError(f"{address}: no Dask scheduler answers there ({_said(error)}). Start one with `dask scheduler`, and give its address as tcp://HOST:PORT.") from error


def _check_kinship(client: Any, address: str) -> None:
    try:
        client.wait_for_workers(1, timeout=PATIENCE)
    except TimeoutError as error:
        raise SourceError(f"{address}: the scheduler has no workers. Start some with `dask worker {address}`.") from error
    try:
        found = {"the scheduler": client.run_on_scheduler(about), **{f"the worker {name}": told for name, told in client.run(about).items()}}
    except Exception as error:
        raise SourceError(f"{address}: the scheduler or a worker cannot run gating ({_said(error)}). Install gating {__version__} on all of them.") from error
    for who, told in found.items():
        if told != about():
            raise SourceError(f"{address}: {difference(told, about(), who)}")


@lru_cache(maxsize=1)
def about() -> dict[str, str]:
    """What has to be the same on all machines, so that each gives the same result."""
    second = SecondReader(shipped_folder("second")).name if is_installed() else "none"
    python = ".".join(map(str, sys.version_info[:2]))
    return {"gating": __version__, "features": fingerprint(), "Python": python, "spaCy": version("spacy"), "second reader": second}


def difference(told: dict[str, str], expected: dict[str, str], who: str) -> str:
    """The sentence about a machine that is no twin of the one that asks."""
    what, wanted = next((what, wanted) for what, wanted in expected.items() if told.get(what) != wanted)
    return f"{who} has {what} {told.get(what, 'none')}, this machine {wanted}. Install the same on all machines."


def can_read(url: str) -> str:
    """Empty where this machine can read the file at `url`, else why it cannot."""
    try:
        remote.read(url, 1)
    except (OSError, GatingError) as error:
        return _said(error)
    return ""


def _said(error: BaseException) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())}"[:MOST_REASON]


# What runs on the workers.


def _itself(work: bytes) -> bytes:
    return work


def do_task(work: bytes, digest: str, task: bytes, expected: dict[str, str]) -> bytes:
    """A task on a Dask worker: (result, None) or (None, error), packed. A worker that joined late is checked here."""
    if about() != expected:
        return pickle.dumps((None, SourceError(difference(about(), expected, f"the worker on {platform.node()}"))))
    with _AIDES.one() as aide:
        return aide.do(work, digest, task)


class _Aide:
    """The process that does tasks for one thread of a Dask worker."""

    def __init__(self) -> None:
        command = [sys.executable, "-c", f"from gating.cluster import serve; serve({os.getpid()})"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # what goes wrong stands in the worker's log
        self._knows = ""

    def do(self, work: bytes, digest: str, task: bytes) -> bytes:
        """The packed answer. Raises OSError when the process died; Dask then tries again."""
        if self._process.stdin is None or self._process.stdout is None:
            raise OSError("no pipes")
        for part in (b"" if digest == self._knows else work, task):
            _send(self._process.stdin, part)
        self._knows = digest
        return _receive(self._process.stdout)

    def stop(self) -> None:
        """Ends the process."""
        self._process.kill()
        self._process.communicate()


class _Aides:
    """Those of one Dask worker that have nothing to do."""

    def __init__(self) -> None:
        self._idle: list[_Aide] = []
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def one(self) -> Iterator[_Aide]:
        """An aide, which is kept for the next task when the block ends well."""
        with self._lock:
            aide = self._idle.pop() if self._idle else _Aide()
        try:
            yield aide
        except BaseException:
            aide.stop()
            raise
        with self._lock:
            self._idle.append(aide)


_AIDES = _Aides()


def serve(parent: int) -> None:
    """What an aide does until its Dask worker is gone."""
    die_with(parent)
    questions, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)  # what a library prints is no answer
    function: Any = None
    with contextlib.suppress(EOFError, BrokenPipeError):
        for _ in itertools.count():
            work, task = _receive(questions), _receive(questions)
            try:
                function = pickle.loads(work) if work else function  # noqa: S301  # sent by the one who runs this cluster
                answer: tuple[Any, GatingError | None] = (function(pickle.loads(task)), None)  # noqa: S301
            except GatingError as error:
                answer = (None, error)
            _send(answers, pickle.dumps(answer))


def _send(stream: Any, data: bytes) -> None:
    stream.write(struct.pack("<Q", len(data)))
    stream.write(data)
    stream.flush()


def _receive(stream: Any) -> bytes:
    size = stream.read(8)
    if len(size) < 8:
        raise EOFError("the process at the other end is gone")
    data: bytes = stream.read(struct.unpack("<Q", size)[0])
    return data
