"""The work lists of an audit and its three leading sentences: what the page, the workbook, the summary and the terminal all show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from gating.library.actions import GATE_ACTIONS
from gating.records import PLACES, Audit, AuditedPiece, OfferLink, Stage
from gating.report.audit_record import finite

ACTION_NAMES = {
    "ungate": "Take the form away", "soft-gate": "Use an optional form", "gate": "Put a form before it", "fix-hand-off": "Mend the link", "add-hand-off": "Add a next step",
    "build-offer": "Build an offer", "feed-offer": "Link to this offer", "review": "Decide by eye", "keep": "Keep",
}  # fmt: skip
LINK_WORDS = {"fits": "fits", "off-topic": "another topic", "wrong-stage": "wrong stage", "dead": "dead"}
HAND_OFF_LISTS = ("no-next-step", "faulty-links", "unfed")
WORST_LINKS = 3  # of a piece are named in a list; the workbook has them all


@dataclass(frozen=True, slots=True)
class WorkList:
    """Pieces that want the same kind of work, most urgent first."""

    key: str
    title: str
    meaning: str
    pieces: tuple[AuditedPiece, ...]


@dataclass(frozen=True, slots=True)
class Headline:
    """One of the sentences at the top: `figure` is printed large (empty where there is none), `lists` are the keys of the work lists behind it."""

    figure: str
    unit: str
    sentence: str
    lists: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Gap:
    """A topic and a stage for which the library has no piece."""

    topic: str
    stage: str


def gate_direction(piece: AuditedPiece) -> int:
    """-1 when the audit wants the piece more open than today, 1 more closed, 0 when it wants no other gate."""
    if piece.action not in GATE_ACTIONS:
        return 0
    today = PLACES.get(piece.observed.verdict, 0)  # where no gate can be seen, only a more closed one is ever advised
    return -1 if PLACES[piece.library.finding.advice.gate] < today else 1


def faulty_links(piece: AuditedPiece) -> tuple[OfferLink, ...]:
    """The piece's links to offers that are dead, off-topic or meant for another stage."""
    return tuple(link for link in piece.links if link.verdict != "fits")


def by_urgency(pieces: Iterable[AuditedPiece]) -> tuple[AuditedPiece, ...]:
    """Priority 1 first, within it the most visited first; else the order of the audit."""
    return tuple(sorted(pieces, key=lambda piece: (piece.priority, -(finite(piece.sessions) or 0))))


def work_lists(audit: Audit) -> tuple[WorkList, ...]:
    """The lists, each piece in every list that it belongs to, whichever of its actions comes first."""
    pieces = by_urgency(audit.pieces)
    told = (
        ("open", "Behind a form, should be free", "A form stands before what readers and search should reach.", lambda piece: gate_direction(piece) < 0),
        ("close", "Would justify a form", "Given away today, or shows no gate, and worth more than that.", lambda piece: gate_direction(piece) > 0),
        ("no-next-step", "No next step", "The reader is won over and finds no fitting offer to go on to.", lambda piece: piece.leads_on is False),
        ("faulty-links", "Links to mend", "The offer behind the link is gone, is about something else or is meant for another stage.", lambda piece: bool(faulty_links(piece))),
        ("unfed", "Offers that nobody links to", "No piece that spreads an idea leads to them.", is_unfed),
        ("review", "For a person to decide", "Too close for a machine to decide.", lambda piece: piece.action == "review"),
    )
    return tuple(WorkList(key, title, meaning, tuple(filter(belongs, pieces))) for key, title, meaning, belongs in told)


def is_unfed(piece: AuditedPiece) -> bool:
    """An offer that demand-gen pieces should lead to, and none does."""
    return piece.wants_links and not piece.linked_from


def titles_of(audit: Audit) -> dict[str, str]:
    """The title of each piece by its source."""
    return {read.source: read.title or read.source for read in (piece.library.finding.piece for piece in audit.pieces)}


def reason_in_list(piece: AuditedPiece, key: str, titles: Mapping[str, str]) -> str:
    """Why the piece is in this list: the audit's sentence where that speaks of it, else what the list is about. `titles` are by source."""
    if key == "faulty-links":
        return " ".join(f'"{link.text or link.href}": {link.why}.' for link in faulty_links(piece)[:WORST_LINKS])
    if key == "no-next-step" and piece.action not in ("add-hand-off", "build-offer", "fix-hand-off"):
        shared = f", which also speaks of {', '.join(piece.best.shared_words)}" if piece.best and piece.best.shared_words else ""
        return f'Nearest offer: "{titles.get(piece.best.offer, piece.best.offer)}"{shared}.' if piece.best else "No offer of the library is near to it."
    if key == "unfed" and piece.action != "feed-offer":
        return "No demand-gen piece links to it."
    return piece.sentence


def gaps_of(audit: Audit) -> Iterator[Gap]:
    """The empty cells of the gap map, topic by topic."""
    for topic, counts in zip(audit.topics, audit.gaps, strict=True):
        yield from (Gap(topic.name, stage.value) for stage, count in zip(Stage, counts, strict=True) if not count)


def headlines(audit: Audit) -> tuple[Headline, Headline, Headline]:
    """The three sentences to act on: gates, hand-offs, where the next effort should go."""
    lists = {work.key: work.pieces for work in work_lists(audit)}
    effort = audit.effort.sentence.partition(". ")[0].removesuffix(".")  # what follows says what is not known, and stands further down
    return _gates(audit, len(lists["open"]), len(lists["close"])), _hand_offs(audit, lists), Headline("", "Where the next effort should go", f"{effort}.")


def _gates(audit: Audit, to_open: int, to_close: int) -> Headline:
    count = len(audit.pieces)
    known = sum(piece.observed.verdict in PLACES for piece in audit.pieces)
    said = _joined((
        (to_open, f"{to_open:,} {plural(to_open, 'piece asks', 'pieces ask')} for details where the reader should get in freely"),
        (to_close, f"{to_close:,} {plural(to_close, 'piece')} would justify a form and {plural(to_close, 'shows', 'show')} none or a weaker one"),
    ))  # fmt: skip
    seen = "" if known == count else f" Today's gate could be seen on {known:,} of {count:,} pieces." if known else " Today's gate could not be seen."
    return Headline(f"{to_open + to_close:,}", plural(to_open + to_close, "gate to change", "gates to change"), f"{said or 'No gate needs to change'}.{seen}", ("open", "close"))


def _hand_offs(audit: Audit, lists: dict[str, tuple[AuditedPiece, ...]]) -> Headline:
    known, alone, unfed = sum(piece.leads_on is not None for piece in audit.pieces), len(lists["no-next-step"]), len(lists["unfed"])
    links = sum(len(faulty_links(piece)) for piece in audit.pieces)
    offers = sum(piece.wants_links for piece in audit.pieces)
    said = _joined((
        (alone, f"{_of_all(alone, known, 'demand-gen piece')} that should lead on {plural(alone, 'leads', 'lead')} to no fitting offer"),
        (links, f"{links:,} {plural(links, 'link to an offer needs', 'links to offers need')} mending"),
        (unfed, f"{_of_all(unfed, offers, 'offer')} {plural(unfed, 'is', 'are')} linked from no such piece"),
    ))  # fmt: skip
    well = f"All {known:,} demand-gen pieces that should lead on lead to a fitting offer" if known > 1 else "The one demand-gen piece leads to a fitting offer"
    none = well if known else "No hand-off could be judged: the sources show no links"
    pieces = len({id(piece) for key in HAND_OFF_LISTS for piece in lists[key]})
    return Headline(f"{pieces:,}", plural(pieces, "hand-off to mend", "hand-offs to mend"), f"{said or none}.", HAND_OFF_LISTS)


def _of_all(count: int, whole: int, thing: str) -> str:
    """As a sentence says it: "the one offer", "both offers", "all 3 offers", "2 of the 3 offers"."""
    if count < whole:
        return f"{count:,} of the {whole:,} {thing}s"
    return f"the one {thing}" if whole == 1 else f"both {thing}s" if whole == 2 else f"all {whole:,} {thing}s"


def _joined(parts: Sequence[tuple[int, str]]) -> str:
    """The parts whose count is not 0, as one sentence."""
    said = [words for count, words in parts if count]
    sentence = f"{', '.join(said[:-1])} and {said[-1]}" if len(said) > 1 else "".join(said)
    return sentence[:1].upper() + sentence[1:]


def plural(count: int, one: str, many: str = "") -> str:
    """`one` for 1, else `many`, which is `one` with an s unless given."""
    return one if count == 1 else many or f"{one}s"


def percent_of(share: float) -> str:
    """For 0.0042 "0.4%", for 0.4183 "42%": an observed share, which may be 0% or 100%."""
    return f"{100 * share:.1f}%" if 0 < share < 0.0095 else f"{100 * share:.0f}%"
