import numpy as np
import pytest

from gating.classifier.heads import NEAR_TIE, decide, softmax, weighted_columns
from gating.records import LABELS, HeadVerdict


@pytest.mark.parametrize("head", ["strategy", "stage", "gate"])
def test_a_near_tie_goes_to_the_earlier_or_more_open_label(head):
    """The rubric's tie-breaks: the first of two labels that are nearly alike is given."""
    probabilities = np.full(len(LABELS[head]), 0.01)
    probabilities[0], probabilities[-1] = 0.48, 0.48 + NEAR_TIE / 2
    assert decide(probabilities, head) == 0


def test_a_clear_lead_is_no_tie():
    """More than a near tie goes to the likelier label."""
    assert decide(np.array([0.40, 0.10, 0.50]), "stage") == 2


def test_formats_have_no_order():
    """The likeliest format is given, however near another is."""
    probabilities = np.zeros(len(LABELS["format"]))
    probabilities[3], probabilities[7] = 0.49, 0.495
    assert decide(probabilities, "format") == 7


def test_confidence_is_that_of_the_label_given():
    """In a broken tie the confidence is the probability of the label, not the largest one."""
    assert HeadVerdict("awareness", (0.477, 0.479, 0.044)).confidence == 0.477


def test_softmax_of_huge_logits():
    """Logits beyond what exp can hold still give probabilities."""
    np.testing.assert_allclose(softmax(np.array([1000.0, 1000.0, -1000.0])), [0.5, 0.5, 0.0])


def test_weighted_columns_have_length_one():
    """Counts are damped by their logarithm, weighted by idf and scaled to length 1; unknown columns are left out."""
    rows, values = weighted_columns(np.array([3, 3, 3, 9, 7]), np.array([3, 7, 8]), np.array([1.0, 2.0, 5.0]))
    assert rows.tolist() == [0, 1]
    expected = np.array([1 + np.log(3), 2.0])
    np.testing.assert_allclose(values, expected / np.linalg.norm(expected))


def test_no_known_column_gives_nothing():
    """A piece without one known word adds nothing."""
    rows, values = weighted_columns(np.array([5, 6]), np.array([1, 2]), np.array([1.0, 1.0]))
    assert len(rows) == len(values) == 0
