"""`gating score`: what comes out, where, and with which exit code."""

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import Result

from tests.builders import GERMAN, PROSE, docx_bytes, pdf_bytes, xlsx_bytes
from tests.cli.conftest import Run


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    """One draft of a hundred words."""
    file = tmp_path / "draft.md"
    file.write_text(f"# Counting crates\n\n{PROSE}\n\n{PROSE}\n")
    return file


def records(result: Result) -> list[dict]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def gating(*arguments: str, cwd: Path, root: Path, **options: object) -> subprocess.CompletedProcess[bytes]:
    """The command in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, [str(root), os.environ.get("PYTHONPATH", "")]))}
    return subprocess.run([sys.executable, "-m", "gating", *arguments], cwd=cwd, env=environment, capture_output=True, timeout=60, check=False, **options)  # type: ignore[call-overload]


def test_draft_is_scored_on_the_terminal(run: Run, draft: Path) -> None:
    """The table names the piece and sums up; nothing is said on stderr."""
    result = run("score", "draft.md")
    assert result.exit_code == 0
    assert "Counting crates" in result.stdout
    assert "1 piece scored" in result.stdout
    assert result.stderr == ""


@pytest.mark.parametrize("style", ["table", "json", "jsonl", "csv", "markdown"])
def test_every_format_holds_the_piece(run: Run, draft: Path, style: str) -> None:
    """Whatever the format, the piece is in it."""
    result = run("score", "draft.md", "--format", style)
    assert result.exit_code == 0
    assert "Counting crates" in result.stdout


def test_formats_say_the_same(run: Run, draft: Path) -> None:
    """JSON, JSON Lines and CSV hold the same labels."""
    (line,) = records(run("score", "draft.md", "--format", "jsonl"))
    (item,) = json.loads(run("score", "draft.md", "--format", "json").stdout)
    (row,) = csv.DictReader(io.StringIO(run("score", "draft.md", "--format", "csv").stdout))
    assert line == item
    assert [row[name] for name in ("strategy", "stage", "gate", "format")] == [line[name] for name in ("strategy", "stage", "gate", "format")]


def test_path_stands_in_the_record_as_given(run: Run, draft: Path, tmp_path: Path) -> None:
    """`source` is what was typed."""
    assert [record["source"] for record in records(run("score", "draft.md", str(draft), "--format", "jsonl"))] == ["draft.md", str(draft)]


def test_nothing_scored_is_a_failure_with_reasons(run: Run, tmp_path: Path) -> None:
    """Exit code 2 and the reasons on stderr, while the rows still come on stdout."""
    (tmp_path / "a.md").write_text("")
    (tmp_path / "b.png").write_bytes(b"\x89PNG")
    result = run("score", ".", "--format", "jsonl")
    assert result.exit_code == 2
    assert [record["status"] for record in records(result)] == ["skipped", "skipped"]
    assert "not one piece could be scored" in result.stderr
    assert "an empty file" in result.stderr


def test_empty_folder_is_a_failure(run: Run, tmp_path: Path) -> None:
    """There was nothing to read, and that is said."""
    (tmp_path / "drafts").mkdir()
    result = run("score", "drafts")
    assert result.exit_code == 2
    assert "nothing to read" in result.stderr


def test_missing_path_is_one_sentence(run: Run) -> None:
    """The path, what is wrong with it and what to try, without a traceback."""
    result = run("score", "nowhere.md")
    assert result.exit_code == 2
    assert result.stderr.startswith("Error: nowhere.md: no such file or folder.")
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["score", "draft.md", "--fromat", "csv"], "--fromat"),
        (["score", "draft.md", "--format", "xml"], "xml"),
        (["score", "draft.md", "--policy", "closed"], "closed"),
        (["score", "draft.md", "--jobs", "0"], "0"),
        (["score"], "PATH"),
        (["scoer", "draft.md"], "scoer"),
        (["score", "draft.md", "--map", "text"], "FIELD=COLUMN"),
        (["score", "draft.md", "--map", "txet=Body"], "FIELD=COLUMN"),
        (["score", "draft.md", "--model", "no-model-here"], "no-model-here"),
        (["score", "draft.md", "--config", "nowhere.toml"], "nowhere.toml"),
    ],
)
def test_wrong_usage_is_code_two_and_names_the_mistake(run: Run, draft: Path, arguments: list[str], words: str) -> None:
    """Unknown options, values, commands, fields, models and files."""
    result = run(*arguments)
    assert result.exit_code == 2
    assert words in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize(("text", "words"), [("policy = ", "not valid TOML"), ("[limits]\nmin_wrods = 5", 'did you mean "limits.min_words"'), ("policy = 5", "must be a text")])
def test_broken_settings_file_is_code_two(run: Run, draft: Path, tmp_path: Path, text: str, words: str) -> None:
    """./gating.toml with a mistake stops the run with its sentence."""
    (tmp_path / "gating.toml").write_text(text)
    result = run("score", "draft.md")
    assert result.exit_code == 2
    assert "gating.toml" in result.stderr
    assert words in result.stderr


def test_settings_file_counts(run: Run, draft: Path, tmp_path: Path) -> None:
    """A floor of a thousand words leaves the draft unscored."""
    (tmp_path / "gating.toml").write_text("[limits]\nmin_words = 1000\n")
    result = run("score", "draft.md", "--format", "jsonl")
    assert result.exit_code == 2
    assert "1000 are needed" in records(result)[0]["reason"]


def test_output_file_is_written_whole(run: Run, draft: Path, tmp_path: Path) -> None:
    """-o writes the file, readable by others, leaves nothing beside it and keeps stdout empty."""
    result = run("score", "draft.md", "--format", "jsonl", "-o", "out.jsonl")
    assert (result.exit_code, result.stdout) == (0, "")
    assert json.loads((tmp_path / "out.jsonl").read_text())["title"] == "Counting crates"
    assert sorted(os.listdir(tmp_path)) == ["draft.md", "out.jsonl"]


def test_file_that_was_written_is_named(run: Run, draft: Path, tmp_path: Path) -> None:
    """One line on stderr says how many were scored and where they are; nothing with --quiet, to a terminal or into a device."""
    (tmp_path / "empty.md").write_text("")
    assert run("score", ".", "-o", "../scores.csv").stderr == "Wrote ../scores.csv: 1 piece scored, 1 not.\n"
    for silent in (("-o", "../scores.csv", "--quiet"), (), ("-o", "/dev/null")):
        assert run("score", ".", *silent).stderr == ""


def test_output_into_a_missing_folder_is_code_three(run: Run, draft: Path) -> None:
    """The result could not be written: code 3 and the path."""
    result = run("score", "draft.md", "-o", "nowhere/out.csv")
    assert result.exit_code == 3
    assert "nowhere/out.csv: cannot be written" in result.stderr


def test_failed_run_leaves_the_old_output_alone(run: Run, draft: Path, tmp_path: Path) -> None:
    """A path that does not exist, found half-way, does not cost last week's file."""
    (tmp_path / "out.jsonl").write_text("last week\n")
    assert run("score", "draft.md", "nowhere.md", "--format", "jsonl", "-o", "out.jsonl").exit_code == 2
    assert (tmp_path / "out.jsonl").read_text() == "last week\n"
    assert sorted(os.listdir(tmp_path)) == ["draft.md", "out.jsonl"]


@pytest.mark.parametrize(
    "content",
    [f"# Counting crates\n\n{PROSE}\n".encode(), f"<html><body><h1>Counting crates</h1><p>{PROSE}</p></body></html>".encode(),
     docx_bytes([("Heading 1", "Counting crates"), ("", PROSE)]),
     pdf_bytes([[(20.0, "Counting crates"), (10.0, "The crates stand in the shade until the buyer has counted them all")]]),
     json.dumps([{"title": "Counting crates", "text": PROSE}]).encode(), (json.dumps({"title": "Counting crates", "text": PROSE}) + "\n").encode(),
     f'title,text\nCounting crates,"{PROSE}"\n'.encode(), xlsx_bytes({"Plan": [["Title", "Text"], ["Counting crates", PROSE]]})],
    ids=["markdown", "html", "docx", "pdf", "json", "jsonl", "csv", "xlsx"],
)  # fmt: skip
def test_standard_input_is_known_by_its_bytes(run: Run, content: bytes) -> None:
    """`-` reads standard input in any of the formats."""
    (record,) = records(run("score", "-", "--format", "jsonl", input=content))
    assert (record["status"], record["title"]) == ("scored", "Counting crates")
    assert record["source"].startswith("-")


def test_empty_standard_input_is_a_failure(run: Run) -> None:
    """Nothing came through the pipe."""
    result = run("score", "-", input=b"")
    assert result.exit_code == 2
    assert "an empty file" in result.stderr


def test_standard_input_over_the_cap_is_skipped(run: Run, tmp_path: Path) -> None:
    """A pipe that holds more than max_file_mb is a row with that reason, like a file."""
    (tmp_path / "gating.toml").write_text("[limits]\nmax_file_mb = 1\n")
    result = run("score", "-", "--format", "jsonl", input=b"words and more " * 100_000)
    assert result.exit_code == 2
    assert "max_file_mb" in records(result)[0]["reason"]


def test_oversized_file_is_skipped(run: Run, draft: Path, tmp_path: Path) -> None:
    """A file over the cap is a row; the other one is scored."""
    (tmp_path / "gating.toml").write_text("[limits]\nmax_file_mb = 1\n")
    (tmp_path / "big.md").write_bytes(b"words and more " * 100_000)
    (tmp_path / "big.csv").write_bytes(b"title,text\n" + b"a,words and more\n" * 100_000)
    result = run("score", ".", "--format", "jsonl", "--exclude", "gating.toml")
    assert [(Path(record["source"]).name, record["status"]) for record in records(result)] == [("big.csv", "skipped"), ("big.md", "skipped"), ("draft.md", "scored")]
    assert all("max_file_mb" in record["reason"] for record in records(result)[:2])


BAD_FILES = {
    "empty.md": b"",
    "binary.md": bytes(range(256)) * 40,
    "binary.csv": bytes(range(256)) * 40,
    "damaged.docx": docx_bytes([("", PROSE)])[:4000],
    "damaged.xlsx": xlsx_bytes({"Plan": [["Title", "Text"], ["A", PROSE]]})[:2000],
    "damaged.pdf": b"%PDF-1.7\n1 0 obj\n<<",
    "damaged.json": b'[{"text": "half',
    "encrypted.docx": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000,
    "encrypted.pdf": pdf_bytes([[(10.0, "Secret words")]], password="secret"),
    "german.md": f"# Birnen im Winter\n\n{GERMAN}\n".encode(),
    "picture.png": b"\x89PNG\r\n\x1a\n",
    "short.txt": b"Three words only",
    "scan.pdf": pdf_bytes([[]]),
}


@pytest.mark.parametrize("jobs", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_bad_files_cost_only_themselves(run: Run, draft: Path, tmp_path: Path, jobs: int) -> None:
    """Empty, binary, damaged, encrypted, foreign and unknown files are a row each with a reason; every other file is scored."""
    for name, content in BAD_FILES.items():
        (tmp_path / name).write_bytes(content)
    result = run("score", str(tmp_path), "--format", "jsonl", "--jobs", str(jobs))  # whole paths: workers of an earlier test may stand in another folder
    assert result.exit_code == 0
    found = {Path(record["source"]).name.partition("#")[0]: record for record in records(result)}
    assert set(found) == {*BAD_FILES, "draft.md"}
    assert found["draft.md"]["status"] == "scored"
    assert {name for name, record in found.items() if record["status"] in ("skipped", "failed") and record["reason"]} == set(BAD_FILES)
    assert "Traceback" not in result.output


def test_map_names_the_column(run: Run, tmp_path: Path) -> None:
    """--map text=Column makes an unknown table readable."""
    (tmp_path / "plan.csv").write_text(f'Kopf,Fliesstext\nCrates,"{PROSE}"\n')
    assert run("score", "plan.csv").exit_code == 2
    (record,) = records(run("score", "plan.csv", "--map", "text=Fliesstext", "--map", "title=Kopf", "--format", "jsonl"))
    assert (record["status"], record["title"]) == ("scored", "Crates")


def test_exclude_leaves_out(run: Run, draft: Path, tmp_path: Path) -> None:
    """--exclude may be given often."""
    (tmp_path / "old.md").write_text(PROSE)
    (tmp_path / "new.md").write_text(PROSE)
    result = run("score", ".", "--exclude", "old.md", "--exclude", "new.*", "--format", "jsonl")
    assert [Path(record["source"]).name for record in records(result)] == ["draft.md"]


def test_policy_changes_the_gate_not_the_neutral_advice(run: Run, samples: Path) -> None:
    """Under `open` nothing but a service is gated; the neutral column is the same as under `balanced`."""
    balanced = records(run("score", str(samples / "landing-pages.jsonl"), "--format", "jsonl"))
    opened = records(run("score", str(samples / "landing-pages.jsonl"), "--policy", "open", "--format", "jsonl"))
    assert [record["gate_neutral"] for record in opened] == [record["gate_neutral"] for record in balanced]
    closed = ["ungated", "soft-gate", "gated"]
    assert all(closed.index(after["gate"]) <= closed.index(before["gate"]) for before, after in zip(balanced, opened, strict=True))


def test_file_whose_name_starts_with_a_dash(run: Run, tmp_path: Path) -> None:
    """After -- a name is a name."""
    (tmp_path / "-draft.md").write_text(PROSE)
    (record,) = records(run("score", "--format", "jsonl", "--", "-draft.md"))
    assert record["status"] == "scored"


def test_file_name_that_is_no_utf8(run: Run, draft: Path, tmp_path: Path) -> None:
    """A name in another encoding costs neither the run nor the file written."""
    (tmp_path / os.fsdecode(b"caf\xe9.md")).write_text(PROSE)
    for style in ("table", "json", "jsonl", "csv", "markdown"):
        assert run("score", ".", "--format", style, "-o", f"../out-{style}").exit_code == 0


def test_name_in_json_that_is_no_unicode(run: Run, draft: Path, tmp_path: Path) -> None:
    """Half a surrogate in a JSON key does not stop the report."""
    (tmp_path / "odd.json").write_text('[{"\\ud800x": "y", "z": "1"}]')
    result = run("score", ".", "--format", "jsonl", "-o", "../out.jsonl")
    assert result.exit_code == 0


def test_process_of_its_own_writes_utf8_and_exits_zero(tmp_path: Path, root: Path) -> None:
    """From any folder, with `python -m gating`."""
    (tmp_path / "draft.md").write_text(f"# Crêpes & crates\n\n{PROSE}\n", encoding="utf-8")
    done = gating("score", "draft.md", "--format", "jsonl", cwd=tmp_path, root=root)
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout.decode("utf-8"))["title"] == "Crêpes & crates"


def test_process_of_its_own_exits_two_and_three(tmp_path: Path, root: Path) -> None:
    """The codes reach the shell, with one sentence and no traceback."""
    (tmp_path / "draft.md").write_text(PROSE)
    missing = gating("score", "nowhere.md", cwd=tmp_path, root=root)
    unwritable = gating("score", "draft.md", "-o", "nowhere/out.csv", cwd=tmp_path, root=root)
    assert (missing.returncode, unwritable.returncode) == (2, 3)
    assert b"Traceback" not in missing.stderr + unwritable.stderr
    assert missing.stderr.startswith(b"Error: ")


def test_reader_that_has_had_enough_is_no_error(tmp_path: Path, root: Path) -> None:
    """`gating score ... | head -1` ends quietly and with code 0; 1 would mean that --fail-on was met."""
    (tmp_path / "plan.csv").write_text("title,text\n" + f'Crates,"{PROSE}"\n' * 100)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, [str(root), os.environ.get("PYTHONPATH", "")]))}
    with subprocess.Popen(
        [sys.executable, "-m", "gating", "score", "plan.csv", "--format", "jsonl"], cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(10)
        process.stdout.close()
        said = process.stderr.read()
        process.wait(timeout=60)
    assert (process.returncode, said) == (0, b"")


def test_full_standard_output_is_code_3(run: Run, draft: Path) -> None:
    """A full disk behind a redirect is an output that cannot be written, in one sentence."""
    with open("/dev/full", "w") as full:
        done = subprocess.run([sys.executable, "-m", "gating", "score", str(draft), "--format", "csv"], stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 3
    assert "standard output: cannot be written" in done.stderr
    assert "Traceback" not in done.stderr


def test_output_keeps_the_mode_of_the_file_it_replaces(run: Run, draft: Path, tmp_path: Path) -> None:
    """A private file stays private, and a link stays a link."""
    private, link = tmp_path / "private.csv", tmp_path / "link.csv"
    private.write_text("old")
    private.chmod(0o600)
    link.symlink_to(private)
    assert run("score", str(draft), "-o", str(link)).exit_code == 0
    assert link.is_symlink()
    assert private.stat().st_mode & 0o777 == 0o600
    assert private.read_text().startswith("id,source,")


def test_an_output_in_the_folder_is_not_read_back(run: Run, draft: Path) -> None:
    """Scoring a folder twice into a file in it gives the same rows twice."""
    out = draft.parent / "scores.csv"
    assert run("score", str(draft.parent), "-o", str(out)).exit_code == 0
    first = out.read_text()
    assert run("score", str(draft.parent), "-o", str(out)).exit_code == 0
    assert out.read_text() == first
