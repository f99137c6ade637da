"""What `gating audit` says when it is done."""

import datetime
from pathlib import Path

import pytest
from rich.console import RenderableType

from gating.library.journal import Changes
from gating.records import Audit, Skipped
from gating.report.audit_terminal import audit_page, told_of
from tests.builders import audit_of, audited
from tests.report.made_library import made_library
from tests.report.test_audit_files import hostile
from tests.report.test_terminal import shown

FIRST_RUN = Changes(added=2, changed=0, unchanged=0, deleted=0)


def page(audit: Audit, changes: Changes, folder: Path) -> RenderableType:
    return audit_page(told_of(audit, datetime.date(2026, 11, 22)), changes, folder)


def test_counts_sentences_first_actions_and_files_are_said() -> None:
    """What a person needs before opening the report."""
    pieces = [audited("keep.md", "Kept"), audited("gated.md", "Crates behind a form", today="gated", action="ungate", priority=1, copies=("copy.md",))]
    text = shown(page(audit_of(*pieces, unscored=[Skipped("a.md", "an empty file")]), FIRST_RUN, Path("audit")))
    assert text.startswith("2 pieces scored · 1 near-identical copy left out · 1 not scored\n")
    assert "1 piece asks for details" in text
    assert "Take the form away: Crates behind a form" in text
    assert "Kept" not in text
    assert "audit/report.html" in text
    assert "actions.xlsx, findings.jsonl, findings.parquet, summary.md" in text


@pytest.mark.parametrize("size", [1, 40, 400])
def test_it_fits_a_screen(size: int) -> None:
    """Fifteen lines on a usual terminal, which has 24, however large the library."""
    assert len(shown(page(made_library(size), FIRST_RUN, Path("audit")), width=120).splitlines()) <= 15


def test_a_later_run_says_what_is_new() -> None:
    """In a first run all is new, and that need not be said."""
    later = shown(page(audit_of(audited()), Changes(added=1, changed=2, unchanged=3, deleted=4), Path("audit")))
    assert "since the last run 1 new, 2 changed, 4 gone" in later
    assert "since" not in shown(page(audit_of(audited()), FIRST_RUN, Path("audit")))


def test_a_few_that_were_not_scored_are_named() -> None:
    """Up to three, each with its reason; of more the report tells."""
    lost = [Skipped(f"{name}.md", "an empty file") for name in "abcd"]
    few, many = (shown(page(audit_of(audited(), unscored=some), FIRST_RUN, Path("audit"))) for some in (lost[:2], lost))
    assert "Not scored: a.md: an empty file\n            b.md: an empty file\n" in "\n".join(line.rstrip() for line in few.splitlines())
    assert "a.md" not in many
    assert "4 not scored" in many


def test_an_empty_audit_says_so() -> None:
    """Nothing scored: the count and where the files are, no sentence about gates."""
    text = shown(page(audit_of(unscored=[Skipped("a.md", "an empty file")]), FIRST_RUN, Path("audit")))
    assert text.startswith("0 pieces scored · 1 not scored\n")
    assert "gate" not in text.partition("\n")[2].replace("gating", "")


def test_titles_cannot_command_the_terminal() -> None:
    """Escapes and markup of strangers are shown, never sent."""
    text = shown(page(hostile(), FIRST_RUN, Path("audit")))
    assert not set("\x1b\x07\u202e") & set(text)


def test_files_that_stand_are_said_to() -> None:
    """With the day they are from; nobody should think that they were written now."""
    told = told_of(audit_of(audited()), datetime.date(2026, 3, 9))
    assert "Nothing has changed since the audit of 2026-03-09" in shown(audit_page(told, Changes(0, 0, 1, 0), Path("audit"), new=False))
    assert "2026-03-09" not in shown(audit_page(told, Changes(0, 0, 1, 0), Path("audit")))
