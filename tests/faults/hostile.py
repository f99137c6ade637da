"""The generated hostile files, given to the real command, and what is wrong with what it says of them."""

from __future__ import annotations

import csv
import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GENERATOR = ROOT.parent / "shared" / "hostile" / "gen_hostile.py"
PATIENCE = 600  # seconds for a group, far above what the slowest takes
SPOKEN = re.compile(r"Traceback \(most recent call last\)|^\w*Warning:|: \w+Warning: ", re.MULTILINE)
SCORED = ("scored", "partial")
Record = dict[str, object]


@dataclass(frozen=True)
class Case:
    """One hostile file: its path as a file system has it, below the folder of all, and what is to become of it."""

    path: str
    group: str
    what: str
    expect: str


@dataclass(frozen=True)
class Trouble:
    """What must not be: each a list of sentences, empty where all is well."""

    tracebacks: list[str] = field(default_factory=list)
    hangs: list[str] = field(default_factory=list)
    lost_files: list[str] = field(default_factory=list)
    leaks: list[str] = field(default_factory=list)
    left_over: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def add(self, other: Trouble) -> None:
        """Takes the other's sentences over."""
        for name, lines in vars(other).items():
            getattr(self, name).extend(lines)


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str
    trouble: Trouble


def run(arguments: Sequence[str], cwd: Path, patience: float = PATIENCE) -> Ended:
    """Runs `gating` with all warnings on, in a session of its own, and looks whether a process of it is left."""
    trouble = Trouble()
    command = [sys.executable, "-W", "default", "-m", "gating", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8:backslashreplace"}
    with subprocess.Popen(command, cwd=cwd, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True) as process:
        try:
            out, err = process.communicate(timeout=patience)
        except subprocess.TimeoutExpired:
            trouble.hangs.append(f"{' '.join(arguments)}: more than {patience:.0f} s")
            os.killpg(process.pid, signal.SIGKILL)
            out, err = process.communicate()
    said = err.decode("utf-8", "backslashreplace")
    if SPOKEN.search(said):
        trouble.tracebacks.append(f"{' '.join(arguments)}: {said[-300:]}")
    trouble.left_over.extend(f"{' '.join(arguments)}: process {pid}" for pid in _session(process.pid))
    return Ended(process.returncode, out.decode("utf-8", "backslashreplace"), said, trouble)


def _session(leader: int) -> list[int]:
    """The processes of a session that still run. Linux lists them; elsewhere none are seen."""
    for wait in (0.0, 0.2, 1.0):  # the last worker is reaped by the system's first process
        time.sleep(wait)
        found = [pid for pid in map(int, filter(str.isdigit, os.listdir("/proc"))) if _is_in(pid, leader)] if Path("/proc/self/stat").exists() else []
        if not found:
            return []
    return found


def _is_in(pid: int, session: int) -> bool:
    try:
        state, _, _, owner = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[:4]
    except OSError:
        return False
    return int(owner) == session and state != "Z"


def generate(folder: Path, small: bool = False) -> list[Case]:
    """Makes the files, the large ones `small` if wanted, and returns what each of them is."""
    sizes = ("--files", "500", "--wxr-items", "1000", "--txt-mb", "60", "--csv-mb", "16", "--depth", "50000") if small else ()
    subprocess.run([sys.executable, str(GENERATOR), str(folder), "--port", str(_listener().port), *sizes], check=True, stdout=subprocess.DEVNULL)
    if small:  # the rows of one table alone would take minutes
        (folder / "gating.toml").write_text("[limits]\nmax_rows = 1000\n", encoding="utf-8")
    real = {_escaped(path): path for path in _everything(folder)}
    with open(folder / "CASES.tsv", encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))[1:]
    return [Case(real.get(path, path).rstrip("/"), group, what, expect) for path, group, what, expect in rows]


@dataclass
class _Listener:
    """Takes every connection to a port of this machine and counts them: external entities, images and links of hostile files lead there."""

    calls: int = 0
    port: int = 0

    def __post_init__(self) -> None:
        server = socket.create_server(("127.0.0.1", 0))
        self.port = server.getsockname()[1]
        threading.Thread(target=self._take, args=(server,), daemon=True).start()

    def _take(self, server: socket.socket) -> None:
        while True:
            server.accept()[0].close()
            self.calls += 1


@cache
def _listener() -> _Listener:
    return _Listener()


def calls_home() -> Trouble:
    """The connections that were made to the address in the hostile files, once it is seen that they would be counted."""
    listener = _listener()
    calls = listener.calls
    socket.create_connection(("127.0.0.1", listener.port)).close()
    patience = time.monotonic() + 10
    while listener.calls == calls and time.monotonic() < patience:
        time.sleep(0.01)
    trouble = Trouble()
    if listener.calls != calls + 1:
        trouble.wrong.append("the listener does not count")
    trouble.leaks.extend(f"{calls} connections to the address that hostile files name" for _ in range(min(calls, 1)))
    return trouble


def _everything(folder: Path) -> Iterable[str]:
    for top, folders, files in os.walk(folder):
        for name in (*folders, *files):
            yield os.path.relpath(os.path.join(top, name), folder)


def _escaped(path: str) -> str:
    """As the list of cases writes a path."""
    text = os.fsencode(path).decode("utf-8", "backslashreplace")
    return text.replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r").replace("\x1b", "\\x1b")


def groups_of(cases: Iterable[Case]) -> list[str]:
    """The names of the groups, which are folders too."""
    return sorted({case.group for case in cases} - {"group"})


def score_group(files: Path, group: str, cases: Sequence[Case]) -> Trouble:
    """Scores a folder of hostile files with two processes; every case must end as it should, the good ones as when they are alone."""
    ours = [case for case in cases if case.group == group]
    ended = run(["score", group, "--jobs", "2", "--format", "jsonl"], files)
    trouble = ended.trouble
    records = _records(ended.out)
    if ended.code not in (0, 2):
        trouble.wrong.append(f"{group}: exit code {ended.code}: {ended.err[-200:]}")
    by_case = _by_case(records, [case.path for case in ours])
    for case in ours:
        if not _is_moot(files / case.path):
            trouble.add(judge(case, by_case[case.path]))
    trouble.add(_leaks(files, [ended.out, ended.err], group))
    trouble.add(_same_alone(files, {case.path: by_case[case.path] for case in ours if case.expect == "scored" and len(by_case[case.path]) <= 50}))
    return trouble


def _records(lines: str) -> list[Record]:
    return [json.loads(line) for line in lines.splitlines() if line.strip()]


def _with_copies(records: Iterable[Record]) -> Iterable[Record]:
    """The rows of an audit, and one more for each copy that a row stands for."""
    for record in records:
        found = record.get("audit")
        for source in (record["source"], *(found["copies"] if isinstance(found, dict) else ())):
            yield {**record, "source": source}


def _by_case(records: Iterable[Record], paths: Sequence[str]) -> dict[str, list[Record]]:
    """The records of each path: of the file itself, of its rows (path#3), of the files in it or below it (path/...)."""
    found: dict[str, list[Record]] = defaultdict(list)
    names = {name: path for path in paths for name in (path, os.fsencode(path).decode("utf-8", "backslashreplace"), path.encode("utf-8", "backslashreplace").decode())}
    for record in records:
        source = str(record["source"])
        for path in paths:  # a folder that could not be read answers for what is in it
            if record["status"] == "skipped" and path.startswith(f"{source}/"):
                found[path].append(record)
        while source and source not in names:
            source = source[: max(source.rfind("#"), source.rfind("/"), 0)]
        if source:
            found[names[source]].append(record)
    return found


def _is_moot(path: Path) -> bool:
    """True for an empty folder, of which there is nothing to say, for what only root may read where root runs this, and for a description
    that stands for a path too long to be written down.
    """
    try:
        status = os.lstat(path)
    except OSError:
        return True
    return (stat.S_ISDIR(status.st_mode) and os.access(path, os.R_OK) and not os.listdir(path)) or (not status.st_mode & 0o777 and os.access(path, os.R_OK))


def judge(case: Case, records: Sequence[Record]) -> Trouble:
    """What is wrong with the records of one case."""
    trouble = Trouble()
    states = {str(record["status"]) for record in records}
    said = f"{case.path} ({case.what}): {case.expect}, found {sorted(states)}"
    if case.expect == "not_opened":
        if states & set(SCORED):
            trouble.leaks.append(said)
    elif not records:
        trouble.lost_files.append(said)
    elif case.expect == "scored" and not states & set(SCORED):
        trouble.wrong.append(f"{said}: {records[0]['reason']}")
    elif case.expect == "reported" and states == {"scored"}:
        trouble.wrong.append(said)
    trouble.wrong.extend(
        f"{case.path}: {record['status']} with the reason {record['reason']!r}" for record in records
        if (record["status"] != "scored" and not record["reason"]) or "\n" in str(record["reason"])
    )  # fmt: skip
    return trouble


def _same_alone(files: Path, together: dict[str, list[Record]]) -> Trouble:
    """Each file by itself, in this process's workers: the records must be those that it got among its neighbours."""
    from gating.assess import assess_paths, make_assessor
    from gating.report.record import record_of
    from gating.report.tables import json_line
    from gating.settings import load_settings

    trouble = Trouble()
    assessor = make_assessor(load_settings())
    before = os.getcwd()
    os.chdir(files)
    try:
        for path, records in together.items():
            alone = [json.loads(json_line(record_of(result))) for result in assess_paths([path], assessor)]
            if len(alone) == len(records) == 1 and alone != list(records):
                trouble.wrong.append(f"{path}: another record when it is alone")
    finally:
        os.chdir(before)
    return trouble


def _leaks(files: Path, texts: Iterable[str], where: str) -> Trouble:
    """The contents of the files that hostile files point at, and the file that executed code would have made."""
    trouble = Trouble()
    secrets = [path.read_text(encoding="utf-8").strip() for path in (files / "_canary").iterdir() if path.is_file()]
    for text in texts:
        trouble.leaks.extend(f"{where}: {secret[:40]}" for secret in secrets if secret and secret in text)
    if (files / "_canary" / "PWNED").exists():
        trouble.leaks.append(f"{where}: code in a file was executed")
    return trouble


def audit_all(files: Path, output: Path, cases: Sequence[Case]) -> Trouble:
    """One audit of all groups at once: it must end well, with every case in its list and no secret in its files."""
    groups = [group for group in groups_of(cases) if group not in ("folder", "train")]
    ended = run(["audit", *groups, "-o", str(output), "--jobs", "2"], files, 3 * PATIENCE)
    trouble = ended.trouble
    if ended.code != 0:
        trouble.wrong.append(f"audit: exit code {ended.code}: {ended.err[-300:]}")
        return trouble
    ours = [case for case in cases if case.group in groups]
    lines = (output / "findings.jsonl").read_text(encoding="utf-8")
    by_case = _by_case(_with_copies(_records(lines)), [case.path for case in ours])
    for case in ours:
        if not _is_moot(files / case.path):
            trouble.add(judge(case, by_case[case.path]))
    written = [path.read_text(encoding="utf-8", errors="replace") for path in output.iterdir() if path.suffix in (".html", ".jsonl")]
    trouble.add(_leaks(files, [ended.out, ended.err, *written], "audit"))
    return trouble


def train_group(files: Path, cases: Sequence[Case]) -> Trouble:
    """A training on each hostile table of labels: it succeeds or says in a sentence why not."""
    trouble = Trouble()
    for number, case in enumerate(case for case in cases if case.group == "train"):
        ended = run(["train", case.path, "--name", f"hostile-{number}", "--registry", str(files / "registry")], files)
        trouble.add(ended.trouble)
        if ended.code not in (0, 1, 2):
            trouble.wrong.append(f"{case.path}: exit code {ended.code}: {ended.err[-200:]}")
        elif case.expect == "reported" and not (ended.err + ended.out).strip():
            trouble.wrong.append(f"{case.path}: not a word about it")
        trouble.add(_leaks(files, [ended.out, ended.err], case.path))
    return trouble
