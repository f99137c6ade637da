"""Guards for zip files and for formats that are zip files inside (DOCX, XLSX, ODT ...): counted while inflating, because headers lie."""

from __future__ import annotations

import io
import itertools
import posixpath
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator

from gating.reading.outcome import Unread
from gating.reading.safe_xml import SAFE, refuse_entities
from gating.records import Status

MAX_MEMBERS = 10_000  # of a document; the largest real one seen has 900
MAX_FILES = 50_000  # of a zip of files
MAX_TOTAL = 500_000_000  # bytes inflated of a zip of files, counted while inflating because headers lie
MAX_DOCUMENT = 50_000_000  # bytes inflated of one document, a tree of which may take 800 MB; 400,000 characters in DOCX have under 10 million
MAX_PARAGRAPHS = 50_000  # read of one document; the 400,000 characters that are scored have some 6,000
MAX_RATIO = 200  # inflated to packed, over MAX_FREE bytes; Apache POI stops at 100 for each entry
MAX_FREE = 20_000_000
CHUNK = 1 << 20
ENTRY = b"PK\x01\x02"  # begins an entry of the list of members, which takes ten times its room in memory
SPARE = 4  # entries of zip files that are stored in this one are counted too
LOCAL_HEADER = 30  # bytes before the name of a member
XML = (".xml", ".rels")
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # zipfile cannot stop within the others: 4 kB of LZMA are 28 MB
DAMAGE = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError)  # what zipfile raises on bad bytes
OLE = b"\xd0\xcf\x11\xe0"  # how an old binary Office file begins, and an encrypted new one
KINDS = (("xl/workbook.", ".xlsx"), ("word/document", ".docx"), ("ppt/presentation.", ".pptx"), ("META-INF/container.xml", ".epub"))
TYPES = {b"application/vnd.oasis.opendocument.text": ".odt", b"application/vnd.oasis.opendocument.text-template": ".odt", b"application/epub+zip": ".epub"}


class Package:
    """A document that is a zip file inside: its members by name, each inflated when it is asked for and counted while it is.

    Raises Unread, here and in `read`, for a damaged, encrypted or exploding file. Nothing is written to disk.
    """

    def __init__(self, data: bytes, max_bytes: int = MAX_DOCUMENT) -> None:
        if data.startswith(OLE):
            raise Unread("it is encrypted, or an old binary Office file; save it as .docx, .xlsx or .pptx without a password", Status.SKIPPED)
        self._archive = open_zip(data, MAX_MEMBERS)
        self._members = {member.filename: member for member in self._archive.infolist()}
        self._times = Counter(member.filename for member in self._archive.infolist())
        self._left = max_bytes
        self._max_bytes = max_bytes

    @property
    def names(self) -> frozenset[str]:
        """The names of all members."""
        return frozenset(self._members)

    def read(self, name: str) -> bytes:
        """The bytes of one member, which has to be there. XML that declares entities is refused."""
        if self._times[name] > 1:
            raise Unread(f"a damaged file (two of its parts are called {name!r})")
        parts = []
        for chunk in inflated(self._archive, self._members[name], self._left, self._max_bytes):
            parts.append(chunk)
            self._left -= len(chunk)
        data = b"".join(parts)
        if name.endswith(XML):
            refuse_entities(data)
        return data

    def only(self, wanted: Callable[[str], bool], mend: Callable[[bytes, str], bytes] = lambda content, name: content) -> bytes:
        """The same file for a library to open: the `wanted` members after `mend`(bytes, name), the others there but empty, as no text needs them."""
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as copy:
            for name in filter(None, self._members):  # zipfile reads a member without a name but cannot write one
                content = mend(self.read(name), name) if wanted(name) else b""
                copy.writestr(name, _live(content, name, self.names) if name.endswith(".rels") else content)
        return buffer.getvalue()


def is_markup(name: str) -> bool:
    """True for the members of an Office file that hold text and structure; pictures, fonts, macros and data of other programs are none."""
    return name.lower().endswith(XML) and not name.lower().startswith("customxml/item")


def _live(relations: bytes, name: str, names: frozenset[str]) -> bytes:
    """A part's list of relations without those to parts that are not there, such as "NULL" for a lost picture, at which libraries stop."""
    from lxml import etree

    try:
        root = etree.fromstring(relations, etree.XMLParser(**SAFE))
    except etree.XMLSyntaxError:
        return relations
    folder = posixpath.dirname(posixpath.dirname(name))
    for relation in list(root):
        target = posixpath.normpath(posixpath.join("/", folder, relation.get("Target") or ""))[1:]
        if relation.get("TargetMode") != "External" and target not in names:
            root.remove(relation)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))


def open_zip(data: bytes, max_members: int) -> zipfile.ZipFile:
    """The zip file, its list of members read. Raises Unread when it is damaged or the list is longer than `max_members`."""
    too_many = f"the file holds more than {max_members:,} parts, which is the limit"
    if data.count(ENTRY) > SPARE * max_members:
        raise Unread(too_many)
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except DAMAGE as error:
        raise Unread(f"a damaged file ({error})") from error
    members = sorted(archive.infolist(), key=lambda member: member.header_offset)
    if len(members) > max_members:
        raise Unread(too_many)
    if any(member.header_offset + LOCAL_HEADER + member.compress_size > after.header_offset for member, after in itertools.pairwise(members)):
        raise Unread("a damaged file (two of its parts overlap)")  # CVE-2024-0450; Python before 3.11.8 reads on
    return archive


def inflated(archive: zipfile.ZipFile, member: zipfile.ZipInfo, left: int, most: int = MAX_TOTAL) -> Iterator[bytes]:
    """The bytes of one member in chunks. Raises Unread when it is encrypted, damaged, a bomb, or larger than the `left` of `most` bytes."""
    if member.flag_bits & 1:
        raise Unread("it is encrypted; save it without a password", Status.SKIPPED)
    if member.compress_type not in METHODS:
        raise Unread("it is packed in another way than Deflate; pack it again as an ordinary zip file")
    size = 0
    try:
        with archive.open(member) as stream:
            while chunk := stream.read(CHUNK):
                size += len(chunk)
                if size > MAX_FREE and size > MAX_RATIO * max(member.compress_size, 1):
                    raise Unread(f"a zip bomb: {member.filename!r} unpacks to more than {size // 1_000_000} MB")
                if size > left:
                    raise Unread(f"it unpacks to more than {most // 1_000_000} MB")
                yield chunk
    except DAMAGE as error:
        raise Unread(f"a damaged file ({error})") from error


def zip_kind(data: bytes) -> str:
    """The suffix of the document that a zip file is inside; "" when it is an ordinary or a broken one."""
    try:
        with open_zip(data, MAX_FILES) as archive:
            names = archive.namelist()
            if "mimetype" in names and archive.getinfo("mimetype").compress_type in METHODS:
                with archive.open("mimetype") as stream:
                    return TYPES.get(stream.read(100).strip(), "")
    except (*DAMAGE, Unread):
        return ""
    return next((suffix for start, suffix in KINDS if any(name.startswith(start) for name in names)), "")
