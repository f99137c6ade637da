"""Sentences by which a piece that can be read holds back what it promised ("the other seven are in the guide", RUBRIC T3).

An extra is no teaser: a newsletter, the next part of a series, sources, a copy on paper of what is all there, somebody else's story. So what is
held back must be what the title or the text promised, and more than half of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from gating.reading import purposes
from gating.records import Block, BlockKind, Piece

SHOWN_IN = (BlockKind.PARAGRAPH, BlockKind.ITEM, BlockKind.QUOTE, BlockKind.HEADING, BlockKind.BUTTON)
LONGEST = 5_000  # characters; a longer block is no paragraph that anybody wrote
NUMBERS = (
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen",
    "eighteen", "nineteen", "twenty",
)  # fmt: skip  # the first is 1
NUMBER = rf"(?:(?:{'|'.join(NUMBERS)})\b|\d{{1,3}})"
PARTS = "(?:reasons?|tips?|ways?|steps?|mistakes?|signs?|ideas?|examples?|questions?|rules?|lessons?|things?|points?|causes?|items?|tactics?|secrets?|answers?|parts?)"
TEXTS = "(?:article|post|story|text|essay|piece|page|version)"
REST = (
    rf"(?:the (?:other|remaining|rest) {NUMBER}|the (?:other|remaining) {PARTS}|the rest|{NUMBER} more|all {NUMBER}|"
    rf"(?:the|our) (?:full|whole|complete) (?:{TEXTS}|list|answer|breakdown|set))\b"
)
ASSET = r"(?:guide|e-?book|report|white ?paper|pdf|handbook|playbook|cheat ?sheet|checklist|download|(?:tool)?kit|workbook)"
INSIDE = rf"\b(?:in|inside) (?:the|our|this|a)\b[^.!?]{{0,40}}\b{ASSET}\b"
GIVE = r"(?:download|sign up|fill (?:in|out)|subscribe|register|(?:enter|leave|give|send|drop|submit|share)(?: us)? your|tell us where)"
ASKED = re.compile(rf"\b{GIVE}\b", re.IGNORECASE)
GO_ON = r"\bto (?:keep|continue|go on) reading\b(?! (?:our|more|other|about)\b)"
WITHHELD = re.compile(  # one of the groups, where any, is what is held back
    rf"\b({REST})[^.!?]{{0,40}}\b(?:is|are|waits?|stands?|comes?|you (?:will )?find)\b[^.!?]{{0,20}}{INSIDE}"
    rf"|\b(?:get|find|read|see) ({REST})[^.!?]{{0,40}}{INSIDE}"
    rf"|\b{GIVE}\b[^.!?]{{0,60}}\b(?:for|to (?:see|read|get|unlock|find)) ({REST})"
    rf"|\b({REST})[^.!?]{{0,60}}[.,:;!?]? {GIVE}\b"
    rf"|\b{GIVE}\b[^.!?]{{0,40}}\b(?:send|e-?mail|show|give) you ({REST})"
    rf"|\b{GIVE}\b[^.!?]{{0,60}}{GO_ON}|{GO_ON}[^.!?]{{0,40}}\b{GIVE}\b"
    rf"|\bto (?:see|read|get|unlock) ({REST})[^.!?]{{0,60}}\b(?:{GIVE}|{ASSET})\b",
    re.IGNORECASE,
)
BUTTON_TO_THE_REST = re.compile(rf"\b(?:send me|e-?mail me|get|download|unlock|show me) ({REST})", re.IGNORECASE)
A_COPY = re.compile(
    r"\b(?:on paper|print(?:able|ed)?|offline|as a (?:spreadsheet|poster|card|table)|to keep(?! reading)|to hang|for (?:your|the) (?:wall|desk|fridge))\b", re.IGNORECASE
)
NOUN_AFTER = re.compile(r"^\s+(?:of )?(?:(?:the|these|those|this|our|all|its|them)\b ?){0,3}([^.,:;!?()]{0,60})", re.IGNORECASE)
OF_THIS = re.compile(r"^\s+of this\b", re.IGNORECASE)
NOUN_ENDS = re.compile(
    r"\b(?:is|are|was|were|waits?|stands?|comes?|in|inside|by|at|on|from|to|for|with|as|and|or|you|we|i|which|that|who|why|how|when|if|now|here|free|below|there|straight|today)\b",
    re.IGNORECASE,
)
ELSEWHERE = re.compile(r"\b(?:series|newsletters?|letters?|updates|sources|references|footnotes|posts|articles|episodes?|issues?|archive|collection|library)\b", re.IGNORECASE)
ITSELF = re.compile(rf"\b(?:{TEXTS}|{PARTS}|list|answer|explanation|breakdown)\b", re.IGNORECASE)  # of whatever the piece is about
UNITS = r"(?:minutes?|hours?|days?|weeks?|months?|quarters?|years?|percent|per|million|euros?|dollars?|pounds?)\b"
COUNTED = re.compile(rf"^\W{{0,5}}(?:(?:the|our|my|top|these) ){{0,3}}({NUMBER}) (?!{UNITS})[a-z]|\b({NUMBER}) (?:[a-z-]{{1,20}} ){{0,2}}{PARTS}\b", re.IGNORECASE)
GIVEN_OF = re.compile(rf"\b({NUMBER}) of (?:the|these|our|my|all) ({NUMBER})\b( {PARTS}\b)?", re.IGNORECASE)  # "here are three of the nine"
NUMBERED = re.compile(r"^\W{0,5}(?:[a-z]{1,20} )?#?\d{1,3}\b", re.IGNORECASE)
STEM = 4  # letters by which a word of the title is known again


@dataclass(frozen=True, slots=True)
class Promise:
    """What a piece says it holds: the words of its title, and where they are counted how many things it promises and how many it gives."""

    title: str
    promised: int = 0  # 0: not counted
    given: int = 0


def held_back(piece: Piece) -> Iterator[tuple[int, str]]:
    """(number of the block, sentence or button) for each that says that the rest of what was promised is elsewhere. A line that is a link is a button."""
    promise, linked = promise_of(piece), {link.text for link in piece.links}
    for number, block in enumerate(piece.blocks):
        if block.kind in SHOWN_IN and len(block.text) <= LONGEST:
            is_button = block.kind is BlockKind.BUTTON or block.text in linked
            yield from ((number, sentence) for sentence in _sentences(block.text) if holds_back(sentence, promise, is_button))


def _sentences(text: str) -> Iterator[str]:
    """The sentences, a question together with its answer: "Want the rest? Leave your address."."""
    starts = [0, *(found.end() for found in purposes.SENTENCE_END.finditer(text) if text[found.start() - 1] != "?")]
    yield from (text[start:end].strip() for start, end in zip(starts, [*starts[1:], len(text)], strict=True))


def holds_back(sentence: str, promise: Promise, is_button: bool = False) -> bool:
    """True for a sentence that holds back more than half of the promise; a button says so in fewer words."""
    found = WITHHELD.search(sentence) or (BUTTON_TO_THE_REST.search(sentence) if is_button else None)
    if not found or A_COPY.search(sentence):
        return False
    group = found.lastindex or 0
    if not group:
        return True  # "to continue reading"
    rest, after = found[group].lower(), sentence[found.end(group) :]
    return _is_of_the_promise(rest, after, promise, bool(ASKED.search(sentence))) and _is_most_of_it(rest, promise)


def promise_of(piece: Piece) -> Promise:
    """Counted by what the text says of itself ("three of the nine"), else by its numbered headings, its headings or its items."""
    counted = COUNTED.search(piece.title)
    promised = _number(counted[1] or counted[2]) if counted else 0
    for found in (found for block in piece.blocks if len(block.text) <= LONGEST for found in GIVEN_OF.finditer(block.text)):
        if _number(found[2]) == promised or (not promised and found[3]):
            return Promise(piece.title, _number(found[2]), _number(found[1]))
    return Promise(piece.title, promised, _given(piece.blocks))


def _given(blocks: tuple[Block, ...]) -> int:
    headings = [block.text for block in blocks if block.kind is BlockKind.HEADING and block.level > 1]
    numbered = sum(bool(NUMBERED.match(text)) for text in headings)
    return numbered if numbered > 1 else max(len(headings), sum(block.kind is BlockKind.ITEM for block in blocks))


def _is_of_the_promise(rest: str, after: str, promise: Promise, asked: bool) -> bool:
    """Whether `rest` ("the rest", "the other six") is of the piece itself, by the noun that follows; without one, by its own.

    "The full story" is the piece's own where something is asked for it.
    """
    following = NOUN_AFTER.match(after)
    noun = NOUN_ENDS.split(following[1], maxsplit=1)[0] if following else ""
    if ELSEWHERE.search(noun):
        return False
    if noun.strip():
        return bool(ITSELF.search(noun)) or bool(OF_THIS.match(after)) or _is_in(noun, promise.title)
    whole = re.search(r"(?:full|whole|complete) (\w+)", rest)
    return not whole or promise.promised > 0 or (asked and bool(re.fullmatch(TEXTS, whole[1]))) or _is_in(whole[1], promise.title)


def _is_most_of_it(rest: str, promise: Promise) -> bool:
    """Of what is counted more than half; "all twelve" only where twelve were promised. Where nothing is counted, a rest is taken for most, and more for an extra."""
    named = re.search(rf"{NUMBER}(?= more$|$)", rest)
    if rest.startswith("all"):
        return named is not None and _number(named[0]) == promise.promised and 2 * promise.given < promise.promised
    if not promise.promised:
        return not rest.endswith("more")
    left = promise.promised - promise.given  # of what was promised
    return 2 * min(left, _number(named[0]) if named else left) > promise.promised


def _is_in(words: str, title: str) -> bool:
    """True where a word of some length begins as one of the title does."""
    stems = {word[:STEM] for word in re.findall(r"\w{4,}", title.lower())}
    return any(word[:STEM] in stems for word in re.findall(r"\w{4,}", words.lower()))


def _number(word: str) -> int:
    return int(word) if word.isdigit() else NUMBERS.index(word.lower()) + 1
