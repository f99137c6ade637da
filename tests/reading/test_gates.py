"""Today's gate, as far as a source shows it."""

import csv
import json
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser

from gating.reading.blocks import page_blocks
from gating.reading.gates import gate_in_components, gate_in_metadata, observe, verdict_of_forms
from gating.reading.webpage import webpage_parts
from gating.records import Form, ObservedGate, Piece
from tests.builders import PROSE
from tests.conftest import Read

OPEN_TEXT = f"<p>{PROSE}</p>"
DOWNLOAD = "<div><h2>Download the free crate guide</h2><form action='/lead'><input name='email' type='email'><button>Get the guide</button></form></div>"
NEWSLETTER = "<form class='newsletter'><input type='email' name='e'><button>Subscribe</button></form>"
DEMO = "<div><h2>Book a demo</h2><form><input name='email'><input name='company'><button>Request it</button></form></div>"


def gate_of(html: str, metadata: tuple[tuple[str, str], ...] = ()) -> ObservedGate:
    tree = LexborHTMLParser(html)
    return observe(page_blocks(html, tree), "Crates", metadata=metadata, tree=tree, markup=html, whole=True)[0]


@pytest.mark.parametrize(
    ("key", "value", "verdict"),
    [
        ("gated", "true", "gated"), ("gated", "no", "ungated"), ("gated", "Yes", "gated"), ("isGated", "1", "gated"), ("requires_form", "yes", "gated"),
        ("access", "free", "ungated"), ("gate", "soft-gate", "soft-gate"), ("visibility", "members", "gated"), ("visibility", "public", "ungated"),
        ("visibility", "paid", "gated"), ("visibility", "tiers", "gated"), ("audience", "only_free", "gated"), ("audience", "founding", "gated"),
        ("audience", "everyone", "ungated"),
        ("audience", "only_paid", "gated"), ("meta.gated", "true", "gated"), ("asset access", "open", "ungated"), ("access", "password", "gated"),
        ("category", "Datasheet (gated)", "gated"),
    ],
)  # fmt: skip
def test_flags_are_believed(key: str, value: str, verdict: str) -> None:
    """An explicit flag in front matter or a column is today's gate, and is quoted."""
    observed = gate_in_metadata(((key, value),))
    assert observed.verdict == verdict
    assert observed.evidence == f"{key}: {value}"


@pytest.mark.parametrize("key", ["hubspot_form_id", "form.hubspot_form_id", "marketo_form_id", "form_id"])
def test_form_id_means_gated(key: str) -> None:
    """A form's id in the front matter stands for a form in front of the piece."""
    assert gate_in_metadata(((key, "3f2a-11"),)).verdict == "gated"


def test_empty_form_id_means_nothing() -> None:
    """A key that a template left empty says nothing."""
    assert gate_in_metadata((("hubspot_form_id", ""),)).verdict == "unknown"


@pytest.mark.parametrize("first", [True, False])
def test_flag_wins_over_a_form_id_left_behind(first: bool) -> None:
    """`gated: false` beside an old form id is ungated, whichever stands first."""
    values = (("gated", "false"), ("form_id", "3f2a"))
    assert gate_in_metadata(values if first else values[::-1]).verdict == "ungated"


@pytest.mark.parametrize(
    "key_and_value", [("title", "yes"), ("gate", "tokenizer.json"), ("draft", "true"), ("published", "yes"), ("required", "true"), ("lead", "x"), ("audience", "growers")]
)
def test_other_keys_and_values_say_nothing(key_and_value: tuple[str, str]) -> None:
    """A key that is no flag, or a value that is no answer, leaves the gate unknown."""
    assert gate_in_metadata((key_and_value,)).verdict == "unknown"


def test_membership_shortcode_is_a_gate() -> None:
    """A WordPress post closed by a membership plug-in is closed, and the shortcode is quoted."""
    observed = gate_in_metadata((("membership_shortcode", '[mepr-active memberships="12"]'),))
    assert observed.verdict == "gated"
    assert "mepr-active" in observed.evidence


@pytest.mark.parametrize(
    ("code", "purpose", "identity", "verdict"),
    [
        ('[contact-form-7 id="12" title="Download the brochure"]', "gate", "contact form 7:12", "gated"), ('[wpforms id="3"]', "unknown", "wpforms:3", "unknown"),
        ('[contact-form-7 id="5" title="Contact us"]', "lead", "contact form 7:5", "ungated"), ('[mc4wp_form id="8"]', "newsletter", "mailchimp:8", "ungated"),
        ('<!-- wp:contact-form-7/contact-form-selector {"id":7,"title":"Get the checklist"} /-->', "gate", "contact form 7:7", "gated"),
        ("[ninja_form id=4]", "unknown", "ninja forms:4", "unknown"),
    ],
)  # fmt: skip
def test_shortcode_is_a_form_whose_title_tells(code: str, purpose: str, identity: str, verdict: str) -> None:
    """An export shows a form's shortcode alone: its purpose is what its title says, else unknown."""
    observed, (form,) = observe(page_blocks(OPEN_TEXT), "Crates", metadata=(("form_shortcode", code),), tree=LexborHTMLParser(OPEN_TEXT), markup=OPEN_TEXT, whole=True)
    assert (form.purpose, form.identity, observed.verdict) == (purpose, identity, verdict)


def test_two_shortcodes_are_two_forms() -> None:
    """A reader joins several; each counts by itself."""
    _, forms = observe(page_blocks(OPEN_TEXT), metadata=(("form_shortcode", '[wpforms id="3"]; [mc4wp_form id="8"]'),))
    assert [form.identity for form in forms] == ["wpforms:3", "mailchimp:8"]


def test_slug_that_is_a_registration_is_a_lead_form() -> None:
    """Some sites write the webinar platform's address into the slug."""
    observed, _ = observe(page_blocks(OPEN_TEXT), metadata=(("slug", "https://acme.zoom.us/webinar/register/WN_1"),))
    assert (observed.verdict, observed.lead_form) == ("ungated", True)


def test_component_at_the_top_is_a_gate() -> None:
    """A component named as a gate before the text stands in front of it, and its line is shown."""
    observed = gate_in_components('# The crate book\n\n<GatedDownload formId="a1" />\n')
    assert observed.verdict == "gated"
    assert "line 3" in observed.evidence


def test_component_after_open_text_is_an_offer_inside() -> None:
    """After three hundred open words the piece itself is ungated."""
    assert gate_in_components("word " * 300 + "\n\n<LeadForm id='a1' />\n").verdict == "ungated"


@pytest.mark.parametrize(
    "code", ['{{< hubspot-form id="a1" >}}', "{% include download-header.html %}", "{% include gate.html form=4 %}", "{% module 'x' form_to_use='a1' title='Get the guide' %}"]
)
def test_shortcode_of_a_form_is_a_gate(code: str) -> None:
    """Hugo's, Jekyll's and HubSpot's ways to name a form count as a component does."""
    assert gate_in_components(code).verdict == "gated"


@pytest.mark.parametrize(
    "code",
    [
        "{% include newsletter-form.html %}",
        "{{< contact-form >}}",
        "{% include search-form.html %}",
        "{{< platform >}}",
        "{% include navigate.html %}",
        "{% include forms/country.html %}",
    ],
)
def test_other_shortcodes_are_no_gates(code: str) -> None:
    """A name that speaks of a newsletter, of contact or of nothing gates nothing."""
    assert gate_in_components(code).verdict == "unknown"


def test_text_without_component_is_unknown() -> None:
    """A draft says nothing about how it is given out."""
    assert gate_in_components(PROSE).verdict == "unknown"


def test_download_form_is_a_gate_with_its_evidence() -> None:
    """The sentence names what the form asks, how high that is, what it says and where it stands."""
    observed = gate_of(f"<main>{OPEN_TEXT}\n{DOWNLOAD}</main>")
    assert observed.verdict == "gated"
    for told in ("asks for e-mail; height 1 of 5", "crate guide", "line 2"):
        assert told in observed.evidence
    assert observed.form == "form:/lead|email"


def test_loaded_form_is_a_gate_of_unknown_height() -> None:
    """The vendor is named, and that nobody can tell from the page what it asks."""
    html = "<h2>Download the guide</h2><script>hbspt.forms.create({formId: '89f12dbf-2a33-4f4e-a584-fc8e236487c7'})</script>"
    assert gate_of(html + OPEN_TEXT).evidence.startswith('a HubSpot form (fields unknown: loaded by a script) under "Download the guide"')


def test_download_form_below_a_long_text_is_an_offer_inside() -> None:
    """A thousand open words are the piece; the form under them is an offer, and is named as one."""
    observed = gate_of(f"<main>{OPEN_TEXT * 18}{DOWNLOAD}</main>")
    assert observed.verdict == "ungated"
    assert "an offer in it is gated" in observed.evidence


def test_form_in_a_short_article_is_an_offer_inside() -> None:
    """Three hundred words in paragraphs are an article, however short; the same number in slogans is a landing page."""
    slogans = "<ul>" + "<li>Count every crate that leaves the orchard.</li>" * 60 + "</ul>"
    assert gate_of(f"<main>{OPEN_TEXT * 6}{DOWNLOAD}</main>").verdict == "ungated"
    assert gate_of(f"<main>{slogans}{DOWNLOAD}</main>").verdict == "gated"


@pytest.mark.parametrize(("form", "lead"), [(NEWSLETTER, False), (DEMO, True), ("", False)])
def test_other_forms_gate_nothing(form: str, lead: bool) -> None:
    """A newsletter box or a demo request leaves the page open; only the latter is a form that is the service itself."""
    observed = gate_of(f"<main>{OPEN_TEXT}{form}</main>")
    assert (observed.verdict, observed.lead_form) == ("ungated", lead)


def test_gate_beside_a_newsletter_and_a_demo_is_found() -> None:
    """The form that gates decides, wherever it stands among others; the demo request is remembered."""
    observed = gate_of(f"<main>{OPEN_TEXT}{DEMO}{DOWNLOAD}</main><footer>{NEWSLETTER}</footer>")
    assert (observed.verdict, observed.lead_form) == ("gated", True)


def test_flag_goes_before_the_forms() -> None:
    """The front matter knows better than the words around a form."""
    assert gate_of(f"<main>{OPEN_TEXT}{DOWNLOAD}</main>", (("gated", "false"),)).verdict == "ungated"


def test_post_without_a_wall_for_members_may_still_have_a_form_before_it() -> None:
    """Ghost's `public` says that nobody must log in; the form on the page is seen all the same, and without one the post is open."""
    public = (("visibility", "public"),)
    assert gate_of(f"<main>{OPEN_TEXT}{DOWNLOAD}</main>", public).verdict == "gated"
    assert gate_of(f"<main>{OPEN_TEXT}</main>", public) == ObservedGate("ungated", "visibility: public")


def test_page_without_forms_is_ungated_and_a_draft_is_not_known() -> None:
    """Nothing stands before the text of a whole page; what a template puts around a draft is not seen."""
    page = page_blocks(OPEN_TEXT)
    assert gate_of(f"<main>{OPEN_TEXT}</main>").verdict == "ungated"
    assert observe(page)[0].verdict == "unknown"


@pytest.mark.parametrize(
    "text",
    [
        "Please enable JavaScript in your browser to complete this form.", "Name * Phone * Job Title * Country * Send me the crate plan",
        "First Name * and Email * and Phone Number *",
    ],
)  # fmt: skip
def test_remains_of_a_form_are_unknown(text: str) -> None:
    """A page whose form was flattened to text is open or broken; we do not say which, and quote the remains."""
    observed = gate_of(f"<main>{OPEN_TEXT}<p>{text}</p></main>")
    assert observed.verdict == "unknown"
    assert "remains of a form" in observed.evidence


def test_remains_in_markdown(read: Read) -> None:
    """Migrations end in Markdown more often than in HTML."""
    piece = read("webinar.md", f"# Crates\n\n{PROSE}\n\nPlease enable JavaScript in your browser to complete this form.\n")
    assert isinstance(piece, Piece)
    assert "remains of a form" in piece.observed.evidence


@pytest.mark.parametrize(
    "page",
    [
        "<p>Two stars * and three * and four *</p>",
        "<form><label>Name * <input name=n></label><label>Email * <input name=e type=email></label><label>Country * <input name=c></label></form>",
    ],
)  # fmt: skip
def test_stars_and_real_fields_are_no_remains(page: str) -> None:
    """Labels count only where no fields stand with them."""
    assert "remains" not in gate_of(f"<main>{OPEN_TEXT}{page}</main>").evidence


def ld(value: object) -> str:
    return f'<script type="application/ld+json">{json.dumps(value)}</script>'


@pytest.mark.parametrize(
    ("markup", "verdict"),
    [
        (ld({"@type": "NewsArticle", "isAccessibleForFree": False}), "gated"),
        (ld({"@graph": [{"@type": "WebSite"}, {"@type": "Article", "isAccessibleForFree": "False"}]}), "gated"),
        (ld([{"@type": "Article", "isAccessibleForFree": "http://schema.org/False", "hasPart": {"isAccessibleForFree": False, "cssSelector": ".wall"}}]), "gated"),
        (ld({"@type": "Article", "isAccessibleForFree": True, "hasPart": [{"@type": "WebPageElement", "isAccessibleForFree": "false", "cssSelector": ".regwalled"}]}), "soft-gate"),
        ("<div itemscope><meta itemprop='isAccessibleForFree' content='false'></div>", "gated"),
        ("<meta itemprop='isAccessibleForFree' content='true'><div itemprop='hasPart' itemscope><meta itemprop='isAccessibleForFree' content='false'></div>", "soft-gate"),
        (ld({"@type": "Article", "isAccessibleForFree": True}), "ungated"), (ld({"@type": "BusinessEvent", "isAccessibleForFree": False}), "ungated"),
        (ld({"@type": "ItemList", "itemListElement": [{"@type": "Article", "isAccessibleForFree": False}]}), "ungated"),
        ('<script type="application/ld+json">{"isAccessibleForFree": false,,}</script>', "ungated"), ('<script type="application/ld+json">' + "[" * 5000 + "</script>", "ungated"),
        ("<p>isAccessibleForFree: false</p>", "ungated"), ("<style>.post-password-form { color: red }</style>", "ungated"),
        ("<form class='post-password-form' action='/wp-login.php?action=postpass'><input name='post_password' type='password'></form>", "gated"),
        ("<div class='mepr-unauthorized-message'>Members only.</div>", "gated"), ("<div class='wc-memberships-content-restricted-message'>a</div>" * 3, "ungated"),
    ],
)  # fmt: skip
def test_paywalls_that_a_page_declares(markup: str, verdict: str) -> None:
    """Marks for the page close it, marks for a part make it metered; lists, events and broken data say nothing."""
    assert gate_of(f"{markup}<main>{OPEN_TEXT}</main>").verdict == verdict


def test_paywall_goes_before_a_flag() -> None:
    """What the page tells search engines outweighs a column."""
    assert gate_of(f"{ld({'@type': 'Article', 'isAccessibleForFree': False})}<main>{OPEN_TEXT}</main>", (("gated", "false"),)).verdict == "gated"


def test_form_inside_markdown(read: Read) -> None:
    """Markdown may hold a form as HTML; its line is that of the file."""
    piece = read(
        "sheet.md",
        f"---\ntitle: Crates\n---\n\n{PROSE}\n\n## Get the data sheet\n\n<form action='/l'>\n<input name='email'>\n<input type='submit' value='Download now'>\n</form>\n",
    )
    assert isinstance(piece, Piece)
    assert (piece.observed.verdict, piece.forms[0].line) == ("gated", 9)


def test_form_that_a_template_fills_is_unknown_to_us() -> None:
    """An id from a template is no id; the page is read without it."""
    parts = webpage_parts(f"<main>{OPEN_TEXT}<script>hbspt.forms.create({{formId: '{{{{ page.form }}}}'}})</script></main>", "a.html")
    assert parts.forms == ()


def test_labelled_pages(shared: Path) -> None:
    """Of the public pages labelled by eye no newsletter box and no other form is called a gate, and six of seven gates are found; the
    seventh is an offer on a long open page.
    """
    folder = shared / "fixtures"
    with (folder / "gates.tsv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t") if (folder / row["file"]).is_file()]
    gated = [row["label"] for row in rows if webpage_parts((folder / row["file"]).read_text("utf-8", "replace"), row["file"]).observed.verdict == "gated"]
    assert gated == ["gated"] * 6


def test_gate_goes_before_a_form_that_is_not_understood() -> None:
    """Of several forms the surest decides; without any the page is open."""
    unknown, gate = Form("a:1", "unknown", verdict="unknown"), Form("b:1", "gate", verdict="gated", words="Get it")
    assert verdict_of_forms([unknown, gate]).form == "b:1"
    assert verdict_of_forms([unknown]).verdict == "unknown"
    assert verdict_of_forms([]) == ObservedGate("ungated", "no form stands before the content")
