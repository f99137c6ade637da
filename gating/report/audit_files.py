"""Everything an audit writes, as one set of files.

The set is made in a hidden folder inside the audit's own, brought to the disk and only then put in place, one rename a file; where a
rename fails, those before it are taken back. So after an error there is the old set or the new one. What remains: a kill or a power cut
between the first and the last of the renames, which take a millisecond together, leaves new files beside old ones until the next audit
into the folder, which goes on with the same run and writes all of them. The page, which most people open, comes last.
"""

from __future__ import annotations

import datetime
import os
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO

from gating.errors import OutputError
from gating.records import Audit
from gating.report.audit_summary import summary_markdown
from gating.report.audit_tables import write_json_lines, write_parquet
from gating.report.page import page_html
from gating.report.tables import encodable
from gating.report.whole import names_to_disk, set_mode, to_disk
from gating.report.workbook import write_workbook

MAKING = ".gating-audit"  # the folder in which a set is made; an audit is alone in its folder, so one name will do
OLD = ".old"  # ends the name of an old file that is kept until the whole set is in place


def write_audit(audit: Audit, folder: Path) -> None:
    """Writes FILES into `folder`, which is made when missing. Only one process may do so at a time.

    Raises OutputError when they cannot be written; the old set then stays as it was.
    """
    making = folder / MAKING
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _remove(making)  # of a process that was killed
        making.mkdir()
        for name, write in FILES.items():
            with open(making / name, "w+b") as file:
                write(audit, file)
                to_disk(file)
        _put_in_place(making, folder)
        names_to_disk(folder)
    except OSError as error:
        raise OutputError(f"{folder}: the audit cannot be written ({error.strerror or error}).") from error
    finally:
        shutil.rmtree(making, ignore_errors=True)


def check_places(folder: Path) -> None:
    """Raises OutputError when a file of the set can never be put in place. For before the work."""
    for name in FILES:
        if (folder / name).is_dir():
            raise OutputError(f"{folder / name}: is a folder where the audit writes a file. Move it away, or name another folder with -o.")


def _put_in_place(making: Path, folder: Path) -> None:
    """All files or none: the old ones are kept by a second name until the last has its place."""
    for name in FILES:
        if (folder / name).exists():
            _keep(folder / name, making / f"{name}{OLD}")
    placed = []
    try:
        for name in FILES:
            os.replace(making / name, folder / name)
            placed.append(name)
    except BaseException:
        for name in placed:
            _take_back(making / f"{name}{OLD}", folder / name)
        raise


def _keep(file: Path, kept: Path) -> None:
    """`kept` as another name of the file, or a copy where the file system knows no such names; the new file gets the mode of the old one."""
    try:
        os.link(file, kept)
    except OSError:
        shutil.copy2(file, kept)
    set_mode(kept.with_suffix(""), file.stat().st_mode & 0o7777)


def _take_back(kept: Path, file: Path) -> None:
    if kept.exists():
        os.replace(kept, file)
    else:
        file.unlink()


def _remove(folder: Path) -> None:
    if folder.is_symlink() or folder.is_file():
        folder.unlink()
    elif folder.exists():
        shutil.rmtree(folder)


def _write_summary(audit: Audit, file: IO[bytes]) -> None:
    _write_text(summary_markdown(audit), file)


def _write_page(audit: Audit, file: IO[bytes]) -> None:
    _write_text(page_html(audit, datetime.date.today()), file)


def _write_text(chunks: Iterable[str], file: IO[bytes]) -> None:
    file.writelines(encodable(chunk).encode("utf-8") for chunk in chunks)


FILES: dict[str, Callable[[Audit, IO[bytes]], None]] = {
    "actions.xlsx": write_workbook,
    "findings.jsonl": write_json_lines,
    "findings.parquet": write_parquet,
    "summary.md": _write_summary,
    "report.html": _write_page,
}
