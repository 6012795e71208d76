"""Values that are safe to open in a spreadsheet, also when a page was written to be dangerous there."""

from __future__ import annotations

import re
from typing import Any

# A spreadsheet takes a cell that begins so for a formula; full-width signs count where the language is Chinese.
_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠|%]|[\t\r\n]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def cell(value: Any) -> Any:
    """Make a value harmless in a spreadsheet; numbers stay numbers."""
    if not isinstance(value, str):
        return value
    value = _CONTROL.sub("", value)
    return f"'{value}" if _FORMULA.match(value) else value
