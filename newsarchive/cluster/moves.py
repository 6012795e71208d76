"""Moving sites to another shard: what the engine knows of it, and what the two shards do, step by step.

A family that moves is given to no worker any more, and those who have its sites are let go on until their leases end.
Then its shard sends all that it has as parcels, a few at one time, through the engine. When the other has stored them
all, the first one commits in its archive that the family is not its own any more: that is the moment of the move, and
it survives the loss of the engine. Then the engine is told, and what was moved is removed. Until that moment the first
shard has everything, and what the other has is removed when a move begins again.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from newsarchive.cluster import schema
from newsarchive.cluster.parcels import Place, cut_parcel, take_over
from newsarchive.cluster.removal import remove
from newsarchive.errors import UserError
from newsarchive.i18n import _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from psycopg import Connection

    from newsarchive.archive import Archive
    from newsarchive.cluster.engine import Engine

logger = logging.getLogger(__name__)

# Parcels of a family that may wait at the engine, and articles that are removed in one transaction.
_WAITING, _REMOVED = 4, 100
_SITES = "ARRAY(SELECT s.name FROM newsarchive.site s WHERE s.family = m.family ORDER BY s.name) AS sites"
_BEGIN = """
INSERT INTO newsarchive.move (family, number, to_shard)
SELECT name, greatest(moved + 1, extract(epoch FROM clock_timestamp())::bigint), %s FROM newsarchive.family
WHERE name = %s
"""
_DEPARTURES = f"""
SELECT m.family, m.number, m.to_shard, m.sent, m.place, m.is_sent, m.has_arrived, {_SITES},
    (SELECT count(*) FROM newsarchive.parcel p WHERE p.family = m.family) AS waiting
FROM newsarchive.move m JOIN newsarchive.family f ON f.name = m.family WHERE f.shard_id = %s ORDER BY m.number
"""  # noqa: S608
_ARRIVALS = f"""
SELECT DISTINCT ON (m.family) m.family, m.number, p.seq, p.data, m.is_sent AND p.seq = m.sent AS is_last, {_SITES}
FROM newsarchive.move m JOIN newsarchive.parcel p ON p.family = m.family WHERE m.to_shard = %s
ORDER BY m.family, p.seq
"""  # noqa: S608
_LEFT = """
SELECT s.name, f.shard_id, f.moved FROM newsarchive.site s JOIN newsarchive.family f ON f.name = s.family
WHERE s.name = ANY(%s) AND f.shard_id <> %s
"""


#: Publications that somebody waits for (see `publishing`).
_PUBLISHING = "SELECT 1 FROM newsarchive.publication WHERE seen_at > clock_timestamp() - interval '60 seconds'"

# For who looks after it


def begin(engine: Engine, site: str, shard: int) -> list[str]:
    """Have the family of a site moved to a shard; return its sites, none where it is there already.

    Raises:
        UserError: there is no such site or shard, or the family is on its way to another one.

    """

    def put(connection: Connection[Any]) -> list[str]:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (schema.LOCK,))
        if connection.execute(_PUBLISHING).fetchone():
            raise UserError(
                _("{site}: the lake is being published, for which everything stays where it is - try again", site=site)
            )
        found = connection.execute(
            "SELECT f.name, f.shard_id, m.to_shard"
            " FROM newsarchive.site s JOIN newsarchive.family f ON f.name = s.family"
            " LEFT JOIN newsarchive.move m ON m.family = f.name WHERE s.name = %s FOR UPDATE OF f",
            (site,),
        ).fetchone()
        if found is None:
            raise UserError(
                _(
                    "{site}: no site of the cluster - newsarchive cluster add {site} --shard {shard}",
                    site=site,
                    shard=shard,
                )
            )
        target = connection.execute("SELECT seen_at FROM newsarchive.shard WHERE id = %s", (shard,)).fetchone()
        if target is None or target.seen_at is None:
            raise UserError(
                _("shard {shard} was never there - start newsarchive cluster shard {shard} first", shard=shard)
            )
        if found.to_shard not in (None, shard):
            raise UserError(
                _(
                    "{site} is on its way to shard {shard} - move it on when it is there",
                    site=site,
                    shard=found.to_shard,
                )
            )
        if found.shard_id == shard and found.to_shard is None:
            return []
        if found.to_shard is None:
            connection.execute(_BEGIN, (shard, found.name))
        # Whoever claims one at this moment is waited for, and asks again whether it moves.
        rows = connection.execute(
            "UPDATE newsarchive.site SET moving = true WHERE family = %s RETURNING name", (found.name,)
        ).fetchall()
        return sorted(row.name for row in rows)

    return list(engine.do(put))


def under_way(engine: Engine) -> list[Any]:
    """Return a row for each family that moves: from where to where, parcels sent, and what of them waits."""
    return engine.ask(
        f"SELECT m.family, f.shard_id, m.to_shard, m.sent, {_SITES}, count(p.seq) AS waiting,"  # noqa: S608
        " coalesce(sum(length(p.data)), 0)::bigint AS bytes FROM newsarchive.move m"
        " JOIN newsarchive.family f ON f.name = m.family LEFT JOIN newsarchive.parcel p ON p.family = m.family"
        " GROUP BY m.family, f.shard_id ORDER BY m.number"
    )


# For shards


def step(archive: Archive, engine: Engine, shard: int) -> bool:
    """Do the next steps of all moves from and to a shard; return whether there was anything to do."""
    has_worked = False
    for row in engine.ask(_ARRIVALS, (shard,)):
        _arrive(archive, engine, row)
        has_worked = True
    for row in engine.ask(_DEPARTURES, (shard,)):
        has_worked |= _depart(archive, engine, row)
    return has_worked | _remove_left(archive)


def learn_left(archive: Archive, engine: Engine, shard: int, own: Sequence[str]) -> None:
    """Learn which sites of an archive have moved on: one that was restored from a backup may not know it.

    `own` are those that are the shard's, as the engine has it.
    """
    here = "SELECT site FROM cluster_feed WHERE home IS NULL"
    unknown = {site for (site,) in archive.connection.execute(here)} - set(own)
    if not unknown:
        return
    for row in engine.ask(_LEFT, (sorted(unknown), shard)):
        _leave(archive, [row.name], row.shard_id, row.moved)


def _depart(archive: Archive, engine: Engine, move: Any) -> bool:
    """Send the next parcel, or let go of what has arrived; return whether there was anything to do."""
    if move.has_arrived:
        _leave(archive, move.sites, move.to_shard, move.number)
        _hand_over(engine, move)
        logger.info("%s: moved to shard %d", ", ".join(move.sites), move.to_shard)
        return True
    if move.is_sent or move.waiting >= _WAITING:
        return False
    if not move.sent and not (_knows(archive, move.sites) and _is_quiet(engine, move)):
        return False
    data, following = cut_parcel(archive, move.sites, Place.read(move.place))

    def send(connection: Connection[Any]) -> None:
        sent = connection.execute(
            "UPDATE newsarchive.move SET sent = sent + 1, place = %s, is_sent = %s"
            " WHERE family = %s AND number = %s AND sent = %s RETURNING sent",
            (str(following or ""), following is None, move.family, move.number, move.sent),
        ).fetchone()
        if sent is not None:
            connection.execute(
                "INSERT INTO newsarchive.parcel (family, seq, data) VALUES (%s, %s, %s)", (move.family, sent.sent, data)
            )

    engine.do(send)
    return True


def _knows(archive: Archive, sites: Sequence[str]) -> bool:
    """Return whether an archive has learned that sites are its own: it has to write down that they have left."""
    query = "SELECT 1 FROM cluster_feed WHERE site = ? AND home IS NULL"
    return all(archive.connection.execute(query, (site,)).fetchone() for site in sites)


def _is_quiet(engine: Engine, move: Any) -> bool:
    """Return whether no worker has a site of a family any more, and nothing of it is on its way."""

    def look(connection: Connection[Any]) -> bool:
        # What is shipped at this moment is waited for, so that the next statement sees it.
        connection.execute("SELECT FROM newsarchive.site WHERE family = %s FOR UPDATE", (move.family,))
        found = connection.execute(
            "SELECT EXISTS (SELECT 1 FROM newsarchive.site"
            " WHERE family = %(family)s AND lease_until > clock_timestamp())"
            " OR EXISTS (SELECT 1 FROM newsarchive.inbox WHERE site = ANY(%(sites)s)) AS busy",
            {"family": move.family, "sites": move.sites},
        ).fetchone()
        return found is not None and not found.busy

    return bool(engine.do(look))


def _leave(archive: Archive, sites: Sequence[str], home: int, number: int) -> None:
    with archive.transaction():
        archive.connection.executemany(
            "UPDATE cluster_feed SET home = ?1, moved = ?2, is_removed = 0 WHERE site = ?3 AND moved < ?2",
            [(home, number, site) for site in sites],
        )
    _make_durable(archive)


def _hand_over(engine: Engine, move: Any) -> None:
    def put(connection: Connection[Any]) -> None:
        taken = connection.execute(
            "DELETE FROM newsarchive.move WHERE family = %s AND number = %s RETURNING family",
            (move.family, move.number),
        ).fetchone()
        if taken is None:
            return
        connection.execute(
            "UPDATE newsarchive.family SET shard_id = %s, moved = %s WHERE name = %s",
            (move.to_shard, move.number, move.family),
        )
        connection.execute(
            "UPDATE newsarchive.site SET moving = false, keeper = NULL, holder = NULL WHERE family = %s", (move.family,)
        )

    engine.do(put)


def _arrive(archive: Archive, engine: Engine, parcel: Any) -> None:
    """Store a parcel, once, and let the engine know."""
    connection = archive.connection
    known = connection.execute(
        "SELECT move, seq FROM cluster_arrivals WHERE family = ?", (parcel.family,)
    ).fetchone() or (0, 0)
    if (parcel.number, parcel.seq) > tuple(known):
        if known[0] != parcel.number:
            _begin_arrival(archive, parcel)
        with archive.transaction():
            take_over(archive, parcel.data)
            connection.execute(
                "INSERT OR REPLACE INTO cluster_arrivals (family, move, seq) VALUES (?, ?, ?)",
                (parcel.family, parcel.number, parcel.seq),
            )
    if parcel.is_last:
        _make_durable(archive)

    def done(connection: Connection[Any]) -> None:
        connection.execute("DELETE FROM newsarchive.parcel WHERE family = %s AND seq = %s", (parcel.family, parcel.seq))
        if parcel.is_last:
            connection.execute(
                "UPDATE newsarchive.move SET has_arrived = true WHERE family = %s AND number = %s",
                (parcel.family, parcel.number),
            )

    engine.do(done)


def _begin_arrival(archive: Archive, parcel: Any) -> None:
    """Remove what is left of the sites: of a move that was broken off, or of the time before they moved away."""
    for site in parcel.sites:
        if archive.connection.execute("SELECT 1 FROM cluster_feed WHERE site = ? AND home IS NULL", (site,)).fetchone():
            raise UserError(
                _(
                    "{site}: is this shard's by its archive, and moves here by the engine - do not start one shard "
                    "with the archive of another",
                    site=site,
                )
            )
    while remove(archive, parcel.sites, _REMOVED):
        pass
    with archive.transaction():  # what comes now must not be taken for what was left
        archive.connection.executemany(
            "UPDATE cluster_feed SET is_removed = 1 WHERE site = ?", [(site,) for site in parcel.sites]
        )


def _remove_left(archive: Archive) -> bool:
    """Remove a part of what has moved away; return whether there was any."""
    query = "SELECT site FROM cluster_feed WHERE home IS NOT NULL AND NOT is_removed LIMIT 1"
    row = archive.connection.execute(query).fetchone()
    if row is None:
        return False
    if not remove(archive, row, _REMOVED):
        with archive.transaction():
            archive.connection.execute("UPDATE cluster_feed SET is_removed = 1 WHERE site = ?", row)
    return True


def _make_durable(archive: Archive) -> None:
    """Have what is committed survive also a power cut: another machine relies on it."""
    archive.connection.execute("PRAGMA wal_checkpoint")
