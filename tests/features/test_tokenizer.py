"""Our cutting of a chunk against spaCy's own, whose rules it follows."""

from __future__ import annotations

import json

import pytest
import spacy
from hypothesis import example, given
from hypothesis import strategies as st
from spacy.attrs import ORTH
from spacy.lang.en.lex_attrs import like_num

from gating.features.tokenizer import RULES_FILE, is_number, tokens_of_chunk

NLP = spacy.blank("en")
SPECIAL = sorted({text.lower() for text in NLP.tokenizer.rules if text.strip() and "’" not in text})
PARTS = st.sampled_from(
    "crate pears e-mail we're don't u.s. a.m. 12 3.5 1,000 10km 2nd 50% $ £9 c++ node.js http://quay.example www.quay.example ada@quay.example …".split()
    + list(".,;:!?()[]{}\"'“”‘/-–—&*#%$€@+=<>|~^_`°™ßéö中")
)
CHUNKS = st.lists(PARTS | st.sampled_from(SPECIAL), min_size=1, max_size=6).map("".join).filter(lambda text: text.split() == [text] and text == text.lower())


def by_spacy(chunk: str) -> tuple[str, ...]:
    return tuple(token.text for token in NLP.make_doc(chunk))


@given(CHUNKS)
@example("(e.g.,")
@example(":-)))")
@example("rock'n'roll-bands")
@example("p.m./a.m.")
def test_chunks_are_cut_as_by_spacy(chunk: str) -> None:
    """Words, numbers, addresses, signs and special cases in any order."""
    assert tokens_of_chunk(chunk) == by_spacy(chunk)


@given(st.text(min_size=1, max_size=12).map(str.lower).filter(lambda text: text.split() == [text] and "’" not in text))
def test_any_chunk_is_cut_as_by_spacy(chunk: str) -> None:
    """Whatever letters and signs there are."""
    assert tokens_of_chunk(chunk) == by_spacy(chunk)


@pytest.mark.parametrize("sign", ["", "!", "(", "'"])
def test_special_cases_are_cut_as_by_spacy(sign: str) -> None:
    """Each of spaCy's special cases, by itself and beside a sign."""
    wrong = [text for text in SPECIAL for chunk in (f"{sign}{text}", f"{text}{sign}") if tokens_of_chunk(chunk) != by_spacy(chunk)]
    assert wrong == []


def test_the_rules_are_those_of_the_installed_spacy() -> None:
    """After an update of spaCy `scripts/make_tokenizer.py` has been run, or nothing that it takes has changed."""
    kept = json.loads(RULES_FILE.read_text(encoding="ascii"))
    found = {"prefix": NLP.tokenizer.prefix_search, "suffix": NLP.tokenizer.suffix_search, "infix": NLP.tokenizer.infix_finditer, "url": NLP.tokenizer.url_match}
    assert {name: kept[name][0] for name in found} == {name: search.__self__.pattern for name, search in found.items()}
    special = {text: [part[ORTH] for part in parts] for text, parts in NLP.tokenizer.rules.items() if text == text.lower() and "’" not in text and text.strip()}
    assert kept["special"] == special


@pytest.mark.parametrize("token", ["ten", "third", "12", "1,000", "3/4", "2nd", "+7", "-12.5", "~40", "½", "٣", "hundredth", "dozen", "v2", "1/2/3", "nd", "", "."])
def test_numbers_are_those_of_spacy(token: str) -> None:
    """In digits or in letters."""
    assert is_number(token) == like_num(token)
