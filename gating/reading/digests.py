"""What tells an input from a changed one: a digest of its bytes or its row, before anything is parsed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace

from gating.reading import FileJob, Job, RowsJob
from gating.reading.sources import read_bytes
from gating.records import Piece, Skipped

Known = Callable[[str, bytes], bool]


def without_known(job: Job, known: Known, max_bytes: int) -> Job | None:
    """What is left of a job when the inputs that `known` (source, digest) knows are taken out; None when nothing is."""
    if isinstance(job, RowsJob):
        rows = tuple((source, row) for source, row in job.rows if not known(source, _digest(repr(row))))
        return replace(job, rows=rows) if rows else None
    if isinstance(job, Skipped):
        return None if known(job.source, _digest(repr(job))) else job
    return None if known(job.source.name, _file_digest(job, max_bytes)) else job


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _file_digest(job: FileJob, max_bytes: int) -> bytes:
    """Of what is planned for the file and of its bytes; of the plan and the reason when it cannot be read, which reading will say again."""
    try:
        content = read_bytes(job.source, max_bytes) if job.source.path else b""
    except (OSError, OverflowError) as error:
        content = repr(error).encode()
    return hashlib.blake2b(content, digest_size=16, key=hashlib.blake2b(repr(job).encode("utf-8", "surrogatepass"), digest_size=16).digest()).digest()


def piece_digest(piece: Piece) -> str:
    """What tells the content of a piece from a changed one: title, description, text, links and today's gate; not the front matter nor line numbers."""
    blocks = [(block.kind.value, block.text) for block in piece.blocks]
    links = [(link.text, link.href) for link in piece.links]
    return _digest(repr((piece.title, piece.description, blocks, links, piece.observed.verdict))).hex()
