"""A second opinion for pieces that the fast model is unsure of: a small transformer, run by onnxruntime (extra `gating[accurate]`).

It reads a budgeted skeleton of the page: one mark token for each block (its kind, whether it speaks of the page's own maker, its
length) and as many first words of every block as fit. scripts/second_reader trains and exports it.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from gating.classifier.bundle import CARD, current_version
from gating.errors import BundleError
from gating.features.subject import find_names
from gating.features.view import View, lower, within_window
from gating.features.wording import WE
from gating.records import HEADS, LABELS, Piece

FORMAT = 1
MODEL, VOCABULARY = "model.onnx", "vocab.txt"
EXTRA = ("onnxruntime", "tokenizers")
Floats = npt.NDArray[np.float64]
# Mark tokens are MiniLM's unused rows 1..80: one for each kind of block, subject (own maker or not) and length.
KINDS = ("heading", "paragraph", "item", "quote", "code", "table", "button", "field", "title", "description")
LENGTHS = (9, 20, 45)  # words; steps of the length in a mark
OMITTED, MAKER, START, STOP = 95, 96, 101, 102  # token numbers
BUDGET = 224  # tokens of a page
WORDS_OF_A_BLOCK = (40, 28, 20, 14, 11, 9, 7, 5)  # the most that fits is taken
SHORT_BLOCK = 9  # words; a shorter block keeps two words more than a long one
MOST_WORDS = 48
WE_WORD = re.compile(rf"\b(?:{'|'.join(sorted(WE, key=len, reverse=True))})\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Unit:
    """One block as tokens: its mark, the token numbers of its first words, and `ends`, how many tokens the first n words take."""

    mark: int
    tokens: tuple[int, ...]
    ends: tuple[int, ...]


def page_units(piece: Piece, tokenizer: Any) -> list[Unit]:
    """Title, description and blocks of the piece as units, repeated blocks once. `tokenizer` is a `tokenizers` word-piece tokenizer."""
    blocks = within_window(piece)
    makers = find_names(piece, View(lower(piece.title), lower(piece.description), blocks)).makers
    maker = re.compile(rf"\b{re.escape(makers[0])}\b", re.IGNORECASE) if makers else None
    texts = dict.fromkeys([("title", piece.title), ("description", piece.description), *((block.kind.value, block.text) for block in blocks)])
    said = [(kind, text.split()) for kind, text in texts if text.split()]
    encoded = tokenizer.encode_batch([words[:MOST_WORDS] for _, words in said], is_pretokenized=True, add_special_tokens=False) if said else []
    return [_unit(kind, words, encoding, maker) for (kind, words), encoding in zip(said, encoded, strict=True)]


def _unit(kind: str, words: list[str], encoding: Any, maker: re.Pattern[str] | None) -> Unit:
    text = " ".join(words)
    own = bool((maker and maker.search(text)) or WE_WORD.search(text))
    mark = 1 + KINDS.index(kind) * 8 + 4 * own + sum(len(words) > step for step in LENGTHS)
    spans = {number: [found.span() for found in maker.finditer(word)] for number, word in enumerate(words[:MOST_WORDS])} if maker and own else {}
    tokens = tuple(
        MAKER if any(start <= begin and end <= stop for start, stop in spans.get(word, ())) else token
        for token, word, (begin, end) in zip(encoding.ids, encoding.word_ids, encoding.offsets, strict=True)
    )
    ends = np.searchsorted(np.array(encoding.word_ids), np.arange(min(len(words), MOST_WORDS)), side="right")
    return Unit(mark, tokens, tuple(int(end) for end in ends))


def page_tokens(units: Sequence[Unit], budget: int = BUDGET) -> list[int]:
    """The page as token numbers, at most `budget`: every block by as many first words as fit; a page too long even for five words of
    each keeps its first three quarters and its end.
    """
    room = budget - 2
    for words in WORDS_OF_A_BLOCK:
        if sum(1 + _kept(unit, words) for unit in units) <= room:
            break
    flat: list[int] = []
    for unit in units:
        flat.append(unit.mark)
        for place, token in enumerate(unit.tokens[: _kept(unit, words)]):
            if token != MAKER or not place or unit.tokens[place - 1] != MAKER:  # a name in several pieces counts once
                flat.append(token)
    if len(flat) > room:
        head = room * 3 // 4
        flat = [*flat[:head], OMITTED, *flat[-(room - head - 1) :]]
    return [START, *flat, STOP]


def _kept(unit: Unit, words: int) -> int:
    """Tokens of the unit when `words` words of a long block are kept."""
    if len(unit.ends) <= SHORT_BLOCK:
        words = max(words, min(SHORT_BLOCK, words + 2))
    return unit.ends[min(len(unit.ends), words) - 1] if unit.ends else 0


class SecondReader:
    """The transformer with its tokenizer, checked against its card. The card is read at once, the model when it is first needed: many
    runs have no unsure piece, and loading takes longer than scoring one.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = current_version(folder) if (folder / "current").is_file() else folder
        self._card = _checked_card(self._folder)
        self.name = f"{self._card['name']}/{self._card['version']}"
        self._places = {head: [self._card["labels"][head].index(label) for label in LABELS[head]] for head in HEADS}  # ours in its order
        self.weight: float = self._card["weight"]  # of the second reading in the mean of log-probabilities, 0..1

    @cached_property
    def session(self) -> Any:
        """The onnxruntime session, one thread: processes share the work, and the same sums come out."""
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        return onnxruntime.InferenceSession(_checked_file(self._folder, MODEL, self._card), options, providers=["CPUExecutionProvider"])

    @cached_property
    def tokenizer(self) -> Any:
        """The word-piece tokenizer of the model's vocabulary."""
        from tokenizers import BertWordPieceTokenizer

        words = _checked_file(self._folder, VOCABULARY, self._card).decode("utf-8").split("\n")[:-1]
        return BertWordPieceTokenizer({word: number for number, word in enumerate(words)}, lowercase=True)

    def read(self, piece: Piece) -> dict[str, Floats]:
        """Probabilities of each head's labels, each (n_labels,)."""
        tokens = page_tokens(page_units(piece, self.tokenizer))
        (row,) = self.session.run(None, {"ids": np.array([tokens], dtype=np.int64)})[0]
        found, at = {}, 0
        for head in HEADS:
            found[head] = np.asarray(row[at : at + len(LABELS[head])], dtype=np.float64)[self._places[head]]
            at += len(LABELS[head])
        return found

    def combine(self, first: dict[str, Floats], second: dict[str, Floats]) -> dict[str, Floats]:
        """Both readings as one: the weighted geometric mean of their probabilities, scaled to sum to 1."""
        combined = {}
        for head, probabilities in first.items():
            mean = np.exp((1 - self.weight) * np.log(probabilities + 1e-12) + self.weight * np.log(second[head] + 1e-12))
            combined[head] = mean / mean.sum()
        return combined


def _same_labels(card: dict[str, Any]) -> bool:
    labels = card.get("labels", {})
    return isinstance(labels, dict) and all(sorted(labels.get(head, [])) == sorted(LABELS[head]) for head in HEADS)


def check_files(folder: Path) -> str:
    """Name and version of the second reader in `folder` after comparing its files to its card. Raises BundleError when they differ."""
    reader = SecondReader(folder)
    for name in (MODEL, VOCABULARY):
        _checked_file(reader._folder, name, reader._card)
    return reader.name


def is_installed() -> bool:
    """True when the extra `gating[accurate]` is there."""
    return all(importlib.util.find_spec(name) is not None for name in EXTRA)


def _checked_card(folder: Path) -> dict[str, Any]:
    """The card of a second reader. Raises BundleError when it is missing, foreign, newer or for other labels."""
    try:
        card = json.loads((folder / CARD).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BundleError(f"{folder}: not a second reader ({error}). It holds {CARD}, {MODEL} and {VOCABULARY}; install gating again.") from error
    if not isinstance(card, dict) or card.get("kind") != "gating second reader" or card.get("format") != FORMAT or not _same_labels(card):
        raise BundleError(f"{folder / CARD}: not the card of a second reader that this gating can use. Install gating again.")
    return card


def _checked_file(folder: Path, name: str, card: dict[str, Any]) -> bytes:
    """The bytes of one of its files. Raises BundleError when it is missing or not what the card says."""
    try:
        data = (folder / name).read_bytes()
    except OSError as error:
        raise BundleError(f"{folder / name}: cannot be read ({error.strerror}). Install gating again.") from error
    if hashlib.sha256(data).hexdigest() != card["sha256"][name]:
        raise BundleError(f"{folder / name}: its digest is not the one in the card. The file is damaged or was changed; install gating again.")
    return data
