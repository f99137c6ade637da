"""Markdown and MDX, with YAML, TOML or JSON front matter; and plain text, which is Markdown without the marks."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser

from gating.reading.aliases import find_columns
from gating.reading.assembly import Parts
from gating.reading.blocks import SOURCE_POSITION, Page, page_blocks
from gating.reading.bounds import bounded
from gating.reading.cmark import SOURCE_LINES, to_html
from gating.reading.frontmatter import FrontMatter, split_front_matter
from gating.reading.gates import observe
from gating.reading.ignores import comments_in, with_html_comments, without_examples
from gating.records import ObservedGate

EXTENSIONS = ["table", "strikethrough"]

MAX_SOURCE = 2_000_000  # characters; cmark takes 100 bytes of memory for each sign of markup, and five times the text that is scored fits
MAX_LINE = 100_000  # characters; cmark is linear, yet one 20 MB line is no prose
MDX_LINE = re.compile(r"^(?:import|export)\s.*$", re.MULTILINE)
COMPONENT = re.compile(r"</?([A-Z]\w*)\b([^<>]*?)/?>")
PROP = re.compile(r"""\b(\w+)\s*=\s*(?:"([^"]*)"|'([^']*)'|\{\s*["'`]([^"'`]*)["'`]\s*\})""")
TEXT_PROPS = frozenset(("title", "heading", "headline", "text", "description", "subtitle", "quote", "caption"))
BUTTON_PROPS = frozenset(("label", "cta", "button", "buttontext", "button_text", "ctatext", "buttonlabel"))
# Each alternative refuses to run over another opening of its kind, which keeps it linear on a page full of openings.
SHORTCODE = re.compile(r"\{\{[<%](?:(?!\{\{).)*?[>%]\}\}|\{%(?:(?!\{%).)*?%\}|\{\{(?:(?!\{\{).)*?\}\}|\{/\*(?:(?!\{/\*).)*?\*/\}", re.DOTALL)
# Fifty quotes or lists within each other are no writing; the parsers behind get slow with the square of the depth.
NESTING = re.compile(r"^(?:[ \t]{0,3}+(?:>|[-*+]|\d{1,9}+[.)])[ \t]?+){50,}+", re.MULTILINE)  # possessive: a space fits in two places
# What a browser reads as raw text to its end: where a draft never closes it, all that follows would be lost.
SWALLOWING = re.compile(r"<(!--|(?:script|style|iframe|textarea|title|xmp|noembed|noframes|plaintext)\b)", re.IGNORECASE)
ATTRIBUTE_BUTTON = re.compile(r"\[([^\[\]\n]{1,200})\]\(([^()\s]{0,500})\)\{:?[^{}\n]{0,80}\.(?:btn|button|cta)[^{}\n]{0,80}\}")
ATTRIBUTE_LIST = re.compile(r"\{:[^{}\n]{0,500}\}")
# Front matter keys under which themes keep visible text when the body is empty (seen in Hugo landing pages).
BODY_KEYS = ("main.description", "main.learn", "intro", "lead", "content", "text", "body")


def markdown_parts(text: str, source: str, mdx: bool = False) -> Parts:
    """The parts of one Markdown or MDX file."""
    return parts_with_front_matter(split_front_matter(text), text, source, mdx)


def parts_with_front_matter(front: FrontMatter, text: str, source: str, mdx: bool = False) -> Parts:
    """The parts of a file whose front matter is known already; `text` is the whole file."""
    values = dict(front.values)
    columns = find_columns(values)
    html, said = _rendered(front.body, mdx)
    tree = LexborHTMLParser(html)
    page = page_blocks(html, tree, front.n_lines)
    page.limits += said
    if not page.blocks:
        page = markdown_page("\n\n".join(values[key] for key in BODY_KEYS if key in values))
    title, url = values.get(columns.get("title", ""), ""), values.get(columns.get("url", ""), "")
    observed, forms = observe(page, title, url, source, front.values, tree, text)
    return Parts(
        source, page,
        title=title,
        url=url,
        description=values.get(columns.get("description", ""), ""),
        metadata=front.values + comments_in(html, tree), observed=observed, forms=forms,
        limits=(front.problem,) if front.problem else (),
    )  # fmt: skip


def markdown_page(text: str, first_line: int = 0, mdx: bool = False) -> Page:
    """Blocks and links of a Markdown text whose first line is line `first_line` + 1 of its file."""
    html, said = _rendered(text, mdx)
    page = page_blocks(html, LexborHTMLParser(html), first_line)
    page.limits += said
    return page


def _rendered(text: str, mdx: bool) -> tuple[str, list[str]]:
    """The HTML of a Markdown text, template marks left out, within the bounds of the parsers; and a sentence for each limit that was hit."""
    said = [f"only the first {MAX_SOURCE:,} characters of the source were read"] if len(text) > MAX_SOURCE else []
    text = text[:MAX_SOURCE]
    if "{" in text or (mdx and "<" in text):
        text = _without_templates(text, mdx)
    elif mdx:
        text = MDX_LINE.sub("", text)
    text = _without_swallowing(text) if "<" in text else text
    text, n_nested = NESTING.subn("> ", text)
    if n_nested:
        said.append("quotes or lists nested fifty deep were flattened")
    if len(text) > MAX_LINE:
        text = "\n".join(line if len(line) <= MAX_LINE else _broken(line) for line in text.split("\n"))
    text = text.replace(f" {SOURCE_POSITION}=", " data-place=")  # lines are for cmark to tell, not for the HTML in a text
    html, cut = bounded(to_html(text, SOURCE_LINES, EXTENSIONS))
    return html, [*said, *cut]


def _without_swallowing(text: str) -> str:
    """The text with the "<" of comments and raw-text elements that are never closed as a plain sign."""
    ends: dict[str, int] = {}

    def shown(found: re.Match[str]) -> str:
        name = found.group(1).lower()
        if name not in ends:
            ends[name] = text.rfind("-->") if name == "!--" else lowered.rfind(f"</{name}")
        return found.group() if ends[name] > found.start() else f"&lt;{found.group(1)}"

    lowered = text.lower()
    return SWALLOWING.sub(shown, text)


def plain_parts(text: str, source: str) -> Parts:
    """The parts of a plain text file: its lines carry no indentation that means anything."""
    page = markdown_page("\n".join(line.strip() for line in text.split("\n")))
    return Parts(source, page, observed=ObservedGate())


def _without_templates(text: str, mdx: bool) -> str:
    """The text without shortcodes, Liquid tags, attribute lists and (MDX) components; text in a component's props is kept.

    Line ends inside what is removed stay, so that line numbers still hold.
    """
    text = ATTRIBUTE_BUTTON.sub(r'<a class="btn" href="\2">\1</a>', text)
    text = SHORTCODE.sub(_line_ends, without_examples(with_html_comments(text) if "{/*" in text else text))
    text = ATTRIBUTE_LIST.sub("", text)
    if mdx:
        text = COMPONENT.sub(_component_text, MDX_LINE.sub("", text))
    return text


def _line_ends(found: re.Match[str]) -> str:
    return "\n" * found.group().count("\n")


def _component_text(found: re.Match[str]) -> str:
    words = []
    for name, *values in PROP.findall(found.group(2)):
        value = next((value for value in values if value), "").replace("\n", " ")
        if name.lower() in TEXT_PROPS:
            words.append(value)
        elif name.lower() in BUTTON_PROPS:
            words.append(f"[{value}]")
    return " ".join(words) + _line_ends(found)


def _broken(line: str) -> str:
    return "\n".join(line[at : at + MAX_LINE] for at in range(0, len(line), MAX_LINE))
