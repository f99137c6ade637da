"""docs/guide.md runs as it is written: every command, every program, and what it shows of their output."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.builders import declare_entry_points

FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
MARK = "@@ ended with"


@dataclass(frozen=True)
class Step:
    """One block that is run, and the lines that the guide shows of its output."""

    commands: tuple[str, ...]
    shown: tuple[str, ...]


def steps_of(guide: str) -> list[Step]:
    """The blocks in order. A `text` block belongs to the block above it; a `python` block is one command."""
    steps: list[Step] = []
    for language, body in FENCE.findall(guide):
        if language == "text":
            steps[-1] = Step(steps[-1].commands, tuple(body.splitlines()))
        elif language == "python":
            steps.append(Step((f"python - <<'END'\n{body}END",), ()))
        else:
            assert language == "sh", f"a block of {language or 'nothing'} in the guide; this test knows sh, python and text"
            steps.append(Step(tuple(body.splitlines()), ()))
    return steps


@pytest.fixture
def workplace(tmp_path: Path, root: Path) -> Path:
    """A folder with the samples, `gating` and `python` on the path of what runs there, and no other models."""
    shutil.copytree(root / "samples", tmp_path / "samples")
    (tmp_path / "bin").mkdir()
    for name, words in (("gating", "-m gating"), ("python", "")):
        (tmp_path / "bin" / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" {words} "$@"\n')
        (tmp_path / "bin" / name).chmod(0o755)
    declare_entry_points(tmp_path / "bin", root)
    return tmp_path


def outputs_of(steps: list[Step], folder: Path, root: Path) -> list[list[tuple[int, str]]]:
    """For each step, (exit code, output) of each of its commands, all run in one shell, which the guide changes folder in."""
    commands = [command for step in steps for command in step.commands]
    script = folder / "guide.sh"
    script.write_text("".join(f"{command}\nprintf '\\n{MARK} %s\\n' $?\n" for command in commands))
    environment = {
        **os.environ, "PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": os.pathsep.join([str(root), str(folder / "bin"), os.environ.get("PYTHONPATH", "")]), "COLUMNS": "200", "XDG_DATA_HOME": str(folder / "data"),
    }  # fmt: skip
    done = subprocess.run(
        ["bash", str(script)], cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300, check=False
    )
    *ended, _ = re.split(rf"\n{MARK} (\d+)\n", done.stdout)
    found = iter(zip(map(int, ended[1::2]), ended[::2], strict=True))
    return [[next(found) for _ in step.commands] for step in steps]


def digits_hidden(text: str) -> str:
    """The text with each number as #: another model may count otherwise, and the guide is right all the same."""
    return re.sub(r"\d+(?:\.\d+)?", "#", " ".join(text.split()))


@pytest.mark.slow
def test_every_command_of_the_guide_runs_and_prints_what_the_guide_shows(workplace: Path, root: Path) -> None:
    """Exit code 0 for each, and each line shown stands in the output of its block."""
    steps = steps_of((root / "docs" / "guide.md").read_text(encoding="utf-8"))
    assert sum(len(step.commands) for step in steps) > 15
    for step, outputs in zip(steps, outputs_of(steps, workplace, root), strict=True):
        for command, (code, output) in zip(step.commands, outputs, strict=True):
            assert code == 0, f"{command}\n{output}"
        printed = "\n".join(output for _, output in outputs)
        missing = [line for line in step.shown if digits_hidden(line) not in digits_hidden(printed)]
        assert not missing, f"{missing} not in the output of {step.commands}:\n{printed}"
    assert not (workplace / "data").exists(), "the guide wrote into the user's own models"
