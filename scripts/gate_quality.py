"""Measures today's gate on the labelled pages of ../shared/fixtures and writes the table in docs/gates.md.

Counts of forms over the whole library are applied per site, as an audit would. A page counts as gated where a gate stands on it:
before the content (the verdict), or before an offer inside an open page, which the verdict calls open and the evidence names.
"""

from __future__ import annotations

import csv
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from gating.library.site_gates import observed_in_library, site_wide
from gating.reading.text import decode
from gating.reading.webpage import declared_encoding, webpage_parts
from gating.records import Form, ObservedGate

ROOT = Path(__file__).resolve().parent.parent
FIXTURES = ROOT.parent / "shared" / "fixtures"
PAGE = ROOT / "docs" / "gates.md"
MARK, END = "<!-- gates: written by scripts/gate_quality.py -->\n", "<!-- end -->"


@dataclass(frozen=True)
class Seen:
    """A page as read: its label, its forms, its gate."""

    name: str
    site: str
    label: str
    forms: tuple[Form, ...]
    observed: ObservedGate


def read_page(file: Path, label: str = "") -> Seen:
    """One page; the site is what stands before the second "__" of its file's name."""
    data = file.read_bytes()
    parts = webpage_parts(decode(data, declared_encoding(data)), str(file.relative_to(FIXTURES)))
    return Seen(file.name, "__".join(file.name.split("__")[:2]), label, parts.forms, parts.observed)


def labelled() -> list[Seen]:
    """The labelled pages that are here."""
    with (FIXTURES / "gates.tsv").open(encoding="utf-8", newline="") as rows:
        return [read_page(FIXTURES / row["file"], row["label"]) for row in csv.DictReader(rows, delimiter="\t") if (FIXTURES / row["file"]).is_file()]


def in_library(pages: Iterable[Seen]) -> list[tuple[Seen, ObservedGate, bool]]:
    """(page, gate with its site in view, whether a gate stands on it, before the content or before an offer in it)."""
    pages = list(pages)
    furniture = {site: site_wide(page for page in pages if page.site == site) for site in {page.site for page in pages}}
    found = []
    for page in pages:
        observed = observed_in_library(page, furniture[page.site])
        offers = any(form.purpose == "gate" and form.identity not in furniture[page.site] for form in page.forms)
        found.append((page, observed, observed.verdict == "gated" or offers))
    return found


def ratio(part: int, whole: int) -> str:
    """A part and its share: "6 of 7 (86%)" and the like."""
    return f"{part} of {whole} ({part / whole:.0%})" if whole else "0 of 0"


def table(found: list[tuple[Seen, ObservedGate, bool]]) -> list[str]:
    """The figures as rows of a Markdown table."""
    gated = [page.label == "gated" for page, _, _ in found]
    strict = [observed.verdict == "gated" for _, observed, _ in found]
    wide = [shown for _, _, shown in found]
    rows = ["| | the verdict is `gated` | a gate stands on the page |", "|---|---|---|"]
    right = [sum(label and said for label, said in zip(gated, says, strict=True)) for says in (strict, wide)]
    rows.append(f"| precision | {ratio(right[0], sum(strict))} | {ratio(right[1], sum(wide))} |")
    rows.append(f"| recall | {ratio(right[0], sum(gated))} | {ratio(right[1], sum(gated))} |")
    for label, name in (("newsletter", "pages with a newsletter box only, called gated"), ("none", "pages with no gate (contact, demo, job, log-in, search), called gated")):
        pages = [number for number, (page, _, _) in enumerate(found) if page.label == label]
        rows.append(f"| {name} | {ratio(sum(strict[number] for number in pages), len(pages))} | {ratio(sum(wide[number] for number in pages), len(pages))} |")
    unknown = sum(observed.verdict == "unknown" for _, observed, _ in found)
    return [*rows, f"| left `unknown` | {ratio(unknown, len(found))} | |"]


def lines(found: list[tuple[Seen, ObservedGate, bool]]) -> list[str]:
    """The table and how far it can be trusted."""
    labels = Counter(page.label for page, _, _ in found)
    sites = {page.site for page, _, _ in found if page.label == "gated"}
    return [
        f"{len(found)} public pages labelled by eye: {labels['gated']} with a gate, {labels['newsletter']} with a newsletter box only, {labels['none']} with neither.",
        "",
        *table(found),
        "",
        f"This is a smoke test and no accuracy figure: the {labels['gated']} gated pages come from {len(sites)} sites, and the rules were written by people who could see them.",
        "A page of much open text with one gated offer in it carries the label of its offer; its verdict is `ungated`, and its evidence names the offer.",
    ]


def main() -> None:
    """Measures and writes; with files as arguments, prints what is seen on each."""
    for name in sys.argv[1:]:
        page = read_page(Path(name).resolve())
        print(page.name, page.observed, *page.forms, sep="\n  ")
    if sys.argv[1:]:
        return
    found = in_library(labelled())
    before, _, after = PAGE.read_text(encoding="utf-8").partition(MARK)
    PAGE.write_text(before + MARK + "\n".join(lines(found)) + "\n" + END + after.partition(END)[2], encoding="utf-8")
    for page, observed, _ in found:
        if (observed.verdict == "gated") != (page.label == "gated"):
            print(f"{page.label}, said {observed.verdict}: {page.name}\n    {observed.evidence}")
    print("\n".join(lines(found)))


if __name__ == "__main__":
    main()
