"""Which examples never stand on both sides of a comparison."""

from dataclasses import replace

import numpy as np
import pytest

from gating.records import Example, Piece
from gating.training.groups import duplicate_clusters, groups_of, site_of
from tests.builders import piece_of

TEXTS = (
    "Skippers who lay up ashore pay a smaller premium, because a mast that stands in a shed meets no other mast at night.",
    "A choir that sings in Latin should still be told by its conductor what each line means before the second rehearsal.",
    "Roofers look at the chimney first: where lead has slipped by a finger, water has been coming in for at least a winter.",
    "The dentist's diary is full on Mondays since pain that begins on Friday evening is borne through the weekend by most people.",
    "Honey sets hard in a cold larder and clears again in warm water, which alters neither its taste nor how long it keeps.",
    "Our trams are late when it rains, and not by reason of the rails: people take longer to fold umbrellas than to find a seat.",
    "A tax adviser reads the last page before the first, where the figure stands that the client has been looking for all week.",
    "Before a bridge is painted it is washed, then left alone for three dry days, and that is what the schedule forgets each year.",
    "Bakers weigh water. A jug lies by a tenth, and a tenth is the difference between a loaf with holes and a loaf with a cave.",
    "The library lends drills, tents and a sewing machine that nobody has broken yet, for a week at a time and without a fee.",
    "Shepherds on the moor mark lambs with a colour that washes out by autumn, so the buyer sees wool and no paint at the sale.",
    "Lifts in old houses stop between floors when the cable warms; a technician who carries a fan is home again before lunch.",
)


def examples(*urls: str, **fields: object) -> list[Example]:
    return [Example(replace(piece_of(TEXTS[number]), url=url), stage="awareness", **fields) for number, url in enumerate(urls)]


def together(rows: list[Example]) -> set[frozenset[int]]:
    numbers = groups_of(rows)
    return {frozenset(np.flatnonzero(numbers == group).tolist()) for group in np.unique(numbers)}


def alone(*members: int) -> set[frozenset[int]]:
    return {frozenset((member,)) for member in members}


def test_unlike_pieces_of_one_site_are_groups_of_their_own() -> None:
    """A company's own pages are all of one site, and must still be split."""
    rows = examples(*(f"https://acme.example/blog/{number}" for number in range(12)))
    assert together(rows) == alone(*range(12))


def test_several_sites_are_kept_apart() -> None:
    """Pieces of one site are one group, by host without subdomain."""
    rows = examples("https://www.a.example/x", "https://blog.a.example/y", "https://b.example/x", "b.example/z")
    assert together(rows) == {frozenset((0, 1)), frozenset((2, 3))}


def test_site_column_goes_before_the_host() -> None:
    """What the table says of the site counts; case does not."""
    pages = examples("https://cdn.example/1", "https://cdn.example/2", "https://cdn.example/3")
    rows = [replace(one, site=site) for one, site in zip(pages, ("Acme", "acme ", "Birch"), strict=True)]
    assert together(rows) == {frozenset((0, 1)), frozenset((2,))}


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("https://shop.orchard.co.uk/a", "orchard.co.uk"), ("https://www.orchard.de", "orchard.de"), ("https://a.b.orchard.com:8080/", "orchard.com"),
        ("/blog/a", ""), ("", ""), ("http://[::1", ""),
    ],
)  # fmt: skip
def test_site_of_an_address(url: str, site: str) -> None:
    """The domain that somebody registered; a path alone, or half an address, tells none."""
    assert site_of(examples(url)[0]) == site


def test_copies_join_across_sites() -> None:
    """A text that two sites print makes one group of both."""
    rows = examples("https://a.example/1", "https://a.example/2", "https://b.example/3", "https://c.example/4")
    rows[2] = replace(rows[2], piece=replace(rows[0].piece, url="https://b.example/copy"))
    assert together(rows) == {frozenset((0, 1, 2)), frozenset((3,))}


def test_near_copies_are_one_cluster() -> None:
    """A text with a few words changed, at its end and in the middle, is near; another text is not."""
    pieces: list[Piece] = [piece_of(f"{TEXTS[0]} {TEXTS[1]}"), piece_of(f"{TEXTS[0]} {TEXTS[1]} Ask us."), piece_of(TEXTS[2])]
    assert duplicate_clusters(pieces).tolist() == [0, 0, 1]


def test_campaign_of_the_address_or_of_a_column_joins() -> None:
    """utm_campaign, a column `campaign` and a column `series` say that pieces were made together, whatever their folders."""
    rows = examples("https://a.example/1?utm_campaign=Spring", "https://a.example/x/2?utm_source=m&utm_campaign=spring", *(f"https://a.example/{number}" for number in range(2, 8)))
    rows[3] = replace(rows[3], piece=replace(rows[3].piece, metadata=(("campaign", "SPRING"),)))
    rows[5] = replace(rows[5], piece=replace(rows[5].piece, metadata=(("series", "Bridges"),)))
    rows[6] = replace(rows[6], piece=replace(rows[6].piece, metadata=(("series", "bridges"),)))
    assert together(rows) == {frozenset((0, 1, 3)), frozenset((5, 6)), *alone(2, 4, 7)}


def test_folder_of_a_campaign_joins_and_a_section_does_not() -> None:
    """/spring-drive/ is a campaign; /webinars/ and /en/blog/2024/ are kinds of page, and a folder that most rows share is the site."""
    paths = ["spring-drive/a", "spring-drive/b", "webinars/c", "webinars/d", "en/blog/2024/e", "en/blog/2024/f", "resources/roof-kit/g", "resources/roof-kit/h", "i", "j"]
    rows = examples(*(f"https://a.example/{path}" for path in paths))
    assert together(rows) == {frozenset((0, 1)), frozenset((6, 7)), *alone(2, 3, 4, 5, 8, 9)}
    crowded = examples(*(f"https://a.example/journal-of-roofs/{number}" for number in range(8)), "https://a.example/x", "https://a.example/y")
    assert together(crowded) == alone(*range(10))


def test_folders_of_files_join_below_the_one_that_was_given() -> None:
    """The folder that all files share says nothing; a row of a table stands in no folder."""
    sources = ["drafts/roof-drive/a.md", "drafts/roof-drive/b.md", "drafts/blog/c.md", "drafts/blog/d.md", "drafts/e.md", *(f"drafts/labels.csv#{number}" for number in range(5))]
    rows = [Example(replace(piece_of(TEXTS[number]), source=source)) for number, source in enumerate(sources)]
    assert together(rows) == {frozenset((0, 1)), *alone(*range(2, 10))}


def test_tags_join_where_few_have_them() -> None:
    """Two of twelve with one tag are a series; tags that half of the rows have are not."""
    rows = examples(*(f"https://a.example/{number}" for number in range(12)))
    tags = ["roof survey", "roof survey", *["craft"] * 6, "", "", "", ""]
    rows = [replace(one, piece=replace(one.piece, metadata=(("tags", tag),))) for one, tag in zip(rows, tags, strict=True)]
    assert together(rows) == {frozenset((0, 1)), *alone(*range(2, 12))}


def test_order_of_rows_does_not_matter() -> None:
    """The same rows in another order are grouped alike."""
    rows = examples("https://a.example/1?utm_campaign=x", "https://a.example/2", "https://a.example/3?utm_campaign=x", "https://a.example/oak-drive/4", "https://a.example/oak-drive/5",
                    *(f"https://a.example/{number}" for number in range(6, 12)))  # fmt: skip
    turned = {frozenset(len(rows) - 1 - member for member in group) for group in together(rows[::-1])}
    assert turned == together(rows)


def test_no_examples_make_no_groups() -> None:
    """An empty array of whole numbers."""
    assert groups_of([]).tolist() == []
