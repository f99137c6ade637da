"""Zip files as folders: what is read, under which name, and what a hostile one cannot do."""

import os
import stat
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from gating.reading import plan, read_job
from gating.reading.sources import Choices
from gating.records import Piece, Skipped, Status
from gating.settings import Settings
from tests.builders import PROSE, docx_bytes, pdf_bytes, with_member, zip_bytes
from tests.conftest import ReadAll
from tests.documents import odt_bytes

PAGE = f"# Pears\n\n{PROSE}\n".encode()
ID = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"

Results = dict[str, Piece | Skipped]


@pytest.fixture
def unzip(tmp_path: Path, settings: Settings) -> Callable[..., Results]:
    """unzip(data): everything that a zip file of these bytes gives, by its name within the zip ("" for the zip itself)."""

    def read(data: bytes, settings: Settings = settings, drafts: bool = False) -> Results:
        path, choices = tmp_path / "export.zip", Choices(drafts=drafts)
        path.write_bytes(data)
        found = [result for job in plan([str(path)], settings, choices=choices) for result in read_job(job, settings, choices)]
        assert all(result.source.startswith(str(path)) for result in found)
        assert len({result.id for result in found}) == len(found)
        return {result.source.removeprefix(str(path)).removeprefix("/"): result for result in found}

    return read


def pieces(results: Results) -> list[str]:
    """The names of what was read as a piece."""
    return [name for name, result in results.items() if isinstance(result, Piece)]


def reason(results: Results, name: str) -> str:
    """Why a member was not read."""
    result = results[name]
    assert isinstance(result, Skipped), result
    return result.reason


def test_each_file_by_its_own_reader(unzip) -> None:
    """Markdown, HTML, DOCX, ODT, PDF and a table in one zip, folder by folder."""
    members = {
        "b/page.html": f"<h1>Pears</h1><p>{PROSE}</p>".encode(),
        "a.md": PAGE,
        "b/draft.docx": docx_bytes([("Title", "Pears"), ("", PROSE)]),
        "b/draft.odt": odt_bytes([("title", "Pears"), ("p", PROSE)]),
        "b/sheet.pdf": pdf_bytes([[(12, line) for line in PROSE.split(", ")]]),
        "c/plan.csv": f'title,text\nPears,"{PROSE}"\nPlums,"{PROSE}"\n'.encode(),
    }
    results = unzip(zip_bytes(members))
    assert pieces(results) == ["a.md", "b/draft.docx", "b/draft.odt", "b/page.html", "b/sheet.pdf", "c/plan.csv#1", "c/plan.csv#2"]
    assert {results[name].title for name in pieces(results) if name not in ("b/sheet.pdf", "c/plan.csv#2")} == {"Pears"}


def test_zip_and_folder_give_the_same(unzip, tmp_path: Path, settings: Settings) -> None:
    """What a zip holds reads as the folder that it unpacks to."""
    members = {"a.md": PAGE, f"Notes {ID}.md": PAGE.replace(b"\n\n", b"\n\nStatus: Ready\n\n", 1), "deep/empty.md": b" ", "deep/short.txt": b"too short"}
    folder = tmp_path / "folder"
    for name, data in members.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    walked = {os.path.relpath(result.source, folder): result for job in plan([str(folder)], settings) for result in read_job(job, settings)}
    zipped = unzip(zip_bytes(members))
    assert list(walked) == list(zipped)
    for name, result in walked.items():
        other = zipped[name]
        assert type(other) is type(result)
        assert (other.title, getattr(other, "blocks", other)) == (result.title, getattr(result, "blocks", other))
        assert getattr(other, "reason", "") == getattr(result, "reason", "")


def test_pictures_are_counted_in_one_line(unzip) -> None:
    """Files without text do not fill the report; the zip says how many of which kind it held."""
    results = unzip(zip_bytes({"a.md": PAGE, **{f"images/{n}.png": b"x" for n in range(40)}, "style.css": b"x"}))
    assert list(results) == ["a.md", ""]
    assert reason(results, "") == "41 files in it left out, of kinds that gating does not read (.png 40, .css 1)"


def test_zip_without_anything_to_read(unzip) -> None:
    """An empty zip and one of pictures each give a reason."""
    assert reason(unzip(zip_bytes({})), "") == "an empty zip file"
    assert ".jpg 1" in reason(unzip(zip_bytes({"a.jpg": b"x"})), "")


def test_hidden_files_and_links_are_left_alone(unzip) -> None:
    """As in a folder: dot files, what macOS adds, installed packages, links."""
    link = zipfile.ZipInfo("link.md")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    members = {"a.md": PAGE, ".git/x.md": PAGE, "__MACOSX/._a.md": PAGE, "node_modules/y/README.md": PAGE, link: b"/etc/passwd"}
    assert list(unzip(zip_bytes(members))) == ["a.md"]


def test_zip_in_a_zip_is_opened_once(unzip) -> None:
    """Notion sends parts in a zip; a zip in such a part is refused, a broken part costs itself."""
    deeper = zip_bytes({"c.md": PAGE})
    results = unzip(zip_bytes({"Export-Part-1.zip": zip_bytes({"a.md": PAGE, "deep.zip": deeper}), "Part-2.zip": b"PK\x03\x04 broken"}))
    assert pieces(results) == ["Export-Part-1.zip/a.md"]
    assert "unpack it first" in reason(results, "Export-Part-1.zip/deep.zip")
    assert "damaged" in reason(results, "Part-2.zip")


@pytest.mark.parametrize("name", ["../slipped.md", "a/../../slipped.md", "/tmp/slipped.md", "C:/slipped.md", "..\\slipped.md"])
def test_name_that_leads_outside_is_refused(unzip, name: str) -> None:
    """Such a member is a failure of its own and writes nothing; the others are read."""
    results = unzip(zip_bytes({name: PAGE, "a.md": PAGE}))
    assert pieces(results) == ["a.md"]
    (refused,) = (result for result in results.values() if isinstance(result, Skipped))
    assert (refused.status, "leads out" in refused.reason) == (Status.FAILED, True)


def test_bomb_costs_its_member(unzip) -> None:
    """A member that unpacks a thousandfold is refused while it is inflated; its neighbour is read."""
    results = unzip(zip_bytes({"a.md": PAGE, "bomb.md": b"\0" * 45_000_000}))
    assert pieces(results) == ["a.md"]
    assert "bomb" in reason(results, "bomb.md")


def test_member_over_the_limit_of_a_file(unzip, settings: Settings) -> None:
    """limits.max_file_mb holds for each member, by the bytes that come out."""
    from dataclasses import replace

    small = replace(settings, limits=replace(settings.limits, max_file_mb=1))
    results = unzip(zip_bytes({"a.md": PAGE, "large.md": PAGE * 5000}), settings=small)
    assert pieces(results) == ["a.md"]
    assert "limits.max_file_mb" in reason(results, "large.md")


def test_all_members_together_are_limited(unzip, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many harmless members are still no way to fill the memory."""
    monkeypatch.setattr("gating.reading.archive.MAX_TOTAL", 3 * len(PAGE))
    results = unzip(zip_bytes({f"{n}.md": PAGE for n in range(5)}))
    assert pieces(results) == ["0.md", "1.md", "2.md"]
    assert "unpacks to more" in reason(results, "4.md")


def test_too_many_members(unzip, monkeypatch: pytest.MonkeyPatch) -> None:
    """More members than any export has are not even looked at."""
    monkeypatch.setattr("gating.reading.archive.MAX_FILES", 10)
    assert "more than 10 parts" in reason(unzip(zip_bytes({f"{n}.md": PAGE for n in range(11)})), "")


def test_encrypted_member_is_skipped(unzip) -> None:
    """A password on one member is its reason."""
    data = bytearray(zip_bytes({"locked.md": PAGE}))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.find(signature) + offset] |= 1
    assert "without a password" in reason(unzip(bytes(data)), "locked.md")


@pytest.mark.parametrize("data", [zip_bytes({"a.md": PAGE})[:-30], b"PK\x03\x04" + b"x" * 100, b"no zip"], ids=["cut", "head", "text"])
def test_damaged_zip_is_one_failure(unzip, data: bytes) -> None:
    """A zip that cannot be opened fails with one reason."""
    results = unzip(data)
    assert list(results) == [""]
    assert "damaged" in reason(results, "")


def test_zip_under_another_name(read_all: ReadAll) -> None:
    """A zip called .md says what to do."""
    (result,) = read_all("export.md", zip_bytes({"a.md": PAGE}))
    assert isinstance(result, Skipped)
    assert "ending .zip" in result.reason


def test_google_docs_zip(unzip) -> None:
    """One page and its pictures."""
    page = f'<html><body class="doc-content"><p class="c1 title">Pears</p><p class="c2">{PROSE}</p></body></html>'
    results = unzip(zip_bytes({"Pears.html": page.encode(), "images/image1.png": b"x"}))
    assert pieces(results) == ["Pears.html"]
    assert results["Pears.html"].title == "Pears"


def test_a_name_that_stands_twice_is_said(tmp_path: Path, settings: Settings) -> None:
    """The first is read, the second is a failure of its own."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # zipfile warns of what is made here on purpose
        data = with_member(zip_bytes({"a.md": PAGE}), "a.md", b"# Other\n")
    path = tmp_path / "twice.zip"
    path.write_bytes(data)
    first, second = (result for job in plan([str(path)], settings) for result in read_job(job, settings))
    assert isinstance(first, Piece)
    assert isinstance(second, Skipped)
    assert "same name" in second.reason
