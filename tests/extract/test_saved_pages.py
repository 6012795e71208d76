"""Saved pages are read field by field as the file beside each of them says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from support.saved_pages import PAGES, fields_of_pages, observed, saved_pages, site_of

from newsarchive.extract import read

if TYPE_CHECKING:
    from support.saved_pages import SavedPage

ROLES = ("post", "original", "share")


def read_saved(saved: SavedPage) -> dict[str, Any]:
    return observed(read(saved.page, site_of(saved.page)))


def test_every_saved_page_lies_beside_what_is_to_be_read_on_it() -> None:
    files = [file for file in PAGES.rglob("*") if file.is_file()]
    told = [file.with_suffix("") for file in files if file.suffix == ".json"]
    assert sorted(told) == sorted(file.with_suffix("") for file in files if file.suffix != ".json")
    assert len(told) > 10


@pytest.mark.parametrize(("saved", "field"), fields_of_pages(*ROLES))
def test_a_field_is_read_from_the_page(saved: SavedPage, field: str) -> None:
    assert read_saved(saved).get(field) == saved.expected[field]


@pytest.mark.parametrize("saved", saved_pages(*ROLES), ids=str)
def test_nothing_else_is_read_from_the_page(saved: SavedPage) -> None:
    assert read_saved(saved).keys() <= saved.expected.keys()
