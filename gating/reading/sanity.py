"""Sanity datasets (data.ndjson): one document a line. Pictures, settings and drafts are no pieces; the body is Portable Text."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from gating.reading.outcome import LeftOut, Row
from gating.reading.richtext import nodes_html, rich_html
from gating.reading.sources import Choices
from gating.reading.table import flat_row, plain_words
from gating.reading.text import decode
from gating.records import Skipped

PARTS = ("body", "content", "pageBuilder", "sections", "blocks", "modules")
NO_PIECES = ("sanity.", "system.", "assist.")
LONG = 50  # words; authors, categories and settings have fewer
ADDRESS_OR_NAME = ("slug.current", "title", "name")


def is_sanity(suffix: str, data: bytes) -> bool:
    """True for lines of JSON that name the type and id of a Sanity document."""
    head = data[:20_000]
    return suffix in (".ndjson", ".jsonl") and b'"_id"' in head and b'"_type"' in head


def sanity_rows(data: bytes, source: str, choices: Choices) -> Iterator[Row | Skipped]:
    """One row for each document with a name and a long text; then one Skipped for the rest."""
    left_out = LeftOut()
    for number, line in enumerate(decode(data).split("\n"), 1):
        if not line.strip():
            continue
        try:
            document = json.loads(line)
        except (ValueError, RecursionError) as error:
            yield {"": f"line {number}: not valid JSON ({error})"}
            continue
        kind = str(document.get("_type") or "document") if isinstance(document, Mapping) else "not an object"
        row = _row(document, kind) if isinstance(document, Mapping) and not kind.startswith(NO_PIECES) else {}
        if len(plain_words(row.get("text", "")).split()) < LONG or not any(row.get(name) for name in ADDRESS_OR_NAME):
            left_out.no_pieces[kind] += 1
        elif row["_id"].startswith(("drafts.", "versions.")) and not choices.drafts:
            left_out.unpublished["draft"] += 1
        else:
            yield row
    yield from left_out.lines(source)


def _row(document: Mapping[str, Any], kind: str) -> dict[str, str]:
    parts = [html for name in PARTS if (html := rich_html(value) or _parts_html(value) if (value := document.get(name)) else "")]
    rest = flat_row({name: value for name, value in document.items() if name not in PARTS})
    return {"_id": "", **rest, "text": "\n".join(parts) or rest.get("text", ""), "type": kind}


def _parts_html(value: object) -> str:
    """The parts of a page builder: a list of objects of the site's own types."""
    if isinstance(value, str):
        return value
    return nodes_html(value) if isinstance(value, list) else ""
