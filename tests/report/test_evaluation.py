"""The answer of `gating evaluate` as a table, as JSON and as a page."""

import base64
import datetime
import hashlib
import json
import re

import numpy as np
import pytest
from selectolax.lexbor import LexborHTMLParser

from gating.records import LABELS
from gating.report.evaluation_json import measured_json
from gating.report.evaluation_page import evaluation_html, picture_of
from gating.report.evaluation_terminal import measured_page, mistaken_for, points, share
from gating.report.terminal import show
from gating.training.evaluation import Figure, evaluate_rows
from gating.training.measuring import Measured
from gating.training.suspicious import Suspect
from tests.training.made import sure_of, table_with

DAY = datetime.date(2025, 11, 22)
TRUTH = ["awareness"] * 6 + ["consideration"] * 4 + ["decision"] * 4
SAID = ["awareness"] * 5 + ["decision"] + ["awareness"] * 2 + ["consideration"] * 2 + ["decision"] * 4
HOSTILE = '</style><script>alert(1)</script>"><img src=x onerror=alert(2)>\u202e[red]'


def measured(**fields: object) -> Measured:
    """Fourteen rows on which the model is right eleven times; training would bring one more."""
    table, groups = table_with([{"stage": label} for label in TRUTH]), np.arange(len(TRUTH))
    own, better = sure_of({"stage": SAID}), sure_of({"stage": [*TRUTH[:6], *SAID[6:]]})
    suspect = Suspect("labels.csv#6", "On crates", "stage", "awareness", "decision", 0.05, 0.9, "Book a demo", 3)
    given = {
        "model": "acme/2", "problems": (("labels.csv#9", "stage 'someday' is not one of awareness"),), "notes": ("No example has a gate.",), "warning": "",
        "evaluation": evaluate_rows(table, own, None, groups), "beside": "", "trained": evaluate_rows(table, better, own, groups), "trained_from": "base/1",
        "not_trained": "", "suspects": (suspect,), "judged_by": "base/1, trained on the other rows",
    }  # fmt: skip
    return Measured(**{**given, **fields})  # type: ignore[arg-type]


def hostile() -> Measured:
    suspect = Suspect(f"{HOSTILE}.csv#1", HOSTILE, "stage", "awareness", "decision", 0.05, 0.9, HOSTILE, 3)
    return measured(model=HOSTILE, problems=((HOSTILE, HOSTILE),), notes=(HOSTILE,), warning=HOSTILE, trained_from=HOSTILE, suspects=(suspect,), judged_by=HOSTILE)


def page(answer: Measured) -> str:
    return "".join(evaluation_html(answer, DAY))


def test_json_says_all_that_was_measured() -> None:
    """Figures with intervals, labels, confusion, reliability, what training would bring, suspects, what was not used."""
    said = json.loads(measured_json(measured()))
    stage = said["heads"]["stage"]
    assert stage["accuracy"]["value"] == pytest.approx(11 / 14, abs=1e-6)
    assert stage["accuracy"]["low"] < 11 / 14 < stage["accuracy"]["high"]
    assert stage["labels"] == list(LABELS["stage"])
    assert stage["confusion"] == [[5, 0, 1], [2, 2, 0], [0, 0, 4]]
    assert [one["count"] for one in stage["reliability"]] == [14]
    assert said["training"]["heads"]["stage"]["difference"]["accuracy"]["value"] == pytest.approx(1 / 14, abs=1e-6)
    assert said["suspicious"][0]["predicted"] == "decision"
    assert said["not_used"] == [{"source": "labels.csv#9", "reason": "stage 'someday' is not one of awareness"}]


def test_json_has_null_for_what_cannot_be_said() -> None:
    """A label said in vain has no recall; without training there is none."""
    table = table_with([{"stage": "decision"}] * 2)
    evaluation = evaluate_rows(table, sure_of({"stage": ["decision", "awareness"]}), None, np.arange(2))
    said = json.loads(measured_json(measured(evaluation=evaluation, trained=None, not_trained="too few")))
    assert said["heads"]["stage"]["classes"][0]["recall"] is None
    assert said["training"] is None
    assert said["not_trained"] == "too few"


def test_terminal_page_shows_each_part() -> None:
    """With the figures that the rows make."""
    text = show(measured_page(measured()))
    for words in ("acme/2 on 14 labelled pieces in 14 groups", "79 % (", "awareness 2", "What training on these rows would bring", "+7 (", "On crates", '"Book a demo" line 3'):
        assert words in text


def test_warning_and_other_model_are_shown_where_they_are() -> None:
    """A model that has learned from the rows says so; the shipped one stands beside it."""
    table, groups = table_with([{"stage": label} for label in TRUTH]), np.arange(len(TRUTH))
    both = evaluate_rows(table, sure_of({"stage": TRUTH}), sure_of({"stage": SAID}), groups)
    answer = measured(warning="acme/2 has learned from 9 of these 14 pieces.", evaluation=both, beside="base/1")
    for text in (show(measured_page(answer)), LexborHTMLParser(page(answer)).body.text()):
        assert "has learned from 9 of these 14" in " ".join(text.split())
        assert "+21" in text


def test_too_few_rows_say_why_nothing_was_trained() -> None:
    """In the table and on the page."""
    answer = measured(trained=None, not_trained="12 labelled pieces are too few.", suspects=())
    for text in (show(measured_page(answer)), page(answer)):
        assert "12 labelled pieces are too few." in text
        assert "look at again" not in text


def test_text_of_strangers_is_shown_not_obeyed() -> None:
    """Markup, direction marks and rich's own markup in titles, quotes, paths and reasons."""
    text = page(hostile())
    tree = LexborHTMLParser(text)
    assert not tree.css("script, img")
    assert "\u202e" not in text
    assert HOSTILE.replace("\u202e", "\\u202e") in tree.css_first("h1").text()
    told = show(measured_page(hostile()))
    assert "\u202e" not in told
    assert "[red]" in told


def test_page_allows_its_own_style_and_nothing_else() -> None:
    """No script at all, no address, no attribute that the policy would refuse."""
    text = page(measured())
    tree = LexborHTMLParser(text)
    policy = tree.css_first("meta[http-equiv=Content-Security-Policy]").attributes["content"]
    (style,) = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    assert f"'sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()}'" in policy
    assert "script-src 'none'" in policy
    assert not re.search(r"unsafe|https?:|\*", policy)
    assert not tree.css("script, [src], iframe, object, embed, img, base, form")
    assert [link.attributes["href"] for link in tree.css("link")] == ["data:,"]
    assert not [name for node in tree.css("*") for name in node.attributes if name == "style" or name.startswith("on")]


def test_plots_show_the_figures() -> None:
    """A bar as long as its F1, a dot where stated and true shares meet, the diagonal of the confusion darkest."""
    (head,) = measured().evaluation.heads
    picture = picture_of(head)
    assert [bar.length for bar in picture.bars] == [round(100 * score.f1, 1) for score in head.classes]
    (dot,) = picture.dots
    assert (dot.x, dot.y) == (90.0, round(100 - 100 * 11 / 14, 1))
    assert [cells[number].tone for number, (_, cells) in enumerate(picture.confusion)] == ["shade-5", "shade-3", "shade-5"]
    assert picture.confusion[0][1][1].tone == "plain"
    assert picture.reliability == "stated 90 %, right 79 % of 14"


def test_labels_mistaken_most_come_first() -> None:
    """Two of four considerations are taken for awareness."""
    (head,) = measured().evaluation.heads
    assert [mistaken_for(head, label) for label in LABELS["stage"]] == ["decision 1", "awareness 2", ""]


@pytest.mark.parametrize(("figure", "said"), [(Figure(0.831, 0.71, 0.92), "83 % (71 to 92)"), (Figure(1.0), "100 %"), (Figure(float("nan")), "-")])
def test_share_with_its_interval(figure: Figure, said: str) -> None:
    """Where there is one."""
    assert share(figure) == said


def test_difference_shows_its_sign() -> None:
    """In points of a hundred."""
    assert points(Figure(0.04, -0.01, 0.09)) == "+4 (-1 to +9)"


def test_page_of_one_head_has_no_other() -> None:
    """Heads without a label are not drawn as empty."""
    titles = [node.text() for node in LexborHTMLParser(page(measured())).css("h3.of-head")]
    assert titles == ["Stage"]
