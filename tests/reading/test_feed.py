"""Feeds and sitemaps."""

import pytest

from gating.records import Skipped, Status
from tests.conftest import ReadAll
from tests.exports import BREAD, pieces_of, shown, skipped_of


def rss(*items: str) -> str:
    return f'<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>Mill</title>{"".join(items)}</channel></rss>'


def item(text: str = f"<p>{BREAD}</p>", tag: str = "content:encoded", title: str = "Rye", more: str = "") -> str:
    return f"<item><title>{title}</title><link>https://mill.example/rye</link><{tag}><![CDATA[{text}]]></{tag}>{more}</item>"


def test_full_text_of_rss(read_all: ReadAll) -> None:
    """The content goes before the summary, which becomes the description; the day is ISO."""
    (piece,) = pieces_of(read_all("feed.xml", rss(item(more="<description>How bakers lose grain</description><pubDate>Sat, 09 Mar 2024 10:00:00 GMT</pubDate>"))))
    known = dict(piece.metadata)
    assert (piece.title, piece.url, piece.description, shown(piece)) == ("Rye", "https://mill.example/rye", "How bakers lose grain", [("paragraph", BREAD)])
    assert known["date"] == "2024-03-09"
    assert "modified" not in known
    assert piece.limits == ()


@pytest.mark.parametrize("text", [BREAD, f"<p>{' '.join([BREAD] * 4)} [&#8230;]</p>"], ids=["short", "cut"])
def test_summary_says_that_it_is_one(read_all: ReadAll, text: str) -> None:
    """Where the feed holds the opening only, the piece says so."""
    (piece,) = pieces_of(read_all("feed.rss", rss(item(text, "description"))))
    assert piece.limits == ("the feed holds only a summary",)


def test_long_description_is_the_text(read_all: ReadAll) -> None:
    """Many feeds keep the whole text in <description>."""
    (piece,) = pieces_of(read_all("feed.xml", rss(item(f"<p>{' '.join([BREAD] * 4)}</p>", "description"))))
    assert piece.limits == ()


def test_atom_is_read(read_all: ReadAll) -> None:
    """Entries with their alternate link, their id and XHTML content; forms in it are kept."""
    content = f'<div xmlns="http://www.w3.org/1999/xhtml"><p>{BREAD}</p><form action="/get"><label>Email</label><input type="email" name="email"/></form></div>'
    entry = (
        '<entry><title>Rye</title><id>tag:mill</id><link rel="self" href="/s"/><link rel="alternate" href="https://mill.example/rye"/>'
        f'<updated>2024-04-01T10:00:00Z</updated><author><name>Ann</name></author><content type="xhtml">{content}</content></entry>'
    )
    (piece,) = pieces_of(read_all("news.atom", f'<feed xmlns="http://www.w3.org/2005/Atom"><title>Mill</title>{entry}</feed>'))
    known = dict(piece.metadata)
    assert (piece.id, piece.url, known["author"], known["modified"]) == ("tag:mill", "https://mill.example/rye", "Ann", "2024-04-01")
    assert ("field", "Email") in shown(piece)


def test_remains_of_a_build_are_no_dates_and_addresses(read_all: ReadAll) -> None:
    """The year 1 and the developer's own machine are what a static site generator leaves; of the address the path stays."""
    local = item(more="<pubDate>Mon, 01 Jan 0001 00:00:00 +0000</pubDate>").replace("https://mill.example/rye", "http://localhost:1313/rye")
    (piece,) = pieces_of(read_all("feed.xml", rss(local)))
    assert (piece.url, "date" in dict(piece.metadata)) == ("/rye", False)


def test_unfilled_template_is_no_piece(read_all: ReadAll) -> None:
    """An entry whose title is still a placeholder is counted, not read."""
    results = read_all("feed.xml", rss(item(), item(title="{{ post.title }}")))
    assert len(pieces_of(results)) == 1
    assert "template that was never filled in 1" in skipped_of(results)[0].reason


def test_broken_feed_gives_its_whole_entries(read_all: ReadAll) -> None:
    """A feed that breaks off is read up to there, and says so in a failed line."""
    results = read_all("feed.xml", rss(item(), item())[: len(rss(item())) + 20])
    assert [piece.title for piece in pieces_of(results)] == ["Rye"]
    assert skipped_of(results)[-1].status is Status.FAILED
    assert "broken XML on line 1" in skipped_of(results)[-1].reason


def test_feed_is_never_taken_for_an_address(read_all: ReadAll) -> None:
    """A name of a file or an address inside the data is not opened."""
    (result,) = read_all("feed.xml", "<rss>http://127.0.0.1:9/feed.xml</rss>")
    assert isinstance(result, Skipped)
    assert "without entries" in result.reason


def sitemap(*entries: tuple[str, str]) -> str:
    inner = "".join(f"<url><loc>https://mill.example/{path}</loc>{f'<lastmod>{day}</lastmod>' if day else ''}</url>" for path, day in entries)
    return f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{inner}</urlset>'


def test_sitemap_is_an_inventory(read_all: ReadAll) -> None:
    """Each address is a line of its own, with the day of its last change."""
    first, second = skipped_of(read_all("sitemap.xml", sitemap(("a", "2024-03-09T20:56:20.013Z"), ("b", ""))))
    assert (first.url, dict(first.metadata)["lastmod"], first.reason) == ("https://mill.example/a", "2024-03-09", "in the inventory only, no text")
    assert first.source.endswith("sitemap.xml#1")
    assert "lastmod" not in dict(second.metadata)


@pytest.mark.parametrize(("same", "kept"), [(9, False), (8, True)])
def test_day_of_the_build_is_left_out(read_all: ReadAll, same: int, kept: bool) -> None:
    """A day that more than four in five addresses share is the day on which the site was built."""
    days = ["2024-03-09"] * same + ["2024-01-01"] * (10 - same)
    results = skipped_of(read_all("sitemap.xml", sitemap(*((f"p{number}", day) for number, day in enumerate(days)))))
    assert ("lastmod" in dict(results[0].metadata)) is kept
    assert dict(results[-1].metadata)["lastmod"] == "2024-01-01"


def test_index_of_sitemaps_asks_for_them(read_all: ReadAll) -> None:
    """An index names no pages."""
    (result,) = read_all("sitemap.xml", "<sitemapindex><sitemap><loc>https://mill.example/posts.xml</loc></sitemap></sitemapindex>")
    assert isinstance(result, Skipped)
    assert "https://mill.example/posts.xml" in result.reason
