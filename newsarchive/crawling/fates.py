"""What a failure means for a URL of the frontier."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import datetime

#: `retry`: pending until a later time; the others are ends of a frontier row.
State = Literal["retry", "gone", "blocked", "rejected", "failed"]


@dataclass(frozen=True, slots=True)
class Fate:
    """How a frontier row goes on, and why; `not_before` (UTC) is the earliest time of another try, where known."""

    reason: str
    state: State
    detail: str = ""
    not_before: datetime | None = None
