"""Changes an input the way its format is built: marks and numbers of its text, one member of its zip, one cell of its database.

Bytes changed at random hardly ever get past the check sums of a zip or the opening tag of a page, so that only damaged files would be tried.
"""

from __future__ import annotations

import io
import json
import random
import re
import sqlite3
import zipfile
from collections.abc import Callable, Iterator, Sequence
from typing import Any

Blind = Callable[[bytes, int], bytes]  # (data, most bytes) -> data, as libFuzzer changes bytes
BOUNDARY = re.compile(rb"[<>{}\[\]\\,;:\n\"|]")
NUMBER = re.compile(rb"\d+")
VALUES: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    1e308,
    10**400,
    float("nan"),
    "",
    "x",
    "\ud800",
    "\u202e",
    "<p>x",
    "2024-99-99",
    "draft",
    [],
    {},
    [[]],
    [None],
    {"": ""},
    {"a": {"b": []}},
)
NUMBERS = (b"0", b"-1", b"1", b"65536", b"2147483648", b"99999999999999999999", b"1e999", b"NaN", b"9" * 5000, b"\xc2\xb2", b"\xd9\xa3", b"0x10")
HOSTILE = (
    b"\0", b"\r", b"\x0b", b"\x85", b"\xff", b"\xed\xa0\x80", b"\xef\xbf\xbe", b"\xe2\x80\xae", b"\xe2\x80\x8b", b"\xe2\x80\xa8", b"\xf3\xa0\x81\x81", b"\xcc\x81" * 40,
    b"\\ud800", b"\\u202e", b"\\u0000", b"&#0;", b"&#xD800;", b"&#x202E;", b"&#8232;", b"&#x1F;", b"&zwj;", b"&lt;", b"%00", b"%E2%80%AE", b"A" * 3000, b"\n" * 50,
)  # fmt: skip


def mutate_text(data: bytes, max_size: int, chance: random.Random, blind: Blind, fragments: Sequence[bytes]) -> bytes:
    """One to four changes of a text: by libFuzzer, or a fragment of the format put in, a span lost, doubled, moved or nested."""
    room = max_size if chance.random() < 0.03 else min(max_size, max(8_000, len(data) + 500))  # large inputs are slow, and rarely find more
    for _ in range(chance.choice((1, 1, 2, 4))):
        data = blind(data, max_size) if chance.random() < 0.3 else _changed(data, chance, fragments)
    return data[:room]


def mutate_zip(data: bytes, max_size: int, chance: random.Random, blind: Blind, fragments: Sequence[bytes]) -> bytes:
    """A change of one member of a zip (its text, its name, or whether it is there); of the whole file where it is no zip any more."""
    members = _members(data)
    if not members or chance.random() < 0.04:
        return blind(data, max_size)
    place = chance.randrange(len(members))
    name, content = members[place]
    change = chance.random()
    if change < 0.03:
        members.append((name, content))
    elif change < 0.05 and len(members) > 1:
        del members[place]
    elif change < 0.08:
        members[place] = (name.replace("/", "\\") if chance.random() < 0.5 else f"{name}{chance.choice('/.~ é')}", content)
    else:
        members[place] = (name, mutate_text(content, 65_536, chance, blind, fragments))
    changed = _zipped(members)
    return changed if len(changed) <= max_size else data


def mutate_json(data: bytes, max_size: int, chance: random.Random, blind: Blind, fragments: Sequence[bytes]) -> bytes:
    """One to four values of a JSON text, or of its lines, lost, doubled, or in the place of another; or a change as of any text."""
    try:
        lines = [json.loads(line) for line in data.decode().split("\n") if line.strip()] if chance.random() < 0.8 else []
    except (ValueError, RecursionError):
        lines = []
    for _ in range(chance.choice((1, 1, 2, 4))):
        holders = list(_holders(lines))
        if holders:
            _change_in(chance.choice(holders), chance, chance.choice((*VALUES, *holders)))
    try:
        changed = b"\n".join(json.dumps(line).encode() for line in lines)
    except (ValueError, RecursionError):  # a value that holds itself
        changed = b""
    return changed if changed and len(changed) <= max_size else mutate_text(data, max_size, chance, blind, fragments)


def _holders(value: Any) -> Iterator[Any]:
    """All lists and objects in a value, but no more than a reader would look at."""
    waiting = [value]
    for _ in range(500):
        if not waiting:
            return
        found = waiting.pop()
        if found and isinstance(found, (list, dict)):
            yield found
            waiting += found.values() if isinstance(found, dict) else found


def _change_in(holder: Any, chance: random.Random, value: Any) -> None:
    key = chance.choice(list(holder) if isinstance(holder, dict) else range(len(holder)))
    kind = chance.randrange(4)
    if kind == 0:
        del holder[key]
    elif kind == 1 and isinstance(holder, list):
        holder.insert(key, holder[key])
    elif kind == 1:
        holder[str(value)[:10]] = holder[key]
    else:
        holder[key] = value


def mutate_database(data: bytes, max_size: int, chance: random.Random, blind: Blind, fragments: Sequence[bytes]) -> bytes:
    """A change of one cell of a SQLite database, or of its bytes."""
    if chance.random() < 0.5:
        return blind(data, max_size)
    connection = sqlite3.connect(":memory:")
    try:
        connection.deserialize(data)
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        table = chance.choice(tables)
        columns = [row[1] for row in connection.execute(f'PRAGMA table_info("{table}")')]
        column = chance.choice(columns)
        (cell,) = connection.execute(f'SELECT CAST("{column}" AS BLOB) FROM "{table}" ORDER BY random() LIMIT 1').fetchone()
        text = mutate_text(cell or b"", max_size, chance, blind, fragments)
        value = chance.choice((text, text.decode("utf-8", "replace"), None, 1e308, 2**62))
        connection.execute(f'UPDATE "{table}" SET "{column}" = ? WHERE rowid = (SELECT rowid FROM "{table}" ORDER BY random() LIMIT 1)', (value,))
        changed = connection.serialize()
        return changed if len(changed) <= max_size else data
    except (sqlite3.Error, IndexError, TypeError, UnicodeError, OverflowError):
        return blind(data, max_size)
    finally:
        connection.close()


def _changed(data: bytes, chance: random.Random, fragments: Sequence[bytes]) -> bytes:
    start, end = sorted((_place(data, chance), _place(data, chance)))
    kind = chance.randrange(8)
    if kind == 0:
        return data[:start] + data[end:]
    if kind == 1:
        return data[:end] + data[start:end] * chance.choice((1, 1, 2, 30)) + data[end:]
    if kind == 2:
        numbers = list(NUMBER.finditer(data))
        if numbers:
            number = chance.choice(numbers)
            return data[: number.start()] + chance.choice(NUMBERS) + data[number.end() :]
    if kind == 3:
        place = _place(data, chance)
        return data[:start] + data[end:place] + data[start:end] + data[max(place, end) :]
    if kind == 4:
        return data[:start] + chance.choice(HOSTILE) + data[start:]
    if kind == 5:
        return data[:start] + chance.choice(fragments) * chance.choice((2, 20, 400)) + data[start:]
    if kind == 6:
        return data[:start] + chance.choice(fragments) + data[end:]
    return data[:start] + chance.choice(fragments) + data[start:]


def _place(data: bytes, chance: random.Random) -> int:
    """A place in the data, mostly one where something of the format begins or ends."""
    place = chance.randint(0, len(data))
    found = BOUNDARY.search(data, place) if chance.random() < 0.8 else None
    return found.start() + chance.randint(0, 1) if found else place


def _members(data: bytes) -> list[tuple[str, bytes]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return [(member.filename, archive.read(member)) for member in archive.infolist() if member.file_size < 500_000][:60]
    except Exception:  # noqa: BLE001  (whatever is wrong with it, it is no zip to change by its members)
        return []


def _zipped(members: list[tuple[str, bytes]]) -> bytes:
    import warnings

    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a name that is there twice: it is meant
        for place, (name, content) in enumerate(members):
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_STORED if place == 0 else zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
