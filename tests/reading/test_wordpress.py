"""WordPress exports, and Squarespace's, which are the same."""

import json

import pytest

from gating.reading.shortcodes import unfold
from gating.records import Piece, Skipped, Status
from tests.conftest import ReadAll
from tests.exports import BREAD, pieces_of, shown, skipped_of, wp_item, wxr


def only(results: list[Piece | Skipped]) -> Piece:
    (piece,) = pieces_of(results)
    return piece


def test_post_has_its_fields(read_all: ReadAll) -> None:
    """Title, address, excerpt, author's shown name, day and terms of a post."""
    piece = only(read_all("mill.xml", wxr(wp_item(terms=[("category", "Baking"), ("post_tag", "rye"), ("post_tag", "rye"), ("resource_type", "Guide")]))))
    known = dict(piece.metadata)
    assert (piece.id, piece.title, piece.url, piece.description) == ("7", "Rye losses", "https://mill.example/7/", "How bakers lose grain")
    assert (known["author"], known["date"], known["categories"], known["tags"], known["resource_type"]) == ("Jo Miller", "2024-03-09", "Baking", "rye", "Guide")


def test_what_is_no_piece_is_one_line(read_all: ReadAll) -> None:
    """Menus and pictures are counted in one line; so are drafts, with the option that reads them."""
    items = [wp_item(kind="nav_menu_item", number=n) for n in range(3)] + [wp_item(kind="attachment", status="inherit"), wp_item(status="draft"), wp_item(status="pending")]
    results = read_all("mill.xml", wxr(wp_item(), *items))
    (line,) = skipped_of(results)
    assert len(pieces_of(results)) == 1
    assert line.source.endswith("mill.xml")
    assert line.status is Status.SKIPPED
    assert "2 unpublished items (draft 1, pending 1) left out; --drafts reads them" in line.reason
    assert "4 items (nav_menu_item 3, attachment 1) left out as no content pieces" in line.reason


def test_drafts_are_read_when_asked(read_all: ReadAll) -> None:
    """With drafts, an unpublished post is a piece that says its status."""
    results = read_all("mill.xml", wxr(wp_item(), wp_item(status="draft", number=8)), drafts=True)
    assert [dict(piece.metadata)["status"] for piece in pieces_of(results)] == ["publish", "draft"]


def test_custom_post_type_with_text_is_a_piece(read_all: ReadAll) -> None:
    """A type of the site's own is read where it has a text, and counted where it has none."""
    results = read_all("mill.xml", wxr(wp_item(kind="case_study"), wp_item(kind="slide", content="")))
    assert dict(only(results).metadata)["type"] == "case_study"
    assert "slide 1" in skipped_of(results)[0].reason


def test_page_without_text_is_named(read_all: ReadAll) -> None:
    """An empty page is a row of its own with its address, for its text may stand in a template."""
    _, empty = read_all("mill.xml", wxr(wp_item(), wp_item(kind="page", content="", title="Pricing", number=9)))
    assert isinstance(empty, Skipped)
    assert (empty.title, empty.url, empty.reason) == ("Pricing", "https://mill.example/9/", "no text in it")


def test_password_is_a_gate(read_all: ReadAll) -> None:
    """A post behind a password is gated, and the password itself is not kept."""
    piece = only(read_all("mill.xml", wxr(wp_item(more="<wp:post_password>sourdough</wp:post_password>"))))
    assert (piece.observed.verdict, piece.observed.evidence) == ("gated", "access: password")
    assert not any("sourdough" in value for _, value in piece.metadata)


def test_classic_text_has_paragraphs(read_all: ReadAll) -> None:
    """Posts of the old editor have blank lines for paragraphs, between headings in HTML."""
    piece = only(read_all("mill.xml", wxr(wp_item(content=f"{BREAD}\n\n<h2>At night</h2>\n{BREAD}\n\n<strong>Weigh</strong> it."))))
    assert [kind for kind, _ in shown(piece)] == ["paragraph", "heading", "paragraph", "paragraph"]


def test_block_comments_are_no_text(read_all: ReadAll) -> None:
    """The marks of the block editor vanish."""
    piece = only(read_all("mill.xml", wxr(wp_item(content=f'<!-- wp:paragraph {{"align":"wide"}} -->\n<p>{BREAD}</p>\n<!-- /wp:paragraph -->'))))
    assert shown(piece) == [("paragraph", BREAD)]


@pytest.mark.parametrize(
    "code", ['[contact-form-7 id="12" title="Brochure"]', '[wpforms id="44"]', '[gravityform id="3"]', '<!-- wp:gravityforms/form {"formId":"3"} /-->'], ids=lambda code: code[:20]
)
def test_form_of_a_plugin_is_named(read_all: ReadAll, code: str) -> None:
    """What stands for a form is no text; it is kept, as written, for today's gate."""
    piece = only(read_all("mill.xml", wxr(wp_item(content=f"<p>{BREAD}</p>\n\n{code}"))))
    assert shown(piece) == [("paragraph", BREAD)]
    assert dict(piece.metadata)["form_shortcode"] == code


@pytest.mark.parametrize(
    "code", ['[mepr-active rules="9"]{}[/mepr-active]', "[restrict]{}[/restrict]", '[pmpro_member levels="1"]{}[/pmpro_member]', "[members_only]{}[/members_only]"]
)
def test_membership_shortcode_is_a_gate(read_all: ReadAll, code: str) -> None:
    """Text between the codes of a membership plugin is read, and the piece is gated."""
    piece = only(read_all("mill.xml", wxr(wp_item(content=code.format(f"\n<p>{BREAD}</p>\n")))))
    assert BREAD in piece.blocks[0].text
    assert piece.observed.verdict == "gated"


def test_log_in_links_of_a_membership_plugin_are_no_gate(read_all: ReadAll) -> None:
    """The account and sign-up codes stand on open pages, too."""
    piece = only(read_all("mill.xml", wxr(wp_item(content=f"<p>{BREAD}</p>[pmpro_account]"))))
    assert "membership_shortcode" not in dict(piece.metadata)


@pytest.mark.parametrize("prose", ["rye is are cheap [sic] here", "a [long-term] view", "see [price-list](/prices)", "write [[gallery]] for pictures"])
def test_brackets_of_a_writer_stay(prose: str) -> None:
    """They are no shortcodes: no attributes, no closing twin, no name that a plugin has."""
    assert unfold(prose).html == f"<p>{prose}</p>"


def test_caption_keeps_its_words(read_all: ReadAll) -> None:
    """A picture's caption is text, its code is not."""
    content = f'<p>{BREAD}</p>\n\n[caption id="a1" align="left"]<img src="x.jpg" /> The night scale[/caption]'
    texts = [text for _, text in shown(only(read_all("mill.xml", wxr(wp_item(content=content)))))]
    assert "The night scale" in texts
    assert not any("caption" in text for text in texts)


def test_page_builder_shortcodes_give_their_words(read_all: ReadAll) -> None:
    """Divi and WPBakery keep titles and buttons in attributes."""
    content = (
        f'[et_pb_section admin_label="x"][et_pb_row][et_pb_text]<p>{BREAD}</p>[/et_pb_text]'
        '[et_pb_cta title="Weigh your own losses" button_text="Get the sheet" button_url="/sheet"]Free for a week.[/et_pb_cta]'
        '[vc_btn title="Book a visit" link="url:%2Fvisit"][/et_pb_row][/et_pb_section]'
    )
    piece = only(read_all("mill.xml", wxr(wp_item(content=content))))
    found = shown(piece)
    assert ("heading", "Weigh your own losses") in found
    assert ("button", "Get the sheet") in found
    assert ("button", "Book a visit") in found
    assert ("paragraph", "Free for a week.") in found
    assert {link.href for link in piece.links} == {"/sheet", "/visit"}


def elementor(*widgets: tuple[str, dict[str, object]]) -> str:
    inner = [{"elType": "widget", "widgetType": kind, "settings": settings} for kind, settings in widgets]
    return json.dumps([{"elType": "container", "settings": [], "elements": [{"elType": "column", "elements": inner}]}])


def test_elementor_page_is_read_from_its_widgets(read_all: ReadAll) -> None:
    """Where the content is shorter than the page builder's own tree, that is the text, with buttons and forms."""
    data = elementor(
        ("heading", {"title": "The rye report", "header_size": "h1"}),
        ("text-editor", {"editor": f"<p>{BREAD}</p>"}),
        ("icon-list", {"icon_list": [{"text": "Forty mills"}, {"text": "Two harvests"}]}),
        ("button", {"text": "See the mills", "link": {"url": "/mills"}}),
        ("form", {"form_name": "Report", "button_text": "Download the report", "form_fields": [{"field_label": "Work email", "field_type": "email", "custom_id": "email"}]}),
    )
    found = shown(only(read_all("mill.xml", wxr(wp_item(kind="page", content="The rye report", meta={"_elementor_data": data})))))
    assert found[:2] == [("heading", "The rye report"), ("paragraph", BREAD)]
    assert {("button", "See the mills"), ("field", "Work email"), ("button", "Download the report")} <= set(found)
    assert any("Forty mills" in text for _, text in found)


@pytest.mark.parametrize("data", ["", "[", "{}", '[{"elType": 5, "settings": 3}]', "[" * 5000])
def test_broken_elementor_data_leaves_the_content(read_all: ReadAll, data: str) -> None:
    """A tree that cannot be read costs nothing."""
    assert shown(only(read_all("mill.xml", wxr(wp_item(meta={"_elementor_data": data}))))) == [("paragraph", BREAD)]


@pytest.mark.parametrize(("key", "value", "description"), [("_yoast_wpseo_metadesc", "Lose less", "Lose less"), ("rank_math_description", "%%excerpt%%", "How bakers lose grain")])
def test_description_of_a_search_plugin_goes_first(read_all: ReadAll, key: str, value: str, description: str) -> None:
    """Yoast's or Rank Math's text, unless it is a template."""
    assert only(read_all("mill.xml", wxr(wp_item(meta={key: value})))).description == description


def test_zero_date_is_none(read_all: ReadAll) -> None:
    """0000-00-00 is how WordPress writes "never"."""
    assert "date" not in dict(only(read_all("mill.xml", wxr(wp_item(date="0000-00-00 00:00:00")))).metadata)


def test_comments_in_the_xml_do_no_harm(read_all: ReadAll) -> None:
    """A comment inside an item is passed over."""
    assert only(read_all("mill.xml", wxr(wp_item(more="<!-- moved in May -->")))).title == "Rye losses"


@pytest.mark.parametrize(
    ("wrong", "right"),
    [("Rye & wheat", "Rye & wheat"), ("Rye &mdash; wheat", "Rye — wheat"), ("Rye\x08 losses", "Rye losses"), ("Rye ]]> losses", "Rye ]]> losses")],
    ids=["bare-and", "html-entity", "control-byte", "cdata-end"],
)
def test_small_mistakes_are_mended_without_a_word(read_all: ReadAll, wrong: str, right: str) -> None:
    """What can be mended without loss is: nobody needs to hear of it."""
    assert [piece.title for piece in read_all("mill.xml", wxr(wp_item(title=wrong)))] == [right]  # type: ignore[union-attr]


def test_control_byte_in_a_text_costs_no_text(read_all: ReadAll) -> None:
    """A parser that guesses would drop the whole section."""
    piece = only(read_all("mill.xml", wxr(wp_item(content=f"<p>Start. {BREAD}\x0b End.</p>"))))
    assert (piece.blocks[0].text[:6], piece.blocks[0].text[-4:]) == ("Start.", "End.")


def test_broken_item_says_so_and_the_others_are_whole(read_all: ReadAll) -> None:
    """A tag that is never closed marks its own piece as partly read, and the file's line names the place."""
    broken = wp_item(number=8).replace("<title>", "<title><b>")
    first, second, third, line = read_all("mill.xml", wxr(wp_item(), broken, wp_item(number=9)))
    assert isinstance(first, Piece)
    assert isinstance(third, Piece)
    assert (first.limits, third.limits) == ((), ())
    assert "broken on line 5" in (second.reason if isinstance(second, Skipped) else second.limits[0])
    assert isinstance(line, Skipped)
    assert (line.status, "broken XML on line 5" in line.reason) == (Status.FAILED, True)


def test_cut_export_keeps_what_it_has(read_all: ReadAll) -> None:
    """A download that broke off gives its pieces, the last one marked, and a failed line."""
    whole = wxr(*(wp_item(content=f"<p>{BREAD}</p>" * 3, number=number) for number in range(4)))
    results = read_all("mill.xml", whole[: whole.rindex("flour prices")])
    assert [bool(piece.limits) for piece in pieces_of(results)] == [False, False, False, True]
    assert skipped_of(results)[0].status is Status.FAILED


def test_export_of_another_encoding(read_all: ReadAll) -> None:
    """UTF-16 and declared Latin-1 are read."""
    text = wxr(wp_item(title="Crème"))
    for encoding in ("utf-16", "iso-8859-1"):
        assert only(read_all("mill.xml", text.replace("UTF-8", encoding).encode(encoding))).title == "Crème"


def test_export_without_items_is_skipped(read_all: ReadAll) -> None:
    """An empty export says so."""
    (result,) = read_all("mill.xml", wxr())
    assert isinstance(result, Skipped)
    assert result.reason == "an export without any posts or pages"
