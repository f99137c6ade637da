"""docs/policy.md runs as it is written: its settings, its commands, and what it shows of their output."""

import re
import tomllib
from pathlib import Path

import pytest

from gating.records import IGNORABLE
from gating.settings import DEFAULTS_FILE, load_settings
from tests.test_guide import digits_hidden, outputs_of, steps_of, workplace  # noqa: F401  (a fixture)

SETTINGS = re.compile(r"^```toml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SHOWN_ONLY = re.compile(r"^```(?:yaml|html)\n.*?^```$\n", re.MULTILINE | re.DOTALL)


@pytest.fixture
def page(root: Path) -> str:
    return (root / "docs" / "policy.md").read_text(encoding="utf-8")


@pytest.mark.slow
def test_every_command_of_the_page_runs_and_prints_what_it_shows(page: str, workplace: Path, root: Path) -> None:  # noqa: F811
    """The settings are written to gating.toml where they stand on the page."""
    runnable = SETTINGS.sub(lambda found: f"```python\nopen('gating.toml', 'w').write({found.group(1)!r})\n```", SHOWN_ONLY.sub("", page))
    steps = steps_of(runnable)
    assert sum(len(step.commands) for step in steps) > 8
    for step, outputs in zip(steps, outputs_of(steps, workplace, root), strict=True):
        for command, (code, output) in zip(step.commands, outputs, strict=True):
            assert code == 0, f"{command}\n{output}"
        printed = "\n".join(output for _, output in outputs)
        missing = [line for line in step.shown if digits_hidden(line) not in digits_hidden(printed)]
        assert not missing, f"{missing} not in the output of {step.commands}:\n{printed}"


def test_every_setting_and_every_finding_to_ignore_stands_on_the_page(page: str) -> None:
    """What `gating init` writes and what can be ignored are described here."""
    tables = tomllib.loads(DEFAULTS_FILE.read_text(encoding="utf-8"))
    names = [f"`[{name}]`" if isinstance(value, dict) else f"`{name}`" for name, value in tables.items()] + [f"`{name}`" for name in IGNORABLE] + ["`[[paths]]`"]
    assert [name for name in names if name not in page] == []


def test_the_numbers_that_do_nothing_are_the_defaults(page: str) -> None:
    """The page says which thresholds change nothing."""
    thresholds = load_settings(DEFAULTS_FILE).thresholds
    assert f"| {thresholds.gated_from} and {thresholds.soft_gate_from} |" in page
