"""What holds back most of what a piece promised, and what only offers more."""

import pytest

from gating.advice.teasers import held_back, promise_of
from gating.records import Block, BlockKind, Link, Piece
from tests.builders import PROSE, piece_of

NINE = "Nine reasons why hedgehogs leave a garden"


def listed(n_given: int, *ends: str, title: str = NINE, links: tuple[Link, ...] = ()) -> Piece:
    """A piece with so many numbered headings, and its last lines."""
    parts = [block for number in range(1, n_given + 1) for block in (Block(BlockKind.HEADING, f"{number}. A gap that closed", 2), PROSE)]
    return piece_of(*parts, *ends, title=title, links=links)


def held(piece: Piece) -> list[str]:
    return [sentence for _, sentence in held_back(piece)]


@pytest.mark.parametrize(
    "end",
    [
        "The other six reasons are in our garden guide.",
        "Want the rest? Leave your e-mail address and we send it.",
        "Download the handbook to read six more reasons.",
        "All nine of them: download the guide.",
        "Sign up to get the full list.",
        "Subscribe to read the rest of this article.",
        "To see the remaining six, enter your address.",
    ],
)
def test_most_of_what_was_counted_is_elsewhere(end: str) -> None:
    """Three of nine reasons are given."""
    assert held(listed(3, end)) == [end]


@pytest.mark.parametrize(
    "end",
    [
        "Sign up to get all news of them in your inbox.",
        "Subscribe to get the rest of the series by e-mail.",
        "The full list of sources is in the report of the county.",
        "You can read the full story of the Ardley reserve in our yearly report.",
        "All nine reasons: download the checklist if you like them on paper.",
        "Download our guide to read six more tips on hedges.",
        "Get the other nine checklists in our library: sign up.",
        "The full story is in our yearly report.",
    ],
)
@pytest.mark.parametrize("n_given", [0, 9])
def test_extra_to_a_whole_piece_is_no_teaser(end: str, n_given: int) -> None:
    """Whether its title counts what it gives or nothing."""
    piece = listed(n_given, PROSE, end, title=NINE if n_given else "Why hedgehogs leave a garden")
    assert held(piece) == []


def test_promise_that_is_kept_withholds_nothing() -> None:
    """The same words under nine reasons of nine; and with less than half of them away."""
    end = "The other three reasons are in our garden guide."
    assert held(listed(9, end)) == []
    assert held(listed(6, end)) == []
    assert held(listed(4, end.replace("three", "five"))) == [end.replace("three", "five")]


def test_piece_that_counts_itself_is_believed() -> None:
    """Of its own number; what else is counted in the text is no promise."""
    assert (promise_of(listed(2, "Here are four of the nine.")).promised, promise_of(listed(2, "Here are four of the nine.")).given) == (9, 4)
    assert promise_of(listed(2, "Two of the three keepers agreed.")).given == 2


@pytest.mark.parametrize(
    ("title", "promised"), [("12 signs of a dry well", 12), ("Closing a stall in three days", 0), ("Five minutes of rain", 0), ("Our seven favourite ways to prune", 7)]
)
def test_number_in_a_title_is_a_promise_when_it_counts_parts(title: str, promised: int) -> None:
    """Days and minutes are none."""
    assert promise_of(piece_of(PROSE, title=title)).promised == promised


def test_line_that_is_a_link_says_it_in_few_words() -> None:
    """As a button does."""
    words = "Send me the other six"
    assert held(listed(3, words)) == []
    assert held(listed(3, words, links=(Link(words, "/rest"),))) == [words]
