"""A company's policy on top of the neutral advice."""

from dataclasses import replace

import pytest

from gating.advice.overrides import Override
from gating.advice.own_words import OwnScore
from gating.advice.policy import Moved, apply_policy, gate_for, loss_of_a_gate
from gating.records import Gate, GateParts
from gating.settings import DEFAULTS_FILE, GateCosts, Thresholds, load_settings

DEFAULTS = load_settings(DEFAULTS_FILE)

THREE = GateParts(1, 1, 1, 0, 0)
THREE_COMMODITY = GateParts(0, 2, 1, 0, 0)
FOUR = GateParts(2, 1, 1, 0, 0)
FIVE = GateParts(2, 2, 1, 0, 0)
TWO = GateParts(1, 1, 0, 0, 0)
FOUR_HOSTILE = GateParts(2, 2, 1, 0, 1)


def under(neutral: Gate, rule: str, parts: GateParts, policy: str) -> Gate:
    """The gate under a policy of this name and nothing else."""
    return apply_policy(neutral, rule, parts, "ebook", replace(DEFAULTS, policy=policy)).gate


def moved(neutral: Gate, parts: GateParts, rule: str = "G3", own: OwnScore | None = None, said: Override | None = None, **settings: object) -> Moved:
    return apply_policy(neutral, rule, parts, "ebook", replace(DEFAULTS, **settings), own, said or Override())  # type: ignore[arg-type]


@pytest.mark.parametrize(("total", "gate"), [(-3, "ungated"), (1, "ungated"), (2, "soft-gate"), (3, "soft-gate"), (4, "gated"), (6, "gated")])
def test_classes_of_the_score(total: int, gate: str) -> None:
    """4 or more gated, 2 or 3 soft-gate, less ungated."""
    assert gate_for(total, uniqueness=1) == gate


def test_commodity_is_never_gated() -> None:
    """A commodity behind a form trains people to distrust the next one."""
    assert gate_for(6, uniqueness=0) is Gate.SOFT_GATE


@pytest.mark.parametrize("gate", list(Gate))
@pytest.mark.parametrize("rule", ["G0", "G1", "G2", "G3"])
def test_balanced_is_the_neutral_advice(gate: Gate, rule: str) -> None:
    """Whatever the rule."""
    assert under(gate, rule, FOUR, "balanced") is gate


def test_open_softens_gates_but_not_the_service() -> None:
    """A company that gates nothing still needs to know who wants the demo."""
    assert under(Gate.GATED, "G3", FIVE, "open") is Gate.SOFT_GATE
    assert under(Gate.GATED, "G1", FIVE, "open") is Gate.GATED
    assert under(Gate.SOFT_GATE, "G3", TWO, "open") is Gate.SOFT_GATE
    assert under(Gate.UNGATED, "G0", TWO, "open") is Gate.UNGATED


def test_capture_closes_what_nearly_scores_a_gate() -> None:
    """A soft-gate of 3 becomes a gate; one of 2, a commodity, or one by rule does not."""
    assert under(Gate.SOFT_GATE, "G3", THREE, "capture") is Gate.GATED
    assert under(Gate.SOFT_GATE, "G3", TWO, "capture") is Gate.SOFT_GATE
    assert under(Gate.SOFT_GATE, "G3", THREE_COMMODITY, "capture") is Gate.SOFT_GATE
    assert under(Gate.SOFT_GATE, "G2", THREE, "capture") is Gate.SOFT_GATE


def test_capture_never_gates_what_must_be_reached() -> None:
    """Open pieces stay open."""
    assert under(Gate.UNGATED, "G0", THREE, "capture") is Gate.UNGATED


def test_developer_takes_off_a_point() -> None:
    """Readers who resent forms count although the words do not show them; twice they do not count."""
    assert under(Gate.GATED, "G3", FOUR, "developer") is Gate.SOFT_GATE
    assert under(Gate.GATED, "G3", FIVE, "developer") is Gate.GATED
    assert under(Gate.SOFT_GATE, "G3", TWO, "developer") is Gate.UNGATED
    assert under(Gate.GATED, "G3", FOUR_HOSTILE, "developer") is Gate.GATED


def test_developer_never_closes() -> None:
    """The policy may open the neutral advice, not tighten it, even where the score says more."""
    assert under(Gate.SOFT_GATE, "G3", FIVE, "developer") is Gate.SOFT_GATE
    assert under(Gate.UNGATED, "G3", FIVE, "developer") is Gate.UNGATED
    assert under(Gate.GATED, "G1", TWO, "developer") is Gate.GATED


def test_capture_gates_what_scores_more_than_three_too() -> None:
    """A higher score never gives a more open gate."""
    gates = [under(Gate.SOFT_GATE, "G3", GateParts(1, 2, closeness, 0, 0), "capture") for closeness in (0, 1, 2)]
    assert gates == [Gate.GATED] * 3


def test_the_line_that_moved_the_gate_is_named_as_it_stands_in_the_file() -> None:
    """And none where the gate stays as it was, whatever the settings say."""
    assert moved(Gate.GATED, FIVE, policy="open") == Moved(Gate.SOFT_GATE, 'policy = "open"')
    assert moved(Gate.SOFT_GATE, THREE, policy="capture") == Moved(Gate.GATED, 'policy = "capture"')
    assert moved(Gate.GATED, FOUR, policy="developer") == Moved(Gate.SOFT_GATE, 'policy = "developer"')
    assert moved(Gate.UNGATED, FIVE, policy="open") == Moved(Gate.UNGATED)


def test_an_audience_that_resents_forms_is_the_developer_policy_beside_any_other() -> None:
    """Under `capture` the point that it costs and the point that this gives away cancel out."""
    assert moved(Gate.GATED, FOUR, audience="researchers") == Moved(Gate.SOFT_GATE, 'audience = "researchers"')
    assert moved(Gate.SOFT_GATE, THREE, audience="developers", policy="capture").gate is Gate.SOFT_GATE
    assert moved(Gate.GATED, FOUR, audience="developers", policy="capture").gate is Gate.GATED


@pytest.mark.parametrize(
    ("thresholds", "neutral", "parts", "gate"),
    [
        (Thresholds(3, 2), Gate.SOFT_GATE, THREE, Gate.GATED),
        (Thresholds(3, 2), Gate.SOFT_GATE, TWO, Gate.SOFT_GATE),
        (Thresholds(3, 2), Gate.SOFT_GATE, THREE_COMMODITY, Gate.SOFT_GATE),
        (Thresholds(5, 2), Gate.GATED, FOUR, Gate.SOFT_GATE),
        (Thresholds(5, 2), Gate.GATED, FIVE, Gate.GATED),
        (Thresholds(7, 2), Gate.GATED, FIVE, Gate.SOFT_GATE),
        (Thresholds(4, 3), Gate.SOFT_GATE, TWO, Gate.UNGATED),
        (Thresholds(4, 1), Gate.UNGATED, GateParts(1, 0, 0, 0, 0), Gate.SOFT_GATE),
        (Thresholds(6, 6), Gate.GATED, FIVE, Gate.UNGATED),
    ],
)
def test_a_threshold_moves_what_lies_between_it_and_the_rubrics(thresholds: Thresholds, neutral: Gate, parts: GateParts, gate: Gate) -> None:
    """Lower closes, higher opens; a commodity is never gated."""
    assert moved(neutral, parts, thresholds=thresholds).gate is gate


@pytest.mark.parametrize("neutral", list(Gate))
@pytest.mark.parametrize("thresholds", [Thresholds(1, -3), Thresholds(2, 1), Thresholds(3, 3), Thresholds(6, 5), Thresholds(7, 7)])
def test_a_higher_score_never_opens_more(neutral: Gate, thresholds: Thresholds) -> None:
    """Whatever the thresholds and the model say."""
    rising = [GateParts(1, 0, 0, 2, 0), GateParts(1, 0, 0, 0, 0), TWO, THREE, FOUR, FIVE, GateParts(2, 2, 2, 0, 0)]
    gates = [list(Gate).index(moved(neutral, parts, thresholds=thresholds).gate) for parts in rising]
    assert gates == sorted(gates)


def test_thresholds_are_for_what_is_scored() -> None:
    """A page that must be open, or a form that is the service, is no matter of points."""
    for rule, neutral in (("G0", Gate.UNGATED), ("G1", Gate.GATED), ("G2", Gate.SOFT_GATE)):
        assert moved(neutral, THREE, rule, thresholds=Thresholds(-3, -3)) == Moved(neutral)
        assert moved(neutral, THREE, rule, thresholds=Thresholds(7, 7)) == Moved(neutral)


def test_words_of_ones_own_move_the_gate_over_the_rubrics_line() -> None:
    """Up and down, with the word that did it."""
    assert moved(Gate.SOFT_GATE, THREE, own=OwnScore(FOUR, ('words.own_data "Hop Index"',))) == Moved(Gate.GATED, 'words.own_data "Hop Index"')
    commodity = OwnScore(GateParts(0, 1, 1, 0, 0), (), ('words.commodity "beer"',))
    assert moved(Gate.GATED, FOUR, own=commodity) == Moved(Gate.SOFT_GATE, 'words.commodity "beer"')


def test_a_word_that_lowers_the_score_does_not_get_the_blame_for_open() -> None:
    """Only what moved the gate is named."""
    lowered = OwnScore(FOUR, (), ('words.must_be_found "beer"',))
    assert moved(Gate.GATED, GateParts(2, 2, 2, 0, 0), own=lowered, policy="open").rule == 'policy = "open"'


def test_a_format_goes_before_policy_and_score() -> None:
    """Also where the form is the service; and the model's doubt is then nobody's question."""
    said = moved(Gate.GATED, FIVE, "G1", formats=(("report", "gated"), ("ebook", "ungated")), policy="capture")
    assert said == Moved(Gate.UNGATED, 'formats.ebook = "ungated"', decided=True)


def test_a_path_goes_before_a_format() -> None:
    """The nearest word counts."""
    here = Override((("gate", "gated"),), (("gate", "kit/"),))
    assert moved(Gate.UNGATED, TWO, said=here, formats=(("ebook", "ungated"),)) == Moved(Gate.GATED, 'paths "kit/": gate = "gated"', decided=True)


def test_a_policy_of_the_path_replaces_the_companys() -> None:
    """And is named with its glob."""
    here = Override((("policy", "open"),), (("policy", "docs/"),))
    assert moved(Gate.GATED, FIVE, said=here) == Moved(Gate.SOFT_GATE, 'paths "docs/": policy = "open"')
    assert moved(Gate.GATED, FIVE, said=Override((("policy", "balanced"),), (("policy", "shop/"),)), policy="open") == Moved(Gate.GATED)


def test_a_gate_that_costs_more_than_it_brings_is_softened() -> None:
    """Of 100 readers, 4 contacts at 20 are 80; 96 readers at 1 are 96."""
    costs = GateCosts(contact_value=20, reader_value=1, fill_share=0.04)
    assert moved(Gate.GATED, FIVE, gate_costs=costs) == Moved(Gate.SOFT_GATE, "gate_costs: of 100 readers a form wins 80 and loses 96")
    assert moved(Gate.GATED, FIVE, "G1", gate_costs=costs) == Moved(Gate.GATED)
    assert moved(Gate.SOFT_GATE, FIVE, gate_costs=costs) == Moved(Gate.SOFT_GATE)


@pytest.mark.parametrize("costs", [GateCosts(25, 1, 0.04), GateCosts(0, 1, 0.04), GateCosts(20, 0, 0.04), GateCosts(20, 1, 0)])
def test_a_gate_that_pays_or_a_figure_that_is_not_said_changes_nothing(costs: GateCosts) -> None:
    """4 contacts at 25 are 100, more than 96 readers at 1."""
    assert loss_of_a_gate(costs) == ""
