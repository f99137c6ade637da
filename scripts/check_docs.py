"""Checks that the documentation says what the program does: commands, record fields, links. Exits 1 with a line for each fault."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

from gating.cli import cli
from gating.report.record import KEYS, OPTIONAL_KEYS

ROOT = Path(__file__).resolve().parent.parent


def faults() -> list[str]:
    """What is wrong, one line each."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    found = [f"README.md does not show `gating {name}`" for name in cli.commands if f"gating {name}" not in readme]
    record = (ROOT / "docs" / "json.md").read_text(encoding="utf-8")
    found += [f"docs/json.md does not describe `{key}`" for key in (*KEYS, *OPTIONAL_KEYS) if f"`{key}`" not in record]
    schema = json.loads((ROOT / "gating" / "report" / "record.schema.json").read_text(encoding="utf-8"))
    if tuple(schema["properties"]) != (*KEYS, *OPTIONAL_KEYS) or tuple(schema["required"]) != KEYS:
        found.append("record.schema.json does not list the record's fields in their order")
    for page in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("benchmarks/**/*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
            if not (page.parent / target).exists():
                found.append(f"{page.relative_to(ROOT)} links to {target}, which is not there")
    return found


if __name__ == "__main__":
    problems = faults()
    print("\n".join(problems) or "The documentation agrees with the program.")
    sys.exit(1 if problems else 0)
