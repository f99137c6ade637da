"""Tables with one piece a row: CSV, XLSX, JSON and JSON Lines. Columns are found by the alias table or named by --map."""

from __future__ import annotations

import csv
import io
import itertools
import json
from collections.abc import Iterable, Iterator, Mapping

from gating.reading.aliases import find_columns, text_columns
from gating.reading.assembly import Parts
from gating.reading.gates import gate_in_metadata
from gating.reading.markdown import markdown_page
from gating.reading.outcome import Row, Unread
from gating.reading.text import clean, decode, looks_binary
from gating.reading.webpage import is_html, webpage_parts
from gating.reading.zips import check_zip
from gating.records import Skipped, Status

DELIMITERS = ",;\t|"
FIELD_LIMIT = 10_000_000  # characters in one cell; the csv module's own limit of 131,072 is below real pages
MAX_VALUE = 1000  # characters kept of a column that is not the text
KNOWN_BY = 20  # rows
LIST_KEYS = ("posts", "pieces", "items", "pages", "articles", "entries", "results", "data", "records", "content")
HEADER_ROWS = 10  # a sheet's first rows are often a logo and a date


def table_rows(data: bytes, suffix: str, mapping: Mapping[str, str]) -> Iterator[tuple[int, Row]]:
    """(number from 1, row) for each row of a table file. A line of JSON Lines that is broken comes as {"": reason}.

    Raises Unread when the file is no such table, or no column of it holds text.
    """
    if suffix not in (".xlsx", ".xlsm") and looks_binary(data):
        raise Unread("binary data, no table", Status.SKIPPED)
    if suffix in (".xlsx", ".xlsm"):
        rows = _sheets(data, mapping)
    elif suffix in (".jsonl", ".ndjson"):
        rows = _json_lines(decode(data))
    elif suffix == ".json":
        rows = _json(decode(data))
    else:
        rows = _csv(decode(data), "\t" if suffix == ".tsv" else "")
    held: list[Row] = []
    for row in rows:  # a table is known by its first rows: say once what is wrong with it, not once a row
        held.append(row)
        if len(held) == KNOWN_BY:
            break
    _check_columns(held, mapping)
    yield from enumerate(itertools.chain(held, rows), 1)


def _check_columns(rows: list[Row], mapping: Mapping[str, str]) -> None:
    """Raises Unread when none of `rows` has a column for the text, or one that --map names."""
    real = [row for row in rows if "" not in row]
    names = list(dict.fromkeys(name for row in real for name in row))
    for field, column in mapping.items():
        if real and not find_columns(names, {field: column}).get(field):
            raise Unread(f"no column {column!r} for {field}; columns are: {', '.join(names[:12])}", Status.SKIPPED)
    if real and not any(text_columns(row, mapping) for row in real):
        raise Unread(f"no column holds the text (columns: {', '.join(names[:12])}); name it with --map text=COLUMN", Status.SKIPPED)


def row_parts(row: Row, source: str, mapping: Mapping[str, str]) -> Parts | Skipped:
    """The parts of one row, or why it has none."""
    if "" in row and len(row) == 1:
        return Skipped(source, row[""], Status.FAILED)
    columns = find_columns(row, mapping)
    wanted = text_columns(row, mapping)
    if not wanted:
        names = ", ".join(list(row)[:12])
        return Skipped(source, f"no column holds the text (columns: {names}); name it with --map text=COLUMN", id=row.get(columns.get("id", ""), ""))
    text = next((row[name] for name in wanted if row[name].strip()), "")
    metadata = tuple((name.lower(), value[:MAX_VALUE]) for name, value in row.items() if name not in wanted and value)
    inner = webpage_parts(text, source) if is_html(text) else Parts(source, markdown_page(text))
    gate = columns.get("gate", "")
    observed = gate_in_metadata((("access", row[gate]),) if gate else ())
    return Parts(
        source, inner.page,
        id=row.get(columns.get("id", ""), ""),
        title=row.get(columns.get("title", ""), "") or inner.title,
        url=row.get(columns.get("url", ""), ""),
        description=row.get(columns.get("description", ""), ""),
        metadata=metadata,
        observed=observed if observed.verdict != "unknown" else inner.observed,
    )  # fmt: skip


def _csv(text: str, delimiter: str) -> Iterator[Row]:
    csv.field_size_limit(FIELD_LIMIT)
    head = text[:20_000].lstrip("\n")
    first = head.split("\n", 1)[0]
    delimiter = delimiter or max(DELIMITERS, key=lambda sign: (len(find_columns(next(csv.reader([first], delimiter=sign), []))), first.count(sign)))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        yield from _keyed(row for row in reader)
    except csv.Error as error:
        raise Unread(f"line {reader.line_num}: not readable as CSV ({error})") from error


def _sheets(data: bytes, mapping: Mapping[str, str]) -> Iterator[Row]:
    check_zip(data)
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = [book.get_sheet_by_name(name).to_python(skip_empty_area=True) for name in book.sheet_names]
    except python_calamine.PasswordError as error:
        raise Unread("it is encrypted; save it without a password", Status.SKIPPED) from error
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise Unread(f"not a readable XLSX file ({error})") from error
    found = False
    for sheet in sheets:
        rows = [[_cell(value) for value in row] for row in sheet]
        start = next((n for n, row in enumerate(rows[:HEADER_ROWS]) if text_columns(row, mapping)), None)
        if start is not None:
            found = True
            yield from _keyed(rows[start:])
    if not found:
        names = ", ".join(name for sheet in sheets for name in [_cell(value) for value in (sheet[0] if sheet else [])] if name)
        raise Unread(f"no column holds the text (first row: {names[:150]}); name it with --map text=COLUMN", Status.SKIPPED)


def _keyed(rows: Iterable[list[str]]) -> Iterator[Row]:
    """Rows as {column: value}; the first non-empty row names the columns, a name given twice keeps its first."""
    names: list[str] = []
    for row in rows:
        if not names:
            names = [clean(name).strip() for name in row] if any(row) else []
        elif any(row):
            keyed: dict[str, str] = {}
            for name, value in zip(names, row, strict=False):
                if name:
                    keyed.setdefault(name, clean(value))
            yield keyed


def _cell(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)


def _json_lines(text: str) -> Iterator[Row]:
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                value = json.loads(line)
            except (ValueError, RecursionError) as error:
                yield {"": f"line {number}: not valid JSON ({error})"}
                continue
            yield _flat(value) if isinstance(value, dict) else {"": f"line {number}: not a JSON object"}


def _json(text: str) -> Iterator[Row]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Unread(f"not valid JSON ({error})") from error
    if isinstance(value, dict) and not text_columns(value):
        value = next((value[key] for key in LIST_KEYS if isinstance(value.get(key), list)), value)
    for item in value if isinstance(value, list) else [value]:
        yield _flat(item) if isinstance(item, dict) else {"": "not a JSON object"}


def _flat(item: Mapping[str, object], prefix: str = "") -> dict[str, str]:
    """Scalars as text; objects as `outer.inner` (WordPress's {"rendered": ...} as `outer`); lists joined by commas."""
    flat: dict[str, str] = {}
    for key, value in item.items():
        name = clean(f"{prefix}{key}")
        if isinstance(value, dict):
            inner = value.get("rendered")
            flat.update({name: clean(inner)} if isinstance(inner, str) else _flat(value, f"{name}.") if prefix.count(".") < 3 else {})
        elif isinstance(value, list):
            flat[name] = clean(", ".join(str(part) for part in value if isinstance(part, (str, int, float))))
        elif value is not None:
            flat[name] = clean(str(value).lower() if isinstance(value, bool) else str(value))
    return flat
