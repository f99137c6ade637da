"""spaCy's English tokenizer for one chunk in lower case, without spaCy, whose import takes longer than the scoring of a hundred pieces.

The rules are spaCy's own (tokenizer.json, made by scripts/make_tokenizer.py), and so is their order: signs are taken off both ends
until a special case or a bare word is left, which is cut at its infixes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

RULES_FILE = Path(__file__).with_name("tokenizer.json")
Tokens = tuple[str, ...]


@dataclass(frozen=True)
class Tokenizer:
    """The compiled rules. `merged` holds the special cases that the rules would cut, {their first token: (their tokens, what they become)}."""

    prefix: Callable[[str], re.Match[str] | None]
    suffix: Callable[[str], re.Match[str] | None]
    infixes: Callable[[str], Iterator[re.Match[str]]]
    is_address: Callable[[str], re.Match[str] | None]
    numbers: frozenset[str]
    special: dict[str, Tokens]
    merged: dict[str, list[tuple[Tokens, Tokens]]]


@lru_cache(maxsize=1)
def tokenizer() -> Tokenizer:
    """The tokenizer, made once a process."""
    rules = json.loads(RULES_FILE.read_text(encoding="ascii"))
    prefix, suffix, infix, url = (re.compile(*rules[name]) for name in ("prefix", "suffix", "infix", "url"))
    special = {text: tuple(tokens) for text, tokens in rules["special"].items()}
    numbers = frozenset(rules["numbers"])
    plain = Tokenizer(prefix.search, suffix.search, infix.finditer, url.match, numbers, {}, {})
    merged: dict[str, list[tuple[Tokens, Tokens]]] = {}
    for text, tokens in special.items():
        if prefix.search(text) or suffix.search(text) or infix.search(text):
            cut = tuple(_cut(text, plain))
            merged.setdefault(cut[0], []).append((cut, tokens))
    return Tokenizer(prefix.search, suffix.search, infix.finditer, url.match, numbers, special, merged)


def tokens_of_chunk(chunk: str) -> Tokens:
    """The tokens of a chunk (no white space in it)."""
    rules = tokenizer()
    found = rules.special.get(chunk)
    if found is not None:
        return found
    if chunk.isalpha() and chunk.isascii():
        return (chunk,)
    return tuple(_merge(_cut(chunk, rules), rules))


def is_number(token: str) -> bool:
    """True for a number in digits ("1,000", "3/4", "2nd") or letters ("ten", "third"), as spaCy's LIKE_NUM has it."""
    bare = (token[1:] if token.startswith(("+", "-", "±", "~")) else token).replace(",", "").replace(".", "")
    above, _, below = bare.partition("/")
    ordinal = bare.endswith(("st", "nd", "rd", "th")) and bare[:-2].isdigit()
    return bare.isdigit() or (above.isdigit() and below.isdigit()) or ordinal or bare in tokenizer().numbers


def _cut(chunk: str, rules: Tokenizer) -> list[str]:
    before: list[str] = []
    after: list[str] = []
    size = -1
    while chunk and len(chunk) != size and chunk not in rules.special:
        size = len(chunk)
        first = _length(rules.prefix(chunk))
        if first and chunk[first:] in rules.special:
            before.append(chunk[:first])
            chunk = chunk[first:]
            break
        last = _length(rules.suffix(chunk[first:]))
        if last and chunk[:-last] in rules.special:
            after.append(chunk[-last:])
            chunk = chunk[:-last]
            break
        if first:
            before.append(chunk[:first])
        if last:
            after.append(chunk[-last:])
        chunk = chunk[first : len(chunk) - last]
    return [*before, *_inside(chunk, rules), *reversed(after)]


def _length(found: re.Match[str] | None) -> int:
    return found.end() - found.start() if found else 0


def _inside(word: str, rules: Tokenizer) -> Iterator[str]:
    """The tokens of what is left between prefixes and suffixes."""
    if word in rules.special:
        yield from rules.special[word]
        return
    start = 0
    for found in () if not word or rules.is_address(word) else rules.infixes(word):
        if found.start() > 0:
            yield from filter(None, (word[start : found.start()], found.group()))
            start = found.end()
    if word[start:]:
        yield word[start:]


def _merge(tokens: list[str], rules: Tokenizer) -> Iterator[str]:
    """The tokens with special cases that were cut put together again, the longest first."""
    spans = sorted(
        ((len(cut), -at, whole) for at, token in enumerate(tokens) for cut, whole in rules.merged.get(token, ()) if tuple(tokens[at : at + len(cut)]) == cut),
        reverse=True,
    )  # fmt: skip
    taken: dict[int, tuple[int, Tokens]] = {}
    covered: set[int] = set()
    for length, minus, whole in spans:
        if covered.isdisjoint(range(-minus, length - minus)):
            covered.update(range(-minus, length - minus))
            taken[-minus] = length, whole
    at = 0
    while at < len(tokens):
        length, whole = taken.get(at, (1, (tokens[at],)))
        yield from whole
        at += length
