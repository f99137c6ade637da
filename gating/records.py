"""Every noun that travels, in the order it travels: Block, Link, Piece | Skipped, Verdict, Advice, Finding; and Example for training.

Records are values: frozen, without open files or models, equal when their content is equal.
"""

from __future__ import annotations

from dataclasses import dataclass
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
HEADS = ("strategy", "stage", "gate", "format")
LABELS: dict[str, tuple[str, ...]] = {
    "strategy": tuple(Strategy),
    "stage": tuple(Stage),
    "gate": tuple(Gate),
    "format": FORMATS,
}


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
class ObservedGate:
    """How the piece is given out today, as far as its source shows: gated, soft-gate, ungated or unknown.

    `lead_form`: a form for contact, demo or registration is there; it is no gate before content, it is the service itself.
    """

    verdict: str = "unknown"
    evidence: str = ""
    lead_form: bool = False


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


@dataclass(frozen=True, slots=True)
class HeadVerdict:
    """One head's answer. `probabilities` follow LABELS[head], sum to 1 and are calibrated."""

    label: str
    probabilities: tuple[float, ...]
    cannot_exclude: tuple[str, ...] = ()  # the conformal set: holds the right label for nine pieces in ten, likeliest first

    @property
    def confidence(self) -> float:
        """Probability of the label given, 0..1. In a near tie that the rubric breaks, another label may have a little more."""
        return self.probabilities[PLACES[self.label]]


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


@dataclass(frozen=True, slots=True)
class Finding:
    """A scored piece with all that is said about it."""

    piece: Piece
    verdict: Verdict
    advice: Advice


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
