"""report.html in a real browser: what a click, a key and a screen reader get, and how quick it is with 10,000 rows."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gating.records import Audit
from gating.report.audit_files import write_audit
from tests.report.made_library import made_library
from tests.report.test_audit_files import hostile

pytestmark = pytest.mark.slow
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
KEYSTROKE_MS = 200  # the contract; medians of 30 to 70 ms on two cores


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Headless Chromium as the system has it; playwright's own download is not used."""
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if not program:
        pytest.skip("NO BROWSER: report.html was not looked at. Run scripts/install_browser.sh, or install Chromium by hand.")
    playwright = pytest.importorskip("playwright.sync_api", reason="NO PLAYWRIGHT: report.html was not looked at. pip install -e '.[dev]'")
    with playwright.sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=program, args=["--no-sandbox"] if os.geteuid() == 0 else [])
        yield running
        running.close()


class Opened:
    """A page and all that it complained of or asked for."""

    def __init__(self, browser: Any, file: Path, **options: Any) -> None:
        self.page = browser.new_page(viewport={"width": 1280, "height": 900}, **options)
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.goto(file.as_uri())
        self.page.wait_for_function("document.getElementById('status').textContent !== ''")

    @property
    def status(self) -> str:
        """What the line over the table says."""
        return str(self.page.inner_text("#status"))

    def titles(self) -> list[str]:
        """Titles of the rows that are drawn."""
        return list(self.page.locator(".tabulator-row .open").all_inner_texts())

    def measure(self, script: str) -> float:
        """Milliseconds that the function takes until the page has laid out what it shows; the median of nine."""
        return float(
            self.page.evaluate(f"""() => {{
            const act = {script};
            const times = [];
            for (let turn = 0; turn < 9; turn++) {{
                const start = performance.now();
                act(turn);
                document.body.offsetHeight;
                times.push(performance.now() - start);
            }}
            return times.sort((a, b) => a - b)[4];
        }}""")
        )


def written(audit: Audit, folder: Path) -> Path:
    write_audit(audit, folder)
    return folder / "report.html"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of 300 pieces."""
    return written(made_library(300), tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of 10,000 pieces."""
    return written(made_library(10_000), tmp_path_factory.mktemp("large"))


@pytest.fixture
def opened(browser: Any, small: Path) -> Iterator[Opened]:
    """The small page, fresh for each test."""
    page = Opened(browser, small)
    yield page
    page.page.close()


def test_page_is_quiet_and_loads_nothing(opened: Opened) -> None:
    """No error, no refusal by the content policy, no request beside the file itself, also after a piece was opened."""
    opened.page.locator(".tabulator-row .open").first.click()
    opened.page.keyboard.press("Escape")
    opened.page.fill("#search", "harbour")
    assert opened.complaints == []
    assert len(opened.requests) == 1


def test_chart_cell_filters_the_table_and_can_be_cleared(opened: Opened) -> None:
    """The status says how many and what; the way to clear is next and brings all rows back."""
    cell = opened.page.locator("#strategy-stage .cell").first
    count = cell.locator("b").inner_text()
    cell.click()
    assert opened.status == f"{count} of 300 pieces: demand-gen, awareness"
    assert cell.get_attribute("aria-pressed") == "true"
    assert set(opened.page.locator(".tabulator-row .tabulator-cell[tabulator-field=stage] .two").all_inner_texts()) == {"awareness", "demand-gen"}
    opened.page.click("#clear")
    assert opened.status.startswith("All 300 pieces")
    assert cell.get_attribute("aria-pressed") == "false"


@pytest.mark.parametrize("chart", ["#strategy-stage .cell", "#gates .cell", "#gaps .cell", "#mix .bar"])
def test_every_chart_works_by_keyboard(opened: Opened, chart: str) -> None:
    """Enter on a cell or bar filters to as many rows as it says, and the next Tab reaches the way to clear."""
    button = opened.page.locator(chart).first
    said = button.get_attribute("data-says").rpartition(": ")[2].split()[0]
    button.focus()
    opened.page.keyboard.press("Enter")
    assert opened.status.split()[0] == said
    opened.page.keyboard.press("Tab")
    assert opened.page.evaluate("document.activeElement.id") == "clear"


def test_search_narrows_and_combines_with_a_field(opened: Opened) -> None:
    """Words in any order; a field narrows further; nothing found is said."""
    opened.page.fill("#search", "workbook payroll")
    assert opened.titles()
    assert all("Payroll" in title and "workbook" in title for title in opened.titles())
    found = int(opened.status.split()[0])
    opened.page.select_option("select[data-pick=stage]", label="decision")
    assert int(opened.status.split()[0]) < found
    opened.page.fill("#search", "no such words")
    assert opened.status.startswith("0 of 300 pieces")
    assert "No piece fits" in opened.page.inner_text("#table")


def test_work_list_filters_to_its_pieces(opened: Opened) -> None:
    """The number on the chip is the number of rows."""
    chip = opened.page.locator(".chip").first
    chip.click()
    assert opened.status.split()[0] == chip.locator("b").inner_text()


def test_headers_sort_by_keyboard(opened: Opened) -> None:
    """Sessions ascending and descending, rows without a figure last in both; the header says which way."""
    header = opened.page.locator(".tabulator-col[tabulator-field=sessions]")
    column = "Tabulator.findTable('#table')[0].getData('active').map((row) => row.sessions)"
    for direction in ("ascending", "descending"):
        header.locator(".sort").focus()
        opened.page.keyboard.press("Enter")
        assert header.get_attribute("aria-sort") == direction
        sessions = opened.page.evaluate(column)
        known = [value for value in sessions if value is not None]
        assert known == sorted(known, reverse=direction == "descending")
        assert sessions[len(known) :] == [None] * (300 - len(known))


def test_a_row_opens_with_quotes_score_and_gate(opened: Opened) -> None:
    """The panel names the piece, holds the focus, and gives it back when it is closed by Escape."""
    button = opened.page.locator(".tabulator-row .open").nth(2)
    title = button.inner_text()
    button.focus()
    opened.page.keyboard.press("Enter")
    panel = opened.page.locator("dialog")
    assert panel.locator("h2").inner_text() == title
    said = panel.inner_text()
    assert all(words in said for words in ("What shows it", "Uniqueness", "Total", "“We asked", "Judge it by"))
    opened.page.keyboard.press("Escape")
    assert not panel.is_visible()
    opened.page.wait_for_function("title => document.activeElement.textContent === title", arg=title, timeout=5000)


def test_the_offer_of_a_piece_opens_from_its_panel(opened: Opened) -> None:
    """A hand-off leads from piece to offer."""
    pieces = {piece.library.finding.piece.source: piece for piece in made_library(300).pieces}
    titles = {source: piece.library.finding.piece.title for source, piece in pieces.items()}
    source, offer = next((source, piece.best.offer) for source, piece in pieces.items() if piece.best and titles[piece.best.offer] != titles[source])
    opened.page.fill("#search", source)
    opened.page.locator(".tabulator-row .open").first.click()
    assert opened.page.inner_text("dialog h2") == titles[source]
    opened.page.locator("dialog h3:text('Offer that fits best') + p .link").click()
    assert opened.page.inner_text("dialog h2") == titles[offer]
    assert offer in opened.page.inner_text("dialog")


def test_a_page_of_the_most_urgent_pieces_says_so(browser: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A filter finds less than the picture counts, so the line over the table names what is searched."""
    monkeypatch.setattr("gating.report.page.HELD", 40)
    page = Opened(browser, written(made_library(300), tmp_path))
    held = page.page.evaluate("JSON.parse(document.getElementById('data').textContent).rows.length")
    assert page.status == f"{held} of 300 pieces, most urgent first"
    page.page.locator("#strategy-stage .cell").first.click()
    assert page.status.endswith(f" of these {held} pieces: demand-gen, awareness")
    page.page.locator("#lists .open").last.click()
    assert page.page.locator("dialog[open]").count() == 1
    assert page.complaints == []
    page.page.close()


def test_hostile_titles_are_shown_as_text(browser: Any, tmp_path: Path) -> None:
    """Nothing of them runs, in the table, the lists and the panel."""
    page = Opened(browser, written(hostile(), tmp_path))
    page.page.fill("#search", "script")
    page.page.locator(".tabulator-row .open").first.click()
    assert page.page.inner_text("dialog h2") == "</script><script>alert(1)</script>"
    assert page.page.locator("dialog a").count() == 0
    assert page.complaints == []
    page.page.close()


def test_paper_gets_rows_and_no_gaps(opened: Opened) -> None:
    """The scrolling table and its fields give way to the first rows, and the lists stay."""
    opened.page.emulate_media(media="print")
    assert not opened.page.is_visible("#table")
    assert not opened.page.is_visible("#search")
    assert opened.page.locator(".on-paper tbody tr").first.is_visible()
    assert opened.page.locator("article tbody tr").first.is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("state", ["as opened", "filtered", "a piece open", "narrow"])
def test_axe_finds_no_serious_fault(browser: Any, small: Path, scheme: str, state: str) -> None:
    """Names, roles, contrast, landmarks, by axe-core's rules, in both colour schemes."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    opened = Opened(browser, small, color_scheme=scheme)
    if state == "filtered":
        opened.page.locator("#gates .cell").first.click()
        opened.page.locator(".tabulator-col .sort").nth(1).click()
    elif state == "a piece open":
        opened.page.locator(".tabulator-row .open").first.click()
    elif state == "narrow":
        opened.page.set_viewport_size({"width": 390, "height": 800})
    faults = axe.Axe().run(opened.page).response["violations"]
    opened.page.close()
    assert [f"{fault['impact']}: {fault['id']} {fault['nodes'][0]['html'][:120]}" for fault in faults if fault["impact"] in ("serious", "critical")] == []


def test_ten_thousand_rows_answer_a_keystroke_in_time(browser: Any, large: Path) -> None:
    """Search, filter by chart and sort: the median of nine, laid out, in the page."""
    opened = Opened(browser, large)
    typing = """(turn) => {
        const search = document.getElementById('search');
        search.value = 'harbour'.slice(0, 1 + turn % 7);
        search.dispatchEvent(new Event('input'));
    }"""
    assert opened.measure(typing) < KEYSTROKE_MS
    opened.page.fill("#search", "")
    assert opened.measure("(turn) => document.querySelectorAll('#strategy-stage .cell')[turn % 6].click()") < KEYSTROKE_MS
    assert opened.page.locator(".tabulator-row").count() < 100
    assert opened.complaints == []
    opened.page.close()


def test_all_of_ten_thousand_rows_can_be_reached(browser: Any, large: Path) -> None:
    """The last row is drawn when the table is scrolled to its end."""
    opened = Opened(browser, large)
    opened.page.evaluate("Tabulator.findTable('#table')[0].scrollToRow(9999, 'bottom', false)")
    last = opened.page.evaluate("Tabulator.findTable('#table')[0].getData('active')[9999].title")
    assert last in opened.titles()
    opened.page.close()
