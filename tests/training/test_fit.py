from dataclasses import replace

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression, Ridge

from gating.classifier.bundle import arrays_bytes
from gating.classifier.heads import Heads
from gating.classifier.ngrams import NGrams
from gating.errors import ExamplesError
from gating.features.words import FAMILIES
from gating.records import HEADS, LABELS
from gating.training.figures import MIN_SITES, common_columns
from gating.training.fit import CONFIDENCE_WEIGHT, RIDGE, VIEWS, _layer_1, _ridge, fit, row_weights, site_numbers, table_inputs, temperature
from tests.training.data import small_table


@pytest.fixture(scope="module")
def fitted():
    return fit(small_table(), "test", "1")


def test_same_rows_give_the_same_bytes(fitted):
    """Training twice on the same rows writes the same arrays and the same card."""
    again = fit(small_table(), "test", "1")
    assert arrays_bytes(again.arrays) == arrays_bytes(fitted.arrays)
    assert again.card == fitted.card


def test_ridge_leaves_a_site_out_as_if_it_had_never_been_there():
    """The closed form for "without this site" equals a fit of scikit-learn on the other rows."""
    random = np.random.default_rng(3)
    features = random.normal(size=(40, 12))
    targets = np.sign(random.normal(size=(40, 3)))
    weights = random.choice([1.0, 0.7, 0.3], size=40)
    sites = np.repeat(np.arange(8), 5)
    _, mean, left_out = _ridge(features @ features.T, targets, weights, sites)
    for site in range(8):
        inside, outside = sites == site, sites != site
        model = Ridge(alpha=RIDGE, fit_intercept=False).fit(features[outside], (targets - mean)[outside], sample_weight=weights[outside])
        np.testing.assert_allclose(left_out[inside], model.predict(features[inside]) + mean, atol=1e-9)


def test_a_site_alone_is_never_on_both_sides(fitted):
    """The scores that layer 2 learns from change when a row of the same site is relabelled only through other sites' rows."""
    table = small_table()
    flipped = {"demand-gen": "lead-gen", "lead-gen": "demand-gen"}
    row = table.rows[5]
    changed = replace(table, rows=(*table.rows[:5], replace(row, labels={**row.labels, "strategy": flipped[row.labels["strategy"]]}), *table.rows[6:]))
    before, after = _layer_1(table, {}), _layer_1(changed, {})
    width = before.shape[1] // len(VIEWS)
    moved = np.abs(after - before)[5].reshape(len(VIEWS), width)[:, :2].max()
    others = np.abs(after - before).max()
    assert moved < 0.2 * others  # its own label reaches its own score through the common mean alone


def test_scoring_equals_scikit_learn(fitted):
    """The NumPy scorer gives the probabilities of a scikit-learn pipeline with the bundle's numbers, to 1e-9."""
    table, arrays, card = small_table(), fitted.arrays, fitted.card
    heads = Heads(fitted)
    inputs = table_inputs(table, heads)
    for head in HEADS:
        model = LogisticRegression()
        model.classes_ = np.arange(len(LABELS[head]))
        model.coef_ = arrays[f"{head}.coef"] / card["temperatures"][head]
        model.intercept_ = arrays[f"{head}.intercept"] / card["temperatures"][head]
        if len(model.classes_) == 2:
            model.coef_, model.intercept_ = model.coef_[1:] - model.coef_[:1], model.intercept_[1:] - model.intercept_[:1]
        expected = model.predict_proba(inputs)
        np.testing.assert_allclose([heads.probabilities(row, head) for row in inputs], expected, atol=1e-9)


def test_first_layer_equals_scikit_learn_ridge(fitted):
    """A view's scores are those of scikit-learn's Ridge on the same TF-IDF, within what eight-bit weights allow."""
    table, arrays = small_table(), fitted.arrays
    shares = VIEWS["prose"]
    blocks = []
    for family, share in shares.items():
        start = sum(len(arrays[f"{earlier}.columns"]) for earlier in FAMILIES[: FAMILIES.index(family)])
        block = np.zeros((len(table), len(arrays[f"{family}.columns"])))
        for number, row in enumerate(table.words[family]):
            at, values = NGrams(arrays).row_values({family: np.repeat(row.indices, row.data.astype(int)).astype(np.int64)})
            block[number, at - start] = values
        blocks.append(block * np.sqrt(share / sum(shares.values())))
    features, weights = np.hstack(blocks), row_weights(table)
    strategy = np.array([1.0 if row.labels["strategy"] == "demand-gen" else -1.0 for row in table.rows])
    mean = (strategy * weights).sum() / weights.sum()
    expected = Ridge(alpha=RIDGE, fit_intercept=False).fit(features, strategy - mean, sample_weight=weights).predict(features) + mean
    heads = Heads(fitted)
    width = arrays["offset"].shape[0] // len(VIEWS)
    column = list(VIEWS).index("prose") * width
    scored = [row[column] for row in (table_inputs(table, heads)[:, : arrays["offset"].shape[0]] * arrays["scores.scale"] + arrays["scores.mean"])]
    np.testing.assert_allclose(scored, expected, atol=0.02)


def test_columns_of_few_sites_are_dropped():
    """A word that only two sites use reaches neither model nor figures."""
    table = small_table()
    kept = common_columns(table.words["words"], site_numbers(table), MIN_SITES["words"])
    sites_of = np.asarray((table.words["words"][:, kept] > 0).sum(axis=0)).ravel()  # each example is its own site
    assert len(kept) > 100
    assert sites_of.min() >= MIN_SITES["words"]


def test_too_few_rows_is_a_sentence():
    """Ten rows raise an error that says how many are needed."""
    with pytest.raises(ExamplesError, match="10 labelled pieces are too few"):
        fit(small_table().take(np.arange(10)), "test", "1")


def test_confidence_lowers_a_rows_weight():
    """A row the annotator guessed at weighs less than one he was sure of."""
    table = small_table()
    guessed = replace(table, rows=tuple(replace(row, confidence=(1, 1, 1)) for row in table.rows))
    assert row_weights(guessed).max() == CONFIDENCE_WEIGHT[1] < row_weights(table).min()


def test_temperature_cools_what_is_too_sure():
    """Logits three times too large get a temperature near three."""
    random = np.random.default_rng(0)
    logits = random.normal(size=(4000, 3))
    chances = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    labels = np.array([random.choice(3, p=chance) for chance in chances])
    assert temperature(3 * logits, labels) == pytest.approx(3.0, rel=0.1)


def test_a_head_without_labels_is_named():
    """When no row has a format the error says so and what to do, instead of a traceback."""
    table = small_table()
    bare = replace(table, rows=tuple(replace(row, labels={**row.labels, "format": ""}) for row in table.rows))
    with pytest.raises(ExamplesError, match="No row has a label for format"):
        fit(bare, "test", "1")
