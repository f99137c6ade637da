"""What a piece asks not to be told about itself."""

import pytest

from gating.reading.ignores import Ignored, ignored_in
from gating.reading.labels import with_unclear
from gating.records import Piece
from tests.builders import PROSE, docx_bytes
from tests.conftest import Read, ReadAll


def ignored(piece: object) -> Ignored:
    assert isinstance(piece, Piece), piece
    return ignored_in(piece)


@pytest.mark.parametrize(
    ("front", "names", "reason"),
    [
        ("gating: {ignore: [gate, stage], reason: a licence}", ("stage", "gate"), "a licence"),
        ("gating:\n  ignore:\n    - hand-off\n", ("hand-off",), ""),
        ("gating:\n  ignore: Gate\n  strategy: lead-gen\n", ("gate",), ""),
        ("gating: {reason: left over}", (), ""),
        ("ignore: [gate]", (), ""),
    ],
)
def test_front_matter_says_what_to_ignore_and_why(read: Read, front: str, names: tuple[str, ...], reason: str) -> None:
    """Under `gating:` and nowhere else; a reason alone ignores nothing."""
    assert ignored(read("post.md", f"---\n{front.strip()}\n---\n{PROSE}\n")) == Ignored(names, reason)


def test_toml_front_matter_says_it_too(read: Read) -> None:
    """As Hugo writes it."""
    assert ignored(read("post.md", f'+++\n[gating]\nignore = ["review"]\n+++\n{PROSE}\n')).names == ("review",)


@pytest.mark.parametrize(
    ("name", "comment"),
    [
        ("post.md", "<!-- gating: ignore gate: sold with the course -->"),
        ("post.md", "A line before.\n<!--gating:ignore gate: sold with the course-->\nand one after."),
        ("post.mdx", "{/* gating: ignore gate: sold with the course */}"),
        ("page.html", "<p>A line.</p><!-- Gating: Ignore gate : sold with the course -->"),
        ("page.html", "<head><!-- gating: ignore gate: sold with the course --></head>"),
        ("page.html", "<div><!-- gating: ignore: gate: sold with\n the course --></div>"),
    ],
)
def test_a_comment_says_it_with_its_reason(read: Read, name: str, comment: str) -> None:
    """In Markdown, MDX and HTML, and it is no text of the piece."""
    text = f"<p>{PROSE}</p>\n{comment}\n" if name.endswith("html") else f"{PROSE}\n\n{comment}\n"
    piece = read(name, text)
    assert ignored(piece) == Ignored(("gate",), "sold with the course")
    assert "sold with" not in " ".join(block.text for block in piece.blocks)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "text",
    [
        "```\n<!-- gating: ignore gate -->\n```",
        "Write `<!-- gating: ignore gate -->` to be left alone.",
        "```jsx\n{/* gating: ignore gate */}\n```",
        "<!-- todo: gating: ignore gate -->",
        "<pre><code>\n<!-- gating: ignore gate -->\n</code></pre>",
        "{% highlight html %}\n<!-- gating: ignore gate -->\n{% endhighlight %}",
        '{{< highlight html "linenos=table" >}}\n<!-- gating: ignore gate -->\n{{< /highlight >}}',
    ],
)
def test_an_example_in_code_asks_for_nothing(read: Read, text: str) -> None:
    """Nor does a comment about something else."""
    assert ignored(read("how-to.mdx", f"{PROSE}\n\n{text}\n")) == Ignored()


@pytest.mark.parametrize(
    "code",
    [
        '<script>const hint = "<!-- gating: ignore gate -->";</script>',
        "<textarea><!-- gating: ignore gate --></textarea>",
        "<pre><code><!-- gating: ignore gate --></code></pre>",
        "{% raw %}<!-- gating: ignore gate -->{% endraw %}",
    ],
)
def test_code_of_a_page_asks_for_nothing(read: Read, code: str) -> None:
    """Only what a browser takes for a comment, and does not show as an example, is an ask; the one beside it counts."""
    asked = "<!-- gating: ignore stage -->"
    assert ignored(read("page.html", f"<body><p>{PROSE}</p>{code}{asked}</body>")) == Ignored(("stage",))


@pytest.mark.parametrize("reason", ["form -> free after <b>launch</b>", "agreed with the sales team, " * 15 + "in May"])
def test_a_reason_may_hold_signs_and_be_long(read: Read, reason: str) -> None:
    """An arrow, a tag or a paragraph ends no comment."""
    assert ignored(read("post.md", f"<!-- gating: ignore gate: {reason} -->\n\n{PROSE}\n")) == Ignored(("gate",), reason)
    assert ignored(read("page.html", f"<p>{PROSE}</p><!-- gating: ignore gate: {reason} -->")).reason == reason


def test_comment_in_a_cell_speaks_for_its_row_and_a_column_does_not(read_all: ReadAll) -> None:
    """A column may be called what it likes; a comment in the text of a piece is the piece's own."""
    first, second = read_all("posts.csv", f'title,text,gating.ignore\nA,"{PROSE} <!-- gating: ignore gate, strategy -->",\nB,"{PROSE}",stage\n')
    assert ignored(first).names == ("strategy", "gate")
    assert ignored(second) == Ignored()


def test_a_name_that_is_none_is_told(read: Read) -> None:
    """A slip would otherwise leave the finding where it is, without a word."""
    piece = read("post.md", f"---\ngating: {{ignore: [gates, stage]}}\n---\n{PROSE}\n")
    assert ignored(piece) == Ignored(("stage",), "", ("gates",))
    assert with_unclear(piece).limits == ("gating cannot ignore 'gates'; did you mean \"gate\"?",)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("---\ngating: {ignor: [gate]}\n---\n", 'gating knows no "gating.ignor" in the front matter; did you mean "ignore"?'),
        ("---\ngating:\n  strategi: lead-gen\n---\n", 'gating knows no "gating.strategi" in the front matter; did you mean "strategy"?'),
        ("---\ngating:\n  funnel_stage: decision\n---\n", 'gating knows no "gating.funnel_stage" in the front matter; did you mean "stage"?'),
        ("---\ngating: ignore gate\n---\n", '"gating: ignore gate" in the front matter does nothing; write gating: {ignore: [NAME]}'),
        ("<!-- gating: ignore -->\n\n", 'the comment "gating: ignore" names nothing'),
        ("<!-- gating: ignroe gate: sold -->\n\n", 'the comment "gating: ignroe gate" does nothing'),
        ("<!-- gating: gate -->\n\n", 'the comment "gating: gate" does nothing'),
    ],
)
def test_an_ask_in_the_wrong_shape_is_told(read: Read, text: str, told: str) -> None:
    """With what it was probably meant to be."""
    (said,) = with_unclear(read("post.md", f"{text}{PROSE}\n")).limits  # type: ignore[arg-type]
    assert said.startswith(told)


@pytest.mark.parametrize("text", ["---\ngating: {form: 77, gated: true, vendor: marketo}\n---\n", "---\ngating: true\n---\n", "<!-- gating: the wall starts here -->\n\n"])
def test_what_a_site_says_to_its_own_templates_is_left_alone(read: Read, text: str) -> None:
    """The name is a common word."""
    assert with_unclear(read("post.md", f"{text}{PROSE}\n")).limits == ()  # type: ignore[arg-type]


def test_comments_of_a_word_file_are_not_read(read: Read) -> None:
    """The words of such a comment in a draft are text, as any other."""
    assert ignored(read("draft.docx", docx_bytes([("", PROSE), ("", "<!-- gating: ignore gate -->")]))) == Ignored()
