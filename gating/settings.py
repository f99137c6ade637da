"""Settings: defaults.toml, then the user's gating.toml or pyproject.toml. Frozen, handed in, never global."""

from __future__ import annotations

import difflib
import math
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from gating.errors import SettingsError
from gating.records import CHECKS, FORMATS, IGNORABLE, LABELS, Gate, Level

POLICIES = ("balanced", "open", "capture", "developer")
AUDIENCES = ("anyone", "developers", "researchers", "journalists")
COMPANY_STAGES = ("before-fit", "growth", "established")
DEFAULTS_FILE = Path(__file__).with_name("defaults.toml")
SETTINGS_FILE, PROJECT_FILE = "gating.toml", "pyproject.toml"
HIGHEST_SCORE = 6  # of the gate score; a threshold above it is met by nothing
NAMED: dict[str, tuple[tuple[str, ...], tuple[str, ...], str]] = {  # tables that are empty by default: the keys that each may have, the values, an example
    "formats": (FORMATS, tuple(Gate), 'report = "gated"'),
    "checks": (CHECKS, (*Level, "off"), 'thin-piece = "off"'),
}
PATH_KEYS = {"glob": (), "policy": POLICIES, "audience": AUDIENCES, "reason": (), **LABELS}  # the values that each may have; any where none is named


@dataclass(frozen=True, slots=True)
class Limits:
    """Caps on what is read; a cap that is hit shows in the record's `reason`."""

    max_file_mb: int
    max_characters: int
    max_pdf_pages: int
    max_rows: int
    max_seconds: int
    max_memory_mb: int
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
class Mix:
    """Target shares of pieces, 0..1; 0 stands for "not said". The stages are all said or none is."""

    demand_share: float
    awareness: float
    consideration: float
    decision: float


@dataclass(frozen=True, slots=True)
class Names:
    """The company, its products and those it is compared with, as they stand in its pieces."""

    brand: tuple[str, ...]
    products: tuple[str, ...]
    rivals: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """The company's own words for the parts of the gate score."""

    own_data: tuple[str, ...]
    ready_to_use: tuple[str, ...]
    commodity: tuple[str, ...]
    must_be_found: tuple[str, ...]
    resentful_readers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The gate score from which an asset is gated or soft-gated."""

    gated_from: int
    soft_gate_from: int


@dataclass(frozen=True, slots=True)
class GateCosts:
    """What a form before a piece wins and loses; 0 stands for "not said"."""

    contact_value: float  # currency
    reader_value: float  # the same currency
    fill_share: float  # 0..1


@dataclass(frozen=True, slots=True)
class PathRule:
    """One [[paths]] entry: what holds for pieces whose path or address fits `glob`. Empty where it says nothing."""

    glob: str
    policy: str = ""
    audience: str = ""
    strategy: str = ""
    stage: str = ""
    gate: str = ""
    format: str = ""
    ignore: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything a run can be told; see defaults.toml for what each key means."""

    policy: str
    audience: str
    company_stage: str
    mix: Mix
    names: Names
    words: Words
    thresholds: Thresholds
    formats: tuple[tuple[str, str], ...]  # (format, gate)
    checks: tuple[tuple[str, str], ...]  # (name of a check, level or "off")
    gate_costs: GateCosts
    paths: tuple[PathRule, ...]
    pipeline: Pipeline
    limits: Limits
    review: Review
    second_reader: SecondReading


def load_settings(file: Path | None = None) -> Settings:
    """The defaults with `file` laid over them; without one ./gating.toml, else the table [tool.gating] of ./pyproject.toml.

    Only one file is read. Raises SettingsError for a file that cannot be read, an unknown key (naming the nearest known one) or a value
    out of range.
    """
    values = tomllib.loads(DEFAULTS_FILE.read_text(encoding="utf-8"))
    place, given = _given(file)
    paths = given.pop("paths", [])
    named = {table: given.pop(table, {}) for table in NAMED}
    for table in NAMED:
        values.pop(table)
    _lay_over(values, given, place, "", ("paths", *NAMED))
    return _build(values, _paths(paths, place), {table: _named(table, written, place) for table, written in named.items()}, place)


def _given(file: Path | None) -> tuple[str, dict[str, Any]]:
    """Where the user's settings stand, and what they are."""
    project = Path(PROJECT_FILE)
    if file is None and Path(SETTINGS_FILE).is_file():
        file = Path(SETTINGS_FILE)
    if file is not None and file.name != PROJECT_FILE:
        return str(file), _parse(file)
    if file is None and not (project.is_file() and b"tool.gating" in _bytes_of(project)):
        return str(DEFAULTS_FILE), {}
    tool = _parse(file or project).get("tool", {})
    table = tool.get("gating") if isinstance(tool, dict) else None
    if table is None and file is not None:
        raise SettingsError(f"{file}: has no table [tool.gating]. Add one, or name another settings file.")
    if not isinstance(table or {}, dict):
        raise SettingsError(f"{file or project}: [tool.gating] must be a table of settings, found {table!r}.")
    return f"{file or project}: [tool.gating]", dict(table or {})


def _bytes_of(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise SettingsError(f"{file}: cannot be read ({error.strerror}). Name a settings file that exists, or run `gating init`.") from error


def _parse(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(_bytes_of(file).decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file}: is not valid TOML ({error}). Mend that line, or run `gating init` in another folder for a fresh file.") from error


def _lay_over(values: dict[str, Any], given: dict[str, Any], file: str, prefix: str, others: tuple[str, ...] = ()) -> None:
    """Puts what is `given` in place of `values`. `others` are known as well, but no part of `values`."""
    for key, value in given.items():
        if key not in values:
            raise _unknown(key, [*values, *others], file, prefix)
        default = values[key]
        if isinstance(default, dict):
            if not isinstance(value, dict):
                raise SettingsError(f"{file}: [{key}] must be a table of settings, found {value!r}.")
            _lay_over(default, value, file, f"{key}.")
        elif isinstance(default, list):
            values[key] = _texts(value, f"{prefix}{key}", file)
        else:
            numbers = isinstance(default, (int, float)) and isinstance(value, (int, float)) and not isinstance(value, bool)
            if not numbers and type(value) is not type(default):
                raise SettingsError(f"{file}: {prefix}{key} must be {_kind(default)}, found {value!r}.")
            values[key] = value


def _unknown(key: str, known: Sequence[str], file: str, prefix: str) -> SettingsError:
    near = difflib.get_close_matches(key, known, n=1)
    hint = f'; did you mean "{prefix}{near[0]}"?' if near else f"; known here: {', '.join(known)}."
    return SettingsError(f'{file}: unknown key "{prefix}{key}"{hint}')


def _kind(default: object) -> str:
    return "a number" if isinstance(default, (int, float)) else "a text in quotes"


def _texts(value: object, name: str, file: str) -> list[str]:
    """A list of texts as it was written. A single text would be taken for its letters."""
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise SettingsError(f'{file}: {name} must be a list of texts such as ["one", "two"], found {value!r}.')
    if any(not any(map(str.isalnum, text)) for text in value):
        raise SettingsError(f"{file}: {name} holds a text without a letter or digit, which would fit everywhere or nowhere: {value!r}.")
    return value


def _one_of(value: object, allowed: Sequence[str], name: str, file: str) -> str:
    """`value`, which must be one of `allowed`; the nearest is named where one is near."""
    if isinstance(value, str) and value in allowed:
        return value
    near = difflib.get_close_matches(value, allowed, n=1) if isinstance(value, str) else []
    hint = f' Did you mean "{near[0]}"?' if near else ""
    raise SettingsError(f"{file}: {name} must be one of {', '.join(allowed)}, found {value!r}.{hint}")


def _named(table: str, given: object, file: str) -> tuple[tuple[str, str], ...]:
    """A table of NAMED as (name, value)."""
    names, values, example = NAMED[table]
    if not isinstance(given, dict):
        raise SettingsError(f"{file}: [{table}] must be a table such as {example}, found {given!r}.")
    for name in given:
        if name not in names:
            raise _unknown(name, names, file, f"{table}.")
    return tuple((name, _one_of(value, values, f"{table}.{name}", file)) for name, value in given.items())


def _paths(given: object, file: str) -> tuple[PathRule, ...]:
    if not isinstance(given, list) or not all(isinstance(entry, dict) for entry in given):
        raise SettingsError(f"{file}: paths must be written as [[paths]] with a glob, found {given!r}.")
    return tuple(_path_rule(entry, f"paths {number}", file) for number, entry in enumerate(given, 1))


def _path_rule(entry: dict[str, Any], name: str, file: str) -> PathRule:
    for key in entry:
        if key not in PATH_KEYS and key != "ignore":
            raise _unknown(key, [*PATH_KEYS, "ignore"], file, f"{name}: ")
    said = {key: _path_value(value, PATH_KEYS[key], f"{name}: {key}", file) for key, value in entry.items() if key != "ignore"}
    if not said.get("glob"):
        raise SettingsError(f'{file}: {name} has no glob. Say which pieces it is for, such as glob = "docs/".')
    _check_glob(said["glob"], f"{file}: {name}: glob")
    ignored = entry.get("ignore", [])
    written = _texts([ignored] if isinstance(ignored, str) else ignored, f"{name}: ignore", file)
    return PathRule(**said, ignore=tuple(_one_of(finding, (*IGNORABLE, *CHECKS), f"{name}: ignore", file) for finding in written))


def _path_value(value: object, allowed: Sequence[str], name: str, file: str) -> str:
    if allowed:
        return str(_one_of(value, tuple(map(str, allowed)), name, file))
    if not isinstance(value, str):
        raise SettingsError(f"{file}: {name} must be a text in quotes, found {value!r}.")
    return value.strip()


def _check_glob(glob: str, name: str) -> None:
    import pathspec

    if glob.startswith(("!", "#")):
        raise SettingsError(f"{name} {glob!r} begins with {glob[0]}, which has no meaning here. Name the pieces that it is for.")
    try:
        pathspec.GitIgnoreSpec.from_lines([glob])
    except ValueError as error:
        raise SettingsError(f"{name} {glob!r} is no pattern as in .gitignore ({error}).") from error


def _build(values: dict[str, Any], paths: tuple[PathRule, ...], named: dict[str, tuple[tuple[str, str], ...]], file: str) -> Settings:
    for name, allowed in (("policy", POLICIES), ("audience", AUDIENCES), ("company_stage", COMPANY_STAGES)):
        _one_of(values[name], allowed, name, file)
    for name, value in [(f"{table}.{key}", number) for table in ("pipeline", "gate_costs") for key, number in values[table].items()]:
        if not (math.isfinite(value) and value >= 0):
            raise SettingsError(f"{file}: {name} must be a number of at least 0, found {value!r}.")
    shares = [(f"{table}.{key}", number) for table in ("review", "second_reader", "mix") for key, number in values[table].items()]
    one_of_a_table = [(f"{table}.{key}", values[table][key]) for table, key in (("pipeline", "mql_accepted_share"), ("gate_costs", "fill_share"))]
    for name, value in [*shares, *one_of_a_table]:
        if not 0 <= value <= 1:
            raise SettingsError(f"{file}: {name} must lie between 0 and 1, found {value!r}.")
    for name, value in values["limits"].items():
        if not math.isfinite(value) or value < 1 or value != int(value):
            raise SettingsError(f"{file}: limits.{name} must be a whole number of at least 1, found {value!r}.")
    assert {field.name for field in fields(Limits)} == set(values["limits"])
    return Settings(
        policy=values["policy"],
        audience=values["audience"],
        company_stage=values["company_stage"],
        mix=_mix(values["mix"], file),
        names=Names(**{name: tuple(written) for name, written in values["names"].items()}),
        words=Words(**{name: tuple(written) for name, written in values["words"].items()}),
        thresholds=_thresholds(values["thresholds"], file),
        formats=named["formats"],
        checks=named["checks"],
        gate_costs=GateCosts(**values["gate_costs"]),
        paths=paths,
        pipeline=Pipeline(**values["pipeline"]),
        limits=Limits(**{name: int(value) for name, value in values["limits"].items()}),
        review=Review(**values["review"]),
        second_reader=SecondReading(**values["second_reader"]),
    )


def _mix(given: dict[str, float], file: str) -> Mix:
    stages = [given[stage] for stage in LABELS["stage"]]
    if any(stages) and not math.isclose(sum(stages), 1, abs_tol=0.005):
        raise SettingsError(f"{file}: mix.awareness, mix.consideration and mix.decision make {sum(stages):g} together; they must make 1, or all be 0.")
    return Mix(**given)


def _thresholds(given: dict[str, float], file: str) -> Thresholds:
    for name, value in given.items():
        if not math.isfinite(value) or value != int(value) or not -3 <= value <= HIGHEST_SCORE + 1:
            raise SettingsError(f"{file}: thresholds.{name} must be a whole number from -3 to {HIGHEST_SCORE + 1}, found {value!r}.")
    if given["soft_gate_from"] > given["gated_from"]:
        raise SettingsError(f"{file}: thresholds.soft_gate_from ({given['soft_gate_from']:g}) must not be higher than gated_from ({given['gated_from']:g}).")
    return Thresholds(**{name: int(value) for name, value in given.items()})
