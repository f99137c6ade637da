"""The server: a page at /, scores at /v1/score, what it is at /openapi.json. It stores nothing and writes no word of a draft into a log."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass

from python_multipart.exceptions import FormParserError
from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from gating import __version__
from gating.assess import Recipe
from gating.server.asked import Order, Refusal, name_for, order_of_files, order_of_json, wish_of_query
from gating.server.clerks import Busy, Clerks, Ticket
from gating.server.guard import Access, Guard
from gating.server.openapi import description
from gating.server.page import PAGE_POLICY, page_html
from gating.server.refusals import refusal_of, refusal_response

SLOW_SENDER = 60  # seconds for a whole body
BODIES = 4  # times the limit of one body that may be held at the same time
MAX_FILES = 50  # of one form; more go into a zip
LINES = "application/x-ndjson"


@dataclass(eq=False)
class _Desk:
    """What the routes share."""

    clerks: Clerks
    max_mb: int
    held: int = 0  # bytes of bodies that are being read, wait or are scored


def make_app(recipe: Recipe, access: Access, jobs: int = 2, clerks: Callable[[Recipe, int], Clerks] = Clerks) -> Starlette:
    """The server as an ASGI application; `jobs` processes score single drafts, half as many do what takes long."""
    desk = _Desk(clerks(recipe, jobs), recipe.settings.limits.max_file_mb)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        desk.clerks.open()
        yield
        await asyncio.to_thread(desk.clerks.close)

    async def score(request: Request) -> Response:
        return await _score(request, desk)

    page, described = page_html(recipe.settings), description(desk.max_mb)
    routes = [
        Route("/", lambda _: HTMLResponse(page, headers={"Content-Security-Policy": PAGE_POLICY})),
        Route("/v1/score", score, methods=["POST"]),
        Route("/v1/health", lambda _: JSONResponse({"status": "ok", "version": __version__})),
        Route("/openapi.json", lambda _: JSONResponse(described)),
    ]
    return Starlette(
        routes=routes, lifespan=lifespan, middleware=[Middleware(Guard, access=access)],
        exception_handlers={HTTPException: lambda _, error: refusal_response(refusal_of(error))},
    )  # fmt: skip


async def _score(request: Request, desk: _Desk) -> Response:
    held = [0]

    def let_go() -> None:
        desk.held -= held[0]

    try:
        async with asyncio.timeout(SLOW_SENDER):
            order = await _order(request, desk, held)
        ticket = desk.clerks.take(order, let_go)
    except Exception as error:  # noqa: BLE001 - every one is answered; what is no Refusal is told by its name alone, since its words may be the draft's
        let_go()
        return _refused(error)
    as_lines = LINES in request.headers.get("accept", "")
    if order.one:
        return await _one(request, ticket, LINES if as_lines else "application/json")
    return StreamingResponse(_lines(ticket) if as_lines else _listed(ticket), media_type=LINES if as_lines else "application/json")


def _refused(error: Exception) -> Response:
    if isinstance(error, ClientDisconnect):
        return Response(status_code=400)  # nobody reads it
    if isinstance(error, Busy):
        error = Refusal(503, "busy", "Too much is being scored at the moment. Try again in a few seconds.", {"Retry-After": "2"})
    elif isinstance(error, TimeoutError):
        error = Refusal(408, "too_slow", f"The body did not come within {SLOW_SENDER} seconds.", {"Connection": "close"})
    elif not isinstance(error, Refusal):
        sys.stderr.write(f"gating serve: a request failed with {type(error).__name__}\n")
        error = Refusal(500, "failed", "The server failed on this request. Nothing of it was kept.")
    return refusal_response(error)


async def _order(request: Request, desk: _Desk, held: list[int]) -> Order:
    """What the request asks for, whichever way it came. Raises Refusal."""
    wish = wish_of_query(request.query_params)
    media_type = request.headers.get("content-type", "")
    kind = media_type.partition(";")[0].strip().lower()
    name = request.query_params.get("name", "")
    if kind == "multipart/form-data":
        return order_of_files(await _files(request, _body(request, desk, held)), wish)
    is_order = kind == "application/json" and not name
    if not is_order:
        name = name_for(name, media_type)
    body = b"".join([chunk async for chunk in _body(request, desk, held)])
    if not body:
        raise Refusal(400, "empty_body", 'The body is empty. Send a draft as JSON, such as {"text": "..."}, or a file.')
    return order_of_json(body, wish) if is_order else order_of_files([(name, body)], wish)


async def _body(request: Request, desk: _Desk, held: list[int]) -> AsyncGenerator[bytes, None]:
    """The body, counted while it comes. Raises Refusal when it is larger than the limit, whatever its header said."""
    limit = desk.max_mb * 1_000_000
    too_large = Refusal(413, "too_large", f"A body may hold {desk.max_mb} MB (limits.max_file_mb).", {"Connection": "close"})
    said = request.headers.get("content-length", "")
    if said.isdigit() and int(said) > limit:
        raise too_large
    async for chunk in request.stream():
        held[0] += len(chunk)
        desk.held += len(chunk)
        if held[0] > limit:
            raise too_large
        if desk.held > BODIES * limit:
            raise Refusal(503, "busy", "Too much is being sent at the moment. Try again in a few seconds.", {"Retry-After": "2", "Connection": "close"})
        yield chunk


class _InMemory(MultiPartParser):
    """Starlette's parser without its temporary files: nothing of a draft reaches the disk."""

    spool_max_size = sys.maxsize


async def _files(request: Request, body: AsyncGenerator[bytes, None]) -> list[tuple[str, bytes]]:
    """(name, bytes) of the files of a form."""
    try:
        form = await _InMemory(request.headers, body, max_files=MAX_FILES, max_fields=MAX_FILES).parse()
    except MultiPartException as error:
        raise Refusal(400, "bad_form", f"The form cannot be read: {error.message}") from None
    except FormParserError:
        raise Refusal(400, "bad_form", "The form cannot be read: its parts do not stand as its header says.") from None
    parts = [part for _, part in form.multi_items() if isinstance(part, UploadFile)]
    return [(name_for(part.filename or "", part.content_type or ""), await part.read()) for part in parts]


async def _one(request: Request, ticket: Ticket, media_type: str) -> Response:
    """The record of a single draft; the order is dropped when the asker leaves, as the page does at the next key."""
    async with aclosing(ticket.answers()) as lines:  # type: ignore[type-var]  # an async generator
        coming = asyncio.ensure_future(anext(lines))
        leaving = asyncio.ensure_future(request.receive())
        await asyncio.wait({coming, leaving}, return_when=asyncio.FIRST_COMPLETED)
        leaving.cancel()
        if not coming.done():
            coming.cancel()
            with suppress(asyncio.CancelledError):
                await coming
            return Response(status_code=400)  # nobody reads it
        return Response(coming.result(), media_type=media_type)


async def _lines(ticket: Ticket) -> AsyncIterator[bytes]:
    async with aclosing(ticket.answers()) as lines:  # type: ignore[type-var]
        async for line in lines:
            yield line


async def _listed(ticket: Ticket) -> AsyncIterator[bytes]:
    """The records as one JSON object, as they come."""
    before = b'{"results":[\n'
    async for line in _lines(ticket):
        yield before + line.rstrip(b"\n")
        before = b",\n"
    yield b"\n]}\n" if before == b",\n" else b'{"results":[]}\n'
