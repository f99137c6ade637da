"""A server on this machine that speaks S3, and a bucket of its own for each test."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest

from tests.cli.conftest import run

__all__ = ["run"]

Put = Callable[[dict[str, bytes]], str]


@pytest.fixture(scope="session")
def s3_endpoint() -> Iterator[str]:
    """The address of a running moto server, which holds its buckets in memory."""
    pytest.importorskip("moto", reason="the extra gating[dev] brings moto")
    pytest.importorskip("s3fs", reason="the extra gating[cluster] brings s3fs")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen([sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(port, server)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(10)


@pytest.fixture
def bucket(s3_endpoint: str, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[Put]:
    """bucket({name: bytes}): the address of a bucket that holds these files. The server and the keys to it are in the environment, as users have them."""
    for name, value in {
        "AWS_ENDPOINT_URL": s3_endpoint, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    import s3fs

    s3fs.S3FileSystem.clear_instance_cache()
    name = f"bucket-{abs(hash(request.node.nodeid)) % 10**12}"

    def put(files: dict[str, bytes]) -> str:
        store = s3fs.S3FileSystem(skip_instance_cache=True)
        store.mkdir(name)
        for path, data in files.items():
            store.pipe_file(f"{name}/{path}", data)
        return f"s3://{name}"

    yield put
    s3fs.S3FileSystem.clear_instance_cache()


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if server.poll() is not None:
            pytest.fail(f"the server ended with exit code {server.returncode}")
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    pytest.fail("the server does not answer")
