"""Feature rows with their labels: what training works on, and all that the repository keeps of other people's pages.

A table is a sparse matrix of n-gram counts for each family, a dense matrix of signals, and labels. On disk it is one .npz whose
column numbers are stored as differences, plus a .tsv that names label, site, repository, path and commit of each row.
"""

from __future__ import annotations

import csv
import hashlib
import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from gating.classifier.bundle import arrays_bytes
from gating.errors import ExamplesError
from gating.features import Features, extract
from gating.features.catalogue import fingerprint, signal_names
from gating.features.words import FAMILIES, N_COLUMNS
from gating.records import HEADS, Example, Piece

if TYPE_CHECKING:
    from gating.cluster import Cluster

MOST_NAME_WORDS = 6
RUN = 100  # pieces that a machine of a cluster is sent in one go
NPZ, TSV = "figures.npz", "figures.tsv"
COLUMNS = ("id", *HEADS, "flags", "confidence", "site", "repo", "commit", "path", "license")


# A word seen on fewer sites is a name, not a signal. The large families ask for more, to keep the
# model small.
MIN_SITES = {**dict.fromkeys(FAMILIES, 3), "pairs": 5, "skeleton": 5, "named_style": 5}


@dataclass(frozen=True)
class Row:
    """Labels and origin of one feature row; an empty label was not given."""

    id: str
    labels: dict[str, str]
    flags: tuple[str, ...]
    confidence: tuple[int, int, int]
    site: str
    origin: dict[str, str]


@dataclass(frozen=True)
class Table:
    """Feature rows: `words[family]` (n_rows, 2**18) counts, `signals` (n_rows, n_signals), `rows` in the same order."""

    words: dict[str, sp.csr_matrix]
    signals: npt.NDArray[np.float32]
    rows: tuple[Row, ...]

    def __len__(self) -> int:
        return len(self.rows)

    def take(self, chosen: npt.NDArray[np.int64]) -> Table:
        """The rows with these numbers, in this order."""
        return Table({family: matrix[chosen] for family, matrix in self.words.items()}, self.signals[chosen], tuple(self.rows[number] for number in chosen))


def table_of(examples: Iterable[Example], jobs: int | Cluster = 1) -> Table:
    """The feature table of labelled examples, in their order, extracted by `jobs` processes or on a cluster."""
    rows, signals = [], []
    columns: dict[str, list[npt.NDArray[np.int64]]] = {family: [] for family in FAMILIES}
    examples = list(examples)
    for example, features in zip(examples, _extracted([example.piece for example in examples], jobs), strict=True):
        for family, found in features.words.items():
            columns[family].append(found)
        signals.append(features.signals.astype(np.float32))
        labels = {"strategy": example.strategy, "stage": example.stage, "gate": example.gate, "format": example.format}
        rows.append(Row(example.piece.id, labels, example.flags, example.confidence, example.site or example.piece.id, dict(example.origin)))
    if not rows:
        raise ExamplesError("There is not one labelled example to learn from. A label is a column (or front-matter key) named strategy, stage, gate or format.")
    return Table({family: _counts(found) for family, found in columns.items()}, np.vstack(signals), tuple(rows))


def _extracted(pieces: Sequence[Piece], jobs: int | Cluster) -> Iterable[Features]:
    if jobs == 1:
        return map(extract, pieces)
    if not isinstance(jobs, int):
        runs = [pieces[start : start + RUN] for start in range(0, len(pieces), RUN)]
        return chain.from_iterable(jobs.each(_features_of, runs))
    from joblib import Parallel, delayed

    found: list[Features] = Parallel(n_jobs=jobs)(delayed(extract)(piece) for piece in pieces)
    return found


def _features_of(pieces: Sequence[Piece]) -> list[Features]:
    return [extract(piece) for piece in pieces]


def _counts(rows: Sequence[npt.NDArray[np.int64]]) -> sp.csr_matrix:
    matrix = sp.csr_matrix(
        (np.ones(sum(map(len, rows)), np.float32), np.concatenate(rows) if rows else np.zeros(0, np.int64), np.cumsum([0, *map(len, rows)])), shape=(len(rows), N_COLUMNS)
    )
    matrix.sum_duplicates()
    return matrix


def stack(tables: Sequence[Table]) -> Table:
    """Several tables as one, rows in order."""
    words = {family: sp.vstack([table.words[family] for table in tables], format="csr") for family in FAMILIES}
    return Table(words, np.vstack([table.signals for table in tables]), tuple(row for table in tables for row in table.rows))


def save_figures(table: Table, folder: Path) -> None:
    """Writes the table, without columns seen on fewer than MIN_SITES sites: a word of one site is nobody's business and no help."""
    arrays: dict[str, npt.NDArray[np.generic]] = {"signals": table.signals, "catalogue": np.array(fingerprint())}
    sites = np.unique([row.site for row in table.rows], return_inverse=True)[1]
    for family, matrix in table.words.items():
        kept = common_columns(matrix, sites, MIN_SITES[family])
        small = matrix[:, kept]
        small.sort_indices()
        starts = np.zeros(small.nnz, bool)
        starts[small.indptr[:-1][np.diff(small.indptr) > 0]] = True
        steps = np.diff(small.indices, prepend=0)
        steps[starts] = small.indices[starts]
        arrays[f"{family}.kept"] = kept.astype(np.int32)
        arrays[f"{family}.steps"] = steps.astype(np.uint16 if len(kept) < 65_536 else np.uint32)
        arrays[f"{family}.lengths"] = np.diff(small.indptr).astype(np.int32)
        arrays[f"{family}.counts"] = np.minimum(small.data, 255).astype(np.uint8)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / NPZ).write_bytes(arrays_bytes(arrays, zipfile.ZIP_LZMA))
    with open(folder / TSV, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter="\t", lineterminator="\n")
        writer.writerow(COLUMNS)
        for row in table.rows:
            labels = [row.labels[head] for head in HEADS]
            origin = {**row.origin, "path": short_path(row.origin.get("path", ""))}
            writer.writerow([row.id, *labels, " ".join(row.flags), "".join(map(str, row.confidence)), row.site, *(origin.get(name, "") for name in COLUMNS[-4:])])


def short_path(path: str) -> str:
    """The path with long file names, which are often a whole headline, cut to six words and a digest of the rest: enough to find the page."""
    return "/".join(_short_name(name) for name in path.split("/"))


def _short_name(name: str) -> str:
    words = re.split(r"([-_ .]+)", name)
    if len(words) < 2 * MOST_NAME_WORDS:
        return name
    return f"{''.join(words[: 2 * MOST_NAME_WORDS - 1])}~{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def load_figures(folder: Path) -> Table:
    """The table in `folder`. Raises ExamplesError when it was made for other features than these."""
    try:
        stored = np.load(folder / NPZ, allow_pickle=False)
        with open(folder / TSV, encoding="utf-8", newline="") as file:
            lines = list(csv.DictReader(file, delimiter="\t"))
    except OSError as error:
        raise ExamplesError(f"{folder}: no feature figures here ({error.strerror}).") from error
    if stored["catalogue"].item() != fingerprint():
        raise ExamplesError(
            f"{folder}: the figures were made for other features ({stored['catalogue'].item()}) than this gating makes ({fingerprint()}). Run scripts/make_figures.py."
        )
    rows = tuple(
        Row(line["id"], {head: line[head] for head in HEADS}, tuple(line["flags"].split()), _confidence(line["confidence"]), line["site"],
            {name: line[name] for name in COLUMNS[-4:] if line[name]}) for line in lines
    )  # fmt: skip
    signals = stored["signals"]
    if signals.shape != (len(rows), len(signal_names())):
        raise ExamplesError(f"{folder}: {NPZ} and {TSV} do not belong together. Run scripts/make_figures.py.")
    return Table({family: _unpacked(stored, family) for family in FAMILIES}, signals, rows)


def _confidence(text: str) -> tuple[int, int, int]:
    strategy, stage, gate = (int(digit) for digit in text)
    return strategy, stage, gate


def _unpacked(stored: np.lib.npyio.NpzFile, family: str) -> sp.csr_matrix:
    kept, lengths = stored[f"{family}.kept"], stored[f"{family}.lengths"]
    running = np.cumsum(stored[f"{family}.steps"].astype(np.int64))
    indptr = np.concatenate([[0], np.cumsum(lengths)])
    before = np.concatenate([[0], running])[indptr[:-1]]
    indices = running - np.repeat(before, lengths)
    return sp.csr_matrix((stored[f"{family}.counts"].astype(np.float32), kept[indices], indptr), shape=(len(lengths), N_COLUMNS))


def common_columns(matrix: sp.csr_matrix, sites: npt.NDArray[np.int64], min_sites: int) -> npt.NDArray[np.int64]:
    """Columns that occur on at least `min_sites` different sites, ascending. `sites`: the site number of each row."""
    entries = matrix.tocoo()
    pairs = np.unique(sites[entries.row] * np.int64(N_COLUMNS) + entries.col)
    return np.flatnonzero(np.bincount(pairs % N_COLUMNS, minlength=N_COLUMNS) >= min_sites)
