"""Conditions of --fail-on."""

from dataclasses import replace

import pytest

from gating.errors import SettingsError
from gating.library.compact import library_piece
from gating.library.conditions import Condition, counts_of, parse_condition
from gating.records import Audit, AuditedPiece, ObservedGate, OfferLink, Statement
from tests.builders import finding_of

TODAY = {"ungate": "gated", "gate": "ungated"}


def audit_of(*actions: str, today: str = "") -> Audit:
    """An audit of pieces with these actions, each with a gate of today that fits the action, or with `today`."""
    one = library_piece(finding_of())
    gates = [ObservedGate(today or TODAY.get(action, "ungated")) for action in actions]
    pieces = tuple(AuditedPiece(one, gate, action, 2, "Do it.", leads_on=action != "add-hand-off") for gate, action in zip(gates, actions, strict=True))
    nothing = Statement("", "")
    return Audit(pieces, (), (), (), (), nothing, (), nothing, "balanced", "base/1")


@pytest.mark.parametrize(
    ("written", "condition"),
    [
        ("review", Condition("review")),
        ("review>30%", Condition("review", 0.3, True)),
        (" no-hand-off > 5 ", Condition("no-hand-off", 5.0)),
        ("gated-should-be-free>2.5%", Condition("gated-should-be-free", 0.025, True)),
    ],
)
def test_condition_is_parsed(written: str, condition: Condition) -> None:
    """A name alone, with a number of pieces, with a share."""
    assert parse_condition(written) == condition


@pytest.mark.parametrize("written", ["", "ungated", "review>", "review>x", "review<3", "review>3%%"])
def test_other_words_are_refused(written: str) -> None:
    """Anything else is answered with the names there are."""
    with pytest.raises(SettingsError, match="gated-should-be-free"):
        parse_condition(written)


def test_name_alone_is_met_by_one_piece() -> None:
    """One piece that should be free is enough; none is not."""
    assert parse_condition("gated-should-be-free").is_met(counts_of(audit_of("keep", "ungate")))
    assert not parse_condition("gated-should-be-free").is_met(counts_of(audit_of("keep", "gate")))


def test_limits_are_what_is_still_allowed() -> None:
    """Two of four: more than one piece, not more than two; more than 49 %, not more than 50 %."""
    audit = audit_of("review", "review", "keep", "keep")
    assert [parse_condition(f"review>{limit}").is_met(counts_of(audit)) for limit in ("1", "2", "49%", "50%")] == [True, False, True, False]


def test_sentence_has_both_figures() -> None:
    """The person is told how many there are and how many are allowed."""
    assert parse_condition("no-hand-off>1").sentence(counts_of(audit_of("add-hand-off", "add-hand-off"))) == "no-hand-off: 2 pieces, 1 allowed."
    assert parse_condition("review>50%").sentence(counts_of(audit_of("review", "keep"))) == "review: 1 piece, 50% of 2 allowed."


def test_soft_gate_counts_by_its_direction() -> None:
    """A gate that should become a soft-gate should be freer; an open piece that should become one should be gated."""
    gated, open_today = (counts_of(audit_of("soft-gate", today=today)) for today in ("gated", "ungated"))
    assert (gated["gated-should-be-free"], gated["free-should-be-gated"]) == (1, 0)
    assert (open_today["gated-should-be-free"], open_today["free-should-be-gated"]) == (0, 1)


def test_hand_offs_count_whatever_the_action_is() -> None:
    """A piece that leads nowhere counts as such though a person must decide on it first; one with a link astray counts as a bad hand-off."""
    (piece,) = audit_of("review").pieces
    astray = OfferLink("our kit", "/kit", "", "dead", "no page of the library stands behind it")
    audit = replace(audit_of("review"), pieces=(replace(piece, leads_on=False), replace(piece, leads_on=None, links=(astray,))))
    assert [counts_of(audit)[name] for name in ("no-hand-off", "bad-hand-off", "review")] == [1, 1, 2]
