"""The page of `gating evaluate --html`: one file without scripts that loads nothing, with its plots as inline SVG and tables."""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterator
from dataclasses import dataclass

from gating.records import LABELS
from gating.report.evaluation_terminal import count, number, percent, points, right_of, share
from gating.report.page import asset, content_policy, template
from gating.report.terminal import place_of, problem_lines
from gating.training.evaluation import ClassScore, HeadEvaluation
from gating.training.measuring import Measured

SHADES = 5  # of page.css
SMALLEST, LARGEST = 1.2, 5.0  # radius of a dot, in hundredths of the plot


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a confusion; `tone` is a class of page.css."""

    count: int
    tone: str


@dataclass(frozen=True, slots=True)
class Bar:
    """The F1 of one label; `length` is 0..100."""

    label: str
    length: float
    share: str
    says: str


@dataclass(frozen=True, slots=True)
class Dot:
    """One bin of the reliability plot, in hundredths from the top left."""

    x: float
    y: float
    radius: float


@dataclass(frozen=True, slots=True)
class Picture:
    """The plots of one head. Only labels that stand or were said have a row and a column."""

    head: str
    columns: tuple[str, ...]
    confusion: tuple[tuple[str, tuple[Cell, ...]], ...]
    bars: tuple[Bar, ...]
    dots: tuple[Dot, ...]
    reliability: str  # in words


def evaluation_html(measured: Measured, made: datetime.date) -> Iterator[str]:
    """The whole page in chunks."""
    from markupsafe import Markup

    style = asset("page.css") + asset("evaluation.css")
    heads = [head.head for head in measured.evaluation.heads]
    yield from template("evaluation.html").generate(
        policy=content_policy(style, []),
        style=Markup(style),  # noqa: S704 - files of this package
        measured=measured,
        made=f"{made.day} {made:%B %Y}",
        pictures=[picture_of(head) for head in measured.evaluation.heads],
        slices=[(one, [right_of({score.head: score for score in one.heads}.get(head)) for head in heads]) for one in measured.evaluation.slices],
        problems=problem_lines(measured.problems),
        share=share, points=points, in_figures=number, percent=percent, count=count, place_of=place_of,
    )  # fmt: skip


def picture_of(head: HeadEvaluation) -> Picture:
    """The plots of one head."""
    labels = [score.label for score in head.classes]
    places = [LABELS[head.head].index(label) for label in labels]
    rows = [(label, [head.confusion[place][other] for other in places]) for label, place in zip(labels, places, strict=True)]
    return Picture(
        head=head.head,
        columns=tuple(labels),
        confusion=tuple((label, tuple(Cell(count, _tone(count, sum(counts))) for count in counts)) for label, counts in rows),
        bars=tuple(_bar(score) for score in head.classes),
        dots=_dots(head),
        reliability="; ".join(f"stated {percent(one.stated)}, right {percent(one.right)} of {one.count}" for one in head.bins),
    )


def _tone(count: int, of_row: int) -> str:
    return f"shade-{max(1, math.ceil(SHADES * count / of_row))}" if count else "plain"


def _bar(score: ClassScore) -> Bar:
    f1 = 0.0 if math.isnan(score.f1) else score.f1
    return Bar(score.label, round(100 * f1, 1), percent(f1), count(score.support, "piece"))


def _dots(head: HeadEvaluation) -> tuple[Dot, ...]:
    most = max(one.count for one in head.bins)
    return tuple(Dot(round(100 * one.stated, 1), round(100 - 100 * one.right, 1), round(SMALLEST + (LARGEST - SMALLEST) * math.sqrt(one.count / most), 1)) for one in head.bins)
