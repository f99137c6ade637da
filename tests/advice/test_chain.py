"""The chain of `gating explain`: from signals to advice."""

from dataclasses import replace

from gating.advice import advise
from gating.advice.chain import Step, chain_of
from gating.records import Evidence, Finding, Verdict
from gating.settings import PathRule, Settings
from tests.builders import PROSE, answer, piece_of, verdict_of

QUOTES = (Evidence("gated", "enter your work e-mail", 4, 0.4), Evidence("lead-gen", "get the kit", 2, 0.3))
KIT = verdict_of("lead-gen", "consideration", "gated", "ebook")


def chain(settings: Settings, verdict: Verdict = KIT, text: str = "We surveyed 400 growers for this workbook.") -> dict[str, Step]:
    piece = piece_of(text, title="The sowing workbook")
    finding = Finding(piece, verdict, advise(piece, verdict, QUOTES, settings))
    return {step.name: step for step in chain_of(finding, settings)}


def test_each_step_leads_to_a_gate(settings: Settings) -> None:
    """Signals with the words that gave them, score parts, the rubric's line, the policy, the advice."""
    steps = chain(settings)
    assert list(steps) == ["signals", "score parts", "rubric", "neutral advice", "policy", "advice"]
    assert steps["signals"].says == 'the words of the piece say gated, 90 %: "enter your work e-mail"'
    assert steps["score parts"].says == "2 uniqueness + 2 work saved + 1 buying closeness - 0 need for reach - 0 hostility = 5"
    assert steps["rubric"] == Step("rubric", "G3, a packaged asset, by its score of 5: gated", "gated")
    assert (steps["neutral advice"].gate, steps["neutral advice"].says) == ("gated", "signals and rubric agree")
    assert steps["policy"] == Step("policy", "balanced: nothing moved it", "gated")
    assert steps["advice"] == Step("advice", "gated; action: gate", "gated")


def test_the_line_of_the_settings_that_moved_it_is_there(settings: Settings) -> None:
    """With the gate before and after."""
    steps = chain(replace(settings, policy="open"))
    assert steps["neutral advice"].gate == "gated"
    assert steps["policy"] == Step("policy", 'moved from gated to soft-gate by policy = "open"', "soft-gate")


def test_a_line_that_only_confirms_is_said_to(settings: Settings) -> None:
    """It ends the model's doubt, though it moves nothing."""
    assert chain(replace(settings, formats=(("ebook", "gated"),)))["policy"].says == 'kept at gated by formats.ebook = "gated"'


def test_words_that_count_and_move_nothing_are_said(settings: Settings) -> None:
    """Whoever wrote them into the settings wants to see that they were found."""
    named = replace(settings, words=replace(settings.words, must_be_found=("workbook",)))
    assert chain(named)["policy"].says == 'moved from gated to soft-gate by words.must_be_found "workbook"'
    soft = verdict_of("lead-gen", "consideration", "soft-gate", "ebook")
    assert chain(named, soft)["policy"].says == 'balanced: nothing moved it; with words.must_be_found "workbook" it scores 3'


def test_a_persons_label_ends_the_chain(settings: Settings) -> None:
    """The signals are still the model's."""
    given = replace(KIT, gate=replace(answer("gate", "ungated"), predicted="gated", probabilities=KIT.gate.probabilities))
    steps = chain(replace(settings, policy="open"), given)
    assert steps["signals"].gate == "gated"
    assert steps["policy"] == Step("policy", "a person's label stands, whatever the settings say", "ungated")


def test_disagreement_of_signals_and_rubric_is_said(settings: Settings) -> None:
    """The signals win, and a person is asked."""
    steps = chain(settings, verdict_of(gate="gated"), PROSE)
    assert (steps["rubric"].gate, steps["neutral advice"].gate) == ("ungated", "gated")
    assert "a person should decide" in steps["neutral advice"].says


def test_what_is_ignored_is_a_step(settings: Settings) -> None:
    """With its reason."""
    quiet = replace(settings, paths=(PathRule("p1.md", ignore=("gate", "stage"), reason="sold elsewhere"),))
    assert chain(quiet)["ignored"].says == "nothing is reported of gate, stage, because: sold elsewhere"
