"""What `gating compare` shows."""

from dataclasses import replace

import pytest

from gating.library.compare import Change, Comparison, Moved, Named
from gating.report.comparison import SHOWN, comparison_markdown, comparison_page
from tests.report.test_audit_files import HOSTILE
from tests.report.test_terminal import shown

CRATES = Named("Where crates are bruised", "crates.html", "https://orchard.example/crates")
NOTHING = Comparison(9, 9, (), (), (), (), (), (), ())
MUCH = Comparison(
    n_before=9, n_after=11, added=(CRATES,), removed=(Named("Old lids", "lids.md", ""),), labels=(Change(CRATES, "stage", "awareness", "decision"),),
    gates_fixed=(Change(CRATES, "observed_gate", "gated", "ungated"),), gates_broken=(Change(CRATES, "observed_gate", "ungated", "gated"),),
    actions_done=(Change(CRATES, "action", "add-hand-off", "keep"),), mix=(Moved("strategy", "lead-gen", 0.4, 0.25),),
)  # fmt: skip


def test_both_forms_say_every_change() -> None:
    """Pieces, labels, gates, actions and the mix, in words."""
    for text in (shown(comparison_page(MUCH)), comparison_markdown(MUCH).replace("\\", "")):
        assert "9 pieces before, 11 now · 1 action done · 1 gate put right, 1 made worse" in text
        for words in ("Actions done: 1", "Add a next step", "gate today", "Labels that changed: 1", "Old lids", "-15.0", "25%"):
            assert words in text


def test_what_did_not_change_has_no_section() -> None:
    """One line when nothing changed."""
    assert shown(comparison_page(NOTHING)).splitlines() == ["9 pieces before, 9 now · 0 actions done · 0 gates put right, 0 made worse"]
    assert "##" not in comparison_markdown(NOTHING)


def test_long_sections_are_cut_and_say_so() -> None:
    """A thousand new pieces are a number and the first few."""
    text = comparison_markdown(replace(NOTHING, added=tuple(Named(f"Crate {number}", f"{number}.md", "") for number in range(1000))))
    assert f"## New: 1,000, the first {SHOWN}" in text
    assert text.count("| Crate ") == SHOWN


@pytest.mark.parametrize("title", HOSTILE)
def test_titles_of_strangers_are_text(title: str) -> None:
    """On the terminal and in Markdown."""
    comparison = replace(NOTHING, added=(Named(title, title, title),))
    assert not set("\x1b\x07\u202e") & set(shown(comparison_page(comparison)))
    text = comparison_markdown(comparison)
    assert "](http" not in text
    assert not set("\x1b\x07\u202e\udcff") & set(text)
