"""What has all pieces of an audit scored anew, and what does not."""

from dataclasses import replace

import pytest

from gating.assess import Assessor
from gating.library.run import recipe_of
from gating.settings import Mix, PathRule, Pipeline, Settings, Thresholds


def recipe(assessor: Assessor, **changed: object) -> str:
    settings: Settings = replace(assessor.settings, **changed)  # type: ignore[arg-type]
    return recipe_of(replace(assessor, settings=settings))


@pytest.mark.parametrize(
    "changed",
    [
        {"policy": "open"}, {"audience": "researchers"}, {"formats": (("report", "gated"),)}, {"thresholds": Thresholds(5, 2)},
        {"paths": (PathRule("docs/", gate="ungated"),)}, {"paths": (PathRule("docs/", reason="help"),)},
    ],
)  # fmt: skip
def test_a_setting_that_changes_advice_changes_the_recipe(assessor: Assessor, changed: dict[str, object]) -> None:
    """Old rows would show the old advice."""
    assert recipe(assessor, **changed) != recipe(assessor)


@pytest.mark.parametrize("table", ["names", "words", "gate_costs"])
def test_every_key_of_a_table_counts(assessor: Assessor, table: str) -> None:
    """Names, words and costs, each by itself."""
    own = getattr(assessor.settings, table)
    values = ("SowPlan",) if table in ("names", "words") else 1
    recipes = [recipe(assessor, **{table: replace(own, **{name: values})}) for name in own.__slots__]
    assert len({recipe(assessor), *recipes}) == len(recipes) + 1


@pytest.mark.parametrize("changed", [{"company_stage": "established"}, {"mix": Mix(0.7, 0, 0, 0)}, {"pipeline": Pipeline(900, 3, 0.4)}])
def test_what_speaks_of_the_library_scores_nothing_anew(assessor: Assessor, changed: dict[str, object]) -> None:
    """A new target is a matter of seconds."""
    assert recipe(assessor, **changed) == recipe(assessor)
