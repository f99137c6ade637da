import itertools
import json
import shutil

import numpy as np
import pytest

from gating.classifier.bundle import CARD, current_version, shipped_folder
from gating.classifier.second_reader import BUDGET, MAKER, MODEL, OMITTED, START, STOP, SecondReader, Unit, page_tokens, page_units
from gating.errors import BundleError
from gating.records import HEADS, LABELS, Block, BlockKind
from tests.builders import PROSE, piece_of

pytest.importorskip("onnxruntime", reason="the extra gating[accurate] is not installed")


@pytest.fixture(scope="module")
def reader():
    return SecondReader(shipped_folder("second"))


def test_probabilities_of_every_head(reader):
    """A piece gets a probability for each label, and each head's sum to 1."""
    found = reader.read(piece_of("We asked the growers what a crate costs.", PROSE, title="What a crate costs"))
    for head in HEADS:
        assert found[head].shape == (len(LABELS[head]),)
        assert found[head].sum() == pytest.approx(1.0, abs=1e-4)


def test_a_demo_form_and_an_essay_are_told_apart(reader):
    """What nobody would confuse, it does not: labels come in our order, not in the file's."""
    form = piece_of(Block(BlockKind.HEADING, "Request a demo", 1), "Tell us about your team and we will call you.", Block(BlockKind.FIELD, "Work email *"),
                    Block(BlockKind.FIELD, "Company *"), Block(BlockKind.BUTTON, "Book my demo"), title="Request a demo")  # fmt: skip
    essay = piece_of("Why do orchards lose fruit?", PROSE, PROSE.replace("crate", "basket"), title="Why orchards lose fruit")
    asked, told = reader.read(form), reader.read(essay)
    assert LABELS["strategy"][int(asked["strategy"].argmax())] == "lead-gen"
    assert LABELS["format"][int(asked["format"].argmax())] == "conversion"
    assert LABELS["strategy"][int(told["strategy"].argmax())] == "demand-gen"
    assert LABELS["format"][int(told["format"].argmax())] == "article"


def test_same_piece_same_numbers(reader):
    """Reading twice gives the same bits."""
    piece = piece_of(PROSE, title="Crates")
    first, second = reader.read(piece), reader.read(piece)
    assert all((first[head] == second[head]).all() for head in HEADS)


def test_an_empty_title_and_no_text_can_be_read(reader):
    """Nothing at all is two tokens, no error."""
    assert page_tokens(page_units(piece_of(title=""), reader.tokenizer)) == [START, STOP]
    assert reader.read(piece_of(title=""))["stage"].sum() == pytest.approx(1.0, abs=1e-4)


def test_a_long_page_keeps_within_the_budget(reader):
    """Two hundred long blocks are cut to the budget: head, a mark for what is left out, and the end."""
    tokens = page_tokens(page_units(piece_of(*[f"{PROSE} {number}" for number in range(200)]), reader.tokenizer))
    assert len(tokens) == BUDGET
    assert OMITTED in tokens


def test_every_block_gets_as_many_words_as_fit():
    """Two long blocks in a small budget are both cut, neither is lost."""
    units = [Unit(9, tuple(range(200, 240)), tuple(range(1, 41))), Unit(17, tuple(range(300, 340)), tuple(range(1, 41)))]
    tokens = page_tokens(units, budget=2 + 2 * (1 + 11))
    assert tokens == [START, 9, *range(200, 211), 17, *range(300, 311), STOP]


def test_the_makers_name_becomes_one_token(reader):
    """A name in several word pieces is one mark, so that no maker is learned by heart."""
    piece = piece_of(*[f"Sluicehearth reads the {what} and Sluicehearth sends a note when one drifts." for what in ("pumps", "valves", "meters", "tanks")], title="Sluicehearth")
    tokens = page_tokens(page_units(piece, reader.tokenizer))
    assert tokens.count(MAKER) == 9
    assert all((one, other) != (MAKER, MAKER) for one, other in itertools.pairwise(tokens))


def test_the_mean_of_two_readings(reader):
    """Where both agree nothing changes; where they differ the result lies between and sums to 1."""
    first = {"stage": np.array([0.8, 0.1, 0.1])}
    assert reader.combine(first, first)["stage"] == pytest.approx(first["stage"])
    mixed = reader.combine(first, {"stage": np.array([0.1, 0.1, 0.8])})["stage"]
    assert 0.1 < mixed[0] < 0.8
    assert mixed.sum() == pytest.approx(1.0)


@pytest.mark.parametrize("damage", ["model", "card", "labels", "missing"])
def test_a_damaged_second_reader_is_refused(tmp_path, damage):
    """A changed model, a foreign card, other labels or a missing file is one sentence."""
    shutil.copytree(current_version(shipped_folder("second")), tmp_path / "1")
    card = json.loads((tmp_path / "1" / CARD).read_text())
    if damage == "model":
        (tmp_path / "1" / MODEL).write_bytes(b"not a model")
    elif damage == "missing":
        (tmp_path / "1" / MODEL).unlink()
    else:
        card["kind" if damage == "card" else "labels"] = "something else" if damage == "card" else {"strategy": ["yes", "no"]}
        (tmp_path / "1" / CARD).write_text(json.dumps(card))
    with pytest.raises(BundleError, match=r"second reader|digest|cannot be read"):
        SecondReader(tmp_path / "1").read(piece_of(PROSE))
