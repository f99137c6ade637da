"""The same text in every format gives the same words, the same labels and the same probabilities."""

import html
from collections.abc import Callable, Iterable

import pytest

from gating.assess import Assessor
from gating.records import HEADS, Finding, Piece
from tests.builders import docx_bytes
from tests.conftest import Read
from tests.documents import eml_bytes, epub_bytes, odt_bytes, pptx_bytes, rtf_bytes

Parts = list[tuple[str, object]]
CLOSE = 0.02  # of each probability, between the formats

# Kinds: title, h2, p, quote, bullets, steps, table, fields, button.
TEXTS: dict[str, Parts] = {
    "article": [
        ("title", "Why bees leave a hive in May"),
        ("p", "Every spring somebody calls us about a cloud of bees in a pear tree. They are not angry and they are not lost. Half of the hive has set off with the old queen."),
        ("h2", "What happens before"),
        ("p", "A strong hive runs out of room in the first warm weeks. The workers raise a new queen in a cell at the edge of the comb, and the old one stops laying."),
        ("p", "On the first still morning after rain they go. The swarm hangs in a tree for an hour or a day while a few hundred scouts look for a hollow."),
        ("h2", "What it means for the garden"),
        ("bullets", ["They have no home to defend and seldom sting.", "They will move on by themselves, mostly before dark.", "The hive that stays behind goes on pollinating."]),
        ("p", "It is worth watching from ten steps away. Few things in a garden happen so fast and look so well rehearsed."),
    ],
    "landing page": [
        ("title", "See Combwise on your own hives"),
        ("p", "Combwise weighs every hive each hour and tells you by text message when one is about to swarm. Four hundred beekeepers sleep better for it."),
        ("button", "Book a demo"),
        ("h2", "In thirty minutes you will see"),
        ("bullets", ["Your apiary on a map, with today's weights", "How an alarm reaches your phone", "What it costs for ten, fifty or two hundred hives"]),
        ("h2", "Choose a time"),
        ("p", "Tell us where to reach you, and one of our keepers will call you back within a day. There is nothing to install and nothing to pay."),
        ("fields", ["First name *", "Work email *", "Phone number", "Company"]),
        ("button", "Request my demo"),
    ],
    "case study": [
        ("title", "How Lindmoor Honey halved its winter losses"),
        ("p", "Lindmoor Honey keeps 640 hives on the edge of a moor. Until two years ago a quarter of them did not see April. Last winter it was one in nine."),
        ("h2", "The challenge"),
        ("p", "Three keepers cannot open six hundred hives in a cold week. By the time they found an empty larder, the bees were dead."),
        ("h2", "What they changed"),
        ("p", "In October they put Combwise scales under every fourth hive. When a scale fell below eleven kilos, the keepers fed that hive and its neighbours."),
        ("quote", "We used to drive round and guess. Now we drive to the hive that is hungry."),
        ("table", [["Winter", "Hives in October", "Hives in April"], ["Before", "612", "455"], ["First with scales", "630", "541"], ["Last", "640", "568"]]),
        ("p", "The scales paid for themselves in the second spring, counted in hives that did not have to be bought again."),
    ],
    "pricing list": [
        ("title", "Plans and prices"),
        ("p", "One price for each hive, billed by the season. All plans include the scales, text messages and a spare battery."),
        ("table", [
            ["Plan", "Hives", "Price for a hive and month", "Support"],
            ["Garden", "up to 10", "4 euros", "by e-mail"],
            ["Apiary", "up to 100", "3 euros", "by phone"],
            ["Estate", "over 100", "2 euros", "a keeper of your own"],
        ]),
        ("h2", "Questions about prices"),
        ("p", "Can I change the plan in the middle of a season? Yes, on the first day of any month, up or down, and we settle the difference."),
        ("p", "What happens when I cancel? You send the scales back in the box they came in, and we return what you paid for the months that are left."),
        ("button", "Start a free season"),
        ("button", "Talk to sales"),
    ],
    "how-to": [
        ("title", "How to move a swarm into an empty hive"),
        ("p", "You need a light box with a lid, a white sheet, a brush and an hour before sunset. Wear a veil even if you trust them."),
        ("steps", [
            "Spread the sheet under the branch and set the box in its middle, open.",
            "Hold the branch above the box and give it one hard shake.",
            "Turn the box over on the sheet and lift one edge with a stone.",
            "Wait until the stragglers have walked in, which takes about half an hour.",
            "Carry the box to the hive after dark and tip the bees in front of the entrance.",
        ]),
        ("h2", "When it goes wrong"),
        ("p", "If they all fly back to the branch, the queen is still up there. Shake once more and look for her on the sheet before you turn the box."),
        ("p", "If they leave the new hive on the second day, it smelled of paint or mice. Put in one old comb and they will stay."),
    ],
    "press release": [
        ("title", "Combwise opens a workshop in Aldersea"),
        ("p", "Aldersea, 3 March. Combwise, the maker of scales for beehives, has opened a workshop in the old rope works by the harbour. Eleven people build and mend scales."),
        ("p", "The workshop will make four thousand scales a year, twice what the company built in its founder's barn. A third of them go to keepers abroad."),
        ("quote", "A scale that is mended is a scale that we need not make. Half of the benches here are for repairs."),
        ("p", "The company was founded six years ago by two beekeepers and a clockmaker. It employs twenty-six people and is owned by its staff."),
        ("h2", "About Combwise"),
        ("p", "Combwise builds scales and software that tell beekeepers how their hives are doing. More than four hundred apiaries in nine countries use them."),
    ],
}  # fmt: skip


def as_markdown(parts: Parts) -> str:
    said = []
    for kind, content in parts:
        if kind in ("title", "h2"):
            said.append(f"{'#' if kind == 'title' else '##'} {content}")
        elif kind == "quote":
            said.append(f"> {content}")
        elif kind in ("bullets", "steps"):
            said.append("\n".join(f"{f'{number}.' if kind == 'steps' else '-'} {item}" for number, item in enumerate(_list(content), 1)))
        elif kind == "table":
            head, *rows = (f"| {' | '.join(row)} |" for row in _list(content))
            said.append("\n".join([head, "|---" * len(_list(content)[0]) + "|", *rows]))
        elif kind == "fields":
            said += _list(content)
        else:
            said.append(f"[{content}]" if kind == "button" else str(content))
    return "\n\n".join(said) + "\n"


def as_html(parts: Parts) -> str:
    title = str(parts[0][1])
    said = []
    for kind, content in parts:
        if kind in ("bullets", "steps"):
            tag = "ol" if kind == "steps" else "ul"
            said.append(f"<{tag}>{''.join(f'<li>{html.escape(item)}</li>' for item in _list(content))}</{tag}>")
        elif kind == "table":
            said.append(f"<table>{''.join('<tr>' + ''.join(f'<td>{html.escape(cell)}</td>' for cell in row) + '</tr>' for row in _list(content))}</table>")
        elif kind == "fields":
            said.append("".join(f"<label>{html.escape(label)} <input type='text'></label>" for label in _list(content)))
        else:
            tag = {"title": "h1", "h2": "h2", "quote": "blockquote", "button": "button"}.get(kind, "p")
            said.append(f"<{tag}>{html.escape(str(content))}</{tag}>")
    body = "\n".join(said)
    return f"<!DOCTYPE html><html><head><title>{html.escape(title)}</title></head><body><nav><a href='/'>Home</a></nav><main>\n{body}\n</main></body></html>"


def as_docx(parts: Parts) -> bytes:
    styles = {"title": "Title", "h2": "Heading 2", "quote": "Quote", "bullets": "List Bullet", "steps": "List Number"}
    written: list[tuple[str, object]] = []
    for kind, content in parts:
        if kind in ("bullets", "steps", "fields"):
            written += [(styles.get(kind, ""), item) for item in _list(content)]
        elif kind == "table":
            written.append(("table", content))
        else:
            written.append((styles.get(kind, ""), f"[{content}]" if kind == "button" else content))
    return docx_bytes(written)


def _list(content: object) -> list:
    assert isinstance(content, list)
    return content


def as_mail(parts: Parts) -> bytes:
    """As newsletters are made: the whole text in one cell of a table that only lays it out."""
    head, body = as_html(parts).split("<main>")
    boxed = f'<table role="presentation" width="600"><tr><td>{body.replace("</main>", "</td></tr></table>")}'
    return eml_bytes(head.replace("<nav><a href='/'>Home</a></nav>", "") + boxed, Subject=str(parts[0][1]))


def as_epub(parts: Parts) -> bytes:
    """Two chapters, the second from the first heading on."""
    body = as_html(parts).split("<main>")[1].split("</main>")[0].replace("'text'>", "'text'/>")
    first, _, rest = body.partition("<h2>")
    chapters = [first, f"<h2>{rest}"] if rest else [first]
    return epub_bytes([f"<html><head><title/></head><body>{chapter}</body></html>" for chapter in chapters], f"<dc:title>{html.escape(str(parts[0][1]))}</dc:title>")


WRITERS: dict[str, Callable[[Parts], str | bytes]] = {
    "same.md": as_markdown, "same.html": as_html, "same.docx": as_docx, "same.odt": odt_bytes, "same.rtf": rtf_bytes, "same.eml": as_mail, "same.epub": as_epub,
}  # fmt: skip


@pytest.fixture
def pieces(name: str, read: Read) -> dict[str, Piece]:
    """One text in every format."""
    found = {file: read(file, write(TEXTS[name])) for file, write in WRITERS.items()}
    assert all(isinstance(piece, Piece) for piece in found.values()), found
    return found  # type: ignore[return-value]


def words(piece: Piece) -> list[str]:
    return " ".join(block.text for block in piece.blocks).split()


def all_equal(values: Iterable[object]) -> bool:
    first, *others = values
    return all(value == first for value in others)


@pytest.mark.parametrize("name", TEXTS)
def test_same_words(pieces: dict[str, Piece]) -> None:
    """Every word of the text, in the same order, and the same title."""
    said = {file: words(piece) for file, piece in pieces.items()}
    for file, found in said.items():
        assert found == said["same.md"], file
    assert all_equal(piece.title for piece in pieces.values())


@pytest.mark.parametrize("name", TEXTS)
def test_same_kinds(pieces: dict[str, Piece]) -> None:
    """Headings, items, quotes, rows, fields and buttons are the same blocks in every format."""
    kinds = {file: [(block.kind.value, block.level) for block in piece.blocks] for file, piece in pieces.items()}
    for file, found in kinds.items():
        assert found == kinds["same.md"], file


@pytest.mark.parametrize("name", TEXTS)
def test_same_words_on_slides(name: str, read: Read) -> None:
    """A talk with one slide a section has every word and the title; slides know no quotes, and bullets stand before other text."""
    slides, page = read("same.pptx", pptx_bytes(TEXTS[name])), read("same.md", as_markdown(TEXTS[name]))
    assert isinstance(slides, Piece)
    assert isinstance(page, Piece)
    assert sorted(words(slides)) == sorted(words(page))
    assert slides.title == page.title


@pytest.mark.parametrize("name", TEXTS)
def test_same_labels_and_probabilities(pieces: dict[str, Piece], assessor: Assessor) -> None:
    """The four labels are equal, and every probability within 0.02."""
    findings: dict[str, Finding] = {file: assessor.assess(piece) for file, piece in pieces.items()}
    for head in HEADS:
        answers = {file: finding.verdict.head(head) for file, finding in findings.items()}
        assert all_equal(answer.label for answer in answers.values()), {file: answer.label for file, answer in answers.items()}
        for chances in zip(*(answer.probabilities for answer in answers.values()), strict=True):
            assert max(chances) - min(chances) <= CLOSE


@pytest.mark.parametrize("name", TEXTS)
def test_same_gate_score(pieces: dict[str, Piece], assessor: Assessor) -> None:
    """The parts of the gate score and the rule that decided are equal."""
    findings = [assessor.assess(piece).advice for piece in pieces.values()]
    assert all_equal((advice.gate_parts, advice.gate_rule, advice.gate) for advice in findings)
