"""PDF files."""

import re
from dataclasses import replace

from gating.reading.pdf import pdf_parts
from gating.records import Piece, Skipped, Status
from gating.settings import Settings
from tests.builders import pdf_bytes
from tests.conftest import Read

LINES = [
    "The crates stand in the shade of the barn until the buyer has counted",
    "every one of them twice, and only then does the driver get his paper.",
    "Nobody on the farm can say who began it, or what it was meant to stop,",
    "but the count has been wrong no more than three times in eleven years.",
]
BODY = [(10.0, line) for line in LINES]


def said(piece: Piece | Skipped) -> list[tuple[str, str]]:
    assert isinstance(piece, Piece), piece
    return [(block.kind.value, block.text) for block in piece.blocks]


def test_larger_type_is_a_heading_and_lines_are_joined(read: Read) -> None:
    """A line in larger type is a heading; printed lines of a paragraph are one block."""
    blocks = said(read("paper.pdf", pdf_bytes([[(20, "Counting crates"), *BODY]])))
    assert blocks == [("heading", "Counting crates"), ("paragraph", " ".join(LINES))]


def test_line_of_a_block_is_its_page(read: Read) -> None:
    """`line` holds the number of the page."""
    piece = read("paper.pdf", pdf_bytes([[(20, "Counting crates"), *BODY], [(20, "Paying for crates"), *BODY]]))
    assert isinstance(piece, Piece)
    assert [(block.text, block.line) for block in piece.blocks if block.kind.value == "heading"] == [("Counting crates", 1), ("Paying for crates", 2)]


def test_bullets_are_items(read: Read) -> None:
    """Lines that start with a bullet or a number are items without it."""
    blocks = said(read("paper.pdf", pdf_bytes([[*BODY, (10, "- Wooden crates"), (10, "2. Plastic crates")]])))
    assert blocks[-2:] == [("item", "Wooden crates"), ("item", "Plastic crates")]


def test_page_numbers_and_running_heads_are_dropped(read: Read) -> None:
    """What is printed on every page is furniture."""
    pages = [
        [(10, "Orchard paper, spring edition"), (14, f"Part {word}"), (10, f"The words of part {word} are its own."), (10, f"{number}")]
        for number, word in enumerate(["one", "two", "three", "four", "five"], 1)
    ]
    words = [text for _, text in said(read("paper.pdf", pdf_bytes(pages)))]
    assert "Orchard paper, spring edition" not in " ".join(words)
    assert "3" not in words
    assert "Part three" in words


def test_title_of_the_file_unless_it_is_a_programs(read: Read) -> None:
    """The title in the file's properties, but not "Microsoft Word - draft.docx": then the largest line of the first page."""
    good = read("paper.pdf", pdf_bytes([[(20, "Counting crates"), *BODY]], title="The crate book"))
    junk = read("paper.pdf", pdf_bytes([[(20, "Counting crates"), *BODY]], title="Microsoft Word - draft7.docx"))
    assert isinstance(good, Piece)
    assert isinstance(junk, Piece)
    assert (good.title, junk.title) == ("The crate book", "Counting crates")


def test_hyphen_at_a_line_end_is_taken_back(read: Read) -> None:
    """A word broken over two lines is one word."""
    lines = [(10, LINES[0]), (10, "and the plas-"), (10, "tic lids, which weigh next to nothing and last for years of hard use.")]
    assert "plastic lids" in " ".join(text for _, text in said(read("paper.pdf", pdf_bytes([lines]))))


def test_pages_without_text_are_skipped_as_a_scan(read: Read) -> None:
    """A scan is never scored; the reason names OCR."""
    result = read("scan.pdf", pdf_bytes([[], []]))
    assert isinstance(result, Skipped)
    assert result.status is Status.SKIPPED
    assert "2 pages" in result.reason
    assert "OCR" in result.reason


def test_locked_file_is_skipped(read: Read) -> None:
    """A PDF that wants a password is skipped and says so."""
    result = read("locked.pdf", pdf_bytes([BODY], password="secret"))
    assert isinstance(result, Skipped)
    assert result.status is Status.SKIPPED
    assert "encrypted" in result.reason


def test_damaged_file_fails(read: Read) -> None:
    """A PDF that stops after its first line is a failure with a reason."""
    result = read("damaged.pdf", b"%PDF-1.7\n%broken off here")
    assert isinstance(result, Skipped)
    assert result.status is Status.FAILED
    assert "PDF" in result.reason


def test_page_cap_is_said(read: Read, settings: Settings) -> None:
    """Pages over the cap are not read, and the piece says how many were."""
    small = replace(settings, limits=replace(settings.limits, max_pdf_pages=1))
    piece = read("paper.pdf", pdf_bytes([BODY, [(10, "Words of the second page")]]), settings=small)
    assert isinstance(piece, Piece)
    assert piece.limits == ("only the first 1 of 2 pages were read",)
    assert "second page" not in " ".join(text for _, text in said(piece))


def test_a_page_that_cannot_be_read_costs_itself(read: Read) -> None:
    """A page tree that lists itself as a page: the others are read, and the record says so."""
    data = pdf_bytes([BODY, BODY])
    tree = re.search(rb"(\d+) 0 obj\s*<<[^>]*/Kids", data)
    assert tree
    broken = re.sub(rb"/Kids \[ (\d+) 0 R \d+ 0 R \]", rb"/Kids [ \1 0 R %s 0 R ]" % tree[1], data)
    piece = read("paper.pdf", broken)
    assert isinstance(piece, Piece)
    assert piece.limits == ("1 page of 2 could not be read, the first of them page 2",)


def test_junk_before_the_file_is_passed_over(read: Read) -> None:
    """Some mail programs leave their head in front of an attachment."""
    assert said(read("paper.pdf", b"Received: by mail\r\n" * 200 + pdf_bytes([[(20, "Counting crates"), *BODY]])))[0] == ("heading", "Counting crates")


def test_pages_that_all_say_the_same_are_read(read: Read) -> None:
    """Nothing is a running head where nothing else is on any page."""
    assert said(read("paper.pdf", pdf_bytes([BODY] * 6)))


def test_pages_after_the_last_character_are_said(settings: Settings) -> None:
    """Reading stops where the rest would be cut, and the record names the page."""
    limits = replace(settings.limits, max_characters=300)
    parts = pdf_parts(pdf_bytes([BODY] * 5), "paper.pdf", limits)
    assert parts.limits == ("only the first 2 of 5 pages were read",)
