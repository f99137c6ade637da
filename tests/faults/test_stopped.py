"""Killed, interrupted, asked to stop: nothing is lost, nothing scored twice that was kept, nobody left behind."""

import os
import signal
import subprocess
import sys
import time
from functools import partial

import pytest

from tests.faults.loops import interrupt_loop, kill_loop, train_kill_loop
from tests.faults.places import write_library

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the loops stop copies of this process, which needs fork")


def test_killed_audit_ends_as_if_it_had_not_been(tmp_path):
    """SIGKILL at random moments, in scoring and while files are put in place; the audit that is gone on with is the undisturbed one."""
    result = kill_loop(tmp_path, rounds=1, seed=3)
    assert result.is_sound, result
    assert result.runs > 2


@pytest.mark.slow
def test_audit_killed_again_and_again(tmp_path):
    """More of the same, with two processes, too."""
    result = kill_loop(tmp_path, rounds=4, seed=5)
    assert result.is_sound, result


@pytest.mark.slow
def test_interrupted_audit_goes_on(tmp_path):
    """Ctrl-C and a polite kill: 130 and one line, no traceback of a worker, no file in the making; the next run ends it."""
    result = interrupt_loop(tmp_path, rounds=4, seed=2)
    assert result.is_sound, result


@pytest.mark.slow
def test_killed_training_leaves_a_sound_registry(tmp_path):
    """SIGKILL at random moments of `gating train`."""
    result = train_kill_loop(tmp_path, rounds=4, seed=4)
    assert result.is_sound, result


def test_interrupt_while_a_dataclass_is_made_ends_with_130(tmp_path, root):
    """Python remembers an interrupt within exec() and would end by the signal, whatever code is asked for."""
    interrupted = "import os, signal\\nos.kill(os.getpid(), signal.SIGINT)\\nfor i in range(10**7): pass"
    (tmp_path / "stopped.py").write_text(f"from gating import cli\ncli._run = lambda: exec('{interrupted}')\ncli.main()\n")
    path = os.pathsep.join((str(tmp_path), str(root)))
    ended = subprocess.run([sys.executable, "-m", "stopped"], env={**os.environ, "PYTHONPATH": path}, capture_output=True, check=False)
    assert (ended.returncode, ended.stderr) == (130, b"Interrupted.\n")


def test_interrupt_in_the_middle_of_a_workbook_says_one_line(tmp_path, root):
    """The zip that is being written finds its file closed when Python collects it: no business of whoever pressed Ctrl-C."""
    write_library(tmp_path / "library", 2)
    interrupt = "def stop(*_):\n    raise KeyboardInterrupt\nzipfile.ZipFile.writestr = zipfile.ZipFile.write = stop\n"
    (tmp_path / "stopped.py").write_text(f"import zipfile\nfrom gating import cli\n{interrupt}cli.main()\n")
    env = {**os.environ, "PYTHONPATH": os.pathsep.join((str(tmp_path), str(root)))}
    ended = subprocess.run([sys.executable, "-m", "stopped", "audit", "library", "-o", "out"], cwd=tmp_path, env=env, capture_output=True, check=False)
    assert (ended.returncode, ended.stderr) == (130, b"Interrupted.\n")


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signal_ends_scoring_with_130(tmp_path, root, sign):
    """One line, code 130, and the file that was asked for is as it was, with nothing beside it."""
    write_library(tmp_path / "library", 40)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "scores.csv").write_text("old")
    command = [sys.executable, "-m", "gating", "score", *["library"] * 200, "-o", "out/scores.csv"]
    options = {"cwd": tmp_path, "env": {**os.environ, "PYTHONPATH": str(root)}, "start_new_session": True}
    as_usual = partial(signal.signal, sign, signal.default_int_handler if sign == signal.SIGINT else signal.SIG_DFL)  # also where the tests run under nohup
    with subprocess.Popen(command, stderr=subprocess.PIPE, preexec_fn=as_usual, **options) as process:  # noqa: PLW1509  # no threads here
        patience = time.monotonic() + 60
        while len(os.listdir(tmp_path / "out")) < 2 and time.monotonic() < patience:  # the file in the making is there: scoring has begun
            time.sleep(0.01)
        os.killpg(process.pid, sign)
        said = process.communicate(timeout=60)[1]
    assert (process.returncode, said) == (130, b"Interrupted.\n")
    assert os.listdir(tmp_path / "out") == ["scores.csv"]
    assert (tmp_path / "out" / "scores.csv").read_text() == "old"
