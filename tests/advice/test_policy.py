"""A company's policy on top of the neutral advice."""

import pytest

from gating.advice.policy import apply_policy, gate_for
from gating.records import Gate, GateParts

THREE = GateParts(1, 1, 1, 0, 0)
THREE_COMMODITY = GateParts(0, 2, 1, 0, 0)
FOUR = GateParts(2, 1, 1, 0, 0)
FIVE = GateParts(2, 2, 1, 0, 0)
TWO = GateParts(1, 1, 0, 0, 0)
FOUR_HOSTILE = GateParts(2, 2, 1, 0, 1)


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
    assert apply_policy(gate, rule, FOUR, "balanced") is gate


def test_open_softens_gates_but_not_the_service() -> None:
    """A company that gates nothing still needs to know who wants the demo."""
    assert apply_policy(Gate.GATED, "G3", FIVE, "open") is Gate.SOFT_GATE
    assert apply_policy(Gate.GATED, "G1", FIVE, "open") is Gate.GATED
    assert apply_policy(Gate.SOFT_GATE, "G3", TWO, "open") is Gate.SOFT_GATE
    assert apply_policy(Gate.UNGATED, "G0", TWO, "open") is Gate.UNGATED


def test_capture_closes_what_nearly_scores_a_gate() -> None:
    """A soft-gate of 3 becomes a gate; one of 2, a commodity, or one by rule does not."""
    assert apply_policy(Gate.SOFT_GATE, "G3", THREE, "capture") is Gate.GATED
    assert apply_policy(Gate.SOFT_GATE, "G3", TWO, "capture") is Gate.SOFT_GATE
    assert apply_policy(Gate.SOFT_GATE, "G3", THREE_COMMODITY, "capture") is Gate.SOFT_GATE
    assert apply_policy(Gate.SOFT_GATE, "G2", THREE, "capture") is Gate.SOFT_GATE


def test_capture_never_gates_what_must_be_reached() -> None:
    """Open pieces stay open."""
    assert apply_policy(Gate.UNGATED, "G0", THREE, "capture") is Gate.UNGATED


def test_developer_takes_off_a_point() -> None:
    """Readers who resent forms count although the words do not show them; twice they do not count."""
    assert apply_policy(Gate.GATED, "G3", FOUR, "developer") is Gate.SOFT_GATE
    assert apply_policy(Gate.GATED, "G3", FIVE, "developer") is Gate.GATED
    assert apply_policy(Gate.SOFT_GATE, "G3", TWO, "developer") is Gate.UNGATED
    assert apply_policy(Gate.GATED, "G3", FOUR_HOSTILE, "developer") is Gate.GATED


def test_developer_never_closes() -> None:
    """The policy may open the neutral advice, not tighten it, even where the score says more."""
    assert apply_policy(Gate.SOFT_GATE, "G3", FIVE, "developer") is Gate.SOFT_GATE
    assert apply_policy(Gate.UNGATED, "G3", FIVE, "developer") is Gate.UNGATED
    assert apply_policy(Gate.GATED, "G1", TWO, "developer") is Gate.GATED


def test_capture_gates_what_scores_more_than_three_too() -> None:
    """A higher score never gives a more open gate."""
    gates = [apply_policy(Gate.SOFT_GATE, "G3", GateParts(1, 2, closeness, 0, 0), "capture") for closeness in (0, 1, 2)]
    assert gates == [Gate.GATED] * 3
