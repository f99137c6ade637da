"""What a profile is about: words and pairs of words, weighed."""

import numpy as np
import pytest

from gating.library.phrases import noun_likeness, phrases_in, site_names, surfaces, weigh_phrases, without_site_name


def test_phrases_are_singular_and_end_at_stop_words() -> None:
    """Plural and singular are one; a pair never reaches over a full stop, a stop word or a number."""
    assert phrases_in("Water meters. Leaks of the meter, 12 valves") == ["water", "meter", "water meter", "leak", "meter", "valve"]


def test_weak_words_count_in_pairs_only() -> None:
    """ "Software" tells nothing, "payroll software" does; two weak words make no topic."""
    assert phrases_in("payroll software") == ["payroll", "payroll software"]
    assert phrases_in("customer service") == []


def test_what_ends_in_s_is_not_always_a_plural() -> None:
    """Analysis, glass, bonus and physics stay; companies of all kinds fold."""
    assert phrases_in("glass") + phrases_in("bonus") + phrases_in("physics") + phrases_in("batteries") + phrases_in("hatches") == ["glass", "bonus", "physics", "battery", "hatch"]


def test_spelling_follows_running_text_and_names_keep_their_capitals() -> None:
    """Headlines capitalise; a name is never written in lower case."""
    texts = ["Water Meters Explained", "two water meters leak", "a water meter", "GDPR for marinas"]
    assert surfaces(texts, {"water meter", "gdpr"}) == {"water meter": "water meters", "gdpr": "GDPR"} or surfaces(texts, {"water meter"})["water meter"].islower()
    assert surfaces(texts, {"gdpr"}) == {"gdpr": "GDPR"}


def test_a_noun_ends_its_phrase() -> None:
    """An adjective leads on to another word, a verb follows "to" or "we"."""
    texts = ["The dynamic pricing model. We harvest pears. Store the pears. A dynamic roof."]
    likeness = noun_likeness(texts, {"dynamic", "harvest", "pear", "roof"})
    assert likeness["pear"] == likeness["roof"] == 1.0
    assert likeness["dynamic"] == likeness["harvest"] == 0.0


def test_the_name_of_the_site_in_titles_is_no_topic() -> None:
    """Known by standing last in many titles; a dash inside one title is none."""
    titles = ["Ropes | Acme", "Hulls | Acme", "Paint | Acme", "Ropes and why they part - a study"]
    assert site_names(titles) == {"acme"}
    assert [without_site_name(title, site_names(titles)) for title in titles] == ["Ropes", "Hulls", "Paint", "Ropes and why they part - a study".replace(" - ", ", ")]


def test_rows_have_unit_length_or_none() -> None:
    """A profile without a telling word is a row of zeros, not a division by zero."""
    table = weigh_phrases(["Mooring lines\n\n\nRopes part in storms", "The\n\n\nof and to"])
    lengths = np.sqrt(np.asarray(table.weights.multiply(table.weights).sum(axis=1))).ravel()
    assert lengths.tolist() == [1.0, 0.0] or np.allclose(lengths, [1, 0])


def test_profiles_without_any_telling_word() -> None:
    """Empty profiles, or thirty that say the same: a table without columns."""
    assert weigh_phrases(["\n\n\n", "the of"]).weights.shape == (2, 0)
    assert weigh_phrases(["Mooring lines\n\n\nRopes part"] * 30).weights.shape == (30, 0)


def test_counting_forgets_rare_phrases_of_a_large_library_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory does not grow with the library, and what is frequent is found all the same; a small library forgets nothing."""
    texts = [f"Leaks\n\n\nA leak behind meter m{number}x and valve v{number}x" for number in range(60)]
    whole = weigh_phrases(texts)
    monkeypatch.setattr("gating.library.phrases.MOST_COUNTED", 40)
    assert weigh_phrases(texts).phrases == whole.phrases
    monkeypatch.setattr("gating.library.phrases.RARE_FROM", 10)
    monkeypatch.setattr("gating.library.phrases.SITE_WIDE", 1.0)
    assert {"leak", "meter", "valve"} <= set(weigh_phrases(texts).phrases)
    assert not [phrase for phrase in weigh_phrases(texts).phrases if "m7x" in phrase]


def test_rows_do_not_depend_on_how_many_are_counted_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs of two give the table that one run gives."""
    texts = [f"Ropes {number}\n\n\nMooring ropes part in storm {word}" for number, word in enumerate(("alpha", "beta", "gamma", "delta", "omega"))]
    whole = weigh_phrases(texts)
    monkeypatch.setattr("gating.library.phrases.AT_ONCE", 2)
    again = weigh_phrases(texts)
    assert (whole.weights != again.weights).nnz == (whole.titled != again.titled).nnz == 0


def test_a_piece_of_a_large_library_is_compared_by_its_strongest_phrases(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of unit length as ever, so that similarities mean the same."""
    texts = [f"Ropes {number}\n\n\nMooring ropes part in storm {word} behind the {word} pontoon" for number, word in enumerate(("alpha", "beta", "gamma", "delta", "omega"))]
    whole = weigh_phrases(texts)
    monkeypatch.setattr("gating.library.phrases.LEARN_FROM", 4)
    monkeypatch.setattr("gating.library.phrases.STRONGEST", 3)
    table = weigh_phrases(texts)
    assert max(np.diff(whole.weights.indptr)) > 3
    assert set(np.diff(table.weights.indptr)) == {3}
    assert np.allclose(np.sqrt(np.asarray(table.weights.multiply(table.weights).sum(axis=1))).ravel(), 1.0)
