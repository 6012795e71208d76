"""Page bytes to articles: pure functions, no network and no database."""

from newsarchive.reading.reader import read

__all__ = ["read"]
