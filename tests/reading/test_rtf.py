"""RTF: structure through striprtf, what is hidden stays hidden, and hostile files."""

import time
from pathlib import Path

import pytest

from gating.records import BlockKind, Piece, Skipped, Status
from tests.builders import PROSE
from tests.conftest import Read, ReadAll
from tests.documents import rtf_bytes


def told(read: Read, data: bytes) -> Piece:
    """The piece of an RTF file."""
    piece = read("draft.rtf", data)
    assert isinstance(piece, Piece), piece
    return piece


def said(read: Read, body: str) -> list[tuple[BlockKind, str]]:
    """(kind, text) of each block of an RTF body."""
    return [(block.kind, block.text) for block in told(read, rtf_bytes(body)).blocks]


def test_style_holds_until_it_is_taken_back(read: Read) -> None:
    """A second paragraph without \\pard is a heading like the first; \\pard ends it."""
    blocks = said(read, rf"\pard\s2 One\par Two\par\pard\plain {PROSE}\par")
    assert [kind for kind, _ in blocks] == [BlockKind.HEADING, BlockKind.HEADING, BlockKind.PARAGRAPH]


def test_outline_level_makes_a_heading_in_any_language(read: Read) -> None:
    """A style that is not called "heading" is one by its outline level."""
    piece = told(read, rf"{{\rtf1{{\stylesheet{{\s4\outlinelevel2 \'dcberschrift 3;}}}}\pard\s4 Kisten\par\pard {PROSE}\par}}".encode())
    assert [(block.level, block.text) for block in piece.blocks if block.kind is BlockKind.HEADING] == [(3, "Kisten")]


def test_hidden_deleted_and_side_texts_are_not_read(read: Read) -> None:
    """Hidden runs, tracked deletions, comments, footnotes, headers and addresses of links are no text; what a link shows is."""
    body = (
        r"{\header gone header\par}\pard " + PROSE + r"{\v gone hidden}{\deleted gone deletion}{\*\annotation gone comment}{\footnote gone note} "
        r'{\field{\*\fldinst{HYPERLINK "https://example.org/gone"}}{\fldrslt Read on}}\par'
    )
    assert said(read, body) == [(BlockKind.PARAGRAPH, f"{PROSE} Read on")]


def test_links_keep_their_address(read: Read) -> None:
    """The three ways to write a field, in a paragraph, a heading and a cell; a place in the document is none. The blocks are as without links."""
    fields = [rf"{{\field{{\*\fldinst{start}HYPERLINK {address}{end}}}{{\fldrslt {words}}}}}" for start, address, end, words in (
        ("{", '"https://pears.example/demo?a=1&b=2"', "}", r"{\ul Book a }visit"), (" ", '"https://pears.example/prices" ', "", "The prices"),
        (r"{\rtlch\fcs1 \af0 ", ' "https://pears.example/try" ', r"}{\datafield 00d0c9ea}", "Try it"), (" ", r'\\l "_Toc1" ', "", "the top"),
    )]  # fmt: skip
    body = rf"\pard {PROSE} {fields[0]}, or not.\par\pard\s2 {fields[1]}\par\trowd\cellx2000\cellx4000\pard\intbl Small\cell {fields[2]}\cell\row\pard Up to {fields[3]}.\par"
    piece = told(read, rtf_bytes(body))
    assert [(link.text, link.href, link.line) for link in piece.links] == [
        ("Book a visit", "https://pears.example/demo?a=1&b=2", 1), ("The prices", "https://pears.example/prices", 2), ("Try it", "https://pears.example/try", 3),
    ]  # fmt: skip
    assert [block.text for block in piece.blocks] == [f"{PROSE} Book a visit, or not.", "The prices", "Small | Try it", "Up to the top."]


def test_link_over_two_paragraphs_ends_with_the_first(read: Read) -> None:
    """What opens in one paragraph and closes in the next swallows no words, and a link without words is none."""
    field = r'{{\field{{\*\fldinst HYPERLINK "https://pears.example/{}"}}{{\fldrslt {}}}}}'
    body = rf"\pard {PROSE} {field.format('a', 'See' + chr(92) + 'par more')} of it. {field.format('b', '')}\par"
    piece = told(read, rtf_bytes(body))
    assert [block.text for block in piece.blocks] == [f"{PROSE} See", "more of it."]
    assert [(link.text, link.href) for link in piece.links] == [("See", "https://pears.example/a")]


def test_title_that_is_a_link(read: Read) -> None:
    """No mark of ours and no markup comes into the title."""
    body = r'\pard\s9 {\field{\*\fldinst HYPERLINK "https://pears.example/a"}{\fldrslt Pears & plums}}\par\pard ' + PROSE + r"\par"
    assert told(read, rtf_bytes(body)).title == "Pears & plums"


def test_title_of_two_lines(read: Read) -> None:
    """A line end in a heading that serves as title is a space."""
    assert told(read, rf"{{\rtf1\pard\outlinelevel0 Pears\line and plums\par\pard\outlinelevel9 {PROSE}\par}}".encode()).title == "Pears and plums"


def test_pictures_are_passed_over(read: Read) -> None:
    """Half a megabyte of picture in hexadecimal digits gives no word and takes no second."""
    started = time.perf_counter()
    assert said(read, r"\pard " + PROSE + r"{\pict\pngblip " + "89504e470d0a1a0a" * 30_000 + r"}\par") == [(BlockKind.PARAGRAPH, PROSE)]
    assert time.perf_counter() - started < 2


def test_letters_of_other_alphabets(read: Read) -> None:
    """Letters as code points, as bytes of the code page, and raw UTF-8 or Windows text, which the format does not allow."""
    assert said(read, rf"\pard {PROSE} \u8220?Cr\'e8me\u8221?\par") == [(BlockKind.PARAGRAPH, f"{PROSE} “Crème”")]
    for encoding in ("utf-8", "cp1252"):
        assert told(read, rf"{{\rtf1\pard {PROSE} Crème – brûlée\par}}".encode(encoding)).blocks[0].text == f"{PROSE} Crème – brûlée"


def test_braces_and_bars_of_the_text_stay(read: Read) -> None:
    """Escaped signs are text, and a bar in a sentence makes no table."""
    assert said(read, rf"\pard {PROSE} Set \{{x | y\}} in C:\\pard.\par") == [(BlockKind.PARAGRAPH, f"{PROSE} Set {{x | y}} in C:\\pard.")]


def test_title_and_author_from_info(read: Read) -> None:
    """Where the text has no title or heading, the properties have one."""
    piece = told(read, rtf_bytes([("p", PROSE)], r"{\info{\title Fruit, \'e0 la carte}{\author Ada Quill}}"))
    assert (piece.title, dict(piece.metadata)) == ("Fruit, à la carte", {"author": "Ada Quill"})
    assert told(read, rtf_bytes([("title", "In the text"), ("p", PROSE)], r"{\info{\title In the properties}}")).title == "In the text"


def test_old_word_file_that_is_rtf(read: Read) -> None:
    """RTF with the ending .doc, as many programs export "to Word", is read."""
    assert isinstance(read("export.doc", rtf_bytes([("p", PROSE)])), Piece)


@pytest.mark.parametrize(
    "body",
    [
        r"{\field{\*\fldinst{" * 20_000,
        "{" * 200_000,
        r"\pard" * 100_000,
        r"\u99999999 " * 5000,
        r"{\stylesheet" + r"{\s1" * 50_000,
        "|" * 200_000,
        "HYPERLINK" + "}" * 200_000,
        r'{\field{\*\fldinst HYPERLINK "a"}{\fldrslt ' * 20_000,
    ],
    ids=["fields", "braces", "pards", "code-points", "styles", "bars", "closing-braces", "links"],
)
def test_hostile_files_end_in_bounded_time(read: Read, body: str) -> None:
    """Each ends in a piece or a reason within seconds."""
    started = time.perf_counter()
    result = read("hostile.rtf", rtf_bytes(body))
    assert isinstance(result, Piece | Skipped)
    assert "the program failed" not in getattr(result, "reason", "")
    assert time.perf_counter() - started < 8


def test_other_data_is_no_rtf(read: Read) -> None:
    """Text that only has the ending is a failure that says so."""
    result = read("notes.rtf", PROSE)
    assert isinstance(result, Skipped)
    assert result.status is Status.FAILED
    assert "RTF" in result.reason


def test_public_document(shared: Path, read_all: ReadAll) -> None:
    """A real document gives five paragraphs and none of its styles' names."""
    (path,) = (shared / "fixtures" / "rtf").iterdir()
    (piece,) = read_all(path.name, path.read_bytes())
    assert isinstance(piece, Piece)
    assert [block.kind for block in piece.blocks] == [BlockKind.PARAGRAPH] * 5
    assert piece.n_words == 532
