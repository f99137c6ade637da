"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


def write_whole(chunks: Iterable[str | bytes], output: Path) -> None:
    """Writes the chunks, text as UTF-8, so that `output` is the old file or the whole new one."""
    with whole_file(output) as file:
        file.writelines(chunk.encode("utf-8") if isinstance(chunk, str) else chunk for chunk in chunks)


@contextmanager
def whole_file(output: Path) -> Iterator[IO[bytes]]:
    """A file beside `output` that takes its place, with the mode of the old one, when the block ends well; else it is removed."""
    mode = output.stat().st_mode & 0o7777 if output.exists() else 0o666 & ~_umask()
    with tempfile.NamedTemporaryFile("w+b", dir=output.parent, prefix=f".{output.name}.", delete=False) as file:
        temporary = Path(file.name)
        try:
            yield file.file
            file.flush()
            os.fsync(file.fileno())
            temporary.chmod(mode)
            os.replace(temporary, output)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise


def _umask() -> int:
    current = os.umask(0o022)
    os.umask(current)
    return current
