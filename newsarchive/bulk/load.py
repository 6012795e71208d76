"""Outputs of bulk reading into an archive: one transaction a file, in which the search index is written in bulk."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from newsarchive.bulk.reading import read_messages
from newsarchive.crawl.writer.messages import Crawl
from newsarchive.crawl.writer.operations import Operations
from newsarchive.locks import CrawlLock
from newsarchive.models import Recheck
from newsarchive.options import Options
from newsarchive.search.index import written_in_bulk

if TYPE_CHECKING:
    from collections.abc import Callable

    from newsarchive.archive import Archive
    from newsarchive.bulk.queue import FileQueue

#: What names the WARC files that the pages go to: those of imports, whoever makes them.
LABEL = "import"


def load(archive: Archive, queue: FileQueue, progress: Callable[[int, int], None] | None = None) -> Counter[str]:
    """Load all outputs that are not loaded yet, in the order of their files, as a run; return what it counted.

    A file is loaded whole or not at all; loaded twice, after a kill between its commit and the queue's, it changes
    nothing. `progress` is called with the number of files done and of all.
    """
    lock = CrawlLock(archive.path, LABEL)
    counts: Counter[str] = Counter()
    now = datetime.now(UTC)
    run_id = archive.runs.start(spider="bulk", site=None, arguments={"folder": str(queue.folder)}, now=now)
    outcome, reason = "failed", None
    try:
        files = queue.to_load()
        for done, path in enumerate(files, 1):
            operations = Operations(archive, _crawl(archive, run_id))
            with archive.transaction(), written_in_bulk(archive.connection):
                for message in read_messages(queue.output(path)):
                    operations.attempt(message)
            queue.loaded(path)
            counts.update(operations.take_report().counts)
            if progress is not None:
                progress(done, len(files))
        outcome = "finished"
    except Exception as error:
        reason = str(error)
        raise
    finally:
        archive.runs.finish(run_id, outcome=outcome, now=datetime.now(UTC), reason=reason, counts=counts)
        lock.release()
    return counts


def _crawl(archive: Archive, run_id: int) -> Crawl:
    options = Options(db=str(archive.path))
    return Crawl(run_id, "all sites", LABEL, fetches=False, reread_at=None, recheck=Recheck(), options=options)
