"""WordPress text -> HTML: paragraphs that WordPress makes from blank lines, shortcodes, and the words in a page builder's shortcodes.

What stands for a form or a membership wall is named, for it shows today's gate: its markup is made by a plugin, not in the text.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from gating.reading.richtext import card_html

# One opening or closing shortcode. "[[gallery]]" is how an author writes about one; "[a](b)" is a link in Markdown.
CODE = re.compile(r"(?<!\[)\[(/?)([a-zA-Z][\w-]{1,60})((?:[\s/][^\[\]]{0,3000})?)\](?![\](])")
ATTRIBUTE = re.compile(r"""([\w-]{1,60})\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'\]]+))""")
BLOCK = re.compile(r"<!--\s{0,20}+/?wp:([\w/-]{1,80})[^<>]{0,4000}?-->")  # WordPress writes "<" and ">" in attributes as \u003c and \u003e
RAW = re.compile(r"\[(vc_raw_html|vc_raw_js|embed|playlist)\b[^\[\]]*+\].*?(?:\[/\1\]|\Z)", re.DOTALL)  # base64, or an address alone
BUILDER = re.compile(r"^(?:vc|et_pb|fusion|av|cs|mk|nectar|ux|kc|su)_|^(?:row|col(?:umn)?|section|one_\w+|tabs?|accordion|toggle)$", re.IGNORECASE)
BUTTON = re.compile(r"(?:^|[_-])(?:btn|button|cta)$", re.IGNORECASE)
FORM = re.compile(
    r"^(?:contact-form(?:-7)?|contact-field|wpforms|gravityforms?|ninja_forms?|formidable|fluentform|forminator_form|caldera_form|hubspot|mc4wp_form|wpuf_form|"
    r"happyforms|everest_form|weforms|quform|wufoo|typeform\w*|jotform|activecampaign|convertkit\w*|mailpoet_form|metform|ws_form|kali-forms|et_pb_contact_form|"
    r"et_pb_signup|\w*[_-]?lead[_-]?form|\w*download[_-]form)$",
    re.IGNORECASE,
)
FORM_BLOCK = re.compile(
    r"^(?!.*(?:comment|search|login)).*(?:contact-form|forms?(?:-selector|-block)?$|hubspot|forms/|fluentfom|newsletter|subscriptions?$|mailchimp)", re.IGNORECASE
)
MEMBERS = re.compile(
    r"^(?:mepr[-_][\w-]+|restrict|rcp_\w+|membership|pmpro_\w+|private|members?[-_]?only|ihc[-_][\w-]+|wlm_\w+|s2if|swpm_protected|arm_restrict_content)$", re.IGNORECASE
)
MEMBERS_FURNITURE = re.compile(r"account|login|log_in|profile|register|checkout|invoice|levels|unauthorized|cancel|billing|confirmation|member_profile", re.IGNORECASE)
MEMBERS_BLOCK = re.compile(r"premium-content|memberpress/(?:protected|restrict)|pmpro/membership|restrict-content|content-control", re.IGNORECASE)
FLOW = (
    "p|div|h[1-6]|ul|ol|li|dl|dt|dd|table|thead|tbody|tr|td|th|blockquote|pre|figure|section|article|aside|header|footer|form|hr|iframe|script|style|"
    "details|address|fieldset|button"
)
STARTS_BLOCK = re.compile(rf"\A\s*+</?(?:{FLOW})\b", re.IGNORECASE)
SINGLE = frozenset(("gallery", "embed", "audio", "video", "playlist", "toc"))
PRE = re.compile(r"(<pre\b.*?(?:</pre>|\Z))", re.DOTALL | re.IGNORECASE)
BLANK_LINE = re.compile(r"\n[ \t]*\n\s*")


@dataclass(frozen=True, slots=True)
class Unfolded:
    """The text as HTML, and the shortcodes or blocks in it that stand for a form or a membership wall, as written."""

    html: str
    forms: tuple[str, ...] = ()
    walls: tuple[str, ...] = ()


def unfold(text: str) -> Unfolded:
    """`text` without shortcodes and block comments; captions and the words in a page builder's attributes stay."""
    text = RAW.sub("", text)
    codes = list(CODE.finditer(text))
    closed = {found[2].lower() for found in codes if found[1]}
    known = [found for found in codes if _is_code(found, closed)]
    blocks = [found for found in BLOCK.finditer(text) if not found.group().startswith("<!-- /wp")]
    forms = sorted([found for found in known if not found[1] and FORM.match(found[2])] + [found for found in blocks if FORM_BLOCK.search(found[1])], key=re.Match.start)
    walls = [found for found in known if not found[1] and MEMBERS.match(found[2]) and not MEMBERS_FURNITURE.search(found[2])]
    walls += [found for found in blocks if MEMBERS_BLOCK.search(found[1])]
    places = {found.start() for found in known}
    shown = CODE.sub(lambda found: _shown(found, closed) if found.start() in places else found.group(), text)
    return Unfolded(paragraphs(BLOCK.sub("", shown)), _named(forms), _named(walls))


def paragraphs(text: str) -> str:
    """Blank lines as paragraphs and single line ends as breaks where no markup says otherwise, as WordPress shows them."""
    parts = PRE.split(text)
    return "".join(part if place % 2 else _paragraphs(part) for place, part in enumerate(parts))


def _paragraphs(text: str) -> str:
    made = []
    for chunk in BLANK_LINE.split(text):
        if not chunk.strip():
            continue
        made.append(chunk if STARTS_BLOCK.match(chunk) else "<p>" + chunk.strip().replace("\n", "<br />\n") + "</p>")
    return "\n\n".join(made)


def _is_code(found: re.Match[str], closed: set[str]) -> bool:
    """A word in brackets may be an author's own: "[sic]". A shortcode has attributes, a closing twin, an underscore, or a known name."""
    name = found[2]
    return "_" in name or "=" in found[3] or name.lower() in closed or bool(FORM.match(name) or MEMBERS.match(name) or name in SINGLE)


def _shown(found: re.Match[str], closed: set[str]) -> str:
    """What a reader sees in place of a shortcode: the title, text and button that a page builder keeps in its attributes."""
    name, builder, button = found[2], BUILDER.match(found[2]), BUTTON.search(found[2])
    if found[1]:
        return "</a>" if button else "\n\n" if builder else ""
    if not (builder or button) or (FORM.match(name) and not name.startswith("et_pb_")):
        return ""
    values = {key: html.unescape(double or single or bare) for key, double, single, bare in ATTRIBUTE.findall(found[3])}
    href = next((values[key] for key in ("url", "link", "href", "button_url") if values.get(key)), "")
    said = card_html({**values, "url": href.removeprefix("url:").partition("|")[0].replace("%3A", ":").replace("%2F", "/")}, "button" if button else "")
    if button and not said and name.lower() in closed:
        return f'<a class="button" href="{html.escape(href)}">'
    return f"\n\n{said}\n\n"


def _named(found: list[re.Match[str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.group()[:200] for one in found))[:5]
