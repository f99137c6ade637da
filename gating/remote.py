"""Files behind addresses such as s3://bucket/folder/, through fsspec, which is loaded only when somebody gives such an address."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from gating.errors import OutputError, SourceError

ADDRESS = re.compile(r"^([a-z][a-z0-9+.-]+)://", re.IGNORECASE)
# Stores of files. fsspec knows more, among them the web, code hosts and archives within archives: none of these is a store of one's own.
STORES = ("s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "adl", "hdfs", "oss", "oci", "sftp", "smb", "memory")
WEB = ("http", "https", "ftp", "ftps")


class RemoteFile(NamedTuple):
    """A file in a store: its address and its size in bytes."""

    url: str
    size: int


def is_remote(path: str) -> bool:
    """True for what begins like an address. Raises SourceError for one that leads to the web or to no store."""
    found = ADDRESS.match(path)
    if not found:
        return False
    scheme = found.group(1).lower()
    if scheme in WEB:
        raise SourceError(f"{path}: gating fetches no pages. Save them to a folder, let a crawler write a WARC file, or give the site's export or its sitemap.xml as a file.")
    if scheme not in STORES or "::" in path:
        raise SourceError(f"{path}: no kind of address that gating reads; give a path, or one of {', '.join(f'{store}://' for store in STORES[:-1])}.")
    return True


def find_files(url: str) -> list[RemoteFile]:
    """The file at `url`, or all files below it: those of a folder by name, then its folders. Raises SourceError where there is nothing."""
    try:
        with _store(url) as (store, path):
            found = store.find(path, detail=True)
    except FileNotFoundError as error:
        raise SourceError(f"{url}: no such bucket, folder or file. Check the spelling.") from error
    except OSError as error:
        raise SourceError(f"{url}: cannot be listed ({error}). Check its name, your rights, and how your credentials are set.") from error
    files = {name: int(facts.get("size") or 0) for name, facts in found.items() if facts.get("type") == "file" and not name.endswith("/")}
    if not files:
        raise SourceError(f"{url}: no such file, and no files below it. Check the spelling.")
    start = path.rstrip("/")
    if list(files) == [start]:
        return [RemoteFile(url, files[start])]
    return [RemoteFile(f"{url.rstrip('/')}{name[len(start) :]}", size) for name, size in sorted(files.items(), key=lambda file: _place(file[0]))]


def read(url: str, max_bytes: int) -> bytes:
    """The bytes of the file at `url`, at most `max_bytes` and one. Raises OSError as its store does."""
    with _store(url) as (store, path):
        size = min(store.info(path)["size"], max_bytes + 1)
        data: bytes = store.cat_file(path, start=0, end=size) if size else b""  # a range of nothing is an error to S3
        return data


@contextmanager
def opened(url: str) -> Iterator[tuple[BinaryIO, int]]:
    """The file at `url`, to be read in order, and its size. Raises OSError as its store does."""
    with _store(url) as (store, path):
        file = store.open(path, "rb")
    with file:  # outside of the store's own block: what a reader finds wrong with the file is no fault of the store
        yield file, int(file.size)


@contextmanager
def target(output: Path | str | None) -> Iterator[Path | None]:
    """Where to write a file or folder: `output` itself; for an address a place on this machine, copied there when the block ends well.

    The file written last is copied last, so that who finds it in the store finds all. Raises OutputError, where the bucket is missing
    before the block is entered.
    """
    if not isinstance(output, str) or not is_remote(output):
        yield output if output is None else Path(output)
        return
    import tempfile

    _check_bucket(output)
    with tempfile.TemporaryDirectory(prefix="gating-") as folder:
        local = Path(folder) / posixpath.basename(output.rstrip("/"))
        yield local
        try:
            _copy(local, output.rstrip("/"))
        except OSError as error:
            raise OutputError(f"{output}: cannot be written ({error}).") from error


def check_new(url: str) -> None:
    """Raises OutputError where there is something at or below `url`."""
    try:
        with _store(url) as (store, path):
            is_there = store.exists(path)
    except OSError as error:
        raise OutputError(f"{url}: cannot be written ({error}). Check its name, your rights, and how your credentials are set.") from error
    if is_there:
        raise OutputError(f"{url}: there is something already; name a new folder.")


def _check_bucket(url: str) -> None:
    try:
        with _store(url) as (store, path):
            top = path.strip("/").partition("/")[0]
            is_there = url.startswith("memory:") or store.exists(top)
    except OSError as error:
        raise OutputError(f"{url}: cannot be written ({error}). Check its name, your rights, and how your credentials are set.") from error
    if not is_there:
        raise OutputError(f"{url}: cannot be written, for there is no {top}. Create it, or check the spelling.")


def _copy(local: Path, url: str) -> None:
    files = [local] if local.is_file() else sorted((path for path in local.rglob("*") if path.is_file()), key=lambda path: path.stat().st_mtime_ns)
    for file in files:
        with _store(f"{url}/{file.relative_to(local).as_posix()}" if file != local else url) as (store, path):
            store.put_file(str(file), path)


def load_store(url: str) -> None:
    """Loads the package that reads this store, which takes a second, where it is there; opens nothing and starts no thread."""
    with suppress(ImportError, ValueError):
        from fsspec.core import get_filesystem_class

        get_filesystem_class(url.partition("://")[0])


@contextmanager
def _store(url: str) -> Iterator[tuple[Any, str]]:
    """The store that `url` lies in and its path there. What goes wrong there is an OSError, whatever the store calls it."""
    missing = f"{url}: this address needs a package that is not here. For S3: pip install 'gating[cluster]'"
    try:
        from fsspec.core import url_to_fs
    except ImportError as error:
        raise SourceError(f"{missing}.") from error
    try:
        store, path = url_to_fs(url, use_listings_cache=False)
        yield store, path
    except ImportError as error:
        raise SourceError(f"{missing}; for other stores: {' '.join(str(error).split())}") from error
    except (OSError, OverflowError):
        raise
    except Exception as error:  # each store has errors of its own
        raise OSError(f"{type(error).__name__}: {' '.join(str(error).split())[:200]}") from error


def _place(path: str) -> tuple[tuple[bool, str], ...]:
    """Sorts the files of a folder before its folders, both by name."""
    folders, name = posixpath.split(path)
    return (*((True, folder) for folder in folders.split("/")), (False, name))
