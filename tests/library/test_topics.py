"""Topics in the library's own words."""

import random

from gating.library.phrases import weigh_phrases
from gating.library.topics import find_topics
from gating.records import LibraryPiece, Topic
from tests.library.trades import TRADES, blog


def topics_of(pieces: list[LibraryPiece], among: list[int] | None = None) -> tuple[tuple[Topic, ...], list[int]]:
    profiles = [piece.profile for piece in pieces]
    return find_topics(weigh_phrases(profiles), profiles, range(len(pieces)) if among is None else among)


def trade_of(piece: LibraryPiece) -> str:
    return piece.finding.piece.source.removeprefix("blog/").rsplit("-", 1)[0]


def test_each_trade_is_a_topic() -> None:
    """Five trades with eight posts each: no topic mixes two of them."""
    pieces = blog(list(TRADES), 8)
    topics, places = topics_of(pieces)
    assert 5 <= len(topics) <= 8
    for topic in range(len(topics)):
        assert len({trade_of(piece) for piece, place in zip(pieces, places, strict=True) if place == topic}) == 1


def test_names_say_what_the_trade_is() -> None:
    """The name of the topic that most posts of a trade are in has a word of the trade; no phrase names two topics."""
    pieces = blog(list(TRADES), 8)
    topics, places = topics_of(pieces)
    words = {"cold-storage": ("cold", "storage", "pear", "fruit"), "shift-payroll": ("shift", "payroll", "overtime"), "clinic-scheduling": ("clinic", "appointment", "patient"),
             "harbour-insurance": ("harbour", "insurance", "hull", "premium", "mooring"), "water-metering": ("water", "meter")}  # fmt: skip
    for trade, known in words.items():
        inside = [place for piece, place in zip(pieces, places, strict=True) if trade_of(piece) == trade]
        name = topics[max(set(inside), key=inside.count)].name.lower()
        assert any(word in name for word in known), f"{trade}: {name}"
    named = [phrase for topic in topics for phrase in topic.name.lower().split(", ")]
    assert len(named) == len(set(named))


def test_twelve_pieces_make_topics_and_eleven_do_not() -> None:
    """A smaller library is read faster than its topics."""
    pieces = blog(["cold storage", "shift payroll", "water metering"], 4)
    assert topics_of(pieces)[0]
    assert topics_of(pieces[:11]) == ((), [-1] * 11)


def test_only_pieces_that_are_looked_at_have_a_topic() -> None:
    """Legal pages would make a topic of their own."""
    pieces = blog(["cold storage", "shift payroll"], 8)
    _, places = topics_of(pieces, among=[place for place in range(16) if place != 3])
    assert places[3] == -1
    assert sum(place >= 0 for place in places) == 15


def test_one_text_many_times_is_no_error() -> None:
    """Sixteen pieces that say the same have nothing that tells them apart."""
    pieces = blog(["cold storage"], 1) * 16
    topics, places = topics_of(pieces)
    assert len(topics) <= 1
    assert len(places) == 16


def test_topics_are_the_same_in_every_run() -> None:
    """The caller sorts; with the same rows the same names come out."""
    pieces = blog(list(TRADES), 6)
    random.Random(3).shuffle(pieces)
    assert topics_of(pieces) == topics_of(list(pieces))


def test_people_name_no_topic() -> None:
    """The one who wrote all posts of a trade stands in their titles."""
    profiles = [f"Odile Brandvik: {piece.profile}" if "payroll" in piece.profile else piece.profile for piece in blog(list(TRADES), 8)]
    told = [find_topics(weigh_phrases(profiles), profiles, range(len(profiles)), people)[0] for people in ((), ("Odile Brandvik",))]
    assert ["brandvik" in " ".join(topic.name.lower() for topic in topics) for topics in told] == [True, False]


def test_verbs_name_no_topic() -> None:
    """All titles of a trade begin with the same one."""
    profiles = [f"Rethinking your {piece.profile}" if "payroll" in piece.profile else piece.profile for piece in blog(list(TRADES), 8)]
    topics, _ = find_topics(weigh_phrases(profiles), profiles, range(len(profiles)))
    assert "rethinking" not in " ".join(topic.name.lower() for topic in topics)
    assert any("Rethinking" in topic.words for topic in topics)
