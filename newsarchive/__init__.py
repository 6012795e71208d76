"""Crawl and archive syndicated news: reading, identity, archive, command line."""

__version__ = "0.1.0"
