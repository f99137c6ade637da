"""Guards for zip files and for formats that are zip files inside (DOCX, XLSX, ODT ...): counted while inflating, because headers lie."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator

from gating.reading.outcome import Unread
from gating.records import Status

MAX_MEMBERS = 10_000  # the largest real document seen has 900
MAX_TOTAL = 500_000_000  # bytes inflated, counted while inflating because headers lie
MAX_RATIO = 200  # inflated to packed, over MAX_FREE bytes; Apache POI stops at 100 for each entry
MAX_FREE = 20_000_000
CHUNK = 1 << 20
DAMAGE = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError)  # what zipfile raises on bad bytes
OLE = b"\xd0\xcf\x11\xe0"  # how an old binary Office file begins, and an encrypted new one
KINDS = (("xl/workbook.", ".xlsx"), ("word/document", ".docx"), ("ppt/presentation.", ".pptx"), ("META-INF/container.xml", ".epub"))
TYPES = {b"application/vnd.oasis.opendocument.text": ".odt", b"application/vnd.oasis.opendocument.text-template": ".odt", b"application/epub+zip": ".epub"}


def check_zip(data: bytes) -> None:
    """Raises Unread for a damaged, encrypted or exploding zip. Inflates in memory chunks, writes nothing."""
    if data.startswith(OLE):
        raise Unread("it is encrypted, or an old binary Office file; save it as .docx, .xlsx or .pptx without a password", Status.SKIPPED)
    archive = open_zip(data, MAX_MEMBERS)
    total = 0
    for member in archive.infolist():
        total += sum(len(chunk) for chunk in inflated(archive, member, MAX_TOTAL - total))


def open_zip(data: bytes, max_members: int) -> zipfile.ZipFile:
    """The zip file, its list of members read. Raises Unread when it is damaged or the list is longer than `max_members`."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except DAMAGE as error:
        raise Unread(f"a damaged file ({error})") from error
    n_members = len(archive.infolist())
    if n_members > max_members:
        raise Unread(f"the file holds {n_members:,} parts; {max_members:,} is the limit")
    return archive


def inflated(archive: zipfile.ZipFile, member: zipfile.ZipInfo, left: int) -> Iterator[bytes]:
    """The bytes of one member in chunks. Raises Unread when it is encrypted, damaged, a bomb, or larger than the `left` bytes that are allowed."""
    if member.flag_bits & 1:
        raise Unread("it is encrypted; save it without a password", Status.SKIPPED)
    size = 0
    try:
        with archive.open(member) as stream:
            while chunk := stream.read(CHUNK):
                size += len(chunk)
                if size > MAX_FREE and size > MAX_RATIO * max(member.compress_size, 1):
                    raise Unread(f"a zip bomb: {member.filename!r} unpacks to more than {size // 1_000_000} MB")
                if size > left:
                    raise Unread(f"the zip file unpacks to more than {MAX_TOTAL // 1_000_000} MB")
                yield chunk
    except DAMAGE as error:
        raise Unread(f"a damaged file ({error})") from error


def zip_kind(data: bytes) -> str:
    """The suffix of the document that a zip file is inside; "" when it is an ordinary or a broken one."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            if "mimetype" in names:
                with archive.open("mimetype") as stream:
                    return TYPES.get(stream.read(100).strip(), "")
    except DAMAGE:
        return ""
    return next((suffix for start, suffix in KINDS if any(name.startswith(start) for name in names)), "")
