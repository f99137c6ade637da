"""Labels -> a stored model, compared with the one it would replace on rows that it was not taught.

Labelled pieces alone move the shipped model towards them (adapt.py). Together with a folder of feature figures they go into a fit
from nothing (fit.py). Figures alone are how the shipped model is made.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from importlib.metadata import version as version_of
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from sklearn.model_selection import GroupKFold
from threadpoolctl import threadpool_limits

from gating.classifier.bundle import Bundle, base_folder, load_bundle
from gating.classifier.heads import Heads
from gating.classifier.registry import BASE, in_use, load_stored, stored_models
from gating.classifier.trial import tried_heads
from gating.errors import BundleError
from gating.features.catalogue import fingerprint
from gating.records import HEADS, LABELS, Example
from gating.settings import Settings
from gating.training.adapt import Each, adapt
from gating.training.checks import check_examples
from gating.training.evaluate import Probabilities, decisions, predict
from gating.training.evaluation import Decision, keep_or_not
from gating.training.examples import read_examples, text_id
from gating.training.figures import NPZ, Table, load_figures, stack, table_of
from gating.training.fit import fit, table_inputs
from gating.training.groups import groups_of
from gating.training.registry import check_name, place, point_shipped, put_in_use, version_in_the_making

if TYPE_CHECKING:
    from gating.cluster import Cluster

Ints = npt.NDArray[np.int64]
FOLDS = 3  # of the company's rows in a fit from nothing, each of which takes a minute
MIN_UNSEEN = 20  # rows that the model in use has not learned from, for a comparison with it


@dataclass(frozen=True, slots=True)
class Compared:
    """One head on the company's held-out rows: how many have a label, and how many of those each model gets right."""

    head: str
    n_rows: int
    base: int
    candidate: int
    mended: int  # wrong before, right now
    broken: int  # right before, wrong now


@dataclass(frozen=True, slots=True)
class Trained:
    """A stored model, what it was compared with (empty without rows to compare on), and whether it is in use."""

    model: str  # NAME/VERSION
    base: str
    compared: tuple[Compared, ...]
    reason: str
    in_use: bool
    forced: bool


@dataclass(frozen=True)
class _Candidate:
    """A model before it is stored, and what it and its base say of the company's rows that it had not seen, NaN where there is no label."""

    bundle: Bundle
    base: Bundle
    held_out: Probabilities
    before: Probabilities


@dataclass(frozen=True)
class _Company:
    """The company's rows in an order that depends on the rows alone, and which belong together."""

    table: Table
    groups: Ints


def train(
    labels: Sequence[str], name: str, registry: Path, settings: Settings, mapping: Mapping[str, str] | None = None,
    base: Path | None = None, force: bool = False, seed: int = 0, jobs: int | Cluster = 1,
) -> Generator[str, None, Trained]:  # fmt: skip
    """Trains on `labels` (paths of labelled pieces, folders with figures) and stores the next version of `name`. Yields lines for a person.

    It becomes the model in use when it is not worse than that on held-out rows, or with `force`. A folder with figures is taken with
    the examples.jsonl beside them, if there is one. `jobs` processes extract features; a cluster does that and what compares the models.
    The same rows and seed give the same arrays whatever the order of rows and `jobs`.
    """
    folders = [Path(path) for path in labels if (Path(path) / NPZ).is_file()]
    texts = [path for path in labels if not (Path(path) / NPZ).is_file()]
    making_the_shipped = name == BASE and not texts  # the one way to train under that name; no registry looks at what it makes
    if not making_the_shipped:
        check_name(name)
    with version_in_the_making(registry, name) as temporary:
        figures = yield from _figures(folders, settings, mapping)
        if not texts:
            return (yield from _stored_only(fit(stack(figures), name, ""), temporary, making_the_shipped))
        company = yield from _company(texts, settings, mapping, jobs)
        under = yield from _base(registry, base)
        each: Each = map if isinstance(jobs, int) else jobs.each
        candidate = yield from (_fitted(stack(figures), company, name, under, seed, each) if figures else _adapted(company, name, under, seed, each))
        return (yield from _decide(candidate, company, temporary, registry, force, seed))


def _stored_only(bundle: Bundle, temporary: Path, making_the_shipped: bool) -> Generator[str, None, Trained]:
    """Stores a model of figures alone: without rows of the company nothing says whether it is better for it."""
    home = temporary.parent
    bundle = place(bundle, temporary)
    if making_the_shipped:
        point_shipped(home, bundle.card["version"])
    yield f"Trained {bundle.name} on {bundle.card['n_rows']} rows. Use it with --model {home.parent / bundle.name}."
    return Trained(bundle.name, "", (), "", False, False)


def _figures(folders: Sequence[Path], settings: Settings, mapping: Mapping[str, str] | None) -> Generator[str, None, list[Table]]:
    """The tables of folders with figures, and of the labelled pieces beside them."""
    tables = []
    for folder in folders:
        tables.append(load_figures(folder))
        yield f"{folder}: {len(tables[-1])} feature rows"
    beside = [str(folder / "examples.jsonl") for folder in folders if (folder / "examples.jsonl").is_file()]
    if beside:
        tables.append(table_of((yield from _examples(beside, settings, mapping))))
    return tables


def _examples(paths: Sequence[str], settings: Settings, mapping: Mapping[str, str] | None) -> Generator[str, None, tuple[Example, ...]]:
    found = read_examples(paths, settings, mapping)
    for source, reason in found.problems:
        yield f"not used: {source}: {reason}"
    yield f"{', '.join(paths)}: {len(found.examples)} labelled pieces"
    return found.examples


def _company(texts: Sequence[str], settings: Settings, mapping: Mapping[str, str] | None, jobs: int | Cluster) -> Generator[str, None, _Company]:
    found = yield from _examples(texts, settings, mapping)
    checked = check_examples(sorted(found, key=_place_in_order))
    yield from checked.notes
    examples = [replace(example, piece=replace(example.piece, id=text_id(example.piece))) for example in checked.examples]  # a row's number is no id
    return _Company(table_of(examples, jobs), groups_of(examples))


def _place_in_order(example: Example) -> tuple[object, ...]:
    """What decides the order of examples: nothing that changes with the order of rows."""
    return (text_id(example.piece), *(getattr(example, head) for head in HEADS), example.flags, example.confidence, example.site, example.piece.url)


def _base(registry: Path, given: Path | None) -> Generator[str, None, Bundle]:
    """What to learn on top of: the given model, else the one under the model in use that has not learned from rows of the company.

    A model that has learned from some of the rows would count them twice, and would look better on them than it is.
    """
    if given is not None:
        return load_bundle(given, fingerprint())
    current = _usable(registry, in_use(registry))
    if current is not None and not current.card.get("learned_rows") and "adapted" not in current.card:
        return current
    adapted = current.card.get("adapted") if current is not None else None
    wanted = adapted.get("base_sha256") if isinstance(adapted, dict) else None
    for model in (BASE, *stored_models(registry)) if wanted else ():
        bundle = _usable(registry, model)
        if bundle is not None and bundle.card["arrays_sha256"] == wanted:
            return bundle
    yield f"{in_use(registry)} is in use; what lies under it is not here, so this model is learned on top of the shipped one."
    return load_bundle(base_folder(), fingerprint())


def _usable(registry: Path, model: str) -> Bundle | None:
    try:
        return load_stored(registry, model, fingerprint())
    except BundleError:
        return None  # damaged, removed, or of another version of gating: a new model takes its place


def _adapted(company: _Company, name: str, base: Bundle, seed: int, each: Each) -> Generator[str, None, _Candidate]:
    adapted = adapt(base, company.table, company.groups, name, "", seed, each)
    for head, became in adapted.chosen.items():
        yield f"{head}: {became}"
    return _Candidate(adapted.bundle, base, adapted.held_out, adapted.base)


def _fitted(figures: Table, company: _Company, name: str, base: Bundle, seed: int, each: Each) -> Generator[str, None, _Candidate]:
    every = stack([figures, company.table])
    yield f"Fitting {len(every)} rows, once on all and {FOLDS} times without a part of yours. That takes minutes."
    held_out = {head: np.full((len(company.table), len(LABELS[head])), np.nan) for head in HEADS}
    n_groups = int(company.groups.max()) + 1
    shuffled = np.random.default_rng(seed).permutation(n_groups)[company.groups]
    splits = list(GroupKFold(min(FOLDS, n_groups)).split(shuffled, groups=shuffled)) if n_groups > 1 else []
    parts = [(company.table.take(seen), company.table.take(aside)) for seen, aside in splits]
    for (_, aside), predicted in zip(splits, each(partial(_predicted, figures), parts), strict=True):
        for head, found in predicted.items():
            held_out[head][aside] = found
    for head, found in held_out.items():
        found[_unlabelled(company.table, head)] = np.nan
    return _Candidate(fit(every, name, ""), base, held_out, _predictions(base, company.table))


def _predicted(figures: Table, part: tuple[Table, Table]) -> Probabilities:
    seen, aside = part
    return predict(seen, aside, figures)


def _decide(candidate: _Candidate, company: _Company, temporary: Path, registry: Path, force: bool, seed: int) -> Generator[str, None, Trained]:
    """Compares, stores, and puts the candidate in use when it is not worse."""
    compared = _compare(company.table, candidate.held_out, candidate.before)
    decision = keep_or_not(company.table, candidate.held_out, candidate.before, company.groups)
    if decision.keep:
        decision = yield from _against_the_one_in_use(decision, candidate, company, registry)
    forced = force and not decision.keep
    card: dict[str, Any] = {
        **candidate.bundle.card, "seed": seed, "learned_rows": sorted({row.id for row in company.table.rows}), "n_groups": len(np.unique(company.groups)),
        "versions": {package: version_of(package) for package in ("numpy", "scipy", "scikit-learn", "spacy")},
        "decision": {
            "kept": decision.keep, "forced": forced, "reason": decision.reason, "compared_with": candidate.base.name,
            "heads": {row.head: {"rows": row.n_rows, "base_right": row.base, "right": row.candidate} for row in compared},
        },
    }  # fmt: skip
    model = place(replace(candidate.bundle, card=card), temporary).name
    if decision.keep or forced:
        put_in_use(registry, model)
    return Trained(model, candidate.base.name, compared, decision.reason, decision.keep or forced, forced)


def _against_the_one_in_use(decision: Decision, candidate: _Candidate, company: _Company, registry: Path) -> Generator[str, None, Decision]:
    """The decision against the model in use where that is another than the base, on rows in whose groups it has learned from none."""
    current = _usable(registry, in_use(registry))
    if current is None or current.card["arrays_sha256"] == candidate.base.card["arrays_sha256"]:
        return decision
    known = np.isin([row.id for row in company.table.rows], current.card.get("learned_rows", []))
    unseen = np.flatnonzero(~np.isin(company.groups, company.groups[known]))
    if len(unseen) < MIN_UNSEEN:
        yield f"{current.name}, which is in use, has learned from all but {len(unseen)} of these rows (or near copies); {MIN_UNSEEN} new ones are needed to compare with it."
        return decision
    rows = company.table.take(unseen)
    held_out = {head: found[unseen] for head, found in candidate.held_out.items()}
    against = keep_or_not(rows, held_out, _predictions(current, rows), company.groups[unseen])
    said = f"Compared with {current.name}, which is in use, on rows new to it: {against.reason}"
    if not against.keep:
        return Decision(False, said)
    yield said
    return decision


def _predictions(bundle: Bundle, table: Table) -> Probabilities:
    """What a model says of every row; NaN where the row has no label of the head."""
    heads: Heads = tried_heads(bundle)
    with threadpool_limits(1):
        inputs = table_inputs(table, heads)
    found = {head: np.array([heads.probabilities(row, head) for row in inputs]) for head in HEADS}
    for head, probabilities in found.items():
        probabilities[_unlabelled(table, head)] = np.nan
    return found


def _unlabelled(table: Table, head: str) -> npt.NDArray[np.bool_]:
    return np.array([not row.labels[head] or "not-marketing" in row.flags for row in table.rows])


def _compare(table: Table, candidate: Probabilities, base: Probabilities) -> tuple[Compared, ...]:
    """The heads that have held-out rows with a label."""
    compared = []
    for head in HEADS:
        rows = np.flatnonzero(~np.isnan(candidate[head][:, 0]) & ~np.isnan(base[head][:, 0]))
        if len(rows):
            truth = np.array([LABELS[head].index(table.rows[row].labels[head]) for row in rows])
            before, after = (decisions(found[head][rows], head) == truth for found in (base, candidate))
            compared.append(Compared(head, len(rows), int(before.sum()), int(after.sum()), int((~before & after).sum()), int((before & ~after).sum())))
    return tuple(compared)
