"""Memory and throughput of `gating audit` for 10,000 and for 100,000 pieces; writes its table to benchmarks/README.md with --write.

A library is a folder of Markdown and HTML files, half of each, a few hundred in a sub-folder. The pieces are short (about 150 words, so
that 100,000 of them can be made and scored in an afternoon): paragraphs of the project's own examples, drawn anew for each piece, with a
title, links to other pieces and, on every seventh page, a form. No two are the same; a few resemble each other enough to be one.

Memory is that of all processes together, as the kernel shares it out among them (proportional set size), looked at SAMPLES_A_SECOND
times a second. The first and the last tenth are those of the inputs that were scored: what the processes hold at most in each.
"""

from __future__ import annotations

import argparse
import html
import json
import os
import platform
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from speed import EXAMPLES

SIZES = (10_000, 100_000)
JOBS = "2"
WORDS = 150
IN_A_FOLDER = 400
SAMPLES_A_SECOND = 4
MARK = "<!-- scale: written by benchmarks/scale_audit.py --write -->\n"
END = "<!-- end of the figures of scale -->\n"
MEGABYTE = 1e6
EMPTY = 100_000  # bytes of a journal with nothing in it, at most


@dataclass(frozen=True)
class Sample:
    """Where an audit stood at some time: seconds since its start, its processes and their megabytes, bytes in its journal."""

    at: float
    processes: int
    memory: float
    stored: int


def write_library(folder: Path, count: int) -> None:
    """`count` pieces, half Markdown and half HTML."""
    drawn = random.Random(0)
    records = [json.loads(line) for line in EXAMPLES.read_text(encoding="utf-8").splitlines()]
    paragraphs = [text for record in records for text in record["text"].split("\n\n") if 12 < len(text.split()) < WORDS]
    titles = [record["title"] for record in records]
    for number in range(count):
        chosen: list[str] = []
        while sum(len(text.split()) for text in chosen) < WORDS:
            chosen.append(drawn.choice(paragraphs))
        links = [(drawn.choice(titles), f"/section-{other // IN_A_FOLDER}/piece-{other}") for other in drawn.sample(range(count), 3)]
        place = folder / f"section-{number // IN_A_FOLDER}"
        place.mkdir(exist_ok=True)
        title = f"{drawn.choice(titles)}: {drawn.choice(titles).lower()} {number}"
        if number % 2:
            (place / f"piece-{number}.html").write_text(_page(title, chosen, links, with_form=number % 7 == 0), encoding="utf-8")
        else:
            linked = "\n".join(f"- [{text}]({href})" for text, href in links)
            (place / f"piece-{number}.md").write_text(f"# {title}\n\n" + "\n\n".join(chosen) + f"\n\n{linked}\n", encoding="utf-8")


def _page(title: str, paragraphs: list[str], links: list[tuple[str, str]], with_form: bool) -> str:
    body = "".join(f"<p>{html.escape(text)}</p>" for text in paragraphs) + "".join(f'<p><a href="{href}">{html.escape(text)}</a></p>' for text, href in links)
    form = '<form action="/send"><label>Work e-mail<input type="email" name="email"></label><button>Get the file</button></form>' if with_form else ""
    return f"<!doctype html><html lang=en><head><title>{html.escape(title)}</title></head><body><main><h1>{html.escape(title)}</h1>{form}{body}</main></body></html>"


def run(command: list[str], journal: Path) -> tuple[list[Sample], float]:
    """Samples of a command and of all that it starts, and its seconds. Raises RuntimeError, with what it said, when it fails."""
    start = time.perf_counter()
    samples = []
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=said, cwd=tempfile.gettempdir())
        while process.poll() is None:
            family = list(_family(process.pid))
            samples.append(Sample(time.perf_counter() - start, len(family), sum(map(_proportional, family)) / MEGABYTE, _stored(journal)))
            time.sleep(1 / SAMPLES_A_SECOND)
        seconds = time.perf_counter() - start
        if process.returncode:
            said.seek(0)
            raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}: {said.read().decode(errors='replace')[-2000:]}")
    return samples, seconds


def _family(root: int) -> Iterator[int]:
    """A process and its descendants."""
    yield root
    try:
        for task in os.listdir(f"/proc/{root}/task"):
            for child in Path(f"/proc/{root}/task/{task}/children").read_text(encoding="ascii").split():
                yield from _family(int(child))
    except OSError:  # gone meanwhile
        return


def _proportional(pid: int) -> int:
    """Bytes."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return next((1024 * int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def _stored(journal: Path) -> int:
    """The journal is locked while the audit runs, so its size has to do."""
    return sum(file.stat().st_size for file in (journal, Path(f"{journal}-wal")) if file.exists())


@dataclass(frozen=True)
class Measured:
    """One row of the table."""

    pieces: int
    scoring: float  # seconds until the last piece was stored, start-up included
    rest: float  # seconds of looking at the library as a whole and of the report
    peak: float  # megabytes
    first_tenth: float
    last_tenth: float
    peak_of_rest: float
    again: float  # seconds of a second audit, nothing changed

    def row(self) -> str:
        """As it stands in the table."""
        return (
            f"| {self.pieces:,} | {self.scoring:.0f} | {self.pieces / self.scoring:.0f} | {self.rest:.0f} | {self.pieces / (self.scoring + self.rest):.0f} | {self.peak:.0f} | "
            f"{self.first_tenth:.0f} | {self.last_tenth:.0f} | {self.last_tenth / self.first_tenth:.2f} | {self.peak_of_rest:.0f} | {self.again:.1f} |"
        )


HEADER = [
    "| pieces | scoring, s | pieces/s | analysis and report, s | pieces/s, all | peak, MB | first tenth, MB | last tenth, MB | last to first | analysis, MB | again, s |",
    "|---|---|---|---|---|---|---|---|---|---|---|",
]


def measure(pieces: int, place: Path) -> Measured:
    """One audit of a new library, and a second one of the same."""
    library, output, settings = place / "library", place / "audit", place / "fast.toml"
    library.mkdir()
    write_library(library, pieces)
    settings.write_text("[second_reader]\nbelow = 0.0\n", encoding="utf-8")
    command = [sys.executable, "-m", "gating", "audit", str(library), "--jobs", JOBS, "--quiet", "--config", str(settings), "-o", str(output)]
    samples, seconds = run(command, output / "audit.sqlite")
    _, again = run(command, output / "audit.sqlite")
    with sqlite3.connect(output / "audit.sqlite") as database:
        stored = database.execute("select count(*) from inputs").fetchone()[0]
    database.close()
    if stored != pieces:
        raise RuntimeError(f"{stored:,} of {pieces:,} pieces are in the journal.")
    scored = max(sample.at for sample in samples if sample.processes > 1)  # its workers are there as long as it scores
    during = [sample for sample in samples if sample.at <= scored]
    begun = next(sample.at for sample in during if sample.stored > EMPTY)
    tenth = (scored - begun) / 10
    first, last = ([one.memory for one in during if low <= one.at <= low + tenth] for low in (begun, scored - tenth))
    rest = [sample.memory for sample in samples if sample.at > scored]
    return Measured(pieces, scored, seconds - scored, max(one.memory for one in samples), max(first), max(last), max(rest, default=0.0), again)


def main() -> None:
    """Measures, prints, and with --write puts the table into README.md beside this script."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write the table into benchmarks/README.md")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="pieces (default: %(default)s)")
    arguments = parser.parse_args()
    lines = list(HEADER)
    print("\n".join(lines), flush=True)
    for size in arguments.sizes:
        with tempfile.TemporaryDirectory() as name:
            lines.append(measure(size, Path(name)).row())
        print(lines[-1], flush=True)
    lines += ["", f"Short pieces of about {WORDS} words. {platform.machine()}, {platform.system()}, Python {platform.python_version()}, {time.strftime('%Y-%m-%d')}; "
              f"{JOBS} processes, the fast model alone, one run. Memory is the proportional set size of all processes together."]  # fmt: skip
    print(lines[-1])
    if arguments.write:
        readme = Path(__file__).with_name("README.md")
        before, mark, after = readme.read_text(encoding="utf-8").partition(MARK)
        readme.write_text(before + mark + "\n".join(lines) + "\n" + END + after.partition(END)[2], encoding="utf-8")


if __name__ == "__main__":
    main()
