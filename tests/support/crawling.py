"""A crawl's writer without its process: operations are done at once, on a real archive."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from support.archives import new_archive

from newsarchive.crawl.writer.messages import Crawl
from newsarchive.crawl.writer.operations import Operations
from newsarchive.models import Recheck
from newsarchive.options import Options

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from newsarchive.archive import Archive


def operations_on(archive: Archive, **changes: Any) -> Operations:
    """Return the operations of a new run of the sample site."""
    with archive.transaction():
        run_id = archive.runs.start(spider="category", site="demo", arguments={}, now=datetime.now(UTC))
    plain: dict[str, Any] = {"site": "demo", "label": "demo", "fetches": True, "reread_at": None, "recheck": Recheck()}
    options = Options(db=str(archive.path), **changes.pop("options", {}))
    return Operations(archive, Crawl(run_id=run_id, options=options, **(plain | changes)))


class ImmediateWriter:
    """Does and commits an operation when it is submitted."""

    def __init__(self, operations: Operations) -> None:
        self.operations = operations

    def submit(self, operation: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
        with self.operations.archive.transaction():
            return operation(self.operations, *arguments, **options)

    async def call(self, operation: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
        return self.submit(operation, *arguments, **options)


def session_on(path: Path, **options: Any) -> SimpleNamespace:
    """Return what of a session the crawl's parts use, on a new archive at a path."""
    archive = new_archive(path)
    operations = operations_on(archive, options=options)
    counts: dict[str, int] = {}

    def count(name: str, number: int = 1) -> None:
        counts[name] = counts.get(name, 0) + number

    return SimpleNamespace(
        archive=archive,
        writer=ImmediateWriter(operations),
        options=operations.crawl.options,
        run_id=operations.crawl.run_id,
        in_flight=set(),
        grown=True,
        count=count,
        counts=counts,
    )
