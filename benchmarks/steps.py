"""Milliseconds of processor time a piece, by step and by part of a step, in one process: the fast model alone, no second reader.

The texts are those of benchmarks/speed.py, about 800 words each, or with --texts the files of a folder. Time is the processor's, so that
other work on the machine does not count. The parts of `features` are measured each by itself; what they share (the view) comes first.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.speed import write_library
from gating.advice import advise
from gating.assess import make_assessor
from gating.classifier.evidence import find_evidence
from gating.features import extract
from gating.features.offer import offer_signals
from gating.features.shape import shape_signals
from gating.features.subject import subject_signals
from gating.features.view import View, lower, within_window
from gating.features.wording import wording_signals
from gating.features.words import word_families
from gating.reading import plan, read_job
from gating.records import Piece
from gating.report.tables import json_lines
from gating.settings import load_settings

Step = Callable[[Any], Any]


def milliseconds(step: Step, inputs: Sequence[Any]) -> tuple[float, list[Any]]:
    """Processor time of `step` for each of `inputs` on average, and what it gave."""
    start = time.process_time()
    given = [step(one) for one in inputs]
    return 1000 * (time.process_time() - start) / len(inputs), given


def view_of(piece: Piece) -> tuple[Piece, View]:
    """The piece cut to the window and its view, with what every family asks of it made already."""
    piece = replace(piece, blocks=within_window(piece))
    view = View(lower(piece.title), lower(piece.description), piece.blocks)
    _ = view.lowered, view.text, view.words, view.prose_words, view.heading_words, view.flat
    return piece, view


def profile(folder: Path) -> Iterable[tuple[str, float]]:
    """(step, milliseconds a piece); a part of the step above it begins with a blank."""
    settings = load_settings()
    settings = replace(settings, second_reader=replace(settings.second_reader, below=0.0))
    assessor = make_assessor(settings)
    heads = assessor.classifier.heads
    jobs = list(plan([str(folder)], settings))
    next(iter(read_job(jobs[0], settings)))  # what is made once does not count
    spent, read = milliseconds(lambda job: next(iter(read_job(job, settings))), jobs)
    yield "read", spent
    pieces = [piece for piece in read if isinstance(piece, Piece)]
    for piece in pieces[:: max(1, len(pieces) // 50)]:  # so that tables of chunks are filled, as they are after the first pieces of a library
        assessor.assess(piece)
    spent, features = milliseconds(extract, pieces)
    yield "features", spent
    spent, views = milliseconds(view_of, pieces)
    yield " view", spent
    parts: dict[str, Step] = {
        "word families": lambda seen: word_families(seen[0]),
        "shape": lambda seen: shape_signals(seen[1]),
        "wording": lambda seen: wording_signals(seen[1]),
        "subject": lambda seen: subject_signals(*seen),
        "offer": lambda seen: offer_signals(*seen),
    }
    for name, part in parts.items():
        yield f" {name}", milliseconds(part, views)[0]
    spent, inputs = milliseconds(heads.inputs, features)
    yield "layer 1", spent
    spent, verdicts = milliseconds(lambda one: heads.verdicts(heads.all_probabilities(one)), inputs)
    yield "layer 2", spent
    spent, _ = milliseconds(lambda pair: find_evidence(pair[0], heads, pair[1]), list(zip(pieces, verdicts, strict=True)))
    yield "evidence", spent
    spent, findings = milliseconds(assessor.assess, pieces)
    yield "features to advice, all in one", spent
    spent, _ = milliseconds(lambda one: advise(one.piece, one.verdict, one.advice.evidence, settings), findings)
    yield " advice", spent
    spent, _ = milliseconds(lambda one: list(json_lines([one])), findings)
    yield "record", spent


def main() -> None:
    """Prints the table, in order; with --json as one object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=Path, help="folder of files instead of the texts of speed.py")
    parser.add_argument("--count", type=int, default=200, help="files to write where no folder is given")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = given.texts or Path(name)
        if given.texts is None:
            write_library(folder, given.count)
        steps = list(profile(folder))
    if given.json:
        print(json.dumps(dict(steps)))
        return
    for step, spent in steps:
        print(f"{step:32} {spent:7.2f} ms")


if __name__ == "__main__":
    main()
