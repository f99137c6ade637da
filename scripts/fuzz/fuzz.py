"""Gives one reader inputs that nobody would write, for as long as asked, and keeps what it should not have done.

    python scripts/fuzz/fuzz.py rtf                        ten minutes; findings and log in fuzz/ (--out says where)
    python scripts/fuzz/fuzz.py rtf --minutes 1 --corpus inputs/
    python scripts/fuzz/fuzz.py rtf --replay FILE ...      says for each file what is wrong, without the fuzzer

A finding: an exception beneath the catch-all of gating.reading, a warning or a line in a log, more than 5 s of one core or 1 GB for
an input under 64 kB, or a result that tests/properties/sound.py finds fault with. A run goes on after one; the smallest input of each is kept.
Needs `pip install .[fuzz]`.
"""

from __future__ import annotations

import argparse
import hashlib
import logging
import random
import re
import resource
import signal
import sys
import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT)]

MAX_BYTES = 65_536
MAX_SECONDS = 5.0  # of processor time, so that a busy machine makes no findings
MAX_KILOBYTES = 1_000_000
INSTRUMENTED = ["gating", "feedparser", "striprtf", "docx", "pptx", "email"]  # what is written in Python and reads inputs


class TooSlow(BaseException):
    """The time of one input is over; no `except Exception` of a parser may catch it."""


class Finder:
    """Runs one input after the other and keeps the smallest one of each finding in `folder`."""

    def __init__(self, read: Callable[[bytes], Iterator[str]], folder: Path) -> None:
        self._read, self._folder = read, folder
        self._sizes: dict[str, int] = {}
        self._said: list[str] = []
        warnings.simplefilter("always")
        warnings.showwarning = lambda message, category, *_, **__: self._said.append(f"warning {category.__name__}: {message}")  # type: ignore[assignment]
        logging.getLogger().addHandler(_Listener(self._said))
        signal.signal(signal.SIGPROF, _stop)

    def try_one(self, data: bytes) -> None:
        """What libFuzzer calls."""
        for finding in self.findings(data):
            self._keep(finding, data)

    def findings(self, data: bytes) -> list[str]:
        """What is wrong with the way in which `data` is read, one line each."""
        self._said.clear()
        before, memory = time.process_time(), _peak()
        found = self._guarded(data)
        found += self._said
        seconds, grown = time.process_time() - before, _peak() - memory
        if seconds > MAX_SECONDS and "too slow" not in " ".join(found):
            found.append("too slow: in a library")
        if grown > MAX_KILOBYTES:
            found.append("too much memory")
        return found

    def _guarded(self, data: bytes) -> list[str]:
        signal.setitimer(signal.ITIMER_PROF, MAX_SECONDS)
        try:
            return list(self._read(data))
        except TooSlow as error:
            return [f"too slow: {_where(error)}"]
        except Exception as error:  # noqa: BLE001  (the finding itself)
            return [f"{type(error).__name__} {_where(error)}: {' '.join(str(error).split())[:100]}"]
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)

    def _keep(self, finding: str, data: bytes) -> None:
        kind = re.sub(r"'[^']*'|\"[^\"]*\"|\d+", "…", finding.partition(": ")[0] if "Error" in finding.partition(" ")[0] else finding)[:120]
        if len(data) >= self._sizes.get(kind, MAX_BYTES + 1):
            return
        if kind not in self._sizes:
            print(f"FINDING {kind} | {finding}", flush=True)
        self._sizes[kind] = len(data)
        self._folder.mkdir(parents=True, exist_ok=True)
        name = hashlib.sha256(kind.encode()).hexdigest()[:10]
        (self._folder / f"{name}.bin").write_bytes(data)
        (self._folder / f"{name}.txt").write_text(f"{finding}\n", encoding="utf-8", errors="backslashreplace")


class _Listener(logging.Handler):
    """Takes what a library would write to the terminal."""

    def __init__(self, said: list[str]) -> None:
        super().__init__(logging.WARNING)
        self._said = said

    def emit(self, record: logging.LogRecord) -> None:
        self._said.append(f"log {record.name}: {record.getMessage()[:100]}")


def _stop(number: int, frame: FrameType | None) -> None:
    raise TooSlow


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _where(error: BaseException) -> str:
    """The innermost function of ours, and the one in which it happened."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [f"{Path(frame.filename).name}:{frame.name}" for frame in frames if "gating" in Path(frame.filename).parts]
    last = f"{Path(frames[-1].filename).name}:{frames[-1].name}"
    return " < ".join(dict.fromkeys((last, *ours[-1:])))


def reader(target: str, name: str, select: str) -> Callable[[bytes], Iterator[str]]:
    """What reads `data` in this process, without the net that turns a reader's mistake into a reason, and says what is wrong."""
    from gating import reading
    from gating.reading.outcome import Unread
    from gating.reading.sources import Choices
    from gating.settings import Settings, load_settings
    from tests.properties.sound import faults

    class Bare(reading.Problem):
        def __exit__(self, kind: Any, error: BaseException | None, trace: object) -> bool:
            return (error is None or isinstance(error, Unread)) and super().__exit__(kind, error, trace)

    reading.Problem = Bare  # type: ignore[misc]
    reading.apart = lambda work, data, limits: work(data)  # type: ignore[assignment]
    settings: Settings = load_settings()
    choices = Choices((), True, select)

    def read(data: bytes) -> Iterator[str]:
        if data:
            yield from faults(result for job in reading.plan_bytes(name, data, settings, choices) for result in reading.read_job(job, settings, choices))

    return _labels if target == "labels" else read


def _labels(data: bytes) -> Iterator[str]:
    from gating.reading.labels import labels_in
    from gating.reading.outcome import Unread
    from gating.reading.table import any_rows
    from gating.records import LABELS

    try:
        for row in any_rows(data, ".csv", {}):
            try:
                yield from (f"{head} is no label" for head, label in labels_in(row, {}).items() if label not in LABELS[head])
            except ValueError as error:
                if type(error) is not ValueError:
                    raise
                if len(str(error).splitlines()) != 1:
                    yield "a mistake in labels told on several lines"
    except Unread:
        return


def main() -> int:
    """Fuzzes, or replays; 1 where a replayed file has a finding."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("target")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--corpus", type=Path, help="folder of inputs to start from, beside the seeds; libFuzzer adds to it")
    parser.add_argument("--out", type=Path, default=Path("fuzz"), help="folder for findings")
    parser.add_argument("--replay", nargs="+", type=Path, default=[])
    asked = parser.parse_args()
    if asked.replay:
        return _replay(asked.target, asked.replay)
    _fuzz(asked)
    return 0


def _replay(target: str, files: list[Path]) -> int:
    from targets import SELECT, TARGETS

    finder = Finder(reader(target, TARGETS[target].name, SELECT), Path())
    found = {file: finder.findings(file.read_bytes()) for file in files}
    for file, findings in found.items():
        print(f"{file}: {'; '.join(findings) or 'nothing wrong'}")
    return int(any(found.values()))


def _fuzz(asked: argparse.Namespace) -> None:
    import atheris

    with atheris.instrument_imports(include=INSTRUMENTED):
        import gating.reading.contentful
        import gating.reading.folders
        import gating.reading.frontmatter  # noqa: F401
    from targets import SELECT, TARGETS

    target = TARGETS[asked.target]
    with atheris.instrument_imports(include=INSTRUMENTED):
        finder = Finder(reader(asked.target, target.name, SELECT), asked.out / asked.target)
        corpus = asked.corpus or asked.out / "corpus" / asked.target
        corpus.mkdir(parents=True, exist_ok=True)
        for number, seed in enumerate(target.seeds()):
            (corpus / f"seed-{number}").write_bytes(seed)
            finder.try_one(seed)  # loads what is loaded when it is needed, instrumented
    fragments = [fragment.encode() for fragment in target.fragments]

    def change(data: bytes, max_size: int, seed: int) -> bytes:
        return target.mutate(data, max_size, random.Random(seed), lambda text, size: atheris.Mutate(text, size) if text else b"x", fragments)

    options = [f"-max_total_time={round(asked.minutes * 60)}", f"-max_len={MAX_BYTES}", "-len_control=0", "-timeout=120", "-rss_limit_mb=4000", "-reload=0", "-print_final_stats=1"]
    atheris.Setup([sys.argv[0], *options, str(corpus)], finder.try_one, custom_mutator=change)
    atheris.Fuzz()


if __name__ == "__main__":
    sys.exit(main())
