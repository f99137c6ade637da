"""report.html as a file: its policy, its size, what strangers' text becomes. tests/report/test_page_browser.py looks at it in a browser."""

import base64
import datetime
import hashlib
import json
import re
from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser

from gating.records import Audit, MixRow, OfferLink
from gating.report.charts import gap_map, gate_today_by_advice, mix_bars, strategy_by_stage
from gating.report.page import GAPS_NAMED, PRINTED, page_html, script_json
from tests.builders import audit_of, audited
from tests.report.made_library import made_library
from tests.report.test_audit_files import HOSTILE, hostile, made

DAY = datetime.date(2025, 11, 22)
LEAD = {"strategy": "lead-gen", "stage": "decision", "gate": "gated", "format": "ebook"}


def page(audit: Audit) -> str:
    return "".join(page_html(audit, DAY))


def data_of(text: str) -> dict[str, Any]:
    return json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)[1])


@pytest.fixture(scope="module")
def thousand() -> str:
    """The page of a library of 1,000 pieces."""
    return page(made_library(1000))


def test_policy_allows_these_scripts_and_this_style_only() -> None:
    """The digests in the policy are those of what stands in the page; nothing is allowed by kind or by host."""
    text = page(made())
    tree = LexborHTMLParser(text)
    policy = tree.css_first("meta[http-equiv=Content-Security-Policy]").attributes["content"]
    blocks = [*re.findall(r"<script>(.*?)</script>", text, re.DOTALL), *re.findall(r"<style>(.*?)</style>", text, re.DOTALL)]
    assert len(blocks) == 3
    for block in blocks:
        assert f"'sha256-{base64.b64encode(hashlib.sha256(block.encode()).digest()).decode()}'" in policy
    assert policy.startswith("default-src 'none'")
    assert not re.search(r"unsafe|https?:|\*", policy)


def test_page_asks_for_nothing_from_outside(thousand: str) -> None:
    """No source, style sheet, font, image or frame; no handler or style in an attribute, which the policy would refuse."""
    tree = LexborHTMLParser(thousand)
    assert not tree.css("[src], iframe, object, embed, img, base, form[action]")
    assert [link.attributes["href"] for link in tree.css("link")] == ["data:,"]
    assert not [name for node in tree.css("*") for name in node.attributes if name == "style" or name.startswith("on")]


def test_thousand_pieces_stay_under_two_megabytes(thousand: str) -> None:
    """With quotes, links and scores of each; the contract of the page."""
    assert len(thousand.encode()) < 2_000_000


def test_text_of_strangers_opens_no_element() -> None:
    """Titles, paths, topics, owners and links with markup leave the page's elements as they were."""
    text = page(hostile())
    tree = LexborHTMLParser(text)
    assert len(tree.css("script")) == 3
    assert not set("\u202e\x1b\x07\udcff") & set(text)
    titles = [row[0] for row in data_of(text)["rows"]]
    assert HOSTILE[1] in titles
    assert "pay\\u202eknab" in titles
    assert HOSTILE[1] in {button.text() for button in tree.css("button.open")}


@pytest.mark.parametrize("text", ["</script>", "<!--<script>", "a\u2028b", "&lt;"])
def test_json_in_a_script_cannot_end_it(text: str) -> None:
    """And is read back as it was."""
    told = script_json({"title": text})
    assert not set("<>&\u2028") & set(told)
    assert json.loads(told) == {"title": text}


@pytest.mark.parametrize(("url", "kept"), [("https://orchard.example/a", True), ("HTTP://orchard.example", True), ("javascript:alert(1)", False), ("data:text/html,x", False)])
def test_only_web_addresses_become_links(url: str, kept: bool) -> None:
    """Any other address is left out of the data from which links are made."""
    data = data_of(page(audit_of(audited(url=url))))
    (detail,) = (dict(zip(data["detail_columns"], values, strict=True)) for values in data["details"])
    assert detail["url"] == (url if kept else "")


def test_page_says_the_essential_without_scripts() -> None:
    """Sentences, lists, gaps and reasons stand in the markup."""
    text = LexborHTMLParser(page(made())).body.text(separator=" ")
    assert "1 piece asks for details where the reader should get in freely." in text
    assert "22 November 2025" in text
    assert "awareness of Cold stores" in text
    assert "a PDF without text" in text


def test_long_lists_are_cut_and_say_so(thousand: str) -> None:
    """Ten rows of a list, the first rows of the table for paper, and how many there are in all."""
    tree = LexborHTMLParser(thousand)
    assert max(len(article.css("tbody tr")) for article in tree.css("article")) == 10
    assert len(tree.css(".on-paper tbody tr")) == PRINTED
    assert f"The first {PRINTED} of 1,000 pieces" in tree.css_first(".on-paper").text()


def test_many_gaps_are_counted() -> None:
    """The map shows them all; the line beneath names the first."""
    text = LexborHTMLParser(page(audit_of(audited(), topics=[f"Topic {number}" for number in range(10)]))).css_first(".gaps").text()
    assert f"and {30 - GAPS_NAMED} more" in text


def test_quotes_and_links_of_a_piece_are_kept_short() -> None:
    """The links to mend come first and a page of text in one of them is cut."""
    links = (*(OfferLink(f"Fits {number}", "/", "", "fits", "") for number in range(20)), OfferLink("gone " * 200, "/", "", "dead", "gone"))
    data = data_of(page(audit_of(audited(links=links))))
    (detail,) = (dict(zip(data["detail_columns"], values, strict=True)) for values in data["details"])
    assert detail["links"][0][2] == "dead"
    assert len(detail["links"]) == 12
    assert max(len(link[0]) for link in detail["links"]) == 200


def test_strategy_by_stage_counts_and_filters() -> None:
    """Each cell names the rows behind it by the places of their values."""
    table = strategy_by_stage(audit_of(audited("a"), audited("b"), audited("c", labels=LEAD)))
    cells = {(name, stage): cell for name, row in table.rows for stage, cell in zip(table.columns, row, strict=True)}
    assert (cells["demand-gen", "awareness"].count, cells["demand-gen", "awareness"].share, cells["demand-gen", "awareness"].where) == (2, "67%", "strategy=0 stage=0")
    assert (cells["lead-gen", "decision"].says, cells["lead-gen", "awareness"].tone) == ("lead-gen, decision: 1 piece", "empty")


def test_gate_chart_tells_open_close_and_agreement_apart() -> None:
    """By today's gate against the advised one; what is unknown has no colour."""
    table = gate_today_by_advice(audit_of(audited("a", today="gated"), audited("b", labels=LEAD), audited("c"), audited("d", today="unknown")))
    tones = {(today, gate): cell.tone for today, row in table.rows for gate, cell in zip(("ungated", "soft-gate", "gated"), row, strict=True)}
    assert (tones["gated", "ungated"], tones["ungated", "gated"], tones["ungated", "ungated"], tones["unknown", "ungated"]) == ("open", "close", "agree", "plain")


def test_gap_map_marks_empty_cells() -> None:
    """An empty cell says so in words, too."""
    ((name, cells),) = gap_map(audit_of(audited(topic=0), topics=["Pears"], gaps=[(1, 0, 0)])).rows
    assert [cell.tone for cell in cells] == ["shade-5", "empty", "empty"]
    assert (name, cells[1].says, cells[1].where) == ("Pears", "Pears, consideration: no piece", "topic=0 stage=1")


def test_mix_has_targets_where_there_are_some() -> None:
    """Strategy has one, stages have none; topics stand in the gap map."""
    mix = (MixRow("strategy", "demand-gen", 3, 0.75, 0.5), MixRow("stage", "awareness", 4, 1.0), MixRow("topic", "Pears", 4, 1.0))
    groups = mix_bars(audit_of(audited(), mix=mix))
    assert [(group.name, [(bar.length, bar.target) for bar in group.bars]) for group in groups] == [("strategy", [(75.0, 50.0)]), ("stage", [(100.0, None)])]


def test_page_of_a_large_library_holds_its_most_urgent_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """It says so; figures, lists and pictures are of all pieces, and each piece that a list names can be opened."""
    monkeypatch.setattr("gating.report.page.HELD", 30)
    audit = made_library(400)
    text = page(audit)
    tree, data = LexborHTMLParser(text), data_of(text)
    assert 30 <= len(data["rows"]) < 100
    assert data["total"] == 400
    assert f"This table holds the {len(data['rows'])} most urgent of 400 pieces." in tree.css_first("#pieces").text()
    assert [row[3] for row in data["rows"]] == sorted(row[3] for row in data["rows"])
    assert all(int(button.attributes["data-piece"]) < len(data["rows"]) for button in tree.css("[data-piece]"))
    assert "400" in tree.css_first("title").text()
    counted = sum(int(cell.text().replace(",", "")) for cell in tree.css("#strategy-stage button b") if cell.text().isdecimal())
    assert counted == 400
    shown = [button.text() for button in tree.css("#lists button.link")]
    assert shown and all(label.startswith("Show the most urgent ") for label in shown if "Show all" not in label)
