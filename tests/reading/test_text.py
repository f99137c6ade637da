"""Bytes -> clean text."""

import codecs

import pytest

from gating.reading.text import MAX_RUN, clean, decode, looks_binary, squeeze

SAID = "Café prices: 3 € for a naïve espresso"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_marked_and_plain_unicode_is_decoded(encoding: str) -> None:
    """UTF-8 and anything with a byte-order mark gives the text without the mark."""
    assert decode(SAID.encode(encoding)) == SAID


def test_big_endian_utf16_is_decoded_by_its_mark() -> None:
    """The mark of big-endian UTF-16 is believed."""
    assert decode(codecs.BOM_UTF16_BE + SAID.encode("utf-16-be")) == SAID


def test_cp1252_is_found_without_a_declaration() -> None:
    """Windows text with typographic quotes keeps its letters."""
    text = "The café “Lindenhof” sells crêpes; its owner says: “we bake at four o’clock, as my mother did”. " * 5
    assert decode(text.encode("cp1252")) == text


def test_declared_encoding_is_believed() -> None:
    """An encoding that the file names goes before any guess."""
    text = "Привет, это статья о садах"
    assert decode(text.encode("cp1251"), "windows-1251") == text


@pytest.mark.parametrize("declared", ["no-such-encoding", "ascii", "base64"])
def test_wrong_declaration_is_passed_over(declared: str) -> None:
    """A declared encoding that is unknown, does not fit or is no text encoding leaves UTF-8 to decide."""
    assert decode(SAID.encode(), declared) == SAID


def test_byte_order_mark_wins_over_declaration() -> None:
    """A page that says latin-1 but starts with a UTF-8 mark is UTF-8."""
    assert decode(SAID.encode("utf-8-sig"), "latin-1") == SAID


@pytest.mark.parametrize("sign", ["\u202e", "\u2066", "\u200b", "\u00ad", "\ufeff", "\x00", "\x1b", "\x85", "\U000e0041"])
def test_hidden_characters_are_taken_out(sign: str) -> None:
    """Bidi marks, zero-width signs, soft hyphens, controls and tag characters leave the word whole."""
    assert clean(f"free{sign}dom") == "freedom"


def test_line_ends_become_newlines() -> None:
    """CRLF and lone CR count as one line end each; tabs stay."""
    assert clean("one\r\ntwo\rthree\tfour") == "one\ntwo\nthree\tfour"


def test_lone_surrogates_can_be_written_afterwards() -> None:
    """Half of a surrogate pair becomes the replacement sign, so that the text can be encoded."""
    assert clean("half \ud800 pair").encode() == "half \ufffd pair".encode()


def test_composed_and_decomposed_letters_are_equal() -> None:
    """An accent typed as a sign of its own gives the same text as the composed letter."""
    assert clean("cafe\u0301") == "café"


def test_squeeze_folds_white_space_to_one_line() -> None:
    """Newlines, tabs and no-break spaces become single spaces."""
    assert squeeze("  one\n\n two\t\u00a0three ") == "one two three"


def test_squeeze_cuts_long_runs_and_keeps_what_stands_around() -> None:
    """A run of ten thousand brackets is cut to the cap; its neighbours stay."""
    squeezed = squeeze(f"before {'(' * 10_000} after")
    assert squeezed == f"before {'(' * MAX_RUN} after"


def test_squeeze_keeps_a_long_text_of_ordinary_words() -> None:
    """Length alone cuts nothing."""
    text = " ".join(["harvest"] * 500)
    assert squeeze(text) == text


def test_nul_bytes_mean_binary_unless_marked_as_unicode() -> None:
    """A picture is binary; UTF-16 text, half NUL bytes, is not."""
    assert looks_binary(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR")
    assert not looks_binary(SAID.encode("utf-16"))
    assert not looks_binary(SAID.encode())
