"""The engine: the connection to the PostgreSQL that brings a cluster together.

It is asked which sites there are (`registry`), who has which (`claims`), what is on its way (`inbox`), and how all of
it is (`overview`). Its tables are those of `schema`.
"""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Any, LiteralString

import psycopg
from psycopg.rows import namedtuple_row

from newsarchive.errors import UserError
from newsarchive.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Self

    from psycopg import Connection

logger = logging.getLogger(__name__)

# Seconds between two tries to reach the engine.
_LOOK_AGAIN = 0.5
# What says that the engine is away, or empty because it was made anew and `cluster init` is still to come.
_AWAY = (psycopg.OperationalError, psycopg.InterfaceError, psycopg.errors.UndefinedTable)


class EngineAwayError(UserError):
    """The engine could not be asked for too long."""


class Engine:
    """One connection to the engine, made again when it breaks; for one thread at a time.

    Without `is_durable` a crash of PostgreSQL may cost what was done in its last second, which shards do again: what
    they have applied is in their archives. Leases must not be lost so, or two workers would have one fence.
    """

    def __init__(self, dsn: str, *, patience: float = 60.0, is_durable: bool = True) -> None:
        self._dsn = dsn
        self._patience = patience
        self._is_durable = is_durable
        self._connection: Connection[Any] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def ask(self, query: LiteralString, values: Mapping[str, Any] | Sequence[Any] = ()) -> list[Any]:
        """Return the rows of a statement, which is a transaction of its own, in one round trip; see `do`."""
        return list(self._retried(lambda connection: _rows(connection, query, values)))

    def do(self, work: Callable[[Connection[Any]], Any]) -> Any:
        """Do something in one transaction, again when the connection breaks; everything may be done twice.

        Raises:
            EngineAwayError: the engine is not there for longer than `patience`.

        """

        def in_transaction(connection: Connection[Any]) -> Any:
            with connection.transaction():
                return work(connection)

        return self._retried(in_transaction)

    def _retried(self, work: Callable[[Connection[Any]], Any]) -> Any:
        end = time.monotonic() + self._patience
        while True:
            try:
                if self._connection is None:
                    self._connection = self._connect()
                return work(self._connection)
            except _AWAY as error:
                self.close()
                if time.monotonic() > end:
                    raise EngineAwayError(
                        _("the cluster's engine does not answer: {error}", error=_one_line(error))
                    ) from error
                logger.debug("the engine is away: %s", _one_line(error))
                time.sleep(_LOOK_AGAIN)
            except psycopg.Error as error:
                raise UserError(_("the cluster's engine: {error}", error=_one_line(error))) from error

    def _connect(self) -> Connection[Any]:
        connection: Connection[Any] = psycopg.connect(
            self._dsn,
            autocommit=True,
            row_factory=namedtuple_row,
            connect_timeout=10,
            application_name="newsarchive",
            keepalives_idle=20,
            keepalives_interval=5,
            keepalives_count=3,
            tcp_user_timeout=30_000,
        )
        if not self._is_durable:
            connection.execute("SET synchronous_commit = off")
        return connection


def _rows(connection: Connection[Any], query: LiteralString, values: Any = ()) -> list[Any]:
    return connection.execute(query, values or None).fetchall()


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())
