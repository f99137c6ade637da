"""Files that are written whole or not at all."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from gating.report.whole import whole_file, write_whole


def test_text_and_bytes_are_written(tmp_path: Path) -> None:
    """Text goes out as UTF-8, bytes as they are."""
    write_whole(["prêt ", b"\xff"], tmp_path / "a.txt")
    assert (tmp_path / "a.txt").read_bytes() == "prêt ".encode() + b"\xff"


def test_a_failure_on_the_way_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    """The chunks come from code that may fail after half of them."""

    def half() -> Iterator[str]:
        yield "new"
        raise RuntimeError("the rest is missing")

    (tmp_path / "a.txt").write_text("old")
    with pytest.raises(RuntimeError):
        write_whole(half(), tmp_path / "a.txt")
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"a.txt": "old"}


def test_the_old_file_stands_until_the_block_ends(tmp_path: Path) -> None:
    """Somebody who reads meanwhile gets the old file."""
    (tmp_path / "a.txt").write_text("old")
    with whole_file(tmp_path / "a.txt") as file:
        file.write(b"new")
        file.flush()
        assert (tmp_path / "a.txt").read_text() == "old"
    assert (tmp_path / "a.txt").read_text() == "new"


@pytest.mark.skipif(os.name == "nt", reason="modes of files are those of POSIX")
def test_the_mode_of_the_old_file_is_kept(tmp_path: Path) -> None:
    """A report that the group may write stays so; a new one follows the umask, not the 0600 of temporary files."""
    (tmp_path / "a.txt").write_text("old")
    (tmp_path / "a.txt").chmod(0o664)
    old = os.umask(0o027)
    try:
        write_whole(["new"], tmp_path / "a.txt")
        write_whole(["new"], tmp_path / "b.txt")
    finally:
        os.umask(old)
    assert [path.stat().st_mode & 0o777 for path in (tmp_path / "a.txt", tmp_path / "b.txt")] == [0o664, 0o640]
