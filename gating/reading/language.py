"""Which language a text is in. gating reads English; anything else is skipped and said so."""

from __future__ import annotations

import re

# The commonest English function words (Leech, Rayson and Wilson 2001, Word Frequencies in Written and Spoken English, list 1.1),
# without those that are also common in German, French, Spanish, Italian or Dutch ("in", "on", "a", "me", "is", "was").
ENGLISH = frozenset(("the of and to that it with for you are this be have from or by we your they not at which but as will can our what all their if more when how who").split())
ENOUGH = 0.10  # share of these words; running English has 0.25 to 0.40, other languages under 0.05
SAMPLE_WORDS = 400
SAMPLE_CHARACTERS = 4000
NAMES = {"de": "German", "fr": "French", "es": "Spanish", "it": "Italian", "nl": "Dutch", "pt": "Portuguese", "no": "Norwegian", "nb": "Norwegian", "nn": "Norwegian",
         "sv": "Swedish", "da": "Danish", "fi": "Finnish", "pl": "Polish", "ru": "Russian", "ja": "Japanese", "zh": "Chinese", "ko": "Korean", "tr": "Turkish",
         "ar": "Arabic", "la": "Latin", "th": "Thai", "he": "Hebrew", "el": "Greek", "vi": "Vietnamese", "hi": "Hindi", "id": "Indonesian",
         "fa": "Persian", "bg": "Bulgarian", "cs": "Czech", "uk": "Ukrainian", "hu": "Hungarian", "ro": "Romanian",
         **dict.fromkeys(("und", "zxx"), "in no language that can be told (figures, signs or names)")}  # fmt: skip
UNSPACED = frozenset(("zh", "ja", "th", "lo", "km", "my"))  # written without spaces: so few words are no sign of a short text
WORDS = re.compile(r"[^\W\d_]+")


def language_of(text: str) -> str:
    """ISO 639-1 code. A text with a usual share of English function words is English without further question; else py3langid decides."""
    words = _first_words(text[: SAMPLE_CHARACTERS * 2].lower())
    if not words:
        return "und"
    if sum(map(ENGLISH.__contains__, words)) >= ENOUGH * len(words):
        return "en"
    import py3langid

    code: str = py3langid.classify(text[:SAMPLE_CHARACTERS])[0]
    # Lists of product names and Latin filler text are often taken for Latin or another language; too short to tell counts as English.
    return code if len(words) >= 25 or not text.isascii() else "en"


def load_languages() -> None:
    """Loads now what tells languages apart: its 80 MB are then shared by the copies of this process."""
    import py3langid

    py3langid.classify("")


def _first_words(text: str) -> list[str]:
    """At most SAMPLE_WORDS; most texts have them in their first few thousand characters, the last of which may be half a word."""
    words = WORDS.findall(text[: SAMPLE_WORDS * 8])
    return (words if len(words) > SAMPLE_WORDS else WORDS.findall(text))[:SAMPLE_WORDS]


def language_name(code: str) -> str:
    """For "de" "German"; for a code without a name of ours that it is another language."""
    return NAMES.get(code, f'in another language ("{code}")')
