"""The shipped recipe with one thing left out at a time: n-gram families, views, signal families, direct signals, the first format guess.

Same folds as bench.py, open rows only. Writes results/ablation.json. What a family brings alone is not what it brings last: two
families that say the same can each be left out for nothing, and both together cannot.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
from bench import CACHE, RESULTS, cross_validated, heads_report, load_tables, provenance

from gating.classifier import heads as scoring
from gating.features.offer import offer_signals
from gating.features.shape import shape_signals
from gating.features.subject import subject_signals
from gating.features.view import View
from gating.features.wording import wording_signals
from gating.records import HEADS, Piece
from gating.training import evaluate
from gating.training.figures import Table

fit = importlib.import_module("gating.training.fit")  # as a module: the package offers the function of that name
FULL = "full recipe"
Views = dict[str, dict[str, float]]


@dataclass(frozen=True)
class Change:
    """One thing left out: constants of gating.training.fit to put in place, signals to blank, and the kind of thing for the table."""

    kind: str
    constants: dict[str, Any] = field(default_factory=dict)
    blank: frozenset[str] = frozenset()


def changes() -> dict[str, Change]:
    """Every variant of the recipe by name, the full recipe first."""
    found = {FULL: Change("full")}
    found |= {f"family {family}": Change("family", {"VIEWS": without_family(family)}) for family in fit.FAMILIES}
    found |= {f"view {view}": Change("view", {"VIEWS": without_view(view)}) for view in fit.VIEWS}
    found |= {f"signals {name}": Change("signals", blank=names) for name, names in signal_families().items()}
    found["direct signals"] = Change("layer 2", {"DIRECT": ()})
    found["first format guess"] = Change("layer 2", {"FORMAT_SPREAD": 0.0})
    return found


def without_family(*families: str) -> Views:
    """The views with nothing of some families: their shares are zero everywhere, so that their arrays are still made and all their weights are zero."""
    return {view: {part: 0.0 if part in families else share for part, share in shares.items()} for view, shares in fit.VIEWS.items()}


def without_view(left_out: str) -> Views:
    """The views but one. A part that stood nowhere else keeps a share of zero in the first view."""
    views = {view: dict(shares) for view, shares in fit.VIEWS.items() if view != left_out}
    first = next(iter(views))
    seen = {part for shares in views.values() for part in shares}
    views[first] |= {part: 0.0 for part in fit.VIEWS[left_out] if part not in seen}
    return views


def signal_families() -> dict[str, frozenset[str]]:
    """The names of the signals of each module of gating.features."""
    piece = Piece("", "", "", ())
    view = View("", "", ())
    return {
        "shape": frozenset(shape_signals(view)),
        "wording": frozenset(wording_signals(view)),
        "subject": frozenset(subject_signals(piece, view)),
        "offer": frozenset(offer_signals(piece, view)),
    }


def blanked(table: Table, names: frozenset[str]) -> Table:
    """The table with these signals at zero: a signal that never varies says nothing, and training knows that."""
    if not names:
        return table
    signals = table.signals.copy()
    signals[:, [number for number, name in enumerate(fit.signal_names()) if name in names]] = 0.0
    return replace(table, signals=signals)


@contextmanager
def applied(change: Change) -> Iterator[None]:
    """The recipe with the change, while the block runs."""
    with ExitStack() as stack:
        for name, value in change.constants.items():
            stack.enter_context(patch.object(fit, name, value))
            if name == "FORMAT_SPREAD":
                stack.enter_context(patch.object(scoring, name, value))
        yield


@contextmanager
def work_shared() -> Iterator[None]:
    """Within one fold, what two variants both need is computed once: TF-IDF and kernel of each family, and each view's regression.

    The results are those of the plain recipe to the last bit; only the time differs.
    """
    families: dict[str, tuple[Any, dict[str, Any]]] = {}
    kernels: dict[int, tuple[Any, Any]] = {}
    solved: dict[bytes, Any] = {}
    plain_family, plain_kernel, plain_ridge = fit._family_features, fit._kernel, fit._ridge

    def family_features(matrix: Any, sites: Any, family: str, arrays: dict[str, Any]) -> Any:
        if family not in families:
            own: dict[str, Any] = {}
            families[family] = plain_family(matrix, sites, family, own), own
        features, own = families[family]
        arrays.update(own)
        return features

    def kernel(features: Any) -> Any:
        if isinstance(features, np.ndarray):
            return plain_kernel(features)
        if id(features) not in kernels:
            kernels[id(features)] = features, plain_kernel(features)  # the features are kept, so that no other object gets their id
        return kernels[id(features)][1]

    def ridge(matrix: Any, targets: Any, weights: Any, sites: Any) -> Any:
        key = hashlib.blake2b(np.ascontiguousarray(matrix), digest_size=16).digest()
        if key not in solved:
            solved[key] = plain_ridge(matrix, targets, weights, sites)
        return solved[key]

    with patch.object(fit, "_family_features", family_features), patch.object(fit, "_kernel", kernel), patch.object(fit, "_ridge", ridge):
        yield


def all_variants(chosen: dict[str, Change], found: dict[str, dict[str, Any]], numbers: dict[str, int]) -> Callable[..., evaluate.Probabilities]:
    """A reader that fits every variant on a fold, puts their probabilities into `found`, and returns the first variant's."""
    plain = evaluate.predict
    fold = 0

    def read(train: Table, test: Table, extra: Table | None = None) -> evaluate.Probabilities:
        nonlocal fold
        fold += 1
        places = [numbers[row.id] for row in test.rows]
        with work_shared():
            for name, change in chosen.items():
                start = time.perf_counter()
                with applied(change):
                    said = plain(blanked(train, change.blank), blanked(test, change.blank), blanked(extra, change.blank) if extra else None)
                for head in HEADS:
                    found[name][head][places] = said[head]
                print(f"fold {fold}: {name}: {time.perf_counter() - start:.0f} s", flush=True)
        return {head: found[next(iter(chosen))][head][places] for head in HEADS}

    return read


def lost_interval(table: Table, head: str, full: np.ndarray, without: np.ndarray) -> tuple[float, float]:
    """95 % interval of the kappa lost, by a bootstrap that draws whole sites, the same ones for both sides of the difference."""
    rows = np.flatnonzero([bool(row.labels[head]) for row in table.rows] & ~np.isnan(full[:, 0]))
    sites = np.unique([table.rows[number].site for number in rows], return_inverse=True)[1]
    truth = np.array([evaluate.LABELS[head].index(table.rows[number].labels[head]) for number in rows])
    n_sites, n_labels = sites.max() + 1, full.shape[1]
    drawn = np.random.default_rng(0).multinomial(n_sites, np.full(n_sites, 1 / n_sites), size=evaluate.RESAMPLES).astype(float)
    kappas = []
    for probabilities in (full, without):
        counts = np.zeros((n_sites, n_labels, n_labels))
        np.add.at(counts, (sites, truth, evaluate.decisions(probabilities[rows], head)), 1.0)
        kappas.append(kappa_of(np.tensordot(drawn, counts, axes=1)))
    low, high = np.percentile(kappas[0] - kappas[1], [2.5, 97.5])
    return float(low), float(high)


def kappa_of(counts: np.ndarray) -> np.ndarray:
    """Cohen's kappa of each of some confusion matrices, shape (n, n_labels, n_labels)."""
    shares = counts / counts.sum(axis=(1, 2), keepdims=True)
    by_chance = (shares.sum(axis=1) * shares.sum(axis=2)).sum(axis=1)
    return np.asarray((np.trace(shares, axis1=1, axis2=2) - by_chance) / (1 - by_chance))


def main() -> None:
    """Runs every variant and writes the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="*", default=[], help="parts of variant names; the full recipe always runs")
    parser.add_argument("--together", nargs="*", default=[], metavar="A,B", help="families to leave out at once")
    parser.add_argument("--seed", type=int, default=0, help="of the folds; scripts/quality.py has 0")
    parser.add_argument("--output", type=Path, default=RESULTS / "ablation.json")
    arguments = parser.parse_args()
    narrowed = arguments.only or arguments.together
    chosen = {name: change for name, change in changes().items() if name == FULL or not narrowed or any(part in name for part in arguments.only)}
    chosen |= {f"families {names}": Change("families", {"VIEWS": without_family(*names.split(","))}) for names in arguments.together}
    opened, extra = load_tables()
    found = {name: {head: np.full((len(opened), len(evaluate.LABELS[head])), np.nan) for head in HEADS} for name in chosen}
    cross_validated(all_variants(chosen, found, {row.id: number for number, row in enumerate(opened.rows)}), opened, extra, arguments.seed)
    CACHE.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(CACHE / "ablation.npz", ids=np.array([row.id for row in opened.rows]), **{f"{name}/{head}": found[name][head] for name in chosen for head in HEADS})
    full = {head: evaluate.head_score(opened, head, found[FULL][head]).kappa for head in HEADS}
    variants = {}
    for name, change in chosen.items():
        report = heads_report(opened, found[name], intervals=name == FULL)
        for head in HEADS:
            report[head]["kappa_lost"] = round(full[head] - evaluate.head_score(opened, head, found[name][head]).kappa, 4)
            report[head]["kappa_lost_interval"] = [round(value, 4) for value in lost_interval(opened, head, found[FULL][head], found[name][head])]
        variants[name] = {"kind": change.kind, "heads": report}
    arguments.output.write_text(json.dumps({**provenance(opened, ()), "seed": arguments.seed, "variants": variants}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
