"""What the reports carry to their reader: whatever a library's texts hold, it stays text in every sink.

Every text field of a made-up library holds each of the payloads in turn. The files are read back by the programs that people open
them with, or by the libraries that stand nearest to these.
"""

from __future__ import annotations

import csv
import datetime
import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet
import pytest
import python_calamine
from markdown_it import MarkdownIt
from rich.console import Console

from gating.advice.changes import Flip
from gating.library.compare import compare
from gating.library.journal import Changes
from gating.reading.labels import keys_of, read_given
from gating.records import Audit, AuditedPiece, Evidence, Finding, Form, MixRow, ObservedGate, OfferLink, Skipped, Statement, Status, Suggestion, Topic
from gating.report.audit_files import write_audit
from gating.report.audit_terminal import audit_page, told_of
from gating.report.comparison import comparison_markdown, comparison_page
from gating.report.evaluation_json import measured_json
from gating.report.evaluation_page import evaluation_html
from gating.report.evaluation_terminal import measured_page
from gating.report.explained import explained_json
from gating.report.labelling import guess, piece_page, running_text
from gating.report.models import Listed, card_page, models_table
from gating.report.safe import FORMULA_START
from gating.report.tables import csv_rows, json_lines, json_list, markdown_table
from gating.report.terminal import explain_page, problem_lines, score_table, show
from gating.report.whole import write_whole
from gating.report.workbook import CELL_LIMIT, CUT, write_workbook
from gating.settings import load_settings
from gating.training.suspicious import Suspect
from tests.builders import audit_of, audited, finding_of, piece_of
from tests.report.test_evaluation import measured
from tests.report.test_page_browser import Opened, browser  # noqa: F401  # a fixture

FORMULAS = (
    "=2+3", '=HYPERLINK("http://127.0.0.1:9/crate","open")', "+2+3", "-2+3", "@SUM(2+3)", "\t=2+3", "\r=2+3", "\n=2+3", "\x00=2+3", "   =2+3", "\uff1d2+3", "\uff0b2",
    "\uff0d2", "\uff20SUM(2)", "\u200b=2+3", "\u00a0=2+3", '=DDE("soffice";"crates";"x")', "=cmd|' /C calc'!A0", '=IMPORTXML("http://127.0.0.1:9/","//a")', "#N/A",
    "_x000D_=2+3", "'=2+3", "=",
)  # fmt: skip
MARKUP = (
    "</script><script>window.ran=1</script>", "<!--<script>window.ran=1", "<img src=x onerror=window.ran=1>", "' autofocus onfocus=window.ran=1 x='",
    '"><svg/onload=window.ran=1>', "]]><script>window.ran=1</script>", "</title></style></textarea><script>window.ran=1</script>",
    "<iframe src=//127.0.0.1:9/crate></iframe>", "<style>@import '//127.0.0.1:9/c';</style>", "javascript:window.ran=1", " JaVaScRiPt:window.ran=1",
    "data:text/html,<script>window.ran=1</script>", "https://pears.example/\u2028</script>\u2029<b>", "vbscript:crate", "{{ 7*7 }}${7*7}<%= 7*7 %>#{7*7}", "{% raw %}",
    "%s %d %n {0} {x!r} {0.__class__}", "&lt;b&gt; &amp; &#60;i&#62;",
)  # fmt: skip
TERMINAL = (
    "\x1b[2J\x1b[Hwiped", "\x1b]8;;http://127.0.0.1:9/\x07crate\x1b]8;;\x07", "\x1b]52;c;Y3JhdGU=\x07", "\x9b31mred", "\x90q\x9c", "gone\x08\x08\x08here", "first\rover",
    "\x1bPq\x1b\\", "pay\u202eknab\u202c", "\u2066iso\u2069", "zero\u200bwidth\ufeff", "tag\U000e0041\U000e007f", "\x7f\x85",
    "[/x] [bold red]crate[/] [link=http://127.0.0.1:9/]", ":skull: :pear:", "half \ud800 and \udcff", "no \ufffe\uffff sign",
)  # fmt: skip
MARKDOWN = (
    "a | b || c", "`code` ``` ~~gone~~", "[pears](http://127.0.0.1:9/)", "![pears](http://127.0.0.1:9/p.png)", "<http://127.0.0.1:9/>",
    "https://pears.example www.pears.example a@pears.example", "**bold** _it_ * a\n# head\n- item", "back\\slash \\| pipe", "[ref]: http://127.0.0.1:9/", "$x^2$",
    "crates.zip and //pears.example/a in pears.md", "mailto:a@pears.example",
)  # fmt: skip
PAYLOADS = FORMULAS + MARKUP + TERMINAL + MARKDOWN
SENT = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffe\uffff\U000e0000-\U000e007f\ud800-\udfff]")
SHEETS_WITH_TEXT = ("All actions", "Ungate", "Hand-offs", "Offers", "Review", "Gaps", "Not scored")


def hostile_piece(number: int, text: str) -> AuditedPiece:
    """An audited piece in which every field that a stranger can fill holds `text`."""
    piece = audited(
        f"{text}/{number}.md", text, today="gated", action="ungate", url=text, owner=text, date=text, sentence=text, topic=number, sessions=float(number), leads_on=False,
        observed=ObservedGate("gated", text, form=text), forms=(Form(text, "gate", text, (text, text), 3),), links=(OfferLink(text, text, text, "dead", text),),
        best=Suggestion(text, 0.4, (text,)), copies=(text,), wants_links=True,
    )  # fmt: skip
    finding = piece.library.finding
    advice = replace(finding.advice, why=text, evidence=(Evidence("demand-gen", text, 3, 0.4),), measures=(text,))
    finding = replace(finding, advice=advice, piece=replace(finding.piece, limits=(text,), description=text, metadata=((text, text),)))
    return replace(piece, library=replace(piece.library, finding=finding))


@pytest.fixture(scope="module")
def library() -> Audit:
    """One piece and one unscored input for each payload, and the payloads in all that is said of the library as a whole."""
    said = Statement("target", " ".join(PAYLOADS), source=" ".join(PAYLOADS))
    unscored = [Skipped(text, text, Status.FAILED, title=text, url=text, id=text) for text in PAYLOADS]
    audit = audit_of(*(hostile_piece(number, text) for number, text in enumerate(PAYLOADS)), unscored=unscored, gaps=[(0, 1, 0)] * len(PAYLOADS))
    topics = tuple(Topic(text, (text, text)) for text in PAYLOADS)
    mix = (*audit.mix, *(MixRow("topic", text, 1, 0.1) for text in PAYLOADS))
    return replace(audit, topics=topics, mix=mix, target=said, effort=said, mistakes=(said,))


@pytest.fixture(scope="module")
def folder(library: Audit, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All files of the audit."""
    folder = tmp_path_factory.mktemp("hostile")
    write_audit(library, folder)
    return folder


@pytest.fixture(scope="module")
def results(library: Audit) -> list[Finding | Skipped]:
    """What `gating score` would show of the same inputs."""
    return [piece.library.finding for piece in library.pieces] + list(library.unscored)


def plain(text: str) -> str:
    """The letters and signs of a text without the escapes that make it visible, for a comparison."""
    return re.sub(r"\s|\\u[0-9a-f]{4}|\\U[0-9a-f]{8}", "", SENT.sub("", text))


def spelled(cell: str) -> str:
    """A cell as a spreadsheet shows it: "_x000D_" in a text would be a line end, so its first sign is written as an escape, which openpyxl leaves."""
    return cell.replace("_x005F_", "_")


def test_there_are_payloads_of_every_kind() -> None:
    """Each is another one, and each kind is there."""
    assert len(set(PAYLOADS)) == len(PAYLOADS) >= 60


def test_every_cell_of_the_workbook_is_text(folder: Path) -> None:
    """By openpyxl: strings, numbers and dates, no formula, no error, no link; the words of each payload are there."""
    book = openpyxl.load_workbook(folder / "actions.xlsx")
    cells = [cell for sheet in book for line in sheet.iter_rows() for cell in line if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d"}
    assert not any(cell.hyperlink for cell in cells)
    assert not any(SENT.search(cell.value) for cell in cells if cell.data_type == "s")
    assert not book.defined_names
    titles = {plain(spelled(str(row[2].value))) for row in book["All actions"].iter_rows(min_row=2)}
    assert titles == {plain(text) for text in PAYLOADS}


def test_a_second_reader_sees_the_same_workbook(folder: Path) -> None:
    """By calamine, which types cells by itself: no text has become a number, a date, a boolean or an error."""
    book, other = python_calamine.CalamineWorkbook.from_path(folder / "actions.xlsx"), openpyxl.load_workbook(folder / "actions.xlsx")
    for name in SHEETS_WITH_TEXT:
        theirs = book.get_sheet_by_name(name).to_python()
        ours = [[cell.value for cell in line] for line in other[name].iter_rows()]
        for their, our in zip(theirs, ours, strict=True):
            assert [value for value in their if isinstance(value, str) and value] == [spelled(value) for value in our if isinstance(value, str)]


def test_a_long_title_is_cut_and_says_so() -> None:
    """40,000 characters, half of them of two units, with a control sign and half a surrogate pair in them."""
    title = "crate \U0001f350\x1b\ud800" * 5_000
    buffer = io.BytesIO()
    write_workbook(audit_of(audited(title=title)), buffer)
    shown = openpyxl.load_workbook(buffer)["All actions"]["C2"].value
    assert shown.endswith(CUT)
    assert CELL_LIMIT - 2 <= len(shown.encode("utf-16-le")) / 2 <= CELL_LIMIT


def test_every_cell_of_the_csv_is_harmless(results: list[Finding | Skipped]) -> None:
    """No text begins as a formula does, whatever white space or unseen sign stands before it; nothing would move a cursor; figures are figures."""
    text = "".join(csv_rows(results))
    assert not SENT.search(text)
    header, *rows = csv.reader(io.StringIO(text, newline=""))
    assert len(rows) == len(results)
    assert {len(row) for row in rows} == {len(header)}
    columns = dict(zip(header, zip(*rows, strict=True), strict=True))
    for name in ("id", "source", "title", "url", "reason", "quote", "why"):
        assert not any(FORMULA_START.match(cell) for cell in columns[name]), name
    assert all(float(value) for value in columns["lead_gen_probability"] if value)


def test_reading_our_csv_back_undoes_the_quote(library: Audit, tmp_path: Path) -> None:
    """A file of labels made of our own table finds its piece, also where id or source begin as a formula does."""
    piece = replace(piece_of("Words enough."), id="=2+3", source="-crates.md", title="@SUM(2+3)")
    file = tmp_path / "labels.csv"
    file.write_text("".join(csv_rows([finding_of(piece)])), encoding="utf-8")
    found = dict(read_given(str(file), load_settings(None), {}).by_key)
    assert {"id:=2+3", "source:-crates.md"} <= found.keys() & set(keys_of(piece))


def test_json_says_every_text_and_sends_no_escape(results: list[Finding | Skipped], folder: Path) -> None:
    """What a program reads back is the text to the letter; what a terminal would obey stands as an escape of JSON's own."""
    lines = "".join(json_lines(results))
    assert not SENT.search(lines)
    assert [json.loads(line)["title"] for line in lines.split("\n")[:-1]] == [*PAYLOADS, *PAYLOADS]
    assert json.loads("".join(json_list(results))) == [json.loads(line) for line in lines.split("\n")[:-1]]
    audit = (folder / "findings.jsonl").read_text(encoding="utf-8")
    assert not SENT.search(audit)
    assert [json.loads(line)["title"] for line in audit.split("\n")[:-1]] == [*PAYLOADS, *PAYLOADS]
    assert not SENT.search(explained_json(results[24], ()))  # type: ignore[arg-type]


def test_parquet_keeps_texts_as_texts(folder: Path) -> None:
    """Strings in a column of strings; half a surrogate pair, which no Parquet can hold, is shown."""
    titles = pyarrow.parquet.read_table(folder / "findings.parquet")["title"].to_pylist()
    assert titles[: len(PAYLOADS)] == [re.sub("[\ud800-\udfff]", lambda found: f"\\u{ord(found.group()):04x}", text) for text in PAYLOADS]


def rendered(library: Audit, results: list[Finding | Skipped], console: Console | None) -> Iterator[str]:
    """Everything that any command says on a terminal about the library."""
    records = [json.loads(line) for line in json_lines(results)]
    yield show(score_table(results), console)
    yield show(audit_page(told_of(library, datetime.date(2026, 11, 22)), Changes(1, 2, 3, 4), Path("out\x1b[2J\u202e")), console)
    yield show(comparison_page(compare(records, [{**record, "gate": "gated", "title": record["title"]} for record in records[::-2]])), console)
    for place, text in enumerate(PAYLOADS):
        finding = library.pieces[place].library.finding
        yield show(explain_page(finding, [Flip("gate", finding.verdict.gate, finding.verdict.gate, text)]), console)
        yield show(piece_page(finding, 1, 2), console)
        yield show(running_text(finding.piece, 0, 50), console)
        yield show(guess(finding), console)
        card = {"name": text, "version": text, "adapted": {"base": text, "chosen": {text: text}}, "decision": {"reason": text}, "versions": {text: text}, "seed": text}
        yield show(models_table([Listed(text, True, card), Listed(text, False, {}, text)]), console)
        yield show(card_page(Listed(text, True, card)), console)
    yield "\n".join(problem_lines([(text, text) for text in PAYLOADS]))


def test_a_terminal_gets_letters_only(library: Audit, results: list[Finding | Skipped]) -> None:
    """No control, bidi or unseen character but the line end, in any table or page."""
    for text in rendered(library, results, None):
        assert not SENT.search(text), ascii(SENT.findall(text)[:3])


def test_a_colour_terminal_gets_our_colours_only(library: Audit, results: list[Finding | Skipped]) -> None:
    """With colours on, the only escapes are those of colours and weights, and none is a link."""
    console = Console(highlight=False, markup=False, emoji=False, force_terminal=True, color_system="truecolor", width=100)
    for text in rendered(library, results, console):
        assert not SENT.search(re.sub(r"\x1b\[[0-9;]*m", "", text))


def test_markup_of_rich_is_text(results: list[Finding | Skipped]) -> None:
    """Brackets and colons stand as they were written."""
    text = show(score_table(results), Console(highlight=False, markup=False, emoji=False, width=400))
    assert "[/x] [bold red]crate[/]" in text
    assert ":skull: :pear:" in text


def cells_of(markdown: str) -> Iterator[tuple[str, list[str]]]:
    """(text, kinds of all that stands in it) of each cell of the tables, as GitHub and its like would read them."""
    tokens = MarkdownIt("gfm-like").parse(markdown)
    for token in tokens:
        if token.type == "inline":
            yield "".join(child.content for child in token.children or []), [child.type for child in token.children or []]


@pytest.mark.parametrize("output", ["score", "summary", "compare"])
def test_markdown_renders_to_the_text_itself(output: str, library: Audit, results: list[Finding | Skipped], folder: Path) -> None:
    """No link, picture, code, emphasis or HTML; no cell more than the head has; each payload can be read."""
    records = [json.loads(line) for line in json_lines(results)]
    text = {
        "score": lambda: "".join(markdown_table(results)),
        "summary": lambda: (folder / "summary.md").read_text(encoding="utf-8"),
        "compare": lambda: comparison_markdown(compare(records, [])),
    }[output]()
    assert not SENT.search(text)
    found = list(cells_of(text))
    assert {kind for _, kinds in found for kind in kinds} <= {"text", "softbreak"}
    assert not any(token.type.startswith("html") for token in MarkdownIt("gfm-like").parse(text))
    if output == "score":
        said = {plain(cell) for cell, _ in found}
        assert {plain(text) for text in PAYLOADS} <= said
    lines = [line for line in text.split("\n") if line.startswith("|")]
    assert lines
    assert {re.sub(r"\\.", "", line).count("|") for line in lines} <= {3, 5, 6, 7}


@pytest.mark.slow
def test_the_page_runs_shows_and_asks_for_nothing(browser: Any, folder: Path) -> None:  # noqa: F811
    """In Chromium, with each piece opened: no script of theirs ran, nothing was requested, nothing complained, every link is http or https."""
    opened = Opened(browser, folder / "report.html")
    page = opened.page
    assert page.evaluate("Tabulator.findTable('#table')[0].getData('active').length") == len(PAYLOADS)
    titles = set()
    for button in range(len(PAYLOADS)):
        page.evaluate(f"(() => {{ const one = document.querySelector('article .open'); one.dataset.piece = {button}; one.click(); }})()")
        titles.add(plain(page.inner_text("dialog h2")))
        schemes = page.evaluate("[...document.querySelectorAll('a[href], area[href], [src], form[action]')].map((one) => one.getAttribute('href') ?? one.src ?? one.action)")
        assert all(re.match(r"https?://|#", one) for one in schemes)
        page.keyboard.press("Escape")
    assert titles == {plain(text) for text in PAYLOADS}
    page.fill("#search", "script")
    assert page.evaluate("window.ran") is None
    assert page.evaluate("document.querySelectorAll('iframe, img, object, embed, base').length") == 0
    assert opened.complaints == []
    assert len(opened.requests) == 1
    body = page.inner_text("body")
    assert "<!--<script>window.ran=1" in body
    assert not SENT.search(body.replace("\t", " "))
    page.close()


@pytest.mark.slow
def test_the_page_of_an_evaluation_shows_all_as_text(browser: Any, tmp_path: Path) -> None:  # noqa: F811
    """It has no script and allows none; names of files, models and columns, and the words of suspicious rows, are text."""
    suspects = tuple(Suspect(f"{text}.csv#1", text, "stage", "awareness", "decision", 0.05, 0.9, text, 3) for text in PAYLOADS)
    said = "".join(PAYLOADS)
    answer = measured(model=said, problems=tuple((text, text) for text in PAYLOADS), notes=PAYLOADS, warning=said, trained_from=said, suspects=suspects, judged_by=said)
    file = tmp_path / "evaluation.html"
    write_whole(evaluation_html(answer, datetime.date(2026, 3, 1)), file)
    page, complaints, requests = browser.new_page(), [], []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("request", lambda request: requests.append(request.url))
    page.goto(file.as_uri())
    assert (complaints, len(requests), page.evaluate("window.ran")) == ([], 1, None)
    assert page.evaluate("document.querySelectorAll('script, iframe, img, a').length") == 0
    body = page.inner_text("body")
    assert not SENT.search(body.replace("\t", " "))
    assert all(plain(text) in plain(body) for text in PAYLOADS)
    page.close()
    assert not SENT.search(show(measured_page(answer)))
    assert not SENT.search(measured_json(answer))


def test_the_page_has_a_strict_policy(folder: Path) -> None:
    """Nothing is allowed by default, and no script but by its digest; every hostile text is escaped in the source of the page."""
    text = (folder / "report.html").read_text(encoding="utf-8")
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)
    assert policy
    assert "default-src &#39;none&#39;" in policy[1] or "default-src 'none'" in policy[1]
    assert "unsafe" not in policy[1]
    assert len(re.findall(r"<script\b", text)) == 1 + policy[1].count("sha256-") - 1  # the style sheet has a digest, and the data no need of one
    assert not SENT.search(re.sub(r"<(script|style)\b.*?</\1>", "", text, flags=re.DOTALL))
