"""No command opens a socket: neither Python code, as its audit events tell, nor anything at all, where the system has no network to give."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

COMMANDS = (
    ("score", "drafts", "exports", "--jobs", "2", "--format", "jsonl"),
    ("explain", "drafts/pricing.html", "--format", "json"),
    ("audit", "exports", "-o", "{out}"),
)
# Loaded by Python itself before anything else, in every process. Local sockets between processes have a path, not an address.
WATCH = """
import sys
def told(event, given):
    if event in ("socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg") and isinstance(given[1], tuple) or event.startswith("socket.get"):
        with open({file!r}, "a") as file:
            print(event, given, file=file)
sys.addaudithook(told)
"""


def _run(command: tuple[str, ...], samples: Path, out: Path, path: str, before: tuple[str, ...] = ()) -> subprocess.CompletedProcess[bytes]:
    words = [word.format(out=out) for word in command]
    environment = {**os.environ, "PYTHONPATH": path}
    return subprocess.run([*before, sys.executable, "-m", "gating", *words], cwd=samples, env=environment, capture_output=True, check=False)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_no_address_is_asked_for(command: tuple[str, ...], root: Path, tmp_path: Path) -> None:
    """No connection, no name looked up; the watch itself is seen to work."""
    told = tmp_path / "told"
    (tmp_path / "sitecustomize.py").write_text(WATCH.format(file=str(told)))
    path = os.pathsep.join((str(tmp_path), str(root)))
    ended = _run(command, root / "samples", tmp_path / "audit", path)
    assert (ended.returncode, told.exists()) == (0, False)
    look_up = "import socket\ntry:\n    socket.create_connection(('127.0.0.1', 9), 1)\nexcept OSError:\n    pass"
    subprocess.run([sys.executable, "-c", look_up], env={**os.environ, "PYTHONPATH": path}, check=True)
    assert told.exists()


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_same_answers_without_a_network(command: tuple[str, ...], root: Path, tmp_path: Path) -> None:
    """In a namespace that has no network, not even loopback, every command says the same as elsewhere."""
    without = ("unshare", "--map-root-user", "--net")
    if not shutil.which("unshare") or subprocess.run([*without, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this system does not let us make a network namespace")
    outside = _run(command, root / "samples", tmp_path / "outside", str(root))
    inside = _run(command, root / "samples", tmp_path / "in-side", str(root), without)
    assert inside.returncode == outside.returncode == 0
    assert inside.stdout.replace(b"in-side", b"outside") == outside.stdout
