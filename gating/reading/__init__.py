"""Sources -> Piece | Skipped. One reader a format, one list of readers; one block extractor behind all of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from gating.reading.assembly import Parts, assemble, source_id, with_columns
from gating.reading.limits import Lost, Tasks, apart, supervised
from gating.reading.outcome import Row, Unread
from gating.reading.sources import NO_CHOICES, Choices, Source, find_sources, open_source, read_bytes
from gating.reading.text import clean, decode, looks_binary, squeeze
from gating.reading.warc import WARC, captures, is_warc, suffix_of
from gating.records import Piece, Skipped, Status
from gating.settings import Settings

if TYPE_CHECKING:
    from gating.reading.folders import Note

MARKDOWN = (".md", ".mdx", ".markdown", ".mdown", ".mkd")
WEBPAGE = (".html", ".htm", ".xhtml")
PLAIN = (".txt", ".text")
WORD = (".docx", ".docm", ".dotx")
PDF = (".pdf",)
OPENDOCUMENT = (".odt", ".ott")
RTF = (".rtf",)
SLIDES = (".pptx", ".pptm", ".ppsx", ".potx")
EPUB = (".epub",)
MAIL = (".eml",)
DOCUMENTS = WORD + PDF + OPENDOCUMENT + RTF + SLIDES + EPUB + MAIL
TABLE: tuple[str, ...] = (".csv", ".tsv", ".xlsx", ".xlsm", ".json", ".jsonl", ".ndjson")
ARCHIVE = (".zip",)
CONTAINERS = (".xml", ".wxr", ".rss", ".rdf", ".atom", ".db", ".sqlite", ".sqlite3")  # exports with many pieces; containers.py tells which
KNOWN = MARKDOWN + WEBPAGE + PLAIN + DOCUMENTS + TABLE
SAVE_AS = {
    **dict.fromkeys((".doc", ".dot"), "an old Word file; open it in Word or LibreOffice and save it as .docx"),
    **dict.fromkeys((".ppt", ".pps"), "an old PowerPoint file; open it in PowerPoint or LibreOffice and save it as .pptx"),
    ".xls": "an old Excel file; open it in Excel or LibreOffice and save it as .xlsx",
    ".pages": "a Pages file; in Pages, choose File > Export To > Word",
    ".key": "a Keynote file; in Keynote, choose File > Export To > PowerPoint",
    ".numbers": "a Numbers file; in Numbers, choose File > Export To > Excel",
    ".ods": "an OpenDocument spreadsheet; save it as .xlsx",
    ".odp": "an OpenDocument presentation; save it as .pptx",
    ".msg": "an Outlook message; save it as .eml or as a web page (.html)",
    **dict.fromkeys((".mobi", ".azw", ".azw3"), "a Kindle book; convert it to .epub"),
    ".wacz": "a WACZ file; unzip it and give the .warc.gz files in its folder `archive`",
}
# After the declaration and comments of any length; what is no feed, sitemap or export of a CMS is a web page.
XML_ROOT = re.compile(r"\A(?:<\?xml[^>]*>)?(?:\s|<!--.*?-->|<\?[^>]*>)*+<(?:rss|feed|rdf:RDF|urlset|sitemapindex)\b", re.DOTALL)
ROWS_A_JOB = 50
PIECES_AT_ONCE = 16  # sent to a worker in one go; more would idle the other workers at the end
BYTES_AT_ONCE = 4_000_000  # the same, of files in a zip
PICTURES = ((b"\x89PNG", "PNG"), (b"\xff\xd8\xff", "JPEG"), (b"GIF8", "GIF"))  # files that carry another ending by mistake


@dataclass(frozen=True, slots=True)
class FileJob:
    """One file that holds one piece. `data` is filled for standard input and for files in a zip; other files are read where the job is done.

    `columns` is what the files beside it say about it, for what it does not say itself.
    """

    source: Source
    suffix: str
    data: bytes = b""
    columns: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class RowsJob:
    """Some rows of a table or export: (source with its row number, row)."""

    rows: tuple[tuple[str, Row | Skipped], ...]


Job = FileJob | RowsJob | Skipped
R = TypeVar("R")


def plan(paths: Iterable[str], settings: Settings, exclude: Iterable[str] = (), choices: Choices = NO_CHOICES) -> Iterator[Job]:
    """What there is to read, in order; tables and exports are opened here and cut into runs of rows, files are read by `read_job`."""
    from gating.reading.folders import NO_NOTE

    max_bytes = settings.limits.max_file_mb * 1_000_000
    found = list(find_sources(paths, exclude))
    files = {source.name: source for source in found if isinstance(source, Source) and source.path}
    notes = _notes(files, settings, choices)
    for source in found:
        if isinstance(source, Skipped):
            yield source
            continue
        suffix, data = suffix_of(source.name), b""
        if not source.path:
            problem = Problem(source.name, settings)
            with problem:
                data = read_bytes(source, max_bytes)
            if problem.skipped:
                yield problem.skipped
                continue
            suffix = _sniffed(data)
        yield from _jobs(source, suffix, data, notes.get(source.name, NO_NOTE), settings, choices)


def plan_bytes(name: str, data: bytes, settings: Settings, choices: Choices = NO_CHOICES) -> Iterator[Job]:
    """What there is to read in one file that is not on disk: `data`, at least one byte, called `name`."""
    from gating.reading.folders import NO_NOTE

    yield from _jobs(Source(name), suffix_of(name) or _sniffed(data), data, NO_NOTE, settings, choices)


def _notes(files: dict[str, Source], settings: Settings, choices: Choices) -> dict[str, Note]:
    """What the files say about each other; nothing where a file that has to be opened for it stops the process that opens it."""
    from gating.reading.folders import folder_notes, is_opened

    def noted(max_bytes: int) -> Iterator[dict[str, Note]]:
        yield folder_notes(files, lambda name: read_bytes(files[name], max_bytes), choices.drafts)

    max_bytes = settings.limits.max_file_mb * 1_000_000
    try:
        return next(apart(noted, max_bytes, settings.limits) if any(map(is_opened, files)) else noted(max_bytes))
    except Lost:
        return {}


def _jobs(source: Source, suffix: str, data: bytes, note: Note, settings: Settings, choices: Choices) -> Iterator[Job]:
    """The jobs of one file, on disk or in a zip, by its ending. Exports, tables and zips are opened in a process of their own."""
    if note.reason:
        yield Skipped(source.name, note.reason)
    elif suffix in ARCHIVE:
        for member in _apart(partial(_members, source, settings, choices), data, source.name, settings):
            yield from [member] if isinstance(member, Skipped) else _jobs(*member, settings, choices)
    elif suffix in WARC:
        yield from _apart(partial(_captured, source, settings), data, source.name, settings)
    elif suffix in TABLE or suffix in CONTAINERS:
        yield from _apart(partial(_rows_jobs, source, suffix, settings, choices, note.is_page if source.walked else None), data, source.name, settings)
    elif suffix in KNOWN or suffix == ".doc" or not suffix:  # much that is called .doc is RTF, HTML or DOCX
        yield FileJob(source, suffix, data, note.columns)
    else:
        yield Skipped(source.name, SAVE_AS.get(suffix, f"no reader for {suffix} files"))


def _apart(work: Callable[[bytes], Iterator[R]], data: bytes, name: str, settings: Settings) -> Iterator[R | Skipped]:
    try:
        yield from apart(work, data, settings.limits)
    except Lost as error:
        yield Skipped(name, str(error), Status.FAILED)


def _members(source: Source, settings: Settings, choices: Choices, data: bytes) -> Iterator[tuple[Source, str, bytes, Note] | Skipped]:
    """The files in a zip, each with its ending, bytes and note, as if it were the folder that it unpacks to."""
    from gating.reading.archive import Archive
    from gating.reading.folders import NO_NOTE, folder_notes

    problem = Problem(source.name, settings)
    with problem:
        max_bytes = settings.limits.max_file_mb * 1_000_000
        archive = Archive(data or read_bytes(source, max_bytes), source.name, {*KNOWN, *CONTAINERS, *WARC, *SAVE_AS, ""}, max_bytes)
        names = archive.names
        if not names and not archive.refused:
            raise Unread("an empty zip file", Status.SKIPPED)
        notes = folder_notes(names, archive.read, choices.drafts)
        for name in names:
            note, suffix = notes.get(name, NO_NOTE), suffix_of(name)
            member = Problem(name, settings)
            content = b""
            with member:
                if not note.reason:
                    content = archive.read(name)
                    if not content.strip():
                        raise Unread("an empty file", Status.SKIPPED)
            yield member.skipped or (Source(name, walked=True), suffix, content, note)
        yield from archive.refused
    if problem.skipped:
        yield problem.skipped


def _captured(source: Source, settings: Settings, data: bytes) -> Iterator[Job]:
    """A job for each page and document of a crawl. Its file is as large as it likes: each page is limited by itself."""
    problem = Problem(source.name, settings)
    with problem, open_source(source, data) as (file, size):
        for found in captures(file, size, source.name, settings.limits.max_file_mb * 1_000_000):
            yield found if isinstance(found, Skipped) else FileJob(Source(found.source, walked=True), found.suffix, found.data, found.columns)
    if problem.skipped:
        yield problem.skipped


def work_on(planned: Iterator[Job], work: Callable[[Job], Iterable[R]], settings: Settings, workers: int) -> Iterator[R]:
    """The results of `work` on each job, in order, in `workers` processes with a clock and a memory ceiling for each piece.

    `work` gives one result for each piece and must not raise; a piece that hangs, grows or kills its process twice is a Skipped job.
    """
    tasks = Tasks(work, is_light=lambda job: isinstance(job, Skipped), weight=_weight, rest=_rest, blame=_blamed)
    return supervised(planned, tasks, workers, settings.limits)


def read_jobs(planned: Iterator[Job], settings: Settings, choices: Choices = NO_CHOICES, workers: int = 1) -> Iterator[Piece | Skipped]:
    """The pieces of planned jobs, in order."""
    return work_on(planned, partial(read_job, settings=settings, choices=choices), settings, workers)


def _weight(job: Job) -> float:
    if isinstance(job, FileJob):
        return 1 / PIECES_AT_ONCE + len(job.data) / BYTES_AT_ONCE
    return 0.001 if isinstance(job, Skipped) else len(job.rows) / PIECES_AT_ONCE


def _rest(job: Job, n_done: int) -> Job | None:
    if isinstance(job, RowsJob) and n_done < len(job.rows):
        return RowsJob(job.rows[n_done:])
    return None if n_done else job


def _blamed(job: Job, reason: str) -> Job:
    return Skipped(job.source.name if isinstance(job, FileJob) else job.rows[0][0] if isinstance(job, RowsJob) else job.source, reason, Status.FAILED)


def read_job(job: Job, settings: Settings, choices: Choices = NO_CHOICES) -> Iterator[Piece | Skipped]:
    """The pieces of one job. Whatever goes wrong with an input becomes its Skipped; nothing is raised."""
    for result in _read(job, settings, choices):
        yield _tidy(result) if isinstance(result, Skipped) else result


def read_text(text: str, name: str, settings: Settings) -> Piece | Skipped:
    """The piece that a Markdown or plain text makes, under `name` as its source. Whatever goes wrong becomes its Skipped; nothing is raised."""
    from gating.reading.markdown import markdown_parts

    result = _guarded(name, lambda: markdown_parts(clean(text), name), settings)
    return _tidy(result) if isinstance(result, Skipped) else result


def _tidy(skipped: Skipped) -> Skipped:
    """With an id of its own and a reason of one line."""
    return replace(
        skipped,
        id=squeeze(clean(skipped.id)) or source_id(skipped.source),
        reason=squeeze(clean(skipped.reason))[:400],
        title=squeeze(clean(skipped.title)),
        url=squeeze(clean(skipped.url)),
        metadata=tuple((clean(key), clean(value)) for key, value in skipped.metadata),
    )


def _read(job: Job, settings: Settings, choices: Choices) -> Iterator[Piece | Skipped]:
    if isinstance(job, Skipped):
        yield job
    elif isinstance(job, FileJob):
        yield _guarded(job.source.name, lambda: with_columns(_read_file(job, settings, choices.drafts), job.columns), settings)
    else:
        from gating.reading.table import row_parts

        mapping = dict(choices.mapping)
        for name, row in job.rows:
            yield _guarded(name, lambda name=name, row=row: row if isinstance(row, Skipped) else row_parts(row, name, mapping), settings)  # type: ignore[misc]


def _read_file(job: FileJob, settings: Settings, drafts: bool) -> Parts:
    data = job.data or read_bytes(job.source, settings.limits.max_file_mb * 1_000_000)
    if not data.strip():
        raise Unread("an empty file", Status.SKIPPED)
    picture = next((kind for magic, kind in PICTURES if data.startswith(magic)), "")
    if picture:
        raise Unread(f"a {picture} picture, no text", Status.SKIPPED)
    suffix = _sniffed(data, job.suffix)
    if suffix in DOCUMENTS:
        return _read_document(data, suffix, job.source.name, settings)
    if suffix in SAVE_AS:
        raise Unread(SAVE_AS[suffix], Status.SKIPPED)
    if suffix in ARCHIVE:
        raise Unread("a zip file under another name; give it the ending .zip", Status.SKIPPED)
    if looks_binary(data):
        raise Unread("binary data, no text", Status.SKIPPED)
    return _read_text(data, suffix, job.source.name, drafts, dict(job.columns).get("url", ""))


def _read_document(data: bytes, suffix: str, name: str, settings: Settings) -> Parts:
    if suffix in PDF:
        from gating.reading.pdf import pdf_parts

        return pdf_parts(data, name, settings.limits)
    if suffix in WORD:
        from gating.reading.word import word_parts

        return word_parts(data, name)
    if suffix in OPENDOCUMENT:
        from gating.reading.opendocument import opendocument_parts

        return opendocument_parts(data, name)
    if suffix in SLIDES:
        from gating.reading.slides import slides_parts

        return slides_parts(data, name)
    if suffix in EPUB:
        from gating.reading.epub import epub_parts

        return epub_parts(data, name, settings.limits.max_characters)
    if suffix in RTF:
        from gating.reading.rtf import rtf_parts

        return rtf_parts(data, name)
    from gating.reading.mail import mail_parts

    return mail_parts(data, name)


def _read_text(data: bytes, suffix: str, name: str, drafts: bool, address: str) -> Parts:
    if suffix in WEBPAGE:
        from gating.reading.exported import page_parts
        from gating.reading.webpage import declared_encoding

        return page_parts(decode(data, declared_encoding(data)), name, drafts, address)
    from gating.reading.folders import is_notion_page
    from gating.reading.markdown import markdown_parts, plain_parts

    text = decode(data)
    if suffix in PLAIN:
        return plain_parts(text, name)
    if is_notion_page(name):
        from gating.reading.exported import notion_parts

        return notion_parts(text, name)
    return markdown_parts(text, name, mdx=suffix == ".mdx")


def _rows_jobs(source: Source, suffix: str, settings: Settings, choices: Choices, is_page: Callable[[str], bool] | None, data: bytes) -> Iterator[Job]:
    rows: list[tuple[str, Row | Skipped]] = []
    problem = Problem(source.name, settings)
    with problem:
        from gating.reading.containers import container_rows

        data = data or read_bytes(source, settings.limits.max_file_mb * 1_000_000)
        if not data.strip():
            raise Unread("an empty file", Status.SKIPPED)
        number = 0
        for number, row in container_rows(data, suffix, source.name, choices, is_page):
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


class Problem:
    """Turns what goes wrong with one input into its Skipped: `with problem: ...`, then `problem.skipped`."""

    def __init__(self, name: str, settings: Settings) -> None:
        self.skipped: Skipped | None = None
        self._name = name
        self._max_mb, self._max_memory = settings.limits.max_file_mb, settings.limits.max_memory_mb

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
            reason = f"it needs more than {self._max_memory:,} MB of memory (limits.max_memory_mb)"
        else:  # a parser's bug must cost its own file, never the batch
            reason = f"the program failed on it ({type(error).__name__}: {' '.join(str(error).split())[:150]})"
        self.skipped = Skipped(self._name, reason, status)
        return True


def _guarded(name: str, read: Callable[[], Parts | Skipped], settings: Settings) -> Piece | Skipped:
    problem = Problem(name, settings)
    with problem:
        parts = read()
        return parts if isinstance(parts, Skipped) else assemble(parts, settings.limits)
    return problem.skipped or Skipped(name, "the reader stopped without a reason", Status.FAILED)


def _sniffed(data: bytes, suffix: str = "") -> str:
    """The suffix that fits the data, where it begins as only one format does; else `suffix`; and for nameless data a guess at HTML,
    JSON, JSON Lines, CSV or Markdown.
    """
    if data.startswith(b"%PDF-"):
        return ".pdf"
    if data.startswith(b"{\\rtf"):
        return ".rtf"
    if data.startswith(b"PK\x03\x04"):
        from gating.reading.zips import zip_kind

        return zip_kind(data) or (suffix if suffix in DOCUMENTS else ".zip")
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        return suffix if suffix in DOCUMENTS or suffix in SAVE_AS else ".docx"  # whose reader says what it is
    if suffix and suffix not in SAVE_AS:
        return suffix
    if data.startswith(b"SQLite format 3\0"):
        return ".db"
    if is_warc(data):
        return ".warc"
    head = decode(data[:20_000]).lstrip()
    if head.startswith("<"):
        return ".xml" if XML_ROOT.match(head) else ".html"
    first, _, rest = head.partition("\n")
    if first.startswith("{") and first.rstrip().endswith("}"):
        return ".jsonl"
    if head.startswith(("{", "[{", "[\n", "[ ")):
        return ".json"
    from gating.reading.aliases import find_columns

    names = [name.strip(' "') for name in first.split(",")]
    return ".csv" if rest and len(names) > 1 and len(find_columns(names)) > 1 else ".md"
