"""Outputs of bulk reading into an archive: one transaction a file, at whose end the search index is written."""

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

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from newsarchive.archive import Archive

#: What names the WARC files that the pages go to: those of imports, whoever makes them.
LABEL = "import"


def load(
    archive: Archive,
    outputs: Sequence[Path],
    loaded: Callable[[Path], None],
    progress: Callable[[int, int], None] | None = None,
) -> Counter[str]:
    """Load outputs, in their order, as a run; return what it counted.

    An output is loaded whole or not at all, and then `loaded` is called with it; loaded twice, after a kill between the
    two, it changes nothing. `progress` is called with the number of outputs done and of all.
    """
    lock = CrawlLock(archive.path, LABEL)
    counts: Counter[str] = Counter()
    now = datetime.now(UTC)
    run_id = archive.runs.start(spider="bulk", site=None, arguments={"outputs": len(outputs)}, now=now)
    outcome, reason = "failed", None
    try:
        for done, output in enumerate(outputs, 1):
            operations = Operations(archive, _crawl(archive, run_id))
            with archive.transaction():
                for message in read_messages(output):
                    operations.attempt(message)
            loaded(output)
            counts.update(operations.take_report().counts)
            if progress is not None:
                progress(done, len(outputs))
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
