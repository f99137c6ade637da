"""What to change in a piece: every kind of proposal, and that its figures are those of the edited file."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gating.advice.detections import has_next_step, teasers_in
from gating.advice.proposals import MOST_SHOWN, MOST_TRIED, Proposal, moves_of, proposal_of, values_of, weaknesses_in
from gating.assess import Assessor, assess_paths, proposals_for
from gating.records import CHECKS, BlockKind, Finding, HeadVerdict, Piece
from tests.advice.drafts_to_change import DRAFTS
from tests.cli.conftest import Run, run  # noqa: F401  (a fixture)

Read = Callable[..., Any]
NAMES = tuple(DRAFTS)
CLAIMED = {
    "wedding-cakes.md": "stage_probabilities.awareness", "parish-archives.md": "stage_probabilities.decision", "eggs.md": "lead_gen_probability", "late-frost.md": "form_height",
    "matinees.md": "next_step",
}  # fmt: skip


@pytest.fixture
def found(assessor: Assessor, read: Read) -> Callable[[str, str], tuple[Finding, tuple[Proposal, ...]]]:
    """found(name, text): the finding on a draft and what is proposed for it."""

    def propose(name: str, text: str) -> tuple[Finding, tuple[Proposal, ...]]:
        finding = assessor.assess(read(name, text.encode()))
        return finding, proposals_for(finding, assessor)

    return propose


def of_kind(kind: str, proposals: tuple[Proposal, ...]) -> Proposal:
    """The one proposal of a kind."""
    (proposal,) = [proposal for proposal in proposals if proposal.kind == kind]
    return proposal


def edited(source: str, proposal: Proposal) -> str:
    """The source of a Markdown draft with the edit made as a person would make it, in the text and not in blocks."""
    edit = proposal.edit
    for rewrite in edit.rewrites:
        if not rewrite.was:
            source += f"\n[{rewrite.text}](/next)\n"
        elif not rewrite.text:
            source = re.sub(rf"^.*{re.escape(rewrite.was)}.*\n", "", source, count=1, flags=re.MULTILINE)
        else:
            source = source.replace(rewrite.was, rewrite.text)
    key = edit.set.partition(":")[0]
    source = re.sub(rf"^{re.escape(key)}:.*$", edit.set, source, flags=re.MULTILINE) if key else source
    button = "".join(f"[{rewrite.text}]\n" for rewrite in edit.rewrites if rewrite.was and rewrite.text)
    return re.sub(r"<form.*</form>\n", button, source, flags=re.DOTALL) if edit.do == "open" else source


@pytest.mark.parametrize("name", NAMES)
def test_each_kind_is_drawn_by_its_draft_and_tied_to_its_words(name: str, found: Any) -> None:
    """The quote stands in the block it names, or is an entry of the front matter; the first move is the one that the kind is for."""
    kind, text = DRAFTS[name]
    finding, proposals = found(name, text)
    proposal = of_kind(kind, proposals)
    quote, piece = proposal.quote, finding.piece
    if quote.block >= 0:
        assert quote.text in piece.blocks[quote.block].text
        assert quote.line == piece.blocks[quote.block].line > 0
    else:
        assert tuple(quote.text.split(": ")) in piece.metadata
    assert proposal.moves[0].what == CLAIMED.get(name, "observed_gate")
    assert proposal.kind in CHECKS
    assert "{" not in proposal.sentence


@pytest.mark.parametrize("name", NAMES)
def test_figures_are_those_of_the_edited_file_scored_anew(name: str, found: Any, run: Run, tmp_path: Path) -> None:  # noqa: F811
    """Written out, read again and scored by the command: each value of the record that the edit moves is there."""
    kind, text = DRAFTS[name]
    _, proposals = found(name, text)
    proposal = of_kind(kind, proposals)
    (tmp_path / name).write_text(text)
    before = json.loads(run("score", name, "--format", "jsonl").stdout)
    (tmp_path / name).write_text(edited(text, proposal))
    after = json.loads(run("score", name, "--format", "jsonl").stdout)
    recorded = [move for move in proposal.moves if move.what.partition(".")[0] in before]
    assert recorded
    assert [(move.what, value_in(before, move.what), value_in(after, move.what)) for move in recorded] == [
        (move.what, pytest.approx(move.before) if isinstance(move.before, float) else move.before, pytest.approx(move.after) if isinstance(move.after, float) else move.after)
        for move in recorded
    ]


def value_in(record: dict[str, Any], name: str) -> Any:
    """The value of "stage_probabilities.decision" in a record."""
    value: Any = record
    for part in name.split("."):
        value = value[part]
    return value


@pytest.mark.parametrize("name", NAMES)
def test_edited_draft_does_not_draw_the_same_proposal(name: str, found: Any) -> None:
    """What was proposed is done then: the edited drafts are the sound ones."""
    kind, text = DRAFTS[name]
    _, proposals = found(name, text)
    _, again = found(name, edited(text, of_kind(kind, proposals)))
    assert kind not in [proposal.kind for proposal in again]


def test_proposals_are_the_same_in_every_run(found: Any) -> None:
    """Equal values, the id among them."""
    first, second = (found("late-frost.md", DRAFTS["late-frost.md"][1])[1] for _ in range(2))
    assert first == second
    assert len({proposal.id for proposal in first}) == len(first) > 1


def test_id_stays_while_other_lines_change(found: Any) -> None:
    """It follows the words that the proposal is tied to and not their place."""
    name, (_, text) = "matinees.md", DRAFTS["matinees.md"]
    ids = [of_kind("no-next-step", found(name, draft)[1]).id for draft in (text, text.replace("## Coffee is not wine", "## What the bar earns\n\nLess than it did."))]
    assert ids[0] == ids[1]


@pytest.mark.parametrize(
    ("name", "silenced"),
    [
        ("bearing-creep.md", "gate"),
        ("late-frost.md", "gate"),
        ("late-frost.md", "form-asks-too-much"),
        ("wedding-cakes.md", "hand-off"),
        ("wedding-cakes.md", "stage"),
        ("wedding-cakes.md", "ask-of-another-stage"),
        ("matinees.md", "hand-off"),
    ],
)
def test_what_a_piece_asks_to_ignore_is_not_proposed(name: str, silenced: str, found: Any) -> None:
    """The same draft with the ask in a comment; the name of the check does as well."""
    kind, text = DRAFTS[name]
    _, proposals = found(name, f"{text}\n<!-- gating: ignore {silenced} -->\n")
    assert kind not in [proposal.kind for proposal in proposals]


def test_gate_that_a_person_gave_is_kept(found: Any) -> None:
    """A commodity that a person wants gated is not to be opened."""
    _, text = DRAFTS["office-plants.md"]
    _, proposals = found("office-plants.md", text.replace("gated: true", "gated: true\ngating: {gate: gated}"))
    assert not [proposal for proposal in proposals if proposal.edit.do in ("open", "make-optional")]


def test_stage_that_a_person_gave_decides_which_ask_fits(found: Any) -> None:
    """For readers who decide, the demo is no early ask."""
    _, text = DRAFTS["wedding-cakes.md"]
    _, proposals = found("wedding-cakes.md", f"---\ngating: {{stage: decision}}\n---\n\n{text}")
    assert not proposals


def test_edit_that_moves_the_wrong_way_is_not_shown(assessor: Assessor, found: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a model to which every edited text is less surely of its stage, the draft draws nothing."""
    finding, proposals = found("wedding-cakes.md", DRAFTS["wedding-cakes.md"][1])
    assert proposals

    def less_sure(self: Assessor, piece: Piece, quotes: int = 1) -> Finding:
        verdict = finding.verdict
        return replace(finding, piece=piece, verdict=replace(verdict, stage=HeadVerdict(verdict.stage.label, (0.6, 0.3, 0.1))))

    monkeypatch.setattr(Assessor, "assess", less_sure)
    assert proposals_for(finding, assessor) == ()


def test_edit_that_moves_nothing_it_claims_is_not_shown(found: Any) -> None:
    """A trial that leaves the piece as it is, called better all the same."""
    finding, _ = found("matinees.md", DRAFTS["matinees.md"][1])
    (weakness,) = weaknesses_in(finding)
    idle = replace(weakness, gain=lambda before, after: 1.0)
    assert proposal_of(idle, finding, [(weakness.trials[0], finding)]) is None


def test_last_field_is_never_cut_from_a_form(found: Any) -> None:
    """A form that asks for a phone number and nothing else has none that could stay."""
    name, (_, text) = "late-frost.md", DRAFTS["late-frost.md"]
    bare = re.sub(r"<p><label.*(?:First name|E-mail|Company).*\n", "", text)
    _, proposals = found(name, bare)
    assert "phone" in bare
    assert "form-asks-too-much" not in [proposal.kind for proposal in proposals]


def test_teaser_proposal_names_all_that_was_rescored(found: Any) -> None:
    """Sentences of one block are one quote; the form and the lines elsewhere that hold back stand in the sentence, and nothing holds back after it."""
    kind, text = DRAFTS["eggs.md"]
    more = "The other five are in our guide. It is free. Leave your e-mail to read the rest of the list."
    finding, proposals = found("eggs.md", text.replace("The other five are in our guide.", more).replace("[Send me the guide]", "[Send me the other five]"))
    proposal = of_kind(kind, proposals)
    assert proposal.quote.text == more
    assert '"Send me the other five" and the form' in proposal.sentence
    (weakness,) = [weakness for weakness in weaknesses_in(finding) if weakness.kind == kind]
    assert not any(list(teasers_in(trial.piece)) for trial in weakness.trials)
    assert all(has_next_step(trial.piece) for trial in weakness.trials)


@pytest.mark.parametrize("action", ["review", "keep"])
def test_edit_that_leaves_a_person_to_decide_is_not_shown(action: str, found: Any) -> None:
    """However much surer the stage is."""
    finding, _ = found("wedding-cakes.md", DRAFTS["wedding-cakes.md"][1])
    (weakness,) = weaknesses_in(finding)
    surer = replace(finding, advice=replace(finding.advice, action=action), verdict=replace(finding.verdict, stage=HeadVerdict("awareness", (0.99, 0.01, 0.0))))
    assert (proposal_of(weakness, finding, [(weakness.trials[0], surer)]) is None) is (action == "review")


def test_question_that_may_stay_empty_stays_in_the_form(assessor: Assessor, samples: Path) -> None:
    """Only what is named is cut, and the figures are those of the form without it."""
    (finding,) = (each for each in assess_paths([str(samples / "webinar-registration.html")], assessor) if isinstance(each, Finding))
    cut = of_kind("form-asks-too-much", proposals_for(finding, assessor))
    assert cut.edit.fields == ("size",)
    assert next(move for move in cut.moves if move.what == "form_fields").after == 4


def test_form_of_many_fields_is_lower_after_the_cut(found: Any) -> None:
    """Also one that asks for seven things once the phone is gone: its height counts fields, and what is cut is called as the form calls it."""
    name, (_, text) = "late-frost.md", DRAFTS["late-frost.md"]
    field = '<p><label for="{0}">{0}</label> <input id="{0}" name="{0}" type="text"></p>\n'
    longer = text.replace("<button", "".join(map(field.format, ("Village", "Grapes", "Hectares", "Rows", "Soil"))) + "<button")
    proposal = of_kind("form-asks-too-much", found(name, longer)[1])
    assert proposal.sentence.startswith('Cut "Phone number", "Company", "Company size" and "Soil" from the form: ')
    assert [(move.before, move.after) for move in proposal.moves if move.what == "form_height"] == [(4, 2)]


def test_optional_form_is_a_soft_gate_and_its_flag_is_left_to_its_templates(found: Any) -> None:
    """No value is made up for a key that somebody else's program reads."""
    name, (_, text) = "office-plants.md", DRAFTS["office-plants.md"]
    useful = text.replace("An ebook by", "A workbook with a template to fill in, an ebook by").replace("The Complete Guide to Office Plants", "Our Office Plants: a workbook")
    proposal = of_kind("gate-should-be-open", found(name, useful)[1])
    assert (proposal.edit.do, proposal.edit.set) == ("make-optional", "")
    assert 'front matter, which has "gated: true"' in proposal.sentence
    assert [(move.before, move.after) for move in proposal.moves if move.what == "observed_gate"] == [("gated", "soft-gate")]


def test_moves_that_look_the_same_are_left_out(found: Any) -> None:
    """In whole percent, as they are shown."""
    finding, _ = found("matinees.md", DRAFTS["matinees.md"][1])
    stages = [replace(finding, verdict=replace(finding.verdict, stage=HeadVerdict("awareness", (share, 1 - share, 0.0)))) for share in (0.606, 0.614, 0.616)]
    assert not [move for move in moves_of(*stages[:2]) if move.what.startswith("stage_p")]
    assert [move.what for move in moves_of(*stages[1:]) if move.what.startswith("stage_p")] == ["stage_probabilities.awareness", "stage_probabilities.consideration"]


@pytest.mark.parametrize("name", NAMES)
def test_few_texts_are_scored_and_few_proposals_shown(name: str, found: Any) -> None:
    """The caps that keep `explain` quick."""
    finding, proposals = found(name, DRAFTS[name][1])
    assert len(proposals) <= MOST_SHOWN
    assert sum(len(weakness.trials) for weakness in weaknesses_in(finding)) <= MOST_TRIED


def test_unchanged_piece_moves_nothing(found: Any) -> None:
    """Values are compared, not objects."""
    finding, _ = found("parish-archives.md", DRAFTS["parish-archives.md"][1])
    assert moves_of(finding, replace(finding)) == ()
    assert all(isinstance(value, str | int | float) for value in values_of(finding).values())


def test_sample_drafts_draw_few_proposals(assessor: Assessor, samples: Path) -> None:
    """They were written to be sound: at most one each, and most of them none."""
    findings = [result for result in assess_paths([str(samples)], assessor) if isinstance(result, Finding)]
    counts = [len(proposals_for(finding, assessor)) for finding in findings]
    assert len(counts) > 20
    assert max(counts) <= 1
    assert sum(counts) <= len(counts) / 4


@pytest.mark.parametrize("name", NAMES)
def test_no_file_is_promised_that_the_piece_does_not_have(name: str, found: Any) -> None:
    """Nor one in the text to be put in: whether there is a PDF, only its maker knows."""
    _, proposals = found(name, DRAFTS[name][1])
    said = " ".join(f"{proposal.sentence} {proposal.edit.text}" for proposal in proposals)
    assert not re.search(r"\b(?:PDF|file|attachment)\b", said)


def test_button_that_becomes_a_sentence_is_a_paragraph(found: Any) -> None:
    """As a reader of the file would take more than ten words in brackets."""
    _, text = DRAFTS["eggs.md"]
    finding, _ = found("eggs.md", text.replace("The other five are in our guide. Leave", "Leave").replace("[Send me the guide]", "[Send me the other five]"))
    (weakness,) = [weakness for weakness in weaknesses_in(finding) if weakness.kind == "awareness-withholds-value"]
    assert weakness.quote.text == "Send me the other five"
    assert weakness.trials[0].piece.blocks[-1].kind is BlockKind.PARAGRAPH
