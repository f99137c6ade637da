"""Sentences for the person at the terminal: where, what was found, what was expected, what to do next.

Everything here reaches a person as one sentence and exit code 2 or 3; any other exception is a bug of ours.
"""

import difflib
from collections.abc import Sequence


class GatingError(Exception):
    """A problem that the person at the terminal can mend. Exit code 2."""

    exit_code = 2


class SourceError(GatingError):
    """A path, pattern or column mapping that leads to nothing readable."""


class SettingsError(GatingError):
    """A settings file with an unknown key or a value out of range."""


class BundleError(GatingError):
    """A model bundle that is missing, damaged, foreign or made for another feature catalogue."""


class ExamplesError(GatingError):
    """Labelled examples from which nothing can be learned."""


class OutputError(GatingError):
    """The result exists but could not be written. Exit code 3."""

    exit_code = 3


def nearest(written: str, known: Sequence[str]) -> str:
    """The one of `known` that a person most likely meant; empty where none is near."""
    near = difflib.get_close_matches(written[:100].lower(), known, n=1, cutoff=0.7)
    return near[0] if near else ""


def did_you_mean(written: str, known: Sequence[str]) -> str:
    """The end of a sentence that names the nearest of `known`; empty where none is near."""
    near = nearest(written, known)
    return f'; did you mean "{near}"?' if near else ""


def shortly(written: str) -> str:
    """At most 60 characters of what a person wrote, to be quoted in a sentence."""
    return written if len(written) <= 60 else f"{written[:59]}…"
