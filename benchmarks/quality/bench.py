"""Runs readers through one and the same site-grouped cross-validation and writes results/NAME.json for each.

    python benchmarks/quality/bench.py majority regexes tfidf      # or --all

The folds are those of scripts/quality.py: its open rows, gating.training.evaluate.cross_validate with only its `predict` replaced.
The lock-box is read for one thing only: `--lock-box NAME` measures how hard it is for a baseline, so that our own figure there can be judged.
"""

from __future__ import annotations

import argparse
import datetime
import hashlib
import json
import os
import platform
import re
import resource
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any
from unittest.mock import patch

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before NumPy: "on one core" has to be true
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
import quality
from baselines import READERS, Gating, Reader

from gating.features.catalogue import fingerprint, signal_names
from gating.records import HEADS
from gating.settings import load_settings
from gating.training import evaluate
from gating.training.examples import read_examples
from gating.training.figures import Table, load_figures, table_of

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
RESULTS = HERE / "results"
CACHE = Path("/tmp/gating-bench")
FIGURES, EXAMPLES = ROOT / "training_data", ROOT / "training_data" / "examples.jsonl"
MIN_SLICE = 80  # pieces of an industry group; smaller ones say little
N_TIMED = 200  # pieces scored for the speed
RUNS = 3  # of the start-up
CORE_PACKAGES = ("numpy", "scipy", "scikit-learn")
Predict = Callable[..., evaluate.Probabilities]
# The corpus names 109 industries, most of one organisation. The first group whose pattern fits takes it.
INDUSTRIES = {
    "agencies and marketing": r"agency|marketing|social media|ads|publisher|ad network|lead identity|event media|customer retention",
    "insurance and finance": r"insurance|fintech|pension|investment|tax|bookkeeping|accounting|law firm|company formation",
    "health, education, public good": r"health|dental|education|social care|nonprofit|school|training|sports",
    "things made, built, moved": r"manufactur|construction|trades|home services|logistics|industrial|real estate|security services|security surveillance"
    r"|agricultur|energy|travel|field service",
    "services for companies": r"consulting|IT services|IT/IoT services|business services",
    "infrastructure and developer tools": r"open-source|kubernetes|cloud|database|warehouse|data|MLOps|API|developer|dev tool|monitoring|serverless|MQTT|IoT|infrastructure"
    r"|backend|search|hosting|reverse ETL|device management|dashboards|integration|Backstage|uptime",
    "business software": r"",
}
DIAGONAL = (("lead-gen", "gate", "ungated"), ("lead-gen", "stage", "awareness"), ("demand-gen", "stage", "decision"))


def load_tables() -> tuple[Table, Table]:
    """(open rows, the project's own examples), as scripts/quality.py has them."""
    opened, _ = quality.split(load_figures(FIGURES))
    return opened, table_of(read_examples([str(EXAMPLES)], load_settings()).examples)


def cross_validated(predict: Predict, opened: Table, extra: Table, seed: int = 0) -> evaluate.Probabilities:
    """Out-of-fold probabilities of any reader, in the package's own folds."""
    with patch.object(evaluate, "predict", predict):
        return evaluate.cross_validate(opened, extra, seed=seed)


def read_records() -> dict[str, dict[str, Any]]:
    """The corpus and the project's examples by id. Exits with a sentence where the corpus is absent."""
    if not quality.CORPUS.is_file():
        sys.exit(f"{quality.CORPUS}: the pages' texts are not here; only `gating` and ablation.py run from the figures in training_data alone.")
    records = [json.loads(line) for path in (quality.CORPUS, EXAMPLES) for line in path.read_text(encoding="utf-8").splitlines()]
    return {record["id"]: record for record in records}


def text_of(record: dict[str, Any]) -> str:
    """What a reader of texts sees of a piece."""
    return "\n".join((record.get("title") or "", record.get("description") or "", record["text"]))


def predict_by(fresh: Callable[[], Reader], texts: dict[str, str], fitted: list[Reader]) -> Predict:
    """A `predict` that trains a fresh reader on texts; each fold's reader is put into `fitted`."""

    def predict(train: Table, test: Table, extra: Table | None = None) -> evaluate.Probabilities:
        rows = [*train.rows, *(extra.rows if extra else ())]
        labels = {head: [row.labels[head] for row in rows] for head in HEADS}
        fitted[:] = [fresh().fit([texts[row.id] for row in rows], labels)]
        return fitted[0].probabilities([texts[row.id] for row in test.rows])

    return predict


def heads_report(table: Table, found: evaluate.Probabilities, intervals: bool = True, calibrated: bool = True) -> dict[str, dict[str, Any]]:
    """The figures of each head that the reader answers."""
    report: dict[str, dict[str, Any]] = {}
    for head in HEADS:
        given = np.array([bool(row.labels[head]) for row in table.rows]) & ~np.isnan(found[head][:, 0])
        if not given.any():
            continue
        score = evaluate.head_score(table, head, found[head])
        labels = {row.labels[head] for row, inside in zip(table.rows, given, strict=True) if inside}
        report[head] = {
            "n": int(given.sum()),
            "kappa": rounded(score.kappa) if len(labels) > 1 else None,  # of one true label kappa is 0 whatever is said
            "macro_f1": rounded(score.macro_f1) if len(labels) > 1 else None,
            "accuracy": rounded(score.accuracy),
            "accuracy_by_site": rounded(score.accuracy_by_site),
            "ece": rounded(score.ece) if calibrated else None,
        }
        if intervals:
            report[head]["kappa_interval"] = [rounded(value) for value in evaluate.kappa_interval(table, head, found[head])]
    return report


def rounded(value: float) -> float:
    """To four digits; more would be noise."""
    return round(float(value), 4)


def slices(table: Table, found: evaluate.Probabilities, industries: dict[str, str], calibrated: bool) -> dict[str, dict[str, Any]]:
    """{kind: {slice: its figures}}. A confidence is the annotator's in that head; format has none and is left out there."""
    judged = np.flatnonzero(~np.isnan(found["strategy"][:, 0]))
    chosen: dict[str, dict[str, Any]] = {"off-diagonal": {}, "industry": {}, "length": {}, "confidence": {}}
    for strategy, head, label in DIAGONAL:
        chosen["off-diagonal"][f"{strategy} + {label}"] = [
            number for number in judged if (table.rows[number].labels["strategy"], table.rows[number].labels[head]) == (strategy, label)
        ]
    for group in INDUSTRIES if industries else ():
        inside = [number for number in judged if industries[table.rows[number].id] == group]
        if len(inside) >= MIN_SLICE:
            chosen["industry"][group] = inside
    words = np.exp(table.signals[:, signal_names().index("words_log")].astype(float))
    low, high = np.quantile(words[judged], [1 / 3, 2 / 3])
    for name, inside in (
        (f"up to {low:.0f} words", words[judged] <= low),
        (f"{low:.0f} to {high:.0f} words", (words[judged] > low) & (words[judged] <= high)),
        (f"over {high:.0f} words", words[judged] > high),
    ):
        chosen["length"][name] = judged[inside]
    report = {kind: {name: slice_report(table, found, rows, calibrated) for name, rows in named.items()} for kind, named in chosen.items()}
    for confidence in (3, 2, 1):
        by_head = {
            head: slice_report(table, found, [number for number in judged if table.rows[number].confidence[place] == confidence], calibrated)["heads"].get(head)
            for place, head in enumerate(("strategy", "stage", "gate"))
        }
        report["confidence"][str(confidence)] = {"heads": {head: figures for head, figures in by_head.items() if figures}}
    return report


def slice_report(table: Table, found: evaluate.Probabilities, rows: Sequence[int] | np.ndarray, calibrated: bool) -> dict[str, Any]:
    """Size and figures of some rows."""
    numbers = np.array(rows, dtype=np.int64)
    if not len(numbers):
        return {"n": 0, "sites": 0, "heads": {}}
    part = table.take(numbers)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # scikit-learn warns of a slice with one true label, whose kappa is not written
        heads = heads_report(part, {head: values[numbers] for head, values in found.items()}, intervals=False, calibrated=calibrated)
    return {"n": len(part), "sites": len({row.site for row in part.rows}), "heads": heads}


def industry_groups(records: dict[str, dict[str, Any]]) -> dict[str, str]:
    """The industry group of each piece of the corpus."""
    return {
        id_: next(group for group, pattern in INDUSTRIES.items() if re.search(pattern, record["industry"], re.IGNORECASE))
        for id_, record in records.items()
        if "industry" in record
    }


def speed(reader: Reader, sample: list[Any]) -> float:
    """Pieces a second of processor time, warm, all heads: the machine is shared, so the clock on the wall would measure the neighbours."""
    reader.forget()
    reader.probabilities(sample[:3])
    start = time.process_time()
    reader.probabilities(sample)
    return float(f"{len(sample) / (time.process_time() - start):.3g}")


def start_up(name: str, folder: Path) -> float:
    """Seconds of processor time of a fresh interpreter that imports what the reader needs, loads its model and labels one short text; median."""
    code = (
        f"import sys; sys.path[:0] = {[str(HERE), str(ROOT)]!r}; from pathlib import Path; import baselines; "
        f"baselines.READERS[{name!r}].load(Path({str(folder)!r})).probabilities([baselines.SHORT_TEXT])"
    )
    taken = []
    for _ in range(RUNS):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        taken.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return round(median(taken), 2)


def digest(table: Table) -> str:
    """Of the open rows' figures and labels: two results with another digest were not measured on the same table."""
    found = hashlib.sha256(repr([(row.id, sorted(row.labels.items()), row.flags, row.site) for row in table.rows]).encode())
    found.update(np.ascontiguousarray(table.signals))
    for matrix in table.words.values():
        for part in (matrix.indptr, matrix.indices, matrix.data):
            found.update(np.ascontiguousarray(part))
    return found.hexdigest()[:16]


def provenance(table: Table, packages: Sequence[str]) -> dict[str, Any]:
    """What the figures were measured on and with."""
    judged = [row for row in table.rows if "not-marketing" not in row.flags]
    return {
        "rows": len(judged),
        "sites": len({row.site for row in judged}),
        "folds": evaluate.FOLDS,
        "catalogue": fingerprint(),
        "table_sha256": digest(table),
        "measured": datetime.date.today().isoformat(),
        "machine": f"{platform.machine()}, {platform.system()}, one core, processor time",
        "python": platform.python_version(),
        "packages": {name: version(name) for name in (*CORE_PACKAGES, *packages)},
    }


def run(name: str, cache: Path, opened: Table, extra: Table) -> dict[str, Any]:
    """Everything about one reader; its out-of-fold probabilities go to the cache."""
    kind = READERS[name]
    begun = time.process_time()
    fitted: list[Reader] = []
    records = read_records() if kind is not Gating or quality.CORPUS.is_file() else {}
    if kind is Gating:
        found = cross_validated(evaluate.predict, opened, extra)
    else:
        found = cross_validated(predict_by(kind, {id_: text_of(record) for id_, record in records.items()}, fitted), opened, extra)
    trained = time.process_time() - begun
    cache.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(cache / f"{name}.npz", ids=np.array([row.id for row in opened.rows]), **found)
    report = {
        "name": name, "title": kind.title, **provenance(opened, kind.packages),
        "heads": heads_report(opened, found, calibrated=kind.calibrated),
        "slices": slices(opened, found, industry_groups(records), kind.calibrated),
        "cross_validation_seconds": round(trained, 1),
    }  # fmt: skip
    if records:
        sample = [records[opened.rows[number].id] for number in np.linspace(0, len(opened) - 1, N_TIMED).astype(int)]
        reader = kind.load(cache) if kind is Gating else fitted[0]
        if kind is not Gating:
            reader.save(cache / name)
        report["pieces_a_second"] = speed(reader, sample if kind is Gating else [text_of(record) for record in sample])
        report["start_up_seconds"] = start_up(name, cache / name)
    return report


def lock_box_kappas(name: str, extra: Table) -> dict[str, Any]:
    """Kappa of each head on the lock-box, of a baseline trained on the open rows."""
    opened, locked = quality.split(load_figures(FIGURES))
    texts = {id_: text_of(record) for id_, record in read_records().items()}
    found = predict_by(READERS[name], texts, [])(opened, locked, extra)
    return {"title": READERS[name].title, "kappa": {head: rounded(evaluate.head_score(locked, head, found[head]).kappa) for head in HEADS}}


def main() -> None:
    """Runs the readers named."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(READERS)}")
    parser.add_argument("--all", action="store_true", help="every reader")
    parser.add_argument("--lock-box", metavar="NAME", choices=[name for name, kind in READERS.items() if kind is not Gating], help="measure a baseline on the lock-box")
    parser.add_argument("--cache", type=Path, default=CACHE, help="where probabilities and fitted readers are kept, outside the repository (default: %(default)s)")
    arguments = parser.parse_args()
    names = list(READERS) if arguments.all else arguments.names
    if (not names and not arguments.lock_box) or set(names) - set(READERS):
        parser.error(f"name one or more of {', '.join(READERS)}, or --all")
    if arguments.cache.resolve().is_relative_to(ROOT):
        parser.error("--cache stands inside the repository; fitted readers hold words of other people's pages, so keep them elsewhere")
    opened, extra = load_tables()
    RESULTS.mkdir(exist_ok=True)
    if arguments.lock_box:
        (RESULTS / "lock_box.json").write_text(json.dumps(lock_box_kappas(arguments.lock_box, extra), indent=1) + "\n", encoding="utf-8")
    for name in names:
        report = run(name, arguments.cache, opened, extra)
        (RESULTS / f"{name}.json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
        print(name, {head: figures["kappa"] for head, figures in report["heads"].items()}, report.get("pieces_a_second"), report.get("start_up_seconds"), flush=True)


if __name__ == "__main__":
    main()
