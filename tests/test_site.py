"""docs/ makes a site: every link holds, every page is in its menu, and whoever reads it asks nobody else for anything."""

from __future__ import annotations

import functools
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser

pytest.importorskip("material", reason="NO MKDOCS: the site was not built, mkdocs-material is not here. pip install -e '.[docs]'")
pytestmark = pytest.mark.slow
LOADS = {"script": "src", "img": "src", "iframe": "src", "source": "src", "link": "href"}  # what a browser asks for unasked
ELSEWHERE = re.compile(r"^(?:https?:)?//")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
MOST_BYTES = 300_000  # of a picture


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Path:
    """The folder of the built site. Strict: a link, an anchor or a page of the menu that is not there stops the build."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--config-file", str(root / "mkdocs.yml"), "--site-dir", str(folder)]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture
def address(site: Path) -> Iterator[str]:
    """Where the site is served, as from any web server."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(site))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def pages_of(site: Path) -> dict[str, LexborHTMLParser]:
    """{path in the site: page}, without the one for what is not found, whose links begin at the root of the host."""
    return {str(page.relative_to(site)): LexborHTMLParser(page.read_bytes()) for page in site.rglob("*.html") if page.name != "404.html"}


def test_no_page_loads_anything_from_elsewhere(site: Path) -> None:
    """Scripts, styles, fonts and pictures are all files of the site."""
    asked = [
        (name, node.attributes[attribute])
        for name, page in pages_of(site).items()
        for tag, attribute in LOADS.items()
        for node in page.css(f"{tag}[{attribute}]")
        if ELSEWHERE.match(node.attributes[attribute] or "")
    ]
    styled = [file.name for file in site.rglob("*.css") if re.search(r"""url\(\s*["']?(?:https?:)?//|@import""", file.read_text(encoding="utf-8"))]
    assert (asked, styled) == ([], [])


def test_every_page_of_docs_is_in_the_menu(site: Path, root: Path) -> None:
    """A page that nobody is led to is read by nobody."""
    start = LexborHTMLParser((site / "index.html").read_bytes())
    led_to = {(node.attributes["href"] or "").strip("./").rstrip("/") for node in start.css(".md-nav--primary a[href]")}
    written = {str(page.relative_to(root / "docs").with_suffix("")) for page in (root / "docs").rglob("*.md")} - {"index"}
    assert len(written) > 20
    assert written - led_to == set()


def test_links_out_of_docs_lead_to_pages_of_the_site(site: Path) -> None:
    """A link that reads ../training_data/RUBRIC.md in the repository is one to its page here; none ends at a Markdown file."""
    pages = pages_of(site)
    assert pages["labelling/index.html"].css_first('article a[href="../repository/training_data/RUBRIC/"]') is not None
    raw = [(name, node.attributes["href"]) for name, page in pages.items() for node in page.css('article a[href$=".md"]') if not ELSEWHERE.match(node.attributes["href"] or "")]
    assert raw == []


def test_a_reader_finds_a_word_and_asks_nobody_else(address: str) -> None:
    """In a browser: the search knows a rule by its name, and every request goes to where the site is."""
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if not program:
        pytest.skip("NO BROWSER: the site's search was not tried. Run scripts/install_browser.sh, or install Chromium by hand.")
    playwright = pytest.importorskip("playwright.sync_api", reason="NO PLAYWRIGHT: the site's search was not tried. pip install -e '.[dev]'")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=["--no-sandbox"] if os.geteuid() == 0 else [])
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        requests: list[str] = []
        page.on("request", lambda request: requests.append(request.url))
        page.goto(address)
        page.locator(".md-search-result__meta", has_text="Type to start searching").wait_for(state="attached")  # letters typed before that are lost
        page.click(".md-search__input")
        page.keyboard.type("gated-commodity")
        page.wait_for_selector('.md-search-result__link[href*="rules/gated-commodity"]', timeout=30_000)
        browser.close()
    assert len(requests) > 5
    assert [asked for asked in requests if not asked.startswith((address, "data:", "blob:"))] == []


def test_pictures_are_small_and_ask_for_nothing(root: Path) -> None:
    """A drawing can name a font on the net; ours name none."""
    pictures = [file for file in (root / "docs" / "pictures").iterdir() if file.is_file()]
    assert len(pictures) > 1
    assert [file.name for file in pictures if file.stat().st_size > MOST_BYTES] == []
    assert [file.name for file in pictures if file.suffix == ".svg" and re.search(r"url\(\s*[\"']?(?:https?:)?//", file.read_text(encoding="utf-8"))] == []
