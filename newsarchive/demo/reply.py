"""What the site answers to one request, before it goes over the wire."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import datetime

HTML = "text/html; charset=utf-8"
JSON = "application/json;charset=UTF-8"
XML = "application/xml"
TEXT = "text/plain; charset=utf-8"

#: `plain` answers take part in conditional requests and compression; `raw` ones go out exactly as they are, with the
#: connection closed behind them; `slow` ones come in drips; `reset` ones break off in the middle.
Manner = Literal["plain", "raw", "slow", "reset"]


@dataclass(frozen=True, slots=True)
class Reply:
    """Status, headers and body of an answer. `modified` is aware; `manner` says how it is sent."""

    body: bytes = b""
    status: int = 200
    content_type: str = HTML
    headers: tuple[tuple[str, str], ...] = ()
    modified: datetime | None = None
    manner: Manner = "plain"
