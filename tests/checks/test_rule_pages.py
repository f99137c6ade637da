"""Each rule has a page in docs/rules with a piece that draws it and one that does not, and the pages tell the truth."""

import re
from pathlib import Path

import pytest

from gating.checks import RULES
from gating.records import CHECKS, IGNORABLE, Level
from tests.checks.conftest import Remarks

PAGES = Path(__file__).resolve().parents[2] / "docs" / "rules"
EXAMPLE = re.compile(r"^````(markdown|html) (fires|silent)\n(.*?)^````$", re.DOTALL | re.MULTILINE)
ENDINGS = {"markdown": ".md", "html": ".html"}
NAMES = sorted(page.stem for page in PAGES.glob("*.md"))


def page_of(rule: str) -> str:
    return (PAGES / f"{rule}.md").read_text(encoding="utf-8")


def examples(rule: str) -> dict[str, tuple[str, str]]:
    """{fires or silent: (ending, text)} of a page."""
    return {which: (ENDINGS[kind], text) for kind, which, text in EXAMPLE.findall(page_of(rule))}


def test_rules_and_pages_are_the_same() -> None:
    """No rule without a page, no page without a rule; and settings know them by the same names."""
    assert [rule.name for rule in RULES] == list(CHECKS)
    assert sorted(CHECKS) == NAMES


@pytest.mark.parametrize("rule", NAMES)
def test_first_piece_of_a_page_draws_its_rule(rule: str, remarks_on: Remarks) -> None:
    """With a quote that stands in the piece, at the place that is named."""
    ending, text = examples(rule)["fires"]
    (remark, *_) = [found for found in remarks_on(f"piece{ending}", text) if found.rule == rule]
    first = re.findall(r"\w+", remark.quote)[0]
    assert text.split("\n")[remark.line - 1][remark.column - 1 :].startswith(first), remark


@pytest.mark.parametrize("rule", NAMES)
def test_second_piece_of_a_page_does_not(rule: str, remarks_on: Remarks) -> None:
    """Nor does it draw a warning of another kind."""
    ending, text = examples(rule)["silent"]
    remarks = remarks_on(f"piece{ending}", text)
    assert not [remark for remark in remarks if remark.rule == rule or remark.level is not Level.SUGGESTION]


@pytest.mark.parametrize("rule", NAMES)
def test_silencing_as_the_page_says_works(rule: str, remarks_on: Remarks) -> None:
    """The comment on the page, and the name of what else silences it, in the piece that draws it."""
    ending, text = examples(rule)["fires"]
    told = re.search(r"`(<!-- gating: ignore .*? -->)`", page_of(rule))
    assert told
    said = told.group(1)
    group = next(known for known in RULES if known.name == rule).group
    for comment in (said, said.replace(rule, group) if group else said):
        assert rule not in {remark.rule for remark in remarks_on(f"piece{ending}", f"{text}\n{comment}\n")}
    assert not group or (group in IGNORABLE and f"`{group}`" in page_of(rule))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_page_names_the_level(rule: object) -> None:
    """The one that a sure answer draws stands first."""
    assert re.search(rf"^Level: {rule.level}\b", page_of(rule.name), re.MULTILINE)  # type: ignore[attr-defined]
