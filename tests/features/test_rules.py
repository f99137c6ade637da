"""Phrase lists over the skeleton of a page: what matches, where it counts, and what stays apart."""

from __future__ import annotations

import tomllib
from collections import Counter

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st
from spacy.matcher import Matcher, PhraseMatcher

from gating.features.rules import (
    EDGE_WORDS,
    MAX_LINES,
    PHRASES_FILE,
    SHORT_LINE,
    ZONES,
    Line,
    phrase_counts,
    rules,
    skeleton_lines,
)
from gating.records import Block, BlockKind
from tests.builders import piece_of

LISTS = tomllib.loads(PHRASES_FILE.read_text(encoding="utf-8"))
PHRASES = [(name, phrase) for name, phrases in LISTS.items() for phrase in phrases]
CALM = "The sea came in from below and nobody on the quay had seen it before the lamps went out."  # in no list


def found_in(text: str, *names: str) -> dict[str, int]:
    """How often each list (or the lists named) is found in one line."""
    counts = phrase_counts([Line(text, ("title",))])
    return {name: count for (name, _), count in counts.items() if not names or name in names}


def zones_of(name: str, *blocks: Block | str, **fields: str) -> dict[str, int]:
    """In which zones of a piece a list is found."""
    counts = phrase_counts(skeleton_lines(piece_of(*blocks, **{"title": "", **fields})))
    return {zone: count for (found, zone), count in counts.items() if found == name}


def heading(text: str) -> Block:
    return Block(BlockKind.HEADING, text, 2)


def test_lists_are_well_formed() -> None:
    """Every list has phrases, in lower case with straight apostrophes, none twice."""
    assert rules().names == tuple(LISTS)
    for name, phrases in LISTS.items():
        assert phrases, name
        assert len(set(phrases)) == len(phrases), name
        assert [phrase for phrase in phrases if phrase != phrase.lower() or "’" in phrase or phrase != " ".join(phrase.split())] == []


@pytest.mark.parametrize("frame", ["{}", "Now {} there", "({})", "{}?", "“{}”", "{}: more", "– {} –"])
def test_every_phrase_is_found(frame: str) -> None:
    """Each phrase of each list is found on a line of its own and between words and signs."""
    missing = [(name, phrase) for name, phrase in PHRASES if not found_in(frame.format(phrase.replace("*", "local").replace("#", "11")), name)]
    assert missing == []


def test_every_phrase_is_found_with_curly_apostrophes() -> None:
    """What editors make of an apostrophe changes nothing."""
    missing = [(name, phrase) for name, phrase in PHRASES if "'" in phrase and not found_in(phrase.replace("'", "’"), name)]
    assert missing == []


@pytest.mark.parametrize("style", ["upper", "capitalize"])
def test_every_phrase_is_found_in_capitals(style: str) -> None:
    """Headings and buttons are often in capitals, or have a capital for each word."""
    said = [(name, phrase, " ".join(getattr(word, style)() for word in phrase.replace("*", "local").replace("#", "11").split())) for name, phrase in PHRASES]
    missing = [(name, phrase) for name, phrase, text in said if not found_in(text, name)]
    assert missing == []


def test_every_phrase_is_found_before_a_full_stop() -> None:
    """The end of a sentence is no part of a phrase. Phrases that end in an article are spared, since no sentence does; "vs." is an abbreviation."""
    spared = {phrase for _, phrase in PHRASES if phrase.endswith(" a") and phrase != "series a"} | {"vs", "beginner's"}
    said = [(name, phrase, phrase.replace("*", "local").replace("#", "11").rstrip(".")) for name, phrase in PHRASES if phrase not in spared]
    missing = [(name, phrase) for name, phrase, text in said if not found_in(f"Now {text}.", name)]
    assert missing == []


@pytest.mark.parametrize("text", ["get a local quote", "Get a binding quote today", "talk to an expert"])
def test_a_star_stands_for_one_word(text: str) -> None:
    """Any word may stand for it."""
    assert found_in(text, "contact_sales")


@pytest.mark.parametrize("text", ["get a well-rounded quote", "get a 9 quotes", "get a very detailed quote", "get a , quote"])
def test_a_star_stands_for_a_word_and_for_one_only(text: str) -> None:
    """Two words, a number or a sign do not."""
    assert not found_in(text, "contact_sales")


@pytest.mark.parametrize(
    ("text", "count"), [("11 best ropes", 2), ("eleven best ropes", 2), ("best ropes", 1), ("their best ropes", 1), ("top 10", 2), ("top ten", 2), ("top deck", 1)]
)
def test_a_hash_stands_for_a_number(text: str, count: int) -> None:
    """In digits or in letters; the longer phrase counts beside the shorter one that it holds."""
    assert found_in(text, "best") == {"best": count}


def test_phrases_match_whole_words() -> None:
    """A phrase inside a longer word is none."""
    assert not found_in("the bestiary, a stopwatch and wristwatches", "best", "watch")


def test_phrases_do_not_cross_lines() -> None:
    """The end of one block and the beginning of the next make no phrase."""
    lines = [Line("how we", ("headings",)), Line("do our bottom", ("headings",)), Line("line fishing", ("headings",))]
    assert phrase_counts(lines)["conclusion", "headings"] == 0
    assert zones_of("conclusion", heading("the bottom"), heading("line is long")) == {}
    assert zones_of("conclusion", heading("the bottom line is long"))["headings"] == 2  # "the bottom line" and "bottom line"
    assert zones_of("contact_sales", heading("get a"), heading("local quote")) == {}
    assert zones_of("contact_sales", heading("get a local"), heading("quote")) == {}


def test_empty_lines_move_nothing() -> None:
    """A piece without title and description counts its phrases in the right lines."""
    lines = [Line("", ("title",)), Line("", ("title",)), Line("watch", ("headings",)), Line("", ("end",)), Line("tutorial", ("short_lines",))]
    counts = phrase_counts(lines)
    assert {zone for name, zone in counts if name == "watch"} == {"headings"}
    assert {zone for name, zone in counts if name == "how_to"} == {"short_lines"}


def test_no_lines() -> None:
    """Nothing gives no counts."""
    assert phrase_counts([]) == {}


def test_each_zone() -> None:
    """Each zone is what its name says."""
    calm = [CALM] * 6
    assert zones_of("watch", *calm, title="Watch the tide") == {"title": 1}
    assert zones_of("watch", *calm, description="Watch the tide") == {"title": 1}
    assert zones_of("watch", *calm, heading("Watch the tide"), *calm) == {"headings": 1}
    assert zones_of("watch", *calm, Block(BlockKind.BUTTON, "Watch the tide"), *calm) == {"short_lines": 1}
    assert zones_of("watch", *calm, Block(BlockKind.FIELD, "Watch the tide"), *calm) == {"short_lines": 1}
    assert zones_of("watch", *calm, "Watch the tide", *calm) == {"short_lines": 1}
    assert zones_of("watch", *calm, f"Watch the tide. {CALM}", *calm) == {}
    assert zones_of("watch", *calm, Block(BlockKind.ITEM, "Watch the tide"), *calm) == {}
    assert zones_of("watch", f"Watch the tide. {CALM}", *calm) == {"beginning": 1}
    assert zones_of("watch", *calm, f"Watch the tide. {CALM}") == {"end": 1}
    assert zones_of("watch", heading("Watch the tide")) == {"beginning": 1, "end": 1, "headings": 1}


def test_zones_are_all_named() -> None:
    """Every zone a line may have is one of ZONES."""
    kinds = [Block(kind, "Watch the tide", 2) for kind in BlockKind]
    assert {zone for line in skeleton_lines(piece_of(*kinds)) for zone in line.zones} == set(ZONES)


def test_beginning_and_end_are_four_and_three_blocks() -> None:
    """The fourth block is of the beginning and the third last of the end; their neighbours are not."""
    for place, zones in ((3, {"beginning"}), (4, set()), (8, set()), (9, {"end"})):
        blocks = [CALM] * 12
        blocks[place] = f"Watch the tide. {CALM}"
        assert set(zones_of("watch", *blocks)) == zones, place


def test_beginning_and_end_see_forty_words() -> None:
    """At the edges of the page a block is read for forty words."""
    for before, zones in ((EDGE_WORDS - 1, {"beginning": 1}), (EDGE_WORDS, {})):
        text = " ".join([*["sand"] * before, "tutorial", *["silt"] * 20])
        assert zones_of("how_to", text, *[CALM] * 6) == zones, before


def test_a_paragraph_of_45_characters_is_no_short_line() -> None:
    """One character decides."""
    text = "tutorial for sand and silt and clay and salt"
    assert len(text) == SHORT_LINE - 1
    assert zones_of("how_to", *[CALM] * 6, text, *[CALM] * 6) == {"short_lines": 1}
    assert zones_of("how_to", *[CALM] * 6, text + "s", *[CALM] * 6) == {}


def test_code_and_tables_are_no_lines() -> None:
    """Code is left out and moves no zone; a table row counts at the edges only."""
    code, row = Block(BlockKind.CODE, "watch -n 1 date"), Block(BlockKind.TABLE, "Watch | the tide")
    assert zones_of("watch", code) == {}
    assert zones_of("watch", *[code] * 9, heading("Watch the tide")) == {"beginning": 1, "end": 1, "headings": 1}
    assert zones_of("watch", *[CALM] * 6, row, *[CALM] * 6) == {}
    assert zones_of("watch", row, *[CALM] * 6) == {"beginning": 1}


def test_the_skeleton_is_bounded() -> None:
    """Of a book, the first 400 blocks are looked at."""
    assert len(skeleton_lines(piece_of(*["tutorial"] * (MAX_LINES + 50)))) == MAX_LINES + 2  # with title and description
    assert zones_of("how_to", *[CALM] * MAX_LINES, heading("tutorial")) == {}


def test_counts_add_up_over_lines() -> None:
    """A phrase on three lines counts three times."""
    assert zones_of("how_to", *[heading("tutorial")] * 3)["headings"] == 3


NLP = spacy.blank("en")
MATCHERS = PhraseMatcher(NLP.vocab, attr="LOWER"), Matcher(NLP.vocab)
MARKS = {"*": {"IS_ALPHA": True}, "#": {"LIKE_NUM": True}}
for list_name, entries in LISTS.items():
    plain = [entry for entry in entries if not MARKS.keys() & set(entry.split())]
    MATCHERS[0].add(list_name, [NLP.make_doc(form) for entry in plain for form in (entry, *([f"{entry}."] if len(entry.split()[-1]) == 1 else []))])
    if len(plain) < len(entries):
        MATCHERS[1].add(list_name, [[MARKS.get(word, {"LOWER": word}) for word in entry.split()] for entry in entries if entry not in plain])
SPOKEN = [phrase.replace("*", filler).replace("#", number) for _, phrase in PHRASES for filler, number in (("local", "11"), ("well-known", "1,000."), ("9", "ten"))]
LINES = st.lists(st.sampled_from([*SPOKEN, *"dont what's get a, (the) how / – - . ' \" series a.m. soc-2 pears  \t".split(" ")]), max_size=8).map(" ".join)


@given(LINES)
def test_phrases_are_those_that_spacy_finds(text: str) -> None:
    """The look-up finds what spaCy's matchers find on its own tokens, as often as they do."""
    doc = NLP.make_doc(text.lower())
    expected = Counter(NLP.vocab.strings[match] for matcher in MATCHERS for match, _, _ in matcher(doc))
    assert found_in(text) == dict(expected)
