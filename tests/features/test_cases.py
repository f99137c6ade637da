"""Runs tests/cases/*.yml, and sees that no signal and no phrase list is without a case that fires and one that stays silent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
import yaml

from gating.features.offer import offer_signals
from gating.features.rules import ZONES, rules
from gating.features.shape import shape_signals
from gating.features.subject import subject_signals
from gating.features.view import View, lower
from gating.features.wording import wording_signals
from gating.reading.markdown import markdown_page
from gating.records import Piece

CASES = Path(__file__).parent.parent / "cases"
TOLERANCE = 0.01
KEYS = {"signal", "zone", "title", "description", "text", "expect", "why"}
FAMILIES: dict[str, Callable[[Piece, View], dict[str, float]]] = {
    "shape": lambda _, view: shape_signals(view),
    "wording": lambda _, view: wording_signals(view),
    "subject": subject_signals,
    "offer": offer_signals,
}
# Plain measures: every text has some of it, so that no text is silent. Each has a case with a number.
MEASURES = frozenset(("words_log", "blocks_log", "words_per_block_log", "vocabulary", "word_length_mean"))


@dataclass(frozen=True)
class Case:
    """One expectation of a case file. `zone` is set for phrase lists only."""

    family: str
    signal: str
    zone: str
    title: str
    description: str
    text: str
    expect: str | float
    why: str

    @property
    def column(self) -> str:
        """The name of the signal that is looked at."""
        return f"{self.signal}_in_{self.zone}" if self.zone else self.signal


def load_cases(family: str) -> list[Case]:
    """The cases of one file, a case for each of the signals that share a text."""
    cases = []
    for entry in yaml.safe_load((CASES / f"{family}.yml").read_text(encoding="utf-8")):
        assert set(entry) <= KEYS, f"{family}.yml: unknown key {sorted(set(entry) - KEYS)} in the case {entry.get('why')!r}"
        assert entry.get("why") and entry.get("text"), f"{family}.yml: a case without `why` or `text`: {entry}"
        signals = [entry["signal"]] if isinstance(entry["signal"], str) else entry["signal"]
        expect = entry["expect"] if isinstance(entry["expect"], str) else float(entry["expect"]["about"])
        assert expect in ("fires", "silent") or isinstance(expect, float), f"{family}.yml: `expect` is fires, silent or about: a number, not {expect!r}"
        texts = (entry.get("title", ""), entry.get("description", ""), entry["text"])
        cases += [Case(family, signal, entry.get("zone", ""), *texts, expect, entry["why"]) for signal in signals]
    return cases


ALL = [case for family in FAMILIES for case in load_cases(family)]


@cache
def signals_of(family: str, title: str, description: str, text: str) -> dict[str, float]:
    piece = Piece("case", "case.md", title, tuple(markdown_page(text).blocks), description=description)
    return FAMILIES[family](piece, View(lower(title), lower(description), piece.blocks))


def neutral(family: str) -> dict[str, float]:
    """The values of a page without anything: what "silent" means. 1.0 and more is the end of the page, which "fires" comes before."""
    return signals_of(family, "", "", "")


@pytest.mark.parametrize("case", ALL, ids=lambda case: f"{case.column}: {case.why}")
def test_case(case: Case) -> None:
    """The signal says of the text what the case expects."""
    values, silent = signals_of(case.family, case.title, case.description, case.text), neutral(case.family)
    assert case.column in values, f"{case.family}.yml: no signal or zone {case.column!r}"
    value, rest = values[case.column], silent[case.column]
    if case.expect == "silent":
        assert value == pytest.approx(rest)
    elif case.expect == "fires":
        assert value < rest if rest >= 1 else value > rest
    else:
        assert value == pytest.approx(case.expect, abs=TOLERANCE)


def named(family: str) -> set[str]:
    """The signals that need cases: all of a family, with one name for all zones of a phrase list."""
    lists = set(rules().names) if family == "offer" else set()
    by_zone = {column for column in neutral(family) for name in lists if column.startswith((f"{name}_in_", f"{name}_per_"))}
    return (set(neutral(family)) - by_zone) | lists


@pytest.mark.parametrize("family", FAMILIES)
def test_every_signal_has_a_case_that_fires_and_one_that_stays_silent(family: str) -> None:
    """A signal without both may say anything; a number beyond that of an empty page counts as firing. A plain measure needs a case with a number."""
    cases = [case for case in ALL if case.family == family]
    expected = {(case.signal, case.expect if isinstance(case.expect, str) else "about") for case in cases}
    expected |= {(case.signal, "fires") for case in cases if isinstance(case.expect, float) and abs(case.expect - neutral(family)[case.column]) > TOLERANCE}
    wanted = {(name, expect) for name in named(family) - MEASURES for expect in ("fires", "silent")} | {(name, "about") for name in named(family) & MEASURES}
    assert sorted(wanted - expected) == []


def test_case_files_name_known_signals_and_zones() -> None:
    """Each case names a signal of its family, and a zone exactly when it is about a phrase list."""
    for case in ALL:
        assert case.signal in named(case.family), f"{case.family}.yml: unknown signal {case.signal!r}"
        assert case.zone in (ZONES if case.signal in rules().names and case.family == "offer" else ("",)), f"{case.family}.yml: zone of {case.signal!r}"


def test_no_case_stands_twice() -> None:
    """`why` tells the cases of a signal apart."""
    assert [found for found, count in Counter((case.family, case.column, case.why) for case in ALL).items() if count > 1] == []


def test_no_two_families_have_a_signal_of_the_same_name() -> None:
    """A name that stands in two families gives one column, and the other family's value is lost."""
    names = Counter(name for family in FAMILIES for name in neutral(family))
    assert [name for name, count in names.items() if count > 1] == []
