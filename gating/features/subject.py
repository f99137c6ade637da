"""The subject: is the page about its own maker? The maker's name is found by repetition, title suffix, domain and how it is spoken of."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, pairwise
from operator import itemgetter
from pathlib import Path

import numpy as np

from gating.features.chunks import YOUNG, Table, joined
from gating.features.view import LONG, PROSE, View, share, words_in
from gating.features.wording import WE, speaks
from gating.features.words import token_number
from gating.records import BlockKind, Piece

CAPITALISED = re.compile(r" (?<=[a-z,;] )(?=([A-Z][A-Za-z0-9]+))")
ANY_WORD = re.compile(r"[A-Za-z][A-Za-z0-9]+")
ANY_WORD_LOWER = re.compile(r"[a-z][a-z0-9]+")
TOP_LEVEL = r"\.(?:com|io|ai|net|org|co|dev|app|is|in|uk|us|ca|tech|cloud|ch|de)\b"
DOMAIN, DOMAIN_END = re.compile(rf"\b([a-z0-9-]{{3,30}}){TOP_LEVEL}"), re.compile(TOP_LEVEL)
TITLE_PARTS = re.compile(r" [|–—·•»-] | ?\| ?|: ")
VERSUS = re.compile(r"((?:[\w.'-]{1,40} ){1,3})(?:vs?\.?|versus)(?::? )((?:[\w.'-]{1,40} ?){1,3})")
NO_RIVAL = re.compile(r"\balternatives? (?:to|for) (?:a|an|the|your|using|buying|hiring)\b")
RIVAL = re.compile(r"([a-z0-9.]{2,40}) alternatives?")
BEST, NUMBER = re.compile(r"\b(?:best|top)\b"), re.compile(r"\d")
REVIEW = re.compile(r"\b(?:reviews?|verdict|tested|testing)\b")
TOOL = re.compile(r"\b(?:calculator|checker|generator|validator|builder|grader|estimator|quiz|analy[sz]er|converter|assessment|audit|score)\b")
ASK_AT_END = re.compile(r"\b(?:demo|trial|sign up|get started|try|contact|book|start|switch|talk to|schedule)\b")
# Capitalised words that are nobody's own name: function words, months, days, places, acronyms and the platforms everybody writes about.
NOT_A_MAKER = frozenset(
    (
        "the a an and or of for in on to with by your our how what why is are best top guide free new all from vs about at it "
        "this that monday tuesday wednesday thursday friday saturday sunday january february march april may june july august "
        "september october november december api ai url i us uk usa eu seo crm sql saas english india america american canada "
        "london york north south east west united states ceo cto faq roi pdf ui google microsoft amazon aws facebook linkedin "
        "twitter youtube kubernetes linux github docker python javascript gmail excel slack apple windows android"
    ).split()
)
SPEAKS_OF = frozenset(("about", "contact", "try", "choose", "why", "with", "copyright", "©"))  # and "we at"
VERBS = frozenset(("is", "are", "helps", "offers", "lets", "provides", "can", "makes", "gives", "automates", "allows", "enables", "supports", "delivers", "has", "uses",
         "will", "does", "works", "brings", "combines", "includes", "integrates", "simplifies", "starts", "and", "vs", "team", "customers", "users", "platform"))  # fmt: skip
BEFORE = frozenset(("with", "using", "use", "at", "by", "choose", "try", "why", "in", "for", "like"))
NAMES_IN = Table(lambda chunk: tuple(word.lower() for word in ANY_WORD.findall(chunk)))


@lru_cache(maxsize=1)
def common_words() -> frozenset[int]:
    """Token numbers of words that many sites use (scripts/make_common_words.py); any other word is likely a name."""
    return frozenset(np.load(Path(__file__).with_name("common_words.npy"), allow_pickle=False).tolist())


@lru_cache(maxsize=YOUNG)
def is_rare(word: str) -> bool:
    """True for a word that few sites use."""
    return token_number(word) not in common_words()


@dataclass(frozen=True, slots=True)
class Names:
    """Names found in a piece, in lower case: `makers`, likeliest first (at most 2), `scores` of theirs; `frequent` capitalised words (at most 2)."""

    makers: tuple[str, ...]
    scores: dict[str, float]
    frequent: tuple[str, ...]
    suffix: tuple[str, ...]  # words of the title's last part, where sites put their name
    main_title: tuple[str, ...]  # words of the title without that part
    capitalised: Counter[str]
    counts: Counter[str]
    domains: Counter[str]


def find_names(piece: Piece, view: View) -> Names:
    """Who is likely to have made the page, from the page alone."""
    prose = [at for at, block in enumerate(view.blocks) if len(block.text) >= LONG and (block.kind in PROSE or block.kind is BlockKind.TABLE)]
    counts = Counter(joined(NAMES_IN, chain.from_iterable(view.chunks[at] for at in prose)))
    capitalised = Counter(map(str.lower, CAPITALISED.findall("\n".join(view.blocks[at].text for at in prose))))
    capitalised = Counter({name: count for name, count in capitalised.items() if count >= 0.5 * counts[name] and name not in NOT_A_MAKER and len(name) > 2})
    parts = [part for part in TITLE_PARTS.split(piece.title) if part]
    last = parts[-1] if len(parts) > 1 and len(parts[-1].split()) <= 4 else ""
    suffix = tuple(word for name in ANY_WORD.findall(last) if (word := name.lower()) not in NOT_A_MAKER and len(word) > 2)
    main_title = tuple(word.lower() for word in ANY_WORD.findall(" ".join(parts[:-1]) if last else piece.title))
    domains = Counter(DOMAIN.findall(view.text)) if DOMAIN_END.search(view.text) else Counter[str]()
    repeated = sorted(((count, word) for word, count in counts.items() if count > 1), key=itemgetter(0), reverse=True)[:250]
    often = [word for _, word in repeated if len(word) > 2 and word not in NOT_A_MAKER and (word in capitalised or is_rare(word))]
    from_title = [word for word in (*main_title, *suffix) if len(word) > 2 and word not in NOT_A_MAKER and is_rare(word)]
    spoken_of = _spoken_of(view.flat)
    scores = {name: _maker_score(name, counts[name], name in capitalised, suffix, domains, spoken_of, view) for name in dict.fromkeys([*often[:12], *suffix, *from_title])}
    makers = sorted(scores, key=lambda name: (-scores[name], name))[:2]
    frequent = [name for name, _ in capitalised.most_common(2)]
    return Names(tuple(makers), scores, tuple(frequent), suffix, main_title, capitalised, counts, domains)


def _spoken_of(flat: list[str]) -> frozenset[str]:
    """The words after "about", "contact", "why", "we at" and their like."""
    after_we_at = [flat[at + 2] for at in _places(flat, "we") if flat[at + 1 : at + 2] == ["at"] and at + 2 < len(flat)]
    return frozenset([word for before, word in pairwise(flat) if before in SPEAKS_OF] + after_we_at)


def _places(flat: list[str], name: str) -> Iterator[int]:
    at = -1
    for _ in range(flat.count(name)):
        at = flat.index(name, at + 1)
        yield at


def _maker_score(name: str, count: int, capitalised: bool, suffix: tuple[str, ...], domains: Counter[str], spoken_of: frozenset[str], view: View) -> float:
    """Weights were set by eye on the training sites; what the score is worth is learned by the model, which sees its winners."""
    return (
        math.log1p(count)
        + 1.2 * is_rare(name)
        + 0.8 * capitalised
        + 1.0 * (name in suffix)
        + 1.2 * any(name in domain for domain in domains)
        + 0.5 * (name in view.title_words)
        + 0.6 * (name in view.end_words)
        + 0.3 * (name in view.short_words)
        + 0.3 * share(sum(name in words for words in view.heading_words), len(view.headings) + 1)
        + 0.5 * (name in spoken_of)
    )


def subject_signals(piece: Piece, view: View) -> dict[str, float]:
    """How much of the page is about its likely maker and about the name it repeats most; shares are 0..1 of prose blocks."""
    names = find_names(piece, view)
    signals: dict[str, float] = {}
    for role, found in (("maker", names.makers), ("name", names.frequent)):
        for place in (0, 1):
            signals |= _presence(found[place] if place < len(found) else "", f"{role}{place + 1}", view)
    maker = names.makers[0] if names.makers else "\0"
    n_prose = max(1, len(view.prose))
    own = [maker in words or speaks(WE, words) for words in view.prose_words]
    before_end = sum(own[:-2]) / max(1, len(own) - 2)
    capitals = names.capitalised.total()
    rare = [count for word, count in names.counts.items() if count > 2 and is_rare(word)]
    rare_title = [word for word in names.main_title if len(word) > 2 and is_rare(word)]
    return signals | {
        "own_block_share": sum(own) / n_prose,
        "own_share_before_end": before_end,
        "own_first_blocks": sum(own[:4]) / 4,
        "own_over_a_third": float(before_end > 1 / 3),  # RUBRIC P1
        "own_over_60_percent": float(before_end > 0.6),
        "own_character_share": sum(len(text) for text, is_own in zip(view.prose, own, strict=True) if is_own) / (sum(map(len, view.prose)) + 1),
        "maker_is_most_frequent": float(bool(names.frequent) and maker == names.frequent[0]),
        "maker_is_rare": float(bool(names.makers) and is_rare(maker)),
        "maker_in_suffix": float(maker in names.suffix),
        "maker_in_main_title": float(maker in names.main_title),
        "a_maker_in_main_title": float(bool(set(names.makers) & set(names.main_title))),
        "maker_at_end": float(maker in view.end_words),
        "maker_score": names.scores.get(maker, 0.0),
        "title_rare_words": float(len(rare_title)),
        "title_rare_repeated": float(max((names.counts[word] for word in rare_title), default=0) >= 3),
        "title_capitalised_names": float(sum(names.counts[word] > 1 and word in names.capitalised for word in names.main_title)),
        "title_common_share": share(sum(not is_rare(word) for word in names.main_title), len(names.main_title) + 1),
        "rare_words_log": math.log1p(len(rare)),
        "rare_mass_rate": math.sqrt(100 * sum(rare) / (names.counts.total() + 1)),
        "title_suffix": float(bool(names.suffix)),
        "suffix_block_share": max((sum(word in words for words in view.prose_words) / n_prose for word in names.suffix), default=-0.1),
        "domains_log": math.log1p(names.domains.total()),
        "maker_has_domain": float(any(maker in domain for domain in names.domains)),
        "capitalised_rate": math.sqrt(100 * capitals / view.n_words),
        "capitalised_variety": len(names.capitalised) / (capitals + 5),
        "capitalised_top_share": max(names.capitalised.values(), default=0) / (capitals + 5),
        "we_heading_share": share(sum(speaks(WE, words) for words in view.heading_words), len(view.headings) + 1),
        **_versus(names, view),
    }


def _presence(name: str, label: str, view: View) -> dict[str, float]:
    name = name or "\0"
    has = [name in words for words in view.prose_words]
    n_prose = max(1, len(has))
    count = view.words[name] + view.words[f"{name}'s"]
    in_title = name in view.title_words
    return {
        f"{label}_block_share": sum(has) / n_prose,
        f"{label}_share_before_end": sum(has[:-2]) / n_prose,
        f"{label}_first_blocks": sum(has[:3]) / 3,
        f"{label}_last_blocks": sum(has[-2:]) / 2,
        f"{label}_heading_share": sum(name in words for words in view.heading_words) / (len(view.headings) + 1),
        f"{label}_in_title": float(in_title),
        f"{label}_title_position": view.title.find(name) / (len(view.title) + 1) if in_title else 1.0,
        f"{label}_in_description": float(name in words_in(view.description)),
        f"{label}_rate": math.sqrt(100 * count / view.n_words),
        f"{label}_log": math.log1p(count),
        f"{label}_opens_share": sum(text.startswith((f"{name} ", f"{name}'s ")) for text in view.prose) / n_prose,
        f"{label}_in_short_lines": float(name in view.short_words),
        f"{label}_acts_log": math.log1p(_pairs(view.flat, name, VERBS, after=True)) if count else 0.0,
        f"{label}_used_log": math.log1p(_pairs(view.flat, name, BEFORE, after=False)) if count else 0.0,
    }


def _pairs(flat: list[str], name: str, words: frozenset[str], after: bool) -> int:
    """How often one of `words` stands right after (or right before) `name`; of the same two words twice on end, one."""
    found, last = 0, dict.fromkeys(words, -3)
    for at in _places(flat, name):
        beside = at + 1 if after else at - 1
        if 0 <= beside < len(flat) and flat[beside] in words and min(at, beside) - last[flat[beside]] > 2:
            found += 1
            last[flat[beside]] = min(at, beside)
    return found


def _versus(names: Names, view: View) -> dict[str, float]:
    """Us against a rival, or two others? A side is ours by how much of the page speaks for it being the maker's."""
    title = view.title
    found = VERSUS.search(title)
    alternatives = "alternative" in title and not NO_RIVAL.search(title)
    ours = other = 0.0
    if found:
        ours, other = sorted((_side_score(side, names) for side in found.groups()), reverse=True)
    elif alternatives:
        rivals = {word for rival in RIVAL.findall(title) for word in rival.split()}
        ours = max((score for name, score in names.scores.items() if name not in rivals), default=0.0)
    ask_at_end = bool(ASK_AT_END.search("\n".join(view.lowered[-3:])))
    return {
        "versus": float(bool(found)),
        "alternatives": float(alternatives),
        "numbered_best": float(bool(BEST.search(title)) and bool(NUMBER.search(title))),
        "versus_ours": ours,
        "versus_distance": ours - other,
        "versus_own": float(ours >= (4.0 if ask_at_end else 5.0)),
        "versus_ask_at_end": float(ask_at_end and (bool(found) or alternatives)),
        "title_review": float(bool(REVIEW.search(title))),
        "title_tool": float(bool(TOOL.search(title))),
    }


def _side_score(side: str, names: Names) -> float:
    return max((names.scores.get(word, 0.0) for word in ANY_WORD_LOWER.findall(side)), default=0.0)
