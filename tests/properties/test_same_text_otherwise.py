"""The same text stored otherwise: line ends, marks, encodings, formats and containers do not change what is read."""

import csv
import io
import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from gating.records import Block, BlockKind, Piece
from tests.builders import docx_bytes, xlsx_bytes, zip_bytes
from tests.documents import eml_bytes, epub_bytes, odt_bytes, rtf_bytes
from tests.exports import wp_item, wxr
from tests.properties.here import examples, piece_here, read_here

# Sentences of our own, plain enough to be the same in every format: no marks of Markdown, no entities.
SENTENCES = (
    "The harbour office writes down every boat that leaves before six.", "Nobody reads the list until a storm is forecast.", "Then it is the only paper in the room.",
    "A café near the pier keeps a copy for the wives.", "Rope is bought by the metre and thrown away by the mile.", "The smallest boat has the oldest radio.",
    "We asked nine skippers what they would pay for a list that answers back.", "Four said nothing, and five named a price – twice what we had guessed.",
    "Its owner repairs it with the “good” solder.", "In March the fog comes at noon.", "The lighthouse was sold to a family from Zürich.", "They switch it on for weddings.",
)  # fmt: skip
PARAGRAPHS = st.lists(st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=3, unique=True).map(" ".join), min_size=3, max_size=6, unique=True)
SHAPES = st.sampled_from(["p", "quote", "item", "loose", "nested", "heading", "break", "tag"])
TITLE = "Boats before six"
WESTERN = ["utf-8-sig", "utf-16", "utf-32", "cp1252"]


def markdown(paragraphs: list[str]) -> str:
    """A draft with front matter, a list, a quote and a link."""
    first, *rest = paragraphs
    return (
        f"---\ntitle: {TITLE}\nauthor: Ida\n---\n\n# {TITLE}\n\n{first}\n\n- {rest[0]}\n- and so on\n\n> {rest[1]}\n\n"
        + "\n\n".join(rest[2:])
        + "\n\n[Read the list](https://harbour.example/list)\n"
    )


def page(paragraphs: list[str]) -> str:
    """A web page."""
    return (
        f"<!doctype html>\n<html><head><title>{TITLE}</title></head>\n<body>\n<main><h1>{TITLE}</h1>\n"
        + "\n".join(f"<p>{words}</p>" for words in paragraphs)
        + "\n</main></body></html>\n"
    )


def words_of(piece: Piece) -> list[str]:
    """All its words, in order."""
    return " ".join(block.text for block in piece.blocks).split()


def without_lines(piece: Piece) -> Piece:
    """The piece as it is in any format: its text, without places and name of the file."""
    return replace(piece, blocks=tuple(Block(block.kind, block.text, block.level) for block in piece.blocks), source="", id="")


@examples(25)
@given(paragraphs=PARAGRAPHS, end=st.sampled_from(["\r\n", "\r"]), name=st.sampled_from(["a.md", "a.mdx", "a.txt", "a.html"]))
def test_line_ends(paragraphs: list[str], end: str, name: str) -> None:
    """Windows and old Macs: the same piece, its lines and all."""
    text = page(paragraphs) if name.endswith("html") else markdown(paragraphs)
    assert piece_here(name, text.replace("\n", end)) == piece_here(name, text)


@examples(25)
@given(paragraphs=PARAGRAPHS, encoding=st.sampled_from(WESTERN), name=st.sampled_from(["a.md", "a.txt", "a.html"]))
def test_encodings_of_files(paragraphs: list[str], encoding: str, name: str) -> None:
    """With a mark, in two or four bytes a sign, or as Windows wrote it: the same piece."""
    text = page(paragraphs) if name.endswith("html") else markdown(paragraphs)
    assert piece_here(name, text.encode(encoding)) == piece_here(name, text)


@examples(25)
@given(paragraphs=PARAGRAPHS, encoding=st.sampled_from(WESTERN), end=st.sampled_from(["\n", "\r\n"]), delimiter=st.sampled_from(",;\t"))
def test_tables(paragraphs: list[str], encoding: str, end: str, delimiter: str) -> None:
    """One row, however the table is written: the same piece as from JSON, whose text knows no encoding."""
    row = {"id": "7", "title": TITLE, "text": "\n\n".join(paragraphs), "author": "Ida"}
    file = io.StringIO()
    csv.writer(file, delimiter=delimiter, lineterminator=end).writerows([row.keys(), row.values()])
    expected = without_lines(piece_here("a.json", json.dumps([row])))
    assert without_lines(piece_here("a.csv", file.getvalue().encode(encoding))) == expected
    assert without_lines(piece_here("a.jsonl", json.dumps(row, ensure_ascii=False).encode())) == expected
    assert without_lines(piece_here("a.xlsx", xlsx_bytes({"Plan": [list(row.keys()), list(row.values())]}))) == expected


@examples(15)
@given(paragraphs=PARAGRAPHS, encoding=st.sampled_from(["utf-8-sig", "utf-16", "utf-16-le"]), end=st.sampled_from(["\n", "\r\n"]))
def test_exports(paragraphs: list[str], encoding: str, end: str) -> None:
    """As a shell of Windows saves what it fetched: every export is known for what it is, and gives the same pieces."""
    body = "".join(f"<p>{words}</p>" for words in paragraphs)
    ghost = {"db": [{"meta": {"exported_on": 1}, "data": {"posts": [{"id": "p", "title": TITLE, "slug": "b", "html": body, "status": "published", "visibility": "paid"}]}}]}
    entry = {
        "sys": {"id": "a", "contentType": {"sys": {"id": "post"}}, "publishedAt": "2024-03-09T00:00:00Z"},
        "fields": {"title": TITLE, "slug": "b", "body": " ".join(paragraphs * 3)},
    }
    sanity = {"_id": "a", "_type": "post", "title": TITLE, "slug": {"current": "b"}, "body": [{"_type": "block", "children": [{"text": words}]} for words in paragraphs * 3]}
    item = f"<item><title>{TITLE}</title><link>https://harbour.example/b</link><description><![CDATA[{body}]]></description></item>"
    exports = {
        "ghost.json": json.dumps(ghost), "space.json": json.dumps({"items": [entry]}, indent=1), "data.ndjson": json.dumps(sanity),
        "feed.xml": f'<?xml version="1.0"?>\n<rss version="2.0"><channel><title>Harbour</title>\n{item}</channel></rss>',
        "blog.xml": wxr(wp_item(title=TITLE, content=body)).partition("?>")[2],
    }  # fmt: skip
    for name, text in exports.items():
        assert read_here(name, text.replace("\n", end).encode(encoding)) == [piece_here(name, text)], name


@examples(15)
@given(paragraphs=PARAGRAPHS)
def test_formats(paragraphs: list[str]) -> None:
    """As Markdown, text, a web page, from a word processor, a book, a mail, an export: the same words under the same title, in paragraphs."""
    plain = "\n\n".join([TITLE, *paragraphs])
    parts = [("title", TITLE), *(("p", words) for words in paragraphs)]
    files: dict[str, bytes | str] = {
        "a.md": f"# {TITLE}\n\n" + "\n\n".join(paragraphs), "a.html": page(paragraphs), "a.odt": odt_bytes(parts), "a.rtf": rtf_bytes(parts),
        "a.docx": docx_bytes([("Title", TITLE), *(("", words) for words in paragraphs)]),
        "a.epub": epub_bytes([page(paragraphs).partition("\n")[2]]), "a.eml": eml_bytes(page(paragraphs), Subject=TITLE),
        "a.zip": zip_bytes({"posts/a.md": plain.encode()}), "a.xml": wxr(wp_item(title=TITLE, content=f"<h1>{TITLE}</h1>" + "".join(f"<p>{words}</p>" for words in paragraphs))),
    }  # fmt: skip
    expected = words_of(piece_here("a.txt", plain))
    for name, data in files.items():
        piece = piece_here(name, data)
        assert words_of(piece) == expected, name
        assert piece.title == TITLE, name
        assert all(block.kind in (BlockKind.PARAGRAPH, BlockKind.HEADING) for block in piece.blocks), name


@examples(40)
@given(
    paragraphs=PARAGRAPHS,
    blank=st.lists(st.integers(1, 4), min_size=8, max_size=8),
    shapes=st.lists(st.sampled_from(["p", "quote", "item", "loose", "nested", "heading", "break", "tag"]), min_size=8, max_size=8),
)
def test_lines_are_those_of_the_file(paragraphs: list[str], blank: list[int], shapes: list[str]) -> None:
    """In a draft, each block stands on the line that it names: in quotes, in loose lists, in quotes within lists."""
    lines = ["---", f"title: {TITLE}", "---", ""]
    for words, gap, shape in zip(paragraphs, blank, shapes, strict=False):
        first, _, rest = words.partition(". ")
        second = rest or "And that was all."
        lines += {
            "p": [first, "", second], "quote": [f"> {first}.", ">", f"> {second}"], "item": [f"- {first}.", f"- {second}"], "loose": [f"1. {first}.", "", f"   {second}"],
            "break": [f"{first}\\", second],
            "tag": [f"{first}.<br>And <b>so</b>", second],
            "nested": [f"* {first}.", f"  > {second}"], "heading": [f"## {first}", second],
        }[shape]  # fmt: skip
        lines += [""] * gap
        lines += ["<!-- between -->", ""]
    for block in piece_here("a.md", "\n".join(lines)).blocks:
        assert block.text.split()[0] in lines[block.line - 1]


@examples(15)
@given(paragraphs=PARAGRAPHS, name=st.sampled_from(["a.md", "a.html"]), before=st.integers(1, 9))
def test_blank_lines_above_move_lines_and_nothing_else(paragraphs: list[str], name: str, before: int) -> None:
    """So many lines further down, the same blocks."""
    text = page(paragraphs) if name.endswith("html") else "\n\n".join(paragraphs)
    moved = piece_here(name, "\n" * before + text)
    assert [(block.kind, block.text, block.line - before) for block in moved.blocks] == [(block.kind, block.text, block.line) for block in piece_here(name, text).blocks]


@examples(10)
@given(paragraphs=PARAGRAPHS, place=st.sampled_from(["99:1-99:40", "x", "-3:1", ""]))
def test_places_that_a_page_brings_along_are_none_of_its_lines(paragraphs: list[str], place: str) -> None:
    """GitLab writes the lines of the Markdown behind a page into it."""
    text = page([words.replace(". ", ".\n") for words in paragraphs])
    assert piece_here("a.html", text.replace("<p>", f'<p data-sourcepos="{place}">')) == piece_here("a.html", text)
