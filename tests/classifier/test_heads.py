import numpy as np
import pytest

from gating.classifier.heads import NEAR_TIE, decide, softmax
from gating.classifier.ngrams import NGrams
from gating.features.words import FAMILIES, N_COLUMNS
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


def ngrams_of(**kept: dict[int, float]) -> NGrams:
    """The n-gram part of a model that keeps {column: idf} in some families and adds the first family's columns to one score, the next one's to another."""
    arrays = {}
    for number, family in enumerate(FAMILIES):
        found = kept.get(family, {})
        arrays[f"{family}.columns"] = np.array(sorted(found), dtype=np.int32)
        arrays[f"{family}.idf"] = np.array([found[column] for column in sorted(found)], dtype=np.float32)
        arrays[f"{family}.weights"] = np.full((len(found), 1), 2, dtype=np.int8)
        arrays[f"{family}.scale"] = np.array([0.5], dtype=np.float32)
        arrays[f"{family}.scores"] = np.array([number], dtype=np.int32)
    return NGrams(arrays)


def test_values_of_a_family_have_length_one():
    """Counts are damped by their logarithm, weighted by idf and scaled to length 1 in each family; unknown columns are left out."""
    ngrams = ngrams_of(title={3: 1.0, 7: 2.0, 8: 5.0}, words={3: 4.0})
    rows, values = ngrams.row_values({"title": np.array([7, 3, 3, 9, 3]), "words": np.array([3, 4])})
    assert rows.tolist() == [0, 1, 3]
    expected = np.array([1 + np.log(3), 2.0])
    np.testing.assert_allclose(values, [*(expected / np.linalg.norm(expected)), 1.0])


def test_no_known_column_gives_nothing():
    """A piece without one known word adds nothing, and neither does one without words."""
    ngrams = ngrams_of(title={1: 1.0, 2: 1.0})
    for words in ({"title": np.array([5, 6])}, {"title": np.zeros(0, dtype=np.int64)}):
        scores = np.zeros(len(FAMILIES))
        ngrams.add_to(scores, words)
        assert not scores.any()


def test_each_family_adds_to_its_own_scores():
    """The same column in two families is two things."""
    scores = np.zeros(len(FAMILIES))
    ngrams_of(title={5: 1.0}, headings={5: 1.0, 6: 1.0}).add_to(scores, {"title": np.array([5]), "headings": np.array([5, 6])})
    assert scores[FAMILIES.index("title")] == pytest.approx(1.0)
    assert scores[FAMILIES.index("headings")] == pytest.approx(np.sqrt(2))
    assert np.count_nonzero(scores) == 2


@pytest.mark.parametrize("column", [-1, N_COLUMNS])
def test_columns_outside_the_space_are_refused(column):
    """A made-up bundle cannot have its n-grams looked up in another family's columns."""
    with pytest.raises(ValueError, match="outside"):
        ngrams_of(title={4: 1.0, column: 1.0})
