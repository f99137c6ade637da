"""`gating serve`: where it listens, what it prints, how it ends."""

from __future__ import annotations

import asyncio
import re
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from gating.cli import cli
from gating.cli.serve import _listen
from tests.server.conftest import started, stopped


def test_an_address_that_is_taken_is_told() -> None:
    """With what to do, before anything is served."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        result = CliRunner().invoke(cli, ["serve", "--port", str(taken.getsockname()[1])])
    assert result.exit_code != 0
    assert "cannot be listened at" in result.output


def test_beyond_this_computer_a_token_is_made_and_nothing_is_left_behind(tmp_path: Path, root: Path) -> None:
    """It is in the printed address, and asked for; after Ctrl-C no process is left."""
    running = started(tmp_path, root, "--host", "0.0.0.0", "--jobs", "1")
    said = running.log.read_text()
    token = re.search(r"\?token=(\S{30,})", said)
    assert token
    assert "not encrypted" in said
    port = re.search(r":(\d+)/", said)
    assert port
    assert httpx.get(f"http://127.0.0.1:{port[1]}/").status_code == 401
    assert httpx.get(f"http://127.0.0.1:{port[1]}/openapi.json", headers={"Authorization": f"Bearer {token[1]}"}).status_code == 200
    children = _children(running.process.pid)
    assert stopped(running) == 0
    for _ in range(50):  # the one that Python itself starts beside ours ends a moment later
        if not any(Path(f"/proc/{child}").exists() for child in children):
            return
        time.sleep(0.1)
    raise AssertionError("a process was left behind")


def _children(process: int) -> list[str]:
    if not Path("/proc/self/task").exists():
        pytest.skip("only Linux shows the children of a process")
    found = [Path(f"/proc/{process}/task/{task.name}/children") for task in Path(f"/proc/{process}/task").iterdir()]
    return [child for file in found for child in file.read_text().split()]


def test_two_calls_make_two_tokens() -> None:
    """Random, and long enough not to be tried out."""
    script = "from gating.cli.serve import token_for; print(token_for('0.0.0.0', ''), token_for('127.0.0.1', ''), token_for('0.0.0.0', 'own'))"
    first, second = (subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split() for _ in range(2))
    assert first[0] != second[0]
    assert len(first[0]) >= 30
    assert first[1:] == ["own"]


def test_answers_are_sent_at_once() -> None:
    """Else the head of an answer waits 40 ms for the receiver's word before the rest of it goes out."""

    async def delay_is_off() -> int:
        found: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            found.set_result(writer.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            writer.close()

        async with await asyncio.start_server(answer, sock=_listen("127.0.0.1", 0)) as server:
            _, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            writer.close()
            return await found

    assert asyncio.run(delay_is_off()) != 0
