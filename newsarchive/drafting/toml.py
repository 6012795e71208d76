"""Strings as TOML writes them, for the site files that are drafted."""

from __future__ import annotations

import json


def toml_text(text: str) -> str:
    """Write a TOML string."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
