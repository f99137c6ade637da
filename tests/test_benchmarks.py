"""The scripts of benchmarks/ start: nobody runs them every day, and what they import moves."""

import subprocess
import sys

import pytest

SCRIPTS = ("audit", "cluster", "scale_audit", "serve", "speed", "steps", "warc")


@pytest.mark.parametrize("script", SCRIPTS)
def test_script_says_what_it_measures(script, root):
    """Each stands alone, as benchmarks/README.md calls it."""
    said = subprocess.run([sys.executable, root / "benchmarks" / f"{script}.py", "--help"], capture_output=True, text=True, check=False)
    assert (said.returncode, said.stderr) == (0, "")


def test_every_script_is_tried(root):
    """A new one is added above."""
    assert tuple(sorted(file.stem for file in (root / "benchmarks").glob("*.py"))) == SCRIPTS
