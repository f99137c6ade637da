"""Scores in front matter: the one entry `gating_scores` is added or replaced, every other byte stays."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping

from gating.reading.frontmatter import FrontMatter, split_front_matter
from gating.reading.text import clean
from gating.report.in_sheets import KEY, Refused

FENCED = re.compile(
    r"\A(?P<open>(?:(?P<yaml>---)|\+\+\+)[ \t]*(?:js|json|yaml|toml)?[ \t]*\r?\n)(?P<raw>.*?)(?P<close>^(?(yaml)(?:---|\.\.\.)|\+\+\+)[ \t]*(?:\r?\n|\Z))",
    re.DOTALL | re.MULTILINE,
)
# The key with all that is indented below it; a value on its own line (flow style) as well.
YAML_ENTRY = re.compile(rf"^(?P<quote>[\"']?){KEY}(?P=quote)[ \t]*:[^\n]*(?:\n|\Z)(?:[ \t]+[^\n]*(?:\n|\Z))*", re.MULTILINE)
TOML_ENTRY = re.compile(rf"^\[{KEY}\][^\n]*(?:\n|\Z)(?:(?!\[)[^\n]*\S[^\n]*(?:\n|\Z))*", re.MULTILINE)
PLAIN = re.compile(r"[A-Za-z][\w./-]*\Z")  # what YAML reads as that very text without quotes
OTHERWISE = "its front matter is written in a way in which labels cannot be added without changing the rest"


def with_scores(data: bytes, scores: Mapping[str, str], must_have: bool = False) -> bytes:
    """The file with `scores` in its front matter; one is put before a file that has none, unless it `must_have` one. Raises Refused."""
    mark = codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) else b""
    try:
        text = data[len(mark) :].decode("utf-8")
    except ValueError:
        raise Refused("it is not UTF-8; save it as UTF-8 first") from None
    end = "\r\n" if "\r\n" in text[:10_000] else "\n"
    if "\r" in text and "\n" not in text:  # line ends of an old Mac
        after = _edited(text.replace("\r", "\n"), scores, end, must_have).replace("\n", "\r")
    else:
        after = _edited(text, scores, end, must_have)
    _check(text, after, scores)
    return mark + after.encode("utf-8")


def _edited(text: str, scores: Mapping[str, str], end: str, must_have: bool) -> str:
    found = FENCED.match(text)
    plain = clean(text)
    front = split_front_matter(plain)
    if front.body == plain:
        if must_have:
            raise Refused("labels cannot be written into a page without front matter")
        return f"---{end}{_yaml(scores, end)}---{end}{text}"
    if not found:
        raise Refused("its front matter is JSON, into which labels are not written" if plain.startswith("{") else _told(front.problem) or OTHERWISE)
    raw = found["raw"]
    entry, written = (YAML_ENTRY, _yaml(scores, end)) if found["yaml"] else (TOML_ENTRY, _toml(scores, end))
    held = entry.search(raw)
    if not held and any(_is_ours(key) for key, _ in front.values):  # such as "? gating_scores"; a second one beside it would be wrong YAML
        raise Refused(OTHERWISE)
    raw = f"{raw[: held.start()]}{written}{raw[held.end() :]}" if held else f"{raw}{written}"
    return f"{found['open']}{raw}{text[found.start('close') :]}"


def _yaml(scores: Mapping[str, str], end: str) -> str:
    return f"{KEY}:{end}" + "".join(f"  {name}: {value if PLAIN.match(value) else _quoted(value)}{end}" for name, value in scores.items())


def _toml(scores: Mapping[str, str], end: str) -> str:
    return f"[{KEY}]{end}" + "".join(f"{name} = {_quoted(value)}{end}" for name, value in scores.items())


def _quoted(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _check(before: str, after: str, scores: Mapping[str, str]) -> None:
    """Raises Refused unless the reader finds in `after` what it found in `before`, and the scores."""
    old, new = split_front_matter(clean(before)), split_front_matter(clean(after))
    if old.problem:
        raise Refused(_told(old.problem))
    found = {key: value for key, value in new.values if key.startswith(f"{KEY}.")}
    if new.problem or _others(new) != _others(old) or new.body != old.body or found != {f"{KEY}.{name}": value for name, value in scores.items()}:
        raise Refused(OTHERWISE)


def _others(front: FrontMatter) -> list[tuple[str, str]]:
    return [(key, value) for key, value in front.values if not _is_ours(key)]


def _is_ours(key: str) -> bool:
    return key.partition(".")[0] == KEY


def _told(problem: str) -> str:
    """What is wrong with front matter, without what the reader did about it."""
    return problem.partition("; read ")[0]
