"""Where a command writes to, a path or an address in a store such as s3://bucket/scores.csv, and where it has its work done."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gating.remote import ADDRESS

if TYPE_CHECKING:
    from gating.cluster import Cluster


class Target(click.Path):
    """A path; an address stays the text that it is, for a path would lose one of its slashes."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The Path, or the address as it is."""
        return value if isinstance(value, str) and ADDRESS.match(value) else super().convert(value, param, ctx)


def check_target(output: Path | str | None, style: str | None) -> None:
    """Refuses a folder where a file is written, and for Parquet an address below which there is something already."""
    if isinstance(output, Path) and output.is_dir() and style != "parquet":
        raise click.BadParameter(f"File '{output}' is a directory.", param_hint="'-o' / '--output'")
    if isinstance(output, str) and style == "parquet" and not output.lower().endswith(".parquet"):
        from gating.remote import check_new

        check_new(output)


def workers(jobs: int, scheduler: str | None) -> AbstractContextManager[int | Cluster]:
    """So many processes of this machine, or the cluster of a scheduler for as long as the block lasts. Raises SourceError when it does not answer."""
    if scheduler is None:
        return nullcontext(jobs)
    from gating.cluster import connected

    return connected(scheduler)
