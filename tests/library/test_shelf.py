"""A library with slim pieces in memory says what one with whole pieces says."""

from dataclasses import replace
from pathlib import Path

import pytest

from gating.library.compact import Slimmer, whole
from gating.library.journal import Journal
from gating.library.shelf import Library, library_in, library_of
from gating.records import Evidence, Form, LibraryPiece, Link, Skipped
from tests.library.trades import blog, demo, offer, post

QUOTES = (Evidence("demand-gen", "Pears breathe in the dark.", 3, 0.4),)


def quoted(piece: LibraryPiece) -> LibraryPiece:
    advice = replace(piece.finding.advice, evidence=QUOTES, why="It explains.")
    return replace(piece, finding=replace(piece.finding, advice=advice))


@pytest.fixture
def pieces() -> list[LibraryPiece]:
    """Posts with links, an offer and the page for a demo."""
    posts = [post("cold storage", number, [Link("Get the workbook", "/offers/cold-storage"), Link("Book a demo", "/demo")]) for number in range(6)]
    return [quoted(piece) for piece in (*posts, *blog(["shift payroll"], 4), offer("cold storage"), demo())]


def test_the_quotes_come_back(pieces: list[LibraryPiece]) -> None:
    """Packed and unpacked they are what they were; links and profile are not held."""
    slim = Slimmer()(pieces[0])
    assert slim.finding.advice.evidence == ()
    assert (slim.finding.piece.links, slim.profile, slim.signature) == ((), "", ())
    again = whole(slim)
    assert (again.finding.advice, again.n_words) == (pieces[0].finding.advice, pieces[0].n_words)
    assert whole(pieces[0]) is pieces[0]


def test_what_pieces_have_in_common_is_held_once(pieces: list[LibraryPiece]) -> None:
    """A form that stands on every page of a site."""
    slim = Slimmer()
    forms = [Form("hubspot:1", "newsletter", "hubspot", ("e-mail",)) for _ in range(2)]
    one, other = (slim(replace(piece, finding=replace(piece.finding, piece=replace(piece.finding.piece, forms=(form,))))) for piece, form in zip(pieces, forms, strict=False))
    assert one.finding.piece.forms is other.finding.piece.forms


def test_a_library_in_a_journal_is_that_in_memory(pieces: list[LibraryPiece], tmp_path: Path) -> None:
    """The same profiles, links and signatures in the same order, also of some of the pieces."""
    with Journal(tmp_path / "audit.sqlite", "r") as journal:
        for place, piece in enumerate(pieces):
            journal.add(piece.finding.piece.source, b"1", place, piece)
        journal.add("scan.pdf", b"1", 99, Skipped("scan.pdf", "no text"))
        stored, unscored = library_in(journal)
        for some in (range(len(pieces)), [4, 1]):
            assert told(stored.pick(some)) == told(library_of(pieces).pick(some))
    assert [one.source for one in unscored] == ["scan.pdf"]


def told(library: Library) -> tuple[object, ...]:
    return [piece.n_words for piece in library.pieces], list(library.profiles), list(library.links), library.links[0], library.profiles[:1][0], library.signatures.tolist()
