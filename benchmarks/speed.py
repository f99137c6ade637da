"""Start-up and throughput, each as a ratio of two sides measured in turn; writes the figures to benchmarks/README.md with --write.

The texts are the project's own examples, joined to about 800 words each; the ten-line side is TF-IDF of words and pairs with
logistic regression, trained on the same examples, everything in memory, no parsing. The web pages are the same texts within a header, a
menu, forms and a footer; beside them trafilatura, which only takes the text out (benchmarks/requirements.txt).
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from statistics import median

from gating.classifier.second_reader import is_installed

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "training_data" / "examples.jsonl"
FIXTURES = ROOT.parent / "shared" / "fixtures" / "html"
RUNS, LONG_RUNS = 5, 3  # of what takes a second, and of what takes ten
N_FILES, N_PAGES = 1500, 300
FIXTURE_COPIES = 5  # so that a run is more than its start-up
MOST_IMPORTS = 10  # packages that are named
TEN_LINES = """
import sys, json, pathlib
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
rows = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
model = make_pipeline(TfidfVectorizer(ngram_range=(1, 2)), LogisticRegression())
model.fit([row["text"] for row in rows], [row["strategy"] for row in rows])
texts = [path.read_text(encoding="utf-8") for path in sorted(pathlib.Path(sys.argv[2]).iterdir())]
print(len(model.predict_proba(texts)))
"""
ONLY_TEXT = """
import sys, pathlib, trafilatura
for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    trafilatura.extract(path.read_text(encoding="utf-8", errors="replace"))
"""
PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{title} | Harbour Desk</title><meta name="description" content="Notes for people who run a port.">
<link rel="stylesheet" href="/site.css"><style>.hero{{padding:4rem}}.card{{border:1px solid #ccc}}</style>
<script>window.dataLayer=window.dataLayer||[];function track(name){{dataLayer.push({{event:name}})}}</script></head>
<body><a class="skip-link" href="#main">Skip to content</a>
<header class="site-header"><a href="/"><img src="/logo.svg" alt="Harbour Desk"></a>
<nav><ul><li><a href="/product">Product</a><ul><li><a href="/product/berths">Berths</a></li><li><a href="/product/tides">Tides</a></li></ul></li>
<li><a href="/prices">Prices</a></li><li><a href="/blog">Blog</a></li><li><a href="/about">About</a></li></ul></nav>
<form role="search" action="/search"><input name="q" placeholder="Search"></form><a class="btn" href="/demo">Book a demo</a></header>
<div class="breadcrumbs"><a href="/">Home</a> / <a href="/blog">Blog</a></div>
<main id="main"><article><h1>{title}</h1><p class="byline">By the harbour desk</p>{body}</article></main>
<aside class="sidebar"><h3>Read on</h3><ul><li><a href="/blog/ropes">Ropes that last</a></li><li><a href="/blog/lights">Lights at night</a></li></ul>
<form class="newsletter" action="/subscribe" method="post"><label>E-mail <input type="email" name="email"></label><button>Subscribe</button></form></aside>
<footer><div><h4>Company</h4><a href="/jobs">Jobs</a><a href="/press">Press</a><a href="/contact">Contact</a></div><p>Quay 4, open all year.</p></footer>
<div class="cookie-consent" role="dialog"><p>We count visits.</p><button>Accept</button><button>Decline</button></div>
<script src="/site.js" async></script></body></html>
"""
STEPS = {"read": ["read"], "features": ["features"], "classify": ["layer 1", "layer 2"], "evidence": ["evidence"], "advise": [" advice"], "write": ["record"]}
STANDARD = sys.stdlib_module_names
Command = Sequence[str]


@dataclass(frozen=True)
class Row:
    """Two sides in seconds, start-up included; `count` of what each did in that time, 0 where that says nothing."""

    what: str
    ours: float
    beside: str
    theirs: float
    count: int = 0


def compared(what: str, ours: Command, beside: str, theirs: Command, runs: int = RUNS, count: int = 0, one_core: bool = False) -> Row:
    """Medians of the wall times of both commands, run in turn, so that other work on the machine meets both."""
    taken = [(wall_time(ours, one_core), wall_time(theirs, one_core)) for _ in range(runs)]
    return Row(what, median(first for first, _ in taken), beside, median(second for _, second in taken), count)


def wall_time(command: Command, one_core: bool = False) -> float:
    """Seconds of one run of a command, start-up included. Raises CalledProcessError where it fails."""
    limit = _take_one_core if one_core and hasattr(os, "sched_setaffinity") else None
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=tempfile.gettempdir(), preexec_fn=limit)
    return time.perf_counter() - start


def _take_one_core() -> None:
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def write_library(folder: Path, count: int) -> None:
    """`count` Markdown files of about 800 words, made of the examples in turn."""
    texts = [json.loads(line)["text"] for line in EXAMPLES.read_text(encoding="utf-8").splitlines()]
    for number in range(count):
        words, at = "", number * 7
        while len(words.split()) < 800:
            words += texts[at % len(texts)] + "\n\n"
            at += 11
        (folder / f"{number:05}.md").write_text(words, encoding="utf-8")


def write_pages(folder: Path, count: int) -> None:
    """`count` web pages of the texts of `write_library`, within what stands around a text on a company's site."""
    import cmarkgfm

    write_library(folder, count)
    for file in sorted(folder.glob("*.md")):
        text = file.read_text(encoding="utf-8")
        title = text.lstrip("# ").partition("\n")[0][:80].replace("<", "")
        file.with_suffix(".html").write_text(PAGE.format(title=title, body=cmarkgfm.github_flavored_markdown_to_html(text)), encoding="utf-8")
        file.unlink()


def measure(folder: Path) -> Iterator[Row]:
    """What is compared, in the order of the table. `folder` is an empty one to work in."""
    python, gating = [sys.executable], [sys.executable, "-m", "gating"]
    library, pages, ten_lines, only_text, fast = (folder / name for name in ("library", "pages", "ten_lines.py", "only_text.py", "fast.toml"))
    library.mkdir()
    write_library(library, N_FILES)
    ten_lines.write_text(TEN_LINES, encoding="utf-8")
    only_text.write_text(ONLY_TEXT, encoding="utf-8")
    fast.write_text("[second_reader]\nbelow = 0.0\n", encoding="utf-8")
    one, alone = str(library / "00000.md"), ["--format", "jsonl", "--config", str(fast)]
    yield compared("gating --help", [*gating, "--help"], 'python -c "import click"', [*python, "-c", "import click"])
    for what, options in (("gating score one.md", ["--format", "jsonl"]), ("gating score one.md, fast model alone", alone)):
        yield compared(what, [*gating, "score", one, *options], 'python -c "import spacy"', [*python, "-c", "import spacy"])
    theirs = "ten lines of scikit-learn, one process", [*python, str(ten_lines), str(EXAMPLES), str(library)]
    two = [*gating, "score", str(library), "--jobs", "2"]
    yield compared(f"gating score, {N_FILES} files of 800 words, two processes, fast model alone", [*two, *alone], *theirs, LONG_RUNS, N_FILES)
    if is_installed():
        yield compared(f"gating score, the same {N_FILES} files, with the second reader", [*two, "--format", "jsonl"], *theirs, 1, N_FILES)
    if find_spec("trafilatura"):
        pages.mkdir()
        write_pages(pages, N_PAGES)
        yield _beside_trafilatura("web pages of 800 words", pages, only_text, alone)
        if FIXTURES.is_dir():
            yield _beside_trafilatura("saved web pages of others", _copied(FIXTURES, folder / "fixtures"), only_text, alone)


def _beside_trafilatura(what: str, pages: Path, only_text: Path, options: Command) -> Row:
    count = sum(1 for _ in pages.iterdir())
    ours = [sys.executable, "-m", "gating", "score", str(pages), *options]
    theirs = [sys.executable, str(only_text), str(pages)]
    return compared(f"gating score, {count} {what}, one core, fast model alone", ours, "trafilatura alone, one core", theirs, LONG_RUNS, count, one_core=True)


def _copied(source: Path, target: Path) -> Path:
    """The files of `source` in one folder, FIXTURE_COPIES times each."""
    target.mkdir()
    for number in range(FIXTURE_COPIES):
        for file in sorted(source.glob("*.html")):
            shutil.copyfile(file, target / f"{number}-{file.name}")
    return target


def step_lines(rows: Sequence[Row]) -> Iterator[str]:
    """Milliseconds of processor time a piece for reading, features, classifying, advice and writing, as benchmarks/steps.py measures them,
    and what of it there is room for beside the ten lines.
    """
    said = subprocess.run([sys.executable, "-m", "benchmarks.steps", "--json"], check=True, capture_output=True, text=True, cwd=ROOT).stdout
    spent = json.loads(said)
    yield "| step | ms of processor time a piece |"
    yield "|---|---|"
    for name, parts in STEPS.items():
        yield f"| {name} | {sum(spent[part] for part in parts):.2f} |"
    start = next(row.ours for row in rows if row.what.endswith("one.md, fast model alone"))
    library = next(row for row in rows if row.count == N_FILES)
    yield ""
    yield (
        f"To be level with the ten lines, two processes may spend {2000 * (library.theirs - start) / N_FILES:.2f} ms of processor time a piece. "
        f"Reading the file, its n-grams and their weights, the least that a verdict rests on, take {spent['read'] + spent[' word families'] + spent['layer 1']:.2f} ms."
    )


def import_lines(one: Path) -> Iterator[str]:
    """Milliseconds that the imports of `gating score one.md` take, by package, the longest first; slower than without being watched."""
    command = [sys.executable, "-X", "importtime", "-m", "gating", "score", str(one), "--format", "jsonl"]
    said = subprocess.run(command, check=True, capture_output=True, text=True, cwd=tempfile.gettempdir()).stderr
    spent: Counter[str] = Counter()
    for line in said.splitlines():
        own, _, name = line.removeprefix("import time:").split("|") if line.count("|") == 2 else ("", "", "")
        if own.strip().isdigit():
            package = name.strip().partition(".")[0]
            spent["Python's own" if package in STANDARD else package] += int(own)
    yield "| imports of `gating score one.md` | ms |"
    yield "|---|---|"
    for package, microseconds in spent.most_common(MOST_IMPORTS):
        yield f"| {package} | {microseconds / 1000:.0f} |"
    yield f"| all | {spent.total() / 1000:.0f} |"


def table_lines(rows: Iterable[Row]) -> Iterator[str]:
    """The rows as a Markdown table."""
    yield "| what | seconds | beside | seconds | ratio |"
    yield "|---|---|---|---|---|"
    for row in rows:
        yield f"| `{row.what}` | {row.ours:.2f} | `{row.beside}` | {row.theirs:.2f} | {row.ours / row.theirs:.2f} |"
        if row.count:
            yield f"| pieces a second, start-up included | {row.count / row.ours:.0f} | | {row.count / row.theirs:.0f} | |"


def main() -> None:
    """Measures, prints, and with --write puts the tables into README.md beside this script."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write the tables into benchmarks/README.md")
    write = parser.parse_args().write
    with tempfile.TemporaryDirectory() as name:
        rows = list(measure(Path(name)))
        lines = [*table_lines(rows), "", *step_lines(rows), "", *import_lines(Path(name) / "library" / "00000.md"), ""]
    packages = ", ".join(f"{name} {version(name)}" for name in ("numpy", "spacy", "scikit-learn", "trafilatura") if find_spec(name.replace("scikit-learn", "sklearn")))
    runs = f"medians of {RUNS} runs, of a library {LONG_RUNS}, with the second reader one; the sides in turn"
    lines.append(f"{platform.machine()}, {platform.system()}, Python {platform.python_version()}, {packages}; {runs}.")
    print("\n".join(lines))
    if write:
        readme = Path(__file__).with_name("README.md")
        before, mark, _ = readme.read_text(encoding="utf-8").partition("<!-- speed: written by benchmarks/speed.py --write -->\n")
        readme.write_text(before + mark + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
