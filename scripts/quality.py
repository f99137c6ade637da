"""Measures the model on organisations it has never seen and writes docs/accuracy.md and the table in README.md.

Site-grouped cross-validation on the feature figures in training_data. Fifteen organisations, chosen by a hash of their names,
are a lock-box: no decision looks at them, and only --lock-box measures on them.
"""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path

import numpy as np

from gating.advice import advise
from gating.classifier.heads import decide
from gating.records import HEADS, LABELS, Advice, HeadVerdict, Piece, Verdict
from gating.settings import Settings, load_settings
from gating.training.evaluate import HeadScore, Probabilities, cross_validate, head_score, kappa_interval, predict
from gating.training.examples import read_examples
from gating.training.figures import Table, load_figures, table_of

ROOT = Path(__file__).resolve().parent.parent
CORPUS = ROOT.parent / "shared" / "corpus" / "train.jsonl"
LOCK_BOX_SITES = 15
ANNOTATORS = {"strategy": 0.97, "stage": 0.91, "gate": 0.91, "format": 0.89}  # ../shared/corpus/README.md: two annotators with each other
MARK, END = "<!-- accuracy: written by scripts/quality.py -->\n", "<!-- end -->"


def lock_box(table: Table) -> set[str]:
    """The sites of the lock-box: the first fifteen by a hash of their name."""
    return set(sorted({row.site for row in table.rows}, key=lambda site: hashlib.sha256(f"gating-lockbox-1:{_hashed_name(site)}".encode()).hexdigest())[:LOCK_BOX_SITES])


def _hashed_name(site: str) -> str:
    return "canonical" if site.startswith("Canonical /") else site


def split(table: Table) -> tuple[Table, Table]:
    """(open rows, lock-box rows)."""
    locked = lock_box(table)
    inside = np.array([row.site in locked for row in table.rows])
    return table.take(np.flatnonzero(~inside)), table.take(np.flatnonzero(inside))


def table_rows(table: Table, found: Probabilities) -> list[str]:
    """The figures of all heads as rows of a Markdown table."""
    rows = ["| label | kappa (95 % by site) | macro-F1 | right | right, mean of sites | ECE | annotators' kappa |", "|---|---|---|---|---|---|---|"]
    for head in HEADS:
        score: HeadScore = head_score(table, head, found[head])
        low, high = kappa_interval(table, head, found[head])
        rows.append(
            f"| {head} | {score.kappa:.2f} ({low:.2f} to {high:.2f}) | {score.macro_f1:.2f} | {score.accuracy:.1%} | {score.accuracy_by_site:.1%} | "
            f"{score.ece:.3f} | {ANNOTATORS[head]:.2f} |"
        )
    return rows


def review_lines(table: Table, found: Probabilities) -> list[str]:
    """How many pieces are sent to a person, how right the others are, how often the gate advice errs badly: of the advice itself, so the
    pages' texts are needed.
    """
    if not CORPUS.is_file():
        return ["(What is sent to a person is measured where the pages' texts are.)"]
    settings = load_settings()
    pieces = {example.piece.id: example.piece for example in read_examples([str(CORPUS)], settings).examples}
    said = [
        (row, _advice(pieces[row.id], {head: found[head][number] for head in HEADS}, settings)) for number, row in enumerate(table.rows) if not np.isnan(found["gate"][number, 0])
    ]
    kept = [(row, verdict, advice) for row, (verdict, advice) in said if not advice.review]
    right = {head: float(np.mean([verdict.head(head).label == row.labels[head] for row, verdict, _ in kept])) for head in ("strategy", "stage", "gate")}
    severe = float(np.mean([advice.gate_neutral == "gated" and row.labels["gate"] == "ungated" for row, (_, advice) in said]))
    return [
        f"{1 - len(kept) / len(said):.1%} of pieces are sent to a person. Of the others {right['strategy']:.1%} of strategies, {right['stage']:.1%} of stages and "
        f"{right['gate']:.1%} of gates are right. `gated` is advised where `ungated` is right for {severe:.1%} of all pieces."
    ]


def _advice(piece: Piece, probabilities: dict[str, np.ndarray], settings: Settings) -> tuple[Verdict, Advice]:
    heads = {head: HeadVerdict(LABELS[head][decide(values, head)], tuple(float(value) for value in values)) for head, values in probabilities.items()}
    verdict = Verdict(piece.id, **heads, flags=(), model="held-out")
    return verdict, advise(piece, verdict, (), settings)


def main() -> None:
    """Measures and writes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lock-box", action="store_true", help="also measure once on the lock-box")
    arguments = parser.parse_args()
    table = load_figures(ROOT / "training_data")
    opened, locked = split(table)
    extra = table_of(read_examples([str(ROOT / "training_data" / "examples.jsonl")], load_settings()).examples)
    found = cross_validate(opened, extra)
    measured = [*table_rows(opened, found), "", *review_lines(opened, found)]
    text = [
        "# Accuracy", "",
        "Two questions decide what these figures are worth: on what, and seen by whom before. The pieces are pages of public website repositories,",
        f"{len(table)} of {len({row.site for row in table.rows})} organisations, English, labelled one by one by language-model annotators under the rubric. Two such annotators agree with each other as the",
        "last column says; people may agree less. No organisation stands on both sides of a split. Written by `scripts/quality.py`.", "",
        f"## Cross-validation by organisation: {len(opened)} pieces, {len({row.site for row in opened.rows})} organisations", "", *measured, "",
    ]  # fmt: skip
    if arguments.lock_box:
        held = predict(opened, locked, extra)
        text += [f"## Lock-box: {len(locked)} pieces, {len({row.site for row in locked.rows})} organisations that no decision looked at", "",
                 *table_rows(locked, held), "", *review_lines(locked, held), ""]  # fmt: skip
    (ROOT / "docs" / "accuracy.md").write_text("\n".join(text), encoding="utf-8")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    before, _, after = readme.partition(MARK)
    (ROOT / "README.md").write_text(before + MARK + "\n".join(measured) + "\n" + END + after.partition(END)[2], encoding="utf-8")
    print("\n".join(text))


if __name__ == "__main__":
    main()
