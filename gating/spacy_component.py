"""`nlp.add_pipe("gating")`: what gating says of a text, at `doc._.gating`.

spaCy finds this module by the entry point in pyproject.toml and loads it, as the modules of all such entry points, when the first
pipeline is made, whether that uses gating or not. So nothing but the records is imported up here (13 ms, most of it the records).

The answer lies in `doc.user_data` as plain values, because spaCy writes those when it works in several processes or stores a Doc,
and `doc._.gating` makes the record of them.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spacy.language import Language
from spacy.tokens import Doc

from gating.records import HEADS, Evidence, HeadVerdict, Skipped

if TYPE_CHECKING:
    from gating.assess import Assessor

KEY = "gating"


@dataclass(frozen=True, slots=True)
class Reading:
    """What gating says of one Doc. Probabilities of a head follow `gating.records.LABELS[head]`.

    `advised_gate` is `gate` after the rubric's score, as `gating score` shows it. `evidence` counts lines of the Doc's text.
    """

    strategy: HeadVerdict
    stage: HeadVerdict
    gate: HeadVerdict
    format: HeadVerdict
    advised_gate: str
    review: bool  # a person should look
    flags: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    model: str


class GatingComponent:
    """The component. `model` is the folder of a model; without it the shipped one."""

    def __init__(self, model: str | None = None) -> None:
        from gating.assess import make_assessor
        from gating.settings import DEFAULTS_FILE, load_settings

        self.model = model
        settings = load_settings(DEFAULTS_FILE)  # whatever gating.toml lies in the working folder: a pipeline is made of its config alone
        self._assessor: Assessor = make_assessor(settings, Path(model) if model else None)

    def __call__(self, doc: Doc) -> Doc:
        """The same Doc with its answer; one that cannot be scored gets the reason instead."""
        from gating.reading import read_text

        piece = read_text(doc.text, "doc", self._assessor.settings)
        if isinstance(piece, Skipped):
            doc.user_data[KEY] = {"reason": piece.reason}
            return doc
        finding = self._assessor.assess(piece)
        verdict, advice = finding.verdict, finding.advice
        answer = {
            **{head: asdict(verdict.head(head)) for head in HEADS}, "advised_gate": str(advice.gate), "review": advice.review, "flags": verdict.flags,
            "evidence": [asdict(item) for item in advice.evidence], "model": verdict.model,
        }  # fmt: skip
        doc.user_data[KEY] = json.loads(json.dumps(answer))  # plain strings and lists, as they come back from another process, too
        return doc

    def __reduce__(self) -> tuple[type[GatingComponent], tuple[str | None]]:
        """Another process makes its own from the folder of the model."""
        return GatingComponent, (self.model,)


def make_component(nlp: Language, name: str, model: str | None) -> GatingComponent:
    """What spaCy calls for `nlp.add_pipe("gating", config={"model": ...})`. Raises BundleError when the model cannot be used."""
    return GatingComponent(model)


def _reading(doc: Doc) -> Reading | None:
    """The record, None where the Doc was not scored."""
    found: dict[str, Any] = doc.user_data.get(KEY, {})
    if "model" not in found:
        return None
    heads = {head: _verdict(**found[head]) for head in HEADS}
    evidence = tuple(Evidence(**item) for item in found["evidence"])
    return Reading(**heads, advised_gate=found["advised_gate"], review=found["review"], flags=tuple(found["flags"]), evidence=evidence, model=found["model"])


def _verdict(label: str, probabilities: list[float], cannot_exclude: list[str], predicted: str, rule: str = "") -> HeadVerdict:
    return HeadVerdict(label, tuple(probabilities), tuple(cannot_exclude), predicted, rule)


def _reason(doc: Doc) -> str:
    return str(doc.user_data.get(KEY, {}).get("reason", ""))


Language.factory(KEY, default_config={"model": None}, assigns=["doc._.gating"], func=make_component)
Doc.set_extension("gating", getter=_reading, force=True)
Doc.set_extension("gating_reason", getter=_reason, force=True)
