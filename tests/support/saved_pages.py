"""Saved pages beside what is to be read on them: `tests/pages/<site>/<name>.html` (or `.xml`) and `<name>.json`.

The JSON file says how the page is fetched (`url`, `role`) and, under `expected`, every field that is read on it: what
is not named there is to be empty. All texts are invented; the structure is that of real pages.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support.pages import page

from newsarchive.models import Article, Page
from newsarchive.sites import load_site

if TYPE_CHECKING:
    from _pytest.mark import ParameterSet

    from newsarchive.discovery.html_listing import ListingPage
    from newsarchive.sites import Site

PAGES = Path(__file__).parents[1] / "pages"
#: When they are fetched: the day after the newest of them was published.
NOW = datetime(2026, 3, 6, 4, 0, tzinfo=UTC)


@dataclass(frozen=True)
class SavedPage:
    """A page and what is to be read on it; `name` is its path below the folder of pages, without the suffix."""

    name: str
    page: Page
    expected: dict[str, Any]

    def __repr__(self) -> str:
        return self.name


def saved_page(name: str) -> SavedPage:
    """Return the page of that name, for example `finews/media-post`."""
    about = json.loads((PAGES / f"{name}.json").read_text(encoding="utf-8"))
    (file,) = (path for path in PAGES.glob(f"{name}.*") if path.suffix != ".json")
    fetched = page(about["url"], file.read_bytes(), role=about["role"], site=about["site"], at=NOW)
    return SavedPage(name, fetched, about["expected"])


def saved_pages(*roles: str) -> list[SavedPage]:
    """Return all pages of these roles."""
    names = sorted(file.relative_to(PAGES).with_suffix("").as_posix() for file in PAGES.glob("*/*.json"))
    return [saved for saved in map(saved_page, names) if saved.page.role in roles]


def fields_of_pages(*roles: str) -> list[ParameterSet]:
    """Return a case for each expected field of each page of these roles."""
    return [
        pytest.param(saved, field, id=f"{saved.name}: {field}")
        for saved in saved_pages(*roles)
        for field in saved.expected
    ]


def site_of(fetched: Page) -> Site | None:
    """Return the site that a page belongs to; None is one that nobody has described."""
    return _site(fetched.site) if fetched.site else None


_site = cache(load_site)


def observed(read: Article | ListingPage) -> dict[str, Any]:
    """Return what was read in the terms of the JSON files: plain values, and no field that is empty."""
    values = {field.name: getattr(read, field.name) for field in fields(read)}
    for name in ("page", "pages", "evidence"):
        values.pop(name, None)
    if isinstance(read, Article):
        values["paragraphs"] = [[paragraph.kind, paragraph.text] for paragraph in read.paragraphs]
        values["problems"] = [problem.reason for problem in read.problems]
        values["published_at"] = read.published_at and read.published_at.isoformat()
        values["precision"] = read.published_at and read.precision
    return {name: _plain(value) for name, value in values.items() if value}


def _plain(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    if hasattr(value, "__dataclass_fields__"):
        return _without_empty(asdict(value))
    return value


def _without_empty(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_empty(one) for name, one in value.items() if one}
    return value.isoformat() if isinstance(value, datetime) else value
