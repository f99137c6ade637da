"""The figures of a model on labelled rows, and whether a candidate may replace a base."""

import math

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score, f1_score, log_loss, precision_recall_fscore_support

from gating.records import LABELS
from gating.training.evaluation import MIN_GROUPS, Evaluation, HeadEvaluation, evaluate_rows, keep_or_not
from tests.training.made import sure_of, table_with

STAGES = LABELS["stage"]


def staged(truth: list[str], said: list[str], groups: list[int] | None = None, confidence: float = 0.9) -> HeadEvaluation:
    """The evaluation of the stage of rows with these labels and predictions."""
    table = table_with([{"stage": label} for label in truth])
    (head,) = evaluate_rows(table, sure_of({"stage": said}, confidence), None, np.array(groups or range(len(truth)))).heads
    return head


def drawn(n: int, seed: int, wrong: float) -> tuple[list[str], list[str]]:
    random = np.random.default_rng(seed)
    truth = [str(label) for label in random.choice(STAGES, n, p=(0.5, 0.3, 0.2))]
    return truth, [str(random.choice(STAGES)) if random.random() < wrong else label for label in truth]


def test_figures_equal_scikit_learn() -> None:
    """Accuracy, macro-F1, kappa, log loss, and each label's precision, recall and F1."""
    truth, said = drawn(90, 1, 0.5)
    head = staged(truth, said)
    assert head.scores.accuracy.value == pytest.approx(np.mean(np.array(truth) == np.array(said)))
    assert head.scores.macro_f1.value == pytest.approx(f1_score(truth, said, average="macro"))
    assert head.scores.kappa.value == pytest.approx(cohen_kappa_score(truth, said))
    assert head.scores.log_loss.value == pytest.approx(log_loss(truth, sure_of({"stage": said})["stage"], labels=list(STAGES)))
    expected = precision_recall_fscore_support(truth, said, labels=list(STAGES))
    np.testing.assert_allclose([(one.precision, one.recall, one.f1, one.support) for one in head.classes], np.transpose(expected))


def test_confusion_has_what_is_right_in_rows() -> None:
    """Two of three decisions were taken for awareness."""
    head = staged(["decision", "decision", "decision", "awareness"], ["awareness", "awareness", "decision", "awareness"])
    assert head.confusion == ((1, 0, 0), (0, 0, 0), (2, 0, 1))


def test_labels_that_nobody_has_or_gives_have_no_line() -> None:
    """A label said in vain has one, with a precision of 0 and no recall."""
    head = staged(["decision", "decision"], ["decision", "awareness"])
    assert [(one.label, one.support, one.given) for one in head.classes] == [("awareness", 0, 1), ("decision", 2, 1)]
    assert head.classes[0].precision == 0
    assert math.isnan(head.classes[0].recall)


def test_rows_without_label_or_probability_are_left_out() -> None:
    """And a head without any is not there."""
    table = table_with([{"stage": "decision"}, {}, {"stage": "awareness"}])
    evaluation = evaluate_rows(table, sure_of({"stage": ["decision", "decision", ""]}), None, np.arange(3))
    assert [(head.head, head.n_rows) for head in evaluation.heads] == [("stage", 1)]


def test_reliability_holds_every_row_in_its_bin() -> None:
    """Sure to 90 % and right in half of the cases: one bin, off by 0.4."""
    head = staged(["decision", "awareness"] * 5, ["decision"] * 10, confidence=0.9)
    (only,) = head.bins
    assert (only.low, only.high, only.count, only.right) == (0.9, 1.0, 10, 0.5)
    assert only.stated == pytest.approx(0.9)
    assert head.scores.ece == pytest.approx(0.4)


def test_rows_of_a_group_count_as_one_draw() -> None:
    """Twelve rows in twelve groups say more than the same rows three times over, of which each three are one group."""
    truth, said = drawn(12, 3, 0.5)
    once = staged(truth, said).scores.accuracy
    thrice = staged(truth * 3, said * 3, [*range(12)] * 3).scores.accuracy
    apart = staged(truth * 3, said * 3).scores.accuracy
    assert (thrice.low, thrice.high) == pytest.approx((once.low, once.high))
    assert apart.high - apart.low < 0.75 * (thrice.high - thrice.low)


def test_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    """A model that is right in 2 of 3 rows, on 25 rows at a time: its accuracy lies in 90 to 100 % of the intervals."""
    inside = []
    for seed in range(100):
        truth, said = drawn(25, seed, 0.5)
        figure = staged(truth, said).scores.accuracy
        inside.append(figure.low <= 2 / 3 <= figure.high)
    assert 0.9 <= np.mean(inside) <= 1


def test_all_right_is_not_certain() -> None:
    """Ten right of ten leave room for a model that is right in seven of ten; a bootstrap without spread gives no interval."""
    head = staged(["decision", "awareness"] * 5, ["decision", "awareness"] * 5)
    assert head.scores.accuracy.high == 1
    assert 0.65 < head.scores.accuracy.low < 0.8
    assert head.scores.macro_f1.low is None


def test_few_groups_have_no_interval() -> None:
    """Four groups would give a handful of different draws."""
    truth, said = drawn(20, 2, 0.5)
    assert staged(truth, said, [number % (MIN_GROUPS - 1) for number in range(20)]).scores.accuracy.low is None
    assert staged(truth, said, [number % MIN_GROUPS for number in range(20)]).scores.accuracy.low is not None


def compared(truth: list[str], said: list[str], before: list[str]) -> Evaluation:
    table = table_with([{"stage": label} for label in truth])
    return evaluate_rows(table, sure_of({"stage": said}), sure_of({"stage": before}), np.arange(len(truth)))


def test_difference_is_paired() -> None:
    """Models that err on the same rows but two differ little for certain, however unsure either figure is."""
    truth, before = drawn(40, 5, 0.6)
    said = truth[:2] + before[2:]
    head = compared(truth, said, before).heads[0]
    difference = dict(head.differences)["accuracy"]
    assert difference.value == pytest.approx(head.scores.accuracy.value - head.base.accuracy.value)
    assert difference.high - difference.low < 0.5 * (head.scores.accuracy.high - head.scores.accuracy.low)


def test_same_predictions_differ_by_nothing() -> None:
    """The interval is a point at 0."""
    truth, said = drawn(20, 4, 0.4)
    assert {(figure.value, figure.low, figure.high) for _, figure in compared(truth, said, said).heads[0].differences} == {(0, 0, 0)}


def test_slices_are_the_rows_they_say() -> None:
    """Labels that seldom go together, and rows of low confidence; a slice without a row is not shown."""
    labels = [
        {"strategy": "lead-gen", "stage": "awareness", "gate": "gated"},
        {"strategy": "demand-gen", "stage": "awareness", "gate": "ungated"},
        {"strategy": "lead-gen", "stage": "decision", "gate": "gated"},
        {"strategy": "demand-gen", "stage": "consideration", "gate": "soft-gate"},
    ]
    said = {head: [row[head] for row in labels] for head in ("strategy", "stage", "gate")}
    sure, unsure = sure_of(said), sure_of(said, 0.55)
    (seldom,) = evaluate_rows(table_with(labels), sure, None, np.arange(4)).slices
    assert (seldom.name, seldom.n_rows) == ("labels that seldom go together", 2)
    assert [(score.head, score.n_rows, score.right, score.base_right) for score in seldom.heads] == [(head, 2, 2, None) for head in ("strategy", "stage", "gate")]
    assert [(one.name.partition(" (")[0], one.n_rows) for one in evaluate_rows(table_with(labels), unsure, sure, np.arange(4)).slices][1:] == [("low confidence", 4)]
    assert any(one.name.startswith("short pieces") and one.n_rows == 4 for one in evaluate_rows(table_with(labels, words=80), sure, None, np.arange(4)).slices)


def decided(truth: list[str], said: list[str], before: list[str], groups: list[int] | None = None, confidence: float = 0.9) -> tuple[bool, str]:
    table = table_with([{"stage": label} for label in truth])
    decision = keep_or_not(table, sure_of({"stage": said}, confidence), sure_of({"stage": before}), np.array(groups or range(len(truth))))
    return decision.keep, decision.reason


def test_better_candidate_is_kept_with_its_figures() -> None:
    """The reason counts what was right before and now."""
    truth, before = drawn(40, 6, 0.6)
    keep, reason = decided(truth, truth, before)
    right = sum(one == other for one, other in zip(truth, before, strict=True))
    assert keep
    assert f"Right: stage 40 of 40 (before {right})" in reason
    assert "On 40 held-out rows in 40 groups" in reason


def test_worse_candidate_is_refused() -> None:
    """A dozen broken of forty is no chance."""
    truth, before = drawn(40, 7, 0.2)
    spoilt = ["awareness" if label == "decision" else "decision" for label in truth[:12]]
    keep, reason = decided(truth, spoilt + before[12:], before)
    assert not keep
    assert "worse in stage" in reason


def test_equal_candidate_is_kept() -> None:
    """Two broken and two mended of forty are no harm shown."""
    truth, _ = drawn(40, 8, 0.0)
    other = ["decision" if label == "awareness" else "awareness" for label in truth]
    keep, reason = decided(truth, other[:2] + truth[2:], truth[:2] + other[2:4] + truth[4:])
    assert keep
    assert "not shown to be worse" in reason


def test_candidate_that_grew_too_sure_is_refused() -> None:
    """It gives the same labels, and is sure of the wrong ones, too: accuracy would not notice."""
    truth, said = drawn(60, 9, 0.6)
    assert not decided(truth, said, said, confidence=0.9999)[0]


def test_harm_to_one_head_is_not_bought_by_others() -> None:
    """Better in strategy and gate, clearly worse in stage: refused, and the stage is named."""
    n = 60
    truth, _ = drawn(n, 10, 0.0)
    labels = [{"strategy": "lead-gen", "gate": "gated", "stage": label} for label in truth]
    wrong = ["decision" if label == "awareness" else "awareness" for label in truth]
    candidate = sure_of({"strategy": ["lead-gen"] * n, "gate": ["gated"] * n, "stage": wrong[:20] + truth[20:]})
    base = sure_of({"strategy": ["demand-gen"] * n, "gate": ["ungated"] * n, "stage": truth})
    decision = keep_or_not(table_with(labels), candidate, base, np.arange(n))
    assert not decision.keep
    assert "worse in stage:" in decision.reason


def test_rows_of_one_group_do_not_refuse() -> None:
    """Ten broken rows that are copies of each other are one piece of bad luck."""
    truth, _ = drawn(40, 11, 0.0)
    spoilt = ["awareness" if label == "decision" else "decision" for label in truth[:10]] + truth[10:]
    assert not decided(truth, spoilt, truth)[0]
    assert decided(truth, spoilt, truth, groups=[0] * 10 + [*range(1, 31)])[0]


def test_without_held_out_rows_nothing_speaks_for_a_candidate() -> None:
    """No probability, no comparison: the model in use stays."""
    table = table_with([{"stage": "decision"}] * 3)
    decision = keep_or_not(table, sure_of({"stage": [""] * 3}), sure_of({"stage": ["decision"] * 3}), np.arange(3))
    assert not decision.keep
    assert "No labelled row could be held out" in decision.reason


def test_with_few_groups_the_figure_itself_decides() -> None:
    """Three groups: worse on the whole is refused, better is kept, and the reason says why there is no interval."""
    truth, _ = drawn(12, 12, 0.0)
    wrong = ["decision" if label == "awareness" else "awareness" for label in truth]
    groups = [number % 3 for number in range(12)]
    assert decided(truth, truth, wrong, groups)[0]
    keep, reason = decided(truth, wrong[:1] + truth[1:], truth, groups)
    assert not keep
    assert "3 groups of rows are too few for an interval" in reason
