"""No connection into private networks: the address itself is looked at when a socket connects, whoever made it.

An alert goes to an address that somebody typed, through libraries that resolve names on their own and in threads of
their own. What a name means may change between a look and the connection, so it is the connection that is refused
(`socket.connect`, an event of Python's audit hooks), in the thread of the block and in those that came up in it.
Threads that were there before, such as that of a crawl, go on as they did. A hook cannot be removed; outside the block
it does nothing.
"""

from __future__ import annotations

import ipaddress
import socket
import sys
import threading
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple
from weakref import WeakSet

from newsarchive.urls import is_public

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_EVENTS = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})


class _Block(NamedTuple):
    """A block that runs: private addresses that it may connect to, and threads that are none of its own."""

    allowed: frozenset[str]
    others: frozenset[threading.Thread]


_running: list[_Block] = []
# Threads that came up in a block and live on, as those of a library's pool do: they belong to the next block, too.
_pooled: WeakSet[threading.Thread] = WeakSet()


class PrivateAddressError(OSError):
    """A connection to an address outside the public network was refused."""


@contextmanager
def public_only(trusted: Iterable[str] = ()) -> Iterator[None]:
    """Refuse connections to addresses outside the public network, but those of `trusted` hosts, while the block runs.

    Blocks may overlap; what one of them trusts, all do.
    """
    _install()
    # Threads, not their numbers: those of threads that have ended are given to new ones.
    others = frozenset(set(threading.enumerate()) - set(_pooled) - {threading.current_thread()})
    block = _Block(frozenset(_addresses(trusted)), others)
    _running.append(block)
    try:
        yield
    finally:
        _running.remove(block)
        _pooled.update(set(threading.enumerate()) - others - {threading.current_thread()})


def _addresses(hosts: Iterable[str]) -> Iterator[str]:
    for host in hosts:
        try:
            found = socket.getaddrinfo(host.strip("[]"), None, type=socket.SOCK_STREAM)
        except OSError:
            continue  # what has no address cannot be connected to either
        yield from (str(address[0]) for *_, address in found)


@cache
def _install() -> None:
    sys.addaudithook(_check)


def _check(event: str, arguments: tuple[Any, ...]) -> None:
    if not _running or event not in _EVENTS or arguments[1] is None:  # None: a socket that is connected already
        return
    if all(threading.current_thread() in block.others for block in _running):
        return
    address = arguments[1]
    host = str(address[0]) if isinstance(address, tuple) and address else ""
    if any(host in block.allowed for block in _running):
        return
    try:
        is_allowed = is_public(ipaddress.ip_address(host.partition("%")[0]))
    except ValueError:  # a Unix socket, or a name
        is_allowed = False
    if not is_allowed:
        raise PrivateAddressError("it is inside a private network")
