"""WordPress exports (WXR 1.0 to 1.2), and Squarespace's, which are the same: one row for each published post, page or custom piece."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from gating.reading.dates import iso_date
from gating.reading.elementor import elementor_html
from gating.reading.outcome import LIMIT, LeftOut, Row, Unread
from gating.reading.safe_xml import Element, find_elements, local_name, text_of
from gating.reading.shortcodes import unfold
from gating.reading.sources import Choices
from gating.reading.table import plain_words
from gating.records import Skipped, Status

HEAD = 20_000  # bytes in which the namespaces stand, below a comment of 1.5 kB
NO_PIECES = frozenset(
    """nav_menu_item attachment revision custom_css customize_changeset oembed_cache user_request wp_block wp_template wp_template_part wp_global_styles wp_navigation
    wp_font_family wp_font_face elementor_library elementor_snippet elementor_font elementor_icons elementor-hf et_pb_layout et_template et_theme_builder et_body_layout
    et_header_layout et_footer_layout fl-builder-template fusion_template acf-field acf-field-group acf-post-type acf-taxonomy shop_order shop_order_refund shop_coupon
    product_variation wpforms wpcf7_contact_form feedback mc4wp-form nf_sub flamingo_inbound flamingo_contact forminator_forms ml-slider reply scheduled-action
    amp_validated_url jp_mem_plan jetpack_migration spectra-popup popup popup_theme ticket""".split()
)  # what WordPress and its plugins keep as posts
KINDS_OF_PAGE = frozenset(("post", "page"))
DESCRIPTIONS = ("_yoast_wpseo_metadesc", "rank_math_description", "_aioseo_description", "_aioseop_description", "_seopress_titles_desc", "_genesis_description")
GATE_META = ("gated", "is_gated", "_gated", "gated_content", "gate", "requires_form", "form_required")
MEMBER_META = ("_members_access_role", "rcp_subscription_level")  # written by the Members and Restrict Content Pro plugins where a post is closed
LISTS = ("category", "postmeta", "comment")


@dataclass
class Item:
    """One <item>: its plain children by name, its postmeta, its terms by taxonomy."""

    values: dict[str, str] = field(default_factory=dict)
    meta: dict[str, str] = field(default_factory=dict)
    terms: dict[str, list[str]] = field(default_factory=dict)


def is_wordpress(suffix: str, data: bytes) -> bool:
    """True for XML that declares the namespace of WordPress exports."""
    head = data[:HEAD].replace(b"\0", b"")
    return suffix in (".xml", ".wxr", ".rss") and b"<rss" in head and (b"wordpress.org/export/" in head or b"<wp:wxr_version" in head)


def wordpress_rows(data: bytes, source: str, choices: Choices) -> Iterator[Row | Skipped]:
    """The pieces of an export in its order; then one Skipped that sums up what was left out and what was broken."""
    found = find_elements(data, ("item", "author"), _read)
    names = {one.get("author_login", ""): one["author_display_name"] for one in found.made if isinstance(one, dict) and one.get("author_display_name")}
    left_out = LeftOut()
    yielded = False
    for place, item in enumerate(found.made):
        if isinstance(item, dict):
            continue
        row = _row(item, names, left_out, choices.drafts)
        if row is not None:
            yielded = True
            yield {**row, LIMIT: f"the XML of this item is broken on line {found.broken[place]}; text may be missing"} if place in found.broken else row
    lines = list(left_out.lines(source, found.problem))
    if not yielded and not lines:
        raise Unread("an export without any posts or pages", Status.SKIPPED)
    yield from lines


def _read(element: Element) -> Item | dict[str, str]:
    """An Item; or, of an author of the site, the login and the name shown. The e-mail address is not read."""
    if local_name(element) == "author":
        return {name: text_of(child) for child in element if (name := local_name(child)) in ("author_login", "author_display_name")}
    item = Item()
    for child in element:
        name = local_name(child)
        if name == "category":
            item.terms.setdefault(child.get("domain") or "category", []).append(plain_words(text_of(child) or child.get("nicename") or ""))
        elif name == "postmeta":
            key, value = (next((text_of(part) for part in child if local_name(part) == wanted), "") for wanted in ("meta_key", "meta_value"))
            item.meta.setdefault(key, value)
        elif name not in LISTS:
            # <content:encoded> and <excerpt:encoded> differ in their namespace only
            item.values.setdefault("excerpt" if name == "encoded" and "excerpt" in str(element.nsmap.get(child.prefix, child.tag)) else name, text_of(child))
    return item


def _row(item: Item, names: Mapping[str, str], left_out: LeftOut, drafts: bool) -> Row | None:
    """The row of a piece; None, counted in `left_out`, for what is none."""
    values, meta = item.values, item.meta
    kind, status = values.get("post_type") or "post", values.get("status") or "publish"
    if kind in NO_PIECES:
        left_out.no_pieces[kind] += 1
        return None
    if status not in ("publish", "inherit") and not drafts:
        left_out.unpublished[status] += 1
        return None
    content = unfold(_content(values.get("encoded", ""), meta.get("_elementor_data", "")))
    if not content.html and kind not in KINDS_OF_PAGE:
        left_out.no_pieces[kind] += 1
        return None
    creator = values.get("creator", "")
    row = {
        "id": values.get("post_id", ""),
        "title": plain_words(values.get("title", "")),
        "url": values.get("link", "") or values.get("post_name", ""),
        "description": next((text for key in DESCRIPTIONS if (text := meta.get(key, "")) and "%%" not in text), "") or values.get("excerpt", ""),
        "text": content.html,
        "type": kind,
        "author": _joined(item.terms.pop("author", [])) or names.get(creator, creator),
        "date": _day(values, "post_date", "post_date_gmt", "pubDate"),
        "modified": _day(values, "post_modified", "post_modified_gmt"),
        "status": status,
        "slug": values.get("post_name", ""),
        "categories": _joined(item.terms.pop("category", [])),
        "tags": _joined(item.terms.pop("post_tag", [])),
        "access": "password" if values.get("post_password") else next((meta[key] for key in GATE_META if meta.get(key)), ""),
        "form_shortcode": "; ".join(content.forms),
        "membership_shortcode": "; ".join((*content.walls, *(f"{key}: {meta[key]}" for key in MEMBER_META if meta.get(key)))),
    }
    for taxonomy, terms in item.terms.items():
        row.setdefault(taxonomy, _joined(terms))
    return {name: value for name, value in row.items() if value or name == "text"}


def _content(content: str, elementor: str) -> str:
    """The text of a post; that of the page builder, which keeps buttons and forms, where it has as many words or more."""
    built = elementor_html(elementor)
    return built if len(plain_words(built).split()) >= max(len(plain_words(content).split()), 1) else content


def _joined(terms: list[str]) -> str:
    return ", ".join(dict.fromkeys(terms))


def _day(values: Mapping[str, str], *names: str) -> str:
    return next((day for name in names if (day := iso_date(values.get(name, "")))), "")
