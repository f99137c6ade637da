"""What a reader of many pieces gives for each, and how a reader says that an input cannot be scored."""

from __future__ import annotations

from collections.abc import Mapping

from gating.records import Status

Row = Mapping[str, str]  # {column: value}; {"": reason} for a row that could not be read


class Unread(Exception):
    """One input that cannot be scored, with the reason in one line. It costs that input, never the batch."""

    def __init__(self, reason: str, status: Status = Status.FAILED) -> None:
        super().__init__(reason)
        self.reason = " ".join(reason.split())[:300]
        self.status = status
