"""What holds for any bytes, any text, any order."""

import pytest
from hypothesis import example, given
from hypothesis import settings as run_with
from hypothesis import strategies as st

from gating.assess import Assessor
from gating.reading.frontmatter import split_front_matter
from gating.reading.markdown import markdown_page
from gating.reading.text import MAX_RUN, clean, decode, squeeze
from gating.reading.webpage import webpage_parts
from gating.records import Block, BlockKind, Piece, Skipped, Status
from gating.report.record import record_of
from tests.builders import PROSE, docx_bytes, pdf_bytes, piece_of, xlsx_bytes, zip_bytes
from tests.conftest import ReadAll
from tests.documents import eml_bytes, epub_bytes, odt_bytes, pptx_bytes, rtf_bytes

GOOD = {
    ".docx": docx_bytes([("Heading 1", "Crates"), ("", PROSE)]),
    ".pdf": pdf_bytes([[(20.0, "Crates"), (10.0, "The crates stand in the shade until the buyer has counted them all")]]),
    ".xlsx": xlsx_bytes({"Plan": [["Title", "Text"], ["Crates", PROSE]]}),
    ".csv": f'title,text\nCrates,"{PROSE}"\n'.encode(),
    ".json": b'{"posts": [{"title": "Crates", "text": "words"}]}',
    ".jsonl": b'{"title": "Crates", "text": "words"}\n',
    ".md": f"---\ntitle: Crates\n---\n\n# Crates\n\n{PROSE}\n\n- [Get it]\n".encode(),
    ".mdx": f'import A from "a"\n\n<A title="Crates" />\n\n{PROSE}\n'.encode(),
    ".html": f"<html><head><title>Crates</title></head><body><p>{PROSE}</p><form><input name=email></form></body></html>".encode(),
    ".txt": PROSE.encode(),
    ".odt": odt_bytes([("title", "Crates"), ("p", PROSE)]),
    ".rtf": rtf_bytes([("title", "Crates"), ("bullets", [PROSE])]),
    ".pptx": pptx_bytes([("title", "Crates"), ("p", PROSE)]),
    ".epub": epub_bytes([f"<html><body><h1>Crates</h1><p>{PROSE}</p></body></html>"]),
    ".eml": eml_bytes(f"<table><tr><td>{PROSE}</td></tr></table>", PROSE, Subject="Crates", From="Ada <ada@example.org>"),
    ".zip": zip_bytes({"a.md": PROSE.encode(), "b/page.html": f"<p>{PROSE}</p>".encode()}),
}
HEADS = {**dict.fromkeys((".docx", ".xlsx", ".odt", ".pptx", ".epub", ".zip"), b"PK\x03\x04"), ".pdf": b"%PDF-1.7\n", ".rtf": b"{\\rtf1 "}


def is_sound(results: list[Piece | Skipped]) -> None:
    """Every result is a piece with text, or a reason in one line that a report can write."""
    assert results
    for result in results:
        if isinstance(result, Piece):
            assert result.blocks
            assert result.n_words >= 10
            assert all(block.text.strip() for block in result.blocks)
        else:
            assert result.status in (Status.SKIPPED, Status.FAILED)
            assert result.reason
            assert "\n" not in result.reason
            result.reason.encode()


@pytest.mark.parametrize("suffix", GOOD)
def test_any_bytes_give_pieces_or_reasons(suffix: str, read_all: ReadAll) -> None:
    """Noise under any ending: never an exception."""

    @run_with(max_examples=25)
    @given(data=st.binary(min_size=0, max_size=400))
    @example(data=b"")
    @example(data=b"\xff\xfe\x00")
    @example(data=b"\x00" * 100)
    def check(data: bytes) -> None:
        is_sound(read_all(f"noise{suffix}", HEADS.get(suffix, b"") + data))

    check()


@pytest.mark.parametrize("suffix", GOOD)
def test_damaged_files_give_pieces_or_reasons(suffix: str, read_all: ReadAll) -> None:
    """A good file with a few bytes changed and its end cut off: never an exception."""
    good = GOOD[suffix]

    @run_with(max_examples=25)
    @given(changes=st.lists(st.tuples(st.integers(0, len(good) - 1), st.integers(0, 255)), max_size=6), length=st.integers(1, len(good)))
    def check(changes: list[tuple[int, int]], length: int) -> None:
        data = bytearray(good)
        for place, value in changes:
            data[place] = value
        is_sound(read_all(f"damaged{suffix}", bytes(data[:length])))

    check()


@given(body=st.text(max_size=300))
def test_any_document_xml_gives_a_reason(read_all: ReadAll, body: str) -> None:
    """A DOCX whose inner XML is any text."""
    is_sound(read_all("inner.docx", zip_bytes({"[Content_Types].xml": body.encode("utf-8", "replace"), "word/document.xml": body.encode("utf-8", "replace")})))


MARKS = st.text(alphabet=st.sampled_from(list("#*_-+>`~[]()!|<>/{}%:=\"' \n\tabcdeé&;1.\\")), max_size=300)


@pytest.mark.parametrize("mdx", [False, True])
def test_any_text_through_markdown_gives_blocks(mdx: bool) -> None:
    """Blocks have words in them, stand on one line each (code aside), and their line is one of the text's."""

    @given(text=st.one_of(MARKS, st.text(max_size=200)))
    def check(text: str) -> None:
        text = clean(text)
        page = markdown_page(text, mdx=mdx)
        for block in page.blocks:
            assert block.text.strip()
            assert block.kind is BlockKind.CODE or "\n" not in block.text
            assert 0 <= block.line <= text.count("\n") + 1

    check()


@given(text=st.text(alphabet=st.sampled_from(list("<>/=\"' \n&#;abcdivpulshtmlfornegx1")), max_size=300))
def test_any_text_through_html_gives_blocks(text: str) -> None:
    """Soup of tags: a page, never an exception."""
    for block in webpage_parts(text, "soup.html").page.blocks:
        assert block.text.strip()


@given(raw=st.text(max_size=200), fence=st.sampled_from(["---", "+++"]), body=st.text(max_size=50))
def test_any_front_matter_gives_texts_and_a_body(raw: str, fence: str, body: str) -> None:
    """Keys and values are texts, and the body is an end of the file: nothing after the fence is lost or changed."""
    text = clean(f"{fence}\n{raw}\n{fence}\n{body}")
    front = split_front_matter(text)
    assert all(isinstance(key, str) and isinstance(value, str) for key, value in front.values)
    assert text.endswith(front.body)
    assert front.n_lines <= text.count("\n") + 1


@given(data=st.binary(max_size=400), declared=st.sampled_from(["", "utf-8", "latin-1", "utf-16", "utf-7", "no-such-encoding", "idna", "rot13"]))
def test_any_bytes_decode_to_writable_text(data: bytes, declared: str) -> None:
    """Whatever the bytes and the claim: text without NUL that can be written as UTF-8."""
    text = decode(data, declared)
    assert "\x00" not in text
    text.encode()


@given(text=st.text(max_size=500))
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    """Clean text stays as it is."""
    once = clean(text)
    assert clean(once) == once


@given(runs=st.lists(st.tuples(st.sampled_from("a(.'-é"), st.integers(1, 600)), max_size=5))
def test_no_run_is_longer_than_the_cap(runs: list[tuple[str, int]]) -> None:
    """After squeezing, no word is longer than the tokenizer can stand, and squeezing again changes nothing."""
    squeezed = squeeze(" ".join(sign * length for sign, length in runs))
    assert all(len(word) <= MAX_RUN for word in squeezed.split())
    assert squeeze(squeezed) == squeezed


KINDS = st.sampled_from(list(BlockKind))
WORDS = st.text(alphabet=st.sampled_from(list("abcdefgh éß,.!?'\"-(1")), min_size=1, max_size=80).filter(lambda text: any(letter.isalnum() for letter in text))
BLOCKS = st.lists(st.builds(Block, KINDS, WORDS, st.integers(0, 6), st.integers(0, 99)), min_size=1, max_size=12)


@run_with(max_examples=25)
@given(blocks=BLOCKS, title=st.text(max_size=40))
def test_any_blocks_give_shares(assessor: Assessor, blocks: list[Block], title: str) -> None:
    """Every probability lies in 0..1, each head's sum to 1, the stage score lies in 0..100, and the gate score adds up."""
    finding = assessor.assess(piece_of(*blocks, title=title))
    for head in ("strategy", "stage", "gate", "format"):
        chances = finding.verdict.head(head).probabilities
        assert all(0 <= chance <= 1 for chance in chances)
        assert sum(chances) == pytest.approx(1)
    assert 0 <= finding.verdict.stage_score <= 100
    assert all(0 <= item.weight <= 1 for item in finding.advice.evidence)
    assert -3 <= finding.advice.gate_parts.total <= 6


PIECES = [
    piece_of(PROSE, title="Counting crates"),
    piece_of("Book a demo of the crate counter and see your own barn on the map within thirty minutes.", Block(BlockKind.BUTTON, "Book a demo"), title="See it"),
    piece_of("We surveyed 412 orchards. Download the report to read what they told us of their crates.", Block(BlockKind.FIELD, "Work email *"), title="State of crates"),
    piece_of("Small 9 euros, large 19 euros a month, all with the spare battery and a keeper to call.", title="Pricing"),
    piece_of("Set the crate down, count the pears, write the number on the lid, and carry on with the next.", title="How to count"),
]


@run_with(max_examples=15)
@given(order=st.permutations(range(len(PIECES))))
def test_order_of_pieces_never_changes_a_record(assessor: Assessor, order: list[int]) -> None:
    """Scored in any order, each piece gives the same record."""
    expected = [record_of(assessor.assess(piece)) for piece in PIECES]
    assert {number: record_of(assessor.assess(PIECES[number])) for number in order} == dict(enumerate(expected))
