"""Files in a store that speaks S3: listed, read and written as those on disk; and what is refused."""

import gzip
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from gating import remote
from gating.reading import plan, read_job
from gating.reading.sources import Source, find_sources, read_bytes
from gating.records import Piece, Skipped, Status
from gating.settings import Settings
from tests.builders import PROSE
from tests.cli.conftest import Run
from tests.reading.test_warc import PAGE as HTML
from tests.reading.test_warc import record
from tests.scale.conftest import Put

PAGE = f"# Pears\n\n{PROSE}\n".encode()


def results(settings: Settings, *paths: str) -> dict[str, Piece | Skipped]:
    """{source: result} of all there is to read."""
    return {result.source: result for job in plan(paths, settings) for result in read_job(job, settings)}


def records(output: str) -> dict[str, dict]:
    """{source: record} of JSON Lines."""
    return {row["source"]: row for row in map(json.loads, output.splitlines())}


def test_folder_is_listed_as_a_folder_on_disk(bucket: Put, tmp_path: Path) -> None:
    """Files by name, then folders; hidden files and folders of tools passed over, --exclude honoured."""
    names = ["c.md", "b/z.md", "a/2.md", "a.md", "a/10.md", "B.md", ".hidden.md", "node_modules/x.md", "a/.git/y.md", "old/o.md", "a b#1?%20é.md"]
    url = bucket(dict.fromkeys(names, PAGE))
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(PAGE)
    stored = [one.name.removeprefix(f"{url}/") for one in find_sources([url], ["old/"])]
    assert stored == [one.name.removeprefix(f"{tmp_path}/") for one in find_sources([f"{tmp_path}"], ["old/"]) if isinstance(one, Source)]
    assert len(stored) == 7


def test_piece_in_a_store_reads_as_on_disk(bucket: Put, settings: Settings, tmp_path: Path) -> None:
    """A page, a table and a folder below the bucket; sitemaps count for the pages beside them."""
    table = f'title,text\nPears,"{PROSE}"\n'.encode()
    sitemap = b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>https://orchard.example/pears</loc></url></urlset>'
    files = {"site/pears.html": HTML, "site/sitemap.xml": sitemap, "plan.csv": table, "a.md": PAGE}
    url = bucket(files)
    for name, data in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    stored, local = results(settings, url), results(settings, str(tmp_path))
    assert [name.removeprefix(url) for name in stored] == [name.removeprefix(str(tmp_path)) for name in local]
    for one, other in zip(stored.values(), local.values(), strict=True):
        assert (getattr(one, "blocks", one.title), one.url) == (getattr(other, "blocks", other.title), other.url)
    assert stored[f"{url}/site/pears.html"].url == "https://orchard.example/pears"


def test_score_from_a_bucket_with_workers(bucket: Put, run: Run) -> None:
    """The command reads a folder of a bucket in two processes; the name in the record is the address."""
    url = bucket({f"drafts/{n}.md": PAGE for n in range(6)})
    result = run("score", f"{url}/drafts/", "--format", "jsonl", "--jobs", "2")
    assert {source: row["status"] for source, row in records(result.stdout).items()} == {f"{url}/drafts/{n}.md": "scored" for n in range(6)}


def test_one_file_of_a_bucket(bucket: Put, settings: Settings) -> None:
    """A file by its address, with its neighbours left alone."""
    url = bucket({"a.md": PAGE, "a.md.bak": PAGE, "b.md": PAGE})
    assert list(results(settings, f"{url}/a.md")) == [f"{url}/a.md"]


def test_crawl_in_a_bucket(bucket: Put, settings: Settings) -> None:
    """A WARC file is read as it comes and may be larger than the limit of a page."""
    small = replace(settings, limits=replace(settings.limits, max_file_mb=1))
    filler = record("https://orchard.example/b", HTML + bytes(range(256)) * 8000)
    url = bucket(
        {"crawl.warc.gz": gzip.compress(record("https://orchard.example/a", HTML)) + gzip.compress(filler), "plain.warc": record("https://orchard.example/c", HTML) + filler}
    )
    found = results(small, url)
    assert {result.url: type(result) for result in found.values() if isinstance(result, Piece)} == dict.fromkeys(("https://orchard.example/a", "https://orchard.example/c"), Piece)
    assert sum("limits.max_file_mb" in result.reason for result in found.values() if isinstance(result, Skipped)) == 2


def test_file_over_the_cap_is_not_fetched(bucket: Put, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The size in the listing is enough: it becomes a row, and the others are read."""
    small = replace(settings, limits=replace(settings.limits, max_file_mb=1))
    url = bucket({"a.md": PAGE, "large.md": PAGE + b" " * 1_000_000, "empty.md": b""})
    fetched: list[str] = []
    read = remote.read
    monkeypatch.setattr(remote, "read", lambda file, max_bytes: fetched.append(file) or read(file, max_bytes))
    found = results(small, url)
    assert isinstance(found[f"{url}/a.md"], Piece)
    assert "limits.max_file_mb" in getattr(found[f"{url}/large.md"], "reason", "")
    assert getattr(found[f"{url}/empty.md"], "reason", "") == "an empty file"
    assert f"{url}/large.md" not in fetched


def test_no_more_than_the_cap_is_read(bucket: Put) -> None:
    """A file that grew after it was listed is cut while it is fetched."""
    url = bucket({"a.md": b"x" * 5000})
    assert len(remote.read(f"{url}/a.md", 100)) == 101
    with pytest.raises(OverflowError):
        read_bytes(Source("a.md", f"{url}/a.md"), 100)


def test_file_that_vanishes_is_a_row(bucket: Put, settings: Settings) -> None:
    """Listed, then deleted by somebody: it fails with a reason and costs no other."""
    import s3fs

    url = bucket({"a.md": PAGE, "b.md": PAGE})
    jobs = list(plan([url], settings))
    s3fs.S3FileSystem(skip_instance_cache=True).rm(f"{url}/a.md")
    gone, there = (result for job in jobs for result in read_job(job, settings))
    assert isinstance(gone, Skipped)
    assert (gone.status, "cannot be read" in gone.reason) == (Status.FAILED, True)
    assert isinstance(there, Piece)


@pytest.mark.parametrize("path", ["", "/nowhere/", "/a.txt"])
def test_what_is_not_there_is_one_sentence(bucket: Put, run: Run, path: str) -> None:
    """A missing bucket, folder or file ends the command with the address in the message."""
    url = bucket({"a.md": PAGE}) if path else "s3://no-such-bucket-anywhere"
    result = run("score", url + path)
    assert result.exit_code == 2
    assert f"{url}{path}: no such" in result.stderr


def test_server_that_does_not_answer_is_one_sentence(bucket: Put, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong endpoint costs no traceback."""
    url = bucket({"a.md": PAGE})
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    import s3fs

    s3fs.S3FileSystem.clear_instance_cache()
    result = run("score", url)
    assert result.exit_code == 2
    assert "cannot be listed" in result.stderr


@pytest.mark.parametrize("address", ["https://orchard.example/blog/", "http://orchard.example/feed.xml", "ftp://orchard.example/a.md"])
def test_the_web_is_refused_with_advice(run: Run, address: str) -> None:
    """No page is fetched: the sentence says what to give instead."""
    result = run("score", address)
    assert result.exit_code == 2
    assert "WARC" in result.stderr


@pytest.mark.parametrize("address", ["file:///etc/passwd", "github://a:b@main/x.md", "reference://x", "local://tmp", "s3://a/b::zip://c"])
def test_other_schemes_are_refused(run: Run, address: str) -> None:
    """Neither a way around the rules for links nor one to the web through another scheme."""
    result = run("score", address)
    assert result.exit_code == 2
    assert "no kind of address" in result.stderr


def test_missing_package_is_named() -> None:
    """Without fsspec the message says what to install, and nothing else needs it."""
    code = "import sys; sys.modules['fsspec'] = None; from gating import remote; remote.find_files('s3://a/b')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "SourceError" in done.stderr
    assert "pip install 'gating[cluster]'" in done.stderr


def test_scoring_files_loads_no_store() -> None:
    """fsspec costs start-up time: it is imported for an address only."""
    code = "import sys, gating.reading as r; list(r.find_sources(['-'])); print('fsspec' in sys.modules, 'fastwarc' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


def test_scores_are_written_to_a_bucket(bucket: Put, run: Run, tmp_path: Path) -> None:
    """The ending of the address says what to write, and what was there is replaced."""
    url = f"{bucket({'scores.csv': b'old'})}/scores.csv"
    (tmp_path / "a.md").write_bytes(PAGE)
    assert run("score", "a.md", "-o", url).exit_code == 0
    stored = remote.read(url, 100_000).decode()
    assert run("score", "a.md", "--format", "csv").stdout == stored


def test_writing_that_fails_leaves_the_old_file(bucket: Put) -> None:
    """An error in the middle of the results changes nothing in the bucket."""
    url = f"{bucket({'out.jsonl': b'old'})}/out.jsonl"
    with pytest.raises(KeyboardInterrupt), remote.target(url) as local:
        assert local is not None
        local.write_text("new")
        raise KeyboardInterrupt
    assert remote.read(url, 1000) == b"old"


def test_audit_is_written_to_a_bucket(bucket: Put, run: Run, tmp_path: Path) -> None:
    """The whole set of files stands below the address, the same as in a folder."""
    (tmp_path / "site").mkdir()
    for n in range(3):
        (tmp_path / "site" / f"{n}.md").write_bytes(PAGE.replace(b"Pears", f"Pears, part {n}".encode()))
    url = bucket({})
    assert run("audit", "site", "-o", f"{url}/audits/q3/", "--quiet").exit_code == 0
    assert run("audit", "site", "-o", "here", "--quiet").exit_code == 0
    stored = sorted(file.url.removeprefix(f"{url}/audits/q3/") for file in remote.find_files(f"{url}/audits/q3"))
    assert stored == sorted(path.name for path in Path("here").iterdir())
    assert "report.html" in stored
    assert not Path("s3:").exists()


@pytest.mark.parametrize("address", ["s3://no-such-bucket-anywhere/out.jsonl", "https://orchard.example/out.jsonl"])
def test_target_that_cannot_be_is_refused_before_the_work(bucket: Put, run: Run, tmp_path: Path, address: str) -> None:
    """The bucket is looked for first; a typing error costs no hours, and no folder named s3: appears."""
    bucket({})
    (tmp_path / "a.md").write_bytes(PAGE)
    result = run("score", "a.md", "-o", address)
    assert result.exit_code in (2, 3)
    assert address in result.stderr
    assert os.listdir(tmp_path) == ["a.md"]
