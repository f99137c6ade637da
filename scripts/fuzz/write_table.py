"""Writes the table in scripts/fuzz/README.md from the logs of fuzz.py: nothing stands there that was not run.

python scripts/fuzz/write_table.py FOLDER     with TARGET.log in it, and TARGET.*.log of runs that were stopped early
"""

from __future__ import annotations

import csv
import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
REGRESSIONS = HERE.parents[1] / "tests" / "reading" / "regressions" / "EXPECTED.tsv"
START, END = "<!-- table -->\n", "<!-- end of table -->\n"
DONE = re.compile(r"^Done (\d+) runs in (\d+) second", re.MULTILINE)
COUNTED = re.compile(r"^#(\d+)\t", re.MULTILINE)
FINDING = re.compile(r"^FINDING (.+?) \| ", re.MULTILINE)


def main() -> int:
    """Replaces the table between its two marks."""
    sys.path.insert(0, str(HERE.parents[1]))
    from targets import TARGETS

    logs = Path(sys.argv[1])
    rows = [_row(target, logs, _kept()) for target in TARGETS]
    head = "| target | minutes | inputs | findings | kept as |\n|---|---|---|---|---|\n"
    page = HERE / "README.md"
    before, _, rest = page.read_text(encoding="utf-8").partition(START)
    page.write_text(f"{before}{START}{head}{''.join(rows)}{END}{rest.partition(END)[2]}", encoding="utf-8")
    return 0


def _row(target: str, logs: Path, kept: dict[str, list[str]]) -> str:
    texts = [file.read_text(encoding="utf-8", errors="replace") for file in (*logs.glob(f"{target}.log"), *logs.glob(f"{target}.*.log"))]
    whole = [(int(runs), int(seconds)) for text in texts for runs, seconds in DONE.findall(text)]
    stopped = [int(COUNTED.findall(text)[-1]) for text in texts if not DONE.search(text) and COUNTED.search(text)]
    findings = {finding for text in texts for finding in FINDING.findall(text)}
    minutes = " + ".join(f"{seconds / 60:.0f}" for _, seconds in whole) or ("stopped early" if stopped else "not run yet")
    inputs = sum(runs for runs, _ in whole) + sum(stopped)
    more = f" (and {len(stopped)} stopped early)" if stopped and whole else ""
    return f"| {target} | {minutes}{more} | {f'{inputs:,}' if inputs else ''} | {len(findings) or ''} | {', '.join(kept.get(target, []))} |\n"


def _kept() -> dict[str, list[str]]:
    """The files kept of what each target found."""
    found: dict[str, list[str]] = {}
    for row in csv.DictReader(REGRESSIONS.read_text(encoding="utf-8").splitlines(), delimiter="\t"):
        found.setdefault(row["found by"], []).append(row["file"])
    return found


if __name__ == "__main__":
    sys.exit(main())
