"""Saved listings, feeds and sitemaps lead to what the file beside each of them says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from support.saved_pages import fields_of_pages, observed, saved_pages, site_of

from newsarchive.discovery.feed import read_feed
from newsarchive.discovery.html_listing import read_listing
from newsarchive.discovery.sitemap import read_sitemap

if TYPE_CHECKING:
    from support.saved_pages import SavedPage


def read_saved(saved: SavedPage) -> dict[str, Any]:
    file = saved.page.url.rpartition("/")[2]
    reader = {"feed.xml": read_feed, "sitemap.xml": read_sitemap}.get(file, read_listing)
    site = site_of(saved.page)
    assert site is not None
    return observed(reader(saved.page, site))


@pytest.mark.parametrize(("saved", "field"), fields_of_pages("listing"))
def test_what_a_listing_leads_to_is_read(saved: SavedPage, field: str) -> None:
    assert read_saved(saved).get(field) == saved.expected[field]


@pytest.mark.parametrize("saved", saved_pages("listing"), ids=str)
def test_a_listing_leads_to_nothing_else(saved: SavedPage) -> None:
    assert read_saved(saved).keys() <= saved.expected.keys()
