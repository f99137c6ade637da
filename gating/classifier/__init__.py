"""Features -> Verdict."""

from __future__ import annotations

from dataclasses import dataclass

from gating.classifier.bundle import Bundle
from gating.classifier.evidence import QUOTED_HEADS, find_evidence
from gating.classifier.heads import Heads
from gating.classifier.second_reader import SecondReader
from gating.classifier.trial import tried_heads
from gating.features import extract
from gating.records import Evidence, Piece, Verdict


@dataclass(frozen=True)
class Classifier:
    """A loaded model, ready to score. `second` is asked where the least sure of strategy, stage and gate is below `second_below`."""

    heads: Heads
    second: SecondReader | None = None
    second_below: float = 0.0

    @classmethod
    def of(cls, bundle: Bundle, second: SecondReader | None = None, second_below: float = 0.0) -> Classifier:
        """The classifier that a bundle holds. Raises BundleError when it holds none."""
        return cls(tried_heads(bundle), second, second_below)

    @property
    def name(self) -> str:
        """The models behind the verdicts."""
        return f"{self.heads.name}+{self.second.name}" if self.second else self.heads.name

    def classify(self, piece: Piece, quotes: int = 1) -> tuple[Verdict, tuple[Evidence, ...]]:
        """The verdict on one piece and `quotes` quotes for each label. `quotes` 0 saves the search."""
        inputs = self.heads.inputs(extract(piece))
        probabilities, model = self.heads.all_probabilities(inputs), self.heads.name
        if self.second is not None and min(probabilities[head].max() for head in QUOTED_HEADS) < self.second_below:
            probabilities = self.second.combine(probabilities, self.second.read(piece))
            model = f"{model}+{self.second.name}"
        verdicts = self.heads.verdicts(probabilities)
        verdict = Verdict(piece.id, **verdicts, flags=self.heads.flags(inputs), model=model)
        return verdict, find_evidence(piece, self.heads, verdicts, quotes) if quotes else ()
