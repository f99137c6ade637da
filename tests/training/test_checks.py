"""What is said of labelled examples as a whole."""

from dataclasses import replace

from gating.records import Example
from gating.training.checks import check_examples
from tests.builders import PROSE, piece_of
from tests.training.test_groups import TEXTS


def example(text: str, number: int = 1, metadata: tuple[tuple[str, str], ...] = (), **labels: str) -> Example:
    return Example(replace(piece_of(text, title="On crates", metadata=metadata), id=str(number), source=f"labels.csv#{number}"), **labels)


def enough() -> list[Example]:
    """Twelve examples of which nothing is to be said."""
    article = {"strategy": "demand-gen", "stage": "awareness", "gate": "ungated", "format": "article"}
    kinds = (article, {"strategy": "lead-gen", "stage": "decision", "gate": "gated", "format": "ebook"})
    return [example(text, number, **kinds[number % 2]) for number, text in enumerate(TEXTS)]


def test_nothing_is_said_of_good_examples() -> None:
    """They come back as they were."""
    checked = check_examples(enough())
    assert checked.notes == ()
    assert checked.examples == tuple(enough())


def test_majority_settles_a_conflict() -> None:
    """Two of three rows of one text decide; the line names the rows, the votes and the outcome; the examples given stay as they are."""
    rows = [example(PROSE, 1, stage="awareness", gate="gated"), example(PROSE, 2, stage="decision"), example(PROSE, 3, stage="decision")]
    checked = check_examples(rows)
    assert [(one.stage, one.gate) for one in checked.examples] == [("decision", "gated")]
    assert checked.notes[0] == (
        '"On crates" stands in 3 rows (labels.csv#1, labels.csv#2, labels.csv#3) with different labels of stage (decision 2, awareness 1): decision, which most say, is used.'
    )
    assert [row.stage for row in rows] == ["awareness", "decision", "decision"]


def test_tie_leaves_the_head_out_and_keeps_the_others() -> None:
    """One against one: no stage is learned of this text, its strategy is."""
    checked = check_examples([example(PROSE, 1, stage="awareness", strategy="lead-gen"), example(PROSE, 2, stage="decision", strategy="lead-gen")])
    assert [(one.stage, one.strategy) for one in checked.examples] == [("", "lead-gen")]
    assert "no stage is used" in checked.notes[0]


def test_text_without_a_label_left_is_not_used() -> None:
    """Where its only labels contradict each other."""
    checked = check_examples([example(PROSE, 1, stage="awareness"), example(PROSE, 2, stage="decision")])
    assert not checked.examples
    assert any("has no label left" in note for note in checked.notes)


def test_same_text_with_the_same_labels_counts_once() -> None:
    """Case and line ends make no other text."""
    checked = check_examples([example(PROSE, 1, stage="decision"), example(PROSE.upper(), 2, stage="decision")])
    assert len(checked.examples) == 1
    assert "1 row repeats the text and labels of another" in checked.notes[0]


def test_blank_text_is_left_out() -> None:
    """And counted."""
    checked = check_examples([*enough(), Example(piece_of(title="Nothing here"), stage="awareness")])
    assert len(checked.examples) == len(enough())
    assert checked.notes == ("1 example without a word of text, left out.",)


def test_one_label_only_and_few_of_a_label_are_said() -> None:
    """Each in one line with its figures."""
    few = [replace(one, stage="awareness", gate="soft-gate" if number < 2 else "gated", format="") for number, one in enumerate(enough())]
    notes = check_examples(few).notes
    assert any(note.startswith("Every stage given is awareness") for note in notes)
    assert any("Of gate, some labels have fewer than 5 examples: soft-gate (2)." in note for note in notes)
    assert any(note.startswith("No example has a format") for note in notes)
    assert len(notes) == 3


def test_near_copies_are_counted() -> None:
    """With their number and the rows of one group."""
    rows = [*enough(), example(f"{TEXTS[0]} Today.", 99, stage="decision")]
    assert any("2 examples are near copies of each other, in 1 group (such as labels.csv#0, labels.csv#99)" in note for note in check_examples(rows).notes)


def test_gate_of_today_is_asked_about() -> None:
    """Labels out of a column "gated" may be what the site does; a column "gate" is taken at its word."""
    told = [replace(one, piece=replace(one.piece, metadata=(("gated", "yes"),))) for one in enough()]
    assert any("12 gate labels read from a column named 'gated'" in note for note in check_examples(told).notes)
    plain = [replace(one, piece=replace(one.piece, metadata=(("gated", "yes"), ("gate", "gated")))) for one in enough()]
    assert check_examples(plain).notes == ()


def test_no_examples_are_no_trouble() -> None:
    """Nothing in, nothing out."""
    assert check_examples([]) == check_examples(())
    assert check_examples([]).examples == ()
