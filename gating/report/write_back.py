"""The answers of the model, written back to where the pieces came from: into front matter, or into a copy of a sheet.

They stand under `gating_scores`, a name that nothing reads: a label under `gating` is a person's word and would be taken for one. Each
edit is made on the text as it stands, then read again by the reader; an edit after which anything else reads otherwise is not written.
"""

from __future__ import annotations

import difflib
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from gating.reading import MARKDOWN, TABLE, WEBPAGE, FileJob, read_job
from gating.reading.containers import container_of
from gating.reading.digests import piece_digest
from gating.reading.outcome import Unread
from gating.reading.sources import NO_CHOICES, Choices, Source, find_sources, read_bytes
from gating.reading.urls import ROW
from gating.records import HEADS, Finding, Piece
from gating.report.in_front_matter import with_scores
from gating.report.in_sheets import KEY, Refused, Scores, check_copy, copy_with_scores, is_our_copy
from gating.report.whole import write_whole
from gating.settings import Settings

CHANGED = "it changed while it was scored; score it again"
Digests = Mapping[str, tuple[Source, bytes]]  # by the name of the source, with the digest of its bytes


@dataclass(frozen=True, slots=True)
class Edit:
    """What is to be done with one file: `after` is None where nothing is, and `why` says why not. `old` is None for a file that is new."""

    source: str
    target: str  # the file that is written, as a person would call it
    path: str  # of that file
    old: bytes | None = None
    after: bytes | None = None
    why: str = ""
    origin: Source | None = None  # the file that was scored ...
    read: bytes = b""  # ... and its bytes


def digests_of(paths: Iterable[str], exclude: Iterable[str], max_bytes: int) -> dict[str, tuple[Source, bytes]]:
    """Digests of the files that can be written back to, taken before they are scored, so that a change meanwhile shows."""
    found = {}
    for source in find_sources(paths, exclude):
        if isinstance(source, Source) and os.path.isfile(source.path) and _ending(source.name) in (*MARKDOWN, *WEBPAGE, *TABLE):
            with suppress(OSError, OverflowError):  # reading it will say why
                found[source.name] = (source, _digest(read_bytes(source, max_bytes)))
    return found


def scores_of(finding: Finding) -> Scores:
    """What is written of a piece: the model's own labels also where a person gave others, which stand elsewhere; the gate after policy."""
    verdict, advice = finding.verdict, finding.advice
    own = {head: verdict.head(head).as_predicted().label for head in HEADS if head != "gate"}
    return {**own, "gate": (advice.gate_neutral if advice.gate_given else advice.gate).value, "action": advice.action, "model": verdict.model}


def plan_edits(scored: Iterable[tuple[str, Scores]], digests: Digests, settings: Settings, choices: Choices = NO_CHOICES) -> list[Edit]:
    """One edit for each file behind the sources of `scored`, in their order, under what they were read with. Nothing is written yet."""
    by_file: dict[str, dict[int, Scores]] = {}
    for source, scores in scored:
        name, number = _file_and_row(source, digests)
        by_file.setdefault(name, {})[number] = scores
    return [_edit(name, scores, digests, settings, choices) for name, scores in by_file.items()]


def write_edits(edits: Sequence[Edit]) -> list[Edit]:
    """Writes what is to be written; the edits, those that could not be made because a file changed meanwhile with the reason. Raises OSError."""
    return [_written(edit) for edit in edits]


def diff_of(edit: Edit) -> str:
    """What the edit changes, as a unified diff; for a workbook, which is no text, a line."""
    if edit.after is None or edit.after == edit.old:
        return ""
    before, after = _text(edit.read), _text(edit.after)
    if before is None or after is None:
        return f"{edit.target}: a copy of {edit.source} with the columns {KEY}.*\n"
    lines = difflib.unified_diff(before.splitlines(keepends=True), after.splitlines(keepends=True), edit.source, edit.target)
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _edit(name: str, scores: dict[int, Scores], digests: Digests, settings: Settings, choices: Choices) -> Edit:
    if name not in digests:
        return Edit(name, name, "", why=_why_never(name))
    source, digest = digests[name]
    data = _bytes(source)
    if data is None or _digest(data) != digest:
        return Edit(name, name, source.path, why=CHANGED)
    try:
        if _ending(name) in TABLE:
            return _copy(source, data, scores, dict(choices.mapping))
        after = with_scores(data, scores[0], must_have=_ending(name) in WEBPAGE)
        if _read(source, data, settings, choices) != _read(source, after, settings, choices):
            raise Refused("with the scores in it, it would be read as another text")
        return Edit(name, name, source.path, data, after, origin=source, read=data)
    except Refused as error:
        return Edit(name, name, source.path, why=str(error))
    except Unread as error:
        return Edit(name, name, source.path, why=error.reason)


def _copy(source: Source, data: bytes, scores: Mapping[int, Scores], mapping: Mapping[str, str]) -> Edit:
    ending = _ending(source.name)
    if container := container_of(ending, data):
        raise Refused(f"labels cannot be written into a {container.name}")
    target, copy = (f"{os.path.splitext(one)[0]}.gating{ending}" for one in (source.name, source.path))
    old = _bytes(Source(target, copy, walked=True))  # a link there would lead the writing elsewhere
    if os.path.lexists(copy) and (old is None or not is_our_copy(old, ending, mapping)):
        raise Refused(f"{target} is there already and holds no {KEY}; rename it")
    after = copy_with_scores(data, ending, scores, mapping)
    check_copy(data, after, ending, scores, mapping)
    return Edit(source.name, target, copy, old, after, origin=source, read=data)


def _read(source: Source, data: bytes, settings: Settings, choices: Choices) -> list[object]:
    """What tells how the reader understands a file: content and metadata but for the scores; line numbers aside."""
    results = read_job(FileJob(source, _ending(source.name), data), settings, choices)
    pieces = [result for result in results if isinstance(result, Piece)]
    return [(piece_digest(piece), [entry for entry in piece.metadata if not entry[0].startswith(f"{KEY}.")]) for piece in pieces]


def _written(edit: Edit) -> Edit:
    if edit.after is None or edit.after == edit.old or edit.origin is None:
        return edit
    if _bytes(edit.origin) != edit.read or _bytes(Source(edit.target, edit.path, walked=edit.path != edit.origin.path)) != edit.old:
        return Edit(edit.source, edit.target, edit.path, why=CHANGED)
    write_whole([edit.after], Path(edit.path))
    return edit


def _why_never(name: str) -> str:
    ending = _ending(name)
    if "://" in name:
        return "it is not on this computer"
    if name == "-" or not ending:
        return "it is no file with an ending that tells how to write into it"
    if "/" in name and any(part.lower().endswith(".zip") for part in name.split("/")[:-1]):
        return "it is inside a zip file"
    return f"labels cannot be written into a {ending} file"


def _file_and_row(source: str, digests: Digests) -> tuple[str, int]:
    """The file of a piece and the number of its row; 0 for a file that is one piece."""
    if source in digests:
        return source, 0
    row = ROW.search(source)
    return (source[: row.start()], int(row.group()[1:])) if row else (source, 0)


def _ending(name: str) -> str:
    return os.path.splitext(name)[1].lower()


def _bytes(source: Source) -> bytes | None:
    """The bytes of a file; None where it cannot be read (any more)."""
    try:
        return read_bytes(source, os.path.getsize(source.path))
    except (OSError, OverflowError):
        return None


def _digest(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=16).digest()


def _text(data: bytes) -> str | None:
    for encoding in ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8", "cp1252"):
        try:
            return None if data.startswith(b"PK") else data.decode(encoding)
        except ValueError:
            continue
    return data.decode("latin-1")


def outcome_lines(edits: Sequence[Edit], show: Callable[[str], str], dry_run: bool) -> Iterator[str]:
    """What was written (in a dry run: would be) and what could not be, in lines; files of one reason together."""
    changed = [edit for edit in edits if edit.after is not None and edit.after != edit.old]
    same = sum(edit.after is not None and edit.after == edit.old for edit in edits)
    files = "1 file" if len(changed) == 1 else f"{len(changed)} files"
    yield f"{'Would write scores to' if dry_run else 'Wrote scores to'} {files}{f'; {same} had them already' if same else ''}."
    by_reason: dict[str, list[str]] = {}
    for edit in edits:
        if edit.after is None:
            by_reason.setdefault(edit.why, []).append(edit.source)
    for reason, sources in by_reason.items():
        named = show(sources[0]) if len(sources) == 1 else f"{len(sources)} files, such as {show(sources[0])}"
        yield f"not written: {named}: {show(reason)}"
