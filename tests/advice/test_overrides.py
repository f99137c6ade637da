"""Which [[paths]] entries fit a piece, and what they say together."""

from dataclasses import replace

import pytest

from gating.advice import advise
from gating.advice.overrides import override_for
from gating.assess import Assessor
from gating.records import Gate, Piece
from gating.settings import PathRule, Settings
from tests.builders import PROSE, piece_of, verdict_of


def piece(source: str, url: str = "") -> Piece:
    return replace(piece_of(PROSE), source=source, url=url)


@pytest.mark.parametrize(
    ("glob", "source", "url", "fits"),
    [
        ("docs/", "site/docs/install.md", "", True),
        ("docs/**", "/home/kim/site/docs/install.md", "", True),
        ("docs/", "site/docs.md", "", False),
        ("*.docx", "drafts/Case study.docx", "", True),
        ("*.docx", "drafts/case.md", "", False),
        ("/blog/**", "blog/a.md", "", True),
        ("/blog/**", "./blog/a.md", "", True),
        ("/blog/**", "site/blog/a.md", "", False),
        ("/blog/**", "export.xml#12", "https://www.hop.example/blog/a/", True),
        ("/blog/**", "export.xml#12", "https://www.hop.example/shop/blog/", False),
        ("docs/", "export.xml#12", "https://hop.example/en/docs/", True),
        ("docs/", "export.xml#12", "https://docs.hop.example/en/", False),
        ("export.xml", "old/export.xml#12", "", True),
        ("kits/*-kit.md", "b2b/kits/brew-kit.md", "", True),
        ("**/kits/*", "kits/brew.md", "", True),
        ("docs/", r"site\docs\install.md", "", True),
    ],
)
def test_a_glob_fits_paths_and_addresses_as_in_gitignore(glob: str, source: str, url: str, fits: bool) -> None:
    """At any depth, unless it begins with a slash."""
    assert (override_for(piece(source, url), (PathRule(glob, policy="open"),)).value("policy") == "open") is fits


def test_the_last_entry_that_fits_has_the_say_key_by_key() -> None:
    """As in .gitignore; what it does not speak of stays as an earlier one said."""
    paths = (PathRule("docs/", policy="open", reason="help"), PathRule("api/", policy="developer", ignore=("gate",)), PathRule("blog/", policy="capture"))
    said = override_for(piece("docs/api/keys.md"), paths)
    assert (said.value("policy"), said.value("reason"), said.ignore) == ("developer", "help", ("gate",))
    assert said.line("policy") == 'paths "api/": policy = "developer"'


def test_a_gate_by_path_leaves_the_neutral_one_and_ends_the_doubt(settings: Settings) -> None:
    """A person said how such pieces are given out, so nobody is asked whether the model is right about it."""
    there = replace(settings, paths=(PathRule("kits/", gate="gated"),))
    unsure = verdict_of(confidence=0.59)
    sure_of_strategy = replace(unsure, strategy=verdict_of().strategy)
    advice = advise(piece("kits/brew.md"), sure_of_strategy, (), there)
    assert (advice.gate_neutral, advice.gate, advice.review) == (Gate.UNGATED, Gate.GATED, False)
    assert 'moved from ungated by your policy (paths "kits/": gate = "gated")' in advice.why
    assert advise(piece("blog/brew.md"), sure_of_strategy, (), there).review


def test_labels_by_path_stand_beside_the_models(assessor: Assessor, settings: Settings) -> None:
    """They are a person's word; the front matter of the piece goes before them."""
    told = replace(assessor, settings=replace(settings, paths=(PathRule("press/", stage="decision", format="news"),)))
    verdict = told.assess(piece("press/a.md")).verdict
    assert (verdict.stage.label, verdict.format.label) == ("decision", "news")
    assert verdict.stage.probabilities == assessor.assess(piece("press/a.md")).verdict.stage.probabilities
    nearer = replace(piece("press/a.md"), metadata=(("gating.stage", "awareness"),))
    assert told.assess(nearer).verdict.stage.label == "awareness"
