"""How fast a crawl is read and scored: pages a second a core, MB a second. Prints one line a step.

The WARC file is made in a temporary folder from the HTML pages of ../shared/fixtures, each under many addresses, packed record by
record as crawlers pack them. Reading alone is one process; scoring uses --jobs processes besides the one that opens the file, start-up
included.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from itertools import cycle, islice
from pathlib import Path

from gating.reading.sources import Source, open_source
from gating.reading.warc import Capture, captures

FIXTURES = Path(__file__).resolve().parent.parent.parent / "shared" / "fixtures"
FAST = "[second_reader]\nbelow = 0.0\n"


def record(url: str, page: bytes) -> bytes:
    """A page as a crawler stores it."""
    block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + page
    head = f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2026-01-05T00:00:00Z\r\nContent-Type: application/http; msgtype=response\r\n"
    return f"{head}Content-Length: {len(block)}\r\n\r\n".encode() + block + b"\r\n\r\n"


def write_crawl(file: Path, n_pages: int) -> int:
    """Writes a crawl of so many pages; its size unpacked, in bytes."""
    pages = [path.read_bytes() for path in sorted(FIXTURES.rglob("*.html"))]
    if not pages:
        raise SystemExit(f"{FIXTURES}: no pages there; this benchmark runs where they are.")
    size = 0
    with open(file, "wb") as crawl:
        for number, page in enumerate(islice(cycle(pages), n_pages)):
            one = record(f"https://site{number % 50}.example/{number}", page)
            size += len(one)
            crawl.write(gzip.compress(one, 6))
    return size


def read_crawl(file: Path) -> int:
    """The number of pages in a crawl."""
    with open_source(Source(file.name, str(file))) as (opened, size):
        return sum(isinstance(one, Capture) for one in captures(opened, size, file.name, 50_000_000))


def score_crawl(file: Path, settings: Path, jobs: int) -> int:
    """The number of pages that `gating score` scored."""
    command = [sys.executable, "-m", "gating", "score", str(file), "--format", "jsonl", "--jobs", str(jobs), "--quiet", "--config", str(settings)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env={**os.environ, "OMP_NUM_THREADS": "1"})
    return sum(json.loads(line)["status"] in ("scored", "partial") for line in done.stdout.splitlines())


def main() -> None:
    """Makes the crawl, reads it, scores it without and with the second reader."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=2000, help="pages in the crawl")
    parser.add_argument("--jobs", type=int, default=1, help="processes that score")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        crawl = folder / "crawl.warc.gz"
        size = write_crawl(crawl, asked.pages)
        print(f"{asked.pages} pages, {size / 1e6:.0f} MB, {crawl.stat().st_size / 1e6:.0f} MB packed")
        print(f"{platform.machine()}, Python {platform.python_version()}, --jobs {asked.jobs}")
        start = time.perf_counter()
        read = read_crawl(crawl)
        taken = time.perf_counter() - start
        print(f"reading alone: {read / taken:,.0f} pages/s, {size / 1e6 / taken:.0f} MB/s ({read} pages in {taken:.2f} s)")
        for what, text in (("fast model alone", FAST), ("with the second reader", "")):
            (folder / "gating.toml").write_text(text, encoding="utf-8")
            start = time.perf_counter()
            scored = score_crawl(crawl, folder / "gating.toml", asked.jobs)
            taken = time.perf_counter() - start
            each = asked.pages / taken / asked.jobs
            print(f"gating score, {what}: {each:.1f} pages/s a core, {size / 1e6 / taken:.1f} MB/s ({scored} of {asked.pages} scored in {taken:.1f} s)")


if __name__ == "__main__":
    main()
