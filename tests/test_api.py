"""gating from Python: texts, files and frames get the records of the command line."""

from __future__ import annotations

import dataclasses
import doctest
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner

import gating
from gating import api
from gating.assess import Assessor, assess_paths
from gating.cli import cli
from gating.errors import GatingError, SettingsError, SourceError
from gating.records import Finding, Skipped
from gating.report.record import KEYS, OPTIONAL_KEYS, record_of

LANDING = "# Get the depot planner\n\nA spreadsheet that plans bays for 40 lorries a day.\n\nWork email *\n\nCompany *\n\n[Download the planner]\n"
ARTICLE = "# Why bays stand empty at noon\n\n" + "Lorries come in waves because the road does, and a yard that plans by the hour plans for a day that never comes. " * 5


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without settings and models of whoever runs the tests."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "user-data"))


@pytest.mark.parametrize("module", [gating, api])
def test_examples_in_the_docstrings_are_right(module: object, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every example prints what stands beneath it."""
    monkeypatch.chdir(root)
    results = doctest.testmod(module)  # type: ignore[arg-type]  # a module
    assert results.attempted
    assert not results.failed


def test_import_is_light() -> None:
    """`import gating` loads neither spaCy nor NumPy nor pandas, and no part of gating."""
    done = subprocess.run([sys.executable, "-c", "import sys, gating; print(*sys.modules)"], capture_output=True, text=True, check=True, env=os.environ)
    loaded = set(done.stdout.split())
    assert loaded & {"spacy", "numpy", "pandas", "click", "gating.api"} == set()


def test_names_are_there_and_others_are_not() -> None:
    """What `__all__` promises can be had, and is listed; a misspelt name is an AttributeError."""
    assert all(hasattr(gating, name) and name in dir(gating) for name in gating.__all__)
    with pytest.raises(AttributeError, match="score_txt"):
        gating.score_txt  # noqa: B018 - looked up for its error


def test_types_are_shipped(root: Path) -> None:
    """The marker by which type checkers read the package's own types (PEP 561)."""
    assert (root / "gating" / "py.typed").exists()


@pytest.mark.parametrize("name", ["pricing.html", "library.csv", "state-of-night-shift-2026.pdf"])
def test_files_give_the_records_of_the_command_line(samples: Path, assessor: Assessor, name: str) -> None:
    """Attribute by attribute, and as a dictionary."""
    expected = [record_of(result) for result in assess_paths([str(samples / name)], assessor)]
    scores = list(gating.score_files(samples / name))
    assert [score.to_dict() for score in scores] == expected
    assert [(score.gate, score.stage_score) for score in scores] == [(record["gate"], record["stage_score"]) for record in expected]


def test_files_give_the_same_in_two_processes(samples: Path) -> None:
    """Scores travel between processes whole."""
    assert list(gating.score_files([samples], jobs=2)) == list(gating.score_files([samples]))


def test_a_path_that_leads_nowhere_is_an_error() -> None:
    """As the sentence that the command line prints."""
    with pytest.raises(SourceError, match="no such file"):
        list(gating.score_files("nowhere.md"))


@pytest.mark.parametrize("text", [None, b"# A post", 7])
def test_what_is_no_text_is_an_error_that_says_so(text: Any) -> None:
    """A missing value of a table is the usual one, and a slip in the caller's code."""
    with pytest.raises(TypeError, match=f"takes the text as a str, found {type(text).__name__}"):
        gating.score_text(text)


def test_a_person_s_label_is_kept_apart() -> None:
    """Given in the front matter, it stands in the score, and the model's own beside it."""
    score = gating.score_text(f"---\ngating: {{stage: decision}}\n---\n{ARTICLE}")
    assert (score.stage, score.given.stage, score.predicted.stage, score.label_source.gate) == ("decision", "decision", "awareness", "predicted")
    assert score.to_dict()["given"] == {"stage": "decision"}


def test_every_field_of_the_record_is_an_attribute() -> None:
    """No more and no less, but for what only an audit says."""
    assert {each.name for each in dataclasses.fields(api.Score)} == {*KEYS, *OPTIONAL_KEYS} - {"audit"}


def test_what_the_settings_did_stands_in_the_score() -> None:
    """The line that fixed the gate, and what is not to be reported."""
    Path("gating.toml").write_text('[[paths]]\nglob = "/offers/**"\ngate = "gated"\n')
    text = f"---\ngating: {{ignore: [gate]}}\n---\n{ARTICLE}"
    score = gating.score_text(text, url="https://yard.example/offers/noon")
    assert (score.gate, score.gate_neutral) == ("gated", "ungated")
    assert "/offers/**" in score.policy_rule
    assert score.ignored.findings == ("gate",)
    assert score.to_dict()["ignored"]["findings"] == ["gate"]


def test_a_text_takes_what_is_said_of_it() -> None:
    """Title, address and description go before what the text says itself; a title can move a label."""
    score = gating.score_text(ARTICLE, title="Pricing and plans", url="https://yard.example/pricing", description="What it costs.")
    assert (score.title, score.url) == ("Pricing and plans", "https://yard.example/pricing")
    assert score.stage_score > gating.score_text(ARTICLE).stage_score


def test_html_is_read_as_a_page() -> None:
    """Tags are no words, and a form is seen."""
    page = f"<html><head><title>Planner</title></head><body><nav>Home</nav><h1>Planner</h1><p>{ARTICLE}</p></body></html>"
    assert gating.score_text(page, html=True).title == "Planner"
    assert "nav" not in str(gating.score_text(page, html=True).evidence)


@pytest.mark.parametrize(("text", "reason"), [("", "no text in it"), (" \n", "no text in it"), ("Six words are far too few.", "only 6 words of text; 10 are needed")])
def test_what_cannot_be_scored_says_why(text: str, reason: str) -> None:
    """No error: a score without labels."""
    score = gating.score_text(text)
    assert (score.status, score.reason, score.is_scored, score.gate, score.evidence) == ("skipped", reason, False, None, ())


def test_a_score_is_a_value() -> None:
    """Equal when its content is, usable in sets, and not to be changed."""
    one, other = gating.score_text(ARTICLE), gating.score_text(ARTICLE)
    assert one == other
    assert len({one, other}) == 1
    with pytest.raises(AttributeError):
        one.gate = "gated"  # type: ignore[misc]  # frozen


def test_settings_of_the_folder_are_used_and_can_be_replaced(tmp_path: Path) -> None:
    """./gating.toml, another file, and a policy over both."""
    (tmp_path / "gating.toml").write_text("[limits]\nmin_words = 500\n")
    assert gating.score_text(ARTICLE).status == "skipped"
    (tmp_path / "other.toml").write_text("[limits]\nmin_words = 5\n")
    assert gating.score_text(ARTICLE, config="other.toml").status == "scored"
    with pytest.raises(SettingsError, match="policy must be one of"):
        gating.score_text(ARTICLE, policy="lax")


def test_the_model_is_loaded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """For equal settings; a second call loads nothing."""
    gating.score_text(ARTICLE)
    monkeypatch.setattr("gating.assess.make_assessor", None)
    assert gating.score_text(LANDING).is_scored


def frame_of(**columns: object) -> pd.DataFrame:
    """Three rows under an index of their own."""
    return pd.DataFrame({"body": [LANDING, None, ARTICLE], **columns}, index=["planner", "empty", "bays"])


def test_a_frame_keeps_its_index_and_itself() -> None:
    """One row for each row, in order; the frame given stays as it is."""
    frame = frame_of(reads=[3, 4, 5])
    before = frame.copy(deep=True)
    told = gating.score_frame(frame, text="body")
    assert list(told.index) == ["planner", "empty", "bays"]
    assert list(told["status"]) == ["scored", "skipped", "scored"]
    assert (told.loc["planner", "strategy"], told.loc["bays", "strategy"]) == ("lead-gen", "demand-gen")
    pd.testing.assert_frame_equal(frame, before)


@pytest.mark.parametrize("nothing", [None, float("nan"), pd.NA, pd.NaT, "", "  "])
def test_an_empty_cell_is_skipped_with_a_reason(nothing: object) -> None:
    """Whichever way it is empty."""
    told = gating.score_frame(pd.DataFrame({"body": [nothing, ARTICLE]}), text="body")
    assert list(told["status"]) == ["skipped", "scored"]
    assert told["reason"][0] == "no text in it"
    assert pd.isna(told["gate_score"][0])


def test_a_frame_is_scored_like_the_table_it_could_be_written_to(assessor: Assessor) -> None:
    """The same labels, figures and quotes as of its CSV file."""
    frame = frame_of(Headline=["Depot planner", "", "Bays at noon"], URL=["/planner", "/none", "/bays"])
    frame.to_csv("pieces.csv", index=False)
    told = gating.score_frame(frame, text="body")
    for (_, row), result in zip(told.iterrows(), assess_paths(["pieces.csv"], assessor), strict=True):
        assert (row["title"], row["url"]) == ((result.title, "") if isinstance(result, Skipped) else (result.piece.title, result.piece.url))
        if isinstance(result, Finding):
            record = record_of(result)
            assert (row["strategy"], row["lead_gen_probability"], row["quote"]) == (record["strategy"], record["lead_gen_probability"], record["evidence"][0]["quote"])
            assert (row["gate_score"], row["gate_uniqueness"]) == (record["gate_parts"]["total"], record["gate_parts"]["uniqueness"])
            assert row["stage_probability_decision"] == record["stage_probabilities"]["decision"]


def test_named_columns_go_before_usual_names() -> None:
    """A title from where it is said to stand."""
    told = gating.score_frame(frame_of(title=["A", "B", "C"], heading=["X", "Y", "Z"]), text="body", title="heading")
    assert list(told["title"]) == ["X", "Y", "Z"]


def test_a_frame_gives_the_same_in_two_processes() -> None:
    """Rows keep their order, also over more than one job's worth."""
    frame = pd.DataFrame({"body": [f"{ARTICLE} Yard {number}." for number in range(60)], "id": range(60)})
    pd.testing.assert_frame_equal(gating.score_frame(frame, text="body", jobs=2), gating.score_frame(frame, text="body"))


def test_an_empty_frame_gives_an_empty_one() -> None:
    """With all its columns."""
    told = gating.score_frame(pd.DataFrame({"body": []}), text="body")
    assert len(told) == 0
    assert {"status", "gate", "gate_score"} <= set(told.columns)


def test_a_column_that_is_not_there_is_an_error() -> None:
    """Named, with those that are."""
    with pytest.raises(GatingError, match=r"no column 'text'.*body"):
        gating.score_frame(frame_of())


def test_the_guide_s_programs_run_and_print_what_it_shows(root: Path, tmp_path: Path) -> None:
    """docs/python.md, block by block, in one program."""
    blocks = re.findall(r"^```(python|text)\n(.*?)^```$", (root / "docs" / "python.md").read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    program = "\n".join(body for language, body in blocks if language == "python")
    shown = [line for language, body in blocks if language == "text" for line in body.splitlines()]
    (tmp_path / "guide.py").write_text(program)
    (tmp_path / "samples").symlink_to(root / "samples")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(root), os.environ.get("PYTHONPATH", "")])}
    done = subprocess.run([sys.executable, "guide.py"], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert shown
    assert [line for line in shown if " ".join(line.split()) not in " ".join(done.stdout.split())] == []


def test_records_agree_with_the_command(samples: Path) -> None:
    """`to_dict` is the line that `gating score --format jsonl` writes."""
    path = str(samples / "pricing.html")
    assert json.loads(CliRunner().invoke(cli, ["score", path, "--format", "jsonl"]).stdout) == json.loads(json.dumps(next(gating.score_files(path)).to_dict()))
