"""Start-up and throughput, each as a ratio of two sides measured in one run; writes the figures to benchmarks/README.md with --write.

The texts are the project's own examples, joined to about 800 words each; the ten-line side is TF-IDF of words and pairs with
logistic regression, trained on the same examples, everything in memory, no parsing.
"""

from __future__ import annotations

import argparse
import json
import platform
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from statistics import median

from gating.classifier.second_reader import is_installed

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "training_data" / "examples.jsonl"
RUNS = 5
N_FILES = 1500
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


def seconds(command: list[str], runs: int = RUNS) -> float:
    """Median wall time of a command, start-up included."""
    taken = []
    for _ in range(runs):
        start = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=tempfile.gettempdir())
        taken.append(time.perf_counter() - start)
    return median(taken)


def write_library(folder: Path, count: int) -> None:
    """`count` Markdown files of about 800 words, made of the examples in turn."""
    texts = [json.loads(line)["text"] for line in EXAMPLES.read_text(encoding="utf-8").splitlines()]
    for number in range(count):
        words, at = "", number * 7
        while len(words.split()) < 800:
            words += texts[at % len(texts)] + "\n\n"
            at += 11
        (folder / f"{number:05}.md").write_text(words, encoding="utf-8")


def measure() -> list[tuple[str, float, str, float]]:
    """(what, its seconds, beside what, its seconds)."""
    python, gating = [sys.executable], [sys.executable, "-m", "gating"]
    rows = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_library(folder, N_FILES)
        one = str(folder / "00000.md")
        rows.append(("gating --help", seconds([*gating, "--help"]), 'python -c "import click"', seconds([*python, "-c", "import click"])))
        rows.append(("gating score one.md", seconds([*gating, "score", one, "--format", "jsonl"]), 'python -c "import spacy"', seconds([*python, "-c", "import spacy"])))
        ten_lines = folder.parent / f"{folder.name}.py"
        ten_lines.write_text(TEN_LINES, encoding="utf-8")
        try:
            fast = folder.parent / f"{folder.name}.toml"
            fast.write_text("[second_reader]\nbelow = 0.0\n", encoding="utf-8")
            ours = seconds([*gating, "score", name, "--jobs", "2", "--format", "jsonl", "--config", str(fast)], 1)
            twice = seconds([*gating, "score", name, "--jobs", "2", "--format", "jsonl"], 1) if is_installed() else None
            theirs = seconds([*python, str(ten_lines), str(EXAMPLES), name], 1)
        finally:
            ten_lines.unlink()
            fast.unlink()
        rows.append((f"gating score, {N_FILES} files of 800 words, two processes, fast model alone", ours, "ten lines of scikit-learn, one process", theirs))
        if twice is not None:
            rows.append((f"gating score, the same {N_FILES} files, with the second reader", twice, "ten lines of scikit-learn, one process", theirs))
    return rows


def main() -> None:
    """Measures, prints, and with --write puts the table into README.md beside this script."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write the table into benchmarks/README.md")
    lines = ["| what | seconds | beside | seconds | ratio |", "|---|---|---|---|---|"]
    write = parser.parse_args().write
    for what, ours, beside, theirs in measure():
        lines.append(f"| `{what}` | {ours:.2f} | `{beside}` | {theirs:.2f} | {ours / theirs:.2f} |")
        if "files" in what:
            lines.append(f"| pieces a second, start-up included | {N_FILES / ours:.0f} | | {N_FILES / theirs:.0f} | |")
    packages = ", ".join(f"{name} {version(name)}" for name in ("numpy", "spacy", "scikit-learn"))
    lines.append("")
    lines.append(f"{platform.machine()}, {platform.system()}, Python {platform.python_version()}, {packages}; medians of {RUNS} runs, the library once.")
    print("\n".join(lines))
    if write:
        readme = Path(__file__).with_name("README.md")
        before, mark, _ = readme.read_text(encoding="utf-8").partition("<!-- speed: written by benchmarks/speed.py --write -->\n")
        readme.write_text(before + mark + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
