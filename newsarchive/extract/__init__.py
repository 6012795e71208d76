"""Page bytes to articles: pure functions, no network and no database."""

from newsarchive.extract.reader import read

__all__ = ["read"]
