"""How good a model is on sites it has never seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.metrics import cohen_kappa_score, f1_score
from sklearn.model_selection import StratifiedGroupKFold

from gating.classifier.heads import Heads, decide
from gating.records import HEADS, LABELS
from gating.training.figures import Table, stack
from gating.training.fit import conformal_threshold, fit, site_numbers, table_inputs

Floats = npt.NDArray[np.float64]
Probabilities = dict[str, Floats]  # of each head, (n_rows, n_labels)
FOLDS = 5
RESAMPLES = 500
MIN_PIECES = 10  # of a site, for a share of its own
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


def cross_validate(table: Table, extra: Table | None = None, folds: int = FOLDS, seed: int = 0) -> Probabilities:
    """Out-of-fold probabilities of each head from models that saw no row of the same site. Rows flagged `not-marketing` are left out of
    both sides; their probabilities are NaN. `extra` rows (the project's own examples) are trained on in every fold and judged in none.
    """
    found = {head: np.full((len(table), len(LABELS[head])), np.nan) for head in HEADS}
    inside = np.flatnonzero(["not-marketing" not in row.flags for row in table.rows])
    strata = [table.rows[number].labels["strategy"] + table.rows[number].labels["stage"] for number in inside]
    splitter = StratifiedGroupKFold(folds, shuffle=True, random_state=seed)
    for train, test in splitter.split(np.zeros(len(inside)), strata, site_numbers(table)[inside]):
        for head, probabilities in predict(table.take(inside[train]), table.take(inside[test]), extra).items():
            found[head][inside[test]] = probabilities
    return found


def predict(train: Table, test: Table, extra: Table | None = None) -> Probabilities:
    """Probabilities for `test` of a model fitted on `train` and `extra`."""
    bundle = fit(stack([train, extra]) if extra else train, "held-out", "0")
    heads = Heads(bundle)
    inputs = table_inputs(test, heads)
    return {head: np.array([heads.probabilities(row, head) for row in inputs]) for head in HEADS}


def head_score(table: Table, head: str, probabilities: Floats) -> HeadScore:
    """The figures of one head over the rows that have a probability and a label."""
    given = np.array([LABELS[head].index(row.labels[head]) if row.labels[head] else -1 for row in table.rows])
    rows = np.flatnonzero((given >= 0) & ~np.isnan(probabilities[:, 0]))
    truth, said = given[rows], decisions(probabilities[rows], head)
    sure = probabilities[rows][np.arange(len(rows)), said]
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


def decisions(probabilities: Floats, head: str) -> npt.NDArray[np.int64]:
    """The place of the label given for each row."""
    return np.array([decide(row, head) for row in probabilities], dtype=np.int64)


def kappa_interval(table: Table, head: str, probabilities: Floats) -> tuple[float, float]:
    """95 % interval of kappa by a bootstrap over sites: whole sites are drawn, because pieces of one site err together."""
    given = np.array([LABELS[head].index(row.labels[head]) if row.labels[head] else -1 for row in table.rows])
    rows = np.flatnonzero((given >= 0) & ~np.isnan(probabilities[:, 0]))
    truth, said, sites = given[rows], decisions(probabilities[rows], head), site_numbers(table)[rows]
    of_site = [np.flatnonzero(sites == site) for site in np.unique(sites)]
    random = np.random.default_rng(0)
    kappas = []
    for _ in range(RESAMPLES):
        drawn = np.concatenate([of_site[number] for number in random.integers(0, len(of_site), len(of_site))])
        kappas.append(cohen_kappa_score(truth[drawn], said[drawn]))
    low, high = np.percentile(kappas, [2.5, 97.5])
    return float(low), float(high)


def conformal_coverage(table: Table, head: str, probabilities: Floats) -> tuple[float, float, float]:
    """(share of rows whose set holds the right label, the same for the tenth of sites served worst, mean size of a set).

    Each site's threshold comes from the out-of-fold probabilities of the other sites.
    """
    given = np.array([LABELS[head].index(row.labels[head]) if row.labels[head] else -1 for row in table.rows])
    rows = np.flatnonzero((given >= 0) & ~np.isnan(probabilities[:, 0]))
    truth, chances, sites = given[rows], probabilities[rows], site_numbers(table)[rows]
    covered, sizes = np.zeros(len(rows)), np.zeros(len(rows))
    for site in np.unique(sites):
        inside = sites == site
        threshold = conformal_threshold(np.log(np.maximum(chances[~inside], 1e-12)), truth[~inside])
        sets = chances[inside] >= threshold
        sets[np.arange(len(sets)), chances[inside].argmax(axis=1)] = True
        covered[inside], sizes[inside] = sets[np.arange(len(sets)), truth[inside]], sets.sum(axis=1)
    by_site = [covered[sites == site].mean() for site in np.unique(sites) if (sites == site).sum() >= MIN_PIECES]
    return float(covered.mean()), float(np.percentile(by_site, 10)) if by_site else float("nan"), float(sizes.mean())


def calibration_error(sure: Floats, right: Floats) -> float:
    """Expected calibration error: mean distance of stated and true share of right answers over ten bins of stated probability, by size."""
    bins = np.minimum((sure * BINS).astype(int), BINS - 1)
    return float(sum(abs(sure[bins == number].mean() - right[bins == number].mean()) * (bins == number).mean() for number in np.unique(bins)))
