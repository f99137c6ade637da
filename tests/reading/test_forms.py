"""Forms of a page: found by their vendor, described by what they ask and say."""

import pytest
from selectolax.lexbor import LexborHTMLParser

from gating.reading.forms import About, find_forms
from gating.records import Form
from tests.builders import PROSE

ID = "89f12dbf-2a33-4f4e-a584-fc8e236487c7"
EMAIL = "<input name='email' type='email'>"
CONTACT = f"<label>First name <input name='fname'></label>{EMAIL}<input name='company' placeholder='Company'>"
TEXT = f"<p>{PROSE}</p>"
PAGE = About("Ropes", "Ropes", "/ropes", n_words=120)


def forms_of(html: str, about: About = PAGE) -> tuple[Form, ...]:
    return find_forms(LexborHTMLParser(html), html, about)


def form_of(html: str, about: About = PAGE) -> Form:
    (form,) = forms_of(html, about)
    return form


RENDERED = {
    "hubspot": (f"<form action='https://forms.hsforms.com/submissions/v3/public/submit/formsnext/multipart/77/{ID}'>{CONTACT}</form>", f"hubspot:{ID}"),
    "hubspot by id": (f"<form id='hsForm_{ID}' class='hs-form'>{CONTACT}</form>", f"hubspot:{ID}"),
    "marketo": (f"<form id='mktoForm_1917' action='/marketo/submit'>{CONTACT}</form>", "marketo:1917"),
    "marketo landing page": (f"<form action='//go.acme.marketo.com/index.php/leadCapture/save'><input type=hidden name=formid value=1043>{CONTACT}</form>", "marketo:1043"),
    "pardot": (f"<form action='https://go.pardot.com/l/45512/2021-03-04/9xk2'>{CONTACT}</form>", "pardot:45512/2021-03-04/9xk2"),
    "pardot on a tracker domain": (f"<form action='https://info.acme.example/l/45512/2021-03-04/9xk2'>{CONTACT}</form>", "pardot:45512/2021-03-04/9xk2"),
    "eloqua": (f"<form action='https://s77.t.eloqua.com/e/f2'><input type=hidden name=elqFormName value=RopeBook>{CONTACT}</form>", "eloqua:RopeBook"),
    "eloqua by its hidden field": (f"<form action='/thanks'><input type=hidden name=elqFormName value=RopeBook>{CONTACT}</form>", "eloqua:RopeBook"),
    "activecampaign": (f"<form action='https://acme.activehosted.com/proc.php'><input type=hidden name=f value=31>{CONTACT}</form>", "activecampaign:31"),
    "mailchimp": (f"<form action='https://acme.us5.list-manage.com/subscribe/post?u=ab12&amp;id=9f3c'>{EMAIL}<input name='b_ab12_9f3c'></form>", "mailchimp:9f3c"),
    "kit": (f"<form class='seva-form' data-sv-form='55120'>{EMAIL}</form>", "kit:55120"),
    "convertkit": (f"<form action='https://app.convertkit.com/forms/7781/subscriptions'>{EMAIL}</form>", "kit:7781"),
    "mailpoet": (f"<form class='mailpoet_form'><input type=hidden name='data[form_id]' value=4>{EMAIL}</form>", "mailpoet:4"),
    "cleverreach": (f"<form action='https://eu2.cleverreach.com/f/3311-22/wcs/'>{EMAIL}</form>", "cleverreach:3311-22"),
    "constant contact": (f"<form action='https://visitor.constantcontact.com/d.jsp'>{EMAIL}</form>", "constant contact:/d.jsp|email"),
    "brevo": (f"<form action='https://77aa.sibforms.com/serve/MUIEAB'>{EMAIL}</form>", "brevo:muieab"),
    "klaviyo": (f"<form action='https://manage.klaviyo.com/api/list'>{EMAIL}</form>", "klaviyo:/api/list|email"),
    "mailerlite": (f"<form action='https://assets.mailerlite.com/jsonp/1/forms/8812/subscribe'>{EMAIL}</form>", "mailerlite:8812"),
    "gravity forms": (f"<div class='gform_wrapper'><form id='gform_3'>{CONTACT}</form></div>", "gravity forms:3"),
    "contact form 7": (f"<form class='wpcf7-form init'><input type=hidden name=_wpcf7 value=61>{CONTACT}</form>", "contact form 7:61"),
    "wpforms": (f"<form class='wpforms-form' ><input type=hidden name='wpforms[id]' value=12>{CONTACT}</form>", "wpforms:12"),
    "elementor": (f"<form class='elementor-form'><input type=hidden name=form_id value=3f2a>{CONTACT}</form>", "elementor:3f2a"),
    "webflow": (f"<div class='w-form'><form id='wf-form-Lead' data-name='Lead' data-wf-page-id='6a'>{CONTACT}</form></div>", "webflow:|company,email,fname"),
    "netlify": (f"<form name='lead' data-netlify='true' action='/thanks'>{CONTACT}</form>", "netlify:/thanks|company,email,fname"),
    "formspree": (f"<form action='https://formspree.io/f/xknq'>{CONTACT}</form>", "formspree:xknq"),
    "unbounce": (f"<form action='/fsg?pageId=7' class='lp-pom-form'>{CONTACT}</form>", "unbounce:/fsg|company,email,fname"),
    "zoho": (f"<form action='https://crm.zoho.com/crm/WebToLeadForm'>{CONTACT}</form>", "zoho:/crm/WebToLeadForm|company,email,fname"),
    "own": (f"<form action='https://acme.example/lead?x=1'>{CONTACT}</form>", "form:/lead|company,email,fname"),
}


@pytest.mark.parametrize(("html", "identity"), RENDERED.values(), ids=RENDERED)
def test_form_in_the_page_is_known_by_its_vendor_and_id(html: str, identity: str) -> None:
    """The identity is the vendor's id of the form; without one, the path it posts to and the fields it shows."""
    form = form_of(TEXT + html)
    assert form.identity == identity
    assert "e-mail" in form.fields


REMOTE = {
    "hubspot script": (f"<script>hbspt.forms.create({{ portalId: '77', onFormReady: function () {{}}, formId: '{ID}' }});</script>", f"hubspot:{ID}"),
    "hubspot frame": (f"<div class='hs-form-frame' data-region='eu1' data-form-id='{ID}'></div>", f"hubspot:{ID}"),
    "hubspot iframe": (f"<iframe src='https://share.hsforms.com/v/{ID}'></iframe>", f"hubspot:{ID}"),
    "hubspot amp": (f"<amp-iframe src='https://share.hsforms.com/{ID}'></amp-iframe>", f"hubspot:{ID}"),
    "marketo script": ('<form id="mktoForm_1917"></form><script>MktoForms2.loadForm("//app-ab01.marketo.com", "123-ABC-456", 1917);</script>', "marketo:1917"),
    "pardot iframe": ("<iframe src='https://go.pardot.com/l/45512/2021-03-04/9xk2'></iframe>", "pardot:45512/2021-03-04/9xk2"),
    "pardot iframe of its own class": ("<iframe class='pardotform' src='https://info.acme.example/ropes'></iframe>", "pardot:/ropes"),
    "activecampaign": ("<script src='https://acme.activehosted.com/f/embed.php?id=31'></script>", "activecampaign:31"),
    "kit": ("<script async data-uid='a1b2' src='https://acme.ck.page/a1b2/index.js'></script>", "kit:a1b2"),
    "klaviyo": ("<div class='klaviyo-form-Xy12'></div>", "klaviyo:xy12"),
    "typeform": ("<div data-tf-live='01HXY'></div>", "typeform:01hxy"),
    "typeform widget": ("<div data-tf-widget='aBc1'></div>", "typeform:abc1"),
    "typeform iframe": ("<iframe src='https://acme.typeform.com/to/aBc1'></iframe>", "typeform:abc1"),
    "ninja forms": ("<div id='nf-form-3-cont' class='nf-form-cont'></div>", "ninja forms:nf-form-3-cont"),
    "leadpages": ("<a data-leadbox='zz-91'>Rope checklist</a>", "leadpages:zz-91"),
    "leadpages link": ("<a href='https://acme.leadpages.net/leadbox/zz-91/'>Rope checklist</a>", "leadpages:zz-91"),
    "google forms": ("<iframe src='https://docs.google.com/forms/d/e/1FAIp/viewform'></iframe>", "google forms:1faip"),
    "calendly": ("<div class='calendly-inline-widget' data-url='https://calendly.com/acme/call'></div>", "calendly:/acme/call"),
    "chili piper": ("<script src='https://js.chilipiper.com/marketing.js'></script>", "chili piper:/marketing.js"),
    "hubspot meetings": ("<div class='meetings-iframe-container' data-src='https://meetings.hubspot.com/acme/call'></div>", "hubspot meetings:/acme/call"),
    "zoom": ("<iframe src='https://acme.zoom.us/webinar/register/WN_77'></iframe>", "zoom:wn_77"),
    "goto webinar": ("<a class='btn' href='https://attendee.gotowebinar.com/register/5512'>Register</a>", "goto webinar:5512"),
    "on24": ("<iframe src='https://event.on24.com/wcc/r/4410021/AB'></iframe>", "on24:4410021"),
    "brighttalk": ("<a role='button' href='https://www.brighttalk.com/webcast/12/3456'>Watch</a>", "brighttalk:12/3456"),
    "livestorm": ("<iframe src='https://app.livestorm.co/p/ropes-live/form'></iframe>", "livestorm:ropes-live"),
    "jotform": ("<script src='https://form.jotform.com/jsform/22113'></script>", "jotform:22113"),
    "tally": ("<iframe data-tally-src='https://tally.so/embed/w7Xy'></iframe>", "tally:w7xy"),
}  # fmt: skip


@pytest.mark.parametrize(("html", "identity"), REMOTE.values(), ids=REMOTE)
def test_form_that_a_script_or_frame_loads_is_known_and_its_fields_are_not(html: str, identity: str) -> None:
    """Nobody can say from the page what such a form asks, so its height is unknown and not low."""
    form = form_of(TEXT + html)
    assert form.identity == identity
    assert (form.fields, form.height) == ((), 0)


NO_FORMS = {
    "loader of the HubSpot plug-in": "<script>function f(formDef) { hbspt.forms.create(formDef) } if (typeof hbspt.forms.create !== 'function') f({})</script>",
    "form id of a template": "<script>hbspt.forms.create({ portalId: '77', formId: '{{ page.form_id }}' })</script>",
    "embed script alone": "<script src='https://js.hsforms.net/forms/embed/77.js'></script><script src='//app-ab01.marketo.com/js/forms2/js/forms2.min.js'></script>",
    "vendor in a style sheet": "<style>.wpforms-form, .nf-form-cont { color: red }</style><link rel='dns-prefetch' href='//f.convertkit.com'>",
    "vendor in data": f"<script type='application/json'>{{\"code\": \"hbspt.forms.create({{formId: '{ID}'}})\"}}</script>",
    "form in a comment": f"<!-- <form action='/lead'>{CONTACT}</form> -->",
    "link to a vendor": "<a href='https://share.hsforms.com/1abc'>our form</a> <a href='https://go.pardot.com/l/1/2/3'>mail</a> <a href='https://docs.google.com/forms/d/x'>survey</a>",
    "webinar mentioned in a text": "<p>We spoke at <a href='https://acme.zoom.us/webinar/register/WN_77'>their webinar</a>.</p>",
    "chat and pop-up scripts": "<script src='https://js.driftt.com/a.js'></script><script src='https://a.omappapi.com/app.js'></script><script src='//x.ubembed.com'></script>",
    "empty Marketo form that measures fonts": "<form class='mktoForm' style='visibility: hidden; position: absolute; left: -1000px'></form>",
    "search": "<form role='search' action='/search'><input type='search' name='q' placeholder='Search the guides'></form>",
    "filter": "<form class='blog-filters'><select name='topic'><option>Ropes</option></select><input name='keyword'></form>",
    "language": "<form action='/lang'><select name='language'><option>Deutsch</option></select></form>",
    "log-in": "<form action='/session'><h3>Access your reports</h3><input name='email'><input type='password'><button>Log in</button></form>",
    "log-in by e-mail alone": f"<form class='signin-form'>{EMAIL}<button>Continue</button></form>",
    "recovery": f"<h2>Forgot your password?</h2><form action='/x'><p>We send you a link.</p>{EMAIL}<button>Send</button></form>",
    "comment": f"<form action='/wp-comments-post.php' id='commentform'><textarea name='comment'></textarea><input name='author'>{EMAIL}<button>Post comment</button></form>",
    "comment by another plug-in": f"<form class='wpcf7-form'><textarea name='comment'></textarea>{EMAIL}</form>",
    "cart": f"<form action='/cart/add'>{EMAIL}<button>Add to cart</button></form>",
    "checkout": f"<form action='/checkout/step-2'>{CONTACT}<button>Continue</button></form>",
    "donation": f"<form action='https://www.paypal.com/cgi-bin/webscr'>{EMAIL}<button>Give</button></form>",
    "feedback": f"<form><p>Was this page helpful?</p>{EMAIL}<button>Send</button></form>",
    "send to a friend": f"<form><p>E-mail this guide to a friend</p>{EMAIL}<button>Send</button></form>",
    "cookie notice": "<form id='cookie-consent'><input type='checkbox' name='statistics'><button>Accept</button></form>",
    "Webflow's password page": "<form action='/.wf_auth' class='w-password-page'><input type='password' name='pass'></form>",
    "no contact asked": "<form><h3>Get the rope guide</h3><input name='size'><button>Get it</button></form>",
}


@pytest.mark.parametrize("html", NO_FORMS.values(), ids=NO_FORMS)
def test_what_is_no_form_or_of_no_interest_is_left_out(html: str) -> None:
    """Vendors are named on pages without any form, and most forms ask for no lead."""
    assert forms_of(TEXT + html) == ()


def test_two_forms_of_one_script_are_both_found() -> None:
    """Each call has its own id and its own place on the page."""
    other = ID.replace("89", "11", 1)
    html = (
        "<div id='a'><h3>Contact us</h3><div class='one'></div></div><div><h3>Get the rope guide</h3><div class='two'></div></div>"
        f"<script>hbspt.forms.create({{formId: '{ID}', target: '.one'}}); hbspt.forms.create({{formId: '{other}', target: '.two'}})</script>"
    )
    assert [(form.identity, form.purpose) for form in forms_of(html)] == [(f"hubspot:{ID}", "lead"), (f"hubspot:{other}", "gate")]


def test_form_drawn_and_named_by_its_script_is_one_form() -> None:
    """A page saved after drawing holds both; the one with fields is kept."""
    html = f"<form id='hsForm_{ID}' class='hs-form'>{CONTACT}</form><script>hbspt.forms.create({{formId: '{ID}'}})</script>"
    assert form_of(html).fields == ("name", "e-mail", "company")


def test_page_wrapped_in_one_form_is_cut_by_its_fields() -> None:
    """Some servers put the whole page into one form; the boxes around the e-mail fields are the real ones."""
    html = (
        f"<form id='aspnetForm'><header><input name='q'></header><main><h1>Ropes</h1>{TEXT * 4}"
        f"<div><h3>Download the rope brochure</h3>{EMAIL}<button>Download</button></div></main>"
        f"<footer><div><p>Our newsletter</p><input type='email' name='nl'><button>Subscribe</button></div></footer></form>"
    )
    assert [form.purpose for form in forms_of(html)] == ["gate", "newsletter"]


def test_field_without_a_form_counts_with_its_box() -> None:
    """Pages drawn by scripts often have no form element at all."""
    form = form_of(f"{TEXT * 4}<div><h3>Get the rope report</h3>{EMAIL}<button>Get the report</button></div>")
    assert (form.purpose, form.fields) == ("gate", ("e-mail",))


PURPOSES = {
    "button and heading": (f"<h2>The rope buyer's guide</h2><form>{CONTACT}<button>Download the guide</button></form>", "gate"),
    "words before": (f"<h2>Rope inspection</h2><p>Fill out the form to download your copy.</p><form>{CONTACT}<input type=submit value=Submit></form>", "gate"),
    "an account to read": (f"<form><h3>Create a free account to read this report</h3>{EMAIL}<input type=password><button>Register</button></form>", "gate"),
    "unlock": (f"<form><h3>Unlock the full benchmark</h3>{EMAIL}<button>Unlock</button></form>", "gate"),
    "checklist to the inbox": (f"<form><p>We send the checklist to your inbox.</p>{EMAIL}<button>Send me the checklist</button></form>", "gate"),
    "recorded webinar": (f"<h2>On-demand webinar: splicing ropes</h2><form>{CONTACT}<button>Register</button></form>", "gate"),
    "recorded demo": (f"<h2>See it at work</h2><p>Complete this form to view your on-demand demo!</p><form>{CONTACT}<button>Send</button></form>", "gate"),
    "mail vendor, guide given": (f"<form class='formkit-form'><h3>Grab the free rope checklist</h3>{EMAIL}<button>Send me the checklist</button></form>", "gate"),
    "name of the form": (f"<form id='lead-magnet-form'>{CONTACT}<button>Submit</button></form>", "gate"),
    "hidden name of the asset": (f"<form><input type=hidden name=lead_source value='Whitepaper download now'>{CONTACT}<button>Submit</button></form>", "gate"),
    "file it sends on to": (
        f"<form action='https://webto.salesforce.com/servlet/servlet.WebToLead'><input type=hidden name=retURL value='https://a.example/ropes.pdf'>{CONTACT}</form>", "gate",
    ),
    "consent names a newsletter": (
        f"<form><h3>Download the rope guide</h3>{CONTACT}<label><input type=checkbox name=nl> Subscribe to our newsletter</label>"
        "<p>By submitting you agree to get our newsletter.</p><button>Download now</button></form>", "gate",
    ),
    "coming webinar": (f"<h2>Webinar: splicing ropes</h2><p>Cannot come? We send the recording.</p><form>{CONTACT}<button>Save my seat</button></form>", "lead"),
    "demo": (f"<h2>See it at work</h2><form>{CONTACT}<button>Request a demo</button></form>", "lead"),
    "demo through a mail vendor": (f"<h2>Book a demo</h2><form action='https://a.list-manage.com/subscribe/post?id=1'>{CONTACT}<button>Schedule demo</button></form>", "lead"),
    "trial of a program": (f"<form><h3>Download the free trial</h3>{CONTACT}<button>Download</button></form>", "lead"),
    "quote": (f"<form><p>Fill out the form to get a quote</p>{CONTACT}<button>Get my quote</button></form>", "lead"),
    "contact": (f"<form><h3>Send us a message</h3>{CONTACT}<textarea name=message></textarea><button>Send</button></form>", "lead"),
    "call back": ("<form><input name=name><input name=phone type=tel><button>Call me back</button></form>", "lead"),
    "message and nothing said": (f"<form>{EMAIL}<textarea name=message></textarea><button>Send</button></form>", "lead"),
    "newsletter": (f"<form>{EMAIL}<button>Subscribe</button></form>", "newsletter"),
    "newsletter of four fields": (
        f"<h3>Sign up for the rope letter, our monthly newsletter</h3><form>{CONTACT}<input name=lname><input type=submit value='Sign up'></form>", "newsletter",
    ),
    "newsletter that brings guides": (f"<form><p>Get new guides and reports in your inbox</p>{EMAIL}<button>Sign up</button></form>", "newsletter"),
    "newsletter with a present": (f"<form class='newsletter'><p>Get our rope guide by e-mail</p>{EMAIL}<button>Subscribe to get it</button></form>", "newsletter"),
    "one field and nothing said": (f"<form>{EMAIL}<button>Go</button></form>", "newsletter"),
    "mail vendor and nothing said": ("<form class='mailpoet_form'><input name=fname><input name=email></form>", "newsletter"),
    "hidden words": (f"<h3>Our rope newsletter</h3><form>{CONTACT}<div class='u-hide'><h3>Talk to us</h3></div><button>Go</button></form>", "newsletter"),
    "job": (f"<h2>Rigger, full time</h2><form>{CONTACT}<input type=file name=resume><button>Apply now</button></form>", "job"),
    "result of a tool": (f"<form><h3>Your site in figures</h3>{CONTACT}<button>E-mail my report</button></form>", "unknown"),
    "nothing said": (f"<form>{CONTACT}<button>Submit</button></form>", "unknown"),
}  # fmt: skip


@pytest.mark.parametrize(("html", "purpose"), PURPOSES.values(), ids=PURPOSES)
def test_purpose_comes_from_the_words_near_the_form(html: str, purpose: str) -> None:
    """Button, heading, names and the words before it decide; the vendor and the number of fields do not."""
    assert form_of(f"<main>{TEXT}<div>{html}</div></main>").purpose == purpose


@pytest.mark.parametrize("vendor", ["calendly-inline-widget", "meetings-iframe-container"])
def test_scheduling_is_a_lead_form_whatever_stands_around(vendor: str) -> None:
    """A calendar gates nothing, even under the heading of a guide."""
    form = form_of(f"<h2>Get the guide</h2><div class='{vendor}' data-src='https://meetings.hubspot.com/a/b'></div>")
    assert (form.purpose, form.verdict) == ("lead", "ungated")


BARE = f"<h1>Ropes at sea</h1><form>{CONTACT}<button>Submit</button></form>"


@pytest.mark.parametrize(
    ("about", "purpose"),
    [
        (About("White paper: ropes at sea", n_words=90), "gate"), (About("Ropes", address="https://a.example/downloads/ropes", n_words=90), "gate"),
        (About("Ropes", file="site/ebooks/ropes.html", n_words=500), "gate"), (About("Ropes", file="saved/acme__ebooks__ropes.html", n_words=90), "gate"),
        (About("Ropes", address="/downloads/ropes", n_words=900), "unknown"), (About("White paper: ropes at sea", n_words=500), "unknown"),
        (About("Acme | Contact", address="/downloads/x", n_words=90), "lead"), (About("Contact us | Acme", n_words=90), "lead"), (About("Ropes", n_words=90), "unknown"),
        (About("Ropes", file="reports/2026/site/ropes.html", n_words=90), "unknown"),
    ],
)  # fmt: skip
def test_form_without_words_goes_by_its_bare_page(about: About, purpose: str) -> None:
    """Title, address and folder tell what the only form of a short page gives; folders further up belong to the user."""
    assert form_of(BARE, about).purpose == purpose


def test_page_of_a_survey_vendor_is_no_gate_by_its_title() -> None:
    """A questionnaire on a page about a report asks, it does not give."""
    assert form_of("<div data-tf-live='01HXY'></div>", About("The rope report", n_words=60)).purpose == "unknown"


def test_picture_beside_a_form_tells_on_a_bare_page() -> None:
    """The cover of what is given is often the only hint."""
    html = f"<section><img src='/img/rope-ebook-cover.png' alt=''><h2>Ropes at sea</h2></section><div class='hs-form-frame' data-form-id='{ID}'></div>"
    assert form_of(html, About("Ropes at sea", n_words=12)).purpose == "gate"


GATE_FORM = f"<h3>Get the rope guide</h3><form>{EMAIL}<button>Get the guide</button></form>"


@pytest.mark.parametrize(
    ("html", "n_words", "verdict"),
    [
        (f"<main>{GATE_FORM}</main>", 300, "gated"), (f"<main>{GATE_FORM}</main>", 900, "ungated"), (f"<footer>{GATE_FORM}</footer>", 300, "ungated"),
        (f"<div class='site-footer'>{GATE_FORM}</div>", 300, "ungated"), (f"<div class='modal-footer'>{GATE_FORM}</div>", 300, "gated"),
        (f"<div id='om-x1' class='Campaign'>{GATE_FORM}</div>", 300, "ungated"), (f"<div class='exit-intent'>{GATE_FORM}</div>", 300, "ungated"),
        (f"<div class='modal'>{GATE_FORM}</div>", 300, "gated"), (f"<aside>{GATE_FORM}</aside>", 300, "gated"), (f"<aside>{GATE_FORM}</aside>", 500, "ungated"),
        (f"<div class='hs-form-frame' data-form-id='{ID}'></div>", 300, "unknown"), (f"<footer><div class='hs-form-frame' data-form-id='{ID}'></div></footer>", 300, "ungated"),
    ],
)  # fmt: skip
def test_verdict_depends_on_where_the_form_stands(html: str, n_words: int, verdict: str) -> None:
    """Pop-ups, footers, side bars beside a text and forms inside a long piece gate nothing; a loaded form may do anything."""
    assert form_of(html, About("Ropes", n_words=n_words)).verdict == verdict


@pytest.mark.parametrize(
    ("fields", "families", "height"),
    [
        (EMAIL, ("e-mail",), 1), ("<input name=nm placeholder='Your name'>" + EMAIL, ("name", "e-mail"), 2), (CONTACT, ("name", "e-mail", "company"), 3),
        (EMAIL + "<select name=c aria-label=Country></select>", ("e-mail", "geo"), 3), (EMAIL + "<input name=x autocomplete='organization-title'>", ("e-mail", "company"), 3),
        (EMAIL + "<input type=tel name=t>", ("e-mail", "phone"), 4), (EMAIL + "<label for=s>Number of employees</label><input id=s name=input_4>", ("e-mail", "size"), 4),
        (CONTACT + "<input name=q1><input name=q2><input name=q3><input name=q4>", ("name", "e-mail", "company"), 4),
        (EMAIL + "<input name=nm placeholder='Name'><input name=org placeholder='Company (optional)'>", ("e-mail", "name", "company"), 2),
        (EMAIL + "<p>Please use your work e-mail.</p>", ("e-mail",), 2), ("<label>Work e-mail <input name=e></label>", ("e-mail",), 1),
        (EMAIL + "<input type=tel name=t><p>Please use a business email address.</p>", ("e-mail", "phone"), 5),
        (EMAIL + "<script>const free = ['gmail.com', 'yahoo.com']</script>", ("e-mail",), 2),
    ],
)  # fmt: skip
def test_height_counts_what_a_person_must_give(fields: str, families: tuple[str, ...], height: int) -> None:
    """1 e-mail .. 4 phone, size or seven fields; one more where only business addresses are taken; optional fields cost nothing."""
    form = form_of(f"<form><h3>Get the guide</h3>{fields}<button>Get the guide</button></form>")
    assert (form.fields, form.height) == (families, height)


TRAPS = {
    "declared": "<form data-netlify='true' data-netlify-honeypot='company-website'><input name='company-website'>{}</form>",
    "out of sight": "<form><div style='position:absolute; left:-5000px'><input name='company'></div>{}</form>",
    "not displayed": "<form><p style='display: none'><input name='phone'></p>{}</form>",
    "class": "<form><div class='u-off-screen'><input name='website'></div>{}</form>",
    "Mailchimp": "<form><input name='b_ab12_9f3c' tabindex='-1'>{}</form>",
    "no tab stop": "<form><input name='phone' tabindex='-1' autocomplete='off'>{}</form>",
    "said": "<form><label>Leave this field blank <input name='company'></label>{}</form>",
    "hidden, ticked, sent": "<form><input type=hidden name=company><input type=checkbox name=phone><input type=submit name=company>{}</form>",
}


@pytest.mark.parametrize("html", TRAPS.values(), ids=TRAPS)
def test_fields_that_no_person_sees_do_not_count(html: str) -> None:
    """Traps for programs and hidden values are not asked of the reader."""
    assert form_of(html.format(EMAIL)).fields == ("e-mail",)


@pytest.mark.parametrize("names", ["overflow-hidden", "hidden lg:flex", "d-none d-md-block", "u-hide--small"])
def test_names_that_only_sound_hidden_hide_nothing(names: str) -> None:
    """Cut-off corners and what telephones do not show are seen by the reader at a desk."""
    assert form_of(f"<form><div class='{names}'><input name='company'></div>{EMAIL}</form>").fields == ("company", "e-mail")


def test_line_of_a_form() -> None:
    """A form element by its tag, a loaded form by its id."""
    html = f"<h1>Ropes</h1>\n\n<form>{EMAIL}</form>\n<div class='hs-form-frame'\n data-form-id='{ID}'></div>"
    assert [form.line for form in forms_of(html)] == [3, 5]


def test_identity_does_not_depend_on_the_order_of_fields_or_the_query() -> None:
    """The same form on another page is the same form."""
    one = form_of("<form action='/lead?from=a'><input name=Email><input name=fname></form>")
    other = form_of("<form action='https://acme.example/lead?from=b'><input name=fname><input name=email></form>")
    assert one.identity == other.identity


def test_words_quote_what_told() -> None:
    """The sentence before the form that decided is shown, not the heading that says nothing."""
    form = form_of(f"<h2>Ropes at work</h2><p>Complete this form to view the recording.</p><form>{CONTACT}<button>Send</button></form>")
    assert "to view the recording" in form.words
    assert len(form.words) <= 200


ENDLESS = {
    "forms": "<div>" * 10_000 + f"<form><h3>Get the guide</h3>{EMAIL}</form>" * 10_000,
    "fields without forms": "<div>" + f"<p>{EMAIL}</p>" * 20_000,
    "calls without end": "<script>" + "hbspt.forms.create({ " * 20_000 + "</script>" + EMAIL,
}


@pytest.mark.parametrize("html", ENDLESS.values(), ids=ENDLESS)
def test_a_page_of_forms_without_end_is_read(html: str) -> None:
    """Ten thousand forms in ten thousand boxes cost no more than their size."""
    assert 1 <= len(forms_of(html)) <= 40
