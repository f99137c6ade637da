"""What the tests of a whole library share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pytest

from gating.library.analysis import analyse
from gating.library.metrics import Metrics
from gating.library.shelf import library_of
from gating.records import Audit, AuditedPiece, LibraryPiece, Skipped
from gating.settings import Settings

Look = Callable[..., Audit]


@pytest.fixture(scope="session")
def look(settings: Settings) -> Look:
    """look(pieces): their audit under the default settings."""

    def analysed(
        pieces: Sequence[LibraryPiece], unscored: Sequence[Skipped] = (), metrics: Mapping[str, Metrics] | None = None, settings: Settings = settings, since: str = ""
    ) -> Audit:
        return analyse(library_of(pieces), unscored, settings, metrics or {}, "made-by-hand/1", since)

    return analysed


def row(audit: Audit, source: str) -> AuditedPiece:
    """The row of the piece with this source."""
    (found,) = [piece for piece in audit.pieces if piece.library.finding.piece.source == source]
    return found
