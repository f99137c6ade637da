"""`gating explain`, `gating init`, and the help of every command."""

import json
import tomllib
from pathlib import Path

import click
import pytest

from gating import __version__
from gating.cli import cli
from tests.builders import PROSE
from tests.cli.conftest import Run


def test_explain_shows_labels_parts_quotes_and_flips(run: Run, samples: Path) -> None:
    """The page of one draft has all its sections."""
    result = run("explain", str(samples / "what-is-cold-chain-drift.md"))
    assert result.exit_code == 0
    for words in (
        "What is cold chain drift",
        "Strategy",
        "Stage",
        "Gate score",
        "Uniqueness",
        "Words that weighed most",
        "line ",
        "What would flip each label",
        "Judge it by",
        "Scored by",
    ):
        assert words in result.stdout


def test_explain_json_is_the_record_with_more(run: Run, samples: Path) -> None:
    """The record of `score`, with the rule, the words of the parts and a flip for each of three heads."""
    path = str(samples / "pricing.html")
    explained = json.loads(run("explain", path, "--format", "json").stdout)
    scored = json.loads(run("score", path, "--format", "jsonl").stdout)
    assert {key: explained[key] for key in scored if key not in ("evidence", "why")} == {key: scored[key] for key in scored if key not in ("evidence", "why")}
    assert len(explained["evidence"]) > len(scored["evidence"])
    assert [flip["head"] for flip in explained["flips"]] == ["strategy", "stage", "gate"]


def test_explain_takes_one_row_of_a_table(run: Run, samples: Path) -> None:
    """library.csv#3 is the third row."""
    result = run("explain", f"{samples / 'library.csv'}#3", "--format", "json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["source"].endswith("library.csv#3")


def test_explain_on_several_pieces_says_how_to_name_one(run: Run, samples: Path) -> None:
    """A table without a row, or a folder, holds too many; an example of one is given."""
    for path, example in ((samples / "library.csv", "library.csv#2"), (samples, "drafts/")):
        result = run("explain", str(path))
        assert result.exit_code == 2
        assert "Name one of them" in result.stderr
        assert example in result.stderr


def test_explain_on_a_row_that_is_not_there(run: Run, samples: Path) -> None:
    """Row 99 of six is named as missing."""
    result = run("explain", f"{samples / 'library.csv'}#99")
    assert result.exit_code == 2
    assert "library.csv#99: there is no such piece" in result.stderr


@pytest.mark.parametrize("name", ["nowhere.md", "nowhere.csv#3"])
def test_explain_on_a_missing_file(run: Run, name: str) -> None:
    """The same sentence as for score."""
    result = run("explain", name)
    assert result.exit_code == 2
    assert "no such file" in result.stderr


def test_explain_on_a_piece_that_cannot_be_scored(run: Run, tmp_path: Path) -> None:
    """The reason on stderr, code 2."""
    (tmp_path / "short.md").write_text("Three words only")
    result = run("explain", "short.md")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "only 3 words" in result.stderr


def test_explain_reads_standard_input(run: Run) -> None:
    """A draft from a pipe."""
    result = run("explain", "-", "--format", "json", input=f"# Counting crates\n\n{PROSE}\n".encode())
    assert json.loads(result.stdout)["title"] == "Counting crates"


def test_explain_file_with_a_number_sign_in_its_name(run: Run, tmp_path: Path) -> None:
    """draft#2 that exists is a file, not a row."""
    (tmp_path / "draft#2").write_text(f"# Counting crates\n\n{PROSE}\n")
    assert run("explain", "draft#2").exit_code == 0


def commands(group: click.Group, above: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    for name, command in group.commands.items():
        found += commands(command, (*above, name)) if isinstance(command, click.Group) else [(*above, name)]
    return found


@pytest.mark.parametrize("command", commands(cli), ids=" ".join)
def test_help_of_every_command_has_an_example(run: Run, command: tuple[str, ...]) -> None:
    """--help exits 0 and shows a line that a person can type."""
    result = run(*command, "--help")
    assert result.exit_code == 0
    assert f"gating {' '.join(command)}" in result.stdout.split("\n", 1)[1]


@pytest.mark.parametrize("option", ["-h", "--help"])
def test_help_lists_every_command(run: Run, option: str) -> None:
    """The first help names what there is."""
    result = run(option)
    assert result.exit_code == 0
    assert all(name in result.stdout for name in cli.commands)


def test_every_option_says_what_it_does() -> None:
    """No option without a line of help."""
    bare = [f"{name} {parameter.opts[0]}" for name, command in cli.commands.items() for parameter in command.params if isinstance(parameter, click.Option) and not parameter.help]
    assert bare == []


def test_version(run: Run) -> None:
    """--version names the program and its version."""
    assert run("--version").stdout.strip() == f"gating, version {__version__}"


def test_init_writes_every_setting_with_its_reason(run: Run, tmp_path: Path) -> None:
    """The file is valid, has comments, and changes nothing by itself."""
    (tmp_path / "draft.md").write_text(PROSE)
    before = run("score", "draft.md", "--format", "jsonl").stdout
    assert run("init").exit_code == 0
    written = (tmp_path / "gating.toml").read_text(encoding="utf-8")
    assert {"policy", "limits", "review"} <= set(tomllib.loads(written))
    assert written.count("#") >= 8
    assert run("score", "draft.md", "--format", "jsonl").stdout == before


def test_init_never_writes_over_a_file(run: Run, tmp_path: Path) -> None:
    """A person's settings are left as they are, with code 3."""
    (tmp_path / "gating.toml").write_text('policy = "open"\n')
    result = run("init")
    assert result.exit_code == 3
    assert "left as it is" in result.stderr
    assert (tmp_path / "gating.toml").read_text() == 'policy = "open"\n'


def test_init_into_a_folder(run: Run, tmp_path: Path) -> None:
    """FOLDER may be named; one that is not there is a mistake of usage."""
    (tmp_path / "deep").mkdir()
    assert run("init", "deep").exit_code == 0
    assert (tmp_path / "deep" / "gating.toml").is_file()
    assert run("init", "nowhere").exit_code == 2
