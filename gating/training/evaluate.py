"""How good a model is on sites it has never seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.metrics import cohen_kappa_score, f1_score
from sklearn.model_selection import StratifiedGroupKFold

from gating.classifier.heads import Heads
from gating.records import HEADS, LABELS
from gating.training.figures import Table
from gating.training.fit import fit, layer_1_scores, site_numbers

Floats = npt.NDArray[np.float64]
FOLDS = 5
BINS = 10


@dataclass(frozen=True)
class HeadScore:
    """One head on held-out rows: Cohen's kappa and macro-F1 over pieces, kappa's mean over sites is not defined, so accuracy's is given;
    ECE is the expected calibration error of the given label's probability in ten equal-width bins, 0..1.
    """

    kappa: float
    macro_f1: float
    accuracy: float
    accuracy_by_site: float
    ece: float


def cross_validate(table: Table, folds: int = FOLDS, seed: int = 0) -> dict[str, Floats]:
    """Out-of-fold probabilities of each head, shape (n_rows, n_labels), from models that saw no row of the same site. Rows flagged
    `not-marketing` are left out of both sides; their probabilities are NaN.
    """
    found = {head: np.full((len(table), len(LABELS[head])), np.nan) for head in HEADS}
    inside = np.flatnonzero(["not-marketing" not in row.flags for row in table.rows])
    strata = [table.rows[number].labels["strategy"] + table.rows[number].labels["stage"] for number in inside]
    splitter = StratifiedGroupKFold(folds, shuffle=True, random_state=seed)
    for train, test in splitter.split(np.zeros(len(inside)), strata, site_numbers(table)[inside]):
        for head, probabilities in predict(table.take(inside[train]), table.take(inside[test])).items():
            found[head][inside[test]] = probabilities
    return found


def predict(train: Table, test: Table) -> dict[str, Floats]:
    """Probabilities for `test` of a model fitted on `train`, each (n_rows, n_labels)."""
    bundle = fit(train, "held-out", "0").bundle
    heads = Heads(bundle)
    scores = layer_1_scores(test, bundle.arrays)
    return {head: np.array([heads.probabilities(row, head) for row in scores]) for head in HEADS}


def head_score(table: Table, head: str, probabilities: Floats) -> HeadScore:
    """The figures of one head over the rows that have a probability and a label."""
    given = np.array([LABELS[head].index(row.labels[head]) if row.labels[head] else -1 for row in table.rows])
    rows = np.flatnonzero((given >= 0) & ~np.isnan(probabilities[:, 0]))
    truth, said, sure = given[rows], probabilities[rows].argmax(axis=1), probabilities[rows].max(axis=1)
    right = (truth == said).astype(float)
    sites = site_numbers(table)[rows]
    by_site = [right[sites == site].mean() for site in np.unique(sites)]
    return HeadScore(
        kappa=float(cohen_kappa_score(truth, said)),
        macro_f1=float(f1_score(truth, said, average="macro")),
        accuracy=float(right.mean()),
        accuracy_by_site=float(np.mean(by_site)),
        ece=calibration_error(sure, right),
    )


def calibration_error(sure: Floats, right: Floats) -> float:
    """Expected calibration error: mean distance of stated and true share of right answers over ten bins of stated probability, by size."""
    bins = np.minimum((sure * BINS).astype(int), BINS - 1)
    return float(sum(abs(sure[bins == number].mean() - right[bins == number].mean()) * (bins == number).mean() for number in np.unique(bins)))
