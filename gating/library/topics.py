"""Topics of the library, found in its own words: clusters of profiles, named by the phrases that tell them apart."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gating.library.phrases import AT_ONCE, LEARN_FROM, PhraseTable, noun_likeness, phrases_in, surfaces, verbs_in, weak_words
from gating.records import Topic

FEWEST_PIECES = 12  # a smaller library is read faster than its topics
LEAST_TOPICS, MOST_TOPICS = 3, 24
AROUND = (0.7, 1.0, 1.4)  # of sqrt(pieces / 2): the numbers of topics that are tried
CELLS_AT_ONCE = 5_000_000  # of a table, counted in one go
DIFFERENT = 5_000  # pieces that differ, from which more change no number of topics
SMALLEST = 2  # pieces; what stands alone joins its nearest topic
SMALLEST_SHARE = 0.01
DIMENSIONS = 40
IN_BATCHES_FROM = 4_000  # pieces
JUDGED_ON = 2_000  # pieces on which numbers of topics are compared, which is quadratic, and in which the uses of words in -ing are looked at
PHRASES_A_NAME = 3
WORDS_A_TOPIC = 8
CANDIDATES = 120
FREQUENT = 0.2  # share of its pieces in which a phrase of a topic's name stands
OFTEN = 0.4  # the same for a phrase that one title of the topic has
COMMON = 0.35  # share of all pieces from which a phrase names no topic
TITLE_BONUS = 3.0  # what stands in the titles of a topic's pieces is what they are about
PAIR_BONUS = 1.6  # a pair of words says more than either
READ = 100  # pieces of a topic that are read again for how its phrases are used and written
AS_NOUN = 0.4  # share of its uses in which a phrase of a name stands as a noun
ING_AS_NOUN = 0.25  # the same for a bare word in -ing, under which it names none
OTHER_WORD = 0.15  # what the score of an adjective or verb is worth: it names a topic only where nothing else does
NO_TOPIC = -1
ADVERB = re.compile(r"\b(?!family|supply|assembly|anomaly|monopoly)\w{3,}ly\b")
VERB = re.compile(r"\w{2,}ing")
Labels = NDArray[np.int64]


def find_topics(table: PhraseTable, profiles: Sequence[str], among: Sequence[int], people: Iterable[str] = ()) -> tuple[tuple[Topic, ...], list[int]]:
    """Topics, the largest first, and the place of each piece's topic in them (-1: not among those looked at, or no phrase of it is known).

    No topic is named by one of `people`, who wrote the pieces. None for fewer than 12 pieces that differ. The same for the same rows in the same order; the caller sorts them.
    """
    from threadpoolctl import threadpool_limits

    nowhere = [NO_TOPIC] * len(profiles)
    telling = _telling(table)
    if len(among) < FEWEST_PIECES or not len(telling):
        return (), nowhere
    phrases = [table.phrases[at] for at in telling]
    shown = _Rows(table.weights, telling)
    filled = np.concatenate([run[np.diff(rows.indptr) > 0] for run, rows in shown.runs(np.array(among, dtype=np.int64))])
    n_distinct = _distinct(shown, filled)
    if n_distinct < FEWEST_PIECES:
        return (), nowhere
    with threadpool_limits(limits=1):  # sums in another order would move a piece on a border
        found = _clusters(_points(shown, filled), n_distinct)
    if found.max() == 0:
        return (), nowhere
    labels = np.full(len(profiles), NO_TOPIC)
    labels[filled] = found
    presence, titled = _presence(shown, labels), _presence(_Rows(table.titled, telling), labels)
    sizes = np.bincount(found)
    members = [[profiles[at] for at in np.flatnonzero(labels == topic)[:READ]] for topic in range(len(sizes))]
    ranked = [_noun_like(_distinguishing(presence, titled, sizes, topic), phrases, members[topic]) for topic in range(len(sizes))]
    in_ing = {word for phrase in phrases for word in phrase.split() if VERB.fullmatch(word)}
    read = profiles[:: 1 + len(profiles) // JUDGED_ON]
    verbs = verbs_in(read, in_ing)
    alone = {word for word, likeness in noun_likeness(read, in_ing).items() if likeness < ING_AS_NOUN}
    chosen = _names(ranked, phrases, _no_topic([*table.names, *people]) | verbs, alone)
    order = sorted((topic for topic in range(len(sizes)) if chosen[topic]), key=lambda topic: (-int(sizes[topic]), chosen[topic]))  # what has no name is no topic
    topics = tuple(_topic(phrases, ranked[topic], chosen[topic], members[topic]) for topic in order)
    places = {topic: place for place, topic in enumerate(order)}
    return topics, [places.get(int(label), NO_TOPIC) for label in labels]


def _telling(table: PhraseTable) -> Labels:
    """The phrases that stand in a title or description and in more than one piece: the rest is manner of speaking."""
    return np.flatnonzero((_n_pieces(table.weights) >= 2) & (_n_pieces(table.titled) >= 1))


def _n_pieces(table: Any) -> Labels:
    """In how many rows each column has a value."""
    counted = np.zeros(table.shape[1], dtype=np.int64)
    for start in range(0, len(table.indices), CELLS_AT_ONCE):
        counted += np.bincount(table.indices[start : start + CELLS_AT_ONCE], minlength=len(counted))
    return counted


@dataclass(frozen=True)
class _Rows:
    """The rows of a table in some of its columns, made when they are asked for: a second table of a large library would double its memory."""

    table: Any
    columns: Labels

    def __call__(self, rows: Labels) -> Any:
        """These rows, each of unit length."""
        from sklearn.preprocessing import normalize

        return normalize(self.table[rows][:, self.columns], copy=False)

    def runs(self, rows: Labels) -> Iterator[tuple[Labels, Any]]:
        """(some of the rows, their table), until all were there."""
        for start in range(0, len(rows), AT_ONCE):
            run = rows[start : start + AT_ONCE]
            yield run, self(run)


def _clusters(points: NDArray[np.floating[Any]], n_distinct: int) -> Labels:
    from sklearn.cluster import KMeans, MiniBatchKMeans
    from sklearn.metrics import silhouette_score

    many = len(points) > IN_BATCHES_FROM
    judged = points[:: 1 + len(points) // JUDGED_ON]
    best: tuple[float, Any] | None = None
    for count in _counts(n_distinct):
        model = MiniBatchKMeans(count, random_state=0, n_init=3, batch_size=2_048) if many else KMeans(count, random_state=0, n_init=5)
        model.fit(points)
        labels = model.predict(judged)
        score = float(silhouette_score(judged, labels)) if 1 < len(set(labels.tolist())) < len(judged) else -1.0
        if best is None or score > best[0]:
            best = (score, model.cluster_centers_)
    assert best is not None
    return _nearest(points, best[1])


def _distinct(shown: _Rows, rows: Labels) -> int:
    """How many rows differ, counted up to DIFFERENT or a little more: pieces that say the same thing of the topics make no more topics."""
    seen: set[int] = set()
    for _, table in shown.runs(rows):
        seen |= {hash((table.indices[start:end].tobytes(), table.data[start:end].tobytes())) for start, end in itertools.pairwise(table.indptr)}
        if len(seen) >= DIFFERENT:
            break
    return len(seen)


def _points(shown: _Rows, rows: Labels) -> NDArray[np.floating[Any]]:
    """The rows in a few dimensions, each of unit length; the dimensions are learned from every n-th row of a large library."""
    from sklearn.decomposition import TruncatedSVD
    from sklearn.preprocessing import normalize

    dimensions = min(DIMENSIONS, len(rows) - 1, len(shown.columns) - 1)
    if dimensions < 2:
        return np.asarray(shown(rows).toarray(), dtype=np.float64)
    found = TruncatedSVD(dimensions, random_state=0).fit(shown(rows[:: 1 + len(rows) // LEARN_FROM]))
    points: NDArray[np.floating[Any]] = np.concatenate([normalize(found.transform(table)) for _, table in shown.runs(rows)])
    return points


def _counts(n_distinct: int) -> list[int]:
    around = (n_distinct / 2) ** 0.5
    return sorted({min(MOST_TOPICS, max(LEAST_TOPICS, round(share * around))) for share in AROUND})


def _nearest(points: NDArray[np.floating[Any]], centres: NDArray[np.floating[Any]]) -> Labels:
    """The nearest centre of each point, centres of too few points left out, numbered without gaps."""
    labels: Labels = np.argmax(points @ centres.T - 0.5 * np.sum(centres**2, axis=1), axis=1)
    sizes = np.bincount(labels, minlength=len(centres))
    kept = np.flatnonzero(sizes >= max(SMALLEST, SMALLEST_SHARE * len(points)))
    if 0 < len(kept) < len(centres):
        return _nearest(points, centres[kept])
    return labels


def _presence(shown: _Rows, labels: Labels) -> NDArray[np.float64]:
    """In how many pieces of each topic each phrase stands: (n_topics, n_phrases)."""
    from scipy.sparse import csr_matrix

    counted = np.zeros((int(labels.max()) + 1, len(shown.columns)))
    for run, table in shown.runs(np.flatnonzero(labels >= 0)):
        membership = csr_matrix((np.ones(len(run)), (labels[run], np.arange(len(run)))), shape=(len(counted), len(run)))
        counted += (membership @ table.astype(bool).astype(np.float64)).toarray()
    return counted


def _distinguishing(presence: NDArray[np.float64], titled: NDArray[np.float64], sizes: Labels, topic: int) -> list[tuple[int, float]]:
    """(phrase, score) of a topic, best first: how often inside, titles above all, times how much more often than outside."""
    size, total = int(sizes[topic]), int(sizes.sum())
    everywhere = presence.sum(axis=0)
    inside = presence[topic] / size
    outside = (everywhere - presence[topic] + 0.5) / (total - size + 1)
    score = (inside + TITLE_BONUS * titled[topic] / size) * np.log2(np.maximum(inside / outside, 1.0))
    told = (titled[topic] >= 2) | ((titled[topic] == 1) & (inside >= OFTEN))
    score[~told | (presence[topic] < max(2, FREQUENT * size)) | (everywhere > max(COMMON * total, size))] = 0.0
    best = np.argsort(-score, kind="stable")[:CANDIDATES]
    return [(int(phrase), float(score[phrase])) for phrase in best if score[phrase] > 0]


def _noun_like(scores: list[tuple[int, float]], phrases: Sequence[str], profiles: Sequence[str]) -> list[tuple[int, float]]:
    likeness = noun_likeness(profiles, {phrases[at] for at, _ in scores})
    return sorted(((at, score * (1.0 if likeness[phrases[at]] >= AS_NOUN else OTHER_WORD)) for at, score in scores), key=lambda pair: -pair[1])


def _names(ranked: list[list[tuple[int, float]]], phrases: Sequence[str], unwanted: set[str], not_alone: set[str]) -> list[tuple[str, ...]]:
    """Two or three phrases for each topic; no phrase names two topics, no word stands twice in a name, no brand, person or verb in any."""
    owner: dict[str, tuple[float, int]] = {}
    for topic, scores in enumerate(ranked):
        for phrase, score in scores:
            owner[phrases[phrase]] = max(owner.get(phrases[phrase], (0.0, 0)), (score, -topic))
    names = []
    for topic, scores in enumerate(ranked):
        weighed = sorted(((score * (PAIR_BONUS if " " in phrases[at] else 1.0), phrases[at]) for at, score in scores), key=lambda pair: (-pair[0], pair[1]))
        own = [phrase for _, phrase in weighed if owner[phrase][1] == -topic and not unwanted & set(phrase.split()) and phrase not in not_alone and not ADVERB.search(phrase)]
        names.append(_without_overlap(own)[:PHRASES_A_NAME])
    return names


def _no_topic(names: Iterable[str]) -> set[str]:
    return {word for name in names for word in phrases_in(name) if " " not in word}


def _without_overlap(phrases: Sequence[str]) -> tuple[str, ...]:
    taken: set[str] = set()
    chosen = []
    for phrase in phrases:
        words = set(phrase.split())
        if not words & taken and not (len(words) == 1 and phrase in weak_words()):
            chosen.append(phrase)
            taken |= words
    return tuple(chosen)


def _topic(phrases: Sequence[str], ranked: list[tuple[int, float]], chosen: tuple[str, ...], profiles: Sequence[str]) -> Topic:
    words = [phrases[at] for at, _ in ranked[:WORDS_A_TOPIC]]
    spelled = surfaces(profiles, {*chosen, *words})
    name = ", ".join(spelled[phrase] for phrase in chosen)
    return Topic(name[:1].upper() + name[1:], tuple(spelled[word] for word in words))
