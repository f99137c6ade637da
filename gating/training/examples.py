"""Labelled examples from anything gating reads: a label is a column or a front-matter key of the piece."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gating.reading import plan, read_job
from gating.reading.aliases import ALIASES, plain_name
from gating.reading.sources import Choices
from gating.records import FLAGS, HEADS, LABELS, Example, Piece, Skipped
from gating.settings import Settings

# What people write in a label column, in lower case with spaces and hyphens alike.
VALUES: dict[str, dict[str, str]] = {
    "strategy": {"demand": "demand-gen", "demand generation": "demand-gen", "demand gen": "demand-gen", "demandgen": "demand-gen", "brand": "demand-gen",
                 "lead": "lead-gen", "lead generation": "lead-gen", "lead gen": "lead-gen", "leadgen": "lead-gen"},
    "stage": {"tofu": "awareness", "top": "awareness", "top of funnel": "awareness", "problem aware": "awareness", "unaware": "awareness", "attract": "awareness",
              "mofu": "consideration", "middle": "consideration", "middle of funnel": "consideration", "solution aware": "consideration", "evaluation": "consideration",
              "bofu": "decision", "bottom": "decision", "bottom of funnel": "decision", "product aware": "decision", "purchase": "decision", "conversion": "decision"},
    "gate": {"yes": "gated", "true": "gated", "form": "gated", "gate": "gated", "no": "ungated", "false": "ungated", "open": "ungated", "free": "ungated",
             "public": "ungated", "soft": "soft-gate", "soft gated": "soft-gate", "partial": "soft-gate", "optional": "soft-gate"},
    "format": {"blog": "article", "blog post": "article", "post": "article", "white paper": "ebook", "whitepaper": "ebook", "landing page": "conversion",
               "case studies": "case-study", "customer story": "case-study", "documentation": "docs", "press release": "news", "product page": "product",
               "calculator": "tool", "template": "other"},
}  # fmt: skip
FIELD_OF = {"strategy": "strategy", "stage": "stage", "gate": "gate", "format": "type"}  # what --map calls the column of a label
# Only columns that are plainly a label. "Audience" or "Access" may tell today's gate to a reader; as a label they would be a guess.
LABEL_COLUMNS = {"strategy": ("strategy",), "stage": ALIASES["stage"], "gate": ("gate", "gated", "is gated", "gated?"), "format": ("format", "type", "content type", "asset type")}
ORIGIN = ("site", "repo", "commit", "path", "license", "case")


@dataclass(frozen=True)
class Examples:
    """Labelled examples, and what could not be used: (source, reason)."""

    examples: tuple[Example, ...]
    problems: tuple[tuple[str, str], ...]


def read_examples(paths: Iterable[str], settings: Settings, mapping: Mapping[str, str] | None = None) -> Examples:
    """Every piece behind `paths` that carries at least one label. A bad row costs that row only and is listed."""
    examples: list[Example] = []
    problems: list[tuple[str, str]] = []
    choices = Choices(tuple(sorted((mapping or {}).items())))
    for job in plan(paths, settings, choices=choices):
        for piece in read_job(job, settings, choices):
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
    labels = {head: _label(head, _given(head, values, mapping or {})) for head in HEADS}
    if not any(labels.values()):
        raise ValueError("no label in it (a column named strategy, stage, gate or format)")
    flags = tuple(flag for flag in FLAGS if flag in values.get("flags", ""))
    confidence = tuple(_confidence(values.get(f"confidence.{head}", "")) for head in ("strategy", "stage", "gate"))
    origin = tuple((name, values[name]) for name in ORIGIN if values.get(name))
    return Example(piece, **labels, flags=flags, confidence=confidence, site=values.get("site", ""), origin=origin)  # type: ignore[arg-type]


def _given(head: str, values: Mapping[str, str], mapping: Mapping[str, str]) -> str:
    wanted = mapping.get(FIELD_OF[head])
    names = (plain_name(wanted),) if wanted else LABEL_COLUMNS[head]
    by_name = {plain_name(name): value for name, value in values.items()}
    return next((by_name[name] for name in names if by_name.get(name)), "")


def _label(head: str, given: str) -> str:
    plain = " ".join(given.lower().replace("_", " ").replace("-", " ").split())
    if not plain:
        return ""
    known = {label.replace("-", " "): label for label in LABELS[head]} | VALUES[head]
    if plain not in known:
        if head == "format":
            return ""  # a marketer's own word for a format is no mistake
        raise ValueError(f"{head} {given!r} is not one of {', '.join(LABELS[head])}")
    return known[plain]


def _confidence(given: str) -> int:
    return int(given) if given in ("1", "2", "3") else 3
