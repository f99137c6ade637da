"""What a command loads: start-up time is spent on what is needed."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from gating.cli import cli
from tests.builders import PROSE

SCRIPT = """
import sys
from gating.cli import main
sys.argv = ["gating", *sys.argv[1:]]
try:
    main()
except SystemExit as done:
    code = done.code
print("loaded:", *sorted({name.partition(".")[0] for name in sys.modules}), file=sys.stderr)
sys.exit(code)
"""


@pytest.fixture
def loaded(tmp_path: Path, root: Path):
    """loaded("score", ...): top-level modules that the command has imported when it ends."""

    def run(*arguments: str) -> set[str]:
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, [str(root), os.environ.get("PYTHONPATH", "")]))}
        done = subprocess.run([sys.executable, "-c", SCRIPT, *arguments], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        return set(done.stderr.splitlines()[-1].removeprefix("loaded:").split())

    return run


def test_scoring_loads_no_training_library(loaded, tmp_path: Path) -> None:
    """A Markdown file is scored without scikit-learn, pandas and SciPy."""
    (tmp_path / "draft.md").write_text(PROSE)
    modules = loaded("score", "draft.md")
    assert "numpy" in modules
    assert modules & {"sklearn", "pandas", "scipy"} == set()


def test_scoring_markdown_loads_no_other_reader(loaded, tmp_path: Path) -> None:
    """Libraries for DOCX, PDF, XLSX and exports in a database wait until such a file comes."""
    (tmp_path / "draft.md").write_text(PROSE)
    assert loaded("score", "draft.md", "--format", "jsonl") & {"docx", "pypdfium2", "python_calamine", "py3langid", "joblib", "sqlite3"} == set()


@pytest.mark.parametrize("arguments", [["--help"], ["score", "--help"], ["--version"]], ids=" ".join)
def test_help_loads_nothing_heavy(loaded, arguments: list[str]) -> None:
    """Help comes at once: no spaCy, no NumPy."""
    assert loaded(*arguments) & {"spacy", "numpy", "sklearn", "selectolax", "rich"} == set()


def test_scoring_opens_no_connection(samples: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every reader and the model work without the network, whatever addresses stand in the pages."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    (tmp_path / "page.html").write_text(
        f"<html><head><link rel=stylesheet href='http://evil.example/a.css'></head><body><img src='http://evil.example/x.png'><p>{PROSE}</p></body></html>"
    )
    result = CliRunner().invoke(cli, ["score", str(samples), str(tmp_path), "--format", "jsonl"])
    assert result.exit_code == 0
    assert '"failed"' not in result.stdout
