"""One action a piece, the first that is due."""

from dataclasses import replace

import pytest

from gating.library.actions import ACTIONS, Action, Case, decide_all
from gating.library.hand_offs import HandOff
from gating.records import Form, GateParts, LibraryPiece, ObservedGate, OfferLink, Suggestion, Topic
from gating.settings import Settings
from tests.builders import library_piece

OPEN, CLOSED = ObservedGate("ungated", "no form"), ObservedGate("gated", "a form")
BEST = Suggestion("kit.html", 0.2, ("cold room", "pear"))
FITS = OfferLink("the kit", "/kit", "kit.html", "fits", "same topic")
DEAD = OfferLink("the planner", "/planner", "", "dead", "gone")
EARLY = OfferLink("Book a demo", "/demo", "demo.html", "wrong-stage", "readers at the awareness stage are sent to an offer for the decision stage")
KIT = library_piece(
    "kit.html", "The cold room kit", labels={"strategy": "lead-gen", "stage": "consideration", "format": "ebook", "gate": "gated"}, rule="G3", parts=GateParts(2, 2, 1, 0, 0)
)


def case_of(piece: LibraryPiece | None = None, observed: ObservedGate = OPEN, **fields: object) -> Case:
    hand_off = {name: fields.pop(name) for name in list(fields) if name not in ("topic", "sessions", "visits")}
    return Case(piece or library_piece("post.html", "Why pears brown"), observed, HandOff(**hand_off), **{"topic": 0, **fields})  # type: ignore[arg-type]


@pytest.fixture
def decide(settings: Settings):
    """decide(case, ...): their actions, with one topic."""
    return lambda *cases: decide_all(cases, (Topic("Cold rooms", ("cold room",)),), settings.review)


def first(found: list[Action]) -> tuple[str, int]:
    return found[0].name, found[0].priority


def test_a_doubtful_piece_goes_to_a_person_first(decide) -> None:
    """Whatever else is wrong with it; the sentence says which answer is in doubt."""
    unsure = library_piece("post.html", "Why pears brown", labels={"confidence": 0.6}, review=True)
    (found,) = decide(case_of(unsure, CLOSED, should_lead_on=True, links=(DEAD,)))
    assert found.name == "review"
    assert "demand-gen or lead-gen" in found.sentence


@pytest.mark.parametrize(
    ("case", "name"),
    [
        (case_of(observed=CLOSED, should_lead_on=True, links=(DEAD,), best=BEST), "ungate"),
        (case_of(KIT, OPEN, is_offer=True), "gate"),
        (case_of(should_lead_on=True, links=(FITS, DEAD), best=BEST), "fix-hand-off"),
        (case_of(should_lead_on=True, links=(EARLY,), best=BEST), "fix-hand-off"),
        (case_of(should_lead_on=True, best=BEST), "add-hand-off"),
        (case_of(should_lead_on=True, links=(EARLY,)), "build-offer"),
        (case_of(should_lead_on=True), "build-offer"),
        (case_of(KIT, CLOSED, is_offer=True), "feed-offer"),
        (case_of(KIT, CLOSED, is_offer=True, linked_from=1), "keep"),
        (case_of(KIT, CLOSED, is_offer=True, general=True), "keep"),
        (case_of(KIT, CLOSED, is_offer=True, known=False), "keep"),
        (case_of(should_lead_on=True, links=(FITS,), best=BEST), "keep"),
        (case_of(should_lead_on=True, own_form=True, best=BEST), "keep"),
        (case_of(should_lead_on=True, known=False, best=BEST), "keep"),
        (case_of(), "keep"),
    ],
)
def test_the_first_action_that_is_due(decide, case: Case, name: str) -> None:
    """In the order of ACTIONS: the gate goes before the way on, mending before adding, adding before building."""
    found, *_ = decide(case, case_of(KIT, CLOSED), case_of(library_piece("demo.html", "Book a demo")))
    assert found.name == name
    assert name in ACTIONS
    assert found.sentence.endswith(".")


def test_a_form_that_costs_readers_is_urgent_by_its_sessions(decide) -> None:
    """A sure advice on a page that nobody visits comes after an unsure one on a busy page."""
    sure, unsure = library_piece("a.html", labels={"confidence": 0.97}), library_piece("b.html", labels={"confidence": 0.78})
    assert [found.priority for found in decide(case_of(sure, CLOSED), case_of(unsure, CLOSED))] == [1, 2]
    assert [found.priority for found in decide(case_of(sure, CLOSED, sessions=3, visits=3), case_of(unsure, CLOSED, sessions=900, visits=1))] == [3, 1]


def test_the_sessions_lost_are_named(decide) -> None:
    """A figure that a content lead can take to a meeting."""
    assert "1,204 sessions" in decide(case_of(observed=CLOSED, sessions=1204.0, visits=1))[0].sentence


@pytest.mark.parametrize(("parts", "priority"), [(GateParts(2, 2, 1, 0, 0), 1), (GateParts(1, 2, 0, 0, 0), 2), (GateParts(1, 1, 0, 0, 0), 3)])
def test_what_is_given_away_is_urgent_by_its_score(decide, parts: GateParts, priority: int) -> None:
    """Five of six is worth a form today."""
    piece = library_piece("kit.html", labels={"strategy": "lead-gen", "format": "ebook", "gate": "gated"}, rule="G3", parts=parts)
    assert first(decide(case_of(piece))) == ("gate", priority)


def test_a_hand_off_names_the_offer_and_the_words_they_share(decide) -> None:
    """So that the reason can be checked without opening either."""
    (found, _) = decide(case_of(should_lead_on=True, best=BEST), case_of(KIT, CLOSED))
    assert '"The cold room kit"' in found.sentence
    assert "cold room and pear" in found.sentence


def test_one_missing_offer_is_one_row_at_the_top(decide) -> None:
    """Five posts lack the same offer: the most visited says so, the others point to it."""
    posts = [case_of(library_piece(f"{number}.html", f"Post {number}"), should_lead_on=True, sessions=float(number), visits=1) for number in range(5)]
    found = decide(*posts)
    assert [action.priority for action in found] == [3, 3, 3, 3, 1]
    assert "5 pieces of the topic" in found[4].sentence
    assert '"Post 4"' in found[0].sentence


def test_an_offer_that_nobody_links_to_names_who_should(decide) -> None:
    """Three posts would fit it: urgent. None: somebody has to write one."""
    posts = [case_of(library_piece(f"{number}.html", f"Post {number}"), should_lead_on=True, best=BEST) for number in range(3)]
    *_, fed = decide(*posts, case_of(KIT, CLOSED, is_offer=True))
    assert (fed.name, fed.priority) == ("feed-offer", 1)
    assert "and 2 more" in fed.sentence
    (alone,) = decide(case_of(KIT, CLOSED, is_offer=True))
    assert alone.priority == 3
    assert "write one" in alone.sentence


@pytest.mark.parametrize("kind", ["pricing", "product"])
def test_what_the_menu_leads_to_wants_no_links(decide, kind: str) -> None:
    """Menus are left out when pages are read, so that nothing can be said of them."""
    page = library_piece("plans.html", labels={"strategy": "lead-gen", "stage": "decision", "format": kind})
    assert decide(case_of(page, is_offer=True))[0].name == "keep"


def test_a_gate_that_the_source_does_not_show_is_said(decide) -> None:
    """Before somebody adds a second form."""
    assert "unless it has one" in decide(case_of(KIT, ObservedGate()))[0].sentence


def test_a_long_title_is_cut(decide) -> None:
    """A title that lost its markup may be a paragraph."""
    kit = replace(KIT, finding=replace(KIT.finding, piece=replace(KIT.finding.piece, title="word " * 60)))
    assert len(decide(case_of(should_lead_on=True, best=BEST), case_of(kit, CLOSED))[0].sentence) < 200


def test_visits_go_before_other_measures(decide) -> None:
    """A form that is missing, an offer to build and one to feed are as urgent as the pages are visited, where that is known."""
    post = case_of(library_piece("post.html", "Why pears brown"), should_lead_on=True, best=BEST, sessions=900.0, visits=1)
    lone = case_of(library_piece("lone.html", "Lids"), should_lead_on=True, sessions=700.0, visits=1)
    open_kit = case_of(KIT, OPEN, sessions=2.0, visits=3)
    assert first(decide(open_kit)) == ("gate", 3)
    assert first(decide(lone)) == ("build-offer", 1)
    assert first(decide(case_of(KIT, CLOSED, is_offer=True, sessions=2.0, visits=3), post)) == ("feed-offer", 1)


def test_a_thank_you_page_is_kept_and_says_why(decide) -> None:
    """Whatever is unsure about it."""
    (found,) = decide(case_of(library_piece("thanks.html", "Thank you for your order", review=True), should_lead_on=True))
    assert found.name == "keep"
    assert "no content piece" in found.sentence


def test_a_form_in_the_text_is_known_beside_a_flag(decide) -> None:
    """The newsletter page of an export that is marked as public: nobody should offer a form on it."""
    page = library_piece("ghost.json#1", "Letters about pears", labels={"strategy": "lead-gen", "gate": "soft-gate"}, rule="G2", forms=(Form("kit:1", "newsletter"),))
    bare = library_piece("ghost.json#2", "Letters about lids", labels={"strategy": "lead-gen", "gate": "soft-gate"}, rule="G2")
    public = ObservedGate("ungated", "visibility: public")
    assert [found.name for found in decide(case_of(page, public), case_of(bare, public))] == ["keep", "soft-gate"]
