"""Everything that should not be able to stop, fool or harm gating, in one table; ends with 1 where a column that must be zero is not.

    python scripts/torture.py                    all of it: an hour of loops beside the hostile files
    python scripts/torture.py --minutes 10       what CI runs: the large hostile files smaller, and loops for the rest of the ten minutes
    python scripts/torture.py --only text,csv    some groups of the hostile files, no loops

The hostile files are made by ../shared/hostile/gen_hostile.py; without it only the loops are run.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from dataclasses import astuple, fields
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.faults.hostile import GENERATOR, Trouble, audit_all, calls_home, generate, groups_of, score_group, train_group  # noqa: E402
from tests.faults.loops import LOOPS  # noqa: E402


def main() -> int:
    """Runs what was asked for, prints each row when it is done; 0, or 1 when there was trouble."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, help="for all together; without it an hour for the loops")
    parser.add_argument("--only", default="", help="groups of hostile files, with commas")
    parser.add_argument("--seed", type=int, default=1, help="of the moments at which processes are killed")
    asked = parser.parse_args()
    print("  ".join([f"{'what':<28}", "runs", *(field.name.replace("_", " ") for field in fields(Trouble))]), flush=True)
    bad, start = 0, time.monotonic()
    with tempfile.TemporaryDirectory(prefix="torture-") as name:
        if GENERATOR.exists():
            bad += _hostile_files(Path(name), [each for each in asked.only.split(",") if each], small=asked.minutes is not None)
        else:
            print(f"no hostile files: {GENERATOR} is not there")
        if not asked.only:
            left = 3600.0 if asked.minutes is None else asked.minutes * 60 - (time.monotonic() - start)
            bad += _loops(Path(name), left, asked.seed)
    print("no trouble" if not bad else f"{bad} troubles")
    return 1 if bad else 0


def _hostile_files(folder: Path, only: list[str], small: bool) -> int:
    files = folder / "hostile"
    cases = generate(files, small)
    bad = 0
    for group in groups_of(cases):
        if only and group not in only:
            continue
        trouble = train_group(files, cases) if group == "train" else score_group(files, group, cases)
        bad += _row(f"hostile files: {group}", sum(case.group == group for case in cases), trouble)
    if not only:
        bad += _row("hostile files: one audit", len(cases), audit_all(files, folder / "audit", cases))
    bad += _row("hostile files: calls home", len(cases), calls_home())
    return bad


def _loops(folder: Path, seconds: float, seed: int) -> int:
    bad, start = 0, time.monotonic()
    for number, (name, loop) in enumerate(LOOPS.items()):
        left = seconds - (time.monotonic() - start)
        place = folder / f"loop {number}"
        place.mkdir()
        result = loop(place, max(left, 0) / (len(LOOPS) - number), seed)
        bad += _row(name, result.runs, result.trouble)
    return bad


def _row(name: str, runs: int, trouble: Trouble) -> int:
    counts = [len(each) for each in astuple(trouble)]
    widths = [len(field.name) for field in fields(Trouble)]
    print("  ".join([f"{name:<28}", f"{runs:>4}", *(f"{count:>{width}}" for count, width in zip(counts, widths, strict=True))]), flush=True)
    for field, each in zip(fields(Trouble), astuple(trouble), strict=True):
        for line in each[:10]:
            print(f"    {field.name}: {line}", flush=True)
    return sum(counts)


if __name__ == "__main__":
    raise SystemExit(main())
