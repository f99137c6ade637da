"""Read, extract, classify, advise: for one piece or many, in order, in worker processes."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

from gating.advice import advise
from gating.advice.changes import Change, Flip, changes
from gating.advice.flags import flags_by_rule
from gating.advice.overrides import override_for
from gating.classifier import Classifier
from gating.classifier.bundle import Bundle, base_folder, load_bundle, shipped_folder
from gating.classifier.evidence import QUOTED_HEADS
from gating.classifier.second_reader import SecondReader, is_installed
from gating.features.catalogue import fingerprint
from gating.reading import Job, Problem, plan, read_job, work_on
from gating.reading.labels import Given, keys_of, labels_in_front_matter, with_unclear
from gating.reading.sources import NO_CHOICES, Choices
from gating.records import PLACES, Finding, HeadVerdict, Piece, Skipped, Verdict
from gating.settings import Settings

if TYPE_CHECKING:
    from gating.advice.proposals import Proposal
    from gating.cluster import Cluster

R = TypeVar("R")


@dataclass(frozen=True)
class Assessor:
    """A classifier with the settings it is used under. `today` decides whether a date has passed."""

    classifier: Classifier
    settings: Settings
    choices: Choices = NO_CHOICES
    today: datetime.date = field(default_factory=datetime.date.today)
    recipe: Recipe | None = None  # how a worker that is no copy of this process makes the same

    def assess(self, piece: Piece, quotes: int = 1) -> Finding:
        """The finding on one piece."""
        verdict, evidence = self.classifier.classify(piece, quotes)
        verdict = self._with_given(piece, verdict)
        verdict = replace(verdict, flags=(*verdict.flags, *flags_by_rule(piece, verdict, self.settings.limits, self.today)))
        return Finding(with_unclear(piece), verdict, advise(piece, verdict, evidence, self.settings))

    def _with_given(self, piece: Piece, verdict: Verdict) -> Verdict:
        """The verdict with the labels that a person gave: in the piece's front matter under `gating:`, else in the file of labels, else by [[paths]]."""
        in_file = next((self._labels[key] for key in keys_of(piece) if key in self._labels), ()) if self._labels else ()
        said, own = override_for(piece, self.settings.paths), {**dict(in_file), **labels_in_front_matter(piece)}
        return verdict.with_given({**said.labels, **own}, {head: said.line_with_reason(head) for head in said.labels if head not in own})

    @cached_property
    def _labels(self) -> dict[str, Given]:
        return dict(self.choices.labels)

    def to_send(self) -> Assessor:
        """The same, whose recipe needs no file of this machine."""
        return self if self.recipe is None else replace(self, recipe=replace(self.recipe, model=self.recipe.loaded()))

    def __reduce__(self) -> tuple[Callable[[Recipe], Assessor], tuple[Recipe | None]]:
        return _made, (self.recipe,)  # a worker that is no copy of this process makes its own


@dataclass(frozen=True)
class Recipe:
    """What an assessor is made from: small enough to send to a worker, which makes its own and keeps it. `model` is a bundle where the
    worker does not share this machine's disk.
    """

    settings: Settings
    model: Path | Bundle | None = None
    choices: Choices = NO_CHOICES
    today: datetime.date = field(default_factory=datetime.date.today)

    def make(self) -> Assessor:
        """An assessor with the model in `model`, or the shipped one. Raises BundleError when it cannot be used."""
        bundle = self.loaded()
        below = self.settings.second_reader.below
        second = SecondReader(shipped_folder("second")) if below > 0 and is_installed() else None
        return Assessor(Classifier.of(bundle, second, below), self.settings, self.choices, self.today, self)

    def loaded(self) -> Bundle:
        """The bundle of the model. Raises BundleError when it cannot be used."""
        return self.model if isinstance(self.model, Bundle) else load_bundle(self.model or base_folder(), fingerprint())


def make_assessor(settings: Settings, model: Path | None = None, choices: Choices = NO_CHOICES) -> Assessor:
    """An assessor with the model in `model`, or the shipped one. Raises BundleError when it cannot be used."""
    return Recipe(settings, model, choices).make()


def assess_paths(paths: Iterable[str], assessor: Assessor, exclude: Iterable[str] = (), jobs: int | Cluster = 1) -> Iterator[Finding | Skipped]:
    """One result for every input behind `paths`, in the order of the inputs; the same results for any number of `jobs`."""
    return assess_jobs(plan(paths, assessor.settings, exclude, assessor.choices), assessor, as_it_is, jobs)


def as_it_is(result: Finding | Skipped) -> Finding | Skipped:
    """The result, unchanged."""
    return result


def assess_jobs(planned: Iterator[Job], assessor: Assessor, shape: Callable[[Finding | Skipped], R], jobs: int | Cluster = 1) -> Iterator[R]:
    """`shape` of the result of each piece of the planned jobs, in order, made in `jobs` processes or on the machines of a cluster.

    `shape` is done where the piece was scored, so that a line of text travels instead of a piece with all its blocks.
    """
    if isinstance(jobs, int):
        return work_on(planned, _Scoring(assessor, shape), assessor.settings, jobs)
    return jobs.work_on(planned, _Scoring(assessor.to_send(), shape), assessor.settings)


@dataclass(frozen=True)
class _Scoring(Generic[R]):
    """What a worker does with one job. It never raises: an error costs its own piece."""

    assessor: Assessor
    shape: Callable[[Finding | Skipped], R]

    def __call__(self, job: Job) -> Iterator[R]:
        for result in read_job(job, self.assessor.settings, self.assessor.choices):
            problem = Problem(result.source, self.assessor.settings)
            with problem:
                shaped = self.shape(result if isinstance(result, Skipped) else self.assessor.assess(result))
            yield self.shape(problem.skipped) if problem.skipped else shaped


def _made(recipe: Recipe | None) -> Assessor:
    if recipe is None:
        raise TypeError("an assessor that was not made from a recipe cannot be sent to another process")
    return recipe.make()


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


def proposals_for(finding: Finding, assessor: Assessor) -> tuple[Proposal, ...]:
    """At most MOST_SHOWN edits worth making to the piece as it stands, the most useful first; what each moves is found by rescoring the edited piece.

    An edit that does not move what it is proposed for, or moves it the wrong way, is left out. At most MOST_TRIED texts are scored.
    """
    from gating.advice.proposals import MOST_SHOWN, MOST_TRIED, proposal_of, weaknesses_in

    found: list[Proposal] = []
    left = MOST_TRIED
    for weakness in weaknesses_in(finding):
        tried = [(trial, assessor.assess(trial.piece, quotes=0)) for trial in weakness.trials[:left]]
        left -= len(tried)
        proposal = proposal_of(weakness, finding, tried)
        found += [proposal] if proposal else []
    return tuple(found[:MOST_SHOWN])
