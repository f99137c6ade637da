"""SQLite databases."""

import sqlite3
from pathlib import Path

import pytest

from gating.reading import database
from gating.records import Skipped, Status
from tests.conftest import ReadAll
from tests.exports import BREAD, pieces_of, skipped_of

SELECT = "SELECT id, headline AS title, copy AS text, state FROM stories ORDER BY id"


@pytest.fixture(scope="module")
def stories(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A database with two published stories, a draft and a table of accounts, in write-ahead mode as running systems have it."""
    file = tmp_path_factory.mktemp("db") / "site.db"
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("CREATE TABLE stories (id INTEGER, headline TEXT, body BLOB, copy TEXT, state TEXT)")
    connection.execute("CREATE TABLE accounts (name TEXT)")
    connection.executemany(
        "INSERT INTO stories VALUES (?, ?, ?, ?, ?)", [(1, "Rye", b"\xff", BREAD, "live"), (2, "Oats", None, BREAD, "live"), (3, "Barley", None, BREAD, "draft")]
    )
    connection.commit()
    connection.close()
    return file.read_bytes()


def test_rows_of_the_select_are_pieces(read_all: ReadAll, stories: bytes) -> None:
    """Columns are named by the SELECT; drafts are left out and said."""
    results = read_all("site.db", stories, select=SELECT)
    assert [(piece.id, piece.title) for piece in pieces_of(results)] == [("1", "Rye"), ("2", "Oats")]
    assert "1 unpublished item (draft 1)" in skipped_of(results)[0].reason


def test_without_a_select_one_is_proposed(read_all: ReadAll, stories: bytes) -> None:
    """The tables and a SELECT that could be meant."""
    (result,) = read_all("site.sqlite", stories)
    assert isinstance(result, Skipped)
    assert result.status is Status.SKIPPED
    assert 'SELECT id, headline AS title, body AS text FROM stories"' in result.reason
    assert "accounts" in result.reason


@pytest.mark.parametrize(
    "select",
    ["DELETE FROM stories", "DROP TABLE stories", "ATTACH '/tmp/gating-other.db' AS other", "PRAGMA writable_schema = ON", "SELECT 1; SELECT 2", "nonsense",
     "SELECT nothing AS text FROM stories", "SELECT load_extension('x') AS text", "UPDATE stories SET copy = '' RETURNING copy AS text"],
)  # fmt: skip
def test_only_a_select_is_run(read_all: ReadAll, stories: bytes, select: str) -> None:
    """Everything else is one failed line, and touches no file."""
    (result,) = read_all("site.db", stories, select=select)
    assert isinstance(result, Skipped)
    assert "only one SELECT is allowed" in result.reason
    assert not Path("/tmp/gating-other.db").exists()


def test_select_without_text_names_its_columns(read_all: ReadAll, stories: bytes) -> None:
    """A piece needs a text."""
    (result,) = read_all("site.db", stories, select="SELECT headline AS title FROM stories")
    assert isinstance(result, Skipped)
    assert "columns: title" in result.reason


def test_endless_select_is_stopped(read_all: ReadAll, stories: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """A query that counts for ever ends at the time limit."""
    monkeypatch.setattr(database, "SECONDS", 0.2)
    (result,) = read_all("site.db", stories, select="WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT max(x) AS text FROM n")
    assert isinstance(result, Skipped)
    assert "longer than" in result.reason


@pytest.mark.parametrize("damage", [lambda data: data[:3000], lambda data: data[:16] + b"\xff" * 5000, lambda data: data[:100]], ids=["cut", "filled", "header"])
def test_damaged_database_is_one_line(read_all: ReadAll, stories: bytes, damage) -> None:
    """Bytes that only begin like a database."""
    (result,) = read_all("site.db", damage(stories), select=SELECT)
    assert isinstance(result, Skipped)
    assert "the program failed" not in result.reason
