"""A whole library, from pieces to audit."""

import random
from dataclasses import replace

import pytest

from gating.library.metrics import Metrics
from gating.records import Form, Link, ObservedGate, Skipped
from gating.settings import Settings
from tests.builders import library_piece
from tests.library.conftest import Look, row
from tests.library.trades import ASSET, AWARE, TRADES, blog, demo, offer, post


def library() -> list:
    """Five trades: posts, offers, a demo page, a built copy; some posts lead on."""
    linked = [post(trade, 8, links=[Link("Get it", f"/offers/{trade.replace(' ', '-')}")]) for trade in list(TRADES)[:3]]
    copy = library_piece("src/cold-storage-0.md", "Why pears brown in cold storage", *[*post("cold storage", 0).profile.split("\n")[3].split(" | ")])
    return [*blog(list(TRADES), 6), *linked, *(offer(trade) for trade in TRADES), demo(), copy]


def test_the_order_of_the_pieces_changes_nothing(look: Look) -> None:
    """Neither names nor places nor sentences."""
    pieces = library()
    shuffled = random.Random(5).sample(pieces, len(pieces))
    assert look(shuffled) == look(pieces)


@pytest.mark.parametrize("pieces", [[], [post("cold storage")], [offer("cold storage")], [demo(), demo(id="again")]], ids=["none", "a post", "an offer", "one page twice"])
def test_tiny_libraries(look: Look, pieces: list) -> None:
    """No topics, no division by zero, one row for each piece that differs."""
    audit = look(pieces)
    assert len(audit.pieces) == len({piece.finding.piece.source for piece in pieces})
    assert audit.topics == audit.gaps == ()
    assert audit.effort.name == "unknown"


def test_a_library_of_offers_only(look: Look) -> None:
    """Nobody leads to them, and demand is what is missing."""
    audit = look([offer(trade) for trade in TRADES])
    assert {piece.action for piece in audit.pieces} == {"feed-offer"}
    assert audit.effort.name == "demand-first"


def test_a_copy_has_no_row_and_is_named(look: Look) -> None:
    """The source file stands in the row of its page."""
    audit = look(library())
    assert row(audit, "blog/cold-storage-0.html").copies == ("src/cold-storage-0.md",)
    assert "src/cold-storage-0.md" not in {piece.library.finding.piece.source for piece in audit.pieces}


def test_gaps_have_a_row_for_each_topic_and_sum_to_its_pieces(look: Look) -> None:
    """Zero cells are there."""
    audit = look(library())
    assert len(audit.gaps) == len(audit.topics) > 0
    assert [sum(cells) for cells in audit.gaps] == [sum(piece.topic == place for piece in audit.pieces) for place in range(len(audit.topics))]
    assert any(0 in cells for cells in audit.gaps)


def test_posts_are_told_which_offer_follows(look: Look) -> None:
    """Each to the asset of its own trade, and the posts that lead on are left alone."""
    audit = look(library())
    for trade in TRADES:
        name = trade.replace(" ", "-")
        added = [piece for piece in audit.pieces if piece.library.finding.piece.source.startswith(f"blog/{name}") and piece.action == "add-hand-off"]
        assert added
        assert {piece.best.offer for piece in added if piece.best} == {f"offers/{name}.html"}
    assert row(audit, "blog/cold-storage-8.html").action == "keep"


def test_links_to_a_copy_lead_to_the_kept_piece(look: Look) -> None:
    """The post links between source files, the row is the built page's."""
    source = library_piece("src/offers/workbook.md", "The cold storage workbook", *TRADES["cold storage"][1:5], labels=ASSET)
    here = library_piece("src/blog/pears.md", "Why pears brown", *TRADES["cold storage"][:2], labels=AWARE, links=(Link("the workbook", "../offers/workbook.md"),))
    audit = look([offer("cold storage"), source, here])
    assert row(audit, "src/blog/pears.md").links[0].offer == "offers/cold-storage.html"
    assert row(audit, "offers/cold-storage.html").linked_from == 1


def test_rows_of_an_inventory_give_owner_date_and_sessions(look: Look) -> None:
    """A sheet beside the pages; what fits no page stays listed."""
    rows = [Skipped("sheet.csv#1", "no text", url="https://acme.example/blog/cold-storage-0", metadata=(("owner", "Ines"), ("last modified", "2025-02-01"), ("sessions", "81"))),
            Skipped("sheet.csv#2", "no text", url="https://acme.example/gone")]  # fmt: skip
    audit = look([post("cold storage")], rows)
    (piece,) = audit.pieces
    assert (piece.owner, piece.date, piece.sessions) == ("Ines", "2025-02-01", 81)
    assert [one.source for one in audit.unscored] == ["sheet.csv#2"]


def test_a_metrics_file_goes_before_columns(look: Look) -> None:
    """It was asked for by name; paths without a host are the own site's."""
    pieces = [post("cold storage", metadata=(("sessions", "5"), ("conversions", "2")))]
    (piece,) = look(pieces, metrics={"/blog/cold-storage-0": Metrics(900.0, None)}).pieces
    assert (piece.sessions, piece.conversions) == (900, 2)


def test_metrics_find_drafts_by_the_path_of_the_site(look: Look) -> None:
    """The library has paths only, the file has full addresses."""
    (piece,) = look([post("cold storage", url="/blog/cold-storage-0")], metrics={"acme.example/blog/cold-storage-0": Metrics(9.0, 1.0)}).pieces
    assert piece.sessions == 9


def test_pieces_before_the_day_are_left_out(look: Look) -> None:
    """Those without a date stay."""
    pieces = [post("cold storage", number, metadata=(("date", day),) if day else ()) for number, day in enumerate(("2020-01-01", "2025-01-01", ""))]
    assert [piece.date for piece in look(pieces, since="2024-06-01").pieces] == ["2025-01-01", ""]


def test_the_footers_form_gates_nothing(look: Look) -> None:
    """A form on every page made each look gated; seen together they are open, and nobody is told to take it away."""
    form = Form("hubspot:1", "gate", "hubspot", ("e-mail",), 1, verdict="gated")
    gated = ObservedGate("gated", "a form", form="hubspot:1")
    audit = look([post(trade, number, forms=(form,), observed=gated) for trade in list(TRADES)[:3] for number in range(4)])
    assert {piece.observed.verdict for piece in audit.pieces} == {"ungated"}
    assert "ungate" not in {piece.action for piece in audit.pieces}


def test_legal_pages_belong_to_no_topic(look: Look) -> None:
    """They are counted in the mix and in no gap."""
    legal = library_piece("terms.html", "Terms of use", "These terms govern the use of this site and of whatever is sold on it.", labels={"flags": ("not-marketing",)})
    assert row(look([*blog(list(TRADES), 4), legal]), "terms.html").topic == -1


def test_the_audit_names_its_policy_and_model(look: Look, settings: Settings) -> None:
    """A report without them cannot be compared with the next."""
    audit = look([post("cold storage")], settings=replace(settings, policy="open"))
    assert (audit.policy, audit.model) == ("open", "made-by-hand/1")


@pytest.mark.slow
def test_real_exports_are_accounted_for(look: Look, shared, assessor) -> None:
    """Every scored page of the public pages is a row or a copy, every topic has pieces, every sentence is one."""
    from gating.assess import assess_paths
    from gating.library.compact import library_piece as compacted
    from gating.records import Finding

    results = list(assess_paths([str(shared / "fixtures" / "html")], assessor))
    pieces = [compacted(result) for result in results if isinstance(result, Finding)]
    audit = look(pieces, [result for result in results if isinstance(result, Skipped)])
    assert len(audit.pieces) + sum(len(piece.copies) for piece in audit.pieces) == len(pieces)
    assert len(audit.unscored) == len(results) - len(pieces)
    assert set(range(len(audit.topics))) <= {piece.topic for piece in audit.pieces}
    assert all(piece.sentence.endswith(".") and "\n" not in piece.sentence for piece in audit.pieces)
