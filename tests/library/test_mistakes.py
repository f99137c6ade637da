"""Mistakes that apply to a library, and where the next effort should go."""

from dataclasses import replace

import pytest

from gating.library.actions import Case
from gating.library.effort import next_effort
from gating.library.hand_offs import HandOff
from gating.library.mistakes import find_mistakes
from gating.records import GateParts, LibraryPiece, ObservedGate, OfferLink
from gating.settings import DEFAULTS_FILE, Pipeline, Settings, load_settings
from tests.builders import library_piece

OPEN, CLOSED = ObservedGate("ungated", "no form"), ObservedGate("gated", "a form")
FITS = OfferLink("the kit", "/kit", "kit.html", "fits", "same topic")
EARLY = OfferLink("Book a demo", "/demo", "demo.html", "wrong-stage", "too early")
LEADS_ON = HandOff(links=(FITS,), should_lead_on=True)
STUCK = HandOff(should_lead_on=True)
KIT = library_piece("kit.html", labels={"strategy": "lead-gen", "stage": "consideration", "format": "ebook", "gate": "gated"}, rule="G3", parts=GateParts(2, 2, 1, 0, 0))
POST = library_piece("post.html")

DEFAULTS = load_settings(DEFAULTS_FILE)


def cases(count: int, piece: LibraryPiece = POST, observed: ObservedGate = OPEN, hand_off: HandOff = LEADS_ON, sessions: float | None = None) -> list[Case]:
    return [Case(piece, observed, hand_off, -1, sessions)] * count


def offers(count: int, linked_from: int = 1) -> list[Case]:
    return cases(count, KIT, CLOSED, HandOff(is_offer=True, linked_from=linked_from))


def names(found: list[Case], company_stage: str = "growth", conversions: list[float | None] | None = None) -> dict[str, tuple[int, float]]:
    return {one.name: (one.count, round(one.share, 2)) for one in find_mistakes(found, conversions or [None] * len(found), replace(DEFAULTS, company_stage=company_stage))}


HEALTHY = [*cases(8), *offers(8)]


def test_a_healthy_library_makes_none() -> None:
    """And says so in one plain statement."""
    assert names(HEALTHY) == {"none": (0, 0.0)}


@pytest.mark.parametrize(
    ("found", "name", "figure"),
    [
        ([*cases(2), *cases(6, observed=CLOSED), *offers(8)], "gating-everything", (14, 0.88)),
        ([*cases(7), *cases(1, observed=CLOSED), *offers(8)], "gated-should-be-free", (1, 0.11)),
        ([*HEALTHY, *cases(2, KIT, OPEN, HandOff(is_offer=True, linked_from=1))], "free-could-be-exchanged", (2, 0.2)),
        ([*cases(4), *offers(9)], "leads-without-demand", (4, 0.31)),
        ([*cases(2), *offers(9)], "start-up-mix", (2, 0.18)),
        ([*cases(3), *cases(5, hand_off=STUCK), *offers(8)], "no-hand-off", (5, 0.62)),
        ([*cases(5), *cases(3, hand_off=HandOff(links=(EARLY,), should_lead_on=True)), *offers(8)], "asks-too-early", (3, 0.38)),
        ([*cases(8), *offers(3), *offers(5, linked_from=0)], "offers-apart", (5, 0.62)),
        ([*cases(1), *cases(7, library_piece("story.html", labels={"stage": "decision", "format": "case-study"})), *offers(8)], "only-for-buyers", (1, 0.06)),
    ],
)  # fmt: skip
def test_each_mistake_has_its_figure(found: list[Case], name: str, figure: tuple[int, float]) -> None:
    """Count and share of what is named in the sentence."""
    assert names(found)[name] == figure


def test_the_figures_stand_in_the_sentences() -> None:
    """A sentence without its figure convinces nobody."""
    (stuck,) = [one for one in find_mistakes([*cases(3), *cases(5, hand_off=STUCK), *offers(8)], [None] * 16, DEFAULTS) if one.name == "no-hand-off"]
    assert "5 of 8 (62%)" in stuck.sentence
    assert stuck.source


def test_a_lead_heavy_mix_is_right_before_fit() -> None:
    """The same library, another company."""
    assert not {"start-up-mix", "leads-without-demand"} & set(names([*cases(2), *offers(9)], "before-fit"))


def test_conversions_booked_where_the_form_is() -> None:
    """Only with figures; demand-gen pieces bring the readers and get no credit."""
    found = [*cases(8, sessions=900.0), *offers(8)]
    assert "last-touch" not in names(found)
    assert names(found, conversions=[0.0] * 8 + [5.0] * 8)["last-touch"] == (40, 1.0)


def test_pieces_under_review_accuse_nobody() -> None:
    """A doubtful advice is no mistake of the company."""
    doubtful = library_piece("post.html", review=True)
    assert "gated-should-be-free" not in names([*HEALTHY, *cases(1, doubtful, CLOSED)])


def test_what_came_without_links_is_not_stuck() -> None:
    """An export of texts alone."""
    assert "no-hand-off" not in names([*cases(8, hand_off=replace(STUCK, known=False)), *offers(8)])


def test_an_empty_library_makes_no_mistakes() -> None:
    """There is nothing to be healthy either."""
    assert find_mistakes([], [], DEFAULTS) == ()


def effort(found: list[Case], settings: Settings, company_stage: str = "growth", **pipeline: float) -> str:
    said = {"visitors_per_month": 0.0, "leads_per_month": 0.0, "mql_accepted_share": 0.0, **pipeline}
    return next_effort(found, replace(settings, company_stage=company_stage, pipeline=Pipeline(**said))).name


@pytest.mark.parametrize(
    ("found", "company_stage", "name"),
    [
        ([*cases(2), *offers(9)], "growth", "demand-first"),
        ([*cases(2), *offers(9)], "before-fit", "tie-together"),
        ([*cases(9), *offers(2)], "growth", "lead-first"),
        ([*cases(6), *offers(6)], "growth", "tie-together"),
        ([*cases(2), *cases(7, hand_off=STUCK), *offers(2)], "growth", "tie-together"),
        (cases(4), "growth", "unknown"),
        ([], "growth", "unknown"),
    ],
)
def test_effort_by_the_library(settings: Settings, found: list[Case], company_stage: str, name: str) -> None:
    """The mix against the company's stage; a broken hand-off goes before the mix; few pieces say nothing."""
    assert effort(found, settings, company_stage) == name


@pytest.mark.parametrize(
    ("pipeline", "name"),
    [
        ({"visitors_per_month": 400}, "demand-first"),
        ({"mql_accepted_share": 0.2}, "lead-first"),
        ({"visitors_per_month": 20_000, "leads_per_month": 1_600}, "demand-first"),
        ({"visitors_per_month": 20_000, "leads_per_month": 30}, "tie-together"),
        ({"visitors_per_month": 20_000, "leads_per_month": 300, "mql_accepted_share": 0.8}, "lead-first"),
    ],
)
def test_what_the_company_says_goes_before_the_library(settings: Settings, pipeline: dict[str, float], name: str) -> None:
    """A library with few offers; the last figures are healthy, so the mix decides."""
    assert effort([*cases(9), *offers(2)], settings, **pipeline) == name


def test_what_is_not_known_is_said(settings: Settings) -> None:
    """And what to do about it."""
    told = next_effort([*cases(9), *offers(2)], settings).sentence
    assert "visitors a month" in told
    assert "gating.toml" in told
    known = replace(settings, pipeline=Pipeline(9000.0, 200.0, 0.8))
    assert "Not known" not in next_effort([*cases(9), *offers(2)], known).sentence


def test_a_blog_alone_is_named_as_a_reason_for_no_offers(settings: Settings) -> None:
    """An export of the posts looks like a company without offers."""
    assert "blog alone" in next_effort(cases(9, hand_off=STUCK), settings).sentence
    assert "blog alone" not in next_effort([*cases(9), *offers(1)], settings).sentence
