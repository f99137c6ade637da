"""The hashed n-grams: what gives the same column, what must not, and what stays empty."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gating.features.words import (
    CONTENT_WORD,
    FAMILIES,
    N_COLUMNS,
    NAME_WORD,
    SIGN,
    grams,
    grams_by_run,
    styled,
    text_families,
    token_number,
    tokens_of,
    word_families,
)
from gating.records import Block, BlockKind, Piece
from tests.builders import PROSE, piece_of

EMPTY = Piece("", "", "", ())
WORDS = st.lists(st.sampled_from("the crate of pears was sold for 12 $ in 2019 and 40% went to Ada's barn".split()), max_size=12).map(" ".join)


def columns(text: str, family: str = "body", longest: int = 2, edges: bool = False) -> list[int]:
    return grams([tokens_of(text)], longest, family, edges).tolist()


def test_same_text_gives_same_columns() -> None:
    """The columns of a text depend on nothing but the text and the family."""
    assert columns("Crates of ripe pears") == columns("Crates of ripe pears")
    assert columns("Crates of ripe pears") == columns("crates  OF ripe\npears")
    assert columns("Crates of ripe pears") != columns("Crates of ripe plums")


def test_columns_are_pinned() -> None:
    """A model is only good for the columns it was made with: these must not move from one version or machine to the next."""
    assert [token_number(word) for word in ("crate", "2019", "40%", "7")] == [0xE6181AA5, 0xAF3D4432, 0x072934AF, 0xFACC6EA5]
    assert columns("crate of pears") == [196043, 21839, 88912, 151368, 75776]


def test_columns_stay_in_their_space() -> None:
    """Every column is below N_COLUMNS and not negative."""
    found = np.concatenate(list(word_families(piece_of(PROSE, Block(BlockKind.HEADING, "Why crates?", 2))).values()))
    assert found.size
    assert found.min() >= 0
    assert found.max() < N_COLUMNS


def test_order_of_words_counts_in_pairs_only() -> None:
    """Single words are a bag; pairs tell "pears of crates" from "crates of pears"."""
    assert sorted(columns("crates of pears", longest=1)) == sorted(columns("pears of crates", longest=1))
    assert sorted(columns("crates of pears")) != sorted(columns("pears of crates"))


def test_repeats_stay() -> None:
    """A word said three times gives its column three times."""
    assert len(columns("pears pears pears", longest=1)) == 3
    assert len(set(columns("pears pears pears", longest=1))) == 1


def test_families_are_separate_spaces() -> None:
    """The same text lands elsewhere in another family."""
    assert columns(PROSE, "title") != columns(PROSE, "body")
    assert len(set(columns(PROSE, "title")) & set(columns(PROSE, "body"))) <= 2  # as many as chance gives in 2**18 columns


def test_number_of_columns() -> None:
    """n words give n single ones, n - 1 pairs and n - 2 triples; with edges a pair more at each end, and two triples."""
    text = "crates of ripe pears"
    assert [len(columns(text, longest=longest)) for longest in (1, 2, 3)] == [4, 7, 9]
    assert [len(columns(text, longest=longest, edges=True)) for longest in (1, 2, 3)] == [4, 9, 13]


def test_edges_tell_the_first_word() -> None:
    """With edges, "why" at the beginning is not "why" at the end."""
    assert set(columns("why pears rot", edges=True)) - set(columns("pears rot why", edges=True))
    assert set(columns("why", edges=True)) - set(columns("why", edges=False))


def test_pairs_do_not_cross_runs() -> None:
    """The last word of one block and the first of the next are no pair."""
    apart = set(grams([tokens_of("ripe pears"), tokens_of("rot fast")], 3, "body").tolist())
    together = set(columns("ripe pears rot fast", longest=3))
    assert apart < together
    assert apart == set(columns("ripe pears", longest=3)) | set(columns("rot fast", longest=3))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("11 best pears", "27 best pears"),
        ("pears in 2019", "pears in 2024"),
        ("pears in 1998", "pears in 2024"),
        ("40% of pears", "7% of pears"),
        ("12.5% of pears", "7% of pears"),
        ("1.5 pears", "27.25 pears"),
        ("the farmer’s pears", "the farmer's pears"),
        ("“pears”", '"pears"'),
        ("$ 250 a crate", "$ 999 a crate"),
        ("12 pears.", "99 pears."),
        ("We sold 12.", "We sold 99"),
        ("123456 pears", "7890 pears"),
    ],
)
def test_folded(one: str, other: str) -> None:
    """Numbers of one length, years, percentages and decimals are each one thing, and so are both kinds of quotation marks."""
    assert tokens_of(one) == tokens_of(other)


@pytest.mark.parametrize(("at_end", "inside"), [("We sold pears in 2019.", "We sold pears in 2019"), ("In 2019, we sold pears", "In 2019 we sold pears")])
def test_a_year_before_a_full_stop_or_comma_is_a_year(at_end: str, inside: str) -> None:
    """The sign after a year is no part of it."""
    assert tokens_of(at_end) == tokens_of(inside)


@pytest.mark.parametrize(
    ("one", "other"),
    [("9 pears", "10 pears"), ("2019 pears", "3019 pears"), ("40 pears", "40% pears"), ("15 pears", "1.5 pears"), ("$9", "€9"), ("crate?", "crate!")],
)
def test_not_folded(one: str, other: str) -> None:
    """Short and long numbers, years and other numbers, shares and counts, and signs of different sense stay apart."""
    assert tokens_of(one) != tokens_of(other)


def test_empty_text_gives_empty_arrays() -> None:
    """A piece without anything has every family, each empty and of whole numbers."""
    families = word_families(EMPTY)
    assert tuple(families) == FAMILIES
    assert all(found.size == 0 and found.dtype == np.int64 for found in families.values())


@pytest.mark.parametrize("runs", [[], [[]], [[], []]])
def test_no_words_give_no_columns(runs: list[list[int]]) -> None:
    """No runs, and runs without words, give nothing in either array."""
    for edges in (False, True):
        assert [found.size for found in grams_by_run(runs, 3, "body", edges)] == [0, 0]


def test_text_without_tokens_gives_no_columns() -> None:
    """Signs and other scripts have no tokens: no columns but no failure either."""
    families = word_families(piece_of("— … ***", "日本語の記事", title=""))
    assert {name: found.size for name, found in families.items() if found.size} == {}


def test_code_counts_in_no_family() -> None:
    """The words of a code block are in no family."""
    families = word_families(Piece("", "", "", (Block(BlockKind.CODE, "pears = crates.count()"),)))
    assert [name for name, found in families.items() if found.size] == []


def test_each_field_has_its_family() -> None:
    """Title, description, headings, buttons and prose fill their own families."""
    assert filled(piece_of(title="Ripe pears")) == {"title"}
    assert filled(piece_of(title="", description="Ripe pears")) == {"description"}
    common = {"beginning", "end", "words", "pairs", "skeleton", "style", "named_style"}
    assert filled(piece_of(Block(BlockKind.HEADING, "Ripe pears", 2), title="")) == common | {"headings", "first_headings"}
    assert filled(piece_of(Block(BlockKind.BUTTON, "Get the pears"), title="")) == common | {"short_lines"}
    assert filled(piece_of("Ripe pears", title="")) == common | {"short_lines"}
    assert filled(piece_of(PROSE, title="")) == common


def filled(piece: Piece) -> set[str]:
    return {name for name, found in word_families(piece).items() if found.size}


def test_run_numbers() -> None:
    """Each column comes with the run that it stands in."""
    found, places = grams_by_run([tokens_of("ripe pears"), [], tokens_of("rot")], 3, "body", edges=True)
    for number, text in ((0, "ripe pears"), (1, ""), (2, "rot")):
        assert sorted(found[places == number].tolist()) == sorted(columns(text, longest=3, edges=True))


@pytest.mark.parametrize("kind", [kind for kind in BlockKind if kind is not BlockKind.CODE])
@pytest.mark.parametrize("text", [PROSE, "Get the pears", "Why?", "— …"])
def test_text_families_agree_with_word_families(kind: BlockKind, text: str) -> None:
    """What a text is said to add is what it adds to a piece of this one block, in every family that `text_families` covers."""
    whole = word_families(Piece("", "", "", (Block(kind, text, 2),)))
    alone = text_families([(kind, text)])
    assert set(alone) == {"pairs", "skeleton", "headings", "short_lines"}
    for family, (found, _) in alone.items():
        assert sorted(found.tolist()) == sorted(whole[family].tolist()), family


@given(st.lists(st.tuples(st.sampled_from([kind for kind in BlockKind if kind is not BlockKind.CODE]), WORDS), max_size=6))
def test_texts_together_are_the_texts_alone(texts: list[tuple[BlockKind, str]]) -> None:
    """Of many texts at once, each has the columns that it has alone, and all of them make the piece."""
    whole = word_families(Piece("", "", "", tuple(Block(kind, text) for kind, text in texts)))
    for family, (found, places) in text_families(texts).items():
        assert sorted(found.tolist()) == sorted(whole[family].tolist())
        for number, text in enumerate(texts):
            assert sorted(found[places == number].tolist()) == sorted(text_families([text])[family][0].tolist())


def test_styled() -> None:
    """Function words stay, names, signs and numbers, and all other words are each one thing."""
    the, of = token_number("the"), token_number("of")
    assert styled("The crates of Ada, 12 of them!") == [the, CONTENT_WORD, of, NAME_WORD, SIGN, of, token_number("them"), SIGN]
    assert styled("") == []


def test_styled_forgets_the_topic() -> None:
    """Two sentences built alike, about different things, have one style."""
    assert styled("We sold the pears to Ada in 2019") == styled("We took the ferry to Oslo in 1974")
    assert styled("We sold the pears to Ada") != styled("They sold the pears to Ada")


def test_the_first_word_of_a_sentence_is_no_name() -> None:
    """A capital at the beginning says nothing."""
    assert styled("Crates rot") == styled("crates rot")
    assert styled("ripe Crates") == [CONTENT_WORD, NAME_WORD]


def test_a_capital_i_within_a_sentence_is_a_function_word() -> None:
    """English writes "I" with a capital wherever it stands."""
    assert styled("so I sold")[1] == token_number("i")
