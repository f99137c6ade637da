"""Wording: who speaks to whom, in what tense, with which signs; and the shape of the title."""

from __future__ import annotations

import math
import re
from collections import Counter
from operator import mul

from gating.features.view import WORD, View, share

# Personal pronouns by person (Quirk et al. 1985, A Comprehensive Grammar of the English Language, 6.18).
WE = frozenset("we our us ours ourselves we're we've we'll we'd".split())
YOU = frozenset(["you", "your", "yours", "yourself", "you're", "you'll", "you've", "you'd"])
ONE_SELF = frozenset("i my me mine i'm i've i'd i'll myself".split())
OTHERS = frozenset(["they", "their", "them", "he", "she", "his", "her"])
# Verbs that narrate (past) and that promise (future), the modals, and the nouns of general statements: chosen for this project.
NARRATING = frozenset(("was were had did said told asked went started began used needed wanted wrote built launched helped worked found saw made decided became").split())
FUTURE = frozenset(["will", "shall", "we'll", "you'll", "going"])
MODAL = frozenset(["should", "could", "may", "might", "must", "can", "would"])
GENERAL = frozenset("companies businesses organizations organisations people teams customers many most some often typically usually generally industry".split())
# Imperatives of buttons and of headings on product pages.
IMPERATIVES = frozenset(
    (
        "automate manage track monitor integrate deploy secure scale build create get connect simplify streamline accelerate "
        "deliver reduce save boost improve increase optimize protect transform grow empower unlock discover explore start try "
        "choose ensure access find see learn download watch read join book schedule request contact register sign subscribe"
    ).split()
)
PERSONS = {"we": WE, "you": YOU, "i": ONE_SELF, "others": OTHERS, "narrating": NARRATING, "future": FUTURE, "modal": MODAL, "general": GENERAL}
PRICE = re.compile(r"[$€£]\s?\d|\d\s?(?:usd|eur|/mo)")
PRICE_SIGNS = ("$", "€", "£", "usd", "eur", "/mo")  # no price without one
DIGIT = re.compile(r"\d")
PERCENT = re.compile(r"\d\s?%")
MONTH = r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
DATE = re.compile(rf"\b{MONTH}\b\.? \d{{1,2}}\b|\b\d{{1,2}} {MONTH}\b|\b20\d\d-\d\d-\d\d\b")
CLOCK = re.compile(r"\b\d{1,2}(?::\d\d)? ?(?:am|pm|a\.m|p\.m)\b|\b\d{1,2}:\d\d\b")
QUOTATION = re.compile(r"[“\"][^“”\"]{40,400}[”\"]")
TITLE_BREAK = re.compile(r" [-–—|] |\|")
SMALL_NUMBER, YEAR, VERSUS = re.compile(r"\b\d{1,2}\b"), re.compile(r"\b20\d\d\b"), re.compile(r"\bvs?\.?\b|versus")


def wording_signals(view: View) -> dict[str, float]:
    """Signals of wording; rates are the square root of a percentage of words, counts are log(1 + n)."""
    words, n_words = view.words, view.n_words
    n_prose = max(1, len(view.prose))
    we_blocks, you_blocks = [speaks(WE, words) for words in view.prose_words], [speaks(YOU, words) for words in view.prose_words]
    text = view.text
    with_digits = [line for line in view.lowered_text if DIGIT.search(line)]
    counts = {
        "prices": len(PRICE.findall(text)) if any(sign in text for sign in PRICE_SIGNS) else 0,
        "percentages": len(PERCENT.findall(text)) if "%" in text else 0,
        "dates": sum(len(DATE.findall(line)) for line in with_digits), "clock_times": sum(len(CLOCK.findall(line)) for line in with_digits),
        "quotations": len(QUOTATION.findall(text)), "questions": text.count("?"), "exclamations": text.count("!"), "addresses": text.count("http"),
        "at_signs": text.count("@"), "arrows": text.count("→"), "check_marks": text.count("✓") + text.count("✔") + text.count("✅"),
        "ellipses": text.count("…") + text.count("..."),
    }  # fmt: skip
    signals = {f"{name}_rate": _rate(_count(words, group), n_words) for name, group in PERSONS.items()}
    signals |= {f"{name}_log": math.log1p(count) for name, count in counts.items()}
    signals |= {
        "we_to_you_log": math.log((1 + _count(words, WE)) / (1 + _count(words, YOU))),
        "past_participle_rate": _rate(sum(words[word] for word in words if word.endswith("ed")), n_words),
        "gerund_rate": _rate(sum(words[word] for word in words if word.endswith("ing")), n_words),
        "vocabulary": len(words) / n_words**0.7,
        "word_length_mean": sum(map(mul, map(len, words), words.values())) / n_words,
        "date_at_start": float(_has_date(" ".join(view.lowered[:4])[:600])),
        "date_first": float(_has_date(text[:120])),
        "we_block_share": sum(we_blocks) / n_prose,
        "you_block_share": sum(you_blocks) / n_prose,
        "we_first_blocks": sum(we_blocks[:3]) / 3,
        "we_last_blocks": sum(we_blocks[-2:]) / 2,
        "we_block_share_before_end": sum(we_blocks[:-2]) / n_prose,
        "imperative_heading_share": share(sum(heading.split(" ", 1)[0] in IMPERATIVES for heading in view.headings), len(view.headings) + 1),
    }
    return signals | _title_signals(view)


def speaks(group: frozenset[str], words: frozenset[str]) -> bool:
    """True when a word of `group` is among `words`."""
    return not group.isdisjoint(words)


def _title_signals(view: View) -> dict[str, float]:
    title = view.title
    words = WORD.findall(title)
    first = words[0] if words else ""
    return {
        "title_words": float(len(words)),
        "title_number": float(bool(SMALL_NUMBER.search(title))),
        "title_year": float(bool(YEAR.search(title))),
        "title_question": float("?" in title),
        "title_colon": float(":" in title),
        "title_break": float(bool(TITLE_BREAK.search(title))),
        "title_versus": float(bool(VERSUS.search(title))),
        "title_imperative": float(first in IMPERATIVES),
        "title_gerund": float(first.endswith("ing")),
        "description_words_log": math.log1p(len(view.description.split())),
    }


def _has_date(text: str) -> bool:
    return bool(DIGIT.search(text) and DATE.search(text))


def _count(words: Counter[str], group: frozenset[str]) -> int:
    return sum(words[word] for word in group if word in words)


def _rate(count: int, n_words: int) -> float:
    return math.sqrt(100 * count / n_words)
