"""gating: says of a content piece whether it is demand-gen or lead-gen, where its reader stands in the funnel, and whether to gate it.

>>> import gating
>>> gating.score_text("Book a demo and see your own rota built while you watch. [Book a demo]").strategy
'lead-gen'
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gating.api import Score as Score
    from gating.api import score_files as score_files
    from gating.api import score_frame as score_frame
    from gating.api import score_text as score_text

__version__ = "0.1.0"
__all__ = ["Score", "__version__", "score_files", "score_frame", "score_text"]


def __getattr__(name: str) -> Any:
    """What stands in `__all__`, loaded when it is first asked for, so that `import gating` and `gating --help` load nothing else."""
    if name in __all__:
        from gating import api

        return getattr(api, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
