"""`gating serve` under load: fifty people who edit drafts on the page, and fifty programs that never pause. With --write into README.md.

The server and those who ask it share this computer. The drafts are the project's own examples, joined to about 800 words; every request
is another text, as it is when somebody types, so that nothing can be answered from memory.

Editing: each of fifty people makes a change every 5 to 15 seconds. Each change is one request as the page sends it (`explain`); after one
change in three the pause is long enough that the page also asks what would flip each label (`flips`, some thirty texts scored), and gives
that up when the person types on. Changes come when the person makes them, so that a slow answer does not thin out the load. Without pause: each of fifty programs asks
again as soon as it is answered, which no number of processes can make as quick as one request on an idle computer: on two cores each waits
for twenty-five others.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime
import json
import platform
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles

import httpx

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "training_data" / "examples.jsonl"
CLIENTS = 50
SINGLE = 60  # requests by one person, one after the other
SECONDS = 90  # of editing
CLOSED_SECONDS = 30
PAUSES = (5.0, 15.0)  # seconds between two changes of one person
FLIPS_AFTER = 3  # changes
BEGIN, END = "<!-- serve: written by benchmarks/serve.py --write -->\n", "<!-- end of the server's figures -->\n"


@dataclass
class Timed:
    """Seconds of the answers that came, and how many went wrong."""

    score: list[float] = field(default_factory=list)
    flips: list[float] = field(default_factory=list)
    given_up: int = 0  # flips that were still on their way when the person typed on
    errors: list[str] = field(default_factory=list)
    models: set[str] = field(default_factory=set)


@contextmanager
def running_server() -> Iterator[str]:
    """The address of a server with two scoring processes."""
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen([sys.executable, "-m", "gating", "serve", "--port", "0"], cwd=folder, stdout=subprocess.PIPE, text=True)
        try:
            assert process.stdout
            yield process.stdout.readline().split()[3]
        finally:
            process.terminate()
            process.wait()


def drafts(count: int) -> list[str]:
    """`count` texts of about 800 words."""
    texts = [json.loads(line)["text"] for line in EXAMPLES.read_text(encoding="utf-8").splitlines()]
    made = []
    for number in range(count):
        words, at = "", number * 7
        while len(words.split()) < 800:
            words += texts[at % len(texts)] + "\n\n"
            at += 11
        made.append(words)
    return made


async def ask(client: httpx.AsyncClient, text: str, timed: Timed, flips: bool = False) -> None:
    """One request, timed to its last byte."""
    start = time.perf_counter()
    seconds = timed.flips if flips else timed.score
    try:
        answer = await client.post("v1/score", json={"text": text, "explain": True, "flips": flips})
        if answer.status_code == 200 and answer.json()["status"] == "scored":
            timed.models.add(answer.json()["model"])
        else:
            timed.errors.append(f"{answer.status_code} {'flips' if flips else 'score'}")
    except asyncio.CancelledError:
        timed.given_up += 1
        raise
    except httpx.HTTPError as error:
        timed.errors.append(type(error).__name__)
    seconds.append(time.perf_counter() - start)


async def one_after_the_other(client: httpx.AsyncClient, texts: list[str]) -> Timed:
    """One person alone."""
    warm, timed = Timed(), Timed()
    for number in range(2 * CLIENTS):  # each text by each process, so that one alone meets what the fifty after it meet
        await ask(client, f"{texts[number % CLIENTS]} Warm {number}.", warm)
    for number in range(SINGLE):
        await ask(client, f"{texts[number % CLIENTS]} Version {number}.", timed)
    return timed


async def editing(client: httpx.AsyncClient, texts: list[str]) -> Timed:
    """Fifty people who edit."""
    timed, until = Timed(), time.perf_counter() + SECONDS

    async def person(number: int) -> None:
        chance, asked, changes = random.Random(number), [], 0
        looking: asyncio.Task[None] | None = None
        await asyncio.sleep(chance.uniform(0, PAUSES[1]))
        while time.perf_counter() < until:
            changes += 1
            if looking:
                looking.cancel()  # as the page does at the next key; of one that is done nothing is left to cancel
            text = f"{texts[number]} Change {changes} by {number}."
            asked.append(asyncio.create_task(ask(client, text, timed)))
            pause = chance.uniform(*PAUSES)
            if changes % FLIPS_AFTER == 0:
                await asyncio.sleep(2)
                looking = asyncio.create_task(ask(client, text, timed, flips=True))
                pause -= 2
            await asyncio.sleep(pause)
        if looking:
            looking.cancel()
        await asyncio.gather(*asked)

    await asyncio.gather(*map(person, range(CLIENTS)))
    return timed


async def without_pause(client: httpx.AsyncClient, texts: list[str]) -> Timed:
    """Fifty programs that never pause."""
    timed, until = Timed(), time.perf_counter() + CLOSED_SECONDS

    async def program(number: int) -> None:
        asked = 0
        while time.perf_counter() < until:
            asked += 1
            await ask(client, f"{texts[number]} Turn {asked} of {number}.", timed)

    await asyncio.gather(*map(program, range(CLIENTS)))
    return timed


async def measure(address: str) -> tuple[Timed, Timed, Timed]:
    """One alone; fifty editing; fifty without pause."""
    texts = drafts(CLIENTS)
    limits = httpx.Limits(max_connections=2 * CLIENTS, max_keepalive_connections=2 * CLIENTS)
    async with httpx.AsyncClient(base_url=address, timeout=120, limits=limits) as client:
        alone = await one_after_the_other(client, texts)
        return alone, await editing(client, texts), await without_pause(client, texts)


def row(name: str, seconds: list[float], errors: int, alone: float) -> str:
    """One row of the table."""
    late = quantiles(seconds, n=20)[-1]
    return f"| {name} | {len(seconds)} | {errors} | {1000 * median(seconds):.0f} | {1000 * late:.0f} | {late / alone:.1f} |"


def main() -> None:
    """Measures, prints, and with --write puts the table into README.md beside this script."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write the table into benchmarks/README.md")
    write = parser.parse_args().write
    with running_server() as address:
        alone, edited, closed = asyncio.run(measure(address))
    single = median(alone.score)
    busy = sum(error == "503 flips" for error in edited.errors)
    others = len(edited.errors) - busy
    found = len(edited.flips) - busy
    second = "with" if any("+" in model for model in edited.models) else "without"
    lines = [
        "| load | requests | errors | median, ms | 95th percentile, ms | to one request alone |", "|---|---|---|---|---|---|",
        row("one person alone", alone.score, len(alone.errors), single),
        row(f"{CLIENTS} people editing, a change every {PAUSES[0]:.0f} to {PAUSES[1]:.0f} s: scores", edited.score, others, single),
        row(f"{CLIENTS} programs without pause: scores", closed.score, len(closed.errors), single),
        "",
        f"What would flip each label was asked for {found + busy + edited.given_up} times: {found} times it was found before the person typed on, {busy} times the page was told "
        "to come again.",
        "",
        f"{platform.machine()}, {platform.system()}, Python {platform.python_version()}, {datetime.date.today()}; two scoring processes on two cores, which those who ask share; "
        f"drafts of about 800 words, every request another text; {second} the second reader. The last column is the 95th percentile "
        f"to the median of one person alone. Without pause {len(closed.score) / CLOSED_SECONDS:.0f} drafts a second were scored.",
    ]  # fmt: skip
    print("\n".join(lines))
    for error in sorted({*alone.errors, *edited.errors, *closed.errors}):
        print("error:", error)
    if write:
        readme = Path(__file__).with_name("README.md")
        before, _, rest = readme.read_text(encoding="utf-8").partition(BEGIN)
        readme.write_text(before + BEGIN + "\n".join(lines) + "\n" + END + rest.partition(END)[2], encoding="utf-8")


if __name__ == "__main__":
    main()
