"""What a reader of many pieces gives for each, and how a reader says that an input cannot be scored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from gating.records import Skipped, Status

Row = Mapping[str, str]  # {column: value}; {"": reason} for a row that could not be read
LIMIT = "gating limit"  # the column in which a reader says what was lost of one piece


class Unread(Exception):
    """One input that cannot be scored, with the reason in one line. It costs that input, never the batch."""

    def __init__(self, reason: str, status: Status = Status.FAILED) -> None:
        super().__init__(reason)
        self.reason = " ".join(reason.split())[:300]
        self.status = status


class LeftOut:
    """Counts what an export holds beside its published pieces, so that one line can say it for the whole file."""

    def __init__(self) -> None:
        self.no_pieces: Counter[str] = Counter()  # {what kind: how many}
        self.unpublished: Counter[str] = Counter()  # {status: how many}

    def lines(self, source: str, problem: str = "") -> Iterator[Skipped]:
        """One Skipped for `source` where anything was left out or went wrong (`problem`), else none."""
        said = [problem] if problem else []
        if self.unpublished:
            said.append(f"{_counted(self.unpublished, 'unpublished item')} left out; --drafts reads them")
        if self.no_pieces:
            said.append(f"{_counted(self.no_pieces, 'item')} left out as no content pieces")
        if said:
            yield Skipped(source, ". ".join(said), Status.FAILED if problem else Status.SKIPPED)


def _counted(counts: Counter[str], noun: str) -> str:
    total = counts.total()
    shown = ", ".join(f"{name} {count:,}" for name, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:6])
    return f"{total:,} {noun}{'s' if total > 1 else ''} ({shown})"
