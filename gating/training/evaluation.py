"""How good a model is on labelled rows, beside another model on the very same rows, with intervals that know which rows belong together.

Intervals are expanded percentile bootstraps over groups (near copies, campaigns, sites; groups.py): rows of a group err together, so whole
groups are drawn. Both models are judged on the same draws, which takes out what makes a draw easy or hard for both.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import norm, t

from gating.features.catalogue import signal_names
from gating.records import HEADS, LABELS, Gate, Stage, Strategy
from gating.training.evaluate import BINS, Probabilities, calibration_error, decisions
from gating.training.figures import Row, Table

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
RESAMPLES = 2000
LEVEL = 0.95  # of intervals
MIN_GROUPS = 5  # with fewer a bootstrap knows only a handful of different draws, and its interval would look surer than it is
LEAST_PROBABILITY = 0.001  # in the log loss: among few rows one that is wrong and sure of it must not decide alone
SHORT_WORDS = 150
LOW_CONFIDENCE = 0.6  # of the least sure of strategy, stage and gate


@dataclass(frozen=True, slots=True)
class Figure:
    """A value with its 95 % interval; no interval where there are fewer than MIN_GROUPS groups or every draw of them gave the same."""

    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Scores:
    """One model on one head. `kappa` is nan where all rows have and get one label; `log_loss` is of the right label, natural logarithm."""

    accuracy: Figure
    macro_f1: Figure
    kappa: Figure
    log_loss: Figure
    ece: float  # expected calibration error of the label given, 0..1


@dataclass(frozen=True, slots=True)
class ClassScore:
    """One label. Precision is nan where the model never gives it, recall where no row has it."""

    label: str
    precision: float
    recall: float
    f1: float
    support: int
    given: int  # how often the model gives it


@dataclass(frozen=True, slots=True)
class Bin:
    """Rows whose label was given with a probability from `low` to `high`: their mean, and the share that is right."""

    low: float
    high: float
    count: int
    stated: float
    right: float


@dataclass(frozen=True, slots=True)
class HeadEvaluation:
    """One head over the rows that have a label of it. Rows of `confusion` are what is right, columns what was said, in the order of LABELS."""

    head: str
    n_rows: int
    n_groups: int
    scores: Scores
    classes: tuple[ClassScore, ...]  # labels that stand or were given
    confusion: tuple[tuple[int, ...], ...]
    bins: tuple[Bin, ...]
    base: Scores | None = None  # of the other model on the same rows
    differences: tuple[tuple[str, Figure], ...] = ()  # (accuracy, macro_f1, log_loss) of the model less those of the other, paired


@dataclass(frozen=True, slots=True)
class SliceScore:
    """One head on some of the rows: how many are right, and how many the other model gets right, where there is one."""

    head: str
    n_rows: int
    right: int
    base_right: int | None


@dataclass(frozen=True, slots=True)
class Slice:
    """Rows that are harder than most, and how the model does on them."""

    name: str
    n_rows: int
    heads: tuple[SliceScore, ...]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A model on labelled rows. Heads without a label are not in `heads`."""

    n_rows: int
    n_groups: int
    heads: tuple[HeadEvaluation, ...]
    slices: tuple[Slice, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a candidate may replace the base, and the sentence that says why."""

    keep: bool
    reason: str


@dataclass(frozen=True)
class _Judged:
    """The rows of one head that have a label and a probability: numbers of rows, right labels, groups from 0."""

    rows: Ints
    truth: Ints
    groups: Ints


@dataclass(frozen=True)
class _Sums:
    """What one model makes of each group: confusion (n_groups, k, k) and summed log loss (n_groups,)."""

    confusion: Floats
    loss: Floats


def evaluate_rows(table: Table, probabilities: Probabilities, base: Probabilities | None, groups: Ints) -> Evaluation:
    """The figures of a model on the rows of `table` whose probability is not NaN, and of `base` on those that both have one for.

    `groups` numbers the groups of the rows.
    """
    heads = [found for head in HEADS if (found := _evaluate_head(table, head, probabilities[head], base[head] if base else None, groups))]
    return Evaluation(len(table), len(np.unique(groups)), tuple(heads), _slices(table, probabilities, base))


def keep_or_not(table: Table, candidate: Probabilities, base: Probabilities, groups: Ints) -> Decision:
    """Whether `candidate` may replace `base`, by what both say of held-out rows.

    Refused when a paired bootstrap over groups shows it to be worse in log loss: over all heads together (each row counts the mean over
    its labels) at 95 %, one-sided, or on one head, at a level divided by the number of heads. Log loss, because on few rows it shows
    harm that a count of right answers cannot: with 40 rows, a label or two decide the latter. With fewer than MIN_GROUPS groups the mean
    difference itself decides, and without held-out rows nothing speaks for a candidate.
    """
    judged = {head: found for head in HEADS if len((found := _judged(table, head, (candidate[head], base[head]), groups)).rows)}
    if not judged:
        return Decision(False, "No labelled row could be held out, so nothing shows that the new model is as good as the old one.")
    worse = {head: _losses(rows, candidate[head]) - _losses(rows, base[head]) for head, rows in judged.items()}
    n_labels = np.zeros(len(table))
    total = np.zeros(len(table))
    for head, rows in judged.items():
        total[rows.rows] += worse[head]
        n_labels[rows.rows] += 1
    seen = np.flatnonzero(n_labels)
    overall = _mean_by_group(total[seen] / n_labels[seen], groups[seen], 2 * LEVEL - 1)
    by_head = {head: _mean_by_group(worse[head], rows.groups, 1 - 2 * (1 - LEVEL) / len(judged)) for head, rows in judged.items()}
    harmed = [head for head, figure in by_head.items() if figure.low is not None and figure.low > 0]
    worse_on_the_whole = (overall.value if overall.low is None else overall.low) > 0
    keep = not worse_on_the_whole and not harmed
    shown = by_head[harmed[0]] if harmed and not worse_on_the_whole else overall
    return Decision(keep, _reason(harmed, keep, shown, len(seen), len(np.unique(groups[seen])), _right_words(judged, candidate, base)))


def _reason(harmed: list[str], keep: bool, difference: Figure, n_rows: int, n_groups: int, right: str) -> str:
    better = difference.high is not None and difference.high < 0
    outcome = ("better" if better else "not shown to be worse") if keep else f"worse in {', '.join(harmed)}" if harmed else "worse"
    if difference.low is None or difference.high is None:
        bounds = f"; {n_groups} groups of rows are too few for an interval, it takes {MIN_GROUPS}"
    else:
        bounds = f" ({difference.low:+.3f} to {difference.high:+.3f})"
    return f"On {n_rows} held-out rows in {n_groups} groups the new model is {outcome}: log loss {difference.value:+.3f}{bounds}; less is better. Right: {right}."


def _right_words(judged: dict[str, _Judged], candidate: Probabilities, base: Probabilities) -> str:
    def right(head: str, rows: _Judged, found: Probabilities) -> int:
        return int((decisions(found[head][rows.rows], head) == rows.truth).sum())

    return ", ".join(f"{head} {right(head, rows, candidate)} of {len(rows.rows)} (before {right(head, rows, base)})" for head, rows in judged.items())


def _judged(table: Table, head: str, found: tuple[Floats, ...], groups: Ints) -> _Judged:
    """The rows that have a label of `head`, and a probability by every model in `found`."""
    truth = np.array([LABELS[head].index(row.labels[head]) if row.labels[head] else -1 for row in table.rows], dtype=np.int64)
    known = np.all([~np.isnan(probabilities[:, 0]) for probabilities in found], axis=0)
    rows = np.flatnonzero((truth >= 0) & known)
    return _Judged(rows, truth[rows], np.unique(groups[rows], return_inverse=True)[1].astype(np.int64))


def _losses(judged: _Judged, probabilities: Floats) -> Floats:
    right = probabilities[judged.rows, judged.truth]
    return np.asarray(-np.log(np.maximum(right, LEAST_PROBABILITY)))


def _draws(n_groups: int) -> Floats:
    """(RESAMPLES, n_groups): how often each group is drawn."""
    return np.random.default_rng(0).multinomial(n_groups, np.full(n_groups, 1 / n_groups), size=RESAMPLES).astype(float)


def _mean_by_group(values: Floats, groups: Ints, level: float) -> Figure:
    numbers = np.unique(groups, return_inverse=True)[1]
    sums, sizes = np.bincount(numbers, weights=values), np.bincount(numbers)
    draws = _draws(len(sums))
    return _figure(float(values.mean()), (draws @ sums) / (draws @ sizes), len(sums), level)


def _figure(value: float, drawn: Floats, n_groups: int, level: float = LEVEL) -> Figure:
    """The value with the middle of what was drawn; draws without a value (nan) tell nothing and are left out. The tails are made thinner
    than `level` says by as much as Student's t is wider than the normal curve (Hesterberg 2015, arXiv:1411.5279): the plain percentile
    interval is too narrow for few groups.
    """
    known = drawn[~np.isnan(drawn)]
    if n_groups < MIN_GROUPS or not len(known):
        return Figure(value)
    tail = float(norm.cdf(np.sqrt(n_groups / (n_groups - 1)) * t.ppf((1 - level) / 2, n_groups - 1)))
    low, high = np.quantile(known, [tail, 1 - tail])
    return Figure(value, float(low), float(high))


def _evaluate_head(table: Table, head: str, probabilities: Floats, base: Floats | None, groups: Ints) -> HeadEvaluation | None:
    judged = _judged(table, head, (probabilities,) if base is None else (probabilities, base), groups)
    if not len(judged.rows):
        return None
    n_groups = int(judged.groups.max()) + 1
    draws = _draws(n_groups)
    own = _sums(judged, probabilities, head)
    other = None if base is None else _sums(judged, base, head)
    confusion = own.confusion.sum(axis=0)
    return HeadEvaluation(
        head=head,
        n_rows=len(judged.rows),
        n_groups=n_groups,
        scores=_scores(own, draws, *_stated(judged, probabilities, head)),
        classes=tuple(score for place, label in enumerate(LABELS[head]) if (score := _class_score(label, place, confusion)).support or score.given),
        confusion=tuple(tuple(int(count) for count in row) for row in confusion),
        bins=_bins(*_stated(judged, probabilities, head)),
        base=None if base is None or other is None else _scores(other, draws, *_stated(judged, base, head)),
        differences=() if other is None else tuple((name, _difference(own, other, draws, metric)) for name, metric in METRICS.items() if name != "kappa"),
    )


def _stated(judged: _Judged, probabilities: Floats, head: str) -> tuple[Floats, Floats]:
    """(the probability of the label given, 1 where it is right)."""
    rows = probabilities[judged.rows]
    said = decisions(rows, head)
    return rows[np.arange(len(rows)), said], (said == judged.truth).astype(float)


def _sums(judged: _Judged, probabilities: Floats, head: str) -> _Sums:
    k, n_groups = len(LABELS[head]), int(judged.groups.max()) + 1
    said = decisions(probabilities[judged.rows], head)
    confusion = np.zeros((n_groups, k, k))
    np.add.at(confusion, (judged.groups, judged.truth, said), 1)
    return _Sums(confusion, np.bincount(judged.groups, weights=_losses(judged, probabilities), minlength=n_groups).astype(float))


def _drawn(sums: _Sums, draws: Floats) -> _Sums:
    """The sums of each draw."""
    n_groups, k, _ = sums.confusion.shape
    return _Sums((draws @ sums.confusion.reshape(n_groups, -1)).reshape(-1, k, k), draws @ sums.loss)


def _scores(sums: _Sums, draws: Floats, stated: Floats, right: Floats) -> Scores:
    once, drawn = _drawn(sums, np.ones((1, len(sums.loss)))), _drawn(sums, draws)
    figures = {name: _with_spread(_figure(float(metric(once)[0]), metric(drawn), len(sums.loss))) for name, metric in METRICS.items()}
    figures["accuracy"] = _not_surer_than_counted(figures["accuracy"], len(sums.loss))
    return Scores(**figures, ece=calibration_error(stated, right))


def _with_spread(figure: Figure) -> Figure:
    """Without its interval where every draw gave the same, as when no row is wrong: that is no certainty, the bootstrap knows nothing then."""
    return Figure(figure.value) if figure.low == figure.high else figure


def _not_surer_than_counted(accuracy: Figure, n_groups: int) -> Figure:
    """The accuracy with an interval at least as wide as Wilson's (1927) for as many independent rows as there are groups."""
    if n_groups < MIN_GROUPS:
        return accuracy
    z, share = 1.96, accuracy.value
    middle = (share + z**2 / (2 * n_groups)) / (1 + z**2 / n_groups)
    half = z * np.sqrt(share * (1 - share) / n_groups + z**2 / (4 * n_groups**2)) / (1 + z**2 / n_groups)
    low, high = (share, share) if accuracy.low is None or accuracy.high is None else (accuracy.low, accuracy.high)
    return Figure(share, min(low, max(0.0, float(middle - half))), max(high, min(1.0, float(middle + half))))


def _difference(own: _Sums, other: _Sums, draws: Floats, metric: Callable[[_Sums], Floats]) -> Figure:
    once = np.ones((1, len(own.loss)))
    value = float((metric(_drawn(own, once)) - metric(_drawn(other, once)))[0])
    return _figure(value, metric(_drawn(own, draws)) - metric(_drawn(other, draws)), len(own.loss))


def _accuracy(sums: _Sums) -> Floats:
    return np.asarray(np.trace(sums.confusion, axis1=1, axis2=2) / sums.confusion.sum(axis=(1, 2)))


def _macro_f1(sums: _Sums) -> Floats:
    """The mean over labels that stand or were given, as scikit-learn has it."""
    right, either = np.einsum("nii->ni", sums.confusion), sums.confusion.sum(axis=1) + sums.confusion.sum(axis=2)
    with np.errstate(invalid="ignore"), warnings.catch_warnings():
        return np.asarray(np.nanmean(2 * right / either, axis=1))


def _kappa(sums: _Sums) -> Floats:
    """Cohen's: agreement beyond what the two counts of labels give by chance."""
    n = sums.confusion.sum(axis=(1, 2))
    by_chance = (sums.confusion.sum(axis=1) * sums.confusion.sum(axis=2)).sum(axis=1) / n**2
    with np.errstate(invalid="ignore"):
        return np.asarray((_accuracy(sums) - by_chance) / np.where(by_chance < 1, 1 - by_chance, np.nan))


def _log_loss(sums: _Sums) -> Floats:
    return np.asarray(sums.loss / sums.confusion.sum(axis=(1, 2)))


METRICS: dict[str, Callable[[_Sums], Floats]] = {"accuracy": _accuracy, "macro_f1": _macro_f1, "kappa": _kappa, "log_loss": _log_loss}


def _class_score(label: str, place: int, confusion: Floats) -> ClassScore:
    right, support, given = confusion[place, place], confusion[place].sum(), confusion[:, place].sum()
    return ClassScore(
        str(label),
        precision=float(right / given) if given else float("nan"),
        recall=float(right / support) if support else float("nan"),
        f1=float(2 * right / (support + given)) if support + given else float("nan"),
        support=int(support),
        given=int(given),
    )


def _bins(stated: Floats, right: Floats) -> tuple[Bin, ...]:
    """The bins of the calibration error that hold a row."""
    numbers = np.minimum((stated * BINS).astype(int), BINS - 1)
    return tuple(
        Bin(number / BINS, (number + 1) / BINS, int(inside.sum()), float(stated[inside].mean()), float(right[inside].mean()))
        for number in np.unique(numbers).tolist() if (inside := numbers == number).any()
    )  # fmt: skip


def _slices(table: Table, probabilities: Probabilities, base: Probabilities | None) -> tuple[Slice, ...]:
    words = np.exp(table.signals[:, signal_names().index("words_log")])
    least_sure = np.min([np.nan_to_num(probabilities[head].max(axis=1), nan=1.0) for head in ("strategy", "stage", "gate")], axis=0)
    chosen = {
        "labels that seldom go together": np.array([_is_off_diagonal(row) for row in table.rows]),
        f"short pieces (under {SHORT_WORDS} words)": words < SHORT_WORDS - 0.5,
        f"low confidence (a label under {round(100 * LOW_CONFIDENCE)} %)": least_sure < LOW_CONFIDENCE,
    }
    slices = (Slice(name, int(inside.sum()), _slice_scores(table, inside, probabilities, base)) for name, inside in chosen.items())
    return tuple(found for found in slices if found.heads)


def _is_off_diagonal(row: Row) -> bool:
    """Demand-gen that is for buyers or behind a form, lead-gen that is for beginners or open: where the three labels must be told apart."""
    strategy, stage, gate = row.labels["strategy"], row.labels["stage"], row.labels["gate"]
    if strategy == Strategy.DEMAND_GEN:
        return stage == Stage.DECISION or gate in (Gate.SOFT_GATE, Gate.GATED)
    return strategy == Strategy.LEAD_GEN and (stage == Stage.AWARENESS or gate == Gate.UNGATED)


def _slice_scores(table: Table, inside: npt.NDArray[np.bool_], probabilities: Probabilities, base: Probabilities | None) -> tuple[SliceScore, ...]:
    scores = []
    rows_of = np.flatnonzero(inside)
    part = table.take(rows_of)
    for head in HEADS:
        found = (probabilities[head][rows_of], *((base[head][rows_of],) if base else ()))
        judged = _judged(part, head, found, rows_of)
        if len(judged.rows):
            right = [int((decisions(one[judged.rows], head) == judged.truth).sum()) for one in found]
            scores.append(SliceScore(head, len(judged.rows), right[0], right[1] if base else None))
    return tuple(scores)
