"""A crawl's writer without its process: operations are done at once, on a real archive."""

from datetime import UTC, datetime
from types import SimpleNamespace

from newsarchive.archive import Archive
from newsarchive.crawl.writer.messages import Crawl
from newsarchive.crawl.writer.operations import Operations
from newsarchive.options import Options
from newsarchive.sites import Recheck


def operations_on(archive, **changes):
    """Return the operations of a new run of the sample site."""
    with archive.transaction():
        run_id = archive.runs.start(spider="category", site="demo", arguments={}, now=datetime.now(UTC))
    plain = {"site": "demo", "label": "demo", "fetches": True, "reread_at": None, "recheck": Recheck()}
    options = Options(db=str(archive.path), **changes.pop("options", {}))
    return Operations(archive, Crawl(run_id=run_id, options=options, **(plain | changes)))


class ImmediateWriter:
    """Does and commits an operation when it is submitted."""

    def __init__(self, operations):
        self.operations = operations

    def submit(self, operation, *arguments, **options):
        with self.operations.archive.transaction():
            return operation(self.operations, *arguments, **options)

    async def call(self, operation, *arguments, **options):
        return self.submit(operation, *arguments, **options)


def session_on(path, **options):
    """Return what of a session the crawl's parts use, on the archive at a path."""
    archive = Archive.open(path)
    operations = operations_on(archive, options=options)
    counts = {}

    def count(name, number=1):
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
