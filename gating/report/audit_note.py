"""The note of an audit about what it wrote: by it the next audit, if nothing has changed, finds its work done and says the same."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path

import msgspec

from gating.library.unchanged import file_digest
from gating.records import Audit
from gating.report.audit_files import FILES, write_audit
from gating.report.audit_terminal import Told, told_of


@dataclass(frozen=True, slots=True)
class Note:
    """What is said of the audit, and the digests of its files by name."""

    told: Told
    files: dict[str, str]


def publish(audit: Audit, folder: Path) -> bytes:
    """Writes the files of the audit; the note about them. Raises OutputError as write_audit does."""
    told = told_of(audit, datetime.date.today())
    write_audit(audit, folder)
    return msgspec.json.encode(Note(told, {name: file_digest(str(folder / name)) for name in FILES}))


def read_note(note: bytes) -> Note:
    """The note as it was made. Raises msgspec.ValidationError for one of another version of gating."""
    return msgspec.json.decode(note, type=Note)


def stands(note: bytes, folder: Path) -> bool:
    """True when every file is there as it was written."""
    try:
        found = read_note(note)
        return set(found.files) == set(FILES) and all(file_digest(str(folder / name)) == digest for name, digest in found.files.items())
    except (OSError, msgspec.MsgspecError):
        return False
