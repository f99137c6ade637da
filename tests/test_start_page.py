"""docs/start.md and docs/score.md run as they are written, and docs/rubric.md has the rules of the rubric."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gating.records import FLAGS, FORMATS
from tests.server.conftest import started, stopped
from tests.test_guide import digits_hidden, outputs_of, steps_of, workplace  # noqa: F401  (a fixture)

DRAFT = re.compile(r"^```markdown\n(.*?)^```$", re.MULTILINE | re.DOTALL)
INSTALL = "python3 -m venv .venv && .venv/bin/pip install --quiet . && "
ACTIVATE, SERVE = "```sh\nsource .venv/bin/activate\n```\n", "```sh\ngating serve --open\n```\n"
RULE = re.compile(r"\b[STPGK]\d\b")


@pytest.fixture
def page(root: Path) -> str:
    return (root / "docs" / "start.md").read_text(encoding="utf-8")


def test_the_page_installs_as_the_readme_does(page: str, root: Path) -> None:
    """The line that CI types, word for word; so the tests below leave the installation to CI."""
    (line,) = [line for line in page.splitlines() if line.startswith(INSTALL)]
    assert line in (root / "README.md").read_text(encoding="utf-8").splitlines()
    assert ACTIVATE in page


@pytest.mark.slow
def test_every_command_of_the_page_runs_and_prints_what_it_shows(page: str, workplace: Path, root: Path) -> None:  # noqa: F811
    """The draft is saved where it stands on the page."""
    typed = page.replace(INSTALL + ".venv/bin/", "").replace(ACTIVATE, "").replace(SERVE, "")
    steps = steps_of(DRAFT.sub(lambda found: f"```python\nopen('grout.md', 'w').write({found.group(1)!r})\n```", typed))
    assert sum(len(step.commands) for step in steps) == 8
    for step, outputs in zip(steps, outputs_of(steps, workplace, root), strict=True):
        for command, (code, output) in zip(step.commands, outputs, strict=True):
            assert code == 0, f"{command}\n{output}"
        printed = "\n".join(output for _, output in outputs)
        missing = [line for line in step.shown if digits_hidden(line) not in digits_hidden(printed)]
        assert not missing, f"{missing} not in the output of {step.commands}:\n{printed}"
    assert (workplace / "audit" / "report.html").is_file()


@pytest.mark.slow
def test_every_command_of_the_page_on_scoring_runs(workplace: Path, root: Path) -> None:  # noqa: F811
    """Each ends with 0."""
    steps = steps_of((root / "docs" / "score.md").read_text(encoding="utf-8"))
    ended = [(command, *told) for step, outputs in zip(steps, outputs_of(steps, workplace, root), strict=True) for command, told in zip(step.commands, outputs, strict=True)]
    assert len(ended) > 5
    assert [told for told in ended if told[1] != 0] == []


@pytest.mark.slow
def test_the_server_starts_as_the_page_says(page: str, tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a browser that does nothing, on a free port."""
    assert SERVE in page
    monkeypatch.setenv("BROWSER", "true")
    assert stopped(started(tmp_path, root, "--open")) == 0


def test_the_rubric_page_has_the_rules_of_the_rubric(root: Path) -> None:
    """Each rule by its name, none that the law does not know; and every format and flag."""
    law, page = ((root / name).read_text(encoding="utf-8") for name in ("training_data/RUBRIC.md", "docs/rubric.md"))
    assert {*RULE.findall(page)} == {*RULE.findall(law)}
    assert [name for name in (*FORMATS, *FLAGS) if name not in page] == []
