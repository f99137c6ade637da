"""Read, extract, classify, advise: for one piece or many, in order, in one process or several."""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from itertools import islice
from pathlib import Path

from gating.advice import advise
from gating.advice.changes import Change, Flip, changes
from gating.advice.flags import flags_by_rule
from gating.classifier import Classifier
from gating.classifier.bundle import base_folder, load_bundle, shipped_folder
from gating.classifier.evidence import QUOTED_HEADS
from gating.classifier.second_reader import SecondReader, is_installed
from gating.features.catalogue import fingerprint
from gating.reading import Job, plan, read_job
from gating.reading.labels import Given, keys_of, labels_in_front_matter, with_unclear
from gating.reading.sources import NO_CHOICES, Choices
from gating.records import PLACES, Finding, HeadVerdict, Piece, Skipped
from gating.settings import Settings

JOBS_A_BATCH = 16


@dataclass(frozen=True)
class Assessor:
    """A classifier with the settings it is used under. `today` decides whether a date has passed."""

    classifier: Classifier
    settings: Settings
    choices: Choices = NO_CHOICES
    today: datetime.date = field(default_factory=datetime.date.today)
    recipe: Recipe | None = None  # how a worker makes the same; without it all work is done in this process

    def assess(self, piece: Piece, quotes: int = 1) -> Finding:
        """The finding on one piece."""
        verdict, evidence = self.classifier.classify(piece, quotes)
        verdict = verdict.with_given(self._given(piece))
        verdict = replace(verdict, flags=(*verdict.flags, *flags_by_rule(piece, verdict, self.settings.limits, self.today)))
        return Finding(with_unclear(piece), verdict, advise(piece, verdict, evidence, self.settings))

    def _given(self, piece: Piece) -> dict[str, str]:
        """The labels that a person gave for this very piece: in its front matter under `gating:`, else in the file of labels."""
        in_file = next((self._labels[key] for key in keys_of(piece) if key in self._labels), ()) if self._labels else ()
        return {**dict(in_file), **labels_in_front_matter(piece)}

    @cached_property
    def _labels(self) -> dict[str, Given]:
        return dict(self.choices.labels)

    def do(self, jobs: Iterable[Job]) -> list[Finding | Skipped]:
        """The results of some jobs, in order."""
        return [result if isinstance(result, Skipped) else self.assess(result) for job in jobs for result in read_job(job, self.settings, self.choices)]


@dataclass(frozen=True)
class Recipe:
    """What an assessor is made from: small enough to send to a worker, which makes its own and keeps it."""

    settings: Settings
    model: Path | None = None
    choices: Choices = NO_CHOICES
    today: datetime.date = field(default_factory=datetime.date.today)

    def make(self) -> Assessor:
        """An assessor with the model in `model`, or the shipped one. Raises BundleError when it cannot be used."""
        bundle = load_bundle(self.model or base_folder(), fingerprint())
        below = self.settings.second_reader.below
        second = SecondReader(shipped_folder("second")) if below > 0 and is_installed() else None
        return Assessor(Classifier.of(bundle, second, below), self.settings, self.choices, self.today, self)


def make_assessor(settings: Settings, model: Path | None = None, choices: Choices = NO_CHOICES) -> Assessor:
    """An assessor with the model in `model`, or the shipped one. Raises BundleError when it cannot be used."""
    return Recipe(settings, model, choices).make()


def assess_paths(paths: Iterable[str], assessor: Assessor, exclude: Iterable[str] = (), jobs: int = 1) -> Iterator[Finding | Skipped]:
    """One result for every input behind `paths`, in the order of the inputs; the same results for any number of `jobs`."""
    return assess_jobs(plan(paths, assessor.settings, exclude, assessor.choices), assessor, jobs)


def assess_jobs(planned: Iterator[Job], assessor: Assessor, jobs: int = 1) -> Iterator[Finding | Skipped]:
    """The results of planned jobs, in order, by `jobs` processes."""
    if jobs == 1 or assessor.recipe is None:
        for job in planned:
            yield from assessor.do([job])
        return
    from joblib import Parallel, delayed

    folder = os.getcwd()
    batches = (delayed(_do_in_worker)(assessor.recipe, folder, batch) for batch in iter(lambda: list(islice(planned, JOBS_A_BATCH)), []))
    for results in Parallel(n_jobs=jobs, return_as="generator", max_nbytes=None)(batches):
        yield from results


@lru_cache(maxsize=1)
def _assessor_of(recipe: Recipe) -> Assessor:
    return recipe.make()


def _do_in_worker(recipe: Recipe, folder: str, batch: list[Job]) -> list[Finding | Skipped]:
    os.chdir(folder)  # a worker outlives the call and would look for relative paths where it was started
    return _assessor_of(recipe).do(batch)


def what_would_flip(finding: Finding, assessor: Assessor) -> tuple[Flip, ...]:
    """For strategy, stage and gate: the smallest single change, of those tried, that gives another label, by rescoring the changed piece.

    Tried are: leaving out each of the blocks that speak most for the label, leaving out all asks (the rubric's delete test), adding a
    form or an ask, and withholding the second half behind a download. Where none flips the label, the nearest is named as such.
    """
    found = []
    for head in QUOTED_HEADS:
        before = finding.verdict.head(head).as_predicted()
        best: tuple[float, Change, HeadVerdict] | None = None
        for change in changes(finding.piece, [item for item in finding.advice.evidence if item.label == before.label]):
            verdict, _ = assessor.classifier.classify(change.piece, quotes=0)
            after = verdict.head(head)
            left = after.probabilities[PLACES[before.label]]
            flipped = after.label != before.label
            rank = (change.size - 1000 if flipped else left, change, after)
            if best is None or rank[0] < best[0]:
                best = rank
        if best is not None:
            found.append(Flip(head, before, best[2], best[1].words))
    return tuple(found)
