"""Real documents and pages: every file is accounted for."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from gating.cli import cli

FOLDERS = ("docx", "pdf", "html")


@pytest.fixture(scope="module")
def scored(shared: Path) -> list[dict[str, Any]]:
    """The records of `gating score` on the three folders."""
    result = CliRunner().invoke(cli, ["score", *(str(shared / "fixtures" / folder) for folder in FOLDERS), "--format", "jsonl", "--quiet"])
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.mark.slow
def test_every_file_has_one_record_and_a_status(shared: Path, scored: list[dict[str, Any]]) -> None:
    """One record for each file, in exactly one status, and a reason wherever it is not plainly scored."""
    files = [os.path.join(folder, name) for kind in FOLDERS for folder, _, names in os.walk(shared / "fixtures" / kind) for name in names]
    assert sorted(record["source"] for record in scored) == sorted(files)
    assert {record["status"] for record in scored} <= {"scored", "partial", "skipped", "failed"}
    assert all(bool(record["reason"]) == (record["status"] != "scored") for record in scored)


@pytest.mark.slow
def test_nothing_is_scored_from_empty_text(scored: list[dict[str, Any]]) -> None:
    """A scored record has words, labels, evidence of lines and shares that are shares."""
    for record in scored:
        if record["status"] in ("scored", "partial"):
            assert record["n_words"] >= 10
            assert 0 <= record["lead_gen_probability"] <= 1
            assert sum(record["stage_probabilities"].values()) == pytest.approx(1, abs=1e-5)


@pytest.mark.slow
def test_no_reader_failed_by_a_bug(scored: list[dict[str, Any]]) -> None:
    """Real files may be locked or empty; none of them may end in an exception of a reader."""
    assert [record["reason"] for record in scored if "the program failed" in record["reason"]] == []
