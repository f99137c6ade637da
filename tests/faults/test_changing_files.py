"""Files and folders that change, shrink, grow or vanish while they are read."""

import json
import os
import shutil

import pytest

from gating.reading import sources
from tests.faults.places import run, write_library


@pytest.fixture
def place(tmp_path):
    """A folder with a small library."""
    write_library(tmp_path / "library", 4)
    return tmp_path


def records(place):
    return {record["source"]: record for record in map(json.loads, (place / "out" / "findings.jsonl").read_text().splitlines())}


def meanwhile(monkeypatch, when, do):
    """`do` happens when a file whose name is `when` was opened for its digest, before it is read to be scored."""
    plain, done = sources.read_bytes, []

    def read_bytes(source, max_bytes):
        data = plain(source, max_bytes)
        if source.name.endswith(when) and not done:
            done.append(True)
            do()
        return data

    monkeypatch.setattr("gating.reading.digests.read_bytes", read_bytes)


def test_file_that_vanishes_is_a_row(place, monkeypatch):
    """It is listed as failed with the reason, the others are scored; the next audit does not know it."""
    meanwhile(monkeypatch, "001.md", (place / "library" / "001.md").unlink)
    assert run(place, ["audit", "library", "-o", "out"]).exit_code == 0
    found = records(place)
    assert (found["library/001.md"]["status"], found["library/001.md"]["reason"]) == ("failed", "cannot be read (No such file or directory)")
    assert [found[f"library/{number}.md"]["status"] for number in ("000", "002", "003")] == ["scored"] * 3
    assert run(place, ["audit", "library", "-o", "out"]).exit_code == 0
    assert set(records(place)) == {"library/000.md", "library/002.md", "library/003.md"}


@pytest.mark.parametrize("change", ["grows", "shrinks", "is emptied"])
def test_file_that_changes_is_scored_anew_next_time(place, monkeypatch, change):
    """Whatever was read of it this time, the next audit says what a fresh one says."""
    file = place / "library" / "001.md"
    text = file.read_text()
    after = {"grows": text * 3, "shrinks": text[: len(text) // 2], "is emptied": ""}[change]
    meanwhile(monkeypatch, "001.md", lambda: file.write_text(after))
    assert run(place, ["audit", "library", "-o", "out"]).exit_code == 0
    assert run(place, ["audit", "library", "-o", "out"]).exit_code == 0
    found = records(place)
    shutil.rmtree(place / "out")
    assert run(place, ["audit", "library", "-o", "out"]).exit_code == 0
    assert records(place) == found


def test_file_that_grows_beyond_the_limit_is_a_row(place, monkeypatch):
    """The limit is counted while reading, not before."""
    file = place / "library" / "001.md"
    (place / "gating.toml").write_text("[limits]\nmax_file_mb = 1\n")
    meanwhile(monkeypatch, "001.md", lambda: file.write_text("more and more " * 100_000))
    assert run(place, ["audit", "library", "-o", "out"]).exit_code == 0
    assert (records(place)["library/001.md"]["status"], "max_file_mb" in records(place)["library/001.md"]["reason"]) == ("skipped", True)


def test_folder_that_vanishes_while_it_is_walked_is_a_row(place, monkeypatch):
    """What was in it before that is scored."""
    shutil.copytree(place / "library", place / "library" / "zz")
    plain = os.scandir

    def scandir(folder):
        if os.fspath(folder).endswith("zz"):
            shutil.rmtree(folder)
        return plain(folder)

    monkeypatch.setattr(os, "scandir", scandir)
    monkeypatch.setattr(shutil, "rmtree", lambda folder: [os.unlink(os.path.join(folder, name)) for name in os.listdir(folder)] and os.rmdir(folder))
    result = run(place, ["score", "library", "--format", "jsonl"])
    assert result.exit_code == 0, result.output
    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert [record["status"] for record in found] == ["scored"] * 4 + ["skipped"]
    assert "the folder cannot be read" in found[-1]["reason"]
