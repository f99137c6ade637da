"""What a walk passes over: hidden files, folders of tools, and what .gitignore names, as git understands it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pathspec

from gating.reading.opened import open_regular

LEFT_OUT = frozenset(("node_modules", "__pycache__"))
MAX_BYTES = 100_000  # ten times the longest .gitignore in public collections of them
MAX_PATTERNS = 1000
MAX_STARS = 3  # the matcher backtracks: at 4 stars one name of 250 letters takes half a second, at 5 half a minute
STARS = re.compile(r"(?:^|/)\*\*(?=/|$)|\*")


@dataclass(frozen=True, slots=True)
class Rules:
    """The patterns of one .gitignore. `above` leads from its folder down to the root of the walk ("" or "a/b/"); where it stands below
    the root, its folder's path has `below` characters, the slash included.
    """

    patterns: pathspec.GitIgnoreSpec
    above: str = ""
    below: int = 0


def is_hidden(name: str) -> bool:
    """True for .name and folders of tools. A name that begins with two dots or more is a title such as "...and then we shipped.md"."""
    return (name.startswith(".") and not name.startswith("..")) or name in LEFT_OUT


def is_ignored(path: str, rules: tuple[Rules, ...]) -> bool:
    """True when the last of `rules` to speak of `path` (from the root, folders with a slash at the end) leaves it out, as in git."""
    verdict = False
    for rule in rules:
        said = rule.patterns.check_file(rule.above + path[rule.below :]).include
        verdict = verdict if said is None else said
    return verdict


def rules_in(folder: str) -> pathspec.GitIgnoreSpec | None:
    """The patterns of the .gitignore in `folder`, None without one. It may come from a stranger: only a plain file counts, only its first
    patterns, and none that would take the matcher long.
    """
    try:
        with open_regular(os.path.join(folder, ".gitignore"), follow=False) as file:
            lines = file.read(MAX_BYTES).decode("utf-8", "replace").splitlines()[:MAX_PATTERNS]
    except OSError:
        return None
    return pathspec.GitIgnoreSpec.from_lines(line for line in lines if len(STARS.findall(line)) <= MAX_STARS)


def rules_above(root: str) -> Iterator[Rules]:
    """The .gitignore files between `root` and the top of its git checkout, where it stands in one, from the top down."""
    absolute = Path(root).resolve()
    folders = [absolute, *absolute.parents]
    top = next((n for n, folder in enumerate(folders) if (folder / ".git").exists()), 0)
    for folder in reversed(folders[1 : top + 1]):
        if patterns := rules_in(str(folder)):
            yield Rules(patterns, absolute.relative_to(folder).as_posix() + "/")
