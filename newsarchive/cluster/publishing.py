"""A publication of all shards: each writes its part of the lake, then all of them become the lake at once.

Whoever publishes asks by way of the engine. A shard has its part written by a process of its own, and goes on storing
meanwhile. Moves and publications wait for each other, so that no site is published twice, or not at all.
"""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from newsarchive.archive import Archive
from newsarchive.cluster import schema
from newsarchive.errors import UserError
from newsarchive.export.lake import Part, Published, commit, write_part
from newsarchive.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import timedelta

    from psycopg import Connection

    from newsarchive.cluster.engine import Engine

logger = logging.getLogger(__name__)

# Seconds between two looks for parts, and after which a publication that nobody waits for is over.
_LOOK_AGAIN, _ABANDONED = 0.3, 60
_LIVE = f"seen_at > clock_timestamp() - interval '{_ABANDONED} seconds'"
# A shard without sites may never have run.
_SHARDS = """
SELECT id FROM newsarchive.shard s WHERE seen_at IS NOT NULL
    OR EXISTS (SELECT 1 FROM newsarchive.family f WHERE f.shard_id = s.id)
"""
_ASKED = f"""
SELECT number, folder FROM newsarchive.publication p
WHERE {_LIVE} AND NOT EXISTS (SELECT 1 FROM newsarchive.part WHERE number = p.number AND shard_id = %s)
"""  # noqa: S608


# For who publishes


def publish(
    engine: Engine, folder: Path, *, keep: timedelta, patience: float, waits: Callable[[str], None]
) -> Published:
    """Have all shards write their parts, and publish them; the number of the publication is that of the cluster.

    `waits` is called with what is waited for.

    Raises:
        UserError: a shard could not write its part, or did not within `patience` seconds; the lake is as it was.

    """
    end = time.monotonic() + patience
    number = _begin(engine, folder, end, waits)
    try:
        parts = _collect(engine, number, end, waits)
        removed = commit(folder, parts, keep=keep)
    finally:
        engine.ask("DELETE FROM newsarchive.publication WHERE number = %s RETURNING number", (number,))
    return Published(number, sum(part.written for part in parts), removed, sum(part.articles for part in parts))


def _begin(engine: Engine, folder: Path, end: float, waits: Callable[[str], None]) -> int:
    def put(connection: Connection[Any]) -> int | str:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (schema.LOCK,))
        if connection.execute("SELECT 1 FROM newsarchive.move").fetchone():
            return _("sites that are on their way to another shard")
        connection.execute(f"DELETE FROM newsarchive.publication WHERE NOT {_LIVE}")  # noqa: S608
        if connection.execute("SELECT 1 FROM newsarchive.publication").fetchone():
            return _("another publication")
        row = connection.execute(
            "INSERT INTO newsarchive.publication (folder) VALUES (%s) RETURNING number", (str(folder),)
        ).fetchone()
        assert row is not None
        return int(row.number)

    while isinstance(found := engine.do(put), str):
        _wait(end, found, waits)
    return int(found)


def _collect(engine: Engine, number: int, end: float, waits: Callable[[str], None]) -> list[Part]:
    while True:
        engine.ask(
            "UPDATE newsarchive.publication SET seen_at = clock_timestamp() WHERE number = %s RETURNING number",
            (number,),
        )
        rows = engine.ask("SELECT shard_id, data, why FROM newsarchive.part WHERE number = %s", (number,))
        for row in rows:
            if row.why is not None:
                raise UserError(_("shard {shard} could not publish: {why}", shard=row.shard_id, why=row.why))
        missing = {row.id for row in engine.ask(_SHARDS)} - {row.shard_id for row in rows}
        if not missing:
            return [Part(**row.data) for row in rows]
        _wait(end, _("shard {numbers}", numbers=", ".join(map(str, sorted(missing)))), waits)


def _wait(end: float, what: str, waits: Callable[[str], None]) -> None:
    if time.monotonic() > end:
        raise UserError(
            _("waited in vain for {what}; the lake is as it was - see newsarchive cluster status", what=what)
        )
    waits(what)
    time.sleep(_LOOK_AGAIN)


# For shards


class Publisher:
    """Has a shard's part written when one is asked for, by one process at a time."""

    def __init__(self, db: Path, engine: Engine, shard: int) -> None:
        self._db, self._engine, self._shard = db, engine, shard
        self._writing: tuple[int, subprocess.Popen[bytes], IO[bytes], IO[bytes]] | None = None

    def step(self, *, is_cleared: bool) -> None:
        """Begin what is asked for, hand over what is written; `is_cleared` says that all that moved away is removed."""
        if self._writing is not None:
            self._finish(*self._writing)
            return
        if not is_cleared:
            return
        for row in self._engine.ask(_ASKED, (self._shard,)):
            command = [sys.executable, "-m", "newsarchive.cluster.publishing"]
            out, err = (tempfile.TemporaryFile() for _ in range(2))  # noqa: SIM115 - closed when it has ended
            process = subprocess.Popen(  # noqa: S603 - ours
                [*command, str(self._db), row.folder, str(self._shard)],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
            )
            self._writing = row.number, process, out, err

    def _finish(self, number: int, process: subprocess.Popen[bytes], out: IO[bytes], err: IO[bytes]) -> None:
        if process.poll() is None:
            return
        self._writing = None
        with out, err:
            for stream in (out, err):
                stream.seek(0)
            data = out.read().decode() if process.returncode == 0 else None
            why = None if data else err.read().decode(errors="replace")[-2000:].strip() or "its process was killed"
        self._engine.ask(
            "INSERT INTO newsarchive.part (number, shard_id, data, why)"
            " SELECT number, %s, %s::jsonb, %s FROM newsarchive.publication WHERE number = %s"
            " ON CONFLICT DO NOTHING RETURNING number",
            (self._shard, data, why, number),
        )

    def close(self) -> None:
        """Wait until nothing is written any more."""
        if self._writing is not None:
            _, process, *streams = self._writing
            process.terminate()
            process.wait()
            for stream in streams:
                with suppress(OSError):
                    stream.close()
            self._writing = None


def main(db: str, folder: str, shard: str) -> int:
    """Write the part of a shard, and print what it is."""
    try:
        with Archive.open(db, readonly=True) as archive:
            part = write_part(archive.connection, Path(folder), shard)
    except UserError as error:
        sys.stderr.write(str(error))
        return 1
    sys.stdout.write(json.dumps(asdict(part)))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
