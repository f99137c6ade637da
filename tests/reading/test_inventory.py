"""Tables of content systems, and tables that list pages without their texts."""

import csv
import io
import json

import pytest

from gating.records import Piece, Skipped
from tests.builders import xlsx_bytes
from tests.conftest import ReadAll
from tests.exports import BREAD, pieces_of, shown, skipped_of


def table(names: list[str], *rows: list[str]) -> str:
    file = io.StringIO()
    csv.writer(file).writerows([names, *rows])
    return file.getvalue()


HTML = f"<h2>At night</h2><p>{BREAD} {BREAD}</p>"
WEBFLOW = ["Name", "Slug", "Collection ID", "Item ID", "Created On", "Updated On", "Published On", "Story of the month"]
NEWER = [*WEBFLOW, "Archived", "Draft"]
DAY = "Sat Mar 09 2024 18:31:20 GMT+0000 (Coordinated Universal Time)"


def test_webflow_collection(read_all: ReadAll) -> None:
    """The rich text has whatever name the site gave it; an item never published is a draft; days are ISO."""
    content = table(WEBFLOW, ["Rye", "rye", "c", "i1", DAY, DAY, DAY, HTML], ["Oats", "oats", "c", "i2", DAY, DAY, "", HTML])
    (piece,) = pieces_of(results := read_all("posts.csv", content))
    assert (piece.id, piece.title, piece.url, dict(piece.metadata)["published on"]) == ("i1", "Rye", "rye", "2024-03-09")
    assert shown(piece)[0] == ("heading", "At night")
    assert "never published 1" in skipped_of(results)[0].reason


def test_flags_of_newer_webflow_exports(read_all: ReadAll) -> None:
    """Columns that say draft or archived by true and false; "draft" is then no text."""
    rows = [[f"Rye {n}", f"rye-{n}", "c", f"i{n}", DAY, DAY, DAY, HTML, *flags] for n, flags in enumerate((["false", "false"], ["true", "false"], ["false", "true"]))]
    results = read_all("posts.csv", table(NEWER, *rows))
    assert [piece.title for piece in pieces_of(results)] == ["Rye 0"]
    assert "2 unpublished items (archived 1, draft 1) left out; --drafts reads them" in skipped_of(results)[0].reason
    assert len(pieces_of(read_all("posts.csv", table(NEWER, *rows), drafts=True))) == 3


@pytest.mark.parametrize(
    ("column", "published", "other"),
    [
        (":draft", "false", "true"),
        ("Published", "TRUE", "FALSE"),
        ("status", "confirmed", "draft"),
        ("State", "PUBLISHED", "DRAFT"),
        ("is_published", "true", "false"),
        ("Status", "publish", "private"),
    ],
    ids=["framer", "shopify", "beehiiv", "hubspot", "substack", "wordpress"],
)
def test_drafts_of_other_systems(read_all: ReadAll, column: str, published: str, other: str) -> None:
    """Each has its own way to mark a draft."""
    results = read_all("posts.csv", table(["Title", "Body", column], ["Rye", HTML, published], ["Oats", HTML, other]))
    assert [piece.title for piece in pieces_of(results)] == ["Rye"]
    assert "1 unpublished item" in skipped_of(results)[0].reason


def test_wix_rich_content(read_all: ReadAll) -> None:
    """The rich text goes before the plain one; where it is broken the plain one is read."""
    tree = {"nodes": [{"type": "HEADING", "headingData": {"level": 2}, "nodes": [{"type": "TEXT", "textData": {"text": "At night"}}]},
                      {"type": "PARAGRAPH", "nodes": [{"type": "TEXT", "textData": {"text": BREAD}}]}]}  # fmt: skip
    names = ["Title", "Plain Content", "Rich Content", "Published Date", "Last Published Date"]
    content = table(names, ["Rye", BREAD, json.dumps(tree), "2024-03-09T10:00:00Z", ""], ["Oats", BREAD, '{"nodes": [', "2024-03-09T10:00:00Z", ""])
    rye, oats = pieces_of(read_all("posts.csv", content))
    assert shown(rye) == [("heading", "At night"), ("paragraph", BREAD)]
    assert shown(oats) == [("paragraph", BREAD)]


@pytest.mark.parametrize(("audience", "verdict"), [("free", "ungated"), ("premium", "gated"), ("only_paid", "gated")])
def test_audience_is_the_gate(read_all: ReadAll, audience: str, verdict: str) -> None:
    """Beehiiv and Substack say for whom a post is."""
    (piece,) = pieces_of(read_all("posts.csv", table(["web_title", "status", "audience", "content_html"], ["Rye", "confirmed", audience, HTML])))
    assert (piece.observed.verdict, piece.observed.evidence) == (verdict, f"audience: {audience}")


def test_any_gate_column_that_the_user_names(read_all: ReadAll) -> None:
    """--map gate=COLUMN makes a flag of any column."""
    (piece,) = pieces_of(read_all("posts.csv", table(["Title", "Body", "Behind it"], ["Rye", BREAD, "yes"]), mapping={"gate": "Behind it"}))
    assert piece.observed.verdict == "gated"


def test_empty_text_column_gives_way_to_the_longest_html(read_all: ReadAll) -> None:
    """Shopify shops often keep the text in a metafield and leave the body empty."""
    (piece,) = pieces_of(read_all("posts.csv", table(["Title", "Body HTML", "Metafield: long [string]"], ["Rye", "", HTML])))
    assert shown(piece)[0] == ("heading", "At night")


def test_titles_lose_entities_and_tags(read_all: ReadAll) -> None:
    """Exports write titles as the page shows them in HTML."""
    (piece,) = pieces_of(read_all("posts.csv", table(["Title", "Excerpt", "Body"], ["Rye &#8211; <em>again</em>", "<p>Less &amp; less</p>", BREAD])))
    assert (piece.title.split(), piece.description) == (["Rye", "–", "again"], "Less & less")


def test_pieces_one_level_down_in_json(read_all: ReadAll) -> None:
    """Strapi, Airtable and GraphQL wrap each piece, and the list of them."""
    strapi = {"data": [{"id": 4, "attributes": {"title": "Rye", "content": BREAD, "tags": [{"name": "mills"}, {"name": "night"}]}}], "meta": {}}
    graphql = {"data": {"posts": {"nodes": [{"title": "Rye", "content": BREAD}]}}}
    for export in (strapi, graphql):
        (piece,) = pieces_of(read_all("posts.json", json.dumps(export)))
        assert (piece.title, shown(piece)) == ("Rye", [("paragraph", BREAD)])
    assert dict(pieces_of(read_all("posts.json", json.dumps(strapi)))[0].metadata)["tags"] == "mills, night"


def test_inventory_rows_keep_their_columns(read_all: ReadAll) -> None:
    """A list of addresses is no error: each row waits for an audit to join it, with all that it says."""
    first, second = skipped_of(
        read_all("list.csv", table(["URL", "Title", "Owner", "Last updated", "Gated?"], ["/rye", "Rye", "Ann", "9 March 2024", "yes"], ["/oats", "Oats", "Bo", "", "no"]))
    )
    assert (first.reason, first.url, first.title) == ("in the inventory only, no text", "/rye", "Rye")
    assert first.source.endswith("list.csv#1")
    assert dict(first.metadata) == {"url": "/rye", "title": "Rye", "owner": "Ann", "last updated": "2024-03-09", "gated?": "yes"}
    assert second.url == "/oats"


def test_inventory_in_a_spreadsheet(read_all: ReadAll) -> None:
    """Below a logo row, too."""
    (row,) = skipped_of(read_all("list.xlsx", xlsx_bytes({"Pages": [["Mill Ltd"], ["Page URL", "Owner"], ["https://mill.example/rye", "Ann"]]})))
    assert (row.url, dict(row.metadata)["owner"]) == ("https://mill.example/rye", "Ann")


def test_crawl_without_pictures_and_errors(read_all: ReadAll) -> None:
    """Of a crawl the pages stay; what is no page, or not there, is one line."""
    names = ["Address", "Content Type", "Status Code", "Title 1"]
    rows = [
        ["https://m.example/", "text/html; charset=UTF-8", "200", "Mill"],
        ["https://m.example/a.png", "image/png", "200", ""],
        ["https://m.example/old", "text/html", "404", "Gone"],
    ]
    page, line = skipped_of(read_all("internal_all.csv", "\ufeff" + table(names, *rows)))
    assert (page.url, page.title) == ("https://m.example/", "Mill")
    assert "2 items (image/png 1, status 404 1) left out as no content pieces" in line.reason


def test_notes_above_the_header_of_an_analytics_export(read_all: ReadAll) -> None:
    """Google Analytics opens with lines of remarks."""
    notes = "# ----------------------------------------\n# Pages and screens: Page path and screen class\n# Start date: 20240301\n# ----------------------------------------\n\n"
    (row,) = skipped_of(read_all("metrics.csv", notes + table(["Page path and screen class", "Views"], ["/rye", "120"])))
    assert (row.url, dict(row.metadata)["views"]) == ("/rye", "120")


def test_full_column_without_a_name_is_asked_for(read_all: ReadAll) -> None:
    """A table with addresses whose long column is not understood is no inventory."""
    (result,) = read_all("list.csv", table(["URL", "Fliesstext"], ["/rye", f"{BREAD} {BREAD}"]))
    assert isinstance(result, Skipped)
    assert "--map text=COLUMN" in result.reason


def test_row_without_text_among_others_keeps_its_address(read_all: ReadAll) -> None:
    """An empty cell is a gap in the text, not in the inventory."""
    first, second = read_all("posts.csv", table(["URL", "Title", "Body"], ["/rye", "Rye", ""], ["/oats", "Oats", BREAD]))
    assert isinstance(first, Skipped)
    assert (first.reason, first.url) == ("no text in it", "/rye")
    assert isinstance(second, Piece)
