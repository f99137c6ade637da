"""Which examples belong together, so that what a model learned from one is not proven on the other."""

from __future__ import annotations

import posixpath
import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Sequence
from urllib.parse import parse_qs, urlsplit

import numpy as np
import numpy.typing as npt

from gating.features.signature import signature_of
from gating.reading.aliases import plain_name
from gating.reading.urls import ROW, host_of, normal_url, path_of
from gating.records import Example, Piece

Ints = npt.NDArray[np.int64]
ALIKE = 0.5  # resemblance (Jaccard, of runs of five words): one text in two versions, or two pages of one template that say the same
SECTION = 0.2  # share of the examples; what more of them have in common is a section of the site, no campaign
# Folders that are called after a kind of page and hold all pages of that kind. To keep them together would ask of every model to judge
# webinars without having seen one.
SECTIONS = frozenset(
    "about academy alternative announcement article asset author benchmark blog book buyer-guide calculator calendar career case "
    "case-study category checklist company compare comparison content customer customer-story datasheet demo doc documentation "
    "download draft ebook event faq feature file form glossary guide help home hub industry infographic insight integration job "
    "knowledge-base landing landing-page learn legal library live lp magazine marketing media news newsletter offer on-demand "
    "page partner pdf podcast post press press-release price pricing product public published recording release report research "
    "resource sample section security service site solution story success-story support tag template thank-you tool topic tour "
    "trial tutorial update use-case versus video vs web webinar website white-paper whitepaper workbook".split()
)
LOCALE = re.compile(r"^[a-z]{2}(?:[-_][a-z]{2})?$")
CAMPAIGN = ("campaign", "campaign name", "utm campaign", "utm_campaign", "marketing campaign", "series", "content series", "post series")
TAGS = ("tags", "tag", "topic cluster", "cluster")
SECOND_LEVEL = re.compile(r"^(?:com?|org|net|gov|edu|ac|ltd|plc|gob|or|ne)$")  # of "example.co.uk"


def groups_of(examples: Sequence[Example]) -> Ints:
    """The number of each example's group, (n_examples,), from 0 in the order of first appearance.

    Near copies are always in one group. Where the examples are of several sites (a column `site`, else the host of the URL, subdomains
    apart), a site is one group. Where they are of one site, as a company's own are, or of none, a campaign is: the same utm_campaign,
    campaign or series always; the same folder, unless it is called after a kind of page ("/blog/", "/webinars/2024/"), or the same tags
    where at most SECTION of the examples have them. Groups that share a piece become one.
    """
    together = _Together(len(examples))
    together.join(duplicate_clusters([example.piece for example in examples]).tolist())
    sites = [site_of(example) for example in examples]
    several = len(set(sites) - {""}) > 1
    if several:
        together.join(site or None for site in sites)
    _join_campaigns(together, [None if several and site else example for example, site in zip(examples, sites, strict=True)])
    return together.numbers()


def site_of(example: Example) -> str:
    """The site that the example says it is from, else the domain of its URL without subdomains; empty when neither is given."""
    if example.site:
        return example.site.strip().casefold()
    labels = host_of(normal_url(example.piece.url)).partition(":")[0].split(".")
    short = len(labels) > 2 and len(labels[-1]) == 2 and SECOND_LEVEL.match(labels[-2])
    return ".".join(labels[-3 if short else -2 :])


def duplicate_clusters(pieces: Sequence[Piece]) -> Ints:
    """The number of each piece's cluster of near copies, (n_pieces,). Compares every pair: a second for 5,000 pieces."""
    if not pieces:
        return np.zeros(0, dtype=np.int64)
    together = _Together(len(pieces))
    signatures = np.array([signature_of(piece) for piece in pieces], dtype=np.uint32).reshape(len(pieces), -1)
    for number, signature in enumerate(signatures):
        alike = (signatures[number + 1 :] == signature).mean(axis=1) >= ALIKE
        for other in np.flatnonzero(alike):
            together.merge(number, number + 1 + int(other))
    return together.numbers()


def _join_campaigns(together: _Together, examples: Sequence[Example | None]) -> None:
    named = [_campaign(example) if example else "" for example in examples]
    together.join(name or None for name in named)
    folders = _folders([example.piece if example else None for example in examples])
    tags = [_value(example, TAGS) if example else "" for example in examples]
    for keys in (folders, tags):
        counts = Counter(keys)
        together.join(key if key and counts[key] <= SECTION * len(examples) else None for key in keys)


def _campaign(example: Example) -> str:
    query = parse_qs(_query(example.piece.url)).get("utm_campaign", [""])[0]
    return (query or _value(example, CAMPAIGN)).strip().casefold()


def _query(url: str) -> str:
    try:
        return urlsplit(url).query
    except ValueError:  # half an IPv6 address
        return ""


def _value(example: Example, names: Iterable[str]) -> str:
    by_name = {plain_name(name): value.strip().casefold() for name, value in example.piece.metadata}
    return next((value for name in names if (value := by_name.get(plain_name(name), ""))), "")


def _folders(pieces: Sequence[Piece | None]) -> list[str]:
    """The folder of each piece, of its address, else of its file; empty where it is the top, a language, a year or a kind of page."""
    files = [posixpath.dirname(piece.source.replace("\\", "/")) if piece and not piece.url and not ROW.search(piece.source) else None for piece in pieces]
    top = posixpath.commonpath(given) if (given := [folder for folder in files if folder]) and len({folder[:1] == "/" for folder in given}) == 1 else ""
    found = []
    for piece, folder in zip(pieces, files, strict=True):
        path = posixpath.dirname(path_of(normal_url(piece.url))) if piece and piece.url else (folder or "").removeprefix(top)
        named = [part for part in path.casefold().split("/") if part and not part.isdigit() and not LOCALE.match(part) and not _is_section(part)]
        found.append(path.strip("/") if named else "")
    return found


def _is_section(name: str) -> bool:
    plain = re.sub(r"[^a-z]+", "-", name).strip("-")
    return not plain or bool({plain, plain.removesuffix("s"), plain.removesuffix("es"), re.sub(r"ies$", "y", plain)} & SECTIONS)


class _Together:
    """Members that are joined step by step into groups (union-find)."""

    def __init__(self, size: int) -> None:
        self._parent = list(range(size))

    def merge(self, one: int, other: int) -> None:
        """Puts two members, and all that are with them, into one group."""
        one, other = self._root(one), self._root(other)
        self._parent[max(one, other)] = min(one, other)

    def join(self, keys: Iterable[Hashable]) -> None:
        """Puts members with the same key into one group; None is no key."""
        members: dict[Hashable, list[int]] = defaultdict(list)
        for number, key in enumerate(keys):
            if key is not None:
                members[key].append(number)
        for first, *rest in members.values():
            for other in rest:
                self.merge(first, other)

    def numbers(self) -> Ints:
        """The group of each member, from 0 in the order of first appearance."""
        roots = [self._root(number) for number in range(len(self._parent))]
        known = {root: number for number, root in enumerate(dict.fromkeys(roots))}
        return np.array([known[root] for root in roots], dtype=np.int64)

    def _root(self, number: int) -> int:
        while self._parent[number] != number:
            self._parent[number] = self._parent[self._parent[number]]
            number = self._parent[number]
        return number
