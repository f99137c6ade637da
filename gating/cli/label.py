"""What `gating label` does: chooses what to ask, reads the keys, has every answered piece written at once."""

from __future__ import annotations

import datetime
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import click
from rich.console import RenderableType
from rich.text import Text

from gating.assess import Assessor, assess_paths
from gating.cli.audit import findings_in
from gating.cli.streams import writing
from gating.errors import OutputError, SourceError
from gating.features.signature import signature_of
from gating.library.compact import library_piece, profile_of
from gating.reading import plan, read_jobs
from gating.reading.sources import STDIN, Choices
from gating.records import HEADS, LABELS, Finding, LibraryPiece, Piece, Skipped
from gating.report import labelling as page
from gating.report.safe import visible
from gating.report.terminal import show
from gating.report.whole import check_writable, write_whole
from gating.settings import Settings
from gating.training.labelling import ASKED_HEADS, LabelFile, Seen, most_useful_first, needs_labels, read_label_file, row_of

QUOTES = 2  # telling quotes for each label
KEYS = {
    "strategy": {"d": "demand-gen", "l": "lead-gen"},
    "stage": {"a": "awareness", "c": "consideration", "e": "decision", "1": "awareness", "2": "consideration", "3": "decision"},
    "gate": {"u": "ungated", "s": "soft-gate", "g": "gated"},
    "format": {
        "a": "article", "g": "guide", "t": "tutorial", "e": "ebook", "r": "report", "w": "webinar", "c": "case-study", "v": "comparison", "p": "pricing",
        "o": "product", "f": "conversion", "d": "docs", "n": "news", "l": "tool", "i": "other",
    },
}  # fmt: skip
DONT_KNOW, UNDO, SKIP, MORE, GUESS, RUBRIC, QUIT = "xzkmh?q"
CONTROLS = {DONT_KNOW: "don't know", UNDO: "undo", SKIP: "skip", MORE: "more text", GUESS: "the model's guess", RUBRIC: "the rubric", QUIT: "quit"}
SAME_AS = {"\x7f": UNDO, "\x08": UNDO}  # the backspace key
INTERRUPT, END_OF_INPUT, ESCAPE = "\x03", "\x04", "\x1b"


@dataclass(frozen=True)
class Wanted:
    """What to ask about: how many pieces at most, whether formats too, only what an audit left for review, what to leave out."""

    n: int
    with_format: bool = False
    audit: Path | None = None
    exclude: tuple[str, ...] = ()
    jobs: int = 1


def label_pieces(paths: Sequence[str], output: Path, wanted: Wanted, assessor: Assessor, quiet: bool) -> int:
    """Asks until all is answered or the person stops; 0, or 2 when not one piece could be read."""
    if STDIN in paths:
        raise SourceError("-: the keys come from standard input, so the pieces cannot. Name a file or folder.")
    if output.suffix.lower() != ".csv":
        raise SourceError(f"{output}: labels are kept as CSV. Give -o a name that ends in .csv.")
    if not output.parent.is_dir():
        raise OutputError(f"{output}: there is no folder {output.parent}. Make it, or name another file with -o.")
    with writing(output):
        check_writable(output)
    sheet = Sheet(output)
    queue, reasons = _queue(paths, wanted, assessor, sheet.file, output, not quiet and sys.stderr.isatty())
    if reasons and not queue:
        click.echo(f"Error: there is no piece to ask about. {'; '.join(map(visible, reasons[:3]))}", err=True)
        return 2
    if not queue:
        click.echo(f"Nothing left to ask: every piece has its labels, in {visible(str(output))} or in itself, or is the same as one that has.")
        return 0
    try:
        _Session(queue, HEADS if wanted.with_format else ASKED_HEADS, sheet).run(_keys())
    finally:
        click.echo(f"\n{visible(str(output))} has {len(sheet.file.rows)} rows. The same command goes on; `gating train` learns from them.")
    return 0


def _queue(paths: Sequence[str], wanted: Wanted, assessor: Assessor, file: LabelFile, output: Path, show_progress: bool) -> tuple[list[Finding], list[str]]:
    """What to ask about, in order; or nothing, and why there was nothing to read (no reason: because all of it has labels).

    The sources are read twice, so that a library of any size is never held in memory with its texts.
    """
    only = _left_for_review(wanted.audit) if wanted.audit else None
    pieces: list[LibraryPiece] = []
    reasons: list[str] = []
    n_read = 0
    for result in _results(paths, wanted, assessor, only):
        if isinstance(result, Skipped):
            reasons.append(f"{result.source}: {result.reason}")
            continue
        n_read += 1
        if needs_labels(result.verdict) and not file.knows(result.piece):
            pieces.append(library_piece(result))
        if show_progress:
            sys.stderr.write(f"\r\x1b[K{n_read} pieces read")
    if show_progress:
        sys.stderr.write("\r\x1b[K")
    if only and not n_read:
        raise SourceError(f"{wanted.audit}: none of its {len(only)} pieces for review is in {', '.join(paths)}. Give the sources as the audit had them, from the same folder.")
    chosen = dict.fromkeys(piece.finding.piece.source for piece in most_useful_first(pieces, _seen(file, output, assessor.settings), wanted.n))
    again = _pieces(paths, assessor.settings, assessor.choices, wanted.exclude)
    texts = {piece.source: piece for piece in again if isinstance(piece, Piece) and piece.source in chosen}
    queue = [assessor.assess(texts[source], QUOTES) for source in chosen if source in texts]  # a file may be gone meanwhile
    return queue, [] if n_read or only is not None else reasons or ["There was nothing to read."]


def _results(paths: Sequence[str], wanted: Wanted, assessor: Assessor, only: frozenset[str] | None) -> Iterable[Finding | Skipped]:
    if only is None:
        return assess_paths(paths, assessor, wanted.exclude, wanted.jobs)
    pieces = _pieces(paths, assessor.settings, assessor.choices, wanted.exclude)
    return (assessor.assess(piece) for piece in pieces if isinstance(piece, Piece) and piece.source in only)


def _pieces(paths: Sequence[str], settings: Settings, choices: Choices, exclude: Sequence[str] = ()) -> Iterator[Piece | Skipped]:
    return read_jobs(plan(paths, settings, exclude, choices), settings, choices)


def _left_for_review(folder: Path) -> frozenset[str]:
    """The sources of the pieces that an audit left to a person."""
    records = [record for record in findings_in(folder) if isinstance(record, dict)]
    return frozenset(str(record.get("source", "")) for record in records if record.get("action") == "review")


def _seen(file: LabelFile, output: Path, settings: Settings) -> list[Seen]:
    """The texts that have their row already, whatever they are called there."""
    rows = _pieces([str(output)], settings, Choices(drafts=True)) if file.rows else ()
    return [(profile_of(piece), signature_of(piece)) for piece in rows if isinstance(piece, Piece)]


def _keys() -> Iterator[str]:
    """One key after another from a terminal; from anything else one line after another, so that answers can be scripted."""
    if not sys.stdin.isatty():
        for line in sys.stdin:
            yield line.strip()
        return
    while True:
        try:
            typed = click.getchar()
        except EOFError:
            return
        if typed.startswith(ESCAPE):  # an arrow or function key, which is no answer
            continue
        for key in typed:  # keys pressed faster than they are read come together
            if key == INTERRUPT:
                raise KeyboardInterrupt
            if key == END_OF_INPUT:
                return
            yield SAME_AS.get(key, key)
        if not typed:  # the terminal is gone
            return


class Sheet:
    """The file of labels. It is read again before each change, so that rows which somebody else adds meanwhile stay."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.file = read_label_file(path)

    def add(self, row: Mapping[str, str]) -> None:
        """Writes the file with one more row. Raises OutputError; the file is then as it was."""
        self._write(read_label_file(self._path).with_row(row))

    def remove(self, row: Mapping[str, str]) -> None:
        """Writes the file without the row. Raises OutputError; the file is then as it was."""
        self._write(read_label_file(self._path).without_row(row))

    def _write(self, file: LabelFile) -> None:
        try:
            write_whole([file.text()], self._path)
        except OSError as error:
            raise OutputError(f"{self._path}: cannot be written ({error.strerror}). The answers before this one are in it.") from error
        self.file = file


@dataclass
class _Session:
    """A person's way through the queue. `answers` and `rows` go by the place in it."""

    queue: Sequence[Finding]
    heads: Sequence[str]
    sheet: Sheet
    at: int = 0
    words_shown: int = 0
    answers: dict[int, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    rows: dict[int, dict[str, str]] = field(default_factory=dict)

    def run(self, keys: Iterator[str]) -> None:
        """Asks, and takes one key after another, until the person or the keys are done."""
        self._show_piece()
        for key in map(str.lower, keys):
            if key == QUIT or (self._is_over and key != UNDO):
                return
            self._press(key)

    @property
    def _is_over(self) -> bool:
        return self.at == len(self.queue)

    @property
    def _finding(self) -> Finding:
        return self.queue[self.at]

    @property
    def _head(self) -> str:
        return self.heads[len(self.answers[self.at])]

    def _press(self, key: str) -> None:
        if key == UNDO:
            self._undo()
        elif key == SKIP:
            self.answers[self.at].clear()
            self._move(1)
        elif key == MORE:
            _show(page.running_text(self._finding.piece, self.words_shown, page.MORE_WORDS) or Text("There is no more text."))
            self.words_shown += page.MORE_WORDS
            self._ask()
        elif key == GUESS:
            _show(page.guess(self._finding))
            self._ask()
        elif key == RUBRIC:
            _show(page.rubric_words(self._head))
            self._ask()
        else:
            self._answer(key)

    def _answer(self, key: str) -> None:
        label = "" if key == DONT_KNOW else key if key in LABELS[self._head] else KEYS[self._head].get(key)
        if label is None:
            click.echo(f"{visible(key)!r} is no key here.")
            return
        click.echo(f"  {label or CONTROLS[DONT_KNOW]}")
        self.answers[self.at][self._head] = label
        if len(self.answers[self.at]) < len(self.heads):
            self._ask()
            return
        self.rows[self.at] = row_of(self._finding.piece, self.answers[self.at], datetime.date.today().isoformat())
        self.sheet.add(self.rows[self.at])
        self._move(1)

    def _undo(self) -> None:
        """Takes back the last answer: of this piece, else of the one before, which then is no longer in the file."""
        if not self._is_over and self.answers[self.at]:
            self.answers[self.at].popitem()
            self._ask()
        elif self.at:
            row = self.rows.pop(self.at - 1, None)
            if row:
                self.sheet.remove(row)
                self.answers[self.at - 1].popitem()
            self._move(-1)
        else:
            click.echo("There is nothing to undo.")

    def _move(self, step: int) -> None:
        self.at += step
        self._show_piece()

    def _show_piece(self) -> None:
        if self._is_over:
            click.echo(f"\nThat was the last piece. {UNDO} takes its answer back, any other key ends.")
            return
        _show(page.piece_page(self._finding, self.at + 1, len(self.queue)))
        self.words_shown = page.OPENING_WORDS
        self._ask()

    def _ask(self) -> None:
        keys: dict[str, list[str]] = defaultdict(list)
        for key, label in KEYS[self._head].items():
            keys[label].append(key)
        _show(page.question(self._head, {label: " ".join(pressed) for label, pressed in keys.items()}, CONTROLS))


def _show(renderable: RenderableType) -> None:
    click.echo(show(renderable), nl=False)
