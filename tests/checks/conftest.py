"""Remarks on a file, as `gating check` makes them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from gating.assess import Assessor, assess_paths
from gating.checks import check
from gating.records import Finding, Remark

Remarks = Callable[..., tuple[Remark, ...]]


@pytest.fixture
def remarks_on(assessor: Assessor, tmp_path: Path) -> Remarks:
    """remarks_on("post.md", text): what is said of a file of this name and text."""

    def remarks(name: str, text: str) -> tuple[Remark, ...]:
        file = tmp_path / name
        file.write_text(text, encoding="utf-8")
        (result,) = assess_paths([str(file)], assessor)
        assert isinstance(result, Finding), result
        return check(result, assessor.settings)

    return remarks
