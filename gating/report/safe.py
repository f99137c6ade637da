"""One cleaner for text of strangers on its way out: terminal, CSV, Markdown, JSON, workbook."""

from __future__ import annotations

import re

# C0, DEL, C1, the characters that turn, hide or break text, and those that no XML may hold (a workbook is XML): shown, never sent.
SIGNS = "\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f\ud800-\udfff"
DANGEROUS = re.compile(f"[{SIGNS}\n]")
BUT_LINE_ENDS = re.compile(f"[{SIGNS}]")
ESCAPES = re.compile(f"\x1b\\[[0-9;]*m|[{SIGNS}]")  # the first are the colours that rich writes
FORMULA_START = re.compile(r"^\s*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]")  # OWASP ASVS 5 1.2.10, and the full-width twins
# The last three: addresses, of which wikis make links by themselves (also of a file name: .md and .zip are domains), and an :emoji:.
MARKDOWN_SIGNS = re.compile(r"([\\`*_\[\]()<>|!#~&@$^]|:(?=[/\w+-])|(?<=/)/|(?<=\w)\.(?=[^\W\d_]))")


def visible(text: str) -> str:
    """`text` on one line with dangerous characters as visible escapes."""
    return DANGEROUS.sub(_escape, " ".join(text.split()) if text.isprintable() else _one_line(text))


def on_terminal(text: str) -> str:
    """What rich has set, its colours and line ends kept, with any other control character as a visible escape."""
    return ESCAPES.sub(lambda found: found.group() if len(found.group()) > 1 else _escape(found), text)


def json_safe(text: str) -> str:
    """JSON with dangerous characters as JSON's own escapes: it says the same, and may be looked at on a terminal."""
    return BUT_LINE_ENDS.sub(_json_escape, text)


def _escape(found: re.Match[str]) -> str:
    code = ord(found.group())
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _json_escape(found: re.Match[str]) -> str:
    units = found.group().encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[start : start + 4]}" for start in range(0, len(units), 4))


def visible_lines(text: str) -> str:
    """`text` in its lines, tabs and line ends as they are, with every other dangerous character as a visible escape."""
    return "\n".join(DANGEROUS.sub(lambda found: "\t" if found.group() == "\t" else f"\\u{ord(found.group()):04x}", line.removesuffix("\r")) for line in text.split("\n"))


def _one_line(text: str) -> str:
    return text.replace("\r", " ").replace("\n", " ").replace("\t", " ")


def csv_cell(value: object) -> object:
    """A text that a spreadsheet would run as a formula gets a leading quote, control characters are shown; numbers stay numbers."""
    if not isinstance(value, str):
        return value
    shown = BUT_LINE_ENDS.sub(_escape, value.replace("\r", " ").replace("\t", " "))
    return f"'{shown}" if FORMULA_START.match(shown) else shown


def markdown_cell(text: str) -> str:
    """`text` as text in a Markdown table: no markup, no link, no column break."""
    return MARKDOWN_SIGNS.sub(r"\\\1", visible(text))
