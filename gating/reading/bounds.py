"""Markup cut down to what the parser and the walk behind it take in linear time; an ordinary page comes back as it is.

lexbor looks through all open elements at each new block and through all attributes of a tag at each new one, so that 100 kB of
nothing but `<div>` or of attributes take it minutes. One scan over the tags finds such a page before it is parsed.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter

MAX_CHARACTERS = 10_000_000  # of markup; pages saved with all their pictures inside are the longest real ones
MAX_DEPTH = 512  # elements within each other: where Chrome flattens a page too; real pages stay under 100
MAX_TAGS = 150_000  # opening ones; the longest of 81 real pages has 3,900
MAX_OPTIONS = 5000  # choices in all lists of a page; lexbor goes through a list anew at each, and none of them is text
MAX_ATTRIBUTES = 500  # of one tag
MAX_FORMATTING = 4  # fonts within each other: those left open are opened anew in each paragraph, which squares the page
FEW_TAGS = 1000  # with so few no page can be slow
# Quotes count only after "="; each group gives nothing back, and a value without its end is one to the end of the tag.
TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*+)((?:[^>=]++|=\s*+(?:\"[^\"]*+\"|'[^']*+')?+)*+)>")
ATTRIBUTE = re.compile(r"[^\s=]++(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s\"'][^\s]*+)?+)?+")
RAW = frozenset(("script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes"))  # no tag but their own end counts in them
FORMATTING = frozenset(("b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"))
# Elements that hold nothing, and those that the next of their kind closes.
NEVER_DEEP = frozenset(
    (
        "area base br col embed hr img input link meta param source track wbr basefont bgsound frame keygen "
        "a p li dt dd td th tr tbody thead tfoot caption colgroup option optgroup rt rp rb rtc head"
    ).split()
)
# In a drawing or formula "<path/>" is closed; these are no part of one and stay open for all their "/".
FOREIGN = ("svg", "math")
BLOCKS = frozenset(
    "address article aside blockquote button center details dir div dl fieldset footer form h1 h2 h3 h4 h5 h6 header main menu nav ol pre section span table ul".split()
)


def bounded(html: str) -> tuple[str, tuple[str, ...]]:
    """`html` within the limits above, and a sentence for each that was hit. Text and line ends stay; only tags are left out."""
    said = []
    if len(html) > MAX_CHARACTERS:
        html = html[:MAX_CHARACTERS]
        said.append(f"only the first {MAX_CHARACTERS:,} characters of the markup were read")
    if html.count("<", 0, len(html)) <= FEW_TAGS and len(html) < MAX_ATTRIBUTES * 100:
        return html, tuple(said)
    scan = _Scan()
    cut = scan.run(html)
    return cut, (*said, *scan.said)


class _Scan:
    """One pass over the tags of a page, with the names of the open elements in `stack`."""

    def __init__(self) -> None:
        self.said: dict[str, None] = {}
        self._stack: list[str] = []
        self._open: Counter[str] = Counter()
        self._formatting = 0

    def run(self, html: str) -> str:
        """The page without what goes beyond the limits."""
        kept: list[str] = []
        done, at, n_tags = 0, html.find("<"), 0
        while at >= 0:
            if html.startswith("<!--", at):
                end = html.find("-->", at + 2)
                if end < 0:  # the rest is a comment
                    break
                at = html.find("<", end)
                continue
            found = TAG.match(html, at)
            if not found:
                if "a" <= html[at + 1 : at + 2].lower() <= "z":  # a tag without an end: the parser leaves the rest out
                    break
                at = html.find("<", at + 1)
                continue
            shown = self._shown(found)
            n_tags += not found[1] and shown != ""
            if n_tags > MAX_TAGS:
                self.said[f"only the first {MAX_TAGS:,} elements of the markup were read"] = None
                return "".join(kept) + html[done:at]
            if shown is not None:
                kept += (html[done:at], shown, "\n" * (found.group().count("\n") - shown.count("\n")))
                done = found.end()
            at = html.find("<", found.end())
            name = found[2].lower()
            if name in RAW and not found[1] and at >= 0:
                at = _end_of(html, name, found.end())
        return "".join(kept) + html[done:] if done else html

    def _shown(self, found: re.Match[str]) -> str | None:
        """What stands in place of a tag; None where it stays."""
        name = found[2].lower()
        if found[1]:
            return self._closed(name)
        attributes = found[3]
        if name in FORMATTING:
            if self._formatting >= MAX_FORMATTING:
                return ""
            self._formatting += 1
            self._open[name] += 1
        elif name == "option":
            self._open[name] += 1
            return "" if self._open[name] > MAX_OPTIONS else None
        elif name in ("html", "body"):
            self._open[name] += 1
            if self._open[name] > 1:
                return ""  # whose attributes would go to the first, one look through them all for each
        elif name not in NEVER_DEEP and not (attributes.endswith("/") and name not in BLOCKS and any(self._open[outer] for outer in FOREIGN)):
            self._stack.append(name)
            self._open[name] += 1
            if len(self._stack) > MAX_DEPTH:
                self.said[f"elements nested deeper than {MAX_DEPTH} were flattened"] = None
                return ""
        return self._shortened(found) if len(attributes) > MAX_ATTRIBUTES * 2 else None

    def _closed(self, name: str) -> str | None:
        if name in FORMATTING:
            if self._open[name]:
                self._open[name] -= 1
                self._formatting -= 1
        elif name not in NEVER_DEEP and name not in ("html", "body") and self._open[name]:
            is_deep = len(self._stack) > MAX_DEPTH
            while self._stack:  # what stands open within it ends with it
                last = self._stack.pop()
                self._open[last] -= 1
                if last == name:
                    break
            return "" if is_deep else None
        return None

    def _shortened(self, found: re.Match[str]) -> str | None:
        attributes = list(itertools.islice(ATTRIBUTE.finditer(found[3]), MAX_ATTRIBUTES + 1))
        if len(attributes) <= MAX_ATTRIBUTES:
            return None
        self.said[f"attributes of a tag beyond the first {MAX_ATTRIBUTES} were left out"] = None
        return f"<{found[2]}{found[3][: attributes[-1].start()]}>"


def _end_of(html: str, name: str, start: int) -> int:
    """Where the end tag of a raw element stands; -1 when it never ends."""
    found = re.compile(f"</{name}", re.IGNORECASE).search(html, start)
    return found.start() if found else -1
