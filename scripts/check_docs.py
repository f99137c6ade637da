"""Checks that the documentation says what the program does: commands, options, limits, record fields, links; with --write, the parts that
are made from the program are made anew. Exits 1 with a line for each fault.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click

from gating.cli import cli
from gating.report.record import KEYS, OPTIONAL_KEYS
from gating.settings import DEFAULTS_FILE

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = re.compile(r"^(`{3,}).*?^\1", re.DOTALL | re.MULTILINE)  # fenced text, whose links are those of a made-up site
END = "<!-- end of the {} -->\n"


def limits_table() -> str:
    """The keys of [limits] with their defaults and reasons, from defaults.toml."""
    text = DEFAULTS_FILE.read_text(encoding="utf-8")
    section = text.partition("[limits]\n")[2].partition("\n[")[0]
    rows = ["| `limits.` | default | what and why |", "|---|---|---|"]
    reason: list[str] = []
    for line in section.splitlines():
        if line.startswith("#"):
            reason.append(line.lstrip("# "))
        elif line:
            key, _, value = line.partition(" = ")
            rows.append(f"| `{key}` | {value} | {' '.join(reason)} |" if reason else f"| `{key}` | {value} | with the one above |")
            reason = []
    return "\n".join(rows) + "\n"


def command_pages() -> str:
    """The help of every command, as the program prints it at 100 columns."""
    return "\n".join(f"## {name}\n\n```\n{text}\n```\n" for name, text in _helps(cli, "gating"))


def _helps(command: click.Command, name: str, above: click.Context | None = None) -> Iterator[tuple[str, str]]:
    context = click.Context(command, info_name=name if above is None else name.rpartition(" ")[2], parent=above, max_content_width=100, terminal_width=100)
    yield name, command.get_help(context).rstrip()
    for each in command.list_commands(context) if isinstance(command, click.Group) else ():
        sub = command.get_command(context, each)
        if sub is not None and not sub.hidden:
            yield from _helps(sub, f"{name} {each}", context)


MADE: tuple[tuple[str, str, Callable[[], str]], ...] = (
    ("SECURITY.md", "limits", limits_table),
    ("docs/commands.md", "commands", command_pages),
)


def made_parts(write: bool) -> Iterator[str]:
    """A fault for each part that differs from the program; with `write` it is renewed instead."""
    for name, mark, make in MADE:
        page = ROOT / name
        text = page.read_text(encoding="utf-8")
        start = f"<!-- {mark}: written by scripts/check_docs.py --write -->\n"
        before, found, rest = text.partition(start)
        after = rest.partition(END.format(mark))[2]
        wanted = before + start + make() + END.format(mark) + after
        if not found:
            yield f"{name} has no place for the {mark}"
        elif write:
            page.write_text(wanted, encoding="utf-8")
        elif wanted != text:
            yield f"the {mark} in {name} are not those of the program; run scripts/check_docs.py --write"


def faults(write: bool = False) -> list[str]:
    """What is wrong, one line each."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    found = [*made_parts(write), *(f"README.md does not show `gating {name}`" for name in cli.commands if f"gating {name}" not in readme)]
    record = (ROOT / "docs" / "json.md").read_text(encoding="utf-8")
    found += [f"docs/json.md does not describe `{key}`" for key in (*KEYS, *OPTIONAL_KEYS) if f"`{key}`" not in record]
    schema = json.loads((ROOT / "gating" / "report" / "record.schema.json").read_text(encoding="utf-8"))
    if tuple(schema["properties"]) != (*KEYS, *OPTIONAL_KEYS) or tuple(schema["required"]) != KEYS:
        found.append("record.schema.json does not list the record's fields in their order")
    for page in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("benchmarks/**/*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)\)", EXAMPLES.sub("", page.read_text(encoding="utf-8"))):
            if not (page.parent / target).exists():
                found.append(f"{page.relative_to(ROOT)} links to {target}, which is not there")
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="make the generated parts anew")
    problems = faults(parser.parse_args().write)
    print("\n".join(problems) or "The documentation agrees with the program.")
    sys.exit(1 if problems else 0)
