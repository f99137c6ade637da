"""What a very large run costs: figures per core measured here, and the plan for ten million and a billion pages that follows from them.

Prints both, and writes them to docs/scale.md with --write. Costs per piece are processor seconds, not time on the clock, so that other
programs on the machine disturb them little. The pages are those of ../shared/fixtures in a WARC file (benchmarks/warc.py), the small
pieces the project's own examples joined to about 800 words. The cluster is a Dask scheduler with two workers on this machine.
"""

from __future__ import annotations

import argparse
import os
import pickle
import platform
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from importlib.metadata import version
from itertools import islice
from pathlib import Path

from speed import write_library
from warc import read_crawl, write_crawl

from gating.assess import Assessor, Recipe, assess_jobs
from gating.cli.run import _line_of
from gating.cluster import BYTES_AT_ONCE, PIECES_AT_ONCE, connected, partitions, with_bytes
from gating.reading import Job, plan, read_job
from gating.records import Piece
from gating.report import tables
from gating.report.parquet import write_scores
from gating.report.record import record_of
from gating.settings import Settings, load_settings

PAGE = Path(__file__).resolve().parent.parent / "docs" / "scale.md"
MARKS = {name: f"<!-- {name}: written by benchmarks/cluster.py --write -->\n" for name in ("measured", "plan")}
END = "<!-- end of what is written -->\n"
TRIES = 8
WARM = 5  # pieces before the clock runs: what is loaded once
TASKS, LARGE_TASKS = 300, 30  # that do nothing, the latter with the bytes of a full partition
SIZES = (10_000_000, 1_000_000_000)
CORES = {10_000_000: 64, 1_000_000_000: 2000}  # of the workers in the plan
FAST = replace(load_settings(), second_reader=replace(load_settings().second_reader, below=0.0))
LINE = partial(_line_of, tables.json_lines.line)  # what `gating score --format jsonl` has its workers send back


@dataclass(frozen=True)
class Figures:
    """What was measured: processor seconds a piece, bytes a piece."""

    small: float
    small_twice: float  # with the second reader
    page: float
    page_twice: float
    start: float  # of a partition, its first page included: a process is forked, and what is loaded late is loaded
    start_twice: float
    page_bytes: float  # of a page as it was crawled
    packed_bytes: float  # of the same in the WARC file
    sent: float  # bytes of a page on its way to a worker
    opening: float  # seconds to open, cut and pack a page
    sending: float  # seconds to send it
    reading: float  # seconds to read a page's record alone
    line: float  # bytes of a record
    row: float  # bytes of its row in Parquet
    writing: float  # seconds to write that row
    task: float  # seconds on the clock of a task that does nothing: client, scheduler, worker and back
    one: float  # seconds on the clock for the run on one process
    two: float  # the same on two workers
    run: int  # pieces of that run
    same: bool

    @property
    def per_task(self) -> float:
        """Pages in a partition."""
        return min(PIECES_AT_ONCE, BYTES_AT_ONCE / self.sent)

    @property
    def core(self) -> float:
        """Processor seconds that a page costs a worker, fast model alone."""
        return self.page + self.start / self.per_task

    @property
    def core_twice(self) -> float:
        """The same with the second reader."""
        return self.page_twice + self.start_twice / self.per_task

    @property
    def client(self) -> float:
        """Processor seconds that a page costs the machine that asks."""
        return self.opening + self.sending


def spent() -> float:
    """Processor seconds of this process and of its children that have ended."""
    return sum(used.ru_utime + used.ru_stime for used in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))


def scoring(jobs: list[Job], settings: Settings) -> float:
    """Processor seconds to read and score a piece."""
    assessor = Recipe(settings).make()

    def score(some: list[Job]) -> int:
        pieces = [piece for job in some for piece in read_job(job, settings) if isinstance(piece, Piece)]
        return sum(bool(record_of(assessor.assess(piece))) for piece in pieces)

    score(jobs[:WARM])
    start = spent()
    n_scored = score(jobs[WARM:])
    return (spent() - start) / n_scored


def starting(jobs: list[Job], settings: Settings) -> float:
    """Processor seconds of a partition of one page: the most of TRIES, for not every page is unsure and read twice."""
    assessor = Recipe(settings).make()

    def once(job: Job) -> float:
        start = spent()
        list(assess_jobs(iter([job]), assessor, LINE))
        return spent() - start

    return max(map(once, jobs[:TRIES]))


def crawled(file: Path) -> Iterator[Job]:
    """The pages of a crawl, as they are sent."""
    return (with_bytes(job, FAST) for job in plan([str(file)], FAST))


def on_a_cluster(folder: Path, count: int) -> tuple[float, float, float, float, bool]:
    """(seconds a task, processor seconds here to send a byte, seconds for `count` pieces on one process, on two workers, whether the results are the same)."""
    from distributed import LocalCluster

    assessor: Assessor = Recipe(FAST).make()

    def run(jobs: object) -> tuple[list[object], float]:
        start = time.perf_counter()
        lines: list[object] = list(assess_jobs(islice(plan([str(folder)], FAST), count), assessor, LINE, jobs))  # type: ignore[arg-type]
        return lines, time.perf_counter() - start

    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=50) as started, connected(started.scheduler_address) as cluster:
        list(cluster.each(len, ["x"] * 4))
        start = time.perf_counter()
        list(cluster.each(len, ["x" * (1 + number) for number in range(TASKS)]))
        task = (time.perf_counter() - start) / TASKS
        sent = spent()
        list(cluster.each(len, [bytes([number]) * BYTES_AT_ONCE for number in range(LARGE_TASKS)]))
        sending = (spent() - sent) / (LARGE_TASKS * BYTES_AT_ONCE)
        run(cluster)  # the workers load the model
        there, two = run(cluster)
    here, one = run(1)
    return task, sending, one, two, here == there


def measure(n_pieces: int, n_pages: int) -> Figures:
    """All figures, from runs over so many pieces."""
    with tempfile.TemporaryDirectory() as name:
        folder, crawl = Path(name) / "library", Path(name) / "crawl.warc.gz"
        folder.mkdir()
        write_library(folder, n_pieces)
        page_bytes = write_crawl(crawl, n_pages) / n_pages
        small = [with_bytes(job, FAST) for job in plan([str(folder)], FAST)]
        start = spent()
        runs = list(partitions(crawled(crawl)))
        opening = (spent() - start) / n_pages
        start = spent()
        read_crawl(crawl)
        reading = (spent() - start) / n_pages
        pages: list[Job] = [pickle.loads(job) for run in runs for job in run]
        assessor = Recipe(FAST).make()
        lines = [record_of(assessor.assess(result)) for job in pages[:50] for result in read_job(job, FAST) if isinstance(result, Piece)]
        start = spent()
        write_scores(lines * 20, Path(name) / "scores.parquet")
        writing = (spent() - start) / (20 * len(lines))
        task, sending, one, two, same = on_a_cluster(folder, n_pieces)
        packed = sum(len(job) for run in runs for job in run) / n_pages
        return Figures(
            scoring(small, FAST), scoring(small, load_settings()), scoring(pages, FAST), scoring(pages, load_settings()), starting(pages, FAST), starting(pages, load_settings()),
            page_bytes, crawl.stat().st_size / n_pages,
            packed, opening, packed * sending, reading, sum(len(tables.json_line(record).encode()) for record in lines) / len(lines),
            _row_bytes(lines, Path(name)), writing, task, one, two, n_pieces, same,
        )  # fmt: skip


def _row_bytes(records: list[dict[str, object]], folder: Path) -> float:
    """Bytes of a row of Parquet, of rows that all differ."""
    write_scores([{**record, "id": f"{number:016x}"} for number, record in enumerate(records)], folder / "rows.parquet")
    write_scores([], folder / "none.parquet")
    return ((folder / "rows.parquet").stat().st_size - (folder / "none.parquet").stat().st_size) / len(records)


def measured_table(found: Figures, n_pieces: int, n_pages: int) -> list[str]:
    """The figures per core."""
    rows = [
        ("scoring a small Markdown piece (800 words), fast model alone", f"{1000 * found.small:.1f} ms", f"{1 / found.small:.0f} a second"),
        ("... with the second reader where the first is unsure", f"{1000 * found.small_twice:.1f} ms", f"{1 / found.small_twice:.0f} a second"),
        (f"scoring a real page ({found.page_bytes / 1000:.0f} kB), fast model alone", f"{1000 * found.page:.1f} ms", f"{1 / found.page:.0f} a second"),
        ("... with the second reader where the first is unsure", f"{1000 * found.page_twice:.1f} ms", f"{1 / found.page_twice:.0f} a second"),
        ("starting on a partition, its first page included, fast model alone", f"{1000 * found.start:.0f} ms", f"{1000 * found.start / found.per_task:.1f} ms a page"),
        ("... with the second reader", f"{1000 * found.start_twice:.0f} ms", f"{1000 * found.start_twice / found.per_task:.1f} ms a page"),
        ("reading a page out of a packed WARC file", f"{1000 * found.reading:.2f} ms", f"{found.page_bytes / found.reading / 1e6:.0f} MB unpacked a second"),
        ("on the machine that asks: opening the WARC, cutting partitions, packing a page", f"{1000 * found.opening:.2f} ms", f"{1 / found.opening:.0f} a second"),
        ("on the machine that asks: sending it", f"{1000 * found.sending:.2f} ms", f"{found.sent / found.sending / 1e6:.0f} MB a second"),
        ("on the machine that asks: a row of Parquet", f"{1000 * found.writing:.2f} ms", f"{1 / found.writing:.0f} a second"),
        ("a task that does nothing, from the client over the scheduler to a worker and back", f"{1000 * found.task:.1f} ms", "time on the clock"),
    ]
    lines = ["| what | processor time | that is |", "|---|---|---|", *(f"| {what} | {seconds} | {rate} |" for what, seconds, rate in rows), ""]
    lines += ["| bytes of a page | |", "|---|---|"]
    sizes = {"as crawled": found.page_bytes, "packed in the WARC file": found.packed_bytes, "sent to a worker": found.sent, "record in JSON Lines": found.line}
    lines += [*(f"| {what} | {size:,.0f} |" for what, size in {**sizes, "row in Parquet": found.row}.items()), ""]
    lines.append(
        f"{n_pieces} small pieces, {n_pages} pages; {platform.machine()}, {platform.system()}, {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"distributed {version('distributed')}, {date.today()}. The same {found.run} small pieces took {found.one:.1f} s on the clock in one process and {found.two:.1f} s on two "
        f"workers of a cluster on the same machine; the results were {'the same, row for row' if found.same else 'NOT THE SAME'}."
    )
    return lines


def plan_table(found: Figures, price: float) -> list[str]:
    """What follows for ten million and for a billion pages."""
    lines = ["| | " + " | ".join(f"{size:,} pages" for size in SIZES) + " |", "|---|" + "---|" * len(SIZES)]
    rows: list[tuple[str, Callable[[int], str]]] = [
        (f"pages unpacked, at {found.page_bytes / 1000:.0f} kB", lambda n: f"{n * found.page_bytes / 1e12:,.1f} TB"),
        ("the same as packed WARC", lambda n: f"{n * found.packed_bytes / 1e12:,.1f} TB"),
        (f"core-hours, fast model alone: pages x {1000 * found.core:.1f} ms", lambda n: f"{n * found.core / 3600:,.0f}"),
        (f"core-hours, with the second reader: pages x {1000 * found.core_twice:.1f} ms", lambda n: f"{n * found.core_twice / 3600:,.0f}"),
        ("cores in this plan", lambda n: f"{CORES[n]:,}"),
        ("hours on them, with the second reader", lambda n: f"{n * found.core_twice / 3600 / CORES[n]:,.1f}"),
        (f"cost at {price} a core-hour, with the second reader", lambda n: f"{n * found.core_twice / 3600 * price:,.0f}"),
        ("cost of a million pages", lambda n: f"{1e6 * found.core_twice / 3600 * price:,.2f}"),
        (f"hours of one client that opens and sends: pages x {1000 * found.client:.2f} ms", lambda n: f"{n * found.client / 3600:,.1f}"),
        ("cores that one client keeps busy, with the second reader", lambda n: f"{found.core_twice / found.client:,.0f}"),
        ("clients, each with a scheduler and its share of the files", lambda n: f"{_clients(found, n):,}"),
        (f"tasks of each scheduler, at {PIECES_AT_ONCE} pages or {BYTES_AT_ONCE / 1e6:.0f} MB", lambda n: f"{_tasks(found, n) / _clients(found, n):,.0f}"),
        ("hours of each scheduler, at a millisecond a task", lambda n: f"{_tasks(found, n) / _clients(found, n) / 3.6e6:,.2f}"),
        ("through each scheduler", lambda n: f"{n * found.sent / _clients(found, n) / _seconds(found, n) / 1e6:,.0f} MB a second in, the same out"),
        ("out as JSON Lines", lambda n: f"{n * found.line / 1e9:,.0f} GB"),
        ("out as Parquet", lambda n: f"{n * found.row / 1e9:,.0f} GB"),
    ]
    return lines + [f"| {what} | " + " | ".join(figure(size) for size in SIZES) + " |" for what, figure in rows]


def _clients(found: Figures, n_pages: int) -> int:
    return max(1, -(-CORES[n_pages] // max(1, int(found.core_twice / found.client))))


def _tasks(found: Figures, n_pages: int) -> float:
    return n_pages / found.per_task


def _seconds(found: Figures, n_pages: int) -> float:
    return n_pages * found.core_twice / CORES[n_pages]


def write(name: str, lines: list[str]) -> None:
    """Puts lines between the marks of docs/scale.md."""
    before, mark, rest = PAGE.read_text(encoding="utf-8").partition(MARKS[name])
    _, end, after = rest.partition(END)
    PAGE.write_text(before + mark + "\n".join(lines) + "\n" + end + after, encoding="utf-8")


def main() -> None:
    """Measures, reckons, prints, and with --write renews docs/scale.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pieces", type=int, default=400, help="small pieces")
    parser.add_argument("--pages", type=int, default=400, help="pages in the WARC file")
    parser.add_argument("--price", type=float, default=0.04, help="of a core-hour, in your money")
    parser.add_argument("--write", action="store_true", help="write both tables into docs/scale.md")
    asked = parser.parse_args()
    found = measure(asked.pieces, asked.pages)
    parts = {"measured": measured_table(found, asked.pieces, asked.pages), "plan": plan_table(found, asked.price)}
    for name, lines in parts.items():
        print("\n".join(lines), end="\n\n")
        if asked.write:
            write(name, lines)


if __name__ == "__main__":
    main()
