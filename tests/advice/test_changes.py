"""Single changes to a piece: what would flip a label."""

from gating.advice.changes import changes
from gating.assess import Assessor, what_would_flip
from gating.classifier.evidence import QUOTED_HEADS
from gating.records import Block, BlockKind, Evidence
from tests.builders import PROSE, piece_of

QUOTE = Evidence("demand-gen", "a week", 1, 0.3)
WITH_ASKS = piece_of(PROSE, "And then they counted again.", Block(BlockKind.FIELD, "Work email *"), Block(BlockKind.BUTTON, "Book a demo"), title="How to count crates")


def test_each_change_gives_another_piece_and_the_old_one_stays() -> None:
    """A change is a changed copy, with words for it and a size of at least one word."""
    before = piece_of(PROSE, "And then they counted again.")
    tried = list(changes(before, [QUOTE]))
    assert before == piece_of(PROSE, "And then they counted again.")
    assert all(change.piece != before and change.words and change.size >= 1 for change in tried)
    assert len({change.words for change in tried}) == len(tried)


def test_strongest_evidence_is_left_out_first() -> None:
    """The first change takes the quoted block away and says where it stood."""
    first = next(changes(WITH_ASKS, [QUOTE]))
    assert [block.text for block in first.piece.blocks] == [block.text for block in WITH_ASKS.blocks[1:]]
    assert "line 1" in first.words
    assert first.size == len(PROSE.split())


def test_delete_test_takes_every_ask_and_nothing_else() -> None:
    """All buttons and fields go; the prose stays."""
    (change,) = [change for change in changes(WITH_ASKS, []) if "delete test" in change.words]
    assert change.piece.blocks == WITH_ASKS.blocks[:2]


def test_piece_without_asks_has_no_delete_test() -> None:
    """There is nothing to delete."""
    assert not any("delete test" in change.words for change in changes(piece_of(PROSE), []))


def test_only_block_is_never_left_out() -> None:
    """A piece cannot be emptied."""
    assert all(change.piece.blocks for change in changes(piece_of(PROSE), [QUOTE]))


def test_half_is_held_back_only_from_a_piece_with_halves() -> None:
    """Three paragraphs have no second half to sell; eight have."""
    few, many = piece_of(*["Count it twice."] * 3), piece_of(*["Count it twice."] * 8)
    assert not any("second half" in change.words for change in changes(few, []))
    (change,) = [change for change in changes(many, []) if "second half" in change.words]
    assert change.piece.blocks[:4] == many.blocks[:4]
    assert change.piece.blocks[4:] != many.blocks[4:]


def test_other_titles_are_made_of_the_topic() -> None:
    """The site's name and the question words go."""
    titles = {change.piece.title for change in changes(piece_of(PROSE, title="How to count crates | Orchard notes"), [])}
    assert {"What is count crates?", "How to choose count crates"} <= titles


def test_flips_name_one_change_for_each_head(assessor: Assessor) -> None:
    """For strategy, stage and gate the best change found, with the verdict before and after it."""
    finding = assessor.assess(WITH_ASKS, quotes=2)
    flips = what_would_flip(finding, assessor)
    assert [flip.head for flip in flips] == list(QUOTED_HEADS)
    for flip in flips:
        assert flip.before == finding.verdict.head(flip.head)
        assert flip.change
        assert flip.after != flip.before
