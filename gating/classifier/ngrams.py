"""The n-gram part of layer 1: which columns a model kept, and what each adds to the scores."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gating.features.words import FAMILIES, N_COLUMNS, Ints, text_families
from gating.records import BlockKind

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class FamilyWeights:
    """One n-gram family: weights (n_columns, n_own) in eight bits with a scale for each of the scores they add to, the numbers of those
    scores (n_own,), and the place of the family's first row among all rows.
    """

    weights: npt.NDArray[np.int8]
    scale: Floats
    scores: npt.NDArray[np.int32]
    start: int


class NGrams:
    """The kept columns of all families as one run of rows, family by family, each in ascending order of its columns.

    A table over all possible columns tells the row, so that a piece's columns are looked up without a search. Raises ValueError where a
    column lies outside its family's space.
    """

    def __init__(self, arrays: Mapping[str, npt.NDArray[np.generic]]) -> None:
        columns = [arrays[f"{family}.columns"].astype(np.int64) for family in FAMILIES]
        if any(len(kept) and not 0 <= kept.min() <= kept.max() < N_COLUMNS for kept in columns):
            raise ValueError(f"it has n-grams outside the {N_COLUMNS} columns of a family")
        self._idf: Floats = np.concatenate([arrays[f"{family}.idf"] for family in FAMILIES]).astype(np.float64)
        self._starts = np.cumsum([0, *map(len, columns)])
        self._row_of = np.full(len(FAMILIES) * N_COLUMNS, -1, np.int32)
        self._row_of[np.concatenate([kept + number * N_COLUMNS for number, kept in enumerate(columns)])] = np.arange(self._starts[-1], dtype=np.int32)
        self._families = {
            family: FamilyWeights(
                arrays[f"{family}.weights"].astype(np.int8, copy=False), arrays[f"{family}.scale"].astype(np.float64),
                arrays[f"{family}.scores"].astype(np.int32, copy=False), int(start),
            )
            for family, start in zip(FAMILIES, self._starts, strict=False)
        }  # fmt: skip

    def add_to(self, scores: Floats, words: Mapping[str, Ints]) -> None:
        """Adds to `scores` what the columns of a piece, {family: columns with repeats}, are worth."""
        rows, values = self.row_values(words)
        cuts = np.searchsorted(rows, self._starts).tolist()
        for stored, first, last in zip(self._families.values(), cuts, cuts[1:], strict=False):
            if first < last:
                scores[stored.scores] += (values[first:last] @ stored.weights.take(rows[first:last] - stored.start, axis=0)) * stored.scale

    def row_values(self, words: Mapping[str, Ints]) -> tuple[Ints, Floats]:
        """(rows, values) of a piece's known columns: 1 + ln(count), times inverse document frequency, scaled to length 1 within each family."""
        rows = self._row_of[np.concatenate([words[family] + number * N_COLUMNS for number, family in enumerate(FAMILIES) if family in words])]
        rows = np.sort(rows[rows >= 0])
        first = np.flatnonzero(np.diff(rows, prepend=-1))
        rows, counts = rows[first], np.diff(first, append=len(rows))
        values = (1 + np.log(counts)) * self._idf[rows]
        for start, end in itertools.pairwise(np.searchsorted(rows, self._starts).tolist()):
            length = math.sqrt(values[start:end] @ values[start:end])
            if length:
                values[start:end] /= length
        return rows, values

    def text_weights(self, towards: Floats, texts: Sequence[tuple[BlockKind, str]]) -> Floats:
        """How far each text by itself moves the scores along each direction in `towards` (n_scores, n), shape (n_texts, n)."""
        found, places = [], []
        for family, (columns, text_of) in text_families(texts).items():
            stored = self._families[family]
            rows = self._row_of[columns + FAMILIES.index(family) * N_COLUMNS]
            known = rows >= 0
            rows = rows[known]
            found.append(self._idf[rows, None] * (stored.weights.take(rows - stored.start, axis=0) @ (stored.scale[:, None] * towards[stored.scores])))
            places.append(text_of[known])
        values, text_of = np.concatenate(found), np.concatenate(places)
        return np.column_stack([np.bincount(text_of, column, len(texts)) for column in values.T])
