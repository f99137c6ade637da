"""The figures in results/ and the errors read by hand as Markdown tables. Reads nothing but the files beside it, so scripts/quality.py
can load it by path.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent
RESULTS = FOLDER / "results"
HEADS = ("strategy", "stage", "gate", "format")
ORDER = ("majority", "regexes", "fasttext", "tfidf", "minilm", "gating")  # any other reader follows by name
ABLATION = "ablation"
KINDS = {
    "full": "",
    "view": "without the view",
    "family": "without the n-grams of",
    "signals": "without the signals of",
    "layer 2": "without, in layer 2, the",
}


def variant_table() -> list[str]:
    """Every reader in one table: kappa with its interval, then each figure for strategy / stage / gate / format, then speed."""
    rows = [
        "| reader | kappa: strategy | stage | gate | format | macro-F1 | right, of pieces | right, mean of sites | ECE | pieces a second | start-up, s |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    reports = results()
    for report in reports:
        figures = report["heads"]
        cells = [report["title"], *(_kappa(figures.get(head)) for head in HEADS)]
        cells += [_four(figures, "macro_f1", "{:.2f}"), _four(figures, "accuracy", "{:.0%}"), _four(figures, "accuracy_by_site", "{:.0%}"), _four(figures, "ece", "{:.3f}")]
        cells += [_speed(report), f"{report['start_up_seconds']:.1f}" if "start_up_seconds" in report else "-"]
        rows.append(f"| {' | '.join(cells)} |")
    return [*rows, "", *_how(reports)] if reports else ["(No results yet: run `benchmarks/quality/bench.py`.)"]


def _how(reports: list[dict[str, Any]]) -> list[str]:
    first = reports[0]
    packages = {name: number for report in reports for name, number in report["packages"].items()}
    return [
        f"{first['rows']} pieces of {first['sites']} organisations, {first['folds']} folds by organisation, the lock-box left out. Kappa with its 95 % interval by a bootstrap "
        "over sites. Figures in a row of four are for strategy / stage / gate / format. Speed: warm, all heads, from Markdown to labels, processor time on one core; start-up: a "
        "fresh interpreter until the first label, processor time.",
        f"{first['machine'].split(',')[0]}, Python {first['python']}, {', '.join(f'{name} {number}' for name, number in sorted(packages.items()))}.",
    ]


def ablation_table() -> list[str]:
    """What each part is worth: kappa of the full recipe, and below it what is lost (positive) or won (negative) without each part."""
    path = RESULTS / f"{ABLATION}.json"
    if not path.is_file():
        return ["(No ablation yet: run `benchmarks/quality/ablation.py`.)"]
    variants = json.loads(path.read_text(encoding="utf-8"))["variants"]
    rows = ["| recipe | strategy | stage | gate | format | mean |", "|---|---|---|---|---|---|"]
    for name, variant in sorted(variants.items(), key=lambda item: (list(KINDS).index(item[1]["kind"]), -_mean_lost(item[1]))):
        kind, heads = variant["kind"], variant["heads"]
        if kind == "full":
            kappas = [heads[head]["kappa"] for head in HEADS]
            rows.append(f"| full: kappa | {' | '.join(f'{kappa:.3f}' for kappa in kappas)} | {sum(kappas) / len(kappas):.3f} |")
            continue
        what = name if kind == "layer 2" else name.split(" ", 1)[1]
        rows.append(f"| {KINDS[kind]} {what} | {' | '.join(_lost(heads[head]) for head in HEADS)} | {_signed(_mean_lost(variant))} |")
    return [
        *rows,
        "",
        "Below the first row: kappa lost by leaving the part out, the rest as it is; minus is won. A star: the 95 % interval of the difference, by a bootstrap over sites, "
        "leaves out zero; of so many differences one in twenty would do so by chance. Every row is against the same run of the full recipe on one set of folds, so that run's "
        "luck stands in all of them. Two parts that say the same can each be left out for nothing.",
    ]


def lock_box_lines() -> list[str]:
    """How a baseline fares on the lock-box, for comparison."""
    path = RESULTS / "lock_box.json"
    if not path.is_file():
        return []
    report = json.loads(path.read_text(encoding="utf-8"))
    said = ", ".join(f"{head} {report['kappa'][head]:.2f}" for head in HEADS)
    return [f"How hard the lock-box is: {report['title']}, trained on the same pages, has kappa {said} there."]


def layers_table() -> list[str]:
    """Other last layers on the same inputs, beside the shipped one: kappa of each head."""
    path = RESULTS / "second_layer.json"
    if not path.is_file():
        return ["(No results yet: run `benchmarks/quality/second_layer.py`.)"]
    kappas = json.loads(path.read_text(encoding="utf-8"))["kappa"]
    rows = ["| last layer | strategy | stage | gate | format |", "|---|---|---|---|---|"]
    rows += [f"| {name} | {' | '.join(f'{kappa[head]:.3f}' for head in HEADS)} |" for name, kappa in kappas.items()]
    return [
        *rows,
        "",
        "On the same scores of layer 1, in the same folds. A site's other pages as context are no part of what ships: `gating score` judges each piece alone, so that a "
        "score depends on nothing but the piece.",
    ]


def slice_table(name: str) -> list[str]:
    """Share of pieces that one reader gets right, by slice and head."""
    path = RESULTS / f"{name}.json"
    if not path.is_file():
        return [f"(No results of {name} yet: run `benchmarks/quality/bench.py {name}`.)"]
    rows = ["| slice | pieces | sites | strategy right | stage right | gate right | format right |", "|---|---|---|---|---|---|---|"]
    for kind, named in json.loads(path.read_text(encoding="utf-8"))["slices"].items():
        for label, part in named.items():
            figures = part["heads"]
            if kind == "confidence":  # of each head its own, so the sizes differ by head
                cells = [f"{figures[head]['accuracy']:.1%} of {figures[head]['n']}" if head in figures else "-" for head in HEADS]
                rows.append(f"| annotator's confidence {label} | | | {' | '.join(cells)} |")
            else:
                cells = [f"{figures[head]['accuracy']:.1%}" if head in figures else "-" for head in HEADS]
                rows.append(f"| {kind}: {label} | {part['n']} | {part['sites']} | {' | '.join(cells)} |")
    return rows


def errors_table() -> list[str]:
    """Sampled errors by cause, the commonest first, and how often the model's answer was right or fair by the rubric."""
    errors = _read_tsv("errors_read.tsv")
    definitions = {row["group"]: row["definition"] for row in _read_tsv("error_groups.tsv")}
    rows = ["| group | definition | strategy | stage | gate | total | model right or fair |", "|---|---|---|---|---|---|---|"]
    for group, total in Counter(error["group"] for error in errors).most_common():
        inside = [error for error in errors if error["group"] == group]
        heads = Counter(error["head"] for error in inside)
        cells = [group, definitions[group], *(heads[head] for head in HEADS[:3]), total, sum(error["by_the_rubric"] != "label" for error in inside)]
        rows.append(f"| {' | '.join(map(str, cells))} |")
    heads, right = Counter(error["head"] for error in errors), Counter(error["by_the_rubric"] for error in errors)
    unsure = sum(error["annotator_confidence"] != "3" for error in errors)
    return [
        *rows,
        "",
        f"{len(errors)} errors on organisations the model had not seen ({', '.join(f'{heads[head]} of {head}' for head in HEADS[:3])}; drawn by head, so the counts are "
        f"no shares of all errors) were read one by one, the label in view: by the rubric the label is right in {right['label']}, both answers are fair in {right['both']} "
        f"and the model's is right in {right['model']}. In {unsure} the annotator was not sure either.",
    ]


def _read_tsv(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t"))


def results() -> list[dict[str, Any]]:
    """All readers' reports, simplest first."""
    reports = [report for path in sorted(RESULTS.glob("*.json")) if "name" in (report := json.loads(path.read_text(encoding="utf-8")))]
    return sorted(reports, key=lambda report: ORDER.index(report["name"]) if report["name"] in ORDER else len(ORDER))


def _kappa(figures: dict[str, Any] | None) -> str:
    if figures is None:
        return "-"
    low, high = figures["kappa_interval"]
    return f"{figures['kappa']:.2f} ({low:.2f} to {high:.2f})"


def _four(figures: dict[str, Any], name: str, style: str) -> str:
    values = [figures.get(head, {}).get(name) for head in HEADS]
    return "-" if not any(value is not None for value in values) else " / ".join("-" if value is None else style.format(value) for value in values)


def _speed(report: dict[str, Any]) -> str:
    speed = report.get("pieces_a_second")
    if speed is None:
        return "-"
    return "over 100,000" if speed > 100_000 else f"{speed:,.0f}"


def _mean_lost(variant: dict[str, Any]) -> float:
    return sum(variant["heads"][head]["kappa_lost"] for head in HEADS) / len(HEADS)


def _lost(figures: dict[str, Any]) -> str:
    low, high = figures["kappa_lost_interval"]
    return _signed(figures["kappa_lost"]) + ("*" if low > 0 or high < 0 else "")


def _signed(value: float) -> str:
    return f"{value:+.3f}"


if __name__ == "__main__":
    print("\n".join([*variant_table(), "", *ablation_table(), "", *errors_table(), "", *slice_table("gating")]))
