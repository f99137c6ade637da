"""Files that are written whole or not at all.

Each is made beside its place under a hidden name, brought to the disk and then renamed over the old one. A kill leaves the old file, and
at worst a hidden one, which is cleared away a day later by the next file that is written into the folder.
"""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

UNFINISHED = (".gating-", ".unfinished")  # how the name of a file in the making begins and ends
ABANDONED = 24 * 3600  # seconds after which a file in the making was left by a process that is gone


def write_whole(chunks: Iterable[str | bytes], output: Path) -> None:
    """Writes the chunks, text as UTF-8, so that `output` is the old file or the whole new one."""
    with whole_file(output) as file:
        file.writelines(chunk.encode("utf-8") if isinstance(chunk, str) else chunk for chunk in chunks)


@contextmanager
def whole_file(output: Path) -> Iterator[IO[bytes]]:
    """A file that takes the place of `output`, with the mode of the old one, when the block ends well; else it is removed. Behind a link
    it is the file that the link leads to.
    """
    output = Path(os.path.realpath(output))  # which, other than resolve(), lets a link that leads to itself fail as the system does
    mode = output.stat().st_mode & 0o7777 if output.exists() else 0o666 & ~_umask()
    _remove_abandoned(output.parent)
    with tempfile.NamedTemporaryFile("w+b", dir=output.parent, prefix=UNFINISHED[0], suffix=UNFINISHED[1], delete=False) as file:
        temporary = Path(file.name)
        try:
            yield file.file
            to_disk(file.file)
            set_mode(temporary, mode)
            os.replace(temporary, output)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    names_to_disk(output.parent)


@contextmanager
def whole_folder(output: Path) -> Iterator[Path]:
    """A folder that becomes `output` when the block ends well; else it is removed. Raises FileExistsError where there is something already."""
    check_new(output)
    folder = Path(tempfile.mkdtemp(dir=output.parent, prefix=UNFINISHED[0], suffix=UNFINISHED[1]))
    try:
        yield folder
        set_mode(folder, 0o777 & ~_umask())
        check_new(output)
        if output.exists():
            output.rmdir()  # empty; Windows does not rename over it
        os.replace(folder, output)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    names_to_disk(output.parent)


def check_new(output: Path) -> None:
    """Raises FileExistsError where `output` is a file or a folder with something in it."""
    if os.path.lexists(output) and not (output.is_dir() and not any(output.iterdir())):
        raise FileExistsError(errno.EEXIST, "there is something already; name a new folder")


def check_writable(output: Path) -> None:
    """Raises OSError when a file cannot be made where `output` is to be written. For before the work."""
    folder = os.path.dirname(os.path.realpath(output))
    tempfile.TemporaryFile(dir=folder, prefix=UNFINISHED[0], suffix=UNFINISHED[1]).close()


def set_mode(file: Path, mode: int) -> None:
    """Gives a file this mode, where its file system has modes: those of cameras and some of networks refuse."""
    with suppress(OSError):
        file.chmod(mode)


def to_disk(file: IO[bytes]) -> None:
    """Waits until what was written is on the disk."""
    file.flush()
    os.fsync(file.fileno())


def names_to_disk(folder: Path) -> None:
    """Waits until the names in a folder are on the disk, where the system can."""
    if os.name == "nt":
        return  # Windows has no handle for a folder
    with suppress(OSError):  # the files are in place; some network file systems refuse this
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _remove_abandoned(folder: Path) -> None:
    for entry in folder.glob("*".join(UNFINISHED)):
        with suppress(OSError):  # another process is clearing up, too, or it is not ours to remove
            if time.time() - entry.stat().st_mtime > ABANDONED:
                entry.unlink()


def _umask() -> int:
    current = os.umask(0o022)
    os.umask(current)
    return current
