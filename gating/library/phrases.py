"""Profiles -> the words and pairs of words they are about, weighed: what topics and hand-offs compare."""

from __future__ import annotations

import itertools
import re
from array import array
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)?|[^\s\w'’-]+|\n")  # a word, or a sign that ends a phrase; a hyphen does not
LETTER = re.compile(r"[^\W\d_]")
SITE_NAME = re.compile(r"\s+[|–—·•:-]+\s+|\s*[|»]\s*")
MIN_SITE_NAME = 3  # titles that share an ending before it is taken for the site's name
SITE_NAME_SHARE = 0.1
LEARN_FROM = 20_000  # pieces from which a large library's phrases are learned; more would take minutes
MAX_PHRASES = 50_000
STRONGEST = 128  # phrases by which a piece is compared in a library of more than LEARN_FROM; a hundred thousand pieces take 100 MB so
MOST_COUNTED = 500_000  # phrases held while counting in a large library; some 150 MB
RARE_FROM = 2_000  # pieces, from which a phrase of one piece is not looked at
WORDS_HELD = 50_000  # words that are folded once and remembered
AT_ONCE = 2_000  # profiles counted in one go
SITE_WIDE = 0.5  # a phrase in more than this share of pieces tells none apart (in libraries of MANY or more)
MANY = 20
BEFORE_VERBS = frozenset("to we you they i he she it who will can could would should must may might not never also please don't".split())
ING = re.compile(r"\b(\w+ing)\b(?:[ ]+(\w+))?")
AFTER_VERBS = frozenset("a an the your our their its his her my this that these those it them us you me him how what which more together over out up back down into".split())
WITH_OBJECT = 0.15  # share of its uses before such a word, from which a word in -ing is a verb
DESCRIPTION = 200  # characters; longer ones are the opening of the text


@dataclass(frozen=True)
class PhraseTable:
    """`weights`: TF-IDF, one row of unit length a piece (a row of zeros when nothing is left), columns in the order of `phrases`.

    `titled`: the same shape, counts of the phrases in titles and descriptions. `names`: the site's names as they stand in titles.
    """

    weights: Any  # scipy.sparse.csr_matrix of float32
    titled: Any
    phrases: tuple[str, ...]
    names: frozenset[str] = frozenset()


def weigh_phrases(profiles: Sequence[str]) -> PhraseTable:
    """The table of `profiles`. Title and description count three times; a site's name at the end of titles does not count.

    Read twice and in runs of AT_ONCE: to learn which phrases there are, and to count them.
    """
    import numpy as np
    from scipy.sparse import csr_matrix
    from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer

    named = site_names(profile.split("\n", 1)[0] for profile in profiles)
    learned_from = profiles[:: 1 + len(profiles) // LEARN_FROM]
    stands_in = _learned((phrases_in(_emphasised(profile, named)) for profile in learned_from), len(learned_from))
    phrases = tuple(sorted(stands_in))
    if not phrases:  # none was there, or all stand in most pieces
        nothing = csr_matrix((len(profiles), 0), dtype=np.float32)
        return PhraseTable(nothing, nothing, ())
    counter = CountVectorizer(analyzer=phrases_in, vocabulary=phrases, dtype=np.float32)
    weigher = TfidfTransformer(sublinear_tf=True)
    weigher.idf_ = np.log((len(learned_from) + 1) / (np.array([stands_in[phrase] for phrase in phrases], dtype=np.float32) + 1)) + 1
    weights, titled = _Growing(len(phrases)), _Growing(len(phrases))
    most = STRONGEST if len(profiles) > LEARN_FROM else len(phrases)
    for run in _runs(profiles):
        weights.add(_strongest(weigher.transform(counter.transform(_emphasised(profile, named) for profile in run)), most))
        titled.add(counter.transform(_top(profile, named) for profile in run))
    return PhraseTable(weights.table(), titled.table(), phrases, named)


def _strongest(rows: Any, most: int) -> Any:
    """The rows with the `most` largest values of each, at unit length again."""
    import numpy as np
    from sklearn.preprocessing import normalize

    for start, end in itertools.pairwise(rows.indptr):
        if end - start > most:
            weak = start + np.argpartition(rows.data[start:end], end - start - most)[: end - start - most]
            rows.data[weak] = 0.0
    if len(rows.data) and not rows.data.all():
        rows.eliminate_zeros()
        rows = normalize(rows, copy=False)
    return rows


class _Growing:
    """A sparse table that grows by runs of rows. Stacking tables would hold the largest thing of an audit twice."""

    def __init__(self, n_columns: int) -> None:
        self._n_columns = n_columns
        self._values, self._columns, self._ends = array("f"), array("i"), array("q", [0])

    def add(self, rows: Any) -> None:
        """Puts the rows of a csr_matrix of float32 below those that are there."""
        self._values.frombytes(rows.data.tobytes())
        self._columns.frombytes(rows.indices.astype("int32").tobytes())
        self._ends.frombytes((rows.indptr[1:].astype("int64") + self._ends[-1]).tobytes())

    def table(self) -> Any:
        """All rows as one csr_matrix, which shares its memory with this one."""
        import numpy as np
        from scipy.sparse import csr_matrix

        values, columns = np.frombuffer(self._values, dtype=np.float32), np.frombuffer(self._columns, dtype=np.int32)
        ends = np.frombuffer(self._ends, dtype=np.int64)
        small = ends.astype(np.int32) if ends[-1] < 2**31 else ends
        return csr_matrix((values, columns, small), shape=(len(ends) - 1, self._n_columns), copy=False)


def _learned(pieces: Iterable[Sequence[str]], n_pieces: int) -> dict[str, int]:
    """The phrases that are looked at, and in how many of `pieces` each stands: the MAX_PHRASES most frequent ones without those of most
    pieces and, in a large library, of one.

    Of a large library, what has been met in the fewest pieces is forgotten whenever MOST_COUNTED phrases are held (lossy counting), so
    that memory does not grow with the library. What is among the most frequent in the end is hardly ever among the rarest meanwhile.
    """
    counted: Counter[str] = Counter()
    stands_in: Counter[str] = Counter()
    rare = 2 if n_pieces > RARE_FROM else 1
    for phrases in pieces:
        counted.update(phrases)
        stands_in.update(set(phrases))
        if len(counted) > MOST_COUNTED and rare > 1:
            _forget_rare(counted, stands_in)
    most = SITE_WIDE * n_pieces if n_pieces >= MANY else n_pieces
    kept = sorted(phrase for phrase, count in stands_in.items() if rare <= count <= most)
    return {phrase: stands_in[phrase] for phrase in sorted(kept, key=lambda phrase: -counted[phrase])[:MAX_PHRASES]}


def _forget_rare(counted: Counter[str], stands_in: Counter[str]) -> None:
    """Brings both down to half of MOST_COUNTED phrases, so that the next clearing is far away."""
    fewest = 1
    while len(stands_in) > MOST_COUNTED // 2:
        for phrase in [phrase for phrase, count in stands_in.items() if count <= fewest]:
            del counted[phrase], stands_in[phrase]
        fewest += 1


def _runs(profiles: Sequence[str]) -> Iterator[list[str]]:
    read = iter(profiles)
    return (list(itertools.islice(read, AT_ONCE)) for _ in range(0, len(profiles), AT_ONCE))


def phrases_in(text: str) -> list[str]:
    """Words and pairs of neighbouring words in `text`, in the singular, without those that name no topic."""
    found = []
    before, before_is_weak = "", False
    for token in TOKEN.findall(text.lower()):
        word, is_weak = _weighed(token)
        if word:
            if not is_weak:
                found.append(word)
            if before and not (is_weak and before_is_weak):
                found.append(f"{before} {word}")
        before, before_is_weak = word, is_weak
    return found


def surfaces(texts: Iterable[str], wanted: Collection[str]) -> dict[str, str]:
    """How `texts` spell each wanted phrase: the most frequent spelling, in lower case where that is as good as any."""
    counts: dict[str, Counter[str]] = {phrase: Counter() for phrase in wanted}
    for text in texts:
        for phrase, spelling in _spelled(text):
            if phrase in counts:
                counts[phrase][spelling] += 1
    return {phrase: _common_spelling(spellings) or phrase for phrase, spellings in counts.items()}


def noun_likeness(texts: Iterable[str], wanted: Collection[str]) -> dict[str, float]:
    """Share of uses of each wanted phrase in which it stands as a noun does: what follows ends the phrase, and no "to" or "we" goes before.

    A name ends its phrase ("the price list of ..."), an adjective leads on to another word, a verb follows "to", "you" or "will". 0..1.
    """
    uses: Counter[str] = Counter()
    as_noun: Counter[str] = Counter()
    for text in texts:
        tokens = TOKEN.findall(text.lower())
        words = [folded(token) for token in tokens] + [""]
        for at, word in enumerate(words[:-1]):
            for start in (at, at - 1):
                phrase = word if start == at else f"{words[start]} {word}"
                if word and start >= 0 and words[start] and phrase in wanted:
                    uses[phrase] += 1
                    as_noun[phrase] += not words[at + 1] and (start == 0 or tokens[start - 1] not in BEFORE_VERBS)
    return {phrase: as_noun[phrase] / uses[phrase] if uses[phrase] else 0.0 for phrase in wanted}


def verbs_in(texts: Iterable[str], wanted: Collection[str]) -> set[str]:
    """Which of the wanted words in -ing are verbs here: an article, pronoun or particle follows ("tracking the", "bringing together"), as it rarely does after "pricing"."""
    uses: Counter[str] = Counter()
    with_object: Counter[str] = Counter()
    for text in texts:
        for word, after in ING.findall(text.lower()):
            if word in wanted:
                uses[word] += 1
                with_object[word] += after in AFTER_VERBS
    return {word for word, count in with_object.items() if count >= WITH_OBJECT * uses[word]}


def site_names(titles: Iterable[str]) -> frozenset[str]:
    """What stands as last or first part of many titles, "... | Acme": the site's name, not a topic."""
    counts: Counter[str] = Counter()
    n_titles = 0
    for title in titles:
        n_titles += 1
        parts = SITE_NAME.split(title.strip())
        counts.update({parts[0].lower(), parts[-1].lower()} if len(parts) > 1 else ())
    return frozenset(name for name, count in counts.items() if count >= max(MIN_SITE_NAME, SITE_NAME_SHARE * n_titles))


def without_site_name(title: str, named: frozenset[str]) -> str:
    """`title` without its parts that are a site's name; the whole title when nothing else is there."""
    parts = [part for part in SITE_NAME.split(title) if part.lower() not in named]
    return ", ".join(parts) if named and parts else title


@lru_cache(maxsize=WORDS_HELD)
def _weighed(token: str) -> tuple[str, bool]:
    """The folded word, and whether it is part of a phrase and no topic by itself."""
    word = folded(token)
    return word, word in weak_words()


@lru_cache(maxsize=WORDS_HELD)
def folded(token: str) -> str:
    """A word in lower case and in the singular; empty for what ends a phrase: a sign, a number, a word that names no topic."""
    word = token.replace("’", "'").split("'", 1)[0]
    if len(word) < 2 or not LETTER.search(word) or word in stop_words():
        return ""
    word = _singular(word)
    return "" if word in stop_words() else word


def _singular(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("sses", "shes", "ches", "xes", "zzes")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is", "ics", "ous")):
        return word[:-1]
    return word


@lru_cache(maxsize=1)
def _plain_words() -> tuple[frozenset[str], frozenset[str]]:
    lists: list[list[str]] = []
    for line in Path(__file__).with_name("plain_words.txt").read_text(encoding="utf-8").splitlines()[1:]:
        if line.startswith("#"):
            lists.append([])
        else:
            lists[-1].extend(line.split())
    stop, weak = lists
    return frozenset(stop), frozenset(_singular(word) for word in weak)


def stop_words() -> frozenset[str]:
    """Words that end a phrase."""
    return _plain_words()[0]


def weak_words() -> frozenset[str]:
    """Words, in the singular, that are part of a phrase and no topic by themselves."""
    return _plain_words()[1]


def _top(profile: str, named: frozenset[str]) -> str:
    title, description, *_ = [*profile.split("\n", 2), ""]
    return f"{without_site_name(title, named)}\n{description[:DESCRIPTION]}"


def _emphasised(profile: str, named: frozenset[str]) -> str:
    top = _top(profile, named)
    return f"{top}\n{top}\n{profile}"


def _spelled(text: str) -> Iterator[tuple[str, str]]:
    before = raw_before = ""
    for raw in TOKEN.findall(text):
        word = folded(raw.lower())
        raw = raw.split("'", 1)[0].split("’", 1)[0]
        if word:
            yield word, raw
            if before:
                yield f"{before} {word}", f"{raw_before} {raw}"
        before, raw_before = word, raw


def _common_spelling(spellings: Counter[str]) -> str:
    """Headlines Capitalise; running text says how a phrase is spelled. Names (GDPR, Kubernetes) are never in lower case."""
    ranked = sorted(spellings.items(), key=lambda item: (-item[1], item[0]))
    lower = [(spelling, count) for spelling, count in ranked if spelling.islower()]
    if lower and sum(count for _, count in lower) * 4 >= sum(spellings.values()):
        return lower[0][0]
    return ranked[0][0] if ranked else ""
