"""The names of the signals in column order, and the fingerprint that tells whether a model was made for these features."""

from __future__ import annotations

import hashlib
from functools import lru_cache

from gating.features import named_signals
from gating.features.rules import phrase_lists
from gating.features.subject import common_words
from gating.features.view import WINDOW
from gating.features.words import FAMILIES, N_COLUMNS
from gating.records import Piece

VERSION = 1  # raise when a feature keeps its name and changes its meaning


@lru_cache(maxsize=1)
def signal_names() -> tuple[str, ...]:
    """Names of the dense signals in column order."""
    return tuple(named_signals(Piece("", "", "", ())))


@lru_cache(maxsize=1)
def fingerprint() -> str:
    """12 hex digits that change with the catalogue's version, its names, the phrase lists or the hashing."""
    said = (VERSION, FAMILIES, N_COLUMNS, WINDOW, signal_names(), sorted(phrase_lists().items()), sorted(common_words()))
    return hashlib.sha256(repr(said).encode()).hexdigest()[:12]
