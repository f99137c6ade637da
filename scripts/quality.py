"""Measures the model on organisations it has never seen and writes docs/accuracy.md and its figures in README.md and two pages of docs/.

Site-grouped cross-validation on the feature figures in training_data. Fifteen organisations, chosen by a hash of their names,
are a lock-box: no decision looks at them, and only --lock-box measures on them.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.metrics import cohen_kappa_score

from gating.advice import advise
from gating.advice.policy import rubric_gate
from gating.classifier.bundle import CARD, current_version, shipped_folder
from gating.classifier.heads import decide
from gating.classifier.second_reader import SecondReader, is_installed
from gating.features.catalogue import signal_names
from gating.records import HEADS, LABELS, Advice, HeadVerdict, Piece, Verdict
from gating.settings import Settings, load_settings
from gating.training.evaluate import HeadScore, Probabilities, conformal_coverage, cross_validate, head_score, kappa_interval, predict
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


def advice_lines(table: Table, found: Probabilities) -> list[str]:
    """How many pieces are sent to a person, how right the others are, how often the gate advice errs badly, and the two ways to the gate
    side by side. Of the advice itself, so the pages' texts are needed.
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
    truth = [row.labels["gate"] for row, _ in said]
    ways = {
        "the model's gate head (what is advised)": [advice.gate_neutral.value for _, (_, advice) in said],
        "the rubric's rules and score on predicted labels": [rubric_gate(advice.gate_rule, advice.gate_parts).value for _, (_, advice) in said],
    }
    rows = ["| gate advice by | kappa | right | `gated` where `ungated` is right |", "|---|---|---|---|"]
    for way, gates in ways.items():
        pairs = list(zip(gates, truth, strict=True))
        severe = float(np.mean([gate == "gated" and true == "ungated" for gate, true in pairs]))
        rows.append(f"| {way} | {cohen_kappa_score(truth, gates):.2f} | {np.mean([gate == true for gate, true in pairs]):.1%} | {severe:.1%} |")
    agree = [gate == true for gate, other, true in zip(*ways.values(), truth, strict=True) if gate == other]
    return [
        f"{1 - len(kept) / len(said):.1%} of pieces are sent to a person. Of the others {right['strategy']:.1%} of strategies, {right['stage']:.1%} of stages and "
        f"{right['gate']:.1%} of gates are right.",
        "", *rows, "",
        f"The two agree on {len(agree) / len(said):.1%} of pieces and are then right on {np.mean(agree):.1%}; where they differ, a person is asked.",
    ]  # fmt: skip


def slice_rows(table: Table, found: Probabilities) -> list[str]:
    """Where it is right and where not: off the diagonal, by length, by how sure the annotator was."""
    labels = [row.labels for row in table.rows]
    words = np.array([table.signals[number][signal_names().index("words_log")] for number in range(len(table))])
    short, long = np.percentile(words, [33.3, 66.7])
    slices = {
        "lead-gen, ungated": [label["strategy"] == "lead-gen" and label["gate"] == "ungated" for label in labels],
        "lead-gen, awareness": [label["strategy"] == "lead-gen" and label["stage"] == "awareness" for label in labels],
        "demand-gen, decision": [label["strategy"] == "demand-gen" and label["stage"] == "decision" for label in labels],
        "shortest third": list(words <= short), "middle third": list((words > short) & (words <= long)), "longest third": list(words > long),
        "annotator sure of strategy": [row.confidence[0] == 3 for row in table.rows], "annotator guessed the strategy": [row.confidence[0] == 1 for row in table.rows],
        "annotator sure of stage": [row.confidence[1] == 3 for row in table.rows], "annotator leaning on stage": [row.confidence[1] == 2 for row in table.rows],
    }  # fmt: skip
    rows = ["| slice | pieces | strategy right | stage right | gate right | format right |", "|---|---|---|---|---|---|"]
    for name, chosen in slices.items():
        inside = np.flatnonzero(np.array(chosen) & ~np.isnan(found["gate"][:, 0]))
        part = table.take(inside)
        shares = [f"{head_score(part, head, found[head][inside]).accuracy:.1%}" for head in HEADS]
        rows.append(f"| {name} | {len(inside)} | {' | '.join(shares)} |")
    return rows


def shipped_weight() -> float:
    """The weight of the second reading in the shipped second reader's card."""
    return float(json.loads((current_version(shipped_folder("second")) / CARD).read_text(encoding="utf-8"))["weight"])


def cascade_rows(table: Table, found: Probabilities, second: Probabilities, below: float) -> list[str]:
    """What the share of second readings and their weight bring: kappa of each head."""
    weight = shipped_weight()
    rows = ["| read twice | weight of the second reading | strategy | stage | gate | format |", "|---|---|---|---|---|---|"]
    for limit, share in [*((limit, weight) for limit in (0.6, 0.7, 0.8, 0.9, 2.0)), *((below, share) for share in (0.2, 0.25, 0.35, 0.4, 0.5, 0.6))]:
        said = with_second_reader(found, second, limit, share)
        twice = np.mean(unsure_rows(found, limit))
        rows.append(f"| {twice:.0%} | {share:.2f} | {' | '.join(f'{head_score(table, head, said[head]).kappa:.3f}' for head in HEADS)} |")
    return [*rows, "", "The second reader alone: " + ", ".join(f"{head} {head_score(table, head, second[head]).kappa:.2f}" for head in HEADS) + " (kappa)."]


def unsure_rows(found: Probabilities, below: float) -> np.ndarray:
    """Which rows the fast model is less sure of than `below`, in the least sure of strategy, stage and gate."""
    return np.asarray(np.minimum.reduce([found[head].max(axis=1) for head in ("strategy", "stage", "gate")]) < below)


def with_second_reader(found: Probabilities, second: Probabilities, below: float, weight: float | None = None) -> Probabilities:
    """The cascade: where the least sure of strategy, stage and gate is below `below`, both readings in one; NaN rows of `second` stay
    as the fast model read them. Without a weight the shipped one.
    """
    weight = shipped_weight() if weight is None else weight
    unsure = unsure_rows(found, below)
    combined = {}
    for head, first in found.items():
        mean = np.exp((1 - weight) * np.log(first + 1e-12) + weight * np.log(second[head] + 1e-12))
        mean /= mean.sum(axis=1, keepdims=True)
        combined[head] = np.where((unsure & ~np.isnan(second[head][:, 0]))[:, None], mean, first)
    return combined


def stored_second(table: Table, file: Path) -> Probabilities:
    """The second reader's out-of-fold probabilities that scripts/second_reader/train.py --folds wrote, in the order of `table`."""
    stored = np.load(file, allow_pickle=False)
    place = {str(name): number for number, name in enumerate(stored["ids"])}
    found = {head: np.full((len(table), len(LABELS[head])), np.nan) for head in HEADS}
    for number, row in enumerate(table.rows):
        if row.id in place:
            for head in HEADS:
                found[head][number] = stored[head][place[row.id]]
    return found


def read_second(table: Table) -> Probabilities:
    """The shipped second reader's probabilities for pages it was not trained on."""
    reader = SecondReader(shipped_folder("second"))
    pieces = {example.piece.id: example.piece for example in read_examples([str(CORPUS)], load_settings()).examples}
    readings = [reader.read(pieces[row.id]) for row in table.rows]
    return {head: np.array([reading[head] for reading in readings]) for head in HEADS}


def error_rows(table: Table, found: Probabilities) -> list[str]:
    """Where the errors are: shares wrong by the piece's true format, and which stages are taken for which."""
    inside = np.flatnonzero(~np.isnan(found["gate"][:, 0]))
    truth = {head: np.array([LABELS[head].index(table.rows[number].labels[head]) for number in inside]) for head in HEADS}
    said = {head: np.array([decide(row, head) for row in found[head][inside]]) for head in HEADS}
    rows = ["| true format | pieces | strategy wrong | stage wrong | gate wrong | most often taken for |", "|---|---|---|---|---|---|"]
    for place, name in sorted(enumerate(LABELS["format"]), key=lambda item: -int((truth["format"] == item[0]).sum())):
        chosen = truth["format"] == place
        wrong = {head: f"{np.mean(truth[head][chosen] != said[head][chosen]):.0%}" for head in ("strategy", "stage", "gate")}
        others = np.bincount(said["format"][chosen & (said["format"] != place)], minlength=len(LABELS["format"]))
        rows.append(f"| {name} | {chosen.sum()} | {wrong['strategy']} | {wrong['stage']} | {wrong['gate']} | {LABELS['format'][int(others.argmax())]} |")
    rows += ["", "| true stage | " + " | ".join(f"said {label}" for label in LABELS["stage"]) + " |", "|---|---|---|---|"]
    for place, name in enumerate(LABELS["stage"]):
        counts = np.bincount(said["stage"][truth["stage"] == place], minlength=3)
        rows.append(f"| {name} | " + " | ".join(str(count) for count in counts) + " |")
    return rows


def kappas(table: Table, found: Probabilities) -> str:
    """The kappas of all heads in one line."""
    return ", ".join(f"{head} {head_score(table, head, found[head]).kappa:.2f}" for head in HEADS)


def conformal_rows(table: Table, found: Probabilities) -> list[str]:
    """How often the label sets that are meant to hold the right label for nine pieces in ten do so."""
    rows = ["| label | sets that hold the right label | the same, worst tenth of sites | labels in a set |", "|---|---|---|---|"]
    for head in HEADS:
        covered, worst, size = conformal_coverage(table, head, found[head])
        rows.append(f"| {head} | {covered:.1%} | {worst:.1%} | {size:.2f} |")
    return rows


def _advice(piece: Piece, probabilities: dict[str, np.ndarray], settings: Settings) -> tuple[Verdict, Advice]:
    heads = {head: HeadVerdict(LABELS[head][decide(values, head)], tuple(float(value) for value in values)) for head, values in probabilities.items()}
    verdict = Verdict(piece.id, **heads, flags=(), model="held-out")
    return verdict, advise(piece, verdict, (), settings)


def bench_tables() -> Any:
    """The module that makes tables of the results in benchmarks/quality."""
    folder = ROOT / "benchmarks" / "quality"
    spec = importlib.util.spec_from_file_location("quality_table", folder / "table.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def bench_lines(module: Any) -> list[str]:
    """The tables of other readers, other last layers, the ablation and the errors read one by one."""
    return [
        "## Beside other methods",
        "",
        *module.variant_table(),
        "",
        "## Other last layers",
        "",
        *module.layers_table(),
        "",
        "## What each part is worth",
        "",
        *module.ablation_table(),
        "",
        "## Errors, read and grouped",
        "",
        *module.errors_table(),
        "",
    ]


def write_between(file: Path, lines: list[str]) -> None:
    """Puts `lines` between the marks of a file."""
    before, _, after = file.read_text(encoding="utf-8").partition(MARK)
    file.write_text(before + MARK + "\n".join(lines) + "\n" + END + after.partition(END)[2], encoding="utf-8")


def main() -> None:
    """Measures and writes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lock-box", action="store_true", help="also measure once on the lock-box")
    parser.add_argument("--second", type=Path, help="out-of-fold probabilities of the second reader, written by scripts/second_reader/train.py --folds")
    arguments = parser.parse_args()
    table = load_figures(ROOT / "training_data")
    opened, locked = split(table)
    extra = table_of(read_examples([str(ROOT / "training_data" / "examples.jsonl")], load_settings()).examples)
    found, tables = cross_validate(opened, extra), bench_tables()
    heads = table_rows(opened, found)
    advice = advice_lines(opened, found)
    text = [
        "# Accuracy", "",
        "Two questions decide what these figures are worth: on what, and seen by whom before. The pieces are pages of public website repositories,",
        f"{len(table)} of {len({row.site for row in table.rows})} organisations, English, labelled one by one by language-model annotators under the rubric. Two such annotators agree with each other as the",
        "last column says; people may agree less. No organisation stands on both sides of a split. Written by `scripts/quality.py`.", "",
        f"## Cross-validation by organisation: {len(opened)} pieces, {len({row.site for row in opened.rows})} organisations", "", *heads, "", *advice, "",
    ]  # fmt: skip
    below = load_settings().second_reader.below
    if arguments.second:
        both_opened = with_second_reader(found, stored_second(opened, arguments.second), below)
        share = float(np.mean(unsure_rows(found, below)))
        text += ["## With the second reader (extra `gating[accurate]`)", "",
                 f"The same pieces; {share:.0%} of them, those whose least sure answer is below {below:.2f}, are read a second time.", "",
                 *table_rows(opened, both_opened), "", *advice_lines(opened, both_opened), "",
                 *cascade_rows(opened, found, stored_second(opened, arguments.second), below), ""]  # fmt: skip
    front = [*heads, "", advice[0]]
    if arguments.lock_box:
        held = predict(opened, locked, extra)
        text += [f"## Lock-box: {len(locked)} pieces, {len({row.site for row in locked.rows})} organisations that no decision looked at", "",
                 *table_rows(locked, held), "", *tables.lock_box_lines(), "", *advice_lines(locked, held), ""]  # fmt: skip
        front += [
            "",
            f"On {len(locked)} pieces of {len({row.site for row in locked.rows})} organisations that no decision looked at it did less well: kappa " + kappas(locked, held) + ".",
        ]
        if is_installed() and CORPUS.is_file():
            both = with_second_reader(held, read_second(locked), below)
            front += [f"With the second reader it is {kappas(opened, both_opened)} in cross-validation and {kappas(locked, both)} there."] if arguments.second else []
            text += ["With the second reader:", "", *table_rows(locked, both), "", *advice_lines(locked, both), ""]
    text += ["## Label sets", "", "`gating explain` names, beside the label, the others it cannot exclude. The sets are made to hold the right label for nine pieces in ten.", "",
             *conformal_rows(opened, found), "", "## Where it is right and where not", "", *slice_rows(opened, found), "", "## Errors by format and stage", "", *error_rows(opened, found), "", *bench_lines(tables)]  # fmt: skip
    (ROOT / "docs" / "accuracy.md").write_text("\n".join(text), encoding="utf-8")
    for page in ("README.md", "docs/limits.md", "docs/model-card.md"):
        write_between(ROOT / page, front)
    print("\n".join(text))


if __name__ == "__main__":
    main()
