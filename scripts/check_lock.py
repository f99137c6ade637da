"""Checks that requirements.lock names every dependency of pyproject.toml in a version that it allows, each with hashes. Exits 1 with a line for each fault."""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
ENTRY = re.compile(r"^(?P<name>[\w.-]+)==(?P<version>\S+) \\\n(?P<hashes>(?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", re.MULTILINE)


def faults() -> Iterator[str]:
    """What is wrong, one line each."""
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    locked = {canonicalize_name(found["name"]): found["version"] for found in ENTRY.finditer(text)}
    if len(locked) != text.count("=="):
        yield f"{text.count('==') - len(locked)} packages in requirements.lock have no hashes"
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for line in (*project["dependencies"], *project["optional-dependencies"]["accurate"]):
        wanted = Requirement(line)
        version = locked.get(canonicalize_name(wanted.name))
        if version is None:
            yield f"{wanted.name} is not in requirements.lock; run scripts/lock.sh"
        elif not wanted.specifier.contains(version):
            yield f"requirements.lock has {wanted.name} {version}, pyproject.toml wants {wanted.specifier}; run scripts/lock.sh"


if __name__ == "__main__":
    problems = list(faults())
    print("\n".join(problems) or "The lock agrees with pyproject.toml.")
    sys.exit(1 if problems else 0)
