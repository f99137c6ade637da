"""Labels that a person should look at again: confident learning on probabilities of models that had not seen the row.

After Northcutt, Jiang and Chuang 2021 (doi:10.1613/jair.1.12125, arXiv:1911.00068): a label is likely when its probability reaches the
mean that it has among the rows with that label, so that a model that is too sure, or never sure, of one label is judged by its own
habit. Rows whose likeliest such label is not the given one stand off the diagonal of the paper's confident joint. Written here and not
taken from cleanlab, whose package carries a file under the AGPL and brings pandas; on random data both name the same rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gating.classifier.evidence import QUOTED_HEADS, find_evidence
from gating.classifier.heads import Heads
from gating.records import HEADS, LABELS, Evidence, Example, HeadVerdict
from gating.training.evaluate import Probabilities

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
ROUNDING = 1e-6  # a probability this little under the mean reaches it


@dataclass(frozen=True, slots=True)
class Suspect:
    """One label of one row that is likely to be wrong. The quote, empty for a format, speaks most for the predicted label."""

    source: str
    title: str
    head: str
    given: str
    predicted: str
    given_probability: float
    predicted_probability: float
    quote: str = ""
    line: int = 0


def suspicious(examples: Sequence[Example], probabilities: Probabilities, heads: Heads, most: int | None = None) -> tuple[Suspect, ...]:
    """The labels to look at again, worst first, at most `most`. `probabilities` must come from models that had not seen the rows; rows
    with NaN are left out. `heads` finds the quotes.
    """
    found = []
    for head in HEADS:
        given = np.array([LABELS[head].index(label) if (label := getattr(example, head)) else -1 for example in examples], dtype=np.int64)
        rows = np.flatnonzero((given >= 0) & ~np.isnan(probabilities[head][:, 0]))
        for row, likely in label_issues(given[rows], probabilities[head][rows]):
            number = int(rows[row])
            found.append((_margin(probabilities[head][number], given[number]), number, head, int(given[number]), likely))
    return tuple(_suspect(examples[number], head, given, likely, probabilities[head][number], heads) for _, number, head, given, likely in sorted(found)[:most])


def label_issues(given: Ints, probabilities: Floats) -> list[tuple[int, int]]:
    """(row, likely label) of each row whose label is likely to be another, worst first: by how far the given label's probability is
    below the likeliest other's. `given` (n_rows,) are places of labels, `probabilities` is (n_rows, n_labels).
    """
    if not len(given):
        return []
    habits = np.array([probabilities[given == label, label].mean() if (given == label).any() else np.inf for label in range(probabilities.shape[1])])
    likely = np.where(probabilities >= habits - ROUNDING, probabilities, -1.0)
    best = likely.argmax(axis=1)
    agreed = probabilities.argmax(axis=1) == given  # unsure by habit, and still the likeliest: nothing to look at
    issues = np.flatnonzero((likely.max(axis=1) >= 0) & (best != given) & ~agreed)
    return sorted(((int(row), int(best[row])) for row in issues), key=lambda issue: (_margin(probabilities[issue[0]], given[issue[0]]), issue))


def _margin(probabilities: Floats, given: np.int64) -> float:
    return float(probabilities[given] - np.delete(probabilities, given).max())


def _suspect(example: Example, head: str, given: int, likely: int, probabilities: Floats, heads: Heads) -> Suspect:
    predicted = str(LABELS[head][likely])
    quote = _quote(example, head, predicted, heads)
    return Suspect(
        example.piece.source,
        example.piece.title,
        head,
        str(LABELS[head][given]),
        predicted,
        given_probability=float(probabilities[given]),
        predicted_probability=float(probabilities[likely]),
        quote=quote.quote if quote else "",
        line=quote.line if quote else 0,
    )


def _quote(example: Example, head: str, predicted: str, heads: Heads) -> Evidence | None:
    if head not in QUOTED_HEADS:
        return None
    wanted = {name: HeadVerdict(predicted if name == head else LABELS[name][0], ()) for name in QUOTED_HEADS}
    return next((item for item in find_evidence(example.piece, heads, wanted) if item.label == predicted), None)
