"""WARC, what crawlers write: each page and document in it as the file that it would be, with its address and the day of its capture."""

from __future__ import annotations

import codecs
import io
import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import urlsplit

from gating.reading.dates import iso_date
from gating.reading.outcome import LIMIT, LeftOut, Unread
from gating.records import Skipped, Status

if TYPE_CHECKING:
    from fastwarc.warc import WarcRecord

WARC = (".warc", ".warc.gz")
MAX_HEADER = 1_000_000  # bytes of one record's header; 32 kB, the library's own limit, is less than some sites' cookies and policies
MAX_RATIO = 100  # to how much a file may unpack; crawls stay under 20
FREE = 100_000_000  # bytes that a small file may unpack to
PAGES = {
    "text/html": ".html", "application/xhtml+xml": ".html", "text/plain": ".txt", "text/markdown": ".md", "application/pdf": ".pdf",
    "application/msword": ".doc", "application/rtf": ".rtf", "text/rtf": ".rtf", "application/epub+zip": ".epub",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ".pptx",
    "application/vnd.oasis.opendocument.text": ".odt", "application/vnd.ms-powerpoint": ".ppt",
}  # fmt: skip
MARKED_UP = (".html", ".txt", ".md")  # text, in an encoding that the server names
DOWNLOADS = ("application/octet-stream", "binary/octet-stream", "application/download", "application/x-download", "application/force-download")
DOWNLOADED = frozenset(PAGES.values()) - {*MARKED_UP}
KINDS = (("image", "image"), ("font", "font"), ("css", "style sheet"), ("javascript", "script"), ("ecmascript", "script"), ("json", "JSON"), ("xml", "feed or other XML"),
         ("video", "video"), ("audio", "sound"), ("csv", "table"), ("sheet", "table"), ("excel", "table"), ("zip", "zip file"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Capture:
    """One page or document of a crawl: what it would be called, its ending and bytes, and what the crawl says about it."""

    source: str
    suffix: str
    data: bytes
    columns: tuple[tuple[str, str], ...]


def is_warc(data: bytes) -> bool:
    """True when `data` begins as a WARC file, or as one that is packed with gzip."""
    if data.startswith(b"\x1f\x8b"):
        try:
            data = zlib.decompressobj(31).decompress(data[:1000], 10)
        except zlib.error:
            return False
    return data.startswith(b"WARC/")


def suffix_of(name: str) -> str:
    """The ending of a file's name in lower case; .warc.gz is one."""
    return ".warc.gz" if name.lower().endswith(".warc.gz") else os.path.splitext(name)[1].lower()


def captures(file: BinaryIO, size: int, name: str, max_bytes: int) -> Iterator[Capture | Skipped]:
    """Each page once, by the order of the file; at the end one Skipped that counts what is no page and says where the file is damaged.

    `size` is that of the file. `max_bytes` limits each page. Only the first capture of an address is read.
    """
    left_out, seen, number, unpacked, n_records, problem = LeftOut(), set[str](), 0, 0, 0, ""
    try:
        for record in _records(file):
            n_records += 1
            unpacked += record.content_length
            if unpacked > max(MAX_RATIO * size, FREE):
                raise OSError(f"it unpacks to more than {MAX_RATIO} times its size")
            suffix, why_not = _page_or_not(record)
            url = _address(record)
            if suffix and url in seen:
                suffix, why_not = "", "further capture of an address"
            if not suffix:
                left_out.no_pieces[why_not] += 1
                continue
            number += 1
            seen.add(url)
            yield _capture(record, f"{name}#{number}", url, suffix, max_bytes)
    except OSError as error:
        problem = f"damaged after record {n_records:,} ({error}); what came before was read" if n_records else f"no WARC file, or a damaged one ({error})"
    if not n_records and not problem:
        raise Unread("a WARC file without a record", Status.SKIPPED)
    yield from left_out.lines(name, problem)


def _records(file: BinaryIO) -> Iterator[WarcRecord]:
    from fastwarc.warc import ArchiveIterator

    yield from ArchiveIterator(file, parse_http=False, auto_decode="none", max_header_len=MAX_HEADER, fsspec_args=False)


def _page_or_not(record: WarcRecord) -> tuple[str, str]:
    """(ending, "") of a page or document; ("", what it is) of all else. Raises OSError for a record that breaks off in its header."""
    kind = (record.headers.get("WARC-Type") or "").lower()
    if not kind or "Content-Length" not in record.headers:
        raise OSError("a record breaks off in its header")
    if kind not in ("response", "resource"):
        return "", "request" if kind == "request" else "page unchanged since another crawl" if kind == "revisit" else "note of the crawler"
    url = _address(record)
    if not url.lower().startswith(("http://", "https://")):
        return "", "record without a web address"
    type_ = (record.headers.get("Content-Type") or "").partition(";")[0].strip().lower()
    if kind == "response":
        try:
            record.parse_http(max_header_len=MAX_HEADER)
            status = record.http_headers.status_code
        except (OSError, ValueError, AttributeError):  # without headers where it is no HTTP
            status = None
        if status != 200:
            return "", "broken answer" if status is None else "redirect" if 300 <= status < 400 else f"answer {status}"
        type_ = (record.http_content_type or "").lower()
    path = _path(url)
    if path == "/robots.txt":
        return "", "robots.txt"
    suffix = PAGES.get(type_, "")
    if type_ in DOWNLOADS and (ending := os.path.splitext(path)[1].lower()) in DOWNLOADED:
        suffix = ending
    return suffix, "" if suffix else next((word for part, word in KINDS if part in type_), type_[:60] or "answer without a type")


def _address(record: WarcRecord) -> str:
    return (record.headers.get("WARC-Target-URI") or "").strip("<> ").partition("#")[0]  # WARC 1.0 puts it in angle brackets


def _capture(record: WarcRecord, source: str, url: str, suffix: str, max_bytes: int) -> Capture | Skipped:
    too_large = Skipped(source, f"larger than {max_bytes // 1_000_000} MB (limits.max_file_mb)", url=url)
    if record.content_length > max_bytes:
        return too_large
    data = record.reader.read(max_bytes + 1)
    if len(data) < record.content_length:
        raise OSError("its last page breaks off")
    try:
        data, broken = _unpacked(data, record, max_bytes)
    except OverflowError:
        return too_large
    except OSError as error:
        return Skipped(source, f"the page cannot be unpacked ({error})", Status.FAILED, url=url)
    if not data.strip():
        return Skipped(source, "an empty page", url=url)
    if suffix in MARKED_UP and record.is_http_parsed:
        data = _in_utf8(data, record.http_charset or "")
    cut = "the crawler kept its beginning only" if broken or record.headers.get("WARC-Truncated") else ""
    columns = (("url", url), ("captured", iso_date(record.headers.get("WARC-Date") or "")[:10]), (LIMIT, cut))
    return Capture(source, suffix, data, tuple((key, value) for key, value in columns if value))


def _unpacked(data: bytes, record: WarcRecord, max_bytes: int) -> tuple[bytes, bool]:
    """The page as the server meant it, and whether it breaks off. Crawlers often store it unpacked and leave the headers that say otherwise.

    Raises OverflowError for more than `max_bytes`, OSError for what is packed and damaged.
    """
    if not record.is_http_parsed:
        return data, False
    headers, broken = record.http_headers, False
    chunked = "chunked" in (headers.get("Transfer-Encoding") or "").lower()
    encodings = [name.strip().lower() for name in (headers.get("Content-Encoding") or "").split(",")]
    for name in [*(("chunked",) if chunked else ()), *reversed(encodings)]:
        try:
            data, cut = _without(name, data, max_bytes)
        except OSError:
            if not data.lstrip().startswith((b"<", b"%PDF")):
                raise
            cut = False
        broken = broken or cut
        if len(data) > max_bytes:
            raise OverflowError
    return data, broken


def _without(encoding: str, data: bytes, max_bytes: int) -> tuple[bytes, bool]:
    """`data` unpacked, no further than `max_bytes` and one, and whether it breaks off. Raises OSError where it is not packed so."""
    if encoding == "chunked":
        from fastwarc.stream_io import ChunkedReader

        return ChunkedReader(io.BytesIO(data)).read(max_bytes + 1), False
    if encoding == "zstd":
        from fastwarc.stream_io import ZstdReader

        return ZstdReader(io.BytesIO(data)).read(max_bytes + 1), False
    if encoding == "br":
        import brotli

        unbrotli = brotli.Decompressor()
        try:
            unpacked = unbrotli.process(data, output_buffer_limit=max_bytes + 1)
        except brotli.error as error:
            raise OSError("damaged Brotli data") from error
        return unpacked, not unbrotli.is_finished()
    for window in {"gzip": (31,), "x-gzip": (31,), "deflate": (15, -15)}.get(encoding, ()):  # -15: without the header, as many servers send it
        inflate = zlib.decompressobj(window)
        try:
            return inflate.decompress(data, max_bytes + 1), not inflate.eof
        except zlib.error:
            continue
    if encoding in ("gzip", "x-gzip", "deflate"):
        raise OSError(f"damaged {encoding} data")
    return data, False


def _in_utf8(data: bytes, charset: str) -> bytes:
    """Text in the encoding that the server named, which goes before what the page says, as UTF-8 with its mark; else as it is."""
    if not charset or charset.lower() in ("utf-8", "utf8"):
        return data
    try:
        return codecs.BOM_UTF8 + data.decode(charset).encode()
    except (LookupError, ValueError):
        return data


def _path(url: str) -> str:
    """The path of an address, "" where it is none."""
    try:
        return urlsplit(url).path
    except ValueError:
        return ""
