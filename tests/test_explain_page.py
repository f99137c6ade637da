"""docs/explain.md runs as it is written, and names every kind of proposal."""

from pathlib import Path

import pytest

from gating.advice.detections import HEIGHTS
from tests.advice.drafts_to_change import DRAFTS
from tests.test_guide import digits_hidden, outputs_of, steps_of, workplace  # noqa: F401  (a fixture)


@pytest.fixture
def page(root: Path) -> str:
    return (root / "docs" / "explain.md").read_text(encoding="utf-8")


@pytest.mark.slow
def test_commands_of_the_page_run_and_the_edit_does_what_it_says(page: str, workplace: Path, root: Path) -> None:  # noqa: F811
    """What is shown stands in the output; once the edit is made, `explain` proposes nothing more."""
    steps = steps_of(page)
    again = steps_of("```sh\n" + steps[0].commands[0] + "\n```\n")
    outputs = outputs_of([*steps, *again], workplace, root)
    for step, printed in zip(steps, outputs, strict=False):
        assert all(code == 0 for code, _ in printed), printed
        said = digits_hidden("\n".join(output for _, output in printed))
        assert [line for line in step.shown if digits_hidden(line) not in said] == []
    ((code, output),) = outputs[-1]
    assert code == 0
    assert "What to change" not in output


def test_every_kind_stands_on_the_page(page: str) -> None:
    """With its own row."""
    assert {kind for kind, _ in DRAFTS.values()} == {line.split("`")[1] for line in page.splitlines() if line.startswith("| `")}


def test_fields_of_height_three_are_those_of_the_page(page: str) -> None:
    """Company, role and country."""
    assert sorted(family for family, height in HEIGHTS.items() if height == 3) == ["company", "geo", "title"]
    assert "e-mail, name, company, role, country" in page
