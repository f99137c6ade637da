"""Labels that a person should look at again."""

from dataclasses import replace

import numpy as np
import pytest

from gating.assess import Assessor
from gating.records import Example
from gating.training.suspicious import label_issues, suspicious
from tests.builders import PROSE, piece_of
from tests.training.made import sure_of


def model_of(truth: np.ndarray, seed: int, k: int = 3) -> np.ndarray:
    """Probabilities of a fair model that never saw the given labels: right in about 17 of 20 rows."""
    random = np.random.default_rng(seed)
    logits = random.normal(0, 1, (len(truth), k))
    logits[np.arange(len(truth)), truth] += 2.2
    return np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)


def planted(seed: int, n: int = 200, n_wrong: int = 12) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(given labels, probabilities, rows with a planted error)."""
    random = np.random.default_rng(seed)
    truth = random.integers(0, 3, n)
    rows = random.choice(n, n_wrong, replace=False)
    given = truth.copy()
    given[rows] = (truth[rows] + 1) % 3
    return given, model_of(truth, seed), rows


def test_planted_errors_are_found() -> None:
    """In ten tables of 200 rows with 12 wrong labels each: most are named, and most of the six named first are wrong; by chance 6 % would be."""
    found = first = 0
    for seed in range(10):
        given, probabilities, wrong = planted(seed)
        named = [row for row, _ in label_issues(given, probabilities)]
        found += len(set(named) & set(wrong))
        first += len(set(named[:6]) & set(wrong))
    assert found >= 0.6 * 120
    assert first >= 0.8 * 60


def test_agreement_names_nobody() -> None:
    """Where every given label is the likeliest one there is nothing to look at."""
    truth = np.tile([0, 1, 2], 10)
    probabilities = np.full((30, 3), 0.3)
    probabilities[np.arange(30), truth] = 0.4
    assert label_issues(truth, probabilities) == []


def test_habit_of_the_model_is_allowed_for() -> None:
    """A model that always leans to one label names only rows where it leans further than it does on rows with that label."""
    given = np.array([0] * 10 + [1] * 10)
    probabilities = np.tile([0.55, 0.45], (20, 1))
    probabilities[:10] = (0.9, 0.1)
    assert label_issues(given, probabilities) == []
    probabilities[15] = (0.95, 0.05)
    assert label_issues(given, probabilities) == [(15, 0)]


def test_worst_comes_first() -> None:
    """By how far the given label is below the other."""
    given = np.array([0] * 8 + [1] * 8)
    probabilities = np.vstack([np.tile([0.8, 0.2], (8, 1)), np.tile([0.2, 0.8], (8, 1))])
    probabilities[3], probabilities[12] = (0.15, 0.85), (0.99, 0.01)
    assert [row for row, _ in label_issues(given, probabilities)] == [12, 3]


def test_label_that_no_row_has_is_never_proposed() -> None:
    """Nothing is known of how sure the model should be of it."""
    assert label_issues(np.zeros(6, dtype=np.int64), np.tile([0.1, 0.9], (6, 1))) == []
    assert label_issues(np.zeros(0, dtype=np.int64), np.zeros((0, 2))) == []


@pytest.fixture
def rows() -> tuple[list[Example], dict[str, np.ndarray]]:
    """Twenty examples whose stage and strategy the model confirms, but for the stage of the third."""
    stages = ["awareness", "decision"] * 10
    piece = piece_of(PROSE, "Book a demo and see your own crates.")
    examples = [Example(replace(piece, source=f"labels.csv#{number}"), stage=stage, strategy="demand-gen") for number, stage in enumerate(stages)]
    said = [*stages]
    said[2] = "decision"
    return examples, sure_of({"stage": said, "strategy": ["demand-gen"] * 20})


def test_suspect_has_quote_and_both_labels(assessor: Assessor, rows: tuple[list[Example], dict[str, np.ndarray]]) -> None:
    """A person sees what was given, what is likely, and words of the piece that speak for it."""
    (suspect,) = suspicious(*rows, assessor.classifier.heads)
    assert (suspect.source, suspect.head, suspect.given, suspect.predicted) == ("labels.csv#2", "stage", "awareness", "decision")
    assert suspect.given_probability < suspect.predicted_probability == pytest.approx(0.9)
    assert suspect.quote in {block.text for block in rows[0][2].piece.blocks} or suspect.quote in PROSE
    assert suspect.line > 0


def test_rows_without_a_probability_are_left_out(assessor: Assessor, rows: tuple[list[Example], dict[str, np.ndarray]]) -> None:
    """And at most so many are named."""
    examples, probabilities = rows
    assert suspicious(examples, probabilities, assessor.classifier.heads, 0) == ()
    probabilities["stage"][2] = np.nan
    assert suspicious(examples, probabilities, assessor.classifier.heads) == ()
