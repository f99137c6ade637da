"""Labelled pieces -> how good the model in use is on them, what training on them would bring, and which labels to look at again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gating.assess import Assessor
from gating.classifier import Classifier
from gating.classifier.bundle import Bundle, base_folder, load_bundle
from gating.errors import ExamplesError
from gating.features.catalogue import fingerprint
from gating.records import HEADS, Example
from gating.settings import Settings
from gating.training.adapt import adapt
from gating.training.checks import check_examples
from gating.training.evaluate import Probabilities
from gating.training.evaluation import MIN_GROUPS, Evaluation, evaluate_rows
from gating.training.examples import read_examples, text_id
from gating.training.figures import table_of
from gating.training.groups import groups_of
from gating.training.suspicious import Suspect, suspicious

MIN_EXAMPLES = 20  # to train on and judge by the same rows in turns; with fewer, what comes out is chance


@dataclass(frozen=True)
class Measured:
    """The answer of `gating evaluate`. `evaluation` is the model in use on the rows as they are, beside the shipped model where that is another.

    `trained` is cross-validated training on these rows beside what it starts from (`trained_from`); None with the reason in `not_trained`.
    """

    model: str
    problems: tuple[tuple[str, str], ...]  # (source, reason) of what was not used
    notes: tuple[str, ...]
    warning: str
    evaluation: Evaluation
    beside: str  # the model that `evaluation` compares with; empty where there is none
    trained: Evaluation | None
    trained_from: str
    not_trained: str
    suspects: tuple[Suspect, ...]
    judged_by: str  # whose probabilities name the suspects; empty where no model had not seen the rows


def measure(paths: Sequence[str], settings: Settings, assessor: Assessor, folder: Path | None, mapping: Mapping[str, str], most: int | None = None) -> Measured:
    """Measures the model of `assessor`, whose bundle is in `folder` (None for the shipped one), on the labelled pieces behind `paths`.

    At most `most` suspicious labels are named. Raises ExamplesError when there is not one labelled piece.
    """
    found = read_examples(paths, settings, mapping)
    checked = check_examples(found.examples)
    examples = checked.examples
    if not examples:
        raise ExamplesError(_nothing(found.problems))
    groups, table = groups_of(examples), table_of(examples)
    shipped = load_bundle(base_folder(), fingerprint())
    bundle = load_bundle(folder, fingerprint()) if folder else shipped
    known = set(bundle.card.get("learned_rows", ()))
    seen = sum(text_id(example.piece) in known for example in examples)
    own = probabilities_of(examples, assessor.classifier)
    beside = None if bundle.name == shipped.name else _with_heads_of(assessor.classifier, shipped)
    other = probabilities_of(examples, beside) if beside else None
    start = shipped if known or "adapted" in bundle.card else bundle
    adapted = adapt(start, table, groups, "evaluated", "0") if len(examples) >= MIN_EXAMPLES and len(np.unique(groups)) >= MIN_GROUPS else None
    honest, judged_by = (adapted.held_out, f"{start.name}, trained on the other rows") if adapted else (own, "" if seen else bundle.name)
    return Measured(
        assessor.classifier.name,
        found.problems,
        checked.notes,
        _warning(bundle, seen, len(examples)),
        evaluate_rows(table, own, other, groups),
        beside.name if beside else "",
        evaluate_rows(table, adapted.held_out, adapted.base, groups) if adapted else None,
        start.name if adapted else "",
        "" if adapted else _too_few(len(examples), len(np.unique(groups))),
        suspicious(examples, honest, assessor.classifier.heads, most) if judged_by else (),
        judged_by,
    )


def probabilities_of(examples: Sequence[Example], classifier: Classifier) -> Probabilities:
    """What scoring says of each example, the second reader included: {head: (n_examples, n_labels)}."""
    verdicts = [classifier.classify(example.piece, quotes=0)[0] for example in examples]
    return {head: np.array([verdict.head(head).probabilities for verdict in verdicts]) for head in HEADS}


def _with_heads_of(classifier: Classifier, bundle: Bundle) -> Classifier:
    return Classifier.of(bundle, classifier.second, classifier.second_below)


def _warning(bundle: Bundle, seen: int, n_examples: int) -> str:
    if not seen:
        return ""
    return f"{bundle.name} has learned from {seen} of these {n_examples} pieces: its figures here say how well it remembers them, not how well it does on new ones."


def _too_few(n_examples: int, n_groups: int) -> str:
    return (
        f"{n_examples} labelled pieces in {n_groups} groups (near copies, campaigns, sites) are too few to show what training on them would bring; "
        f"it takes {MIN_EXAMPLES} in {MIN_GROUPS} groups."
    )


def _nothing(problems: Sequence[tuple[str, str]]) -> str:
    first = f" The first of {len(problems)} inputs: {problems[0][0]}: {problems[0][1]}." if problems else ""
    return f"There is not one labelled piece to measure by.{first} A label is a column (or front-matter key) named strategy, stage, gate or format; --map names another column."
