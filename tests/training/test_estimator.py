"""GatingClassifier: scikit-learn's own checks, and what it does with texts."""

import doctest
import json

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, GroupKFold, cross_val_score
from sklearn.utils import get_tags
from sklearn.utils.estimator_checks import parametrize_with_checks

from gating.assess import Assessor
from gating.classifier.registry import BASE, in_use
from gating.errors import BundleError
from gating.reading import read_text
from gating.records import LABELS
from gating.training import GatingClassifier, estimator
from gating.training.registry import put_in_use, verify
from tests.training.data import EXAMPLES


class AskedWithNumbers(GatingClassifier):
    """The same, but it says that it takes tables of numbers: scikit-learn asks an estimator of texts next to nothing."""

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = True
        return tags


NUMBERS = "the check fits a table of numbers; gating takes texts"
NEEDS_NUMBERS = dict.fromkeys(
    """
    check_estimators_overwrite_params check_dont_overwrite_attributes
    """.split(),
    NUMBERS,
)


@parametrize_with_checks([AskedWithNumbers()], expected_failed_checks=lambda _: NEEDS_NUMBERS, xfail_strict=True)
def test_scikit_learns_checks(estimator, check):
    """All checks that scikit-learn has for a classifier, of which those fail that fit a table of numbers, and no others."""
    check(estimator)
