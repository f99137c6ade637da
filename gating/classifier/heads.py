"""Numbers -> Verdict. Two linear layers in NumPy, no scikit-learn: hashed n-grams and signals -> scores of several views -> probabilities.

Layer 1: each view (all families, prose, skeleton, style, signals) is a ridge regression on one-hot targets of all heads at once.
Layer 2: each head is a multinomial logistic regression on the standardised scores of all views; it saw, for every training
piece, scores from models that had not seen the piece's site.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np

from gating.classifier.bundle import Bundle
from gating.classifier.ngrams import Floats, NGrams
from gating.features import Features
from gating.records import HEADS, LABELS, BlockKind, HeadVerdict

FLAG_HEADS = ("customer", "not-marketing")
NEAR_TIE = 0.02  # of probability: small enough that it only decides what the model left open
FLAG_FROM = 0.5  # probability from which a flag is raised
FORMAT_SPREAD = 3.0  # by which the first guess at the format is stretched, so that the penalty of layer 2 does not drown it
CLIP = 3.0  # standard deviations; a signal further out says no more


class Heads:
    """The scoring side of a bundle."""

    def __init__(self, bundle: Bundle) -> None:
        arrays = bundle.arrays
        self.name = bundle.name
        self.digest = str(bundle.card.get("arrays_sha256", ""))  # tells two models of one name apart; empty before the bundle was stored
        self.labels = {head: LABELS[head] for head in HEADS}
        self._arrays = arrays
        self._ngrams = NGrams(arrays)
        self._landmarks = arrays["signals.landmarks"].astype(np.float64)
        self._landmark_lengths: Floats = (self._landmarks**2).sum(axis=1)
        self._thresholds: dict[str, float] = bundle.card["conformal_thresholds"]
        self._temperature = {head: float(bundle.card["temperatures"][head]) for head in HEADS}

    def scores(self, features: Features) -> Floats:
        """Layer 1: the scores of all views, shape (n_scores,)."""
        scores: Floats = self._arrays["offset"].astype(np.float64)
        self._ngrams.add_to(scores, features.words)
        scores[self._arrays["signals.scores"]] += self.signal_features(features.signals) @ self._arrays["signals.weights"]
        return scores

    def signal_features(self, signals: Floats) -> Floats:
        """Signals standardised and clipped, then their similarity to each landmark: exp(-d² / 2), d² the mean squared difference."""
        z = self.standardised(signals)
        squared = (z**2).sum() + self._landmark_lengths - 2 * (z @ self._landmarks.T)
        return np.asarray(np.exp(-0.5 * np.maximum(squared, 0.0) / len(z)))

    def standardised(self, signals: Floats) -> Floats:
        """Signals in standard deviations from their training mean, clipped."""
        return np.asarray(np.clip((signals - self._arrays["signals.mean"]) / self._arrays["signals.scale"], -CLIP, CLIP))

    def inputs(self, features: Features) -> Floats:
        """What layer 2 sees: standardised scores, some signals as they are, and a first guess at the format, shape (n_inputs,)."""
        return self.layer_2_inputs(self.scores(features), features.signals)

    def layer_2_inputs(self, scores: Floats, signals: Floats) -> Floats:
        """The inputs of layer 2 from the scores of layer 1 and the signals."""
        arrays = self._arrays
        z = (scores - arrays["scores.mean"]) / arrays["scores.scale"]
        direct = self.standardised(signals)[arrays["direct"]]
        first = softmax(arrays["first_format.coef"] @ z + arrays["first_format.intercept"])
        return np.concatenate([z, direct, FORMAT_SPREAD * first])

    def probabilities(self, inputs: Floats, head: str) -> Floats:
        """Layer 2: calibrated probabilities of one head's labels, shape (n_labels,)."""
        arrays = self._arrays
        return softmax((arrays[f"{head}.coef"] @ inputs + arrays[f"{head}.intercept"]) / self._temperature[head])

    def all_probabilities(self, inputs: Floats) -> dict[str, Floats]:
        """The probabilities of each head in HEADS."""
        return {head: self.probabilities(inputs, head) for head in HEADS}

    def verdicts(self, found: dict[str, Floats]) -> dict[str, HeadVerdict]:
        """The verdict of each head from its probabilities."""
        verdicts = {}
        for head, probabilities in found.items():
            label = self.labels[head][decide(probabilities, head)]
            verdicts[head] = HeadVerdict(label, tuple(float(value) for value in probabilities), self._label_set(head, label, probabilities))
        return verdicts

    def _label_set(self, head: str, label: str, probabilities: Floats) -> tuple[str, ...]:
        """The label given, and every other whose probability reaches the head's conformal threshold, likeliest first."""
        order = np.argsort(-probabilities, kind="stable")
        return (label, *(name for place in order if probabilities[place] >= self._thresholds[head] and (name := self.labels[head][place]) != label))

    def flags(self, inputs: Floats) -> tuple[str, ...]:
        """The flags that the model raises; `thin` and `stale` are rules and not learned."""
        odds = {flag: float(self._arrays[f"{flag}.coef"][0] @ inputs + self._arrays[f"{flag}.intercept"][0]) for flag in FLAG_HEADS}
        return tuple(flag for flag, value in odds.items() if 1 / (1 + np.exp(-value)) >= FLAG_FROM)

    @cached_property
    def _directions(self) -> dict[str, Floats]:
        """For each head, how each layer-1 score moves the log-odds of each label, shape (n_labels, n_scores)."""
        scale = self._arrays["scores.scale"]
        return {head: self._arrays[f"{head}.coef"][:, : len(scale)] / scale / self._temperature[head] for head in HEADS}

    def text_weights(self, verdicts: Mapping[str, str], texts: Sequence[tuple[BlockKind, str]]) -> dict[str, Floats]:
        """How much each sentence or block by itself speaks for the label of each head in `verdicts`, against the head's other labels.

        Each (n_texts,), in units of log-odds per unit of n-gram weight: comparable between texts of one piece, not a share of the probability.
        """
        towards = np.column_stack([self._towards(head, label) for head, label in verdicts.items()])
        found = self._ngrams.text_weights(towards, texts)
        return {head: found[:, number] for number, head in enumerate(verdicts)}

    def _towards(self, head: str, label: str) -> Floats:
        directions = self._directions[head]
        at = self.labels[head].index(label)
        towards: Floats = directions[at] - np.delete(directions, at, axis=0).mean(axis=0)
        return towards


def decide(probabilities: Floats, head: str) -> int:
    """The place of the label to give. In a near tie the rubric takes the earlier stage (P8), the more open gate (K1), demand-gen (T6);
    labels stand in that order.
    """
    if head == "format":
        return int(probabilities.argmax())
    return int(np.argmax(probabilities >= probabilities.max() - NEAR_TIE))


def softmax(logits: Floats) -> Floats:
    """Probabilities from logits; the largest logit is taken off first, so nothing overflows."""
    powers = np.exp(logits - logits.max())
    return np.asarray(powers / powers.sum())
