"""The page in a real browser: paste, drop, edit, by mouse, by keyboard and by a screen reader's rules."""

from __future__ import annotations

import base64
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gating.server.page import FOLDER
from tests.advice.drafts_to_change import DRAFTS
from tests.server.conftest import DRAFT, Running
from tests.server.test_score import BROCHURE

pytestmark = pytest.mark.slow
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
ASKS = "# Register for the live demo\n\n[Book a demo]\n\nTell us where to send the invitation.\n\nWork email *\n\nCompany *\n\n[Save my seat]\n\n"
SELECTED = "() => { const draft = document.getElementById('draft'); return draft.value.slice(draft.selectionStart, draft.selectionEnd); }"
DROP = """([name, type, data]) => {
    const bytes = Uint8Array.from(atob(data), (sign) => sign.charCodeAt(0));
    const held = new DataTransfer();
    held.items.add(new File([bytes], name, { type }));
    for (const event of ["dragenter", "dragover", "drop"]) document.body.dispatchEvent(new DragEvent(event, { dataTransfer: held, bubbles: true, cancelable: true }));
}"""
PASTE = """([html, text]) => {
    const held = new DataTransfer();
    held.setData("text/html", html);
    held.setData("text/plain", text);
    document.getElementById("draft").dispatchEvent(new ClipboardEvent("paste", { clipboardData: held, bubbles: true, cancelable: true }));
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Headless Chromium as the system has it; playwright's own download is not used."""
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if not program:
        pytest.skip("NO BROWSER: the page of gating serve was not looked at. Run scripts/install_browser.sh, or install Chromium by hand.")
    playwright = pytest.importorskip("playwright.sync_api", reason="NO PLAYWRIGHT: the page of gating serve was not looked at. pip install -e '.[dev]'")
    with playwright.sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=program, args=["--no-sandbox"] if os.geteuid() == 0 else [])
        yield running
        running.close()


class Opened:
    """The page, and all that it complained of or asked for."""

    def __init__(self, browser: Any, address: str, **options: Any) -> None:
        self.page = browser.new_page(**{"viewport": {"width": 1280, "height": 900}, **options})
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.goto(address)

    def verdict(self, but: str = "") -> str:
        """The headline, once there is one and the status line speaks of it; other than `but`."""
        self.page.wait_for_function(
            """(but) => {
                const said = document.getElementById("headline").textContent;
                return said && said !== but && document.getElementById("status").textContent.startsWith(said);
            }""",
            arg=but,
            timeout=30_000,
        )
        return str(self.page.inner_text("#headline"))

    def wait_for_text(self, selector: str, words: str) -> None:
        """Until the element shows the words."""
        self.page.wait_for_function("([selector, words]) => document.querySelector(selector)?.textContent.includes(words)", arg=[selector, words], timeout=30_000)


@pytest.fixture
def opened(browser: Any, server: Running) -> Iterator[Opened]:
    """The page, fresh for each test; it must not have complained by the end."""
    page = Opened(browser, server.address)
    yield page
    assert page.complaints == []
    page.page.close()


def dropped(opened: Opened, name: str, data: bytes, kind: str = "") -> None:
    """A file dropped on the page."""
    opened.page.evaluate(DROP, [name, kind, base64.b64encode(data).decode()])


def test_a_writer_reads_why_a_draft_should_stay_open(opened: Opened) -> None:
    """Typed text brings a verdict, its sentence, reasons for strategy and stage, the gate score with its meaning, and quotes of the draft."""
    opened.page.fill("#draft", DRAFT)
    assert opened.verdict() == "Keep it open"
    assert "built to spread an idea" in opened.page.inner_text("#why")
    reasons = opened.page.inner_text("#reasons")
    assert "It is built to spread an idea" in reasons
    assert "Its reader" in reasons
    assert "something to trade" in reasons
    assert opened.page.locator("#parts li").count() == 6
    assert "readers who accept a form" in opened.page.inner_text("#parts")
    quote = opened.page.locator(".quote").first.evaluate("(button) => button.firstChild.textContent").strip("“”")
    assert quote in " ".join(DRAFT.split())
    opened.wait_for_text("#flips", "What it is built for:")


def test_editing_moves_the_score_and_shows_from_where(opened: Opened) -> None:
    """Asks put before the text change the verdict; what was is shown beside what is; taken back, it is as before."""
    opened.page.fill("#draft", DRAFT)
    first = opened.verdict()
    opened.page.focus("#draft")
    opened.page.keyboard.press("Control+Home")
    opened.page.keyboard.insert_text(ASKS)
    assert opened.verdict(but=first) != first
    assert "was demand-gen" in opened.page.inner_text("#meter-strategy")
    opened.page.keyboard.press("Control+z")
    opened.page.wait_for_function("(first) => document.getElementById('headline').textContent === first", arg=first, timeout=30_000)
    assert not opened.page.locator("#meter-strategy .moved").count()


def test_a_docx_is_dropped(opened: Opened, samples: Path) -> None:
    """Its words and title come into the fields, with marks; edited, it is scored as text."""
    dropped(opened, "case-study-brightwater.docx", (samples / "case-study-brightwater.docx").read_bytes())
    assert opened.verdict() == "Keep it open"
    assert opened.page.input_value("#title").startswith("How Brightwater Leisure")
    assert opened.page.input_value("#draft").startswith("# How Brightwater Leisure")
    assert opened.page.locator("mark").count() > 3
    before = opened.page.inner_text("#words")
    opened.page.focus("#draft")
    opened.page.keyboard.press("Control+End")
    opened.page.keyboard.type("And that is all there was to it.")
    opened.page.wait_for_function("(before) => document.getElementById('words').textContent !== before", arg=before, timeout=30_000)
    assert opened.page.inner_text("#headline") == "Keep it open"


def test_the_form_of_a_dropped_page_counts_while_its_text_is_edited(opened: Opened) -> None:
    """The page says so and names the file; another text pasted over it has no such form."""
    dropped(opened, "study.html", BROCHURE.encode(), "text/html")
    first = opened.verdict()
    assert "behind a form" in opened.page.inner_text("#more")
    before = opened.page.inner_text("#words")
    opened.page.focus("#draft")
    opened.page.keyboard.press("Control+End")
    opened.page.keyboard.type("And that is all there was to it.")
    opened.page.wait_for_function("(before) => document.getElementById('words').textContent !== before", arg=before, timeout=30_000)
    assert opened.verdict() == first
    assert "behind a form" in opened.page.inner_text("#more")
    assert "as in study.html" in opened.page.inner_text("#more")
    opened.page.evaluate("document.getElementById('draft').select()")
    opened.page.evaluate(PASTE, ["", DRAFT])
    opened.page.fill("#draft", DRAFT)
    opened.page.wait_for_function("() => !document.getElementById('more').textContent.includes('study.html')", timeout=30_000)
    assert "behind a form" not in opened.page.inner_text("#more")


def test_an_export_is_dropped_and_its_pieces_open(opened: Opened, samples: Path) -> None:
    """A row for each piece; one opens in the editor; the way back leads to its row."""
    dropped(opened, "library.csv", (samples / "library.csv").read_bytes(), "text/csv")
    opened.wait_for_text("#status", "6 of 6 pieces scored")
    button = opened.page.locator("#rows .link").nth(2)
    name = button.inner_text()
    button.click()
    assert opened.page.input_value("#title") == name
    assert opened.page.locator("#parts li").count() == 6
    opened.page.click("#back")
    assert opened.page.locator("#rows tr").count() == 6
    assert opened.page.evaluate("document.activeElement.textContent") == name


def test_rich_text_is_pasted_with_its_headings(opened: Opened) -> None:
    """What a word processor or a browser puts on the clipboard comes as Markdown."""
    body = "".join(f"<p>{part}</p>" for part in DRAFT.split("\n\n")[1:])
    opened.page.evaluate(PASTE, [f"<h2>Why a shared calendar fails</h2>{body}<ul><li>Keep a list</li></ul>", "plain"])
    opened.verdict()
    text = opened.page.input_value("#draft")
    assert text.startswith("## Why a shared calendar fails\n\nA rota on paper")
    assert "\n- Keep a list\n" in text


def test_pointing_and_the_cursor_tell_what_words_speak_for(opened: Opened) -> None:
    """By mouse over a mark, and by arrow keys into it, which is also said to a screen reader."""
    opened.page.fill("#draft", DRAFT)
    opened.verdict()
    box = opened.page.locator("mark").first.bounding_box()
    opened.page.mouse.move(box["x"] + 8, box["y"] + 8)
    assert "Speaks for" in opened.page.inner_text("#note")
    opened.page.mouse.move(5, 5)
    assert not opened.page.is_visible("#note")
    start = opened.page.evaluate("() => document.getElementById('mirror').textContent.indexOf(document.querySelector('mark').textContent)")
    opened.page.evaluate("(at) => { const draft = document.getElementById('draft'); draft.focus(); draft.setSelectionRange(at, at); }", start)
    opened.page.keyboard.press("ArrowRight")
    opened.wait_for_text("#note", "Speaks for")
    opened.wait_for_text("#status", "Speaks for")
    opened.page.keyboard.press("Escape")
    assert not opened.page.is_visible("#note")


def test_marks_lie_under_the_words_they_mark(opened: Opened, samples: Path) -> None:
    """The sheet beneath breaks its lines as the field above does, whatever stands in it."""
    for text in (DRAFT, f"{'unbroken' * 40}\n\n{DRAFT}\n\n\tA tab, “quotes” and 😀 signs.\n\n\n", (samples / "what-is-cold-chain-drift.md").read_text(encoding="utf-8")):
        opened.page.fill("#draft", text)
        opened.verdict()
        heights = opened.page.evaluate("() => ['draft', 'mirror'].map((id) => document.getElementById(id)).map((each, place) => place ? each.offsetHeight : each.scrollHeight)")
        assert abs(heights[0] - heights[1]) <= 28  # one line at the end


def test_the_page_works_by_keyboard_alone(opened: Opened) -> None:
    """From the address bar: skip to the draft, type, and reach the first quote, which is then selected in the draft."""
    opened.page.keyboard.press("Tab")
    assert opened.page.evaluate("document.activeElement.className") == "skip"
    opened.page.keyboard.press("Enter")
    assert opened.page.evaluate("document.activeElement.id") == "draft"
    opened.page.keyboard.insert_text(DRAFT)
    opened.verdict()
    for _ in range(12):
        opened.page.keyboard.press("Tab")
        if "quote" in opened.page.evaluate("document.activeElement.className"):
            break
    quote = opened.page.evaluate("document.activeElement.firstChild.textContent").strip("“”")
    opened.page.keyboard.press("Enter")
    assert opened.page.evaluate("document.activeElement.id") == "draft"
    assert " ".join(opened.page.evaluate(SELECTED).split()).rstrip(".?!") == quote.rstrip(".?!")


def test_the_example_is_there_to_try(opened: Opened) -> None:
    """One click brings a draft of our own with its verdict, and one more an empty page."""
    opened.page.click("#example")
    assert opened.verdict() == "Keep it open"
    assert opened.page.input_value("#draft") == (FOLDER / "example.md").read_text(encoding="utf-8")
    opened.page.click("#clear")
    assert opened.page.is_visible("#empty")
    assert opened.page.input_value("#draft") == ""


def test_too_short_a_text_is_told_calmly(opened: Opened) -> None:
    """No alarm while somebody begins to type."""
    opened.page.fill("#draft", "Only a few words.")
    opened.wait_for_text("#status", "Not scored yet: only 4 words")
    assert not opened.page.is_visible("#problem")
    assert not opened.page.is_visible("#result")


def test_what_cannot_be_read_is_told(opened: Opened) -> None:
    """A file of another kind, with the reason that the command line gives."""
    dropped(opened, "logo.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "image/png")
    opened.wait_for_text("#problem", "logo.png: no reader for .png files")


def test_the_last_key_wins(opened: Opened) -> None:
    """An answer to an older text never covers that to a newer one."""
    held: list[Any] = []
    opened.page.route("**/v1/score", lambda route: route.continue_() if held else held.append(route))
    with opened.page.expect_request("**/v1/score"):
        opened.page.fill("#draft", ASKS * 2)
    with opened.page.expect_event("requestfailed") as given_up:
        opened.page.fill("#draft", DRAFT)
    assert given_up.value == held[0].request
    assert opened.verdict() == "Keep it open"


def test_hostile_text_is_shown_as_text(opened: Opened) -> None:
    """Nothing of a draft runs, in the sheet, the quotes and the title."""
    opened.page.fill("#draft", f"{DRAFT}\n\n<img src=x onerror=alert(1)> <script>alert(2)</script> Book a demo of it with us today, says the script on the label.")
    opened.verdict()
    assert opened.page.locator("main img, main script").count() == 0
    dropped(opened, "a.html", f"<title><b>Bold</b></title><h1><img src=x onerror=alert(1)>Rota</h1><p>{DRAFT}</p>".encode(), "text/html")
    opened.page.wait_for_function("() => document.getElementById('title').value !== ''", timeout=30_000)
    assert opened.page.locator("main img, main b:text('Bold')").count() == 0


def test_proposals_are_shown_where_there_are_any(opened: Opened) -> None:
    """Each as the server gave it: what to do, what it moves, and the way to its words. A sound draft has none, and the section hides."""
    _, lacking = DRAFTS["matinees.md"]
    opened.page.fill("#draft", lacking)
    opened.verdict()
    opened.page.wait_for_function("() => !document.getElementById('proposals').hidden", timeout=30_000)
    (shown,) = opened.page.locator("#proposals li").all_inner_texts()
    assert "End with a next step" in shown
    assert "next step none -> there" in shown
    opened.page.click("#proposals .link")
    assert opened.page.evaluate(SELECTED) == "Split the bill by hours and\nthe afternoon stops looking like a gift"
    opened.page.fill("#draft", f"{lacking}\n[Read next: how a small house fills its rows](/rows)\n")
    opened.page.wait_for_function("() => document.getElementById('proposals').hidden", timeout=30_000)


def test_the_page_asks_nobody_else(opened: Opened) -> None:
    """Every request goes to the server; the page itself is one."""
    opened.page.fill("#draft", DRAFT)
    opened.verdict()
    assert all(url.startswith((opened.requests[0], "data:")) for url in opened.requests)
    assert {url.removeprefix(opened.requests[0]) for url in opened.requests if url.startswith("http")} <= {"", "v1/score"}


def test_a_server_that_is_gone_is_told(browser: Any, server: Running) -> None:
    """In a sentence that says what to look at."""
    opened = Opened(browser, server.address)
    opened.page.route("**/v1/score", lambda route: route.abort())
    opened.page.fill("#draft", DRAFT)
    opened.wait_for_text("#problem", "Is “gating serve” still running?")
    opened.page.close()


def test_the_printed_address_opens_a_guarded_page(browser: Any, guarded: Running) -> None:
    """The token goes from the address into a cookie, and the page scores."""
    opened = Opened(browser, guarded.address)
    assert "token" not in opened.page.url
    opened.page.fill("#draft", DRAFT)
    assert opened.verdict() == "Keep it open"
    opened.page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("state", ["empty", "scored", "list", "note", "narrow"])
def test_axe_finds_no_serious_fault(browser: Any, server: Running, samples: Path, scheme: str, state: str) -> None:
    """Names, roles, contrast, landmarks, by axe-core's rules, in both colour schemes."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    opened = Opened(browser, server.address, color_scheme=scheme)
    if state == "narrow":
        opened.page.set_viewport_size({"width": 400, "height": 800})
    if state == "list":
        dropped(opened, "library.csv", (samples / "library.csv").read_bytes())
        opened.wait_for_text("#status", "6 of 6")
    elif state != "empty":
        opened.page.click("#example")
        opened.verdict()
        opened.page.click("summary")
    if state == "note":
        opened.page.locator(".quote").first.click()
    faults = axe.Axe().run(opened.page).response["violations"]
    wide = opened.page.evaluate("document.documentElement.scrollWidth > innerWidth")
    opened.page.close()
    assert [f"{fault['impact']}: {fault['id']} {fault['nodes'][0]['html'][:120]}" for fault in faults if fault["impact"] in ("serious", "critical")] == []
    assert not wide
