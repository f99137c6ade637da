"""Quotes as a person is shown them."""

import pytest

from gating.advice.quotes import EVIDENCE_WORDS, evidence_shown, shortened
from gating.classifier import evidence


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Two  crates\nin the shade", "Two crates in the shade"),
        ("The crates stand in the shade of the old barn. Nobody moves them.", "The crates stand in the shade of the old barn."),
        ("The crates stand in the shade all day. Nobody moves them before the buyer comes.", "The crates stand in the shade all day."),
        ("The crates stand in the shade, and nobody moves them before the buyer comes.", "The crates stand in the shade …"),
        ("The crates in the shade of a barn that nobody else ever used to open", "The crates in the shade of a barn …"),
    ],
    ids=["short", "sentence that ends soon", "sentence that ended before", "clause", "neither"],
)
def test_a_quote_ends_where_a_reader_pauses(text: str, shown: str) -> None:
    """Whole where its sentence ends near eight words; else at a clause, and what was cut is to be seen."""
    assert shortened(text, 8) == shown


def test_evidence_that_was_cut_shows_it() -> None:
    """The classifier ends a quote after so many words; one that ends with its sentence is whole."""
    assert EVIDENCE_WORDS == evidence.QUOTE_WORDS
    whole = " ".join(["crates"] * (EVIDENCE_WORDS - 1))
    assert evidence_shown(f"“{whole}”") == whole
    assert evidence_shown(f"{whole} stand.") == f"{whole} stand."
    assert evidence_shown(f"{whole} stand") == f"{whole} stand …"
    assert evidence_shown(f"{whole[:-7]}, in the") == f"{whole[:-7]} …"
