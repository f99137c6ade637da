"""A small labelled table made of the project's own examples, enough to train on in a second or two."""

from functools import lru_cache
from pathlib import Path

from gating.settings import load_settings
from gating.training.examples import read_examples
from gating.training.figures import Table, table_of

EXAMPLES = Path(__file__).resolve().parents[2] / "training_data" / "examples.jsonl"


@lru_cache(maxsize=1)
def small_table() -> Table:
    """The feature rows of the examples, each example a site of its own."""
    return table_of(read_examples([str(EXAMPLES)], load_settings()).examples)
