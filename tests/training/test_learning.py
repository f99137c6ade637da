"""`train`: what is learned on top of what, when it is used, and what its card says."""

import json

import numpy as np
import pytest

from gating.classifier.bundle import ARRAYS, CARD, current_version
from gating.classifier.registry import in_use, model_folder, stored_models
from gating.errors import BundleError, ExamplesError
from gating.records import HEADS, LABELS
from gating.settings import load_settings
from gating.training import learning, train
from gating.training.evaluation import Decision
from gating.training.figures import save_figures
from gating.training.registry import put_in_use, verify
from tests.training.data import small_table
from tests.training.registries import outcome, store, write_labels


@pytest.fixture
def registry(tmp_path):
    """A registry in which a small model named house is in use."""
    put_in_use(tmp_path / "registry", store(tmp_path / "registry", "house"))
    return tmp_path / "registry"


@pytest.fixture
def labels(tmp_path):
    """Thirty labelled pieces."""
    return write_labels(tmp_path / "labels.jsonl", 0, 30)


def trained(registry, labels, name="acme", **options):
    return outcome(train([labels], name, registry, load_settings(), **options))


def card(registry, model):
    return json.loads((model_folder(registry, model) / CARD).read_text())


def refuse(*arguments):
    return Decision(False, "On 30 held-out rows the new model is worse.")


def test_a_model_that_is_not_worse_is_used(registry, labels):
    """It is stored, put in use, and compared with its base on every row with a label."""
    _, result = trained(registry, labels)
    assert (result.model, result.base, result.in_use) == ("acme/1", "house/1", True)
    assert in_use(registry) == "acme/1"
    assert [(row.head, row.n_rows) for row in result.compared] == [(head, 30) for head in HEADS]
    assert all(row.candidate - row.base == row.mended - row.broken for row in result.compared)


def test_the_card_says_what_it_was_made_from(registry, labels):
    """Base with digest, rows, groups, seed and the decision with its figures; no date, which would change its bytes."""
    trained(registry, labels, seed=3)
    found = card(registry, "acme/1")
    assert (found["adapted"]["base"], found["adapted"]["base_sha256"]) == ("house/1", card(registry, "house/1")["arrays_sha256"])
    assert (found["adapted"]["rows"], found["n_groups"], found["seed"], len(found["learned_rows"])) == (30, 30, 3, 30)
    assert (found["decision"]["kept"], found["decision"]["forced"], found["decision"]["compared_with"]) == (True, False, "house/1")
    assert found["decision"]["heads"]["gate"]["rows"] == 30
    assert "decision" not in card(registry, "house/1")


def test_a_model_that_is_worse_is_stored_and_not_used(registry, labels, monkeypatch):
    """What was in use stays in use; the card has the reason."""
    monkeypatch.setattr(learning, "keep_or_not", refuse)
    _, result = trained(registry, labels)
    assert (result.in_use, result.reason) == (False, "On 30 held-out rows the new model is worse.")
    assert (in_use(registry), stored_models(registry)) == ("house/1", ["acme/1", "house/1"])
    assert card(registry, "acme/1")["decision"]["kept"] is False


def test_force_uses_a_worse_model_and_the_card_says_so(registry, labels, monkeypatch):
    """The decision stands in the card as it was, with the force beside it."""
    monkeypatch.setattr(learning, "keep_or_not", refuse)
    _, result = trained(registry, labels, force=True)
    assert (result.in_use, result.forced, in_use(registry)) == (True, True, "acme/1")
    assert {key: card(registry, "acme/1")["decision"][key] for key in ("kept", "forced")} == {"kept": False, "forced": True}


def test_force_on_a_model_that_is_not_worse_is_no_force(registry, labels):
    """The word is kept for what needed it."""
    _, result = trained(registry, labels, force=True)
    assert (result.in_use, result.forced) == (True, False)


def test_same_rows_in_any_order_and_any_jobs_give_the_same_arrays(registry, tmp_path, labels):
    """Two trainings differ in their version alone."""
    trained(registry, labels, "one")
    trained(registry, write_labels(tmp_path / "shuffled.jsonl", 0, 30, shuffle=5), "two", base=registry / "house" / "1", jobs=2)
    first, second = (model_folder(registry, model) for model in ("one/1", "two/1"))
    assert (first / ARRAYS).read_bytes() == (second / ARRAYS).read_bytes()
    assert {**card(registry, "one/1"), "name": ""} == {**card(registry, "two/1"), "name": ""}


def test_another_seed_is_another_division_of_the_rows(registry, labels):
    """The seed reaches the folds: of three seeds, one at least learns or judges otherwise."""
    found = set()
    for seed in range(3):
        _, result = trained(registry, labels, f"seed{seed}", base=registry / "house" / "1", seed=seed)
        found.add((result.reason, (model_folder(registry, result.model) / ARRAYS).read_bytes()))
    assert len(found) > 1


def test_learning_again_starts_from_the_same_base(registry, tmp_path, labels):
    """A second training with more rows is learned on top of what the first was, not on top of the first: no row counts twice."""
    trained(registry, labels)
    said, result = trained(registry, write_labels(tmp_path / "more.jsonl", 0, 40))
    assert (result.model, result.base) == ("acme/2", "house/1")
    assert any("acme/1, which is in use, has learned from all but 10 of these rows" in line for line in said)


def test_the_model_in_use_is_judged_on_rows_new_to_it(registry, tmp_path, labels, monkeypatch):
    """With enough new rows the candidate must not be worse than the model in use either; the rows that model learned from do not count."""
    trained(registry, labels)
    asked = []

    def keep_first(table, candidate, base, groups):
        asked.append(len(table))
        return Decision(len(asked) == 1, f"answer {len(asked)}")

    monkeypatch.setattr(learning, "keep_or_not", keep_first)
    _, result = trained(registry, write_labels(tmp_path / "more.jsonl", 0, 60))
    assert asked == [60, 30]
    assert (result.in_use, result.reason) == (False, "Compared with acme/1, which is in use, on rows new to it: answer 2")
    assert in_use(registry) == "acme/1"


def test_base_that_is_gone_is_said(registry, tmp_path, labels):
    """What the model in use was learned on may have been removed; then the shipped model takes its place."""
    trained(registry, labels)
    (registry / "house").rename(tmp_path / "house")
    said, result = trained(registry, labels)
    assert result.base.startswith("base/")
    assert any("what lies under it is not here" in line for line in said)


def test_model_in_use_that_cannot_be_used_is_no_hindrance(registry, labels):
    """After an update of gating the model in use may not load; training is how to get one that does."""
    (registry / "house" / "1" / ARRAYS).write_bytes(b"PK")
    _, result = trained(registry, labels)
    assert (result.base.partition("/")[0], in_use(registry)) == ("base", "acme/1")


def test_rows_that_cannot_be_used_are_named(registry, tmp_path):
    """A label that is none costs its row; the notes on the whole are said."""
    file = tmp_path / "labels.jsonl"
    write_labels(file, 0, 30)
    rows = [json.loads(line) for line in file.read_text().splitlines()]
    rows[3]["strategy"] = "sideways"
    file.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    said, result = trained(registry, str(file))
    assert any(line.startswith(f"not used: {file}#4: ") and "sideways" in line for line in said)
    assert any("fewer than 5 examples" in line for line in said)
    assert result.compared[0].n_rows == 29


def test_nothing_to_learn_from_is_a_sentence(registry, tmp_path):
    """A table without a label stores nothing."""
    (tmp_path / "bare.jsonl").write_text(json.dumps({"title": "On drains", "text": "A drain that smells in June was blocked in March. " * 5}) + "\n")
    with pytest.raises(ExamplesError, match="not one labelled example"):
        trained(registry, str(tmp_path / "bare.jsonl"))
    assert stored_models(registry) == ["house/1"]


@pytest.mark.parametrize("name", ["base", "second", "../acme", "Acme", ""])
def test_names_that_no_company_model_can_have(registry, labels, name):
    """Names of models inside gating, and what is no name, are refused before any work."""
    with pytest.raises(BundleError, match="name of a model"):
        trained(registry, labels, name)
    assert in_use(registry) == "house/1"


@pytest.fixture
def figures(tmp_path):
    """A folder of feature figures, made of the project's examples."""
    save_figures(small_table(), tmp_path / "figures")
    return str(tmp_path / "figures")


def test_figures_alone_make_the_shipped_model(tmp_path, figures):
    """Under the name base, with a pointer of its own; a registry there goes on meaning the model inside gating."""
    for version in ("1", "2"):
        said = list(train([figures], "base", tmp_path / "registry", load_settings()))
        assert said[-1].startswith(f"Trained base/{version} on 80 rows.")
        assert current_version(tmp_path / "registry" / "base").name == version
    assert (stored_models(tmp_path / "registry"), in_use(tmp_path / "registry")) == ([], "base")


def test_figures_alone_under_another_name_are_not_used_unasked(registry, figures):
    """Without rows of the company nothing says whether the model is better for it."""
    _, result = trained(registry, figures)
    assert (result.model, result.in_use, in_use(registry)) == ("acme/1", False, "house/1")


@pytest.mark.slow
def test_labels_with_figures_are_fitted_from_nothing(registry, figures, tmp_path):
    """All rows in one fit; every row of the company is judged by a model without its group, and the model loads."""
    labels = write_labels(tmp_path / "labels.jsonl", 0, 12)
    said, result = outcome(train([labels, figures], "acme", registry, load_settings()))
    assert any("Fitting 92 rows" in line for line in said)
    assert [row.n_rows for row in result.compared] == [12] * len(HEADS)
    assert card(registry, "acme/1")["n_rows"] == 92
    assert [checked.fault for checked in verify(registry)] == [""] * 4


def test_compare_counts_what_changed():
    """Right before and after, mended and broken, on rows that have a label and a probability from both."""
    table = small_table().take(np.arange(6))
    truth = [LABELS["gate"].index(row.labels["gate"]) for row in table.rows]
    sure = np.eye(3)[truth]
    wrong = np.roll(sure, 1, axis=1)
    nothing = {head: np.full((6, len(LABELS[head])), np.nan) for head in HEADS}
    before = np.where(np.arange(6)[:, None] < 4, sure, wrong)
    after = np.where(np.isin(np.arange(6), [0, 1, 4, 5])[:, None], sure, wrong)
    after[5] = np.nan
    (row,) = learning._compare(table, {**nothing, "gate": after}, {**nothing, "gate": before})
    assert (row.head, row.n_rows, row.base, row.candidate, row.mended, row.broken) == ("gate", 5, 4, 3, 1, 2)
