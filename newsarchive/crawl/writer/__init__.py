"""The writer of a crawl: a process of its own that writes the archive, and how the crawl reaches it.

`Writer` is all that a crawl needs; `Operations` names what can be submitted to it.
"""

from newsarchive.crawl.writer.client import Writer
from newsarchive.crawl.writer.operations import Operations

__all__ = ["Operations", "Writer"]
