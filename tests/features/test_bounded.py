"""No pattern of the package takes more than a moment on 100 kB of what it likes best."""

from __future__ import annotations

import importlib
import multiprocessing
import pkgutil
import re
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from multiprocessing.connection import Connection
from re import _constants as codes  # the signs a pattern is made of; `re` gives no public way to ask
from re import _parser as parser

import pytest

SIZE = 100_000  # characters
LIMIT = 60.0  # seconds for all patterns of one module, in a worker that is ended when they are over
ROOMS = ("gating.features", "gating.reading", "gating.advice")
EXAMPLES = {codes.CATEGORY_DIGIT: "1", codes.CATEGORY_WORD: "a", codes.CATEGORY_SPACE: " ", codes.CATEGORY_NOT_DIGIT: "a",
            codes.CATEGORY_NOT_WORD: "-", codes.CATEGORY_NOT_SPACE: "a"}  # fmt: skip


def modules() -> Iterator[str]:
    for room in ROOMS:
        package = importlib.import_module(room)
        yield room
        yield from (f"{room}.{module.name}" for module in pkgutil.iter_modules(package.__path__))


def patterns_of(module: str) -> dict[str, re.Pattern[str] | re.Pattern[bytes]]:
    return {name: value for name, value in vars(importlib.import_module(module)).items() if isinstance(value, re.Pattern)}


IN_WORKER = multiprocessing.parent_process() is not None  # it gets its patterns handed in and need not import the package
MODULES = [] if IN_WORKER else [module for module in modules() if patterns_of(module)]
AT_ONE_PLACE = ("TAG",)  # of reading.bounds: matched at a "<" only, and where it fails the rest of the page is not looked at
Patterns = Sequence[tuple[str, str | bytes, int]]


def alphabet(parsed: Iterable[tuple[object, object]]) -> set[str]:
    """The signs that a parsed pattern names, one for each range and category."""
    found: set[str] = set()
    for code, value in parsed:
        if code in (codes.LITERAL, codes.NOT_LITERAL):
            found.add(chr(value) if code is codes.LITERAL else "x")
        elif code is codes.ANY:
            found.add("x")
        elif code is codes.CATEGORY:
            found.add(EXAMPLES[value])
        elif code is codes.RANGE:
            found.add(chr(value[0]))
        elif code is codes.IN:
            found |= alphabet(value)
        elif code is codes.BRANCH:
            for branch in value[1]:
                found |= alphabet(branch)
        elif isinstance(value, tuple):
            for part in value:
                if isinstance(part, parser.SubPattern):
                    found |= alphabet(part)
    return found


def sample(parsed: Iterable[tuple[object, object]], branch: int) -> str:
    """A short text that the pattern is likely to match, taking the given branch wherever it has a choice; one turn of every repeat."""
    said = ""
    for code, value in parsed:
        if code is codes.LITERAL:
            said += chr(value)
        elif code in (codes.ANY, codes.NOT_LITERAL):
            said += "x"
        elif code is codes.IN:
            signs = sorted(alphabet(value))
            said += "x" if value[0][0] is codes.NEGATE else signs[branch % len(signs)]
        elif code is codes.BRANCH:
            said += sample(value[1][branch % len(value[1])], branch)
        elif code in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT):
            said += sample(value[2], branch) * min(max(1, value[0]), 80)
        elif code is codes.SUBPATTERN:
            said += sample(value[-1], branch)
    return said


def hard_texts(pattern: str, flags: int) -> list[str]:
    """What makes a pattern look long and find nothing: each of its signs over and over, and each beginning of a match over and over."""
    parsed = parser.parse(pattern, flags)
    samples = [sample(parsed, branch) for branch in range(4)]
    beginnings = {said[:length] for said in samples for length in (*range(1, min(len(said), 24) + 1), len(said)) if said}
    signs = sorted(alphabet(parsed))
    words = [sign for sign in signs if sign.isalnum()]
    kept = {*words[:6], *(sign for sign in signs if not sign.isalnum())}
    repeated = {unit * (SIZE // len(unit)) for unit in {*beginnings, *kept, "".join(signs)} if unit}
    one_start = {said[:1] + sign * SIZE for said in samples for sign in sorted(kept)}
    return sorted(repeated | one_start)


def look_for_all(patterns: Patterns, pipe: Connection) -> None:
    """The worker: says the name of each pattern before it is tried, and "" at the end."""
    for name, pattern, flags in patterns:
        pipe.send(name)
        compiled = re.compile(pattern, flags)
        for text in hard_texts(pattern, flags):
            said = text if isinstance(pattern, str) else text.encode("latin-1", "replace")
            if name not in AT_ONE_PLACE:
                deque(compiled.finditer(said), maxlen=0)
            compiled.match(said)
    pipe.send("")


def slow_pattern(patterns: Patterns) -> str:
    """The name of the pattern that was being tried when the time was over or the worker fell over; "" when all were done in time."""
    ours, theirs = multiprocessing.get_context("spawn").Pipe(duplex=False)
    worker = multiprocessing.get_context("spawn").Process(target=look_for_all, args=(patterns, theirs), daemon=True)
    worker.start()
    theirs.close()
    end, tried = time.monotonic() + LIMIT, "the start of the worker"
    try:
        while ours.poll(max(0.0, end - time.monotonic())):
            tried = ours.recv()
            if not tried:
                break
    except EOFError:
        tried = f"{tried}, at which the worker ended"
    finally:
        worker.kill()
        worker.join()
        ours.close()
    return tried


def test_the_guard_finds_a_pattern_that_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pattern known to be exponential is named, and the one before it is not."""
    monkeypatch.setitem(globals(), "LIMIT", 4.0)
    assert slow_pattern([("HARMLESS", r"[a-z]+", 0), ("HARMFUL", r"(?:a|a)+-", 0)]) == "HARMFUL"


@pytest.mark.parametrize("module", MODULES)
def test_patterns_are_bounded(module: str) -> None:
    """Every compiled pattern of the module goes over 100 kB of its own signs and beginnings in time; an imported one is tried once."""
    before = {id(pattern) for other in MODULES[: MODULES.index(module)] for pattern in patterns_of(other).values()}
    patterns = [(name, pattern.pattern, pattern.flags) for name, pattern in patterns_of(module).items() if id(pattern) not in before]
    assert slow_pattern(patterns) == "", f"{module}: a pattern was still looking after {LIMIT:.0f} s"
