"""A server as `gating serve` starts it, in a process of its own, asked over HTTP."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

DRAFT = """# Why a shared calendar never stays shared

A rota on paper works until the third swap. Then two people believe that they are off, and one of them is right.

Most surgeries try a shared calendar next. It holds for a month. Then somebody turns off the alerts, because forty of them came on a Sunday, and from that week on
the calendar shows what was planned and not what is true.

What helps is dull. One person keeps the list. Swaps count once she has written them down. The list hangs beside the kettle, where everybody looks twice a day.
"""


@dataclass(frozen=True)
class Running:
    """A running server: where it is, what it wrote, and the process."""

    address: str
    log: Path
    process: subprocess.Popen[bytes]

    def score(self, **json: object) -> httpx.Response:
        """The answer to a JSON request."""
        return httpx.post(f"{self.address}v1/score", json=json, timeout=60)


def started(folder: Path, root: Path, *options: str) -> Running:
    """A server on a free port, once it answers."""
    folder.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, [str(root), os.environ.get("PYTHONPATH", "")])), "XDG_DATA_HOME": str(folder), "PYTHONUNBUFFERED": "1"}
    log = folder / "log.txt"
    with open(log, "wb") as out:
        process = subprocess.Popen([sys.executable, "-m", "gating", "serve", "--port", "0", *options], cwd=folder, env=environment, stdout=out, stderr=subprocess.STDOUT)
    for _ in range(300):
        said = log.read_text()
        if "gating is at " in said:
            return Running(said.split("gating is at ")[1].split()[0], log, process)
        assert process.poll() is None, said
        time.sleep(0.1)
    raise AssertionError(f"the server did not start: {log.read_text()}")


def stopped(running: Running) -> int:
    """The exit code of a server that was asked to stop, as by Ctrl-C."""
    running.process.send_signal(signal.SIGINT)
    return running.process.wait(20)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Iterator[Running]:
    """One server for all tests of this folder."""
    running = started(tmp_path_factory.mktemp("server"), root)
    yield running
    assert stopped(running) == 0, running.log.read_text()


@pytest.fixture(scope="session")
def guarded(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Iterator[Running]:
    """A server that wants a token."""
    running = started(tmp_path_factory.mktemp("guarded"), root, "--token", "a-token-of-our-own", "--jobs", "1")
    yield running
    assert stopped(running) == 0, running.log.read_text()
