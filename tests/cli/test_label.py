"""`gating label`: the questions, the keys, the file."""

import csv
import json
import os
import pty
import select
import signal
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import Result

from gating.cli.label import CONTROLS, KEYS, Sheet
from gating.records import HEADS, LABELS
from gating.settings import Settings
from gating.training.examples import read_examples
from tests.cli.conftest import Run

TEXTS = {
    "Why hail dents roofs that rain leaves alone": "Hail does not fall evenly, and a roof on the edge of a storm may look sound from the street. We climbed forty roofs in May. "
    "The dents sit on the side that the wind came from, and the gutters fill with grit that was once the coating of the shingle.",
    "Book a visit to the dairy": "Pick a day and leave your name, your e-mail and how many children will come. Book now, places are few. "
    "A guide meets each school class at the gate at ten, and the visit ends with a tasting in the cheese cellar below the old barn.",
    "Choosing a rota tool for a small clinic": "There are three kinds of rota tool, and a clinic of nine people needs the plainest of them. Compare what each does with "
    "swapped shifts, with holidays and with the night when two people are ill. Ask each maker for the price with all users in it.",
}  # fmt: skip
DONE = "d\n1\nu\n"  # one piece answered
DEADLINE = 60  # seconds; a busy machine starts slowly


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """A table of three pieces about different things."""
    with open(tmp_path / "library.csv", "w", newline="") as file:
        csv.writer(file).writerows([("Title", "Body"), *TEXTS.items()])
    return tmp_path / "library.csv"


def label(run: Run, keys: str, *options: str) -> Result:
    return run("label", "library.csv", "-o", "labels.csv", *options, input=keys.encode())


def rows(folder: Path) -> list[dict[str, str]]:
    path = folder / "labels.csv"
    with open(path, newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def answers(folder: Path) -> list[tuple[str, ...]]:
    return [tuple(row[head] for head in HEADS) for row in rows(folder)]


def test_a_scripted_session_fills_a_file_that_trains(run: Run, library: Path, tmp_path: Path, settings: Settings) -> None:
    """Keys, stage numbers and whole labels answer; every piece becomes an example with the labels given."""
    result = label(run, "l\n3\ng\nd\na\nu\ndemand-gen\nconsideration\nsoft-gate\n")
    assert result.exit_code == 0
    assert answers(tmp_path) == [("lead-gen", "decision", "gated", ""), ("demand-gen", "awareness", "ungated", ""), ("demand-gen", "consideration", "soft-gate", "")]
    assert {row["title"] for row in rows(tmp_path)} == set(TEXTS)
    examples = read_examples([str(tmp_path / "labels.csv")], settings)
    assert examples.problems == ()
    assert [(example.strategy, example.stage, example.gate) for example in examples.examples] == [answer[:3] for answer in answers(tmp_path)]


def test_the_next_run_asks_only_what_is_left(run: Run, library: Path, tmp_path: Path) -> None:
    """Quit after one piece, go on: two are left; go on again: one sentence, exit code 0."""
    assert "Piece 1 of 3" in label(run, DONE + "q\n").stdout
    first = rows(tmp_path)[0]["title"]
    second = label(run, DONE + DONE)
    assert "Piece 1 of 2" in second.stdout
    assert first not in second.stdout
    assert len(rows(tmp_path)) == 3
    last = label(run, "")
    assert (last.exit_code, "Nothing left to ask" in last.stdout) == (0, True)


def test_the_same_text_under_another_name_is_not_asked_again(run: Run, library: Path, tmp_path: Path) -> None:
    """A file that was moved and a labels file among the sources bring nothing new."""
    label(run, DONE)
    library.rename(tmp_path / "moved.csv")
    assert "Piece 1 of 2" in run("label", "moved.csv", "labels.csv", "-o", "labels.csv", input=b"").stdout


def test_an_answer_is_taken_back_within_a_piece(run: Run, library: Path, tmp_path: Path) -> None:
    """The key for undo asks the question before again."""
    label(run, "d\n1\nz\nz\nl\n3\ng\n")
    assert answers(tmp_path) == [("lead-gen", "decision", "gated", "")]


def test_undo_goes_back_to_the_piece_before(run: Run, library: Path, tmp_path: Path) -> None:
    """Its row leaves the file and its last question is asked again."""
    result = label(run, DONE + "z\n")
    assert rows(tmp_path) == []
    assert result.stdout.count("Piece 1 of 3") == 2
    label(run, DONE + "z\ng\nl\n")
    assert answers(tmp_path) == [("demand-gen", "awareness", "gated", "")]


def test_the_last_answer_can_be_taken_back(run: Run, library: Path, tmp_path: Path) -> None:
    """After the last piece undo still works; any other key ends."""
    result = label(run, DONE * 3 + "z\ng\nq\nd\n")
    assert [answer[2] for answer in answers(tmp_path)] == ["ungated", "ungated", "gated"]
    assert result.stdout.count("That was the last piece") == 2


def test_nothing_to_undo_is_said(run: Run, library: Path) -> None:
    """At the very first question."""
    assert "nothing to undo" in label(run, "z\n").stdout


def test_a_skipped_piece_is_asked_another_time(run: Run, library: Path, tmp_path: Path) -> None:
    """It has no row, and what was half answered is forgotten."""
    result = label(run, "d\nk\n" + DONE)
    assert len(rows(tmp_path)) == 1
    assert rows(tmp_path)[0]["title"] in result.stdout.split("Piece 2 of 3")[1]
    assert "Piece 1 of 2" in label(run, "").stdout


def test_dont_know_leaves_a_label_blank(run: Run, library: Path, tmp_path: Path) -> None:
    """The others stand, and the piece is not asked again."""
    label(run, "x\n2\nx\n")
    assert answers(tmp_path) == [("", "consideration", "", "")]
    assert "Piece 1 of 2" in label(run, "").stdout


def test_the_format_is_asked_when_wanted(run: Run, library: Path, tmp_path: Path) -> None:
    """A fourth question, with a key for each of the formats."""
    label(run, DONE + "v\n", "--ask-format")
    assert answers(tmp_path) == [("demand-gen", "awareness", "ungated", "comparison")]


def test_every_label_has_a_key_and_no_key_has_two_meanings() -> None:
    """Also against the keys that every question has."""
    assert {head: set(keys.values()) for head, keys in KEYS.items()} == {head: set(labels) for head, labels in LABELS.items()}
    assert not [key for keys in KEYS.values() for key in keys if key in CONTROLS]


def test_an_unknown_key_changes_nothing(run: Run, library: Path, tmp_path: Path) -> None:
    """It is named, its control signs shown, and the question stays open."""
    result = label(run, "w\n\x1b[2J\nd\n1\nu\n")
    assert "is no key here" in result.stdout
    assert "\x1b" not in result.stdout
    assert answers(tmp_path) == [("demand-gen", "awareness", "ungated", "")]


def test_the_guess_is_hidden_until_asked_for(run: Run, library: Path) -> None:
    """No probability is on the page before; the key shows the model's labels with theirs."""
    assert "%" not in label(run, "").stdout
    shown = label(run, "h\n").stdout.split("The model's guess")[1]
    assert shown.count("%") == len(HEADS)


def test_more_text_and_the_rubric_are_shown_on_demand(run: Run, tmp_path: Path) -> None:
    """The text goes on where it stopped, to its end; the rubric speaks of the question asked."""
    (tmp_path / "long.md").write_text("# Ferries\n\n" + " ".join(f"The ferry number {n} leaves the pier at dawn with salt and letters." for n in range(1, 41)))
    before = run("label", "long.md", "-o", "labels.csv", input=b"").stdout
    after = run("label", "long.md", "-o", "labels.csv", input=b"m\nm\nm\nd\n?\n").stdout
    assert "number 40" not in before
    assert "number 40" in after
    assert "no more text" in after
    assert "about a kind of solution" in " ".join(after.split())


def test_text_of_strangers_cannot_steer_the_terminal(run: Run, tmp_path: Path) -> None:
    """Markup of the terminal library and control signs are shown as they are."""
    (tmp_path / "odd.jsonl").write_text(json.dumps({"id": "\x1b[2J", "title": "[red]Pears[/red] \x1b]0;x\x07", "text": "[/x] " + " ".join(TEXTS.values()) + " \x1b[31m"}))
    result = run("label", "odd.jsonl", "-o", "labels.csv", input=b"m\nh\n")
    assert "[red]Pears[/red]" in result.stdout
    assert "\x1b" not in result.stdout


def test_a_row_that_somebody_adds_meanwhile_is_kept(run: Run, library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is read again before each row: a colleague's row and column survive."""
    path = tmp_path / "labels.csv"
    path.write_text("Owner,title,stage\nInes,Snow,tofu\n")
    add = Sheet.add

    def with_a_colleague(sheet: Sheet, row: dict[str, str]) -> None:
        add(sheet, row)
        if len(rows(tmp_path)) == 2:
            path.write_text(path.read_text() + "Ruth,Frost,mofu\n")

    monkeypatch.setattr(Sheet, "add", with_a_colleague)
    label(run, DONE + DONE)
    assert [(row["Owner"], row["stage"]) for row in rows(tmp_path)] == [("Ines", "tofu"), ("", "awareness"), ("Ruth", "mofu"), ("", "awareness")]


def test_the_queue_of_an_audit(run: Run, library: Path, tmp_path: Path) -> None:
    """Only what the audit left for review is asked, found again by its source."""
    (tmp_path / "audit").mkdir()
    records = [{"source": "library.csv#2", "action": "review"}, {"source": "library.csv#1", "action": "keep"}]
    (tmp_path / "audit" / "findings.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records))
    result = label(run, DONE, "--from-audit", "audit")
    assert [row["source"] for row in rows(tmp_path)] == ["library.csv#2"]
    assert "Piece 1 of 1" in result.stdout


def test_an_audit_of_other_sources_is_told(run: Run, library: Path, tmp_path: Path) -> None:
    """When none of its pieces is found, the sentence says how to name the sources."""
    (tmp_path / "audit").mkdir()
    (tmp_path / "audit" / "findings.jsonl").write_text('{"source": "other.csv#2", "action": "review"}\n')
    result = label(run, DONE, "--from-audit", "audit")
    assert result.exit_code == 2
    assert "as the audit had them" in " ".join(result.stderr.split())


def test_no_more_than_n_pieces(run: Run, library: Path) -> None:
    """--n bounds a sitting."""
    assert "Piece 1 of 2" in label(run, "", "--n", "2").stdout


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("-", "-o", "labels.csv"), 2, "standard input"),
        (("library.csv", "-o", "labels.xlsx"), 2, "ends in .csv"),
        (("library.csv", "-o", "no/such/labels.csv"), 3, "no folder"),
        (("empty.md", "-o", "labels.csv"), 2, "no piece to ask about"),
        (("library.csv", "-o", "notes.csv"), 2, "names no column"),
    ],
)
def test_what_cannot_be_done_is_said_before_anything_is_asked(run: Run, library: Path, tmp_path: Path, arguments: tuple[str, ...], code: int, said: str) -> None:
    """One sentence, and nothing written."""
    (tmp_path / "empty.md").write_text("")
    (tmp_path / "notes.csv").write_text("milk,eggs\n")
    result = run("label", *arguments, input=DONE.encode())
    assert (result.exit_code, said in " ".join(result.stderr.split())) == (code, True)
    assert not (tmp_path / "labels.csv").exists()
    assert (tmp_path / "notes.csv").read_text() == "milk,eggs\n"


def test_a_full_disk_leaves_the_answers_before(run: Run, library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 3, and the file as it was after the piece before."""
    real = os.replace
    monkeypatch.setattr(os, "replace", lambda old, new: (_ for _ in ()).throw(OSError(28, "No space left on device")) if (tmp_path / "labels.csv").exists() else real(old, new))
    result = label(run, DONE + DONE)
    assert result.exit_code == 3
    assert len(rows(tmp_path)) == 1
    assert {path.name for path in tmp_path.iterdir()} == {"library.csv", "labels.csv"}


def started(folder: Path, terminal: int | None = None) -> subprocess.Popen:
    streams = {"stdin": subprocess.PIPE, "stdout": subprocess.DEVNULL} if terminal is None else dict.fromkeys(("stdin", "stdout", "stderr"), terminal)
    return subprocess.Popen([sys.executable, "-m", "gating", "label", "library.csv", "-o", "labels.csv"], cwd=folder, start_new_session=True, **streams)


def waited_for(condition: object) -> bool:
    end = time.monotonic() + DEADLINE
    while time.monotonic() < end:
        if condition():  # type: ignore[operator]
            return True
        time.sleep(0.05)
    return False


@pytest.mark.slow
def test_killed_between_two_answers(run: Run, library: Path, tmp_path: Path) -> None:
    """The answered piece is in the file, the half answered one is asked again."""
    process = started(tmp_path)
    process.stdin.write(DONE.encode() + b"l\n")
    process.stdin.flush()
    assert waited_for((tmp_path / "labels.csv").exists)
    process.kill()
    process.communicate()
    assert answers(tmp_path) == [("demand-gen", "awareness", "ungated", "")]
    assert "Piece 1 of 2" in label(run, DONE + DONE).stdout
    assert len(rows(tmp_path)) == 3


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="the killed processes are forked")
def test_killed_while_writing(root: Path, tmp_path: Path) -> None:
    """At whichever operation on the disk a process is killed, the file holds its old rows or these and the new one."""
    (tmp_path / "labels.csv").write_text("title,stage,owner\nHail,tofu,Ines\n")
    program = [sys.executable, "-m", "tests.cli.labelled_in_pieces", str(tmp_path / "labels.csv")]
    done = subprocess.run(program, cwd=root, capture_output=True, text=True, check=True)
    ends = [tuple(map(int, line.split())) for line in done.stdout.splitlines()]
    assert ends[-1][0] == 0
    assert len(ends) > 3
    assert {code for code, _ in ends[:-1]} == {-signal.SIGKILL}
    counts = [1, *(n for _, n in ends)]
    assert all(after - before in (0, 1) for before, after in pairwise(counts))  # the new row is there when the kill came after the file was renamed
    assert counts[-1] == counts[-2] + 1
    assert (rows(tmp_path)[0]["title"], rows(tmp_path)[0]["owner"]) == ("Hail", "Ines")


class Terminal:
    """A pseudo-terminal with the command in it."""

    def __init__(self, folder: Path) -> None:
        self.end, inner = pty.openpty()
        self.process = started(folder, inner)
        os.close(inner)
        self.seen = ""

    def press(self, key: str, until: str, times: int = 1) -> None:
        """Presses the key until `until` was seen `times` times: what is pressed before a key is waited for is lost."""
        end = time.monotonic() + DEADLINE
        while self.seen.count(until) < times and time.monotonic() < end:
            os.write(self.end, key.encode())
            self.read(0.2)
        assert self.seen.count(until) >= times, self.seen

    def read(self, seconds: float) -> None:
        while select.select([self.end], [], [], seconds)[0]:
            try:
                data = os.read(self.end, 65536)
            except OSError:  # Linux says so when the other end is closed
                data = b""
            if not data:
                return
            self.seen += data.decode("utf-8", "replace")

    def ends_with(self, key: str) -> int:
        end = time.monotonic() + DEADLINE
        while self.process.poll() is None and time.monotonic() < end:
            os.write(self.end, key.encode())
            self.read(0.3)
        os.close(self.end)
        return self.process.wait(timeout=5)


@pytest.mark.slow
@pytest.mark.parametrize(("key", "code"), [("q", 0), ("\x04", 0), ("\x03", 130)])
def test_one_key_an_answer_in_a_real_terminal(library: Path, tmp_path: Path, key: str, code: int) -> None:
    """No Enter is needed, arrows do nothing, backspace takes back; quit, Ctrl-D and Ctrl-C leave the file whole."""
    terminal = Terminal(tmp_path)
    terminal.press("", "Strategy:")
    terminal.press("\x1b[A", "Strategy:")
    terminal.press("l", "Stage:")
    terminal.press("\x7f", "Strategy:", times=2)
    terminal.press("d", "Stage:", times=2)
    terminal.press("3", "Gate:")
    terminal.press("G", "Piece 2 of 3")
    terminal.press("l", "Stage:", times=3)
    assert terminal.ends_with(key) == code
    assert answers(tmp_path) == [("demand-gen", "decision", "gated", "")]


@pytest.mark.slow
def test_keys_that_come_together_are_all_taken(library: Path, tmp_path: Path) -> None:
    """Three keys in one read answer three questions."""
    terminal = Terminal(tmp_path)
    terminal.press("", "Strategy:")
    terminal.press("d1u", "Piece 2 of 3")
    assert terminal.ends_with("q") == 0
    assert answers(tmp_path)[0] == ("demand-gen", "awareness", "ungated", "")
