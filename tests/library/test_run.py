"""An audit from files to findings: what is new or changed is scored, the rest comes from the journal."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from gating.assess import Assessor
from gating.library.journal import Changes, Journal
from gating.library.run import Outcome, Request, run_audit
from gating.records import LibraryPiece, Skipped

POSTS = {
    "hives.md": "# Why hives die in spring\n\nMost hives that die in March were weak in October. We opened forty of them and wrote down what we found, week by week.",
    "frames.md": "# What a frame should weigh\n\nA full frame weighs between two and three kilograms. Weigh ten of them in August and you know what to feed in winter.",
    "demo.md": "# Book a demo\n\nSee the hive scale at work on your own stand. Fill in the form and we call you within a day. [Book a demo](/demo)",
}


@pytest.fixture
def drafts(tmp_path: Path) -> Path:
    """A folder of three pieces."""
    folder = tmp_path / "drafts"
    folder.mkdir()
    for name, text in POSTS.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def scored(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The titles of the pieces that were scored and kept, as they come (the scoring itself is done in other processes)."""
    titles: list[str] = []
    plain = Journal.add

    def add(self: Journal, source: str, digest: bytes, place: int, result: LibraryPiece | Skipped) -> None:
        if isinstance(result, LibraryPiece):
            titles.append(result.finding.piece.title)
        plain(self, source, digest, place, result)

    monkeypatch.setattr(Journal, "add", add)
    return titles


@pytest.fixture
def audit(drafts: Path, tmp_path: Path, assessor: Assessor) -> Callable[..., Outcome]:
    """Audits the folder; keywords go into the request."""

    def run(using: Assessor = assessor, **asked: object) -> Outcome:
        return run_audit(Request((str(drafts),), **asked), using, tmp_path, {})  # type: ignore[arg-type]

    return run


def test_unchanged_pieces_are_not_scored_again(audit: Callable[..., Outcome], scored: list[str]) -> None:
    """A second audit of the same folder scores nothing and says the same."""
    first = audit()
    assert len(scored) == 3
    second = audit()
    assert len(scored) == 3
    assert second.audit == first.audit
    assert (first.changes.added, second.changes.unchanged) == (3, 3)


def test_changed_added_and_deleted_pieces_are_noticed(audit: Callable[..., Outcome], scored: list[str], drafts: Path) -> None:
    """Only what changed or came is scored; what went is gone from the audit."""
    audit()
    scored.clear()
    (drafts / "hives.md").write_text(POSTS["hives.md"].replace("forty", "fifty"), encoding="utf-8")
    (drafts / "demo.md").unlink()
    (drafts / "queens.md").write_text(POSTS["frames.md"].replace("frame", "queen cage"), encoding="utf-8")
    outcome = audit()
    assert len(scored) == 2
    changes = outcome.changes
    assert (changes.added, changes.changed, changes.unchanged, changes.deleted) == (1, 1, 1, 1)
    assert sorted(Path(piece.library.finding.piece.source).name for piece in outcome.audit.pieces) == ["frames.md", "hives.md", "queens.md"]


def test_changed_row_of_a_table_costs_that_row_only(tmp_path: Path, assessor: Assessor, scored: list[str]) -> None:
    """A table is not one input but as many as it has rows."""
    table = tmp_path / "library.csv"

    def write(*texts: str) -> None:
        table.write_text("title,text\n" + "".join(f'Piece {number},"{text}"\n' for number, text in enumerate(texts)), encoding="utf-8")

    texts = [" ".join(text.split("\n\n")[1:]) for text in POSTS.values()]
    write(*texts)
    run_audit(Request((str(table),)), assessor, tmp_path, {})
    scored.clear()
    write(texts[0], texts[1].replace("August", "July"), texts[2])
    run_audit(Request((str(table),)), assessor, tmp_path, {})
    assert scored == ["Piece 1"]


def test_killed_audit_goes_on(audit: Callable[..., Outcome], scored: list[str], drafts: Path, tmp_path: Path, assessor: Assessor) -> None:
    """What was scored before the interruption is not scored again, and the result is that of an audit that was never interrupted."""

    def interrupt(inputs: int, now: int) -> None:
        if now == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_audit(Request((str(drafts),)), assessor, tmp_path, {}, interrupt)
    assert len(scored) == 2
    outcome = audit()
    assert outcome.resumed
    assert len(scored) == 3
    other = tmp_path / "other"
    other.mkdir()
    assert run_audit(Request((str(drafts),)), assessor, other, {}).audit == outcome.audit


def test_other_policy_never_mixes_with_old_rows(audit: Callable[..., Outcome], scored: list[str], assessor: Assessor) -> None:
    """Under another policy every piece is scored anew; company stage and pipeline speak of the library and change no score."""
    audit()
    open_policy = replace(assessor, settings=replace(assessor.settings, policy="open"))
    assert audit(open_policy).audit.policy == "open"
    assert len(scored) == 6
    audit(replace(open_policy, settings=replace(open_policy.settings, company_stage="established")))
    assert len(scored) == 6


def test_limit_looks_at_the_first_inputs_only(audit: Callable[..., Outcome], scored: list[str]) -> None:
    """Two of three; the third is scored by the next whole audit."""
    assert len(audit(limit=2).audit.pieces) == 2
    assert len(audit().audit.pieces) == 3
    assert len(scored) == 3


def test_since_leaves_out_older_pieces(audit: Callable[..., Outcome], drafts: Path) -> None:
    """A piece with an older date is left out, one without a date is kept."""
    (drafts / "hives.md").write_text(f"---\ndate: 2021-04-01\n---\n{POSTS['hives.md']}", encoding="utf-8")
    (drafts / "frames.md").write_text(f"---\ndate: 2026-04-01\n---\n{POSTS['frames.md']}", encoding="utf-8")
    kept = {Path(piece.library.finding.piece.source).name for piece in audit(since="2025-01-01").audit.pieces}
    assert kept == {"frames.md", "demo.md"}


def test_processes_do_not_change_the_audit(audit: Callable[..., Outcome], drafts: Path, tmp_path: Path, assessor: Assessor, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two processes give the audit that one gives, also where there is more to do than they take at first."""
    monkeypatch.setattr("gating.reading.PIECES_AT_ONCE", 1)
    for number in range(20):
        (drafts / f"{number:02}.md").write_text(POSTS["hives.md"].replace("forty", f"{number + 50}").replace("October", f"week {number}"), encoding="utf-8")
    other = tmp_path / "other"
    other.mkdir()
    assert run_audit(Request((str(drafts),), jobs=2), assessor, other, {}).audit == audit().audit


@pytest.fixture
def published(drafts: Path, tmp_path: Path, assessor: Assessor) -> Callable[..., Outcome]:
    """Audits the folder as the command does: what is published is a note that stands until `standing` says otherwise."""

    def run(using: Assessor = assessor, standing: bool = True, **asked: object) -> Outcome:
        request = Request((str(drafts),), **asked)  # type: ignore[arg-type]
        return run_audit(request, using, tmp_path, {}, publish=lambda audit: b"%d pieces" % len(audit.pieces), stands=lambda note: standing)

    return run


def test_nothing_is_done_where_nothing_has_changed(published: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch) -> None:
    """No input is read and nothing looked at; the note of the run that published is given again, however often."""
    published()
    monkeypatch.setattr("gating.library.run.score_changed", lambda *given: pytest.fail("inputs were read"))
    for _ in range(2):
        again = published()
        assert (again.audit, again.note, again.changes) == (None, b"3 pieces", Changes(0, 0, 3, 0))


def test_what_does_not_stand_is_published_again(published: Callable[..., Outcome]) -> None:
    """Somebody deleted or changed a report."""
    published()
    assert published(standing=False).audit is not None


def test_any_change_has_the_library_looked_at(published: Callable[..., Outcome], drafts: Path, assessor: Assessor) -> None:
    """Of an input, of what is asked for, of a setting about the library; and a run that was killed is no run."""
    published()
    (drafts / "frames.md").write_text(POSTS["frames.md"].replace("August", "Juli  "), encoding="utf-8")
    assert published().changes.changed == 1
    assert published(since="2020-01-01").audit is not None
    assert published(replace(assessor, settings=replace(assessor.settings, company_stage="established"))).audit is not None
    (drafts / "hives.md").unlink()
    assert published().audit is not None


def test_an_interrupted_run_leaves_nothing_to_rely_on(published: Callable[..., Outcome], drafts: Path, tmp_path: Path, assessor: Assessor) -> None:
    """What stood before it may be half replaced."""

    def interrupt(audit: object) -> bytes:
        raise KeyboardInterrupt

    published()
    text = (drafts / "hives.md").read_text(encoding="utf-8")
    (drafts / "hives.md").write_text(text + " Again.", encoding="utf-8")
    with pytest.raises(KeyboardInterrupt):
        run_audit(Request((str(drafts),)), assessor, tmp_path, {}, publish=interrupt)
    assert published().audit is not None
