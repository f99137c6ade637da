import json
from collections import Counter

import pytest

from gating.advice.policy import gate_for
from gating.records import GateParts
from gating.settings import load_settings
from gating.training.examples import example_of, read_examples
from tests.training.data import EXAMPLES


def one(tmp_path, **columns):
    row = {"title": "On drains", "text": "A drain that smells in June was blocked in March, and nobody likes to hear that from a plumber.", **columns}
    file = tmp_path / "labels.jsonl"
    file.write_text(json.dumps(row), encoding="utf-8")
    return read_examples([str(file)], load_settings())


@pytest.mark.parametrize(
    ("column", "value", "head", "label"),
    [
        ("stage", "TOFU", "stage", "awareness"),
        ("Primary Buying Stage", "Problem-aware", "stage", "awareness"),
        ("funnel stage", "Bottom of funnel", "stage", "decision"),
        ("gated", "yes", "gate", "gated"),
        ("gate", "soft gate", "gate", "soft-gate"),
        ("strategy", "Lead Generation", "strategy", "lead-gen"),
        ("type", "Case study", "format", "case-study"),
    ],
)
def test_labels_as_people_write_them(tmp_path, column, value, head, label):
    """The usual column names and values are understood."""
    (example,) = one(tmp_path, **{column: value}).examples
    assert getattr(example, head) == label


def test_a_bad_label_costs_its_row_and_is_named(tmp_path):
    """A label that is none gives a problem with what was expected, not an example."""
    found = one(tmp_path, stage="maybe")
    assert not found.examples
    assert "stage 'maybe' is not one of awareness, consideration, decision" in found.problems[0][1]


def test_a_piece_without_labels_is_a_problem(tmp_path):
    """A row that carries no label says so."""
    assert "no label in it" in one(tmp_path).problems[0][1]


def test_front_matter_carries_labels(tmp_path):
    """A folder of drafts with labels in their front matter is a set of examples."""
    (tmp_path / "a.md").write_text(
        "---\ntitle: On drains\nstage: mofu\ngated: no\n---\nWhich drain camera to hire, and which of them to leave in the van for good.", encoding="utf-8"
    )
    (example,) = read_examples([str(tmp_path)], load_settings()).examples
    assert (example.stage, example.gate) == ("consideration", "ungated")


def test_a_labelled_draft_is_learned_from(tmp_path):
    """A status that keeps a row from being scored keeps no label from being used."""
    assert [example.stage for example in one(tmp_path, stage="awareness", status="draft").examples] == ["awareness"]


def test_our_examples_are_read_whole():
    """Every example of the project is used, carries all four labels and comes from no other site."""
    found = read_examples([str(EXAMPLES)], load_settings())
    assert not found.problems
    assert len(found.examples) >= 60
    assert all(example.strategy and example.stage and example.gate and example.format for example in found.examples)


def test_our_examples_cover_every_worked_case():
    """Each of the rubric's 36 worked cases has an example."""
    cases = Counter(json.loads(line)["case"] for line in EXAMPLES.read_text(encoding="utf-8").splitlines())
    assert {str(number) for number in range(1, 37)} <= set(cases)


def test_our_examples_agree_with_the_rubrics_score():
    """Where an example is scored part by part, its gate is what the rubric makes of the total."""
    for line in EXAMPLES.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["gate_score"]:
            parts = GateParts(*(row["gate_score"][letter] for letter in "UWBRH"))
            assert gate_for(parts.total, parts.uniqueness) == row["gate"], row["id"]


def test_labels_of_a_mapped_column(tmp_path):
    """--map names the column of a label."""
    file = tmp_path / "labels.csv"
    file.write_text("Text,Where\nWhich drain camera to hire and which of them to leave in the van for good.,tofu\n", encoding="utf-8")
    (example,) = read_examples([str(file)], load_settings(), {"stage": "Where"}).examples
    assert example.stage == "awareness"
    with pytest.raises(ValueError, match="no label"):
        example_of(example.piece)


def test_an_audience_is_no_gate_label(tmp_path):
    """A column that only a reader of today's gate would use costs no row."""
    (example,) = one(tmp_path, stage="tofu", Audience="Marketing managers").examples
    assert (example.stage, example.gate) == ("awareness", "")
