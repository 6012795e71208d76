"""Seeded choice: the same key gives the same picks on every machine and every Python."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

T = TypeVar("T")

_SIZE = 64  # bytes of one digest; a pick uses a few of them


class SeededRandom:
    """A stream of picks that depends on nothing but its key. Not for secrets."""

    __slots__ = ("_count", "_key", "_pool", "_room")

    def __init__(self, *key: object) -> None:
        self._key = "\0".join(map(str, key)).encode()
        self._count = 0
        self._pool = 0
        self._room = 1

    def below(self, limit: int) -> int:
        """Return a number from 0 to `limit` - 1."""
        if self._room < limit << 32:
            digest = blake2b(self._key, digest_size=_SIZE, salt=self._count.to_bytes(16, "big")).digest()
            self._pool, self._room = int.from_bytes(digest, "big"), 1 << (8 * _SIZE)
            self._count += 1
        self._pool, number = divmod(self._pool, limit)
        self._room //= limit
        return number

    def between(self, low: int, high: int) -> int:
        """Return a number from `low` to `high`, both included."""
        return low + self.below(high - low + 1)

    def decimal(self, low: str, high: str) -> str:
        """Return a decimal between two printed ones, with as many places as the longer of them has."""
        places = max(len(text.partition(".")[2]) for text in (low, high))
        scale = 10**places
        number = self.between(round(float(low) * scale), round(float(high) * scale))
        return f"{number / scale:.{places}f}"

    def pick(self, items: Sequence[T]) -> T:
        """Return one of `items`."""
        return items[self.below(len(items))]

    def draw(self, items: Sequence[T], count: int) -> list[T]:
        """Return `count` different ones of `items` (all of them where there are fewer), in a new order."""
        rest = list(items)
        return [rest.pop(self.below(len(rest))) for _ in range(min(count, len(rest)))]

    def chance(self, percent: int) -> bool:
        """Return True in `percent` of 100 cases."""
        return self.below(100) < percent
