"""Examples -> bundle."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gating.training.estimator import GatingClassifier
    from gating.training.learning import train

__all__ = ["GatingClassifier", "train"]

# Loaded when they are asked for: scikit-learn takes two seconds, and the registry beside them does without it.
_PLACES = {"GatingClassifier": "gating.training.estimator", "train": "gating.training.learning"}


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_PLACES[name]), name)
