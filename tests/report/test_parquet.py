"""Scores as Parquet: the rows of the other outputs, in one file or in parts; whole or not at all."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pyarrow.parquet
import pytest

from gating.records import Skipped
from gating.report import parquet
from gating.report.parquet import write_scores
from gating.report.record import record_of
from tests.builders import PROSE, finding_of
from tests.cli.conftest import Run, run

__all__ = ["run"]


def rows(path: Path) -> list[dict]:
    """All rows, in order."""
    return pyarrow.parquet.read_table(path).to_pylist()


def test_scores_have_typed_columns(tmp_path: Path) -> None:
    """Nested parts lie flat under the names that an audit uses; what has no value is null."""
    write_scores([record_of(finding_of()), record_of(Skipped("gone.md", "cannot be read"))], tmp_path / "scores.parquet")
    scored, skipped = rows(tmp_path / "scores.parquet")
    record = record_of(finding_of())
    assert scored["gate_work_saved"] == record["gate_parts"]["work_saved"]
    assert scored["probability_decision"] == record["stage_probabilities"]["decision"]
    assert scored["quote"] == record["evidence"][0]["quote"]
    assert scored["review"] is record["review"]
    assert (skipped["source"], skipped["reason"], skipped["stage_score"], skipped["strategy"]) == ("gone.md", "cannot be read", None, None)


def test_folder_holds_parts_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So many rows each, the last what is left; the mark that all is there lies beside them, and other tools read the folder as one table."""
    monkeypatch.setattr(parquet, "PART", 3)
    write_scores([record_of(Skipped(f"{number}.md", "no")) for number in range(7)], tmp_path / "scores")
    assert sorted(os.listdir(tmp_path / "scores")) == ["_SUCCESS", "part-00000.parquet", "part-00001.parquet", "part-00002.parquet"]
    assert [row["source"] for row in rows(tmp_path / "scores")] == [f"{number}.md" for number in range(7)]
    assert len(rows(tmp_path / "scores" / "part-00002.parquet")) == 1


def test_nothing_gives_a_folder_that_shows_its_columns(tmp_path: Path) -> None:
    """No input, one part without a row."""
    write_scores([], tmp_path / "scores")
    assert rows(tmp_path / "scores") == []
    assert "strategy" in pyarrow.parquet.read_schema(tmp_path / "scores" / "part-00000.parquet").names


def test_folder_that_fails_leaves_nothing(tmp_path: Path) -> None:
    """An error after the first part: no folder that could be taken for the whole."""

    def broken():
        yield record_of(Skipped("a.md", "no"))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_scores(broken(), tmp_path / "scores")
    assert os.listdir(tmp_path) == []


def test_folder_in_use_is_refused_before_the_work(run: Run, tmp_path: Path) -> None:
    """Nothing of it is removed, and nothing is scored."""
    (tmp_path / "scores").mkdir()
    (tmp_path / "scores" / "mine.txt").write_text("mine")
    result = run("score", "no-such-file.md", "--format", "parquet", "-o", "scores")
    assert (result.exit_code, "name a new folder" in result.stderr) == (3, True)
    assert os.listdir(tmp_path / "scores") == ["mine.txt"]


def test_command_writes_the_rows_of_its_json(run: Run, tmp_path: Path) -> None:
    """By the ending of the file, and by --format into a folder that is there and empty."""
    (tmp_path / "pears.md").write_text(f"# Pears\n\n{PROSE}\n")
    (tmp_path / "empty.md").write_bytes(b"")
    (tmp_path / "scores").mkdir()
    records = [json.loads(line) for line in run("score", "pears.md", "empty.md", "--format", "jsonl").stdout.splitlines()]
    assert run("score", "pears.md", "empty.md", "-o", "scores.parquet").exit_code == 0
    assert run("score", "pears.md", "empty.md", "--format", "parquet", "-o", "scores").exit_code == 0
    assert [row["id"] for row in rows(tmp_path / "scores.parquet")] == [record["id"] for record in records]
    assert rows(tmp_path / "scores") == rows(tmp_path / "scores.parquet")


def test_parquet_is_not_for_the_terminal(run: Run, tmp_path: Path) -> None:
    """One sentence instead of bytes on the screen."""
    (tmp_path / "pears.md").write_text(PROSE)
    result = run("score", "pears.md", "--format", "parquet")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "-o scores.parquet" in result.stderr
