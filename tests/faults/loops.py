"""One fault after another, one kill after another, until nothing is left to go wrong; each loop says what it found.

`scripts/torture.py` runs LOOPS for as long as it is told; the tests run the same loops with small numbers.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path

from click.testing import Result

from gating.cli import main
from gating.library.journal import COMMIT_EVERY, Journal
from tests.faults.hostile import Trouble, _session
from tests.faults.injected import At, largest_file, trouble_at
from tests.faults.places import CASES, LIBRARY, NOT_COMPARED, OUT, Case, contents, registry_fault, run, write_library
from tests.training.registries import write_labels

PIECES = 60
HANG = 120  # seconds; the commands of the loops take two


@dataclass
class LoopResult:
    """How often a command was run, and what must not be."""

    runs: int = 0
    trouble: Trouble = field(default_factory=Trouble)

    @property
    def is_sound(self) -> bool:
        """True when nothing was found."""
        return not any(vars(self.trouble).values())


# --- faults in this process


def operations_loop(folder: Path, case: Case, step: int = 1) -> LoopResult:
    """The 1st, 2nd, 3rd ... operation on names (or every `step`th) fails as on a full disk, until the command does not get that far."""

    def faults() -> Iterator[tuple[str, AbstractContextManager[At | None]]]:
        for number in count(1, step):
            yield f"operation {number}", trouble_at(number)

    return _fault_loop(folder, case, faults())


def sizes_loop(folder: Path, case: Case, growth: float = 1.2) -> LoopResult:
    """No file may be larger than 0, 1, 64 ... bytes, each limit `growth` times the one before, until all of them fit."""

    def faults() -> Iterator[tuple[str, AbstractContextManager[At | None]]]:
        yield from ((f"at most {size} bytes", largest_file(size)) for size in (0, 1))
        size = 64.0
        while True:
            yield f"at most {int(size)} bytes", largest_file(int(size))
            size *= growth

    return _fault_loop(folder, case, faults())


def _fault_loop(folder: Path, case: Case, faults: Iterator[tuple[str, AbstractContextManager[At | None]]]) -> LoopResult:
    """Prepares the old state, learns the new one from an undisturbed run, then runs into each fault from the old state."""
    result, place, prepared = LoopResult(), folder / "place", folder / "prepared"
    prepared.mkdir(parents=True)
    write_library(prepared / LIBRARY, 4)
    case.before(prepared)
    old = contents(prepared / OUT)
    _renew(place, prepared)
    undisturbed = run(place, case.arguments, case.keys)
    if undisturbed.exit_code:
        raise AssertionError(f"{case.name} fails without a fault: {undisturbed.exception!r} {undisturbed.output}")
    new = contents(place / OUT)
    for what, fault in faults:
        _renew(place, prepared)
        with fault as at:
            ended = run(place, case.arguments, case.keys)
        result.runs += 1
        told = f"{case.name}, {what}"
        _look(ended, place, case, old, new, told, result.trouble)
        if ended.exit_code == 0:
            if at and at.hit:
                continue  # it did without
            return result
        again = run(place, case.arguments, case.keys)
        if again.exit_code or (case.is_sound or (lambda where: contents(where / OUT) != new))(place):
            result.trouble.wrong.append(f"{told}: the next run ends with {again.exit_code}, {again.output[-200:]!r}, {_differences(contents(place / OUT), new)}")
    return result


def _look(ended: Result, place: Path, case: Case, old: dict[str, str], new: dict[str, str], told: str, trouble: Trouble) -> None:
    found = contents(place / OUT)
    if ended.exception and not isinstance(ended.exception, SystemExit):
        trouble.tracebacks.append(f"{told}: {ended.exception!r} {''.join(traceback.format_tb(ended.exc_info[2])[-3:])}")
    elif ended.exit_code not in (0, 3):
        trouble.wrong.append(f"{told}: exit code {ended.exit_code}, {ended.output[-200:]!r}")
    elif ended.exit_code == 3 and ended.stderr.count("Error: ") != 1:
        trouble.wrong.append(f"{told}: no single sentence, {ended.stderr!r}")
    if case.is_sound:
        fault = case.is_sound(place)
        if fault:
            trouble.wrong.append(f"{told}: {fault}")
        return
    if ended.exit_code == 0 and found != new:
        trouble.wrong.append(f"{told}: code 0 but {_differences(found, new)}")
    trouble.left_over.extend(f"{told}: {name}" for name in sorted({*found} - {*old} - {*new}))
    if found not in (old, new) and {*found} <= {*old, *new}:
        trouble.lost_files.append(f"{told}: neither old nor new, from the old {_differences(found, old)}")


def _differences(found: dict[str, str], expected: dict[str, str]) -> str:
    return f"other files: {sorted(name for name in {*found, *expected} if found.get(name) != expected.get(name))}"


def _renew(place: Path, prepared: Path) -> None:
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(prepared, place)


# --- processes that are stopped


def kill_loop(folder: Path, rounds: int, seed: int, seconds: float = float("inf")) -> LoopResult:
    """An audit of 60 pieces is killed at random moments, some of them right when files are put in place, and gone on with until it ends.
    Then it must say what an undisturbed one says, having scored each piece once and at most COMMIT_EVERY more for each kill.
    """
    library = _Audits(folder)
    chance, until = random.Random(seed), time.monotonic() + seconds
    for _ in range(rounds):
        library.start_anew()
        kills = chance.randint(1, 3)
        for _ in range(kills):
            jobs = chance.choice(("1", "2"))
            if chance.random() < 0.3:
                library.killed_at(chance.randint(1, library.operations), jobs)
            else:
                library.killed_after(chance.random() * library.seconds, jobs)
        library.must_end_well(kills)
        if time.monotonic() > until:
            break
    return library.result


def interrupt_loop(folder: Path, rounds: int, seed: int, seconds: float = float("inf")) -> LoopResult:
    """The same with Ctrl-C (to the process and its workers, as a terminal does) and with a polite kill: code 130, one line, nothing left."""
    library = _Audits(folder)
    chance, until = random.Random(seed), time.monotonic() + seconds
    for _ in range(rounds):
        library.start_anew()
        library.interrupted_after(0.05 + chance.random() * library.seconds, chance.choice((signal.SIGINT, signal.SIGTERM)), chance.choice(("1", "2")))
        library.must_end_well(1)
        if time.monotonic() > until:
            break
    return library.result


def train_kill_loop(folder: Path, rounds: int, seed: int, seconds: float = float("inf")) -> LoopResult:
    """A training is killed at random moments: each time every model in the registry is sound, and so is the one in use."""
    result = LoopResult()
    (folder / OUT).mkdir(parents=True)
    write_labels(folder / "labels.jsonl", 0, 12)
    case = CASES["train"]
    run(folder, case.arguments)  # what is imported by now is there in every copy of this process
    start = time.monotonic()
    _watch(_start(folder, case.arguments), result, "training")
    whole = time.monotonic() - start
    chance, until = random.Random(seed), time.monotonic() + seconds
    for _ in range(rounds):
        moment = whole * chance.random()
        child = _start(folder, case.arguments)
        time.sleep(moment)
        os.kill(child, signal.SIGKILL)
        _watch(child, result, f"training killed after {moment:.3f} s")
        for path in (folder / OUT).rglob(".new-*"):  # stays for a day, as another process may be at work in it
            shutil.rmtree(path)
        fault = registry_fault(folder)
        if fault:
            result.trouble.wrong.append(f"training killed after {moment:.3f} s: {fault}")
        if time.monotonic() > until:
            break
    return result


class _Audits:
    """Audits of one library in processes of their own, and what the undisturbed one says."""

    def __init__(self, folder: Path) -> None:
        self.result = LoopResult()
        self._folder, self._scored = folder, folder / "scored"
        write_library(folder / LIBRARY, PIECES)
        with trouble_at(10**9) as counted:
            whole = run(folder, self._arguments("1"))
        if whole.exit_code:
            raise AssertionError(f"the audit fails undisturbed: {whole.exception!r} {whole.output}")
        self.operations = 10**9 - counted.left
        self._expected = contents(folder / OUT)
        self.start_anew()
        start = time.monotonic()
        self._end(self._start("1"), "undisturbed")
        self.seconds = time.monotonic() - start

    def start_anew(self) -> None:
        shutil.rmtree(self._folder / OUT, ignore_errors=True)
        self._scored.write_bytes(b"")

    def killed_after(self, seconds: float, jobs: str) -> None:
        child = self._start(jobs)
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
        self._end(child, f"audit with {jobs} jobs killed after {seconds:.3f} s")

    def killed_at(self, operation: int, jobs: str) -> None:
        child = self._start(jobs, operation)
        self._end(child, f"audit with {jobs} jobs killed at operation {operation}")

    def interrupted_after(self, seconds: float, sign: signal.Signals, jobs: str) -> None:
        told = f"audit with {jobs} jobs sent {sign.name} after {seconds:.3f} s"
        child = self._start(jobs)
        time.sleep(seconds)
        if sign is signal.SIGINT:
            os.killpg(child, sign)
        else:
            os.kill(child, sign)
        code = self._end(child, told)
        said = (self._folder / SAID).read_text(encoding="utf-8", errors="replace")
        if code == 130 and said != "Interrupted.\n":
            self.result.trouble.wrong.append(f"{told}: said {said!r}")
        if code not in (0, 130, -sign):  # by itself where the signal found the process before it was ready, or when all was done
            self.result.trouble.wrong.append(f"{told}: exit code {code}, {said!r}")
        self._nothing_left_over(told)

    def must_end_well(self, kills: int) -> None:
        """The last run, which nobody stops."""
        code = self._end(self._start("1"), "the last run")
        trouble = self.result.trouble
        found = contents(self._folder / OUT)
        if code or found != self._expected:
            trouble.wrong.append(f"the last run: exit code {code}, {_differences(found, self._expected)}")
        scored = self._scored.stat().st_size
        if not PIECES <= scored <= PIECES + kills * COMMIT_EVERY:
            trouble.lost_files.append(f"{scored} pieces were scored for {PIECES}, with {kills} kills")
        self._nothing_left_over("the last run")

    def _nothing_left_over(self, told: str) -> None:
        known = {*self._expected, *NOT_COMPARED}
        self.result.trouble.left_over.extend(f"{told}: {path.name}" for path in (self._folder / OUT).rglob("*") if path.name not in known)

    def _arguments(self, jobs: str) -> tuple[str, ...]:
        return ("audit", LIBRARY, "-o", OUT, "--jobs", jobs)

    def _start(self, jobs: str, dies_at: int | None = None) -> int:
        return _start(self._folder, self._arguments(jobs), partial(_count_scored, self._scored), dies_at)

    def _end(self, child: int, told: str) -> int:
        return _watch(child, self.result, told, self._folder / SAID)


SAID = "said"  # the file with what a process says on standard error


def _start(folder: Path, arguments: Sequence[str], prepare: Callable[[], None] = lambda: None, dies_at: int | None = None) -> int:
    """A copy of this process that runs the command, in a session of its own."""
    child = os.fork()
    if child:
        return child
    code = 99
    try:
        os.setsid()
        os.chdir(folder)
        os.dup2(os.open(os.devnull, os.O_RDWR), 0)
        os.dup2(0, 1)
        os.dup2(os.open(SAID, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 2)
        sys.stdin, sys.stdout, sys.stderr = sys.__stdin__, sys.__stdout__, sys.__stderr__
        sys.argv = ["gating", *arguments]
        prepare()
        if dies_at is None:
            main()
        else:
            with trouble_at(dies_at, lambda: os.kill(os.getpid(), signal.SIGKILL)):
                main()
    except SystemExit as end:
        code = int(end.code or 0)
    except BaseException:  # noqa: BLE001  # told to the parent, by the file
        os.write(2, traceback.format_exc().encode())
    finally:
        os._exit(code)


def _count_scored(file: Path) -> None:
    """Has the journal of this process leave a mark for each result that it is given."""
    handle, plain = os.open(file, os.O_WRONLY | os.O_APPEND), Journal.add

    def add(self: Journal, *arguments: object) -> None:
        os.write(handle, b".")
        plain(self, *arguments)  # type: ignore[arg-type]

    Journal.add = add  # type: ignore[method-assign, assignment]


def _watch(child: int, result: LoopResult, told: str, said: Path | None = None) -> int:
    """Waits for the end of a process, and looks whether it said too much or left another one behind. Returns its exit code."""
    result.runs += 1
    patience = time.monotonic() + HANG
    while not (ended := os.waitpid(child, os.WNOHANG))[0]:
        if time.monotonic() > patience:
            result.trouble.hangs.append(told)
            os.killpg(child, signal.SIGKILL)
            ended = os.waitpid(child, 0)
            break
        time.sleep(0.005)
    if said and "Traceback" in (text := said.read_text(encoding="utf-8", errors="replace")):
        result.trouble.tracebacks.append(f"{told}: {text[-600:]}")
    result.trouble.left_over.extend(f"{told}: process {number}" for number in _session(child))
    return os.waitstatus_to_exitcode(ended[1])


def all_faults(folder: Path, seconds: float, seed: int) -> LoopResult:
    """Every command into every fault, in an order of the seed's own, for as long as there is time; each loop once at most."""
    result, until = LoopResult(), time.monotonic() + seconds
    loops = [(case, loop) for case in CASES.values() for loop in (operations_loop, sizes_loop)]
    random.Random(seed).shuffle(loops)
    for number, (case, loop) in enumerate(loops):
        if time.monotonic() > until:
            break
        found = loop(folder / str(number), case)
        result.runs += found.runs
        result.trouble.add(found.trouble)
    return result


def _timed(loop: Callable[[Path, int, int, float], LoopResult]) -> Callable[[Path, float, int], LoopResult]:
    return lambda folder, seconds, seed: loop(folder, 1_000_000, seed, seconds)


# For scripts/torture.py: each is given an empty folder, seconds and a seed.
LOOPS: dict[str, Callable[[Path, float, int], LoopResult]] = {
    "audit killed": _timed(kill_loop),
    "audit interrupted": _timed(interrupt_loop),
    "training killed": _timed(train_kill_loop),
    "writes that fail": all_faults,
}
