"""Feature table -> bundle. scikit-learn trains; what it learned is written down as plain arrays.

Layer 1 is ridge regression on the one-hot labels of all heads. Its kernel form has a closed solution for "the same model
without this site's rows" (leave-group-out, Cawley and Talbot 2004, doi:10.1016/j.neunet.2004.07.002), so layer 2 learns from
scores that are honest for every row at the price of one fit. Deterministic: the same rows give the same bytes on one machine.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from importlib.metadata import version as version_of

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from scipy.optimize import minimize_scalar
from sklearn.kernel_approximation import Nystroem
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from threadpoolctl import threadpool_limits

from gating.classifier.bundle import Array, Bundle
from gating.classifier.heads import CLIP, FORMAT_SPREAD, Heads
from gating.errors import ExamplesError
from gating.features import Features
from gating.features.catalogue import fingerprint, signal_names
from gating.features.words import FAMILIES
from gating.records import HEADS, LABELS
from gating.training.figures import MIN_SITES, Table, common_columns

Floats = npt.NDArray[np.float64]
Arrays = dict[str, Array]
ABSENT = -30.0  # log-odds of a label that training never saw
CALIBRATION_FOLDS = 5
COVERAGE = 0.9  # of the conformal sets
MIN_ROWS = 30  # fewer labelled rows cannot carry four heads
CONFIDENCE_WEIGHT = {3: 1.0, 2: 0.7, 1: 0.3}  # annotators' own confidence (RUBRIC section 7), as weights of a row
RIDGE = 0.1
LAYER_2_C = 0.02
FIRST_FORMAT_C = 0.02
TOLERANCE = 1e-7  # of the gradient: tight enough that another machine finds the same coefficients to six digits
# Signals that layer 2 sees as they are: what the page is about, and a few that tell formats apart. Chosen on the sites outside
# the lock-box (scripts/quality.py).
DIRECT = (
    "own_share_before_end", "own_over_a_third", "maker1_block_share", "maker1_in_title", "maker1_first_blocks", "maker1_rate", "maker1_heading_share",
    "maker2_block_share", "maker2_in_title", "maker_in_main_title", "a_maker_in_main_title", "maker_at_end", "maker_is_rare", "maker_in_suffix", "maker_has_domain",
    "title_rare_words", "title_capitalised_names", "rare_words_log", "rare_mass_rate", "we_block_share_before_end", "company_over_product_news",
    "company_news_in_title", "product_news_in_title", "evaluation_in_title", "solution_kinds_in_title", "problems_in_title", "platforms_in_title",
    "services_in_beginning", "versus", "alternatives", "numbered_best", "versus_ours", "versus_distance", "versus_own", "versus_ask_at_end",
    "title_review", "title_tool",
)  # fmt: skip
SIGNALS = "signals"
LANDMARKS = 512
# Each view and the weight of what it sees. "all" decides most; the narrower views let layer 2 see who disagrees.
VIEWS: dict[str, dict[str, float]] = {
    "all": {**dict.fromkeys(FAMILIES, 1.0), SIGNALS: 3.0},
    "prose": {"words": 1.0, "pairs": 1.0, "beginning": 1.0},
    "skeleton": {"headings": 1.0, "first_headings": 1.0, "short_lines": 1.0, "skeleton": 1.0, "title": 1.0, "description": 1.0},
    "style": {"style": 1.0, "named_style": 1.0},
    "signals": {SIGNALS: 1.0},
}


def fit(table: Table, name: str, version: str) -> Bundle:
    """Trains a bundle on the rows of `table`. Rows flagged `not-marketing` teach that flag and nothing else (RUBRIC 1.4).

    One thread of linear algebra: with several, the order of sums and so the last bits would depend on the machine's load.
    """
    with threadpool_limits(1):
        return _fit(table, name, version)


def _fit(table: Table, name: str, version: str) -> Bundle:
    inside = np.array(["not-marketing" not in row.flags for row in table.rows])
    core, aside = table.take(np.flatnonzero(inside)), table.take(np.flatnonzero(~inside))
    if len(core) < MIN_ROWS:
        raise ExamplesError(f"{len(core)} labelled pieces are too few to train a model from nothing; {MIN_ROWS} are the least.")
    unlabelled = [head for head in HEADS if not any(row.labels[head] for row in core.rows)]
    if unlabelled:
        raise ExamplesError(f"No row has a label for {', '.join(unlabelled)}. Name the column with --map, or add training_data to learn that from ours.")
    arrays: Arrays = {}
    honest = _layer_1(core, arrays)
    inputs, calibration = _layer_2(honest, core, arrays)
    _fit_flags(inputs, core, aside, lambda: Heads(Bundle({"name": name, "version": version, **calibration}, arrays)), arrays)
    sites = {row.site for row in table.rows}
    card = {
        "name": name, "version": version, "catalogue": fingerprint(), **calibration, "n_rows": len(table), "n_sites": len(sites),
        "labels": {head: list(LABELS[head]) for head in HEADS}, "views": {view: dict(shares) for view, shares in VIEWS.items()},
        "rows_sha256": _digest(table), "versions": {package: version_of(package) for package in ("numpy", "scikit-learn", "spacy")},
        "settings": {"ridge": RIDGE, "layer_2_c": LAYER_2_C, "min_sites": MIN_SITES, "landmarks": LANDMARKS},
    }  # fmt: skip
    return Bundle(card, arrays)


def _layer_1(table: Table, arrays: Arrays) -> Floats:
    """Fits every view; returns each row's scores from the models without its site, shape (n_rows, n_scores)."""
    sites = site_numbers(table)
    targets, weights = _targets(table), row_weights(table)
    features: dict[str, sp.csr_matrix | Floats] = {family: _family_features(matrix, sites, family, arrays) for family, matrix in table.words.items()}
    features[SIGNALS], unfold = _signal_features(table.signals.astype(np.float64), arrays)
    kernels = {part: _kernel(matrix) for part, matrix in features.items()}
    honest, offsets = [], []
    maps: dict[str, list[Floats]] = {part: [] for part in features}
    seen_by: dict[str, list[int]] = {part: [] for part in features}
    for number, shares in enumerate(VIEWS.values()):
        total = sum(shares.values())
        kernel = np.sum([share / total * kernels[part] for part, share in shares.items()], axis=0)
        dual, mean, left_out = _ridge(kernel, targets, weights, sites)
        honest.append(left_out)
        offsets.append(mean)
        for part, share in shares.items():
            maps[part].append(share / total * (features[part].T @ dual))
            seen_by[part].extend(range(number * dual.shape[1], (number + 1) * dual.shape[1]))
    arrays["offset"] = np.concatenate(offsets)
    for part, view_weights in maps.items():
        arrays[f"{part}.scores"] = np.array(seen_by[part], dtype=np.int32)
        weights_of = np.hstack(view_weights)
        if part == SIGNALS:
            arrays["signals.weights"] = unfold @ weights_of
        else:  # eight bits a weight keep the file small; layer 2 cannot tell the difference
            scale = np.maximum(np.abs(weights_of).max(axis=0, initial=0.0), 1e-12) / 127
            arrays[f"{part}.scale"] = scale.astype(np.float32)
            arrays[f"{part}.weights"] = np.rint(weights_of / scale).astype(np.int8)
    return np.hstack(honest)


def _family_features(matrix: sp.csr_matrix, sites: npt.NDArray[np.int64], family: str, arrays: Arrays) -> sp.csr_matrix:
    """(n_rows, n_kept) TF-IDF of one family, each row of length 1; what scoring needs of it goes into `arrays`."""
    kept = common_columns(matrix, sites, MIN_SITES[family])
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


def _layer_2(scores: Floats, table: Table, arrays: Arrays) -> tuple[Floats, dict[str, dict[str, float]]]:
    """Fits each head on the honest scores of layer 1, some signals and a cross-fitted first guess at the format; and its temperature
    on its own cross-validated logits. Returns the inputs of layer 2, shape (n_rows, n_inputs), and the temperatures.
    """
    arrays["scores.mean"], arrays["scores.scale"] = scores.mean(axis=0), scores.std(axis=0) + 1e-9
    z, sites = (scores - arrays["scores.mean"]) / arrays["scores.scale"], site_numbers(table)
    arrays["direct"] = np.array([signal_names().index(name) for name in DIRECT], dtype=np.int32)
    direct = np.clip((table.signals - arrays["signals.mean"]) / arrays["signals.scale"], -CLIP, CLIP)[:, arrays["direct"]]
    first, arrays["first_format.coef"], arrays["first_format.intercept"] = _cross_fitted(z, table, "format", sites, FIRST_FORMAT_C)
    guess = np.exp(first - np.logaddexp.reduce(first, axis=1, keepdims=True))
    inputs = np.hstack([z, direct, FORMAT_SPREAD * guess])
    temperatures, thresholds = {}, {}
    for head in HEADS:
        logits, arrays[f"{head}.coef"], arrays[f"{head}.intercept"] = _cross_fitted(inputs, table, head, sites, LAYER_2_C)
        labels = np.array([LABELS[head].index(row.labels[head]) if row.labels[head] else -1 for row in table.rows])
        temperatures[head] = temperature(logits[labels >= 0], labels[labels >= 0])
        thresholds[head] = conformal_threshold(logits[labels >= 0] / temperatures[head], labels[labels >= 0])
    return inputs, {"temperatures": temperatures, "conformal_thresholds": thresholds}


def _cross_fitted(inputs: Floats, table: Table, head: str, sites: npt.NDArray[np.int64], c: float) -> tuple[Floats, Floats, Floats]:
    """A head's logits for every row from models without its site, and the coefficients and intercepts of the model on all rows."""
    labels = np.array([row.labels[head] for row in table.rows])
    weights = head_weights(table, head)
    logits = np.empty((len(labels), len(LABELS[head])))
    for train, test in GroupKFold(min(CALIBRATION_FOLDS, len(np.unique(sites)))).split(inputs, groups=sites):
        given = train[labels[train] != ""]
        coef, intercept = _logistic(inputs[given], labels[given], weights[given], head, c)
        logits[test] = inputs[test] @ coef.T + intercept
    given = np.flatnonzero(labels != "")
    return logits, *_logistic(inputs[given], labels[given], weights[given], head, c)


def _logistic(inputs: Floats, labels: npt.NDArray[np.str_], weights: Floats, head: str, c: float) -> tuple[Floats, Floats]:
    """Multinomial logistic regression with one row of coefficients for each of the head's labels; a label that no row had gets
    log-odds that nobody reaches.
    """
    coef, intercept = np.zeros((len(LABELS[head]), inputs.shape[1])), np.full(len(LABELS[head]), ABSENT)
    if len(np.unique(labels)) < 2:
        for label in labels[:1]:
            intercept[LABELS[head].index(label)] = 0.0
        return coef, intercept
    model = LogisticRegression(C=c, max_iter=5000, tol=TOLERANCE).fit(inputs, labels, sample_weight=weights)
    rows, constants = model.coef_, model.intercept_
    if len(model.classes_) == 2:  # scikit-learn keeps one row for two classes
        rows, constants = np.vstack([-rows / 2, rows / 2]), np.concatenate([-constants / 2, constants / 2])
    for label, row, constant in zip(model.classes_, rows, constants, strict=True):
        at = LABELS[head].index(str(label))
        coef[at], intercept[at] = row, constant
    return coef, intercept


def _fit_flags(inputs: Floats, core: Table, aside: Table, heads: Callable[[], Heads], arrays: Arrays) -> None:
    """The two learned flags. `not-marketing` is told from the rows set aside, which layer 1 has never seen."""
    _fit_flag("customer", inputs, np.array(["customer" in row.flags for row in core.rows]), arrays)
    outside = table_inputs(aside, heads()) if len(aside) else inputs[:0]
    _fit_flag("not-marketing", np.vstack([inputs, outside]), np.arange(len(inputs) + len(outside)) >= len(inputs), arrays)


def _fit_flag(flag: str, inputs: Floats, given: npt.NDArray[np.bool_], arrays: Arrays) -> None:
    if given.any():
        model = LogisticRegression(C=LAYER_2_C, max_iter=5000, tol=TOLERANCE).fit(inputs, given)
        arrays[f"{flag}.coef"], arrays[f"{flag}.intercept"] = model.coef_, model.intercept_
    else:
        arrays[f"{flag}.coef"], arrays[f"{flag}.intercept"] = np.zeros((1, inputs.shape[1])), np.array([ABSENT])


def table_inputs(table: Table, heads: Heads) -> Floats:
    """The inputs of layer 2 for every row of a table, shape (n_rows, n_inputs): the numbers that scoring the piece itself gives."""
    found = []
    for number, signals in enumerate(table.signals):
        rows = {family: matrix[number] for family, matrix in table.words.items()}
        words = {family: np.repeat(row.indices, row.data.astype(np.int64)) for family, row in rows.items()}
        found.append(heads.inputs(Features(words, signals.astype(np.float64))))
    return np.array(found)


def temperature(logits: Floats, labels: npt.NDArray[np.int64]) -> float:
    """The one number by which logits are divided so that probabilities are calibrated (Guo et al. 2017, arXiv:1706.04599): least log loss."""

    def loss(log_t: float) -> float:
        scaled = logits / np.exp(log_t)
        return float((np.logaddexp.reduce(scaled, axis=1) - scaled[np.arange(len(labels)), labels]).mean())

    return float(round(np.exp(minimize_scalar(loss, bounds=(-1.5, 1.5), method="bounded").x), 4))


def conformal_threshold(logits: Floats, labels: npt.NDArray[np.int64]) -> float:
    """The probability that a label must reach to be in the set that holds the right one for COVERAGE of pieces.

    Split conformal prediction with the score 1 - p(right label) (Sadinle, Lei and Wasserman 2019, arXiv:1609.00451), on logits that are
    honest for every row. The promise holds for pieces drawn like the training pieces; by site it varies, see docs/accuracy.md.
    """
    probabilities = np.exp(logits - np.logaddexp.reduce(logits, axis=1, keepdims=True))
    right = np.sort(probabilities[np.arange(len(labels)), labels])
    return float(round(right[max(int(np.floor((len(right) + 1) * (1 - COVERAGE))) - 1, 0)], 6))


def _digest(table: Table) -> str:
    """A digest of the training rows' labels and ids, so that a card says what it was made from."""
    labels = ([(head, str(label)) for head, label in sorted(row.labels.items())] for row in table.rows)  # the text, whichever type holds it
    said = "\n".join(f"{row.id}\t{given}\t{row.flags}\t{row.confidence}\t{row.site}" for row, given in zip(table.rows, labels, strict=True))
    return hashlib.sha256(said.encode()).hexdigest()
