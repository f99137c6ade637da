"""Tables with one piece a row: CSV, XLSX, JSON and JSON Lines. Columns are found by the alias table or named by --map.

The exports of Webflow, Framer, Wix, Beehiiv, HubSpot, Shopify (Matrixify), Strapi and their like are all such tables: what tells
them apart is how they mark a draft and how they store the text, and both are looked for in every table.
"""

from __future__ import annotations

import csv
import html
import io
import itertools
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from gating.reading.aliases import all_columns, find_columns, plain_name, text_columns
from gating.reading.assembly import INVENTORY, Parts
from gating.reading.dates import iso_date
from gating.reading.frontmatter import FrontMatter
from gating.reading.gates import GATE_KEYS
from gating.reading.ignores import asks_of
from gating.reading.markdown import parts_with_front_matter
from gating.reading.outcome import LIMIT, LeftOut, Row, Unread
from gating.reading.richtext import rich_cell, rich_html
from gating.reading.sheets import safe_workbook
from gating.reading.sources import Choices
from gating.reading.text import clean, decode, looks_binary
from gating.reading.webpage import LOCAL, is_html, webpage_parts
from gating.records import Skipped, Status

DELIMITERS = ",;\t|"
SEP_LINE = re.compile(r"\A\ufeff?sep=(.)[ \t]*\n", re.IGNORECASE)  # Excel's own first line
MAX_BROKEN = 20  # rows that cannot be read; a file with more is no CSV, and each costs another look at the rest of it
FIELD_LIMIT = 10_000_000  # characters in one cell; the csv module's own limit of 131,072 is below real pages
MAX_VALUE = 1000  # characters kept of a column that is not the text
KNOWN_BY = 20  # rows
MAX_DIGITS = 1000  # Python refuses integers of more than 4,300
LIST_KEYS = ("posts", "pieces", "items", "pages", "articles", "entries", "results", "data", "records", "content", "nodes", "edges", "docs")
UNWRAPPED = frozenset(("attributes", "fields", "fieldData", "node"))  # Strapi, Airtable, Webflow, GraphQL: the piece one level down
HEADER_ROWS = 10  # a sheet's first rows are often a logo and a date
LONG_TEXT = 60  # words; no title, summary or list of tags is as long
UNPUBLISHED = frozenset("draft drafts pending private future scheduled trash trashed deleted archived unpublished auto-draft inactive".split())
YES = frozenset(("true", "yes", "1", "y"))
NO = frozenset(("false", "no", "0", "n"))
# Columns that say by yes or no whether a row is published, as Framer, Webflow, Shopify, Substack and HubSpot name them.
FLAGS = {
    **dict.fromkeys(("draft", "is draft"), dict.fromkeys(YES, "draft")),
    **dict.fromkeys(("archived", "is archived"), dict.fromkeys(YES, "archived")),
    **dict.fromkeys(("published", "is published", "currently published"), dict.fromkeys(NO, "not published")),
}
JSON = re.compile(r"\A\s*+(?:\{\s*+\"|\[\s*+\{)")
STATUS_CODES, MEDIA_TYPES = ("status code", "http status code", "http status", "http code"), ("content type", "mime type", "media type")
TAG = re.compile(r"</?(?:p|br|em|strong|b|i|u|span|sup|sub|a|mark|code|small|wbr|div|ul|li)\b[^<>]{0,500}>", re.IGNORECASE)
NOTE_LINES = re.compile(r"\A(?:#[^,;\t|\n]*\n|[ \t]*\n)+")  # Google Analytics writes some above the header


def table_rows(data: bytes, suffix: str, mapping: Mapping[str, str]) -> Iterator[tuple[int, Row]]:
    """(number from 1, row) for each row of a table file. A line of JSON Lines that is broken comes as {"": reason}.

    Raises Unread when the file is no such table, or no column of it holds text.
    """
    rows = any_rows(data, suffix, mapping)
    held: list[Row] = []
    for row in rows:  # a table is known by its first rows: say once what is wrong with it, not once a row
        held.append(row)
        if len(held) == KNOWN_BY:
            break
    _check_columns(held, mapping)
    yield from enumerate(itertools.chain(held, rows), 1)


def any_rows(data: bytes, suffix: str, mapping: Mapping[str, str]) -> Iterator[Row]:
    """The rows of a table file, also of one without texts. Raises Unread when the file is no such table."""
    if suffix not in (".xlsx", ".xlsm") and looks_binary(data):
        raise Unread("binary data, no table", Status.SKIPPED)
    if suffix in (".xlsx", ".xlsm"):
        return _sheets(data, mapping)
    if suffix in (".jsonl", ".ndjson"):
        return _json_lines(decode(data))
    if suffix == ".json":
        return _json(decode(data))
    return _csv(decode(data), "\t" if suffix == ".tsv" else "")


def published_rows(rows: Iterable[tuple[int, Row]], source: str, choices: Choices) -> Iterator[tuple[int, Row | Skipped]]:
    """The rows of a table without its drafts (unless `choices.drafts`) and without what a crawler found that is no page; a line sums up."""
    left_out = LeftOut()
    number = 0
    for number, row in rows:
        draft, other = unpublished(row), _no_page(row)
        if draft and not choices.drafts:
            left_out.unpublished[draft] += 1
        elif other:
            left_out.no_pieces[other] += 1
        else:
            yield number, row
    yield from ((number + 1, line) for line in left_out.lines(source))


def unpublished(row: Row) -> str:
    """In what state a row is that is not published: "draft", "archived" ...; "" for a published one and where nothing is said."""
    statuses, flags = _state_columns(tuple(row))
    for name, states in flags:
        if state := states.get(row.get(name, "").strip().lower()):
            return state
    return next((said for name in statuses if (said := row.get(name, "").strip().lower()) in UNPUBLISHED), "")


@lru_cache(maxsize=256)
def _state_columns(names: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[tuple[str, dict[str, str]], ...]]:
    """(columns of a status, columns of a yes or no with {value: state} for what is not published)."""
    flags = [(name, FLAGS[plain]) for name in names if (plain := plain_name(name)) in FLAGS]
    if {"Collection ID", "Item ID", "Published On"} <= set(names):  # Webflow's older exports have no other sign
        flags.append(("Published On", {"": "never published"}))
    return all_columns(names).get("status", ()), tuple(flags)


def _no_page(row: Row) -> str:
    """What a row of a crawl stands for when it is no page of the site: "image/png", "status 404" ...; "" for a page and for other tables."""
    code_column, media_column = _crawl_columns(tuple(row))
    code, media = row.get(code_column, "").strip(), row.get(media_column, "").partition(";")[0].strip().lower()
    if not code_column or code.startswith("2"):
        return media if code_column and "/" in media and "html" not in media and "pdf" not in media else ""
    return f"status {code}" if code.isdigit() else ""


@lru_cache(maxsize=256)
def _crawl_columns(names: tuple[str, ...]) -> tuple[str, str]:
    """The columns of the HTTP status and the media type that a crawler writes; without the first it is no crawl."""
    plain = {plain_name(name): name for name in names}
    code, media = (next((plain[name] for name in known if name in plain), "") for known in (STATUS_CODES, MEDIA_TYPES))
    return code, media if code else ""


def _check_columns(rows: list[Row], mapping: Mapping[str, str]) -> None:
    """Raises Unread when `rows` hold neither texts nor addresses, or lack a column that --map names.

    Addresses without texts are an inventory, unless a column that nobody named is full of text: then it is better to ask.
    """
    real = [row for row in rows if "" not in row]
    names = list(dict.fromkeys(name for row in real for name in row))
    for field, column in mapping.items():
        if real and not find_columns(names, {field: column}).get(field):
            raise Unread(f"no column {column!r} for {field}; columns are: {_shown(names)}", Status.SKIPPED)
    if not real or any(_text_names(row, mapping) or _html_column(row) for row in real):
        return
    known = find_columns(names)
    unnamed = [value for row in real for name, value in row.items() if name not in known.values()]
    if "url" not in known or any(len(value.split()) >= LONG_TEXT for value in unnamed):
        raise Unread(f"no column holds the text (columns: {_shown(names)}); name it with --map text=COLUMN", Status.SKIPPED)


def _shown(names: Sequence[str]) -> str:
    """The first column names for a message; where a table has no header they are whole texts."""
    return ", ".join(name[:40] for name in names[:12])


def row_parts(row: Row, source: str, mapping: Mapping[str, str]) -> Parts | Skipped:
    """The parts of one row; or, as a Skipped with its address and columns, a row of an inventory."""
    if "" in row and len(row) == 1:
        return Skipped(source, row[""], Status.FAILED)
    columns = all_columns(row, mapping)
    values = {field: next((value for name in found if (value := row[name].strip())), "") for field, found in columns.items()}
    wanted = _text_names(row, mapping) or ([] if "text" in mapping else _html_column(row))
    text = next((text for name in wanted if (text := _readable(row[name]))), "")
    if not text and "text" not in mapping:
        wanted = [*wanted, *(found := _html_column(row))]
        text = row[found[0]] if found else ""
    metadata = tuple((name.lower(), _tidied(name, value, columns)[:MAX_VALUE]) for name, value in row.items() if name not in (*wanted, LIMIT) and value)
    title, url = plain_words(values.get("title", "")), _address(values.get("url", ""))
    if not text.strip():
        names = _shown(list(row))
        reason = "no text in it" if wanted else INVENTORY if url else f"no column holds the text (columns: {names}); name it with --map text=COLUMN"
        reason += f"; {row[LIMIT]}" if row.get(LIMIT) else ""
        return Skipped(source, reason, id=values.get("id", ""), title=title, url=url, metadata=metadata)
    signs = (*_gate_flag(row, columns), *metadata)
    if is_html(text):
        parts = webpage_parts(text, source, title=title, address=url or source, metadata=signs)
    else:
        parts = parts_with_front_matter(FrontMatter((("title", title), ("url", url), *signs), text, 0), text, source)
    return replace(
        parts,
        id=values.get("id", ""),
        title=title or parts.title,
        url=url or parts.url,
        description=plain_words(values.get("description", "")) or parts.description,
        metadata=metadata + asks_of(parts.metadata),
        limits=(row[LIMIT],) if row.get(LIMIT) else (),
    )


def plain_words(text: str) -> str:
    """A title or summary as a reader sees it: entities resolved, the tags that exports leave in it dropped."""
    return html.unescape(TAG.sub(" ", text) if "<" in text else text).strip()


def _text_names(row: Row, mapping: Mapping[str, str]) -> list[str]:
    """The columns that may hold the text. "Draft" may: where it says yes or no it is a flag."""
    return [name for name in text_columns(row, mapping) if row[name].strip().lower() not in YES | NO]


def _html_column(row: Row) -> list[str]:
    """The column with the longest HTML, where one has as much as a text: a CMS lets its users name such a column as they like."""
    pages = [(len(value), name) for name, value in row.items() if name and len(value) > LONG_TEXT * 4 and is_html(value) and len(TAG.sub(" ", value).split()) >= LONG_TEXT]
    return [max(pages)[1]] if pages else []


def _readable(value: str) -> str:
    """The text of a cell: rich text that a CMS stored as JSON becomes HTML; other JSON is no text."""
    if JSON.match(value):
        return rich_cell(value)
    return value if value.strip() else ""


def _gate_flag(row: Row, columns: Mapping[str, tuple[str, ...]]) -> tuple[tuple[str, str], ...]:
    """The surest column that tells of a gate, under a name by which gates.py knows it: --map may have named any."""
    name = next((name for name in columns.get("gate", ()) if row[name].strip()), "")
    return ((name if name.lower() in GATE_KEYS else "access", row[name]),) if name else ()


def _tidied(name: str, value: str, columns: Mapping[str, tuple[str, ...]]) -> str:
    return iso_date(value) if name in columns.get("date", ()) or name in columns.get("modified", ()) else value


def _address(url: str) -> str:
    """The path alone of an address on the machine that built the site, as development builds leave them in feeds."""
    found = LOCAL.match(url)
    return "/" + url[found.end() :].partition("/")[2] if found else url


def delimiter_of(text: str) -> str:
    """The sign between the cells of a CSV text without notes above its header: the one by which the header has the most known columns."""
    first = text[:20_000].split("\n", 1)[0]
    return max(DELIMITERS, key=lambda sign: (len(find_columns(next(csv.reader([first], delimiter=sign), []))), first.count(sign)))


def header_row(rows: Sequence[Sequence[str]], mapping: Mapping[str, str]) -> int | None:
    """The place of the row that names the columns of a sheet, which begins at its first row with a value; None when there is none."""
    heads = rows[:HEADER_ROWS]
    start = next((n for n, row in enumerate(heads) if text_columns(row, mapping)), None)
    if start is None:  # an inventory: an address and something else to say of it
        start = next((n for n, row in enumerate(heads) if "url" in (known := find_columns(row)) and len(known) > 1), None)
    return start


def _csv(text: str, delimiter: str) -> Iterator[Row]:
    csv.field_size_limit(FIELD_LIMIT)
    plain = NOTE_LINES.sub("", text)
    told = SEP_LINE.match(plain)
    if told:
        plain, delimiter = plain[told.end() :], told[1]
    first_line = text.count("\n") - plain.count("\n") + 1
    yield from _keyed(_csv_rows(plain.split("\n"), delimiter or delimiter_of(plain), first_line))


def _csv_rows(lines: list[str], delimiter: str, first_line: int) -> Iterator[list[str] | str]:
    """The rows of a CSV text, and a sentence for each that cannot be read: a cell over FIELD_LIMIT, or a quote that never closes and
    would swallow all that follows. Behind such a row reading goes on with the next line; of those lines only the ones with as many cells as
    the first row count, for the rest may be the inside of the cell.
    """
    at, width, n_broken, n_stray = 0, 0, 0, 0

    def fed() -> Iterator[str]:
        nonlocal at
        while at < len(lines):
            at += 1
            yield lines[at - 1] + "\n"

    while at < len(lines):
        reader = csv.reader(fed(), delimiter=delimiter)
        start, problem = at, ""
        try:
            for row in reader:
                if at - start > 1 and _swallows(lines[start:at], delimiter, width):
                    problem = "a quote that never closes"
                    break
                width = width or len(row)
                if n_broken and row and len(row) != width:
                    n_stray += 1
                else:
                    yield row
                start = at
        except csv.Error as error:
            problem = str(error)
        if not problem:
            break
        n_broken += 1
        yield f"line {first_line + start}: not readable as CSV ({problem})"
        if n_broken == MAX_BROKEN:
            yield f"more than {MAX_BROKEN - 1} such lines; what follows line {first_line + start} was not read"
            return
        at = start + 1
    if n_stray:
        yield f"{n_stray:,} lines behind a broken one fit no row of the table and were left out"


def _swallows(lines: list[str], delimiter: str, width: int) -> bool:
    """True when a row of several lines is open to the end of the text, or its quotes are out of step and a row of its own stands in it."""
    problem = _strictly(lines, delimiter, 0)
    if not problem or "unexpected end" in problem:
        return bool(problem)
    return any(delimiter + '"' in line and not _strictly([line], delimiter, width) for line in lines[1:])


def _strictly(lines: list[str], delimiter: str, width: int) -> str:
    """What a strict reader of CSV has against some lines, also that a row has not `width` cells (0: any number)."""
    try:
        rows = list(csv.reader([line + "\n" for line in lines], delimiter=delimiter, strict=True))
    except csv.Error as error:
        return str(error)
    return "another width" if width and any(len(row) != width for row in rows) else ""


def _sheets(data: bytes, mapping: Mapping[str, str]) -> Iterator[Row]:
    safe = safe_workbook(data)
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(safe))
        sheets = [book.get_sheet_by_name(name).to_python(skip_empty_area=True) for name in book.sheet_names]
    except python_calamine.PasswordError as error:
        raise Unread("it is encrypted; save it without a password", Status.SKIPPED) from error
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise Unread(f"not a readable XLSX file ({error})") from error
    found = False
    for sheet in sheets:
        rows = [[_cell(value) for value in row] for row in sheet]
        start = header_row(rows, mapping)
        if start is not None:
            found = True
            yield from _keyed(rows[start:])
    if not found:
        names = ", ".join(name for sheet in sheets for name in [_cell(value) for value in (sheet[0] if sheet else [])] if name)
        raise Unread(f"no column holds the text (first row: {names[:150]}); name it with --map text=COLUMN", Status.SKIPPED)


def _keyed(rows: Iterable[list[str] | str]) -> Iterator[Row]:
    """Rows as {column: value}; the first non-empty row names the columns, a name given twice keeps its first. A sentence is a row that
    could not be read.
    """
    names: list[str] = []
    for row in rows:
        if isinstance(row, str):
            yield {"": row}
        elif not names:
            names = [clean(name).strip() for name in row] if any(row) else []
        elif any(row):
            keyed: dict[str, str] = {}
            for name, value in zip(names, row, strict=False):
                if name:
                    keyed.setdefault(name, clean(value))
            if more := sum(map(bool, map(str.strip, row[len(names) :]))):
                keyed[LIMIT] = f"{more:,} more cells than the table has columns were left out"
            yield keyed


def _cell(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)


def _json_lines(text: str) -> Iterator[Row]:
    return _said_once(_json_line(line, f"line {number}: ") for number, line in enumerate(text.split("\n"), 1) if line.strip())


def _json_line(line: str, where: str) -> Row:
    try:
        return _item_row(_loads(line), where)
    except (ValueError, RecursionError) as error:
        return {"": f"{where}not valid JSON ({error})"}


def _json(text: str) -> Iterator[Row]:
    try:
        value, end = parsed_json(text), 0
    except Unread:
        value, end = _first_value(text)
        if not end:
            raise
    if end and isinstance(value, dict) and text[end:].lstrip().startswith("{"):  # JSON Lines by another name
        yield from _json_lines(text)
        return
    yield from _said_once(_item_row(item, "") for item in records_in(value))
    if end:
        yield {"": f"what follows the end of the JSON at character {end:,} was not read"}


def _first_value(text: str) -> tuple[object, int]:
    """The JSON value that a text begins with, and where it ends; 0 when it begins with none, or a bare word or number."""
    head = text.lstrip()
    try:
        value, end = json.JSONDecoder().raw_decode(head)
    except (ValueError, RecursionError):
        return None, 0
    return (value, end + len(text) - len(head)) if isinstance(value, (dict, list)) else (None, 0)


def _item_row(item: object, where: str) -> Row:
    if not isinstance(item, dict):
        return {"": f"{where}not a JSON object"}
    try:
        return flat_row(item)
    except RecursionError:
        return {"": f"{where}objects nested too deep"}


def _said_once(rows: Iterable[Row]) -> Iterator[Row]:
    """The rows; of those that could not be read the first few, then one that counts the others."""
    n_broken = 0
    for row in rows:
        n_broken += "" in row and len(row) == 1
        if n_broken <= MAX_BROKEN or not ("" in row and len(row) == 1):
            yield row
    if n_broken > MAX_BROKEN:
        yield {"": f"{n_broken - MAX_BROKEN:,} more that could not be read"}


def parsed_json(text: str) -> object:
    """The value of a JSON text. Raises Unread."""
    try:
        return _loads(text)
    except (ValueError, RecursionError) as error:
        raise Unread(f"not valid JSON ({error})") from error


def _loads(text: str) -> object:
    """The value of a JSON text, a number of more digits than Python turns into an integer as the text it is."""
    try:
        value: object = json.loads(text)
    except json.JSONDecodeError:
        raise
    except ValueError:
        value = json.loads(text, parse_int=lambda digits: int(digits) if len(digits) < MAX_DIGITS else digits)
    return value


def records_in(value: object, depth: int = 0) -> list[object]:
    """The list of pieces in a JSON value: itself, or the first list of objects under a name such as "posts", some levels down."""
    if isinstance(value, list):
        return value
    if not isinstance(value, dict) or text_columns(value):
        return [value]
    for key in LIST_KEYS:
        inner = value.get(key)
        if isinstance(inner, list):
            return inner
        if isinstance(inner, dict) and depth < 4 and (found := records_in(inner, depth + 1)) != [inner]:
            return found
    return [value]


def flat_row(item: Mapping[str, object], prefix: str = "") -> dict[str, str]:
    """Scalars as text; objects as `outer.inner` (WordPress's {"rendered": ...} as `outer`); rich text as HTML; lists joined by commas."""
    flat: dict[str, str] = {}
    for key, value in item.items():
        name = clean(f"{prefix}{key}") or "unnamed"  # an empty name is that of a row that could not be read
        if isinstance(value, dict):
            inner = value.get("rendered")
            if isinstance(inner, str):
                flat[name] = clean(inner)
            elif rich := rich_html(value):
                flat[name] = clean(rich)
            elif prefix.count(".") < 3:
                flat.update(flat_row(value, prefix if key in UNWRAPPED else f"{name}."))
        elif isinstance(value, list):
            flat[name] = clean(rich_html(value) or ", ".join(filter(None, map(_listed, value))))
        elif value is not None:
            flat[name] = clean(str(value).lower() if isinstance(value, bool) else str(value))
    return flat


def _listed(part: object) -> str:
    """One of a list of words, or of objects such as tags, which go by their name."""
    if isinstance(part, dict):
        return next((name for key in ("name", "title", "label") if isinstance(name := part.get(key), str)), "")
    return str(part) if isinstance(part, (str, int, float)) else ""
