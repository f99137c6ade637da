"""Pages as Notion, Medium and Google Docs export them, each read as what it is."""

import pytest

from gating.reading import FileJob, plan, read_job
from gating.reading.sources import Choices, Source
from gating.records import Block, BlockKind, Piece, Skipped, Status
from gating.settings import Settings
from tests.builders import PROSE
from tests.conftest import Read

ID = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
MARKDOWN = f"Bruised pears {ID}.md"


def notion_page(properties: str = "", body: str = f"<p>{PROSE}</p>") -> str:
    """A page as Notion writes it in HTML."""
    rows = f'<table class="properties"><tbody>{properties}</tbody></table>' if properties else ""
    return f"""<html><head><title>Bruised pears</title></head><body><article id="0f1e2d3c" class="page sans"><header><h1 class="page-title">Bruised pears</h1>
        <p class="page-description"></p>{rows}</header><div class="page-body">{body}</div></article></body></html>"""


def medium_post(body: str, name: str = "Bruised pears", footer: str = "", summary: str = "") -> str:
    """A post as Medium writes it."""
    about = footer or (
        '<p>By <a href="https://medium.com/@ada" class="p-author h-card">Ada Quill</a> on <a href="https://medium.com/p/1"><time class="dt-published" '
        'datetime="2024-05-06T07:08:09.000Z">May 6, 2024</time></a>.</p><p><a href="https://medium.com/@ada/bruised-1" class="p-canonical">Canonical link</a></p>'
        '<p>Exported from <a href="https://medium.com">Medium</a> on June 1, 2024.</p>'
    )
    return f"""<!DOCTYPE html><html><head><title>{name}</title></head><body><article class="h-entry"><header><h1 class="p-name">{name}</h1></header>
        <section data-field="subtitle" class="p-summary">{summary}</section><section data-field="body" class="e-content">{body}</section>
        <footer>{about}</footer></article></body></html>"""


def told(read: Read, name: str, text: str) -> Piece:
    """The piece of an exported page."""
    piece = read(name, text)
    assert isinstance(piece, Piece), piece
    return piece


def texts(piece: Piece) -> list[str]:
    return [block.text for block in piece.blocks]


def test_notion_properties_are_metadata(read: Read) -> None:
    """Lines under the title are metadata up to the empty line, and text keeps its line numbers; the id of the name is the piece's."""
    text = f"# Bruised pears\n\nStatus: Ready\nOwner: Ada Quill, Bo\nURL: https://example.org/pears\nGated: yes\n\n{PROSE}\n"
    piece = told(read, MARKDOWN, text)
    assert piece.blocks == (Block(BlockKind.HEADING, "Bruised pears", 1, 1), Block(BlockKind.PARAGRAPH, PROSE, 0, 8))
    assert (piece.id, piece.title, piece.url, piece.observed.verdict) == (ID, "Bruised pears", "https://example.org/pears", "gated")
    assert dict(piece.metadata)["owner"] == "Ada Quill, Bo"


def test_notion_property_on_two_lines(read: Read) -> None:
    """A line without a name goes on with the property before it."""
    piece = told(read, MARKDOWN, f"# Bruised pears\n\nStatus: Ready\nNotes: ask the buyer\nand the driver\n\n{PROSE}\n")
    assert dict(piece.metadata)["notes"] == "ask the buyer and the driver"
    assert texts(piece) == ["Bruised pears", PROSE]


def test_notion_entry_without_text_is_inventory(read: Read) -> None:
    """A page of a content calendar that only has properties keeps its address and facts, for an audit to join."""
    result = read(MARKDOWN, "# Bruised pears\n\nURL: https://example.org/pears\nOwner: Ada Quill\n")
    assert isinstance(result, Skipped)
    assert (result.reason, result.url, result.title) == ("in the inventory only, no text", "https://example.org/pears", "Bruised pears")
    assert dict(result.metadata)["owner"] == "Ada Quill"


@pytest.mark.parametrize(
    "lead",
    [
        "Note: this page was written in the van on the way home from the orchard.",
        "- Status: a list, no property\n- Owner: neither",
        "https://example.org/pears",
        "The day began: rain.\nThe pickers stayed in bed.\nThe pears did not.",
        "## Status: a heading",
    ],
    ids=["sentence", "list", "address", "verse", "heading"],
)
def test_notion_page_that_begins_with_text(read: Read, lead: str) -> None:
    """What only looks a little like properties stays text."""
    piece = told(read, MARKDOWN, f"# Bruised pears\n\n{lead}\n\n{PROSE}\n")
    assert [key for key, _ in piece.metadata] == ["title"]
    assert len(piece.blocks) > 2


def test_such_lines_elsewhere_are_text(read: Read) -> None:
    """A Markdown file whose name is not Notion's keeps its lines."""
    assert "Status: Ready" in told(read, "pears.md", f"# Bruised pears\n\nStatus: Ready\n\n{PROSE}\n").blocks[1].text


def test_notion_callout_is_text(read: Read) -> None:
    """Notion writes a call-out as an aside, which on a web page would be furniture."""
    assert "Never stack nine." in texts(told(read, MARKDOWN, f"# Bruised pears\n\n{PROSE}\n\n<aside>\n💡 Never stack nine.\n\n</aside>\n"))[2]


def test_notion_html(read: Read) -> None:
    """The table of properties is metadata; a database on the page is a view of other pages; a plain table is text."""
    rows = '<tr class="property-row"><th><span class="icon"><svg></svg></span>Status</th><td><span class="selected-value">Ready</span></td></tr><tr><th>Empty</th><td></td></tr>'
    tables = (
        '<table class="collection-content"><tr><th>Name</th><th>Tags</th></tr><tr><td>Other page</td><td>x</td></tr></table>'
        '<table class="simple-table"><tr><td>Hill</td><td>9 crates</td></tr></table>'
    )
    piece = told(read, f"Bruised {ID}.html", notion_page(rows, f"<p>{PROSE}</p>{tables}"))
    assert texts(piece) == ["Bruised pears", PROSE, "Hill | 9 crates"]
    assert piece.metadata == (("status", "Ready"),)
    assert (piece.id, piece.title) == (ID, "Bruised pears")


def test_same_notion_page_in_both_exports(read: Read) -> None:
    """The words and the title of a page do not depend on how it was exported."""
    page, marks = told(read, f"a {ID}.html", notion_page()), told(read, f"a {ID}.md", f"# Bruised pears\n\n{PROSE}\n")
    assert (texts(page), page.title) == (texts(marks), marks.title)


def test_medium_post(read: Read) -> None:
    """Address, author, day and summary are facts of the piece; title and subtitle are read once, the export's footer not at all."""
    body = f'<h3 class="graf graf--h3 graf--title">Bruised pears</h3><h4 class="graf graf--subtitle">Between tree and scale</h4><p class="graf">{PROSE}</p>'
    piece = told(read, "2024-05-06_bruised-1.html", medium_post(body, summary="Between tree and scale"))
    assert [(block.kind, block.text) for block in piece.blocks] == [(BlockKind.HEADING, "Bruised pears"), (BlockKind.PARAGRAPH, PROSE)]
    assert (piece.url, piece.description) == ("https://medium.com/@ada/bruised-1", "Between tree and scale")
    assert dict(piece.metadata) == {"author": "Ada Quill", "date": "2024-05-06"}


def test_medium_response_is_no_piece(read: Read) -> None:
    """A short text whose title is its own beginning answers another story; with a heading of its own it is a story."""
    response = "I have seen this in our own orchard, with plums, and nobody believed me until they opened the lid."
    result = read("2024_response.html", medium_post(f"<p>{response}</p>", name=f"{response[:40]}…"))
    assert isinstance(result, Skipped)
    assert "response" in result.reason
    told(read, "2024_story.html", medium_post(f"<h3>{response[:40]}</h3><p>{PROSE}</p>", name=response[:40]))


def test_medium_draft_waits_for_its_flag(settings: Settings) -> None:
    """A draft, which has neither day nor address, is skipped and says which flag reads it; with the flag it is read."""
    page = medium_post(f"<h3>Bruised pears</h3><p>{PROSE}</p>", footer='<p><a href="https://medium.com/p/1">View original.</a></p><p>Exported from Medium.</p>')
    job = FileJob(Source("posts/draft_bruised-1.html"), ".html", page.encode())
    (skipped,) = read_job(job, settings)
    assert isinstance(skipped, Skipped)
    assert "--drafts" in skipped.reason
    (piece,) = read_job(job, settings, Choices(drafts=True))
    assert isinstance(piece, Piece)


def test_google_doc(read: Read) -> None:
    """The title is a heading, comments are no text, and links go where they lead."""
    page = f"""<html><head><meta content="text/html; charset=UTF-8" http-equiv="content-type"><style>.c1{{}}</style></head><body class="c4 doc-content">
        <p class="c3 title" id="h.1"><span class="c2">Bruised pears</span></p><p class="c1"><span>{PROSE}<sup><a href="#cmnt1" id="cmnt_ref1">[ab]</a></sup> </span>
        <a class="c5" href="https://www.google.com/url?q=https://example.org/pears?a%3D1&amp;sa=D&amp;source=editors&amp;ust=17&amp;usg=x">Read on</a></p>
        <div class="c6"><p class="c1"><a href="#cmnt_ref1" id="cmnt1">[ab]</a><span>Is this true?</span></p></div></body></html>"""
    piece = told(read, "Pears.html", page)
    assert [(block.kind, block.text) for block in piece.blocks] == [(BlockKind.HEADING, "Bruised pears"), (BlockKind.PARAGRAPH, f"{PROSE} Read on")]
    assert piece.title == "Bruised pears"
    assert "https://example.org/pears?a=1" in [link.href for link in piece.links]


@pytest.mark.parametrize(
    ("name", "said"),
    [("plan.ppt", ".pptx"), ("list.xls", ".xlsx"), ("draft.pages", "Export To"), ("book.mobi", ".epub"), ("mail.msg", ".eml")],
)
def test_old_formats_say_how_to_save_them(tmp_path, settings: Settings, name: str, said: str) -> None:
    """A format that is not read is skipped with what to do."""
    (tmp_path / name).write_bytes(b"\xd0\xcf\x11\xe0" + b"\0" * 600)
    (job,) = plan([str(tmp_path / name)], settings)
    assert isinstance(job, Skipped)
    assert job.status is Status.SKIPPED
    assert said in job.reason


def test_old_word_file(read: Read) -> None:
    """An old .doc says how to save it; a web page that a program saved as .doc is read."""
    result = read("draft.doc", b"\xd0\xcf\x11\xe0" + b"\0" * 600)
    assert isinstance(result, Skipped)
    assert ".docx" in result.reason
    assert texts(told(read, "page.doc", f"<html><body><h1>Pears</h1><p>{PROSE}</p></body></html>")) == ["Pears", PROSE]
