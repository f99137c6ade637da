"""Remarks as lines, JSON and GitHub's workflow commands: right place, stable order, nothing read as a command."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from gating.records import Level, Remark
from gating.report.annotations import github_commands, github_summary, remark_lines, remark_list, repository_path

REMARK = Remark("no-next-step", Level.SUGGESTION, "posts/eels.md", 'It ends here ("Night again").', "Add a link.", "Night again", 8, 19)


def lines(*remarks: Remark) -> list[str]:
    return "".join(remark_lines(remarks)).splitlines()


def commands(*remarks: Remark) -> list[str]:
    return "".join(github_commands(remarks)).splitlines()


def test_a_line_has_place_level_rule_and_message() -> None:
    """As editors and other linters have it."""
    assert lines(REMARK) == ['posts/eels.md:8:19: suggestion no-next-step It ends here ("Night again"). Add a link.']


def test_order_is_by_path_row_line_and_rule() -> None:
    """Whatever order the remarks come in; row 10 stands behind row 9."""
    ordered = [
        replace(REMARK, source="a.csv#9", line=3, column=0),
        replace(REMARK, source="a.csv#10", line=1, column=0),
        replace(REMARK, line=2),
        replace(REMARK, rule="thin-piece"),
        replace(REMARK, line=10),
    ]
    assert lines(*reversed(ordered)) == [line for one in ordered for line in lines(one)]


def test_text_of_strangers_stays_on_its_line() -> None:
    """Neither a file name nor a quote begins a line of its own, which a runner might read as a command."""
    nasty = replace(REMARK, source="a\n::error::b.md", sentence="x\r\n::stop-commands::y\x1b[2J")
    for written in (*lines(nasty), *commands(nasty)):
        assert "\x1b" not in written
    assert len(lines(nasty)) == len(commands(nasty)) == 1


def test_command_escapes_what_github_would_read() -> None:
    """Percent signs and line ends everywhere; colons and commas in properties."""
    (written,) = commands(replace(REMARK, level=Level.WARNING, source="a,b:c/100%.md", sentence="50 % say: yes, no."))
    assert written == "::warning file=a%2Cb%3Ac/100%25.md,line=8,col=19,title=no-next-step::50 %25 say: yes, no. Add a link."


@pytest.mark.parametrize(("level", "command"), [("suggestion", "notice"), ("warning", "warning"), ("error", "error")])
def test_levels_have_githubs_names(level: str, command: str) -> None:
    """Of which there are three."""
    assert commands(replace(REMARK, level=Level(level)))[0].startswith(f"::{command} ")


@pytest.mark.parametrize(("source", "said"), [("deck.pdf", "page 8: "), ("draft.docx", "paragraph 8: "), ("inventory.csv#4", "row 4: ")], ids=["page", "paragraph", "row"])
def test_a_place_that_is_no_line_of_the_file_is_said_in_words(source: str, said: str) -> None:
    """An annotation on line 8 of a PDF would stand nowhere."""
    (written,) = commands(replace(REMARK, source=source, column=0))
    assert written.startswith(f"::notice file={source.partition('#')[0]},title=no-next-step::{said}It ends here")


def test_json_has_a_field_for_each_part(root: Path) -> None:
    """And names the page of the rule, which is there."""
    (written,) = json.loads("".join(remark_list([REMARK])))
    assert written == {
        "rule": "no-next-step", "level": "suggestion", "source": "posts/eels.md", "line": 8, "column": 19, "quote": "Night again",
        "sentence": 'It ends here ("Night again").', "do": "Add a link.", "page": "docs/rules/no-next-step.md",
    }  # fmt: skip
    assert (root / written["page"]).is_file()
    assert json.loads("".join(remark_list([]))) == []


def test_summary_counts_and_shows_no_markup() -> None:
    """A quote with a link or a column break is text in the table."""
    text = github_summary([REMARK, replace(REMARK, level=Level.WARNING, sentence="[x](javascript:y) | z")], 3)
    assert text.startswith("### gating: 1 warning, 1 suggestion on 3 pieces\n")
    assert not re.search(r"(?<!\\)\[x", text)
    assert {line.replace(r"\|", "").count("|") for line in text.splitlines() if line.startswith("|")} == {5}
    assert "nothing to say on 1 piece\n" in github_summary([], 1)


def test_paths_are_those_of_the_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """GitHub knows no other; a file elsewhere keeps its path."""
    monkeypatch.chdir(tmp_path)
    assert [repository_path(source) for source in ("./posts/a.md", str(tmp_path / "posts" / "a.md"), "t.csv#3", "/elsewhere/a.md")] == [
        "posts/a.md",
        "posts/a.md",
        "t.csv",
        "/elsewhere/a.md",
    ]
