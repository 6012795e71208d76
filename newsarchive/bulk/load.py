"""Outputs of bulk reading into an archive: one transaction a file, at whose end the search index is written."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from newsarchive.archive.queries import value
from newsarchive.bulk.reading import read_output
from newsarchive.crawl.writer.messages import Crawl, Message
from newsarchive.crawl.writer.operations import Operations
from newsarchive.errors import UserError
from newsarchive.i18n import _
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
                for frame in read_output(output):
                    if isinstance(frame, Message):
                        if not _is_outdated(archive, frame):
                            operations.attempt(frame)
                    else:  # the first frame of pages that were read again
                        _must_be_of(archive, frame, output)
                        operations.crawl = replace(operations.crawl, reread_at=now)
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


def _is_outdated(archive: Archive, message: Message) -> bool:
    """Return whether a page was read again of which another one is stored by now."""
    page = message.arguments[0].page if message.method == "store" else None
    if page is None or page.snapshot_id is None:
        return False
    row = archive.connection.execute("SELECT snapshot_id FROM copies WHERE url = ?", (page.url,)).fetchone()
    return row is not None and row[0] != page.snapshot_id


def _must_be_of(archive: Archive, crawl: Crawl, output: Path) -> None:
    if crawl.site != value(archive.connection, "SELECT archive_id FROM identity"):
        raise UserError(
            _("{path}: has pages of another archive that were read again - load it into that one", path=output)
        )


def _crawl(archive: Archive, run_id: int) -> Crawl:
    options = Options(db=str(archive.path))
    return Crawl(run_id, "all sites", LABEL, fetches=False, reread_at=None, recheck=Recheck(), options=options)
