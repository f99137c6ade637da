"""The page as one text: markup, style, script and the example draft; nothing is loaded beside it."""

from __future__ import annotations

from html import escape
from pathlib import Path

from gating.advice.gate_score import PARTS
from gating.advice.sentences import RULE_WORDS
from gating.records import LABELS
from gating.report.page import content_policy, script_json
from gating.report.terminal import PART_NAMES, SUBTRACTED
from gating.settings import POLICIES, Settings

FOLDER = Path(__file__).parent


def _file(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


STYLE, SCRIPT = _file("page.css"), _file("page.js")
PAGE_POLICY = f"{content_policy(STYLE, [SCRIPT])}; connect-src 'self'; frame-ancestors 'none'"


def page_html(settings: Settings) -> str:
    """The whole page, for a server under these settings."""
    options = "".join(f'<option value="{escape(policy)}">{escape(policy)}</option>' for policy in POLICIES)
    facts = {
        "parts": [{"key": key, "name": PART_NAMES[key], "subtracted": key in SUBTRACTED, "words": words} for key, words in PARTS.items()],
        "rules": RULE_WORDS,
        "heads": {label: head for head, labels in LABELS.items() for label in labels},
        "example": _file("example.md"),
        "max_mb": settings.limits.max_file_mb,
        "soft_from": settings.thresholds.soft_gate_from,
        "gated_from": settings.thresholds.gated_from,
    }
    page = _file("page.html")
    for mark, text in (("POLICIES", options), ("FACTS", script_json(facts)), ("STYLE", STYLE), ("SCRIPT", SCRIPT)):
        page = page.replace(f"<!--{mark}-->", text)
    return page
