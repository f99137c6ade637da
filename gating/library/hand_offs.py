"""From a piece that makes people care to the offer that follows: which links do it, which lead astray, which offer would fit."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gating.advice.detections import LEFT_OUT, NO_WAY_ON
from gating.advice.ways_on import DECISION_WORDS, PRICING, TRIAL, asks_for_a_decision
from gating.library.compact import Shared
from gating.library.phrases import SITE_NAME, PhraseTable, surfaces
from gating.library.shelf import Library
from gating.library.site_gates import site_wide
from gating.library.urls import FILE_SUFFIX, Addresses, site_of, slug_of
from gating.reading.urls import PAGE_SUFFIX, ROW, host_of, normal_url, path_of
from gating.records import Finding, LibraryPiece, Link, OfferLink, Piece, Stage, Strategy, Suggestion

STAGES = tuple(Stage)
# Similarities of profiles on the labelled public pages (scripts/check_similarities.py): nine in ten pairs from two unrelated sites have less
# than 0.025; pairs from one site have 0.030 in the middle and one in ten reaches 0.097; a demand-gen piece's nearest offer has 0.065.
OFF_TOPIC = 0.02  # under which a link leads to another subject
FLOOR = 0.08  # under which no offer is named
NEAR = 0.04  # under which none is named either where the two have one topic
SAME_STAGE = 0.9  # an offer one step on is worth a little more than one at the reader's own stage
SHARED_WORDS = 4
OFFERS_AT_ONCE = 5_000
CELLS_AT_ONCE = 2_000_000  # of the table of similarities, pieces by offers; some 30 MB
COVERED = 0.8  # share of the site's own addresses in links that lead to pieces, from which a missing one counts as dead
COVERED_LINKS = 20  # such addresses at least
COVERED_BESIDE = 2  # and pieces in the same folder of the site
OFFER_WORDS = re.compile(
    rf"\b(?:demo|{TRIAL}|{PRICING}|quote|consultation|book (?:a|your)|schedule (?:a|your)|talk to|speak (?:to|with)|contact (?:us|sales)|get in touch|download|e-?books?|"
    r"white ?papers?|webinars?|register|sign[ -]?up|templates?|checklists?|toolkit|workbook|newsletter|subscribe|calculator|get (?:the|your|a copy)|"
    r"save (?:my|your) (?:seat|spot)|wait-?list|(?:for|it) free|free[- ]to[- ]use|join (?:us|now|free)|get started)\b",
    re.IGNORECASE,
)
FILE = re.compile(r"\.(?:pdf|docx?|odt|rtf|pptx?|xlsx?|epub)$", re.IGNORECASE)  # what is downloaded rather than read on the site
OWN_PRODUCT = ("app", "go", "get", "try", "start", "signup", "my", "register")  # first label of a sub-domain where the product, or the way to it, is
GENERAL = re.compile(r"\b(?:demo|trial|contact|pricing|plans|quote|consultation|newsletter|subscribe|talk to|get in touch|get started|sign ?up)\b", re.IGNORECASE)
NO_CONTENT = re.compile(
    r"thank[- ]?you(?:[ ,.!:-].*)?|thanks(?: for .*)?[.!]?|(?:our )?(?:privacy|cookies?)(?: (?:policy|notice|statement))?|(?:data )?privacy policy(?: and .{0,40})?|"
    r"terms(?: (?:and|&) conditions)?|"
    r"terms (?:of (?:use|service)|and conditions)(?: .{0,20})?|imprint|impressum|legal notice|(?:error )?404(?: .{0,30})?|page not found",
    re.IGNORECASE,
)
WORDS_OF_A_SITE = 3
MOST_WORDS = 12  # of a thank-you page's title; longer ones are headlines of articles
HUB = re.compile(
    r"(?:the |our |all |latest )?(?:blog|news|articles|posts|resources|resource (?:library|cent(?:er|re)|hub)|insights|(?:e[ -]?books? )?library|e[ -]?books|guides|case studies|"
    r"customer stories|webinars|events|categor(?:y|ies)|tags?|archives?|topics)(?: (?:index|archive|home|overview|page))?|page \d+",
    re.IGNORECASE,
)
HUB_CHILDREN, HUB_WORDS = 3, 800  # links to pieces under its own address, from which a page of so few words is an index
NO_OFFER = re.compile(r"\b(?:log ?in|sign ?in|thank(?:s| you)|unsubscribe|careers?|job application|page not found)\b", re.IGNORECASE)
DESIRE = ("demo", "trial", "consultation", "quote", "contact", "pricing")  # which general page follows a decision piece best
FORM_HOSTS = (
    "calendly.com", "typeform.com", "eventbrite.com", "eventbrite.co.uk", "zoom.us", "gotowebinar.com", "on24.com", "lu.ma", "luma.com", "livestorm.co",
    "hsforms.com", "meetings.hubspot.com", "forms.gle", "docs.google.com", "savvycal.com", "cal.com", "chilipiper.com", "goldcast.io", "brighttalk.com",
    "airtable.com", "tally.so",
)  # fmt: skip
WAYS_ON = ("gate", "lead")  # purposes of a form by which a piece leads on without a link
FIRST_WAYS_ON = (*WAYS_ON, "newsletter")  # the same of an awareness piece


@dataclass(frozen=True, slots=True)
class HandOff:
    """What the library says of one piece's way on, or of the ways to an offer.

    `known` is False where the source came without links, so that nothing can be said; of an offer, where no demand-gen piece shows links.
    """

    links: tuple[OfferLink, ...] = ()
    best: Suggestion | None = None
    linked_from: int = 0
    should_lead_on: bool = False  # a demand-gen piece of a format whose readers want a next step
    is_offer: bool = False
    general: bool = False  # an offer for readers of any topic: demo, contact, pricing, newsletter
    known: bool = True
    own_form: bool = False  # a form for a contact or an asset stands on the piece itself, and not on many pages

    @property
    def leads_on(self) -> bool:
        """True when a link or a form of its own does it."""
        return self.own_form or any(link.verdict == "fits" for link in self.links)


def map_hand_offs(library: Library, table: PhraseTable, addresses: Addresses, sure: float, topics: Sequence[int] = ()) -> list[HandOff]:
    """The hand-off of each piece; `addresses` lead to places in the library, `table` has one row a piece, `topics` one number (-1 none).

    Only what is lead-gen with a probability of `sure` or more is counted and suggested as an offer; a link to a less sure one counts as a link.
    """
    findings = [piece.finding for piece in library.pieces]
    demand = [place for place, finding in enumerate(findings) if is_demand(finding)]
    offers = [place for place, finding in enumerate(findings) if is_offer(finding)]
    seen = _survey(library, addresses, demand)
    links = dict(_all_offer_links(library, demand, frozenset(offers), table, addresses, seen.dead))
    leading = [place for place in demand if findings[place].verdict.format.label not in NO_WAY_ON and place not in seen.hubs]
    offered = {place for place in offers if not findings[place].verdict.strategy.is_unsure(sure)}
    ready = [place for place in sorted(offered) if "stale" not in findings[place].verdict.flags]
    best = _suggest(findings, leading, ready, table, seen.linked_from, library.profiles, topics or [-1] * len(findings))
    wanted = set(leading)
    any_known = not demand or any(seen.known[place] for place in demand)
    furniture = site_wide(finding.piece for finding in findings)
    return [
        HandOff(
            links=links.get(place, ()),
            best=best.get(place),
            linked_from=seen.linked_from[place] if place in offered else 0,
            should_lead_on=place in wanted,
            is_offer=place in offered,
            general=place in offered and is_general(finding),
            known=any_known if place in offered else seen.known[place],
            own_form=_has_way_on(finding, furniture),
        )
        for place, finding in enumerate(findings)
    ]


@dataclass(frozen=True, slots=True)
class _Survey:
    """What one look at all links tells."""

    linked_from: Counter[int]  # demand-gen pieces that link to each piece
    hubs: frozenset[int]  # demand-gen pieces that are indexes
    known: Sequence[bool]  # whether the source of each piece shows links
    dead: frozenset[str]


def _survey(library: Library, addresses: Addresses, demand: Sequence[int]) -> _Survey:
    findings = [piece.finding for piece in library.pieces]
    wanted = frozenset(demand)
    linked_from: Counter[int] = Counter()
    hubs: set[int] = set()
    with_links: set[str] = set()
    own: dict[str, bool] = {}
    for place, (finding, links) in enumerate(zip(findings, library.links, strict=True)):
        followed = [addresses.follow(link.href, finding.piece) for link in links]
        for target, other in followed:
            if not own.get(target) and _is_page_of_ours(target, addresses):
                own[target] = other is not None or addresses.is_known(target)
        if links:
            with_links.add(ROW.sub("", finding.piece.source))
        if place in wanted:
            linked_from.update({other for _, other in followed if other is not None})
            if _is_hub(library.pieces[place], place, followed):
                hubs.add(place)
    known = [not ROW.search(finding.piece.source) or ROW.sub("", finding.piece.source) in with_links for finding in findings]
    return _Survey(linked_from, frozenset(hubs), known, _dead_targets(own, findings))


def _has_way_on(finding: Finding, furniture: frozenset[str]) -> bool:
    """A form of the piece's own; what a row of an export shows stands in its text and not in the frame of the site, however often."""
    purposes = FIRST_WAYS_ON if finding.verdict.stage.label == Stage.AWARENESS else WAYS_ON
    in_text = bool(ROW.search(finding.piece.source))
    return any(form.purpose in purposes and (in_text or form.identity not in furniture) for form in finding.piece.forms)


def _is_hub(library: LibraryPiece, place: int, followed: Sequence[tuple[str, int | None]]) -> bool:
    """True for an index: by its name, or a short page that leads to several pieces under its own address."""
    piece = library.finding.piece
    if is_index(piece):
        return True
    base = path_of(normal_url(piece.url)).lower()
    if base == "/" or library.n_words >= HUB_WORDS:
        return False
    return len({other for target, other in followed if other not in (None, place) and path_of(target).startswith(f"{base}/")}) >= HUB_CHILDREN


def is_no_content(piece: Piece) -> bool:
    """True for thank-you, legal and error pages, by title or slug."""
    first, *rest = SITE_NAME.split(piece.title.strip())
    called = first if len(" ".join(rest).split()) <= WORDS_OF_A_SITE else piece.title  # "Privacy policy | Acme", and not "Privacy: what a clinic may keep"
    return any(NO_CONTENT.fullmatch(name) and len(name.split()) <= MOST_WORDS for name in (called.strip(), _slug_in_words(piece)))


def is_index(piece: Piece) -> bool:
    """True for a page that is called like a list of others."""
    return any(HUB.fullmatch(name) for name in (piece.title.strip(), _slug_in_words(piece)))


def _slug_in_words(piece: Piece) -> str:
    return slug_of(piece).replace("-", " ").replace("_", " ")


def is_demand(finding: Finding) -> bool:
    """True for a demand-gen piece; pages for customers, legal and thank-you pages do not count."""
    return finding.verdict.strategy.label == Strategy.DEMAND_GEN and not LEFT_OUT & set(finding.verdict.flags) and not is_no_content(finding.piece)


def is_offer(finding: Finding) -> bool:
    """True for a lead-gen piece that can be offered. The home page is where people come from; log-in and thank-you pages lead nowhere."""
    piece = finding.piece
    home = bool(piece.url) and path_of(normal_url(piece.url)) == "/"
    no_offer = home or any(form.purpose == "job" for form in piece.forms) or NO_OFFER.search(_called(piece)) or is_no_content(piece)
    return finding.verdict.strategy.label == Strategy.LEAD_GEN and not no_offer and not LEFT_OUT & set(finding.verdict.flags)


def is_general(finding: Finding) -> bool:
    """True for a demo, contact, pricing or newsletter page: it follows a piece on any topic."""
    kind = finding.verdict.format.label
    return kind == "pricing" or (kind == "conversion" and bool(GENERAL.search(_called(finding.piece))))


def _called(piece: Piece) -> str:
    return f"{piece.title} {slug_of(piece).replace('-', ' ')}"


def _stage(finding: Finding) -> int:
    return STAGES.index(Stage(finding.verdict.stage.label))


def _is_page_of_ours(target: str, addresses: Addresses) -> bool:
    return bool(target) and _is_own(target, addresses) and bool(PAGE_SUFFIX.search(target) or not FILE_SUFFIX.search(path_of(target)))


def _dead_targets(targets: Mapping[str, bool], findings: Sequence[Finding]) -> frozenset[str]:
    """Addresses on the own site that links lead to and no input has (False in `targets`), where the library clearly has that part of the site."""
    if len(targets) < COVERED_LINKS or sum(targets.values()) < COVERED * len(targets):
        return frozenset()
    beside: Counter[str] = Counter(target.rsplit("/", 1)[0] for target, found in targets.items() if found)
    files = {_file_kind(name) for finding in findings for name in (finding.piece.source.replace("\\", "/"), normal_url(finding.piece.url))}
    return frozenset(
        target
        for target, found in targets.items()
        if not found and "?" not in target and beside[target.rsplit("/", 1)[0]] >= COVERED_BESIDE and (not FILE.search(target) or _file_kind(target) in files)
    )


def _file_kind(name: str) -> tuple[str, str]:
    """The folder and the suffix of a file: a library of pages says nothing of the PDF files beside them."""
    folder, _, last = name.lower().rpartition("/")
    return folder.rpartition("/")[2], last.rpartition(".")[2]


def _is_own(target: str, addresses: Addresses) -> bool:
    return not host_of(target) or host_of(target) in addresses.hosts


def _all_offer_links(
    library: Library, demand: Sequence[int], offers: frozenset[int], table: PhraseTable, addresses: Addresses, dead: frozenset[str]
) -> Iterator[tuple[int, tuple[OfferLink, ...]]]:
    """(piece, its links to offers) for each demand-gen piece that has any."""
    shared = Shared()
    for place, links in zip(demand, library.links.pick(demand), strict=True):
        found = _offer_links(place, links, library.pieces, offers, table, addresses, dead)
        if found:
            yield place, tuple(map(shared, found))


def _offer_links(
    place: int, links: Sequence[Link], pieces: Sequence[LibraryPiece], offers: frozenset[int], table: PhraseTable, addresses: Addresses, dead: frozenset[str]
) -> list[OfferLink]:
    finding = pieces[place].finding
    found: dict[str, OfferLink] = {}
    for link in links:
        target, other = addresses.follow(link.href, finding.piece)
        if other is not None:
            offer = pieces[other].finding
            if other != place and other in offers:
                found.setdefault(offer.piece.source, _to_offer(link, finding, offer, _similarity(table, place, other)))
        elif target and target not in found and _looks_like_offer(link, target, addresses):
            found[target] = _elsewhere(link, finding, target in dead)
    return list(found.values())


def _similarity(table: PhraseTable, one: int, other: int) -> float:
    return float(_in_both(table, one, other)[1].sum())


def _in_both(table: PhraseTable, one: int, other: int) -> tuple[Any, Any]:
    """The phrases that two pieces share, as columns of the table, and the product of their weights; a tenth of the time of multiplying sparse rows."""
    first, second = (slice(*table.weights.indptr[place : place + 2]) for place in (one, other))
    indices, weights = table.weights.indices, table.weights.data
    columns, in_first, in_second = np.intersect1d(indices[first], indices[second], assume_unique=True, return_indices=True)
    return columns, weights[first][in_first] * weights[second][in_second]


def _to_offer(link: Link, finding: Finding, offer: Finding, similarity: float) -> OfferLink:
    here, there = _stage(finding), _stage(offer)
    general = is_general(offer) or bool(DECISION_WORDS.search(link.text))
    if abs(there - here) > 1:
        verdict = "wrong-stage"
        why = f"readers at the {STAGES[here]} stage are sent to an offer for the {STAGES[there]} stage"
    elif not general and similarity < OFF_TOPIC:
        verdict, why = "off-topic", "the offer is about something else"
    else:
        verdict = "fits"
        why = "an offer for readers of any topic" if general else "same topic, and the stage fits"
    return OfferLink(link.text, link.href, offer.piece.source, verdict, why)


def _elsewhere(link: Link, finding: Finding, dead: bool) -> OfferLink:
    if dead:
        return OfferLink(link.text, link.href, "", "dead", "no piece of the library has this address, though the library has the pages beside it")
    if finding.verdict.stage.label == Stage.AWARENESS and asks_for_a_decision(link.text):
        return OfferLink(link.text, link.href, "", "wrong-stage", "readers at the awareness stage are asked for a decision")
    return OfferLink(link.text, link.href, "", "fits", "an offer outside this library")


def _looks_like_offer(link: Link, target: str, addresses: Addresses) -> bool:
    """A link by whose words or address an offer stands behind it: on the own site, a sub-domain of it, or a booking service."""
    host = host_of(target)
    if host and site_of(host) in addresses.sites and host not in addresses.hosts and host.split(".", 1)[0] in OWN_PRODUCT:
        return True
    ours = _is_own(target, addresses) or site_of(host) in addresses.sites
    if not ours and not any(host == known or host.endswith(f".{known}") for known in FORM_HOSTS):
        return False
    return bool(OFFER_WORDS.search(link.text) or OFFER_WORDS.search(path_of(target).rsplit("/", 1)[-1].replace("-", " ")))


def _suggest(
    findings: Sequence[Finding], demand: Sequence[int], offers: Sequence[int], table: PhraseTable, linked_from: Counter[int], profiles: Sequence[str], topics: Sequence[int]
) -> dict[int, Suggestion]:
    """For each demand-gen piece the offer of its site, at its stage or one step on, that is most like it, else, near a decision, the site's demo or contact page."""
    general: dict[str, list[int]] = defaultdict(list)
    for place in offers:
        if is_general(findings[place]) and findings[place].verdict.stage.label == Stage.DECISION:
            general[_site(findings[place])].append(place)
    pages = {site: _most_wanted(places, findings, linked_from) for site, places in general.items()}
    topical = np.array([place for place in offers if not is_general(findings[place])], dtype=np.int64)
    chosen = {place: (other, alike) for place, other, alike in _nearest(findings, demand, topical, table, topics)}
    for place in demand:
        page = pages.get(_site(findings[place]))
        if place not in chosen and page is not None and _stage(findings[place]) > 0:
            alike = _similarity(table, place, page)
            if alike > 0 or _site(findings[place]):  # where no host is known, the page may be of another firm
                chosen[place] = (page, alike)
    shared = {place: () if is_general(findings[other]) else _shared(table, place, other) for place, (other, _) in chosen.items()}
    spelled = _spelled(shared, profiles)
    return {place: Suggestion(findings[other].piece.source, round(alike, 3), tuple(spelled[word] for word in shared[place])) for place, (other, alike) in chosen.items()}


def _nearest(findings: Sequence[Finding], demand: Sequence[int], offers: Any, table: PhraseTable, topics: Sequence[int]) -> Iterator[tuple[int, int, float]]:
    """(piece, offer, similarity) of the best offer for each piece that has one on its site, at its stage or one step on, block by block.

    An offer of the piece's own topic may be a little less like it.
    """
    stages = np.array([_stage(findings[place]) for place in offers])
    sites = np.array([_site(findings[place]) for place in offers], dtype=object)
    about = np.array([topics[place] for place in offers])
    by_kind: dict[tuple[int, str], list[int]] = defaultdict(list)
    for place in demand:
        by_kind[_stage(findings[place]), _site(findings[place])].append(place)
    for (stage, site), places in by_kind.items():
        fitting = np.flatnonzero(((stages == stage + 1) | (stages == stage)) & ((sites == site) | (sites == "") | (site == "")))
        best: dict[int, tuple[float, int, float]] = {}  # piece -> (weighed similarity, offer, similarity)
        for start in range(0, len(fitting), OFFERS_AT_ONCE):
            some = fitting[start : start + OFFERS_AT_ONCE]
            worth = np.where(stages[some] == stage, SAME_STAGE, 1.0)
            for place, at, values in _near(table, places, offers[some]):
                near_is_enough = (about[some[at]] == topics[place]) & (topics[place] >= 0) & (sites[some[at]] == site)
                weighed = np.where(values >= np.where(near_is_enough, NEAR, FLOOR), values * worth[at], 0.0)
                if len(at) and weighed.max() > best.get(place, (0.0,))[0]:
                    first = min(np.flatnonzero(weighed == weighed.max()), key=lambda found: at[found])
                    best[place] = float(weighed[first]), int(offers[some[at[first]]]), float(values[first])
        yield from ((place, offer, alike) for place, (_, offer, alike) in best.items())


def _near(table: PhraseTable, places: Sequence[int], offers: Any) -> Iterator[tuple[int, Any, Any]]:
    """(piece, which of the offers are near it, their similarities) for each of `places`, block by block."""
    columns = table.weights[offers].T.tocsr()
    n_rows = max(1, CELLS_AT_ONCE // len(offers))
    for start in range(0, len(places), n_rows):
        block = places[start : start + n_rows]
        alike = table.weights[block] @ columns
        for row, place in enumerate(block):
            inner = slice(*alike.indptr[row : row + 2])
            near = np.flatnonzero(alike.data[inner] >= NEAR)
            yield place, alike.indices[inner][near], alike.data[inner][near]


def _site(finding: Finding) -> str:
    return site_of(finding.piece.url)


def _most_wanted(places: Sequence[int], findings: Sequence[Finding], linked_from: Counter[int]) -> int:
    """Of some general pages the one to send people to: a demo before a price list, then the one most linked to."""

    def rank(place: int) -> tuple[int, int, int]:
        said = _called(findings[place].piece).lower()
        return next((number for number, word in enumerate(DESIRE) if word in said), len(DESIRE)), -linked_from[place], place

    return min(places, key=rank)


def _shared(table: PhraseTable, one: int, other: int) -> tuple[str, ...]:
    """The phrases that make the two alike, strongest first; no word twice."""
    columns, products = _in_both(table, one, other)
    words: list[str] = []
    taken: set[str] = set()
    for at in sorted(range(len(products)), key=lambda at: (-products[at], table.phrases[columns[at]])):
        phrase = table.phrases[columns[at]]
        if not taken & set(phrase.split()):
            words.append(phrase)
            taken |= set(phrase.split())
    return tuple(words[:SHARED_WORDS])


def _spelled(shared: dict[int, tuple[str, ...]], profiles: Sequence[str]) -> dict[str, str]:
    """How the pieces spell the shared phrases; read in one of the pieces that share each, which is enough."""
    readers: dict[int, set[str]] = defaultdict(set)
    seen: set[str] = set()
    for place, words in shared.items():
        readers[place] |= set(words) - seen
        seen |= set(words)
    return {phrase: spelling for place, words in readers.items() if words for phrase, spelling in surfaces([profiles[place]], words).items()}
