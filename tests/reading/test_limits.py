"""Worker processes: what hangs, grows or dies costs its own piece, never the batch, and nothing is left running."""

import contextlib
import faulthandler
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import gating.reading as reading
from gating.reading import RowsJob, plan, read_jobs
from gating.reading.assembly import Parts
from gating.reading.limits import Lost, Tasks, Worker, apart, supervised
from gating.records import Piece, Skipped, Status
from gating.settings import Settings, load_settings

BODY = "The ferry leaves at six, and whoever misses it walks round the bay. We asked nine commuters why they still prefer it to the bus."


@pytest.fixture
def strict() -> Settings:
    """One second and 300 MB for each piece."""
    settings = load_settings()
    return replace(settings, limits=replace(settings.limits, max_seconds=1, max_memory_mb=300))


@pytest.fixture
def misbehaving(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader of texts that hangs, eats memory, exits or is killed where the text says so, in C as well as in Python."""
    plain: Callable[..., Parts] = reading._read_text

    def read(data: bytes, *others: Any) -> Parts:
        _obey(data)
        return plain(data, *others)

    monkeypatch.setattr(reading, "_read_text", read)


def _obey(data: bytes) -> None:
    if b"HANG" in data:
        while True:
            time.sleep(60)
    if b"SPIN" in data:
        sum(range(10**12))  # one call into C that does not look for signals
    if b"EAT" in data:
        eaten = []
        while True:
            eaten.append(bytearray(20_000_000))
    if b"EXIT" in data:
        os._exit(0)
    if b"CRASH" in data:
        faulthandler.disable()  # pytest's would print the stack
        os.kill(os.getpid(), signal.SIGSEGV)
    if b"RAISE" in data:
        raise RecursionError("maximum recursion depth exceeded")


def _write(folder: Path, commands: str) -> None:
    for number, command in enumerate(commands.split()):
        text = BODY if command == "fine" else f"{command} {BODY}"
        (folder / f"{number:02}.md").write_text(f"# Piece {number}\n\n{text}\n", encoding="utf-8")


def _read(folder: Path, settings: Settings, workers: int = 1) -> list[Piece | Skipped]:
    return list(read_jobs(plan([str(folder)], settings), settings, workers=workers))


@pytest.mark.parametrize("workers", [1, 2])
def test_each_bad_file_costs_itself(tmp_path: Path, strict: Settings, misbehaving: None, workers: int) -> None:
    """Among good files, in their order, with a reason each; the good ones beside them are read."""
    _write(tmp_path, "fine HANG fine fine EAT EXIT fine CRASH RAISE fine")
    results = _read(tmp_path, strict, workers)
    assert [Path(result.source).name for result in results] == [f"{number:02}.md" for number in range(10)]
    said = {int(Path(result.source).stem): result.reason for result in results if isinstance(result, Skipped)}
    assert sorted(said) == [1, 4, 5, 7, 8]
    assert "1 second (limits.max_seconds)" in said[1]
    assert "300 MB of memory (limits.max_memory_mb)" in said[4]
    assert "exit code 0" in said[5]
    assert "SIGSEGV" in said[7]
    assert "RecursionError" in said[8]
    assert all(result.status is Status.FAILED for result in results if isinstance(result, Skipped))


def test_parser_that_hangs_in_c_is_stopped(tmp_path: Path, strict: Settings, misbehaving: None) -> None:
    """A clock within the process would wait for the call to return."""
    _write(tmp_path, "SPIN fine")
    lost, fine = _read(tmp_path, strict)
    assert isinstance(lost, Skipped)
    assert "limits.max_seconds" in lost.reason
    assert isinstance(fine, Piece)


def test_file_that_fails_once_is_tried_again(tmp_path: Path, strict: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that was killed for another reason, say by the system for lack of memory, costs nothing."""
    plain = reading._read_text
    mark = tmp_path / "been here"

    def read(data: bytes, *others: Any) -> Parts:
        if b"ONCE" in data and not mark.exists():
            mark.write_text("")
            os.kill(os.getpid(), signal.SIGKILL)
        return plain(data, *others)

    monkeypatch.setattr(reading, "_read_text", read)
    folder = tmp_path / "drafts"
    folder.mkdir()
    _write(folder, "fine ONCE fine")
    assert [type(result) for result in _read(folder, strict)] == [Piece] * 3
    assert mark.exists()


def test_bad_row_costs_itself(strict: Settings) -> None:
    """Of a table's rows those before and after the bad one are read once each."""

    def work(job: reading.Job) -> Iterator[str]:
        if isinstance(job, Skipped):
            yield f"{job.source}: {job.reason}"
        elif isinstance(job, RowsJob):
            for name, row in job.rows:
                assert not isinstance(row, Skipped)
                _obey(row["text"].encode())
                yield name

    rows = tuple((f"plan.csv#{number}", {"text": text}) for number, text in enumerate("fine fine CRASH fine EXIT fine".split(), 1))
    results = list(reading.work_on(iter([RowsJob(rows)]), work, strict, 1))
    assert [result.partition(":")[0] for result in results] == [name for name, _ in rows]
    assert "SIGSEGV" in results[2]
    assert "exit code 0" in results[4]


def test_table_that_hangs_its_reader_costs_itself(tmp_path: Path, strict: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables, exports and zips are opened in a process of their own too."""
    monkeypatch.setattr("gating.reading.containers.container_rows", lambda *given: time.sleep(60))
    (tmp_path / "plan.csv").write_text(f'title,text\nFerries,"{BODY}"\n')
    _write(tmp_path, "fine")
    fine, lost = _read(tmp_path, strict)
    assert isinstance(fine, Piece)
    assert isinstance(lost, Skipped)
    assert "limits.max_seconds" in lost.reason


def test_items_that_came_before_a_loss_are_kept(strict: Settings) -> None:
    """What a container gave before it stopped is not asked for a second time."""

    def work(_: int) -> Iterator[int]:
        yield 1
        yield 2
        os._exit(3)

    came = []
    with pytest.raises(Lost, match="exit code 3"):
        for item in apart(work, 0, strict.limits):
            came.append(item)
    assert came == [1, 2]


def test_no_process_is_left(strict: Settings) -> None:
    """Neither when all is done nor when the consumer stops in the middle."""

    def children() -> set[str]:
        return set(Path(f"/proc/self/task/{os.getpid()}/children").read_text().split())

    def work(number: int) -> Iterator[int]:
        yield number

    if not Path("/proc/self/task").exists():
        pytest.skip("the processes of a process are listed by Linux only")
    before = children()
    tasks = Tasks[int, int](work, lambda task: False, lambda task: 0.5, lambda task, n: None if n else task, lambda task, reason: task)
    assert list(supervised(iter(range(20)), tasks, 3, strict.limits)) == list(range(20))
    with contextlib.closing(supervised(iter(range(20)), tasks, 3, strict.limits)) as some:
        assert next(some) == 0  # type: ignore[call-overload]
    assert children() == before


def test_worker_dies_with_its_parent(tmp_path: Path) -> None:
    """Even one that hangs in C: nobody would stop it."""
    if sys.platform != "linux":
        pytest.skip("only Linux kills a process with its parent")
    code = (
        "import os\nfrom gating.reading.limits import Worker\nfrom gating.settings import load_settings\n"
        "worker = Worker(lambda task: sum(range(10**12)), load_settings().limits)\nworker.send([1])\n"
        "print(worker._process.pid, flush=True)\nimport time\ntime.sleep(0.3)\nos.kill(os.getpid(), 9)\n"
    )
    pid = int(subprocess.run([sys.executable, "-c", code], capture_output=True, check=False, text=True, cwd=Path(__file__).parents[2]).stdout)
    deadline = time.monotonic() + 20
    while Path(f"/proc/{pid}").exists() and _state(pid) != "Z" and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not Path(f"/proc/{pid}").exists() or _state(pid) == "Z"  # a zombie waits for the system's first process to look at it


def _state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return "Z"


def test_worker_that_died_while_idle_is_replaced(strict: Settings) -> None:
    """It cost nobody's work, so nobody is blamed."""

    def work(number: int) -> Iterator[int]:
        yield number

    worker = Worker(work, strict.limits)
    os.kill(worker._process.pid, signal.SIGKILL)
    worker._process.join()
    with pytest.raises(Lost, match="SIGKILL"):
        worker.send([1])
        worker.receive()
