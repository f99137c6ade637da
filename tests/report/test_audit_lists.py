"""Which piece stands in which work list, and the three sentences."""

import pytest

from gating.records import Audit, AuditedPiece, OfferLink, Statement, Suggestion
from gating.report.audit_lists import by_urgency, gaps_of, headlines, percent_of, reason_in_list, work_lists
from tests.builders import audit_of, audited

DEAD = OfferLink("Get the crate planner", "/planner", "", "dead", "no piece of the library has this address")
GOOD = OfferLink("Book a visit", "/visit", "visit.html", "fits", "an offer for readers of any topic")
LEAD = {"strategy": "lead-gen", "gate": "gated", "format": "ebook"}


def keys_of(piece: AuditedPiece) -> list[str]:
    return [work.key for work in work_lists(audit_of(piece)) if work.pieces]


@pytest.mark.parametrize(
    ("piece", "keys"),
    [
        (audited(today="gated", action="ungate"), ["open"]),
        (audited(labels={"gate": "soft-gate"}, today="gated", action="soft-gate"), ["open"]),
        (audited(labels={"gate": "soft-gate"}, today="ungated", action="soft-gate"), ["close"]),
        (audited(labels=LEAD, today="unknown", action="gate"), ["close"]),
        (audited(labels=LEAD, today="ungated", action="review"), ["review"]),
        (audited(action="add-hand-off", leads_on=False), ["no-next-step"]),
        (audited(today="gated", action="ungate", leads_on=False), ["open", "no-next-step"]),
        (audited(action="keep", leads_on=True, links=(GOOD, DEAD)), ["faulty-links"]),
        (audited(labels=LEAD, action="feed-offer", wants_links=True), ["unfed"]),
        (audited(labels=LEAD, action="keep", wants_links=True, linked_from=2), []),
        (audited(action="keep", links=(GOOD,)), []),
    ],
)
def test_a_piece_stands_in_the_lists_that_fit(piece: AuditedPiece, keys: list[str]) -> None:
    """By facts, so that a piece with a wrong gate and no next step stands in both lists whichever action comes first."""
    assert keys_of(piece) == keys


def test_the_most_urgent_and_most_visited_come_first() -> None:
    """By priority, then by sessions; a figure that is no number counts as none."""
    pieces = [audited("c", priority=2, sessions=900.0), audited("a", priority=1), audited("b", priority=1, sessions=40.0), audited("d", priority=1, sessions=float("inf"))]
    assert [piece.library.finding.piece.source for piece in by_urgency(pieces)] == ["b", "a", "d", "c"]


def test_a_list_says_its_own_reason_where_the_sentence_speaks_of_another() -> None:
    """A piece to be opened first still says in the list of hand-offs which offer is near."""
    piece = audited(action="ungate", sentence="Take the form away.", leads_on=False, best=Suggestion("planner.html", 0.4, ("crates", "pickers")))
    assert reason_in_list(piece, "open", {}) == "Take the form away."
    assert reason_in_list(piece, "no-next-step", {"planner.html": "The crate planner"}) == 'Nearest offer: "The crate planner", which also speaks of crates, pickers.'
    assert reason_in_list(audited(links=(GOOD, DEAD)), "faulty-links", {}) == '"Get the crate planner": no piece of the library has this address.'


def test_gaps_are_named_by_topic_and_stage() -> None:
    """Every empty cell, topic by topic."""
    audit = audit_of(topics=("Pears", "Lids"), gaps=[(3, 0, 1), (0, 2, 0)])
    assert [(gap.topic, gap.stage) for gap in gaps_of(audit)] == [("Pears", "consideration"), ("Lids", "awareness"), ("Lids", "decision")]


def made() -> Audit:
    pieces = (
        audited("a", today="gated", action="ungate", leads_on=False),
        audited("b", labels=LEAD, today="ungated", action="gate"),
        audited("c", action="fix-hand-off", leads_on=False, links=(DEAD, DEAD)),
        audited("d", action="keep", leads_on=True, links=(GOOD,)),
        audited("e", labels=LEAD, today="unknown", action="feed-offer", wants_links=True),
    )
    return audit_of(*pieces, effort=Statement("lead-first", "Build offers first: 3 of 5 pieces ask for nothing. Not known: leads a month."))


def test_the_three_sentences_have_their_figures() -> None:
    """Gates with how many could be seen, hand-offs with their base, and of the effort the sentence that decides."""
    gates, hand_offs, effort = headlines(made())
    assert (gates.figure, gates.unit) == ("2", "gates to change")
    assert gates.sentence == (
        "1 piece asks for details where the reader should get in freely and 1 piece would justify a form and shows none or a weaker one. "
        "Today's gate could be seen on 4 of 5 pieces."
    )
    assert hand_offs.sentence == (
        "2 of the 3 demand-gen pieces that should lead on lead to no fitting offer, 2 links to offers need mending and the one offer is linked from no such piece."
    )
    assert hand_offs.figure == "3"
    assert effort.sentence == "Build offers first: 3 of 5 pieces ask for nothing."


def test_one_and_all_are_said_in_words() -> None:
    """Of one piece nobody says "1 of the 1"; the sentence begins with a capital letter."""
    alone = audited("a", today="unknown", leads_on=False)
    gates, hand_offs, _ = headlines(audit_of(alone))
    assert gates.sentence == "No gate needs to change. Today's gate could not be seen."
    assert hand_offs.sentence == "The one demand-gen piece that should lead on leads to no fitting offer."
    _, hand_offs, _ = headlines(audit_of(alone, audited("b", leads_on=False)))
    assert hand_offs.sentence == "Both demand-gen pieces that should lead on lead to no fitting offer."


@pytest.mark.parametrize(
    ("audit", "said"),
    [
        (audit_of(), "No hand-off could be judged: the sources show no links."),
        (audit_of(audited()), "No hand-off could be judged: the sources show no links."),
        (audit_of(audited(leads_on=True, links=(GOOD,))), "The one demand-gen piece leads to a fitting offer."),
    ],
)
def test_nothing_to_mend_is_said_for_what_it_is(audit: Audit, said: str) -> None:
    """All is well, or nothing is known."""
    gates, hand_offs, _ = headlines(audit)
    assert gates.sentence.startswith("No gate needs to change.")
    assert hand_offs.sentence == said


@pytest.mark.parametrize(("share", "said"), [(0.0, "0%"), (0.0042, "0.4%"), (0.0097, "1%"), (0.4183, "42%"), (1.0, "100%")])
def test_small_shares_do_not_vanish(share: float, said: str) -> None:
    """A share that is not 0 is not written as 0."""
    assert percent_of(share) == said
