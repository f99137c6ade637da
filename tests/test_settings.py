"""Defaults, the user's file over them, and what is refused."""

import pickle
from dataclasses import replace
from pathlib import Path

import pytest

from gating.errors import SettingsError
from gating.settings import DEFAULTS_FILE, PathRule, Settings, load_settings


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
        ('policy = "capture "', ['Did you mean "capture"']),
        ('audience = "developer"', ["audience must be one of", 'Did you mean "developers"']),
        ("[thresholds]\ngate_from = 3", ['"thresholds.gate_from"', 'did you mean "thresholds.gated_from"']),
        ("[thresholds]\ngated_from = 8", ["thresholds.gated_from", "whole number from -3 to 7", "8"]),
        ("[thresholds]\ngated_from = 2.5", ["thresholds.gated_from", "whole number"]),
        ("[thresholds]\ngated_from = 1", ["soft_gate_from (2) must not be higher than gated_from (1)"]),
        ("[mix]\ndemand_share = 70", ["mix.demand_share must lie between 0 and 1", "70"]),
        ("[mix]\nawareness = 0.5\ndecision = 0.3", ["make 0.8 together", "must make 1"]),
        ('[names]\nrival = ["Ferndesk"]', ['"names.rival"', 'did you mean "names.rivals"']),
        ('[names]\nbrand = "Pottergate"', ["names.brand must be a list of texts", "'Pottergate'"]),
        ('[names]\nbrand = ["Pottergate", 3]', ["names.brand must be a list of texts", "3"]),
        ('[words]\nown_data = [" "]', ["words.own_data", "without a letter or digit"]),
        ("[gate_costs]\nfill_share = 3", ["gate_costs.fill_share must lie between 0 and 1", "3"]),
        ("[gate_costs]\ncontact_value = -1", ["gate_costs.contact_value must be a number of at least 0", "-1"]),
        ('[formats]\nreports = "gated"', ['"formats.reports"', 'did you mean "formats.report"']),
        ('[formats]\nreport = "gate"', ["formats.report must be one of ungated, soft-gate, gated", 'Did you mean "gated"']),
        ('formats = "gated"', ["[formats] must be a table"]),
        ('[[path]]\nglob = "docs/"', ['"path"', 'did you mean "paths"']),
        ('[paths]\nglob = "docs/"', ["must be written as [[paths]]"]),
        ('[[paths]]\ngate = "ungated"', ["paths 1 has no glob"]),
        ('[[paths]]\nglob = "a/"\n[[paths]]\nglob = "b/"\nstages = "decision"', ['"paths 2: stages"', 'did you mean "paths 2: stage"']),
        ('[[paths]]\nglob = "a/"\nstage = "tofu"', ["paths 1: stage must be one of awareness, consideration, decision", "'tofu'"]),
        ('[[paths]]\nglob = "a/"\nignore = ["handoff"]', ["paths 1: ignore must be one of", 'Did you mean "hand-off"']),
        ('[[paths]]\nglob = "a/"\nreason = 3', ["paths 1: reason must be a text in quotes", "3"]),
        ('[[paths]]\nglob = "!a/"', ["paths 1: glob '!a/' begins with !"]),
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


POLICY = """
audience = "researchers"
[mix]
demand_share = 0.7
[names]
brand = ["Pottergate"]
[words]
commodity = ["house plants", "watering"]
[thresholds]
gated_from = 5
[formats]
report = "soft-gate"
[gate_costs]
contact_value = 40
[[paths]]
glob = "docs/"
policy = "open"
ignore = "gate"
[[paths]]
glob = "/press/**"
stage = "awareness"
"""


def test_policy_of_a_company_is_read_whole(tmp_path: Path, settings: Settings) -> None:
    """Every kind of setting: texts, lists, numbers, formats, paths in their order."""
    assert load(tmp_path, POLICY) == replace(
        settings,
        audience="researchers",
        mix=replace(settings.mix, demand_share=0.7),
        names=replace(settings.names, brand=("Pottergate",)),
        words=replace(settings.words, commodity=("house plants", "watering")),
        thresholds=replace(settings.thresholds, gated_from=5),
        formats=(("report", "soft-gate"),),
        gate_costs=replace(settings.gate_costs, contact_value=40),
        paths=(PathRule("docs/", policy="open", ignore=("gate",)), PathRule("/press/**", stage="awareness")),
    )


def test_settings_can_be_told_apart_and_sent_to_a_worker(tmp_path: Path) -> None:
    """A worker makes its own assessor of them, and keeps it by them."""
    once = load(tmp_path, POLICY)
    assert {once: 1}[pickle.loads(pickle.dumps(once))] == 1


def test_project_file_is_read_where_there_is_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """[tool.gating] of ./pyproject.toml; ./gating.toml goes before it, whole."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").write_text('[tool.other]\nx = 1\n[tool.gating]\npolicy = "open"\n[tool.gating.limits]\nmin_words = 33\n')
    assert (load_settings().policy, load_settings().limits.min_words) == ("open", 33)
    (tmp_path / "gating.toml").write_text('policy = "capture"\n')
    assert (load_settings().policy, load_settings().limits.min_words) == ("capture", load_settings(DEFAULTS_FILE).limits.min_words)
    assert load_settings(Path("pyproject.toml")).policy == "open"


@pytest.mark.parametrize("text", ["[tool.other]\nx = 1\n", "x = = 1\n", "[tool.gating]\n"])
def test_project_file_that_says_nothing_of_gating_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Settings, text: str) -> None:
    """Also a broken one, which is not ours to judge; and an empty table."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").write_text(text)
    assert load_settings() == settings


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[tool.gating]\npolcy = "open"', ["pyproject.toml: [tool.gating]", 'did you mean "policy"']),
        ("[tool.gating\n", ["pyproject.toml: is not valid TOML"]),
        ("[tool]\ngating = 3 # tool.gating", ["[tool.gating] must be a table", "3"]),
    ],
)
def test_mistake_in_the_project_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, words: list[str]) -> None:
    """With the file and the table."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").write_text(text)
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert all(word in str(caught.value) for word in words), caught.value


def test_named_project_file_must_have_the_table(tmp_path: Path) -> None:
    """Else the defaults would be taken for the company's own."""
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    with pytest.raises(SettingsError, match=r"has no table \[tool\.gating\]"):
        load_settings(tmp_path / "pyproject.toml")


def test_the_example_in_the_defaults_is_valid_once_its_marks_are_gone(tmp_path: Path) -> None:
    """A person takes the marks away and has a setting, not a mistake."""
    lines = DEFAULTS_FILE.read_text(encoding="utf-8").splitlines()
    at = lines.index("# [[paths]]")
    example = [line.removeprefix("# ") for line in lines[at : lines.index("", at)]]
    (rule,) = load(tmp_path, "\n".join(example)).paths
    assert (rule.glob, rule.policy, rule.ignore) == ("docs/", "open", ("hand-off",))
