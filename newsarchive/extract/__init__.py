"""Page bytes to articles: pure functions, no network and no database.

What other packages use of it is loaded when it is first asked for: those that need nothing but the words of credits or
the dates of addresses do not wait for the readers of HTML.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from newsarchive.extract.reader import read
    from newsarchive.extract.steps import process
    from newsarchive.extract.validate import rejection

__all__ = ["process", "read", "rejection"]

_HOMES = {"process": "steps", "read": "reader", "rejection": "validate"}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    return value
