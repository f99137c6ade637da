"""What to ask a person next, and the file of their answers. Neither knows of a terminal.

A row of the file must train by itself, on the very words that were shown, and must be harmless in a spreadsheet. A leading quote, which
defuses a formula elsewhere, would be learned as part of the text. So the text stands as HTML: it begins with "<", which no
spreadsheet runs, and our reader makes the same blocks of it. A title that looks like a formula has its first sign as an HTML entity,
which the reader turns back. Only id, source and URL, which nothing is learned from, get the quote.
"""

from __future__ import annotations

import csv
import html
import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from gating.errors import SourceError
from gating.reading.aliases import find_columns, plain_name
from gating.reading.table import DELIMITERS, FIELD_LIMIT
from gating.records import HEADS, Block, BlockKind, Finding, LibraryPiece, Piece, Verdict

ASKED_HEADS = ("strategy", "stage", "gate")
COLUMNS = ("id", "source", "url", "title", "text", *HEADS, "labelled_at")
IDENTITY = ("id", "source", "url")
ALIKE = 0.85  # resemblance (Jaccard, of runs of five words) from which two pieces would get the same answers
REVIEW_DOUBT = 0.5  # least doubt, 0..1, of a piece that the advice itself wants a person to look at
FORMULA_SIGNS = "=+-@\uff1d\uff0b\uff0d\uff20"  # as first sign of a cell; the last four are the full-width twins
MARK = "\ufeff"  # tells Excel that the file is UTF-8; without it a saved file has broken typographic signs, and they would be learned
TAGS = {
    BlockKind.PARAGRAPH: "p", BlockKind.ITEM: "li", BlockKind.QUOTE: "blockquote", BlockKind.CODE: "pre", BlockKind.BUTTON: "button", BlockKind.FIELD: "label",
}  # fmt: skip
Seen = tuple[str, tuple[int, ...]]  # profile and signature of a piece that has its answers already


def most_useful_first(pieces: Sequence[LibraryPiece], seen: Sequence[Seen], n: int) -> list[LibraryPiece]:
    """At most `n` of `pieces` in the order in which to ask about them; the same for the same pieces in the same order.

    Next is always the piece with the most doubt times distance, where distance is 1 - the cosine (TF-IDF of profiles) to the nearest
    piece already chosen or `seen`. Of near-identical pieces one is asked, and none when one is in `seen`.
    """
    if not pieces:
        return []
    doubts = np.array([doubt_of(piece.finding) for piece in pieces])
    vectors = _vectors([piece.profile for piece in pieces] + [profile for profile, _ in seen])
    signatures = np.array([piece.signature for piece in pieces] + [signature for _, signature in seen], dtype=np.uint64)
    left, nearest = np.ones(len(pieces), dtype=bool), np.zeros(len(pieces))
    chosen: list[int] = []
    known = iter(range(len(pieces), len(signatures)))
    while len(chosen) < n and left.any():
        place = next(known, None)
        if place is None:
            place = int(np.argmax(np.where(left, doubts * (1.0 - nearest), -1.0)))
            chosen.append(place)
            left[place] = False
        left &= (signatures[: len(pieces)] == signatures[place]).mean(axis=1) < ALIKE
        nearest = np.maximum(nearest, (vectors[: len(pieces)] @ vectors[place].T).toarray().ravel())
    return [pieces[place] for place in chosen]


def doubt_of(finding: Finding) -> float:
    """How unsure the model is of strategy, stage and gate, 0..1: what their answers would tell (entropy), as a share of the most it could be.

    A label that a person gave is in no doubt.
    """
    heads = [finding.verdict.head(head) for head in ASKED_HEADS]
    told = sum(_entropy(head.probabilities) for head in heads if not head.predicted)
    share = told / sum(math.log(len(head.probabilities)) for head in heads)
    return max(share, REVIEW_DOUBT) if finding.advice.review else share


def needs_labels(verdict: Verdict) -> bool:
    """False for a piece that a person labelled already, in its front matter or in a table of labels."""
    return not all(verdict.head(head).predicted for head in ASKED_HEADS)


def _entropy(probabilities: Sequence[float]) -> float:
    return -sum(share * math.log(share) for share in probabilities if share > 0)


def _vectors(profiles: Sequence[str]) -> Any:
    """A sparse row of length 1 for each profile."""
    from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer

    counts = HashingVectorizer(stop_words="english", norm=None, alternate_sign=False).transform(profiles)  # needs no vocabulary, so any text will do
    return TfidfTransformer(sublinear_tf=True).fit_transform(counts)


@dataclass(frozen=True)
class LabelFile:
    """A CSV file of labels as it stands on disk: every column and value of others is kept, in its order."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...] = ()
    delimiter: str = ","
    line_end: str = "\n"
    mark: str = MARK

    def with_row(self, row: Mapping[str, str]) -> LabelFile:
        """The file with one more row, given by our column names; columns of others are empty in it."""
        return replace(self, rows=(*self.rows, self._cells(row)))

    def without_row(self, row: Mapping[str, str]) -> LabelFile:
        """The file without the last row that is exactly `row`; a row that somebody changed since stays."""
        place = next((place for place in reversed(range(len(self.rows))) if self.rows[place] == self._cells(row)), None)
        return self if place is None else replace(self, rows=(*self.rows[:place], *self.rows[place + 1 :]))

    def text(self) -> str:
        """The whole file."""
        buffer = io.StringIO(self.mark, newline="")
        buffer.seek(0, io.SEEK_END)
        csv.writer(buffer, delimiter=self.delimiter, lineterminator=self.line_end).writerows((self.header, *self.rows))
        return buffer.getvalue()

    def knows(self, piece: Piece) -> bool:
        """True when a row has the piece's id, source or URL, and its title or none: ids and places in an export may be given anew."""
        own = row_of(piece, {}, "")
        return not self._names.isdisjoint((field, own[field], title) for field in IDENTITY for title in (own["title"].casefold(), ""))

    def _cells(self, row: Mapping[str, str]) -> tuple[str, ...]:
        cells = [""] * len(self.header)
        for name, value in row.items():
            cells[self._place(name)] = value
        return tuple(cells)

    def _place(self, name: str) -> int:
        return [plain_name(column) for column in self.header].index(plain_name(name))

    @cached_property
    def _names(self) -> frozenset[tuple[str, str, str]]:
        """(id, source or url; its value; the row's title in lower case) for all that the rows name."""
        places = [(field, self._place(field)) for field in IDENTITY]
        title = self._place("title")
        titled = [(row, row[title].strip().casefold() if title < len(row) else "") for row in self.rows]
        return frozenset((field, row[place].strip(), named) for row, named in titled for field, place in places if place < len(row) and row[place].strip())


def read_label_file(path: Path) -> LabelFile:
    """The file, with those of our columns added at the end that it lacks; a new one where there is none.

    Raises SourceError for what is no CSV file of pieces in UTF-8, so that it is never written over.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return LabelFile(COLUMNS)
    except OSError as error:
        raise SourceError(f"{path}: cannot be read ({error.strerror}).") from error
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise SourceError(f"{path}: is not UTF-8. Save it as CSV UTF-8, or name another file with -o.") from error
    if not text.strip(MARK + " \r\n"):
        return LabelFile(COLUMNS)
    return _parsed(text, path)


def _parsed(text: str, path: Path) -> LabelFile:
    mark, text = (MARK, text[1:]) if text.startswith(MARK) else ("", text)
    first = text.split("\n", 1)[0]
    names = {sign: next(csv.reader([first], delimiter=sign), []) for sign in DELIMITERS}
    delimiter = max(DELIMITERS, key=lambda sign: len(find_columns(names[sign])))
    if not find_columns(names[delimiter]):
        raise SourceError(f"{path}: its first line names no column such as title, text or stage. Name another file with -o.")
    csv.field_size_limit(FIELD_LIMIT)
    try:
        header, *rows = (tuple(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise SourceError(f"{path}: is not readable as CSV ({error}). Name another file with -o.") from error
    known = {plain_name(name) for name in header}
    unnamed = ("",) * (max(map(len, rows), default=0) - len(header))  # cells beyond the header stay without a name
    missing = tuple(name for name in COLUMNS if plain_name(name) not in known)
    return LabelFile((*header, *(unnamed if missing else ()), *missing), tuple(rows), delimiter, "\r\n" if first.endswith("\r") else "\n", mark)


def row_of(piece: Piece, labels: Mapping[str, str], day: str) -> dict[str, str]:
    """The row of the file for a piece and its answers, {column: cell}; `day` is an ISO date."""
    said = {"id": _named(piece.id), "source": _named(piece.source), "url": _named(piece.url), "title": _title(piece.title), "text": html_of(piece), "labelled_at": day}
    return {name: {**said, **labels}.get(name, "").encode("utf-8", "backslashreplace").decode() for name in COLUMNS}


def html_of(piece: Piece) -> str:
    """HTML of which our reader makes the same description and blocks.

    Of 3,290 public pages 18 came back with a block of another kind or less: a paragraph that is "Email" once the reader has taken a
    bracket out of it comes back as a field, and a button of signs alone is lost.
    """
    summary = f'<meta name="description" content="{html.escape(piece.description)}">\n' if piece.description else ""
    return summary + "\n".join(map(_element, piece.blocks))


def _element(block: Block) -> str:
    text = html.escape(block.text, quote=False)
    if block.kind is BlockKind.CODE:
        text = text.replace("#", "&#35;")  # at the start of a line it is the mark of a Markdown heading
    text = text.replace("{", "&#123;")  # two of them are the mark of a template
    if block.kind is BlockKind.TABLE:
        return f"<table><tr><td>{text}</td></tr></table>"
    tag = f"h{min(6, max(1, block.level))}" if block.kind is BlockKind.HEADING else TAGS[block.kind]
    return f"<{tag}>{text}</{tag}>"


def _title(title: str) -> str:
    title = html.escape(title, quote=False) if "<" in title or html.unescape(title) != title else title
    return f"&#{ord(title[0])};{title[1:]}" if title.startswith(tuple(FORMULA_SIGNS)) else title


def _named(value: str) -> str:
    return f"'{value}" if value.lstrip().startswith(tuple(FORMULA_SIGNS)) else value
