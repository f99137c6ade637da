"""From a piece to the offer that follows it."""

from dataclasses import replace

import pytest
from scipy.sparse import vstack

from gating.library.hand_offs import HandOff, is_no_content, map_hand_offs
from gating.library.phrases import weigh_phrases
from gating.library.shelf import library_of
from gating.library.urls import addresses_of
from gating.records import Form, LibraryPiece, Link, Skipped
from tests.builders import library_piece
from tests.library.trades import ASSET, AWARE, TRADES, blog, demo, offer, post

KIT = Link("Get the workbook", "/offers/cold-storage")
TALK = Link("Book a demo", "/demo")


def hand_offs(*pieces: LibraryPiece, unscored: tuple[Skipped, ...] = ()) -> list[HandOff]:
    table = weigh_phrases([piece.profile for piece in pieces])
    return map_hand_offs(library_of(pieces), table, addresses_of([piece.finding.piece for piece in pieces], range(len(pieces)), unscored), 0.78)


def verdicts(hand_off: HandOff) -> list[str]:
    return [link.verdict for link in hand_off.links]


def test_a_link_to_the_offer_on_the_same_topic_fits() -> None:
    """An awareness post and a consideration asset, one step on."""
    here, there = hand_offs(post("cold storage", links=[KIT]), offer("cold storage"))
    assert verdicts(here) == ["fits"]
    assert here.links[0].offer == "offers/cold-storage.html"
    assert here.leads_on
    assert there.linked_from == 1


def test_a_link_to_an_offer_on_something_else_is_off_topic() -> None:
    """Readers of fruit storage are offered a payroll template."""
    here, *_ = hand_offs(post("cold storage", links=[Link("Get it", "/offers/shift-payroll")]), offer("shift payroll"), *blog(list(TRADES), 4))
    assert verdicts(here) == ["off-topic"]
    assert not here.leads_on


@pytest.mark.parametrize(("stage", "verdict"), [("awareness", "wrong-stage"), ("consideration", "fits"), ("decision", "fits")])
def test_a_demo_is_two_steps_from_awareness_and_never_off_topic(stage: str, verdict: str) -> None:
    """The words of a demo page are about no topic at all."""
    here, _ = hand_offs(post("cold storage", links=[TALK], labels={"stage": stage}), demo())
    assert verdicts(here) == [verdict]


def test_a_decision_piece_must_not_lead_back_to_the_beginning() -> None:
    """A case study that offers a beginner's ebook."""
    here, _ = hand_offs(post("cold storage", links=[KIT], labels={"stage": "decision", "format": "case-study"}), offer("cold storage", labels={"stage": "awareness"}))
    assert verdicts(here) == ["wrong-stage"]


def test_links_to_articles_are_no_hand_off() -> None:
    """Nor are links to the piece itself, and to the home page."""
    home = library_piece(
        "index.html",
        "Acme",
        "We make gauges for cold rooms and fit them too.",
        labels={"strategy": "lead-gen", "stage": "decision", "format": "product"},
        url="https://acme.example/",
    )
    links = [Link("more", "/blog/shift-payroll-0"), Link("here", "/blog/cold-storage-0"), Link("home", "/")]
    here, *_ = hand_offs(post("cold storage", links=links), post("shift payroll"), home)
    assert here.links == ()


def site(*hrefs: str, n_pages: int = 24) -> list[LibraryPiece]:
    """A site whose posts link to each other, all of it in the library, and one more post with the given links."""
    posts = [post(trade, number, links=[Link("next", f"/blog/{trade.replace(' ', '-')}-{n}") for n in range(8)]) for trade in list(TRADES)[:3] for number in range(n_pages // 3)]
    asset = offer("water metering", url="https://acme.example/offers/planner"), offer("cold storage")
    linked = post("harbour insurance", links=[Link("Download the checklist", href) for href in hrefs] + [Link("a", "/offers/planner"), Link("b", "/offers/cold-storage")])
    return [linked, *posts, *asset]


def test_a_missing_offer_on_a_covered_site_is_dead() -> None:
    """The library has the other offers and the posts; this one is gone."""
    assert verdicts(hand_offs(*site("/offers/harbour-checklist"))[0])[0] == "dead"


def test_a_missing_file_in_a_folder_of_sources_is_dead() -> None:
    """Sources link to each other by file; the addresses of the site are not known."""
    posts = [
        library_piece(f"content/blog/{n}.md", f"Post {n}", links=[Link("next", f"{(n + 1) % 24}.md"), Link("the kit", f"../offers/{n % 2}.md")], labels=AWARE) for n in range(24)
    ]
    assets = [library_piece(f"content/offers/{n}.md", f"Kit {n}", labels=ASSET) for n in range(2)]
    lost = library_piece("content/blog/lost.md", "Lost", links=[Link("Download the planner", "../offers/planner.md")], labels=AWARE)
    assert verdicts(hand_offs(lost, *posts, *assets)[0]) == ["dead"]
    unread = Skipped("content/offers/planner.pdf", "encrypted")
    assert verdicts(hand_offs(lost, *posts, *assets, unscored=(unread,))[0]) == ["fits"]


def test_an_offer_in_a_part_of_the_site_that_is_not_in_the_library_may_live() -> None:
    """Only posts and offers were exported; /resources/ was not."""
    assert "dead" not in verdicts(hand_offs(*site("/resources/harbour-checklist"))[0])


def test_an_address_that_an_inventory_knows_is_not_dead() -> None:
    """The page is there, it just was not scored."""
    row = Skipped("sitemap.xml#3", "no text", url="https://acme.example/offers/harbour-checklist")
    assert "dead" not in verdicts(hand_offs(*site("/offers/harbour-checklist"), unscored=(row,))[0])


def test_an_export_of_the_blog_alone_calls_nothing_dead() -> None:
    """Ten posts that all link to offers outside the export."""
    posts = [post("cold storage", number, links=[Link("Download the workbook", f"/offers/{n}") for n in range(8)]) for number in range(10)]
    assert {verdict for hand_off in hand_offs(*posts) for verdict in verdicts(hand_off)} == {"fits"}


@pytest.mark.parametrize(("text", "href", "verdict"), [
    ("Save my seat", "https://zoom.us/webinar/register/1", ["fits"]),
    ("Book a call", "https://calendly.com/acme/30", ["wrong-stage"]),
    ("Start your trial", "https://app.acme.example/signup", ["wrong-stage"]),
    ("Download the report", "https://supplier.example/report", []),
    ("their booking page", "https://calendly.com/other", []),
])  # fmt: skip
def test_offers_outside_the_library(text: str, href: str, verdict: list[str]) -> None:
    """Booking services and own sub-domains count by the words of the link; another firm's report is not our offer."""
    assert verdicts(hand_offs(post("cold storage", links=[Link(text, href)]))[0]) == verdict


def test_best_is_the_offer_on_the_same_topic_with_the_reason() -> None:
    """Of five offers the one that speaks of the same; the shared words say why."""
    found = hand_offs(*blog(list(TRADES), 3), *(offer(trade) for trade in TRADES))
    assert found[0].best is not None
    assert found[0].best.offer == "offers/cold-storage.html"
    assert any("fruit" in word or "cold" in word or "pear" in word for word in found[0].best.shared_words)


def test_no_offer_is_better_than_a_foreign_one() -> None:
    """Below the floor nothing is named."""
    assert hand_offs(post("harbour insurance"), offer("clinic scheduling"), *blog(list(TRADES), 4))[0].best is None


def test_best_is_never_two_steps_away_nor_a_step_back() -> None:
    """The only offer on the topic is for buyers, the post for beginners; and the other way round."""
    late, early = {"stage": "decision"}, {"stage": "awareness"}
    assert hand_offs(post("cold storage"), offer("cold storage", labels=late))[0].best is None
    assert hand_offs(post("cold storage", labels=late), offer("cold storage", labels=early))[0].best is None


def test_near_a_decision_the_demo_page_follows() -> None:
    """A comparison without an offer on its topic still has the page that every firm has, before the price list."""
    labels = {"strategy": "lead-gen", "stage": "decision", "format": "pricing"}
    prices = library_piece("pricing.html", "Pricing", "Three plans and what each costs in a month.", labels=labels, url="https://acme.example/pricing")
    here, *_ = hand_offs(post("cold storage", labels={"stage": "consideration", "format": "comparison"}), prices, demo())
    assert here.best is not None
    assert (here.best.offer, here.best.shared_words) == ("demo.html", ())


@pytest.mark.parametrize("labels", [{"confidence": 0.6}, {"flags": ("stale",)}, {"flags": ("customer",)}])
def test_doubtful_and_past_offers_are_not_suggested(labels: dict[str, object]) -> None:
    """Nobody should link to last year's webinar, or to a page that may be an article."""
    assert hand_offs(post("cold storage"), offer("cold storage", labels=labels))[0].best is None  # type: ignore[arg-type]


def test_rows_of_an_export_without_links_say_nothing() -> None:
    """A sheet of texts has lost its links; a folder of files never does."""
    sheet = [library_piece(f"sheet.csv#{number}", "Why pears brown", *TRADES["cold storage"], labels={"stage": "awareness"}) for number in range(3)]
    assert [hand_off.known for hand_off in hand_offs(*sheet)] == [False] * 3
    assert hand_offs(post("cold storage"))[0].known


def test_one_row_with_a_link_vouches_for_its_export() -> None:
    """Then the other rows have none because there is none."""
    rows = [library_piece(f"sheet.csv#{number}", "Why pears brown", *TRADES["cold storage"], links=[Link("more", "https://b.example")] * (number == 1)) for number in range(3)]
    assert all(hand_off.known for hand_off in hand_offs(*rows))


def test_a_form_of_its_own_leads_on_but_the_footers_form_does_not() -> None:
    """A contact form on one post is its next step; one that stands on every page belongs to the site."""
    one, everywhere = Form("hubspot:1", "lead"), Form("hubspot:2", "lead")
    posts = [post("cold storage", number, forms=(everywhere, one) if number == 0 else (everywhere,)) for number in range(6)]
    assert [hand_off.leads_on for hand_off in hand_offs(*posts)] == [True] + [False] * 5


def test_press_releases_and_manuals_need_no_way_on() -> None:
    """Their links count all the same."""
    here, there = hand_offs(post("cold storage", links=[KIT], labels={"format": "news"}), offer("cold storage"))
    assert not here.should_lead_on
    assert there.linked_from == 1


@pytest.mark.parametrize(
    ("text", "href", "verdict"),
    [("Acme", "https://app.acme.example/", ["fits"]), ("Try it for free", "https://acme.example/", ["fits"]), ("Join the waitlist", "https://acme.example/early", ["fits"]),
     ("Acme", "https://acme.example/", []), ("Acme", "https://app.supplier.example/", [])],
)  # fmt: skip
def test_the_own_product_is_a_way_on(text: str, href: str, verdict: list[str]) -> None:
    """Its sub-domain by any words, another page of the site by the words of an offer that asks for no decision."""
    assert verdicts(hand_offs(post("cold storage", links=[Link(text, href)]))[0]) == verdict


def test_a_missing_file_is_dead_only_beside_files_of_its_kind() -> None:
    """A library of pages cannot know which PDF files stand beside them; a folder of read PDF files does."""
    pages = site("/offers/harbour-checklist.pdf")
    assert "dead" not in verdicts(hand_offs(*pages)[0])
    assert "dead" in verdicts(hand_offs(*pages, library_piece("site/offers/other.pdf", "Another list"))[0])


def test_a_newsletter_box_is_a_way_on_for_beginners() -> None:
    """Who compares already wants more than letters; and the box in the frame of all pages is none of the piece."""
    box = Form("kit:1", "newsletter")
    aware, late = post("cold storage", forms=(box,)), post("cold storage", 1, labels={"stage": "consideration"}, forms=(box,))
    assert [hand_off.leads_on for hand_off in hand_offs(aware, late)] == [True, False]
    assert not any(hand_off.leads_on for hand_off in hand_offs(*(post("cold storage", n, forms=(box,)) for n in range(4))))


def test_a_form_in_the_text_of_every_row_is_each_ones_own() -> None:
    """An export holds texts without the frame of the site."""
    rows = [library_piece(f"posts.json#{n}", f"Post {n}", labels=AWARE, forms=(Form("kit:1", "newsletter"),)) for n in range(4)]
    assert all(hand_off.leads_on for hand_off in hand_offs(*rows))


def test_an_unsure_offer_is_not_counted_as_one() -> None:
    """The profile of a colleague that may be lead-gen wants no links; the threshold is that of suggestions."""
    unsure, sure = hand_offs(offer("cold storage", labels={"confidence": 0.6}), offer("shift payroll"))
    assert (unsure.is_offer, sure.is_offer) == (False, True)


def test_a_list_of_posts_needs_no_next_step() -> None:
    """By its name, or as a short page that leads to those below its address."""
    named = library_piece("blog/index.html", "Blog", labels=AWARE, url="https://acme.example/blog")
    below = library_piece("cold.html", "Cold rooms", labels=AWARE, url="https://acme.example/cold", links=[Link("more", f"/cold/{n}") for n in range(3)])
    rooms = [library_piece(f"{n}.html", f"Room {n}", labels=AWARE, url=f"https://acme.example/cold/{n}") for n in range(3)]
    assert [hand_off.should_lead_on for hand_off in hand_offs(named, below, *rooms)] == [False, False, True, True, True]


def test_no_offer_of_another_site_is_suggested() -> None:
    """Two firms in one folder; a sub-domain is the same firm."""
    foreign, own = offer("cold storage", url="https://rival.example/kit"), offer("cold storage", url="https://go.acme.example/kit")
    assert hand_offs(post("cold storage"), foreign)[0].best is None
    assert hand_offs(post("cold storage"), own)[0].best is not None


def test_an_offer_of_the_same_topic_may_be_less_alike() -> None:
    """Between the two floors the topic decides."""
    pieces = [post("cold storage"), *blog(list(TRADES), 4), offer("cold storage")]
    table = weigh_phrases([piece.profile for piece in pieces])
    row = table.weights[len(pieces) - 1]
    thin = replace(table, weights=vstack([table.weights[:-1], row * (0.06 / float(table.weights[0].multiply(row).sum()))]).tocsr())
    addresses = addresses_of([piece.finding.piece for piece in pieces], range(len(pieces)))
    found = [map_hand_offs(library_of(pieces), thin, addresses, 0.78, topics)[0].best for topics in ([-1] * len(pieces), [0] * len(pieces))]
    assert found[0] is None
    assert found[1] is not None


@pytest.mark.parametrize(
    ("title", "known"),
    [("Thank you!", True), ("Thanks for your order | Acme", True), ("Privacy Policy | Acme", True), ("404", True), ("Terms and conditions", True),
     ("Privacy - what a small clinic may keep", False), ("Terms of payment that shipyards accept", False), ("Insights", False)],
)  # fmt: skip
def test_pages_that_are_no_content(title: str, known: bool) -> None:
    """By the whole title without the site's name; an article about such things is content."""
    assert is_no_content(library_piece("page.html", title).finding.piece) == known
