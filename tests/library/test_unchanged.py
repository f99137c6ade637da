"""What tells an input that stands as it stood, from the file system alone."""

import os
import time
from pathlib import Path

import pytest

from gating.library.unchanged import Stamp, stamp_of
from gating.reading.sources import STDIN, Source, find_sources

LATER = 10_000_000_000  # nanoseconds after the files were written; then their times alone tell


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    """A file in a folder of its own."""
    file = tmp_path / "drafts" / "hives.md"
    file.parent.mkdir()
    file.write_text("Most hives that die in March were weak in October.", encoding="utf-8")
    return file


def stamp(draft: Path, looked: int) -> Stamp | None:
    return stamp_of(find_sources([str(draft.parent)]), "asked", looked)


def test_untouched_files_have_the_same_stamp(draft: Path) -> None:
    """Whether their content is read too or not."""
    for looked in (time.time_ns(), time.time_ns() + LATER):
        assert stamp(draft, looked) == stamp(draft, looked)


def test_a_write_of_the_same_length_and_time_is_noticed(draft: Path) -> None:
    """As a tool does that puts the old time back: the entry of the file was written, and that time cannot be put back."""
    looked = time.time_ns() + LATER
    before, times = stamp(draft, looked), draft.stat()
    time.sleep(0.02)
    draft.write_text("Most hives that die in March were strong in Augus.", encoding="utf-8")
    os.utime(draft, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert (draft.stat().st_size, draft.stat().st_mtime_ns) == (times.st_size, times.st_mtime_ns)
    assert stamp(draft, looked) != before


def test_content_of_a_file_that_was_just_written_is_compared(draft: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second write may fall into the same step of the clock: all that the file system says is the same, and only the content differs."""
    looked, held = time.time_ns(), os.stat(draft)
    monkeypatch.setattr("gating.library.unchanged._status", lambda path: held)
    before, late = stamp(draft, looked), stamp(draft, looked + LATER)
    draft.write_text("Most hives that die in March were strong in Augus.", encoding="utf-8")
    assert stamp(draft, looked) != before
    assert stamp(draft, looked + LATER) == late


def test_another_file_and_another_name_are_noticed(draft: Path) -> None:
    """One more, one less, one renamed."""
    looked = time.time_ns() + LATER
    stamps = [stamp(draft, looked)]
    (draft.parent / "queens.md").write_text("A queen is three years old at most.", encoding="utf-8")
    stamps.append(stamp(draft, looked))
    draft.rename(draft.parent / "bees.md")
    stamps.append(stamp(draft, looked))
    (draft.parent / "queens.md").unlink()
    stamps.append(stamp(draft, looked))
    assert len({one.inputs for one in stamps if one}) == 4


@pytest.mark.parametrize("source", [Source(STDIN), Source("s3://drafts/hives.md", "s3://drafts/hives.md"), Source("gone.md", "gone.md")])
def test_what_is_no_file_has_no_stamp(source: Source) -> None:
    """Whether it has changed cannot be told, so the audit reads it."""
    assert stamp_of([source], "asked", 0) is None
