"""One form for every way to write an address, and the piece behind it."""

import pytest

from gating.library.urls import Addresses, Places, addresses_of, in_order, join_inventory, site_of
from gating.reading.urls import normal_url, path_of
from gating.records import Link, Piece, Skipped, Status
from tests.builders import library_piece


def page(source: str, url: str = "", *hrefs: str) -> Piece:
    return Piece(id=source, source=source, title=source, blocks=(), url=url, links=tuple(Link("read on", href) for href in hrefs))


def known(*pages: Piece, unscored: tuple[Skipped, ...] = ()) -> Addresses:
    return addresses_of(pages, range(len(pages)), unscored)


@pytest.mark.parametrize(
    "written",
    [
        "https://acme.example/offers/kit", "http://acme.example/offers/kit/", "https://www.acme.example/offers/kit", "HTTPS://Acme.Example/offers/kit#form",
        "https://acme.example/offers/kit/index.html", "https://acme.example/offers/kit?utm_source=post&utm_medium=x", "//acme.example/offers/kit", "acme.example/offers/kit",
        "https://acme.example:443/offers//kit", " https://acme.example/offers/./kit ", "https://acme.example/offers/kit?gclid=1",
    ],
)  # fmt: skip
def test_one_address_has_one_form(written: str) -> None:
    """Whatever a colleague pastes, it is the same page."""
    assert normal_url(written) == "acme.example/offers/kit"


@pytest.mark.parametrize(
    ("written", "normal"),
    [("/blog/a%20post/", "/blog/a post"), ("a-slug", "/a-slug"), ("__GHOST_URL__/kit/", "/kit"), ("https://acme.example", "acme.example"),
     ("https://acme.example/?p=12", "acme.example?p=12"),
     ("https://acme.example/list?page=2&b=1&utm_term=z", "acme.example/list?b=1&page=2"), ("/index.html", "/"), ("guide.html", "/guide.html")],
)  # fmt: skip
def test_paths_slugs_and_queries(written: str, normal: str) -> None:
    """A path without a host stays a path; a query that names the page stays, in one order."""
    assert normal_url(written) == normal


@pytest.mark.parametrize(
    "written", ["", "#top", "mailto:ines@acme.example", "tel:+4412345", "javascript:void(0)", "data:text/plain,x", "http://[broken", "http://acme.example:port/"]
)
def test_what_is_no_page_has_no_address(written: str) -> None:
    """Mail, telephone, scripts, bare fragments and broken hosts."""
    assert normal_url(written) == ""


@pytest.mark.parametrize(
    ("source", "url", "href"),
    [
        ("content/blog/post.md", "", "../offers/kit.md"),
        ("content/blog/post.md", "", "/offers/kit/"),
        ("content/blog/post.md", "", "../../content/offers/kit.md#form"),
        ("export.csv#3", "https://acme.example/blog/post", "/offers/kit"),
        ("export.csv#3", "https://acme.example/blog/post", "../offers/kit"),
        ("export.csv#3", "https://acme.example/blog/post/", "../../offers/kit"),
        ("export.csv#3", "https://acme.example/blog/post", "http://www.acme.example/offers/kit/?utm_source=post"),
        ("ghost.json#1", "/post", "__GHOST_URL__/offers/kit/"),
        ("export.csv#3", "https://acme.example/blog/post", "https://acme.example/offers/kit.html"),
    ],
)  # fmt: skip
def test_a_link_leads_to_its_piece(source: str, url: str, href: str) -> None:
    """Between source files, from the root of the site, from the page, in full, from a Ghost export."""
    addresses = known(page("content/offers/kit.md", "https://acme.example/offers/kit"), page(source, url))
    assert addresses.follow(href, page(source, url))[1] == 0


def test_a_built_page_links_by_folder() -> None:
    """A folder of built pages has an index file in every folder and no addresses."""
    post = page("public/blog/post/index.html")
    addresses = known(page("public/offers/kit/index.html"), post)
    assert addresses.follow("../../offers/kit/", post)[1] == 0


def test_a_dated_file_is_found_by_its_slug() -> None:
    """Jekyll makes /2024/03/09/mooring-lines/ of _posts/2024-03-09-mooring-lines.md."""
    post = page("_posts/2024-03-10-other.md")
    addresses = known(page("_posts/2024-03-09-mooring-lines.md"), post)
    assert addresses.follow("/2024/03/09/mooring-lines/", post)[1] == 0


def test_a_slug_that_two_pieces_have_leads_to_neither() -> None:
    """A wrong target is worse than none."""
    addresses = known(page("a/mooring-lines.md"), page("b/mooring-lines.md"), page("post.md"))
    assert addresses.follow("/news/mooring-lines", page("post.md"))[1] is None


def test_a_copy_leads_to_the_piece_that_is_kept() -> None:
    """Both addresses stand for one piece, so that a slug of both is still unique."""
    pages = [page("src/mooring-lines.md"), page("public/mooring-lines/index.html", "https://acme.example/blog/mooring-lines")]
    addresses = addresses_of(pages, [1, 1])
    assert addresses.find("https://acme.example/blog/mooring-lines") == 1
    assert addresses.find("/news/mooring-lines") == 1


def test_another_site_is_never_ours() -> None:
    """A link to a supplier's price list is no link to our own."""
    addresses = known(page("pricing.html", "https://acme.example/pricing"), page("post.html", "https://acme.example/post"))
    assert addresses.find("https://supplier.example/pricing") is None


def test_drafts_without_addresses_know_their_site_by_their_links() -> None:
    """Links in full to paths that the folder has show which host is the own one; a host linked for other things is not."""
    posts = [page("blog/mooring.md", "", "https://acme.example/blog/hulls", "https://acme.example/blog/ropes/"), page("blog/hulls.md", "", "https://acme.example/offers/kit"),
             page("blog/ropes.md", "", "https://supplier.example/blog/paint"), page("offers/kit.md")]  # fmt: skip
    addresses = known(*posts)
    assert addresses.hosts == {"acme.example"}
    assert addresses.find("https://acme.example/offers/kit") == 3


def test_path_has_no_page_suffix() -> None:
    """/kit.html and /kit are one page of a static site; a picture keeps its name."""
    assert [path_of(normal_url(url)) for url in ("https://acme.example/kit.html", "/kit", "https://acme.example", "/a/b.png")] == ["/kit", "/kit", "/", "/a/b.png"]


def test_a_row_of_an_inventory_joins_its_page() -> None:
    """What the row says is added, what the piece says of itself wins, and the row is no input of its own any more."""
    piece = library_piece("site/ropes.html", url="https://acme.example/ropes", metadata=(("owner", "Ines"),))
    row = Skipped("crawl.csv#7", "no text", url="http://www.acme.example/ropes/?utm_source=x", metadata=(("owner", "Tom"), ("sessions", "81")))
    (joined,), left = join_inventory([piece], [row])
    assert joined.finding.piece.metadata == (("owner", "Ines"), ("sessions", "81"))
    assert left == ()


def test_an_inventory_gives_a_file_its_address() -> None:
    """A saved folder has no addresses, the sitemap beside it has them all."""
    (joined,), _ = join_inventory([library_piece("saved/blog/ropes/index.html")], [Skipped("sitemap.xml#1", "no text", url="https://acme.example/blog/ropes/")])
    assert joined.finding.piece.url == "https://acme.example/blog/ropes/"


def test_rows_without_a_page_and_real_failures_stay() -> None:
    """What could not be read must not vanish because its address is known."""
    piece = library_piece("site/ropes.html", url="https://acme.example/ropes")
    unmatched = Skipped("sitemap.xml#2", "no text", url="https://acme.example/hulls")
    failed = Skipped("site/ropes.pdf", "damaged", Status.FAILED, url="https://acme.example/ropes")
    _, left = join_inventory([piece], [unmatched, failed])
    assert set(left) == {unmatched, failed}


def test_rows_sort_as_people_count() -> None:
    """The tenth row comes after the second."""
    assert sorted(["a.csv#10", "a.csv#2", "A.csv#1"], key=in_order) == ["A.csv#1", "a.csv#2", "a.csv#10"]


def test_a_slug_alone_is_no_address_and_the_links_name_the_site() -> None:
    """An export whose address column holds slugs: the host that links to those slugs is its own, wherever the site puts them."""
    posts = [page(f"export.csv#{n}", slug, "https://acme.example/blog/tarred-ropes", "https://www.acme.example/blog/old-hulls", "https://acme.example/news/frozen-meters",
                  "https://supplier.example/paint") for n, slug in enumerate(("tarred-ropes", "old-hulls", "frozen-meters"))]  # fmt: skip
    addresses = known(*posts)
    assert addresses.hosts == {"acme.example"}
    assert addresses.find("https://acme.example/blog/old-hulls") == 1


def test_capitals_make_no_other_page() -> None:
    """A server that does not mind them, and a person who typed the link."""
    addresses = known(page("Offers/Kit.html", "https://acme.example/Offers/Kit"), page("post.html", "https://acme.example/post"))
    assert addresses.find("https://ACME.example/offers/kit") == 0


@pytest.mark.parametrize(
    ("url", "site"),
    [("https://app.acme.example/x", "acme.example"), ("https://www.acme.co.uk", "acme.co.uk"), ("https://acme.github.io/a", "acme.github.io"), ("a-slug", ""), ("/path", "")],
)
def test_the_site_is_the_registered_domain(url: str, site: str) -> None:
    """Sub-domains are one firm's, unless strangers share the domain."""
    assert site_of(url) == site


def test_places_of_many_strings() -> None:
    """The first piece counts, or none where two have the key; the same key twice of one piece is one."""
    places = Places()
    for key, place in (("/kit", 4), ("/guide", 2), ("/kit", 7), ("/guide", 2)):
        places.add(key, place)
    first, only = places.sealed(first=True), places.sealed(first=False)
    assert [first.get(key) for key in ("/kit", "/guide", "/else")] == [4, 2, None]
    assert [only.get(key) for key in ("/kit", "/guide", "/else")] == [Places.TWO, 2, None]
    assert Places().sealed(first=False).get("/kit") is None
