"""Markdown, MDX and what stands around them."""

import time

import pytest

from gating.reading.markdown import markdown_page
from gating.records import Piece
from tests.builders import PROSE
from tests.conftest import Read


def kinds_and_texts(text: str, mdx: bool = False) -> list[tuple[str, str]]:
    return [(block.kind.value, block.text) for block in markdown_page(text, mdx=mdx).blocks]


def test_markdown_piece_has_title_blocks_and_lines(read: Read) -> None:
    """A whole draft: title and description from the front matter, blocks with kinds and with lines of the file."""
    piece = read("draft.md", f"---\ntitle: Crates\ndescription: On fruit\nurl: /crates\n---\n\n# Counting crates\n\n{PROSE}\n\n- one crate\n- two crates\n")
    assert isinstance(piece, Piece)
    assert (piece.title, piece.description, piece.url) == ("Crates", "On fruit", "/crates")
    assert [(block.kind.value, block.line) for block in piece.blocks] == [("heading", 7), ("paragraph", 9), ("item", 11), ("item", 12)]
    assert piece.blocks[1].text == PROSE


def test_title_falls_back_to_the_first_heading(read: Read) -> None:
    """Without front matter the first heading is the title."""
    piece = read("plain.md", f"# Counting crates\n\n{PROSE}\n")
    assert isinstance(piece, Piece)
    assert piece.title == "Counting crates"


def test_lines_count_from_the_top_of_the_file() -> None:
    """`first_line` lines of front matter come before the text's own."""
    assert markdown_page("A line of words.", first_line=4).blocks[0].line == 5


def test_inline_marks_are_not_words() -> None:
    """Stars, backticks and link addresses are not part of the text."""
    assert kinds_and_texts("Some **bold** and `code` and [a link](https://farm.example/a).") == [("paragraph", "Some bold and code and a link.")]


def test_table_rows_are_blocks() -> None:
    """A pipe table gives a block a row."""
    assert kinds_and_texts("| Plan | Price |\n|---|---|\n| Small | 9 |\n") == [("table", "Plan | Price"), ("table", "Small | 9")]


def test_wrapped_lines_are_one_paragraph() -> None:
    """Running text wrapped by an editor is joined; short lines under each other stay apart."""
    wrapped = "The crates stand in the shade of the barn until the buyer who\ncame last has counted every one of them twice."
    assert len(kinds_and_texts(wrapped)) == 1
    assert len(kinds_and_texts("First name\nA few words of yours\nThank you")) == 3


def test_code_is_kept_apart_from_prose() -> None:
    """A fenced block is code and counts no words of the piece."""
    assert kinds_and_texts("```\ncount = 3\n```") == [("code", "count = 3")]


def test_mdx_text_props_are_text() -> None:
    """Title, heading and description of a component are words on the page; a class name is not."""
    said = kinds_and_texts('<Callout title="Mind the frost" className="wide" description={"It comes at night"} />', mdx=True)
    joined = " ".join(text for _, text in said)
    assert "Mind the frost" in joined
    assert "It comes at night" in joined
    assert "wide" not in joined


def test_mdx_button_props_are_buttons() -> None:
    """A component's label or cta is a button."""
    assert ("button", "Book a visit") in kinds_and_texts('Words before it.\n\n<Cta label="Book a visit" href="/visit" />\n', mdx=True)


def test_mdx_keeps_text_between_component_tags() -> None:
    """What stands between an opening and a closing component stays."""
    assert "The crates are full." in " ".join(text for _, text in kinds_and_texts("<Note>\n\nThe crates are full.\n\n</Note>", mdx=True))


def test_mdx_import_and_export_lines_are_no_text() -> None:
    """Lines for the compiler are not read, and the lines below keep their numbers."""
    page = markdown_page('import Cta from "./cta"\nexport const a = 1\n\nThe crates are full.', mdx=True)
    assert [(block.text, block.line) for block in page.blocks] == [("The crates are full.", 4)]


def test_sentence_that_starts_with_import_stays_in_markdown() -> None:
    """In plain Markdown no line is for a compiler."""
    assert kinds_and_texts("import duties on pears rose again.") == [("paragraph", "import duties on pears rose again.")]


@pytest.mark.parametrize("code", ['{{< figure src="a.png" >}}', "{% include cta.html %}", "{{ page.title }}", "{{% note %}}", "{/* a note */}"])
def test_shortcodes_are_no_text(code: str) -> None:
    """Template tags of Hugo, Jekyll and MDX are not words of the piece."""
    assert kinds_and_texts(f"The crates are full. {code}") == [("paragraph", "The crates are full.")]


def test_lines_hold_after_a_shortcode_of_several_lines() -> None:
    """What is removed leaves its line ends behind."""
    page = markdown_page('{{< figure\n  src="a.png"\n>}}\n\nThe crates are full.')
    assert [(block.text, block.line) for block in page.blocks] == [("The crates are full.", 5)]


def test_lines_hold_after_a_component_of_several_lines() -> None:
    """The same for a component's props."""
    page = markdown_page('<Figure\n  src="a.png"\n  width={3}\n/>\n\nThe crates are full.', mdx=True)
    assert [(block.text, block.line) for block in page.blocks][-1] == ("The crates are full.", 6)


def test_attribute_list_makes_a_button() -> None:
    """Jekyll's {: .btn } behind a link is a button."""
    assert ("button", "See prices") in kinds_and_texts("Words before it.\n\n[See prices](/prices){: .btn .btn-primary }")


def test_raw_html_in_markdown_is_read_as_html() -> None:
    """A form pasted into a draft gives its button."""
    assert ("button", "Send") in kinds_and_texts("The crates are full.\n\n<form><button>Send</button></form>\n")


def test_text_in_front_matter_is_read_when_the_body_is_empty(read: Read) -> None:
    """Themes keep a landing page's words in front matter; an empty body does not mean an empty piece."""
    piece = read("landing.md", f"---\ntitle: Crates\nmain:\n  description: >\n    {PROSE}\n---\n")
    assert isinstance(piece, Piece)
    assert "three orchards" in piece.blocks[0].text


def test_bad_front_matter_is_a_limit_of_the_piece(read: Read) -> None:
    """The piece is still read, and says what was wrong."""
    piece = read("bad.md", f"---\ntitle: Crates: how many\n---\n{PROSE}\n")
    assert isinstance(piece, Piece)
    assert piece.title == "Crates: how many"
    assert "front matter" in piece.limits[0]


def test_address_with_half_a_surrogate_can_be_written(read: Read) -> None:
    """JSON can spell what UTF-8 cannot; nothing of a piece may carry it into a report."""
    piece = read("odd.md", '{"title": "\\ud800 Crates", "url": "\\ud800", "description": "\\udfff"}\n\n' + PROSE)
    assert isinstance(piece, Piece)
    for text in (piece.title, piece.url, piece.description, piece.id, piece.observed.evidence):
        text.encode()


def test_one_endless_line_is_read_in_time() -> None:
    """Three million characters without a line end do not hang."""
    assert markdown_page("word " * 600_000).blocks


@pytest.mark.parametrize("sign", ["[", "*", "![", "_a", "`", "<"])
def test_hostile_marks_are_read_in_time(sign: str) -> None:
    """Sixty thousand open brackets, stars or ticks do not hang."""
    start = time.perf_counter()
    markdown_page(sign * 60_000)
    assert time.perf_counter() - start < 3


def test_quotes_within_quotes_are_read_in_time() -> None:
    """Forty thousand quote marks in a row, 80 kB, do not keep the HTML parser busy for long."""
    start = time.perf_counter()
    markdown_page("> " * 40_000 + "words")
    assert time.perf_counter() - start < 3


@pytest.mark.parametrize(
    "template",
    [
        "{/* TODO: replace <Card title={x} /> before the fair */}",
        "{/* " + "a long note to the printer, " * 30 + "*/}",
        '{{< card title="a {b} c" >}}',
        '{% include card.html data={"a": 1} %}',
    ],
)
def test_templates_with_braces_in_them_are_no_text(template: str) -> None:
    """A comment or shortcode is left out whole, whatever it holds and however long it is."""
    page = markdown_page(f"{template}\n\nThe crates go to the shed.", mdx=True)
    assert [block.text for block in page.blocks] == ["The crates go to the shed."]


def test_endless_source_is_cut_and_said_so(read: Read) -> None:
    """Only the beginning of what no writer wrote is parsed."""
    piece = read("endless.md", PROSE + "\n\n" + "*a **b [c " * 210_000)
    assert isinstance(piece, Piece)
    assert piece.limits[0] == "only the first 2,000,000 characters of the source were read"


def test_deep_blocks_of_html_are_flattened(read: Read) -> None:
    """HTML within Markdown is held to the same depth as a page."""
    piece = read("deep.md", PROSE + "\n\n" + "<div>\n\n" * 10_000 + PROSE)
    assert isinstance(piece, Piece)
    assert [block.text for block in piece.blocks] == [PROSE, PROSE]
    assert "flattened" in piece.limits[0]


@pytest.mark.parametrize("opening", ["<!-- to do: a better title", "<script>var x = 1;", "<iframe src=/form>", "<STYLE>", "<textarea>"])
def test_markup_that_is_never_closed_swallows_nothing(opening: str) -> None:
    """A browser would show nothing of what follows; a draft is to be read all the same. What is closed stays hidden."""
    page = markdown_page(f"# Nest boxes\n\n{opening}\n\nSwifts come back to the same hole each year.\n")
    assert page.blocks[-1].text == "Swifts come back to the same hole each year."
    closed = markdown_page("# Nest boxes\n\n<!-- hidden -->\n<script>also();</script>\n\nSwifts come back.\n")
    assert [block.text for block in closed.blocks] == ["Nest boxes", "Swifts come back."]
