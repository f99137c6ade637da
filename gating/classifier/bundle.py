"""A bundle: card.json plus arrays.npz in one folder. No pickle: a model from a colleague cannot run code.

The card is checked before the arrays are read, and the bytes that are hashed are the bytes that are loaded.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from gating.errors import BundleError

FORMAT = 1  # of the bundle's files; a newer one is refused
CARD, ARRAYS, CURRENT = "card.json", "arrays.npz", "current"
NAME = re.compile(r"^[a-z0-9][a-z0-9._-]{0,63}\Z")
MOST_CARD, MOST_ARRAYS = 4_000_000, 500_000_000  # bytes; the shipped model has some thousand and 14 million
EPOCH = (1980, 1, 1, 0, 0, 0)  # every member of the arrays file carries it, so that the same arrays make the same bytes
Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Bundle:
    """A model as it is stored: `card` says what it is, `arrays` hold the numbers."""

    card: dict[str, Any]
    arrays: dict[str, Array]

    @property
    def name(self) -> str:
        """Name and version, as the records' `model` shows it."""
        return f"{self.card['name']}/{self.card['version']}"


def base_folder() -> Path:
    """The folder of the shipped model."""
    return shipped_folder("base")


def shipped_folder(name: str) -> Path:
    """The folder of something shipped: inside an installed package, or beside the package in a checkout."""
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "models" / name, package.parent / "models" / name):
        if (folder / CURRENT).is_file():
            return folder
    raise BundleError("the shipped model is missing from this installation. Install gating again, or run `gating train training_data --name base` in a checkout.")


def current_version(folder: Path) -> Path:
    """The folder of the version in use of a model. Raises BundleError when its pointer leads nowhere."""
    try:
        version = (folder / CURRENT).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise BundleError(f"{folder}: no model here ({error.strerror}). Name a folder that `gating train` wrote.") from error
    if not NAME.match(version):
        raise BundleError(f"{folder / CURRENT}: does not name a version of this model.")
    return folder / version


def load_bundle(folder: Path, catalogue: str) -> Bundle:
    """The bundle in `folder` (a version's folder, or a model's folder with a pointer), checked against the feature `catalogue`'s fingerprint.

    Raises BundleError for a damaged, foreign or newer bundle, or one made for other features, before any of it is used.
    """
    if (folder / CURRENT).is_file():
        folder = current_version(folder)
    card = read_card(folder)
    if card.get("catalogue") != catalogue:
        raise BundleError(f"{folder}: trained on other features ({card.get('catalogue')!r}) than this gating makes ({catalogue!r}). Run `gating train` for a fitting model.")
    data = _read(folder, ARRAYS, MOST_ARRAYS)
    if hashlib.sha256(data).hexdigest() != card.get("arrays_sha256"):
        raise BundleError(f"{folder / ARRAYS}: its digest is not the one in the card. The bundle is damaged or was changed; train or copy it again.")
    return Bundle(card, _arrays(data, folder / ARRAYS))


def read_card(folder: Path) -> dict[str, Any]:
    """The card of the bundle in a version's folder. Raises BundleError when it is missing, foreign, newer, or names no model."""
    try:
        card = json.loads(_read(folder, CARD, MOST_CARD).decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise BundleError(f"{folder / CARD}: not valid JSON ({error}). The bundle is damaged; train it again.") from error
    if not isinstance(card, dict) or card.get("kind") != "gating bundle":
        raise BundleError(f"{folder / CARD}: not the card of a gating model.")
    if card.get("format") != FORMAT:
        raise BundleError(f"{folder}: bundle format {card.get('format')!r}, this gating reads format {FORMAT}. Update gating, or train again.")
    for key in ("name", "version"):
        if not isinstance(card.get(key), str) or not NAME.match(card[key]):
            raise BundleError(f"{folder / CARD}: its {key} is none that a model can have. The bundle is damaged or was changed; train or copy it again.")
    return card


def _read(folder: Path, name: str, most: int) -> bytes:
    try:
        with open(folder / name, "rb") as file:
            data = file.read(most + 1)
    except OSError as error:
        raise BundleError(f"{folder}: not a model bundle ({error.strerror}: {name}). A bundle holds {CARD} and {ARRAYS}.") from error
    if len(data) > most:
        raise BundleError(f"{folder / name}: larger than the {most // 1_000_000} MB that a model of gating can have.")
    return data


def _arrays(data: bytes, source: Path) -> dict[str, Array]:
    """The arrays in the bytes of an .npz file. Members are stored as they are, so that a small file cannot grow large in memory."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if any(member.compress_type != zipfile.ZIP_STORED for member in archive.infolist()):
                raise ValueError("its arrays are compressed, which gating never does")
        with np.load(io.BytesIO(data), allow_pickle=False) as stored:
            return {name: stored[name] for name in stored.files}
    except Exception as error:  # what NumPy and zipfile raise on a crafted file has no common class
        raise BundleError(f"{source}: cannot be read ({error}). The bundle is damaged; train it again.") from error


def write_bundle(bundle: Bundle, folder: Path) -> None:
    """Card and arrays into `folder`. The same bundle gives the same bytes."""
    data = arrays_bytes(bundle.arrays)
    card = {**bundle.card, "kind": "gating bundle", "format": FORMAT, "arrays_sha256": hashlib.sha256(data).hexdigest()}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ARRAYS).write_bytes(data)
    (folder / CARD).write_text(json.dumps(card, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def arrays_bytes(arrays: dict[str, Array], compression: int = zipfile.ZIP_STORED) -> bytes:
    """An .npz file in memory whose bytes depend on the arrays alone, unlike numpy.savez, which stamps the time."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name in sorted(arrays):
            member = io.BytesIO()
            np.lib.format.write_array(member, np.ascontiguousarray(arrays[name]), allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy", EPOCH), member.getvalue(), compression)
    return buffer.getvalue()
