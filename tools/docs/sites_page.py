"""`docs/sites.md`: every key of a site file, from the tables that check such files."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from newsarchive.models import Recheck
from newsarchive.sites import schema
from newsarchive.sites.model import (
    FallbackSource,
    Feed,
    JsonList,
    Layout,
    Listing,
    Politeness,
    Render,
    Retention,
    ShareService,
    Site,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from newsarchive.sites.schema import Key

_HEAD = """# Site files

One TOML file describes one site: how to list its articles, how to read them, how to be polite. Built-in ones are in
`newsarchive/sites/`, your own in `data/sites/` (or the folder that `NEWSARCHIVE_SITES` names); a file of yours goes
before a built-in one of the same name. [adding-a-site.md](adding-a-site.md) is the way from an address to a file that
works; this page lists every key, and is written by `python -m tools.docs write` from the tables that check the files
(`newsarchive/sites/schema.py`).

A mistake in a file is told with file, key and reason, all mistakes at once, before anything is asked for.

**pattern**: a Python regular expression, searched unless it says `^`; write it in single quotes. **CSS**: a CSS
selector. **list of selectors**: in order of preference, the first that gives text wins. **path**: below `base_url`.
"""
_COLUMNS = "| key | value | default | what it is for |\n| --- | --- | --- | --- |"
#: heading -> (what the table is for, its keys, the dataclass that holds their defaults)
_TABLES: dict[str, tuple[str, Mapping[str, Key], type[Any]]] = {
    "The site itself": ("Keys at the top of the file.", schema.SITE, Site),
    "[listing]": ("Pages that list articles, and how to find them.", schema.LISTING, Listing),
    "[[layouts]]": (
        "How one kind of page is read; as many as the site has kinds. Whatever a layout's rules do not find is read by"
        " the heuristics for unknown sites, so a file without layouts is a good beginning.",
        schema.LAYOUT,
        Layout,
    ),
    "[[feeds]]": ("RSS and Atom feeds.", schema.FEED, Feed),
    "[[lists]]": ("Lists of articles as JSON.", schema.LIST, JsonList),
    "[share]": ("Share links: where an info code leads.", schema.SHARE, ShareService),
    "[politeness]": ("How fast the site may be asked.", schema.POLITENESS, Politeness),
    "[render]": (
        "Pages that need a browser (extra `render` and Chromium). The table may be empty; without it none is rendered.",
        schema.RENDER,
        Render,
    ),
    "[retention]": (
        "How long `newsarchive prune` keeps what is no text, as `400d`, `8w` or `2y`; for ever where nothing is said.",
        schema.RETENTION,
        Retention,
    ),
    "[recheck]": ("When stored pages are rechecked for changes.", schema.RECHECK, Recheck),
    "[vanished]": ("Where posts can still be had that have left the site.", schema.VANISHED, FallbackSource),
}


def sites_page() -> str:
    """Write the page from the tables."""
    parts = [_HEAD]
    for heading, (about, keys, model) in _TABLES.items():
        parts += [f"## {heading}\n\n{about}\n", _COLUMNS, *_rows(keys, model), ""]
    return "\n".join(parts)


def _rows(keys: Mapping[str, Key], model: type[Any]) -> Iterator[str]:
    defaults = {field.name: field.default for field in dataclasses.fields(model)}
    for name, key in keys.items():
        default = "**required**" if key.required else _value(defaults.get(name))
        yield f"| `{name}` | {key.kind} | {default} | {key.about.replace('|', '&#124;')} |"


def _value(default: object) -> str:
    if default is None or default in ("", (), dataclasses.MISSING):
        return ""
    if isinstance(default, tuple):
        return f"`{list(default)}`"
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"
