"""Which files get scores, and which are left alone."""

import json
from pathlib import Path

import pytest

from gating.report.write_back import CHANGED, Digests, Edit, diff_of, digests_of, plan_edits, scores_of, write_edits
from gating.settings import DEFAULTS_FILE, load_settings
from tests.builders import PROSE, finding_of, verdict_of

SCORES = {"stage": "awareness", "gate": "ungated"}
TABLE = f"title,text\nA,{PROSE.replace(',', '')}\nB,{PROSE.replace(',', '')}\n"
ALL = 1_000_000


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.md").write_text(f"---\ntitle: A\n---\n{PROSE}\n")
    (tmp_path / "rows.csv").write_text(TABLE)
    return tmp_path


def planned(digests: Digests, *sources: str) -> list[Edit]:
    return plan_edits([(source, SCORES) for source in sources], digests, load_settings(DEFAULTS_FILE))


def test_a_draft_is_edited_and_a_table_copied(folder: Path) -> None:
    """The table itself is never written; all its rows go into one copy."""
    digests = digests_of(["."], [], ALL)
    edits = write_edits(planned(digests, *(name for name in digests if name.endswith(".md")), *(f"{name}#{n}" for name in digests if name.endswith(".csv") for n in (1, 2))))
    assert [edit.why for edit in edits] == ["", ""]
    assert (folder / "a.md").read_text().startswith("---\ntitle: A\ngating_scores:\n  stage: awareness\n")
    assert (folder / "rows.csv").read_text() == TABLE
    assert (folder / "rows.gating.csv").read_text().count("awareness,ungated") == 2


def test_planning_writes_nothing_and_the_diff_shows_it_all(folder: Path) -> None:
    """What a dry run prints."""
    before = (folder / "a.md").read_bytes()
    (edit,) = planned(digests_of(["a.md"], [], ALL), "a.md")
    assert diff_of(edit).splitlines()[:2] == ["--- a.md", "+++ a.md"]
    assert [line for line in diff_of(edit).splitlines()[2:] if line.startswith(("+", "-"))] == ["+gating_scores:", "+  stage: awareness", "+  gate: ungated"]
    assert (folder / "a.md").read_bytes() == before
    assert sorted(file.name for file in folder.iterdir()) == ["a.md", "rows.csv"]


@pytest.mark.parametrize("name", ["a.md", "rows.csv"])
def test_a_file_that_changed_while_it_was_scored_is_left_alone(folder: Path, name: str) -> None:
    """The scores speak of what it was."""
    digests = digests_of([name], [], ALL)
    (folder / name).write_text((folder / name).read_text() + "more\n")
    (edit,) = write_edits(planned(digests, name if name == "a.md" else f"{name}#1"))
    assert (edit.why, edit.after) == (CHANGED, None)
    assert (folder / name).read_text().endswith("more\n")
    assert not (folder / "rows.gating.csv").exists()


@pytest.mark.parametrize("name", ["a.md", "rows.csv"])
def test_a_file_that_changed_after_the_plan_is_left_alone(folder: Path, name: str) -> None:
    """Somebody saved it in the editor just now."""
    edits = planned(digests_of([name], [], ALL), name if name == "a.md" else f"{name}#1")
    (folder / name).write_text("other\n")
    (edit,) = write_edits(edits)
    assert edit.why == CHANGED
    assert (folder / name).read_text() == "other\n"
    assert not (folder / "rows.gating.csv").exists()


def test_a_file_that_is_gone_is_not_made_anew(folder: Path) -> None:
    """Deleted between plan and writing."""
    edits = planned(digests_of(["a.md"], [], ALL), "a.md")
    (folder / "a.md").unlink()
    assert write_edits(edits)[0].why == CHANGED
    assert not (folder / "a.md").exists()


def test_a_copy_of_ours_is_replaced_and_a_file_of_yours_is_not(folder: Path) -> None:
    """By what it holds, not by its name."""
    digests = digests_of(["rows.csv"], [], ALL)
    copy = folder / "rows.gating.csv"
    copy.write_text("title,text,gating_scores.stage\nold,old,old\n")
    write_edits(planned(digests, "rows.csv#1"))
    assert "awareness" in copy.read_text()
    copy.write_text("my own notes\n")
    (edit,) = planned(digests, "rows.csv#1")
    assert "is there already and holds no gating_scores" in edit.why


def test_an_export_is_no_table(folder: Path) -> None:
    """Its pieces are counted otherwise, and nothing would read the scores there."""
    rows = [{"_id": str(number), "_type": "post", "title": "A", "body": PROSE} for number in range(3)]
    (folder / "data.ndjson").write_text("\n".join(map(json.dumps, rows)))
    (edit,) = planned(digests_of(["data.ndjson"], [], ALL), "data.ndjson#1")
    assert edit.why == "labels cannot be written into a Sanity dataset"


def test_a_row_that_is_not_there_means_that_rows_were_counted_otherwise(folder: Path) -> None:
    """Then no score can be trusted to its row."""
    (edit,) = planned(digests_of(["rows.csv"], [], ALL), "rows.csv#1", "rows.csv#7")
    assert "not those that were scored" in edit.why


def test_a_page_that_would_be_read_otherwise_is_left_alone(folder: Path) -> None:
    """Notion writes its properties above the text, where front matter would hide them."""
    name = f"Crates {'0123456789abcdef' * 2}.md"
    (folder / name).write_text(f"# Crates\n\nOwner: Kim\nStatus: Published\n\n{PROSE}\n")
    (edit,) = planned(digests_of([name], [], ALL), name)
    assert "read as another text" in edit.why


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("draft.docx", "cannot be written into a .docx file"), ("deck.pdf", "a .pdf file"), ("posts.db#4", "a .db file"), ("-", "no file with an ending"),
        ("site.zip/a.md", "inside a zip file"), ("notes.txt", "a .txt file"),
    ],
)  # fmt: skip
def test_what_cannot_hold_scores_is_said(folder: Path, source: str, why: str) -> None:
    """In one line, with the reason."""
    assert why in planned({}, source)[0].why


def test_scores_are_the_models_also_where_a_person_gave_a_label() -> None:
    """A person's word must not come back as the model's; a gate that the model gives is the one after policy."""
    finding = finding_of(verdict=verdict_of().with_given({"stage": "decision", "strategy": "lead-gen"}))
    assert scores_of(finding) == {"strategy": "demand-gen", "stage": "awareness", "format": "article", "gate": "ungated", "action": "keep", "model": "made-by-hand/1"}
