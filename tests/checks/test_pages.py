"""docs/checks.md and the README say what the checks do, and what they give to copy fits the hook and the action."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from gating.checks import RULES
from tests.test_guide import digits_hidden, outputs_of, steps_of, workplace  # noqa: F401  (a fixture)

BLOCK = re.compile(r"^```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SHOWN_ONLY = re.compile(r"^```(?:yaml|toml)\n.*?^```$\n", re.MULTILINE | re.DOTALL)


def blocks(page: Path) -> list[str]:
    found: list[str] = BLOCK.findall(page.read_text(encoding="utf-8"))
    return found


def test_table_of_rules_is_that_of_the_program(root: Path) -> None:
    """Names, order and levels."""
    rows = re.findall(r"^\| \[([\w-]+)\]\(rules/([\w-]+)\.md\) \| (\w+) \|", (root / "docs" / "checks.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert rows == [(rule.name, rule.name, rule.level) for rule in RULES]


@pytest.mark.parametrize("name", ["README.md", "docs/checks.md"])
def test_what_is_to_be_copied_names_what_is_there(root: Path, name: str) -> None:
    """The id of the hook, and inputs that the action has; ten lines at most."""
    ids = {hook["id"] for hook in yaml.safe_load((root / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))}
    inputs = set(yaml.safe_load((root / "action.yml").read_text(encoding="utf-8"))["inputs"])
    given = blocks(root / name)
    assert len(given) == 2
    for text in given:
        assert len([line for line in text.splitlines() if not line.startswith("#")]) <= 10
        loaded: dict[Any, Any] = yaml.safe_load(text)
        if "repos" in loaded:
            assert {hook["id"] for repo in loaded["repos"] for hook in repo["hooks"]} <= ids
        else:
            (step,) = [step for job in loaded["jobs"].values() for step in job["steps"] if "with" in step]
            assert set(step["with"]) <= inputs


@pytest.mark.slow
@pytest.mark.parametrize("settings", ["", "[second_reader]\nbelow = 0\n"], ids=["as installed", "without the second reader"])
def test_commands_of_the_page_run_and_print_what_it_shows(workplace: Path, root: Path, settings: str) -> None:  # noqa: F811
    """From the folder of the samples; a plain install, which has no second reader, prints the same."""
    (workplace / "gating.toml").write_text(settings)
    steps = steps_of(SHOWN_ONLY.sub("", (root / "docs" / "checks.md").read_text(encoding="utf-8")))
    assert sum(len(step.commands) for step in steps) >= 3
    for step, outputs in zip(steps, outputs_of(steps, workplace, root), strict=True):
        printed = "\n".join(output for _, output in outputs)
        assert [code for code, _ in outputs] == [0] * len(outputs), printed
        assert [line for line in step.shown if digits_hidden(line) not in digits_hidden(printed)] == []
