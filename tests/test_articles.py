"""Five real articles about demand generation and lead generation: every one of them is itself demand-gen, for awareness, ungated."""

from pathlib import Path

import pytest

from gating.assess import Assessor, assess_paths
from gating.records import Finding


@pytest.mark.parametrize("number", range(5))
def test_article_about_generation_is_demand_gen(shared: Path, assessor: Assessor, number: int) -> None:
    """Words about leads, forms and gates do not make a piece one that asks for them."""
    article = sorted((shared / "articles").glob("*.txt"))[number]
    (result,) = assess_paths([str(article)], assessor)
    assert isinstance(result, Finding), result
    verdict, advice = result.verdict, result.advice
    assert (verdict.strategy.label, verdict.stage.label, advice.gate.value) == ("demand-gen", "awareness", "ungated")
