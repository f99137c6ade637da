"""Where in its file a quote stands, to the column: a block knows the line on which it begins, and no more."""

from __future__ import annotations

import re
from pathlib import Path

from gating.reading import MARKDOWN, PLAIN, WEBPAGE
from gating.reading.text import decode
from gating.reading.urls import ROW

TEXTS = MARKDOWN + WEBPAGE + PLAIN
FIRST_WORDS = 4  # of a quote, by which it is found
MOST_LINES = 60  # of a block, in which its quote is looked for
BETWEEN = r"(?:<[^<>]{0,300}>|[^\w<]|_){1,80}?"  # what may stand between two words: signs, and tags


def has_lines(source: str) -> bool:
    """True for a text of its own, where a line is a line of the file. It is a page in a PDF, and a line of its text in a row."""
    return not ROW.search(source) and source.lower().endswith(TEXTS)


def place_of(source: str, line: int, quote: str) -> tuple[int, int]:
    """(line, column) of `quote` at or below `line` of the file; what is given and the column of the first letter where it is not found.

    The column is 0 where the source has no lines, or is not there to be read.
    """
    lines = _lines_of(source)
    if not lines:
        return line, 0
    words = re.findall(r"\w+", quote)[:FIRST_WORDS]
    start = min(max(line - 1, 0), len(lines) - 1)
    window = "\n".join(lines[start : start + MOST_LINES] if line else lines)
    found = re.search(BETWEEN.join(map(re.escape, words)), window) if words else None
    if found:
        return start + 1 + window.count("\n", 0, found.start()), found.start() - window.rfind("\n", 0, found.start())
    return start + 1, len(lines[start]) - len(lines[start].lstrip()) + 1


def _lines_of(source: str) -> list[str]:
    if not has_lines(source):
        return []
    try:
        return decode(Path(source).read_bytes()).split("\n")
    except OSError:  # standard input, a file in a zip, an address
        return []
