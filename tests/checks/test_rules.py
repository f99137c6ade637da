"""Levels, doubts and settings; and what single rules must not say."""

from dataclasses import replace

import pytest

from gating.advice.teasers import Promise, holds_back
from gating.checks import check
from gating.records import Block, BlockKind, Evidence, Finding, Form, Gate, GateParts, Level, Link, ObservedGate, Piece
from gating.settings import Settings
from tests.builders import PROSE, finding_of, piece_of, verdict_of

LONG = " ".join([PROSE] * 3)
FORM = Form("form:/get", "gate", fields=("e-mail", "phone"), height=4, words="Get the kit", line=4, verdict="gated")


def closed(review: bool = False, confidence: float = 0.9, **labels: str) -> Finding:
    """A piece behind a form that should be open."""
    piece = piece_of(LONG, observed=ObservedGate("gated", "gated: true"), links=(Link("the kit", "/kit"),))
    finding = finding_of(piece, verdict_of(confidence=confidence, **labels))  # type: ignore[arg-type]
    return replace(finding, advice=replace(finding.advice, review=review))


def said(finding: Finding, settings: Settings) -> dict[str, Level]:
    return {remark.rule: remark.level for remark in check(finding, settings)}


@pytest.mark.parametrize(("review", "confidence", "level"), [(False, 0.9, "warning"), (False, 0.7, "suggestion"), (True, 0.9, "suggestion")])
def test_a_doubtful_answer_draws_a_suggestion_at_most(settings: Settings, review: bool, confidence: float, level: str) -> None:
    """Whether the gate is unsure or a person should look; also where the settings make an error of it."""
    finding = closed(review, confidence)
    assert said(finding, settings)["gate-should-be-open"] == level
    strict = replace(settings, checks=(("gate-should-be-open", "error"),))
    assert said(finding, strict)["gate-should-be-open"] == ("error" if level == "warning" else "suggestion")


def test_a_check_that_is_off_says_nothing(settings: Settings) -> None:
    """Others go on."""
    thin = replace(closed(), verdict=verdict_of(flags=("thin",)))
    assert set(said(thin, settings)) == {"gate-should-be-open", "thin-piece"}
    assert set(said(thin, replace(settings, checks=(("gate-should-be-open", "off"),)))) == {"thin-piece"}


@pytest.mark.parametrize(
    ("labels", "rule"),
    [({}, "gate-should-be-open"), ({"stage": "decision", "format": "pricing"}, "decision-page-behind-form"), ({"strategy": "lead-gen", "format": "ebook"}, "gated-commodity")],
)
def test_one_remark_on_a_gate_that_is_too_close(settings: Settings, labels: dict[str, str], rule: str) -> None:
    """The one that fits most closely."""
    assert set(said(closed(**labels), settings)) == {rule}


def test_nothing_is_said_of_a_gate_that_a_person_gave(settings: Settings) -> None:
    """Or of one that is as advised, where the rubric does not speak against it."""
    finding = closed()
    assert said(replace(finding, advice=replace(finding.advice, gate_given=True)), settings) == {}
    assert said(replace(finding, advice=replace(finding.advice, gate=Gate.GATED, gate_rule="G1")), settings) == {}


@pytest.mark.parametrize(("strategy", "format", "rule"), [("lead-gen", "pricing", "decision-page-behind-form"), ("demand-gen", "guide", "gate-should-be-open")])
def test_a_gate_that_only_the_rubric_opens_is_a_question(settings: Settings, strategy: str, format: str, rule: str) -> None:
    """The words of a price list behind a form sound like a form: a person is asked, and the form that closes it is never called an extra to it."""
    piece = replace(closed().piece, observed=ObservedGate("gated", form=FORM.identity), forms=(FORM,))
    finding = replace(finding_of(piece, verdict_of(strategy=strategy, stage="decision", format=format, gate="gated")), piece=piece)
    (remark,) = check(finding, settings)
    assert (remark.rule, remark.level) == (rule, "suggestion")
    assert remark.sentence.endswith("please decide.")


@pytest.mark.parametrize(("others", "asked"), [(("conversion", "comparison"), True), (("conversion", "tool"), False)])
def test_a_landing_page_that_may_be_what_a_buyer_must_read_is_a_question(settings: Settings, others: tuple[str, ...], asked: bool) -> None:
    """A page that only says "get the comparison": the comparison is what the form is before (RUBRIC, case 11)."""
    piece = replace(closed().piece, observed=ObservedGate("gated", form=FORM.identity), forms=(replace(FORM, fields=(), height=0),))
    verdict = verdict_of(strategy="lead-gen", stage="decision", format="conversion", gate="gated")
    finding = replace(finding_of(piece, replace(verdict, format=replace(verdict.format, cannot_exclude=others))), piece=piece)
    remarks = check(replace(finding, advice=replace(finding.advice, gate_rule="G1")), settings)
    assert [(remark.rule, remark.level) for remark in remarks] == ([("decision-page-behind-form", "suggestion")] if asked else [])
    assert all("what may be a comparison" in remark.sentence for remark in remarks)


def test_settings_that_moved_the_advice_are_named(settings: Settings) -> None:
    """With what the advice is without them; the neutral advice was another."""
    finding = closed()
    moved = replace(finding, advice=replace(finding.advice, gate_neutral=Gate.SOFT_GATE, policy_rule='policy = "developer"'))
    (remark,) = check(moved, settings)
    assert remark.sentence.endswith('Your settings moved the advice from soft-gate to ungated (policy = "developer").')
    assert "settings" not in check(finding, settings)[0].sentence


def test_deciding_readers_who_are_offered_a_newsletter_only(settings: Settings) -> None:
    """The other half of the rule, as `explain` has it; an ask to talk is enough."""
    letter, talk = (Block(BlockKind.BUTTON, words, 0, 4) for words in ("Get our newsletter", "Talk to us"))
    priced = verdict_of(strategy="lead-gen", stage="decision", format="pricing")
    assert set(said(finding_of(piece_of(LONG, letter), priced), settings)) == {"ask-of-another-stage"}
    assert said(finding_of(piece_of(LONG, letter, talk), priced), settings) == {}


def test_pages_that_are_no_marketing_are_left_alone(settings: Settings) -> None:
    """A list of jobs has no next step and needs none."""
    assert said(replace(closed(), verdict=verdict_of(flags=("not-marketing", "thin"))), settings) == {}


@pytest.mark.parametrize(
    ("purpose", "parts", "fires"),
    [("gate", (1, 1, 0, 0, 0), True), ("gate", (2, 2, 0, 0, 0), False), ("lead", (1, 1, 0, 0, 0), False), ("newsletter", (2, 2, 0, 0, 0), True)],
    ids=["asset for a soft-gate", "asset for a gate", "demo", "newsletter"],
)
def test_a_form_is_judged_by_what_it_gives(settings: Settings, purpose: str, parts: tuple[int, ...], fires: bool) -> None:
    """Asked for is the company: much for an asset that scores little, and for a newsletter; a demo may ask."""
    form = replace(FORM, purpose=purpose, fields=("e-mail", "company"), height=3)
    piece = replace(closed().piece, forms=(form,), observed=ObservedGate("gated"))
    finding = finding_of(piece, verdict_of(strategy="lead-gen", format="ebook", gate="gated"))
    scored = replace(finding, advice=replace(finding.advice, gate_rule="G3", gate_parts=GateParts(*parts)))
    assert ("form-asks-too-much" in said(scored, settings)) is fires


def test_a_form_is_told_by_its_fields(settings: Settings) -> None:
    """Those in its text as a quote, else the kinds that the page's form asks for."""
    fields = [Block(BlockKind.FIELD, words, 0, 4) for words in ("Your name", "Work e-mail", "Telephone")]

    def told(*blocks: Block) -> str:
        finding = finding_of(piece_of(LONG, *blocks, forms=(FORM,), observed=ObservedGate("gated")), verdict_of(strategy="lead-gen", format="ebook", gate="gated"))
        finding = replace(finding, advice=replace(finding.advice, gate_rule="G3"))
        return next(remark.sentence for remark in check(finding, settings) if remark.rule == "form-asks-too-much")

    assert told(*fields).startswith('The form ("Your name, Work e-mail, Telephone") asks for a phone number; ')
    assert told().startswith("The form (e-mail, phone) asks for a phone number; ")


def test_a_draft_that_draws_its_form_is_not_told_to_add_one(settings: Settings) -> None:
    """A field or a button in a draft stands for it; on a whole page only a form counts."""
    parts = GateParts(2, 1, 1, 0, 0)

    def asset(*blocks: Block, today: str = "unknown") -> Finding:
        finding = finding_of(piece_of(LONG, *blocks, observed=ObservedGate(today)), verdict_of(strategy="lead-gen", format="ebook", gate="gated"))
        return replace(finding, advice=replace(finding.advice, gate_rule="G3", gate_parts=parts))

    button = Block(BlockKind.BUTTON, "Download")
    assert "ungated-asset-worth-a-form" in said(asset(), settings)
    assert "ungated-asset-worth-a-form" not in said(asset(button), settings)
    assert "ungated-asset-worth-a-form" in said(asset(button, today="ungated"), settings)


@pytest.mark.parametrize(
    "piece",
    [
        piece_of(LONG, links=(Link("the kit", "/kit"),)),
        piece_of(LONG, links=(Link("Book a visit", "https://elsewhere.example/x"),)),
        piece_of(LONG, Block(BlockKind.BUTTON, "Download the kit")),
        piece_of(LONG, "Subscribe, and the next part comes by itself."),
        piece_of(LONG, "Reply if you disagree."),
        replace(piece_of(LONG), forms=(FORM,)),
        replace(piece_of(LONG), source="p1.txt"),
        replace(piece_of(LONG), source="posts.csv#3"),
        piece_of(PROSE),
    ],
    ids=["own link", "offer elsewhere", "button", "closing words", "closing words without an offer", "form", "no links in plain text", "row without links", "a note"],
)
def test_a_way_on_or_none_to_be_seen_is_no_missing_step(settings: Settings, piece: Piece) -> None:
    """The rule speaks only of what it can see."""
    assert "no-next-step" in said(finding_of(piece_of(LONG)), settings)
    assert "no-next-step" not in said(finding_of(piece), settings)


def test_a_source_that_is_quoted_is_no_way_on(settings: Settings) -> None:
    """A link to somebody else's page in the middle of a text leads away."""
    texts = [f"As the survey says. {PROSE}", *[PROSE] * 5]
    assert "no-next-step" in said(finding_of(piece_of(*texts, links=(Link("the survey", "https://office.example/survey"),))), settings)


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("The other seven tips are in our free guide.", True),
        ("Get the rest in the guide.", True),
        ("Download the ebook to read the rest.", True),
        ("Leave your address for the full list.", True),
        ("Want the rest? Sign up and we send it.", True),
        ("The rest of the week we repaired pumps in the guide house.", False),
        ("The other two parts of the report come next week.", False),
        ("The full list is at the end of this page.", False),
        ("Register for the course by Friday.", False),
    ],
)
def test_sentences_that_hold_back(text: str, held: bool) -> None:
    """A part behind an ask, and not any rest or list."""
    assert holds_back(text, Promise("Nine tips for old pumps", 9, 2)) is held


def test_only_a_button_sends_the_rest_in_few_words() -> None:
    """In running text the same words mean little."""
    assert holds_back("Send me the other eight", Promise("Nine tips for old pumps"), is_button=True)
    assert not holds_back("Send me the other eight", Promise("Nine tips for old pumps"))


@pytest.mark.parametrize(
    ("texts", "quote"),
    [
        (("Since 3 May 2012.", "Join us on 14 March 2024, at noon. Bring boots."), "Join us on 14 March 2024, at noon."),
        (("Register for the 14th of Mar. 2024.",), "2024."),
        (("Register by Thursday, 14 March", "2024 is the year."), ""),
    ],
    ids=["last date", "abbreviation", "date over two blocks"],
)
def test_a_stale_offer_quotes_the_last_date(settings: Settings, texts: tuple[str, ...], quote: str) -> None:
    """And says so without a quote where it cannot be found again."""
    finding = finding_of(piece_of(*texts), verdict_of(strategy="lead-gen", format="webinar", gate="ungated", flags=("stale",)))
    (remark,) = [found for found in check(finding, settings) if found.rule == "stale-offer"]
    assert remark.quote == quote


def test_scraps_of_markup_are_no_quote(settings: Settings) -> None:
    """The next words that speak for the label are."""
    finding = finding_of(piece_of(LONG), verdict_of(confidence=0.6))
    evidence = (Evidence("demand-gen", '<img src="x">', 1, 0.5), Evidence("demand-gen", "crates of fruit", 1, 0.25))
    (remark,) = [found for found in check(replace(finding, advice=replace(finding.advice, evidence=evidence)), settings) if found.rule == "unclear-strategy"]
    assert remark.quote == "crates of fruit"


def test_remarks_stand_in_the_order_of_their_lines(settings: Settings) -> None:
    """Whatever the order of the rules."""
    piece = replace(closed().piece, observed=ObservedGate("gated", form=FORM.identity), forms=(replace(FORM, line=9),))
    finding = replace(finding_of(piece, verdict_of(flags=("thin",))), piece=piece)
    assert [remark.rule for remark in check(finding, settings)] == ["thin-piece", "gate-should-be-open"]
