"""Bundle -> Heads, tried out first: a card and arrays with right digests can still be no model."""

from __future__ import annotations

import numpy as np

from gating.classifier.bundle import Bundle
from gating.classifier.heads import Heads
from gating.errors import BundleError
from gating.features import Features
from gating.features.catalogue import signal_names
from gating.features.words import FAMILIES
from gating.records import HEADS, LABELS


def tried_heads(bundle: Bundle) -> Heads:
    """The heads of a bundle after they have scored made-up features. Raises BundleError when arrays or card do not belong together."""
    try:
        heads = Heads(bundle)
        _try(bundle, heads)
    except Exception as error:  # a crafted or half-made bundle can fail in any way that NumPy knows
        raise BundleError(f"{bundle.name}: its arrays and its card make no model ({type(error).__name__}: {error}). Train it again.") from error
    return heads


def _try(bundle: Bundle, heads: Heads) -> None:
    if bundle.card.get("labels") != {head: list(LABELS[head]) for head in HEADS}:
        raise ValueError("it was trained for other labels")
    for family in FAMILIES:
        columns, idf, weights = (bundle.arrays[f"{family}.{part}"] for part in ("columns", "idf", "weights"))
        if not len(columns) == len(idf) == len(weights):
            raise ValueError(f"the n-grams and weights of {family} differ in number")
    known = {family: bundle.arrays[f"{family}.columns"][-1:].astype(np.int64) for family in FAMILIES}
    inputs = heads.inputs(Features(known, np.zeros(len(signal_names()))))
    for head, probabilities in heads.all_probabilities(inputs).items():
        if probabilities.shape != (len(LABELS[head]),) or not np.isfinite(probabilities).all():
            raise ValueError(f"it gives no probabilities of {head}")
    heads.verdicts(heads.all_probabilities(inputs))
    heads.flags(inputs)
