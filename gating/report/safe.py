"""One cleaner for text of strangers on its way out: terminal, CSV, Markdown."""

from __future__ import annotations

import re

# C0, DEL, C1 and the characters that turn or hide text: shown, never sent.
DANGEROUS = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f\ud800-\udfff]")
FORMULA_START = re.compile(r"^\s*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]")  # OWASP ASVS 5 1.2.10, and the full-width twins
MARKDOWN_SIGNS = re.compile(r"([\\`*_\[\]()<>|!#])")


def visible(text: str) -> str:
    """`text` on one line with dangerous characters as visible escapes."""
    return DANGEROUS.sub(lambda found: f"\\u{ord(found.group()):04x}", " ".join(text.split()) if text.isprintable() else _one_line(text))


def _one_line(text: str) -> str:
    return text.replace("\r", " ").replace("\n", " ").replace("\t", " ")


def csv_cell(value: object) -> object:
    """A text that a spreadsheet would run as a formula gets a leading quote; numbers stay numbers."""
    return f"'{value}" if isinstance(value, str) and FORMULA_START.match(value) else value


def markdown_cell(text: str) -> str:
    """`text` as text in a Markdown table: no markup, no link, no column break."""
    return MARKDOWN_SIGNS.sub(r"\\\1", visible(text))
