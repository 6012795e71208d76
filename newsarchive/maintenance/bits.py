"""Find what a value was before a single bit of it was flipped."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# Longer values are not tried bit by bit: what they say is had sooner from where they came from.
_LONGEST = 1 << 14


def flipped(value: bytes) -> Iterator[bytes]:
    """Yield all values that differ from one in a single bit, by the place of the bit."""
    for place in range(min(len(value), _LONGEST)):
        for bit in range(8):
            changed = bytearray(value)
            changed[place] ^= 1 << bit
            yield bytes(changed)


def unflipped(value: bytes, is_right: Callable[[bytes], bool]) -> bytes | None:
    """Return the value one bit away that is right; None where there is none, or more than one."""
    found = None
    for one in filter(is_right, flipped(value)):
        if found is not None:
            return None
        found = one
    return found


def differ_by_a_bit(one: bytes, other: bytes) -> bool:
    """Return whether two values differ in a single bit."""
    if len(one) != len(other):
        return False
    return (int.from_bytes(one, "big") ^ int.from_bytes(other, "big")).bit_count() == 1
