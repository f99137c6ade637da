"""Today's gates with the whole library in view: a form that stands on page after page is the site's furniture and gates none of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Protocol

from gating.reading.gates import NO_FORM, verdict_of_forms
from gating.records import Form, ObservedGate

FURNITURE_SHARE = 0.10  # of the pages; newsletter forms of whole sites stood on half of them and more, gates on one or a few
FURNITURE_MIN = 3  # pages; on two of ten pages it may well be the gate of both

SITE_FORM = "no form of its own; one that many pages of the site show stands there and gates nothing"


class SeenPiece(Protocol):
    """What is looked at of a piece."""

    @property
    def forms(self) -> tuple[Form, ...]:
        """The forms that it shows."""

    @property
    def observed(self) -> ObservedGate:
        """Its gate as read from its source alone."""


def site_wide(pieces: Iterable[SeenPiece]) -> frozenset[str]:
    """The identities of the forms that stand on a tenth of the pages or more, at least three.

    Pages are pieces whose source shows how they are given out; drafts and PDFs, which show no form, do not thin the count.
    """
    counts: Counter[str] = Counter()
    n_pages = 0
    for piece in pieces:
        identities = {form.identity for form in piece.forms}
        n_pages += bool(identities) or piece.observed.verdict != "unknown"
        counts.update(identities)
    return frozenset(identity for identity, count in counts.items() if count >= max(FURNITURE_MIN, FURNITURE_SHARE * n_pages))


def observed_in_library(piece: SeenPiece, furniture: Collection[str]) -> ObservedGate:
    """The gate of a piece without the furniture. A verdict that no form gave (a flag, a paywall, the remains of a form) stays."""
    kept = tuple(form for form in piece.forms if form.identity not in furniture)
    if len(kept) == len(piece.forms):
        return piece.observed
    seen = verdict_of_forms(kept)
    if seen.evidence == NO_FORM:
        seen = replace(seen, evidence=SITE_FORM)
    if piece.observed.form in furniture:
        return seen
    return ObservedGate(piece.observed.verdict, piece.observed.evidence, seen.lead_form, piece.observed.form)
