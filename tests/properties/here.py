"""Reading in this process, and how many examples a property is tried on."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from unittest import mock

from hypothesis import HealthCheck
from hypothesis import settings as run_with

from gating import reading
from gating.reading.sources import NO_CHOICES, Choices
from gating.records import Piece, Skipped
from gating.settings import DEFAULTS_FILE, Limits, Settings, load_settings
from tests.properties.sound import faults

SETTINGS = load_settings(DEFAULTS_FILE)
TIMES = int(os.environ.get("GATING_PROPERTY_TIMES", "1"))  # 20 tries each property on twenty times as many examples


def examples(number: int) -> run_with:
    """Settings for so many examples, times GATING_PROPERTY_TIMES. Large texts are generated here on purpose."""
    return run_with(max_examples=number * TIMES, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example])


def read_here(name: str, data: bytes | str, settings: Settings = SETTINGS, choices: Choices = NO_CHOICES) -> list[Piece | Skipped]:
    """Everything that a file of this name and content gives, in order, without a process for each export; and all of it sound."""
    content = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
    with mock.patch.object(reading, "apart", _in_this_process):
        results = [result for job in reading.plan_bytes(name, content, settings, choices) for result in reading.read_job(job, settings, choices)]
    assert list(faults(results)) == []
    return results


def piece_here(name: str, data: bytes | str) -> Piece:
    """The only piece that a file gives."""
    (result,) = read_here(name, data)
    assert isinstance(result, Piece), result.reason
    return result


def _in_this_process(work: Callable[[bytes], Iterator[object]], data: bytes, limits: Limits) -> Iterator[object]:
    return work(data)
