"""The archive: one SQLite file that holds articles, where they stood, what they said when, and what went wrong."""

from newsarchive.archive.archive import Archive
from newsarchive.archive.frontier import FrontierEntry, Link

__all__ = ["Archive", "FrontierEntry", "Link"]
