"""Reading many files of raw pages with many processes: files out of a queue in, what a crawl would submit out.

`read_file` is a function of one file alone, so that anything that calls functions can do the work: our own workers
(`newsarchive bulk work`), Dask, Ray or Spark. What it writes is loaded into an archive in the order of the files.
"""

from __future__ import annotations

from newsarchive.bulk.reading import Counts, read_file

__all__ = ["Counts", "read_file"]
