"""What a person sees while labelling: the piece, the questions, the rubric's words, and the model's guess where they ask for it."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Group, RenderableType
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from gating.advice.quotes import evidence_shown
from gating.classifier.evidence import QUOTED_HEADS
from gating.records import FORMATS, BlockKind, Evidence, Finding, Piece
from gating.report.safe import visible
from gating.report.tables import percent
from gating.report.terminal import place_of

OPENING_WORDS = 80  # shown at once
MORE_WORDS = 250  # shown each time a person asks for more
ASKED = {
    "strategy": "What was the piece built for?",
    "stage": "What is its reader asking?",
    "gate": "How should its main value be given out? (Not: how is it today.)",
    "format": "What kind of piece is it?",
}
MEANING = {
    "demand-gen": "to spread an idea",
    "lead-gen": "to get a named contact",
    "awareness": "What is this, and why does it matter?",
    "consideration": "Which way of solving it fits?",
    "decision": "Is it this vendor, at what price, and how do we start?",
    "ungated": "open to everybody",
    "soft-gate": "read freely, form optional",
    "gated": "behind a form",
}
# The rubric in short (training_data/RUBRIC.md has it whole); the first line that fits wins, except for stage.
RUBRIC = {
    "strategy": (
        "lead-gen: the piece exists to win a form, registration or booking, and what it promises is not on the page.",
        "lead-gen: it is itself what is traded for contact details: ebook, white paper, workbook, template, course, recorded webinar.",
        "lead-gen: it sells the own product, and its first action is to buy, start or talk: pricing, plans, product pages.",
        "demand-gen: everything else. The value is on the page, and an ask is secondary: articles, how-tos, case studies, comparisons, docs, news.",
        "Strike out every form, button and ask. If what is left does what the title promised, it is demand-gen. One banner or closing offer changes nothing.",
        "Torn? Would the author like 10,000 nameless readers better (demand-gen), or 50 named ones (lead-gen)?",
    ),
    "stage": (
        "decision: most paragraphs are about the own product or company. Prices, demos, trials, customer stories, docs, us against a rival.",
        "consideration: it is about a kind of solution, or the choice between ways. Criteria, buyer's guides, fields of vendors.",
        "awareness: it is about the problem or topic. Explainers, tool-neutral how-tos, trends, opinion, company news.",
        "A landing page or an event has the stage of what it offers; demo, trial, quote and contact are always decision.",
        "Leave the closing ask out of account. Between two stages, take the earlier one.",
    ),
    "gate": (
        "ungated: articles, explainers, pricing, product pages, docs, case studies, comparisons, news, podcasts. Readers must reach them.",
        "gated: the form is the service. Live webinar, demo, trial, quote, contact, email course, licensed analyst report.",
        "soft-gate: calculators and quizzes (show the result), recordings of webinars, newsletter sign-up, the file that goes with an article.",
        "Other packaged assets and their landing pages are scored: unusual (0-2) + saves work (0-2) + closeness to buying (0-2)",
        "- must be found or quoted (0-2) - readers who resent forms, such as engineers (0-1). 4 or more: gated; 2 or 3: soft-gate; less: ungated.",
        "What anybody could write is never gated. When one part decides and you hesitate, take the more open label.",
    ),
    "format": (f"One of {', '.join(FORMATS)}: as the piece shows itself, not as its file is called.", "conversion is a page that only wants a sign-up, a demo or a contact."),
}  # fmt: skip


def piece_page(finding: Finding, number: int, total: int) -> RenderableType:
    """The piece as it is put before a person: where it is from, how it opens, its telling words. No label is named."""
    piece = finding.piece
    where = Text(visible(piece.source) + (f"  {visible(piece.url)}" if piece.url else ""), style="dim")
    quotes = Table(box=None, show_header=False, pad_edge=False)
    for item in _telling(finding):
        quotes.add_row(Text(place_of(piece.source, item.line), style="dim"), _quoted(item.quote))
    telling: list[RenderableType] = [Text("\nTelling words", style="dim"), quotes] if quotes.rows else []
    title = Text(visible(piece.title or piece.source), style="bold")
    return Group(Text(""), Rule(f"Piece {number} of {total}", style="dim"), title, where, Text(""), running_text(piece, 0, OPENING_WORDS), *telling)


def _quoted(quote: str) -> Text:
    words = visible(evidence_shown(quote))
    return Text(f'"{words}"' if words else "")


def _telling(finding: Finding) -> list[Evidence]:
    """Each quote once, in reading order: in the order of the labels they would give the guess away."""
    once = {item.quote: item for item in finding.advice.evidence}
    return sorted(once.values(), key=lambda item: item.line)


def running_text(piece: Piece, start: int, n_words: int) -> Text:
    """Words `start` to `start + n_words` of the text, a block a line; empty where there are no more."""
    lines, seen, end = [], 0, start + n_words
    for block in piece.blocks:
        words = block.text.split()
        if part := words[max(0, start - seen) : max(0, end - seen)]:
            lines.append((block.kind, visible(" ".join(part))))
        seen += len(words)
        if seen > end:
            break
    text = Text("\n").join(_line(kind, words) for kind, words in lines)
    return text.append(" …", style="dim") if seen > end else text


def _line(kind: BlockKind, words: str) -> Text:
    if kind is BlockKind.HEADING:
        return Text(words, style="bold")
    shown = {BlockKind.ITEM: f"- {words}", BlockKind.BUTTON: f"[{words}]", BlockKind.FIELD: f"{words}: ____", BlockKind.QUOTE: f"> {words}"}
    return Text(shown.get(kind, words))


def question(head: str, keys: Mapping[str, str], others: Mapping[str, str]) -> RenderableType:
    """One question with its keys, {label: keys as shown}; `others` are the keys that every question has."""
    table = Table(box=None, show_header=False, pad_edge=False)
    for label, key in keys.items():
        table.add_row(Text(f"  {key}", style="bold cyan"), Text(label, style="bold"), Text(MEANING.get(label, ""), style="dim"))
    rest = Text("  ").join(Text.assemble((key, "cyan"), (f" {words}", "dim")) for key, words in others.items())
    return Group(Text.assemble((f"\n{head.capitalize()}: ", "bold"), ASKED[head]), table, rest)


def rubric_words(head: str) -> RenderableType:
    """What the rubric says to one question, in short."""
    return Text("\n" + "\n".join(RUBRIC[head]))


def guess(finding: Finding) -> RenderableType:
    """The model's own labels and how sure it is of each."""
    table = Table(box=None, show_header=False, pad_edge=False)
    for head in (*QUOTED_HEADS, "format"):
        answer = finding.verdict.head(head).as_predicted()
        quote = next((item.quote for item in finding.advice.evidence if item.label == answer.label), "")
        table.add_row(Text(head, style="dim"), Text(answer.label, style="bold"), Text(percent(answer.confidence), style="dim"), _quoted(quote))
    return Group(Text("\nThe model's guess", style="dim"), table)
