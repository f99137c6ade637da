"""What many tests share: settings without a file, one loaded model, a reader of bytes, and the folder of labelled pages."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path

import hypothesis
import pytest

from gating.assess import Assessor, make_assessor
from gating.reading import plan, read_job
from gating.reading.sources import Choices
from gating.records import Piece, Skipped
from gating.settings import Settings, load_settings

ROOT = Path(__file__).resolve().parent.parent
ReadAll = Callable[..., list[Piece | Skipped]]
Read = Callable[..., Piece | Skipped]

# The same examples in every run, and no folder of remembered ones beside the code.
hypothesis.settings.register_profile("gating", deadline=None, derandomize=True, database=None, max_examples=40)
hypothesis.settings.load_profile("gating")


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def samples(root: Path) -> Path:
    """The sample drafts of the repository."""
    return root / "samples" / "drafts"


@pytest.fixture(scope="session")
def shared(root: Path) -> Path:
    """The folder of labelled and public pages next to the repository."""
    folder = root.parent / "shared"
    if not (folder / "articles").is_dir():
        pytest.skip("../shared is not here; this test runs where the labelled pages are")
    return folder


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The defaults, whatever gating.toml the tests are started beside."""
    with contextlib.chdir(tmp_path_factory.mktemp("no-settings-here")):
        return load_settings()


@pytest.fixture(scope="session")
def assessor(settings: Settings) -> Assessor:
    """The shipped model under the default settings, loaded once."""
    return make_assessor(settings)


@pytest.fixture(scope="session")
def read_all(tmp_path_factory: pytest.TempPathFactory, settings: Settings) -> ReadAll:
    """read_all(name, content): everything that a file of this name and content gives, in order."""
    folder = tmp_path_factory.mktemp("read")

    def read(
        name: str, content: bytes | str, settings: Settings = settings, mapping: dict[str, str] | None = None, drafts: bool = False, select: str = ""
    ) -> list[Piece | Skipped]:
        path = folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        choices = Choices(tuple((mapping or {}).items()), drafts, select)
        return [result for job in plan([str(path)], settings, choices=choices) for result in read_job(job, settings, choices)]

    return read


@pytest.fixture(scope="session")
def read(read_all: ReadAll) -> Read:
    """read(name, content): the only piece, or the only reason, that a file gives."""

    def read_one(name: str, content: bytes | str, **options: object) -> Piece | Skipped:
        (result,) = read_all(name, content, **options)
        return result

    return read_one
