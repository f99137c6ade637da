"""XML from outside -> the elements asked for. Nothing is fetched or expanded; what is slightly broken is mended, and what was lost is said.

Real exports are often not valid: of 22 WordPress exports a strict parser refused 4, for a bare "&", an HTML entity or a control byte.
Those are mended without loss. Letting the parser guess (recover) comes last, and each element by itself, for it drops text: a control
byte in a CDATA section costs it the whole section, a tag that is never closed everything after it.
"""

from __future__ import annotations

import html.entities
import io
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from gating.reading.outcome import Unread
from gating.reading.text import decode

T = TypeVar("T")
Element = Any  # lxml publishes no types
SAFE: dict[str, Any] = {"resolve_entities": False, "no_network": True, "load_dtd": False, "remove_comments": True, "remove_pis": True}
DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.-]{2,40})""")
DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,300}\?>")
ROOT = re.compile(r"<([A-Za-z_][\w.:-]*)(?:\s[^<>]*)?>")
AT = re.compile(r", line \d+, column \d+$")  # the parser says the place twice
FIRST_TAG = re.compile(rb"<[A-Za-z_]")
ENTITIES = "the XML declares entities of its own, which gating does not expand; export it again without a DOCTYPE"
HEAD = 100_000  # bytes in which a DOCTYPE stands
CDATA_OR_WRONG = re.compile(r"<!\[CDATA\[.*?(?:\]\]>|\Z)|\]\]>|&#(?:(\d{1,7})|x([0-9a-fA-F]{1,6}));|&(?!(?:amp|lt|gt|quot|apos);)(\w{1,40};)?", re.DOTALL)
NO_SIGN = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # what no XML may hold, not even by its number


@dataclass(frozen=True)
class Found(Generic[T]):
    """What was made of the elements; `broken` has, by place, the line of the first mistake in an element; `problem` sums up."""

    made: list[T]
    broken: dict[int, int] = field(default_factory=dict)
    problem: str = ""


def find_elements(data: bytes, names: Iterable[str], make: Callable[[Element], T]) -> Found[T]:
    """make(element) for each element whose local name is in `names`, in order. Elements are emptied afterwards.

    Raises Unread for XML that declares entities of its own, or is broken and holds none of the elements.
    """
    from lxml import etree

    refuse_entities(data)
    wanted = frozenset(names)
    for attempt in (_stripped, _mended):
        try:
            return Found(list(_parsed(attempt(data), wanted, make)))
        except etree.XMLSyntaxError as error:
            mistake = _Mistake(error.lineno or 1, AT.sub("", error.msg or ""))
    found = [(make(element), line) for element, line in _recovered(_mended(data).decode(), wanted)]
    if not found:
        raise Unread(f"not valid XML (line {mistake.line}: {mistake.said})")
    broken = {place: line for place, (_, line) in enumerate(found) if line}
    return Found([made for made, _ in found], broken, mistake.sentence)


def well_formed(data: bytes, names: Iterable[str]) -> tuple[bytes, str]:
    """The same XML as a parser without guesses can read it, and what is wrong with it ("" for nothing). Raises Unread.

    Of a broken file only the elements called one of `names` are left, one after the other.
    """
    from lxml import etree

    refuse_entities(data)
    for attempt in (_stripped, _mended):
        try:
            etree.fromstring(attempt(data), etree.XMLParser(**SAFE))
            return attempt(data), ""
        except etree.XMLSyntaxError as error:
            mistake = _Mistake(error.lineno or 1, AT.sub("", error.msg or ""))
    text = _mended(data).decode()
    root = ROOT.search(text)
    if root is None:
        raise Unread(f"not valid XML (line {mistake.line}: {mistake.said})")
    inner = b"".join(etree.tostring(element, encoding="utf-8") for element, _ in _recovered(text, frozenset(names)))
    return root.group().encode() + inner + f"</{root.group(1)}>".encode(), mistake.sentence


def refuse_entities(data: bytes) -> None:
    """Raises Unread for XML that declares entities of its own. Reads no further than the first tag; broken XML is left to its reader."""
    from lxml import etree

    try:
        _, root = next(etree.iterparse(io.BytesIO(data.lstrip()), events=("start",), **SAFE))
    except etree.XMLSyntaxError as error:
        if b"<!ENTITY" in FIRST_TAG.split(data[:HEAD].replace(b"\0", b""), maxsplit=1)[0]:
            raise Unread(ENTITIES) from error
        return
    types = root.getroottree().docinfo.internalDTD
    if types is not None and next(types.iterentities(), None) is not None:
        raise Unread(ENTITIES)


def local_name(element: Element) -> str:
    """The name without its namespace, or without a prefix that was never declared."""
    return str(element.tag).rpartition("}")[2].rpartition(":")[2]


def text_of(element: Element) -> str:
    """All text in an element, white space at its ends cut."""
    return "".join(element.itertext()).strip()


@dataclass(frozen=True)
class _Mistake:
    """Where a parser gave up, and why."""

    line: int
    said: str

    @property
    def sentence(self) -> str:
        return f"broken XML on line {self.line} ({self.said}); text may be missing there"


def _parsed(data: bytes, wanted: frozenset[str], make: Callable[[Element], T]) -> Iterator[T]:
    """`huge_tree` stays off: with it the parser's own guards against bombs would go."""
    from lxml import etree

    for _, element in etree.iterparse(io.BytesIO(data), events=("end",), **SAFE):
        if local_name(element) in wanted:
            yield make(element)
            element.clear()
            parent = element.getparent()
            while parent is not None and element.getprevious() is not None:
                del parent[0]


def _recovered(text: str, wanted: frozenset[str]) -> Iterator[tuple[Element, int]]:
    """(element, line of its first mistake, else 0) for each wanted element of a broken text, parsed by itself."""
    from lxml import etree

    found = ROOT.search(text)
    root = " ".join(found.group().split()) if found else "<root>"  # with the namespaces, on one line
    line, counted = 0, 0
    for start, end in _spans(text, wanted):
        line, counted = line + text.count("\n", counted, start), start
        parser = etree.XMLParser(**SAFE, recover=True)
        tree = etree.fromstring(f"{root}{text[start:end]}</{ROOT.match(root)[1]}>".encode(), parser)  # type: ignore[index]
        element = next((node for node in tree.iterdescendants() if local_name(node) in wanted), None) if tree is not None else None  # the root is ours
        if element is not None and len(element):
            mistakes = [entry.line for entry in parser.error_log if entry.domain_name != "NAMESPACE"]  # a prefix that nobody declared costs no text
            yield element, line + mistakes[0] if mistakes else 0


def _spans(text: str, wanted: frozenset[str]) -> Iterator[tuple[int, int]]:
    """Where each wanted element begins and ends; one that is never closed ends where the next begins. CDATA sections are no markup."""
    start, opened = -1, ""
    names = "|".join(sorted(wanted))
    for found in re.finditer(rf"<!\[CDATA\[.*?\]\]>|<(/?)(?:[\w.-]+:)?({names})(?=[\s>/])", text, re.DOTALL):
        closing, name = found.groups()
        if start >= 0 and name == opened:
            end = (text.find(">", found.end()) + 1 or len(text)) if closing else found.start()
            yield start, end
            if end == len(text):
                return
            start = -1 if closing else found.start()
        elif start < 0 and name and not closing:
            start, opened = found.start(), name
    if start >= 0:
        yield start, len(text)


def _stripped(data: bytes) -> bytes:
    return data.lstrip()  # blank lines before the declaration, as themes and plugins let them slip out


def _mended(data: bytes) -> bytes:
    """As UTF-8, without what no XML may hold, HTML's entities as numbers, every other bare "&" and "]]>" escaped; CDATA sections as they are."""
    declared = DECLARED.match(data)
    text = DECLARATION.sub("", decode(data, declared.group(1).decode("ascii") if declared else ""), count=1)
    return CDATA_OR_WRONG.sub(_escaped, text).encode("utf-8", "replace")


def _escaped(found: re.Match[str]) -> str:
    said = found.group()
    if said.startswith("<"):
        return said if said.endswith("]]>") else f"{said}]]>"  # the file was cut in the middle of a text: a parser would drop all of it
    if said == "]]>":
        return "]]&gt;"
    decimal, hexadecimal, name = found.groups()
    if decimal or hexadecimal:
        code = int(decimal) if decimal else int(hexadecimal, 16)
        return "" if code > sys.maxunicode or NO_SIGN.match(chr(code)) else said
    letters = html.entities.html5.get(name or "")
    return "".join(f"&#{ord(letter)};" for letter in letters) if letters else f"&amp;{said[1:]}"
