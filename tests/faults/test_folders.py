"""Outputs that cannot be written, that lie among the inputs, or that two processes want; journals that are damaged."""

import importlib
import os
import random
import shutil
import sqlite3
import subprocess
import sys

import pytest

from gating.library.journal import Journal
from gating.report.audit_files import FILES, MAKING
from tests.faults.places import contents, run, write_library


@pytest.fixture(scope="module")
def audited(tmp_path_factory):
    """A folder with a small library in `library` and its audit in `out`."""
    folder = tmp_path_factory.mktemp("audited")
    write_library(folder / "library", 6)
    assert run(folder, ["audit", "library", "-o", "out"]).exit_code == 0
    return folder


@pytest.fixture
def place(audited, tmp_path):
    """A copy of it."""
    shutil.copytree(audited, tmp_path / "place")
    return tmp_path / "place"


def refused(place, *arguments):
    """What a command says that must end with 3 in one sentence."""
    result = run(place, arguments)
    assert isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code == 3, result.output
    assert result.stderr.count("\n") == 1
    return result.stderr


@pytest.mark.parametrize("out", ["library", "library/reports/q3", "."])
def test_audit_does_not_read_its_own_report(place, out):
    """With the output among the inputs a second audit sees the same pieces as the first, whatever stands in its folder of ours."""
    shutil.rmtree(place / "out")
    source = "." if out == "." else "library"
    first = run(place, ["audit", source, "-o", out])
    second = run(place, ["audit", source, "-o", out])
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert "6 pieces scored · since the last run 0 new, 0 changed, 0 gone" in second.stdout


def test_pattern_does_not_find_the_report_either(place):
    """A glob is matched by the shell's rules and finds the report; it is left out all the same, and a piece beside it is not."""
    (place / "library" / "out").mkdir()
    shutil.copy(place / "library" / "001.md", place / "library" / "out" / "mine.md")
    for _ in range(2):
        result = run(place, ["score", "library/**/*.*", "--format", "jsonl", "-o", "library/out/scores.jsonl"])
        assert result.exit_code == 0
        assert len((place / "library" / "out" / "scores.jsonl").read_text().splitlines()) == 7


@pytest.mark.parametrize("name", ["a [draft]", "#1 !", "50% off * sale"])
def test_names_with_a_meaning_in_patterns_are_names(place, name):
    """The folder of the report may be called anything."""
    shutil.rmtree(place / "out")
    for _ in range(2):
        result = run(place, ["audit", "library", "-o", f"library/{name}"])
    assert "6 pieces scored · since" in result.stdout, result.output


def test_folder_in_the_place_of_a_report_is_found_before_the_work(place, monkeypatch):
    """Not after hours."""
    (place / "out" / "report.html").unlink()
    (place / "out" / "report.html").mkdir()
    monkeypatch.setattr("gating.library.run.score_changed", lambda *arguments: pytest.fail("the work began"))
    assert "report.html: is a folder" in refused(place, "audit", "library", "-o", "out")


WORK = {
    ("score", "library", "-o", "out/x.csv"): "gating.cli.run.assess_jobs",
    ("audit", "library", "-o", "out"): "gating.library.run.score_changed",
    ("label", "library", "-o", "out/x.csv"): "gating.cli.label._queue",
    ("evaluate", "x.csv", "--html", "out/x.html"): "gating.training.measuring.measure",
}


@pytest.mark.parametrize(("command", "work"), WORK.items(), ids=[command[0] for command in WORK])
def test_read_only_folder_is_found_before_the_work(place, monkeypatch, command, work):
    """Hours of scoring for nothing are worse than a sentence."""
    mounted = sys.platform == "linux" and not subprocess.run(["mount", "-t", "tmpfs", "-o", "ro", "tmpfs", str(place / "out")], capture_output=True, check=False).returncode
    if not mounted:
        (place / "out").chmod(0o500)
        if os.access(place / "out", os.W_OK):
            pytest.skip("this user may write anywhere and may not mount: no folder is read-only for it")

    def begun(*arguments, **options):
        yield from ()
        pytest.fail("the work began")

    module, _, name = work.rpartition(".")
    monkeypatch.setattr(importlib.import_module(module), name, begun)  # cli.label is a command, too
    try:
        assert "cannot be" in refused(place, *command)
    finally:
        if mounted:
            subprocess.run(["umount", str(place / "out")], check=True)


def test_two_audits_at_once(place, monkeypatch):
    """The second says so and changes nothing."""
    monkeypatch.setattr("gating.library.journal.WAIT", 0.05)
    before = contents(place / "out")
    with Journal(place / "out" / "audit.sqlite", "another"):
        assert "another audit is writing into this folder" in refused(place, "audit", "library", "-o", "out")
    assert contents(place / "out") == before


def truncated(file):
    file.write_bytes(file.read_bytes()[:20_000])


def overwritten(file):
    data, chance = bytearray(file.read_bytes()), random.Random(8)
    for _ in range(300):
        data[chance.randrange(100, len(data))] = chance.randrange(256)
    file.write_bytes(data)


def of_another_version(file):
    with sqlite3.connect(file) as database:
        database.execute("update about set format = 99")
    database.close()


def of_another_program(file):
    file.unlink()
    with sqlite3.connect(file) as database:
        database.execute("create table bookmarks (url text)")
    database.close()


def with_half_a_row(file):
    with sqlite3.connect(file) as database:
        database.execute("update inputs set result = substr(result, 1, 200)")
    database.close()


@pytest.mark.parametrize("damage", [truncated, overwritten, of_another_version, of_another_program, with_half_a_row])
def test_damaged_journal_says_what_to_do(place, damage):
    """It is named and left as it is, the report too; after it was deleted the audit is as before."""
    before = contents(place / "out")
    journal = place / "out" / "audit.sqlite"
    damage(journal)
    assert "audit.sqlite: cannot be used as the audit's journal" in (said := refused(place, "audit", "library", "-o", "out"))
    assert "Delete it, and every piece is scored anew" in said
    assert contents(place / "out") == before
    journal.unlink()
    assert run(place, ["audit", "library", "-o", "out"]).exit_code == 0
    assert contents(place / "out") == before


def test_log_without_its_journal_is_passed_over(place):
    """Somebody deleted audit.sqlite and left what SQLite keeps beside it."""
    (place / "out" / "audit.sqlite").unlink()
    (place / "out" / "audit.sqlite-wal").write_bytes(random.Random(1).randbytes(9000))
    before = contents(place / "library")
    assert run(place, ["audit", "library", "-o", "out"]).exit_code == 0
    assert contents(place / "library") == before
    assert not (place / "out" / "audit.sqlite-wal").exists()


@pytest.mark.parametrize("failing", range(1, len(FILES) + 1))
def test_set_is_taken_back_when_a_rename_fails(place, monkeypatch, failing):
    """As on Windows, where a workbook that is open cannot be replaced: no new file stays beside old ones."""
    write_library(place / "library", 8)
    before, plain, left = contents(place / "out"), os.replace, [failing]

    def replace(source, target):
        left[0] -= MAKING in str(source)
        if left[0] == 0:
            left[0] = -1
            raise PermissionError(13, "Permission denied")
        plain(source, target)

    monkeypatch.setattr(os, "replace", replace)
    assert "the audit cannot be written (Permission denied)" in refused(place, "audit", "library", "-o", "out")
    assert contents(place / "out") == before


def test_resumed_audit_forgets_what_went_meanwhile(place):
    """A piece that was scored by a run that did not end, and deleted before the next one, is in no report."""
    (place / "out" / "report.html").rename(place / "aside.html")
    (place / "library" / "new.md").write_text((place / "library" / "001.md").read_text().replace("lesson", "chapter"), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("gating.library.run.analyse", lambda *arguments: (_ for _ in ()).throw(KeyboardInterrupt))
        run(place, ["audit", "library", "-o", "out"])
    (place / "library" / "new.md").unlink()
    assert run(place, ["audit", "library", "-o", "out"]).exit_code == 0
    assert "new.md" not in (place / "out" / "findings.jsonl").read_text()
