"""Settings: defaults.toml, then the user's gating.toml. Frozen, handed in, never global."""

from __future__ import annotations

import difflib
import math
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from gating.errors import SettingsError

POLICIES = ("balanced", "open", "capture", "developer")
COMPANY_STAGES = ("before-fit", "growth", "established")
DEFAULTS_FILE = Path(__file__).with_name("defaults.toml")


@dataclass(frozen=True, slots=True)
class Limits:
    """Caps on what is read; a cap that is hit shows in the record's `reason`."""

    max_file_mb: int
    max_characters: int
    max_pdf_pages: int
    max_rows: int
    min_words: int
    thin_words: int


@dataclass(frozen=True, slots=True)
class Review:
    """Probabilities under which a piece is sent to a person, 0..1."""

    strategy_below: float
    gate_below: float


@dataclass(frozen=True, slots=True)
class SecondReading:
    """Below which probability of its least sure label a piece is read a second time, 0..1; 0 never."""

    below: float


@dataclass(frozen=True, slots=True)
class Pipeline:
    """What the company knows of its own pipeline; 0 stands for "not said"."""

    visitors_per_month: float
    leads_per_month: float
    mql_accepted_share: float  # 0..1


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything a run can be told; see defaults.toml for what each key means."""

    policy: str
    company_stage: str
    pipeline: Pipeline
    limits: Limits
    review: Review
    second_reader: SecondReading


def load_settings(file: Path | None = None) -> Settings:
    """The defaults with `file` (or ./gating.toml where there is one) laid over them.

    Raises SettingsError for a file that cannot be read, an unknown key (naming the nearest known one) or a value out of range.
    """
    values = tomllib.loads(DEFAULTS_FILE.read_text(encoding="utf-8"))
    if file is None and Path("gating.toml").is_file():
        file = Path("gating.toml")
    if file is not None:
        _lay_over(values, _parse(file), str(file), "")
    return _build(values, str(file or DEFAULTS_FILE))


def _parse(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"{file}: cannot be read ({error.strerror}). Name a settings file that exists, or run `gating init`.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file}: is not valid TOML ({error}). Mend that line, or run `gating init` in another folder for a fresh file.") from error


def _lay_over(values: dict[str, Any], given: dict[str, Any], file: str, prefix: str) -> None:
    for key, value in given.items():
        if key not in values:
            near = difflib.get_close_matches(key, values, n=1)
            hint = f'; did you mean "{prefix}{near[0]}"?' if near else f"; known here: {', '.join(values)}."
            raise SettingsError(f'{file}: unknown key "{prefix}{key}"{hint}')
        default = values[key]
        if isinstance(default, dict):
            if not isinstance(value, dict):
                raise SettingsError(f"{file}: [{key}] must be a table of settings, found {value!r}.")
            _lay_over(default, value, file, f"{key}.")
        else:
            numbers = isinstance(default, (int, float)) and isinstance(value, (int, float)) and not isinstance(value, bool)
            if not numbers and type(value) is not type(default):
                raise SettingsError(f"{file}: {prefix}{key} must be {_kind(default)}, found {value!r}.")
            values[key] = value


def _kind(default: object) -> str:
    return "a number" if isinstance(default, (int, float)) else "a text in quotes"


def _build(values: dict[str, Any], file: str) -> Settings:
    if values["policy"] not in POLICIES:
        raise SettingsError(f"{file}: policy must be one of {', '.join(POLICIES)}, found {values['policy']!r}.")
    if values["company_stage"] not in COMPANY_STAGES:
        raise SettingsError(f"{file}: company_stage must be one of {', '.join(COMPANY_STAGES)}, found {values['company_stage']!r}.")
    for name, value in values["pipeline"].items():
        if not (math.isfinite(value) and value >= 0):
            raise SettingsError(f"{file}: pipeline.{name} must be a number of at least 0, found {value!r}.")
    shares = [(f"{table}.{key}", number) for table in ("review", "second_reader") for key, number in values[table].items()]
    for name, value in [*shares, ("pipeline.mql_accepted_share", values["pipeline"]["mql_accepted_share"])]:
        if not 0 <= value <= 1:
            raise SettingsError(f"{file}: {name} must lie between 0 and 1, found {value!r}.")
    for name, value in values["limits"].items():
        if not math.isfinite(value) or value < 1 or value != int(value):
            raise SettingsError(f"{file}: limits.{name} must be a whole number of at least 1, found {value!r}.")
    assert {field.name for field in fields(Limits)} == set(values["limits"])
    return Settings(
        policy=values["policy"],
        company_stage=values["company_stage"],
        pipeline=Pipeline(**values["pipeline"]),
        limits=Limits(**{name: int(value) for name, value in values["limits"].items()}),
        review=Review(**values["review"]),
        second_reader=SecondReading(**values["second_reader"]),
    )
