"""Makes the pictures of the README and the docs from real runs of the program: what it prints, and its pages in a browser.
All of them, or those that are named: `python scripts/make_pictures.py score serve`. The pages need Chromium (scripts/install_browser.sh).
"""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
COLUMNS = 104
SHOWN = ("what-is-cold-chain-drift.md", "webinar-registration.html", "pricing.html", "case-study-brightwater.docx", "landing-pages.jsonl")
TYPED = {  # name of the picture: (what is typed, as the title says it; the paths of the command where they are others)
    "score": ("gating score samples/drafts", tuple(f"samples/drafts/{name}" for name in SHOWN)),
    "explain": ("gating explain samples/drafts/posts.json#2", ()),
    "check": ("gating check samples/drafts", ()),
}
FONT_FACE = re.compile(r"\s*@font-face \{.*?\n    \}", re.DOTALL)  # rich names fonts on the net; a picture asks for nothing
PLAIN = "[second_reader]\nbelow = 0\n"  # as the README's first command installs it, without the extra `accurate`
PAGE = {"viewport": {"width": 1280, "height": 1010}, "device_scale_factor": 1, "color_scheme": "light"}


@contextmanager
def workplace() -> Iterator[Path]:
    """A folder with the samples and nothing else that a run could see."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(ROOT / "samples", Path(folder) / "samples")
        (Path(folder) / "gating.toml").write_text(PLAIN, encoding="utf-8")
        yield Path(folder)


def environment(**more: str) -> dict[str, str]:
    """The variables for a run of this checkout with its own models."""
    return {**os.environ, "PYTHONPATH": str(ROOT), "XDG_DATA_HOME": os.devnull, **more}


def printed(name: str) -> None:
    """A terminal with what the command prints, as a drawing."""
    title, paths = TYPED[name]
    words = title.split()
    console = Console(width=COLUMNS, record=True, file=io.StringIO(), highlight=False, force_terminal=True, color_system="truecolor")
    command = [sys.executable, "-m", "gating", words[1], *(paths or words[2:])]
    with workplace() as folder:
        done = subprocess.run(command, cwd=folder, env=environment(FORCE_COLOR="1", COLUMNS=str(COLUMNS)), stdout=subprocess.PIPE, text=True, check=True)
    console.print(Text.from_ansi(done.stdout))
    drawing = FONT_FACE.sub("", console.export_svg(title=title, unique_id="gating"))
    (PICTURES / f"{name}.svg").write_text(drawing, encoding="utf-8")


@contextmanager
def browser_page() -> Iterator[Any]:
    """A page of the system's Chromium."""
    from playwright.sync_api import sync_playwright

    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)
    if program is None:
        raise SystemExit("The pictures of pages need Chromium: bash scripts/install_browser.sh")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=["--no-sandbox"] if os.geteuid() == 0 else [])
        yield browser.new_page(**PAGE)
        browser.close()


@contextmanager
def server() -> Iterator[str]:
    """The address of `gating serve` on a free port."""
    with workplace() as folder, tempfile.TemporaryFile("w+") as log:
        command = [sys.executable, "-m", "gating", "serve", "--port", "0"]
        running = subprocess.Popen(command, cwd=folder, env=environment(PYTHONUNBUFFERED="1"), stdout=log, stderr=log)
        try:
            yield said_address(log, running)
        finally:
            running.terminate()
            running.wait(20)


def said_address(log: Any, running: subprocess.Popen[bytes]) -> str:
    """What the server says of where it is."""
    while running.poll() is None:
        log.seek(0)
        if found := re.search(r"gating is at (\S+)", log.read()):
            return found[1]
        time.sleep(0.1)
    raise SystemExit("gating serve did not start")


def serve() -> None:
    """The page of `gating serve` with a sample draft and its verdict."""
    draft = (ROOT / "samples" / "drafts" / "field-notes-on-roof-leaks.txt").read_text(encoding="utf-8")
    with server() as address, browser_page() as page:
        page.goto(address)
        page.fill("#draft", draft)
        page.wait_for_selector("#parts li", timeout=120_000)
        page.mouse.move(0, 0)
        page.screenshot(path=str(PICTURES / "serve.png"))


def report() -> None:
    """The page of an audit of the samples."""
    with workplace() as folder, browser_page() as page:
        command = [sys.executable, "-m", "gating", "audit", "samples/drafts", "samples/exports", "-o", "audit"]
        subprocess.run(command, cwd=folder, env=environment(), stdout=subprocess.DEVNULL, check=True)
        page.goto((folder / "audit" / "report.html").as_uri())
        page.wait_for_selector(".tabulator-row, svg", timeout=60_000)
        page.screenshot(path=str(PICTURES / "report.png"))


def main(names: list[str]) -> None:
    """The pictures of these names; all where there are none."""
    pages = {"serve": serve, "report": report}
    for name in names or [*TYPED, *pages]:
        pages[name]() if name in pages else printed(name)
        print(f"made docs/pictures/{name}")


if __name__ == "__main__":
    main(sys.argv[1:])
