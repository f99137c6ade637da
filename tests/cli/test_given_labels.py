"""A person's label wins where it was plainly asked for, and nowhere else."""

import csv
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from gating.records import HEADS
from gating.report.record import KEYS
from tests.builders import PROSE
from tests.cli.conftest import Run

FRONT = "---\ntitle: Where crates are bruised\n{}---\n{}\n"


@pytest.fixture
def drafts(tmp_path: Path) -> Path:
    """a.md without labels, b.md with labels under `gating:`, c.md with a stage and a gate of its own."""
    for name, front in (("a", ""), ("b", "gating:\n  stage: bofu\n  gate: gated\n"), ("c", "stage: decision\ngate: gated\nstrategy: lead-gen\n")):
        (tmp_path / f"{name}.md").write_text(FRONT.format(front, PROSE), encoding="utf-8")
    return tmp_path


def records(run: Run, *arguments: str) -> dict[str, dict[str, Any]]:
    result = run("score", *arguments, "--format", "jsonl")
    assert result.exit_code == 0, result.stderr
    return {record["source"]: record for record in map(json.loads, result.stdout.splitlines())}


def test_label_in_front_matter_stands_beside_the_prediction(run: Run, drafts: Path, root: Path) -> None:
    """The labels are the person's; probabilities, confidence and the neutral gate stay the model's; the record fits the schema."""
    found = records(run, "a.md", "b.md")
    plain, given = found["a.md"], found["b.md"]
    assert given["given"] == {"stage": "decision", "gate": "gated"}
    assert given["label_source"] == {"strategy": "predicted", "stage": "given", "gate": "given", "format": "predicted"}
    assert (given["stage"], given["gate"]) == ("decision", "gated")
    assert given["predicted"] == {"stage": plain["stage"], "gate": plain["gate_neutral"]}
    for key in ("strategy", "lead_gen_probability", "stage_probabilities", "stage_score", "gate_neutral", "model"):
        assert given[key] == plain[key]
    schema = json.loads((root / "gating" / "report" / "record.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(given)


def test_pieces_without_an_ask_have_the_record_they_always_had(run: Run, drafts: Path) -> None:
    """Columns and keys of the same name in a piece are no ask: no other keys, no other labels."""
    found = records(run, "a.md", "c.md")
    assert tuple(found["a.md"]) == tuple(found["c.md"]) == KEYS
    assert {key: found["c.md"][key] for key in ("strategy", "stage", "confidence")} == {key: found["a.md"][key] for key in ("strategy", "stage", "confidence")}


def test_table_with_label_columns_is_scored_by_the_model(run: Run, tmp_path: Path) -> None:
    """Measuring a labelled table must not read its own answers back."""
    rows = [{"text": PROSE}, {"text": PROSE, "strategy": "lead-gen", "stage": "decision", "format": "ebook", "gating": {"stage": "decision"}}]
    (tmp_path / "rows.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    found = records(run, "rows.jsonl")
    plain, labelled = found["rows.jsonl#1"], found["rows.jsonl#2"]
    assert [labelled[head] for head in HEADS] == [plain[head] for head in HEADS]
    asked = records(run, "rows.jsonl", "--labels", "rows.jsonl")["rows.jsonl#2"]
    assert [asked[head] for head in ("strategy", "stage", "format")] == ["lead-gen", "decision", "ebook"]


def test_file_of_labels_is_matched_and_counted(run: Run, drafts: Path) -> None:
    """By source; a bad row is named; a front matter's own ask goes before the file."""
    (drafts / "labels.csv").write_text("source,Strategy,Buying stage\na.md,Lead gen,tofu\nb.md,,tofu\nc.md,perhaps,\nz.md,,tofu\n", encoding="utf-8")
    result = run("score", "a.md", "b.md", "c.md", "--labels", "labels.csv", "--format", "jsonl")
    found = {record["source"]: record for record in map(json.loads, result.stdout.splitlines())}
    assert found["a.md"]["given"] == {"strategy": "lead-gen", "stage": "awareness"}
    assert found["b.md"]["given"] == {"stage": "decision", "gate": "gated"}
    assert "given" not in found["c.md"]
    assert "labels.csv#3: strategy 'perhaps' is not one of demand-gen, lead-gen" in result.stderr
    assert "Labels that a person gave stand on 2 pieces." in result.stderr


def test_workers_know_the_labels_too(run: Run, drafts: Path) -> None:
    """Two processes give the records that one gives."""
    (drafts / "labels.csv").write_text("source,stage\na.md,bofu\n", encoding="utf-8")
    assert records(run, "a.md", "b.md", "--labels", "labels.csv", "--jobs", "2") == records(run, "a.md", "b.md", "--labels", "labels.csv")


def test_policy_does_not_move_a_given_gate(run: Run, drafts: Path) -> None:
    """`open` would make a soft-gate of it, and nobody is asked to review what a person decided."""
    given = records(run, "b.md", "--policy", "open")["b.md"]
    assert given["gate"] == "gated"
    assert not given["review"]
    assert "as a person labelled it" in given["why"]


def test_tables_say_what_was_given(run: Run, drafts: Path) -> None:
    """The terminal in place of a probability, CSV in a column of its own, `explain` with the model's answer beside it."""
    assert "given" in run("score", "b.md").stdout
    (row,) = csv.DictReader(run("score", "b.md", "--format", "csv").stdout.splitlines())
    assert row["given"] == "stage gate"
    told = " ".join(run("explain", "b.md").stdout.split())
    assert "decision given by a person; the model says awareness" in told


def test_audit_goes_by_the_labels_and_notices_new_ones(run: Run, drafts: Path) -> None:
    """A second audit of the same inputs with other labels has other findings, journal or not."""
    labels = drafts / "labels.csv"
    stages = []
    for stage in ("bofu", "tofu"):
        labels.write_text(f"source,stage\na.md,{stage}\n", encoding="utf-8")
        result = run("audit", "a.md", "-o", "audit", "--labels", "labels.csv", "--quiet")
        assert result.exit_code == 0, result.stderr
        assert "stand on 1 piece." in result.stderr
        record = json.loads((drafts / "audit" / "findings.jsonl").read_text(encoding="utf-8"))
        stages.append(record["stage"])
        assert list(record)[-4:] == ["given", "predicted", "label_source", "audit"]
    assert stages == ["decision", "awareness"]


def test_front_matter_that_is_no_label_is_told(run: Run, tmp_path: Path) -> None:
    """The piece is scored by the model, and its record says why."""
    (tmp_path / "d.md").write_text(FRONT.format("gating:\n  stage: someday\n", PROSE), encoding="utf-8")
    record = records(run, "d.md")["d.md"]
    assert "given" not in record
    assert record["status"] == "partial"
    assert "gating.stage 'someday' in the front matter is not one of awareness, consideration, decision" in record["reason"]
