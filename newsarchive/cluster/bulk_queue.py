"""The files of a bulk job in a cluster's engine, for machines that share a folder of files and no locks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, LiteralString

from newsarchive.bulk.queue import Queue
from newsarchive.cluster import schema

if TYPE_CHECKING:
    from pathlib import Path

    from newsarchive.cluster.engine import Engine

# Only the clock of the engine is compared.
_NOW = "extract(epoch FROM clock_timestamp())::float8"
_VALUE = re.compile(r"(?<!:):([a-z]+)")


class EngineQueue(Queue):
    """A job of several machines; it is known by the folder of its outputs, which all see at that path."""

    def __init__(self, folder: Path, engine: Engine) -> None:
        super().__init__(folder)
        self._engine = engine
        schema.must_be_current(engine)

    def _ask(self, sql: LiteralString, **values: object) -> list[Any]:
        locked = sql.replace("{locked}", " FOR UPDATE SKIP LOCKED").replace(":now", _NOW)
        words = re.sub(r"\b(INTO|UPDATE|FROM) bulk\b", r"\1 newsarchive.bulk", locked)
        return self._engine.ask(_VALUE.sub(r"%(\1)s", words), values | {"job": str(self.folder)})
