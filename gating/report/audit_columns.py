"""One piece of an audit as a flat row: the columns of the workbook and of findings.parquet, each with its kind and meaning."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["text", "whole", "number", "share", "date", "yes-no"]  # a share is 0..1
Cell = str | int | float | bool | datetime.date | None


@dataclass(frozen=True, slots=True)
class Column:
    """`name` in Parquet, `heading` and `width` (characters) in the workbook."""

    name: str
    heading: str
    kind: Kind
    width: int
    meaning: str


COLUMNS = (
    Column("priority", "Priority", "whole", 9, "1 first, 3 last."),
    Column("action", "Action", "text", 14, "What to do: ungate, soft-gate, gate, add-hand-off, fix-hand-off, build-offer, feed-offer, review or keep."),
    Column("title", "Title", "text", 48, "As the piece gives it."),
    Column("sentence", "What to do and why", "text", 70, "The advice in one sentence."),
    Column("owner", "Owner", "text", 16, "From the export or the inventory."),
    Column("sessions", "Sessions", "number", 11, "Visits, from the inventory."),
    Column("conversions", "Conversions", "number", 12, "Forms filled, from the inventory."),
    Column("date", "Last changed", "date", 13, "Of the last change, else of publication."),
    Column("topic", "Topic", "text", 24, "The topic of the library that the piece belongs to."),
    Column("strategy", "Strategy", "text", 12, "demand-gen: built to spread an idea. lead-gen: built to win a named contact."),
    Column("stage", "Stage", "text", 14, "What the reader asks: awareness (what is this?), consideration (which way?), decision (is it this vendor?)."),
    Column("stage_score", "Stage score", "number", 11, "0 first awareness, 100 ready to buy."),
    Column("format", "Format", "text", 12, "What kind of page it is."),
    Column("phase", "Phase", "text", 11, "Which phase of demand it serves: create, capture, revive, accelerate or expand."),
    Column("observed_gate", "Gate today", "text", 11, "How it is given out today, as far as its source shows."),
    Column("observed_gate_evidence", "What shows it", "text", 40, "What in the source shows today's gate."),
    Column("observed_gate_vendor", "Form by", "text", 12, "Whose form makes today's gate, where known."),
    Column("observed_gate_fields", "Form asks for", "text", 24, "What that form asks for."),
    Column("observed_gate_height", "Form height", "whole", 11, "1 asks for an e-mail address only, 5 for very much."),
    Column("gate", "Gate advised", "text", 12, "ungated: open. soft-gate: read freely, form optional. gated: a form first."),
    Column("gate_neutral", "Before policy", "text", 12, "The same advice before your policy was applied."),
    Column("gate_score", "Gate score", "whole", 10, "Uniqueness + work saved + buying closeness - need for reach - audience hostility, -3 to 6; 4 or more argues for a gate."),
    Column("gate_uniqueness", "Uniqueness", "whole", 10, "0 anyone could write it, 2 own data or a working tool."),
    Column("gate_work_saved", "Work saved", "whole", 10, "0 pleasant to read, 2 ready to use."),
    Column("gate_buying_closeness", "Buying closeness", "whole", 10, "0 awareness, 2 decision."),
    Column("gate_reach_need", "Need for reach", "whole", 10, "0 none, 2 must be found or cited; subtracted."),
    Column("gate_hostility", "Hostility", "whole", 10, "1 for readers who resent forms; subtracted."),
    Column("confidence_strategy", "Sure of strategy", "share", 10, "Probability of the strategy given."),
    Column("confidence_stage", "Sure of stage", "share", 10, "Probability of the stage given."),
    Column("confidence_gate", "Sure of gate", "share", 10, "Probability of the gate advice given."),
    Column("review", "Look at it", "yes-no", 10, "Whether a person should look before acting."),
    Column("flags", "Flags", "text", 14, "customer: for people who bought already. thin: very short. stale: tied to a date that has passed. not-marketing: careers, legal, index."),
    Column("links", "Links to offers", "whole", 10, "Links from this piece to offers."),
    Column("faulty_links", "Of these faulty", "whole", 10, "Dead, about another topic or meant for another stage."),
    Column("linked_from", "Linked from", "whole", 10, "Demand-gen pieces that link to this offer."),
    Column("best_offer", "Best offer", "text", 40, "The offer that fits best, by its source."),
    Column("best_similarity", "How close", "share", 10, "Likeness of the two, 0 % to 100 %."),
    Column("best_shared_words", "Shared words", "text", 30, "Words that both use and others do not."),
    Column("copies", "Copies", "text", 30, "Near-identical pieces, which have no row of their own."),
    Column("quote", "Quote", "text", 50, "The words of the piece that weighed most for its strategy."),
    Column("why", "Why these labels", "text", 60, "The piece by itself in one sentence."),
    Column("measures", "Judge it by", "text", 30, "Measures that fit its job."),
    Column("n_words", "Words", "whole", 9, "Of visible text, code left out."),
    Column("language", "Language", "text", 9, "ISO 639-1."),
    Column("url", "Address", "text", 50, "As the piece or the inventory gives it."),
    Column("source", "Source", "text", 50, "File and place it was read from."),
    Column("status", "Status", "text", 9, "scored; partial: a limit was hit; skipped: nothing to score; failed: should have been readable."),
    Column("reason", "Reason", "text", 50, "Why it was not scored, or which limit was hit."),
    Column("id", "Id", "text", 18, "The same in every run."),
    Column("model", "Model", "text", 14, "Name and version of the model."),
    Column("policy_rule", "Moved by", "text", 40, "The line of your settings that moved or fixed the gate advice."),
    Column("ignored", "Ignored", "text", 20, "What is not reported of the piece, because it or your settings say so."),
)  # fmt: skip
NAMED = {column.name: column for column in COLUMNS}


def flat_row(record: dict[str, Any]) -> dict[str, Cell]:
    """The record's values by column name; None where there is none. Lists become text, their parts set apart by "; "."""
    audit = record["audit"] or {}
    best, links = audit.get("best") or {}, audit.get("links", ())
    nested: dict[str, Any] = {
        **{f"gate_{name}": value for name, value in (record["gate_parts"] or {}).items()},
        **{f"confidence_{name}": value for name, value in (record["confidence"] or {}).items()},
        **{f"best_{name}": value for name, value in best.items()},
    }
    own = {
        "gate_score": nested.get("gate_total"),
        "quote": record["evidence"][0]["quote"] if record["evidence"] else None,
        "date": as_date(audit.get("date", "")),
        "links": len(links) if audit else None,
        "ignored": (record.get("ignored") or {}).get("findings"),
        "faulty_links": sum(link["verdict"] != "fits" for link in links) if audit else None,
    }
    told = {**record, **audit, **nested, **own}
    return {column.name: _cell(told.get(column.name)) for column in COLUMNS}


def as_date(text: str) -> datetime.date | None:
    """The day of an ISO date or time; None for anything else."""
    try:
        return datetime.date.fromisoformat(text[:10])
    except ValueError:
        return None


def _cell(value: Any) -> Cell:
    joined: Cell = "; ".join(map(str, value)) if isinstance(value, list | tuple) else value
    return None if joined == "" else joined
