"""A baseline: what is known of a piece is not reported until the piece changes."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from gating.errors import SourceError
from gating.reading.digests import piece_digest
from gating.records import Finding, Link, ObservedGate
from gating.report.baseline import baseline_text, entry_of, load_baseline, reported_of, silenced
from tests.builders import PROSE, finding_of, piece_of


def reported(source: str = "posts/a.md", id_: str = "7", action: str = "ungate", text: str = PROSE) -> Finding:
    finding = finding_of(replace(piece_of(text), source=source, id=id_))
    return replace(finding, advice=replace(finding.advice, action=action, review=action == "review"))


@pytest.fixture(autouse=True)
def working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sources are paths, told from the folder of the run."""
    monkeypatch.chdir(tmp_path)


def written(folder: Path, *findings: Finding) -> Path:
    file = folder / "known.json"
    file.write_text(baseline_text(entry_of(one.piece, reported_of(one), folder) for one in findings if reported_of(one)), encoding="utf-8")
    return file


def test_known_findings_are_silent_and_said_to_be(tmp_path: Path) -> None:
    """The piece keeps its labels; the action becomes keep, and nobody is asked."""
    for action in ("ungate", "review"):
        file = written(tmp_path, reported(action=action))
        advice = silenced(reported(action=action), load_baseline(file)).advice
        assert (advice.action, advice.review, advice.ignored, advice.ignored_reason) == ("keep", False, (action,), f"known in {file}")


@pytest.mark.parametrize(
    "other",
    [reported(text=PROSE + " And more."), reported(action="review"), reported(source="posts/b.md", id_="8"), reported(action="keep")],
    ids=["changed text", "another finding", "another piece", "nothing to silence"],
)
def test_anything_else_is_reported(tmp_path: Path, other: Finding) -> None:
    """Only this finding on this content of this piece is known."""
    assert silenced(other, load_baseline(written(tmp_path, reported()))) == other


@pytest.mark.parametrize("same", [reported(source="./posts/a.md", id_="9"), reported(source="export.xml#4"), reported(source="posts//a.md", id_="9")])
def test_a_piece_is_known_by_its_id_or_its_source(tmp_path: Path, same: Finding) -> None:
    """A place in an export moves, and a path may be written otherwise."""
    assert silenced(same, load_baseline(written(tmp_path, reported()))).advice.action == "keep"


@pytest.mark.parametrize(("folder", "source"), [("..", "site/posts/a.md"), ("posts", "a.md"), ("posts", "../posts/a.md")])
def test_a_piece_is_known_from_any_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str, source: str) -> None:
    """Its path is told from the baseline's folder, wherever gating is run; an address is the same everywhere."""
    site = tmp_path / "site"
    (site / "posts").mkdir(parents=True)
    monkeypatch.chdir(site)
    kept = written(site, reported(), reported("s3://bucket/b.md", "8"))
    monkeypatch.chdir(folder)
    baseline = load_baseline(kept)
    assert silenced(reported(source=source, id_="another"), baseline).advice.action == "keep"
    assert silenced(reported("s3://bucket/b.md", "another"), baseline).advice.action == "keep"
    assert silenced(reported(source="drafts/a.md", id_="another"), baseline).advice.action == "ungate"


def test_content_is_what_a_reader_meets(tmp_path: Path) -> None:
    """A changed link or form is a change; front matter and line numbers are none."""
    piece = reported().piece
    shifted = replace(piece, blocks=tuple(replace(block, line=block.line + 9) for block in piece.blocks), metadata=(("gating_scores.gate", "ungated"),))
    assert piece_digest(shifted) == piece_digest(piece)
    changed = [replace(piece, links=(Link("the kit", "/kit"),)), replace(piece, observed=ObservedGate("gated")), replace(piece, title="Another")]
    assert piece_digest(piece) not in map(piece_digest, changed)


def test_the_file_is_sorted_with_a_piece_a_line(tmp_path: Path) -> None:
    """So that version control shows a change as a line, whatever the order of reading; a piece without a finding has none."""
    file = written(tmp_path, reported("b.md", "2"), reported("a.md", "1", "review"), reported("c.md", "3", "keep"))
    assert [entry["source"] for entry in json.loads(file.read_text())["pieces"]] == ["a.md", "b.md"]
    assert [line.partition('"id"')[0] for line in file.read_text().splitlines()[1:-1]] == ['{"source": "a.md", ', '{"source": "b.md", ']
    assert load_baseline(written(tmp_path)).known == frozenset()


@pytest.mark.parametrize("text", ["", "[]", '{"pieces": []}', '{"baseline": 2, "pieces": [{"id": "1"}]}', '{"baseline": 2, "pieces": 3}', '{"baseline": 1, "pieces": []}', "\\xff"])
def test_what_is_no_baseline_is_refused(tmp_path: Path, text: str) -> None:
    """An empty file would silence nothing, and nobody would notice."""
    (tmp_path / "known.json").write_bytes(text.encode("latin-1"))
    with pytest.raises(SourceError, match=r"known\.json: is .*--write-baseline"):
        load_baseline(tmp_path / "known.json")


def test_a_baseline_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    """A slip in its name would otherwise report all that is known."""
    with pytest.raises(SourceError, match="cannot be read"):
        load_baseline(tmp_path / "none.json")
