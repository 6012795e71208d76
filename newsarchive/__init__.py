"""Crawl and archive syndicated news: reading, identity, archive, command line.

What other programs use is imported from here; each part is loaded when it is first asked for:

    from datetime import UTC, datetime
    import newsarchive

    page = newsarchive.Page(
        url="https://news.example/a/1.html", role="original", site="", body=raw, fetched_at=datetime.now(UTC)
    )
    article = newsarchive.process(page)

- `read(page, site=None)` reads a `Page` (the bytes that a URL gave) into an `Article`, as the page prints it.
- `process(page, site=None)` reads it, gives its values one spelling and judges it: what a crawl stores.
- `load_site(name)` loads the rules of a site; without a site, the host of the URL tells whose rules are used.
- `Archive.open(path)` opens an archive, or makes one.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from newsarchive.archive import Archive
    from newsarchive.extract import process, read
    from newsarchive.models import Article, Page
    from newsarchive.sites import load_site

__version__ = "0.2.0"
__all__ = ["Archive", "Article", "Page", "load_site", "process", "read"]

_HOMES = {
    "Archive": "newsarchive.archive",
    "Article": "newsarchive.models",
    "Page": "newsarchive.models",
    "load_site": "newsarchive.sites",
    "process": "newsarchive.extract",
    "read": "newsarchive.extract",
}


def __getattr__(name: str) -> Any:
    """Load a part of the public API when it is first asked for, so that importing the package costs nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(_HOMES[name]), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
