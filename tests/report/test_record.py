"""The record that all outputs share, and its schema."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import gating.report
from gating.assess import Assessor
from gating.records import LABELS, Finding, Skipped, Status
from gating.report.record import KEYS, OPTIONAL_KEYS, record_of
from tests.builders import PROSE, finding_of, piece_of
from tests.conftest import ReadAll

# DESIGN section 3, in its order.
DOCUMENTED = (
    "schema id source title url status reason n_words language strategy lead_gen_probability stage stage_probabilities stage_score format phase gate gate_neutral "
    "gate_parts observed_gate observed_gate_evidence flags action confidence review evidence measures why model"
).split()


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    """The shipped schema."""
    file = Path(gating.report.__path__[0]) / "record.schema.json"
    return json.loads(file.read_text(encoding="utf-8"))


@pytest.fixture
def validator(schema: dict[str, Any]) -> jsonschema.Draft202012Validator:
    """Checks a record."""
    return jsonschema.Draft202012Validator(schema)


RESULTS: dict[str, Finding | Skipped] = {
    "scored": finding_of(),
    "partial": finding_of(piece_of(PROSE, limits=("only the first 400 characters were read",))),
    "skipped": Skipped("a.md", "an empty file"),
    "failed": Skipped("a.docx", "a damaged file (no end)", Status.FAILED, id="7", title="A"),
}


def test_schema_is_a_schema(schema: dict[str, Any]) -> None:
    """The file is valid JSON Schema of its own draft."""
    jsonschema.Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("status", RESULTS)
def test_record_of_each_status_fits_the_schema(status: str, validator: jsonschema.Draft202012Validator) -> None:
    """Scored, partial, skipped and failed inputs are all valid records of that status."""
    record = record_of(RESULTS[status])
    validator.validate(json.loads(json.dumps(record)))
    assert record["status"] == status


@pytest.mark.parametrize("status", RESULTS)
def test_keys_come_in_the_documented_order(status: str) -> None:
    """A person who reads JSON Lines finds each field at its place in every line."""
    assert list(record_of(RESULTS[status])) == DOCUMENTED


def test_order_of_keys_is_said_once() -> None:
    """The order for unscored records and the documented one are the same."""
    assert list(KEYS) == DOCUMENTED


def test_schema_requires_every_key(schema: dict[str, Any]) -> None:
    """No field may silently go missing; what a person or an audit adds stands last and may be left out."""
    assert schema["required"] == DOCUMENTED
    assert list(schema["properties"]) == [*DOCUMENTED, *OPTIONAL_KEYS]


def test_schema_knows_every_label(schema: dict[str, Any]) -> None:
    """Each head's labels, and null for what was not scored."""
    for head, labels in LABELS.items():
        assert sorted(filter(None, schema["properties"][head]["enum"])) == sorted(labels)
        assert None in schema["properties"][head]["enum"]


def test_limit_that_was_hit_stands_in_the_reason() -> None:
    """A partial piece says which limits it ran into."""
    piece = piece_of(PROSE, limits=("front matter is not valid", "only the first 9 characters were read"))
    assert record_of(finding_of(piece))["reason"] == "front matter is not valid; only the first 9 characters were read"


def test_unscored_record_holds_no_figures() -> None:
    """Nothing is said of a piece that was not read."""
    record = record_of(RESULTS["skipped"])
    figures = ("strategy", "stage", "gate", "gate_neutral", "gate_parts", "lead_gen_probability", "stage_score", "confidence", "format", "phase", "action", "n_words", "model")
    assert [record[name] for name in figures] == [None] * len(figures)


def test_real_records_fit_the_schema(samples: Path, assessor: Assessor, validator: jsonschema.Draft202012Validator) -> None:
    """The records of a real draft, a page and a table row, scored by the shipped model."""
    from gating.assess import assess_paths

    paths = [str(samples / name) for name in ("what-is-cold-chain-drift.md", "pricing.html", "landing-pages.jsonl")]
    for result in assess_paths(paths, assessor):
        validator.validate(json.loads(json.dumps(record_of(result))))


def test_stale_and_thin_piece_fits_the_schema(read_all: ReadAll, assessor: Assessor, validator: jsonschema.Draft202012Validator) -> None:
    """A short text with a flag by rule is valid too."""
    (piece,) = read_all("short.md", "Register now for our breakfast about pears on 3 May 2020. Seats are few.")
    record = record_of(assessor.assess(piece))
    assert "thin" in record["flags"]
    validator.validate(json.loads(json.dumps(record)))


def test_probabilities_of_the_stages_sum_to_one() -> None:
    """Rounded to six digits, and the score lies between them."""
    record = record_of(finding_of())
    assert sum(record["stage_probabilities"].values()) == pytest.approx(1, abs=1e-5)
    assert 0 <= record["stage_score"] <= 100


def test_changed_record_is_refused(validator: jsonschema.Draft202012Validator) -> None:
    """The schema is strict: an unknown key, an unknown label or a probability over one is no record."""
    record = json.loads(json.dumps(record_of(RESULTS["scored"])))
    for change in ({"extra": 1}, {"strategy": "both"}, {"lead_gen_probability": 1.2}, {"status": "ok"}):
        assert not validator.is_valid({**record, **change})


def test_title_survives_as_it_is() -> None:
    """The record holds text, not markup: nothing is escaped in it."""
    title = 'Pears & "plums" <b>|</b> [x](y) =1+1'
    assert record_of(finding_of(replace(piece_of(PROSE), title=title)))["title"] == title
