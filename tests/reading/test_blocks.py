"""HTML -> blocks, the one extractor behind every format."""

import time

import pytest

from gating.reading.blocks import page_blocks
from gating.records import BlockKind

LONG = "The crates stand in the shade of the barn until the buyer has counted every one of them twice."


def kinds_and_texts(html: str) -> list[tuple[str, str]]:
    return [(block.kind.value, block.text) for block in page_blocks(html).blocks]


def texts(html: str) -> str:
    return "\n".join(block.text for block in page_blocks(html).blocks)


@pytest.mark.parametrize(
    ("html", "kind"),
    [
        ("<h2>Pears in winter</h2>", "heading"),
        ("<p>Pears in winter</p>", "paragraph"),
        ("<ul><li>Pears in winter</li></ul>", "item"),
        ("<dl><dt>Pears in winter</dt></dl>", "item"),
        ("<blockquote><p>Pears in winter</p></blockquote>", "quote"),
        ("<pre><code>Pears in winter</code></pre>", "code"),
        ("<button>Pears in winter</button>", "button"),
        ("<label>Pears in winter</label>", "field"),
        ("<details><summary>Pears in winter</summary></details>", "heading"),
        ("<div>Pears in winter</div>", "paragraph"),
    ],
)
def test_each_element_gives_its_kind(html: str, kind: str) -> None:
    """What an element is on the page becomes the kind of its block, with its words and nothing else."""
    assert kinds_and_texts(f"<p>{LONG}</p>{html}") == [("paragraph", LONG), (kind, "Pears in winter")]


@pytest.mark.parametrize("level", [1, 3, 6])
def test_headings_keep_their_level(level: int) -> None:
    """h1 to h6 are levels 1 to 6."""
    (block,) = page_blocks(f"<h{level}>Pears</h{level}>").blocks
    assert (block.kind, block.level) == (BlockKind.HEADING, level)


@pytest.mark.parametrize(
    "furniture",
    [
        "<nav><a href='/x'>Furniture words</a></nav>",
        "<footer>Furniture words</footer>",
        "<header>Furniture words</header>",
        "<aside>Furniture words</aside>",
        "<div class='cookie-banner cookie'>Furniture words</div>",
        "<div id='main-menu'>Furniture words</div>",
        "<div role='navigation'>Furniture words</div>",
        "<div role='dialog'>Furniture words</div>",
        "<p hidden>Furniture words</p>",
        "<div aria-hidden='true'>Furniture words</div>",
        "<script>Furniture words</script>",
        "<style>Furniture words</style>",
        "<select><option>Furniture words</option></select>",
        "<template><p>Furniture words</p></template>",
        "<a href='#main'>Skip to main content</a>",
    ],
)
def test_furniture_is_dropped(furniture: str) -> None:
    """What stands on every page of a site is not part of the piece."""
    assert kinds_and_texts(f"<body>{furniture}<main><p>{LONG}</p></main></body>") == [("paragraph", LONG)]


def test_header_with_the_title_is_content() -> None:
    """A header that holds the h1 belongs to the piece."""
    assert "Pears in winter" in texts(f"<body><header><h1>Pears in winter</h1></header><p>{LONG}</p></body>")


def test_header_and_footer_of_an_article_are_content() -> None:
    """Inside an article or main, header, footer and aside are the article's own."""
    html = f"<article><header>By a grower</header><p>{LONG}</p><aside>A side note</aside><footer>First told in May</footer></article>"
    said = texts(html)
    assert "By a grower" in said
    assert "A side note" in said
    assert "First told in May" in said


def test_menu_that_wraps_the_article_is_not_dropped() -> None:
    """A badly named wrapper does not cost the text: what holds the h1 or the article is content."""
    assert LONG in texts(f"<div class='sidebar'><article><h1>Pears</h1><p>{LONG}</p></article></div>")


def test_bare_page_falls_back_to_its_furniture() -> None:
    """When leaving furniture out leaves nothing, the page's text is what looked like furniture."""
    assert LONG in texts(f"<body><header><p>{LONG}</p></header></body>")


def test_link_styled_as_a_button_is_a_button() -> None:
    """A link with a button's class or role is a button, and still a link."""
    page = page_blocks(f"<p>{LONG}</p><a class='btn btn-primary' href='/demo'>Book a visit</a><a role='button' href='/x'>See prices</a>")
    assert [(block.kind.value, block.text) for block in page.blocks[1:]] == [("button", "Book a visit"), ("button", "See prices")]
    assert [(link.text, link.href) for link in page.links] == [("Book a visit", "/demo"), ("See prices", "/x")]


def test_plain_link_stays_in_its_sentence() -> None:
    """A link in running text does not cut the paragraph."""
    assert kinds_and_texts("<p>Read <a href='/a'>the notes</a> first.</p>") == [("paragraph", "Read the notes first.")]


def test_submit_input_is_a_button() -> None:
    """The words of a submit input are its value."""
    assert ("button", "Send it to me") in kinds_and_texts(f"<p>{LONG}</p><form><input type='submit' value='Send it to me'></form>")


def test_labels_and_placeholders_are_fields() -> None:
    """A field is named by its label, else by its placeholder, once."""
    html = f"<p>{LONG}</p><form><label>Work email <input type='email' placeholder='you@farm.example'></label><input type='text' placeholder='Orchard size'></form>"
    fields = [text for kind, text in kinds_and_texts(html) if kind == "field"]
    assert fields[0] == "Work email"
    assert "Work email" not in fields[1:]


def test_field_without_a_label_takes_its_placeholder() -> None:
    """A form without labels is still a form."""
    assert ("field", "Orchard name") in kinds_and_texts(f"<p>{LONG}</p><form><p>Tell us</p><input type='text' placeholder='Orchard name'></form>")


def test_hidden_inputs_are_not_fields() -> None:
    """Nothing that the reader does not see."""
    html = f"<p>{LONG}</p><form><input type='hidden' value='utm'><input type='checkbox'></form>"
    assert kinds_and_texts(html) == [("paragraph", LONG)]


def test_site_search_is_no_field() -> None:
    """A search box says nothing about the piece."""
    assert kinds_and_texts(f"<p>{LONG}</p><form><input type='text' placeholder='Search the site'></form>") == [("paragraph", LONG)]


def test_short_bracketed_label_is_a_button() -> None:
    """`[Get the guide]` in a draft stands for a button; the words around it stay text."""
    assert kinds_and_texts("<p>Ready to begin? [Get the guide]</p>") == [("paragraph", "Ready to begin?"), ("button", "Get the guide")]


def test_bracketed_contact_label_is_a_field() -> None:
    """`[Work email]` stands for a form field."""
    assert kinds_and_texts(f"<p>{LONG}</p><p>[Work email]</p>")[1:] == [("field", "Work email")]


def test_editors_note_in_brackets_is_no_button() -> None:
    """A note of the editor is no ask, and the sentence around it stays."""
    blocks = kinds_and_texts("<p>The harvest was early [as the growers had told us it would be in spring] and short.</p>")
    assert [kind for kind, _ in blocks] == ["paragraph"]
    assert "The harvest was early" in blocks[0][1]
    assert "and short." in blocks[0][1]


def test_markdown_link_text_is_no_button() -> None:
    """`[text](address)` left in a page is not taken for a button."""
    assert all(kind != "button" for kind, _ in kinds_and_texts("<p>See [the notes](/notes) for more of it.</p>"))


def test_contact_label_alone_on_its_line_is_a_field() -> None:
    """ "Work email *" typed into a draft is a field; a sentence about e-mail is not."""
    blocks = kinds_and_texts(f"<p>{LONG}</p><p>Work email *</p><p>Work email is where most growers read their orders.</p>")
    assert [kind for kind, _ in blocks] == ["paragraph", "field", "paragraph"]


def test_table_rows_are_blocks_with_cells_apart() -> None:
    """One block a row, cells joined by a bar; empty cells leave no stray bars at the ends."""
    html = "<table><tr><th>Plan</th><th>Price</th></tr><tr><td>Small</td><td>9</td></tr><tr><td></td><td>Large</td><td></td></tr></table>"
    assert kinds_and_texts(html) == [("table", "Plan | Price"), ("table", "Small | 9"), ("table", "Large")]


def test_nested_list_items_come_in_reading_order() -> None:
    """A list in a list gives an item each, the outer one without the words of the inner ones."""
    assert kinds_and_texts("<ul><li>Outer<ul><li>Inner one</li><li>Inner two</li></ul></li><li>Final</li></ul>") == [
        ("item", "Outer"), ("item", "Inner one"), ("item", "Inner two"), ("item", "Final"),
    ]  # fmt: skip


def test_text_after_a_nested_list_stays_an_item() -> None:
    """Words of the outer item after its inner list are not lost."""
    assert ("item", "and more") in kinds_and_texts("<ul><li>Outer<ul><li>Inner</li></ul>and more</li></ul>")


def test_lines_point_into_the_html() -> None:
    """Without positions from a writer, a block's line is where its words stand in the page."""
    page = page_blocks(f"<html>\n<body>\n<h1>Pears in winter</h1>\n\n<p>{LONG}</p>\n</body>\n</html>")
    assert [block.line for block in page.blocks] == [3, 5]


def test_repeated_words_get_their_own_lines() -> None:
    """The second block with the same words points at the second place."""
    page = page_blocks("<p>Count every crate twice.</p>\n<p>Count every crate twice.</p>\n")
    assert [block.line for block in page.blocks] == [1, 2]


def test_table_rows_get_their_own_lines() -> None:
    """The words of the first cell tell, though they stand nowhere beside those of the second, and its first word in every cell."""
    rows = "\n".join(f"<tr><td>Crate {n}</td><td>Crate of pears</td></tr>" for n in range(1, 5))
    assert [block.line for block in page_blocks(f"<p>Crate counts</p>\n<table>{rows}</table>").blocks] == [1, 2, 3, 4, 5]


def test_words_after_much_markup_are_found() -> None:
    """A script of a megabyte between two paragraphs does not hide the second."""
    assert [block.line for block in page_blocks(f"<p>{LONG}</p>\n<script>{'x' * 1_000_000}</script>\n<p>The buyer counts again.</p>").blocks] == [1, 3]


@pytest.mark.parametrize("row", ["<tr><td>Row {}</td><td>pears</td></tr>\n", "<p>&#80;ears <b>no</b>. {}</p>\n"], ids=["cells", "words that the source spells otherwise"])
def test_lines_of_many_blocks_take_no_minutes(row: str) -> None:
    """Forty thousand blocks whose words are not to be found as they are read: each search ends near by once they became many."""
    html = "<table>" * row.startswith("<tr") + "".join(map(row.format, range(40_000)))
    started = time.perf_counter()
    assert len(page_blocks(html).blocks) == 40_000
    assert time.perf_counter() - started < 6  # 12 seconds and more without an end to the search


@pytest.mark.parametrize("tag", ["div", "ul", "blockquote", "table", "b", "span", "li", "font"])
def test_very_deep_nesting_does_not_crash(tag: str) -> None:
    """Ten thousand open elements, ten times deeper than Python's stack, are walked, and the words in the middle are found."""
    assert LONG in texts(f"<body>{f'<{tag}>' * 10_000}{LONG}</body>")


def test_no_body_gives_no_blocks() -> None:
    """An empty page gives nothing, quietly."""
    assert page_blocks("").blocks == []


@pytest.mark.parametrize("entity", ["&#8238;", "&#x200b;", "&shy;", "&zwnj;", "&#x2066;"])
def test_hidden_characters_written_as_entities_are_taken_out(entity: str) -> None:
    """A character reference cannot bring back what the cleaner takes out: hidden signs that split a word or turn a line."""
    assert texts(f"<p>Count every cr{entity}ate twice.</p>") == "Count every crate twice."


def test_blocks_of_signs_alone_are_dropped() -> None:
    """A row of stars is no text."""
    assert kinds_and_texts(f"<p>{LONG}</p><p>* * *</p><p>→</p>") == [("paragraph", LONG)]


def test_line_broken_on_purpose_is_its_own_block() -> None:
    """Lines under each other by <br> are read one by one, as a reader sees them."""
    assert [text for _, text in kinds_and_texts("<p>First name<br>Tell us of your farm<br>Thank you</p>")] == ["First name", "Tell us of your farm", "Thank you"]
