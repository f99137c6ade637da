"""Where the next effort should go: make demand first, win leads first, or tie the two together."""

from __future__ import annotations

from collections.abc import Sequence

from gating.library.actions import Case, wants_links
from gating.library.mistakes import HUBER, POLLACK, Count
from gating.library.mix import demand_target, target_source
from gating.records import Statement, Strategy
from gating.settings import Pipeline, Settings

# The literature says which way to lean and names no figures but the mix; these are our choice.
FEW_ACCEPTED = 0.5  # share of marketing-qualified leads that sales accepts, under which more of the same leads help nobody
FEW_VISITORS = 1_000  # a month; a form that one reader in fifty fills gives 20 leads
HIGH_YIELD = 0.05  # leads a visitor: nearly all who come are asked, more have to come
LOW_YIELD = 0.005
STUCK = 0.5  # demand-gen pieces without a way on
FAR = 0.1  # of the mix from its target
ENOUGH = 5  # pieces, for the library to say anything


def next_effort(cases: Sequence[Case], settings: Settings) -> Statement:
    """`demand-first`, `lead-first` or `tie-together`, or `unknown` for a library of fewer than 5 pieces; with what it does not know.

    What the company says of its own pipeline goes before what the library shows; a broken hand-off goes before the mix.
    """
    found = _by_pipeline(settings.pipeline) or _by_library(cases, settings)
    return Statement(found.name, f"{found.sentence} {_not_known(settings.pipeline, cases)}".strip(), found.count, found.share, found.source)


def _by_pipeline(pipeline: Pipeline) -> Statement | None:
    visitors, leads, accepted = pipeline.visitors_per_month, pipeline.leads_per_month, pipeline.mql_accepted_share
    if 0 < visitors < FEW_VISITORS:
        return Statement("demand-first", f"Make demand first: with {visitors:,.0f} visitors a month there are few to win as leads.", round(visitors), 0.0, HUBER)
    if 0 < accepted < FEW_ACCEPTED:
        sentence = f"Mend the lead side first: sales accepts {accepted:.0%} of the qualified leads, so ask fewer and better-fitting readers, with offers nearer to a decision."
        return Statement("lead-first", sentence, 0, accepted, HUBER)
    leads_a_visitor = leads / visitors if visitors and leads else 0.0
    if leads_a_visitor >= HIGH_YIELD:
        return Statement(
            "demand-first",
            f"Make demand first: {leads_a_visitor:.1%} of the visitors fill a form already, so more leads need more readers.",
            round(leads),
            leads_a_visitor,
            POLLACK,
        )
    if 0 < leads_a_visitor < LOW_YIELD:
        sentence = f"Tie the two together: {visitors:,.0f} people come in a month and {leads_a_visitor:.1%} of them fill a form, so lead those who are there to an offer."
        return Statement("tie-together", sentence, round(leads), leads_a_visitor, HUBER)
    return None


def _by_library(cases: Sequence[Case], settings: Settings) -> Statement:
    if len(cases) < ENOUGH:
        return Statement("unknown", f"{len(cases)} scored {'piece says' if len(cases) == 1 else 'pieces say'} too little about where the next effort should go.")
    ways = [case.hand_off.leads_on for case in cases if case.hand_off.should_lead_on and case.hand_off.known]
    stuck = Count(len(ways) - sum(ways), len(ways))
    offers = sum(map(wants_links, cases))
    if any(case.hand_off.is_offer for case in cases) and stuck.part >= ENOUGH and stuck.share >= STUCK:
        there_are = "there is 1 offer" if offers == 1 else f"there are {offers} offers" if offers else "there are pages for every reader, such as a demo"
        sentence = f"Tie the two together: {there_are}, and {stuck} of the demand-gen pieces that should lead on lead to none that fits."
        return Statement("tie-together", sentence, round(stuck.part), stuck.share, POLLACK)
    demand = Count(sum(case.library.finding.verdict.strategy.label == Strategy.DEMAND_GEN for case in cases), len(cases))
    target, source = demand_target(settings), target_source(settings)
    aim = "your target" if settings.mix.demand_share else "the starting point"
    if demand.share < target - FAR:
        return Statement("demand-first", f"Make demand first: {demand} of the pieces do that, where about {target:.0%} is {aim}.", round(demand.part), demand.share, source)
    if demand.share > target + FAR:
        asks = Count(demand.whole - demand.part, demand.whole)
        return Statement("lead-first", f"Build offers first: {asks} of the pieces win contacts, where about {1 - target:.0%} is {aim}.", round(asks.part), asks.share, source)
    sentence = f"Tie the two together: the mix is near {aim} ({demand} demand-gen), so what is left to win lies where one leads to the other."
    return Statement("tie-together", sentence, round(demand.part), demand.share, source)


def _not_known(pipeline: Pipeline, cases: Sequence[Case]) -> str:
    named = (
        ("visitors a month", pipeline.visitors_per_month),
        ("leads a month", pipeline.leads_per_month),
        ("the share of qualified leads that sales accepts", pipeline.mql_accepted_share),
    )
    unknown = [name for name, value in named if not value]
    said = f"Not known: {', '.join(unknown)} (set them under [pipeline] in gating.toml)." if unknown else ""
    without = sum(case.hand_off.should_lead_on and not case.hand_off.known for case in cases)
    links = f" {without} demand-gen pieces came without their links, so their hand-offs are not known either." if without else ""
    offers = "" if any(case.hand_off.is_offer for case in cases) else " No offer is in this library: if it is the blog alone, audit the landing pages with it."
    return f"{said}{links}{offers if cases else ''}"
