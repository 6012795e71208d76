"""What workers have read, on its way to the shards: envelopes, each a batch of messages of one site.

What is shipped under a lease is taken only while it lasts (`FOR SHARE` against the `FOR UPDATE` of who takes the site
over), so that nothing comes under an old fence once there is a new one.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from psycopg import Connection

    from newsarchive.cluster.engine import Engine


class Shipped(Enum):
    """What became of an envelope: it is on its way, has to wait, or came from who has lost the lease."""

    SENT = "sent"
    FULL = "full"
    REFUSED = "refused"


class Envelope(NamedTuple):
    """A batch of messages of a site on its way to its shard; `seq` counts those of a fence."""

    id: int
    site: str
    fence: int
    seq: int
    tries: int
    payload: bytes


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


def ship(engine: Engine, site: str, fence: int, seq: int, payload: bytes, *, most: int, most_bytes: int) -> Shipped:
    """Send an envelope on its way, if the lease lasts and the inbox has room; doing it twice does no harm.

    `most` is how many envelopes of the site may wait, `most_bytes` how many bytes of its shard, of all sites.
    """
    values = {"site": site, "fence": fence, "seq": seq, "payload": payload, "bytes": len(payload)}
    (row,) = engine.ask(_SHIP, values | {"most": most, "most_bytes": most_bytes})
    if not row.held:
        return Shipped.REFUSED
    return Shipped.SENT if row.room else Shipped.FULL


def take(engine: Engine, shard: int, most: int, without: Sequence[str] = ()) -> list[Envelope]:
    """Return the oldest envelopes of a shard, which stay where they are; not those of the sites in `without`."""
    rows = engine.ask(
        "SELECT id, site, fence, seq, tries, payload FROM newsarchive.inbox"
        " WHERE shard_id = %s AND NOT site = ANY(%s) ORDER BY id LIMIT %s",
        (shard, list(without), most),
    )
    return [Envelope(row.id, row.site, row.fence, row.seq, row.tries, bytes(row.payload)) for row in rows]


def done(engine: Engine, ids: Sequence[int]) -> None:
    """Remove envelopes that were applied and committed."""
    engine.ask("DELETE FROM newsarchive.inbox WHERE id = ANY(%s) RETURNING id", (list(ids),))


def tried(engine: Engine, envelope: Envelope) -> int:
    """Count a try at an envelope, before it is made; return how many there were with it."""
    rows = engine.ask("UPDATE newsarchive.inbox SET tries = tries + 1 WHERE id = %s RETURNING tries", (envelope.id,))
    return int(rows[0].tries) if rows else 1


def bury(engine: Engine, envelope: Envelope, why: str) -> None:
    """Put an envelope aside that cannot be applied; the site's next worker learns what is stored, and what not."""

    def put_aside(connection: Connection[Any]) -> None:
        connection.execute(
            "WITH taken AS (DELETE FROM newsarchive.inbox WHERE id = %s RETURNING *)"
            " INSERT INTO newsarchive.dead (id, shard_id, site, fence, seq, bytes, payload, why)"
            " SELECT id, shard_id, site, fence, seq, bytes, payload, %s FROM taken",
            (envelope.id, why),
        )
        connection.execute("UPDATE newsarchive.site SET keeper = NULL WHERE name = %s", (envelope.site,))

    engine.do(put_aside)
