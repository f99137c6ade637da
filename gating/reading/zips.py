"""Guards for formats that are zip files inside (DOCX, XLSX): counted before anything is unpacked by a library."""

from __future__ import annotations

import io
import zipfile
import zlib

from gating.reading.outcome import Unread
from gating.records import Status

MAX_MEMBERS = 10_000  # the largest real document seen has 900
MAX_TOTAL = 500_000_000  # bytes inflated, counted while inflating because headers lie
MAX_RATIO = 200  # inflated to packed, over MAX_FREE bytes; Apache POI stops at 100 for each entry
MAX_FREE = 20_000_000
CHUNK = 1 << 20


def check_zip(data: bytes) -> None:
    """Raises Unread for a damaged, encrypted or exploding zip. Inflates in memory chunks, writes nothing."""
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unread("it is encrypted, or an old binary Office file; save it as .docx or .xlsx without a password", Status.SKIPPED)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            if len(members) > MAX_MEMBERS:
                raise Unread(f"the file holds {len(members):,} parts; {MAX_MEMBERS:,} is the limit")
            total = 0
            for member in members:
                if member.flag_bits & 1:
                    raise Unread("it is encrypted; save it without a password", Status.SKIPPED)
                total += _inflated(archive, member, total)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise Unread(f"a damaged file ({error})") from error


def _inflated(archive: zipfile.ZipFile, member: zipfile.ZipInfo, before: int) -> int:
    size = 0
    with archive.open(member) as stream:
        while chunk := stream.read(CHUNK):
            size += len(chunk)
            too_large = before + size > MAX_TOTAL
            too_dense = size > MAX_FREE and size > MAX_RATIO * max(member.compress_size, 1)
            if too_large or too_dense:
                raise Unread(f"a zip bomb: {member.filename!r} unpacks to more than {size // 1_000_000} MB")
    return size
