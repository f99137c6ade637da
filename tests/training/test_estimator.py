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
        tags.input_tags.two_d_array, tags.input_tags.one_d_array = True, False
        return tags


TABLE = "the check fits a table of numbers, and gating takes one text a row"
MESSAGE = "the check wants its own words for a fault of a table of numbers; the message here is that X must be texts"
FAIL = {
    **dict.fromkeys(
        """
        check_classifiers_train check_fit_score_takes_y check_estimators_dtypes check_pipeline_consistency check_methods_sample_order_invariance
        check_n_features_in check_f_contiguous_array_estimator check_fit_check_is_fitted check_methods_subset_invariance check_dtype_object
        check_fit_idempotent check_dict_unchanged check_classifiers_classes check_supervised_y_2d check_positive_only_tag_during_fit
        check_classifier_data_not_an_array check_dont_overwrite_parameters check_estimators_pickle check_readonly_memmap_input
        check_n_features_in_after_fitting check_estimators_fit_returns_self check_estimators_overwrite_params check_fit2d_predict1d
        check_classifiers_one_label
        """.split(),
        TABLE,
    ),
    **dict.fromkeys(
        """
        check_estimators_empty_data_messages check_estimator_sparse_array check_estimator_sparse_matrix check_estimator_sparse_tag
        check_estimators_nan_inf check_fit2d_1sample check_fit2d_1feature
        """.split(),
        MESSAGE,
    ),
}


@pytest.mark.filterwarnings("ignore:invalid value encountered in cast:RuntimeWarning")  # of a check that hands NaN as labels
@parametrize_with_checks([AskedWithNumbers()], expected_failed_checks=lambda _: FAIL, xfail_strict=True)
def test_scikit_learns_checks(estimator, check):
    """All checks that scikit-learn has for a classifier: those fail that fit a table of numbers, and no others. Below, the same with texts."""
    check(estimator)


@pytest.fixture(scope="module")
def labelled() -> tuple[list[str], list[str]]:
    """Forty of the project's examples as texts, and their stages."""
    rows = [json.loads(line) for line in EXAMPLES.read_text(encoding="utf-8").splitlines()]
    chosen = [(f"# {row['title']}\n\n{row['text']}", row["stage"]) for row in rows if row.get("stage")][:40]
    return [text for text, _ in chosen], [stage for _, stage in chosen]


@pytest.fixture(scope="module")
def fitted(labelled) -> GatingClassifier:
    """A classifier of the stage that has learned from all of them."""
    return GatingClassifier("stage").fit(*labelled)


def test_the_tags_ask_for_texts():
    """What scikit-learn's tools read: one text a row, no table."""
    tags = get_tags(GatingClassifier()).input_tags
    assert (tags.string, tags.one_d_array, tags.two_d_array) == (True, True, False)


def test_fit_returns_itself_and_leaves_its_parameters_and_texts_alone(labelled):
    """scikit-learn's convention, which lets a clone be fitted like its original."""
    texts, labels = labelled
    before, model = list(texts), GatingClassifier("stage", seed=3)
    assert model.fit(texts, labels) is model
    assert (model.get_params(), texts) == ({"head": "stage", "base": None, "seed": 3}, before)
    assert clone(model).get_params() == model.get_params()


def test_fitting_again_gives_the_same(fitted, labelled):
    """Same rows and seed, also as an array: the same probabilities to the bit."""
    texts, labels = labelled
    again = clone(fitted).fit(np.array(texts), np.array(labels))
    assert np.array_equal(again.predict_proba(texts), fitted.predict_proba(texts))


def test_a_text_is_judged_by_itself(fitted, labelled):
    """Neither order nor company of the texts changes an answer."""
    texts = labelled[0][:6]
    together = fitted.predict_proba(texts)
    assert np.array_equal(fitted.predict_proba(texts[::-1])[::-1], together)
    assert np.array_equal(fitted.predict_proba(texts[2:3]), together[2:3])


@pytest.mark.parametrize("head", ["strategy", "stage", "gate", "format"])
def test_columns_are_the_classes(head, assessor: Assessor, labelled):
    """Alphabetical, as scikit-learn's metrics take them, and each the probability that gating gives that label."""
    model = GatingClassifier.from_bundle(estimator.base_folder(), head)
    assert model.classes_.tolist() == sorted(LABELS[head])
    probabilities = model.predict_proba(labelled[0][:1])[0]
    piece = read_text(labelled[0][0], "text", assessor.settings)
    heads = assessor.classifier.heads
    expected = heads.probabilities(heads.inputs(estimator.extract(piece)), head)
    assert dict(zip(model.classes_, probabilities, strict=True)) == dict(zip(map(str, LABELS[head]), expected, strict=True))


def test_it_learns(labelled):
    """Labels that are turned round, gated for ungated, move the answers, which a base that is kept would not do."""
    texts, _ = labelled
    opposite = ["lead-gen" if label == "demand-gen" else "demand-gen" for label in GatingClassifier.from_bundle(estimator.base_folder()).predict(texts)]
    learned = GatingClassifier("strategy").fit(texts, opposite)
    assert learned.outcome_.startswith("prior ")
    assert learned.score(texts, opposite) > 0.9


def test_groups_decide_what_is_held_out_together(labelled):
    """All rows in one group leave nothing to check a change on, so the base is kept."""
    texts, labels = labelled
    assert GatingClassifier("stage").fit(texts, labels, groups=["spring"] * len(texts)).outcome_.startswith("base kept: ")


def test_it_stands_in_scikit_learns_tools(labelled):
    """Cross-validation over groups, and a search over its parameters."""
    texts, labels = labelled
    scores = cross_val_score(GatingClassifier("stage"), texts, labels, groups=np.arange(len(texts)) // 2, cv=GroupKFold(2))
    assert scores.shape == (2,)
    assert np.isfinite(scores).all()
    assert GridSearchCV(GatingClassifier("stage"), {"seed": [0, 1]}, cv=2).fit(texts, labels).best_params_["seed"] in (0, 1)


def test_what_is_saved_is_what_is_loaded(fitted, labelled, tmp_path):
    """As a version of the registry, sound and not in use; the same probabilities come back, and `gating models use` finds it."""
    folder = fitted.save("acme", tmp_path)
    assert folder == tmp_path / "acme" / "1"
    assert (in_use(tmp_path), [checked.fault for checked in verify(tmp_path)]) == (BASE, [""] * 3)
    again = GatingClassifier.from_bundle(folder, "stage")
    assert np.array_equal(again.predict_proba(labelled[0]), fitted.predict_proba(labelled[0]))
    put_in_use(tmp_path, "acme/1")


def test_the_card_tells_gating_train_what_it_has_learned_from(fitted, labelled):
    """Rows and groups are its own, not its base's: a later training is not compared with it on rows that it knows."""
    card = fitted.bundle_.card
    assert (len(card["learned_rows"]), card["n_groups"], card["adapted"]["rows"]) == (len(labelled[0]),) * 3


def test_learning_on_top_of_another_model(fitted, labelled, tmp_path):
    """`base` is the folder of any model; its name stands in the card of what is learned."""
    folder = fitted.save("acme", tmp_path)
    texts, labels = labelled
    assert GatingClassifier("stage", base=folder).fit(texts, labels).bundle_.card["adapted"]["base"] == "acme/1"


def test_names_that_no_model_can_have_are_refused(fitted, tmp_path):
    """As by `gating train`, before anything is written."""
    with pytest.raises(BundleError, match="name of a model"):
        fitted.save("base", tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        ("one text alone, not a list", "a list or array of texts"),
        ([["a table"], ["of texts"]], "a list or array of texts"),
        ([], "no text"),
        (["A piece about drains that is long enough to be judged by anybody at all.", ""], r"1 \(no text in it\)"),
        (["Kurz", None, "x", "y", "z"], r"1 \(not a text\).* and 2 more"),
    ],
)
def test_what_is_no_text_is_refused_by_row(fitted, texts, said):
    """The message says which rows and why; no answer is made up."""
    with pytest.raises(ValueError, match=said):
        fitted.predict(texts)


def test_labels_and_heads_that_are_none(labelled):
    """The message names what was given and what is known."""
    texts, labels = labelled
    with pytest.raises(ValueError, match=r"'awareness', which is no gate; known are ungated, soft-gate, gated"):
        GatingClassifier("gate").fit(texts, labels)
    with pytest.raises(ValueError, match="head is 'tone'"):
        GatingClassifier("tone").fit(texts, labels)
    with pytest.raises(ValueError, match="inconsistent"):
        GatingClassifier("stage").fit(texts, labels[:-1])


def test_asked_before_it_has_learned(labelled):
    """scikit-learn's own error."""
    with pytest.raises(NotFittedError):
        GatingClassifier().predict(labelled[0])


def test_the_example_of_its_documentation():
    """It runs as it stands there."""
    outcome = doctest.testmod(estimator)
    assert (outcome.attempted >= 4, outcome.failed) == (True, 0)
