"""Defaults, the user's file over them, and what is refused."""

from dataclasses import replace
from pathlib import Path

import pytest

from gating.errors import SettingsError
from gating.settings import DEFAULTS_FILE, Settings, load_settings


def load(tmp_path: Path, text: str) -> Settings:
    file = tmp_path / "mine.toml"
    file.write_text(text, encoding="utf-8")
    return load_settings(file)


def test_file_is_laid_over_the_defaults(tmp_path: Path, settings: Settings) -> None:
    """What the file names changes, everything else stays as it was."""
    changed = load(tmp_path, 'policy = "open"\n[limits]\nmin_words = 20\n')
    assert changed == replace(settings, policy="open", limits=replace(settings.limits, min_words=20))


def test_empty_file_changes_nothing(tmp_path: Path, settings: Settings) -> None:
    """A file of comments is the defaults."""
    assert load(tmp_path, "# nothing yet\n") == settings


def test_file_in_the_working_folder_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """./gating.toml counts without being named."""
    (tmp_path / "gating.toml").write_text('policy = "developer"\n')
    monkeypatch.chdir(tmp_path)
    assert load_settings().policy == "developer"


def test_named_file_goes_before_the_one_in_the_working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """--config replaces ./gating.toml, it is not laid over it."""
    (tmp_path / "gating.toml").write_text('policy = "developer"\n[limits]\nmin_words = 33\n')
    monkeypatch.chdir(tmp_path)
    named = load(tmp_path, 'policy = "open"\n')
    assert (named.policy, named.limits.min_words) == ("open", load_settings(DEFAULTS_FILE).limits.min_words)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('polcy = "open"', ['"polcy"', 'did you mean "policy"']),
        ("[limits]\nmin_word = 3", ['"limits.min_word"', 'did you mean "limits.min_words"']),
        ("[reviews]\nstrategy_below = 0.5", ['"reviews"', 'did you mean "review"']),
        ("zebra = 1", ['"zebra"', "known here", "policy"]),
        ('policy = "closed"', ["policy must be one of", "'closed'", "balanced"]),
        ("policy = 3", ["policy must be a text", "3"]),
        ("limits = 3", ["[limits] must be a table", "3"]),
        ('[limits]\nmin_words = "ten"', ["limits.min_words must be a number", "'ten'"]),
        ("[limits]\nmin_words = true", ["limits.min_words must be a number", "True"]),
        ("[limits]\nmin_words = 0", ["limits.min_words", "at least 1", "0"]),
        ("[limits]\nmax_rows = 1.5", ["limits.max_rows", "whole number", "1.5"]),
        ("[limits]\nmax_rows = inf", ["limits.max_rows", "whole number", "inf"]),
        ("[limits]\nmax_rows = nan", ["limits.max_rows", "whole number", "nan"]),
        ("[review]\ngate_below = 1.2", ["review.gate_below", "between 0 and 1", "1.2"]),
        ("[review]\ngate_below = nan", ["review.gate_below", "between 0 and 1"]),
        ("policy = open\n", ["not valid TOML", "line 1"]),
    ],
)
def test_mistake_is_named_with_what_was_found_and_what_is_known(tmp_path: Path, text: str, words: list[str]) -> None:
    """A wrong key or value gives one sentence with the file, the finding and the way out."""
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, text)
    said = str(caught.value)
    assert all(word in said for word in ["mine.toml", *words]), said


def test_whole_number_written_with_a_point_is_a_whole_number(tmp_path: Path) -> None:
    """`max_pdf_pages = 2.0` means two pages; what counts pages needs a whole number."""
    pages = load(tmp_path, "[limits]\nmax_pdf_pages = 2.0\n").limits.max_pdf_pages
    assert list(range(pages)) == [0, 1]


def test_missing_file_is_an_error(tmp_path: Path) -> None:
    """A file that was named must be there."""
    with pytest.raises(SettingsError, match=r"nowhere\.toml: cannot be read"):
        load_settings(tmp_path / "nowhere.toml")


def test_file_in_another_encoding_is_an_error(tmp_path: Path) -> None:
    """Bytes that are no UTF-8 give the same sentence as bad TOML."""
    (tmp_path / "mine.toml").write_bytes(b'policy = "caf\xe9"')
    with pytest.raises(SettingsError, match="not valid TOML"):
        load_settings(tmp_path / "mine.toml")


def test_every_default_has_a_comment_above_it() -> None:
    """defaults.toml is what `gating init` gives a person to read."""
    lines = DEFAULTS_FILE.read_text(encoding="utf-8").splitlines()
    bare = [line for above, line in zip(["", *lines], lines, strict=False) if "=" in line and not line.startswith("#") and not above.startswith("#")]
    assert bare == []


def test_settings_are_values() -> None:
    """Two loads are equal, and nothing can change one of them."""
    first = load_settings(DEFAULTS_FILE)
    assert first == load_settings(DEFAULTS_FILE)
    with pytest.raises(AttributeError):
        first.policy = "open"  # type: ignore[misc]
