"""Time of `gating audit` for 1,000 and 10,000 pieces beside `gating score` of the same pieces, and of a second audit of an unchanged
library beside the first, each pair in one run; writes the figures to benchmarks/README.md with --write.

The library is a JSON Lines export: paragraphs of the project's own examples, drawn anew for each piece (about 600 words), a title, an
address, and links to other pieces. No two pieces are near-identical, so none is merged.
"""

from __future__ import annotations

import argparse
import json
import platform
import random
import sys
import tempfile
import time
from pathlib import Path

from speed import EXAMPLES, wall_time

SIZES = (1_000, 10_000)
JOBS = "2"
WORDS = 600
MARK = "<!-- audit: written by benchmarks/audit.py --write -->\n"
END = "<!-- end of the audit's figures -->\n"


def write_export(file: Path, count: int) -> None:
    """A JSON Lines export of `count` pieces."""
    drawn = random.Random(0)
    records = [json.loads(line) for line in EXAMPLES.read_text(encoding="utf-8").splitlines()]
    paragraphs = [text for record in records for text in record["text"].split("\n\n") if len(text.split()) > 12]
    with open(file, "w", encoding="utf-8") as lines:
        for number in range(count):
            record, texts = drawn.choice(records), []
            while sum(len(text.split()) for text in texts) < WORDS:
                texts.append(drawn.choice(paragraphs))
            links = " ".join(f"[{drawn.choice(records)['title']}](/piece-{drawn.randrange(count)})" for _ in range(3))
            text = "\n\n".join([*texts, links])
            lines.write(json.dumps({"title": f"{record['title']} {number}", "url": f"https://barns.example/piece-{number}", "text": text}) + "\n")


def measure(sizes: tuple[int, ...]) -> list[str]:
    """Rows of the table."""
    rows = ["| pieces | `gating score`, s | first `gating audit`, s | audit to score | second audit, unchanged, s | second to first |", "|---|---|---|---|---|---|"]
    gating = [sys.executable, "-m", "gating"]
    for size in sizes:
        with tempfile.TemporaryDirectory() as name:
            export, settings = Path(name) / "export.jsonl", Path(name) / "fast.toml"
            write_export(export, size)
            settings.write_text("[second_reader]\nbelow = 0.0\n", encoding="utf-8")
            options = ["--jobs", JOBS, "--quiet", "--config", str(settings)]
            score = wall_time([*gating, "score", str(export), *options, "--format", "jsonl"])
            audit = [*gating, "audit", str(export), *options, "-o", str(Path(name) / "audit")]
            first = wall_time(audit)
            second = wall_time(audit)
        rows.append(f"| {size:,} | {score:.0f} | {first:.0f} | {first / score:.2f} | {second:.0f} | {second / first:.2f} |")
        print(rows[-1], flush=True)
    return rows


def main() -> None:
    """Measures, prints, and with --write puts the table into README.md beside this script."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write the table into benchmarks/README.md")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="pieces (default: %(default)s)")
    arguments = parser.parse_args()
    rows = measure(tuple(arguments.sizes))
    rows += ["", f"{platform.machine()}, {platform.system()}, Python {platform.python_version()}, {time.strftime('%Y-%m-%d')}; {JOBS} processes, the fast model alone, one run."]
    print("\n".join(rows))
    if arguments.write:
        readme = Path(__file__).with_name("README.md")
        before, mark, after = readme.read_text(encoding="utf-8").partition(MARK)
        readme.write_text(before + mark + "\n".join(rows) + "\n" + END + after.partition(END)[2], encoding="utf-8")


if __name__ == "__main__":
    main()
