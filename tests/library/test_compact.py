"""A finding as an audit keeps it."""

import subprocess
import sys

import numpy as np

from gating.features.signature import signature_of
from gating.library.compact import PROFILE_CHARACTERS, library_piece, profile_of
from gating.records import Block, BlockKind, Form, Link
from tests.builders import PROSE, finding_of, piece_of

H, C = BlockKind.HEADING, BlockKind.CODE


def test_the_text_goes_and_the_rest_stays() -> None:
    """Links, forms and metadata are what the library needs; blocks are what memory has no room for."""
    piece = piece_of(PROSE, links=(Link("the kit", "/kit"),), forms=(Form("hubspot:1", "gate"),), metadata=(("owner", "Ines"),))
    kept = library_piece(finding_of(piece))
    assert kept.finding.piece.blocks == ()
    assert (kept.finding.piece.links, kept.finding.piece.forms, kept.finding.piece.metadata) == (piece.links, piece.forms, piece.metadata)
    assert kept.n_words == len(PROSE.split())


def test_profile_has_four_lines_without_furniture() -> None:
    """Title, description, headings, opening words; buttons, form fields, code and short list items are no subject."""
    piece = piece_of(
        Block(H, "Grading\ntimber", 2), "Knots are counted on the worst face.", Block(BlockKind.BUTTON, "Book a demo"), Block(BlockKind.FIELD, "E-mail *"), Block(C, "print(1)"),
        Block(BlockKind.ITEM, "Home"), Block(BlockKind.ITEM, "Boards dry for eleven weeks"), title="Timber", description="How boards\nare graded",
    )  # fmt: skip
    assert profile_of(piece).split("\n") == ["Timber", "How boards are graded", "Grading timber", "Knots are counted on the worst face. | Boards dry for eleven weeks"]


def test_profile_of_a_long_piece_keeps_its_opening_words() -> None:
    """A page of very many headings still shows how it opens, and no profile is longer than the limit."""
    headings = [Block(H, f"Heading number {number} about moorings", 2) for number in range(300)]
    profile = profile_of(piece_of(*headings, "Storm surge lifts the pontoons. " * 400))
    assert len(profile) == PROFILE_CHARACTERS
    assert "Storm surge" in profile


def test_a_change_of_one_word_moves_the_signature_a_little() -> None:
    """Near-identical texts share most of their signature, other texts next to none."""
    one, same, other = (
        np.array(signature_of(piece_of(text))) for text in (PROSE, PROSE.replace("pear", "plum"), "Skippers who lay up ashore pay a smaller premium to the insurer.")
    )
    assert 0.6 < np.mean(one == same) < 1
    assert np.mean(one == other) < 0.1


def test_signature_is_the_same_in_another_process() -> None:
    """An audit that resumes compares signatures of two runs, and Python salts its own hashes."""
    code = "from tests.builders import PROSE, piece_of; from gating.features.signature import signature_of; print(signature_of(piece_of(PROSE)))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == str(signature_of(piece_of(PROSE)))


def test_a_piece_of_code_has_a_signature() -> None:
    """No words are left to compare; it still has the length that the index needs."""
    assert len(signature_of(piece_of(Block(C, "print(1)")))) == len(signature_of(piece_of(PROSE)))
