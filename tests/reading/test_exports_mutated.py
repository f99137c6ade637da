"""Damaged exports: whatever bytes are changed, every reader ends in pieces or reasons, never in its own failure."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.conftest import ReadAll
from tests.exports import skipped_of, wp_item, wxr
from tests.reading.test_feed import item, rss, sitemap
from tests.reading.test_ghost import export as ghost
from tests.reading.test_ghost import post
from tests.reading.test_headless import entry, link, rich
from tests.reading.test_headless import export as contentful
from tests.reading.test_richtext import LEXICAL, PORTABLE, RICOS

TEXTS = {
    "wordpress.xml": wxr(wp_item(), wp_item(status="draft")), "feed.xml": rss(item(), item()), "sitemap.xml": sitemap(("a", "2024-01-01"), ("b", "")),
    "ghost.json": ghost(post(), post(html=None, lexical=json.dumps(LEXICAL)), tags=[{"id": "t"}], posts_tags=[{"post_id": "p1", "tag_id": "t"}]),
    "contentful.json": contentful(entry("a", "page", title="x", slug="s", parts=[link("b")]), entry("b", "part", title="x", body=rich("rye " * 60))),
    "sanity.ndjson": json.dumps({"_id": "a", "_type": "post", "title": "x", "slug": {"current": "x"}, "body": PORTABLE, "sections": [{"_type": "hero", "text": "rye " * 60}]}),
    "wix.json": json.dumps([{"title": "x", "richContent": RICOS}]),
}  # fmt: skip
OTHER_VALUES = st.sampled_from([None, 5, "x", [], {}, [None], [[1]], {"a": []}, True])
SPLICES = st.sampled_from([b"", b"<", b"]]>", b"&", b"{", b'"', b"<item>", b"</item>", b"\x00", b"\xff"])


@pytest.mark.parametrize("name", TEXTS)
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cuts=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 40), SPLICES), min_size=1, max_size=4))
def test_changed_bytes(read_all: ReadAll, name: str, cuts: list[tuple[float, int, bytes]]) -> None:
    """Bytes cut out and put in anywhere."""
    data = TEXTS[name].encode()
    for place, length, splice in cuts:
        at = int(place * len(data))
        data = data[:at] + splice + data[at + length :]
    assert not any("the program failed" in result.reason for result in skipped_of(read_all(name, data)))


@pytest.mark.parametrize("name", [name for name in TEXTS if "json" in name])
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(random=st.randoms(use_true_random=False), other=OTHER_VALUES)
def test_changed_values(read_all: ReadAll, name: str, random: Any, other: object) -> None:
    """Valid JSON with a value of another type in some places."""

    def changed(value: Any) -> Any:
        if random.random() < 0.06:
            return other
        if isinstance(value, dict):
            return {key: changed(inner) for key, inner in value.items()}
        return [changed(inner) for inner in value] if isinstance(value, list) else value

    results = read_all(name, json.dumps(changed(json.loads(TEXTS[name]))), drafts=True)
    assert not any("the program failed" in result.reason for result in skipped_of(results))
