"""The rubric's gate score, part by part, and the rule that decides, on pieces and verdicts made by hand."""

import pytest

from gating.advice.gate_score import PARTS, gate_rule, score_gate
from gating.records import Block, BlockKind, GateParts, Piece
from tests.builders import PROSE, piece_of, verdict_of

EBOOK = verdict_of("lead-gen", "consideration", "gated", "ebook")
ARTICLE = verdict_of()


def asking(*labels: str, title: str = "A piece", text: str = PROSE) -> Piece:
    """A piece with buttons."""
    return piece_of(text, *(Block(BlockKind.BUTTON, label) for label in labels), title=title)


@pytest.mark.parametrize(
    ("text", "uniqueness"),
    [
        ("Fruit should be kept cold, and most people know it.", 0),
        ("In our experience the third crate is the one that bruises.", 1),
        ("We surveyed 412 orchards in the spring.", 2),
        ("Our own data shows a fall of a third.", 2),
    ],
)
def test_uniqueness_of_an_asset(text: str, uniqueness: int) -> None:
    """A commodity 0, own experience 1, own figures 2."""
    assert score_gate(piece_of(text), EBOOK).uniqueness == uniqueness


def test_landing_page_that_does_not_say_enough_gets_one() -> None:
    """Behind an ask, the unknown uniqueness and work saved count 1 each (RUBRIC G3)."""
    parts = score_gate(asking("Send it to me"), verdict_of("lead-gen", "awareness", "gated", "conversion"))
    assert (parts.uniqueness, parts.work_saved) == (1, 1)


@pytest.mark.parametrize(("title", "work"), [("Thoughts on pears", 0), ("The orchard handbook", 1), ("A template for counting crates", 2)])
def test_work_saved(title: str, work: int) -> None:
    """Pleasant reading 0, a reference 1, ready to use 2."""
    assert score_gate(piece_of("Fruit should be kept cold.", title=title), EBOOK).work_saved == work


@pytest.mark.parametrize(("stage", "closeness"), [("awareness", 0), ("consideration", 1), ("decision", 2)])
def test_buying_closeness_follows_the_stage(stage: str, closeness: int) -> None:
    """The stage's place in the funnel."""
    assert score_gate(piece_of(PROSE), verdict_of(stage=stage)).buying_closeness == closeness


@pytest.mark.parametrize(("title", "reach"), [("Notes from the barn", 0), ("State of pears 2026", 1), ("What is a crate count?", 2)])
def test_reach_need(title: str, reach: int) -> None:
    """A plain topic must be found (2), a headline figure would be quoted (1)."""
    assert score_gate(piece_of(PROSE, title=title), ARTICLE).reach_need == reach


def test_hostility_needs_more_than_a_mention() -> None:
    """A text for developers counts; one engineer in a hundred words of fruit does not."""
    developers = "Developers read the source code of an open-source SDK on GitHub and run it in Docker. " * 4
    assert score_gate(piece_of(developers), ARTICLE).hostility == 1
    assert score_gate(piece_of(f"{PROSE} {PROSE} {PROSE} An engineer looked on."), ARTICLE).hostility == 0


@pytest.mark.parametrize(("text", "work"), [("Fill in the form and we show you the price.", 1), ("Fill in your work e-mail.", 1), ("Twelve sheets to fill in while you count.", 2)])
def test_filling_in_a_form_saves_no_work(text: str, work: int) -> None:
    """Filling in a sheet of one's own does."""
    assert score_gate(piece_of(text), verdict_of("lead-gen", "decision", "gated", "conversion")).work_saved == work


def test_total_adds_three_parts_and_takes_off_two() -> None:
    """total = uniqueness + work saved + buying closeness - reach need - hostility."""
    assert GateParts(2, 2, 1, 1, 1).total == 3
    assert GateParts(0, 0, 0, 2, 1).total == -3
    assert GateParts(2, 2, 2, 0, 0).total == 6


def test_every_value_of_a_part_has_words() -> None:
    """0 to 2, and 0 to 1 for hostility."""
    assert {name: len(words) for name, words in PARTS.items()} == {"uniqueness": 3, "work_saved": 3, "buying_closeness": 3, "reach_need": 3, "hostility": 2}


@pytest.mark.parametrize("kind", ["article", "guide", "tutorial", "case-study", "comparison", "pricing", "product", "docs", "news"])
@pytest.mark.parametrize("strategy", ["demand-gen", "lead-gen"])
def test_open_by_nature_is_g0(kind: str, strategy: str) -> None:
    """Readers and search must reach articles, prices, proof and documentation, whatever job they do."""
    assert gate_rule(asking("Book a demo"), verdict_of(strategy, format=kind)) == "G0"


@pytest.mark.parametrize("label", ["Book a demo", "Start your free trial", "Get a quote", "Contact us", "Join the waitlist"])
def test_form_that_is_the_service_is_g1(label: str) -> None:
    """A demo, a trial, a quote cannot be given without knowing to whom."""
    assert gate_rule(asking(label), verdict_of("lead-gen", "decision", "gated", "conversion")) == "G1"


def test_live_webinar_is_g1_and_recorded_one_g2() -> None:
    """A seat needs a name; a recording can be watched without."""
    verdict = verdict_of("lead-gen", "consideration", "gated", "webinar")
    assert gate_rule(asking("Save my seat"), verdict) == "G1"
    assert gate_rule(asking("Watch the recording", title="On demand: crates"), verdict) == "G2"


def test_recorded_product_demo_is_g0() -> None:
    """At the decision stage a recording is information that buyers must reach."""
    assert gate_rule(asking("Watch now", title="On demand: a tour of Combwise"), verdict_of("lead-gen", "decision", "gated", "webinar")) == "G0"


def test_recap_of_a_webinar_is_g0() -> None:
    """A webinar piece that spreads an idea asks for nothing."""
    assert gate_rule(piece_of(PROSE), verdict_of(format="webinar")) == "G0"


@pytest.mark.parametrize("kind", ["ebook", "report"])
def test_packaged_asset_is_scored(kind: str) -> None:
    """Ebooks and reports go by their score, G3."""
    assert gate_rule(piece_of(PROSE), verdict_of("lead-gen", format=kind)) == "G3"


def test_tool_is_g2() -> None:
    """Show the result, ask only to save it."""
    assert gate_rule(piece_of(PROSE), verdict_of("lead-gen", format="tool")) == "G2"


def test_newsletter_page_is_g2() -> None:
    """The address is for delivery; the archive stays open."""
    assert gate_rule(asking("Subscribe to the newsletter"), verdict_of("lead-gen", format="conversion")) == "G2"


def test_download_page_is_scored() -> None:
    """An offer of a guide is scored by the guide."""
    assert gate_rule(asking("Send me the guide"), verdict_of("lead-gen", format="conversion")) == "G3"
