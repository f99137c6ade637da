"""Exports on the command line: a sample, drafts, and a database."""

import json
import sqlite3
from pathlib import Path

from tests.cli.conftest import Run
from tests.exports import BREAD

SAMPLE = Path("samples") / "exports" / "harbour-tools.wordpress.xml"


def records(text: str) -> list[dict]:
    return [json.loads(line) for line in text.splitlines()]


def test_sample_export_is_scored_with_its_gates(run: Run, root: Path) -> None:
    """Three published pieces, one behind a form; the draft and the menu in one line."""
    result = run("score", str(root / SAMPLE), "--format", "jsonl")
    *scored, left_out = records(result.stdout)
    assert result.exit_code == 0
    assert [(record["status"], record["observed_gate"]) for record in scored] == [("scored", "ungated"), ("scored", "gated"), ("scored", "ungated")]
    assert left_out["status"] == "skipped"
    assert "--drafts" in left_out["reason"]


def test_drafts_option_reads_the_unpublished(run: Run, root: Path) -> None:
    """One piece more."""
    titles = [record["title"] for record in records(run("score", str(root / SAMPLE), "--drafts", "--format", "jsonl").stdout)]
    assert titles[3] == "Winter rota (unfinished)"


def test_sql_option_reads_a_database(run: Run) -> None:
    """The pieces of a SELECT; without it the error shows one to start from."""
    connection = sqlite3.connect("site.db")
    connection.execute("CREATE TABLE news (headline TEXT, body TEXT)")
    connection.execute("INSERT INTO news VALUES ('Rye', ?)", (BREAD,))
    connection.commit()
    connection.close()
    (record,) = records(run("score", "site.db", "--sql", "SELECT headline AS title, body AS text FROM news", "--format", "jsonl").stdout)
    assert (record["title"], record["status"]) == ("Rye", "scored")
    without = run("score", "site.db")
    assert without.exit_code == 2
    assert "SELECT headline AS title, body AS text FROM news" in without.stderr
