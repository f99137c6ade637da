"""Today's gates with the whole library in view."""

from dataclasses import replace

import pytest

from gating.library.site_gates import observed_in_library, site_wide
from gating.reading.gates import verdict_of_forms
from gating.records import Form, ObservedGate, Piece
from tests.builders import PROSE, piece_of

FOOTER = Form("hubspot:footer", "gate", "hubspot", verdict="gated", words="Get the rope guide")
GATE = Form("hubspot:guide", "gate", "hubspot", verdict="gated", words="Download the winch guide")
DEMO = Form("form:/demo|email", "lead", fields=("e-mail",), height=1)
NEWS = Form("kit:1", "newsletter", "kit")


def page(*forms: Form) -> Piece:
    return piece_of(PROSE, forms=forms, observed=verdict_of_forms(forms))


def draft() -> Piece:
    return piece_of(PROSE)


@pytest.mark.parametrize(
    ("on", "pages", "furniture"),
    [(3, 3, True), (2, 3, False), (3, 30, True), (3, 31, False), (10, 100, True), (9, 100, False), (1, 5, False)],
)
def test_form_on_a_tenth_of_the_pages_is_furniture(on: int, pages: int, furniture: bool) -> None:
    """At least three pages and a tenth of all."""
    library = [page(GATE)] * on + [page()] * (pages - on)
    assert (GATE.identity in site_wide(library)) == furniture


def test_drafts_do_not_thin_the_count() -> None:
    """A folder of drafts beside a site does not turn its footer into a gate."""
    assert site_wide([page(FOOTER)] * 5 + [draft()] * 500) == {FOOTER.identity}


def test_form_twice_on_a_page_counts_once() -> None:
    """Pages are counted, not forms."""
    assert site_wide([page(GATE, GATE)] * 2 + [page()] * 5) == frozenset()


def test_furniture_gates_nothing() -> None:
    """The page is open again, and says so."""
    observed = observed_in_library(page(FOOTER, NEWS), {FOOTER.identity})
    assert observed.verdict == "ungated"
    assert "rope guide" not in observed.evidence


def test_gate_behind_the_furniture_comes_to_light() -> None:
    """Where furniture stood first on the page, its own form decides now."""
    observed = observed_in_library(page(FOOTER, GATE), {FOOTER.identity})
    assert (observed.verdict, observed.form) == ("gated", GATE.identity)


def test_gate_on_few_pages_stays() -> None:
    """Without furniture on it a piece keeps the verdict it was read with."""
    piece = page(GATE, DEMO)
    assert observed_in_library(piece, {NEWS.identity}) is piece.observed


def test_verdict_of_a_flag_stays() -> None:
    """Furniture changes what forms said, not what a column said."""
    piece = replace(page(FOOTER), observed=ObservedGate("gated", "gated: true"))
    assert observed_in_library(piece, {FOOTER.identity}) == ObservedGate("gated", "gated: true")


def test_contact_form_of_the_whole_site_is_no_lead_form_of_the_page() -> None:
    """A footer's contact form is not what the page is for."""
    assert page(DEMO).observed.lead_form
    assert not observed_in_library(page(DEMO), {DEMO.identity}).lead_form


def test_unknown_form_that_is_furniture_leaves_the_page_open() -> None:
    """A loaded form on every page cannot be the gate of each."""
    unknown = Form("hubspot:x", "unknown", "hubspot", verdict="unknown")
    assert observed_in_library(page(unknown), {"hubspot:x"}).verdict == "ungated"


def test_furniture_alone_is_said_to_stand_there() -> None:
    """Nobody must read "no form" of a page on which they see one."""
    assert "many pages of the site" in observed_in_library(page(FOOTER), {FOOTER.identity}).evidence
