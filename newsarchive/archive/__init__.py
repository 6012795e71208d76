"""The archive: one SQLite file that holds articles, where they stood, what they said when, and what went wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from newsarchive.archive.archive import Archive

if TYPE_CHECKING:
    from newsarchive.archive.frontier import FrontierEntry, Link

__all__ = ["Archive", "FrontierEntry", "Link"]


def __getattr__(name: str) -> Any:
    """Import what only crawls need when it is first asked for."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from newsarchive.archive import frontier  # noqa: PLC0415 - see above

    return getattr(frontier, name)
