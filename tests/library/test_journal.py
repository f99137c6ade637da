"""The audit's memory: what is known is not scored again, recipes never mix, a killed run goes on."""

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from gating.errors import OutputError
from gating.library.compact import library_piece
from gating.library.journal import Changes, Journal
from gating.records import Skipped
from tests.builders import finding_of

PIECE = library_piece(finding_of())


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the journal stands."""
    return tmp_path / "audit.sqlite"


def finished(file: Path, recipe: str, *sources: str, digest: bytes = b"1") -> Changes:
    """One whole run over `sources`, each scored where it was not known."""
    with Journal(file, recipe) as journal:
        for place, source in enumerate(sources):
            if not journal.known(source, digest, place):
                journal.add(source, digest, place, PIECE)
        return journal.finish()


def test_stored_results_come_back_equal_and_in_order(file: Path) -> None:
    """Pieces and skipped inputs come back as they were, by place and not by arrival."""
    skipped = Skipped("b.md", "no text in it", id="x", url="https://a.example/b", metadata=(("owner", "Ana"),))
    with Journal(file, "r") as journal:
        journal.add("b.md", b"2", 2, skipped)
        journal.add("a.md", b"1", 1, PIECE)
        journal.finish()
        assert list(journal.results()) == [PIECE, skipped]


def test_changes_are_counted(file: Path) -> None:
    """Against the last run: an input that is new, changed, the same, gone."""
    assert finished(file, "r", "a.md", "b.md") == Changes(2, 0, 0, 0)
    assert finished(file, "r", "b.md", "c.md") == Changes(1, 0, 1, 1)
    assert finished(file, "r", "b.md", "c.md", digest=b"2") == Changes(0, 2, 0, 0)


def test_unchanged_input_is_known(file: Path) -> None:
    """The same source with the same digest is known; with another digest it is not."""
    finished(file, "r", "a.md")
    with Journal(file, "r") as journal:
        assert journal.known("a.md", b"1", 1)
        assert not journal.known("a.md", b"2", 1)


def test_rows_of_another_recipe_are_never_used(file: Path) -> None:
    """With another model or other settings every input is scored anew, and old rows do not come back."""
    finished(file, "old", "a.md", "b.md")
    with Journal(file, "new") as journal:
        assert not journal.known("a.md", b"1", 1)
        journal.add("a.md", b"1", 1, replace(PIECE, n_words=7))
        journal.finish()
        assert [found.n_words for found in journal.results() if not isinstance(found, Skipped)] == [7]


def test_killed_run_is_resumed(file: Path) -> None:
    """A run that never finished is gone on with: what it stored is known."""
    with Journal(file, "r") as journal:
        journal.known("a.md", b"1", 1)
        journal.add("a.md", b"1", 1, PIECE)
    with Journal(file, "r") as journal:
        assert journal.resumed
        assert journal.known("a.md", b"1", 1)
    finished(file, "r", "a.md")
    with Journal(file, "r") as journal:
        assert not journal.resumed


def test_limited_run_forgets_nothing(file: Path) -> None:
    """A run that stopped at --limit leaves what it did not meet for the next whole run."""
    finished(file, "r", "a.md", "b.md")
    with Journal(file, "r") as journal:
        journal.known("a.md", b"1", 0)
        assert journal.finish(whole=False).deleted == 0
        assert len(list(journal.results())) == 1
    with Journal(file, "r") as journal:
        assert journal.known("b.md", b"1", 1)


def test_second_audit_of_the_same_folder_is_refused(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While one audit writes, another is told that the journal is in use."""
    plain = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *given, **named: plain(*given, **{**named, "timeout": 0.05}))
    with Journal(file, "r") as journal, pytest.raises(OutputError, match="another folder"):
        journal.add("a.md", b"1", 1, PIECE)
        Journal(file, "r")


@pytest.mark.parametrize("content", [b"no database at all, only words" * 50, b""])
def test_foreign_file_is_left_alone(file: Path, content: bytes) -> None:
    """A file that is no journal is named, not overwritten; an empty one becomes a journal."""
    file.write_bytes(content)
    if content:
        with pytest.raises(OutputError, match=r"audit\.sqlite"):
            Journal(file, "r")
        assert file.read_bytes() == content
    else:
        assert finished(file, "r", "a.md") == Changes(1, 0, 0, 0)


def test_journal_of_another_format_is_refused(file: Path) -> None:
    """A journal of a later gating is not read as if it were ours."""
    finished(file, "r", "a.md")
    with sqlite3.connect(file) as database:
        database.execute("update about set format = 99")
    database.close()
    with pytest.raises(OutputError, match="another version"):
        Journal(file, "r")
