"""Which language a text is in."""

import pytest

from gating.reading.language import language_name, language_of
from gating.records import Skipped
from tests.builders import GERMAN, PROSE
from tests.conftest import Read

FRENCH = (
    "Pendant l'hiver, les poires sont gardées dans des caisses en bois que personne ne compte avant le départ du camion. "
    "Nous avons suivi trois vergers pendant une semaine pour comprendre où chaque caisse était posée et qui la déplaçait ensuite."
)


@pytest.mark.parametrize("text", ["Get the guide", "Pricing", "Book a demo today", "Start free trial", "Pear crates, lids and labels", "What is a crate?"])
def test_short_english_lines_stay_english(text: str) -> None:
    """A few words of a landing page are not enough to call them foreign."""
    assert language_of(text) == "en"


def test_english_prose_is_english() -> None:
    """Running English."""
    assert language_of(PROSE) == "en"


def test_list_of_names_stays_english() -> None:
    """Product names without function words are not taken for Latin when they are few."""
    assert language_of("Acme Cloud Orion Nimbus Vega Altair Rigel Deneb") == "en"


@pytest.mark.parametrize(("text", "code"), [(GERMAN, "de"), (FRENCH, "fr")])
def test_other_languages_are_told(text: str, code: str) -> None:
    """Two sentences of German or French are known as such."""
    assert language_of(text) == code


def test_german_piece_is_skipped_and_the_language_named(read: Read) -> None:
    """The reason says German, not de."""
    result = read("birnen.md", f"# Birnen im Winter\n\n{GERMAN}\n")
    assert isinstance(result, Skipped)
    assert "German" in result.reason


def test_german_code_samples_do_not_hide_english_prose(read: Read) -> None:
    """Code is left out of the question."""
    assert not isinstance(read("note.md", f"{PROSE}\n\n```\n{GERMAN}\n```\n"), Skipped)


def test_text_without_words_has_no_language() -> None:
    """Numbers alone are undetermined."""
    assert language_of("12 345 67") == "und"


def test_text_in_no_language_says_so(read: Read) -> None:
    """Part numbers are no foreign language, and no code of one stands in the reason."""
    result = read("parts.txt", "QWX ZRT PLM VBN\n\n" * 30)
    assert isinstance(result, Skipped)
    assert result.reason == "the text is in no language that can be told (figures, signs or names); gating reads English"


def test_unnamed_code_is_shown_as_it_is() -> None:
    """A language that we have no name for keeps its code."""
    assert (language_name("de"), language_name("xx")) == ("German", 'in another language ("xx")')
