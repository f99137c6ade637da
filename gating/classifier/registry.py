"""Where models are kept and which one is in use: the reading side.

A registry is a folder with NAME/VERSION/ for each stored model and a file `in-use` with one line for each step: the model put in use
and when. The last line counts, no line means the shipped model. One file for pointer and history, so that they cannot disagree.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from gating.classifier.bundle import ARRAYS, CARD, NAME, Bundle, base_folder, current_version, load_bundle, read_card
from gating.errors import BundleError

IN_USE, MODELS, BASE = "in-use", "models", "base"
SHIPPED = (BASE, "second")  # names that belong to the models inside gating; no registry can give them another meaning
VERSION = re.compile(r"[1-9][0-9]{0,8}\Z")
MOST_HISTORY = 100_000  # bytes of the file `in-use`


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the history: a model (NAME/VERSION, or base) and when it was put in use, ISO 8601 in UTC."""

    model: str
    when: str


def registry_folder(given: Path | None = None) -> Path:
    """`given`, else ./models where the working folder has one, else a folder among the user's own data."""
    if given is not None:
        return given
    here = Path(MODELS)
    if here.is_dir():
        return here
    from platformdirs import user_data_path

    return user_data_path("gating", appauthor=False) / MODELS


def steps(registry: Path) -> tuple[Step, ...]:
    """The history, oldest first. Raises BundleError when the file is not one that gating wrote."""
    file = registry / IN_USE
    try:
        with open(file, encoding="utf-8") as stream:
            lines = stream.read(MOST_HISTORY + 1)
    except (FileNotFoundError, NotADirectoryError):
        return ()
    except (OSError, ValueError) as error:
        raise BundleError(f"{file}: cannot be read ({error}). It names the model in use; `gating models use NAME` writes it anew.") from error
    found = tuple(Step(*line.partition("\t")[::2]) for line in lines.splitlines())
    if len(lines) > MOST_HISTORY or not all(step.model == BASE or _is_model(step.model) for step in found):
        raise BundleError(f"{file}: does not name a model. Remove it to go back to the shipped model, then choose with `gating models use NAME`.")
    return found


def in_use(registry: Path) -> str:
    """NAME/VERSION of the model in use, or "base"."""
    history = steps(registry)
    return history[-1].model if history else BASE


def folder_in_use(registry: Path) -> Path | None:
    """The folder of the model in use; None for the shipped one. Raises BundleError when it is not there or is another model."""
    model = in_use(registry)
    if model == BASE:
        return None
    try:
        return model_folder(registry, model)
    except BundleError as error:
        raise BundleError(f"{error} It is the model in use here; `gating models rollback` or `gating models use base` chooses another.") from error


def model_folder(registry: Path, model: str) -> Path:
    """The folder of a stored NAME/VERSION whose card bears that name. Raises BundleError when there is none."""
    folder = _inside(registry, model)
    if not folder.is_dir():
        raise BundleError(f"{model}: no such model in {registry}. `gating models list` shows what there is.")
    card = read_card(folder)
    if f"{card['name']}/{card['version']}" != model:
        raise BundleError(f"{folder}: its card is that of {card['name']}/{card['version']}. The folder was moved or changed; import or train the model again.")
    return folder


def load_stored(registry: Path, model: str, catalogue: str) -> Bundle:
    """The stored model NAME/VERSION, or "base" for the shipped one. Raises BundleError when it cannot be used."""
    return load_bundle(base_folder() if model == BASE else model_folder(registry, model), catalogue)


def stored_models(registry: Path) -> list[str]:
    """NAME/VERSION of everything stored, by name, oldest version first. What is no finished model of ours is passed over."""
    found = [(folder.name, number) for folder in _folders(registry) if folder.name not in SHIPPED for number in versions(registry, folder.name)]
    return [f"{name}/{number}" for name, number in sorted(found)]


def versions(registry: Path, name: str) -> list[int]:
    """The version numbers of one model, ascending."""
    return sorted(int(folder.name) for folder in _folders(registry / name) if VERSION.match(folder.name) and ((folder / CARD).exists() or (folder / ARRAYS).exists()))


def full_name(registry: Path, wanted: str) -> str:
    """NAME/VERSION, or "base", for what a person wrote: without a version the newest that was kept, else the newest."""
    name, _, version = wanted.partition("/")
    if name == BASE and version in ("", current_version(base_folder()).name):
        return BASE
    if version or not NAME.match(name) or name in SHIPPED:
        _inside(registry, wanted)  # says what is wrong with the name
        return wanted
    numbers = versions(registry, name)
    if not numbers:
        raise BundleError(f"{name}: no such model in {registry}. `gating models list` shows what there is.")
    kept = [number for number in numbers if _was_kept(registry / name / str(number))]
    return f"{name}/{max(kept or numbers)}"


def _was_kept(folder: Path) -> bool:
    try:
        decision = read_card(folder).get("decision")
    except BundleError:
        return False
    return not isinstance(decision, dict) or decision.get("kept") is not False


def _is_model(written: str) -> bool:
    name, sign, version = written.partition("/")
    return bool(sign and NAME.match(name) and name not in SHIPPED and VERSION.match(version))


def _inside(registry: Path, model: str) -> Path:
    """The folder that belongs to NAME/VERSION. Raises BundleError for a name that is none, is ours, or leads out of the registry by a link."""
    if not _is_model(model):
        raise BundleError(f"{model!r} is not the name of a stored model: write NAME/VERSION, such as acme/3, or base for the shipped one.")
    folder = registry / model
    if not folder.resolve().is_relative_to(registry.resolve()):
        raise BundleError(f"{folder}: leads out of the registry by a link. Copy the model there with `gating models export` and `import`.")
    return folder


def _folders(folder: Path) -> list[Path]:
    try:
        return [entry for entry in folder.iterdir() if NAME.match(entry.name) and entry.is_dir() and not entry.is_symlink()]
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise BundleError(f"{folder}: cannot be listed ({error.strerror}). Name another registry with --registry.") from error
