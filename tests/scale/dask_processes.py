"""A Dask scheduler and its workers as processes of this machine, started as people start them."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from tests.conftest import ROOT

STARTED = 60  # seconds; a busy machine is slow


@contextlib.contextmanager
def scheduler(folder: Path) -> Iterator[str]:
    """The address of a scheduler without workers."""
    with killable_scheduler(folder) as (address, _):
        yield address


@contextlib.contextmanager
def killable_scheduler(folder: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """The same with its process."""
    with _process("scheduler", ["--host", "127.0.0.1", "--port", "0"], folder) as (process, log):
        yield _wait_for(process, log, r"Scheduler at:\s+(tcp://\S+)"), process


@contextlib.contextmanager
def worker(address: str, folder: Path, *options: str, path: Path | None = None, **variables: str) -> Iterator[subprocess.Popen[bytes]]:
    """A worker that has registered, in a folder of its own; `path` comes before ours where Python looks for modules."""
    given = [address, "--host", "127.0.0.1", "--nthreads", "1", "--no-dashboard", "--local-directory", str(folder), *options]
    with _process("worker", given, folder, path, **variables) as (process, log):
        _wait_for(process, log, r"Registered to:\s+(tcp://\S+)")
        yield process


@contextlib.contextmanager
def _process(command: str, options: list[str], folder: Path, path: Path | None = None, **variables: str) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / f"{command}.log"
    environment = {**os.environ, **variables, "PYTHONPATH": os.pathsep.join(map(str, [*([path] if path else []), ROOT])), "OMP_NUM_THREADS": "1"}
    with open(log, "wb") as output:
        process = subprocess.Popen([sys.executable, "-m", "dask", command, *options], stdout=output, stderr=output, cwd=folder, env=environment)
    try:
        yield process, log
    finally:
        family = children(process.pid)
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for child in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                child.kill()


def children(pid: int) -> list[psutil.Process]:
    """All processes below one."""
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def _wait_for(process: subprocess.Popen[bytes], log: Path, words: str) -> str:
    deadline = time.monotonic() + STARTED
    while time.monotonic() < deadline:
        found = re.search(words, log.read_text(encoding="utf-8", errors="replace"))
        if found:
            return found.group(1)
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise AssertionError(f"{log.name}: not started\n{log.read_text(encoding='utf-8', errors='replace')[-2000:]}")
