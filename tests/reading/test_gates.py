"""Today's gate, as far as a source shows it."""

import pytest
from selectolax.lexbor import LexborHTMLParser

from gating.reading.blocks import page_blocks
from gating.reading.gates import gate_in_components, gate_in_dom, gate_in_metadata
from tests.builders import PROSE

OPEN_TEXT = f"<p>{PROSE}</p>"


def gate_of(html: str) -> str:
    tree = LexborHTMLParser(html)
    return gate_in_dom(tree, page_blocks(html, tree)).verdict


@pytest.mark.parametrize(
    ("key", "value", "verdict"),
    [
        ("gated", "true", "gated"), ("gated", "no", "ungated"), ("gated", "Yes", "gated"), ("isGated", "1", "gated"), ("requires_form", "yes", "gated"),
        ("access", "free", "ungated"), ("gate", "soft-gate", "soft-gate"), ("visibility", "members", "gated"), ("visibility", "public", "ungated"),
        ("audience", "only_paid", "gated"), ("meta.gated", "true", "gated"), ("asset access", "open", "ungated"),
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


@pytest.mark.parametrize(("key", "value"), [("title", "yes"), ("gate", "tokenizer.json"), ("draft", "true"), ("published", "yes"), ("required", "true"), ("lead", "x")])
def test_other_keys_and_values_say_nothing(key: str, value: str) -> None:
    """A key that is no flag, or a value that is no answer, leaves the gate unknown."""
    assert gate_in_metadata(((key, value),)).verdict == "unknown"


def test_component_at_the_top_is_a_gate() -> None:
    """A component named as a gate before the text stands in front of it, and its line is shown."""
    observed = gate_in_components('# The crate book\n\n<GatedDownload formId="a1" />\n')
    assert observed.verdict == "gated"
    assert "line 3" in observed.evidence


def test_component_after_open_text_is_an_offer_inside() -> None:
    """After three hundred open words the piece itself is ungated."""
    assert gate_in_components("word " * 300 + "\n\n<LeadForm id='a1' />\n").verdict == "ungated"


def test_shortcode_of_a_form_is_a_gate() -> None:
    """Hugo's {{< hubspot-form >}} counts as a component does."""
    assert gate_in_components('{{< hubspot-form id="a1" >}}').verdict == "gated"


def test_text_without_component_is_unknown() -> None:
    """A draft says nothing about how it is given out."""
    assert gate_in_components(PROSE).verdict == "unknown"


DOWNLOAD = "<div><h2>Download the free crate guide</h2><form action='/lead'><input name='email' type='email'><button>Get the guide</button></form></div>"


def test_download_form_is_a_gate() -> None:
    """A form that asks for an e-mail address and gives a guide is a gate; the words are quoted."""
    html = f"<main>{OPEN_TEXT}{DOWNLOAD}</main>"
    tree = LexborHTMLParser(html)
    observed = gate_in_dom(tree, page_blocks(html, tree))
    assert observed.verdict == "gated"
    assert "crate guide" in observed.evidence


def test_download_form_below_a_long_text_is_an_offer_inside() -> None:
    """A thousand open words are the piece; the form under them is an offer."""
    assert gate_of(f"<main>{OPEN_TEXT * 18}{DOWNLOAD}</main>") == "ungated"


@pytest.mark.parametrize(
    "form",
    [
        "<form class='newsletter'><h3>Get our guide to pears by e-mail</h3><input name='email'><button>Subscribe to get it</button></form>",
        "<form id='subscribe-form'><p>Download our report each month</p><input type='email' name='email'></form>",
        "<form role='search' action='/search'><input type='search' name='q' placeholder='Get a guide'></form>",
        "<form action='/login'><p>Access your report</p><input name='email'><input type='password'><button>Get in</button></form>",
        "<form action='/recover'><p>Get access to your guide again</p><input name='email'></form>",
        "<form id='commentform'><p>Read the guide and comment</p><input name='email'></form>",
        "<form action='/cart'><p>Get the guide</p><input name='email'></form>",
        "<form><p>Get the guide</p><input name='size'></form>",
    ],
    ids=["newsletter", "subscribe", "search", "login", "recover", "comment", "cart", "no-contact"],
)
def test_other_forms_are_never_gates(form: str) -> None:
    """Newsletter, search, login, recovery, comment and cart forms, and forms that ask for no contact, gate nothing."""
    assert gate_of(f"<main>{OPEN_TEXT}<div>{form}</div></main>") == "ungated"


def test_demo_form_is_a_contact_form() -> None:
    """Asking for a demo gates nothing: the page is open, and the form is named."""
    html = f"<main>{OPEN_TEXT}<div><h2>Book a demo</h2><form><input name='email'><button>Request it</button></form></div></main>"
    tree = LexborHTMLParser(html)
    observed = gate_in_dom(tree, page_blocks(html, tree))
    assert (observed.verdict, "contact form" in observed.evidence) == ("ungated", True)


def test_remains_of_a_form_are_unknown() -> None:
    """A page whose form was flattened to text is open or broken; we do not say which."""
    assert gate_of(f"<main>{OPEN_TEXT}<p>Please enable JavaScript in your browser to complete this form.</p></main>") == "unknown"


def test_page_without_forms_is_ungated() -> None:
    """Nothing stands before the text."""
    assert gate_of(f"<main>{OPEN_TEXT}</main>") == "ungated"
