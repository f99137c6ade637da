"""Where models are kept: the writing side. A kill at any moment, a full disk or a second training leaves every stored model and the
one in use as they were.

A version is made in a hidden folder beside its place and gets its number by being renamed, which only one of several processes can
do for one number. The file `in-use` is replaced by one that was written whole.
"""

from __future__ import annotations

import datetime
import os
import shutil
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from gating.classifier import second_reader
from gating.classifier.bundle import ARRAYS, CARD, CURRENT, EPOCH, MOST_ARRAYS, MOST_CARD, NAME, Bundle, load_bundle, shipped_folder, write_bundle
from gating.classifier.canaries import canary_fault, canary_scores
from gating.classifier.registry import BASE, IN_USE, SHIPPED, VERSION, Step, in_use, load_stored, model_folder, steps, stored_models
from gating.classifier.trial import tried_heads
from gating.errors import BundleError, OutputError
from gating.features.catalogue import fingerprint
from gating.reading.outcome import Unread
from gating.reading.zips import inflated, open_zip

MOST_STEPS = 200  # of the history
UNFINISHED = ".new-"  # how the name of a version in the making begins
ABANDONED = 24 * 3600  # seconds after which a version in the making was left by a process that is gone
WAIT = 30  # seconds for another process that is writing the file `in-use`; it needs milliseconds


@dataclass(frozen=True, slots=True)
class Checked:
    """The state of one model: `fault` is empty when it is sound, `note` says what could not be looked at."""

    model: str
    fault: str = ""
    note: str = ""


def check_name(name: str) -> None:
    """Raises BundleError when `name` cannot be given to a model."""
    if not NAME.match(name):
        raise BundleError(f"{name!r} cannot be the name of a model: lower-case letters, digits, dot, dash and underscore, at most 64, a letter or digit first.")
    if name in SHIPPED:
        raise BundleError(f"{name!r} is the name of a model inside gating, which is never replaced. Choose another name, such as that of your company.")


@contextmanager
def version_in_the_making(registry: Path, name: str) -> Iterator[Path]:
    """A hidden folder in which a version of `name` can be made, removed when the block ends. Made before a training, so that a folder
    that cannot be written is found before the work.
    """
    with _writing(registry / name):
        (registry / name).mkdir(parents=True, exist_ok=True)
        _remove_abandoned(registry / name)
        temporary = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=registry / name))
        temporary.chmod(0o777 & ~_umask())  # as other folders: colleagues may read a shared registry
    try:
        yield temporary
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def place(bundle: Bundle, temporary: Path) -> Bundle:
    """Stores the bundle as the next version, in a folder that version_in_the_making gave. Returns it with its version, and with the
    scores of the canary texts in its card.
    """
    home = temporary.parent
    canaries = canary_scores(tried_heads(bundle))
    with _writing(home):
        while True:
            taken = [int(entry.name) for entry in home.iterdir() if VERSION.match(entry.name)]  # whatever it is
            numbered = replace(bundle, card={**bundle.card, "name": home.name, "version": str(max(taken, default=0) + 1), "canaries": canaries})
            if _placed(numbered, temporary):
                return numbered


def _placed(bundle: Bundle, temporary: Path) -> bool:
    """Writes the bundle and renames its folder to its version; False when another process was faster or the version is there already."""
    target = temporary.parent / bundle.card["version"]
    write_bundle(bundle, temporary)
    for path in (temporary / CARD, temporary / ARRAYS, temporary):
        _to_disk(path)
    try:
        temporary.rename(target)
    except OSError:
        if target.exists():
            return False
        raise
    for path in (target.parent, target.parent.parent):
        _to_disk(path)
    return True


def point_shipped(folder: Path, version: str) -> None:
    """Makes `version` the current one of a shipped model, which has a pointer of its own."""
    _replace_file(folder / CURRENT, f"{version}\n")


def put_in_use(registry: Path, model: str) -> None:
    """Makes NAME/VERSION (or "base") the model in use, after loading it. Raises BundleError when it cannot be used."""
    tried_heads(load_stored(registry, model, fingerprint()))

    def with_another(history: list[Step]) -> list[Step]:
        if model == (history[-1].model if history else BASE):
            return history
        return [*history, Step(model, datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"))]

    _change_history(registry, with_another)


def roll_back(registry: Path) -> str:
    """Takes the last step back and returns the model that is in use now. Raises BundleError when there is no step, or it leads to a
    model that cannot be used.
    """
    if not steps(registry):
        raise BundleError(f"{registry}: the model that comes with gating is in use and was from the beginning; there is no step back.")

    def without_last(history: list[Step]) -> list[Step]:
        before = history[-2].model if len(history) > 1 else BASE
        tried_heads(load_stored(registry, before, fingerprint()))
        return history[:-1]

    _change_history(registry, without_last)
    return in_use(registry)


def _change_history(registry: Path, change: Callable[[list[Step]], list[Step]]) -> None:
    """Reads, changes and replaces the file `in-use` while no other process does. The lock is the system's and goes with the process."""
    from filelock import FileLock, Timeout

    with _writing(registry):
        registry.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(registry / f".{IN_USE}.lock", timeout=WAIT):
                history = change(list(steps(registry)))[-MOST_STEPS:]
                _replace_file(registry / IN_USE, "".join(f"{step.model}\t{step.when}\n" for step in history))
        except Timeout as error:
            raise OutputError(f"{registry}: another process has been changing the model in use for {WAIT} seconds. Try again.") from error


def export_model(registry: Path, model: str, output: Path) -> None:
    """Writes one stored model as a zip file of its card and arrays. The same model gives the same bytes."""
    if model == BASE:
        raise BundleError("The base model comes with gating: a colleague who has gating has it. Name a model that you trained.")
    load_stored(registry, model, fingerprint())
    folder = model_folder(registry, model)
    with _writing(output), tempfile.TemporaryDirectory(prefix=f".{output.name}.", dir=output.resolve().parent) as beside:
        whole = Path(beside) / "model.zip"
        with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in (CARD, ARRAYS):
                archive.writestr(zipfile.ZipInfo(name, EPOCH), (folder / name).read_bytes(), zipfile.ZIP_DEFLATED)
        _to_disk(whole)
        os.replace(whole, output.resolve())


def import_model(registry: Path, file: Path, name: str = "") -> str:
    """Stores the model of an exported file, under its own name and version or as the next version of `name`. Returns NAME/VERSION.

    Raises BundleError, with nothing stored, when the file is damaged, foreign or newer, or its name is taken by another model.
    """
    with tempfile.TemporaryDirectory(prefix="gating-import-") as inspected:
        for member, data in _members(file):
            (Path(inspected) / member).write_bytes(data)
        try:
            bundle = load_bundle(Path(inspected), fingerprint())
        except BundleError as error:
            raise BundleError(str(error).replace(inspected, str(file))) from error
    tried_heads(bundle)
    if "canaries" in bundle.card and (fault := canary_fault(bundle)):
        raise BundleError(f"{file}: {fault}. Export the model again where it was made, with this version of gating.")
    check_name(name or bundle.card["name"])
    with version_in_the_making(registry, name or bundle.card["name"]) as temporary:
        return place(bundle, temporary).name if name else _place_as_it_is(bundle, temporary)


def _place_as_it_is(bundle: Bundle, temporary: Path) -> str:
    """Stores a bundle under the version that its card bears; one that is there with the same bytes is no fault."""
    if not VERSION.match(bundle.card["version"]):
        raise BundleError(f"{bundle.name}: its version is no number. Give it a name here with --name.")
    there = temporary.parent / bundle.card["version"]
    with _writing(temporary.parent):
        if _placed(bundle, temporary) or all((there / name).is_file() and (there / name).read_bytes() == (temporary / name).read_bytes() for name in (CARD, ARRAYS)):
            return bundle.name
    raise BundleError(f"{bundle.name} is here already and is another model. Give this one another name with --name.")


def _members(file: Path) -> list[tuple[str, bytes]]:
    """Card and arrays of an exported file, counted while they are inflated."""
    most = {CARD: MOST_CARD, ARRAYS: MOST_ARRAYS}
    try:
        with open(file, "rb") as stream:
            data = stream.read(MOST_CARD + MOST_ARRAYS + 1)
        with open_zip(data, len(most)) as archive:
            if sorted(member.filename for member in archive.infolist()) != sorted(most):
                raise BundleError(f"{file}: holds other files than {CARD} and {ARRAYS}; it was not made by `gating models export`.")
            return [(member.filename, b"".join(inflated(archive, member, most[member.filename]))) for member in archive.infolist()]
    except OSError as error:
        raise BundleError(f"{file}: cannot be read ({error.strerror}).") from error
    except Unread as error:
        raise BundleError(f"{file}: not a model that was exported ({error.reason}). `gating models export` makes such a file.") from error


def verify(registry: Path) -> list[Checked]:
    """Loads every model, the shipped ones too, compares digests and the scores of the canary texts, and follows the pointer."""
    found = [_checked(registry, model) for model in (BASE, *stored_models(registry))]
    try:
        found.append(Checked(second_reader.check_files(shipped_folder("second"))))
    except BundleError as error:
        found.append(Checked("second", str(error)))
    try:
        model = in_use(registry)
        if model not in (BASE, *stored_models(registry)):
            found.append(Checked(f"{IN_USE}: {model}", "the model in use is not there; `gating models rollback` or `gating models use base` chooses another"))
    except BundleError as error:
        found.append(Checked(IN_USE, str(error)))
    return found


def _checked(registry: Path, model: str) -> Checked:
    try:
        bundle = load_stored(registry, model, fingerprint())
        tried_heads(bundle)
    except BundleError as error:
        return Checked(model, str(error))
    if "canaries" not in bundle.card:
        return Checked(bundle.name, note=canary_fault(bundle))
    return Checked(bundle.name, canary_fault(bundle))


@contextmanager
def _writing(what: Path) -> Iterator[None]:
    """An OSError of the block as a sentence."""
    try:
        yield
    except OSError as error:
        raise OutputError(f"{what}: cannot be written ({error.strerror or error}). Models and the one in use are as they were.") from error


def _replace_file(file: Path, text: str) -> None:
    """`file` with this text, or as it was."""
    handle, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
    temporary = Path(name)
    try:
        with open(handle, "w", encoding="utf-8", newline="") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.chmod(0o666 & ~_umask())
        os.replace(temporary, file)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _to_disk(file.parent)


def _to_disk(path: Path) -> None:
    """Waits until a file, or the names in a folder, are on the disk. A folder that cannot is no failure: what it names is in place."""
    if path.is_dir():
        if os.name != "nt":  # Windows has no handle for a folder
            with suppress(OSError):
                _sync(path, os.O_RDONLY)
    else:
        _sync(path, os.O_RDWR)


def _sync(path: Path, how: int) -> None:
    handle = os.open(path, how)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _remove_abandoned(home: Path) -> None:
    for entry in home.glob(f"{UNFINISHED}*"):
        with suppress(FileNotFoundError):  # another training is clearing up, too
            if time.time() - entry.stat().st_mtime > ABANDONED:
                shutil.rmtree(entry, ignore_errors=True)


def _umask() -> int:
    current = os.umask(0o022)
    os.umask(current)
    return current
