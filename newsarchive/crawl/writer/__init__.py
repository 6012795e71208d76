"""What the crawl and the process that writes its archive say to each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Message:
    """A method of the ledger to be called, None for none; `urgent` asks for a commit at once."""

    method: Callable[..., Any] | None
    arguments: tuple[Any, ...] = ()
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Committed:
    """What the messages of one batch gave, in their order, and what the ledger says of them (see `Ledger`)."""

    results: list[Any]
    counts: Counter[str]
    grown: bool
    errors: list[str]


@dataclass(frozen=True, slots=True)
class Broken:
    """The archive cannot be written any more, with the reason for people; nothing of the last batch is stored."""

    reason: str
