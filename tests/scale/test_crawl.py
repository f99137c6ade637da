"""An audit of a crawl sees what an audit of the saved pages sees: addresses, links, hand-offs, today's gates."""

import gzip
import json
from pathlib import Path

from tests.builders import PROSE
from tests.cli.conftest import Run
from tests.reading.test_warc import record

FIELDS = '<label>Work email</label><input type="email" name="email"><label>Company</label><input name="company">'
FORM = f'<form action="/leads" method="post"><h2>Get the checklist</h2>{FIELDS}<button>Download now</button></form>'
NEWSLETTER = '<footer><form action="/newsletter"><p>Our newsletter, monthly</p><input type="email" name="email"><button>Subscribe</button></form></footer>'
BODIES = {
    "/blog/bruised-pears": f'<p>{PROSE}</p><p><a href="/offers/crate-checklist">Take the crate checklist</a></p>{NEWSLETTER}',
    "/blog/late-frost": f"<p>{PROSE.replace('pear', 'plum')}</p><p>Frost in May costs a plum grower half a year.</p>{NEWSLETTER}",
    "/offers/crate-checklist": f"<p>Download the checklist that our pickers use: eleven points from tree to scale.</p><p>{PROSE.replace('orchards', 'growers')}</p>{FORM}",
    "/blog/members-only": f'<script type="application/ld+json">{{"@type": "Article", "isAccessibleForFree": false}}</script><p>{PROSE} Twice.</p>{NEWSLETTER}',
    "/offers/frost-calculator": f"<p>The frost calculator is a template for your own figures: download the spreadsheet, fill in your rows, see what a night costs.</p>"
    f"<ul><li>A ready-made worksheet with 14 formulas</li><li>The benchmark of 240 orchards</li></ul><p>Download your copy of the template.</p>{NEWSLETTER}",
    "/pricing": "<p>Plans from 40 euros a month, for one orchard or twenty. Pay by the year and save two months.</p><p>Start a free trial, or book a demo.</p>",
}


def page(path: str) -> str:
    """A page of the site, with its own address."""
    name = path.rpartition("/")[2].replace("-", " ").capitalize()
    return f'<html><head><title>{name}</title><link rel="canonical" href="https://orchard.example{path}"></head><body><main><h1>{name}</h1>{BODIES[path]}</main></body></html>'


def findings(folder: str) -> dict[str, dict]:
    """{address: finding} of an audit, without what names the file."""
    rows = (json.loads(line) for line in (Path(folder) / "findings.jsonl").read_text(encoding="utf-8").splitlines())
    return {row["url"]: {key: value for key, value in row.items() if key not in ("id", "source")} for row in rows}


def without_ids(value: object, ids: dict[str, str]) -> object:
    """`value` with the ids of pieces as their addresses."""
    text = json.dumps(value)
    for id_, url in ids.items():
        text = text.replace(id_, url)
    return json.loads(text)


def ids(folder: str) -> dict[str, str]:
    """{id: address} of an audit; of a crawl also {source: address}."""
    rows = [json.loads(line) for line in (Path(folder) / "findings.jsonl").read_text(encoding="utf-8").splitlines()]
    return {row["id"]: row["url"] for row in rows} | {row["source"]: row["url"] for row in rows}


def test_crawl_and_saved_pages_give_the_same_audit(run: Run, tmp_path: Path) -> None:
    """Every finding is the same but for the name of the file, with its hand-offs and its observed gate."""
    (tmp_path / "gating.toml").write_text("[review]\nstrategy_below = 0.0\ngate_below = 0.0\n")  # or "review" would hide the action
    for path in BODIES:
        file = tmp_path / "site" / f"{path[1:]}.html"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(page(path), encoding="utf-8")
    ordered = sorted(BODIES, key=lambda path: (path.count("/") > 1, path))  # as the folder is walked
    (tmp_path / "crawl.warc.gz").write_bytes(b"".join(gzip.compress(record(f"https://orchard.example{path}", page(path).encode())) for path in ordered))
    assert run("audit", "site", "-o", "of-pages", "--quiet").exit_code == 0
    assert run("audit", "crawl.warc.gz", "-o", "of-crawl", "--quiet").exit_code == 0
    of_pages, of_crawl = findings("of-pages"), findings("of-crawl")
    assert of_pages["https://orchard.example/offers/crate-checklist"]["observed_gate"] == "gated"
    assert of_pages["https://orchard.example/offers/frost-calculator"]["action"] == "soft-gate"  # the site's newsletter box is no form of its own
    assert {url for url in of_crawl if url} == {f"https://orchard.example{path}" for path in BODIES}
    for url, row in of_pages.items():
        assert without_ids(of_crawl[url], ids("of-crawl")) == without_ids(row, ids("of-pages"))
