"""XML that means harm, and XML that nobody asked for."""

import time

import pytest

from gating.reading.outcome import Unread
from gating.reading.safe_xml import find_elements, local_name
from gating.records import Skipped
from tests.conftest import ReadAll
from tests.exports import NAMESPACES, skipped_of

LAUGHS = '<!DOCTYPE rss [<!ENTITY a "ha">' + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)) + "]>"
OUTSIDE = '<!DOCTYPE rss [<!ENTITY secret SYSTEM "file:///etc/hostname">]>'
PARAMETER = '<!DOCTYPE rss [<!ENTITY % more SYSTEM "http://127.0.0.1:9/more.dtd"> %more;]>'


@pytest.mark.parametrize("namespaces", [NAMESPACES, ""], ids=["export", "feed"])
@pytest.mark.parametrize(("types", "said"), [(LAUGHS, "&j;"), (OUTSIDE, "&secret;"), (PARAMETER, "x")], ids=["laughs", "outside", "parameter"])
def test_entities_of_its_own_are_refused(read_all: ReadAll, namespaces: str, types: str, said: str) -> None:
    """A file that declares entities is one failed line, at once, whatever they stand for."""
    for attribute in ("2.0", said if types != PARAMETER else "2.0"):
        (result,) = read_all("bomb.xml", f'{types}<rss version="{attribute}" {namespaces}><channel><item><title>{said}</title></item></channel></rss>')
        assert isinstance(result, Skipped)
        assert "declares entities" in result.reason


def test_document_type_elsewhere_is_not_fetched(read_all: ReadAll) -> None:
    """Old feeds name a DTD on a server; it is left there."""
    results = read_all("old.xml", '<!DOCTYPE rss SYSTEM "http://127.0.0.1:9/rss.dtd"><rss version="0.91"><channel><item><title>Rye</title></item></channel></rss>')
    assert [result.reason for result in skipped_of(results)] == ["no text in it"]


@pytest.mark.parametrize(
    "content",
    [f"<rss {NAMESPACES}>" + "<a>" * 50_000, "<rss>" + "<" * 300_000, "<rss>" + "&" * 300_000, "<rss>" + "<![CDATA[" * 50_000, "<rss>" + "<!--" * 50_000,
     "<urlset>" + "<url>" * 50_000, f"<rss {NAMESPACES}>" + "\x01\x02\x03" * 1000],
    ids=["deep", "openings", "ands", "sections", "comments", "addresses", "controls"],
)  # fmt: skip
def test_heaps_of_marks_end_soon_in_a_reason(read_all: ReadAll, content: str) -> None:
    """Nesting and openings by the thousand are neither slow nor a traceback."""
    started = time.monotonic()
    results = read_all("heap.xml", content)
    assert time.monotonic() - started < 5
    assert any("XML" in result.reason for result in skipped_of(results))
    assert not any("the program failed" in result.reason for result in skipped_of(results))


def test_other_xml_is_named(read_all: ReadAll) -> None:
    """XML that is no export says what would be read."""
    (result,) = read_all("parts.xml", "<parts><part>Axle</part></parts>")
    assert isinstance(result, Skipped)
    assert "WordPress" in result.reason


@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16", "UTF-7"])
@pytest.mark.parametrize("body", ["<item><title>Pears</title></item>", "<item><title>Pears & plums</item>"])
def test_entities_are_refused_in_any_encoding_and_in_broken_files(encoding: str, body: str) -> None:
    """Whether the parser could go on or not, a file that declares entities is not read."""
    text = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE rss [<!ENTITY % a "b"><!ENTITY c SYSTEM "file:///etc/hostname">]><rss>{body}</rss>'
    with pytest.raises(Unread, match="entities"):
        find_elements(text.encode(encoding), ("item",), local_name)


def test_tags_that_never_end_are_gone_through_once() -> None:
    """Closing tags without their bracket: the rest of the file is looked at once, not once for each."""
    started = time.monotonic()
    with pytest.raises(Unread):
        find_elements(b"<rss>" + b"<item></item " * 30_000, ("item",), local_name)
    assert time.monotonic() - started < 20
