"""What is wrong with labelled examples as a whole, one line each. Nothing is overwritten: the examples that come back are copies."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from gating.reading.aliases import plain_name
from gating.reading.labels import LABEL_COLUMNS, TODAYS_GATE
from gating.records import HEADS, LABELS, Example
from gating.training.groups import duplicate_clusters

FEW = 5  # examples of a label, under which little is learned of it
NAMED = 3  # labels or sources that one line names
SHORT_TITLE = 60  # characters


@dataclass(frozen=True)
class Checked:
    """The examples to use, one for each text, in their order; and what a person should know of them, one line each."""

    examples: tuple[Example, ...]
    notes: tuple[str, ...]


def check_examples(examples: Sequence[Example]) -> Checked:
    """Examples without blanks, one for each text, and a line for whatever is odd about them.

    Where labels of the same text differ, the label that most of its rows give counts; where none has more than half, the text has no
    label of that head, and without any label it is left out.
    """
    written = [example for example in examples if example.piece.n_words]
    notes = [f"{_count(len(examples) - len(written), 'example')} without a word of text, left out."] if len(written) < len(examples) else []
    used = list(_one_a_text(written, notes))
    notes += [*_near_copies(used), *_todays_gate(used)]
    for head in HEADS:
        notes += _labels_of(used, head)
    return Checked(tuple(used), tuple(notes))


def _one_a_text(examples: Sequence[Example], notes: list[str]) -> Iterator[Example]:
    """One example for each text, with the labels that its rows agree on; what was merged or left out goes into `notes`."""
    same: dict[str, list[Example]] = defaultdict(list)
    for example in examples:
        same[_words(example)].append(example)
    merged = 0
    for rows in same.values():
        votes = {head: Counter(label for row in rows if (label := getattr(row, head))) for head in HEADS}
        settled = {head: _settled(counts) for head, counts in votes.items()}
        torn = [head for head, counts in votes.items() if len(counts) > 1]
        notes += [_conflict(rows, head, votes[head], settled[head]) for head in torn]
        merged += len(rows) - 1 if not torn else 0
        if any(settled.values()):
            yield replace(rows[0], **settled) if len(rows) > 1 else rows[0]  # type: ignore[arg-type]
        else:
            notes.append(f"{_title(rows[0])} has no label left and is not used.")
    if merged:
        notes.append(f"{_count(merged, 'row')} {'repeats' if merged == 1 else 'repeat'} the text and labels of another; each text counts once.")


def _words(example: Example) -> str:
    piece = example.piece
    return " ".join(f"{piece.title} {' '.join(block.text for block in piece.blocks)}".lower().split())


def _settled(votes: Counter[str]) -> str:
    label, count = votes.most_common(1)[0] if votes else ("", 0)
    return label if 2 * count > votes.total() else ""


def _conflict(rows: Sequence[Example], head: str, votes: Counter[str], settled: str) -> str:
    said = ", ".join(f"{label} {count}" for label, count in votes.most_common())
    outcome = f"{settled}, which most say, is used" if settled else f"no {head} is used"
    return f"{_title(rows[0])} stands in {len(rows)} rows ({_sources(rows)}) with different labels of {head} ({said}): {outcome}."


def _near_copies(examples: Sequence[Example]) -> Iterator[str]:
    clusters = duplicate_clusters([example.piece for example in examples])
    numbers, sizes = np.unique(clusters, return_counts=True)
    alike = [number for number, size in zip(numbers, sizes, strict=True) if size > 1]
    if alike:
        first = [example for example, cluster in zip(examples, clusters, strict=True) if cluster == alike[0]]
        n_rows = int(sizes[sizes > 1].sum())
        yield f"{n_rows} examples are near copies of each other, in {_count(len(alike), 'group')} (such as {_sources(first)}); a group is never split when models are compared."


def _todays_gate(examples: Sequence[Example]) -> Iterator[str]:
    """A "gated" column may be the company's label or what its site does today, which is no advice (RUBRIC K3); only a person knows."""
    names = [{plain_name(name) for name, value in example.piece.metadata if value.strip()} for example in examples if example.gate]
    told = [columns & TODAYS_GATE for columns in names if columns & TODAYS_GATE and columns.isdisjoint(LABEL_COLUMNS["gate"])]
    if told:
        column = min(told[0])
        read = f"{_count(len(told), 'gate label')} read from a column named {column!r}"
        yield f"{read}. If that is how pieces are given out today, rename the column: what should be is learned, not what is."


def _labels_of(examples: Sequence[Example], head: str) -> Iterator[str]:
    """What can not be learned of one head, in one line at most."""
    counts = Counter(label for example in examples if (label := getattr(example, head)))
    few = [f"{label} ({counts[label]})" for label in LABELS[head] if 0 < counts[label] < FEW]
    if not examples:
        return
    if not counts:
        yield f"No example has a {head}: that stays as the model in use has it."
    elif len(counts) == 1:
        yield f"Every {head} given is {next(iter(counts))}: one label alone cannot be told from others, so nothing is learned of {head}."
    elif few:
        shown = ", ".join(few[:NAMED]) + (f" and {len(few) - NAMED} more" if len(few) > NAMED else "")
        yield f"Of {head}, some labels have fewer than {FEW} examples: {shown}. Little is learned of them."


def _sources(rows: Sequence[Example]) -> str:
    names = [row.piece.source for row in rows]
    return ", ".join(names[:NAMED]) + (f" and {len(names) - NAMED} more" if len(names) > NAMED else "")


def _title(example: Example) -> str:
    title = example.piece.title or example.piece.source
    return f'"{title if len(title) <= SHORT_TITLE else f"{title[: SHORT_TITLE - 1]}…"}"'


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
