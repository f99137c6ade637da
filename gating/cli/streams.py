"""Standard input, output and error as a process may find them: closed, full, or with nobody at the other end."""

from __future__ import annotations

import contextlib
import io
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import click

from gating.errors import OutputError


def say(text: str) -> None:
    """Writes to standard output what stands beside the work: when nobody reads it any more, the work goes on."""
    with contextlib.suppress(BrokenPipeError):
        click.echo(text, nl=False)


@contextlib.contextmanager
def writing(output: Path) -> Iterator[None]:
    """An OSError of the block as a sentence about the file that was to be written."""
    try:
        yield
    except OSError as error:
        raise OutputError(f"{output}: cannot be written ({error.strerror or error}).") from error


def stop_when_asked() -> None:
    """Lets a polite kill and a closed terminal end the command as Ctrl-C does: with its clean-up."""
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:  # `nohup` has it ignored
            signal.signal(number, signal.default_int_handler)


def mend_streams() -> None:
    """Makes each standard stream one that fails as the rest of the program expects. A console of Windows is left as it is."""
    if os.name == "nt":
        return
    for number in range(3):  # a closed one would be the number of the next file that is opened, and take what is meant for the terminal
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDONLY), True)
    sys.stdin = sys.stdin or open(0, encoding="utf-8", closefd=False)  # noqa: SIM115  # stays open, as every standard stream
    if sys.stdout is sys.__stdout__:
        sys.stdout = _text(_Output(1, "wb", closefd=False), sys.stdout)
    if sys.stderr is sys.__stderr__:
        sys.stderr = _text(_Errors(2, "wb", closefd=False), sys.stderr, "backslashreplace")


def _text(raw: io.FileIO, like: TextIO | None, errors: str = "strict") -> TextIO:
    buffered = io.BufferedWriter(raw)
    if like is None:
        return io.TextIOWrapper(buffered, "utf-8", errors)
    return io.TextIOWrapper(buffered, like.encoding, like.errors, line_buffering=bool(like.line_buffering))


class _Output(io.FileIO):
    """Standard output. The first write that nobody reads raises BrokenPipeError, any other that fails OutputError; what follows goes
    nowhere, so that no second error comes at exit.
    """

    def write(self, data: bytes, /) -> int:  # type: ignore[override]  # any buffer
        try:
            return super().write(data)
        except OSError as error:
            os.dup2(os.open(os.devnull, os.O_WRONLY), self.fileno())
            if isinstance(error, BrokenPipeError):
                raise BrokenPipeError("nobody reads") from error  # without the number at which click exits with 1, our code for --fail-on
            raise OutputError(f"standard output: cannot be written ({error.strerror}).") from error


class _Errors(io.FileIO):
    """Standard error. Where it cannot be written there is nowhere left to say so; the exit code still tells."""

    def write(self, data: bytes, /) -> int:  # type: ignore[override]  # any buffer
        try:
            return super().write(data)
        except OSError:
            return len(data)
