"""The hook as another repository uses it, with the real pre-commit."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

CLOSED = """---
title: Where crates are bruised
gated: true
---
Most orchards lose their first crates of fruit between the tree and the scale. The pickers are paid by the crate, so a bruised pear
counts the same as a sound one until the buyer opens the lid.

Most bruises come from the second crate. The first is full of care, the second is put on top of it in a hurry, and nobody looks
between them before the cold store. A slat of wood between two crates costs a few cents and lasts for ten seasons.
"""
SETTINGS = '[checks]\ngate-should-be-open = "error"\n'


def git(folder: Path, *words: str) -> str:
    """What git prints; whoever runs the tests has no say in it."""
    settings = ("-c", "user.name=test", "-c", "user.email=test@localhost", "-c", "commit.gpgsign=false", "-c", "core.hooksPath=/dev/null")
    return subprocess.run(["git", *settings, *words], cwd=folder, capture_output=True, text=True, check=True).stdout.strip()


def repository(folder: Path, files: dict[str, str]) -> str:
    """A repository with these files in one commit; its name."""
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "as it is")
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture
def hook_repository(tmp_path: Path, root: Path) -> Path:
    """This checkout as it is now, committed elsewhere."""
    names = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=root, capture_output=True, text=True, check=False)
    if names.returncode:
        pytest.skip("this is no git checkout, so there is nothing for pre-commit to clone")
    target = tmp_path / "hook"
    for name in filter(None, names.stdout.split("\0")):
        if (root / name).is_file() and not name.startswith(("samples/", "tests/", "benchmarks/", "training_data/")):
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(root / name, target / name)
    repository(target, {})
    return target


def test_manifest_is_valid(root: Path) -> None:
    """By pre-commit's own schema."""
    checked = subprocess.run([sys.executable, "-m", "pre_commit", "validate-manifest", str(root / ".pre-commit-hooks.yaml")], capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stdout + checked.stderr) == (0, "")


@pytest.fixture
def cache() -> Iterator[Path]:
    """Where pre-commit installs the hook: 700 MB, which pytest would keep."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


@pytest.mark.slow  # it installs gating with all that it needs: one to two minutes
def test_commit_is_checked_and_stopped_when_asked(hook_repository: Path, tmp_path: Path, cache: Path) -> None:
    """Advice is shown although the hook passes; with --fail-on it fails; files without a remark and code are passed over."""
    index = subprocess.run(
        [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(tmp_path / "asked"), "click"], capture_output=True, text=True, check=False
    )
    if index.returncode:
        pytest.skip("no package index can be reached, from which pre-commit would install the hook")
    work = tmp_path / "work"
    hook = f"repos:\n- repo: {hook_repository.as_uri()}\n  rev: {git(hook_repository, 'rev-parse', 'HEAD')}\n  hooks:\n  - id: gating\n"
    repository(work, {"post.md": CLOSED, "tool.py": "print('hello')\n", "gating.toml": SETTINGS, ".pre-commit-config.yaml": hook})

    def run(*words: str) -> tuple[int, str]:
        environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")} | {"PRE_COMMIT_HOME": str(cache)}
        done = subprocess.run([sys.executable, "-m", "pre_commit", "run", *words], cwd=work, env=environment, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    code, said = run("--all-files")
    assert code == 0, said
    assert "post.md:3:1: error gate-should-be-open" in said
    assert "1 error on 1 piece" in said
    (work / ".pre-commit-config.yaml").write_text(f"{hook}    args: [--fail-on, error]\n")
    assert run("--all-files")[0] == 1
    assert run("--files", "tool.py")[0] == 0
    (work / "post.md").write_text(CLOSED.replace("gated: true\n", ""))
    assert run("--all-files")[0] == 0
