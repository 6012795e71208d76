"""Page bytes to articles: pure functions, no network and no database."""

from newsarchive.extract.reader import read
from newsarchive.extract.steps import process
from newsarchive.extract.validate import rejection

__all__ = ["process", "read", "rejection"]
