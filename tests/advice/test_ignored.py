"""What a piece or the settings ignore: scored all the same, not reported."""

from dataclasses import replace

import pytest

from gating.advice import advise
from gating.records import Advice, Finding, ObservedGate, Piece
from gating.report.record import record_of
from gating.settings import PathRule, Settings
from tests.builders import PROSE, answer, piece_of, verdict_of


def gated_article(ignore: str = "", reason: str = "") -> Piece:
    metadata = (("gating.ignore", ignore), ("gating.reason", reason)) if ignore else ()
    return piece_of(PROSE, observed=ObservedGate("gated", "a form"), metadata=metadata)


def advice_on(piece: Piece, settings: Settings, **verdict: object) -> Advice:
    return advise(piece, replace(verdict_of(), **verdict), (), settings)  # type: ignore[arg-type]


def test_an_ignored_gate_is_advised_and_not_asked_for(settings: Settings) -> None:
    """The advice stands in the record beside what is ignored and why; the action is to keep."""
    piece = gated_article("gate", "a partner's licence")
    advice = advice_on(piece, settings)
    assert (advice.gate, advice.action) == ("ungated", "keep")
    assert advice_on(gated_article(), settings).action == "ungate"
    assert record_of(Finding(piece, verdict_of(), advice))["ignored"] == {"findings": ["gate"], "reason": "a partner's licence"}


@pytest.mark.parametrize(
    ("ignore", "unsure", "action"),
    [
        ("strategy", "strategy", "keep"), ("gate", "strategy", "review"), ("gate", "gate", "keep"), ("strategy", "gate", "review"),
        ("review", "gate", "keep"), ("review", "strategy", "keep"), ("stage", "strategy", "review"),
    ],
)  # fmt: skip
def test_a_doubt_is_ignored_where_its_own_label_is(settings: Settings, ignore: str, unsure: str, action: str) -> None:
    """Or where nobody is to be asked at all."""
    labels = {"strategy": "demand-gen", "gate": "ungated"}
    piece = replace(gated_article(ignore), observed=ObservedGate("ungated"))
    advice = advice_on(piece, settings, **{unsure: answer(unsure, labels[unsure], 0.55)})
    assert (advice.action, advice.review) == (action, action == "review")


def test_settings_ignore_by_path_with_their_reason(settings: Settings) -> None:
    """The piece's own reason goes before theirs."""
    quiet = replace(settings, paths=(PathRule("p1.md", ignore=("gate",), reason="the help centre"),))
    assert (advice_on(gated_article(), quiet).ignored, advice_on(gated_article(), quiet).ignored_reason) == (("gate",), "the help centre")
    assert advice_on(gated_article("stage", "ours"), quiet).ignored_reason == "ours"


def test_nobody_is_told_to_decide_what_is_ignored(settings: Settings) -> None:
    """Rubric and model disagree about this one: a packaged asset that scores little."""
    unlike = {"gate": answer("gate", "gated"), "format": answer("format", "ebook")}
    assert "please decide" in advice_on(piece_of(PROSE), settings, **unlike).why
    assert "please decide" not in advice_on(replace(piece_of(PROSE), metadata=(("gating.ignore", "gate"),)), settings, **unlike).why
