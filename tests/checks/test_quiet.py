"""Plain, well-made pieces draw no warning: a linter that shouts at good work is switched off."""

from collections import Counter
from pathlib import Path

import pytest

from gating.assess import Assessor, assess_paths
from gating.checks import check
from gating.records import Finding, Level

QUIET = Path(__file__).with_name("quiet")
MOST = 4  # suggestions on all of them together


@pytest.fixture(scope="module")
def levels(assessor: Assessor) -> dict[str, Counter[Level]]:
    """The levels of what is said of each piece."""
    findings = [result for result in assess_paths([str(QUIET)], assessor) if isinstance(result, Finding)]
    return {Path(finding.piece.source).name: Counter(remark.level for remark in check(finding, assessor.settings)) for finding in findings}


def test_every_quiet_piece_is_read(levels: dict[str, Counter[Level]]) -> None:
    """One that could not be scored would be quiet, too."""
    assert sorted(levels) == sorted(file.name for file in QUIET.iterdir())
    assert len(levels) >= 12


def test_no_quiet_piece_draws_a_warning(levels: dict[str, Counter[Level]]) -> None:
    """Of any kind."""
    assert {name: found for name, found in levels.items() if found[Level.WARNING] or found[Level.ERROR]} == {}


def test_suggestions_on_quiet_pieces_are_few(levels: dict[str, Counter[Level]]) -> None:
    """Each costs a writer a look."""
    assert sum(found[Level.SUGGESTION] for found in levels.values()) <= MOST
