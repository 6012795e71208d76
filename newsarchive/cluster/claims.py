"""Who has which site, and what it has to know of it: leases, slices, and the turns at hosts that several sites name.

A lease has a fence, a number that rises with every holder. Only PostgreSQL's clock is compared.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from psycopg import Connection

    from newsarchive.cluster.engine import Engine


# Seconds for which a due site is left to the worker that has its slice.
_KEEPER_FIRST = 60


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


def claim(engine: Engine, worker: str, seconds: float, most: int = 1) -> list[Claim]:
    """Claim at most so many sites that are due, each for so many seconds."""
    rows = engine.ask(_CLAIM, {"worker": worker, "seconds": seconds, "most": most, "keeper_first": _KEEPER_FIRST})
    return [
        Claim(
            row.name, row.fence, row.shard_id, row.has_slice, row.files, frozenset(row.shared), row.every,
            row.failures,
        )
        for row in rows
    ]  # fmt: skip


def renew(engine: Engine, held: Mapping[str, tuple[int, float]]) -> set[str]:
    """Hold sites, by their fences, for so many seconds more; return those that are still held."""
    fences, seconds = zip(*held.values(), strict=True) if held else ((), ())
    return {row.name for row in engine.ask(_RENEW, (list(held), list(fences), list(seconds)))}


def release(
    engine: Engine,
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
    engine.ask(_RELEASE + " RETURNING name", values | {"outcome": outcome, "reason": reason, "keeps": keeps})


def reserve_turn(engine: Engine, host: str, delay: float) -> float:
    """Reserve the next turn at a host that several sites name; return the seconds until then."""
    ((seconds,),) = engine.ask(_WAIT, {"host": host, "delay": timedelta(seconds=delay)})
    return max(0.0, float(seconds))


def want_slice(engine: Engine, site: str, fence: int) -> None:
    """Ask the shard for a slice after all."""
    engine.ask(
        "UPDATE newsarchive.site SET wants_slice = true WHERE name = %s AND fence = %s RETURNING name",
        (site, fence),
    )


def take_slice(engine: Engine, site: str, fence: int) -> bytes | None:
    """Return what the shard knows of a site, and take it away; None where it has not written it yet."""
    rows = engine.ask("SELECT data FROM newsarchive.slice WHERE site = %s AND fence = %s", (site, fence))
    if not rows:
        return None
    engine.ask("DELETE FROM newsarchive.slice WHERE site = %s AND fence <= %s RETURNING site", (site, fence))
    return bytes(rows[0].data)


def wanted(engine: Engine, shard: int) -> list[tuple[str, int]]:
    """Return the sites, with their fences, whose workers wait for a slice, of which nothing is on its way."""
    return [(row.name, row.fence) for row in engine.ask(_WANTED, (shard,))]


def give(engine: Engine, site: str, fence: int, data: bytes) -> None:
    """Hand a worker what the shard knows of its site, unless the site has another worker by now."""

    def put(connection: Connection[Any]) -> None:
        if connection.execute(
            "UPDATE newsarchive.site SET wants_slice = false WHERE name = %s AND fence = %s RETURNING name",
            (site, fence),
        ).fetchall():
            connection.execute(
                "INSERT INTO newsarchive.slice (site, fence, data) VALUES (%s, %s, %s)"
                " ON CONFLICT (site) DO UPDATE SET fence = excluded.fence, data = excluded.data",
                (site, fence, data),
            )

    engine.do(put)


def distrust(engine: Engine, sites: Iterable[str]) -> None:
    """Have the next worker of each of these sites get a new slice, also where it had the last."""
    engine.ask("UPDATE newsarchive.site SET keeper = NULL WHERE name = ANY(%s) RETURNING name", (sorted(sites),))
