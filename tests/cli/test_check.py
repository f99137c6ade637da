"""`gating check` as a person, an editor and a runner type it."""

import json
import re
from pathlib import Path

import pytest

from tests.builders import PROSE
from tests.cli.conftest import Run

CLOSED = f"""---
title: Where crates are bruised
gated: true
---
{PROSE}

Most bruises come from the second crate. The first is full of care, the second is put on top of it in a hurry, and nobody looks
between them before the cold store. A slat of wood between two crates costs a few cents and lasts for ten seasons.

Read on in [the crate book](/crates).
"""


@pytest.fixture
def post(tmp_path: Path) -> Path:
    """post.md, an article behind a form."""
    file = tmp_path / "post.md"
    file.write_text(CLOSED, encoding="utf-8")
    return file


def test_check_says_where_and_what_and_ends_well(run: Run, post: Path) -> None:
    """A line on stdout for each remark, the sum on stderr; it advises, so the code is 0."""
    result = run("check", "post.md")
    assert result.exit_code == 0
    (line,) = result.stdout.splitlines()
    assert re.match(r'post\.md:3:1: warning gate-should-be-open A form stands before .*\("gated: true"\)', line)
    assert result.stderr == "gating: 1 warning on 1 piece.\n"


@pytest.mark.parametrize(("fail_on", "code"), [("suggestion", 1), ("warning", 1), ("error", 0)])
def test_fail_on_is_met_by_its_level_and_heavier_ones(run: Run, post: Path, fail_on: str, code: int) -> None:
    """The output is the same."""
    result = run("check", "post.md", "--fail-on", fail_on)
    assert (result.exit_code, result.stdout) == (code, run("check", "post.md").stdout)


def test_settings_make_an_error_of_a_rule_or_end_it(run: Run, post: Path) -> None:
    """Which --fail-on sees."""
    (post.parent / "gating.toml").write_text('[checks]\ngate-should-be-open = "error"\n')
    assert run("check", "post.md", "--fail-on", "error").exit_code == 1
    (post.parent / "gating.toml").write_text('[checks]\ngate-should-be-open = "off"\n')
    assert run("check", "post.md", "--fail-on", "suggestion").exit_code == 0


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ('[checks]\ngate-should-be-opened = "off"', 'unknown key "checks.gate-should-be-opened"; did you mean "checks.gate-should-be-open"?'),
        ('[checks]\nthin-piece = "warn"', "checks.thin-piece must be one of suggestion, warning, error, off, found 'warn'. Did you mean \"warning\"?"),
        ("[checks]\nthin-piece = true", "checks.thin-piece must be one of suggestion, warning, error, off, found True."),
        ('checks = "off"', "[checks] must be a table"),
        ('[[paths]]\nglob = "x"\nignore = ["thin-pieces"]', 'Did you mean "thin-piece"?'),
    ],
)
def test_wrong_settings_are_refused_with_the_nearest_name(run: Run, post: Path, settings: str, words: str) -> None:
    """Exit code 2: a slip would silence nothing, unnoticed."""
    (post.parent / "gating.toml").write_text(settings)
    result = run("check", "post.md")
    assert result.exit_code == 2
    assert words in result.stderr


def test_a_path_that_is_not_there_is_a_usage_error(run: Run) -> None:
    """Other than a file without content."""
    assert run("check", "nothing.md").exit_code == 2


def test_files_without_content_are_passed_over(run: Run, tmp_path: Path) -> None:
    """Code, a note of five words, an empty file: a hook is given them all."""
    (tmp_path / "tool.py").write_text("print('hello')\n")
    (tmp_path / "note.md").write_text("Call Ada about the pears.\n")
    (tmp_path / "empty.html").write_text("")
    result = run("check", "tool.py", "note.md", "empty.html", "--fail-on", "suggestion")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr.startswith("gating: nothing to say on 0 pieces; 3 inputs passed over: no reader for .py files (1), only 5 words of text; 10 are needed (1), ")
    assert run("check", "note.md", "--quiet").stderr == ""


def test_a_draft_in_another_language_is_said_to_be_one(run: Run, tmp_path: Path) -> None:
    """It is content, and its writer would take silence for praise."""
    (tmp_path / "draft.md").write_text("# Was ein Formular kostet\n\n" + "Wer vor dem Lesen nach der Telefonnummer gefragt wird, geht meistens wieder und kommt nicht zurück. " * 4)
    assert run("check", "draft.md").stderr == "gating: nothing to say on 0 pieces; 1 input passed over: the text is German; gating reads English.\n"


def test_a_name_that_cannot_be_ignored_is_told(run: Run, post: Path) -> None:
    """A slip in it would be taken for silence."""
    post.write_text(f"{CLOSED}\n<!-- gating: ignore gate-should-be-opened -->\n", encoding="utf-8")
    result = run("check", "post.md")
    assert "post.md: gating cannot ignore 'gate-should-be-opened'" in result.stderr
    assert "gate-should-be-open" in result.stdout
    post.write_text(f"{CLOSED}\n<!-- gating: ignore gate-should-be-open -->\n", encoding="utf-8")
    assert run("check", "post.md").stdout == ""


def test_known_remarks_are_not_made_again_until_the_piece_changes(run: Run, post: Path) -> None:
    """The baseline may lie in the folder that is checked."""
    assert run("check", ".", "--write-baseline", "known.json").exit_code == 0
    known = run("check", ".", "--baseline", "known.json", "--fail-on", "suggestion")
    assert (known.exit_code, known.stdout) == (0, "")
    assert known.stderr == "gating: nothing to say on 1 piece; 1 known in the baseline.\n"
    post.write_text(CLOSED.replace("Read on", "And read on"), encoding="utf-8")
    assert run("check", ".", "--baseline", "known.json", "--fail-on", "suggestion").exit_code == 1
    assert run("check", ".", "--baseline", "none.json").exit_code == 2


def test_github_gets_commands_and_a_summary(run: Run, post: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The summary is added to what other steps wrote; without the variable none is written."""
    summary = post.parent / "summary"
    summary.write_text("before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    assert run("check", "post.md").stdout.startswith("post.md:3:1: ")
    assert summary.read_text() == "before\n"
    assert run("check", "post.md", "--format", "github").stdout.startswith("::warning file=post.md,line=3,col=1,title=gate-should-be-open::")
    assert summary.read_text().startswith("before\n### gating: 1 warning on 1 piece\n")


def test_ending_of_the_output_decides_its_format(run: Run, post: Path) -> None:
    """As for `gating score`."""
    assert run("check", "post.md", "-o", "found.json").stdout == ""
    assert [remark["rule"] for remark in json.loads((post.parent / "found.json").read_text())] == ["gate-should-be-open"]
    run("check", "post.md", "-o", "found.sarif")
    assert json.loads((post.parent / "found.sarif").read_text())["version"] == "2.1.0"


@pytest.mark.parametrize("style", ["github", "sarif"])
def test_score_writes_the_same_annotations(run: Run, post: Path, style: str) -> None:
    """For those who have `score` in their pipeline already."""
    assert run("score", "post.md", "--format", style).stdout == run("check", "post.md", "--format", style).stdout


def test_order_is_the_same_for_any_number_of_processes(run: Run, post: Path) -> None:
    """And whatever order the files are named in."""
    (post.parent / "other.md").write_text(CLOSED, encoding="utf-8")
    first = run("check", "post.md", "other.md").stdout
    assert [line.split(":")[0] for line in first.splitlines()] == ["other.md", "post.md"]
    assert run("check", "other.md", "post.md", "--jobs", "2").stdout == first
