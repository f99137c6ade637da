"""Front matter as plain strings: YAML (---), TOML (+++), JSON ({ ... }). No types, no aliases, no surprises.

YAML 1.1 turns `gated: no` into False, `1.10` into 1.1 and a bad date into a ValueError, and merge keys let 368 bytes
take six seconds; reading scalars as strings and refusing anchors ends all of that.
"""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import dataclass

from gating.reading.aliases import find_columns

MAX_BYTES = 65_536  # real front matter stays under 10 kB
MAX_VALUE = 10_000
MAX_KEY = 200
FENCES = re.compile(r"\A(?:(---)|(\+\+\+))[ \t]*(?:js|json|yaml|toml)?[ \t]*\n(.*?)^(?(1)(?:---|\.\.\.)|\+\+\+)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
UNCLOSED = re.compile(r"\A---[ \t]*\n((?:[A-Za-z_][\w-]{0,60}:(?:[ \t][^\n]*)?\n)+)[ \t]*\n")  # keys to the first empty line
KEY_LINE = re.compile(r"^([A-Za-z_][\w .-]{0,60}):[ \t]+(.+)$")


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """`values`: (key in lower case, value) for scalars, nested keys joined by a dot; `n_lines` that it takes in the file."""

    values: tuple[tuple[str, str], ...]
    body: str
    n_lines: int
    problem: str = ""


def split_front_matter(text: str) -> FrontMatter:
    """Front matter and body of `text`. What cannot be parsed is read line by line as `key: value`, and `problem` says so."""
    text = text.lstrip("\ufeff")
    fenced = FENCES.match(text)
    if fenced:
        kind, raw, end = fenced.group(1) or fenced.group(2), fenced.group(3), fenced.end()
    elif (unclosed := UNCLOSED.match(text)) and find_columns(dict(_loose(unclosed.group(1)))):  # else a rule before a line such as "Note: ..."
        said = "front matter is never closed; read to its first empty line"
        return FrontMatter(_loose(unclosed.group(1)), text[unclosed.end() :], text.count("\n", 0, unclosed.end()), said)
    elif text.startswith("{") and (end := _json_end(text)):
        kind, raw = "{", text[:end]
    else:
        return FrontMatter((), text, 0)
    body, n_lines = text[end:], text.count("\n", 0, end)
    if len(raw) > MAX_BYTES:
        said = f"front matter longer than {MAX_BYTES // 1024} kB; only plain lines of its beginning were read"
        return FrontMatter(_loose(raw[:MAX_BYTES]), body, n_lines, said)
    try:
        parsed = _parse(kind, raw) if raw.strip() else {}
        if not isinstance(parsed, dict):  # text between two rules
            return FrontMatter((), text, 0)
        return FrontMatter(tuple(_flatten(parsed)), body, n_lines)
    except (ValueError, RecursionError) as error:
        said = f"front matter is not valid ({str(error).partition(chr(10))[0]}); read line by line"
        return FrontMatter(_loose(raw), body, n_lines, said)


def _json_end(text: str) -> int:
    try:
        value, end = json.JSONDecoder().raw_decode(text[:MAX_BYTES])
    except (ValueError, RecursionError):
        return 0
    return end if isinstance(value, dict) and text[end:].strip() else 0


def _parse(kind: str, raw: str) -> object:
    if kind == "+++":
        return tomllib.loads(raw)
    if kind == "{" or raw.lstrip().startswith("{"):
        return json.loads(raw)
    return _yaml(raw)


def _yaml(raw: str) -> object:
    import yaml

    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    try:
        for event in yaml.parse(raw, Loader=loader):
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) or getattr(event, "value", "") == "<<":
                raise ValueError("anchors and merge keys are not read")
        return yaml.load(raw, Loader=loader)  # noqa: S506  (BaseLoader makes strings, lists and dicts, nothing else)
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from error


def _flatten(value: object, prefix: str = "", depth: int = 0) -> list[tuple[str, str]]:
    if isinstance(value, dict) and depth < 5:
        return [pair for key, inner in value.items() for pair in _flatten(inner, f"{prefix}.{key}".strip(".").lower(), depth + 1)]
    if isinstance(value, list):
        if depth < 5 and any(isinstance(item, dict) for item in value):
            return [pair for item in value for pair in _flatten(item, prefix, depth + 1)]
        value = ", ".join(str(item) for item in value)
    if not prefix or value is None:
        return []
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return [(prefix[:MAX_KEY], text[:MAX_VALUE])]


def _loose(raw: str) -> tuple[tuple[str, str], ...]:
    """The values of lines such as `title: Plans: a guide`."""
    found = (match for line in raw.split("\n") if (match := KEY_LINE.match(line)))
    return tuple((match[1].strip().lower(), match[2].strip().strip("\"'")[:MAX_VALUE]) for match in found)
