"""Features -> Verdict."""

from __future__ import annotations

from dataclasses import dataclass

from gating.classifier.bundle import Bundle
from gating.classifier.evidence import find_evidence
from gating.classifier.heads import Heads
from gating.features import extract
from gating.records import Evidence, Piece, Verdict


@dataclass(frozen=True)
class Classifier:
    """A loaded model, ready to score."""

    heads: Heads

    @classmethod
    def of(cls, bundle: Bundle) -> Classifier:
        """The classifier that a bundle holds."""
        return cls(Heads(bundle))

    def classify(self, piece: Piece, quotes: int = 1) -> tuple[Verdict, tuple[Evidence, ...]]:
        """The verdict on one piece and `quotes` quotes for each label. `quotes` 0 saves the search."""
        inputs = self.heads.inputs(extract(piece))
        verdicts = self.heads.verdicts(inputs)
        verdict = Verdict(piece.id, **verdicts, flags=self.heads.flags(inputs), model=self.heads.name)
        return verdict, find_evidence(piece, self.heads, verdicts, quotes) if quotes else ()
