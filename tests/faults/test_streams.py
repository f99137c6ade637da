"""Standard streams that are closed, full, or read by nobody."""

import os
import subprocess
import sys

import pytest

from tests.faults.places import write_library

pytestmark = pytest.mark.skipif(os.name == "nt", reason="a shell of POSIX makes these streams")


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with a small library and an audit of it."""
    folder = tmp_path_factory.mktemp("streams")
    write_library(folder / "library", 4)
    (folder / "alone.md").write_text(
        "# What a frame should weigh\n\nA full frame weighs between two and three kilograms. Weigh ten of them in August and you know what to feed in winter.\n"
    )
    return folder


def shell(place, root, command):
    """(exit code, standard error) of a command line in which gating is $g."""
    environment = {**os.environ, "PYTHONPATH": str(root), "g": f"{sys.executable} -m gating"}
    done = subprocess.run(["bash", "-c", command], cwd=place, env=environment, capture_output=True, text=True, timeout=120, check=False)
    return done.returncode, done.stderr


FIRST = "; exit ${PIPESTATUS[0]}"  # the code of gating, not of its reader


@pytest.mark.parametrize(
    ("command", "code", "said"),
    [
        ("$g --help | true" + FIRST, 0, ""),
        ("$g models list | true" + FIRST, 0, ""),
        ("$g score library/none | true" + FIRST, 2, "Error: library/none: no such file"),
        ("$g models verify > /dev/full", 3, "Error: standard output: cannot be written (No space left on device)."),
        ("$g --help > /dev/full", 3, "Error: standard output: cannot be written (No space left on device)."),
        ("$g models list >&-", 3, "Error: standard output: cannot be written"),
        ("$g score library --format csv >&-", 3, "Error: standard output: cannot be written"),
        ("$g score library -o /dev/full", 3, "Error: /dev/full: cannot be written (No space left on device)."),
        ("$g score nowhere 2> /dev/full", 2, ""),
        ("$g models list 2>&-", 0, ""),
        ("$g score - <&-", 2, "Error: not one piece could be scored."),
    ],
)
def test_what_becomes_of_a_stream_that_is_not_there(place, root, command, code, said):
    """One sentence at most, and the code that goes with it; a reader that has had enough is no error."""
    ended, err = shell(place, root, command)
    assert (ended, err.count("\n"), err[: len(said)]) == (code, 1 if said else 0, said)


def test_audit_without_a_reader_is_written_and_keeps_its_code(place, root):
    """What --fail-on found is not forgotten because nobody read the summary."""
    code, err = shell(place, root, "$g audit alone.md -o piped --fail-on 'no-hand-off>0' | true" + FIRST)
    assert code == 1, err
    assert "Traceback" not in err
    assert (place / "piped" / "report.html").exists()


def test_closed_stream_is_not_taken_for_a_file(place, root):
    """With standard output and error closed, the next file that is opened would get their number, and lines for the terminal in it."""
    shell(place, root, "$g audit library -o closed >&- 2>&-")
    shell(place, root, "$g audit library -o open")
    for name in ("findings.jsonl", "summary.md"):
        assert (place / "closed" / name).read_bytes() == (place / "open" / name).read_bytes()
