"""Bytes -> clean text."""

import codecs
import sys
import unicodedata

import pytest

from gating.reading.text import MAX_RUN, NOT_PLAIN, SURROGATES, UNWANTED, clean, decode, looks_binary, squeeze

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


def test_few_nul_bytes_are_damage_not_binary() -> None:
    """Three lost bytes in a long text do not cost the text; the same three in twenty bytes are no text."""
    assert not looks_binary(SAID.encode() * 40 + b"\0\0\0")
    assert looks_binary(b"\0\1\2\3" + b"word " * 3)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_text(encoding: str) -> None:
    """Every second byte is NUL in Western text; that tells which of the two it is."""
    data = (SAID * 20).encode(encoding)
    assert not looks_binary(data)
    assert decode(data) == SAID * 20


def test_one_bad_byte_does_not_turn_the_rest_into_other_letters() -> None:
    """A text of UTF-8 with a broken byte stays UTF-8."""
    said = "The growers’ own words – “three crates”. " * 5
    data = said.encode()
    assert decode(data[:3] + b"\xff" + data[3:]) == said[:3] + "\ufffd" + said[3:]


@pytest.mark.parametrize("name", ["unicode_escape", "raw-unicode-escape", "punycode", "idna", "undefined", "zlib_codec", "rot13", "no such", "\0"])
def test_names_of_codecs_that_are_no_encodings_are_passed_over(name: str) -> None:
    """What a page may claim for itself includes Python's own codecs, some of which warn or never end."""
    assert decode(rb"a \d pear".replace(b"a", b"a " * 2000), name).endswith(r"\d pe" + "a " * 2000 + "r")


@pytest.mark.parametrize("sign", ["\ufdd0", "\ufffe", "\U0001ffff", "\U0010fffe", "\u180e", "\u3164", "\U000e0101", "\u034f"])
def test_noncharacters_and_fillers_are_dropped(sign: str) -> None:
    """They show nothing and part words for a program."""
    assert clean(f"har{sign}vest") == "harvest"


def test_page_breaks_part_words() -> None:
    """A form feed or vertical tab between two words is white space."""
    assert clean("end\x0cStart\x0bagain") == "end\nStart\nagain"


def test_marks_heaped_on_a_letter_are_kept_in_short_runs() -> None:
    """Forty thousand accents of two kinds on one letter are cleaned without putting all of them in order at once."""
    heap = clean("a" + "\u0301\u0316" * 20_000)
    assert "\u0316\u0301" not in heap[2:400].replace("\u0316", "\u0316", 1)[300:]
    assert len(heap) == 40_000


def test_signs_that_are_taken_for_plain_need_no_cleaning() -> None:
    """None of them is taken out, replaced, or joined with another: a text of nothing else is given back without a look at each."""
    plain = "".join(sign for sign in map(chr, range(sys.maxunicode + 1)) if not NOT_PLAIN.match(sign))
    assert set("aé’“”—…€→✓\n") < set(plain)
    assert not UNWANTED.search(plain)
    assert not SURROGATES.search(plain)
    assert unicodedata.normalize("NFC", plain) == plain
    assert not any(map(unicodedata.combining, plain))


def test_control_signs_leave_a_text_in_ascii() -> None:
    """Tabs and line ends stay."""
    assert clean("Open\x07 all\x1b[0m\tday\x7f\n") == "Open all[0m\tday\n"
