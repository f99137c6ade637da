"""Read, extract, classify, advise: one piece or many, in order, in one process or several."""

import contextlib
import datetime
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from gating.advice.flags import flags_by_rule
from gating.assess import Assessor, assess_paths
from gating.errors import SourceError
from gating.records import Finding, Piece, Skipped
from gating.report.record import record_of
from tests.builders import PROSE, piece_of, verdict_of
from tests.conftest import Read

TODAY = datetime.date(2026, 6, 15)


@pytest.fixture
def on_a_day(assessor: Assessor) -> Assessor:
    """An assessor for whom it is always 15 June 2026."""
    return replace(assessor, today=TODAY)


@pytest.fixture(scope="module")
def sample_results(samples: Path, assessor: Assessor) -> list[Finding | Skipped]:
    """All samples, scored in one process."""
    return list(assess_paths([str(samples)], assessor))


def expected_sources(samples: Path) -> Iterator[str]:
    lines = (samples.parent / "EXPECTED.tsv").read_text(encoding="utf-8").splitlines()[1:]
    return (line.split("\t")[0] for line in lines)


def test_every_sample_is_a_scored_piece(samples: Path, sample_results: list[Finding | Skipped]) -> None:
    """Fourteen files, twenty-seven pieces, none of them lost or skipped."""
    found = [result.piece.source.removeprefix(f"{samples}/") for result in sample_results if isinstance(result, Finding)]
    assert sorted(found) == sorted(expected_sources(samples))
    assert len(found) == len(sample_results)


def test_rows_and_files_come_in_order(samples: Path, sample_results: list[Finding | Skipped]) -> None:
    """Files by name, the rows of a table in the table's order."""
    found = [result.piece.source.removeprefix(f"{samples}/") for result in sample_results if isinstance(result, Finding)]
    assert found == sorted(found, key=lambda source: (source.partition("#")[0], int(source.partition("#")[2] or 0)))


def test_titles_of_the_samples(samples: Path, sample_results: list[Finding | Skipped]) -> None:
    """Every reader finds the title that a person would give (a page's may carry its site's name)."""
    lines = (samples.parent / "EXPECTED.tsv").read_text(encoding="utf-8").splitlines()[1:]
    titles = {line.split("\t")[0]: line.split("\t")[1] for line in lines}
    found = {result.piece.source.removeprefix(f"{samples}/"): result.piece.title for result in sample_results if isinstance(result, Finding)}
    assert {source: title for source, title in titles.items() if not found[source].startswith(title)} == {}


def test_most_samples_get_their_strategy(samples: Path, sample_results: list[Finding | Skipped]) -> None:
    """A smoke test of model and features together: three samples in four, far above chance, far below the measured accuracy."""
    lines = (samples.parent / "EXPECTED.tsv").read_text(encoding="utf-8").splitlines()[1:]
    wanted = {line.split("\t")[0]: line.split("\t")[2] for line in lines}
    right = [wanted[result.piece.source.removeprefix(f"{samples}/")] == result.verdict.strategy.label for result in sample_results if isinstance(result, Finding)]
    assert sum(right) >= 0.75 * len(right)


@pytest.mark.slow
def test_two_processes_give_the_same_records(samples: Path, assessor: Assessor, sample_results: list[Finding | Skipped]) -> None:
    """Whatever the number of processes: the same records to the last digit, in the same order."""
    assert [record_of(result) for result in assess_paths([str(samples)], assessor, jobs=2)] == [record_of(result) for result in sample_results]


def test_workers_look_where_the_caller_stands(assessor: Assessor, tmp_path: Path) -> None:
    """Relative paths are read from the folder of the call, also by workers that an earlier call started elsewhere."""
    for name in ("first", "second"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / f"{name}.md").write_text(PROSE, encoding="utf-8")
        with contextlib.chdir(folder):
            (result,) = assess_paths([f"{name}.md"], assessor, jobs=2)
        assert isinstance(result, Finding)


def test_piece_scores_alone_as_in_a_batch(samples: Path, assessor: Assessor, sample_results: list[Finding | Skipped]) -> None:
    """What else is in the folder does not move a score."""
    source = str(samples / "what-is-cold-chain-drift.md")
    (alone,) = assess_paths([source], assessor)
    (among,) = [result for result in sample_results if isinstance(result, Finding) and result.piece.source == source]
    assert alone == among


def test_skipped_inputs_stand_at_their_place(tmp_path: Path, assessor: Assessor) -> None:
    """A file that cannot be read is a result between its neighbours."""
    (tmp_path / "a.md").write_text(PROSE)
    (tmp_path / "b.md").write_text("")
    (tmp_path / "c.docx").write_bytes(b"PK\x03\x04 broken")
    (tmp_path / "d.png").write_bytes(b"\x89PNG")
    (tmp_path / "e.md").write_text(PROSE)
    results = list(assess_paths([str(tmp_path)], assessor))
    assert [type(result) for result in results] == [Finding, Skipped, Skipped, Skipped, Finding]


def test_every_input_has_an_id_of_its_own(tmp_path: Path, assessor: Assessor) -> None:
    """Scored or not: the id is made from the source, differs between inputs and is the same in every run."""
    (tmp_path / "a.md").write_text(PROSE)
    (tmp_path / "b.md").write_text("")
    (tmp_path / "c.docx").write_bytes(b"PK\x03\x04 broken")
    (tmp_path / "d.png").write_bytes(b"\x89PNG")
    (tmp_path / "e.csv").write_text("title\nno text here\n")
    first, second = ([record_of(result)["id"] for result in assess_paths([str(tmp_path)], assessor)] for _ in range(2))
    assert first == second
    assert all(first)
    assert len(set(first)) == 5


def test_exclude_reaches_the_walk(tmp_path: Path, assessor: Assessor) -> None:
    """Patterns given to assess_paths leave files out."""
    (tmp_path / "a.md").write_text(PROSE)
    (tmp_path / "b.md").write_text(PROSE)
    (result,) = assess_paths([str(tmp_path)], assessor, exclude=["b*"])
    assert isinstance(result, Finding)
    assert result.piece.source.endswith("a.md")


@pytest.mark.parametrize("jobs", [1, 2])
def test_missing_path_is_an_error_for_any_number_of_processes(tmp_path: Path, assessor: Assessor, jobs: int) -> None:
    """The sentence reaches the caller."""
    with pytest.raises(SourceError, match="nowhere"):
        list(assess_paths([str(tmp_path / "nowhere.md")], assessor, jobs=jobs))


@pytest.mark.parametrize(("words", "thin"), [(20, True), (79, True), (80, False), (200, False)])
def test_thin_flag_follows_the_number_of_words(assessor: Assessor, words: int, thin: bool) -> None:
    """Under eighty words a piece is thin."""
    text = " ".join((PROSE.split() * 5)[:words])
    assert ("thin" in assessor.assess(piece_of(text)).verdict.flags) is thin


def invitation(date: str) -> str:
    return f"Register now and save your seat: a breakfast about pears, {date}. {PROSE}"


def is_stale(assessor: Assessor, text: str, kind: str = "webinar") -> bool:
    verdict = verdict_of("lead-gen", "consideration", "gated", kind)
    return "stale" in flags_by_rule(piece_of(text), verdict, assessor.settings.limits, assessor.today)


@pytest.mark.parametrize(
    ("date", "stale"),
    [
        ("14 June 2026", True), ("15 June 2026", False), ("16 June 2026", False), ("June 1, 2026", True), ("Jun 30, 2026", False),
        ("on the 3rd of May 2026", True), ("3 May 2026 and again on 4 July 2026", False), ("31 February 2026", False), ("next Thursday", False),
    ],
)  # fmt: skip
def test_invitation_is_stale_after_its_last_date(on_a_day: Assessor, date: str, stale: bool) -> None:
    """An event is over the day after its last date; no date, or none that exists, says nothing."""
    assert is_stale(on_a_day, invitation(date)) is stale


def test_article_with_an_old_date_is_not_stale(on_a_day: Assessor) -> None:
    """Only what invites to an event can be over."""
    assert not is_stale(on_a_day, invitation("3 May 2020"), kind="article")


def test_event_without_an_invitation_is_not_stale(on_a_day: Assessor) -> None:
    """A recap names a past date and asks nobody to come."""
    assert not is_stale(on_a_day, f"We met on 3 May 2020 and talked about pears. {PROSE}")


def test_stale_flag_reaches_the_verdict(on_a_day: Assessor, samples: Path) -> None:
    """The registration page among the samples is stale to a reader of the next century, and not to one before the event."""
    (result,) = assess_paths([str(samples / "webinar-registration.html")], replace(on_a_day, today=datetime.date(2100, 1, 1)))
    (before,) = assess_paths([str(samples / "webinar-registration.html")], replace(on_a_day, today=datetime.date(2020, 1, 1)))
    assert isinstance(result, Finding)
    assert isinstance(before, Finding)
    assert "stale" in result.verdict.flags
    assert "stale" not in before.verdict.flags


def test_probabilities_are_shares(assessor: Assessor, read: Read) -> None:
    """Every head's probabilities lie in 0..1 and sum to 1, and the label is the likeliest."""
    piece = read("draft.md", f"# Crates\n\n{PROSE}\n")
    assert isinstance(piece, Piece)
    verdict = assessor.assess(piece).verdict
    for head in ("strategy", "stage", "gate", "format"):
        answer = verdict.head(head)
        assert sum(answer.probabilities) == pytest.approx(1)
        assert all(0 <= chance <= 1 for chance in answer.probabilities)
        assert answer.confidence == max(answer.probabilities)


def test_quotes_are_words_of_the_piece_at_their_line(assessor: Assessor, read: Read) -> None:
    """Every quote stands in the block on the line that it names."""
    piece = read("draft.md", f"---\ntitle: Crates\n---\n\n# Counting crates\n\n{PROSE}\n\n- Book a visit\n")
    assert isinstance(piece, Piece)
    evidence = assessor.assess(piece, quotes=3).advice.evidence
    assert evidence
    for item in evidence:
        assert any(block.line == item.line and item.quote in " ".join(block.text.split()) for block in piece.blocks)
