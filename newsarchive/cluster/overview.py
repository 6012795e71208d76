"""How a cluster is: what its shards have, what its workers hold, what waits, what failed and what was put aside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsarchive.cluster.engine import Engine


def shards(engine: Engine) -> list[Any]:
    """Return a row for each shard: what it has, what is on its way, when it was seen last."""
    return engine.ask(
        "SELECT s.id, extract(epoch FROM now() - s.seen_at)::float AS seen, s.version, s.trouble,"
        " (SELECT count(*) FROM newsarchive.site JOIN newsarchive.family f ON f.name = family"
        "  WHERE f.shard_id = s.id) AS sites,"
        " count(i.id) AS envelopes, coalesce(sum(i.bytes), 0)::bigint AS bytes,"
        " coalesce(extract(epoch FROM now() - min(i.at)), 0)::float AS oldest,"
        " (SELECT count(*) FROM newsarchive.dead d WHERE d.shard_id = s.id) AS dead"
        " FROM newsarchive.shard s LEFT JOIN newsarchive.inbox i ON i.shard_id = s.id GROUP BY s.id ORDER BY s.id"
    )


def workers(engine: Engine) -> list[Any]:
    """Return a row for each worker that holds sites: how many, and for how long at least."""
    return engine.ask(
        "SELECT holder, count(*) AS sites, min(extract(epoch FROM lease_until - now()))::float AS lease"
        " FROM newsarchive.site WHERE holder IS NOT NULL AND lease_until > now() GROUP BY holder ORDER BY holder"
    )


def waiting(engine: Engine) -> tuple[int, float]:
    """Return how many sites are due that no worker has, and for how many seconds the first of them."""
    ((sites, seconds),) = engine.ask(
        "SELECT count(*), coalesce(extract(epoch FROM now() - min(greatest(due_at, lease_until))), 0)::float"
        " FROM newsarchive.site WHERE greatest(due_at, lease_until) <= now() AND due_at > '-infinity'"
        " AND NOT moving"
    )
    return int(sites), float(seconds)


def failing(engine: Engine) -> list[Any]:
    """Return name, failures and reason of the sites whose last run failed."""
    return engine.ask(
        "SELECT name, failures, reason FROM newsarchive.site WHERE failures > 0 ORDER BY failures DESC, name"
    )


def dead(engine: Engine) -> list[Any]:
    """Return a row for each envelope that was put aside."""
    return engine.ask("SELECT id, shard_id, site, fence, seq, bytes, at, why FROM newsarchive.dead ORDER BY id")


def forget_dead(engine: Engine, ids: Sequence[int]) -> int:
    """Delete envelopes that were put aside; return how many there were."""
    return len(engine.ask("DELETE FROM newsarchive.dead WHERE id = ANY(%s) RETURNING id", (list(ids),)))
