"""What `gating evaluate` shows at the terminal."""

from __future__ import annotations

import math

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from gating.records import LABELS
from gating.report.safe import visible
from gating.report.terminal import place_of
from gating.training.evaluation import Evaluation, Figure, HeadEvaluation, SliceScore
from gating.training.measuring import Measured

MISTAKEN = 2  # labels named for which one is mistaken most
LEGEND = (
    "In brackets: 95 % intervals, for which whole groups (near copies, campaigns, sites) were drawn again and again. Off by: how far stated "
    "probabilities are from the share that is right (ECE). Log loss: less is better."
)


def measured_page(measured: Measured) -> RenderableType:
    """The whole page: figures of each head and label, harder rows, what training would bring, labels to look at again."""
    evaluation = measured.evaluation
    parts: list[RenderableType] = [
        Text(f"{visible(measured.model)} on {count(evaluation.n_rows, 'labelled piece')} in {count(evaluation.n_groups, 'group')}", style="bold"),
        *([Text(visible(measured.warning), style="yellow")] if measured.warning else []),
        Text(""),
        _heads(evaluation, bool(measured.beside)),
        _classes(evaluation),
    ]
    if evaluation.slices:
        parts += [Text("Harder rows: how many labels are right", style="bold underline"), _slices(evaluation)]
    parts.append(Text("What training on these rows would bring", style="bold underline"))
    parts.append(_trained(measured.trained, measured.trained_from) if measured.trained else Text(f"{visible(measured.not_trained)}\n"))
    if measured.suspects:
        parts += [Text("Labels to look at again, worst first", style="bold underline"), _suspects(measured)]
    parts.append(Text(LEGEND, style="dim"))
    return Group(*parts)


def _heads(evaluation: Evaluation, beside: bool) -> Table:
    table = _table("", "Rows", "Right", "Macro-F1", "Kappa", "Off by", *(["Right, shipped", "Difference"] if beside else []))
    for head in evaluation.heads:
        scores = head.scores
        cells = [head.head, str(head.n_rows), share(scores.accuracy), percent(scores.macro_f1.value), number(Figure(scores.kappa.value)), percent(scores.ece)]
        if head.base:
            cells += [share(head.base.accuracy), points(dict(head.differences)["accuracy"])]
        table.add_row(*cells)
    return table


def _classes(evaluation: Evaluation) -> Table:
    table = _table("", "Label", "Rows", "Precision", "Recall", "F1", "Mistaken for")
    for head in evaluation.heads:
        for place, score in enumerate(head.classes):
            name = head.head if place == 0 else ""
            table.add_row(name, score.label, str(score.support), percent(score.precision), percent(score.recall), percent(score.f1), mistaken_for(head, score.label))
    return table


def mistaken_for(head: HeadEvaluation, label: str) -> str:
    """What the model says most often in place of `label`: "decision 3, awareness 1"."""
    counts = dict(zip(LABELS[head.head], head.confusion[LABELS[head.head].index(label)], strict=True))
    wrong = sorted(((said, name) for name, said in counts.items() if said and name != label), key=lambda pair: -pair[0])
    return ", ".join(f"{name} {said}" for said, name in wrong[:MISTAKEN])


def _slices(evaluation: Evaluation) -> Table:
    table = _table("", "Rows", *(head.head for head in evaluation.heads))
    for one in evaluation.slices:
        scores = {score.head: score for score in one.heads}
        table.add_row(one.name, str(one.n_rows), *(right_of(scores.get(head.head)) for head in evaluation.heads))
    return table


def right_of(score: SliceScore | None) -> str:
    """For a slice "7 of 9", with what the other model gets right where there is one."""
    if score is None:
        return ""
    return f"{score.right} of {score.n_rows}" + (f" ({score.base_right})" if score.base_right is not None else "")


def _trained(evaluation: Evaluation, start: str) -> Table:
    table = _table("", "Rows", f"Right, {start}", "Right, trained", "Difference", "Log loss")
    for head in evaluation.heads:
        if head.base:
            difference = dict(head.differences)
            table.add_row(head.head, str(head.n_rows), share(head.base.accuracy), share(head.scores.accuracy), points(difference["accuracy"]), number(difference["log_loss"], "+"))
    return table


def _suspects(measured: Measured) -> Table:
    table = _table("Piece", "Given", "Predicted", "Words that speak for it")
    for suspect in measured.suspects:
        quote = f'"{visible(suspect.quote)}" {place_of(suspect.source, suspect.line)}' if suspect.quote else ""
        table.add_row(
            Text(f"{visible(suspect.title)}\n{visible(suspect.source)}"),
            Text(f"{suspect.given} {percent(suspect.given_probability)}"),
            Text(f"{suspect.predicted} {percent(suspect.predicted_probability)}"),
            Text(quote),
        )
    return table


def _table(*names: str) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for name in names:
        table.add_column(Text(visible(name)), overflow="fold")
    return table


def share(figure: Figure) -> str:
    """For an accuracy "83 % (71 to 92)"."""
    interval = "" if figure.low is None or figure.high is None else f" ({100 * figure.low:.0f} to {100 * figure.high:.0f})"
    return percent(figure.value) + interval


def points(figure: Figure) -> str:
    """For a difference of accuracies "+4 (-1 to +9)", in points of a hundred."""
    interval = "" if figure.low is None or figure.high is None else f" ({100 * figure.low:+.0f} to {100 * figure.high:+.0f})"
    return f"{100 * figure.value:+.0f}{interval}"


def number(figure: Figure, sign: str = "") -> str:
    """For a kappa "0.71 (0.55 to 0.84)"; `sign` "+" shows the sign of what is not negative too."""
    if math.isnan(figure.value):
        return "-"
    interval = "" if figure.low is None or figure.high is None else f" ({figure.low:{sign}.2f} to {figure.high:{sign}.2f})"
    return f"{figure.value:{sign}.2f}{interval}"


def percent(value: float) -> str:
    """For 0.831 "83 %"; a dash for what has no value."""
    return "-" if math.isnan(value) else f"{100 * value:.0f} %"


def count(number: int, noun: str) -> str:
    """For 1 "1 group", else "3 groups"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
