"""`extract` and the catalogue: as many names as numbers, the same piece the same numbers, nothing but numbers for odd input."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gating.features import Features, catalogue, extract, named_signals, rules
from gating.features.view import WINDOW, within_window
from gating.features.words import FAMILIES
from gating.reading.markdown import markdown_page
from gating.reading.text import clean, squeeze
from gating.records import Block, BlockKind, Piece
from tests.builders import PROSE, piece_of

DRAFT = f"""# Counting crates

{PROSE}

## What you will learn

- where the crate was put down
- who moved it

> We lost nothing since April, says Ada.

| Berth | Price |
|-------|-------|
| North | $9    |

[Get the checklist]

Work email *
"""
PIECE = Piece("p1", "p1.md", "Counting crates | Zenloft", tuple(markdown_page(DRAFT).blocks), description="On fruit")
EMPTY = Piece("", "", "", ())
ODD = {
    "an empty piece": EMPTY,
    "a title alone": replace(EMPTY, title="Crates"),
    "only code": Piece("", "", "", (Block(BlockKind.CODE, "crates = 3"), Block(BlockKind.CODE, ""))),
    "only buttons": Piece("", "", "", (Block(BlockKind.BUTTON, "Get the guide"),) * 40),
    "only signs": piece_of("— … ***", "?!", title="|"),
    "only digits": piece_of("1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18", title="2019"),
    "another script": piece_of("日本語の記事はここにあります。", title="日本語"),
    "5,000 headings": piece_of(*[Block(BlockKind.HEADING, f"Crate {number}", 1 + number % 6) for number in range(5000)]),
    "5,000 empty headings": piece_of(*[Block(BlockKind.HEADING, "", 1)] * 5000),
    "20,000 blocks of one letter": piece_of(*["a"] * 20_000),
    "one block of 50,000 words": piece_of("crate " * 50_000),
    "a title of 300 spaces and bars": piece_of(PROSE, title=" | " * 100),
    "one word, 3,000 times": piece_of(*["Zenloft"] * 3000, title="Zenloft vs Zenloft | Zenloft"),
}
# These may leave 0..1: a page without a name in its title, and a page that asks for nothing.
OWN_RANGE = {"suffix_block_share": (-0.1, 1.0), "first_ask_position": (0.0, 1.2)}
SHARES = [name for name in catalogue.signal_names() if name.endswith(("_share", "_position")) or "_share_" in name]


def same(one: Features, other: Features) -> bool:
    """True when every number is the same."""
    return bool(np.array_equal(one.signals, other.signals)) and all(np.array_equal(one.words[family], other.words[family]) for family in FAMILIES)


def check(piece: Piece) -> None:
    """Every signal is finite, every share within its range, every family there."""
    found = extract(piece)
    assert np.isfinite(found.signals).all(), [name for name, value in zip(catalogue.signal_names(), found.signals, strict=True) if not np.isfinite(value)]
    values = dict(zip(catalogue.signal_names(), found.signals.tolist(), strict=True))
    beyond = {name: values[name] for name in SHARES if not OWN_RANGE.get(name, (0.0, 1.0))[0] <= values[name] <= OWN_RANGE.get(name, (0.0, 1.0))[1]}
    assert beyond == {}
    assert tuple(found.words) == FAMILIES


def test_the_catalogue_names_every_value() -> None:
    """As many names as values, in the same order, none twice, for an empty piece and for a full one."""
    names = catalogue.signal_names()
    assert len(set(names)) == len(names)
    for piece in (EMPTY, PIECE):
        assert tuple(named_signals(piece)) == names
        assert extract(piece).signals.shape == (len(names),)
        assert extract(piece).signals.dtype == np.float64
    assert extract(PIECE).signals.tolist() == list(named_signals(PIECE).values())


def test_names_are_plain() -> None:
    """Names are lower case words joined by underscores, as column names of a table are."""
    assert [name for name in catalogue.signal_names() if not (name.isidentifier() and name == name.lower())] == []


@pytest.fixture
def fresh_fingerprint() -> Iterator[None]:
    """The fingerprint is kept for the process; a test that changes what goes into it must not leave its own behind."""
    catalogue.fingerprint.cache_clear()
    yield
    catalogue.fingerprint.cache_clear()


def test_the_fingerprint_is_stable(fresh_fingerprint: None) -> None:
    """Made anew, it is the same 12 hex digits."""
    first = catalogue.fingerprint()
    catalogue.fingerprint.cache_clear()
    assert catalogue.fingerprint() == first
    assert len(first) == 12
    assert int(first, 16) >= 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("signal_names", lambda: ("words_log",)),
        ("signal_names", lambda: tuple(reversed(named_signals(EMPTY)))),
        ("VERSION", 2_000_000),
        ("FAMILIES", (*FAMILIES, "another")),
        ("N_COLUMNS", 1 << 10),
        ("WINDOW", 10),
    ],
)
def test_the_fingerprint_changes(monkeypatch: pytest.MonkeyPatch, fresh_fingerprint: None, name: str, value: object) -> None:
    """With other names, another order of them, or another way to count, a model made for these features is refused."""
    first = catalogue.fingerprint()
    catalogue.fingerprint.cache_clear()
    monkeypatch.setattr(catalogue, name, value)
    assert catalogue.fingerprint() != first


def test_the_fingerprint_changes_with_the_phrases(monkeypatch: pytest.MonkeyPatch, fresh_fingerprint: None) -> None:
    """One more phrase in a list, one more fingerprint."""
    first, lists = catalogue.fingerprint(), catalogue.phrase_lists()
    catalogue.fingerprint.cache_clear()
    monkeypatch.setattr(catalogue, "phrase_lists", lambda: {**lists, "watch": [*lists["watch"], "another phrase"]})
    assert catalogue.fingerprint() != first


def test_the_fingerprint_changes_with_the_common_words(monkeypatch: pytest.MonkeyPatch, fresh_fingerprint: None) -> None:
    """What counts as a rare word is a part of the features."""
    first, common = catalogue.fingerprint(), catalogue.common_words()
    catalogue.fingerprint.cache_clear()
    monkeypatch.setattr(catalogue, "common_words", lambda: common | {-1})
    assert catalogue.fingerprint() != first


def test_line_ends_of_the_phrase_file_change_nothing(monkeypatch: pytest.MonkeyPatch, fresh_fingerprint: None, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A checkout on Windows may end lines in its own way; its phrases are the same, and so the model fits."""
    first, changed = catalogue.fingerprint(), tmp_path_factory.mktemp("phrases") / "phrases.toml"
    changed.write_bytes(rules.PHRASES_FILE.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
    catalogue.fingerprint.cache_clear()
    monkeypatch.setattr(rules, "PHRASES_FILE", changed)
    assert catalogue.fingerprint() == first


def test_same_piece_same_numbers() -> None:
    """Whatever was looked at between, and whatever the piece is called."""
    first = extract(PIECE)
    for piece in ODD.values():
        extract(piece)
    assert same(extract(PIECE), first)
    assert same(extract(replace(PIECE, id="another", source="elsewhere.html", metadata=(("author", "Ada"),))), first)


def test_the_window_ends_after_12000_characters() -> None:
    """Blocks past the window change nothing; those within it do."""
    inside = [f"{PROSE} {number}" for number in range(WINDOW // (len(PROSE) + 4))]
    assert sum(len(text) + 1 for text in inside) <= WINDOW
    later = ["Zenloft sells 9 crates. Get the free guide!", Block(BlockKind.HEADING, "Book a demo", 2)] * 30
    assert within_window(piece_of(*inside)) == piece_of(*inside).blocks
    filler = "c" * (WINDOW - sum(len(text) + 1 for text in inside) - 1)
    full = piece_of(*inside, filler)
    assert within_window(full) == full.blocks  # 12,000 characters with their line ends
    assert same(extract(piece_of(*inside, filler, *later)), extract(full))
    assert not same(extract(piece_of(*inside[:-1], *later[:1])), extract(piece_of(*inside)))


def test_order_of_blocks_decides_what_is_in_the_window() -> None:
    """The same blocks the other way round are another first page."""
    blocks = [f"{PROSE} {number}" for number in range(60)]
    assert not same(extract(piece_of(*blocks)), extract(piece_of(*reversed(blocks))))


def test_a_first_block_longer_than_the_window_is_seen() -> None:
    """A page whose text is one block is not a page without text."""
    assert len(within_window(piece_of("crate " * 5000))) == 1
    assert named_signals(replace(PIECE, blocks=within_window(piece_of("crate " * 5000))))["words_log"] > 0


def test_a_long_block_below_a_heading_is_seen() -> None:
    """A heading over one paragraph of 20,000 characters: the paragraph is the page, and its beginning lies within the window."""
    long = " ".join([PROSE] * 60)
    seen = within_window(piece_of(Block(BlockKind.HEADING, "Counting crates", 1), long))
    assert sum(len(block.text) for block in seen) > WINDOW / 2


def test_a_first_block_is_cut_at_the_window() -> None:
    """What lies past 12,000 characters changes nothing, in one block as in many."""
    start = " ".join([PROSE] * 60)
    assert same(extract(piece_of(f"{start} {PROSE}")), extract(piece_of(f"{start} Zenloft sells crates for $9! Zenloft is here.")))


@pytest.mark.parametrize("name", ODD)
def test_odd_pieces_give_numbers(name: str) -> None:
    """Every value is a number, every share is one."""
    check(ODD[name])


COPY = "Zenloft we our crate of pears vs. 12 $9 2019 40% demo? Get the guide! “best” 5 pm. zenloft.com | — @ http".split()
BLOCKS = st.builds(
    lambda kind, text, level: Block(kind, squeeze(clean(text)), level),
    st.sampled_from(list(BlockKind)),
    st.one_of(st.text(max_size=120), st.lists(st.sampled_from(COPY), max_size=30).map(" ".join)),
    st.integers(0, 6),
)
TEXTS = st.one_of(st.text(max_size=80), st.sampled_from(("Zenloft vs Quillmark | Zenloft", "9 best Zenloft alternatives: a review", "")))


@given(title=TEXTS, description=TEXTS, blocks=st.lists(BLOCKS, max_size=25))
def test_any_piece_gives_finite_signals_and_shares(title: str, description: str, blocks: list[Block]) -> None:
    """Whatever blocks a reader may hand over."""
    check(Piece("", "", squeeze(clean(title)), tuple(blocks), description=squeeze(clean(description))))


@given(st.text(max_size=600))
def test_any_markdown_gives_finite_signals_and_shares(text: str) -> None:
    """Whatever is written into a draft."""
    check(Piece("", "", "", tuple(markdown_page(clean(text)).blocks)))


@given(title=TEXTS, blocks=st.lists(BLOCKS, max_size=12))
def test_any_piece_gives_the_same_numbers_twice(title: str, blocks: list[Block]) -> None:
    """Nothing in the features depends on chance or on what came before."""
    piece = Piece("", "", squeeze(clean(title)), tuple(blocks))
    first = extract(piece)
    extract(PIECE)
    assert same(extract(piece), first)
