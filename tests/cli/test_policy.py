"""Policy, ignored findings, baseline and write-back, as a person types them."""

import csv
import json
import shutil
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from gating.report.record import KEYS
from tests.builders import PROSE
from tests.cli.conftest import Run

KIT = """---
title: The sowing workbook for herb growers
---
# The sowing workbook for herb growers

We surveyed 400 growers and put what they taught us into a workbook that you can fill in. Chapter by chapter it goes
from the seed list to the bench plan, with a worksheet for each week and a worked example from our own nursery.

## What is in it

- the seed list, with a template for late orders
- the bench plan for twelve weeks, as a spreadsheet
- three checklists for the potting shed

Fill in the form and we send the workbook to your work e-mail.

First name *

Work email *

[Download the workbook]
"""


@pytest.fixture
def drafts(tmp_path: Path) -> Path:
    """kit.md, a packaged asset, and post.md, an article behind a form."""
    (tmp_path / "kit.md").write_text(KIT, encoding="utf-8")
    (tmp_path / "post.md").write_text(f"---\ntitle: Where crates are bruised\ngated: true\n---\n{PROSE}\n", encoding="utf-8")
    return tmp_path


def records(run: Run, *arguments: str) -> dict[str, dict[str, Any]]:
    result = run("score", *arguments, "--format", "jsonl")
    assert result.exit_code == 0, result.stderr
    return {record["source"]: record for record in map(json.loads, result.stdout.splitlines())}


def test_record_has_both_gates_and_the_line_that_moved_it(run: Run, drafts: Path, root: Path) -> None:
    """Also in CSV; nothing else of the record changes, and it fits the schema."""
    plain = records(run, "kit.md")["kit.md"]
    other = "gated" if plain["gate_neutral"] != "gated" else "ungated"
    (drafts / "gating.toml").write_text(f'[formats]\n{plain["format"]} = "{other}"\n')
    moved = records(run, "kit.md")["kit.md"]
    assert (moved["gate"], moved["gate_neutral"], moved["policy_rule"]) == (other, plain["gate_neutral"], f'formats.{plain["format"]} = "{other}"')
    assert tuple(plain) == KEYS
    assert {key: moved[key] for key in KEYS if key not in ("gate", "why", "action", "review")} == {
        key: plain[key] for key in KEYS if key not in ("gate", "why", "action", "review")
    }
    schema = json.loads((root / "gating" / "report" / "record.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(moved)
    (row,) = csv.DictReader(run("score", "kit.md", "--format", "csv").stdout.splitlines())
    assert (row["gate"], row["policy_rule"]) == (other, moved["policy_rule"])


def test_explain_prints_the_chain(run: Run, drafts: Path) -> None:
    """On the page and in JSON, from signals to advice."""
    (drafts / "gating.toml").write_text('[[paths]]\nglob = "kit.*"\ngate = "ungated"\n')
    told = " ".join(run("explain", "kit.md").stdout.split())
    assert "How the gate advice came about" in told
    assert 'by paths "kit.*": gate = "ungated"' in told
    chain = json.loads(run("explain", "kit.md", "--format", "json").stdout)["chain"]
    assert [step["step"] for step in chain] == ["signals", "score parts", "rubric", "neutral advice", "policy", "advice"]
    assert chain[-1]["gate"] == "ungated"


def test_a_label_by_path_is_told_with_its_line(run: Run, drafts: Path, root: Path) -> None:
    """In the record, on the page and in the chain, with the reason of the same entry; a label for the very piece goes before and has no line."""
    (drafts / "gating.toml").write_text(
        '[[paths]]\nglob = "*.md"\nstage = "awareness"\nreason = "all of it is new"\n[[paths]]\nglob = "kit.*"\nstrategy = "demand-gen"\nformat = "report"\n'
    )
    (drafts / "kit.md").write_text(KIT.replace("title:", "gating: {format: guide}\ntitle:"))
    line = 'paths "*.md": stage = "awareness", because: all of it is new'
    record = records(run, "kit.md")["kit.md"]
    schema = json.loads((root / "gating" / "report" / "record.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(record)
    assert record["given"] == {"strategy": "demand-gen", "stage": "awareness", "format": "guide"}
    assert record["label_rule"] == {"strategy": 'paths "kit.*": strategy = "demand-gen"', "stage": line}
    told = " ".join(run("explain", "kit.md").stdout.split())
    assert f"awareness given by {line}; the model says" in told
    assert f"awareness by {line} (the model says" in told
    assert "guide by a person (the model says" in told


def test_unknown_key_ends_the_command_with_the_nearest(run: Run, drafts: Path) -> None:
    """Exit code 2, no traceback."""
    (drafts / "pyproject.toml").write_text('[tool.gating.names]\nbrands = ["Pottergate"]\n')
    result = run("score", "kit.md")
    assert result.exit_code == 2
    assert 'pyproject.toml: [tool.gating]: unknown key "names.brands"; did you mean "names.brand"?' in result.stderr


def test_what_is_ignored_stays_in_the_record(run: Run, drafts: Path) -> None:
    """The action is to keep, and the record says on whose word."""
    assert records(run, "post.md")["post.md"]["action"] == "ungate"
    (drafts / "post.md").write_text((drafts / "post.md").read_text() + "\n<!-- gating: ignore gate: the buyers asked for it -->\n")
    record = records(run, "post.md")["post.md"]
    assert (record["action"], record["ignored"]) == ("keep", {"findings": ["gate"], "reason": "the buyers asked for it"})
    assert record["gate"] == "ungated"


def test_audit_ignores_hand_offs_and_notices_another_policy(run: Run, drafts: Path) -> None:
    """The journal keeps what was scored under the same settings, and no more."""
    (drafts / "kit.md").unlink()
    (drafts / "post.md").write_text(f"---\ntitle: Where crates are bruised\n---\n{PROSE}\n")
    seen = []
    for ignore in ("", 'ignore = ["hand-off"]\n'):
        (drafts / "gating.toml").write_text(f'[[paths]]\nglob = "post.md"\nreason = "for the press"\n{ignore}')
        assert run("audit", "post.md", "-o", "audit", "--quiet").exit_code == 0
        record = json.loads((drafts / "audit" / "findings.jsonl").read_text(encoding="utf-8"))
        seen.append((record["action"], record.get("ignored")))
    assert seen == [("build-offer", None), ("keep", {"findings": ["hand-off"], "reason": "for the press"})]


def test_baseline_silences_until_the_piece_changes(run: Run, drafts: Path) -> None:
    """Written once, named ever after; the folder may hold it."""
    result = run("score", ".", "--write-baseline", "known.json", "--format", "jsonl")
    assert result.exit_code == 0, result.stderr
    assert "with a finding" in result.stderr
    known = records(run, ".", "--baseline", "known.json")
    assert {record["action"] for record in known.values()} == {"keep"}
    assert known["./post.md"]["ignored"] == {"findings": ["ungate"], "reason": "known in known.json"}
    (drafts / "post.md").write_text((drafts / "post.md").read_text() + "\nOne more paragraph about pears and how they travel.\n")
    again = run("score", ".", "--baseline", "known.json", "--format", "jsonl")
    assert {record["source"]: record["action"] for record in map(json.loads, again.stdout.splitlines())}["./post.md"] == "ungate"
    assert "not shown: known in known.json" in again.stderr


def test_write_back_and_score_again_gives_the_same(run: Run, drafts: Path, samples: Path) -> None:
    """The scores are no text of the piece and nobody's labels; the copies of tables are not read; a second run finds nothing to write."""
    shutil.copytree(samples, drafts / "samples")
    before = records(run, "samples")
    result = run("score", "samples", "--write-back", "--format", "jsonl")
    assert result.exit_code == 0, result.stderr
    assert "Wrote scores to 7 files." in result.stderr
    assert "labels cannot be written into a .pdf file" in result.stderr
    assert sorted(file.name for file in (drafts / "samples").glob("*.gating.*")) == [
        "landing-pages.gating.jsonl",
        "library.gating.csv",
        "newsletter-ideas.gating.xlsx",
        "posts.gating.json",
    ]
    after = records(run, "samples")
    assert {source: without_lines(record) for source, record in after.items()} == {source: without_lines(record) for source, record in before.items()}
    assert "Wrote scores to 0 files; 7 had them already." in run("score", "samples", "--write-back").stderr
    for copy in ("library.gating.csv", "newsletter-ideas.gating.xlsx", "landing-pages.gating.jsonl", "posts.gating.json"):
        for record in records(run, f"samples/{copy}").values():
            original = before[record["source"].replace(".gating.", ".")]
            assert {key: record[key] for key in record if key not in ("id", "source")} == {key: original[key] for key in original if key not in ("id", "source")}


def without_lines(record: dict[str, Any]) -> dict[str, Any]:
    """The record without the lines of its quotes, which move when front matter grows; forms are told with theirs."""
    quotes = [{**quote, "line": 0} for quote in record["evidence"] or ()]
    return {**record, "evidence": quotes, "observed_gate_evidence": record["observed_gate_evidence"].partition(", line ")[0]}


def test_dry_run_shows_a_diff_and_writes_nothing(run: Run, drafts: Path) -> None:
    """In place of the scores."""
    before = {file.name: file.read_bytes() for file in drafts.iterdir() if file.is_file()}
    result = run("score", ".", "--write-back", "--dry-run")
    assert result.exit_code == 0
    assert "+++ ./kit.md" in result.stdout.splitlines()
    assert "+gating_scores:" in result.stdout.splitlines()
    assert "Would write scores to 2 files." in result.stderr
    assert {file.name: file.read_bytes() for file in drafts.iterdir() if file.is_file()} == before


def test_dry_run_alone_is_a_mistake(run: Run, drafts: Path) -> None:
    """It would look as if nothing had been to write."""
    result = run("score", ".", "--dry-run")
    assert (result.exit_code, "give both" in result.stderr) == (2, True)


def test_persons_labels_stay_when_scores_are_written(run: Run, drafts: Path) -> None:
    """Their entry is not touched, and they still win."""
    (drafts / "post.md").write_text(f"---\ntitle: Crates\ngating: {{stage: decision}}  # Kim, May\n---\n{PROSE}\n")
    assert run("score", "post.md", "--write-back").exit_code == 0
    text = (drafts / "post.md").read_text()
    assert "gating: {stage: decision}  # Kim, May\n" in text
    assert "  stage: awareness\n" in text
    assert records(run, "post.md")["post.md"]["given"] == {"stage": "decision"}
