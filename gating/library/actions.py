"""One action a piece, the first that is due: decide, open, soften, close, mend or make the hand-off, build or feed an offer, keep."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from gating.advice import action_of
from gating.advice.sentences import because
from gating.library.hand_offs import HandOff, is_index, is_no_content
from gating.reading.urls import CRAWLED, ROW
from gating.records import PLACES, Gate, LibraryPiece, ObservedGate, Topic
from gating.settings import Review

ACTIONS = ("review", "ungate", "soft-gate", "gate", "fix-hand-off", "add-hand-off", "build-offer", "feed-offer", "keep")  # in order of precedence
GATE_ACTIONS = ("ungate", "soft-gate", "gate")
SURE, FAIRLY_SURE = 0.9, 0.75  # confidence in the gate advice
HIGH_SCORE, FAIR_SCORE = 5, 3  # gate score of what is free today
ALIKE = 0.15  # similarity from which a hand-off suggests itself; scripts/check_similarities.py: of the labelled sites' nearest offers about one in seven
MANY_WITHOUT, SOME_WITHOUT = 5, 3  # pieces of a topic and stage that lack the same offer
MANY_FEEDERS = 3  # pieces that would fit an offer nobody links to
IN_NAVIGATION = ("pricing", "product")  # formats that every page's menu leads to, and menus are not read
LONGEST_TITLE = 80
WORST_FIRST = ("dead", "wrong-stage", "off-topic")


@dataclass(frozen=True, slots=True)
class Case:
    """What is known of one piece when its action is decided. `visits`: 1 the most visited third of the pieces with sessions .. 3; 0 not known."""

    library: LibraryPiece
    observed: ObservedGate
    hand_off: HandOff
    topic: int
    sessions: float | None = None
    visits: int = 0


@dataclass(frozen=True, slots=True)
class Action:
    """`name` is one of ACTIONS, `priority` 1 first .. 3 last."""

    name: str
    priority: int
    sentence: str


@dataclass(frozen=True, slots=True)
class _Around:
    """What the sentence on one piece says of others."""

    titles: Mapping[str, str]  # by source
    feeders: Mapping[str, Sequence[Case]]  # offer -> the pieces that it would fit and that lead nowhere
    without: Mapping[tuple[int, str], Sequence[Case]]  # (topic, stage) -> pieces without any fitting offer, the most visited or longest first
    topics: Sequence[Topic]


def decide_all(cases: Sequence[Case], topics: Sequence[Topic], review: Review) -> list[Action]:
    """The action of each piece; `review` says below which confidence a piece is sent to a person."""
    around = _around(cases, topics)
    return [_action(_due(case), case, around, review) for case in cases]


def _around(cases: Sequence[Case], topics: Sequence[Topic]) -> _Around:
    feeders: dict[str, list[Case]] = defaultdict(list)
    without: dict[tuple[int, str], list[Case]] = defaultdict(list)
    for case in sorted(cases, key=lambda case: (-(case.sessions or 0.0), -case.library.n_words)):
        if case.hand_off.best and not case.hand_off.leads_on:
            feeders[case.hand_off.best.offer].append(case)
        if _due(case) == "build-offer":
            without[_cell(case)].append(case)
    return _Around({case.library.finding.piece.source: _title(case) for case in cases}, feeders, without, topics)


def _due(case: Case) -> str:
    advice, hand_off = case.library.finding.advice, case.hand_off
    if is_no_content(case.library.finding.piece):
        return "keep"
    if advice.review:
        return "review"
    gate = action_of(advice.gate, advice.gate_rule, case.library.finding.verdict.format.label, _with_own_form(case))
    if gate != "keep" and "gate" not in advice.ignored:
        return gate
    if "hand-off" in advice.ignored:
        return "keep"
    if hand_off.should_lead_on and hand_off.known:
        if any(link.verdict == "dead" for link in hand_off.links):
            return "fix-hand-off"
        if _lacks_offer(case):
            return "build-offer"
        if not hand_off.leads_on:
            return "fix-hand-off" if hand_off.links else "add-hand-off"
    return "feed-offer" if wants_links(case) and not hand_off.linked_from else "keep"


def _with_own_form(case: Case) -> ObservedGate:
    """Today's gate; where a flag decided it ("visibility: public"), with the form that stands in the text of a row of an export."""
    piece, observed = case.library.finding.piece, case.observed
    if observed.form or not piece.forms or not ROW.search(piece.source) or CRAWLED.search(piece.source):
        return observed
    return replace(observed, form=piece.forms[0].identity)


def _lacks_offer(case: Case) -> bool:
    hand_off = case.hand_off
    return hand_off.should_lead_on and hand_off.known and not hand_off.leads_on and hand_off.best is None


def wants_links(case: Case) -> bool:
    """True for an offer that demand-gen pieces should lead to: menus lead to the other ones and to lists, and nothing should lead to a past event."""
    verdict, hand_off = case.library.finding.verdict, case.hand_off
    needs_none = hand_off.general or is_index(case.library.finding.piece) or verdict.format.label in IN_NAVIGATION or "stale" in verdict.flags
    return hand_off.is_offer and hand_off.known and not needs_none


def _cell(case: Case) -> tuple[int, str]:
    return case.topic, case.library.finding.verdict.stage.label


def _action(name: str, case: Case, around: _Around, review: Review) -> Action:
    if name == "review":
        flagged = "not-marketing" in case.library.finding.verdict.flags
        return Action(name, 3 if flagged else 2, f"A person should decide: {_doubt(case, review)}.")
    if name in GATE_ACTIONS:
        return _gate_action(name, case)
    if name == "fix-hand-off":
        return _mend(case, around)
    if name == "add-hand-off":
        return _lead_on(case, around)
    if name == "build-offer":
        return _build(case, around)
    if name == "feed-offer":
        return _feed(case, around.feeders.get(case.library.finding.piece.source, ()))
    if is_no_content(case.library.finding.piece):
        return Action(name, 3, "Leave it as it is: a thank-you, legal or error page is no content piece.")
    return Action(name, 3, f"Leave it as it is; judge it by {_listed(case.library.finding.advice.measures)}.")


def _gate_action(name: str, case: Case) -> Action:
    advice, verdict = case.library.finding.advice, case.library.finding.verdict
    reason = because(advice.gate_neutral, advice.gate, advice.gate_rule, advice.gate_parts, advice.gate_given, advice.policy_rule)
    if PLACES[advice.gate] < PLACES.get(case.observed.verdict, -1):
        priority = case.visits or _by(verdict.gate.confidence, SURE, FAIRLY_SURE)
        told = "Take the form away" if advice.gate is Gate.UNGATED else "Show the value first and make the form optional"
        lost = f"; {case.sessions:,.0f} sessions met it" if case.sessions else ""
        return Action(name, priority, f"{told}{lost} ({reason}).")
    told = "Put a form before it" if advice.gate is Gate.GATED else "Leave it open and offer a form for the extra, such as the file or the full figures"
    unknown = ", unless it has one that the source does not show" if case.observed.verdict not in PLACES else ""
    return Action(name, case.visits or _by(advice.gate_parts.total, HIGH_SCORE, FAIR_SCORE), f"{told}{unknown} ({reason}).")


def _doubt(case: Case, review: Review) -> str:
    finding = case.library.finding
    verdict, advice = finding.verdict, finding.advice
    if "not-marketing" in verdict.flags:
        return "it looks like no marketing piece but a careers, legal or index page"
    if verdict.strategy.is_unsure(review.strategy_below) and "strategy" not in advice.ignored:
        return f"whether it is demand-gen or lead-gen is unsure ({verdict.strategy.label}, {verdict.strategy.confidence:.0%})"
    if advice.doubt:
        return advice.doubt.removesuffix(": please decide")
    if verdict.gate.is_unsure(review.gate_below):
        return f"the gate advice is unsure ({verdict.gate.label}, {verdict.gate.confidence:.0%})"
    return because(advice.gate_neutral, advice.gate, advice.gate_rule, advice.gate_parts, advice.gate_given, advice.policy_rule).removesuffix(": please decide")


def _mend(case: Case, around: _Around) -> Action:
    link = min((link for link in case.hand_off.links if link.verdict != "fits"), key=lambda link: WORST_FIRST.index(link.verdict))
    best = around.titles[case.hand_off.best.offer] if case.hand_off.best else ""
    text = _cut(link.text or link.href)
    if link.verdict == "dead":
        instead = f'link to "{best}" instead' if best else "mend it or take it out"
        return Action("fix-hand-off", 1, f'Its link "{text}" ({_cut(link.href)}) leads to no page of this library; {instead}.')
    return Action("fix-hand-off", case.visits or 2, f'Its link "{text}" is no way on: {link.why}; link to "{best}" as well.')


def _lead_on(case: Case, around: _Around) -> Action:
    best = case.hand_off.best
    assert best is not None
    shared = f": both speak of {_listed(best.shared_words)}" if best.shared_words else ", the step for readers of any topic"
    priority = case.visits or (1 if best.similarity >= ALIKE else 2)
    return Action("add-hand-off", priority, f'Nothing leads on from it; link to "{around.titles[best.offer]}"{shared}.')


def _build(case: Case, around: _Around) -> Action:
    """Said in full of the first piece that lacks the offer; the others point to it, so that one missing offer is one row at the top."""
    waiting = around.without[_cell(case)]
    topic = f' of the topic "{around.topics[case.topic].name}"' if case.topic >= 0 else ""
    if case is not waiting[0]:
        return Action("build-offer", 3, f'No offer follows it; it waits for the same one as "{_title(waiting[0])}".')
    who = f"{len(waiting)} pieces{topic} have" if len(waiting) > 1 else "this piece has"
    sentence = f"Build an offer for readers at the {case.library.finding.verdict.stage.label} stage: {who} none to lead on to."
    return Action("build-offer", case.visits or _by(len(waiting), MANY_WITHOUT, SOME_WITHOUT), sentence)


def _feed(case: Case, feeders: Sequence[Case]) -> Action:
    """As urgent as the readers are many who could be led to it."""
    others = f" and {len(feeders) - 1} more" if len(feeders) > 1 else ""
    sentence = f'"{_title(feeders[0])}"{others} would fit' if feeders else "none is close to it: write one that leads here"
    visits = min((feeder.visits for feeder in feeders if feeder.visits), default=case.visits)
    return Action("feed-offer", visits or _by(len(feeders), MANY_FEEDERS, 1), f"No piece links to this offer; {sentence}.")


def _by(value: float, high: float, fair: float) -> int:
    return 1 if value >= high else 2 if value >= fair else 3


def _listed(words: Sequence[str]) -> str:
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else "".join(words)


def _title(case: Case) -> str:
    piece = case.library.finding.piece
    return _cut(piece.title or piece.source)


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_TITLE else text[: LONGEST_TITLE - 1].rsplit(" ", 1)[0] + "…"
