"""The labelled pages outside the lock-box as the second reader sees them: token units and training targets."""

from __future__ import annotations

import runpy
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from network import JOINED, full_tokenizer
from sklearn.model_selection import StratifiedGroupKFold
from torch import Tensor

from gating.classifier.second_reader import Unit, page_units
from gating.records import HEADS, LABELS, Piece
from gating.settings import load_settings
from gating.training.evaluate import FOLDS
from gating.training.examples import read_examples
from gating.training.figures import Row, Table, load_figures
from gating.training.fit import CONFIDENCE_WEIGHT, site_numbers

SCRIPTS = Path(__file__).resolve().parent.parent
ROOT = SCRIPTS.parent
CORPUS = ROOT.parent / "shared" / "corpus" / "train.jsonl"
LEARNED_FLAGS = ("customer", "stale", "thin")  # auxiliary: asked in training only, to make the encoder look at dates, length and customers


@dataclass(frozen=True)
class Targets:
    """What the network is to say of each row: places of labels (n_rows,) and weights of rows (n_rows,) for each head and for "joint",
    `flags` and `sure` (n_rows, 3) as 0 or 1. `combinations` are the joint head's labels, places in the order of JOINED.
    """

    places: dict[str, Tensor]
    weights: dict[str, Tensor]
    flags: Tensor
    sure: Tensor
    combinations: list[tuple[int, ...]]


def open_pages() -> tuple[Table, list[Piece]]:
    """(rows outside the lock-box that are marketing, their pieces in the same order). Rows, organisations and the lock-box are those that
    scripts/quality.py measures on.
    """
    if not CORPUS.is_file():
        sys.exit(f"{CORPUS} is not there: the second reader can only be trained where the labelled pages are.")
    opened, _ = runpy.run_path(str(SCRIPTS / "quality.py"))["split"](load_figures(ROOT / "training_data"))
    opened = opened.take(np.flatnonzero(["not-marketing" not in row.flags for row in opened.rows]))
    pieces = {example.piece.id: example.piece for example in read_examples([str(CORPUS)], load_settings()).examples}
    return opened, [pieces[row.id] for row in opened.rows]


def units_of(pieces: list[Piece]) -> list[list[Unit]]:
    """The units of each piece under MiniLM's whole vocabulary."""
    tokenizer = full_tokenizer()
    return [page_units(piece, tokenizer) for piece in pieces]


def folds(table: Table) -> list[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]]:
    """(training rows, held-out rows) of each fold, the same as in gating.training.evaluate.cross_validate, so that both models'
    out-of-fold probabilities can be combined row by row.
    """
    strata = [row.labels["strategy"] + row.labels["stage"] for row in table.rows]
    splitter = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=0)
    return list(splitter.split(np.zeros(len(table)), strata, site_numbers(table)))


def targets_of(rows: tuple[Row, ...]) -> Targets:
    """The targets of labelled rows. Combinations that stand in no row are no label of the joint head."""
    places = {head: torch.tensor([LABELS[head].index(row.labels[head]) for row in rows]) for head in HEADS}
    weights = {head: torch.tensor([CONFIDENCE_WEIGHT[row.confidence[number]] for row in rows]) for number, head in enumerate(JOINED)}
    weights |= {"format": torch.ones(len(rows)), "joint": torch.stack(list(weights.values())).min(0).values}
    said = torch.stack([places[head] for head in JOINED], 1)
    found, places["joint"] = torch.unique(said, dim=0, return_inverse=True)
    flags = torch.tensor([[float(flag in row.flags) for flag in LEARNED_FLAGS] for row in rows])
    sure = torch.tensor([[float(value == 3) for value in row.confidence] for row in rows])
    return Targets(places, weights, flags, sure, [tuple(combination) for combination in found.tolist()])
