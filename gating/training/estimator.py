"""One label of gating as a scikit-learn classifier of texts, for those who work in Python."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from importlib.metadata import version as version_of
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import Tags
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_consistent_length, check_is_fitted, column_or_1d

from gating.classifier.bundle import Bundle, base_folder, load_bundle
from gating.classifier.heads import decide
from gating.classifier.trial import tried_heads
from gating.features import extract
from gating.features.catalogue import fingerprint
from gating.reading import read_text
from gating.records import HEADS, LABELS, Example, Piece, Skipped
from gating.settings import DEFAULTS_FILE, Settings, load_settings
from gating.training.adapt import adapt
from gating.training.examples import text_id
from gating.training.figures import table_of
from gating.training.groups import groups_of
from gating.training.registry import check_name, place, version_in_the_making

NAMED = 3  # rows that one error names


class GatingClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn gives no types
    """Learns one label from texts, Markdown or plain, on top of the model that comes with gating.

    Args:
        head: the label: strategy, stage, gate or format.
        base: folder of the model to learn on top of; without it the shipped one.
        seed: which rows are held out together while the strength of the change is chosen.

    After `fit`, `classes_` has all values of the label in alphabetical order, also those of which `y` had no example: the base knows
    them. `outcome_` says what became of the label, which with few rows often is that the base was kept. `bundle_` is the model.
    `save` and `from_bundle` store it without pickle, as `gating train` does, and no code can hide in what is loaded. The second reader
    of `gating[accurate]` is not asked.

    A text that gating would not score (blank, a few words, not English) is refused with a ValueError that names its row.
    `cross_val_predict(method="predict_proba")` hands numbers instead of labels to `fit`, which refuses them.

    >>> from gating.training import GatingClassifier
    >>> texts = [
    ...     "# Book a demo\\n\\nSee our dispatch board with your own vans on it. Tell us your name and work e-mail, and we ring you today.",
    ...     "# Why vans idle\\n\\nWe rode along for a week. Most of the waiting was at the gate, and nobody had ever written it down.",
    ... ]
    >>> classifier = GatingClassifier(head="strategy").fit(texts, ["lead-gen", "demand-gen"])
    >>> classifier.outcome_
    'base kept: 2 labelled rows, 8 are the least'
    >>> classifier.predict(texts).tolist()
    ['lead-gen', 'demand-gen']

    """

    def __init__(self, head: str = "strategy", base: str | Path | None = None, seed: int = 0) -> None:
        self.head = head
        self.base = base
        self.seed = seed

    def fit(self, X: Sequence[str], y: Sequence[str], groups: Sequence[Any] | None = None) -> Self:  # noqa: N803  # scikit-learn's name
        """Moves the base towards the labels `y`. `groups`, one value a text, says which belong together; without it near copies do."""
        self._check_head()
        labels = _labels(y, self.head)
        pieces = [replace(piece, id=text_id(piece)) for piece in _pieces(X)]
        check_consistent_length(pieces, labels, groups)
        examples = [Example(piece, **{self.head: label}) for piece, label in zip(pieces, labels, strict=True)]  # type: ignore[arg-type]
        together = groups_of(examples) if groups is None else np.unique(np.asarray(groups), return_inverse=True)[1].astype(np.int64)
        adapted = adapt(load_bundle(_folder(self.base), fingerprint()), table_of(examples), together, "estimator", "0", self.seed)
        card = {
            **adapted.bundle.card, "seed": self.seed, "learned_rows": sorted({piece.id for piece in pieces}), "n_groups": len(np.unique(together)),
            "versions": {package: version_of(package) for package in ("numpy", "scipy", "scikit-learn", "spacy")},
        }  # fmt: skip
        self.outcome_: str = adapted.chosen[self.head]
        return self._learned(Bundle(card, adapted.bundle.arrays))

    def predict_proba(self, X: Sequence[str]) -> npt.NDArray[np.float64]:  # noqa: N803
        """Calibrated probabilities, (n_texts, n_classes), in the order of `classes_`."""
        return self._probabilities(X)[:, self._order()]

    def predict(self, X: Sequence[str]) -> npt.NDArray[np.str_]:  # noqa: N803
        """The label of each text. In a near tie it is the one that gating takes: the earlier stage, the more open gate, demand-gen."""
        found = self._probabilities(X)
        return np.array(LABELS[self.head])[[decide(row, self.head) for row in found]]

    def save(self, name: str, registry: str | Path) -> Path:
        """Stores the model as the next version of `name` in a registry, as `gating train` does, and returns its folder.

        It is not put in use: nothing has compared it with the model that is. `gating models use NAME` does that.
        """
        check_is_fitted(self)
        check_name(name)
        with version_in_the_making(Path(registry), name) as temporary:
            return Path(registry) / place(self.bundle_, temporary).name

    @classmethod
    def from_bundle(cls, folder: str | Path, head: str = "strategy") -> Self:
        """A fitted classifier of the model in `folder`, whoever trained it. Raises BundleError when it cannot be used."""
        made = cls(head, folder)
        made._check_head()
        made.outcome_ = "loaded, not fitted"
        return made._learned(load_bundle(Path(folder), fingerprint()))

    def _learned(self, bundle: Bundle) -> Self:
        self.bundle_ = bundle
        self.heads_ = tried_heads(bundle)
        self.classes_ = np.unique(LABELS[self.head])
        return self

    def _probabilities(self, texts: Sequence[str]) -> npt.NDArray[np.float64]:
        """(n_texts, n_labels), in the order of LABELS."""
        check_is_fitted(self)
        return np.array([self.heads_.probabilities(self.heads_.inputs(extract(piece)), self.head) for piece in _pieces(texts)])

    def _order(self) -> list[int]:
        return [LABELS[self.head].index(label) for label in self.classes_]

    def _check_head(self) -> None:
        if self.head not in HEADS:
            raise ValueError(f"head is {self.head!r}; it must be one of {', '.join(HEADS)}.")

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = tags.input_tags.one_d_array = True
        tags.input_tags.two_d_array = False
        return tags


def _folder(base: str | Path | None) -> Path:
    return base_folder() if base is None else Path(base)


def _pieces(texts: Iterable[str]) -> list[Piece]:
    """One piece a text. Raises ValueError when one is no text, or one that gating would not score."""
    if isinstance(texts, str) or np.ndim(given := np.asarray(texts, dtype=object)) != 1:
        raise ValueError("X must be a list or array of texts, one a piece.")
    if not len(given):
        raise ValueError("X holds no text.")
    settings = _settings()
    results = [read_text(text, f"text {number}", settings) if isinstance(text, str) else Skipped("", "not a text") for number, text in enumerate(given)]
    refused = [f"{number} ({result.reason})" for number, result in enumerate(results) if isinstance(result, Skipped)]
    if refused:
        more = f" and {len(refused) - NAMED} more" if len(refused) > NAMED else ""
        raise ValueError(f"X has rows that cannot be scored, counted from 0: {', '.join(refused[:NAMED])}{more}. Leave them out.")
    return [result for result in results if isinstance(result, Piece)]


def _settings() -> Settings:
    """The defaults, whatever gating.toml lies in the working folder: an estimator is made of its parameters alone."""
    return load_settings(DEFAULTS_FILE)


def _labels(given: Sequence[str], head: str) -> list[str]:
    check_classification_targets(y := column_or_1d(given))
    unknown = sorted({str(label) for label in y} - set(LABELS[head]))
    if unknown:
        raise ValueError(f"y has {unknown[0]!r}, which is no {head}; known are {', '.join(LABELS[head])}.")
    return [str(label) for label in y]
