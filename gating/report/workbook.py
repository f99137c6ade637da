"""actions.xlsx: one sheet a work list, for the person who hands out the work."""

from __future__ import annotations

import datetime
import errno
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Any

from gating.library.mix import demand_count
from gating.records import Audit, AuditedPiece, Stage
from gating.report.audit_columns import COLUMNS, NAMED, Cell, Column, flat_row
from gating.report.audit_lists import LINK_WORDS, by_urgency, faulty_links, headlines, reason_in_list, titles_of, work_lists
from gating.report.audit_record import finite, piece_record, topic_name, unscored_record
from gating.report.safe import visible

CELL_LIMIT = 32_767  # characters in a cell; Excel calls a file with more damaged
CUT = "… [cut here: a cell holds no more]"
FIRST_EXCEL_YEAR = 1900
FORMATS: dict[str, dict[str, Any]] = {
    "text": {}, "whole": {"num_format": "#,##0"}, "number": {"num_format": "#,##0.##"}, "share": {"num_format": "0%"}, "date": {"num_format": "yyyy-mm-dd"}, "yes-no": {},
}  # fmt: skip
LEADING = ("priority", "action", "title", "sentence", "owner", "sessions", "conversions", "date", "topic", "strategy", "stage")
GATE_SHEET = (
    *LEADING, "format", "observed_gate", "observed_gate_evidence", "observed_gate_vendor", "observed_gate_fields", "observed_gate_height", "gate", "gate_neutral", "gate_score",
    "gate_uniqueness", "gate_work_saved", "gate_buying_closeness", "gate_reach_need", "gate_hostility", "confidence_gate", "quote", "url", "source",
)  # fmt: skip
OFFER_SHEET = (*LEADING, "linked_from", "format", "observed_gate", "gate", "url", "source")
REVIEW_SHEET = (*LEADING, "confidence_strategy", "confidence_stage", "confidence_gate", "observed_gate", "gate", "flags", "quote", "why", "url", "source")
UNSCORED_SHEET = ("status", "reason", "title", "source", "url", "id")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet with a header row; `rows` hold a cell for each column."""

    name: str
    meaning: str
    columns: tuple[Column, ...]
    rows: Iterable[Sequence[Cell]]


def write_workbook(audit: Audit, file: IO[bytes]) -> None:
    """Text stays text: no cell becomes a formula or a link, whatever it starts with. Raises OSError when the file cannot be written."""
    import xlsxwriter
    from xlsxwriter.exceptions import FileCreateError

    try:
        _write_book(audit, file, xlsxwriter)
    except FileCreateError as error:  # no OSError of its own, and comes of one
        raise OSError(errno.EIO, str(error)) from error


def _write_book(audit: Audit, file: IO[bytes], xlsxwriter: Any) -> None:
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "nan_inf_to_errors": True}
    with xlsxwriter.Workbook(file, options) as book:
        book.set_properties({"title": "Content audit", "comments": f"Scored by {audit.model}"})
        formats = {kind: book.add_format({"valign": "top", **form}) for kind, form in FORMATS.items()}
        header = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top", "bg_color": "#E8EEF2"})
        sheets = list(_sheets(audit))
        _write_read_me(book, audit, sheets)
        for sheet in sheets:
            _write_sheet(book.add_worksheet(sheet.name), sheet, formats, header)


def _write_sheet(page: Any, sheet: Sheet, formats: dict[str, Any], header: Any) -> None:
    for place, column in enumerate(sheet.columns):
        page.set_column(place, place, column.width)
        page.write_string(0, place, column.heading, header)
    page.freeze_panes(1, 0)
    last = 0
    for last, row in enumerate(sheet.rows, 1):
        for place, (column, value) in enumerate(zip(sheet.columns, row, strict=True)):
            _write_cell(page, last, place, value, formats[column.kind])
    page.autofilter(0, 0, last, len(sheet.columns) - 1)


def _write_cell(page: Any, row: int, place: int, value: Cell, form: Any) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        page.write_string(row, place, "yes" if value else "no", form)
    elif isinstance(value, datetime.date):
        page.write_datetime(row, place, value, form) if value.year >= FIRST_EXCEL_YEAR else page.write_string(row, place, value.isoformat(), form)
    elif isinstance(value, str):
        page.write_string(row, place, cell_text(value), form)
    else:
        page.write_number(row, place, value, form)


def cell_text(text: str) -> str:
    """One line without control characters, of at most what a cell holds; what was cut is said."""
    shown = visible(text)
    units = shown.encode("utf-16-le")  # in which spreadsheets count
    return shown if len(units) <= 2 * CELL_LIMIT else units[: 2 * (CELL_LIMIT - len(CUT))].decode("utf-16-le", "ignore") + CUT


def _sheets(audit: Audit) -> Iterator[Sheet]:
    lists = {work.key: work.pieces for work in work_lists(audit)}
    offers = by_urgency(piece for piece in audit.pieces if piece.linked_from or piece.wants_links)
    yield _piece_sheet("All actions", "Every piece, most urgent first.", [column.name for column in COLUMNS], by_urgency(audit.pieces), audit)
    yield _piece_sheet("Ungate", "Behind a form today; the form should go or become optional.", GATE_SHEET, lists["open"], audit)
    yield _piece_sheet("Gate", "Free today; worth a form, or an optional one.", GATE_SHEET, lists["close"], audit)
    yield Sheet("Hand-offs", "Pieces without a next step and links to offers that need mending, a row each.", HAND_OFF_COLUMNS, _hand_off_rows(audit, lists["no-next-step"]))
    yield _piece_sheet("Offers", "Offers and how many pieces lead to each.", OFFER_SHEET, sorted(offers, key=lambda piece: piece.linked_from), audit)
    yield _piece_sheet("Review", "A person should decide these.", REVIEW_SHEET, lists["review"], audit)
    yield Sheet("Gaps", "Pieces by topic and stage; 0 is a gap.", GAP_COLUMNS, _gap_rows(audit))
    yield Sheet("Mix", "How the library splits, beside the target where there is one.", MIX_COLUMNS, _mix_rows(audit))
    yield Sheet("Not scored", "Inputs that could not be scored, and why.", tuple(NAMED[name] for name in UNSCORED_SHEET), _unscored_rows(audit))


def _piece_sheet(name: str, meaning: str, columns: Sequence[str], pieces: Iterable[AuditedPiece], audit: Audit) -> Sheet:
    rows = ([row[column] for column in columns] for row in (flat_row(piece_record(piece, audit)) for piece in pieces))
    return Sheet(name, meaning, tuple(NAMED[column] for column in columns), rows)


HAND_OFF_COLUMNS = (
    NAMED["priority"], NAMED["title"],
    Column("problem", "Problem", "text", 16, "no next step, or what is wrong with the link."),
    Column("link_text", "Link text", "text", 30, "The words of the link."),
    Column("link_address", "Link address", "text", 40, "Where it leads, as written."),
    Column("link_why", "Why", "text", 60, "What is wrong, in a sentence."),
    NAMED["best_offer"], NAMED["best_similarity"], NAMED["best_shared_words"], NAMED["owner"], NAMED["sessions"], NAMED["topic"], NAMED["url"], NAMED["source"],
)  # fmt: skip


def _hand_off_rows(audit: Audit, without: Iterable[AuditedPiece]) -> Iterator[list[Cell]]:
    titles = titles_of(audit)
    for piece in without:
        yield _hand_off_row(piece, audit, "no next step", None, None, reason_in_list(piece, "no-next-step", titles))
    for piece in by_urgency(audit.pieces):
        for link in faulty_links(piece):
            yield _hand_off_row(piece, audit, LINK_WORDS[link.verdict], link.text, link.href, link.why)


def _hand_off_row(piece: AuditedPiece, audit: Audit, problem: str, text: str | None, href: str | None, why: str) -> list[Cell]:
    best, read = piece.best, piece.library.finding.piece
    offer: tuple[Cell, ...] = (best.offer, best.similarity, ", ".join(best.shared_words)) if best else (None, None, None)
    return [piece.priority, read.title, problem, text, href, why, *offer, piece.owner, finite(piece.sessions), topic_name(piece, audit), read.url, read.source]


GAP_COLUMNS = (
    Column("topic", "Topic", "text", 28, "The topic's name."),
    Column("words", "Its words", "text", 50, "What tells the topic apart."),
    *(Column(stage.value, stage.value.capitalize(), "whole", 15, f"Pieces for {stage.value}.") for stage in Stage),
    Column("empty", "Empty", "text", 34, "Stages without a piece."),
)


def _gap_rows(audit: Audit) -> Iterator[list[Cell]]:
    for topic, counts in zip(audit.topics, audit.gaps, strict=True):
        empty = ", ".join(stage.value for stage, count in zip(Stage, counts, strict=True) if not count)
        yield [topic.name, ", ".join(topic.words), *counts, empty or None]


MIX_COLUMNS = (
    Column("dimension", "By", "text", 12, "strategy, stage, phase, format or topic."),
    Column("value", "Value", "text", 28, "The label."),
    Column("count", "Pieces", "whole", 10, "How many."),
    Column("share", "Share", "share", 10, "Of all scored pieces."),
    Column("target", "Target", "share", 10, "The share to aim at, where there is one."),
    Column("distance", "Distance", "share", 10, "Share minus target."),
)


def _mix_rows(audit: Audit) -> Iterator[list[Cell]]:
    for row in audit.mix:
        yield [row.dimension, row.value, row.count, row.share, row.target, None if row.target is None else row.share - row.target]


def _unscored_rows(audit: Audit) -> Iterator[list[Cell]]:
    for row in map(flat_row, map(unscored_record, audit.unscored)):
        yield [row[name] for name in UNSCORED_SHEET]


def _write_read_me(book: Any, audit: Audit, sheets: Sequence[Sheet]) -> None:
    page = book.add_worksheet("Read me")
    bold, wrap = book.add_format({"bold": True, "valign": "top"}), book.add_format({"text_wrap": True, "valign": "top"})
    page.set_column(0, 0, 22)
    page.set_column(1, 1, 110)
    demand = demand_count(audit.pieces)
    told = [
        ("Content audit", f"{len(audit.pieces):,} pieces scored, {demand:,} of them demand-gen; {len(audit.unscored):,} inputs not scored."),
        ("", f"Policy: {audit.policy}. Model: {audit.model}."),
        *(("", headline.sentence) for headline in headlines(audit)), ("", ""),
        ("Sheet", "What it holds"), *((sheet.name, sheet.meaning) for sheet in sheets), ("", ""),
        ("Column", "What it means"), *_column_meanings(sheets),
    ]  # fmt: skip
    for number, (name, words) in enumerate(told):
        page.write_string(number, 0, name, bold)
        page.write_string(number, 1, cell_text(words), wrap)


def _column_meanings(sheets: Sequence[Sheet]) -> list[tuple[str, str]]:
    return list({column.heading: (column.heading, column.meaning) for sheet in sheets for column in sheet.columns}.values())
