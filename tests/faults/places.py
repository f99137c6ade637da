"""What the loops work on: a folder with a small library, the commands that write something, and what their output is compared by."""

from __future__ import annotations

import hashlib
import shutil
import zipfile
from collections.abc import Callable, Sequence
from contextlib import chdir
from dataclasses import dataclass
from pathlib import Path

from click.testing import CliRunner, Result

from gating.cli import cli
from gating.errors import GatingError
from gating.training.registry import place, put_in_use, verify, version_in_the_making
from tests.library.trades import TRADES
from tests.training.registries import small_bundle, write_labels

LIBRARY, OUT = "library", "out"
REGISTRY = f"{OUT}/models"
NOT_COMPARED = ("audit.sqlite", "audit.sqlite-wal", ".in-use.lock")  # memory and lock, which belong to both the old and the new state


def write_library(folder: Path, pieces: int, kept: str = "shed") -> None:
    """So many different small pieces of a few trades."""
    folder.mkdir(parents=True, exist_ok=True)
    trades = list(TRADES.items())
    for number in range(pieces):
        name, said = trades[number % len(trades)]
        chosen = [said[(number // len(trades) + step) % len(said)] for step in range(3)]
        asks = "\n\n[Book a demo](/demo)" if number % 5 == 0 else ""
        text = f"# {name.capitalize()}, lesson {number}\n\n{' '.join(chosen)}\n\nWe noted this in {kept} {number * 37} and in week {number} after that.{asks}\n"
        (folder / f"{number:03}.md").write_text(text, encoding="utf-8")


@dataclass(frozen=True)
class Case:
    """A command that writes into OUT of its place. `before` makes the old state; `keys` is what is typed."""

    name: str
    arguments: tuple[str, ...]
    before: Callable[[Path], None]
    keys: str = ""
    is_sound: Callable[[Path], str] | None = None  # instead of "the old state or the new one": what is wrong, or nothing


def run(where: Path, arguments: Sequence[str], keys: str = "") -> Result:
    """A command in this process, from the folder `where`."""
    with chdir(where):
        return CliRunner().invoke(cli, list(arguments), input=keys)


def contents(folder: Path) -> dict[str, str]:
    """{path below the folder: digest} of all files that are compared; folders that are empty count, too."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.name not in NOT_COMPARED and (path.is_file() or not any(path.iterdir())):
            found[str(path.relative_to(folder))] = _digest(path) if path.is_file() else "a folder"
    return found


def _digest(path: Path) -> str:
    """Of the bytes; of a workbook without the moment it was made at, of the history of models without its moments."""
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as book:
            data = b"".join(book.read(name) for name in sorted(book.namelist()) if name != "docProps/core.xml")
    elif path.name == "in-use":
        data = b"\n".join(line.partition(b"\t")[0] for line in path.read_bytes().splitlines())
    else:
        data = path.read_bytes()
    return hashlib.sha256(data).hexdigest()


def _nothing(where: Path) -> None:
    (where / OUT).mkdir()


def _old_file(name: str) -> Callable[[Path], None]:
    def before(where: Path) -> None:
        _nothing(where)
        (where / OUT / name).write_text("what was there before\n", encoding="utf-8")

    return before


def _audited(where: Path) -> None:
    """An audit of the library as it was: one piece less, another one different."""
    write_library(where / LIBRARY, 3)
    (where / LIBRARY / "001.md").write_text("# Lids that warp\n\nA lid that dried too fast never lies flat again, whatever is put on it afterwards.\n", encoding="utf-8")
    run(where, ["audit", LIBRARY, "-o", OUT])
    write_library(where / LIBRARY, 4)


def _two_audits(where: Path) -> None:
    _audited(where)
    shutil.copytree(where / OUT, where / "q3")
    run(where, ["audit", LIBRARY, "-o", "q4"])
    shutil.rmtree(where / OUT)
    _old_file("compared.md")(where)


def _models(where: Path) -> None:
    bundle = small_bundle()
    for _ in range(2):
        with version_in_the_making(where / REGISTRY, "acme") as temporary:
            place(bundle, temporary)
    for model in ("acme/2", "acme/1"):
        put_in_use(where / REGISTRY, model)


def _labels(where: Path) -> None:
    write_labels(where / "labels.jsonl", 0, 12)


def _models_and_labels(where: Path) -> None:
    _labels(where)
    _models(where)


def _labels_and_page(where: Path) -> None:
    _labels(where)
    _old_file("page.html")(where)


def registry_fault(where: Path) -> str:
    """What is wrong with the models; nothing where each loads, the one in use too, and nothing half-made is left."""
    try:
        faults = [checked.fault for checked in verify(where / REGISTRY) if checked.fault]
    except GatingError as error:
        faults = [str(error)]
    faults += [f"{path.name} was left" for path in (where / REGISTRY).rglob(".*") if path.name not in NOT_COMPARED]
    return "; ".join(faults)


CASES = {
    case.name: case
    for case in (
        Case("init", ("init", OUT), _nothing),
        Case("score", ("score", LIBRARY, "-o", f"{OUT}/scores.jsonl"), _old_file("scores.jsonl")),
        Case("score as a table", ("score", LIBRARY, "--format", "table", "-o", f"{OUT}/scores.txt"), _nothing),
        Case("audit", ("audit", LIBRARY, "-o", OUT), _nothing),
        Case("audit again", ("audit", LIBRARY, "-o", OUT), _audited),
        Case("compare", ("compare", "q3", "q4", "--format", "markdown", "-o", f"{OUT}/compared.md"), _two_audits),
        Case("label", ("label", LIBRARY, "--n", "1", "-o", f"{OUT}/labels.csv"), _nothing, "d\na\nu\n"),
        Case("evaluate", ("evaluate", "labels.jsonl", "--html", f"{OUT}/page.html"), _labels_and_page),
        Case("models use", ("models", "use", "acme/2", "--registry", REGISTRY), _models),
        Case("models rollback", ("models", "rollback", "--registry", REGISTRY), _models),
        Case("models export", ("models", "export", "acme/1", "-o", f"{OUT}/acme.zip", "--registry", REGISTRY), _models),
        Case("train", ("train", "labels.jsonl", "--name", "acme", "--force", "--registry", REGISTRY), _models_and_labels, is_sound=registry_fault),
    )
}
