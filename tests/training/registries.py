"""Small real models for the tests of the registry."""

import json
import random
from collections.abc import Generator
from functools import lru_cache
from pathlib import Path

from gating.classifier.bundle import Bundle
from gating.training.fit import fit
from gating.training.learning import Trained
from gating.training.registry import place, version_in_the_making
from tests.training.data import EXAMPLES, small_table


@lru_cache(maxsize=1)
def small_bundle() -> Bundle:
    """A model of the project's own examples, without name or version."""
    return fit(small_table(), "", "")


def store(registry: Path, name: str = "acme", **card: object) -> str:
    """Stores the small model once more, with these keys in its card."""
    bundle = small_bundle()
    with version_in_the_making(registry, name) as temporary:
        return place(Bundle({**bundle.card, **card}, bundle.arrays), temporary).name


def write_labels(file: Path, start: int, stop: int, shuffle: int = 0) -> str:
    """Some of the project's examples as a company's labels: those from `start` to `stop`, in an order of `shuffle`'s own."""
    rows = EXAMPLES.read_text(encoding="utf-8").splitlines()
    random.Random(7).shuffle(rows)
    chosen = rows[start:stop]
    random.Random(shuffle).shuffle(chosen)
    file.write_text("".join(f"{json.dumps({**json.loads(row), 'id': ''})}\n" for row in chosen), encoding="utf-8")
    return str(file)


def outcome(lines: Generator[str, None, Trained]) -> tuple[list[str], Trained]:
    """The lines of a training, and what it returns."""
    said = []
    while True:
        try:
            said.append(next(lines))
        except StopIteration as end:
            return said, end.value
