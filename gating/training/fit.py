"""Feature table -> bundle. scikit-learn trains; what it learned is written down as plain arrays.

Layer 1 is ridge regression on the one-hot labels of all heads. Its kernel form has a closed solution for "the same model
without this site's rows" (leave-group-out, Cawley and Talbot 2004, doi:10.1016/j.neunet.2004.07.002), so layer 2 learns from
scores that are honest for every row at the price of one fit. Deterministic: the same rows give the same bytes on one machine.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from scipy.optimize import minimize_scalar
from sklearn.kernel_approximation import Nystroem
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from gating.classifier.bundle import Array, Bundle
from gating.classifier.heads import CLIP, Heads
from gating.errors import ExamplesError
from gating.features import Features
from gating.features.catalogue import fingerprint
from gating.features.words import FAMILIES
from gating.records import HEADS, LABELS
from gating.training.figures import Table, common_columns

Floats = npt.NDArray[np.float64]
Arrays = dict[str, Array]
ABSENT = -30.0  # log-odds of a label that training never saw
CALIBRATION_FOLDS = 5
MIN_SITES = 3  # a word seen on fewer sites is a name, not a signal
MIN_ROWS = 30  # fewer labelled rows cannot carry four heads
CONFIDENCE_WEIGHT = {3: 1.0, 2: 0.7, 1: 0.3}  # annotators' own confidence (RUBRIC section 7), as weights of a row
RIDGE = 0.1
LAYER_2_C = 0.02
SIGNALS = "signals"
LANDMARKS = 512
# Each view and the weight of what it sees. "all" decides most; the narrower views let layer 2 see who disagrees.
VIEWS: dict[str, dict[str, float]] = {
    "all": {**dict.fromkeys(FAMILIES, 1.0), SIGNALS: 3.0},
    "prose": {"words": 1.0, "pairs": 1.0, "beginning": 1.0},
    "skeleton": {"headings": 1.0, "first_headings": 1.0, "short_lines": 1.0, "asks": 1.0, "skeleton": 1.0, "title": 1.0, "description": 1.0},
    "style": {"style": 1.0, "layout": 1.0, "openings": 1.0, "heading_openings": 1.0},
    "signals": {SIGNALS: 1.0},
}


@dataclass(frozen=True)
class Fitted:
    """A bundle and the leave-one-site-out scores of its training rows, shape (n_rows, n_scores), for evaluation without refitting."""

    bundle: Bundle
    honest_scores: Floats


def fit(table: Table, name: str, version: str) -> Fitted:
    """Trains a bundle on the rows of `table`. Rows flagged `not-marketing` teach that flag and nothing else (RUBRIC 1.4)."""
    inside = np.array(["not-marketing" not in row.flags for row in table.rows])
    core, aside = table.take(np.flatnonzero(inside)), table.take(np.flatnonzero(~inside))
    if len(core) < MIN_ROWS:
        raise ExamplesError(f"{len(core)} labelled pieces are too few to train a model from nothing; {MIN_ROWS} are the least.")
    arrays: Arrays = {}
    honest = _layer_1(core, arrays)
    temperatures = _layer_2(honest, core, arrays)
    _fit_flags(honest, core, aside, arrays)
    sites = {row.site for row in table.rows}
    card = {
        "name": name, "version": version, "catalogue": fingerprint(), "temperatures": temperatures, "n_rows": len(table), "n_sites": len(sites),
        "labels": {head: list(LABELS[head]) for head in HEADS}, "views": {view: dict(shares) for view, shares in VIEWS.items()}, "rows_sha256": _digest(table),
        "settings": {"ridge": RIDGE, "layer_2_c": LAYER_2_C, "min_sites": MIN_SITES, "landmarks": LANDMARKS},
    }  # fmt: skip
    return Fitted(Bundle(card, arrays), honest)


def _layer_1(table: Table, arrays: Arrays) -> Floats:
    """Fits every view; returns each row's scores from the models without its site, shape (n_rows, n_scores)."""
    sites = site_numbers(table)
    targets, weights = _targets(table), row_weights(table)
    features: dict[str, sp.csr_matrix | Floats] = {family: _family_features(matrix, sites, family, arrays) for family, matrix in table.words.items()}
    features[SIGNALS], unfold = _signal_features(table.signals.astype(np.float64), arrays)
    kernels = {part: _kernel(matrix) for part, matrix in features.items()}
    honest, offsets = [], []
    maps: dict[str, list[Floats]] = {part: [] for part in features}
    for shares in VIEWS.values():
        total = sum(shares.values())
        kernel = np.sum([share / total * kernels[part] for part, share in shares.items()], axis=0)
        dual, mean, left_out = _ridge(kernel, targets, weights, sites)
        honest.append(left_out)
        offsets.append(mean)
        for part, matrix in features.items():
            maps[part].append(shares.get(part, 0.0) / total * (matrix.T @ dual))
    arrays["offset"] = np.concatenate(offsets)
    for family in FAMILIES:
        arrays[f"{family}.weights"] = np.hstack(maps[family]).astype(np.float16)
    arrays["signals.weights"] = unfold @ np.hstack(maps[SIGNALS])
    return np.hstack(honest)


def _family_features(matrix: sp.csr_matrix, sites: npt.NDArray[np.int64], family: str, arrays: Arrays) -> sp.csr_matrix:
    """(n_rows, n_kept) TF-IDF of one family, each row of length 1; what scoring needs of it goes into `arrays`."""
    kept = common_columns(matrix, sites, MIN_SITES)
    counts = matrix[:, kept].astype(np.float64)
    idf = np.log((1 + counts.shape[0]) / (1 + np.bincount(counts.indices, minlength=len(kept)))) + 1
    arrays[f"{family}.columns"], arrays[f"{family}.idf"] = kept.astype(np.int32), idf.astype(np.float32)
    counts.data = 1 + np.log(counts.data)
    weighted = counts @ sp.diags(idf.astype(np.float32).astype(np.float64))
    lengths = np.sqrt(np.asarray(weighted.multiply(weighted).sum(axis=1)).ravel())
    return sp.csr_matrix(sp.diags(1 / np.maximum(lengths, 1e-12)) @ weighted)


def _signal_features(signals: Floats, arrays: Arrays) -> tuple[Floats, Floats]:
    """(n_rows, n_landmarks) Nyström features of the signals' Gaussian similarity, and the matrix that turns weights on them into
    weights on the plain similarities, which is what scoring computes.
    """
    mean, scale = signals.mean(axis=0), signals.std(axis=0)
    scale = np.where(scale > 1e-6, scale, np.inf)  # a signal that never varies says nothing
    arrays["signals.mean"], arrays["signals.scale"] = mean, scale
    z = np.clip((signals - mean) / scale, -CLIP, CLIP).astype(np.float32).astype(np.float64)  # as the landmarks are stored
    nystroem = Nystroem(kernel="rbf", gamma=0.5 / z.shape[1], n_components=min(LANDMARKS, len(z)), random_state=0).fit(z)
    arrays["signals.landmarks"] = nystroem.components_.astype(np.float32)
    return nystroem.transform(z), nystroem.normalization_.T


def _kernel(features: sp.csr_matrix | Floats) -> Floats:
    product = features @ features.T
    return product.toarray() if isinstance(product, sp.csr_matrix) else np.asarray(product)


def _targets(table: Table) -> Floats:
    """One-hot targets as -1/+1 for all heads and the flag `customer`, 0 where a label was not given; shape (n_rows, n_targets)."""
    columns = [[0.0 if not row.labels[head] else 1.0 if row.labels[head] == label else -1.0 for row in table.rows] for head in HEADS for label in LABELS[head]]
    columns.append([1.0 if "customer" in row.flags else -1.0 for row in table.rows])
    return np.array(columns).T


def row_weights(table: Table) -> Floats:
    """One weight a row: the mean of the annotator's confidence weights over the heads."""
    return np.array([np.mean([CONFIDENCE_WEIGHT[value] for value in row.confidence]) for row in table.rows])


def head_weights(table: Table, head: str) -> Floats:
    """One weight a row for one head; format has no confidence of its own and takes the row's mean."""
    if head == "format":
        return row_weights(table)
    at = ("strategy", "stage", "gate").index(head)
    return np.array([CONFIDENCE_WEIGHT[row.confidence[at]] for row in table.rows])


def site_numbers(table: Table) -> npt.NDArray[np.int64]:
    """The number of each row's site."""
    return np.unique([row.site for row in table.rows], return_inverse=True)[1].astype(np.int64)


def _ridge(kernel: Floats, targets: Floats, weights: Floats, sites: npt.NDArray[np.int64]) -> tuple[Floats, Floats, Floats]:
    """Weighted kernel ridge: dual coefficients, means, and each row's scores from the model without its site."""
    mean = (targets * weights[:, None]).sum(axis=0) / weights.sum()
    inverse = np.linalg.inv(kernel + np.diag(RIDGE / weights))
    dual = inverse @ (targets - mean)
    left_out = np.empty_like(targets)
    for site in np.unique(sites):
        rows = np.flatnonzero(sites == site)
        left_out[rows] = targets[rows] - np.linalg.solve(inverse[np.ix_(rows, rows)], dual[rows])
    return dual, mean, left_out


def _layer_2(scores: Floats, table: Table, arrays: Arrays) -> dict[str, float]:
    """Fits each head on the honest scores of layer 1, and its temperature on its own cross-validated logits."""
    mean, scale = scores.mean(axis=0), scores.std(axis=0) + 1e-9
    arrays["scores.mean"], arrays["scores.scale"] = mean, scale
    z, sites = (scores - mean) / scale, site_numbers(table)
    temperatures = {}
    for head in HEADS:
        labels = np.array([row.labels[head] for row in table.rows])
        rows = np.flatnonzero(labels != "")
        weights = head_weights(table, head)[rows]
        model = _logistic().fit(z[rows], labels[rows], sample_weight=weights)
        arrays[f"{head}.coef"], arrays[f"{head}.intercept"] = _every_label(model, head)
        logits = np.full((len(rows), len(LABELS[head])), ABSENT)
        for train, test in GroupKFold(CALIBRATION_FOLDS).split(z[rows], groups=sites[rows]):
            fold = _logistic().fit(z[rows][train], labels[rows][train], sample_weight=weights[train])
            coef, intercept = _every_label(fold, head)
            logits[test] = z[rows][test] @ coef.T + intercept
        temperatures[head] = temperature(logits, np.array([LABELS[head].index(label) for label in labels[rows]]))
    return temperatures


def _fit_flags(honest: Floats, core: Table, aside: Table, arrays: Arrays) -> None:
    """The two learned flags. `not-marketing` is told from the rows set aside, which layer 1 has never seen."""
    mean, scale = arrays["scores.mean"], arrays["scores.scale"]
    z = (honest - mean) / scale
    _fit_flag("customer", z, np.array(["customer" in row.flags for row in core.rows]), arrays)
    outside = (layer_1_scores(aside, arrays) - mean) / scale if len(aside) else z[:0]
    _fit_flag("not-marketing", np.vstack([z, outside]), np.arange(len(z) + len(outside)) >= len(z), arrays)


def _fit_flag(flag: str, z: Floats, given: npt.NDArray[np.bool_], arrays: Arrays) -> None:
    if given.any():
        model = _logistic().fit(z, given)
        arrays[f"{flag}.coef"], arrays[f"{flag}.intercept"] = model.coef_, model.intercept_
    else:
        arrays[f"{flag}.coef"], arrays[f"{flag}.intercept"] = np.zeros((1, z.shape[1])), np.array([ABSENT])


def layer_1_scores(table: Table, arrays: Arrays) -> Floats:
    """Layer 1 of a bundle over a whole table, shape (n_rows, n_scores): the same numbers as Heads.scores gives row by row."""
    heads = Heads(Bundle({"name": "", "version": "", "temperatures": dict.fromkeys(HEADS, 1.0)}, arrays))
    scores = [heads.scores(Features({family: np.repeat(row.indices, row.data.astype(int)) for family in FAMILIES for row in [table.words[family][number]]},
                                    table.signals[number].astype(np.float64))) for number in range(len(table))]  # fmt: skip
    return np.array(scores)


def temperature(logits: Floats, labels: npt.NDArray[np.int64]) -> float:
    """The one number by which logits are divided so that probabilities are calibrated (Guo et al. 2017, arXiv:1706.04599): least log loss."""

    def loss(log_t: float) -> float:
        scaled = logits / np.exp(log_t)
        return float((np.logaddexp.reduce(scaled, axis=1) - scaled[np.arange(len(labels)), labels]).mean())

    return float(round(np.exp(minimize_scalar(loss, bounds=(-1.5, 1.5), method="bounded").x), 4))


def _logistic() -> LogisticRegression:
    return LogisticRegression(C=LAYER_2_C, max_iter=500)


def _every_label(model: LogisticRegression, head: str) -> tuple[Floats, Floats]:
    """Coefficients with one row for each of the head's labels; a label that no row had gets log-odds nobody reaches."""
    coef, intercept = model.coef_, model.intercept_
    if len(model.classes_) == 2:  # scikit-learn keeps one row for two classes
        coef, intercept = np.vstack([-coef / 2, coef / 2]), np.concatenate([-intercept / 2, intercept / 2])
    whole = np.zeros((len(LABELS[head]), coef.shape[1])), np.full(len(LABELS[head]), ABSENT)
    for label, row, constant in zip(model.classes_, coef, intercept, strict=True):
        at = LABELS[head].index(str(label))
        whole[0][at], whole[1][at] = row, constant
    return whole


def _digest(table: Table) -> str:
    """A digest of the training rows' labels and ids, so that a card says what it was made from."""
    said = "\n".join(f"{row.id}\t{sorted(row.labels.items())}\t{row.flags}\t{row.confidence}\t{row.site}" for row in table.rows)
    return hashlib.sha256(said.encode()).hexdigest()
