"""Sentences for the person at the terminal: where, what was found, what was expected, what to do next.

Everything here reaches a person as one sentence and exit code 2 or 3; any other exception is a bug of ours.
"""


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
