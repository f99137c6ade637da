"""Makes gating/features/tokenizer.json: the rules by which spaCy's English tokenizer cuts a text in lower case (spaCy is under the MIT licence).

Run it after an update of spaCy. tests/features/test_tokenizer.py compares the two.
"""

from __future__ import annotations

import json
from pathlib import Path

import spacy
from spacy.attrs import ORTH
from spacy.lang.en.lex_attrs import _num_words, _ordinal_words

TARGET = Path(__file__).resolve().parent.parent / "gating" / "features" / "tokenizer.json"


def main() -> None:
    """Writes the patterns and the special cases that a text in lower case with straight apostrophes can hold."""
    tokenizer = spacy.blank("en").tokenizer
    special = {text: [part[ORTH] for part in parts] for text, parts in sorted(tokenizer.rules.items()) if text == text.lower() and "’" not in text and text.strip()}
    patterns = {name: getattr(tokenizer, attribute).__self__ for name, attribute in (("prefix", "prefix_search"), ("suffix", "suffix_search"),
                                                                                     ("infix", "infix_finditer"), ("url", "url_match"))}  # fmt: skip
    source = f"spaCy {spacy.__version__}, English tokenizer, MIT licence; taken by scripts/make_tokenizer.py"
    rules = {"source": source, "numbers": _num_words + _ordinal_words, "special": special, **{name: [found.pattern, found.flags] for name, found in patterns.items()}}
    TARGET.write_text(json.dumps(rules, indent=1) + "\n", encoding="ascii")


if __name__ == "__main__":
    main()
