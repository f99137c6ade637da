"""Piece -> numbers; the only place that knows spaCy. Pure functions, listed in the order of their columns by the catalogue."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from gating.features.offer import offer_signals
from gating.features.shape import shape_signals
from gating.features.subject import subject_signals
from gating.features.view import View, lower, within_window
from gating.features.wording import wording_signals
from gating.features.words import Ints, word_families
from gating.records import Piece


@dataclass(frozen=True)
class Features:
    """One piece as numbers: `words` gives the hashed columns of each n-gram family, with repeats; `signals` follow `catalogue.signal_names()`."""

    words: dict[str, Ints]
    signals: npt.NDArray[np.float64]


def extract(piece: Piece) -> Features:
    """The features of one piece, from its first 12,000 characters. The same piece gives the same numbers in any batch or order."""
    seen = replace(piece, blocks=within_window(piece))
    view = _view_of(seen)
    return Features(word_families(seen, view.chunks), np.array(list(_signals_of(seen, view).values()), dtype=np.float64))


def named_signals(piece: Piece) -> dict[str, float]:
    """Every named signal with its value, in catalogue order."""
    return _signals_of(piece, _view_of(piece))


def _view_of(piece: Piece) -> View:
    return View(lower(piece.title), lower(piece.description), piece.blocks)


def _signals_of(piece: Piece, view: View) -> dict[str, float]:
    return {**shape_signals(view), **wording_signals(view), **subject_signals(piece, view), **offer_signals(piece, view)}
