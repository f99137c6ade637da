"""A company's own words in the gate score."""

from dataclasses import replace

import pytest

from gating.advice.own_words import NO_WORDS, OwnScore, first_of, score_with, times
from gating.records import GateParts, Piece
from tests.builders import PROSE, piece_of

PLAIN = GateParts(1, 1, 1, 0, 0)
BREWING = "Our Hop Index puts a number on it. Brewers read it with a brewsheet at hand; a maltster reads it twice, another maltster never, and no maltster trusts it."


def piece(title: str = "What a harvest costs") -> Piece:
    return piece_of(PROSE, BREWING, title=title)


@pytest.mark.parametrize(
    ("words", "title", "score"),
    [
        ({"own_data": ("hop  index",)}, "What a harvest costs", OwnScore(replace(PLAIN, uniqueness=2), ('words.own_data "hop  index"',))),
        ({"ready_to_use": ("brewsheet",)}, "What a harvest costs", OwnScore(replace(PLAIN, work_saved=2), ('words.ready_to_use "brewsheet"',))),
        ({"commodity": ("harvest",)}, "What a harvest costs", OwnScore(replace(PLAIN, uniqueness=0), (), ('words.commodity "harvest"',))),
        ({"must_be_found": ("harvest",)}, "What a harvest costs", OwnScore(replace(PLAIN, reach_need=2), (), ('words.must_be_found "harvest"',))),
        ({"resentful_readers": ("maltster",)}, "What a harvest costs", OwnScore(replace(PLAIN, hostility=1), (), ('words.resentful_readers "maltster"',))),
        ({"resentful_readers": ("brewers",)}, "For brewers only", OwnScore(replace(PLAIN, hostility=1), (), ('words.resentful_readers "brewers"',))),
    ],
)  # fmt: skip
def test_each_list_has_its_part(words: dict[str, tuple[str, ...]], title: str, score: OwnScore) -> None:
    """And the word that counted is named as the settings write it."""
    assert score_with(replace(NO_WORDS, **words), piece(title), PLAIN) == score


@pytest.mark.parametrize(
    "words",
    [{"commodity": ("index",)}, {"must_be_found": ("brewers",)}, {"resentful_readers": ("brewers",)}, {"own_data": ("Hop Ind",)}, {"ready_to_use": ("hop sheet",)}, {}],
)
def test_a_word_elsewhere_changes_nothing(words: dict[str, tuple[str, ...]]) -> None:
    """A topic in the text and not in the title, readers named once, half a word."""
    assert score_with(replace(NO_WORDS, **words), piece(), PLAIN) == OwnScore(PLAIN)


def test_what_the_rubric_sees_already_is_no_news() -> None:
    """The company's word is then not what moved anything."""
    seen = GateParts(2, 1, 1, 0, 0)
    assert score_with(replace(NO_WORDS, own_data=("hop index",)), piece(), seen) == OwnScore(seen)


def test_longer_names_are_found_before_shorter_ones() -> None:
    """Signs in a name are no pattern, and a line end is a space."""
    assert first_of(("Bench", "Bench Pro"), "about Bench\nPro today") == "Bench Pro"
    assert first_of(("C++ (kit)",), "the C++ (kit) is here") == "C++ (kit)"
    assert times(("Bench",), "Benches, a bench, BENCH.") == 2
