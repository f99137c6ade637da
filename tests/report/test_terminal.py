"""What a person reads at the terminal."""

import json
from dataclasses import replace

import pytest
from rich.console import Console

from gating.advice.changes import Flip
from gating.advice.detections import Quote
from gating.advice.proposals import Edit, Move, Proposal, Rewrite
from gating.records import Finding, ObservedGate, Skipped, Status
from gating.report.explained import explained_json
from gating.report.terminal import explain_page, score_table, show, stage_bar, summary
from gating.settings import Thresholds
from tests.builders import PROSE, answer, finding_of, piece_of, verdict_of

FLIPS = [
    Flip("strategy", answer("strategy", "demand-gen"), answer("strategy", "lead-gen", 0.7), "put a form at its end"),
    Flip("gate", answer("gate", "ungated"), answer("gate", "ungated", 0.6), "call it something else"),
]


def shown(renderable: object, width: int = 120, colour: bool = False) -> str:
    console = Console(width=width, force_terminal=colour, color_system="truecolor" if colour else None, highlight=False, markup=False, emoji=False)
    return show(renderable, console)  # type: ignore[arg-type]


def titled(title: str) -> Finding:
    return finding_of(piece_of(PROSE, title=title))


@pytest.mark.parametrize("title", ["[/x]", "[bold]loud[/bold]", "[link=http://evil.example]x[/link]", ":smile:", "[@click=app.quit]x", "100% [red"])
def test_markup_in_a_title_is_text(title: str) -> None:
    """What looks like the terminal library's markup is shown letter by letter, in the table and on the page."""
    assert title in shown(score_table([titled(title)]))
    assert title in shown(explain_page(titled(title), []))


@pytest.mark.parametrize(("sign", "escape"), [("\x1b", "\\u001b"), ("\u202e", "\\u202e"), ("\x07", "\\u0007"), ("\u2066", "\\u2066"), ("\x9b", "\\u009b")])
def test_escape_codes_and_bidi_marks_are_shown(sign: str, escape: str) -> None:
    """A title, a path, a reason or a quote cannot steer the terminal."""
    results: list[Finding | Skipped] = [finding_of(piece_of(PROSE, title=f"a{sign}b"), quote=f"c{sign}d"), Skipped(f"e{sign}f.md", f"g{sign}h")]
    said = shown(score_table(results)) + shown(explain_page(finding_of(piece_of(PROSE, title=f"a{sign}b"), quote=f"c{sign}d", why=f"i{sign}j"), []))
    assert sign not in said
    assert said.count(escape) == 7


def test_table_names_labels_confidence_and_quote() -> None:
    """One row says what the piece is, how sure, and the words that weighed most, with their line."""
    said = shown(score_table([titled("Counting crates")]))
    for words in ("Counting crates", "p1.md", "demand-gen", "90 %", "awareness", "ungated", '"crates of fruit" line 3'):
        assert words in said


def test_todays_gate_is_shown_when_it_differs() -> None:
    """A piece that is gated today and should not be says so; one that agrees says nothing."""
    gated = finding_of(piece_of(PROSE, observed=ObservedGate("gated", "gated: true")))
    assert "today: gated" in shown(score_table([gated]))
    assert "today:" not in shown(score_table([titled("A")]))


def test_what_was_not_scored_stands_below_with_its_reason() -> None:
    """Skipped and failed inputs are listed by status, path and reason."""
    said = shown(score_table([titled("A"), Skipped("b.md", "an empty file"), Skipped("c.pdf", "not a readable PDF", Status.FAILED)]))
    assert "skipped  b.md  an empty file" in said
    assert "failed   c.pdf  not a readable PDF" in said


def test_partial_piece_says_what_was_left_out() -> None:
    """A limit that was hit must show."""
    said = shown(score_table([finding_of(piece_of(PROSE, limits=("only the first 9 characters were read",)))]))
    assert "partial" in said
    assert "9 characters" in " ".join(said.split())


def test_summary_counts_everything() -> None:
    """Pieces, strategies, gates, and what was not scored."""
    results = [titled("A"), finding_of(verdict=verdict_of("lead-gen", "decision", "gated", "conversion")), Skipped("b.md", "an empty file")]
    assert summary(results) == "2 pieces scored · 1 demand-gen, 1 lead-gen · 1 ungated, 1 gated · 1 not scored"


def test_summary_of_one_piece_is_in_the_singular() -> None:
    """1 piece, not 1 pieces."""
    assert summary([titled("A")]).startswith("1 piece scored")


def test_summary_of_nothing_scored() -> None:
    """Where nothing was scored the line says so."""
    assert summary([Skipped("a.md", "an empty file"), Skipped("b.md", "an empty file")]) == "No piece scored, 2 inputs looked at."


@pytest.mark.parametrize(("score", "filled"), [(0.0, 0), (50.0, 5), (100.0, 10)])
def test_stage_bar_fills_towards_buying(score: float, filled: int) -> None:
    """Empty at first awareness, full when ready to buy, always ten cells."""
    bar = stage_bar("awareness", score)
    assert (bar.plain.count("━"), bar.plain.count("─")) == (filled, 10 - filled)
    blue = [span for span in bar.spans if span.style == "blue"]
    assert sum(span.end - span.start for span in blue) == filled


def test_table_fits_a_narrow_terminal() -> None:
    """At sixty columns no line runs over, and the piece is still named."""
    said = shown(score_table([titled("Counting crates in the shade of the barn")]), width=60)
    assert max(len(line) for line in said.splitlines()) <= 60
    assert "Counting" in said


def test_explain_page_shows_every_part() -> None:
    """The gate score part by part with the rubric's words and signs, its total, the quotes, the measures and the model."""
    said = shown(explain_page(titled("Counting crates"), FLIPS))
    for words in ("Uniqueness", "Work it saves", "Need for reach", "-2", "Total", "-1", "line 3", "traffic, engagement", "made-by-hand/1", "create demand"):
        assert words in said


def test_explain_page_says_what_flips_and_what_does_not() -> None:
    """A change that flips a label names the new one; where none does, the nearest is called the nearest."""
    said = " ".join(shown(explain_page(titled("A"), FLIPS), width=200).split())
    assert "put a form at its end -> lead-gen (70 %)" in said
    assert "no single change tried flips ungated; nearest: call it something else (90 % -> 60 %)" in said


def proposal_for(quote: Quote, *moves: Move) -> Proposal:
    """A proposal as the page shows it."""
    rewrite = Rewrite(0, 3, "Book a demo", "Read next: how pears travel")
    return Proposal("ask-of-another-stage-1a2b3c4d", "ask-of-another-stage", "Ask for less.", quote, Edit("replace", (rewrite,), rewrite.text), moves)


def test_explain_page_says_what_to_change_and_what_that_moves() -> None:
    """Sentence, words with their line, and each move before and after; nothing where nothing is proposed."""
    moves = (Move("stage_probabilities.awareness", 0.8, 0.864), Move("stage_score", 15.676, 10.77), Move("gate_parts.total", 1, 2), Move("observed_gate", "gated", "ungated"))
    said = " ".join(shown(explain_page(titled("A"), FLIPS, (), [proposal_for(Quote("Book a demo", 3, 0), *moves)]), width=200).split())
    assert '1 Ask for less. line 3: "Book a demo" awareness 80 % -> 86 %, stage score 16 -> 11, total 1 -> 2, today\'s gate gated -> ungated' in said
    assert "What to change" not in shown(explain_page(titled("A"), FLIPS))


def test_explain_page_quotes_front_matter_and_cuts_long_quotes() -> None:
    """A flag has no line; of a long block its first words do."""
    proposals = [proposal_for(Quote("gated: true")), proposal_for(Quote("pear " * 40, 7, 2))]
    said = " ".join(shown(explain_page(titled("A"), FLIPS, (), proposals), width=200).split())
    assert 'front matter: "gated: true"' in said
    assert f'line 7: "{" ".join(["pear"] * 20)} …"' in said


def test_explain_page_calls_the_place_of_a_column_a_row() -> None:
    """A table has no front matter."""
    finding = titled("A")
    row = replace(finding, piece=replace(finding.piece, source="pages.csv#4"))
    said = " ".join(shown(explain_page(row, FLIPS, (), [proposal_for(Quote("gated: yes"))]), width=200).split())
    assert 'row: "gated: yes"' in said
    assert "front matter" not in said


def test_explain_page_has_the_thresholds_of_the_settings() -> None:
    """Without any, those of the rubric."""
    said = [" ".join(shown(explain_page(titled("A"), FLIPS, **given), width=200).split()) for given in ({}, {"thresholds": Thresholds(5, 3)})]  # type: ignore[arg-type]
    assert "4 or more gated, 2 or more soft-gate" in said[0]
    assert "5 or more gated, 3 or more soft-gate" in said[1]


def test_explained_json_holds_proposals() -> None:
    """Edit and moves as data; what an edit does not have is left out; front matter has no block."""
    record = json.loads(explained_json(titled("A"), FLIPS, (), [proposal_for(Quote("gated: true"), Move("next_step", "none", "there"))]))
    (proposal,) = record["proposals"]
    assert proposal == {
        "id": "ask-of-another-stage-1a2b3c4d", "kind": "ask-of-another-stage", "sentence": "Ask for less.", "why": "next step none -> there", "quote": "gated: true", "line": 0,
        "block": None, "moves": [{"what": "next_step", "before": "none", "after": "there"}],
        "edit": {"do": "replace", "rewrites": [{"block": 0, "line": 3, "was": "Book a demo", "text": "Read next: how pears travel"}], "text": "Read next: how pears travel"},
    }  # fmt: skip


def test_policy_that_moved_the_gate_is_named() -> None:
    """Where the policy gives another gate than the neutral advice, the page says both."""
    from gating.records import Gate

    finding = titled("A")
    moved = replace(finding, advice=replace(finding.advice, gate_neutral=Gate.GATED, gate=Gate.SOFT_GATE))
    said = " ".join(shown(explain_page(moved, []), width=200).split())
    assert "Advice: soft-gate, moved from gated by policy" in said


def test_table_names_the_setting_and_what_is_ignored() -> None:
    """Also for a piece that is to be kept as it is: the advice is not the neutral one, and something is not said."""
    from dataclasses import replace

    from gating.records import Gate

    finding = titled("A")
    assert "policy" not in shown(score_table([finding]), width=200)
    told = replace(finding.advice, gate_neutral=Gate.GATED, policy_rule="thresholds.soft_gate_from = 3", ignored=("hand-off",), ignored_reason="for the press")
    said = " ".join(shown(score_table([replace(finding, advice=told)]), width=260).split())
    assert "moved from gated by your policy (thresholds.soft_gate_from = 3); ignored: hand-off (for the press)" in said


def test_explained_json_adds_rule_and_flips() -> None:
    """For machines: the record, the rule, the rubric's words and the flips."""
    record = json.loads(explained_json(titled("A"), FLIPS))
    assert record["gate_rule"] == "G0"
    assert set(record["gate_part_words"]) == {"uniqueness", "work_saved", "buying_closeness", "reach_need", "hostility"}
    assert [(flip["head"], flip["flips"], flip["to"]) for flip in record["flips"]] == [("strategy", True, "lead-gen"), ("gate", False, "ungated")]


def test_plain_output_has_no_colour_codes() -> None:
    """Into a file or a pipe go letters only."""
    assert "\x1b" not in shown(score_table([titled("A")]))
    assert "\x1b[" in shown(score_table([titled("A")]), colour=True)
