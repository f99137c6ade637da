"""Makes the pictures of the README and the docs from real runs of the program."""

from __future__ import annotations

import io
from pathlib import Path

from rich.console import Console

from gating.assess import assess_paths, make_assessor
from gating.report.terminal import score_table
from gating.settings import load_settings

ROOT = Path(__file__).resolve().parent.parent
SHOWN = ("what-is-cold-chain-drift.md", "webinar-registration.html", "pricing.html", "case-study-brightwater.docx", "landing-pages.jsonl")


def main() -> None:
    """docs/pictures/score.svg: the terminal table of some sample drafts."""
    paths = [str(Path("samples/drafts") / name) for name in SHOWN]
    results = list(assess_paths(paths, make_assessor(load_settings())))
    console = Console(width=110, record=True, file=io.StringIO(), highlight=False, markup=False, emoji=False, force_terminal=True, color_system="truecolor")
    console.print(score_table(results))
    console.save_svg(str(ROOT / "docs" / "pictures" / "score.svg"), title="gating score samples/drafts", unique_id="gating")


if __name__ == "__main__":
    main()
