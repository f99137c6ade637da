"""EML: subject, sender, date, and a body whose layout tables are no tables."""

import time
from pathlib import Path

import pytest

from gating.reading.mail import mail_parts
from gating.records import BlockKind, Piece, Skipped
from tests.builders import PROSE
from tests.conftest import Read, ReadAll
from tests.documents import eml_bytes

NEWSLETTER = f"""<html><head><title>x</title></head><body>
<div style="display:none;max-height:0">Three orchards, one week, one notebook&zwnj;&nbsp;</div>
<table role="presentation" width="100%"><tr><td>
  <table width="600"><tr><td><img src="logo.png" alt="Logo"></td><td>Autumn letter</td></tr>
  <tr><td colspan="2"><h1>Where the fruit goes</h1><p>{PROSE}</p>
    <table><tr><th>Orchard</th><th>Lost</th></tr><tr><td>Hill</td><td>9 crates</td></tr><tr><td>River</td><td>14 crates</td></tr></table>
    <table><tr><td style="border-radius:4px;background:#060;padding:8px"><a href="https://example.org/notebook">See the notebook</a></td></tr></table>
  </td></tr></table>
</td></tr></table></body></html>"""


def told(read: Read, data: bytes) -> Piece:
    """The piece of a mail."""
    piece = read("letter.eml", data)
    assert isinstance(piece, Piece), piece
    return piece


def test_headers_are_title_and_metadata(read: Read) -> None:
    """An encoded subject is the title; sender's name and date are metadata, the address is kept nowhere."""
    piece = told(read, eml_bytes(plain=PROSE, Subject="Obst und Äpfel", From="Jana Kovář <jana@orchard.example>", Date="Tue, 03 Sep 2024 08:15:00 +0200"))
    assert piece.title == "Obst und Äpfel"
    assert dict(piece.metadata) == {"author": "Jana Kovář", "date": "2024-09-03"}
    assert "jana@" not in repr(piece)


def test_html_is_preferred_and_plain_is_enough(read: Read) -> None:
    """Of both parts the HTML one is read; where it is empty or missing, the plain one."""
    assert told(read, eml_bytes(f"<p>{PROSE} In HTML.</p>", PROSE)).blocks[-1].text.endswith("In HTML.")
    for html in ("", "<html><body><img src='only.png'></body></html>"):
        assert PROSE in told(read, eml_bytes(html, PROSE)).blocks[-1].text


def test_layout_is_no_table(read: Read) -> None:
    """Cells that lay out give headings and paragraphs; a table of short cells stays a table."""
    kinds = {block.text: block.kind for block in told(read, eml_bytes(NEWSLETTER)).blocks}
    assert kinds["Where the fruit goes"] is BlockKind.HEADING
    assert kinds[PROSE] is BlockKind.PARAGRAPH
    assert [text for text, kind in kinds.items() if kind is BlockKind.TABLE] == ["Orchard | Lost", "Hill | 9 crates", "River | 14 crates"]


def test_painted_link_is_a_button(read: Read) -> None:
    """A mail has no other buttons than links with a background."""
    piece = told(read, eml_bytes(NEWSLETTER))
    assert [block.text for block in piece.blocks if block.kind is BlockKind.BUTTON] == ["See the notebook"]
    assert [link.href for link in piece.links] == ["https://example.org/notebook"]


def test_hidden_line_is_the_description(read: Read) -> None:
    """What is hidden for the inbox to preview is no text of the mail."""
    piece = told(read, eml_bytes(NEWSLETTER))
    assert piece.description == "Three orchards, one week, one notebook"
    assert all("notebook" not in block.text for block in piece.blocks if block.kind is not BlockKind.BUTTON)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_mail_saved_with_a_mark(read: Read, encoding: str) -> None:
    """A mail that an editor saved as UTF-16, or as UTF-8 with a mark, has its headers still."""
    piece = told(read, f"Subject: Crates\nContent-Type: text/plain; charset=utf-8\n\n{PROSE} Größer.\n".encode(encoding))
    assert piece.title == "Crates"
    assert piece.blocks[-1].text.endswith("Größer.")


def test_attachment_is_not_read(read: Read) -> None:
    """The words of an attached text are no words of the mail."""
    from email import message_from_bytes
    from email.policy import default

    message = message_from_bytes(eml_bytes(plain=PROSE, Subject="With a list"), policy=default)
    message.add_attachment("Hidden stowaways of the attachment, twelve of them.", filename="list.txt")
    assert "stowaways" not in repr(told(read, message.as_bytes()))


def test_broken_mails_are_read_or_said(read: Read) -> None:
    """A cut base64 body, an unknown charset, a date that is none and headers that defy the parser raise nothing."""
    head = "Subject: =?utf-8?b?broken\nFrom: <<@>,;:\nDate: yesterday\nContent-Type: text/plain; charset=klingon\n"
    assert PROSE in told(read, f"{head}\n{PROSE}".encode()).blocks[-1].text
    result = read("cut.eml", b"Subject: Nothing\nContent-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: image/png\nContent-Transfer-Encoding: base64\n\niVBOR")
    assert isinstance(result, Skipped)
    assert (result.reason, result.title) == ("no text in it", "Nothing")


@pytest.mark.parametrize(
    "data",
    [
        eml_bytes("<table><tr><td>" * 20_000 + PROSE),
        eml_bytes("<div style='display:none'>" * 20_000 + PROSE),
        eml_bytes("<a href='x' style='background:red;padding:1px'>y</a>" * 10_000),
        b"Subject: " + b"=?utf-8?q?a?= " * 100_000 + b"\n\n" + PROSE.encode(),
        b"From: " + b"(" * 50_000 + b"\n\n" + PROSE.encode(),
        b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(3000)),
        b"Content-Type: multipart/mixed; boundary=x\n\n" + b"--x\nContent-Type: text/plain\n\nhi\n" * 50_000,
    ],
    ids=["tables", "hidden", "links", "subject", "sender", "mails-in-mails", "parts"],
)
def test_hostile_mails_end_in_bounded_time(read: Read, data: bytes) -> None:
    """Each ends in a piece or a reason within seconds, never in an exception of the parser."""
    started = time.perf_counter()
    result = read("hostile.eml", data)
    assert "the program failed" not in getattr(result, "reason", "")
    assert time.perf_counter() - started < 8


def test_public_mails(shared: Path, read_all: ReadAll) -> None:
    """Five real mails: one in Hebrew, four in English, all with a subject; none is UTF-16 noise."""
    results = [result for path in sorted((shared / "fixtures" / "eml").iterdir()) for result in read_all(path.name, path.read_bytes())]
    assert [type(result) for result in results].count(Piece) == 4
    assert [result.reason for result in results if isinstance(result, Skipped)] == ["the text is Hebrew; gating reads English"]
    assert all(result.title for result in results)


@pytest.mark.parametrize("opening", ["<div>", "<table><tr><td>", "<font><b>"])
def test_deep_mail_keeps_its_text(opening: str) -> None:
    """Of markup nested fifty thousand deep lxml would lose the words without an error."""
    parts = mail_parts(f"Subject: Crates\nContent-Type: text/html; charset=utf-8\n\n{opening * 50_000}<p>{PROSE}</p>".encode(), "x.eml")
    assert PROSE in [block.text for block in parts.page.blocks]
