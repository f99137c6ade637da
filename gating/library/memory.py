"""Freed memory, back to the system."""

from __future__ import annotations

import ctypes
import sys


def give_back() -> None:
    """Hands freed memory back to the system where the C library has a call for that (glibc); elsewhere it does nothing.

    The library as a whole is looked at in steps, and each leaves freed memory between what stays, which else counts as held to the end.
    """
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim:
            trim(0)
