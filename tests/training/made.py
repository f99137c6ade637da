"""Rows with labels and probabilities made by hand, so that figures can be known beforehand."""

from collections.abc import Sequence

import numpy as np
import scipy.sparse as sp

from gating.features.catalogue import signal_names
from gating.features.words import FAMILIES, N_COLUMNS
from gating.records import HEADS, LABELS
from gating.training.evaluate import Probabilities
from gating.training.figures import Row, Table


def table_with(labels: Sequence[dict[str, str]], words: float = 400.0) -> Table:
    """A table of rows with these labels ({head: label}), each a text of so many words."""
    signals = np.zeros((len(labels), len(signal_names())), np.float32)
    signals[:, signal_names().index("words_log")] = np.log(words)
    rows = tuple(Row(str(number), {head: given.get(head, "") for head in HEADS}, (), (3, 3, 3), str(number), {}) for number, given in enumerate(labels))
    empty = sp.csr_matrix((len(labels), N_COLUMNS), dtype=np.float32)
    return Table(dict.fromkeys(FAMILIES, empty), signals, rows)


def sure_of(said: dict[str, Sequence[str]], confidence: float = 0.9) -> Probabilities:
    """Probabilities that give each row the said label with this confidence; nan where "" is said, and for heads not named."""
    n_rows = len(next(iter(said.values())))
    found = {head: np.full((n_rows, len(LABELS[head])), np.nan) for head in HEADS}
    for head, labels in said.items():
        for number, label in enumerate(labels):
            if label:
                found[head][number] = (1 - confidence) / (len(LABELS[head]) - 1)
                found[head][number, LABELS[head].index(label)] = confidence
    return found
