"""Every noun that travels, in the order it travels: Block, Link, Piece | Skipped, Verdict, Advice, Finding; and Example for training.

Records are values: frozen, without open files or models, equal when their content is equal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum


class Strategy(StrEnum):
    """What job the piece was built for (RUBRIC section 2)."""

    DEMAND_GEN = "demand-gen"
    LEAD_GEN = "lead-gen"


class Stage(StrEnum):
    """What question the reader asks (RUBRIC section 3), in funnel order."""

    AWARENESS = "awareness"
    CONSIDERATION = "consideration"
    DECISION = "decision"


class Gate(StrEnum):
    """How the main value should be given out (RUBRIC section 4), from open to closed."""

    UNGATED = "ungated"
    SOFT_GATE = "soft-gate"
    GATED = "gated"


class Status(StrEnum):
    """Every input ends in exactly one of these."""

    SCORED = "scored"
    PARTIAL = "partial"  # scored, but a limit was hit; the reason says which
    SKIPPED = "skipped"  # nothing to score: empty, encrypted, not English, no reader
    FAILED = "failed"  # should have been readable and was not


FORMATS = (
    "article", "guide", "tutorial", "ebook", "report", "webinar", "case-study", "comparison", "pricing",
    "product", "conversion", "docs", "news", "tool", "other",
)  # fmt: skip
FLAGS = ("customer", "mixed", "thin", "not-marketing", "stale")
IGNORABLE = ("strategy", "stage", "gate", "hand-off", "review")  # findings that a person may silence for a piece; it is scored all the same
CHECKS = (
    "gate-should-be-open", "decision-page-behind-form", "gated-commodity", "ungated-asset-worth-a-form", "awareness-withholds-value", "form-asks-too-much", "no-next-step",
    "ask-of-another-stage", "stale-offer", "thin-piece", "unclear-strategy", "front-matter-label-differs",
)  # fmt: skip
HEADS = ("strategy", "stage", "gate", "format")
LABELS: dict[str, tuple[str, ...]] = {
    "strategy": tuple(Strategy),
    "stage": tuple(Stage),
    "gate": tuple(Gate),
    "format": FORMATS,
}


NO_RULES: Mapping[str, str] = {}
PLACES = {label: place for labels in LABELS.values() for place, label in enumerate(labels)}  # no label stands in two heads


class BlockKind(StrEnum):
    """What a run of text is on the page."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    QUOTE = "quote"
    CODE = "code"
    TABLE = "table"  # one row, cells joined by " | "
    BUTTON = "button"
    FIELD = "field"  # the label of a form field


@dataclass(frozen=True, slots=True)
class Block:
    """One run of text of one kind, in reading order. `line` is 1-based (the page number in a PDF); 0 when unknown."""

    kind: BlockKind
    text: str
    level: int = 0  # heading 1..6
    line: int = 0


@dataclass(frozen=True, slots=True)
class Link:
    """A link as the page shows it; `href` as written, not resolved."""

    text: str
    href: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Form:
    """One form that a page shows. Search, log-in, comment, cart and cookie forms are not kept."""

    identity: str  # vendor and form id, or action path and field names: the same on every page that shows the form
    purpose: str  # gate, newsletter, lead (demo, trial, quote, contact, registration), job or unknown
    vendor: str = ""  # "hubspot", "marketo" ...; empty for a form of the site's own
    fields: tuple[str, ...] = ()  # families asked for: e-mail, name, phone, company, title, size, geo, need; empty when they are loaded by a script
    height: int = 0  # 1 (e-mail only) .. 5; 0 unknown
    words: str = ""  # the words around it, at most 200 characters
    line: int = 0
    verdict: str = "ungated"  # what it alone makes of its page: gated (it stands before the content), unknown, or ungated


@dataclass(frozen=True, slots=True)
class ObservedGate:
    """How the piece is given out today, as far as its source shows: gated, soft-gate, ungated or unknown.

    `lead_form`: a form for contact, demo or registration is there; it is no gate before content, it is the service itself.
    `form` is the identity of the form that decided, where one did.
    """

    verdict: str = "unknown"
    evidence: str = ""
    lead_form: bool = False
    form: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """One content piece as it was read. `metadata` holds the scalar front matter or column values, keys in lower case."""

    id: str
    source: str
    title: str
    blocks: tuple[Block, ...]
    url: str = ""
    description: str = ""
    language: str = "en"
    links: tuple[Link, ...] = ()
    metadata: tuple[tuple[str, str], ...] = ()
    observed: ObservedGate = ObservedGate()
    forms: tuple[Form, ...] = ()
    limits: tuple[str, ...] = ()  # limits that were hit while reading, one sentence each

    @property
    def n_words(self) -> int:
        """Words of the visible text, code left out."""
        return sum(len(block.text.split()) for block in self.blocks if block.kind is not BlockKind.CODE)


@dataclass(frozen=True, slots=True)
class Skipped:
    """An input that was not scored, and the reason in one line."""

    source: str
    reason: str
    status: Status = Status.SKIPPED
    id: str = ""
    title: str = ""
    url: str = ""  # of a row of an inventory, by which an audit joins it to the page
    metadata: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class HeadVerdict:
    """One head's answer. `probabilities` follow LABELS[head], sum to 1 and are calibrated; they are the model's, whoever gave the label."""

    label: str
    probabilities: tuple[float, ...]
    cannot_exclude: tuple[str, ...] = ()  # the conformal set: holds the right label for nine pieces in ten, likeliest first
    predicted: str = ""  # the model's own label where a person gave `label`; empty where nobody did
    rule: str = ""  # the line of the settings by which a person gave it; empty where it was given for this very piece

    @property
    def confidence(self) -> float:
        """Probability of the label given, 0..1. In a near tie that the rubric breaks, another label may have a little more."""
        return self.probabilities[PLACES[self.label]]

    def as_predicted(self) -> HeadVerdict:
        """The model's own answer, whatever a person said."""
        return replace(self, label=self.predicted or self.label, predicted="", rule="")

    def is_unsure(self, below: float) -> bool:
        """True when the label is the model's and its probability is under `below`; what a person said is not in doubt."""
        return not self.predicted and self.confidence < below


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the classifier makes of one piece, before any rule or policy."""

    piece_id: str
    strategy: HeadVerdict
    stage: HeadVerdict
    gate: HeadVerdict
    format: HeadVerdict
    flags: tuple[str, ...]
    model: str

    def head(self, name: str) -> HeadVerdict:
        """The verdict of one of HEADS."""
        verdict: HeadVerdict = getattr(self, name)
        return verdict

    def with_given(self, labels: Mapping[str, str], rules: Mapping[str, str] = NO_RULES) -> Verdict:
        """The verdict with a person's labels, {head: label}, in place of the model's, which stay in `predicted`; `rules` has the lines of
        the settings that gave some of them.
        """
        answers = {head: replace(answer := self.head(head), label=label, predicted=answer.predicted or answer.label, rule=rules.get(head, "")) for head, label in labels.items()}
        return replace(self, **answers)  # type: ignore[arg-type]  # mypy does not know that the keys are heads

    @property
    def has_given(self) -> bool:
        """True when a person gave at least one of the labels."""
        return any(self.head(head).predicted for head in HEADS)

    @property
    def lead_gen_probability(self) -> float:
        """Probability that the piece is lead-gen, 0..1."""
        return self.strategy.probabilities[LABELS["strategy"].index(Strategy.LEAD_GEN)]

    @property
    def stage_score(self) -> float:
        """0 = first awareness .. 100 = ready to buy: the expected stage, consideration halfway."""
        _, consideration, decision = self.stage.probabilities
        return 50.0 * consideration + 100.0 * decision


@dataclass(frozen=True, slots=True)
class Evidence:
    """Words of the piece that speak for a label. `weight` is their share in the label's log-odds, strongest first."""

    label: str
    quote: str
    line: int
    weight: float


@dataclass(frozen=True, slots=True)
class GateParts:
    """The rubric's gate score (RUBRIC G3): total = uniqueness + work_saved + buying_closeness - reach_need - hostility."""

    uniqueness: int  # 0..2
    work_saved: int  # 0..2
    buying_closeness: int  # 0..2
    reach_need: int  # 0..2, subtracted
    hostility: int  # 0..1, subtracted

    @property
    def total(self) -> int:
        """-3..6; 4 or more argues for a gate, 2 or 3 for a soft-gate."""
        return self.uniqueness + self.work_saved + self.buying_closeness - self.reach_need - self.hostility


@dataclass(frozen=True, slots=True)
class Advice:
    """What to do with the piece, and why."""

    gate_neutral: Gate
    gate: Gate  # after policy
    gate_rule: str  # G0, G1, G2 or G3
    gate_parts: GateParts
    phase: str  # create, capture, revive, accelerate or expand demand
    action: str
    review: bool
    measures: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    why: str
    gate_given: bool = False  # `gate` is a person's label, which no rule or policy moves; `gate_neutral` stays the model's
    policy_rule: str = ""  # the lines of the settings that moved or fixed `gate`, as they stand there
    doubt: str = ""  # a sentence where the names in the settings speak against the model's stage
    ignored: tuple[str, ...] = ()  # of IGNORABLE and the names of checks: what is not reported of this piece
    ignored_reason: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """A scored piece with all that is said about it."""

    piece: Piece
    verdict: Verdict
    advice: Advice


class Level(StrEnum):
    """How much weight a remark has, from light to heavy."""

    SUGGESTION = "suggestion"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Remark:
    """What one of CHECKS says to the writer of a piece: a sentence about it with a quote, and what to do.

    `line` is that of the quote where the source has lines, else as in Block; `column` is 1-based, 0 where there is none.
    """

    rule: str
    level: Level
    source: str
    sentence: str
    do: str
    quote: str = ""
    line: int = 0
    column: int = 0

    @property
    def message(self) -> str:
        """What is said, on one line."""
        return f"{self.sentence} {self.do}"


@dataclass(frozen=True, slots=True)
class LibraryPiece:
    """A finding as an audit keeps it: the piece without its blocks, with what findings about the whole library need."""

    finding: Finding
    n_words: int
    profile: str  # title, description, headings and opening words, at most 4,000 characters: what topics and hand-offs compare
    signature: tuple[int, ...]  # MinHash of the text, by which near-identical pieces are found
    packed: bytes = b""  # of a piece of a large library in memory: its quotes, which `whole` of library/compact.py unpacks


@dataclass(frozen=True, slots=True)
class OfferLink:
    """A link from a demand-gen piece to an offer. `offer` is the offer's source, empty when no piece of the library stands behind it."""

    text: str
    href: str
    offer: str
    verdict: str  # fits, off-topic, wrong-stage or dead
    why: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The offer (by its source) that a demand-gen piece should link to, and the words both share."""

    offer: str
    similarity: float  # cosine, 0..1
    shared_words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AuditedPiece:
    """One piece with what the whole library says of it."""

    library: LibraryPiece
    observed: ObservedGate  # today's gate, site furniture taken into account
    action: str  # review, ungate, soft-gate, gate, fix-hand-off, add-hand-off, build-offer, feed-offer or keep
    priority: int  # 1 first .. 3 last
    sentence: str  # what to do and why
    topic: int = -1  # place in Audit.topics; -1 none
    links: tuple[OfferLink, ...] = ()  # of a demand-gen piece
    best: Suggestion | None = None
    linked_from: int = 0  # demand-gen pieces that link to this offer
    leads_on: bool | None = None  # of a demand-gen piece: whether a link to a fitting offer does; None where it need not or its links are not known
    wants_links: bool = False  # an offer that demand-gen pieces should lead to
    copies: tuple[str, ...] = ()  # sources of near-identical pieces, which have no row of their own
    owner: str = ""
    date: str = ""  # ISO, of the last change, else of publication
    sessions: float | None = None
    conversions: float | None = None


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic of the library: a name that a person would understand and the words that tell it apart."""

    name: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MixRow:
    """One row of the mix: how many pieces have `value` in `dimension` (strategy, stage, phase, format or topic), and the target where there is one."""

    dimension: str
    value: str
    count: int
    share: float  # 0..1 of all scored pieces
    target: float | None = None  # share


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence about the whole library with the figure it rests on, and where the thought is from."""

    name: str
    sentence: str
    count: int = 0
    share: float = 0.0
    source: str = ""


@dataclass(frozen=True, slots=True)
class Audit:
    """All that is said of a library. `gaps` counts pieces by (topic, stage) in the order of `topics` and Stage."""

    pieces: tuple[AuditedPiece, ...]
    unscored: tuple[Skipped, ...]
    topics: tuple[Topic, ...]
    gaps: tuple[tuple[int, int, int], ...]
    mix: tuple[MixRow, ...]
    target: Statement  # of the mix
    mistakes: tuple[Statement, ...]
    effort: Statement  # where the next effort should go
    policy: str
    model: str


@dataclass(frozen=True, slots=True)
class Example:
    """A labelled piece for training. An empty string stands for a label that was not given."""

    piece: Piece
    strategy: str = ""
    stage: str = ""
    gate: str = ""
    format: str = ""
    flags: tuple[str, ...] = ()
    confidence: tuple[int, int, int] = (3, 3, 3)  # strategy, stage, gate: 3 sure, 2 leaning, 1 guess
    site: str = ""  # the group that must not stand on both sides of a split
    origin: tuple[tuple[str, str], ...] = ()  # repository, path, commit ... of a public page
