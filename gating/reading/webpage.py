"""HTML files and HTML fragments."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser

from gating.reading.assembly import Parts
from gating.reading.blocks import SOURCE_POSITION, Page, page_blocks
from gating.reading.bounds import bounded
from gating.reading.frontmatter import split_front_matter
from gating.reading.gates import Values, observe
from gating.reading.ignores import comments_in, without_examples
from gating.reading.markdown import SHORTCODE
from gating.reading.text import squeeze

DECLARED = re.compile(rb"""<meta[^>]{0,200}charset\s*=\s*["']?([\w-]{2,40})""", re.IGNORECASE)
NOT_DECLARED = re.compile(r"(?:utf|ucs|unicode|csunicode|iso-10646)[-_]?(?:16|32|7|2|4|1-1-utf-7|ucs)|u(?:16|32|7)$|unicode", re.IGNORECASE)
CLOSING = re.compile(r"</(?:p|div|li|h[1-6]|section|article|body|table|ul)>", re.IGNORECASE)
MARKDOWN_HEADING = re.compile(r"^#{1,6} \S", re.MULTILINE)
MUCH_MARKUP, FEW_WORDS = 100_000, 50  # characters; a landing page with all its styles in it still has some hundred words
LOCAL = re.compile(r"^https?://(?:localhost|127\.|0\.0\.0\.0)", re.IGNORECASE)


def declared_encoding(data: bytes) -> str:
    """The encoding that a page names for itself. UTF-16 and UTF-32 cannot be named in ASCII bytes, and browsers know no UTF-7: such a claim
    is not believed.
    """
    found = DECLARED.search(data[:4096])
    name = found.group(1).decode("ascii", "replace").lower() if found else ""
    return "" if NOT_DECLARED.match(name) else name


def is_html(text: str) -> bool:
    """True when a cell or a nameless input holds HTML rather than Markdown with a tag in it."""
    head = text[:20_000]
    if "</" not in head or MARKDOWN_HEADING.search(head):
        return False
    return head.lstrip().startswith("<") or len(CLOSING.findall(head)) > 1


def webpage_parts(text: str, source: str, unseen: str = "", title: str = "", address: str = "", metadata: Values = ()) -> Parts:
    """The parts of a page or fragment. Templates (Jinja, Liquid) lose their tags; a title falls back to og:title, <title>, h1.

    `unseen` is a CSS selector of what is no text of the page. A title, address and columns that are known from elsewhere go first.
    """
    front = split_front_matter(text) if text.startswith("---") else None
    body = front.body if front else text
    if "{%" in body or "{{" in body:
        body = SHORTCODE.sub(lambda found: "\n" * found.group().count("\n"), without_examples(body))
    # GitLab leaves the places of its Markdown in the page, which are no lines of the page.
    body, limits = bounded(body.replace(f" {SOURCE_POSITION}=", " data-place="))
    tree = LexborHTMLParser(body)
    for node in tree.css(unseen) if unseen else ():
        node.decompose()
    page = page_blocks(body, tree, front.n_lines if front else 0)
    page.limits += (*limits, *_almost_nothing(page, len(body)))
    values = dict(front.values) if front else {}
    url = _attribute(tree, 'link[rel="canonical"]', "href") or _attribute(tree, 'meta[property="og:url"]', "content")
    title = title or values.get("title") or _title(tree)
    metadata = (*metadata, *(front.values if front else ()))
    observed, forms = observe(page, title, address or values.get("permalink") or url, source, metadata, tree, text, whole=True)
    return Parts(
        source, page,
        title=title,
        url="" if LOCAL.match(url) else url,
        description=values.get("description") or _attribute(tree, 'meta[name="description"]', "content") or _attribute(tree, 'meta[property="og:description"]', "content"),
        metadata=metadata + comments_in(body, tree),
        observed=observed, forms=forms,
    )  # fmt: skip


def _almost_nothing(page: Page, size: int) -> list[str]:
    """What is to be said of much markup with hardly a word in it: its text is made by a script, or was lost."""
    n_words = sum(len(block.text.split()) for block in page.blocks)
    return [f"almost no text: {n_words} words in {size // 1000:,} kB of markup"] if size >= MUCH_MARKUP and n_words < FEW_WORDS else []


def _title(tree: LexborHTMLParser) -> str:
    node = tree.css_first("head title") or tree.css_first("title")
    return squeeze(node.text()) if node and node.text().strip() else _attribute(tree, 'meta[property="og:title"]', "content")


def _attribute(tree: LexborHTMLParser, selector: str, name: str) -> str:
    node = tree.css_first(selector)
    return squeeze(node.attributes.get(name) or "") if node else ""
