"""A company's own judgement from few labelled pieces: the base's last layer, moved as far as the company's rows carry it.

Each head is fitted again by maximum a posteriori with a Gaussian prior centred at the base's coefficients. That is the Laplace
approximation of training on the base's rows and up-weighted company rows together, where the base's rows enter as a Gaussian around
the coefficients they made (MacKay 1992, doi:10.1162/neco.1992.4.3.448; a prior centred at another domain's coefficients: Chelba and
Acero 2006, doi:10.1016/j.csl.2005.05.005). A bundle keeps no covariance, so the Gaussian is round. The company's own wording is
learned in the same fit, with a prior centred at nothing.

How strong the prior is, is chosen by cross-validation over groups of rows with the one-standard-error rule towards the base (Breiman
et al. 1984, section 3.4.3): a change that could be luck is not made.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from scipy.optimize import minimize
from threadpoolctl import threadpool_limits

from gating.classifier.bundle import Array, Bundle
from gating.classifier.heads import FLAG_HEADS, Heads
from gating.features.words import FAMILIES
from gating.records import HEADS, LABELS
from gating.training.evaluate import Probabilities
from gating.training.figures import Table
from gating.training.fit import conformal_threshold, head_weights, table_inputs, temperature

T = TypeVar("T")
R = TypeVar("R")
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
MIN_ROWS, MIN_GROUPS = 8, 4  # of a head: what is learned from fewer cannot be checked on rows of other groups
FOLDS = 5
# Precision of the prior on every coefficient, closest to the base first; infinity is the base itself.
STRENGTHS = (np.inf, 1000.0, 300.0, 100.0, 30.0, 10.0)
WEAKEST = 1500.0  # of strength times rows: with weaker ones twenty rows cost stage macro-F1 (0.756 against 0.761, eleven organisations)
CONSTANT = 10.0  # prior variance of an intercept as a multiple of a coefficient's: companies differ most in how common a label is
WORDING = 300.0  # the same of a piece's n-grams, whose squares sum to 1, where those of the inputs sum to a hundred or two
DIRECTIONS = 300  # in which rows differ, widest first; with 600 rows, 600 directions moved no held-out log loss by more than 0.003
CALIBRATION_ROWS = 60  # of a head, before its temperature and conformal threshold move
PRIOR_ROWS = 200  # company rows that weigh as much as the base's temperature and conformal threshold


class Each(Protocol):
    """How tasks that need not know of each other are done: in turns, as `map` does, or on the machines of a cluster; results in order."""

    def __call__(self, function: Callable[[T], R], tasks: Iterable[T], /) -> Iterable[R]:
        """`function` of each task."""


@dataclass(frozen=True)
class Adapted:
    """A bundle with the company's judgement, and what it takes to say whether that is better than the base's."""

    bundle: Bundle  # complete: the base's arrays with what was learned on top
    held_out: Probabilities  # {head: (n_rows, n_labels)} of models that saw no row of the same group; NaN where the head has no label
    base: Probabilities  # of the untouched base on the same rows, NaN in the same places
    chosen: dict[str, str]  # what became of each head, in words


@dataclass(frozen=True)
class _Space:
    """The company's rows in `coordinates` in which the prior is round, (n_rows, rank). `back`, (n_rows, rank), makes a change there a sum
    of rows, and so a change of weights.
    """

    inputs: Floats
    words: dict[str, sp.csr_matrix]
    coordinates: Floats
    back: Floats


@dataclass(frozen=True)
class _Sample:
    """The labelled rows of one head; `start` are the base's calibrated logits, (n_rows, n_labels)."""

    coordinates: Floats
    start: Floats
    labels: Ints
    weights: Floats
    groups: Ints


@dataclass(frozen=True)
class _Task:
    """A head to learn."""

    sample: _Sample
    threshold: float  # the base's
    seed: int


@dataclass(frozen=True)
class _Learned:
    """What became of one head: `change` of its calibrated logits, (rank, n_labels), then a factor on its temperature.

    `honest`, (n_rows, n_labels), are logits of models that were fitted, chosen and calibrated without the row's group.
    """

    strength: float
    change: Floats
    temperature: float
    threshold: float
    honest: Floats


def adapt(base: Bundle, table: Table, groups: npt.NDArray[np.int64], name: str, version: str, seed: int = 0, each: Each = map) -> Adapted:
    """Moves `base` towards the labels of `table`; rows of one group (a campaign, near copies) never stand on both sides of a check.

    A head needs MIN_ROWS labelled rows in MIN_GROUPS groups and two different labels, else the base's stays. Labels that no row has
    keep the base's coefficients. Rows flagged `not-marketing` are left out. The same rows, groups and seed give the same bytes on one
    machine, in whatever order the rows come.
    """
    inside = np.array([number for number in _canonical_order(table) if "not-marketing" not in table.rows[number].flags], dtype=np.int64)
    rows, numbers = table.take(inside), _renumbered(groups[inside])
    held_out = {head: np.full((len(table), len(LABELS[head])), np.nan) for head in HEADS}
    untouched = {head: values.copy() for head, values in held_out.items()}
    learned, chosen, samples = {}, {}, {}
    with threadpool_limits(1):  # with several, the last bits would depend on the machine's load
        space = _space(base, rows)
        for head in HEADS:
            sample, given = _sample(base, space, rows, numbers, head)
            untouched[head][inside[given]] = held_out[head][inside[given]] = _probabilities(sample.start)
            chosen[head] = _too_little(sample, head)
            if not chosen[head]:
                samples[head] = (sample, given)
        tasks = [_Task(sample, base.card["conformal_thresholds"][head], seed) for head, (sample, _) in samples.items()]
        for (head, (_, given)), found in zip(samples.items(), each(_done, tasks), strict=True):
            held_out[head][inside[given]] = _probabilities(found.honest)
            chosen[head] = "base kept: no change helped by more than chance"
            if np.isfinite(found.strength):
                chosen[head] = f"prior {found.strength:g}, learned from {len(given)} rows"
                learned[head] = found
        about = {"name": name, "version": version, "adapted": _account(base, rows, numbers, chosen, seed)}
        return Adapted(_bundle(base, space, learned, about), held_out, untouched, chosen)


def _canonical_order(table: Table) -> list[int]:
    """The numbers of the rows in an order that depends on the rows alone."""
    keys = [(row.id, sorted(row.labels.items()), row.flags, row.confidence, signals.tobytes()) for row, signals in zip(table.rows, table.signals, strict=True)]
    return sorted(range(len(keys)), key=keys.__getitem__)


def _renumbered(groups: Ints) -> Ints:
    """The same groups, numbered as they come."""
    _, first, numbers = np.unique(groups, return_index=True, return_inverse=True)
    return np.asarray(np.argsort(np.argsort(first))[numbers], dtype=np.int64)


def _space(base: Bundle, rows: Table) -> _Space:
    """Inputs of layer 2, a constant and n-grams, each stretched by the root of its prior variance, turned so that few directions carry all.

    Turning changes neither the prior nor the fit; it looks at no label.
    """
    n_inputs = base.arrays["strategy.coef"].shape[1]
    inputs = table_inputs(rows, Heads(base)) if len(rows) else np.zeros((0, n_inputs))
    words = {family: _weighted(matrix, base.arrays[f"{family}.columns"], base.arrays[f"{family}.idf"]) for family, matrix in rows.words.items()}
    similar = inputs @ inputs.T + CONSTANT
    for matrix in words.values():
        similar += WORDING / len(FAMILIES) * (matrix @ matrix.T).toarray()
    values, vectors = np.linalg.eigh(similar)
    kept = np.flatnonzero(values > 1e-9 * values.max(initial=0.0))[::-1][:DIRECTIONS]
    lengths = np.sqrt(values[kept])
    return _Space(inputs, words, vectors[:, kept] * lengths, vectors[:, kept] / lengths)


def _weighted(counts: sp.csr_matrix, columns: Array, idf: Array) -> sp.csr_matrix:
    """(n_rows, n_columns): the values that `NGrams.row_values` gives one row."""
    kept = counts[:, columns.astype(np.int64)].astype(np.float64)
    kept.data = 1 + np.log(kept.data)
    weighted = kept @ sp.diags(idf.astype(np.float64))
    lengths = np.sqrt(np.asarray(weighted.multiply(weighted).sum(axis=1)).ravel())
    return sp.csr_matrix(sp.diags(1 / np.maximum(lengths, 1e-12)) @ weighted)


def _sample(base: Bundle, space: _Space, rows: Table, groups: Ints, head: str) -> tuple[_Sample, Ints]:
    """The rows with a label of this head, and their numbers."""
    labels = np.array([LABELS[head].index(row.labels[head]) if row.labels[head] else -1 for row in rows.rows], dtype=np.int64)
    given = np.flatnonzero(labels >= 0)
    start = (space.inputs[given] @ base.arrays[f"{head}.coef"].T + base.arrays[f"{head}.intercept"]) / base.card["temperatures"][head]
    return _Sample(space.coordinates[given], start, labels[given], head_weights(rows, head)[given], groups[given]), given


def _too_little(sample: _Sample, head: str) -> str:
    """Why the base's head is kept unasked; empty when there is enough to learn from."""
    n_rows, n_groups, seen = len(sample.labels), len(np.unique(sample.groups)), np.unique(sample.labels)
    if not n_rows:
        return "base kept: no row has this label"
    if n_rows < MIN_ROWS:
        return f"base kept: {n_rows} labelled rows, {MIN_ROWS} are the least"
    if n_groups < MIN_GROUPS:
        return f"base kept: the rows are {n_groups} groups of near copies or campaigns, {MIN_GROUPS} are the least"
    if len(seen) < 2:
        return f"base kept: every row says {LABELS[head][seen[0]]}"
    return ""


def _done(task: _Task) -> _Learned:
    with threadpool_limits(1):
        return _learn(task.sample, task.threshold, task.seed)


def _learn(sample: _Sample, threshold: float, seed: int) -> _Learned:
    """The change that cross-validation chose. For the honest logits strength and temperature are chosen anew without each fold."""
    folds = _folds(sample.groups, seed)
    strengths = [strength for strength in STRENGTHS if strength * len(folds) >= WEAKEST]
    logits = _cross_fitted(sample, folds, strengths)
    honest = np.empty_like(sample.start)
    for fold in range(logits.shape[1]):
        aside = folds == fold
        at, factor = _choose(logits[:, fold], sample, ~aside)
        honest[aside] = logits[at, fold, aside] / factor
    every = np.arange(len(folds))
    left_out = logits[:, folds, every]
    at, factor = _choose(left_out, sample, np.ones(len(folds), bool))
    change = np.zeros((sample.coordinates.shape[1], sample.start.shape[1]))
    for strength in strengths[1 : at + 1]:
        change = _fitted(sample, strength, change)
    if at and len(every) >= CALIBRATION_ROWS:
        threshold = _towards(threshold, conformal_threshold(left_out[at] / factor, sample.labels), len(every))
    return _Learned(strengths[at], change, factor, threshold, honest)


def _folds(groups: Ints, seed: int) -> Ints:
    """The fold of each row: groups in random order, large ones first, each to the fold with the fewest rows."""
    sizes = np.bincount(groups)
    shuffled = np.random.default_rng(seed).permutation(len(sizes))
    fold_of, filled = np.zeros(len(sizes), dtype=np.int64), np.zeros(min(FOLDS, len(np.unique(groups))))
    for group in shuffled[np.argsort(-sizes[shuffled], kind="stable")]:
        fold_of[group] = filled.argmin()
        filled[fold_of[group]] += sizes[group]
    return fold_of[groups]


def _cross_fitted(sample: _Sample, folds: Ints, strengths: Sequence[float]) -> Floats:
    """(n_strengths, n_folds, n_rows, n_labels): logits of the model that saw neither that fold nor the row's own."""
    n_folds = int(folds.max()) + 1
    found = np.tile(sample.start, (len(strengths), n_folds, 1, 1))
    for one in range(n_folds):
        for other in range(one, n_folds):
            train = (folds != one) & (folds != other)
            part = _Sample(sample.coordinates[train], sample.start[train], sample.labels[train], sample.weights[train], sample.groups[train])
            change = np.zeros((sample.coordinates.shape[1], sample.start.shape[1]))
            for at, strength in enumerate(strengths[1:], 1):
                change = _fitted(part, strength, change)
                for fold, aside in ((one, folds == other), (other, folds == one)):
                    found[at, fold, aside] = sample.start[aside] + sample.coordinates[aside] @ change
    return found


def _fitted(sample: _Sample, strength: float, begin: Floats) -> Floats:
    """The most likely change, (rank, n_labels), under a prior of this precision. `begin` only saves steps. Labels without a row stay."""
    n_rows, rank = sample.coordinates.shape
    present = np.unique(sample.labels)
    right = np.arange(n_rows), sample.labels

    def loss(flat: Floats) -> tuple[float, Floats]:
        change = np.zeros_like(begin)
        change[:, present] = flat.reshape(rank, -1)
        log_chances = _log_probabilities(sample.start + sample.coordinates @ change)
        wrong = np.exp(log_chances)
        wrong[right] -= 1
        slope = sample.coordinates.T @ (wrong * sample.weights[:, None]) + strength * change
        return float(-sample.weights @ log_chances[right] + strength / 2 * (change**2).sum()), slope[:, present].ravel()

    best = minimize(loss, begin[:, present].ravel(), jac=True, method="L-BFGS-B", options={"maxiter": 1000, "gtol": 1e-5, "ftol": 1e-10})
    change = np.zeros_like(begin)
    change[:, present] = best.x.reshape(rank, -1)
    return change


def _choose(logits: Floats, sample: _Sample, among: npt.NDArray[np.bool_]) -> tuple[int, float]:
    """(place, factor on the temperature) of the strength closest to the base whose loss on left-out rows is within one standard error of
    the least. The error is that of the difference from the least, by group.
    """
    labels, weights, groups = sample.labels[among], sample.weights[among], sample.groups[among]
    losses = -_log_probabilities(logits[:, among])[:, np.arange(len(labels)), labels] * weights
    worse = losses - losses[losses.sum(axis=1).argmin()]
    of_group = groups == np.unique(groups)[:, None]
    mean = worse.sum(axis=1) / weights.sum()
    spread = worse @ of_group.T - mean[:, None] * (of_group @ weights)
    error = np.sqrt((spread**2).sum(axis=1) * len(of_group) / max(len(of_group) - 1, 1)) / weights.sum()
    at = int(np.argmax(mean <= error * (1 + 1e-9)))  # where groups are alike, a gain in one alone is exactly one standard error: luck
    if at == 0 or len(labels) < CALIBRATION_ROWS:
        return at, 1.0
    return at, float(np.exp(_towards(0.0, np.log(temperature(logits[at, among], labels)), len(labels))))


def _towards(base: float, own: float, n_rows: int) -> float:
    """The mean of the base's value and the company's, weighed by rows."""
    return float((PRIOR_ROWS * base + n_rows * own) / (PRIOR_ROWS + n_rows))


def _bundle(base: Bundle, space: _Space, learned: Mapping[str, _Learned], about: dict[str, Any]) -> Bundle:
    """The base with each head's change: on the inputs it goes onto the coefficients; on n-grams it becomes scores of layer 1 of its own,
    one a label, which only that head listens to.
    """
    arrays = dict(base.arrays)
    card = {key: value for key, value in base.card.items() if key != "arrays_sha256"} | about
    card |= {"temperatures": dict(card["temperatures"]), "conformal_thresholds": dict(card["conformal_thresholds"])}
    labels = [label for head in learned for label in LABELS[head]]
    sums = np.zeros((len(space.inputs), len(labels)))  # of rows, one column a label
    n_scores, column = len(arrays["offset"]), 0
    for name, filler in (("offset", 0.0), ("scores.mean", 0.0), ("scores.scale", 1.0)):
        arrays[name] = np.concatenate([arrays[name], np.full(len(labels), filler)])
    arrays["first_format.coef"] = np.pad(arrays["first_format.coef"], ((0, 0), (0, len(labels))))
    for head in (*HEADS, *FLAG_HEADS):
        arrays[f"{head}.coef"] = np.insert(arrays[f"{head}.coef"], [n_scores] * len(labels), 0.0, axis=1)
    for head, found in learned.items():
        own = slice(column, column + len(LABELS[head]))
        column = own.stop
        sums[:, own] = space.back @ found.change
        scale = card["temperatures"][head]
        coef = arrays[f"{head}.coef"]
        coef[:, [*range(n_scores), *range(n_scores + len(labels), coef.shape[1])]] += scale * (sums[:, own].T @ space.inputs)
        coef[:, n_scores + own.start : n_scores + own.stop] = scale * np.eye(len(LABELS[head]))
        arrays[f"{head}.intercept"] = arrays[f"{head}.intercept"] + scale * CONSTANT * sums[:, own].sum(axis=0)
        card["temperatures"][head] = round(scale * found.temperature, 4)
        card["conformal_thresholds"][head] = round(found.threshold, 6)
    for family, matrix in space.words.items():
        _add_scores(arrays, family, WORDING / len(FAMILIES) * (matrix.T @ sums), n_scores)
    return Bundle(card, arrays)


def _add_scores(arrays: dict[str, Array], family: str, weights: Floats, first: int) -> None:
    """Adds columns of weights to a family, in eight bits as the base's, for the scores numbered from `first`."""
    scale = np.maximum(np.abs(weights).max(axis=0, initial=0.0), 1e-12) / 127
    arrays[f"{family}.scale"] = np.concatenate([arrays[f"{family}.scale"], scale.astype(np.float32)])
    arrays[f"{family}.weights"] = np.hstack([arrays[f"{family}.weights"], np.rint(weights / scale).astype(np.int8)])
    arrays[f"{family}.scores"] = np.concatenate([arrays[f"{family}.scores"], np.arange(first, first + weights.shape[1], dtype=np.int32)])


def _account(base: Bundle, rows: Table, groups: Ints, chosen: dict[str, str], seed: int) -> dict[str, Any]:
    """What the card says of the adaptation."""
    labels = ([(head, str(label)) for head, label in sorted(row.labels.items())] for row in rows.rows)  # the text, whichever type holds it
    said = "\n".join(f"{row.id}\t{given}\t{row.confidence}\t{group}" for row, given, group in zip(rows.rows, labels, groups, strict=True))
    return {
        "base": base.name, "base_sha256": base.card.get("arrays_sha256", ""), "rows": len(rows), "groups": len(np.unique(groups)),
        "rows_sha256": hashlib.sha256(said.encode()).hexdigest(), "chosen": dict(chosen), "seed": seed,
    }  # fmt: skip


def _log_probabilities(logits: Floats) -> Floats:
    """Along the last axis."""
    away = logits - logits.max(axis=-1, keepdims=True)
    return np.asarray(away - np.log(np.exp(away).sum(axis=-1, keepdims=True)))


def _probabilities(logits: Floats) -> Floats:
    return np.asarray(np.exp(_log_probabilities(logits)))
