"""Files that a reader once failed on, most of them found by scripts/fuzz. Each is read soundly, in time, and gives what it should."""

import csv
import time
from pathlib import Path

import pytest

from gating.records import Piece
from tests.properties.here import read_here

FOLDER = Path(__file__).with_name("regressions")
LIST = "EXPECTED.tsv"  # of each file: the target of scripts/fuzz that found it, "piece" or how its reason begins, and words that the piece holds
EXPECTED = {row["file"]: row for row in csv.DictReader((FOLDER / LIST).read_text(encoding="utf-8").splitlines(), delimiter="\t")}
SECONDS = 5.0  # of processor time


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_file_is_read_as_it_should(name: str) -> None:
    """No mistake of a reader, no warning, nothing hidden in the piece; its words are there, or the reason is the right one."""
    before = time.process_time()
    results = read_here(name, (FOLDER / name).read_bytes())
    assert time.process_time() - before < SECONDS
    expected = EXPECTED[name]
    pieces = [result for result in results if isinstance(result, Piece)]
    if expected["result"] == "piece":
        assert expected["words"] in " ".join(block.text for piece in pieces for block in piece.blocks)
    else:
        assert not pieces
        assert any(result.reason.startswith(expected["result"]) for result in results if not isinstance(result, Piece))


def test_every_file_is_listed() -> None:
    """What is kept is tried."""
    assert {file.name for file in FOLDER.iterdir()} - {LIST} == set(EXPECTED)
