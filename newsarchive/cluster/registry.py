"""Which sites there are, and which shard has each."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from psycopg.types.json import Jsonb

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from psycopg import Connection

    from newsarchive.cluster.engine import Engine


_ADOPT = """
INSERT INTO newsarchive.site AS s (name, family, files, hosts, fence, lease_until, moving)
VALUES (%(name)s, %(family)s, %(files)s, %(hosts)s,
    greatest(extract(epoch FROM clock_timestamp())::bigint, %(fence)s::bigint + 1),
    clock_timestamp() + %(rest)s,
    EXISTS (SELECT 1 FROM newsarchive.move m WHERE m.family = %(family)s))
ON CONFLICT (name) DO UPDATE SET files = excluded.files, hosts = excluded.hosts
WHERE %(renew)s
"""


def add(
    engine: Engine,
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

    return bool(engine.do(put))


def sites(engine: Engine, shard: int) -> list[Any]:
    """Return name, family, files and hosts of the sites of a shard, and the move that brought each there."""
    return engine.ask(
        "SELECT s.name, s.family, s.files, s.hosts, f.moved FROM newsarchive.site s"
        " JOIN newsarchive.family f ON f.name = s.family WHERE f.shard_id = %s ORDER BY s.name",
        (shard,),
    )


def seen(engine: Engine, shard: int, version: str, trouble: str | None) -> bool:
    """Record that a shard is there; return whether the engine knew that it was.

    Where it did not, it was made anew or restored, and has to be told the sites.
    """
    rows = engine.ask(
        "UPDATE newsarchive.shard SET seen_at = now(), version = %s, trouble = %s"
        " WHERE id = %s AND seen_at IS NOT NULL RETURNING id",
        (version, trouble, shard),
    )
    return bool(rows)


def register(engine: Engine, shard: int, version: str) -> None:
    """Record that a shard is there, whose sites the engine has now; what workers have of them is cut again."""
    engine.ask(
        "INSERT INTO newsarchive.shard (id, seen_at, version) VALUES (%s, now(), %s) ON CONFLICT (id) DO UPDATE"
        " SET seen_at = now(), version = excluded.version RETURNING id",
        (shard, version),
    )
