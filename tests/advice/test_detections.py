"""What in a piece speaks against what it is for, on pieces and verdicts made by hand."""

from dataclasses import replace

import pytest

from gating.advice.detections import (
    Quote,
    asks_in,
    closed_by,
    detect_early_ask,
    detect_late_ask,
    detect_no_next_step,
    detect_teaser,
    forms_judged,
    kind_of_close_gate,
    long_form,
    opens_to,
)
from gating.advice.drawn_forms import drawn_forms
from gating.records import Advice, Block, BlockKind, Evidence, Finding, Form, Gate, GateParts, Link, ObservedGate, Piece
from tests.builders import PROSE, answer, piece_of, verdict_of

GATED = ObservedGate("gated", "gated: true")
FLAG = (("gated", "true"),)
LONG = PROSE.replace("pear", "plum")


def finding(piece: Piece, rule: str = "G0", parts: GateParts | None = None, gate: str = "", advice: dict[str, object] | None = None, **labels: object) -> Finding:
    """A finding with the advice that the label of the gate gives; `labels` are those of `verdict_of`."""
    verdict = verdict_of(**({"gate": gate} if gate else {}), **labels)  # type: ignore[arg-type]
    advised = Gate(verdict.gate.label)
    made = Advice(advised, advised, rule, parts or GateParts(1, 1, 0, 0, 0), "create", "keep", False, (), (Evidence("demand-gen", "a", 1, 0.5),), "")
    return Finding(piece, verdict, replace(made, **(advice or {})))  # type: ignore[arg-type]


def button(words: str, line: int = 9) -> Block:
    return Block(BlockKind.BUTTON, words, 0, line)


def field(words: str, line: int = 8) -> Block:
    return Block(BlockKind.FIELD, words, 0, line)


# Forms and gates.


def test_closed_pieces_are_told_apart_by_stage_and_score() -> None:
    """What a buyer must read, a packaged commodity, any other piece."""
    piece = piece_of(PROSE, observed=GATED, metadata=FLAG)
    cases = {
        "decision-page-behind-form": finding(piece, stage="decision", format="case-study"),
        "gate-should-be-open": finding(piece, stage="decision"),
        "gated-commodity": finding(piece, rule="G3", parts=GateParts(0, 1, 0, 1, 0)),
    }
    assert [kind_of_close_gate(case) for case in cases.values()] == list(cases)
    assert {closed_by(case) for case in cases.values()} == {Quote("gated: true")}


def test_open_piece_is_not_withheld() -> None:
    """Whatever the advice, today nothing stands before it."""
    assert closed_by(finding(piece_of(PROSE, observed=ObservedGate("ungated", "no form")))) is None


def test_form_that_may_be_right_is_left_to_a_person() -> None:
    """Where signals and rubric disagree, the more closed counts; and a gate that has three chances in ten is not called wrong."""
    piece = piece_of(PROSE, observed=GATED, metadata=FLAG)
    assert opens_to(finding(piece)) is Gate.UNGATED
    assert opens_to(finding(piece, rule="G2")) is Gate.SOFT_GATE
    assert opens_to(finding(piece, rule="G1")) is None
    assert opens_to(finding(piece, confidence=0.35)) is None


def test_score_decides_only_where_the_rubric_scores() -> None:
    """A case study is no asset to trade, whatever it would score and whatever a person should look at; an ebook is."""
    piece, worth = piece_of(PROSE, observed=GATED, metadata=FLAG), GateParts(1, 2, 1, 0, 0)
    assert opens_to(finding(piece, parts=worth, advice={"review": True})) is Gate.UNGATED
    assert opens_to(finding(piece, rule="G3", parts=worth, advice={"review": True})) is None


def test_what_a_buyer_must_read_is_opened_also_where_its_words_sound_like_a_gate() -> None:
    """Of a price list signals and rubric agree; of an article the same doubt is left to a person."""
    piece = piece_of(PROSE, observed=GATED, metadata=FLAG)
    assert opens_to(finding(piece, stage="decision", format="pricing", confidence=0.36)) is Gate.UNGATED
    assert opens_to(finding(piece, stage="decision", confidence=0.36)) is None


def test_commodity_is_opened_as_far_as_its_score_says() -> None:
    """Whatever the words suggest."""
    piece = piece_of(PROSE, observed=GATED, metadata=FLAG)
    opened = [opens_to(finding(piece, rule="G3", parts=parts, gate="soft-gate", format="ebook")) for parts in (GateParts(0, 1, 0, 1, 0), GateParts(0, 2, 0, 0, 0))]
    assert opened == [Gate.UNGATED, Gate.SOFT_GATE]


def test_gate_that_was_decided_goes_before_signals_and_score() -> None:
    """By a person's label or a line of the settings."""
    piece = piece_of(PROSE, observed=GATED, metadata=FLAG)
    assert opens_to(finding(piece, rule="G1", advice={"gate_given": True})) is Gate.UNGATED
    assert opens_to(finding(piece, advice={"gate": Gate.GATED, "policy_rule": 'formats.article = "gated"'})) is None


def test_form_is_quoted_by_its_button() -> None:
    """The button after the fields nearest to the form's line."""
    form = Form("form:/x|email", "gate", fields=("e-mail",), height=1, line=8, verdict="gated")
    piece = piece_of(PROSE, field("E-mail"), button("Get the story"), observed=ObservedGate("gated", "a form", form=form.identity), forms=(form,))
    assert closed_by(finding(piece, stage="decision")) == Quote("Get the story", 9, 2)


def test_form_of_a_script_is_quoted_by_the_words_before_it() -> None:
    """It shows no fields, so the last block before its line has to do."""
    form = Form("hubspot:1", "gate", line=2, verdict="gated")
    piece = piece_of("Three farms and what they paid.", "The figures of each.", PROSE, observed=ObservedGate("gated", "a form", form="hubspot:1"), forms=(form,))
    assert closed_by(finding(piece, stage="decision")) == Quote("The figures of each.", 2, 1)


@pytest.mark.parametrize(("label", "closes"), [("Download the case study", True), ("Send us a message", False)])
def test_form_of_a_draft_closes_it_only_when_it_gives_the_piece_out(label: str, closes: bool) -> None:
    """A contact form at the end of a page is none."""
    piece = piece_of("What a mill paid, and what it saves.", field("Name"), field("Work e-mail"), button(label))
    assert (closed_by(finding(piece, stage="decision")) is not None) == closes


def test_form_beside_much_open_text_closes_nothing() -> None:
    """A reader of 300 words in paragraphs was not stopped."""
    piece = piece_of(*[PROSE] * 6, field("Work e-mail"), button("Download the case study"))
    assert closed_by(finding(piece, stage="decision")) is None


@pytest.mark.parametrize(
    "words",
    [
        "The other seven are in the guide.",
        "Download the guide to see the other four reasons.",
        "You will find the rest in our free checklist.",
        "To keep reading, leave your address.",
        "Register to continue reading",
    ],
)
def test_teasers(words: str) -> None:
    """What was promised is elsewhere."""
    assert detect_teaser(finding(piece_of(PROSE, f"{words} It is short."))) == Quote(words if words[-1] == "." else f"{words} It is short.", 2, 1)


@pytest.mark.parametrize(
    "words",
    [
        "The rest of the crates went to the market.",
        "The other two growers agreed.",
        "Download the guide for more.",
        "Read our report on pears.",
        "Give the trees a rest in winter.",
    ],
)
def test_sentences_that_withhold_nothing(words: str) -> None:
    """An offer of more is no teaser."""
    assert detect_teaser(finding(piece_of(PROSE, words))) is None


def test_pages_that_are_forms_by_nature_do_not_tease() -> None:
    """A webinar's recording is behind its form, which is what the page is for."""
    assert detect_teaser(finding(piece_of("The other seven are in the guide."), format="webinar", strategy="lead-gen")) is None


def form_of(*families: str, purpose: str = "gate", height: int = 4) -> Form:
    return Form("form:/get|x", purpose, fields=families, height=height, line=8)


@pytest.mark.parametrize(
    ("form", "rule", "parts", "labels", "too_many"),
    [
        (form_of("e-mail", "name", "company", "phone"), "G3", GateParts(1, 2, 1, 0, 0), {}, ("phone",)),
        (form_of("e-mail", "name", "company", "phone"), "G3", GateParts(1, 1, 0, 0, 0), {}, ("company", "phone")),
        (form_of("e-mail", "name", height=2), "G3", GateParts(1, 1, 0, 0, 0), {}, ()),
        (form_of("e-mail", "company", height=3), "G0", GateParts(1, 2, 1, 0, 0), {}, ("company",)),
        (form_of("e-mail", "geo", purpose="newsletter", height=3), "G0", GateParts(0, 0, 0, 0, 0), {}, ("geo",)),
    ],
)
def test_form_may_ask_for_what_its_asset_carries(form: Form, rule: str, parts: GateParts, labels: dict[str, str], too_many: tuple[str, ...]) -> None:
    """Four points carry a company, fewer an address and a name; so do a newsletter and the extra to an open piece."""
    case = finding(piece_of(PROSE, forms=(form,)), rule=rule, parts=parts, **labels)
    (judged,) = forms_judged(case)
    assert judged.too_many == too_many
    assert (long_form(case) is not None) == bool(too_many)


def test_nothing_is_too_much_for_a_demo() -> None:
    """It cannot be given without knowing who asks."""
    case = finding(piece_of(PROSE, forms=(form_of("e-mail", "name", "phone", "size", purpose="lead"),)), rule="G1", gate="gated", format="conversion")
    assert list(forms_judged(case)) == []


def test_seat_in_a_webinar_needs_no_phone() -> None:
    """A registration carries company and role; the page must be one for a seat."""
    piece = piece_of(Block(BlockKind.HEADING, "Save your seat", 2), PROSE, forms=(form_of("e-mail", "title", "phone", purpose="lead"),))
    (judged,) = forms_judged(finding(piece, rule="G1", gate="gated", format="webinar", strategy="lead-gen"))
    assert judged.too_many == ("phone",)


def test_fields_called_optional_cost_nothing() -> None:
    """In a draft, too, where the form is only its labels."""
    piece = piece_of("A calendar for growers.", field("E-mail"), field("Phone (optional)"), field("Company, if you like"), button("Download the calendar template"))
    (judged,) = forms_judged(finding(piece, rule="G3"))
    assert judged.families == ("e-mail",)


def test_form_of_many_fields_is_too_much_as_a_whole() -> None:
    """None of them is beyond what is carried; cut are those that tell least, until six are left."""
    names = ("First name", "Last name", "Work e-mail", "Company", "Website", "Job title", "Country", "Topic", "Favourite colour")
    case = finding(piece_of("A calendar for growers.", *map(field, names), button("Download the calendar template")), rule="G3", parts=GateParts(2, 2, 0, 0, 0), gate="gated")
    found = long_form(case)
    assert found is not None
    assert (found.too_many, found.height, found.carries) == ((), 4, 3)
    assert [names[at - 1] for at in found.beyond] == ["Website", "Topic", "Favourite colour"]
    few = [each for each in names if each not in ("Website", "Topic", "Favourite colour")]
    assert long_form(replace(case, piece=piece_of("A calendar for growers.", *map(field, few), button("Download the calendar template")))) is None


def test_form_that_leaves_what_is_beyond_to_its_reader_is_not_long() -> None:
    """Its height counts what it insists on; and one that only takes business addresses has nothing to cut."""
    for form in (form_of("e-mail", "name", "phone", height=2), form_of("e-mail", "name", height=3)):
        assert long_form(finding(piece_of(PROSE, forms=(form,)), rule="G3", gate="soft-gate")) is None


def test_form_that_closes_a_price_list_is_no_extra_to_it() -> None:
    """Whether it goes is the question; the same form beside an open page is judged."""
    form = replace(form_of("e-mail", "phone", "company"), verdict="gated")
    for today, judged in (("gated", 0), ("ungated", 1)):
        piece = piece_of(PROSE, forms=(replace(form, verdict=today),), observed=ObservedGate(today, "a form", form=form.identity if today == "gated" else ""))
        assert len(list(forms_judged(finding(piece, gate="gated", format="pricing", stage="decision", strategy="lead-gen")))) == judged


@pytest.mark.parametrize(("gate", "carries"), [("gated", 3), ("soft-gate", 2)])
def test_what_the_settings_advise_says_what_a_form_carries(gate: str, carries: int) -> None:
    """And not the score, which is 2 of 6 here; their line is named."""
    form = form_of("e-mail", "name", "company", "phone")
    moved = {"policy_rule": f'formats.ebook = "{gate}"'}
    (judged,) = forms_judged(finding(piece_of(PROSE, forms=(form,)), rule="G3", gate=gate, format="ebook", advice=moved))
    assert judged.carries == carries
    assert f'(formats.ebook = "{gate}")' in judged.because


def test_form_is_shown_by_its_fields() -> None:
    """Its quote is the first field too many, shown are the fields; of a long form the first ones and all that are too many."""
    names = ("First name *", "Last name *", "E-mail:", "Town", "Street", "House number", "Your telephone number, with its code", "How did you hear of us?")
    piece = piece_of("A calendar for growers.", *map(field, names), button("Download the calendar template"))
    found = long_form(finding(piece, rule="G3", gate="soft-gate"))
    assert found is not None
    assert found.quote == Quote("Your telephone number, with its code", 8, 7, "First name, Last name, E-mail, Town, …, Your telephone number …, How did you hear …")


def test_forms_are_not_judged_against_todays_gate() -> None:
    """Where no form stands before the piece, fields in its text are none; a newsletter's box closes nothing."""
    drawn = ("A calendar for growers.", field("E-mail"), field("Telephone"))
    asset, letter = button("Download the calendar template"), button("Subscribe to the newsletter")
    judged = {
        (words.text, today): long_form(finding(piece_of(*drawn, words, observed=ObservedGate(today)), rule="G3", gate="soft-gate")) is not None
        for words in (asset, letter)
        for today in ("unknown", "ungated")
    }
    assert judged == {(asset.text, "unknown"): True, (asset.text, "ungated"): False, (letter.text, "unknown"): True, (letter.text, "ungated"): True}


def test_form_that_is_to_go_is_not_cut() -> None:
    """Nor one of which a person should decide first; a form that becomes optional is."""
    piece = piece_of(PROSE, observed=ObservedGate("gated", "a form", form="form:/get|x"), forms=(form_of("e-mail", "phone"),))
    assert long_form(finding(piece, confidence=0.35, advice={"review": True})) is None
    assert long_form(finding(piece, rule="G3", gate="soft-gate")) is not None


def test_piece_that_is_to_stand_behind_a_form_may_hold_back() -> None:
    """Where the advice is a form before it, its rest belongs there."""
    piece = piece_of(PROSE, "The other seven are in the guide.")
    assert detect_teaser(finding(piece)) is not None
    assert detect_teaser(finding(piece, gate="gated")) is None


def test_drawn_form_reaches_from_its_heading_to_its_button() -> None:
    """The heading of the page itself is never part of it."""
    heading = Block(BlockKind.HEADING, "Get your copy", 2)
    (form,) = drawn_forms(piece_of(PROSE, heading, field("Name"), field("E-mail"), button("Send")))
    assert form.blocks == range(1, 5)
    (bare,) = drawn_forms(piece_of(replace(heading, level=1), field("Name"), field("E-mail"), button("Send")))
    assert bare.blocks == range(1, 4)


def test_fields_without_an_address_are_no_form() -> None:
    """A calculator asks for figures."""
    assert list(drawn_forms(piece_of(PROSE, field("Hours"), field("Wage"), button("Work it out")))) == []


# Asks.


def test_early_ask_is_quoted() -> None:
    """A demo is all that readers at the awareness stage are offered."""
    assert detect_early_ask(finding(piece_of(PROSE, button("Book a demo")))) == Quote("Book a demo", 9, 1)


@pytest.mark.parametrize(
    ("words", "asks"),
    [
        ("Read next: What is a trial balance?", False),
        ("Trial and error in the orchard", False),
        ("What do demos of pruning cost?", False),
        ("Pricing strategies for farm shops", False),
        ("Start your trial", True),
        ("See our pricing", True),
    ],
)
def test_link_to_another_text_asks_for_no_decision(words: str, asks: bool) -> None:
    """Whatever that text is about."""
    piece = piece_of(PROSE, words, links=(Link(words, "https://hop.example/next", 2),))
    assert (detect_early_ask(finding(piece)) is not None) is asks


def test_link_to_another_page_of_the_site_is_something_smaller() -> None:
    """Beside a demo; a source elsewhere is not."""
    demo = button("Book a demo")
    assert detect_early_ask(finding(piece_of(PROSE, demo, links=(Link("how crates are stacked", "/crates", 1),)))) is None
    assert detect_early_ask(finding(piece_of(PROSE, demo, links=(Link("a study", "https://pears.example/study", 1),)))) is not None


@pytest.mark.parametrize("other", [button("Get the picking checklist"), button("Start free"), button("Subscribe to our newsletter")])
def test_one_fitting_ask_is_enough(other: Block) -> None:
    """A demo beside something smaller harms nobody."""
    assert detect_early_ask(finding(piece_of(PROSE, button("Book a demo"), other))) is None


@pytest.mark.parametrize(
    ("stage", "confidence", "format"), [("consideration", 0.9, "article"), ("awareness", 0.45, "article"), ("awareness", 0.9, "ebook"), ("awareness", 0.9, "webinar")]
)
def test_demo_is_no_early_ask_elsewhere(stage: str, confidence: float, format: str) -> None:
    """Not for later readers, not where the stage is a guess, not at the end of a package."""
    assert detect_early_ask(finding(piece_of(PROSE, button("Book a demo")), stage=stage, confidence=confidence, format=format)) is None


def test_link_to_another_site_asks_nothing_of_ours() -> None:
    """Where the piece has an address, links to other hosts are references."""
    text = "Talk to us, says the council."
    here = piece_of(PROSE, text, *[PROSE] * 3, url="https://hop.example/a", links=(Link("Talk to us", "https://council.example/contact", 2),))
    assert asks_in(here) == ()
    assert asks_in(replace(here, links=(Link("Talk to us", "/contact", 2),)))[0].quote == Quote(text, 2, 1)


def test_long_paragraph_is_quoted_by_the_sentence_of_its_link() -> None:
    """What would be written anew is the sentence and not the paragraph."""
    text = f"{PROSE} Book a demo with the crew. It is quick."
    (ask,) = asks_in(piece_of(text, links=(Link("Book a demo", "/demo", 1),)))
    assert ask.quote.text == "Book a demo with the crew."


def test_late_ask_is_one_of_a_page_for_buyers() -> None:
    """A price list with nothing but a newsletter; of a landing page the ebook is what it is for."""
    piece = piece_of(PROSE, button("Subscribe to the newsletter"))
    assert detect_late_ask(finding(piece, stage="decision", format="pricing")) == Quote("Subscribe to the newsletter", 9, 1)
    assert detect_late_ask(finding(piece, stage="decision", format="conversion")) is None
    assert detect_late_ask(finding(piece_of(PROSE, button("Talk to us")), stage="decision", format="pricing")) is None


def test_dead_end_is_quoted_by_its_last_sentence() -> None:
    """Nothing asks and nothing leads on; a short last block is quoted whole."""
    assert detect_no_next_step(finding(piece_of(LONG, "It rained. We went home."))) == Quote("It rained. We went home.", 2, 1)
    quote = detect_no_next_step(finding(piece_of(PROSE, LONG)))
    assert quote is not None
    assert LONG.endswith(quote.text)
    assert quote.text.startswith("We walked three orchards")


@pytest.mark.parametrize(
    "end",
    [
        "Read next: how crates are stacked.",
        "If you would like the sheet, write to us.",
        "More at orchard.example/crates.",
        "Please book your walk.",
        "Subscribe for more.",
        "Ring us on 555 019 220.",
        "Visit the Hallam Museum.",
        "Read our notes on crates.",
        "Order your sample box today.",
        "Start weighing your crates",
        "You find more in our growers' guide.",
        "Start a trial.",
    ],
)
def test_ways_on_at_the_end(end: str) -> None:
    """With or without a link: a draft has its links put in later."""
    assert detect_no_next_step(finding(piece_of(PROSE, end))) is None


@pytest.mark.parametrize(
    "end",
    [
        "Most growers book their pickers in March.",
        "Visitors call it the quiet orchard.",
        "That is the answer you want.",
        "Book them at once, with the picking list as the voucher.",
        "Order the crates by date. Call the foreman when one is missing.",
        "Try a smaller crate first.",
        "Read the scale twice. Write to the buyer who opened the lid.",
        "Start with the oldest crate.",
        "In our experience nobody counts.",
        "In our view it pays.",
        "Print the trial balance and file it.",
        "It takes trial and error.",
    ],
)
def test_closing_words_that_lead_nowhere(end: str) -> None:
    """The same words in a story, or as an instruction."""
    assert detect_no_next_step(finding(piece_of(PROSE, end))) is not None


def test_form_or_link_that_offers_something_leads_on() -> None:
    """Wherever it stands; a job form does not."""
    far = [PROSE, *[LONG] * 5]
    assert detect_no_next_step(finding(piece_of(*far, links=(Link("the picking checklist", "/list", 1),)))) is None
    assert detect_no_next_step(finding(piece_of(*far, forms=(form_of("e-mail", purpose="newsletter"),)))) is None
    assert detect_no_next_step(finding(piece_of(*far, forms=(form_of("e-mail", purpose="job"),)))) is not None


@pytest.mark.parametrize(
    "labels", [{"strategy": "lead-gen"}, {"format": "docs"}, {"format": "news"}, {"flags": ("thin",)}, {"flags": ("customer",)}, {"flags": ("not-marketing",)}]
)
def test_pieces_that_need_no_next_step(labels: dict[str, object]) -> None:
    """Offers, manuals, news, and what is no marketing."""
    assert detect_no_next_step(finding(piece_of(PROSE, LONG), **labels)) is None


def test_row_without_any_link_may_have_lost_them() -> None:
    """An export that leaves links out says nothing about the way on."""
    row = replace(piece_of(PROSE, LONG), source="library.csv#3")
    assert detect_no_next_step(finding(row)) is None
    assert detect_no_next_step(finding(replace(row, links=(Link("a study", "/study", 1),)))) is not None


def test_given_stage_is_sure() -> None:
    """What a person said is not in doubt, whatever the model's probability."""
    case = finding(piece_of(PROSE, button("Book a demo")), confidence=0.4)
    assert detect_early_ask(case) is None
    given = replace(case.verdict, stage=replace(answer("stage", "awareness", 0.4), predicted="decision"))
    assert detect_early_ask(replace(case, verdict=given)) is not None
