"""How a set of results splits: the figures of the line under the table, and of the audit's mix."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from gating.records import Finding, Skipped, Status


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts over all inputs; `unscored` by status, the rest over scored pieces."""

    scored: int
    unscored: Counter[str]
    strategies: Counter[str]
    stages: Counter[str]
    gates: Counter[str]
    reviews: int


def summarise(results: Sequence[Finding | Skipped]) -> Summary:
    """The counts of `results`. Partial pieces count as scored."""
    scored = [result for result in results if isinstance(result, Finding)]
    return Summary(
        scored=len(scored),
        unscored=Counter(Status(result.status).value for result in results if isinstance(result, Skipped)),
        strategies=Counter(finding.verdict.strategy.label for finding in scored),
        stages=Counter(finding.verdict.stage.label for finding in scored),
        gates=Counter(finding.advice.gate.value for finding in scored),
        reviews=sum(finding.advice.review for finding in scored),
    )
