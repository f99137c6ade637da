from dataclasses import replace

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from gating.classifier.bundle import arrays_bytes, base_folder, load_bundle, write_bundle
from gating.classifier.heads import Heads
from gating.features.catalogue import fingerprint
from gating.records import HEADS, LABELS
from gating.training.adapt import CALIBRATION_ROWS, MIN_ROWS, _choose, _fitted, _folds, _learn, _probabilities, _Sample, _sample, _space, adapt
from gating.training.figures import Table
from gating.training.fit import table_inputs
from tests.training.data import small_table


@pytest.fixture(scope="module")
def base():
    """The shipped model."""
    return load_bundle(base_folder(), fingerprint())


def company(step=2, **changes):
    """Every second of the project's examples, with what differs at this company: a function of the row for each head's label."""
    table = small_table().take(np.arange(0, len(small_table()), step))
    rows = [relabelled(row, **{head: change(row) for head, change in changes.items()}) for row in table.rows]
    return Table(table.words, table.signals, tuple(rows))


def relabelled(row, **labels):
    return replace(row, labels=row.labels | labels)


def other_strategy(row):
    """A company that calls lead generation what the rubric calls demand generation."""
    return next(label for label in LABELS["strategy"] if label != row.labels["strategy"])


def mostly_lead_gen(row):
    """A company to which all is lead generation but what is gated."""
    return "demand-gen" if row.labels["gate"] == "gated" else "lead-gen"


def nothing(row):
    return ""


def groups(table):
    return np.arange(len(table)) // 2


def loss(table, head, found):
    right = [LABELS[head].index(row.labels[head]) for row in table.rows]
    return -np.log(found[head][np.arange(len(right)), right]).mean()


def test_a_companys_own_meaning_is_learned(base):
    """Where every label means something else, the adapted model is better on rows it has not seen, and its bundle on all of them."""
    table = company(strategy=other_strategy)
    found = adapt(base, table, groups(table), "orchard", "1")
    assert found.chosen["strategy"].startswith("prior ")
    assert loss(table, "strategy", found.held_out) < loss(table, "strategy", found.base) - 0.1
    heads = Heads(found.bundle)
    now = {"strategy": np.array([heads.probabilities(row, "strategy") for row in table_inputs(table, heads)])}
    assert loss(table, "strategy", now) < loss(table, "strategy", found.held_out)


def test_the_bundle_scores_what_was_fitted(base):
    """The ordinary Heads give the fitted logits, the n-grams' eight-bit weights included."""
    table = company(1, strategy=mostly_lead_gen)
    table = table.take(np.argsort([row.id for row in table.rows]))
    sample, _ = _sample(base, _space(base, table), table, groups(table), "strategy")
    found = _learn(sample, 0.5, 0)
    heads = Heads(adapt(base, table, groups(table), "orchard", "1").bundle)
    scored = [heads.probabilities(row, "strategy") for row in table_inputs(table, heads)]
    np.testing.assert_allclose(scored, _probabilities((sample.start + sample.coordinates @ found.change) / found.temperature), atol=2e-3)
    assert np.abs(np.array(scored) - _probabilities(sample.start)).max() > 0.1


def test_the_base_is_scored_untouched(base):
    """`base` holds what the base itself says of the rows, in their own order."""
    table = company()
    found, heads = adapt(base, table, groups(table), "orchard", "1"), Heads(base)
    for head in HEADS:
        np.testing.assert_allclose(found.base[head], [heads.probabilities(row, head) for row in table_inputs(table, heads)], atol=1e-12)


def test_no_row_is_judged_by_a_model_that_saw_its_group(base):
    """Other labels in one group change nothing about the group's own held-out probabilities, and something about the other rows'.

    With rows enough for a temperature of the company's own, so that a leak into choice or calibration shows as well.
    """
    table = company(1, strategy=other_strategy)
    assert len(table) >= CALIBRATION_ROWS
    inside = groups(table) == 5
    rows = tuple(relabelled(row, strategy=other_strategy(row)) if within else row for row, within in zip(table.rows, inside, strict=True))
    before, after = (adapt(base, Table(table.words, table.signals, said), groups(table), "orchard", "1").held_out["strategy"] for said in (table.rows, rows))
    np.testing.assert_array_equal(before[inside], after[inside])
    assert np.abs(before[~inside] - after[~inside]).max() > 1e-3


def test_the_order_of_rows_does_not_matter(base):
    """Shuffled rows with their groups numbered otherwise give the same bytes, the same card and the same probabilities."""
    table = company(strategy=other_strategy)
    shuffled = np.random.default_rng(2).permutation(len(table))
    one = adapt(base, table, groups(table), "orchard", "1")
    other = adapt(base, table.take(shuffled), 90 - groups(table)[shuffled], "orchard", "1")
    assert arrays_bytes(one.bundle.arrays) == arrays_bytes(other.bundle.arrays)
    assert one.bundle.card == other.bundle.card
    for head in HEADS:
        np.testing.assert_array_equal(one.held_out[head][shuffled], other.held_out[head])


def test_it_loads_as_any_bundle(base, tmp_path):
    """Written and read, the adapted bundle scores the same and names what it was made from."""
    table = company(strategy=other_strategy)
    found = adapt(base, table, groups(table), "orchard", "3")
    write_bundle(found.bundle, tmp_path / "orchard")
    again = load_bundle(tmp_path / "orchard", fingerprint())
    assert again.name == "orchard/3"
    assert again.card["adapted"]["base_sha256"] == base.card["arrays_sha256"]
    rows = [table_inputs(table, Heads(bundle)) for bundle in (found.bundle, again)]
    np.testing.assert_array_equal(*rows)


@pytest.mark.parametrize(
    ("rows", "numbers", "change", "why"),
    [
        (MIN_ROWS - 1, np.arange(MIN_ROWS - 1), other_strategy, "7 labelled rows"),
        (30, np.arange(30) % 3, other_strategy, "3 groups"),
        (30, np.arange(30), lambda row: "lead-gen", "every row says lead-gen"),
        (30, np.arange(30), nothing, "no row has this label"),
    ],
)
def test_too_little_keeps_the_base(base, rows, numbers, change, why):
    """With few rows, few groups, one label or none the head is the base's to the last digit, and the reason is given."""
    table = company(strategy=change, stage=nothing, gate=nothing, format=nothing).take(np.arange(rows))
    found = adapt(base, table, numbers, "orchard", "1")
    assert found.chosen["strategy"].startswith("base kept: ")
    assert why in found.chosen["strategy"]
    assert arrays_bytes(found.bundle.arrays) == arrays_bytes(base.arrays)
    np.testing.assert_array_equal(found.held_out["strategy"], found.base["strategy"])


def test_a_head_without_labels_keeps_the_base(base):
    """One label of the four is enough: the others have no probabilities and score as before."""
    table = company(strategy=other_strategy, stage=nothing, gate=nothing, format=nothing)
    found = adapt(base, table, groups(table), "orchard", "1")
    assert np.isnan(found.held_out["stage"]).all()
    before, after = Heads(base), Heads(found.bundle)
    for old, new in zip(table_inputs(table, before), table_inputs(table, after), strict=True):
        assert before.flags(old) == after.flags(new)
        for head in ("stage", "gate", "format"):
            np.testing.assert_allclose(after.probabilities(new, head), before.probabilities(old, head), atol=1e-12)
        assert np.abs(after.probabilities(new, "strategy") - before.probabilities(old, "strategy")).max() > 1e-3


def test_a_label_that_no_row_has_keeps_its_coefficients(base):
    """A company that never says consideration leaves that row of coefficients alone and moves the others."""
    table = company(stage=lambda row: "awareness" if row.labels["strategy"] == "lead-gen" else "decision")
    found = adapt(base, table, groups(table), "orchard", "1")
    assert found.chosen["stage"].startswith("prior ")
    place, width = LABELS["stage"].index("consideration"), len(base.arrays["offset"])
    old, new = base.arrays["stage.coef"], found.bundle.arrays["stage.coef"]
    np.testing.assert_array_equal(new[place, :width], old[place, :width])
    assert np.abs(new[:, :width] - old[:, :width]).max(axis=1).astype(bool).tolist() == [True, False, True]


def test_pages_that_are_no_marketing_teach_nothing(base):
    """A row flagged so has no probabilities, and its labels could be anything."""
    table = company(strategy=other_strategy)
    aside = replace(table.rows[0], flags=("not-marketing",))
    made = []
    for label in LABELS["strategy"]:
        rows = (replace(aside, labels=aside.labels | {"strategy": label}), *table.rows[1:])
        made.append(adapt(base, Table(table.words, table.signals, rows), groups(table), "orchard", "1"))
    assert all(np.isnan(found.held_out["strategy"][0]).all() for found in made)
    assert arrays_bytes(made[0].bundle.arrays) == arrays_bytes(made[1].bundle.arrays)


def test_the_fit_is_scikit_learns_where_the_base_knows_nothing():
    """With a base of zeros the most likely change is scikit-learn's logistic regression under the same prior and weights."""
    random = np.random.default_rng(5)
    rows, labels, weights = random.normal(size=(60, 7)), random.integers(0, 3, 60), random.choice([1.0, 0.7, 0.3], 60)
    sample = _Sample(rows, np.zeros((60, 3)), labels, weights, np.arange(60))
    expected = LogisticRegression(C=1 / 4.0, fit_intercept=False, tol=1e-8, max_iter=1000).fit(rows, labels, sample_weight=weights)
    np.testing.assert_allclose(_fitted(sample, 4.0, np.zeros((7, 3))).T, expected.coef_, atol=1e-3)


def left_out(*gains):
    """Logits of three candidates on 40 rows of ten groups: the base, and one for each list of gains in the right label's log-odds."""
    base = np.random.default_rng(7).normal(size=(40, 2))
    sample = _Sample(np.zeros((40, 1)), base, np.zeros(40, dtype=np.int64), np.ones(40), np.arange(40) // 4)
    return np.array([base, *(base + np.column_stack([gain, np.zeros(40)]) for gain in gains)]), sample


def test_a_gain_in_one_group_is_luck():
    """One campaign that gets much better does not carry a change, however large the mean gain."""
    gain = np.where(np.arange(40) < 4, 5.0, 0.0)
    logits, sample = left_out(gain, gain)
    assert _choose(logits, sample, np.ones(40, bool))[0] == 0


def test_a_gain_in_all_groups_is_taken():
    """A change that helps everywhere is made, and the one closest to the base among equals."""
    gain = np.full(40, 2.0)
    logits, sample = left_out(gain, gain)
    assert _choose(logits, sample, np.ones(40, bool))[0] == 1


def test_folds_keep_groups_together_and_even():
    """No group is cut, no fold is empty, and the largest fold has few rows more than the smallest."""
    numbers = np.repeat(np.arange(12), [9, 1, 1, 2, 5, 1, 3, 3, 2, 1, 4, 8])
    folds = _folds(numbers, 4)
    assert all(len(np.unique(folds[numbers == group])) == 1 for group in range(12))
    assert np.bincount(folds).tolist() == pytest.approx([8, 8, 8, 8, 8], abs=2)
