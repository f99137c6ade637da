"""Where a company's names speak against the stage that the model gives."""

from dataclasses import replace

import pytest

from gating.advice import advise
from gating.advice.names import doubt_of_stage
from gating.records import Piece
from gating.settings import Names, Settings
from tests.builders import answer, piece_of, verdict_of

NAMES = Names(("Pottergate",), ("SowPlan",), ("Ferndesk",))
OTHER = "Seeds that are sown in the wrong week stand in the way of those that come after them."
OURS = "Pottergate shows which batch stands where, this week and in six weeks from now."
CLOSING = "Try Pottergate with your own benches for thirty days, without a card."


def about(*paragraphs: str, title: str = "Sowing on time") -> Piece:
    return piece_of(*paragraphs, title=title)


@pytest.mark.parametrize(
    ("ours", "others", "doubted"),
    [(3, 5, True), (3, 6, False), (2, 2, False), (8, 0, True)],
)
def test_product_test_counts_paragraphs_without_the_closing_one(ours: int, others: int, doubted: bool) -> None:
    """More than a third, and at least three (RUBRIC P1, P2)."""
    said = doubt_of_stage(about(*[OURS] * ours, *[OTHER] * others, CLOSING), verdict_of(), NAMES)
    assert bool(said) is doubted
    if doubted:
        assert said.startswith(f'{ours} of its {ours + others} paragraphs name "Pottergate"')


@pytest.mark.parametrize(
    ("title", "doubted"),
    [("Pottergate and Ferndesk, side by side", True), ("Ferndesk alternatives for herb growers", True), ("Ferndesk vs. paper", True),
     ("What Ferndesk's new owners want", False), ("Alternatives to paper", False)],
)  # fmt: skip
def test_rival_in_the_title_is_a_comparison(title: str, doubted: bool) -> None:
    """Beside ourselves or with a word that compares (RUBRIC P6); news of a rival is none."""
    assert ("P6" in doubt_of_stage(about(OTHER, OTHER, title=title), verdict_of(stage="consideration"), NAMES)) is doubted


def test_nobody_doubts_what_is_a_decision_piece_or_a_persons_label() -> None:
    """The names only ever speak for decision, and never against a person."""
    ours = about(*[OURS] * 8)
    assert doubt_of_stage(ours, verdict_of(stage="decision"), NAMES) == ""
    given = replace(verdict_of(), stage=replace(answer("stage", "awareness"), predicted="consideration"))
    assert doubt_of_stage(ours, given, NAMES) == ""
    assert doubt_of_stage(ours, verdict_of(), Names((), (), ())) == ""


def test_a_doubt_asks_a_person_and_leaves_every_label(settings: Settings) -> None:
    """The reason stands in the sentence; who ignores the stage is not asked."""
    named, ours = replace(settings, names=NAMES), about(*[OURS] * 8)
    advice = advise(ours, verdict_of(), (), named)
    assert (advice.action, advice.gate) == ("review", "ungated")
    assert "(RUBRIC P1); the model says awareness: please decide." in advice.why
    assert advise(ours, verdict_of(), (), settings).action == "keep"
    ignoring = replace(ours, metadata=(("gating.ignore", "stage"),))
    assert advise(ignoring, verdict_of(), (), named).action == "keep"
