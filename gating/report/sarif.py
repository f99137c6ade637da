"""Remarks as SARIF 2.1.0, which code-scanning pages read."""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from gating import __version__
from gating.checks import RULES
from gating.records import CHECKS, Level, Remark
from gating.report.annotations import in_order, page_of, place_in_words, repository_path
from gating.report.safe import json_safe, visible

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LEVELS = {Level.SUGGESTION: "note", Level.WARNING: "warning", Level.ERROR: "error"}
FINGERPRINT = "gatingRemark/v1"


def sarif_log(remarks: Iterable[Remark]) -> Iterator[str]:
    """One log with one run. Its fingerprints stay when a line moves: they are made of rule, path and quote."""
    ordered = in_order(remarks)
    seen: Counter[tuple[str, ...]] = Counter()
    results = []
    for remark in ordered:
        key = (remark.rule, repository_path(remark.source), " ".join((remark.quote or remark.sentence).casefold().split()))
        results.append(_result(remark, (*key, str(seen[key]))))
        seen[key] += 1
    driver = {"name": "gating", "semanticVersion": __version__, "rules": [_rule(number) for number in range(len(RULES))]}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    yield json_safe(json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=1)) + "\n"


def _rule(number: int) -> dict[str, Any]:
    """A rule as the log describes it. Its page is named in words: a `helpUri` must be absolute, and a copy of this repository may stand anywhere."""
    rule = RULES[number]
    summary = f"{rule.summary[0].upper()}{rule.summary[1:]}."
    page = f"{page_of(rule.name)} in the repository of gating has examples, and says how to silence it."
    return {
        "id": rule.name,
        "shortDescription": {"text": summary},
        "help": {"text": f"{summary} {page}", "markdown": f"{summary}\n\n`{page_of(rule.name)}`{page.removeprefix(page_of(rule.name))}"},
        "defaultConfiguration": {"level": LEVELS[Level(rule.level)]},
    }


def _result(remark: Remark, identity: tuple[str, ...]) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": {"uri": uri_of(remark.source)}}
    if remark.column:
        place["region"] = {"startLine": remark.line, "startColumn": remark.column}
    return {
        "ruleId": remark.rule,
        "ruleIndex": CHECKS.index(remark.rule),
        "level": LEVELS[remark.level],
        "message": {"text": visible(f"{place_in_words(remark)}{remark.message}")},
        "locations": [{"physicalLocation": place}],
        "partialFingerprints": {FINGERPRINT: hashlib.blake2b("\0".join(identity).encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()},
    }


def uri_of(source: str) -> str:
    """The file as a reference to be resolved against the root of the repository; a file elsewhere as a file address."""
    path = repository_path(source)
    if "://" in path:
        return quote(path, safe="/:?#[]@!$&'()*+,;=%~")
    return Path(path).as_uri() if os.path.isabs(path) else quote(os.fsencode(path), safe="/")
