"""The record of a piece in an audit: the record that all outputs share, with what the library says of it under `audit`."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from gating.library.compact import whole
from gating.records import Audit, AuditedPiece, Form, Skipped
from gating.report.record import record_of


def audit_records(audit: Audit) -> Iterator[dict[str, Any]]:
    """One record for each piece in the order of the audit, then one for each input that was not scored."""
    for piece in audit.pieces:
        yield piece_record(piece, audit)
    for skipped in audit.unscored:
        yield unscored_record(skipped)


def unscored_record(skipped: Skipped) -> dict[str, Any]:
    """The record of an input that was not scored; `audit` is null."""
    return {**record_of(skipped), "url": skipped.url, "audit": None}


def topic_name(piece: AuditedPiece, audit: Audit) -> str:
    """The topic's name, empty when the piece belongs to none."""
    return audit.topics[piece.topic].name if piece.topic >= 0 else ""


def deciding_form(piece: AuditedPiece) -> Form | None:
    """The form that makes today's gate, where one does."""
    forms = piece.library.finding.piece.forms
    return next((form for form in forms if form.identity == piece.observed.form), None) if piece.observed.form else None


def piece_record(piece: AuditedPiece, audit: Audit) -> dict[str, Any]:
    """The record of one piece: action and today's gate as the audit sees them, and `audit`."""
    return {
        **record_of(whole(piece.library).finding),
        "n_words": piece.library.n_words,
        "observed_gate": piece.observed.verdict,
        "observed_gate_evidence": piece.observed.evidence,
        "action": piece.action,
        "audit": _audit_part(piece, topic_name(piece, audit)),
    }


def _audit_part(piece: AuditedPiece, topic: str) -> dict[str, Any]:
    form, best = deciding_form(piece), piece.best
    return {
        "priority": piece.priority,
        "sentence": piece.sentence,
        "topic": topic,
        "owner": piece.owner,
        "date": piece.date,
        "sessions": finite(piece.sessions),
        "conversions": finite(piece.conversions),
        "observed_gate_vendor": form.vendor if form else "",
        "observed_gate_fields": list(form.fields) if form else [],
        "observed_gate_height": form.height or None if form else None,
        "links": [{"text": link.text, "href": link.href, "offer": link.offer, "verdict": link.verdict, "why": link.why} for link in piece.links],
        "best": {"offer": best.offer, "similarity": round(best.similarity, 6), "shared_words": list(best.shared_words)} if best else None,
        "linked_from": piece.linked_from,
        "copies": list(piece.copies),
    }


def finite(value: float | None) -> float | None:
    """The figure of an inventory, or None where it is no number (a cell may say "inf")."""
    return value if value is not None and math.isfinite(value) else None
