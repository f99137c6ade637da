"""What files of one folder say about each other, and real exports read as folders and as zip files."""

import io
import json
import os
import shutil
import zipfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest

from gating.reading import plan, read_job
from gating.reading.folders import Note, folder_notes, is_notion_page
from gating.reading.sources import Choices
from gating.records import Piece, Skipped
from gating.settings import Settings
from tests.builders import PROSE

A, B = "0f1e2d3c4b5a69788796a5b4c3d2e1f0", "a1b2c3d4e5f60718293a4b5c6d7e8f90"
POSTS = (
    "post_id,post_date,is_published,email_sent_at,type,audience,title,subtitle,podcast_url\n"
    "11.pears,2024-05-06T07:08:09.000Z,true,,newsletter,only_paid,&#x201C;Pears&#x201D; &amp; plums,Between tree and scale,\n"
    "12.draft,2024-05-07T07:08:09.000Z,false,,newsletter,everyone,Not yet,,\n"
    "13.about,2024-05-07T07:08:09.000Z,true,,page,everyone,About us,,\n"
)


def notes(files: Mapping[str, str], drafts: bool = False) -> dict[str, Note]:
    """The notes on files given by their contents."""
    return folder_notes(files, lambda name: files[name].encode(), drafts)


def sitemap(*entries: str) -> str:
    """A sitemap of these addresses; "address day" has a day of change."""
    rows = ("<url><loc>{}</loc>{}</url>".format(entry.split()[0], "".join(f"<lastmod>{day}</lastmod>" for day in entry.split()[1:])) for entry in entries)
    return f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{"".join(rows)}</urlset>'


def addresses(files: Mapping[str, str]) -> dict[str, str]:
    """The address that each page gets."""
    return {name: dict(note.columns)["url"] for name, note in notes(files).items() if note.columns}


def results_of(path: Path, settings: Settings, drafts: bool = False) -> list[Piece | Skipped]:
    """Everything that a path gives."""
    choices = Choices(drafts=drafts)
    return [result for job in plan([str(path)], settings, choices=choices) for result in read_job(job, settings, choices)]


def test_substack_columns_are_joined(tmp_path: Path, settings: Settings) -> None:
    """Title (entities resolved), subtitle, access, day and path come from posts.csv; the list and the draft say why they are no pieces."""
    (tmp_path / "posts").mkdir()
    (tmp_path / "posts.csv").write_text(POSTS)
    for name in ("11.pears.html", "12.draft.html", "13.about.html"):
        (tmp_path / "posts" / name).write_text(f"<p>{PROSE}</p>")
    (tmp_path / "posts" / "11.pears.opens.csv").write_text("post_id,timestamp,email\n11,1,a@example.org\n")
    table, pears, opens, draft, about = results_of(tmp_path, settings)
    assert isinstance(pears, Piece)
    assert isinstance(about, Piece)
    assert (pears.title, pears.description, pears.url, pears.id) == ("“Pears” & plums", "Between tree and scale", "/p/pears", "11.pears")
    assert (pears.observed.verdict, about.observed.verdict, about.url) == ("gated", "ungated", "")
    assert dict(pears.metadata)["post_date"] == "2024-05-06"
    assert [skipped.reason.split(";")[0] for skipped in (table, opens, draft)] == ["the list of the posts", "a list of readers, no piece", "not published"]
    assert [type(result) for result in results_of(tmp_path, settings, drafts=True)].count(Piece) == 3


def test_other_tables_called_posts_are_tables() -> None:
    """A posts.csv with other columns says nothing about its neighbours, nor does a broken one or one that cannot be read."""
    assert notes({"posts.csv": "title,text\nPears,words\n", "posts/1.html": ""}) == {}
    assert notes({"posts.csv": 'post_id,title,is_published\n"1', "posts/2.html": ""}).keys() == {"posts.csv"}

    def locked(_: str) -> bytes:
        raise PermissionError

    assert folder_notes(["posts.csv", "posts/1.html"], locked) == {}


def test_notion_databases_are_read_once() -> None:
    """Rows that stand as pages in the folder beside it need no table; without such a folder the one with all rows is read, not the view."""
    names = {f"Plan {A}.csv": "", f"Plan {A}_all.csv": "", f"Plan/Pears {B}.md": "", f"Old {B}.csv": "", f"Old {B}/Plums {A}.md": "", f"List {A}.csv": "", f"List {A}_all.csv": ""}
    found = notes(names)
    assert {name for name, note in found.items() if "rows were read as pages" in note.reason} == {f"Plan {A}.csv", f"Plan {A}_all.csv", f"Old {B}.csv"}
    assert "_all.csv" in found[f"List {A}.csv"].reason
    assert f"List {A}_all.csv" not in found
    assert found[f"Plan/Pears {B}.md"].columns == (("id", B), ("title", "Pears"))


@pytest.mark.parametrize(
    ("name", "is_page"),
    [(f"x/Pears {A}.md", True), (f"Pears%20{A}.html", True), (f"{A}.md", False), (f"Pears {A[:30]}.md", False), ("Pears.md", False), (f"Pears {A.upper()}.md", False)],
)
def test_names_of_notion(name: str, is_page: bool) -> None:
    """A title and 32 small hexadecimal digits; digits alone are somebody's cache."""
    assert is_notion_page(name) is is_page


def test_index_of_a_notion_export_is_no_piece() -> None:
    """The list of pages beside them is left out; an index.html elsewhere is a page."""
    found = notes({"index.html": "", f"Pears {A}.html": "", "site/index.html": ""})
    assert "list of the pages" in found["index.html"].reason
    assert "site/index.html" not in found


def test_account_data_of_medium_is_no_piece() -> None:
    """Claps, sessions and the rest are left out where they stand beside posts/; a site with posts/ and a profile is a site."""
    names = ("posts/a.html", "claps/1.html", "sessions/1.html", "profile/profile.html", "README.html")
    assert set(notes(dict.fromkeys(names, ""))) == set(names) - {"posts/a.html"}
    assert notes(dict.fromkeys(("posts/a.html", "profile/profile.html", "README.html"), "")) == {}


def test_pages_get_the_addresses_of_the_sitemap() -> None:
    """By the end of the path: index.html is its folder, endings and percent signs do not matter, the home page is the root."""
    entries = ("https://pears.example/", "https://pears.example/blog/", "https://pears.example/blog/caf%C3%A9/", "https://pears.example/guide.html")
    files = {"site/sitemap.xml": sitemap(*entries), **dict.fromkeys(("site/index.html", "site/blog/index.html", "site/blog/café.html", "site/guide.html", "site/other.html"), "")}
    assert addresses(files) == {"site/index.html": entries[0], "site/blog/index.html": entries[1], "site/blog/café.html": entries[2], "site/guide.html": entries[3]}


def test_mirror_with_the_host_as_folder() -> None:
    """A crawler's folder named after the host is part of the address."""
    files = {"sitemap.xml": sitemap("https://pears.example/", "https://pears.example/a/b"), "pears.example/index.html": "", "pears.example/a/b/index.html": ""}
    assert addresses(files) == {"pears.example/index.html": "https://pears.example/", "pears.example/a/b/index.html": "https://pears.example/a/b"}


def test_part_of_a_site_saved_alone() -> None:
    """A file whose whole path ends an address gets it; two addresses that end alike give none, and an exact one wins."""
    entries = ("https://x.example/blog/pears", "https://x.example/blog/about", "https://x.example/team/about", "https://x.example/price", "https://x.example/old/price")
    files = {"sitemap-posts.xml": sitemap(*entries), **dict.fromkeys(("pears.html", "about.html", "price.html", "team/jobs.html", "shop/pears.html"), "")}
    assert addresses(files) == {"pears.html": entries[0], "price.html": entries[3]}


def test_sitemap_holds_for_its_own_folder() -> None:
    """Pages beside or above the sitemap's folder are another site's; a sitemap that is none says nothing."""
    files = {"one/sitemap.xml": sitemap("https://x.example/a"), "two/a.html": "", "a.html": "", "two/sitemap.xml": "<html>404</html>"}
    assert addresses(files) == {}


def test_own_address_goes_first(tmp_path: Path, settings: Settings) -> None:
    """A page with a canonical address keeps it; one without gets the sitemap's, and its day."""
    (tmp_path / "sitemap.xml").write_text(sitemap("https://x.example/own 2024-01-02", "https://x.example/none 2024-03-04"))
    (tmp_path / "own.html").write_text(f'<html><head><link rel="canonical" href="https://x.example/mine"></head><body><p>{PROSE}</p></body></html>')
    (tmp_path / "none.html").write_text(f"<html><body><p>{PROSE}</p></body></html>")
    found = {os.path.basename(result.source): result for result in results_of(tmp_path, settings) if isinstance(result, Piece)}
    assert (found["own.html"].url, found["none.html"].url) == ("https://x.example/mine", "https://x.example/none")
    assert dict(found["none.html"].metadata)["modified"] == "2024-03-04"


def feed(*links: str) -> str:
    """A feed with an entry for each link."""
    items = "".join(f"<item><title>About {link}</title><link>{link}</link><description>{PROSE}</description></item>" for link in links)
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Pears</title>{items}</channel></rss>'


def left_in_feed(feed_name: str, links: tuple[str, ...], *pages: str) -> list[str]:
    """Those of `links` in a feed that lead to none of the pages that stand beside it."""
    is_page = notes({feed_name: "", **dict.fromkeys(pages, "")})[feed_name].is_page
    assert is_page
    return [link for link in links if not is_page(link)]


def test_feed_of_a_built_site_gives_what_has_no_page(tmp_path: Path, settings: Settings) -> None:
    """Entries whose pages are read are counted in one line; the other entry keeps its number. Zipped it is the same, given by itself the feed is read."""
    (tmp_path / "site/blog/pears").mkdir(parents=True)
    for name in ("blog/pears/index.html", "about.html"):
        (tmp_path / "site" / name).write_text(f"<html><body><p>{PROSE}</p></body></html>")
    path = tmp_path / "site/blog/index.xml"
    path.write_text(feed("https://x.example/blog/pears/", "https://x.example/blog/plums/", "https://x.example/about#team"))
    for results in (results_of(tmp_path / "site", settings), results_of(zip_file(tmp_path / "site"), settings)):
        assert sorted(os.path.basename(result.source) for result in results if isinstance(result, Piece)) == ["about.html", "index.html", "index.xml#2"]
        (skipped,) = (result for result in results if isinstance(result, Skipped))
        assert (os.path.basename(skipped.source), skipped.reason.split(":")[0]) == ("index.xml", "2 of its entries left out")
    assert [type(result) for result in results_of(path, settings)] == [Piece] * 3


def test_json_feed_beside_its_pages(tmp_path: Path, settings: Settings) -> None:
    """A feed in JSON goes the same way; another table in JSON, which may know more than the pages, is read."""
    items = [{"url": "https://x.example/pears", "title": "Pears", "content_html": f"<p>{PROSE}</p>"}]
    (tmp_path / "pears.md").write_text(PROSE)
    (tmp_path / "feed.json").write_text(json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items}))
    (tmp_path / "pages.json").write_text(json.dumps(items))
    assert sorted(os.path.basename(result.source) for result in results_of(tmp_path, settings) if isinstance(result, Piece)) == ["pages.json#1", "pears.md"]


@pytest.mark.parametrize(
    ("feed_name", "pages"),
    [
        ("public/index.xml", ["public/blog/pears/index.html"]),
        ("public/tags/fruit/index.xml", ["public/blog/pears.html", "public/index.xml"]),
        ("static/feed.xml", ["content/blog/pears/_index.md"]),
        ("docs/atom.xml", ["docs/pears.html"]),
    ],
)
def test_pages_of_a_feed(feed_name: str, pages: list[str]) -> None:
    """A page is known by the path of the link, whatever its ending and the folder it was built into, or by its own path on a site in a folder of its host."""
    links = ("https://x.example/blog/pears/", "https://x.example/blog/plums/", "https://x.example/", "https://[broken", "")
    assert left_in_feed(feed_name, links, *pages) == list(links[1:])


def test_other_pages_of_the_same_name_are_no_page_of_the_feed() -> None:
    """Half of a path is not enough, nor the name of a folder that holds the feed."""
    links = ("https://x.example/blog/public/", "https://x.example/team/pears")
    assert left_in_feed("public/feed.xml", links, "public/blog/pears.html", "public/index.html", "other/a/pears.html") == list(links)


@pytest.fixture
def unfolded(shared: Path, tmp_path: Path):
    """unfolded("notion/html"): a copy of a public export with the folders that its names tell of, "a__b" as a/b."""

    def copy(kind: str, prefix: str = "") -> Path:
        for path in sorted((shared / "fixtures" / kind).iterdir()):
            target = tmp_path / "export" / path.name.removeprefix(prefix).replace("__", "/")
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
        return tmp_path / "export"

    return copy


def zip_file(folder: Path) -> Path:
    """A zip file of a folder, beside it."""
    path = folder.with_suffix(".zip")
    path.write_bytes(zipped(folder))
    return path


def zipped(folder: Path) -> bytes:
    """A zip file of a folder."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path in sorted(folder.rglob("*")):
            archive.write(path, path.relative_to(folder))
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("kind", "prefix", "n_pieces", "n_skipped"),
    [
        ("notion/md_csv", "", 22, 8),
        ("notion/html", "", 17, 15),
        ("substack", "TryGhost__migrate__packages__mg-substack__test__fixtures__", 1, 2),
        ("medium", "TryGhost__migrate__packages__mg-medium-export__test__fixtures__export__", 3, 2),
    ],
)
def test_public_exports(unfolded, tmp_path: Path, settings: Settings, kind: str, prefix: str, n_pieces: int, n_skipped: int) -> None:
    """Each file of a real export is read or has its reason, the same from the folder and from a zip; no title has an id in it."""
    folder = unfolded(kind, prefix)
    walked = results_of(folder, settings)
    counts = Counter(type(result) for result in walked)
    assert (counts[Piece], counts[Skipped]) == (n_pieces, n_skipped)
    assert not [result.title for result in walked if any(len(word) == 32 for word in result.title.split())]
    (tmp_path / "export.zip").write_bytes(zipped(folder))
    assert Counter((result.title, type(result)) for result in results_of(tmp_path / "export.zip", settings)) == Counter((result.title, type(result)) for result in walked)
