"""Other last layers than the shipped logistic regression, on the same inputs in the same folds: ordinal stage, trees, boosting, a small
network, and a site's other pages as context. Writes results/second_layer.json.

The inputs are those of gating.training.fit: scores of layer 1 that are honest for every row, a few signals, the first guess at the
format. A page's context is the mean of the inputs of its site's other pages, so `context` sees more than `gating score` may: there
each page is judged alone.
"""

from __future__ import annotations

import importlib
import json
import os
from collections.abc import Callable
from typing import Any
from unittest.mock import patch

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
from bench import RESULTS, cross_validated, load_tables, provenance
from sklearn.ensemble import ExtraTreesClassifier, HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier

from gating.classifier.heads import Heads
from gating.records import HEADS, LABELS
from gating.training import evaluate
from gating.training.figures import Table, stack

fit = importlib.import_module("gating.training.fit")  # as a module: the package offers the function of that name
Floats = np.ndarray
Fit = Callable[[Floats, np.ndarray, Floats, str], Callable[[Floats], Floats]]  # inputs, places of the labels, weights, head -> probabilities of new inputs


def logistic(inputs: Floats, places: np.ndarray, weights: Floats, head: str) -> Callable[[Floats], Floats]:
    """The shipped layer."""
    return fitted(LogisticRegression(C=fit.LAYER_2_C, max_iter=3000), inputs, places, weights, head)


def ordinal(inputs: Floats, places: np.ndarray, weights: Floats, head: str) -> Callable[[Floats], Floats]:
    """Cumulative odds, one regression for each step up (Frank and Hall 2001); for stage, whose labels have an order."""
    if head != "stage":
        return logistic(inputs, places, weights, head)
    steps = [LogisticRegression(C=fit.LAYER_2_C, max_iter=3000).fit(inputs, places >= step, weights) for step in (1, 2)]

    def read(new: Floats) -> Floats:
        first, second = (step.predict_proba(new)[:, 1] for step in steps)
        second = np.minimum(first, second)
        return np.stack([1 - first, first - second, second], axis=1)

    return read


def trees(inputs: Floats, places: np.ndarray, weights: Floats, head: str) -> Callable[[Floats], Floats]:
    """Extremely randomised trees."""
    return fitted(ExtraTreesClassifier(400, min_samples_leaf=3, max_features=0.3, random_state=0), inputs, places, weights, head)


def boosting(inputs: Floats, places: np.ndarray, weights: Floats, head: str) -> Callable[[Floats], Floats]:
    """Gradient boosting by histograms."""
    model = HistGradientBoostingClassifier(max_iter=150, learning_rate=0.05, max_leaf_nodes=8, l2_regularization=5, min_samples_leaf=30, random_state=0)
    return fitted(model, inputs, places, weights, head)


def network(inputs: Floats, places: np.ndarray, weights: Floats, head: str) -> Callable[[Floats], Floats]:
    """The mean of three networks with one hidden layer; scikit-learn's take no weights before 1.7, so the rows count alike."""
    return mean_of([fitted(MLPClassifier((64,), alpha=3.0, max_iter=40, random_state=seed), inputs / 2, places, None, head) for seed in range(3)], 0.5)


def mean_of(readers: list[Callable[[Floats], Floats]], scale: float) -> Callable[[Floats], Floats]:
    """The plain mean of some readers' probabilities."""
    return lambda new: np.mean([read(new * scale) for read in readers], axis=0)


def fitted(model: Any, inputs: Floats, places: np.ndarray, weights: Floats | None, head: str) -> Callable[[Floats], Floats]:
    """A scikit-learn classifier's probabilities with a column for every label, also one that no row had."""
    model.fit(inputs, places, **({} if weights is None else {"sample_weight": weights}))

    def read(new: Floats) -> Floats:
        found = np.zeros((len(new), len(LABELS[head])))
        found[:, model.classes_] = model.predict_proba(new)
        return found

    return read


LAYERS: dict[str, Fit] = {
    "logistic regression (shipped)": logistic, "ordinal stage": ordinal, "extra trees": trees, "gradient boosting": boosting, "small networks": network,
}  # fmt: skip
CONTEXT = "logistic regression with the site's other pages as context"


def with_context(inputs: Floats, table: Table) -> Floats:
    """The inputs, and how they differ from the mean of the site's other pages; zero for a page that is alone."""
    sites = np.array([row.site for row in table.rows])
    difference = np.zeros_like(inputs)
    for site in np.unique(sites):
        rows = np.flatnonzero(sites == site)
        if len(rows) > 1:
            difference[rows] = inputs[rows] - (inputs[rows].sum(axis=0) - inputs[rows]) / (len(rows) - 1)
    return np.hstack([inputs, difference])


def fitted_inputs(table: Table) -> tuple[Heads, Floats, Table]:
    """The shipped recipe fitted on `table`; the inputs its second layer learned from, and their rows."""
    kept: list[tuple[Floats, Table]] = []
    plain = fit._layer_2

    def layer_2(scores: Floats, core: Table, arrays: Any) -> Any:
        inputs, calibration = plain(scores, core, arrays)
        kept.append((inputs, core))
        return inputs, calibration

    with patch.object(fit, "_layer_2", layer_2):
        heads = Heads(fit.fit(table, "held-out", "0"))
    return heads, *kept[0]


def main() -> None:
    """Runs every layer and writes the figures."""
    opened, extra = load_tables()
    places = {row.id: number for number, row in enumerate(opened.rows)}
    found = {name: {head: np.full((len(opened), len(LABELS[head])), np.nan) for head in HEADS} for name in (*LAYERS, CONTEXT)}

    def predict(train: Table, test: Table, extra: Table | None = None) -> evaluate.Probabilities:
        heads, known, core = fitted_inputs(stack([train, extra]) if extra else train)
        new, numbers = fit.table_inputs(test, heads), [places[row.id] for row in test.rows]
        for head in HEADS:
            truth, weights = np.array([LABELS[head].index(row.labels[head]) for row in core.rows]), fit.head_weights(core, head)
            for name, layer in LAYERS.items():
                found[name][head][numbers] = layer(known, truth, weights, head)(new)
            found[CONTEXT][head][numbers] = logistic(with_context(known, core), truth, weights, head)(with_context(new, test))
        print("fold done", flush=True)
        return {head: found[next(iter(LAYERS))][head][numbers] for head in HEADS}

    cross_validated(predict, opened, extra)
    kappas = {name: {head: round(evaluate.head_score(opened, head, said[head]).kappa, 4) for head in HEADS} for name, said in found.items()}
    (RESULTS / "second_layer.json").write_text(json.dumps({**provenance(opened, ()), "kappa": kappas}, indent=1) + "\n", encoding="utf-8")
    for name, kappa in kappas.items():
        print(name, kappa)


if __name__ == "__main__":
    main()
