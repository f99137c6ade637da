"""Which [[paths]] entries of the settings fit a piece, and what they say of it together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import TYPE_CHECKING

from gating.reading.urls import ROW, normal_url, path_of
from gating.records import HEADS, Piece
from gating.settings import PathRule

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

SAID = tuple(field.name for field in fields(PathRule) if field.name != "glob")
LABEL_KEYS = tuple(head for head in HEADS if head != "gate")  # a gate by path is policy, so that the neutral one stays beside it


@dataclass(frozen=True, slots=True)
class Override:
    """What the entries that fit a piece say of it, key by key, each with the glob that said it last."""

    values: tuple[tuple[str, str], ...] = ()  # (key of PathRule, value)
    globs: tuple[tuple[str, str], ...] = ()  # (key, glob)
    ignore: tuple[str, ...] = ()

    def value(self, key: str) -> str:
        """What is said of `key`; empty where nothing is."""
        return dict(self.values).get(key, "")

    def line(self, key: str) -> str:
        """The entry as a person finds it in the file."""
        return f'paths "{dict(self.globs)[key]}": {key} = "{self.value(key)}"'

    def line_with_reason(self, key: str) -> str:
        """The entry, and the reason that stands in it."""
        globs = dict(self.globs)
        return self.line(key) + (f", because: {self.value('reason')}" if globs.get("reason") == globs[key] else "")

    @property
    def labels(self) -> dict[str, str]:
        """{head: label} for strategy, stage and format."""
        return {key: value for key, value in self.values if key in LABEL_KEYS}


NOTHING_SAID = Override()


def override_for(piece: Piece, paths: tuple[PathRule, ...]) -> Override:
    """What `paths` say of `piece`: of the entries that fit, a later one goes before an earlier one, key by key."""
    fitting = [rule for rule in paths if any(_spec(rule.glob).match_file(place) for place in _places(piece))] if paths else []
    if not fitting:
        return NOTHING_SAID
    said = {key: (value, rule.glob) for rule in fitting for key in SAID if (value := getattr(rule, key))}
    ignore, _ = said.pop("ignore", ((), ""))
    return Override(tuple((key, value) for key, (value, _) in said.items()), tuple((key, glob) for key, (_, glob) in said.items()), ignore)


def _places(piece: Piece) -> Iterator[str]:
    """The path of the file as it was given, without a row's number, and the path of the address."""
    yield ROW.sub("", piece.source).replace("\\", "/").removeprefix("./").lstrip("/")
    if path := path_of(normal_url(piece.url)).lstrip("/") if piece.url else "":
        yield from (path, f"{path}/")  # an address does not show whether a page has others below it


@lru_cache(maxsize=256)
def _spec(glob: str) -> GitIgnoreSpec:
    """A glob with a slash in its middle fits at any depth, too: nobody knows from which folder a file will be named."""
    from pathspec import GitIgnoreSpec

    return GitIgnoreSpec.from_lines([glob if glob.startswith("/") else f"**/{glob}"])
