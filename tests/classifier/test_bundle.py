import json
import pickle

import numpy as np
import pytest

from gating.classifier.bundle import ARRAYS, CARD, CURRENT, Bundle, base_folder, current_version, load_bundle, write_bundle
from gating.errors import BundleError
from gating.features.catalogue import fingerprint


@pytest.fixture
def folder(tmp_path):
    """A stored bundle of two small arrays for a catalogue named "cat"."""
    write_bundle(Bundle({"name": "acme", "version": "1", "catalogue": "cat"}, {"a": np.arange(3), "b": np.ones((2, 2))}), tmp_path / "1")
    return tmp_path / "1"


def test_a_bundle_comes_back_as_it_was(folder):
    """Written and loaded, card and arrays are equal."""
    bundle = load_bundle(folder, "cat")
    assert bundle.name == "acme/1"
    np.testing.assert_array_equal(bundle.arrays["a"], [0, 1, 2])


def test_the_same_bundle_writes_the_same_bytes(folder, tmp_path):
    """No time stamp or order gets into the files."""
    bundle = load_bundle(folder, "cat")
    write_bundle(Bundle({"name": "acme", "version": "1", "catalogue": "cat"}, dict(reversed(bundle.arrays.items()))), tmp_path / "2")
    assert (folder / ARRAYS).read_bytes() == (tmp_path / "2" / ARRAYS).read_bytes()
    assert (folder / CARD).read_text() == (tmp_path / "2" / CARD).read_text()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"kind": "something else"}, "not the card of a gating model"),
        ({"format": 99}, "bundle format 99"),
        ({"catalogue": "older"}, "trained on other features"),
        ({"arrays_sha256": "0" * 64}, "digest is not the one in the card"),
    ],
)
def test_a_foreign_or_newer_bundle_is_refused(folder, change, sentence):
    """A card that does not fit is refused in one sentence."""
    card = json.loads((folder / CARD).read_text())
    (folder / CARD).write_text(json.dumps({**card, **change}))
    with pytest.raises(BundleError, match=sentence):
        load_bundle(folder, "cat")


def test_one_changed_byte_is_noticed(folder):
    """Arrays that were touched are refused before they are read."""
    data = bytearray((folder / ARRAYS).read_bytes())
    data[len(data) // 2] ^= 1
    (folder / ARRAYS).write_bytes(data)
    with pytest.raises(BundleError, match="digest"):
        load_bundle(folder, "cat")


def test_a_pickle_in_the_arrays_is_not_run(folder, tmp_path):
    """An object array, the way a pickle gets into an .npz, is refused even when the digest fits."""
    import hashlib

    class Evil:
        def __reduce__(self):
            return (open, (str(tmp_path / "pwned"), "w"))

    with open(folder / ARRAYS, "wb") as file:
        np.savez(file, a=np.array([Evil()], dtype=object))
    assert pickle.dumps(Evil())
    card = json.loads((folder / CARD).read_text())
    card["arrays_sha256"] = hashlib.sha256((folder / ARRAYS).read_bytes()).hexdigest()
    (folder / CARD).write_text(json.dumps(card))
    (tmp_path / "pwned").unlink(missing_ok=True)
    with pytest.raises(BundleError, match="cannot be read"):
        load_bundle(folder, "cat")
    assert not (tmp_path / "pwned").exists()


def test_a_missing_bundle_is_a_sentence(tmp_path):
    """A folder without a card says what a bundle holds."""
    with pytest.raises(BundleError, match=r"holds card\.json and arrays\.npz"):
        load_bundle(tmp_path, "cat")


def test_a_pointer_cannot_leave_its_folder(tmp_path):
    """A pointer that names a path elsewhere is refused."""
    (tmp_path / CURRENT).write_text("../../etc\n")
    with pytest.raises(BundleError, match="does not name a version"):
        current_version(tmp_path)


def test_the_shipped_model_fits_these_features():
    """The model in the repository loads with the features of this code."""
    assert load_bundle(base_folder(), fingerprint()).card["name"] == "base"
