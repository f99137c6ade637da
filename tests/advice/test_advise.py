"""Piece + Verdict + policy -> Advice."""

from dataclasses import replace
from pathlib import Path

import pytest

from gating.advice import advise, phase_of
from gating.advice.sentences import measures_for
from gating.assess import Assessor, assess_paths
from gating.records import LABELS, Block, BlockKind, Evidence, Finding, Gate, ObservedGate, Stage, Strategy
from gating.settings import Settings
from tests.builders import PROSE, piece_of, verdict_of

QUOTE = (Evidence("demand-gen", "crates of fruit", 1, 0.3),)


# For each gate, a verdict and a piece on which the rubric's own rule agrees.
AGREED = {
    "ungated": (verdict_of(), piece_of(PROSE)),
    "soft-gate": (verdict_of("lead-gen", "consideration", "soft-gate", "tool"), piece_of(PROSE)),
    "gated": (verdict_of("lead-gen", "consideration", "gated", "webinar"), piece_of(PROSE, Block(BlockKind.BUTTON, "Save my seat"))),
}


@pytest.mark.parametrize(
    ("gate", "observed", "action"),
    [
        ("ungated", "ungated", "keep"), ("ungated", "unknown", "keep"), ("ungated", "gated", "ungate"), ("ungated", "soft-gate", "ungate"),
        ("gated", "gated", "keep"), ("gated", "ungated", "gate"), ("gated", "unknown", "gate"),
        ("soft-gate", "gated", "soft-gate"), ("soft-gate", "ungated", "soft-gate"), ("soft-gate", "soft-gate", "keep"),
    ],
)  # fmt: skip
def test_action_is_the_step_from_today_to_the_advice(settings: Settings, gate: str, observed: str, action: str) -> None:
    """Keep what is right, else say what to do."""
    verdict, piece = AGREED[gate]
    assert advise(replace(piece, observed=ObservedGate(observed)), verdict, QUOTE, settings).action == action


def test_unsure_piece_goes_to_a_person(settings: Settings) -> None:
    """Under the settings' probability the action is review, and the advice is still given."""
    advice = advise(piece_of(PROSE), verdict_of(confidence=0.55), QUOTE, settings)
    assert (advice.action, advice.review, advice.gate) == ("review", True, Gate.UNGATED)


def test_thresholds_of_review_are_settings(settings: Settings) -> None:
    """A company that wants fewer reviews says so."""
    bold = replace(settings, review=replace(settings.review, strategy_below=0.5, gate_below=0.5))
    assert not advise(piece_of(PROSE), verdict_of(confidence=0.55), QUOTE, bold).review


def test_piece_that_is_not_marketing_goes_to_a_person(settings: Settings) -> None:
    """A sure verdict on something out of scope is no advice."""
    assert advise(piece_of(PROSE), verdict_of(flags=("not-marketing",)), QUOTE, settings).action == "review"


def test_policy_moves_the_gate_and_leaves_the_neutral_one(settings: Settings) -> None:
    """Both are in the advice."""
    advice = advise(piece_of(PROSE), verdict_of("lead-gen", "consideration", "gated", "ebook"), QUOTE, replace(settings, policy="open"))
    assert (advice.gate_neutral, advice.gate) == (Gate.GATED, Gate.SOFT_GATE)


@pytest.mark.parametrize(
    ("verdict", "phase"),
    [
        (verdict_of(), "create"),
        (verdict_of(stage="consideration"), "accelerate"),
        (verdict_of(stage="decision", format="case-study"), "accelerate"),
        (verdict_of("lead-gen", "awareness", "gated", "ebook"), "capture"),
        (verdict_of("lead-gen", "decision", "ungated", "pricing"), "capture"),
        (verdict_of(format="webinar"), "revive"),
        (verdict_of("lead-gen", flags=("customer",)), "expand"),
    ],
)
def test_phase_of_demand(verdict: object, phase: str) -> None:
    """From strategy, stage and audience; customers come first."""
    assert phase_of(verdict) == phase  # type: ignore[arg-type]


def test_every_strategy_and_stage_has_measures() -> None:
    """Each of the six has its own figures to be judged by."""
    found = {measures_for(verdict_of(strategy, stage)) for strategy in Strategy for stage in Stage}
    assert len(found) == 6
    assert all(found)


def test_why_names_kind_strategy_quote_and_gate(settings: Settings) -> None:
    """One sentence with the words that weighed most."""
    why = advise(piece_of(PROSE), verdict_of(), QUOTE, settings).why
    assert why.startswith("An article ")
    assert '"crates of fruit"' in why
    assert "ungated" in why
    assert why.endswith(".")


@pytest.mark.parametrize("kind", LABELS["format"])
def test_why_reads_well_for_every_format(settings: Settings, kind: str) -> None:
    """A capital and an article that fits the word."""
    first, second, *_ = advise(piece_of(PROSE), verdict_of(format=kind), (), settings).why.split()
    assert first == ("An" if second[0] in "aeiou" else "A") or kind == "docs"


def test_model_against_the_rubric_goes_to_a_person(settings: Settings) -> None:
    """A gate on an article, however sure the model is, is reviewed, and the sentence names both sides."""
    advice = advise(piece_of(PROSE), verdict_of("lead-gen", gate="gated"), QUOTE, settings)
    assert (advice.action, advice.gate) == ("review", Gate.GATED)
    assert "readers and search must reach" in advice.why
    assert "ungated" in advice.why


def test_gate_moved_by_policy_is_explained_by_the_policy(settings: Settings) -> None:
    """The sentence does not pass a company's policy off as the rubric's rule."""
    verdict = verdict_of("lead-gen", "consideration", "gated", "ebook")
    assert "policy" in advise(piece_of(PROSE), verdict, QUOTE, replace(settings, policy="open")).why
    assert "policy" not in advise(piece_of(PROSE), verdict, QUOTE, settings).why


def test_advice_that_follows_the_rule_has_its_own_reason(settings: Settings) -> None:
    """Open by nature, a form that is the service, value first: three different sentences."""
    reasons = {advise(piece, verdict, (), settings).why.partition("; ")[2] for verdict, piece in AGREED.values()}
    assert len(reasons) == 3


def test_a_registration_that_has_its_form_is_kept(assessor: Assessor) -> None:
    """Where the form is the service and it is there, nothing is left to do."""
    page = (Path(__file__).resolve().parents[2] / "samples" / "drafts" / "webinar-registration.html").as_posix()
    (finding,) = assess_paths([page], assessor)
    assert isinstance(finding, Finding)
    assert (finding.piece.observed.lead_form, finding.advice.gate.value, finding.advice.action) == (True, "gated", "keep")


def test_a_page_that_is_a_form_is_never_told_to_get_one(settings: Settings) -> None:
    """A contact page whose form a script draws shows none when it is saved; it is kept, not gated."""
    page = replace(piece_of(PROSE, title="Request a demo"), observed=ObservedGate("ungated", "no form stands before the content"))
    advice = advise(page, verdict_of("lead-gen", "decision", "gated", "conversion"), QUOTE, settings)
    assert (advice.gate_rule, advice.gate, advice.action) == ("G1", Gate.GATED, "keep")
