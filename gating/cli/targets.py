"""Where a command writes to: a path, or an address in a store such as s3://bucket/scores.csv."""

from __future__ import annotations

from typing import Any

import click

from gating.remote import ADDRESS


class Target(click.Path):
    """A path; an address stays the text that it is, for a path would lose one of its slashes."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The Path, or the address as it is."""
        return value if isinstance(value, str) and ADDRESS.match(value) else super().convert(value, param, ctx)
