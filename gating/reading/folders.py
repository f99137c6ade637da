"""What the files of one folder (or zip) say about each other: exports that keep titles, dates and access in a table beside the pages.

Substack: posts.csv beside posts/. Notion: an id in each name, databases as tables beside their pages. Medium: account data beside posts/.
A saved site: the addresses of its pages in its sitemap, and its newest pages once more in its feeds.
"""

from __future__ import annotations

import csv
import html
import io
import os
import posixpath
import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice, takewhile
from urllib.parse import unquote, urlsplit

from gating.reading.outcome import Unread
from gating.reading.sources import NO_CHOICES
from gating.reading.text import decode
from gating.records import Skipped

Pairs = tuple[tuple[str, str], ...]
Read = Callable[[str], bytes]

NOTION_NAME = re.compile(r"\A(?P<title>.+?)(?: |_|%20)(?P<id>[0-9a-f]{32})(?P<all>_all)?(?P<suffix>\.\w{2,5})?")
SUBSTACK_COLUMNS = frozenset(("post_id", "title", "is_published"))
SUBSTACK_LISTS = re.compile(r"\.(?:opens|delivers)\.csv$|(?:^|/)(?:email_list|subscribers?)[^/]*\.csv$")
MEDIUM_FOLDERS = frozenset("blocks bookmarks claps highlights interests ips lists profile pubs-following sessions topics-following users-following".split())
PAGE = re.compile(r"(?:(?:^|/)index)?\.(?:x?html?|php|aspx?)$", re.IGNORECASE)
TEXT_PAGE = re.compile(r"(?:(?:^|/)_?index)?\.(?:x?html?|mdx?|markdown|mdown|mkd)$", re.IGNORECASE)
FEED = (".xml", ".rss", ".rdf", ".atom", ".json")
SITEMAP = re.compile(r"sitemap[^/]{0,200}\.xml$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Note:
    """What its neighbours say about a file: columns for what it lacks itself, why it is no piece; of a feed, which addresses are pages beside it."""

    columns: Pairs = ()
    reason: str = ""
    is_page: Callable[[str], bool] | None = None


NO_NOTE = Note()


def folder_notes(names: Iterable[str], read: Read, drafts: bool = False) -> dict[str, Note]:
    """{name: note} for those of `names` (paths of files) about which there is something to say.

    `read` gives the bytes of a file, for posts.csv and sitemaps only; where it raises, or they are broken, nothing is said.
    """
    paths = {name.replace(os.sep, "/"): name for name in names}
    notes: dict[str, Note] = {}
    for path, note in (*_feeds(paths), *_sitemap(paths, read), *_notion(paths), *_medium(paths), *_substack(paths, read, drafts)):
        notes[paths[path]] = note
    return notes


def is_opened(name: str) -> bool:
    """True for the files whose content says something about others."""
    return os.path.basename(name) == "posts.csv" or bool(SITEMAP.search(os.path.basename(name)))


def is_notion_page(name: str) -> bool:
    """True for "Title 0123456789abcdef0123456789abcdef.md"."""
    return _notion_name(name) is not None


def _notion_name(path: str) -> re.Match[str] | None:
    return NOTION_NAME.fullmatch(posixpath.basename(path))


def _substack(paths: Mapping[str, str], read: Read, drafts: bool) -> Iterator[tuple[str, Note]]:
    tables = [path for path in paths if posixpath.basename(path) == "posts.csv"]
    ordered = sorted(paths) if tables else []
    for table in tables:
        rows = _rows(_bytes(paths[table], read))
        folder = posixpath.dirname(table)
        if not rows or not set(rows[0]) >= SUBSTACK_COLUMNS:
            continue
        yield table, Note(reason="the list of the posts; its columns were joined to the pages in posts/")
        for path in _below(folder, ordered):
            if SUBSTACK_LISTS.search(path):
                yield path, Note(reason="a list of readers, no piece")
        for row in rows:
            path = posixpath.join(folder, "posts", f"{row['post_id']}.html")
            if path in paths:
                is_draft = row["is_published"].strip().lower() in ("false", "0", "no")
                yield path, Note(reason="not published; --drafts reads it") if is_draft and not drafts else Note(_substack_columns(row))


def _substack_columns(row: Mapping[str, str]) -> Pairs:
    """The columns of one post; texts carry HTML entities, and the address is the part that the post's id names."""
    slug = row["post_id"].partition(".")[2]
    url = f"/p/{slug}" if slug and row.get("type") != "page" else ""
    return tuple((key, html.unescape(value)) for key, value in (("url", url), *row.items()) if key and value)


def _rows(data: bytes) -> list[dict[str, str]]:
    try:
        return [{key: value or "" for key, value in row.items() if isinstance(key, str)} for row in csv.DictReader(io.StringIO(decode(data), newline=""))]
    except csv.Error:
        return []


def _notion(paths: Mapping[str, str]) -> Iterator[tuple[str, Note]]:
    found = {path: name for path in paths if (name := _notion_name(path))}
    folders = {posixpath.dirname(path) for path, name in found.items() if name["suffix"] != ".csv"}
    for path, name in found.items():
        beside = posixpath.join(posixpath.dirname(path), name["title"])
        if name["suffix"] != ".csv":
            yield path, Note((("id", name["id"]), ("title", name["title"])))
        elif {beside, f"{beside} {name['id']}"} & folders:
            yield path, Note(reason="a database of Notion; its rows were read as pages, from the folder beside it")
        elif not name["all"] and path.replace(".csv", "_all.csv") in paths:
            yield path, Note(reason="one view of a database of Notion; all its rows stand in the file that ends in _all.csv")
    for folder in folders:
        index = posixpath.join(folder, "index.html")
        if index in paths:
            yield index, Note(reason="Notion's own list of the pages, no piece")


def _medium(paths: Mapping[str, str]) -> Iterator[tuple[str, Note]]:
    """Everything outside posts/, where posts/ has the neighbours that an account's export has: claps, sessions, bookmarks ..."""
    neighbours: dict[str, set[str]] = defaultdict(set)
    for parent in {path.rpartition("/")[0] for path in paths}:
        root, folder = posixpath.split(parent)
        neighbours[root].add(folder)
    roots = {root for root, folders in neighbours.items() if "posts" in folders and len(folders & MEDIUM_FOLDERS) > 1}
    for path in paths if roots else ():
        root, folder = posixpath.split(posixpath.dirname(path))
        is_readme = posixpath.dirname(path) in roots and posixpath.basename(path) == "README.html"
        if is_readme or (root in roots and folder != "posts"):
            yield path, Note(reason="account data of a Medium export, no piece")


def _sitemap(paths: Mapping[str, str], read: Read) -> Iterator[tuple[str, Note]]:
    """The address and date of each saved page, from the sitemaps at or above it."""
    maps: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for path in paths:
        if SITEMAP.search(posixpath.basename(path)):
            maps[posixpath.dirname(path)] += _entries(_bytes(paths[path], read))
    ordered = sorted(paths) if maps else []
    for folder, entries in maps.items():
        known = _by_last_part(entries)
        for path in _below(folder, ordered):
            if PAGE.search(path):
                url, date = _entry_of(_parts(PAGE.sub("", path[len(folder) :])), known)
                if url:
                    yield path, Note((("url", url), *((("modified", date),) if date else ())))


def _entries(data: bytes) -> list[tuple[str, str]]:
    """(address, day of the last change or "") of each page of a sitemap. Empty for what is none."""
    from gating.reading.sitemap import sitemap_rows

    try:
        return [(row.url, dict(row.metadata).get("lastmod", "")) for row in sitemap_rows(data, "", NO_CHOICES) if isinstance(row, Skipped) and row.url]
    except Unread:
        return []


Entry = tuple[Sequence[str], str, str]  # host and parts of the path, address, date


def _by_last_part(entries: Iterable[tuple[str, str]]) -> Mapping[str, list[Entry]]:
    known: dict[str, list[Entry]] = defaultdict(list)
    for url, date in dict.fromkeys(entries):
        try:
            address = urlsplit(url)
        except ValueError:
            continue
        parts = [address.netloc, *_parts(PAGE.sub("", unquote(address.path)))]
        for key in (parts[-1], "") if len(parts) == 1 else (parts[-1],):
            known[key].append((parts, url, date))
    return known


def _entry_of(parts: Sequence[str], known: Mapping[str, list[Entry]]) -> tuple[str, str]:
    """Address and date of the entry that shares the longest end with a file's path, where the file's path or the address's is wholly
    in it; none where two entries are equally near.
    """
    ranked = []
    for entry, url, date in known.get(parts[-1] if parts else "", ()):
        shared = _shared_end(parts, entry)
        whole_file, whole_path = shared == len(parts), shared >= len(entry) - 1
        if whole_file or whole_path:
            ranked.append(((shared, whole_file and whole_path), url, date))
    ranked.sort(reverse=True)
    if not ranked or (len(ranked) > 1 and ranked[0][0] == ranked[1][0]):
        return "", ""
    return ranked[0][1], ranked[0][2]


def _shared_end(one: Sequence[str], other: Sequence[str]) -> int:
    n = 0
    for left, right in zip(reversed(one), reversed(other), strict=False):
        if left != right:
            break
        n += 1
    return n


def _feeds(paths: Iterable[str]) -> Iterator[tuple[str, Note]]:
    """Which addresses are pages of the same walk, for what may be a feed: a build puts one in the folder of every section and tag."""
    feeds = [path for path in paths if path.lower().endswith(FEED)]
    folders = {path.rpartition("/")[0] for path in feeds}
    pages: dict[str, list[list[str]]] = defaultdict(list)
    for path in paths if feeds else ():
        if TEXT_PAGE.search(path) and (parts := _parts(TEXT_PAGE.sub("", path))):
            pages[parts[-1]].append(parts)
    for path in feeds if pages else ():
        top = next(folder for folder in _folders_above(path) if folder in folders)
        yield path, Note(is_page=partial(_is_page, pages, _parts(top)))


def _is_page(pages: Mapping[str, list[list[str]]], top: list[str], url: str) -> bool:
    """True where the path of `url` is the end of a page's path, or ends in a page's path below `top`, as on a site in a folder of its host."""
    try:
        parts = _parts(TEXT_PAGE.sub("", unquote(urlsplit(url).path)))
    except ValueError:
        return False
    for page in pages.get(parts[-1], ()) if parts else ():
        below = page[len(top) :] if page[: len(top)] == top else []
        if _shared_end(parts, page) >= min(len(parts), len(below) or len(parts)):
            return True
    return False


def _parts(path: str) -> list[str]:
    return [part for part in path.split("/") if part]


def _folders_above(path: str) -> Iterator[str]:
    """The folders that `path` stands in, from the top: "", "a", "a/b"."""
    return ("/".join(parts[:n]) for parts in [path.split("/")] for n in range(len(parts)))


def _below(folder: str, ordered: Sequence[str]) -> Iterator[str]:
    """Those of the sorted paths that stand below `folder`: one search and not one look at each, for a walk may find a million files."""
    start = f"{folder}/" if folder else ""
    return takewhile(lambda path: path.startswith(start), islice(ordered, bisect_left(ordered, start), None))


def _bytes(name: str, read: Read) -> bytes:
    try:
        return read(name)
    except (OSError, OverflowError, Unread):
        return b""
