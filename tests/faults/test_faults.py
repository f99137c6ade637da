"""The nth write fails, for n = 1, 2, 3 ... until the command succeeds: nothing is lost or half-written, and the exit code says it."""

import pytest

from tests.faults.loops import operations_loop, sizes_loop
from tests.faults.places import CASES

resource = pytest.importorskip("resource", reason="limits on the size of files are those of POSIX")
QUICK = ("init", "score", "models use", "models rollback", "models export")
STEPS = {"train": 5, "evaluate": 3, "audit again": 2}  # long commands: scripts/torture.py lets each single operation fail
EACH = [pytest.param(name, marks=() if name in QUICK else pytest.mark.slow) for name in CASES]


@pytest.mark.parametrize("name", EACH)
def test_failing_operation(tmp_path, name):
    """A file that cannot be opened, made, renamed or brought to the disk: code 3 and a sentence, old files or new ones, nothing beside
    them, and the next run ends as if nothing had been.
    """
    result = operations_loop(tmp_path, CASES[name], STEPS.get(name, 1))
    assert result.is_sound, result
    assert result.runs > 1


@pytest.mark.parametrize("name", EACH)
def test_failing_write(tmp_path, name):
    """The same when the writing stops at some byte, also in SQLite and Arrow."""
    result = sizes_loop(tmp_path, CASES[name], growth=3 if name in QUICK else 10)
    assert result.is_sound, result
    assert result.runs > 1
