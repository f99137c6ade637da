"""Scores belong to the piece: not to its neighbours, its place, the number of processes, or what was scored before."""

import contextlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gating.assess import Assessor, assess_paths, make_assessor
from gating.classifier.second_reader import is_installed
from gating.records import HEADS, Block, BlockKind, Piece
from gating.report.record import record_of
from gating.settings import DEFAULTS_FILE, SecondReading, load_settings
from tests.builders import PROSE, piece_of
from tests.exports import BREAD
from tests.properties.here import SETTINGS, examples

Record = dict[str, Any]
ALONE = replace(SETTINGS, second_reader=SecondReading(below=0.0))  # the small reader alone: fast, and no part of the extra
TWELVE = [
    piece_of(PROSE, title="Counting crates"),
    piece_of("Book a demo of the crate counter and see your own barn on the map within thirty minutes.", Block(BlockKind.BUTTON, "Book a demo"), title="See it"),
    piece_of("We surveyed 412 orchards. Download the report to read what they told us of their crates.", Block(BlockKind.FIELD, "Work email *"), title="State of crates"),
    piece_of("Small 9 euros, large 19 euros a month, all with the spare battery and a keeper to call.", title="Pricing"),
    piece_of("Set the crate down, count the pears, write the number on the lid, and carry on with the next.", title="How to count"),
    piece_of(BREAD, Block(BlockKind.HEADING, "What the bakers wrote down", 2), PROSE, title="Rye losses"),
    piece_of("Crate counter against paper lists: what each costs in a year, and where each of them fails in the rain.", title="Counter or paper?"),
    piece_of("Last winter Lindmoor Orchards lost one crate in nine. With the counter: one in forty.", Block(BlockKind.QUOTE, "We sleep again, says the keeper."), title="Lindmoor"),
    piece_of("Version 4.2 counts half crates. The app no longer forgets the barn after an update of the phone.", title="What is new"),
    piece_of("POST /crates takes a JSON object with barn and count.", Block(BlockKind.CODE, 'curl -d \'{"count": 3}\' /crates'), title="API"),
    piece_of("Reserve your seat for the webinar on cold barns, with a keeper and a driver on the panel.", Block(BlockKind.FIELD, "First name *"), title="Webinar"),
    piece_of("Type in how many crates you lose in a week and see what they were worth at the market.", Block(BlockKind.BUTTON, "Calculate"), title="Loss calculator"),
]  # fmt: skip
PIECES = [replace(piece, id=f"p{number}", source=f"p{number}.md") for number, piece in enumerate(TWELVE)]


@pytest.fixture(scope="module")
def alone() -> Assessor:
    """The shipped model without its second reader."""
    return make_assessor(ALONE)


@pytest.fixture(scope="module")
def expected(alone: Assessor) -> list[Record]:
    """The record of each piece, scored one by one."""
    return [record_of(alone.assess(piece)) for piece in PIECES]


@examples(10)
@given(order=st.permutations(range(len(PIECES))), again=st.lists(st.integers(0, len(PIECES) - 1), max_size=4))
def test_order_never_changes_a_record(alone: Assessor, expected: list[Record], order: list[int], again: list[int]) -> None:
    """Shuffled, and some of them a second time: nothing is remembered from one piece to the next."""
    for number in [*order, *again]:
        assert record_of(alone.assess(PIECES[number])) == expected[number]


def test_a_fresh_assessor_gives_the_same_records(expected: list[Record]) -> None:
    """Nothing is learned while scoring, and nothing depends on what was loaded when."""
    fresh = make_assessor(ALONE)
    assert [record_of(fresh.assess(piece)) for piece in reversed(PIECES)] == expected[::-1]


KINDS = st.sampled_from(list(BlockKind))
WORDS = st.text(alphabet=st.sampled_from(list("abcdefgh éß,.!?'\"-(1")), min_size=1, max_size=80).filter(lambda text: any(letter.isalnum() for letter in text))
BLOCKS = st.lists(st.builds(Block, KINDS, WORDS, st.integers(0, 6), st.integers(0, 99)), min_size=1, max_size=12)


@examples(20)
@given(blocks=BLOCKS, title=st.text(max_size=40))
def test_any_blocks_give_shares(alone: Assessor, blocks: list[Block], title: str) -> None:
    """Every probability lies in 0..1, each head's sum to 1, the stage score lies in 0..100, and the gate score adds up."""
    finding = alone.assess(piece_of(*blocks, title=title))
    for head in HEADS:
        chances = finding.verdict.head(head).probabilities
        assert all(0 <= chance <= 1 for chance in chances)
        assert sum(chances) == pytest.approx(1)
    assert 0 <= finding.verdict.stage_score <= 100
    assert all(0 <= item.weight <= 1 for item in finding.advice.evidence)
    assert -3 <= finding.advice.gate_parts.total <= 6


@examples(20)
@given(blocks=BLOCKS, shift=st.integers(1, 5000))
def test_lines_move_nothing_but_the_quotes(alone: Assessor, blocks: list[Block], shift: int) -> None:
    """A file with other lines above its text has the same labels, probabilities and quotes, so many lines further down."""
    moved = [replace(block, line=block.line + shift) for block in blocks]
    before, after = alone.assess(piece_of(*blocks)), alone.assess(piece_of(*moved))
    assert after.verdict == before.verdict
    assert [item.quote for item in after.advice.evidence] == [item.quote for item in before.advice.evidence]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The twelve pieces as files, a table of them, an empty file and one that is no text."""
    files = tmp_path_factory.mktemp("twelve")
    for piece in PIECES:
        (files / piece.source).write_text(_as_markdown(piece), encoding="utf-8")
    rows = [{"id": piece.id, "title": piece.title, "text": " ".join(block.text for block in piece.blocks)} for piece in PIECES]
    (files / "all.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    (files / "empty.md").write_bytes(b"")
    (files / "broken.docx").write_bytes(b"PK\x03\x04broken")
    return files


def _as_markdown(piece: Piece) -> str:
    return f"# {piece.title}\n\n" + "\n\n".join(f"[{block.text}]" if block.kind is BlockKind.BUTTON else block.text for block in piece.blocks) + "\n"


def scored(paths: list[str], assessor: Assessor, jobs: int) -> list[Record]:
    return [record_of(result) for result in assess_paths(paths, assessor, jobs=jobs)]


def test_any_number_of_processes_gives_the_same_records(alone: Assessor, folder: Path) -> None:
    """One, two and three, in the same order; and whatever failed fails in the same words."""
    with contextlib.chdir(folder):
        one = scored(["."], alone, 1)
        assert len(one) == 2 * len(PIECES) + 2
        assert scored(["."], alone, 2) == one
        assert scored(["."], alone, 3) == one


def test_a_file_alone_gives_the_record_that_it_has_among_others(alone: Assessor, folder: Path) -> None:
    """Neither its neighbours nor its place in a batch are part of a score; nor is the order in which files are named."""
    with contextlib.chdir(folder):
        together = {record["source"]: record for record in scored(["."], alone, 2)}
        names = sorted(together, reverse=True)
        files = [name for name in names if "#" not in name]
        assert scored(files, alone, 1) == [together[name] for name in files]
        for name in files[:4]:
            assert scored([name], alone, 1) == [together[name]]


@pytest.mark.skipif(not is_installed(), reason="the extra gating[accurate] is not installed")
def test_the_second_reader_knows_no_order_either(folder: Path) -> None:
    """Every piece read twice: backwards, and in two processes, the records are the same to the last bit."""
    with contextlib.chdir(folder):
        twice = make_assessor(replace(load_settings(DEFAULTS_FILE), second_reader=SecondReading(below=1.0)))
        first = {piece.id: record_of(twice.assess(piece)) for piece in PIECES[:6]}
        assert {piece.id: record_of(twice.assess(piece)) for piece in reversed(PIECES[:6])} == first
        files = [piece.source for piece in PIECES[:4]]
        assert scored(files, twice, 2) == scored(files[::-1], twice, 1)[::-1]
