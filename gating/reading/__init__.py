"""Sources -> Piece | Skipped. One reader a format, one list of readers; one block extractor behind all of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from gating.reading.assembly import Parts, assemble, source_id
from gating.reading.outcome import Row, Unread
from gating.reading.sources import NO_CHOICES, Choices, Source, find_sources, read_bytes
from gating.reading.text import clean, decode, looks_binary, squeeze
from gating.records import Piece, Skipped, Status
from gating.settings import Settings

MARKDOWN = (".md", ".mdx", ".markdown", ".mdown", ".mkd")
WEBPAGE = (".html", ".htm", ".xhtml")
PLAIN = (".txt", ".text")
WORD = (".docx", ".docm")
PDF = (".pdf",)
TABLE: tuple[str, ...] = (".csv", ".tsv", ".xlsx", ".xlsm", ".json", ".jsonl", ".ndjson")
CONTAINERS = (".xml", ".zip", ".rss", ".atom", ".db", ".sqlite", ".sqlite3")  # exports with many pieces; containers.py tells which
KNOWN = MARKDOWN + WEBPAGE + PLAIN + WORD + PDF + TABLE
ROWS_A_JOB = 50
PICTURES = ((b"\x89PNG", "PNG"), (b"\xff\xd8\xff", "JPEG"), (b"GIF8", "GIF"))  # files that carry another ending by mistake
Mapped = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class FileJob:
    """One file that holds one piece. `data` is filled for standard input only; a file is read where the job is done."""

    source: Source
    suffix: str
    data: bytes = b""


@dataclass(frozen=True, slots=True)
class RowsJob:
    """Some rows of a table or export: (source with its row number, row)."""

    rows: tuple[tuple[str, Row | Skipped], ...]


Job = FileJob | RowsJob | Skipped


def plan(paths: Iterable[str], settings: Settings, exclude: Iterable[str] = (), choices: Choices = NO_CHOICES) -> Iterator[Job]:
    """What there is to read, in order; tables and exports are opened here and cut into runs of rows, files are read by `read_job`."""
    for source in find_sources(paths, exclude):
        if isinstance(source, Skipped):
            yield source
            continue
        suffix, data = os.path.splitext(source.name)[1].lower(), b""
        if not source.path:
            problem = _Problem(source.name, settings)
            with problem:
                data = read_bytes(source, settings.limits.max_file_mb * 1_000_000)
            if problem.skipped:
                yield problem.skipped
                continue
            suffix = _sniffed(data)
        if suffix in TABLE or suffix in CONTAINERS:
            yield from _rows_jobs(source, suffix, data, settings, choices)
        elif suffix in KNOWN or not suffix:
            yield FileJob(source, suffix, data)
        else:
            yield Skipped(source.name, f"no reader for {suffix} files")


def read_job(job: Job, settings: Settings, choices: Choices = NO_CHOICES) -> Iterator[Piece | Skipped]:
    """The pieces of one job. Whatever goes wrong with an input becomes its Skipped; nothing is raised."""
    for result in _read(job, settings, dict(choices.mapping)):
        yield _tidy(result) if isinstance(result, Skipped) else result


def _tidy(skipped: Skipped) -> Skipped:
    """With an id of its own and a reason of one line."""
    return replace(skipped, id=skipped.id or source_id(skipped.source), reason=squeeze(clean(skipped.reason))[:400], title=squeeze(clean(skipped.title)))


def _read(job: Job, settings: Settings, mapping: Mapped) -> Iterator[Piece | Skipped]:
    if isinstance(job, Skipped):
        yield job
    elif isinstance(job, FileJob):
        yield _guarded(job.source.name, lambda: _read_file(job, settings), settings)
    else:
        from gating.reading.table import row_parts

        for name, row in job.rows:
            yield _guarded(name, lambda name=name, row=row: row if isinstance(row, Skipped) else row_parts(row, name, mapping), settings)  # type: ignore[misc]


def _read_file(job: FileJob, settings: Settings) -> Parts:
    data = job.data or read_bytes(job.source, settings.limits.max_file_mb * 1_000_000)
    if not data.strip():
        raise Unread("an empty file", Status.SKIPPED)
    picture = next((kind for magic, kind in PICTURES if data.startswith(magic)), "")
    if picture:
        raise Unread(f"a {picture} picture, no text", Status.SKIPPED)
    suffix = _sniffed(data) if not job.suffix or data.startswith((b"%PDF-", b"PK\x03\x04")) else job.suffix
    name = job.source.name
    if suffix in PDF:
        from gating.reading.pdf import pdf_parts

        return pdf_parts(data, name, settings.limits)
    if suffix in WORD:
        from gating.reading.word import word_parts

        return word_parts(data, name)
    if looks_binary(data):
        raise Unread("binary data, no text", Status.SKIPPED)
    if suffix in WEBPAGE:
        from gating.reading.webpage import declared_encoding, webpage_parts

        return webpage_parts(decode(data, declared_encoding(data)), name)
    from gating.reading.markdown import markdown_parts, plain_parts

    text = decode(data)
    return plain_parts(text, name) if suffix in PLAIN else markdown_parts(text, name, mdx=suffix == ".mdx")


def _rows_jobs(source: Source, suffix: str, data: bytes, settings: Settings, choices: Choices) -> Iterator[Job]:
    from gating.reading.containers import container_rows

    rows: list[tuple[str, Row | Skipped]] = []
    problem = _Problem(source.name, settings)
    with problem:
        data = data or read_bytes(source, settings.limits.max_file_mb * 1_000_000)
        if not data.strip():
            raise Unread("an empty file", Status.SKIPPED)
        number = 0
        for number, row in container_rows(data, suffix, source.name, choices):
            if number > settings.limits.max_rows:
                raise Unread(f"only the first {settings.limits.max_rows:,} rows were read (limits.max_rows)", Status.SKIPPED)
            rows.append((f"{source.name}#{number}", row))
            if len(rows) == ROWS_A_JOB:
                yield RowsJob(tuple(rows))
                rows = []
        if not number:
            raise Unread("a table without rows", Status.SKIPPED)
    if rows:
        yield RowsJob(tuple(rows))
    if problem.skipped:
        yield problem.skipped


class _Problem:
    """Turns what goes wrong with one input into its Skipped: `with problem: ...`, then `problem.skipped`."""

    def __init__(self, name: str, settings: Settings) -> None:
        self.skipped: Skipped | None = None
        self._name = name
        self._max_mb = settings.limits.max_file_mb

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> bool:
        if error is None or not isinstance(error, Exception):
            return False
        status = Status.FAILED
        if isinstance(error, Unread):
            reason, status = error.reason, error.status
        elif isinstance(error, OverflowError):
            reason, status = f"larger than {self._max_mb} MB (limits.max_file_mb)", Status.SKIPPED
        elif isinstance(error, OSError):
            reason = f"cannot be read ({error.strerror or error})"
        elif isinstance(error, MemoryError):
            reason = "it needs more memory than there is"
        else:  # a parser's bug must cost its own file, never the batch
            reason = f"the reader failed ({type(error).__name__}: {' '.join(str(error).split())[:150]})"
        self.skipped = Skipped(self._name, reason, status)
        return True


def _guarded(name: str, read: Callable[[], Parts | Skipped], settings: Settings) -> Piece | Skipped:
    problem = _Problem(name, settings)
    with problem:
        parts = read()
        return parts if isinstance(parts, Skipped) else assemble(parts, settings.limits)
    return problem.skipped or Skipped(name, "the reader stopped without a reason", Status.FAILED)


def _sniffed(data: bytes) -> str:
    """The suffix that fits nameless data: PDF, DOCX, XLSX, HTML, JSON, JSON Lines, CSV or Markdown."""
    if data.startswith(b"%PDF-"):
        return ".pdf"
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return ".xlsx" if b"xl/workbook.xml" in data else ".docx"
    head = decode(data[:20_000]).lstrip()
    if head.startswith("<"):
        return ".html"
    first, _, rest = head.partition("\n")
    if first.startswith("{") and first.rstrip().endswith("}"):
        return ".jsonl"
    if head.startswith(("{", "[{", "[\n", "[ ")):
        return ".json"
    from gating.reading.aliases import find_columns

    names = [name.strip(' "') for name in first.split(",")]
    return ".csv" if rest and len(names) > 1 and len(find_columns(names)) > 1 else ".md"
