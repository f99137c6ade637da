"""Which product made a form: marks on elements and in script text, as data. A vendor says nothing about a form's purpose.

Marks are looked for on elements and in the text of scripts, never in the page as a string: style sheets, settings and pasted
addresses name vendors on pages without any form.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from selectolax.lexbor import LexborNode

UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"


@dataclass(frozen=True, slots=True)
class Mark:
    """An element of `tag` (any when empty) whose `attribute` contains `holds` is this vendor's form; `id` finds its id there."""

    vendor: str
    tag: str
    attribute: str
    holds: str
    id: str = ""
    purpose: str = ""  # when no words near it say: newsletter, or unknown (surveys); of a scheduler, whatever the words say: lead


@dataclass(frozen=True, slots=True)
class Maker:
    """The vendor of a form, the form's id there (empty when not told) and the purpose that the vendor stands for."""

    vendor: str = ""
    id: str = ""
    purpose: str = ""


# Forms whose fields stand in the page.
RENDERED = (
    Mark("hubspot", "form", "action", "forms.hsforms.com", rf"({UUID})"),
    Mark("hubspot", "form", "id", "hsForm_", rf"({UUID})"),
    Mark("hubspot", "form", "class", "hs-form"),
    Mark("marketo", "form", "id", "mktoForm_", r"mktoForm_(\d+)"),
    Mark("marketo", "form", "action", ".marketo.com/index.php/leadCapture"),
    Mark("marketo", "form", "class", "mktoForm"),
    Mark("pardot", "form", "action", "go.pardot.com/l/", r"/l/(\d+/[\d-]+/\w+)"),
    Mark("salesforce", "form", "action", "servlet/servlet.WebTo"),
    Mark("eloqua", "form", "action", "eloqua.com/e/f2"),
    Mark("activecampaign", "form", "action", "activehosted.com/proc.php"),
    Mark("mailchimp", "form", "action", "list-manage.com/subscribe", r"[?&]id=(\w+)", "newsletter"),
    Mark("mailchimp", "form", "class", "mc4wp-form", r"mc4wp-form-(\d+)", "newsletter"),
    Mark("kit", "form", "data-sv-form", "", r"(\d+)", "newsletter"),
    Mark("kit", "form", "class", "formkit-form", "", "newsletter"),
    Mark("kit", "form", "action", "convertkit.com/forms/", r"/forms/(\d+)", "newsletter"),
    Mark("kit", "form", "action", "app.kit.com/forms/", r"/forms/(\d+)", "newsletter"),
    Mark("mailpoet", "form", "class", "mailpoet_form", "", "newsletter"),
    Mark("cleverreach", "form", "action", "cleverreach.com/f/", r"/f/([\d-]+)", "newsletter"),
    Mark("constant contact", "form", "action", "constantcontact.com", "", "newsletter"),
    Mark("brevo", "form", "action", "sibforms.com", r"/serve/(\w+)", "newsletter"),
    Mark("klaviyo", "form", "action", "klaviyo.com", "", "newsletter"),
    Mark("mailerlite", "form", "action", "mailerlite.com", r"/forms/(\d+)", "newsletter"),
    Mark("campaign monitor", "form", "action", "createsend.com/t/", "", "newsletter"),
    Mark("aweber", "form", "action", "aweber.com/scripts/addlead", "", "newsletter"),
    Mark("getresponse", "form", "action", "getresponse.com/add_subscriber", "", "newsletter"),
    Mark("drip", "form", "action", "getdrip.com/forms/", r"/forms/(\d+)", "newsletter"),
    Mark("buttondown", "form", "action", "buttondown.", "", "newsletter"),
    Mark("ghost", "form", "data-members-form", "", "", "newsletter"),
    Mark("gravity forms", "form", "id", "gform_", r"gform_(\d+)"),
    Mark("contact form 7", "form", "class", "wpcf7-form"),
    Mark("wpforms", "form", "class", "wpforms-form", r"wpforms-form-(\d+)"),
    Mark("ninja forms", "form", "class", "nf-form"),
    Mark("formidable", "form", "class", "frm-show-form"),
    Mark("fluent forms", "form", "class", "frm-fluent-form"),
    Mark("elementor", "form", "class", "elementor-form"),
    Mark("webflow", "form", "data-wf-page-id", ""),
    Mark("webflow", "form", "id", "wf-form-"),
    Mark("formspree", "form", "action", "formspree.io/", r"formspree\.io/(?:f/)?(\w+)"),
    Mark("netlify", "form", "data-netlify", ""),
    Mark("netlify", "form", "netlify", ""),
    Mark("unbounce", "form", "action", "/fsg?"),
    Mark("unbounce", "form", "class", "lp-pom-form"),
    Mark("zoho", "form", "action", "zoho.com/crm/WebToLead"),
)

# Forms that a script or a frame brings: the page holds no field of theirs.
REMOTE = (
    Mark("hubspot", "", "class", "hs-form-frame"),
    Mark("hubspot", "", "class", "hs-form-html"),
    Mark("hubspot", "iframe", "src", "hsforms.com", rf"({UUID})"),
    Mark("hubspot", "amp-iframe", "src", "hsforms.com", rf"({UUID})"),
    Mark("marketo", "iframe", "src", ".marketo.com/"),
    Mark("pardot", "iframe", "src", "go.pardot.com/l/", r"/l/(\d+/[\d-]+/\w+)"),
    Mark("pardot", "iframe", "class", "pardotform"),
    Mark("pardot", "iframe", "class", "pardot-iframe"),
    Mark("activecampaign", "script", "src", "activehosted.com/f/embed.php", r"[?&]id=(\d+)"),
    Mark("kit", "script", "src", ".ck.page/", r"ck\.page/(\w+)", "newsletter"),
    Mark("kit", "script", "src", ".kit.com/", r"kit\.com/(\w+)", "newsletter"),
    Mark("mailpoet", "", "class", "mailpoet_form_container", "", "newsletter"),
    Mark("klaviyo", "", "class", "klaviyo-form-", r"klaviyo-form-(\w+)", "newsletter"),
    Mark("brevo", "iframe", "src", "sibforms.com", r"/serve/(\w+)", "newsletter"),
    Mark("beehiiv", "iframe", "src", "beehiiv.com", r"beehiiv\.com/([\w-]+)", "newsletter"),
    Mark("substack", "iframe", "src", "substack.com/embed", "", "newsletter"),
    Mark("mailerlite", "", "class", "ml-embedded", "", "newsletter"),
    Mark("typeform", "", "data-tf-widget", "", r"(\w+)", "unknown"),
    Mark("typeform", "", "data-tf-live", "", r"(\w+)", "unknown"),
    Mark("typeform", "iframe", "src", "typeform.com/to/", r"/to/(\w+)", "unknown"),
    Mark("ninja forms", "", "class", "nf-form-cont", r"nf-form-(\d+)"),
    Mark("leadpages", "", "data-leadbox", "", r"([\w-]+)"),
    Mark("leadpages", "", "data-leadbox-popup", "", r"([\w-]+)"),
    Mark("leadpages", "a", "href", "leadpages.net/leadbox", r"/leadbox/([\w-]+)"),
    Mark("google forms", "iframe", "src", "docs.google.com/forms", r"/forms/d/(?:e/)?([\w-]+)", "unknown"),
    Mark("microsoft forms", "iframe", "src", "forms.office.com", "", "unknown"),
    Mark("jotform", "iframe", "src", "jotform.com/", r"jotform\.com/(?:jsform/)?(\d+)", "unknown"),
    Mark("jotform", "script", "src", "jotform.com/jsform/", r"/jsform/(\d+)", "unknown"),
    Mark("formstack", "script", "src", "formstack.com/forms/", r"/js\.php/([\w-]+)"),
    Mark("formstack", "iframe", "src", "formstack.com/forms/"),
    Mark("tally", "iframe", "src", "tally.so/embed", r"/embed/(\w+)", "unknown"),
    Mark("tally", "iframe", "data-tally-src", "", r"/embed/(\w+)", "unknown"),
    Mark("zoho", "iframe", "src", "forms.zohopublic"),
    Mark("calendly", "", "class", "calendly-inline-widget", "", "lead"),
    Mark("calendly", "iframe", "src", "calendly.com/", "", "lead"),
    Mark("chili piper", "script", "src", "chilipiper.com", "", "lead"),
    Mark("chili piper", "iframe", "src", "chilipiper.com", "", "lead"),
    Mark("hubspot meetings", "", "class", "meetings-iframe-container", "", "lead"),
    Mark("hubspot meetings", "iframe", "src", "hubspot.com/meetings", "", "lead"),
    Mark("hubspot meetings", "iframe", "src", "meetings.hubspot.com", "", "lead"),
    Mark("zoom", "iframe", "src", "zoom.us/webinar/register/", r"/register/(\w+)"),
    Mark("goto webinar", "iframe", "src", "gotowebinar.com/register/", r"/register/(\d+)"),
    Mark("on24", "iframe", "src", "event.on24.com", r"(\d{5,})"),
    Mark("brighttalk", "iframe", "src", "brighttalk.com/webcast/", r"/webcast/(\d+/\d+)"),
    Mark("livestorm", "iframe", "src", "livestorm.co", r"/p/([\w-]+)"),
)

# A link to a webinar platform is a mention inside an article, and the registration when it is the button of a webinar's page.
WEBINAR_LINKS = (
    Mark("zoom", "a", "href", "zoom.us/webinar/register/", r"/register/(\w+)", "lead"),
    Mark("goto webinar", "a", "href", "gotowebinar.com/register/", r"/register/(\d+)", "lead"),
    Mark("on24", "a", "href", "event.on24.com", r"(\d{5,})", "lead"),
    Mark("brighttalk", "a", "href", "brighttalk.com/webcast/", r"/webcast/(\d+/\d+)", "lead"),
    Mark("livestorm", "a", "href", "livestorm.co/p/", r"/p/([\w-]+)", "lead"),
)

# Hidden fields that name the vendor; and those that hold the form's id. Salesforce has none: the address it sends people on to is one.
HIDDEN = {"elqformname": "eloqua", "_wpcf7": "contact form 7", "gform_submit": "gravity forms", "wpforms[id]": "wpforms", "munchkinid": "marketo"}
IDS = {"eloqua": "elqformname", "contact form 7": "_wpcf7", "gravity forms": "gform_submit", "wpforms": "wpforms[id]", "marketo": "formid",
       "activecampaign": "f", "elementor": "form_id", "mailpoet": "data[form_id]", "salesforce": "returl"}  # fmt: skip
# Pardot also answers under a company's own tracker domain; the path tells it: /l/<account>/<date>/<form>.
PARDOT_PATH = re.compile(r"/l/(\d+/\d{4}-\d\d-\d\d/\w+)")

# In script text. A literal id is required: without one it is a loader or a template, on pages that may hold no form at all.
HUBSPOT_CREATE = re.compile(rf"hbspt\.forms\.create\(\s*\{{(?:(?!hbspt\.forms\.create).){{0,2000}}?[\"']?formId[\"']?\s*:\s*[\"']({UUID})[\"']", re.DOTALL | re.IGNORECASE)
MARKETO_LOAD = re.compile(r"MktoForms2\.loadForm\(\s*[\"'][^\"']{1,200}[\"']\s*,\s*[\"']\d{3}-[A-Z]{3}-\d{3}[\"']\s*,\s*[\"']?(\d+)")
TARGET = re.compile(r"[\"']?target[\"']?\s*:\s*[\"']([#.][\w-]{1,80})[\"']")
SCHEDULERS = ((re.compile(r"Calendly\.initInlineWidget\("), "calendly"), (re.compile(r"hbspt\.meetings\.create\("), "hubspot meetings"))

NAMES = {"hubspot": "HubSpot", "activecampaign": "ActiveCampaign", "mailpoet": "MailPoet", "wpforms": "WPForms", "on24": "ON24", "brighttalk": "BrightTALK",
         "goto webinar": "GoTo Webinar", "hubspot meetings": "HubSpot meetings", "cleverreach": "CleverReach", "getresponse": "GetResponse",
         "mailerlite": "MailerLite", "aweber": "AWeber", "contact form 7": "Contact Form 7"}  # fmt: skip


def css_of(marks: tuple[Mark, ...]) -> str:
    """One selector for all elements of `marks`."""
    return ", ".join(dict.fromkeys(f'{mark.tag}[{mark.attribute}*="{mark.holds}"]' if mark.holds else f"{mark.tag}[{mark.attribute}]" for mark in marks))


REMOTE_CSS, WEBINAR_CSS = css_of(REMOTE), css_of(WEBINAR_LINKS)


def maker_of_form(form: LexborNode, hidden: Mapping[str, str]) -> Maker:
    """The vendor of a `<form>`; `hidden` are its hidden fields, names in lower case."""
    maker = _marked(form, RENDERED)
    pardot = PARDOT_PATH.search(form.attributes.get("action") or "")
    if not maker.vendor and pardot:
        return Maker("pardot", pardot.group(1))
    vendor = maker.vendor or next((product for name, product in HIDDEN.items() if name in hidden), "")
    return Maker(vendor, maker.id or hidden.get(IDS.get(vendor, ""), ""), maker.purpose)


def maker_of_element(node: LexborNode, marks: tuple[Mark, ...] = REMOTE) -> Maker:
    """The vendor of an element that a form is loaded into or behind."""
    maker = _marked(node, marks)
    own = node.attributes.get("data-form-id") or node.attributes.get("data-uid") or node.attributes.get("id") or ""
    return Maker(maker.vendor, maker.id or own, maker.purpose) if maker.vendor else maker


def shown_name(vendor: str) -> str:
    """The vendor as a person writes it."""
    return NAMES.get(vendor, vendor.title())


def _marked(node: LexborNode, marks: tuple[Mark, ...]) -> Maker:
    attributes = node.attributes
    fitting = [mark for mark in marks if mark.tag in ("", node.tag) and mark.attribute in attributes and mark.holds.lower() in (attributes[mark.attribute] or "").lower()]
    for mark in fitting:
        found = re.search(mark.id, attributes[mark.attribute] or "", re.IGNORECASE) if mark.id else None
        if found:
            return Maker(mark.vendor, found.group(1).lower(), mark.purpose)
    return Maker(fitting[0].vendor, "", fitting[0].purpose) if fitting else Maker()
