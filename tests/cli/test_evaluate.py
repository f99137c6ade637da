"""`gating evaluate` on the sample labels."""

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from gating.assess import Assessor
from gating.classifier.bundle import Bundle, base_folder, load_bundle, write_bundle
from gating.cli import cli
from gating.features.catalogue import fingerprint
from gating.settings import Settings
from gating.training.examples import read_examples, text_id
from gating.training.measuring import measure
from tests.cli.conftest import Run
from tests.training.test_groups import TEXTS


@pytest.fixture(scope="module")
def labels(root: Path) -> str:
    """The sample file."""
    return str(root / "samples" / "labels" / "pottergate.csv")


@pytest.fixture(scope="module")
def evaluated(labels: str, tmp_path_factory: pytest.TempPathFactory):
    """The sample evaluated once: (result, page)."""
    html = tmp_path_factory.mktemp("evaluated") / "evaluation.html"
    result = CliRunner().invoke(cli, ["evaluate", labels, "--format", "json", "--html", str(html), "--registry", str(html.parent), "--suspicious", "4"])
    return result, html.read_text(encoding="utf-8")


def test_sample_is_measured_and_trained_on_in_turns(evaluated) -> None:
    """Every labelled row counts, and what training would bring stands beside the shipped model on the same rows."""
    said = json.loads(evaluated[0].stdout)
    assert evaluated[0].exit_code == 0
    assert said["n_rows"] == 39
    assert said["n_groups"] < 39  # the campaign of the sample is one group
    assert {head: figures["n_rows"] for head, figures in said["heads"].items()} == {"strategy": 39, "stage": 39, "gate": 39, "format": 37}
    stage = said["training"]["heads"]["stage"]
    assert stage["n_rows"] == 39
    assert stage["difference"]["accuracy"]["value"] == pytest.approx(stage["accuracy"]["value"] - stage["compared"]["accuracy"]["value"], abs=2e-6)
    assert len(said["suspicious"]) == 4


def test_bad_row_is_named_by_its_number(evaluated) -> None:
    """On stderr and in the answer; the other rows are used."""
    assert "pottergate.csv#40: stage 'to be decided' is not one of awareness, consideration, decision" in evaluated[0].stderr
    assert [one["source"].rpartition("/")[2] for one in json.loads(evaluated[0].stdout)["not_used"]] == ["pottergate.csv#40"]


def test_page_is_written(evaluated) -> None:
    """With the figures of the same run."""
    assert "39 labelled pieces" in evaluated[1]
    assert evaluated[1].count("<svg") >= 8


def few(folder: Path, *stages: str) -> str:
    with open(folder / "few.csv", "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["text", "Where"], *((text, stage) for text, stage in zip(TEXTS, stages, strict=False))])
    return str(folder / "few.csv")


def test_few_rows_are_measured_and_not_trained_on(run: Run, tmp_path: Path) -> None:
    """Six rows with a mapped column: figures, and a sentence in place of a comparison that would be chance."""
    result = run("evaluate", few(tmp_path, *["tofu", "bofu"] * 3), "--map", "stage=Where")
    assert result.exit_code == 0
    assert "6 labelled pieces in 6 groups" in result.stdout
    assert "too few to show what training on them would bring" in " ".join(result.stdout.split())


def test_nothing_labelled_is_a_sentence(run: Run, tmp_path: Path) -> None:
    """It names the first input and what a label is."""
    result = run("evaluate", few(tmp_path, "tofu"))
    assert result.exit_code == 2
    assert "There is not one labelled piece" in result.stderr
    assert "--map" in result.stderr


def test_page_that_cannot_be_written_is_told(run: Run, tmp_path: Path) -> None:
    """Exit code 3 and the path."""
    result = run("evaluate", few(tmp_path, "tofu"), "--map", "stage=Where", "--html", str(tmp_path / "no" / "e.html"))
    assert result.exit_code == 3
    assert "e.html" in result.stderr


def test_rows_that_a_model_learned_from_are_told(tmp_path: Path, settings: Settings, assessor: Assessor) -> None:
    """A card lists them by their text; the shipped model stands beside, and such a model names no suspects."""
    path = few(tmp_path, *["awareness", "decision"] * 5)
    mapping = {"stage": "Where"}
    learned = [text_id(example.piece) for example in read_examples([path], settings, mapping).examples][:7]
    base = load_bundle(base_folder(), fingerprint())
    write_bundle(Bundle({**base.card, "name": "acme", "learned_rows": learned}, base.arrays), tmp_path / "1")
    found = measure([path], settings, assessor, tmp_path / "1", mapping)
    assert found.warning.startswith("acme/1 has learned from 7 of these 10 pieces")
    assert found.beside.startswith("base/1")
    assert found.suspects == ()
    unseen = measure([path], settings, assessor, None, mapping)
    assert (unseen.warning, unseen.beside) == ("", "")
    assert unseen.suspects
