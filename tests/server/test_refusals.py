"""What is refused, and how: a status, a code, a sentence."""

from __future__ import annotations

import asyncio
import json
import socket
from urllib.parse import urlsplit

import httpx
import pytest

from gating.assess import Recipe
from gating.server.app import make_app
from gating.server.clerks import Busy
from gating.server.guard import Access, hosts_for
from gating.settings import Settings
from tests.server.conftest import DRAFT, Running

JSON = {"Content-Type": "application/json"}
DEEP = b'{"text": ' + b"[" * 200_000


@pytest.mark.parametrize(
    ("body", "headers", "query", "status", "code"),
    [
        (b'{"text": "Hel', JSON, {}, 400, "bad_json"),
        (b'{"text": "\xff\xfe"}', JSON, {}, 400, "bad_json"),
        (b"", JSON, {}, 400, "empty_body"),
        (b"  \n", {"Content-Type": "text/markdown"}, {}, 400, "empty_body"),
        (DEEP, JSON, {}, 422, "wrong_fields"),
        (b'{"text": 7}', JSON, {}, 422, "wrong_fields"),
        (b'{"text": "a", "html": "b"}', JSON, {}, 422, "wrong_fields"),
        (b'{"title": "No text"}', JSON, {}, 422, "wrong_fields"),
        (b'{"text": "a", "colour": "blue"}', JSON, {}, 422, "wrong_fields"),
        (b'{"pieces": [{"text": "a"}, {}]}', JSON, {}, 422, "wrong_fields"),
        (json.dumps({"pieces": [{"text": "a"}] * 1001}).encode(), JSON, {}, 422, "wrong_fields"),
        (b'{"text": "a", "around": {"observed": {"verdict": "locked"}}}', JSON, {}, 422, "wrong_fields"),
        (b'{"text": "a", "around": {"forms": [{"identity": "f", "purpose": "gate", "fields": ["shoe size"]}]}}', JSON, {}, 422, "wrong_fields"),
        (b'{"text": "a", "policy": "lax"}', JSON, {}, 422, "wrong_policy"),
        (b"words", {"Content-Type": "text/plain"}, {"explain": "perhaps"}, 422, "wrong_query"),
        (b"words", {"Content-Type": "text/plain"}, {"shout": "1"}, 422, "wrong_query"),
        (b"GIF89a", {"Content-Type": "image/gif"}, {}, 415, "unknown_type"),
        (b"words", {"Content-Type": "multipart/form-data"}, {}, 400, "bad_form"),
        (b"--x\r\nnot a part", {"Content-Type": "multipart/form-data; boundary=x"}, {}, 400, "bad_form"),
        (b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n--x--\r\n', {"Content-Type": "multipart/form-data; boundary=x"}, {}, 400, "no_file"),
    ],
)
def test_a_bad_request_is_told_what_is_wrong(server: Running, body: bytes, headers: dict[str, str], query: dict[str, str], status: int, code: str) -> None:
    """The status, the code and a sentence that is not empty."""
    answer = httpx.post(f"{server.address}v1/score", content=body, headers=headers, params=query, timeout=30)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code), answer.text
    assert answer.json()["error"]["message"].endswith((".", ")."))


@pytest.mark.parametrize(
    ("method", "path", "status", "code"), [("GET", "v1/score", 405, "wrong_method"), ("GET", "etc/passwd", 404, "not_found"), ("PUT", "", 405, "wrong_method")]
)
def test_an_address_that_is_none_is_told(server: Running, method: str, path: str, status: int, code: str) -> None:
    """In the same shape as every other refusal."""
    answer = httpx.request(method, f"{server.address}{path}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


@pytest.mark.parametrize(("method", "path", "allowed"), [("GET", "v1/score", {"POST"}), ("DELETE", "v1/health", {"GET", "HEAD"})])
def test_an_address_says_which_methods_it_takes(server: Running, method: str, path: str, allowed: set[str]) -> None:
    """In the header where programs look for it (RFC 9110, 15.5.6)."""
    answer = httpx.request(method, f"{server.address}{path}")
    assert (answer.status_code, set(answer.headers["Allow"].split(", "))) == (405, allowed)


@pytest.mark.parametrize(
    ("body", "query", "meant"),
    [
        ({"text": "a", "polic": "open"}, {}, "policy"),
        ({"pieces": [{"text": "a"}, {"markdwon": "a"}]}, {}, "markdown"),
        ({"text": "a", "policy": "captur"}, {}, "capture"),
        ({"text": "a"}, {"explian": "1"}, "explain"),
    ],
)
def test_a_slip_is_answered_with_the_nearest_name(server: Running, body: dict[str, object], query: dict[str, str], meant: str) -> None:
    """As the settings file does."""
    answer = httpx.post(f"{server.address}v1/score", json=body, params=query)
    assert answer.status_code == 422
    assert f'; did you mean "{meant}"?' in answer.json()["error"]["message"]


def test_a_body_is_counted_while_it_comes(server: Running) -> None:
    """Without a length in the header it is stopped at the limit; with one it is refused before it is sent."""

    def endless() -> object:
        while True:
            yield b"a" * 1_000_000

    with httpx.Client(timeout=30) as client:
        try:
            answer = client.post(f"{server.address}v1/score", params={"name": "a.md"}, content=endless())  # type: ignore[arg-type]
            assert answer.status_code == 413
        except httpx.TransportError:
            pass  # the server hung up while it was being sent to, as it may
    where = urlsplit(server.address)
    with socket.create_connection((where.hostname, where.port), 10) as connection:
        connection.sendall(f"POST /v1/score HTTP/1.1\r\nHost: {where.netloc}\r\nContent-Type: text/plain\r\nContent-Length: 900000000\r\n\r\n".encode())
        assert connection.recv(1000).startswith(b"HTTP/1.1 413")


@pytest.mark.parametrize(("host", "status"), [("evil.example", 421), ("127.0.0.1.evil.example", 421), ("", 421), ("localhost", 200), ("LOCALHOST:99", 200), ("[::1]", 200)])
def test_only_names_of_this_computer_are_answered(server: Running, host: str, status: int) -> None:
    """A page of another name that leads to this address reads nothing (DNS rebinding)."""
    assert httpx.get(server.address, headers={"Host": host}).status_code == status


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Origin": "http://127.0.0.1:1"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}]
)
def test_another_page_may_not_ask(server: Running, headers: dict[str, str]) -> None:
    """A form or script of another site, also of another port of this computer."""
    answer = httpx.post(f"{server.address}v1/score", json={"text": DRAFT}, headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "wrong_origin")
    assert "access-control-allow-origin" not in answer.headers


def test_our_own_page_may_ask(server: Running) -> None:
    """With the headers that a browser sends from it."""
    headers = {"Origin": server.address.rstrip("/"), "Sec-Fetch-Site": "same-origin"}
    assert httpx.post(f"{server.address}v1/score", json={"text": DRAFT}, headers=headers, timeout=30).status_code == 200


@pytest.mark.parametrize("path", ["", "v1/health", "openapi.json", "nothing"])
def test_every_answer_carries_the_security_headers(server: Running, path: str) -> None:
    """Also a refusal; nothing runs that is not the page's own."""
    headers = httpx.get(f"{server.address}{path}").headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert "server" not in headers


def test_without_the_token_nothing_is_said(guarded: Running) -> None:
    """Neither page nor score nor description; the health answer alone is open."""
    address = guarded.address.split("?")[0]
    for path in ("", "openapi.json", "?token=another", "v1/health?token=x"):
        assert httpx.get(f"{address}{path}").status_code == (200 if path.startswith("v1/health") else 401), path
    assert httpx.post(f"{address}v1/score", json={"text": DRAFT}, headers={"Authorization": "Bearer another"}).json()["error"]["code"] == "no_token"


def test_the_token_opens_and_leaves_the_address(guarded: Running) -> None:
    """The printed address leads to the page, which remembers it in a cookie that scripts cannot read; programs send it as a header."""
    address = guarded.address.split("?")[0]
    with httpx.Client(follow_redirects=True) as client:
        page = client.get(guarded.address)
        assert (page.status_code, str(page.url)) == (200, address)
        cookie = page.history[0].headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=strict" in cookie
        assert client.post(f"{address}v1/score", json={"text": DRAFT}, timeout=30).status_code == 200
    assert httpx.get(f"{address}openapi.json", headers={"Authorization": "Bearer a-token-of-our-own"}).status_code == 200


def test_a_server_for_all_addresses_answers_to_any_name() -> None:
    """There the token guards; one that is bound to a name answers to that and to this computer's own."""
    assert hosts_for("0.0.0.0") == hosts_for("::") == ()
    assert hosts_for("127.0.0.1") == ("localhost", "127.0.0.1", "::1")
    assert hosts_for("desk.example")[0] == "desk.example"


class Overrun:
    """Clerks whose queue is full."""

    def __init__(self, *_: object) -> None:
        pass

    def take(self, *_: object) -> None:
        """Never takes anything."""
        raise Busy


class Broken(Overrun):
    """Clerks with a bug, whose error holds words of a draft."""

    def take(self, *_: object) -> None:
        """Fails."""
        raise RuntimeError("Zanzibarian")


def asked(clerks: type[Overrun], settings: Settings) -> httpx.Response:
    """The answer of an application with these clerks."""
    app = make_app(Recipe(settings), Access(), clerks=clerks)  # type: ignore[arg-type]

    async def ask() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client:
            return await client.post("/v1/score", json={"text": DRAFT})

    return asyncio.run(ask())


def test_a_full_queue_says_when_to_come_again(settings: Settings) -> None:
    """503 with Retry-After."""
    answer = asked(Overrun, settings)
    assert (answer.status_code, answer.json()["error"]["code"], answer.headers["retry-after"]) == (503, "busy", "2")


def test_an_error_of_ours_shows_no_word_of_a_draft(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    """500, and in the log the kind of error alone."""
    answer = asked(Broken, settings)
    assert (answer.status_code, answer.json()["error"]["code"]) == (500, "failed")
    assert capsys.readouterr().err == "gating serve: a request failed with RuntimeError\n"
