"""WARC: pages of a crawl as files with an address, what is left out, and what a broken or hostile file costs."""

import gzip
import io
import zlib
from collections.abc import Callable
from dataclasses import replace

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gating.reading import plan_bytes, read_job
from gating.reading.warc import Capture, captures
from gating.records import Piece, Skipped, Status
from gating.settings import Settings
from tests.builders import PROSE, docx_bytes, pdf_bytes, zip_bytes
from tests.conftest import ReadAll

PAGE = f"<html><head><title>Pears</title></head><body><h1>Pears</h1><p>{PROSE}</p></body></html>".encode()
CAFE = PAGE.replace(b"orchards lose", "orchards (and cafés) lose".encode("cp1252"))
OK = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8"


def record(url: str, body: bytes, head: str = OK, kind: str = "response", version: str = "1.0", more: str = "") -> bytes:
    """One record as a crawler writes it; without a `head` there is no HTTP in it."""
    block = head.encode() + b"\r\n\r\n" + body if head else body
    type_ = "application/http; msgtype=response" if head else "text/html"
    lines = (f"WARC/{version}", f"WARC-Type: {kind}", f"WARC-Target-URI: {url}", "WARC-Date: 2026-03-05T07:08:09Z", "WARC-Record-ID: <urn:uuid:0>", f"Content-Type: {type_}")
    return ("\r\n".join(lines) + f"\r\n{more}Content-Length: {len(block)}\r\n\r\n").encode() + block + b"\r\n\r\n"


def answer(type_: str, status: str = "200 OK") -> str:
    """The head of an answer of some type."""
    return f"HTTP/1.1 {status}\r\nContent-Type: {type_}"


def chunked(body: bytes) -> bytes:
    """`body` in two chunks."""
    return b"5\r\n" + body[:5] + b"\r\n%x\r\n" % (len(body) - 5) + body[5:] + b"\r\n0\r\n\r\n"


def pieces(results: list[Piece | Skipped]) -> dict[str, Piece]:
    """{address: piece} of what was read."""
    return {result.url: result for result in results if isinstance(result, Piece)}


def reasons(results: list[Piece | Skipped]) -> list[str]:
    """Why what was not read was not."""
    return [result.reason for result in results if isinstance(result, Skipped)]


def test_page_has_address_day_and_name(read_all: ReadAll) -> None:
    """The day is that of the capture: it is kept, and is no date of publication."""
    (piece,) = read_all("crawl.warc", record("https://orchard.example/pears", PAGE))
    assert isinstance(piece, Piece)
    assert (piece.title, piece.url, piece.source.rpartition("/")[2]) == ("Pears", "https://orchard.example/pears", "crawl.warc#1")
    assert dict(piece.metadata) == {"captured": "2026-03-05"}


def test_page_reads_as_the_same_page_in_a_file(read_all: ReadAll) -> None:
    """Blocks, links, forms and today's gate are those of the .html file."""
    form = b'<form action="/leads"><h2>Get the report</h2><label>Work email</label><input type="email" name="email"><button>Download</button></form>'
    page = PAGE.replace(b"</body>", form + b'<a href="/pricing">Prices</a></body>')
    (crawled,) = read_all("crawl.warc", record("https://orchard.example/report", page))
    (filed,) = read_all("report.html", page)
    assert isinstance(crawled, Piece)
    assert isinstance(filed, Piece)
    assert filed.forms
    for field in ("title", "blocks", "links", "forms", "observed"):
        assert getattr(crawled, field) == getattr(filed, field)


def test_both_versions_packed_one_by_one_or_whole(read_all: ReadAll) -> None:
    """WARC 1.0 with its address in angle brackets, 1.1; each record a gzip member, as crawlers do, or one gzip around all."""
    records = [record("<https://orchard.example/a#top>", PAGE), record("https://orchard.example/b", PAGE, version="1.1")]
    for name, data in {"a.warc": b"".join(records), "b.warc.gz": b"".join(map(gzip.compress, records)), "C.WARC.GZ": gzip.compress(b"".join(records))}.items():
        assert list(pieces(read_all(name, data))) == ["https://orchard.example/a", "https://orchard.example/b"], name


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [
        ("Content-Encoding: gzip", gzip.compress),
        ("Content-Encoding: br", brotli.compress),
        ("Content-Encoding: deflate", zlib.compress),
        ("Content-Encoding: deflate", lambda page: zlib.compress(page)[2:-4]),
        ("Transfer-Encoding: chunked", chunked),
        ("Transfer-Encoding: chunked\r\nContent-Encoding: gzip", lambda page: chunked(gzip.compress(page))),
        ("Content-Encoding: gzip", bytes),
        ("Content-Encoding: br", bytes),
        ("Transfer-Encoding: chunked", bytes),
    ],
    ids=["gzip", "brotli", "zlib", "bare deflate", "chunks", "gzip in chunks", "said to be gzip", "said to be brotli", "said to be in chunks"],
)
def test_page_is_unpacked(read_all: ReadAll, encoding: str, pack: Callable[[bytes], bytes]) -> None:
    """As the server packed it, or as a crawler stored it that unpacked the page and left the header."""
    (plain,) = read_all("plain.warc", record("https://orchard.example/a", PAGE))
    (packed,) = read_all("packed.warc", record("https://orchard.example/a", pack(PAGE), f"{OK}\r\n{encoding}"))
    assert isinstance(packed, Piece), packed
    assert isinstance(plain, Piece)
    assert packed.blocks == plain.blocks


def test_servers_word_on_the_encoding_counts(read_all: ReadAll) -> None:
    """The header goes before the page's own claim, as in a browser; a name that is none changes nothing."""
    lying = CAFE.replace(b"<head>", b'<head><meta charset="utf-8">')
    (piece,) = read_all("crawl.warc", record("https://orchard.example/a", lying, answer('text/html; charset="windows-1252"')))
    assert isinstance(piece, Piece)
    assert any("cafés" in block.text for block in piece.blocks)
    (other,) = read_all("crawl.warc", record("https://orchard.example/a", PAGE, answer("text/html; charset=klingon")))
    assert isinstance(other, Piece)


def test_documents_are_read_by_their_readers(read_all: ReadAll) -> None:
    """PDF, Word and plain text, also when the server calls a document a download."""
    word = docx_bytes([("Title", "Pears"), ("", PROSE)])
    data = (
        record("https://orchard.example/sheet.pdf", pdf_bytes([[(12, line) for line in PROSE.split(", ")]]), answer("application/pdf"))
        + record("https://orchard.example/kit.docx?v=2", word, answer("application/octet-stream"))
        + record("https://orchard.example/notes", PROSE.encode(), answer("text/plain"))
        + record("https://orchard.example/app.bin", b"\0" * 50, answer("application/octet-stream"))
    )
    results = read_all("crawl.warc", data)
    assert list(pieces(results)) == ["https://orchard.example/sheet.pdf", "https://orchard.example/kit.docx?v=2", "https://orchard.example/notes"]
    assert reasons(results) == ["1 item (application/octet-stream 1) left out as no content pieces"]


def test_what_is_no_page_is_counted_in_one_line(read_all: ReadAll) -> None:
    """Redirects, errors, unchanged pages, pictures, feeds, sitemaps, scripts, requests and notes of the crawler."""
    data = (
        record("https://orchard.example/old", b"", answer("text/html", "301 Moved"))
        + record("https://orchard.example/gone", PAGE, answer("text/html", "404 Not Found"))
        + record("https://orchard.example/fault", PAGE, answer("text/html", "503 Busy"))
        + record("https://orchard.example/same", b"", kind="revisit")
        + record("https://orchard.example/a.webp", b"RIFF", answer("image/webp"))
        + record("https://orchard.example/b.png", b"\x89PNG", answer("image/png"))
        + record("https://orchard.example/feed", b"<rss/>", answer("application/rss+xml"))
        + record("https://orchard.example/robots.txt", b"User-agent: *", answer("text/plain"))
        + record("https://orchard.example/", b"GET / HTTP/1.1\r\n\r\n", "", kind="request")
        + record("dns:orchard.example", b"10.0.0.1", "", kind="response")
        + record("https://orchard.example/", PAGE)
        + record("https://orchard.example/", PAGE)
    )
    results = read_all("crawl.warc", data)
    assert list(pieces(results)) == ["https://orchard.example/"]
    (line,) = reasons(results)
    assert line.startswith("11 items (image 2, ")
    assert "answer 404 1" in line


def test_crawl_without_a_page_says_so(read_all: ReadAll) -> None:
    """Nothing but pictures, nothing at all, no WARC under its name: one reason each."""
    assert reasons(read_all("a.warc", record("https://orchard.example/a.png", b"x", answer("image/png")))) == ["1 item (image 1) left out as no content pieces"]
    assert reasons(read_all("b.warc", b"")) == ["a WARC file without a record"]
    for name, data in {"c.warc": b"no such thing\n" * 50, "d.warc.gz": b"\x1f\x8b damaged", "e.warc.gz": gzip.compress(b"hello")}.items():
        (result,) = read_all(name, data)
        assert isinstance(result, Skipped)
        assert result.status is Status.FAILED
        assert "no WARC file" in result.reason


@pytest.mark.parametrize("lost", [3, 60, len(PAGE) + 100, len(PAGE) + 250])
@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_file_that_breaks_off_keeps_what_came_before(read_all: ReadAll, lost: int, packed: bool) -> None:
    """Cut in the last record's end, page or head: the first page is read, a page that is cut is never scored as whole, and the file says so."""
    data = [record(f"https://orchard.example/{n}", PAGE) for n in range(2)]
    cut = gzip.compress(data[0]) + gzip.compress(data[1])[: -min(lost, 200)] if packed else (data[0] + data[1])[:-lost]
    results = read_all("cut.warc.gz" if packed else "cut.warc", cut)
    found = pieces(results)
    assert "https://orchard.example/0" in found
    if "https://orchard.example/1" in found:  # nothing but the blank lines behind it is lost
        assert found["https://orchard.example/1"].blocks == found["https://orchard.example/0"].blocks
    else:
        (reason,) = reasons(results)
        assert "damaged after record" in reason


def test_damage_in_the_middle_is_said(read_all: ReadAll) -> None:
    """Bytes that are no record end the reading, with the number of the last good one."""
    results = read_all("bad.warc", record("https://orchard.example/0", PAGE) + b"\xff" * 500 + record("https://orchard.example/1", PAGE))
    assert list(pieces(results)) == ["https://orchard.example/0"]
    (reason,) = reasons(results)
    assert reason.startswith("damaged after record 1 ")


def test_page_that_breaks_off_is_partial(read_all: ReadAll) -> None:
    """Marked by the crawler, or packed and cut: what is there is read and the limit is said."""
    cut = gzip.compress(PAGE + f"<p>{PROSE}</p>".encode() * 20, 0)[:-3000]
    data = record("https://orchard.example/a", PAGE, more="WARC-Truncated: length\r\n") + record("https://orchard.example/b", cut, f"{OK}\r\nContent-Encoding: gzip")
    found = pieces(read_all("crawl.warc", data))
    assert [piece.limits for piece in found.values()] == [("the crawler kept its beginning only",)] * 2


def test_large_page_costs_itself(read_all: ReadAll, settings: Settings) -> None:
    """limits.max_file_mb holds for each page, stored large or packed small; the file itself may be larger."""
    small = replace(settings, limits=replace(settings.limits, max_file_mb=1))
    data = b"".join(
        record(f"https://orchard.example/{n}", body, f"{OK}\r\n{head}")
        for n, (body, head) in enumerate(
            [
                (PAGE + b" " * 1_500_000, "X: y"),
                (gzip.compress(b"\0" * 40_000_000), "Content-Encoding: gzip"),
                (brotli.compress(b"\0" * 40_000_000), "Content-Encoding: br"),
                (PAGE, "X: y"),
            ]
        )
    )
    results = read_all("crawl.warc", data, settings=small)
    assert list(pieces(results)) == ["https://orchard.example/3"]
    assert reasons(results) == ["larger than 1 MB (limits.max_file_mb)"] * 3


def test_file_that_unpacks_to_too_much_is_stopped(read_all: ReadAll, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundredfold of its size is no crawl: what came before the bomb is read."""
    monkeypatch.setattr("gating.reading.warc.FREE", 100_000)
    bomb = b"".join(gzip.compress(record(f"https://orchard.example/{n}", PAGE + b" " * 400_000)) for n in range(50))
    results = read_all("bomb.warc.gz", gzip.compress(record("https://orchard.example/a", PAGE)) + bomb)
    assert "https://orchard.example/a" in pieces(results)
    assert "unpacks to more than 100 times" in reasons(results)[-1]
    assert len(results) < 50


def test_broken_records_cost_themselves(read_all: ReadAll) -> None:
    """No HTTP, a status that is none, half an address, a page in damaged gzip, an endless header: the page after them is read."""
    data = (
        record("https://orchard.example/1", PAGE, "no http at all")
        + record("https://orchard.example/2", PAGE, answer("text/html", "9" * 30))
        + record("http://[orchard", b" ")
        + record("https://orchard.example/4", gzip.compress(PAGE)[:10] + b"\xff" * 300, f"{OK}\r\nContent-Encoding: gzip")
        + record("https://orchard.example/5", PAGE, f"{OK}\r\nX: {'y' * 3_000_000}")
        + record("https://orchard.example/6", PAGE, f"{OK}\r\nX: {'y' * 300_000}")
    )
    results = read_all("crawl.warc", data)
    assert list(pieces(results)) == ["https://orchard.example/6"]
    assert len(reasons(results)) == 3


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), max_size=12), st.integers(0, 2000), st.booleans())
def test_whatever_is_broken_the_file_is_read_to_an_end(changes: list[tuple[int, int]], cut: int, packed: bool) -> None:
    """Bytes changed and lost anywhere: captures and reasons, each name once, never an error of ours."""
    one, two = record("https://orchard.example/a", PAGE), record("https://orchard.example/b", gzip.compress(PAGE), f"{OK}\r\nContent-Encoding: gzip")
    data = bytearray(gzip.compress(one) + gzip.compress(two) if packed else one + two)
    for place, value in changes:
        data[place % len(data)] = value
    data = data[: max(1, len(data) - cut)]
    found = list(captures(io.BytesIO(data), len(data), "crawl.warc", 1_000_000))
    assert len({one.source for one in found}) == len(found)
    assert all(one.data.strip() for one in found if isinstance(one, Capture))


def test_warc_in_a_zip_and_from_a_pipe(read_all: ReadAll, settings: Settings) -> None:
    """A crawl in a zip is opened; on standard input it is known by its first bytes, packed or not."""
    data = record("https://orchard.example/a", PAGE)
    results = read_all("crawls.zip", zip_bytes({"one/crawl.warc": data, "two.warc.gz": gzip.compress(data)}))
    assert sorted(result.source.rpartition(".zip/")[2] for result in results) == ["one/crawl.warc#1", "two.warc.gz#1"]
    for sent in (data, gzip.compress(data)):
        (piece,) = (result for job in plan_bytes("-", sent, settings) for result in read_job(job, settings))
        assert isinstance(piece, Piece)
        assert piece.source == "-#1"
