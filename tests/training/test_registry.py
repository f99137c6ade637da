import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

from gating.classifier.bundle import ARRAYS, CARD, base_folder, current_version, write_bundle
from gating.classifier.registry import IN_USE, folder_in_use, full_name, in_use, model_folder, registry_folder, stored_models
from gating.errors import BundleError, GatingError, OutputError
from gating.training.registry import ABANDONED, UNFINISHED, export_model, import_model, put_in_use, roll_back, verify, version_in_the_making
from tests.training.disk import trouble_at
from tests.training.registries import small_bundle, store, write_labels


def faults(registry):
    return {checked.model: checked.fault for checked in verify(registry) if checked.fault}


def change_card(folder, **changes):
    card = json.loads((folder / CARD).read_text())
    (folder / CARD).write_text(json.dumps({**card, **changes}))


def test_versions_are_numbered_and_listed(tmp_path):
    """Each model has versions of its own, listed oldest first, ten after nine."""
    for _ in range(2):
        store(tmp_path, "acme")
    store(tmp_path, "zebra")
    shutil.copytree(tmp_path / "acme" / "2", tmp_path / "acme" / "10")
    assert stored_models(tmp_path) == ["acme/1", "acme/2", "acme/10", "zebra/1"]


def test_what_is_no_model_of_ours_is_passed_over(tmp_path):
    """A registry may be a folder in which other programs keep theirs, and a version that was not finished is none."""
    (tmp_path / "resnet" / "1").mkdir(parents=True)
    (tmp_path / "resnet" / "1" / "saved_model.pb").write_bytes(b"\0")
    (tmp_path / "notes.txt").write_text("buy milk")
    (tmp_path / "acme" / f"{UNFINISHED}x").mkdir(parents=True)
    (tmp_path / "acme" / f"{UNFINISHED}x" / CARD).write_text("{")
    assert stored_models(tmp_path) == []
    assert store(tmp_path, "resnet") == "resnet/2"


def test_same_model_stored_twice_has_the_same_arrays(tmp_path):
    """Two versions of one training differ in their number alone."""
    store(tmp_path), store(tmp_path)
    first, second = (tmp_path / "acme" / number for number in ("1", "2"))
    assert (first / ARRAYS).read_bytes() == (second / ARRAYS).read_bytes()
    assert (first / CARD).read_text().replace('"version": "1"', '"version": "2"') == (second / CARD).read_text()


def test_shipped_model_is_in_use_at_first(tmp_path):
    """An empty registry, and one that is not there, say base."""
    assert in_use(tmp_path) == in_use(tmp_path / "nowhere") == "base"
    assert folder_in_use(tmp_path) is None


def test_rollback_goes_back_step_by_step(tmp_path):
    """Through every model that was in use, to the shipped one, and then says that there is nothing further."""
    for name in ("acme", "zebra", "acme"):
        put_in_use(tmp_path, store(tmp_path, name))
    put_in_use(tmp_path, "base")
    assert [roll_back(tmp_path) for _ in range(4)] == ["acme/2", "zebra/1", "acme/1", "base"]
    with pytest.raises(BundleError, match="no step back"):
        roll_back(tmp_path)


def test_using_what_is_in_use_is_no_step(tmp_path):
    """Said twice, one rollback takes it back."""
    store(tmp_path)
    for _ in range(2):
        put_in_use(tmp_path, "acme/1")
    assert roll_back(tmp_path) == "base"


def test_name_without_version_is_the_newest_that_was_kept(tmp_path):
    """A version that was found worse is used when it is named, not by accident."""
    store(tmp_path, decision={"kept": True})
    store(tmp_path, decision={"kept": False})
    assert full_name(tmp_path, "acme") == "acme/1"
    assert full_name(tmp_path, "acme/2") == "acme/2"


@pytest.mark.parametrize(
    "model", ["../acme/1", "acme/../../etc", "acme/1/..", "/etc", "acme/0", "acme/01", "acme/latest", "ACME/1", "acme\n/1", "", "second/1", "base/7", "acme/1\n"]
)
def test_names_cannot_leave_the_registry(tmp_path, model):
    """Whatever is no NAME/VERSION is refused before a path is made of it; a model of ours has no other meaning here."""
    with pytest.raises(BundleError, match=r"not the name of a stored model|no such model"):
        put_in_use(tmp_path, full_name(tmp_path, model))


def test_links_out_of_the_registry_are_refused(tmp_path):
    """A model reached by a link is neither listed nor used."""
    store(tmp_path / "elsewhere")
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "acme").symlink_to(tmp_path / "elsewhere" / "acme")
    assert stored_models(tmp_path / "here") == []
    with pytest.raises(BundleError, match="leads out of the registry"):
        model_folder(tmp_path / "here", "acme/1")


def test_registry_model_cannot_stand_for_the_shipped_one(tmp_path):
    """A folder base/1 in a registry changes nothing: base is the model inside gating."""
    store(tmp_path)
    shutil.copytree(tmp_path / "acme", tmp_path / "base")
    assert stored_models(tmp_path) == ["acme/1"]
    assert full_name(tmp_path, "base") == "base"
    assert folder_in_use(tmp_path) is None


def test_model_under_another_name_is_refused(tmp_path):
    """A folder that was renamed by hand would put a wrong name into every record."""
    store(tmp_path)
    (tmp_path / "acme").rename(tmp_path / "zebra")
    with pytest.raises(BundleError, match="its card is that of acme/1"):
        put_in_use(tmp_path, "zebra/1")


@pytest.mark.parametrize("text", ["../../etc/1\tnow\n", "acme\n", "base\tx\nnonsense", "\0" * 50, "acme/1\tx\n" * 20_000])
def test_pointer_that_gating_did_not_write_is_a_sentence(tmp_path, text):
    """A damaged file `in-use` is said, and never leads anywhere."""
    (tmp_path / IN_USE).write_text(text)
    with pytest.raises(BundleError, match="does not name a model"):
        folder_in_use(tmp_path)
    assert "does not name a model" in faults(tmp_path)[IN_USE]


def test_model_in_use_that_was_removed_is_a_sentence(tmp_path):
    """Scoring with another model in silence would be worse than stopping."""
    put_in_use(tmp_path, store(tmp_path))
    shutil.rmtree(tmp_path / "acme")
    with pytest.raises(BundleError, match=r"no such model.*rollback"):
        folder_in_use(tmp_path)
    assert "the model in use is not there" in faults(tmp_path)[f"{IN_USE}: acme/1"]
    assert roll_back(tmp_path) == "base"


def test_model_that_does_not_load_is_never_put_in_use(tmp_path):
    """The pointer stays where it was."""
    store(tmp_path), store(tmp_path)
    put_in_use(tmp_path, "acme/1")
    (tmp_path / "acme" / "2" / ARRAYS).write_bytes(b"PK")
    with pytest.raises(BundleError, match="digest"):
        put_in_use(tmp_path, "acme/2")
    assert in_use(tmp_path) == "acme/1"


@pytest.mark.parametrize(("given", "here", "expected"), [("given", True, "given"), (None, True, "models"), (None, False, "data/gating/models")])
def test_where_the_registry_is(tmp_path, monkeypatch, given, here, expected):
    """The folder given, else ./models, else the user's data folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    if here:
        Path("models").mkdir()
    assert registry_folder(Path(given) if given else None).resolve() == (tmp_path / expected).resolve()


def test_verify_finds_the_shipped_models_sound(tmp_path):
    """Both models inside gating are among those that are checked."""
    assert [(checked.model.partition("/")[0], checked.fault, checked.note) for checked in verify(tmp_path)] == [("base", "", ""), ("second", "", "")]


def test_verify_names_each_damaged_model(tmp_path):
    """A changed byte, a card cut short, a missing file: said for that model, the others are sound."""
    for _ in range(4):
        store(tmp_path)
    arrays = bytearray((tmp_path / "acme" / "1" / ARRAYS).read_bytes())
    arrays[5000] ^= 1
    (tmp_path / "acme" / "1" / ARRAYS).write_bytes(arrays)
    (tmp_path / "acme" / "2" / CARD).write_text('{"kind": "gating')
    (tmp_path / "acme" / "3" / ARRAYS).unlink()
    found = faults(tmp_path)
    assert set(found) == {"acme/1", "acme/2", "acme/3"}
    assert ["digest" in found["acme/1"], "not valid JSON" in found["acme/2"], "not a model bundle" in found["acme/3"]] == [True] * 3


def test_verify_notices_a_changed_card_by_the_canaries(tmp_path):
    """The digest covers the arrays; a temperature that was changed in the card moves the scores of the canary texts."""
    store(tmp_path)
    temperatures = json.loads((tmp_path / "acme" / "1" / CARD).read_text())["temperatures"]
    change_card(tmp_path / "acme" / "1", temperatures={**temperatures, "gate": temperatures["gate"] * 1.001})
    assert "away from what its card says for gate" in faults(tmp_path)["acme/1"]


def test_verify_says_when_there_are_no_canaries(tmp_path):
    """A model stored before there were any is sound as far as can be seen."""
    store(tmp_path)
    card = json.loads((tmp_path / "acme" / "1" / CARD).read_text())
    del card["canaries"]
    (tmp_path / "acme" / "1" / CARD).write_text(json.dumps(card))
    (checked,) = [checked for checked in verify(tmp_path) if checked.model == "acme/1"]
    assert checked.fault == ""
    assert "only its digests could be checked" in checked.note


ZEROS = {"strategy": 0, "stage": 0, "gate": 0, "format": 0}


@pytest.mark.parametrize("changes", [{"temperatures": {}}, {"conformal_thresholds": None}, {"labels": {"strategy": ["lead-gen", "demand-gen"]}}, {"temperatures": ZEROS}])
def test_card_that_makes_no_model_is_refused(tmp_path, changes):
    """Right digests do not make a model: missing, reordered or impossible entries are one sentence, not a traceback."""
    store(tmp_path)
    change_card(tmp_path / "acme" / "1", **changes)
    with pytest.raises(BundleError, match="make no model"):
        put_in_use(tmp_path, "acme/1")


@pytest.mark.parametrize(
    "change",
    [
        lambda arrays: arrays.pop("offset"),
        lambda arrays: arrays.update({"words.idf": arrays["words.idf"][:-3]}),
        lambda arrays: arrays.update({"gate.coef": arrays["gate.coef"][:2]}),
        lambda arrays: arrays.update({"offset": arrays["offset"] * np.nan}),
    ],
    ids=["missing", "too few", "too small", "no numbers"],
)
def test_arrays_that_make_no_model_are_refused(tmp_path, change):
    """Missing, short or senseless arrays with a digest that fits."""
    bundle = small_bundle()
    arrays = dict(bundle.arrays)
    change(arrays)
    write_bundle(type(bundle)({**bundle.card, "name": "acme", "version": "1"}, arrays), tmp_path / "acme" / "1")
    with pytest.raises(BundleError, match="make no model"):
        put_in_use(tmp_path, "acme/1")


def test_export_and_import_hand_a_model_on(tmp_path):
    """What arrives has the same bytes, is not in use by itself, and arriving twice is no fault."""
    store(tmp_path / "ours")
    export_model(tmp_path / "ours", "acme/1", tmp_path / "acme.zip")
    assert [import_model(tmp_path / "theirs", tmp_path / "acme.zip") for _ in range(2)] == ["acme/1", "acme/1"]
    for name in (CARD, ARRAYS):
        assert (tmp_path / "theirs" / "acme" / "1" / name).read_bytes() == (tmp_path / "ours" / "acme" / "1" / name).read_bytes()
    assert in_use(tmp_path / "theirs") == "base"
    assert faults(tmp_path / "theirs") == {}


def test_exports_of_one_model_are_equal(tmp_path):
    """No time stamp gets into the file, and nothing is left beside it."""
    store(tmp_path / "ours")
    for name in ("one.zip", "two.zip"):
        export_model(tmp_path / "ours", "acme/1", tmp_path / name)
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    assert sorted(os.listdir(tmp_path)) == ["one.zip", "ours", "two.zip"]


def test_import_never_replaces_another_model(tmp_path):
    """A number that is taken is said; under another name the model gets a number of its own."""
    store(tmp_path / "ours", seed=1)
    store(tmp_path / "theirs", seed=2)
    export_model(tmp_path / "ours", "acme/1", tmp_path / "acme.zip")
    before = (tmp_path / "theirs" / "acme" / "1" / CARD).read_bytes()
    with pytest.raises(BundleError, match="here already and is another model"):
        import_model(tmp_path / "theirs", tmp_path / "acme.zip")
    assert import_model(tmp_path / "theirs", tmp_path / "acme.zip", "colleague") == "colleague/1"
    assert (tmp_path / "theirs" / "acme" / "1" / CARD).read_bytes() == before
    assert faults(tmp_path / "theirs") == {}


def zipped(path, members, compression=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return path


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """Card and arrays of a good export."""
    folder = tmp_path_factory.mktemp("exported")
    store(folder)
    return {name: (folder / "acme" / "1" / name).read_bytes() for name in (CARD, ARRAYS)}


def with_card(exported, **changes):
    return [(CARD, json.dumps({**json.loads(exported[CARD]), **changes}).encode()), (ARRAYS, exported[ARRAYS])]


BAD_FILES = {
    "no zip": (lambda good: None, "not a model that was exported"),
    "a member too many": (lambda good: [*good.items(), ("run.py", b"import os")], "parts"),
    "a member too few": (lambda good: [(CARD, good[CARD])], "holds other files"),
    "a path": (lambda good: [(f"../../{CARD}", good[CARD]), (ARRAYS, good[ARRAYS])], "holds other files"),
    "a bomb": (lambda good: [(CARD, b" " * 90_000_000), (ARRAYS, good[ARRAYS])], "not a model that was exported"),
    "a bomb in the arrays": (lambda good: [(CARD, good[CARD]), (ARRAYS, b"\0" * 90_000_000)], "zip bomb"),
    "a foreign card": (lambda good: with_card(good, kind="something else"), "not the card of a gating model"),
    "a newer format": (lambda good: with_card(good, format=2), "Update gating"),
    "other features": (lambda good: with_card(good, catalogue="0123456789ab"), "trained on other features"),
    "changed arrays": (lambda good: [(CARD, good[CARD]), (ARRAYS, good[ARRAYS][:-1] + b"\1")], "digest"),
    "our name": (lambda good: with_card(good, name="base"), "the name of a model inside gating"),
    "a name that leaves": (lambda good: with_card(good, name="../acme"), "its name is none"),
    "a version that leaves": (lambda good: with_card(good, version="../1"), "its version is none"),
    "a version that is no number": (lambda good: with_card(good, version="latest"), "no number"),
    "a name for the terminal": (lambda good: with_card(good, name="\x1b[2J"), "its name is none"),
    "scores that do not fit": (lambda good: with_card(good, temperatures={"strategy": 2, "stage": 2, "gate": 2, "format": 2}), "away from what its card says"),
    "half a model": (lambda good: with_card(good, temperatures={}), "make no model"),
}


@pytest.mark.parametrize("kind", BAD_FILES)
def test_bad_file_is_refused_before_anything_is_stored(tmp_path, exported, kind):
    """Damaged, foreign, newer or hostile files are one sentence; the registry stays as it was."""
    make, sentence = BAD_FILES[kind]
    members = make(exported)
    path = zipped(tmp_path / "acme.zip", members) if members else tmp_path / "acme.zip"
    if not members:
        path.write_bytes(b"GIF89a")
    with pytest.raises(BundleError, match=sentence) as raised:
        import_model(tmp_path / "registry", path)
    assert "\n" not in str(raised.value)
    assert stored_models(tmp_path / "registry") == []
    assert sorted(os.listdir(tmp_path)) in (["acme.zip"], ["acme.zip", "registry"])


def test_arrays_cannot_grow_in_memory(tmp_path, exported):
    """Arrays that are compressed inside their own file are refused, whatever they would unpack to."""
    import hashlib

    packed = zipped(tmp_path / "packed.npz", [("a.npy", b"\0" * 50_000_000)]).read_bytes()
    path = zipped(tmp_path / "acme.zip", [(CARD, with_card(exported, arrays_sha256=hashlib.sha256(packed).hexdigest())[0][1]), (ARRAYS, packed)], zipfile.ZIP_STORED)
    with pytest.raises(BundleError, match="compressed"):
        import_model(tmp_path / "registry", path)


def test_full_disk_at_any_moment_leaves_everything_as_it_was(tmp_path, monkeypatch):
    """Each operation on the disk fails once: the sentence says so, the model in use loads, nothing half-written is listed."""
    put_in_use(tmp_path, store(tmp_path))
    happened = [True]
    said = []

    def fill_up():
        happened.append(True)
        raise OSError(errno.ENOSPC, "No space left on device")

    while happened:
        happened.clear()
        before = len(stored_models(tmp_path))
        with monkeypatch.context() as patched:
            trouble_at(len(said) + 1, fill_up, patched.setattr)
            try:
                put_in_use(tmp_path, store(tmp_path))
                said.append("")  # done, with or without that operation
            except OutputError as error:
                said.append(str(error))
        assert faults(tmp_path) == {}
        assert folder_in_use(tmp_path) is not None
        assert len(stored_models(tmp_path)) <= before + 1
        assert [name for name in os.listdir(tmp_path) if name not in (IN_USE, f".{IN_USE}.lock", "acme")] == []
    failures = [sentence for sentence in said if sentence]
    assert len(failures) >= 10
    assert all("No space left on device" in sentence for sentence in failures)
    assert in_use(tmp_path) == stored_models(tmp_path)[-1]


needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="kills processes that it forks")


def killed(root, *arguments):
    """The lines of tests.training.killed, split."""
    command = [sys.executable, "-m", "tests.training.killed", *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": str(root), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return [line.split("\t") for line in done.stdout.splitlines()]


@needs_fork
def test_kill_at_any_step_leaves_a_sound_registry(tmp_path, root):
    """A process that stores a model and puts it in use is killed before each of its operations on the disk, writes half done."""
    store(tmp_path / "source")
    rows = killed(root, "steps", tmp_path / "registry", tmp_path / "source" / "acme" / "1")
    assert [row[0] for row in rows] == [str(-signal.SIGKILL)] * (len(rows) - 1) + ["0"]
    assert len(rows) > 12
    assert [row[3:] for row in rows] == [[]] * len(rows)  # no faults
    assert rows[-1][1] == f"acme/{rows[-1][2]}"


@needs_fork
@pytest.mark.slow
def test_training_killed_at_twenty_moments_leaves_a_sound_registry(tmp_path, root):
    """`gating train` is killed over its run: each time every model verifies, nothing half-made is listed and the model in use scores."""
    put_in_use(tmp_path / "registry", store(tmp_path / "registry", "house"))
    labels = write_labels(tmp_path / "labels.jsonl", 0, 12)
    rows = killed(root, "moments", tmp_path / "registry", "train", labels, "--name", "acme", "--registry", tmp_path / "registry")
    assert [row[3:] for row in rows] == [[]] * 20
    assert [row[0] for row in rows].count(str(-signal.SIGKILL)) >= 10


def test_two_trainings_at_once_get_a_version_each(tmp_path, root):
    """Six processes that store at the same moment: six versions, every one sound, and one of them in use."""
    store(tmp_path / "source")
    code = "import sys; from pathlib import Path; from tests.training.killed import store_and_use; sys.stdin.read(1); store_and_use(Path(sys.argv[1]), Path(sys.argv[2]), 10**6)"
    command = [sys.executable, "-c", code, str(tmp_path / "registry"), str(tmp_path / "source" / "acme" / "1")]
    started = [subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(root)}, stdin=subprocess.PIPE) for _ in range(6)]
    for process in started:
        process.communicate(b"go", timeout=120)
    assert [process.returncode for process in started] == [0] * 6
    assert stored_models(tmp_path / "registry") == [f"acme/{number}" for number in range(1, 7)]
    assert faults(tmp_path / "registry") == {}
    assert sorted([in_use(tmp_path / "registry"), *(roll_back(tmp_path / "registry") for _ in range(6))]) == [*(f"acme/{number}" for number in range(1, 7)), "base"]


def test_read_only_registry_is_a_sentence_before_the_training(tmp_path, monkeypatch):
    """A registry that cannot be written is found when the work begins; reading from it goes on."""
    put_in_use(tmp_path, store(tmp_path))

    def refuse(*arguments, **options):
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr("tempfile.mkdtemp", refuse)
    with pytest.raises(OutputError, match="Read-only file system"), version_in_the_making(tmp_path, "acme"):
        pytest.fail("the work began")
    assert folder_in_use(tmp_path) == tmp_path / "acme" / "1"


def test_abandoned_folders_are_cleared_away(tmp_path):
    """What a killed training left is removed a day later, what another is writing now is not."""
    old, new = tmp_path / "acme" / f"{UNFINISHED}old", tmp_path / "acme" / f"{UNFINISHED}new"
    for folder in (old, new):
        folder.mkdir(parents=True)
    os.utime(old, (0, old.stat().st_mtime - ABANDONED - 60))
    store(tmp_path)
    assert (old.exists(), new.exists()) == (False, True)


def test_a_shared_registry_can_be_read_by_others(tmp_path):
    """Folders and pointer have the modes of any other file, not those of a temporary one."""
    umask = os.umask(0o022)
    try:
        put_in_use(tmp_path, store(tmp_path))
    finally:
        os.umask(umask)
    assert [(tmp_path / path).stat().st_mode & 0o777 for path in ("acme/1", IN_USE)] == [0o755, 0o644]


def test_shipped_model_is_refused_for_export(tmp_path):
    """It is in every installation; exporting it under its name could not be imported."""
    with pytest.raises(GatingError, match="comes with gating"):
        export_model(tmp_path, "base", tmp_path / "base.zip")
    assert current_version(base_folder()).is_dir()
