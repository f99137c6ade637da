"""A Dask cluster gives what one machine gives, row for row: with machines that die, that are strangers, or that do not see a file."""

from __future__ import annotations

import io
import json
import os
import pickle
import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet
import pytest

from gating import cluster
from gating.assess import Assessor, Recipe, as_it_is, assess_jobs
from gating.classifier.bundle import base_folder, current_version
from gating.errors import SourceError
from gating.reading import FileJob, Job, RowsJob, plan, read_job
from gating.reading.sources import Source
from gating.records import Skipped
from gating.settings import Settings
from tests.builders import zip_bytes
from tests.cli.conftest import Run
from tests.library.trades import OFFERS, TITLES, TRADES, sentences
from tests.scale.conftest import Put

pytest.importorskip("distributed", reason="the extra gating[cluster] brings Dask")
from tests.scale import dask_processes as processes

FAST = "[second_reader]\nbelow = 0.0\n"
STORE = ("AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory: pytest.TempPathFactory, s3_endpoint: str) -> Iterator[str]:
    """A scheduler with two workers that are in another folder than the tests: one under a nanny, as `dask worker` starts it, one without."""
    home = tmp_path_factory.mktemp("dask")
    keys = dict(zip(STORE, (s3_endpoint, "test", "test"), strict=True))
    with processes.scheduler(home / "scheduler") as address, ExitStack() as started:
        started.enter_context(processes.worker(address, home / "one", **keys))
        started.enter_context(processes.worker(address, home / "two", "--no-nanny", **keys))
        yield address


@pytest.fixture
def small_partitions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Several partitions of a small library, so that both workers get some."""
    monkeypatch.setattr(cluster, "PIECES_AT_ONCE", 8)


def write_library(folder: Path) -> None:
    """Posts of five trades, their offers in a table, a zip of pages, and files that cannot be scored."""
    (folder / "gating.toml").write_text(FAST)
    posts = folder / "library" / "posts"
    posts.mkdir(parents=True)
    for trade in TRADES:
        for number in range(7):
            title = f"{TITLES[trade][number % 4]}, part {number}"
            (posts / f"{trade.replace(' ', '-')}-{number}.md").write_text(f"# {title}\n\n{' '.join(sentences(trade, number))}\n\n[Read on]({trade.split()[0]}.html)\n")
    rows = [f'{offer},https://acme.example/{trade.split()[0]}.html,"{" ".join(TRADES[trade])} Fill in the form to download it."' for trade, offer in OFFERS.items()]
    (folder / "library" / "offers.csv").write_text("\n".join(["title,url,text", *rows]) + "\n")
    page = "<title>Book a demo</title><h1>Book a demo</h1><p>An engineer of ours walks you through the product in half an hour, with your own figures.</p>"
    (folder / "library" / "site.zip").write_bytes(zip_bytes({"demo.html": page.encode(), "empty.html": b""}))
    (folder / "library" / "empty.md").write_bytes(b"")
    (folder / "library" / "broken.docx").write_bytes(b"PK\x03\x04 no archive")
    (folder / "library" / "picture.md").write_bytes(b"\x89PNG\r\n\x1a\n")


@pytest.mark.slow
def test_scores_are_those_of_one_machine(scheduler: str, run: Run, tmp_path: Path, small_partitions: None) -> None:
    """Byte for byte, in the same order, from paths that mean nothing where the workers are."""
    write_library(tmp_path)
    here, there = run("score", "library", "--format", "jsonl"), run("score", "library", "--format", "jsonl", "--scheduler", scheduler)
    assert (there.exit_code, there.stderr) == (0, "")
    assert there.stdout == here.stdout
    assert len(there.stdout.splitlines()) == 35 + 5 + 2 + 3


@pytest.mark.slow
def test_audit_is_that_of_one_machine(scheduler: str, run: Run, tmp_path: Path, small_partitions: None) -> None:
    """The same records of the whole library; and a second audit finds nothing changed, wherever it is done."""
    write_library(tmp_path)
    here = run("audit", "library", "-o", "here", "--quiet")
    assert here.exit_code == 0, here.output
    assert run("audit", "library", "-o", "there", "--quiet", "--scheduler", scheduler).exit_code == 0
    assert Path("there/findings.jsonl").read_bytes() == Path("here/findings.jsonl").read_bytes()
    written = Path("there/report.html").stat().st_mtime_ns
    assert run("audit", "library", "-o", "there", "--quiet").exit_code == 0
    assert Path("there/report.html").stat().st_mtime_ns == written


@pytest.mark.slow
def test_no_row_is_lost_or_doubled_with_a_machine(scheduler: str, assessor: Assessor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker is killed with partitions in hand and results that nobody has fetched: others do them again, and no process of it stays."""
    monkeypatch.setattr(cluster, "PIECES_AT_ONCE", 2)
    write_library(tmp_path)
    monkeypatch.chdir(tmp_path)

    def jobs() -> Iterator[Job]:
        return plan(["library/posts"], assessor.settings)

    alone = list(assess_jobs(jobs(), assessor, as_it_is))
    with processes.worker(scheduler, tmp_path / "victim", "--no-nanny", "--name", "victim") as victim, cluster.connected(scheduler) as connected:
        results = assess_jobs(jobs(), assessor, as_it_is, connected)
        found = [next(results)]
        deadline = time.monotonic() + 30
        while len(processes.children(victim.pid)) < 2 and time.monotonic() < deadline:  # an aide and what it forks: it is in the middle
            time.sleep(0.01)
        family = processes.children(victim.pid)
        victim.kill()
        found += results
    assert found == alone
    assert len(family) >= 2
    assert not [child for child in family if child.is_running() and child.status() != "zombie"]


@pytest.mark.slow
def test_stores_are_read_by_the_workers(scheduler: str, bucket: Put, run: Run, tmp_path: Path, small_partitions: None) -> None:
    """From a bucket and into one: what is there is what one machine prints."""
    from gating import remote

    write_library(tmp_path)
    files = [file for file in (tmp_path / "library").rglob("*") if file.is_file() and not file.stem.endswith(tuple("23456"))]
    url = bucket({file.relative_to(tmp_path / "library").as_posix(): file.read_bytes() for file in files})
    here = run("score", url, "--format", "jsonl", "-o", "here.jsonl")
    there = run("score", url, "--scheduler", scheduler, "--format", "parquet", "-o", f"{url}/scores/")
    assert (here.exit_code, there.exit_code) == (0, 0)
    assert [file.url.removeprefix(url) for file in remote.find_files(f"{url}/scores/")] == ["/scores/_SUCCESS", "/scores/part-00000.parquet"]
    stored = pyarrow.parquet.read_table(io.BytesIO(remote.read(f"{url}/scores/part-00000.parquet", 1_000_000)))
    records = map(json.loads, Path("here.jsonl").read_text().splitlines())
    assert [(row["source"], row["status"], row["gate"], row["lead_gen_probability"]) for row in stored.to_pylist()] == [
        (record["source"], record["status"], record["gate"], record["lead_gen_probability"]) for record in records
    ]


@pytest.mark.slow
def test_worker_that_cannot_reach_a_store_is_named(scheduler: str, bucket: Put, run: Run, tmp_path: Path) -> None:
    """Else every piece that it gets would be a failed row of its own."""
    url = bucket({"pears.md": " ".join(TRADES["cold storage"]).encode()})
    (tmp_path / "shim").mkdir()
    (tmp_path / "shim" / "sitecustomize.py").write_text("import sys\nsys.modules['s3fs'] = None\n")
    with processes.worker(scheduler, tmp_path / "away", "--no-nanny", path=tmp_path / "shim"):
        result = run("score", url, "--scheduler", scheduler)
    assert result.exit_code == 2
    assert "cannot read it" in result.stderr
    assert "this machine can" in result.stderr


@pytest.mark.slow
def test_other_version_on_a_worker_is_refused(scheduler: str, run: Run, tmp_path: Path) -> None:
    """Before a piece is scored, in one sentence that names the worker and both versions."""
    (tmp_path / "shim").mkdir()
    (tmp_path / "shim" / "sitecustomize.py").write_text("import gating\ngating.__version__ = '0.0.7'\n")
    (tmp_path / "pears.md").write_text(" ".join(TRADES["cold storage"]))
    with processes.worker(scheduler, tmp_path / "old", "--no-nanny", path=tmp_path / "shim"):
        result = run("score", "pears.md", "--scheduler", scheduler)
    assert result.exit_code == 2
    assert "has gating 0.0.7, this machine" in result.stderr
    assert "\n" not in result.stderr.strip()


def test_worker_that_joins_late_is_checked() -> None:
    """A worker that was not there at the start refuses the first partition it is given."""
    result, error = pickle.loads(cluster.do_task(b"", "", b"", cluster.about() | {"spaCy": "3.0"}))
    assert result is None
    assert isinstance(error, SourceError)
    assert f"has spaCy {cluster.about()['spaCy']}, this machine 3.0" in str(error)


def test_scheduler_that_is_not_there_is_one_sentence(run: Run, tmp_path: Path) -> None:
    """Within ten seconds, and nothing is written."""
    (tmp_path / "pears.md").write_text(" ".join(TRADES["cold storage"]))
    begin = time.monotonic()
    result = run("score", "pears.md", "--scheduler", "tcp://127.0.0.1:9", "-o", "out.jsonl")
    assert time.monotonic() - begin < 10
    assert result.exit_code == 2
    assert "tcp://127.0.0.1:9: no Dask scheduler answers there" in result.stderr
    assert sorted(os.listdir(tmp_path)) == ["pears.md"]


@pytest.mark.slow
def test_scheduler_without_workers_is_one_sentence(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command does not wait for ever for somebody to start one."""
    monkeypatch.setattr(cluster, "PATIENCE", 2)
    (tmp_path / "pears.md").write_text(" ".join(TRADES["cold storage"]))
    with processes.scheduler(tmp_path / "scheduler") as address:
        result = run("score", "pears.md", "--scheduler", address)
    assert result.exit_code == 2
    assert f"dask worker {address}" in result.stderr


@pytest.mark.slow
def test_training_is_that_of_one_machine(scheduler: str, run: Run, tmp_path: Path) -> None:
    """The same arrays, the same figures on held-out rows, the same decision."""
    labelled = [
        (f"{OFFERS[trade]} {n}", "lead-gen" if n % 2 else "demand-gen", "decision" if n % 3 else "awareness", " ".join(sentences(trade, n))) for n in range(5) for trade in TRADES
    ]
    rows = [f'{title},{strategy},{stage},"{text} {"Fill in the form to download it." if strategy == "lead-gen" else ""}"' for title, strategy, stage, text in labelled]
    (tmp_path / "labels.csv").write_text("\n".join(["title,strategy,stage,text", *rows]) + "\n")
    here = run("train", "labels.csv", "--name", "acme", "--registry", "here")
    there = run("train", "labels.csv", "--name", "acme", "--registry", "there", "--scheduler", scheduler)
    assert (there.exit_code, there.stdout) == (here.exit_code, here.stdout)
    assert "held-out rows" in there.stdout
    assert Path("there/acme/1/arrays.npz").read_bytes() == Path("here/acme/1/arrays.npz").read_bytes()


@pytest.mark.slow
def test_scheduler_that_is_lost_is_one_sentence(tmp_path: Path) -> None:
    """In the middle of the work: nothing hangs, and what was done is not given out as all."""
    with processes.killable_scheduler(tmp_path / "scheduler") as (address, process), processes.worker(address, tmp_path / "worker", "--no-nanny"):
        with cluster.connected(address) as connected:
            results = connected.each(time.sleep, [0.1] * 100)
            next(results)
            process.kill()
            begin = time.monotonic()
            with pytest.raises(SourceError, match=f"{address}: "):
                list(results)
        assert time.monotonic() - begin < 30


def die_on_pears(job: Job) -> Iterator[str]:
    """Work that a parser's error ends."""
    name = job.source if isinstance(job, Skipped) else job.source.name if isinstance(job, FileJob) else ""
    if name == "pears.md" and not isinstance(job, Skipped):
        os._exit(9)
    yield f"{name}: {job.reason}" if isinstance(job, Skipped) else name


@pytest.mark.slow
def test_piece_that_kills_its_process_costs_itself(scheduler: str, settings: Settings) -> None:
    """The clock and the ceiling of one machine hold on a worker, too."""
    names = ("apples.md", "pears.md", "plums.md")
    with cluster.connected(scheduler) as connected:
        apples, pears, plums = connected.work_on(iter([FileJob(Source(name), ".md", b"x") for name in names]), die_on_pears, settings)
    assert (apples, plums) == ("apples.md", "plums.md")
    assert pears.startswith("pears.md: it ended the process that read it (exit code 9")


def raise_it(words: str) -> str:
    """Work that says what a person can mend."""
    raise SourceError(words)


@pytest.mark.slow
def test_our_errors_come_back_as_they_are(scheduler: str) -> None:
    """The sentence, without Dask's own words around it."""
    with cluster.connected(scheduler) as connected, pytest.raises(SourceError, match=r"^The pears are gone\.$"):
        list(connected.each(raise_it, ["The pears are gone."]))


def test_model_travels_with_the_work(settings: Settings, tmp_path: Path) -> None:
    """A worker without this machine's disk uses the model that was asked for."""
    shutil.copytree(current_version(base_folder()), tmp_path / "model")
    card = json.loads((tmp_path / "model" / "card.json").read_text())
    (tmp_path / "model" / "card.json").write_text(json.dumps(card | {"name": "acme"}))
    packed = pickle.dumps(Recipe(settings, tmp_path / "model").make().to_send())
    shutil.rmtree(tmp_path / "model")
    assert pickle.loads(packed).classifier.heads.name == f"acme/{card['version']}"


@pytest.mark.parametrize("content", [None, b"", b" \n", b"x" * 1_000_001, b"Pears keep better in the dark."])
def test_file_that_is_sent_reads_as_on_disk(tmp_path: Path, settings: Settings, content: bytes | None) -> None:
    """Gone, empty, blank, too large or sound: the job without a disk gives what the job with one gives."""
    small = replace(settings, limits=replace(settings.limits, max_file_mb=1))
    file = tmp_path / "pears.md"
    if content is not None:
        file.write_bytes(content)
    job = FileJob(Source(str(file), str(file)), ".md")
    sent = cluster.with_bytes(job, small)
    expected = list(read_job(job, small))
    file.unlink(missing_ok=True)
    assert list(read_job(sent, small)) == expected


def test_partitions_are_cut_by_pieces_and_by_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    """No job is lost or moved; what a worker will fetch counts as if it were sent."""
    monkeypatch.setattr(cluster, "PIECES_AT_ONCE", 3)
    jobs: list[Job] = [
        FileJob(Source("a.md"), ".md", b"a"), FileJob(Source("b.md"), ".md", b"b" * cluster.BYTES_AT_ONCE), Skipped("c.md", "no"),
        RowsJob(tuple((f"d.csv#{n}", {"text": "d"}) for n in range(3))), FileJob(Source("e.md", "s3://box/e.md", size=cluster.BYTES_AT_ONCE), ".md"), Skipped("f.md", "no"),
    ]  # fmt: skip
    runs = [[pickle.loads(job) for job in run] for run in cluster.partitions(jobs)]
    assert runs == [jobs[:2], jobs[2:4], jobs[4:5], jobs[5:]]
