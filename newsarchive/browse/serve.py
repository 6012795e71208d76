"""Serve an archive with Datasette: read-only, on loopback unless told otherwise."""

from __future__ import annotations

import ipaddress
import os
import secrets
import signal
import socket
import threading
from contextlib import closing
from functools import partial
from multiprocessing import parent_process
from typing import TYPE_CHECKING, Any

import uvicorn
from datasette.app import Datasette
from datasette.database import Database
from datasette.plugins import pm
from uvicorn.supervisors import Multiprocess

from newsarchive import browse as plugin
from newsarchive.archive.connection import open_readonly
from newsarchive.browse import caching
from newsarchive.browse.datasette_api import keep_connection
from newsarchive.browse.metadata import LOOPBACK_HOSTS, SETTINGS, database_name, metadata
from newsarchive.errors import UserError
from newsarchive.i18n import _

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Sequence
    from pathlib import Path

_MOST_WORKERS = 4
# Seconds after which a process that does not answer is replaced; on a busy machine a few are nothing.
_PATIENCE = 60


def application(path: Path, host: str = "127.0.0.1", *, public: bool = False, others: Sequence[Path] = ()) -> Datasette:
    """Make the Datasette of an archive; SQL of the readers' own is allowed on loopback only, and not if `public`.

    `others` are archives beside it, whose pages are below their names. Raises UserError for an archive that is missing,
    foreign, older or newer than this program, and for two of one name.
    """
    is_private = is_loopback(host) and not public
    content = metadata(path, hosts=LOOPBACK_HOSTS if is_private else None, public=not is_private)
    for other in others:
        if database_name(other) in content["databases"]:
            raise UserError(
                _("{other}: another archive is called so, too - give it a link of another name", other=other)
            )
        content["databases"] |= metadata(other)["databases"]
    if not pm.has_plugin("newsarchive") and not pm.is_registered(plugin):
        pm.register(plugin, "newsarchive")  # an installed package brings it by its entry point
    settings: dict[str, Any] = SETTINGS | {"default_allow_sql": is_private, "allow_csv_stream": is_private}
    datasette = Datasette([], metadata=content, settings=settings)
    datasette.remove_database("_memory")  # which it makes where it is given no file
    for one in (path, *others):
        datasette.add_database(ArchiveFile(datasette, path=str(one)), name=database_name(one))
    return datasette


class ArchiveFile(Database):  # type: ignore[misc]
    """A file by its path, whatever is in it: Datasette writes #, ? and % into an address as they are."""

    def connect(self, write: bool = False) -> sqlite3.Connection:
        """Open the file for reading; nothing here asks for more."""
        assert not write
        connection = open_readonly(self.path, check_same_thread=False)
        keep_connection(self, connection)
        return connection


def is_loopback(host: str) -> bool:
    """Return whether only programs of this machine can reach an address."""
    try:
        return host == "localhost" or ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def listen(host: str, port: int) -> socket.socket:
    """Bind a port. Raises UserError where it is taken or the address is not one of this machine."""
    try:
        family, kind, protocol, _name, address = socket.getaddrinfo(
            host.strip("[]"), port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(address)
            # Without this a port that another program only listens on later would be taken twice.
            listener.listen(128)
        except OSError:
            listener.close()
            raise
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UserError(
            _(
                "cannot serve on {host} port {port}: {reason} - choose another with --port or --host",
                host=host,
                port=port,
                reason=reason,
            )
        ) from error
    return listener


def address_of(host: str, port: int) -> str:
    """Write the address of the front page."""
    name = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104 - compared, not bound
    return f"http://{f'[{name}]' if ':' in name and not name.startswith('[') else name}:{port}/"


def serve(
    path: Path,
    host: str,
    port: int,
    ready: Callable[[str], None],
    *,
    public: bool = False,
    others: Sequence[Path] = (),
    workers: int | None = None,
) -> None:
    """Serve until interrupted; `ready` is called with the address once the port is taken. Port 0 takes any free one.

    `public` serves as for others, whatever the address: behind a web server, a loopback address reaches everybody.
    Python makes one page at a time in a process: `workers` of them share the port, without it one for this machine
    alone, and one a core, four at most, where others ask.

    Raises UserError for an archive that cannot be opened and for a port that is taken.
    """
    datasette = application(path, host, public=public, others=others)
    if workers is None:
        workers = 1 if is_loopback(host) and not public else min(os.cpu_count() or 1, _MOST_WORKERS)
    options: dict[str, Any] = {"log_level": "warning", "server_header": False, "lifespan": "on"}
    with closing(listen(host, port)) as listener:
        ready(address_of(host, listener.getsockname()[1]))
        if workers == 1:
            uvicorn.Server(uvicorn.Config(datasette.app(), **options)).run(sockets=[listener])
            return
        make = partial(_worker, path, host, public=public, others=others, kind=secrets.token_bytes(8))
        config = uvicorn.Config(make, factory=True, workers=workers, timeout_worker_healthcheck=_PATIENCE, **options)
        Multiprocess(config, [listener]).run()


def _worker(path: Path, host: str, *, public: bool, others: Sequence[Path], kind: bytes) -> Any:
    """Make the application of one of several processes, which end with the one that began them, however that ends."""
    caching.KIND = kind  # what one of them has answered, another one knows to be unchanged
    begun_by = parent_process()
    assert begun_by is not None

    def end_with_it() -> None:
        begun_by.join()
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=end_with_it, daemon=True).start()
    return application(path, host, public=public, others=others).app()
