"""gating from Python: score a text, files, or the rows of a pandas DataFrame.

The answers are those of `gating score` in the same folder: with its gating.toml, and by the model in use. What is loaded for them is
kept for the next call.
"""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gating.errors import SettingsError, SourceError
from gating.records import Evidence, Finding, GateParts, Piece, Skipped
from gating.settings import POLICIES, Settings, load_settings

if TYPE_CHECKING:
    import pandas as pd

    from gating.assess import Assessor
    from gating.reading import RowsJob

PathLike = str | os.PathLike[str]
ROWS_A_JOB = 50


@dataclass(frozen=True, slots=True)
class StageProbabilities:
    """Calibrated probabilities of the three stages, summing to 1."""

    awareness: float
    consideration: float
    decision: float


@dataclass(frozen=True, slots=True)
class Confidence:
    """Probability of the label given, 0..1."""

    strategy: float
    stage: float
    gate: float


@dataclass(frozen=True, slots=True)
class Labels:
    """A label, or where it is from, for each head; None where nothing is said of it."""

    strategy: str | None = None
    stage: str | None = None
    gate: str | None = None
    format: str | None = None


@dataclass(frozen=True, slots=True)
class Ignored:
    """Findings that the piece or the settings ask not to report, and why."""

    findings: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Score:
    """What gating says of one input, field by field the record of docs/json.md. Fields of an input that was not scored are None."""

    id: str
    source: str
    title: str
    url: str
    status: str  # scored, partial, skipped or failed
    reason: str  # why it was not scored, or which limit was hit
    n_words: int | None
    language: str | None
    strategy: str | None
    lead_gen_probability: float | None
    stage: str | None
    stage_probabilities: StageProbabilities | None
    stage_score: float | None
    format: str | None
    phase: str | None
    gate: str | None
    gate_neutral: str | None
    gate_parts: GateParts | None
    observed_gate: str
    observed_gate_evidence: str
    flags: tuple[str, ...]
    action: str | None
    confidence: Confidence | None
    review: bool
    evidence: tuple[Evidence, ...]
    measures: tuple[str, ...]
    why: str
    model: str | None
    policy_rule: str = ""  # the lines of the settings that moved or fixed the gate
    ignored: Ignored | None = None
    given: Labels | None = None  # this and the next two only where a person gave a label
    predicted: Labels | None = None
    label_source: Labels | None = None
    label_rule: Labels | None = None  # the lines of the settings that gave a label
    schema: int = 1

    @property
    def is_scored(self) -> bool:
        """True when there are labels, also where a limit was hit."""
        return self.strategy is not None

    def to_dict(self) -> dict[str, Any]:
        """The record as `gating score --format jsonl` writes it."""
        from gating.report.record import KEYS

        plain = {name: _plain(getattr(self, name)) for name in KEYS}
        return {**plain, **{name: _plain(value) for name in _OPTIONAL if (value := getattr(self, name))}}


def score_text(
    text: str, *, title: str | None = None, url: str | None = None, description: str | None = None, html: bool = False, policy: str | None = None,
    model: PathLike | None = None, config: PathLike | None = None, quotes: int = 1,
) -> Score:  # fmt: skip
    """The score of one text: plain, Markdown (with or without front matter), or with `html` a web page.

    `title`, `url` and `description` go before what the text says of itself. `policy` goes before the settings file's, `model` (a folder)
    before the model in use, `config` before ./gating.toml. `quotes` is how many quotes each label gets. A text that cannot be scored, such
    as an empty one, gives a Score whose `status` and `reason` say so. Raises SettingsError for an unknown policy, BundleError for a model
    that cannot be used, TypeError for a text that is no str.

    >>> import gating
    >>> score = gating.score_text("# Why forms cost readers\\n\\n" + "Half of those who meet a form on a guide turn back before they have read a word. " * 3)
    >>> score.strategy, score.gate
    ('demand-gen', 'ungated')
    >>> gating.score_text("Too short.").reason
    'only 2 words of text; 10 are needed'
    """
    if not isinstance(text, str):
        raise TypeError(f"gating.score_text takes the text as a str, found {type(text).__name__}. Decode bytes first; score_files reads files, score_frame takes missing texts.")
    assessor = assessor_for(policy, model, config)
    piece = read_draft(text, assessor, ending=".html" if html else ".md", title=title or "", url=url or "", description=description or "")
    return score_of(piece if isinstance(piece, Skipped) else assessor.assess(piece, quotes))


def score_files(
    paths: PathLike | Iterable[PathLike], *, jobs: int = 1, exclude: Iterable[str] = (), policy: str | None = None, model: PathLike | None = None, config: PathLike | None = None
) -> Iterator[Score]:
    """The score of every piece behind `paths` (files, folders, patterns), in order, as they come; by `jobs` worker processes.

    Files are opened in processes with a clock and a memory ceiling. Raises SourceError for a path that leads nowhere. Where Python starts
    new processes by importing your script anew (macOS, Windows), call it under `if __name__ == "__main__":`.

    >>> import gating
    >>> [(score.title, score.stage) for score in gating.score_files("samples/drafts/pricing.html")]
    [('Pricing – Hallwren', 'decision')]
    """
    from gating.assess import assess_paths

    given = [paths] if isinstance(paths, str | os.PathLike) else paths
    for result in assess_paths([os.fspath(path) for path in given], assessor_for(policy, model, config), exclude, jobs):
        yield score_of(result)


def score_frame(
    frame: pd.DataFrame, text: str = "text", *, title: str | None = None, url: str | None = None, description: str | None = None, jobs: int = 1,
    policy: str | None = None, model: PathLike | None = None, config: PathLike | None = None,
) -> pd.DataFrame:  # fmt: skip
    """A DataFrame with the index of `frame` and a column for every field of the record; `frame` stays as it is.

    `text`, `title`, `url` and `description` name columns; where a title, url or description is not named, a column with a usual name such
    as "Headline" is taken. A cell of text may hold plain text, Markdown or HTML. An empty cell, NaN or None has the status "skipped" with
    a reason. Nested fields are columns of their own: `gate_score` and `gate_uniqueness` ..., `confidence_strategy` ...,
    `stage_probability_awareness` ...; `flags` and `measures` are tuples, `evidence` a tuple of Evidence, `quote` its first quote.
    Raises SourceError for a column that is not there. Needs pandas, which gating itself does not.

    >>> import gating, pandas as pd
    >>> frame = pd.DataFrame({"body": ["Book a demo and see your own crew's rota built while you watch, in half an hour.", None]}, index=["demo", "empty"])
    >>> gating.score_frame(frame, text="body")[["status", "reason"]].to_dict("index")
    {'demo': {'status': 'scored', 'reason': ''}, 'empty': {'status': 'skipped', 'reason': 'no text in it'}}
    """
    import pandas as pd

    wanted = {name: column for name, column in (("text", text), ("title", title), ("url", url), ("description", description)) if column is not None}
    missing = [column for column in wanted.values() if column not in frame.columns]
    if missing:
        raise SourceError(f"no column {missing[0]!r} in the frame; its columns are {', '.join(map(str, frame.columns[:12]))}. Name one of them.")
    rows = [flat_row(score) for score in _scored_rows(_rows_jobs(frame), assessor_for(policy, model, config, tuple(sorted(wanted.items()))), jobs)]
    return pd.DataFrame({name: pd.Series([row[name] for row in rows], index=frame.index, dtype=None if rows else object) for name in flat_row(score_of(Skipped("", "")))})


def assessor_for(policy: str | None = None, model: PathLike | None = None, config: PathLike | None = None, mapping: tuple[tuple[str, str], ...] = ()) -> Assessor:
    """The assessor for these choices, loaded once for each model, settings and day. Raises SettingsError and BundleError."""
    from gating.classifier.registry import folder_in_use, registry_folder
    from gating.reading.sources import Choices

    settings = load_settings(Path(config) if config else None)
    if policy is not None and policy not in POLICIES:
        raise SettingsError(f"policy must be one of {', '.join(POLICIES)}, found {policy!r}.")
    if policy:
        settings = replace(settings, policy=policy)
    folder = Path(model) if model else folder_in_use(registry_folder())
    return replace(_loaded(folder, settings, datetime.date.today()), choices=Choices(mapping))


def read_draft(text: str, assessor: Assessor, *, ending: str = ".md", title: str = "", url: str = "", description: str = "", id: str = "", source: str = "text") -> Piece | Skipped:
    """The piece that a text in memory makes, read as a file with this ending. What is said of it goes before what it says of itself.

    Without an `id` one is made from the text.
    """
    from gating.reading import FileJob, read_job
    from gating.reading.assembly import source_id
    from gating.reading.sources import Source
    from gating.reading.text import clean, squeeze

    said = {name: squeeze(clean(value)) for name, value in (("title", title), ("url", url), ("description", description)) if value.strip()}
    id = squeeze(clean(id)) or source_id(text)
    if not text.strip():
        return Skipped(source, "no text in it", id=id, title=said.get("title", ""), url=said.get("url", ""))
    job = FileJob(Source(source), ending, text.encode("utf-8", "replace"), tuple(said.items()))
    (result,) = read_job(job, assessor.settings)
    if isinstance(result, Skipped):
        return replace(result, id=id, title=said.get("title") or result.title)
    return replace(result, id=id, title=said.get("title") or result.title, url=said.get("url") or result.url, description=said.get("description") or result.description)


def score_of(result: Finding | Skipped) -> Score:
    """The record of a result as a Score."""
    from gating.report.record import record_of

    record = record_of(result)
    if parts := record["gate_parts"]:
        parts.pop("total")  # which GateParts adds up itself
    for name, kind in _NESTED.items():
        record[name] = kind(**record[name]) if record.get(name) else None
    for name in ("flags", "measures"):
        record[name] = tuple(record[name])
    if ignored := record.get("ignored"):
        record["ignored"] = Ignored(tuple(ignored["findings"]), ignored["reason"])
    record["evidence"] = tuple(Evidence(**{**item, "label": str(item["label"])}) for item in record["evidence"])
    values: dict[str, Any] = {name: str(value) if isinstance(value, str) else value for name, value in record.items()}  # labels as plain text, no enum
    return Score(**values)


def flat_row(score: Score) -> dict[str, Any]:
    """A score as the cells of one row of a table, in the order of the record."""
    row: dict[str, Any] = {}
    for each in fields(Score):
        value, prefix = getattr(score, each.name), _PREFIXES.get(each.name, "")
        if prefix:
            row.update({f"{prefix}_{name}": getattr(value, name, None) for name in _names_in(_NESTED[each.name])})
        elif each.name not in (*_OPTIONAL[1:], "schema"):
            row[each.name] = value
    return {**row, "gate_score": score.gate_parts.total if score.gate_parts else None, "quote": score.evidence[0].quote if score.evidence else None}


_NESTED: dict[str, type] = {
    "stage_probabilities": StageProbabilities, "gate_parts": GateParts, "confidence": Confidence, "given": Labels, "predicted": Labels, "label_source": Labels,
    "label_rule": Labels,
}  # fmt: skip
_OPTIONAL = ("policy_rule", "ignored", "given", "predicted", "label_source", "label_rule")  # in a record only where there is something to say
_PREFIXES = {"stage_probabilities": "stage_probability", "gate_parts": "gate", "confidence": "confidence"}  # in the names of columns


def _rows_jobs(frame: pd.DataFrame) -> Iterator[RowsJob]:
    """The rows as the reader of tables takes them, 50 at a time; cells as text, missing ones empty."""
    from gating.reading import RowsJob

    names = [str(name) for name in frame.columns]
    numbered: list[tuple[str, dict[str, str]]] = []
    filled = frame.astype(object).where(frame.notna(), "")
    for number, values in enumerate(filled.itertuples(index=False, name=None), 1):
        numbered.append((f"frame#{number}", dict(zip(names, map(str, values), strict=True))))
        if len(numbered) == ROWS_A_JOB:
            yield RowsJob(tuple(numbered))
            numbered = []
    if numbered:
        yield RowsJob(tuple(numbered))


def _scored_rows(planned: Iterator[RowsJob], assessor: Assessor, jobs: int) -> Iterator[Score]:
    from gating.assess import assess_jobs
    from gating.reading import read_job

    if jobs > 1:
        yield from assess_jobs(planned, assessor, score_of, jobs)
        return
    for job in planned:
        for result in read_job(job, assessor.settings, assessor.choices):
            yield score_of(result if isinstance(result, Skipped) else assessor.assess(result))


@lru_cache(maxsize=4)
def _loaded(folder: Path | None, settings: Settings, today: datetime.date) -> Assessor:
    from gating.assess import make_assessor

    return replace(make_assessor(settings, folder), today=today)


def _plain(value: Any) -> Any:
    """The value as JSON has it."""
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if not is_dataclass(value):
        return value
    plain = {name: _plain(getattr(value, name)) for name in _names_in(type(value)) if not isinstance(value, Labels) or getattr(value, name)}
    return {**plain, "total": value.total} if isinstance(value, GateParts) else plain


def _names_in(kind: Any) -> tuple[str, ...]:
    return tuple(each.name for each in fields(kind))
