"""Labelled examples from anything gating reads: a label is a column or a front-matter key of the piece."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gating.reading import plan, read_jobs
from gating.reading.labels import labels_in
from gating.reading.sources import Choices
from gating.records import FLAGS, Example, Piece, Skipped
from gating.settings import Settings

ORIGIN = ("site", "repo", "commit", "path", "license", "case")
NO_LABEL = "no label in it (a column named strategy, stage, gate or format)"


@dataclass(frozen=True)
class Examples:
    """Labelled examples, and what could not be used: (source, reason)."""

    examples: tuple[Example, ...]
    problems: tuple[tuple[str, str], ...]


def read_examples(paths: Iterable[str], settings: Settings, mapping: Mapping[str, str] | None = None) -> Examples:
    """Every piece behind `paths` that carries at least one label. A bad row costs that row only and is listed."""
    examples: list[Example] = []
    problems: list[tuple[str, str]] = []
    choices = Choices(tuple(sorted((mapping or {}).items())), drafts=True)  # who labels a draft wants it learned from
    for piece in read_jobs(plan(paths, settings, choices=choices), settings, choices):
        if isinstance(piece, Skipped):
            problems.append((piece.source, piece.reason))
            continue
        try:
            examples.append(example_of(piece, mapping))
        except ValueError as error:
            problems.append((piece.source, str(error)))
    return Examples(tuple(examples), tuple(problems))


def example_of(piece: Piece, mapping: Mapping[str, str] | None = None) -> Example:
    """The labels that `piece` carries in its metadata. Raises ValueError with a sentence when there is none, or one is no known label."""
    values = dict(piece.metadata)
    labels = labels_in(values, mapping or {})
    if not labels:
        raise ValueError(NO_LABEL)
    flags = tuple(flag for flag in FLAGS if flag in values.get("flags", ""))
    confidence = tuple(_confidence(values.get(f"confidence.{head}", "")) for head in ("strategy", "stage", "gate"))
    origin = tuple((name, values[name]) for name in ORIGIN if values.get(name))
    return Example(piece, **labels, flags=flags, confidence=confidence, site=values.get("site", ""), origin=origin)  # type: ignore[arg-type]


def _confidence(given: str) -> int:
    return int(given) if given in ("1", "2", "3") else 3


def text_id(piece: Piece) -> str:
    """16 hex digits that are the same for the same title, description and blocks, wherever they stand; a card lists those it learned from."""
    said = "\n".join([piece.title, piece.description, *(f"{block.kind} {block.text}" for block in piece.blocks)])
    return hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()[:16]
