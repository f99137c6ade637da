"""`gating serve`: the server, its address and its token."""

from __future__ import annotations

import os
import secrets
import socket
import webbrowser
from contextlib import suppress

import click
import uvicorn

from gating.assess import Recipe
from gating.errors import SourceError
from gating.server.app import make_app
from gating.server.guard import Access, hosts_for, is_loopback

KEEP_ALIVE = 75  # seconds; a person thinks longer between two changes than uvicorn's 5
# The processes share the work, not their threads; and what opens a file is a copy of a process, which is safest when that has no threads.
ONE_THREAD = {"OMP_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false"}


def serve_page(recipe: Recipe, host: str, port: int, token: str, open_page: bool, jobs: int) -> int:
    """Serves until it is stopped; 0. Beyond this computer only with a token, which is made where none is given."""
    for name, value in ONE_THREAD.items():
        os.environ.setdefault(name, value)
    token = token_for(host, token)
    listening = _listen(host, port)
    address = _address(host, listening.getsockname()[1], token)
    app = make_app(recipe, Access(hosts_for(host), token), jobs)
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE,
        timeout_graceful_shutdown=2,
        ws="none",
        lifespan="on",
        loop="asyncio",
        http="h11",
    )
    click.echo(f"gating is at {address}  (Ctrl-C stops it)")
    if not is_loopback(host):
        click.echo("Other computers can reach it; whoever has this address can score. It is not encrypted: use it in a network that you trust.", err=True)
    if open_page:
        webbrowser.open(address)
    with suppress(KeyboardInterrupt):  # the usual way to stop it
        uvicorn.Server(config).run(sockets=[listening])
    return 0


def token_for(host: str, given: str) -> str:
    """What whoever asks must show: what was given, else something random where other computers can reach `host`, else nothing."""
    return given or ("" if is_loopback(host) else secrets.token_urlsafe(24))


def _listen(host: str, port: int) -> socket.socket:
    """The socket, before anything is printed. Raises SourceError when the address is taken or is not this computer's."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        listening = socket.socket(family, kind, protocol)  # asyncio sends at once only where it is told that this is TCP; else each answer waits 40 ms
        try:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind(address)
        except OSError:
            listening.close()
            raise
    except OSError as error:
        raise SourceError(f"{host}:{port}: cannot be listened at ({error.strerror or error}). Choose another with --port or --host; --port 0 takes a free one.") from error
    return listening


def _address(host: str, port: int, token: str) -> str:
    """What to type into a browser on this computer, or on another where `host` is every address."""
    name = socket.gethostname() if host in ("0.0.0.0", "::") else f"[{host}]" if ":" in host else host  # noqa: S104 - compared with, not bound to
    return f"http://{name}:{port}/{f'?token={token}' if token else ''}"
