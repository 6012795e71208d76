"""`docs/settings.md`: our own settings and the settings of Scrapy that differ from its defaults, with their reasons."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

import scrapy
from scrapy.settings import default_settings

from newsarchive import __version__, settings
from newsarchive.options import PREFIX, Options

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEAD = """# Settings

This page is written by `python -m tools.docs write` from `newsarchive/options.py` and `newsarchive/settings.py`.

## Ours

Given by `scrapy crawl ... -s NAME=VALUE`, else by an environment variable of the same name, else the default. A name
that begins with `NEWSARCHIVE_` and is none of these, or a value that cannot be used, stops a crawl before it begins.

| setting | default | what it does |
| --- | --- | --- |
"""
_OTHERS = """
| environment variable | what it does |
| --- | --- |
| `NEWSARCHIVE_SITES` | The folder of your own site files; else `data/sites` of the checkout. |
| `NEWSARCHIVE_REPLAY` | The address of `newsarchive replay-server`, to which articles then lead: *as it was*. |

What belongs to one site (pauses, rechecks, ways in) stands in its [site file](sites.md).

## Scrapy's

What this project sets otherwise than Scrapy does; any of them can be given by `-s` for one run.
"""
_TABLE = "\n| setting | ours | Scrapy's default | why |\n| --- | --- | --- | --- |"
_HEADING = re.compile(r"# -+ (.+?) -+$")
_ASSIGNED = re.compile(r"([A-Z][A-Z_]+)(?:: [^=]+)? = (?:.*?\S  # (.+))?")
_LONGEST = 60


def settings_page() -> str:
    """Write the page from the options and the settings module."""
    ours = "\n".join(_ours())
    return _HEAD + ours + "\n" + _OTHERS + "\n".join(_scrapys()) + "\n"


def _ours() -> Iterator[str]:
    plain = Options()
    for field in fields(Options):
        value = "`data/archive.db` of the checkout" if field.name == "db" else _value(getattr(plain, field.name))
        yield f"| `{PREFIX}{field.name.upper()}` | {value} | {field.metadata['about']} |"


def _scrapys() -> Iterator[str]:
    """Yield a table for each section of the settings module; comments above and behind a setting are its reason."""
    reason: list[str] = []
    is_open = False
    for line in Path(settings.__file__).read_text(encoding="utf-8").splitlines():
        if heading := _HEADING.match(line):
            yield f"\n### {heading[1]}"
            is_open, reason = False, []
        elif line.startswith("# "):
            reason.append(line[2:])
        elif (assigned := _ASSIGNED.match(line)) and assigned[1] in vars(settings):
            if not is_open:
                yield _TABLE
                is_open = True
            yield _row(assigned[1], " ".join([*reason, assigned[2] or ""]).strip())
            reason = []
        elif not line.startswith((" ", "}")):
            reason = []


def _row(name: str, why: str) -> str:
    standard = getattr(default_settings, name, None)
    return f"| `{name}` | {_value(getattr(settings, name))} | {_value(standard)} | {why.replace('|', '&#124;')} |"


def _value(value: object) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, dict):
        return f"{len(value)} entries"
    text = str(value).replace(__version__, "VERSION").replace(scrapy.__version__, "VERSION")
    return f"`{text}`" if len(text) <= _LONGEST else f"`{text[:_LONGEST]}` ..."
