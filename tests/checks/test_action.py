"""action.yml: its scripts, run in bash as a runner does, with the inputs as environment variables."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.checks.test_hook import CLOSED, SETTINGS

Action = dict[str, Any]


@pytest.fixture(scope="module")
def action(root: Path) -> Action:
    loaded: Action = yaml.safe_load((root / "action.yml").read_text(encoding="utf-8"))
    return loaded


@pytest.fixture
def runner(tmp_path: Path, root: Path) -> Path:
    """The temporary folder of a runner, where `gating` is the one of this checkout."""
    place = tmp_path / "runner" / "gating" / "bin"
    place.mkdir(parents=True)
    (place / "gating").write_text(f'#!/bin/sh\nPYTHONPATH="{root}" exec "{sys.executable}" -m gating "$@"\n')
    (place / "gating").chmod(0o755)
    return tmp_path / "runner"


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """A checked-out repository with one piece behind a form, in a folder whose name has a blank, and one that is open."""
    folder = tmp_path / "repository"
    (folder / "our posts").mkdir(parents=True)
    (folder / "our posts" / "post.md").write_text(CLOSED)
    (folder / "open.md").write_text(CLOSED.replace("gated: true\n", "") + "\nRead on in [the crate book](/crates).\n")
    (folder / "gating.toml").write_text(SETTINGS)
    return folder


def run_step(action: Action, name: str, folder: Path, runner: Path, inputs: dict[str, str], **more: str) -> subprocess.CompletedProcess[str]:
    """Runs a step as a runner does (bash -e -o pipefail); a variable has the input that the step names for it, else its default."""
    (step,) = [step for step in action["runs"]["steps"] if step["name"] == name]
    asked = {variable: re.fullmatch(r"\$\{\{ inputs\.([\w-]+) \}\}", value) for variable, value in step["env"].items()}
    given = {variable: inputs.get(found[1], action["inputs"][found[1]]["default"]) for variable, found in asked.items() if found}
    environment = {**os.environ, "RUNNER_TEMP": str(runner), **given, **more}
    return subprocess.run(["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]], cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_inputs_never_become_part_of_a_script(action: Action) -> None:
    """An expression in `run` would let a branch or file name run commands."""
    assert action["runs"]["using"] == "composite"
    for step in action["runs"]["steps"]:
        assert "${{" not in step["run"]
        assert step["shell"] == "bash"


def test_every_input_is_handed_over_and_described(action: Action, root: Path) -> None:
    """None stands there for nothing."""
    used = set(re.findall(r"inputs\.([\w-]+)", " ".join(value for step in action["runs"]["steps"] for value in step["env"].values())))
    assert used == set(action["inputs"]) == {"path", "fail-on", "baseline", "version"}
    page = (root / "docs" / "checks.md").read_text(encoding="utf-8")
    assert [name for name in action["inputs"] if f"| `{name}` |" not in page] == []


@pytest.mark.parametrize(
    ("inputs", "code", "annotated"),
    [
        ({}, 0, True),
        ({"path": "our posts", "fail-on": "error"}, 1, True),
        ({"path": "open.md\n\nour posts/post.md\n", "fail-on": "error"}, 1, True),
        ({"path": "open.md"}, 0, False),
    ],
    ids=["defaults", "fail-on", "several paths", "nothing to say"],
)
def test_check_step_annotates_and_fails_when_asked(action: Action, runner: Path, content: Path, inputs: dict[str, str], code: int, annotated: bool) -> None:
    """The summary is written beside the annotations."""
    summary = runner / "summary"
    done = run_step(action, "Check", content, runner, inputs, GITHUB_STEP_SUMMARY=str(summary))
    assert done.returncode == code, done.stderr
    assert ("::error file=our posts/post.md,line=3,col=1,title=gate-should-be-open::" in done.stdout) is annotated
    assert summary.read_text().startswith("### gating: ")


def test_baseline_is_heeded(action: Action, runner: Path, content: Path) -> None:
    """What is known does not fail the check."""
    environment = {**os.environ, "RUNNER_TEMP": str(runner)}
    subprocess.run([str(runner / "gating" / "bin" / "gating"), "check", ".", "--write-baseline", "known.json"], cwd=content, env=environment, check=True, capture_output=True)
    assert run_step(action, "Check", content, runner, {"fail-on": "suggestion", "baseline": "known.json"}).returncode == 0


@pytest.mark.parametrize("path", ["$(touch pwned)", "`touch pwned`", '"; touch pwned; "', "--output=pwned"])
def test_a_hostile_path_is_only_a_path(action: Action, runner: Path, content: Path, path: str) -> None:
    """No such file, and nothing was run or written."""
    done = run_step(action, "Check", content, runner, {"path": path})
    assert done.returncode == 2
    assert "no such file" in done.stderr
    assert not (content / "pwned").exists()


@pytest.mark.parametrize(
    ("version", "wanted"),
    [("", "/actions/gating"), ("v0.1.0", "git+https://github.example/o/gating@v0.1.0"), ("$(touch pwned)", "git+https://github.example/o/gating@$(touch pwned)")],
)
def test_install_step_takes_the_action_itself_or_the_version_named(action: Action, tmp_path: Path, version: str, wanted: str) -> None:
    """From its own repository: a name on a package index may be anybody's."""
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "python3").write_text('#!/bin/sh\nmkdir -p "$3/bin"\nprintf \'#!/bin/sh\\nprintf "%%s\\\\n" "$@" > "%s/asked"\\n\' "$3" > "$3/bin/pip"\nchmod +x "$3/bin/pip"\n')
    (tools / "python3").chmod(0o755)
    more = {"PATH": f"{tools}{os.pathsep}{os.environ['PATH']}", "SOURCE": "/actions/gating", "REPOSITORY": "https://github.example/o/gating"}
    done = run_step(action, "Install gating", tmp_path, tmp_path / "runner", {"version": version}, **more)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "runner" / "gating" / "asked").read_text().splitlines()[-2:] == ["--", wanted]
    assert not (tmp_path / "pwned").exists()
