"""A disk that is really full: a small one, where this user may mount it."""

import subprocess
import sys

import pytest

from tests.faults.places import LIBRARY, OUT, contents, run, write_library

KILOBYTES = (12, 40, 100, 200, 400, 700)  # the last ones hold the journal and some of the report


def mount(place, *options):
    return sys.platform == "linux" and not subprocess.run(["mount", "-t", "tmpfs", *options, "tmpfs", str(place)], capture_output=True, check=False).returncode


@pytest.mark.slow
@pytest.mark.parametrize("size", KILOBYTES)
def test_full_disk(tmp_path, size):
    """Code 3 and a sentence, no report that is not whole; with room made, the same command goes on and says what one without trouble says."""
    write_library(tmp_path / LIBRARY, 30)
    assert run(tmp_path, ["audit", LIBRARY, "-o", "expected"]).exit_code == 0
    (tmp_path / OUT).mkdir()
    if not mount(tmp_path / OUT, "-o", f"size={size}k"):
        pytest.skip("this user may not mount a small disk")
    try:
        ended = run(tmp_path, ["audit", LIBRARY, "-o", OUT])
        assert (ended.exit_code, ended.stderr.count("Error: "), ended.stderr.count("\n")) == (3, 1, 1), ended.stderr
        assert contents(tmp_path / OUT) == {}
        assert mount(tmp_path / OUT, "-o", "remount,size=8m")
        assert run(tmp_path, ["audit", LIBRARY, "-o", OUT]).exit_code == 0
        assert contents(tmp_path / OUT) == contents(tmp_path / "expected")
    finally:
        subprocess.run(["umount", str(tmp_path / OUT)], check=True)
