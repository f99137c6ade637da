"""Addresses: the piece behind a link, a sitemap entry or a row of a metrics file."""

from __future__ import annotations

import itertools
import posixpath
import re
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import ClassVar

import numpy as np

from gating.reading.urls import GHOST_ROOT, PAGE_SUFFIX, ROW, SCHEME, host_of, normal_url, path_of
from gating.records import Finding, LibraryPiece, Link, Piece, Skipped, Status

FILE_SUFFIX = re.compile(r"\.[a-z0-9]{2,5}$", re.IGNORECASE)
DATED = re.compile(r"^\d{4}-\d{1,2}-\d{1,2}-")  # a Jekyll post's file name
SUFFIX_SEGMENTS = 4  # of a source path that a link may end in
OWN_HOST_PATHS = 3  # addresses on a host that fit source paths before the host is taken for the library's own
SECOND_LEVEL = ("co", "com", "org", "net", "gov", "ac", "edu", "or", "ne")  # under a country: acme.co.uk
SHARED_DOMAINS = frozenset(
    "github.io gitlab.io pages.dev netlify.app vercel.app web.app herokuapp.com wordpress.com blogspot.com substack.com medium.com ghost.io webflow.io framer.website framer.app "
    "wixsite.com squarespace.com myshopify.com hubspotpagebuilder.com hs-sites.com notion.site beehiiv.com carrd.co".split()
)  # of many firms
INDEX_NAMES = ("index", "_index", "readme")


def slug_of(piece: Piece) -> str:
    """The last part of the piece's address, else of its file name without a date; empty for a row of an export without an address."""
    if piece.url:
        return posixpath.basename(path_of(normal_url(piece.url)))
    return "" if ROW.search(piece.source) else posixpath.basename(_source_path(piece.source))


class Places:
    """str -> place of a piece, for millions of strings: what is held of each is its hash and its place, 12 bytes.

    Two strings of the 64-bit hash of one: once in 20 million libraries of 100,000 pieces.
    """

    TWO: ClassVar[int] = -1

    def __init__(self) -> None:
        self._keys, self._values = array("q"), array("i")

    def add(self, key: str, place: int) -> None:
        """To be called before anything is looked up."""
        self._keys.append(hash(key))
        self._values.append(place)

    def sealed(self, first: bool) -> Places:
        """Ready for looking up. Where two pieces have a key, the `first` counts, or the key leads to no piece (TWO)."""
        keys, values = np.array(self._keys, dtype=np.int64), np.array(self._values, dtype=np.int32)
        order = np.argsort(keys, kind="stable")
        _, starts = np.unique(keys[order], return_index=True)
        values = values[order]
        chosen = values[starts]
        if not first and len(starts):
            chosen = np.where(np.maximum.reduceat(values, starts) == np.minimum.reduceat(values, starts), chosen, self.TWO)
        found = Places()
        found._keys = array("q", keys[order][starts].tobytes())
        found._values = array("i", chosen.astype(np.int32).tobytes())
        return found

    def get(self, key: str) -> int | None:
        """The place; TWO where more than one piece has the key, None where none has it."""
        wanted = hash(key)
        at = bisect_left(self._keys, wanted)
        return self._values[at] if at < len(self._keys) and self._keys[at] == wanted else None


@dataclass(frozen=True)
class Addresses:
    """Which piece stands behind an address. Pieces are places in the library; copies lead to the piece that is kept.

    `urls` and `paths` hold what pieces say of themselves; `endings` the last parts of source paths and addresses, where only one piece
    has them; `files` whole source paths; `known` addresses, and ends of source paths, of inputs that were not scored; `hosts` the library's own.
    """

    urls: Places
    paths: Places
    endings: Places
    files: Places
    known: frozenset[str]
    hosts: frozenset[str]

    @cached_property
    def sites(self) -> frozenset[str]:
        """The registered domains of `hosts`."""
        return frozenset(map(site_of, self.hosts))

    def find(self, url: str) -> int | None:
        """The piece behind a URL, or behind a path on the own site."""
        normal = _normal(url)
        if not normal or (host_of(normal) and host_of(normal) not in self.hosts):
            return None
        place = self.urls.get(normal)
        if place is not None:
            return place
        path = path_of(normal)
        place = self.paths.get(path)
        if place not in (None, Places.TWO) and (not host_of(normal) or "?" not in normal):
            return place
        return None if "?" in normal else self._by_ending(path)

    def follow(self, href: str, piece: Piece) -> tuple[str, int | None]:
        """(normal URL, piece) of a link as it stands on `piece`; the URL is empty when it leads to no page."""
        target = _normal(href)
        plain = target and not SCHEME.match(href.strip()) and not href.strip().startswith("//")
        if not plain or GHOST_ROOT.match(href):
            return target, self.find(href)
        base = _normal(piece.url)
        path = href.strip().split("#", 1)[0].split("?", 1)[0]
        if path.startswith("/"):
            return f"{host_of(base)}{target}", self.find(f"{host_of(base)}{target}")
        if not path:
            return "", None
        if not ROW.search(piece.source):
            beside = _source_path(posixpath.join(posixpath.dirname(piece.source.replace("\\", "/")), path))
            place = self.files.get(beside)
            if place is not None or not base:
                return f"/{beside}", self.find(target) if place is None else place
        if base:
            folder = base if piece.url.endswith("/") else base.rsplit("/", 1)[0]
            target = _normal(f"{folder}/{path}")
        return target, self.find(target)

    def is_known(self, normal: str) -> bool:
        """True for what may be the address of an input that was not scored: then the page is there."""
        return normal in self.known or not self.known.isdisjoint(_ends(path_of(normal)))

    def _by_ending(self, path: str) -> int | None:
        segments = path.strip("/").split("/")
        for length in range(min(SUFFIX_SEGMENTS, len(segments)), 0, -1):
            ending = "/".join(segments[-length:])
            if length == 1 and "-" not in ending and len(segments) > 1:
                return None  # "/en/about" may be another page than "/about"; "how-to-choose-a-boiler" is the same page anywhere
            place = self.endings.get(ending)
            if place is not None:
                return None if place == Places.TWO else place
        return None


def addresses_of(pieces: Sequence[Piece], kept: Sequence[int], unscored: Sequence[Skipped] = (), links: Sequence[Sequence[Link]] | None = None) -> Addresses:
    """The addresses of `pieces`; `kept[n]` is the place that stands for piece n (another one where n is a copy).

    `links` are those of each piece, where the pieces do not hold them themselves.
    """
    urls, paths, endings, files = Places(), Places(), Places(), Places()
    for piece, place in zip(pieces, kept, strict=True):
        normal = _normal(piece.url)
        if normal:
            urls.add(normal, place)
            if "?" not in normal:
                paths.add(path_of(normal), place)
        if not ROW.search(piece.source):
            files.add(_source_path(piece.source), place)
        for ending in _endings(piece.source, normal):
            endings.add(ending, place)
    only = endings.sealed(first=False)
    known = {_normal(one.url) for one in unscored if one.url} | {ending for one in unscored for ending in _endings(one.source, "")}
    hosts = {host_of(_normal(url)) for url in (*(one.url for one in pieces), *(one.url for one in unscored))}
    hosts.update(_hosts_of_links(pieces, only, links or [piece.links for piece in pieces]))
    return Addresses(urls.sealed(first=True), paths.sealed(first=False), only, files.sealed(first=True), frozenset(known - {""}), frozenset(hosts - {""}))


def join_inventory(pieces: Sequence[LibraryPiece], unscored: Sequence[Skipped], links: Sequence[Sequence[Link]] | None = None) -> tuple[list[LibraryPiece], tuple[Skipped, ...]]:
    """Pieces with what rows of inventories (sitemap, crawl, spreadsheet) say of their addresses, and the inputs that fit no piece.

    What the piece says of itself wins; where two rows speak, the first by source.
    """
    rows = [one for one in unscored if one.url and one.status is Status.SKIPPED]
    joined = list(pieces)
    left = [one for one in unscored if not (one.url and one.status is Status.SKIPPED)]
    if rows:
        addresses = addresses_of([one.finding.piece for one in pieces], range(len(pieces)), rows, links)
        for row in sorted(rows, key=lambda one: in_order(one.source)):
            place = addresses.find(row.url)
            if place is None:
                left.append(row)
            else:
                joined[place] = _with_row(joined[place], row)
    return joined, tuple(sorted(left, key=lambda one: (in_order(one.source), one.reason)))


def in_order(source: str) -> str:
    """A key that sorts "library.csv#2" before "library.csv#10"."""
    return "\0".join(f"{int(part):015}" if part.isdecimal() else part for part in re.split(r"(\d{1,15})", source))


def site_of(url: str) -> str:
    """The domain that somebody registered: "acme.example" of "https://blog.acme.example/x"; the whole host where strangers share a domain. Empty for a path."""
    host = host_of(normal_url(url)).split(":", 1)[0].lower()
    labels = host.split(".")
    country = len(labels) > 2 and len(labels[-1]) == 2 and (labels[-2] in SECOND_LEVEL)
    domain = ".".join(labels[-3 if country else -2 :])
    return host if domain in SHARED_DOMAINS else domain


def _normal(url: str) -> str:
    """One address in two spellings of capitals is one page."""
    return normal_url(url).lower()


def _with_row(library: LibraryPiece, row: Skipped) -> LibraryPiece:
    piece = library.finding.piece
    own = {key for key, _ in piece.metadata}
    added = tuple((key, value) for key, value in row.metadata if key not in own)
    url = piece.url if host_of(normal_url(piece.url)) else row.url
    finding: Finding = replace(library.finding, piece=replace(piece, metadata=piece.metadata + added, url=url))
    return replace(library, finding=finding)


def _source_path(source: str) -> str:
    """A source path without suffix and index page: "site/offers/kit/index.html" and "site/offers/kit.md" are "site/offers/kit"."""
    path = posixpath.normpath(PAGE_SUFFIX.sub("", source.replace("\\", "/").strip("/")))
    folder, name = posixpath.split(path.lower())
    return folder if name.lower() in INDEX_NAMES else posixpath.join(folder, DATED.sub("", name))


def _endings(source: str, normal: str) -> set[str]:
    """The last one to four parts of a source path and of an address."""
    of_source = set() if ROW.search(source) else _ends(_source_path(source))
    return of_source | (_ends(path_of(normal)) if normal and "?" not in normal else set())


def _ends(path: str) -> set[str]:
    segments = path.strip("/").split("/")
    return {"/".join(segments[-length:]) for length in range(1, min(SUFFIX_SEGMENTS, len(segments)) + 1)} - {""}


def _hosts_of_links(pieces: Sequence[Piece], endings: Places, links: Sequence[Sequence[Link]]) -> Iterable[str]:
    """Hosts that links of pieces without a host lead to, where most of the paths are paths of the library: its own site.

    A bare slug, all that some exports give for an address, is found at the end of any path, if it is of several words.
    """
    without = [not host_of(_normal(piece.url)) for piece in pieces]
    counted: set[int] = set()  # hashes of the targets; the targets themselves may be more text than the library
    seen: Counter[str] = Counter()
    fitting: Counter[str] = Counter()
    for link in itertools.chain.from_iterable(itertools.compress(links, without) if any(without) else ()):
        target = _normal(link.href) if SCHEME.match(link.href) else ""
        host, path = host_of(target), path_of(target).strip("/")
        if host and path and hash(target) not in counted:
            counted.add(hash(target))
            slug = posixpath.basename(path)
            seen[host] += 1
            fitting[host] += any(endings.get(end) not in (None, Places.TWO) for end in ("/".join(path.split("/")[-2:]), path, slug if "-" in slug else path))
    return [host for host, count in fitting.items() if count >= OWN_HOST_PATHS and 2 * count >= seen[host]]
