"""Real exports: how many pieces each holds, and what is said of the rest."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from gating.reading import plan, read_job
from gating.reading.sources import Choices
from gating.records import Piece, Skipped
from gating.settings import Settings
from tests.exports import pieces_of, skipped_of

Results = list[Piece | Skipped]
ReadFixture = Callable[..., Results]
INVENTORY = "in the inventory only, no text"


@pytest.fixture
def read_fixture(shared: Path, settings: Settings) -> ReadFixture:
    """read_fixture(folder, part of the name): all that the one matching file gives."""

    def read(folder: str, part: str = "", drafts: bool = False) -> Results:
        (file,) = [path for path in sorted((shared / "fixtures" / folder).iterdir()) if part in path.name]
        choices = Choices(drafts=drafts)
        return [result for job in plan([str(file)], settings, choices=choices) for result in read_job(job, settings, choices)]

    return read


def counts(results: Results) -> tuple[int, int]:
    """(pieces, other lines)"""
    return len(pieces_of(results)), len(skipped_of(results))


def test_theme_unit_test_of_wordpress(read_fixture: ReadFixture) -> None:
    """186 items: 77 published posts and pages, each with a line of its own; 107 menus and pictures and two unpublished ones in one."""
    results = read_fixture("wxr", "themeunittestdata")
    assert len(results) == 77 + 1
    assert "2 unpublished items (draft 1, future 1)" in results[-1].reason  # type: ignore[union-attr]
    assert "107 items (nav_menu_item 70, attachment 37)" in results[-1].reason  # type: ignore[union-attr]
    assert Counter(piece.observed.verdict for piece in pieces_of(results))["gated"] == 1


@pytest.mark.parametrize(
    "part", ["co-authors", "theme-preview", "a11y", "blank-lines", "crazy-cdata", "missing-version", "slashes", "small-export", "valid-wxr", "utf-8-challenges"]
)
def test_no_wordpress_export_fails(read_fixture: ReadFixture, part: str) -> None:
    """Four of them are not valid XML; all can be mended without loss."""
    results = read_fixture("wxr", part)
    assert results
    assert {result.status.value for result in skipped_of(results)} <= {"skipped"}
    assert not any(piece.limits for piece in pieces_of(results))


def test_squarespace(read_fixture: ReadFixture) -> None:
    """Its invalid XML is mended: four published items and one draft."""
    results = read_fixture("squarespace")
    assert len(results) == 5
    assert "1 unpublished item (draft 1)" in results[-1].reason  # type: ignore[union-attr]
    assert {result.status.value for result in skipped_of(results)} == {"skipped"}


def test_ghost(read_fixture: ReadFixture) -> None:
    """63 posts and pages, all published; no e-mail address of a user in any of them."""
    results = read_fixture("ghost", "mobiledoc")
    assert counts(results) == (61, 2)
    assert Counter(dict(piece.metadata)["type"] for piece in pieces_of(results))["page"] >= 4
    assert all(piece.observed.verdict == "ungated" for piece in pieces_of(results))


def test_contentful(read_fixture: ReadFixture) -> None:
    """Of 886 entries about a tenth are pieces; most of them are Chinese in the default language."""
    results = read_fixture("contentful")
    found = Counter(result.reason.split(";")[0] for result in skipped_of(results))
    assert len(pieces_of(results)) == 13
    assert found["the text is Chinese"] == 78
    assert "795 items" in results[-1].reason  # type: ignore[union-attr]


@pytest.mark.parametrize(("part", "pieces", "others", "summaries"), [("patronum", 205, 0, 205), ("apexure", 7, 0, 0), ("anoopkurup", 0, 12, 0), ("libsyn", 0, 2, 0)])
def test_feeds(read_fixture: ReadFixture, part: str, pieces: int, others: int, summaries: int) -> None:
    """Every entry has a line; those of which the feed holds a summary say so; no date is of the year 1, no address of a build machine."""
    results = read_fixture("feed", part)
    assert counts(results) == (pieces, others)
    assert sum(bool(piece.limits) for piece in pieces_of(results)) == summaries
    assert not any("localhost" in result.url or dict(result.metadata).get("date", "2").startswith("0001") for result in results)


@pytest.mark.parametrize(("part", "pages", "dated"), [("sitemap.xml", 84, 0), ("grouparoo", 235, 0), ("sitemap-0", 834, 0)])
def test_sitemaps(read_fixture: ReadFixture, part: str, pages: int, dated: int) -> None:
    """One line an address; in all three the day is that of the build, or missing."""
    name = {"sitemap.xml": "resources__sitemap.xml"}.get(part, part)
    results = skipped_of(read_fixture("sitemap", name))
    assert [result.reason for result in results] == [INVENTORY] * pages
    assert sum("lastmod" in dict(result.metadata) for result in results) == dated


def test_webflow_taxonomy_is_an_inventory(read_fixture: ReadFixture) -> None:
    """Seven items without texts."""
    assert [result.reason for result in skipped_of(read_fixture("webflow_csv"))] == [INVENTORY] * 7


def test_framer(read_fixture: ReadFixture) -> None:
    """97 posts, three of them drafts; all have a date, an address and a title."""
    results = read_fixture("framer_csv")
    assert counts(results) == (94, 1)
    assert counts(read_fixture("framer_csv", drafts=True))[0] >= 96
    assert all(piece.url and piece.title and dict(piece.metadata)["published on"].startswith("20") for piece in pieces_of(results))


def test_shopify(read_fixture: ReadFixture) -> None:
    """51 articles, whose text stands in a metafield; one is not published, one has no text."""
    results = read_fixture("shopify_matrixify_csv")
    assert counts(results) == (49, 2)
    assert "1 unpublished item (not published 1)" in results[-1].reason  # type: ignore[union-attr]


@pytest.mark.parametrize(("folder", "reason"), [("wix", "only 2 words"), ("beehiiv", "only 3 words"), ("buttondown", INVENTORY)])
def test_newsletters_and_wix(read_fixture: ReadFixture, folder: str, reason: str) -> None:
    """Small test files of an importer: the right column is read, and it is short."""
    results = skipped_of(read_fixture(folder))
    assert len(results) == 2
    assert results[0].reason.startswith(reason)


@pytest.mark.parametrize("part", ["content_all", "internal_all", "page_titles", "sitemaps_all"])
def test_screaming_frog(read_fixture: ReadFixture, part: str) -> None:
    """Nine pages, each with its address."""
    results = skipped_of(read_fixture("screamingfrog", part))
    assert [result.reason for result in results] == [INVENTORY] * 9
    assert all(result.url.startswith("https://") for result in results)


def test_json_of_wordpress_pages(read_fixture: ReadFixture) -> None:
    """43 pages of a builder, with ids, days and titles without entities."""
    results = read_fixture("wp_json")
    assert counts(results) == (42, 1)
    assert all(piece.id.isdigit() and piece.title and "&#" not in piece.title and dict(piece.metadata)["publishedat"][:2] == "20" for piece in pieces_of(results))


def test_answer_of_the_wordpress_api(read_fixture: ReadFixture) -> None:
    """One page with its address and days."""
    (piece,) = pieces_of(read_fixture("wp_rest"))
    assert (dict(piece.metadata)["date"], dict(piece.metadata)["modified"], piece.url[:8]) == ("2020-09-17", "2020-09-18", "https://")
