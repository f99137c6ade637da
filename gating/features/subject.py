"""The subject: is the page about its own maker? The maker's name is found by repetition, title suffix, domain and how it is spoken of."""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass

from gating.features.view import LONG, PROSE, View
from gating.features.wording import WE, speaks
from gating.records import Piece

CAPITALISED = re.compile(r"(?<=[a-z,;] )[A-Z][A-Za-z0-9]*[A-Za-z0-9]")
NAME = re.compile(r"[A-Za-z][A-Za-z0-9'’&.-]*[A-Za-z0-9]|[A-Za-z]")
LOWER_WORD = re.compile(r"\b[a-z][a-z0-9]+")
DOMAIN = re.compile(r"\b([a-z0-9-]{3,30})\.(?:com|io|ai|net|org|co|dev|app|is|in|uk|us|ca|tech|cloud|ch|de)\b")
TITLE_PARTS = re.compile(r"\s[|–—·•»-]\s|\s*\|\s*|:\s")
VERSUS = re.compile(r"([\w.]{1,40}) (?:vs?\.?|versus) ([\w.]{1,40})")
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
SPOKEN_OF = ("we at ", "about ", "contact ", "try ", "choose ", "why ", "with ", "started with ", "copyright ", "© ")
VERBS = ("is", "are", "helps", "offers", "lets", "provides", "can", "makes", "gives", "automates", "allows", "enables", "supports", "delivers", "has", "uses",
         "will", "does", "works", "brings", "combines", "includes", "integrates", "simplifies", "starts", "and", "vs", "team", "customers", "users", "platform")  # fmt: skip
BEFORE = ("with", "using", "use", "at", "by", "choose", "try", "why", "in", "for", "like")


@dataclass(frozen=True, slots=True)
class Names:
    """Names found in a piece, in lower case: `makers`, likeliest first (at most 2); `frequent` capitalised words (at most 2)."""

    makers: tuple[str, ...]
    frequent: tuple[str, ...]
    suffix: tuple[str, ...]  # words of the title's last part, where sites put their name
    capitalised: Counter[str]
    domains: Counter[str]


def find_names(piece: Piece, view: View) -> Names:
    """Who is likely to have made the page, from the page alone."""
    prose = "\n".join(block.text for block in view.blocks if block.kind in PROSE and len(block.text) >= LONG)
    ordinary = Counter(LOWER_WORD.findall(prose))
    capitalised = Counter(name.lower() for name in CAPITALISED.findall(prose))
    capitalised = Counter({name: count for name, count in capitalised.items() if ordinary[name] <= 0.4 * count})
    parts = [part for part in TITLE_PARTS.split(piece.title) if part]
    last = parts[-1] if len(parts) > 1 and len(parts[-1].split()) <= 4 else ""
    suffix = tuple(word for name in NAME.findall(last) if (word := name.lower()) not in NOT_A_MAKER and len(word) > 2)
    domains = Counter(DOMAIN.findall(view.text))
    scores = {name: _maker_score(name, capitalised[name], suffix, domains, view)
              for name in dict.fromkeys([*(name for name, count in capitalised.most_common(12) if count > 1 and len(name) > 2 and name not in NOT_A_MAKER), *suffix])}  # fmt: skip
    makers = sorted(scores, key=lambda name: (-scores[name], name))[:2]
    frequent = [name for name, _ in capitalised.most_common(6) if name not in NOT_A_MAKER and len(name) > 2][:2]
    return Names(tuple(makers), tuple(frequent), suffix, capitalised, domains)


def _maker_score(name: str, count: int, suffix: tuple[str, ...], domains: Counter[str], view: View) -> float:
    """Weights were set by eye on the training sites; what the score is worth is learned by the model, which sees its winners."""
    return (
        math.log1p(count)
        + 2.0 * (name in suffix)
        + 1.5 * any(name in domain for domain in domains)
        + 0.7 * any(name in text for text in view.lowered[-4:])
        + 0.4 * (name in view.title)
        + 0.4 * (name in view.short_text)
        + 0.8 * any(f"{before}{name}" in view.text for before in SPOKEN_OF)
        + 0.8 * any(f"{name}{after}" in view.text for after in (" inc", ", inc", " ltd", " llc", " gmbh", " team", " platform", " today"))
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
    own = [maker in text or speaks(WE, text) for text in view.prose]
    before_end = sum(own[:-2]) / max(1, len(own) - 2)
    capitals = names.capitalised.total()
    return signals | {
        "own_block_share": sum(own) / n_prose,
        "own_share_before_end": before_end,
        "own_first_blocks": sum(own[:4]) / 4,
        "own_over_a_third": float(before_end > 1 / 3),  # RUBRIC P1
        "own_character_share": sum(len(text) for text, is_own in zip(view.prose, own, strict=True) if is_own) / (sum(map(len, view.prose)) + 1),
        "maker_is_most_frequent": float(bool(names.frequent) and maker == names.frequent[0]),
        "title_suffix": float(bool(names.suffix)),
        "suffix_block_share": max((sum(word in text for text in view.prose) / n_prose for word in names.suffix), default=-0.1),
        "domains_log": math.log1p(names.domains.total()),
        "maker_has_domain": float(any(maker.replace(" ", "") in domain for domain in names.domains)),
        "capitalised_rate": math.sqrt(100 * capitals / view.n_words),
        "capitalised_variety": len(names.capitalised) / (capitals + 5),
        "capitalised_top_share": max(names.capitalised.values(), default=0) / (capitals + 5),
        **_versus(names, view),
    }


def _presence(name: str, label: str, view: View) -> dict[str, float]:
    name = name or "\0"
    has = [name in text for text in view.prose]
    n_prose, text = max(1, len(has)), view.text
    count = text.count(name)
    title_position = view.title.find(name)
    return {
        f"{label}_block_share": sum(has) / n_prose,
        f"{label}_share_before_end": sum(has[:-2]) / n_prose,
        f"{label}_first_blocks": sum(has[:3]) / 3,
        f"{label}_last_blocks": sum(has[-2:]) / 2,
        f"{label}_heading_share": sum(name in heading for heading in view.headings) / (len(view.headings) + 1),
        f"{label}_in_title": float(title_position >= 0),
        f"{label}_title_position": title_position / (len(view.title) + 1) if title_position >= 0 else 1.0,
        f"{label}_in_description": float(name in view.description),
        f"{label}_rate": math.sqrt(100 * count / view.n_words),
        f"{label}_log": math.log1p(count),
        f"{label}_opens_share": sum(block.startswith(name) for block in view.prose) / n_prose,
        f"{label}_in_short_lines": float(name in view.short_text),
        f"{label}_acts_log": math.log1p(sum(text.count(f"{name} {verb} ") for verb in VERBS)) if count else 0.0,
        f"{label}_used_log": math.log1p(sum(text.count(f" {word} {name}") for word in BEFORE)) if count else 0.0,
    }


def _versus(names: Names, view: View) -> dict[str, float]:
    found = VERSUS.search(view.title)
    if not found:
        return {"versus_own": 0.0, "versus_others": 0.0, "versus_balance": 0.0}
    own = bool(set(found.groups()) & {*names.makers[:1], *names.suffix})
    first, second = (view.text.count(side) for side in found.groups())
    return {"versus_own": float(own), "versus_others": float(not own), "versus_balance": abs(math.log((1 + first) / (1 + second)))}
