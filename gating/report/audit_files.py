"""Everything an audit writes, as one set of files."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import IO

from gating.errors import OutputError
from gating.records import Audit
from gating.report.audit_summary import summary_markdown
from gating.report.audit_tables import write_json_lines, write_parquet
from gating.report.page import page_html
from gating.report.tables import encodable
from gating.report.whole import whole_file
from gating.report.workbook import write_workbook


def write_audit(audit: Audit, folder: Path) -> None:
    """Writes FILES into `folder`, which is made when missing. No file takes its place before all are complete.

    Raises OutputError when they cannot be written; the old set then stays as it was.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with ExitStack() as stack:
            for name, write in FILES.items():
                write(audit, stack.enter_context(whole_file(folder / name)))
    except OSError as error:
        raise OutputError(f"{folder}: the audit cannot be written ({error.strerror or error}).") from error


def _write_page(audit: Audit, file: IO[bytes]) -> None:
    _write_text(page_html(audit, datetime.date.today()), file)


def _write_summary(audit: Audit, file: IO[bytes]) -> None:
    _write_text(summary_markdown(audit), file)


def _write_text(chunks: Iterable[str], file: IO[bytes]) -> None:
    file.writelines(encodable(chunk).encode("utf-8") for chunk in chunks)


FILES: dict[str, Callable[[Audit, IO[bytes]], None]] = {
    "report.html": _write_page,
    "actions.xlsx": write_workbook,
    "findings.jsonl": write_json_lines,
    "findings.parquet": write_parquet,
    "summary.md": _write_summary,
}
