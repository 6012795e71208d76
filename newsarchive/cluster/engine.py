"""The engine: which worker has which site, and what is on its way to a shard. All that is asked of PostgreSQL is here.

A lease has a fence, a number that rises with every holder. What is shipped under a lease is taken only while it lasts
(`FOR SHARE` against the `FOR UPDATE` of who takes the site over), so that nothing comes under an old fence once there
is a new one. Only PostgreSQL's clock is compared.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING, Any, LiteralString, NamedTuple

import psycopg
from psycopg.rows import namedtuple_row
from psycopg.types.json import Jsonb

from newsarchive.cluster import schema
from newsarchive.errors import UserError
from newsarchive.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import Self

    from psycopg import Connection

logger = logging.getLogger(__name__)

# Seconds between two tries to reach the engine.
_LOOK_AGAIN = 0.5
# Seconds for which a due site is left to the worker that has its slice.
_KEEPER_FIRST = 60
# What says that the engine is away, or empty because it was made anew and `cluster init` is still to come.
_AWAY = (psycopg.OperationalError, psycopg.InterfaceError, psycopg.errors.UndefinedTable)


class EngineAwayError(UserError):
    """The engine could not be asked for too long."""


class Shipped(Enum):
    """What became of an envelope: it is on its way, has to wait, or came from who has lost the lease."""

    SENT = "sent"
    FULL = "full"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Claim:
    """A site that a worker has from now on, with what it needs to know to crawl it.

    `has_slice` says that the worker had it last, and that nothing of what it did then was refused or put aside.
    `shared` are the hosts that other sites name, too.
    """

    site: str
    fence: int
    shard: int
    has_slice: bool
    files: Mapping[str, str]
    shared: frozenset[str]
    interval: timedelta
    failures: int


class Envelope(NamedTuple):
    """A batch of messages of a site on its way to its shard; `seq` counts those of a fence."""

    id: int
    site: str
    fence: int
    seq: int
    tries: int
    payload: bytes


# Who still is the holder has not given the site back: its lease ran out, and its slice may know too much.
_CLAIM = """
WITH due AS (
    SELECT name, keeper IS DISTINCT FROM %(worker)s OR holder IS NOT NULL AS is_new FROM newsarchive.site
    WHERE greatest(due_at, lease_until) <= now() AND NOT moving
      AND (keeper IS NULL OR keeper = %(worker)s OR holder IS NOT NULL
           OR due_at <= now() - make_interval(secs => %(keeper_first)s))
    ORDER BY greatest(due_at, lease_until) LIMIT %(most)s FOR UPDATE SKIP LOCKED
), taken AS (
    UPDATE newsarchive.site s SET fence = s.fence + 1, holder = %(worker)s, keeper = %(worker)s,
        wants_slice = due.is_new,
        lease_until = clock_timestamp() + make_interval(secs => %(seconds)s)
    FROM due WHERE due.name = s.name RETURNING s.*
)
SELECT t.name, t.fence, f.shard_id, NOT t.wants_slice AS has_slice, t.files, t.every, t.failures,
    ARRAY(SELECT h FROM unnest(t.hosts) h
          WHERE EXISTS (SELECT 1 FROM newsarchive.site o WHERE o.hosts @> ARRAY[h] AND o.name <> t.name)) AS shared
FROM taken t JOIN newsarchive.family f ON f.name = t.family
"""
_RENEW = """
UPDATE newsarchive.site s SET lease_until = clock_timestamp() + make_interval(secs => held.seconds)
FROM unnest(%s::text[], %s::bigint[], %s::float[]) AS held (name, fence, seconds)
WHERE s.name = held.name AND s.fence = held.fence AND s.lease_until > clock_timestamp() AND NOT s.moving
RETURNING s.name
"""
_SHIP = """
WITH held AS (
    SELECT s.name, f.shard_id FROM newsarchive.site s JOIN newsarchive.family f ON f.name = s.family
    WHERE s.name = %(site)s AND s.fence = %(fence)s AND s.lease_until > clock_timestamp() FOR SHARE OF s
), room AS (
    SELECT name, shard_id FROM held
    WHERE (SELECT count(*) FROM newsarchive.inbox i WHERE i.site = held.name) < %(most)s
      AND (SELECT coalesce(sum(bytes), 0) FROM newsarchive.inbox i WHERE i.shard_id = held.shard_id) < %(most_bytes)s
), put AS (
    INSERT INTO newsarchive.inbox (shard_id, site, fence, seq, bytes, payload)
    SELECT shard_id, name, %(fence)s, %(seq)s, %(bytes)s, %(payload)s FROM room ON CONFLICT DO NOTHING
)
SELECT (SELECT count(*) FROM held) AS held, (SELECT count(*) FROM room) AS room
"""
_RELEASE = """
UPDATE newsarchive.site SET lease_until = '-infinity', holder = NULL, wants_slice = false,
    keeper = CASE WHEN %(keeps)s THEN keeper END,
    due_at = now() + %(due_in)s, every = %(every)s, failures = %(failures)s, outcome = %(outcome)s, reason = %(reason)s
WHERE name = %(site)s AND fence = %(fence)s
"""
_WAIT = """
INSERT INTO newsarchive.host AS h (name, free_at) VALUES (%(host)s, clock_timestamp() + %(delay)s)
ON CONFLICT (name) DO UPDATE SET free_at = greatest(h.free_at, clock_timestamp()) + %(delay)s
RETURNING extract(epoch FROM free_at - %(delay)s - clock_timestamp())::float AS seconds
"""
_WANTED = """
SELECT name, fence FROM newsarchive.site s WHERE wants_slice AND lease_until > now()
  AND family IN (SELECT f.name FROM newsarchive.family f WHERE f.shard_id = %s)
  AND NOT EXISTS (SELECT 1 FROM newsarchive.inbox i WHERE i.site = s.name)
"""
_ADOPT = """
INSERT INTO newsarchive.site AS s (name, family, files, hosts, fence, lease_until, moving)
VALUES (%(name)s, %(family)s, %(files)s, %(hosts)s,
    greatest(extract(epoch FROM clock_timestamp())::bigint, %(fence)s::bigint + 1),
    clock_timestamp() + %(rest)s,
    EXISTS (SELECT 1 FROM newsarchive.move m WHERE m.family = %(family)s))
ON CONFLICT (name) DO UPDATE SET files = excluded.files, hosts = excluded.hosts
WHERE %(renew)s
"""


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

    # For who sets it up

    def init(self) -> int:
        """Make the tables, or bring those of an older version up to date; return the number of steps applied."""

        def make(connection: Connection[Any]) -> int:
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (schema.LOCK,))
            for role in (schema.WORKER, schema.SHARD):
                if not _rows(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)):
                    connection.execute(f"CREATE ROLE {role} NOLOGIN".encode())
            connection.execute("CREATE SCHEMA IF NOT EXISTS newsarchive")
            connection.execute(
                "CREATE TABLE IF NOT EXISTS newsarchive.step (number int PRIMARY KEY, at timestamptz DEFAULT now())"
            )
            (done,) = _rows(connection, "SELECT count(*) FROM newsarchive.step")[0]
            for number, step in enumerate(schema.STEPS[done:], start=done + 1):
                connection.execute(step.encode())
                connection.execute("INSERT INTO newsarchive.step (number) VALUES (%s)", (number,))
            connection.execute(schema.GRANTS.encode())
            return len(schema.STEPS) - int(done)

        return int(self.do(make))

    def must_be_current(self) -> None:
        """Raise UserError where the tables are not those of this version."""
        ((steps,),) = self.ask("SELECT count(*) FROM newsarchive.step")
        if steps < len(schema.STEPS):
            raise UserError(_("the cluster's engine is of an older version - run newsarchive cluster init first"))

    def add(
        self,
        name: str,
        *,
        family: str,
        shard: int,
        files: Mapping[str, str],
        hosts: Iterable[str],
        fence: int = 0,
        moved: int = 0,
        rest: float = 0.0,
        renew: bool = True,
    ) -> bool:
        """Add a site, or (with `renew`) bring its file up to date; return whether something was changed.

        `fence` is the highest that its shard has seen. A family stays with the shard that it has, unless it has `moved`
        since: that is the number of the move that brought it to its shard. Nobody gets a new site for `rest` seconds.
        """
        values = {
            "name": name,
            "family": family,
            "files": Jsonb(dict(files)),
            "hosts": sorted(hosts),
            "fence": fence,
            "rest": timedelta(seconds=rest),
            "renew": renew,
        }

        def put(connection: Connection[Any]) -> bool:
            connection.execute("INSERT INTO newsarchive.shard (id) VALUES (%s) ON CONFLICT DO NOTHING", (shard,))
            connection.execute(
                "INSERT INTO newsarchive.family AS f (name, shard_id, moved) VALUES (%s, %s, %s) ON CONFLICT (name)"
                " DO UPDATE SET shard_id = excluded.shard_id, moved = excluded.moved WHERE f.moved < excluded.moved",
                (family, shard, moved),
            )
            return connection.execute(_ADOPT, values).rowcount > 0

        return bool(self.do(put))

    # For workers

    def claim(self, worker: str, seconds: float, most: int = 1) -> list[Claim]:
        """Claim at most so many sites that are due, each for so many seconds."""
        rows = self.ask(_CLAIM, {"worker": worker, "seconds": seconds, "most": most, "keeper_first": _KEEPER_FIRST})
        return [
            Claim(
                row.name, row.fence, row.shard_id, row.has_slice, row.files, frozenset(row.shared), row.every,
                row.failures,
            )
            for row in rows
        ]  # fmt: skip

    def renew(self, held: Mapping[str, tuple[int, float]]) -> set[str]:
        """Hold sites, by their fences, for so many seconds more; return those that are still held."""
        fences, seconds = zip(*held.values(), strict=True) if held else ((), ())
        return {row.name for row in self.ask(_RENEW, (list(held), list(fences), list(seconds)))}

    def want_slice(self, site: str, fence: int) -> None:
        """Ask the shard for a slice after all."""
        self.ask(
            "UPDATE newsarchive.site SET wants_slice = true WHERE name = %s AND fence = %s RETURNING name",
            (site, fence),
        )

    def slice(self, site: str, fence: int) -> bytes | None:
        """Return what the shard knows of a site, and take it away; None where it has not written it yet."""
        rows = self.ask("SELECT data FROM newsarchive.slice WHERE site = %s AND fence = %s", (site, fence))
        if not rows:
            return None
        self.ask("DELETE FROM newsarchive.slice WHERE site = %s AND fence <= %s RETURNING site", (site, fence))
        return bytes(rows[0].data)

    def ship(self, site: str, fence: int, seq: int, payload: bytes, *, most: int, most_bytes: int) -> Shipped:
        """Send an envelope on its way, if the lease lasts and the inbox has room; doing it twice does no harm.

        `most` is how many envelopes of the site may wait, `most_bytes` how many bytes of its shard, of all sites.
        """
        values = {"site": site, "fence": fence, "seq": seq, "payload": payload, "bytes": len(payload)}
        (row,) = self.ask(_SHIP, values | {"most": most, "most_bytes": most_bytes})
        if not row.held:
            return Shipped.REFUSED
        return Shipped.SENT if row.room else Shipped.FULL

    def release(
        self,
        site: str,
        fence: int,
        *,
        due_in: timedelta,
        every: timedelta,
        failures: int,
        outcome: str,
        reason: str | None,
        keeps: bool,
    ) -> None:
        """Release a site: when it is due again, and how its run ended; `keeps` says that its slice may be used on."""
        values = {"site": site, "fence": fence, "due_in": due_in, "every": every, "failures": failures}
        self.ask(_RELEASE + " RETURNING name", values | {"outcome": outcome, "reason": reason, "keeps": keeps})

    def wait(self, host: str, delay: float) -> float:
        """Reserve the next turn at a host that several sites name; return the seconds until then."""
        ((seconds,),) = self.ask(_WAIT, {"host": host, "delay": timedelta(seconds=delay)})
        return max(0.0, float(seconds))

    # For shards

    def seen(self, shard: int, version: str, trouble: str | None) -> bool:
        """Record that a shard is there; return whether the engine knew that it was.

        Where it did not, it was made anew or restored, and has to be told the sites.
        """
        rows = self.ask(
            "UPDATE newsarchive.shard SET seen_at = now(), version = %s, trouble = %s"
            " WHERE id = %s AND seen_at IS NOT NULL RETURNING id",
            (version, trouble, shard),
        )
        return bool(rows)

    def register(self, shard: int, version: str) -> None:
        """Record that a shard is there, whose sites the engine has now; what workers have of them is cut again."""
        self.ask(
            "INSERT INTO newsarchive.shard (id, seen_at, version) VALUES (%s, now(), %s) ON CONFLICT (id) DO UPDATE"
            " SET seen_at = now(), version = excluded.version RETURNING id",
            (shard, version),
        )

    def sites(self, shard: int) -> list[Any]:
        """Return name, family, files and hosts of the sites of a shard, and the move that brought each there."""
        return self.ask(
            "SELECT s.name, s.family, s.files, s.hosts, f.moved FROM newsarchive.site s"
            " JOIN newsarchive.family f ON f.name = s.family WHERE f.shard_id = %s ORDER BY s.name",
            (shard,),
        )

    def take(self, shard: int, most: int, without: Sequence[str] = ()) -> list[Envelope]:
        """Return the oldest envelopes of a shard, which stay where they are; not those of the sites in `without`."""
        rows = self.ask(
            "SELECT id, site, fence, seq, tries, payload FROM newsarchive.inbox"
            " WHERE shard_id = %s AND NOT site = ANY(%s) ORDER BY id LIMIT %s",
            (shard, list(without), most),
        )
        return [Envelope(row.id, row.site, row.fence, row.seq, row.tries, bytes(row.payload)) for row in rows]

    def done(self, ids: Sequence[int]) -> None:
        """Remove envelopes that were applied and committed."""
        self.ask("DELETE FROM newsarchive.inbox WHERE id = ANY(%s) RETURNING id", (list(ids),))

    def tried(self, envelope: Envelope) -> int:
        """Count a try at an envelope, before it is made; return how many there were with it."""
        rows = self.ask("UPDATE newsarchive.inbox SET tries = tries + 1 WHERE id = %s RETURNING tries", (envelope.id,))
        return int(rows[0].tries) if rows else 1

    def bury(self, envelope: Envelope, why: str) -> None:
        """Put an envelope aside that cannot be applied; the site's next worker learns what is stored, and what not."""

        def put_aside(connection: Connection[Any]) -> None:
            connection.execute(
                "WITH taken AS (DELETE FROM newsarchive.inbox WHERE id = %s RETURNING *)"
                " INSERT INTO newsarchive.dead (id, shard_id, site, fence, seq, bytes, payload, why)"
                " SELECT id, shard_id, site, fence, seq, bytes, payload, %s FROM taken",
                (envelope.id, why),
            )
            connection.execute("UPDATE newsarchive.site SET keeper = NULL WHERE name = %s", (envelope.site,))

        self.do(put_aside)

    def distrust(self, sites: Iterable[str]) -> None:
        """Have the next worker of each of these sites get a new slice, also where it had the last."""
        self.ask("UPDATE newsarchive.site SET keeper = NULL WHERE name = ANY(%s) RETURNING name", (sorted(sites),))

    def wanted(self, shard: int) -> list[tuple[str, int]]:
        """Return the sites, with their fences, whose workers wait for a slice, of which nothing is on its way."""
        return [(row.name, row.fence) for row in self.ask(_WANTED, (shard,))]

    def give(self, site: str, fence: int, data: bytes) -> None:
        """Hand a worker what the shard knows of its site, unless the site has another worker by now."""

        def put(connection: Connection[Any]) -> None:
            if _rows(
                connection,
                "UPDATE newsarchive.site SET wants_slice = false WHERE name = %s AND fence = %s RETURNING name",
                (site, fence),
            ):
                connection.execute(
                    "INSERT INTO newsarchive.slice (site, fence, data) VALUES (%s, %s, %s)"
                    " ON CONFLICT (site) DO UPDATE SET fence = excluded.fence, data = excluded.data",
                    (site, fence, data),
                )

        self.do(put)

    # For who looks after it

    def shards(self) -> list[Any]:
        """Return a row for each shard: what it has, what is on its way, when it was seen last."""
        return self.ask(
            "SELECT s.id, extract(epoch FROM now() - s.seen_at)::float AS seen, s.version, s.trouble,"
            " (SELECT count(*) FROM newsarchive.site JOIN newsarchive.family f ON f.name = family"
            "  WHERE f.shard_id = s.id) AS sites,"
            " count(i.id) AS envelopes, coalesce(sum(i.bytes), 0)::bigint AS bytes,"
            " coalesce(extract(epoch FROM now() - min(i.at)), 0)::float AS oldest,"
            " (SELECT count(*) FROM newsarchive.dead d WHERE d.shard_id = s.id) AS dead"
            " FROM newsarchive.shard s LEFT JOIN newsarchive.inbox i ON i.shard_id = s.id GROUP BY s.id ORDER BY s.id"
        )

    def workers(self) -> list[Any]:
        """Return a row for each worker that holds sites: how many, and for how long at least."""
        return self.ask(
            "SELECT holder, count(*) AS sites, min(extract(epoch FROM lease_until - now()))::float AS lease"
            " FROM newsarchive.site WHERE holder IS NOT NULL AND lease_until > now() GROUP BY holder ORDER BY holder"
        )

    def waiting(self) -> tuple[int, float]:
        """Return how many sites are due that no worker has, and for how many seconds the first of them."""
        ((sites, seconds),) = self.ask(
            "SELECT count(*), coalesce(extract(epoch FROM now() - min(greatest(due_at, lease_until))), 0)::float"
            " FROM newsarchive.site WHERE greatest(due_at, lease_until) <= now() AND due_at > '-infinity'"
            " AND NOT moving"
        )
        return int(sites), float(seconds)

    def failing(self) -> list[Any]:
        """Return name, failures and reason of the sites whose last run failed."""
        return self.ask(
            "SELECT name, failures, reason FROM newsarchive.site WHERE failures > 0 ORDER BY failures DESC, name"
        )

    def dead(self) -> list[Any]:
        """Return a row for each envelope that was put aside."""
        return self.ask("SELECT id, shard_id, site, fence, seq, bytes, at, why FROM newsarchive.dead ORDER BY id")

    def forget_dead(self, ids: Sequence[int]) -> int:
        """Delete envelopes that were put aside; return how many there were."""
        return len(self.ask("DELETE FROM newsarchive.dead WHERE id = ANY(%s) RETURNING id", (list(ids),)))


def _rows(connection: Connection[Any], query: LiteralString, values: Any = ()) -> list[Any]:
    return connection.execute(query, values or None).fetchall()


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())


def in_future(at: datetime, now: datetime) -> timedelta:
    """Return how long it is until a time, never less than nothing."""
    return max(timedelta(0), at - now)
