"""The mistakes that the literature on demand and lead generation names, where this library makes them, each with its figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gating.advice.policy import FORM_IS_SERVICE
from gating.library.actions import Case, wants_links
from gating.library.mix import BUDGET_RULE, demand_target
from gating.records import PLACES, Finding, Gate, Stage, Statement, Strategy
from gating.settings import Settings

POLLACK = "Dan Pollack, Demand Generation vs Lead Generation (2026)"
HUBER = "Mark Huber, Demand Generation vs. Lead Generation (Metadata)"
UPQODE = "UPQODE, on demand generation and lead generation"
# Where a share is called a mistake is our choice: the literature names no figures. A single piece is none, half of them is one.
FEW = 3  # pieces
HALF = 0.5
MOST = 0.6  # gated content; a library of half assets may rightly gate them all
START_UP_SHARE = 0.7  # lead-gen pieces; the mix of a company before product-market fit is 0.8
FAR_FROM_TARGET = 0.15
NO_BEGINNERS = 0.2  # awareness pieces
ENOUGH_FOR_A_MIX = 10  # pieces
EARLY_ASK = 0.3
LAST_TOUCH = 0.8  # conversions booked on lead-gen pieces, while demand-gen pieces bring half of the sessions or more
LOOKED_FOR = 9


@dataclass(frozen=True, slots=True)
class Count:
    """`part` of `whole` pieces (or sessions)."""

    part: float
    whole: float

    @property
    def share(self) -> float:
        """0 for part of nothing."""
        return self.part / self.whole if self.whole else 0.0

    def __str__(self) -> str:
        """As a sentence says it: "12 of 30 (40%)"."""
        return f"{self.part:,.0f} of {self.whole:,.0f} ({self.share:.0%})"


def find_mistakes(cases: Sequence[Case], conversions: Sequence[float | None], settings: Settings) -> tuple[Statement, ...]:
    """The mistakes that apply; a single statement named "none" when none does; nothing for an empty library."""
    if not cases:
        return ()
    found = tuple(statement for statement in (
        _gates_everything(cases), _gates_what_should_be_free(cases), _gives_away(cases), _leads_without_demand(cases, settings), _no_next_step(cases), _asks_too_early(cases),
        _offers_apart(cases), _only_for_buyers(cases), _last_touch(cases, conversions),
    ) if statement)  # fmt: skip
    return found or (Statement("none", f"None of the {LOOKED_FOR} mistakes looked for shows in this library."),)


def _gates_everything(cases: Sequence[Case]) -> Statement | None:
    content = [case for case in cases if case.library.finding.advice.gate_rule != FORM_IS_SERVICE]  # a demo form withholds nothing that could be read
    gated = _counted([case.observed.verdict == Gate.GATED for case in content if case.observed.verdict in PLACES])
    if gated.part < FEW or gated.share < MOST:
        return None
    return _statement(
        "gating-everything",
        f"Most of what can be had stands behind a form: {gated} of the pieces whose gate is known. Readers and search engines see little of it.",
        gated,
        POLLACK,
    )


def _gates_what_should_be_free(cases: Sequence[Case]) -> Statement | None:
    closed = [case for case in cases if PLACES.get(case.observed.verdict, 0) > PLACES[Gate.UNGATED] and not _advice_unsure(case)]
    wrong = _counted([PLACES[case.library.finding.advice.gate] < PLACES[case.observed.verdict] for case in closed])
    if not wrong.part:
        return None
    return _statement(
        "gated-should-be-free", f"Forms stand before pieces that are worth more when they are found and passed on: {wrong} of the pieces with a form.", wrong, POLLACK
    )


def _gives_away(cases: Sequence[Case]) -> Statement | None:
    """Packaged assets (rule G3) only: a tool or a recording that is open already shows its value, as it should."""
    worth = [case for case in cases if case.library.finding.advice.gate_rule == "G3" and case.library.finding.advice.gate is not Gate.UNGATED and not _advice_unsure(case)]
    given = _counted([case.observed.verdict == Gate.UNGATED for case in worth])
    if not given.part:
        return None
    return _statement(
        "free-could-be-exchanged", f"Assets that readers would give an address for are handed out without asking: {given} of the assets that score for it.", given, POLLACK
    )


def _leads_without_demand(cases: Sequence[Case], settings: Settings) -> Statement | None:
    demand = _counted([_is(case, Strategy.DEMAND_GEN) for case in cases])
    if demand.whole < ENOUGH_FOR_A_MIX or demand.share > demand_target(settings) - FAR_FROM_TARGET:
        return None
    if settings.company_stage != "before-fit" and not settings.mix.demand_share and 1 - demand.share >= START_UP_SHARE:
        sentence = f"The mix is still that of a start-up: only {demand} of the pieces make people care, the rest asks for a contact."
        return _statement("start-up-mix", sentence, demand, BUDGET_RULE)
    return _statement("leads-without-demand", f"Much asks for contacts and little makes people want to give them: {demand} of the pieces are demand-gen.", demand, UPQODE)


def _no_next_step(cases: Sequence[Case]) -> Statement | None:
    stuck = _counted([not case.hand_off.leads_on for case in cases if case.hand_off.should_lead_on and case.hand_off.known])
    if stuck.part < FEW or stuck.share < HALF:
        return None
    return _statement("no-hand-off", f"Readers who are won over find no fitting offer to go on to: {stuck} of the demand-gen pieces that should lead on end there.", stuck, POLLACK)


def _asks_too_early(cases: Sequence[Case]) -> Statement | None:
    asking = [case for case in cases if case.hand_off.links and case.library.finding.verdict.stage.label == Stage.AWARENESS]
    early = _counted([all(link.verdict == "wrong-stage" for link in case.hand_off.links) for case in asking])
    if early.part < FEW or early.share < EARLY_ASK:
        return None
    return _statement(
        "asks-too-early", f"Readers who only just met the problem are asked to buy or to talk to sales: {early} of the awareness pieces with an offer have no other.", early, HUBER
    )


def _offers_apart(cases: Sequence[Case]) -> Statement | None:
    alone = _counted([case.hand_off.linked_from == 0 for case in cases if wants_links(case)])
    leading = sum(case.hand_off.should_lead_on and case.hand_off.known for case in cases)
    if min(alone.part, leading) < FEW or alone.share < HALF:
        return None
    return _statement("offers-apart", f"Demand and lead work side by side without meeting: {alone} of the offers are linked from no demand-gen piece.", alone, HUBER)


def _only_for_buyers(cases: Sequence[Case]) -> Statement | None:
    early = _counted([case.library.finding.verdict.stage.label == Stage.AWARENESS for case in cases])
    if early.whole < ENOUGH_FOR_A_MIX or early.share >= NO_BEGINNERS:
        return None
    return _statement("only-for-buyers", f"Nearly all is for people who are buying now, who will be others next year: {early} of the pieces are for awareness.", early, POLLACK)


def _last_touch(cases: Sequence[Case], conversions: Sequence[float | None]) -> Statement | None:
    """Only with figures for sessions and conversions."""
    booked = [(_is(case, Strategy.LEAD_GEN), converted or 0.0) for case, converted in zip(cases, conversions, strict=True)]
    on_leads = Count(sum(converted for lead, converted in booked if lead), sum(converted for _, converted in booked))
    sessions = [(_is(case, Strategy.DEMAND_GEN), case.sessions or 0.0) for case in cases]
    on_demand = Count(sum(seen for demand, seen in sessions if demand), sum(seen for _, seen in sessions))
    if on_leads.share < LAST_TOUCH or on_demand.share < HALF:
        return None
    sentence = (
        f"Conversions are booked where the form is, {on_leads} on lead-gen pieces, while demand-gen pieces bring {on_demand.share:.0%} of the sessions: "
        "do not judge these by conversions."
    )
    return _statement("last-touch", sentence, on_leads, POLLACK)


def _counted(answers: Sequence[bool]) -> Count:
    return Count(sum(answers), len(answers))


def _statement(name: str, sentence: str, count: Count, source: str) -> Statement:
    return Statement(name, sentence, round(count.part), count.share, source)


def _is(case: Case, strategy: Strategy) -> bool:
    return case.library.finding.verdict.strategy.label == strategy


def _advice_unsure(case: Case) -> bool:
    finding: Finding = case.library.finding
    return finding.advice.review
