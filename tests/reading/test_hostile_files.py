"""A folder of traps and odd names through the command line: each name once, nothing opened that should not be."""

import json
import os
import socket
from pathlib import Path

import pytest

from tests.builders import PROSE
from tests.cli.conftest import Run, run  # noqa: F401

PAGE = f"# Pears\n\n{PROSE}\n"
ODD = (
    "new\nline.md", "cr\rname.md", "tab\tname.md", "esc\x1b[31mred.md", "osc\x1b]0;x\x07.md", "c1\x9b31m.md", "\udcff\udcfe.md", "latin\udce9.md",
    "nfc\u00e9.md", "nfce\u0301.md", "rtl\u202edm.exe.md", "zero\u200bwidth.md", "-rf.md", "--help.md", "@args.md", "=1+1.md", "<script>.md", "q'uo\"te.md",
    "$(touch OWNED).md", "`id`.md", "a;b|c&d.md", " lead.md", "trail .md", "dot..md", "...md", "%s%d%n.md", "{0}.md", "[bold]x.md", "star*.md", "q?.md",
    "back\\slash.md", "CON.md", "A.md", "a.md", "comma,.md", "hash#3", "col:on.md", "pct%0a%00.md", "~.md", "!x.md", "x" * 252 + ".md",
)  # fmt: skip


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    """A folder in which every name is odd and every file the same good piece."""
    folder = tmp_path / "odd"
    folder.mkdir()
    for name in ODD:
        (folder / name).write_text(PAGE)
    return folder


def records(output: str) -> dict[str, dict]:
    """{source: record} of JSON Lines; each source once."""
    rows = [json.loads(line) for line in output.split("\n") if line]
    assert len({row["source"] for row in rows}) == len({row["id"] for row in rows}) == len(rows)
    return {row["source"]: row for row in rows}


def test_every_odd_name_is_scored_once_with_a_stable_id(run: Run, odd: Path) -> None:  # noqa: F811
    """The source in the record is the path as the system knows it, so that a script can open it again; ids do not change between runs."""
    result = run("score", "odd", "--format", "jsonl")
    found = records(result.stdout)
    assert {os.path.basename(source) for source in found} == set(ODD)
    assert {row["status"] for row in found.values()} == {"scored"}
    assert all(os.path.exists(os.fsencode(source)) for source in found)
    assert records(run("score", "odd", "--format", "jsonl").stdout) == found


@pytest.mark.parametrize("style", ["csv", "json", "markdown", "table"])
def test_odd_names_break_no_output(run: Run, odd: Path, style: str) -> None:  # noqa: F811
    """Each output is written and valid UTF-8; what is made to be looked at holds no raw control character."""
    assert run("score", "odd", "--format", style, "-o", f"out.{style}").exit_code == 0
    text = Path(f"out.{style}").read_bytes().decode("utf-8")
    assert style == "csv" or not set("\x1b\x07\x9b") & set(text)
    assert "OWNED" not in os.listdir()


def test_names_that_look_like_options_follow_two_dashes(run: Run, odd: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    """`--` ends the options; what follows are files."""
    monkeypatch.chdir(odd)
    found = records(run("score", "--format", "jsonl", "--", "--help.md", "-rf.md").stdout)
    assert [row["status"] for row in found.values()] == ["scored", "scored"]
    assert list(found) == ["--help.md", "-rf.md"]


def test_explain_takes_an_odd_name_as_it_is(run: Run, odd: Path) -> None:  # noqa: F811
    """`hash#3` exists, so it is a file and not the third row of another."""
    for name in ("hash#3", "[bold]x.md", "new\nline.md", "\udcff\udcfe.md"):
        assert run("explain", str(odd / name), "--format", "json").exit_code == 0


def test_traps_are_rows_and_cost_nobody_else(run: Run, tmp_path: Path) -> None:  # noqa: F811
    """Links in and out of the folder, in circles and to devices, a pipe and a socket: each one row, none opened; two names of one file both count."""
    (tmp_path / "canary.txt").write_text("CANARY " * 50)
    folder = tmp_path / "traps"
    folder.mkdir()
    (folder / "ok.md").write_text(PAGE)
    os.link(folder / "ok.md", folder / "hard.md")
    links = {
        "out.md": tmp_path / "canary.txt",
        "loop.md": "loop.md",
        "gone.md": "nowhere",
        "zero.txt": "/dev/zero",
        "stdin.txt": "/dev/stdin",
        "root": "/",
        "up": "..",
        "alias.md": "ok.md",
    }
    for name, target in links.items():
        (folder / name).symlink_to(target)
    os.mkfifo(folder / "pipe.md")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.relpath(folder / "sock.md"))
        result = run("score", "traps", "--format", "jsonl")
    found = {os.path.basename(source): row["status"] for source, row in records(result.stdout).items()}
    assert found == {"ok.md": "scored", "hard.md": "scored", **dict.fromkeys((*links, "pipe.md", "sock.md"), "skipped")}
    assert "CANARY" not in result.output


@pytest.mark.parametrize("name", ["/dev/zero", "loop.md", "gone.md", "pipe.md"])
def test_trap_given_by_name_is_one_row_at_once(run: Run, tmp_path: Path, name: str) -> None:  # noqa: F811
    """What a person names is looked at, and still no device or pipe is read."""
    (tmp_path / "loop.md").symlink_to("loop.md")
    (tmp_path / "gone.md").symlink_to("nowhere")
    os.mkfifo(tmp_path / "pipe.md")
    (row,) = records(run("score", name, "--format", "jsonl").stdout).values()
    assert row["status"] in ("skipped", "failed")
    assert row["reason"]


def test_file_that_vanishes_is_a_row(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    """Gone between listing and reading: a row with the reason, and the others are scored."""
    import gating.reading as reading

    (tmp_path / "drafts").mkdir()
    for name in ("a.md", "b.md"):
        (tmp_path / "drafts" / name).write_text(PAGE)

    def find_and_remove(*arguments: object) -> list:
        found = list(reading.sources.find_sources(*arguments))
        (tmp_path / "drafts" / "a.md").unlink()
        return found

    monkeypatch.setattr(reading, "find_sources", find_and_remove)
    found = records(run("score", "drafts", "--format", "jsonl").stdout)
    assert [row["status"] for row in found.values()] == ["failed", "scored"]
    assert "No such file" in found["drafts/a.md"]["reason"]
