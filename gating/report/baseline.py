"""A baseline: a file of what is known of each piece, which is not reported again until the piece changes.

One JSON object; `pieces` holds one a line, in the order of their sources, so that a diff of the file is a list of pieces. A source is
told from the folder that the file lies in, so that it is the same one from whatever folder gating is run.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from gating.errors import SourceError
from gating.reading.digests import piece_digest
from gating.records import Finding, Piece

FORMAT = 2  # 1 told sources from the folder that gating was run in


@dataclass(frozen=True)
class Baseline:
    """`known` are (id of a piece, or its source as told from `folder`; digest of its content; name of what is reported of it)."""

    name: str
    folder: Path
    known: frozenset[tuple[str, str, str]]

    def knows(self, piece: Piece, finding: str) -> bool:
        """True when `finding` is known of this very content, under the piece's id or its source."""
        digest = piece_digest(piece)
        return any((key, digest, finding) in self.known for key in (piece.id, _told_from(self.folder, piece.source)))


def load_baseline(path: Path) -> Baseline:
    """The baseline in a file that `gating score --write-baseline` wrote. Raises SourceError for anything else."""
    try:
        written = json.loads(path.read_text(encoding="utf-8"))
        if written["baseline"] != FORMAT:
            raise SourceError(f"{path}: is a baseline of format {written['baseline']}, this gating knows {FORMAT}. Write it anew with --write-baseline.")
        known = {(str(key), str(entry["digest"]), str(name)) for entry in written["pieces"] for name in entry["findings"] for key in (entry["id"], entry["source"])}
    except OSError as error:
        raise SourceError(f"{path}: cannot be read ({error.strerror}). Write it first with --write-baseline.") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SourceError(f"{path}: is not a baseline ({type(error).__name__}: {error}). Write it anew with --write-baseline.") from error
    return Baseline(str(path), path.parent, frozenset(known))


def entry_of(piece: Piece, findings: Sequence[str], folder: Path) -> str:
    """The line of a baseline in `folder` that knows `findings` of the piece as it is now."""
    return json.dumps({"source": _told_from(folder, piece.source), "id": piece.id, "digest": piece_digest(piece), "findings": sorted(set(findings))})


def baseline_text(entries: Iterable[str]) -> str:
    """The file with these lines, in the order of their sources."""
    lines = ",\n".join(sorted(entries))
    return f'{{"baseline": {FORMAT}, "pieces": [\n{lines}\n]}}\n'


def reported_of(finding: Finding) -> tuple[str, ...]:
    """What `gating score` reports of a piece: its action, unless it is to be kept as it is."""
    return () if finding.advice.action == "keep" else (finding.advice.action,)


def silenced(finding: Finding, baseline: Baseline) -> Finding:
    """The finding without what the baseline knows of it: the action becomes `keep` and nobody is asked, and `ignored` says so."""
    advice = finding.advice
    known = tuple(name for name in reported_of(finding) if baseline.knows(finding.piece, name))
    if not known:
        return finding
    reason = "; ".join(filter(None, (advice.ignored_reason, f"known in {baseline.name}")))
    return replace(finding, advice=replace(advice, action="keep", review=False, ignored=tuple(dict.fromkeys((*advice.ignored, *known))), ignored_reason=reason))


def _told_from(folder: Path, source: str) -> str:
    """A path as it is told from `folder`, with slashes; an address stays as it is."""
    if "://" in source:
        return source
    try:
        return os.path.relpath(source, folder).replace(os.sep, "/")
    except ValueError:  # on another drive of Windows
        return os.path.abspath(source).replace(os.sep, "/")
