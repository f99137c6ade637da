"""The mix, its target and the map of gaps."""

from dataclasses import replace

import pytest

from gating.library.mix import gap_map, mix_of, target_of
from gating.records import AuditedPiece, MixRow, Topic
from gating.settings import Mix, Settings
from tests.builders import audited

TOPICS = (Topic("Ropes", ("rope",)), Topic("Hulls", ("hull",)))
LEAD = {"strategy": "lead-gen", "stage": "decision", "format": "pricing"}


def pieces(demand: int, lead: int, topic: int = 0) -> list[AuditedPiece]:
    return [audited(f"d{number}", topic=topic) for number in range(demand)] + [audited(f"l{number}", labels=LEAD, topic=topic) for number in range(lead)]


def rows(mix: tuple[MixRow, ...], dimension: str) -> dict[str, tuple[int, float]]:
    return {row.value: (row.count, row.share) for row in mix if row.dimension == dimension}


def test_rows_without_a_piece_are_there(settings: Settings) -> None:
    """A stage that nobody writes for is the finding; a format that nobody uses is none."""
    mix = mix_of(pieces(3, 1), TOPICS, settings)
    assert rows(mix, "strategy") == {"demand-gen": (3, 0.75), "lead-gen": (1, 0.25)}
    assert rows(mix, "stage")["consideration"] == (0, 0.0)
    assert rows(mix, "topic") == {"Ropes": (4, 1.0), "Hulls": (0, 0.0)}
    assert rows(mix, "format") == {"article": (3, 0.75), "pricing": (1, 0.25)}
    assert set(rows(mix, "phase")) == {"create", "capture", "revive", "accelerate", "expand"}


def test_a_piece_without_a_topic_counts_in_the_whole(settings: Settings) -> None:
    """Shares of topics then sum to less than 1."""
    mix = mix_of([*pieces(1, 0), audited("legal", topic=-1)], TOPICS, settings)
    assert rows(mix, "topic") == {"Ropes": (1, 0.5), "Hulls": (0, 0.0)}


@pytest.mark.parametrize(("company_stage", "demand"), [("before-fit", 0.2), ("growth", 0.5), ("established", 0.6)])
def test_targets_follow_the_stage_of_the_company(settings: Settings, company_stage: str, demand: float) -> None:
    """Only strategies have a target, and the two sum to 1."""
    mix = mix_of(pieces(1, 1), TOPICS, replace(settings, company_stage=company_stage))
    assert [row.target for row in mix if row.dimension == "strategy"] == [demand, pytest.approx(1 - demand)]
    assert {row.target for row in mix if row.dimension != "strategy"} == {None}


@pytest.mark.parametrize(("demand", "lead", "said"), [(3, 1, "25 points more demand"), (1, 3, "25 points less demand"), (2, 2, "on target")])
def test_the_distance_is_said_with_its_direction(settings: Settings, demand: int, lead: int, said: str) -> None:
    """And the source says that it is no law."""
    target = target_of(pieces(demand, lead), settings)
    assert said in target.sentence
    assert (target.count, target.share) == (demand, demand / 4)
    assert "not a law" in target.source


def test_gaps_count_every_combination() -> None:
    """Topics in their order, stages in funnel order, pieces without a topic nowhere."""
    assert gap_map([*pieces(2, 1, topic=1), audited("legal", topic=-1)], TOPICS) == ((0, 0, 0), (2, 0, 1))


def test_an_empty_library_has_shares_of_nothing(settings: Settings) -> None:
    """No division by zero."""
    assert {row.share for row in mix_of([], TOPICS, settings)} == {0.0}
    assert "no scored piece" in target_of([], settings).sentence


def test_the_companys_own_target_goes_before_that_of_its_stage(settings: Settings) -> None:
    """In the mix, in the sentence, and in where it is from."""
    own = replace(settings, mix=Mix(0.7, 0, 0, 0))
    assert [row.target for row in mix_of(pieces(1, 1), TOPICS, own) if row.dimension == "strategy"] == [0.7, pytest.approx(0.3)]
    target = target_of(pieces(7, 3), own)
    assert "Your target is 70% demand to 30% lead" in target.sentence
    assert "on target" in target.sentence
    assert "gating.toml" in target.source


def test_stages_have_a_target_when_the_company_names_one(settings: Settings) -> None:
    """Also the stage that is to have none."""
    own = replace(settings, mix=Mix(0, 0.7, 0.3, 0))
    assert [row.target for row in mix_of(pieces(1, 1), TOPICS, own) if row.dimension == "stage"] == [0.7, 0.3, 0]
