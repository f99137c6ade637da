"""Who may ask, and what every answer carries: names of this computer, requests of our own page, the token, security headers."""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gating.server.asked import Refusal
from gating.server.refusals import refusal_response

LOOPBACK = ("localhost", "127.0.0.1", "::1")
COOKIE = "gating-token"
OPEN_TO_ALL = ("/v1/health",)  # says that the server is there, and nothing else
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",  # answers hold words of drafts
}
NO_PAGE = "default-src 'none'; frame-ancestors 'none'"


@dataclass(frozen=True, slots=True)
class Access:
    """`hosts`: the names under which the server may be asked for, any where there are none. `token`: what has to be shown, where not empty."""

    hosts: tuple[str, ...] = LOOPBACK
    token: str = ""


def is_loopback(host: str) -> bool:
    """True for an address or name that only this computer reaches."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def hosts_for(host: str) -> tuple[str, ...]:
    """The names under which a server bound to `host` may be asked for. One bound to every address cannot know its own; there the token guards."""
    if host in ("0.0.0.0", "::"):  # noqa: S104 - compared with, not bound to
        return ()
    return LOOPBACK if is_loopback(host) else (host.lower(), *LOOPBACK)


class Guard:
    """ASGI middleware."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app, self._access = app, access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers what must not come in, and puts the headers on every answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Content-Security-Policy", NO_PAGE)
            await send(message)

        try:
            given = self._check(scope)
        except Refusal as refusal:
            await refusal_response(refusal)(scope, receive, send_guarded)
            return
        if given:
            await self._remember(given)(scope, receive, send_guarded)
            return
        await self._app(scope, receive, send_guarded)

    def _check(self, scope: Scope) -> str:
        """The token when it came in the address, to be remembered; else "". Raises Refusal."""
        headers = Headers(scope=scope)
        _check_host(headers.get("host", ""), self._access.hosts)
        if scope["method"] not in ("GET", "HEAD"):
            _check_origin(headers)
        if not self._access.token or scope["path"] in OPEN_TO_ALL:
            return ""
        in_address = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0] if scope["path"] == "/" else ""
        shown = [in_address, headers.get("authorization", "").removeprefix("Bearer "), _in_cookie(headers)]
        if not any(hmac.compare_digest(each.encode(), self._access.token.encode()) for each in shown):
            raise Refusal(
                401, "no_token", "This server wants a token. Open the address that it printed when it started, or send it as Authorization: Bearer.", {"WWW-Authenticate": "Bearer"}
            )
        return in_address

    def _remember(self, token: str) -> RedirectResponse:
        """The page without the token in its address: that would stand in the history and in whatever is copied from it."""
        response = RedirectResponse("/", status_code=303)
        response.set_cookie(COOKIE, token, httponly=True, samesite="strict", path="/")
        return response


def _check_host(host: str, allowed: Iterable[str]) -> None:
    """Another name that leads here is that of a page which wants to read from this computer (DNS rebinding)."""
    names = tuple(allowed)
    if names and _name_in(host) not in names:
        raise Refusal(421, "wrong_host", f"This server is asked for as {names[0]}, not as what stands in the address. --host names another.")


def _check_origin(headers: Headers) -> None:
    """A browser says which page a request is from. Only our own page may send; a program such as curl says nothing."""
    origin, site = headers.get("origin"), headers.get("sec-fetch-site", "none")
    if (origin is not None and urlsplit(origin).netloc != headers.get("host")) or site not in ("same-origin", "none"):
        raise Refusal(403, "wrong_origin", "A page of another site may not ask this server. Open its own page, or ask from a program.")


def _name_in(host: str) -> str:
    try:
        return (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return ""


def _in_cookie(headers: Headers) -> str:
    try:
        found = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return found.value if found else ""
