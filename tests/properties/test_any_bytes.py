"""Any bytes, under any ending, give pieces or reasons: no reader lets its own mistakes out, and the catch-all is never needed."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gating.reading import ARCHIVE, CONTAINERS, KNOWN, SAVE_AS
from gating.reading.blocks import page_blocks
from gating.reading.frontmatter import split_front_matter
from gating.reading.labels import labels_in
from gating.reading.markdown import markdown_page
from gating.reading.sources import Choices
from gating.reading.text import MAX_RUN, clean, decode, squeeze
from gating.reading.warc import WARC
from gating.reading.webpage import webpage_parts
from gating.records import HEADS, LABELS, BlockKind
from tests.builders import PROSE, docx_bytes, pdf_bytes, xlsx_bytes, zip_bytes
from tests.documents import eml_bytes, epub_bytes, odt_bytes, pptx_bytes, rtf_bytes
from tests.exports import BREAD, wp_item, wxr
from tests.properties.here import examples, read_here
from tests.properties.sound import HIDDEN

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
    ".xml": wxr(wp_item(content=f"<p>{BREAD}</p>[form id=1]")).encode(),
}
HEADS_OF = {**dict.fromkeys((".docx", ".xlsx", ".odt", ".pptx", ".epub", ".zip"), b"PK\x03\x04"), ".pdf": b"%PDF-1.7\n", ".rtf": b"{\\rtf1 ",
            ".db": b"SQLite format 3\0", ".warc": b"WARC/1.0\r\n", ".xml": b"<rss>", ".doc": b"\xd0\xcf\x11\xe0"}  # fmt: skip
SUFFIXES = sorted({*KNOWN, *CONTAINERS, *ARCHIVE, *WARC, *SAVE_AS, "", ".exe"})


@examples(250)
@given(suffix=st.sampled_from(SUFFIXES), headed=st.booleans(), data=st.binary(min_size=1, max_size=400))
@example(suffix=".md", headed=False, data=b"\xff\xfe\x00")
@example(suffix="", headed=False, data=b"\x00" * 100)
@example(suffix=".html", headed=False, data=b"\xef\xbb\xbf")
def test_noise_under_any_ending(suffix: str, headed: bool, data: bytes) -> None:
    """With the first bytes of the format, and without them."""
    read_here(f"noise{suffix}", HEADS_OF.get(suffix, b"") + data if headed else data)


@pytest.mark.parametrize("suffix", GOOD)
def test_damaged_files(suffix: str) -> None:
    """A good file with a few bytes changed and its end cut off."""
    good = GOOD[suffix]

    @examples(15)
    @given(changes=st.lists(st.tuples(st.integers(0, len(good) - 1), st.integers(0, 255)), max_size=6), length=st.integers(1, len(good)))
    def check(changes: list[tuple[int, int]], length: int) -> None:
        data = bytearray(good)
        for place, value in changes:
            data[place] = value
        read_here(f"damaged{suffix}", bytes(data[:length]))

    check()


@pytest.mark.parametrize("suffix", GOOD)
def test_good_files_under_another_name(suffix: str) -> None:
    """What is named as something else is read as what it is, or refused with a reason."""
    for other in SUFFIXES:
        read_here(f"renamed{other}", GOOD[suffix], choices=Choices(drafts=True))


@examples(40)
@given(body=st.text(max_size=300))
def test_any_document_xml(body: str) -> None:
    """A DOCX whose inner XML is any text."""
    inner = body.encode("utf-8", "replace")
    read_here("inner.docx", zip_bytes({"[Content_Types].xml": inner, "word/document.xml": inner}))


MARKS = st.text(alphabet=st.sampled_from(list("#*_-+>`~[]()!|<>/{}%:=\"' \n\tabcdeé&;1.\\")), max_size=300)


@pytest.mark.parametrize("mdx", [False, True])
def test_any_text_through_markdown(mdx: bool) -> None:
    """Blocks have words in them, stand on one line each (code aside), and their line is one of the text's."""

    @examples(40)
    @given(text=st.one_of(MARKS, st.text(max_size=200)))
    def check(text: str) -> None:
        text = clean(text)
        for block in markdown_page(text, mdx=mdx).blocks:
            assert block.text.strip()
            assert block.kind is BlockKind.CODE or "\n" not in block.text
            assert 0 <= block.line <= text.count("\n") + 1

    check()


@examples(40)
@given(text=st.text(alphabet=st.sampled_from(list("<>/=\"' \n&#;abcdivpulshtmlfornegx1")), max_size=300))
def test_any_text_through_html(text: str) -> None:
    """Soup of tags: a page of blocks with words."""
    for block in webpage_parts(text, "soup.html").page.blocks:
        assert block.text.strip()


@pytest.mark.parametrize("tag", ["p", "pre", "li", "td", "button", "label", "h2", "blockquote"])
@examples(20)
@given(entities=st.lists(st.integers(0, 0x10FFFF), max_size=8))
def test_any_entities_give_visible_blocks(tag: str, entities: list[int]) -> None:
    """Whatever signs numbers in the markup stand for: no block is made of signs that nobody sees, and none holds one."""
    for block in page_blocks(f"<{tag}>{''.join(f'&#{number};' for number in entities)}</{tag}><p>Crates of pears</p>").blocks:
        assert block.text.strip()
        assert not HIDDEN.search(block.text)


@examples(40)
@given(raw=st.text(max_size=200), fence=st.sampled_from(["---", "+++"]), body=st.text(max_size=50))
def test_any_front_matter(raw: str, fence: str, body: str) -> None:
    """Keys and values are texts, and the body is an end of the file: nothing after the fence is lost or changed."""
    text = clean(f"{fence}\n{raw}\n{fence}\n{body}")
    front = split_front_matter(text)
    assert all(isinstance(key, str) and isinstance(value, str) for key, value in front.values)
    assert text.endswith(front.body)
    assert front.n_lines <= text.count("\n") + 1
    assert len(front.problem.splitlines()) <= 1


@examples(40)
@given(data=st.binary(max_size=400), declared=st.sampled_from(["", "utf-8", "latin-1", "utf-16", "utf-7", "no-such-encoding", "idna", "rot13", "\0", "hex"]))
def test_any_bytes_decode_to_writable_text(data: bytes, declared: str) -> None:
    """Whatever the bytes and the claim: text without hidden characters that can be written as UTF-8."""
    text = decode(data, declared)
    assert not HIDDEN.search(text)
    text.encode()


@examples(40)
@given(text=st.text(max_size=500))
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    """Clean text stays as it is, and hides nothing."""
    once = clean(text)
    assert clean(once) == once
    assert not HIDDEN.search(once)


@examples(40)
@given(runs=st.lists(st.tuples(st.sampled_from("a(.'-é"), st.integers(1, 600)), max_size=5))
def test_no_run_is_longer_than_the_cap(runs: list[tuple[str, int]]) -> None:
    """After squeezing, no word is longer than the tokenizer can stand, and squeezing again changes nothing."""
    squeezed = squeeze(" ".join(sign * length for sign, length in runs))
    assert all(len(word) <= MAX_RUN for word in squeezed.split())
    assert squeeze(squeezed) == squeezed


@examples(60)
@given(row=st.dictionaries(st.sampled_from(["strategy", "Funnel stage", "gated", "gate", "format", "type", "x"]), st.text(max_size=30)))
def test_any_cell_is_a_label_or_a_mistake_in_one_line(row: dict[str, str]) -> None:
    """A label that is one of the head's own, or a sentence of one line about the cell."""
    try:
        labels = labels_in(row, {})
    except ValueError as error:
        assert len(str(error).splitlines()) == 1
    else:
        assert all(head in HEADS and label in LABELS[head] for head, label in labels.items())
