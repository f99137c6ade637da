"""Examples -> bundle."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from gating.classifier.bundle import CURRENT, NAME, write_bundle
from gating.errors import ExamplesError, OutputError
from gating.records import HEADS
from gating.settings import Settings
from gating.training.examples import read_examples
from gating.training.figures import NPZ, load_figures, stack, table_of
from gating.training.fit import fit as fit_table


def train(labels: Sequence[str], name: str, registry: Path, settings: Settings, mapping: Mapping[str, str] | None = None) -> Iterator[str]:
    """Trains on `labels` (paths of labelled pieces, folders with figures) and stores registry/name/version. Yields lines for a person.

    A folder with figures is taken with the examples.jsonl beside them, if there is one. The version in use is a pointer that is
    replaced last, so that a reader sees the old model or the new one.
    """
    if not NAME.match(name):
        raise ExamplesError(f"{name!r} cannot be the name of a model: lower-case letters, digits, dot, dash and underscore, at most 64, a letter or digit first.")
    tables, texts = [], []
    for path in labels:
        folder = Path(path)
        if (folder / NPZ).is_file():
            tables.append(load_figures(folder))
            yield f"{folder}: {len(tables[-1])} feature rows"
            texts += [str(folder / "examples.jsonl")] if (folder / "examples.jsonl").is_file() else []
        else:
            texts.append(path)
    if texts:
        found = read_examples(texts, settings, mapping)
        for source, reason in found.problems:
            yield f"not used: {source}: {reason}"
        yield f"{', '.join(texts)}: {len(found.examples)} labelled pieces"
        if found.examples or not tables:
            tables.append(table_of(found.examples))
    table = stack(tables)
    for head in HEADS:
        seen = {row.labels[head] for row in table.rows} - {""}
        if len(seen) == 1:
            yield f"Every row has the same {head} ({seen.pop()}): the model will never say anything else."
    version = _next_version(registry / name)
    bundle = fit_table(table, name, version)
    folder = registry / name
    try:
        write_bundle(bundle, folder / version)
        pointer = folder / f".{CURRENT}.{os.getpid()}"
        pointer.write_text(version + "\n", encoding="utf-8")
        os.replace(pointer, folder / CURRENT)
    except OSError as error:
        raise OutputError(f"{folder}: the model cannot be written ({error.strerror}).") from error
    yield f"Trained {name}/{version} on {len(table)} rows. Use it with --model {folder}."


def _next_version(folder: Path) -> str:
    taken = [int(entry.name) for entry in folder.iterdir() if entry.name.isdigit()] if folder.is_dir() else []
    return str(max(taken, default=0) + 1)
