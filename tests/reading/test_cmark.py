"""Markdown is rendered as the library renders it, and costs no memory that stays."""

import sys
from pathlib import Path

import cmarkgfm
import pytest

from gating.reading.cmark import SOURCE_LINES, to_html

ONE_OF_EACH = """# Ropes that *last*

A rope is **chosen** for the load, see [the table](/ropes "By load") and https://ropes.example.

| load | rope |
|---|---|
| 2 t | 14 mm |

- [x] dry
- [ ] ~~wet~~ stored wet

> Splice, never knot.

```python
load = 2
```

<div class="note">Raw &amp; kept</div>

<script>dropped()</script>
"""


def resident() -> int:
    """Bytes."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * 4096


@pytest.mark.parametrize("text", [ONE_OF_EACH, "", "\n", "no end", "a\0b", "é 漢 🚢", "[" * 300], ids=["each", "empty", "line", "plain", "nul", "signs", "deep"])
def test_html_is_the_librarys(text):
    """The two ways in which it is called."""
    lines = cmarkgfm.cmark.markdown_to_html_with_extensions(text, SOURCE_LINES, ["table", "strikethrough"])
    assert to_html(text) == cmarkgfm.github_flavored_markdown_to_html(text)
    assert to_html(text, SOURCE_LINES, ["table", "strikethrough"]) == lines


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells how large a process is, and not everywhere can the memory be given back")
def test_a_thousand_texts_leave_nothing_behind():
    """The library alone keeps the tree of each: some hundred megabytes here."""
    text = ONE_OF_EACH * 20
    for _ in range(50):
        to_html(text)
    before = resident()
    for _ in range(1000):
        to_html(text)
    assert resident() - before < 10_000_000
