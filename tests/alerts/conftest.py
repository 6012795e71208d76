"""An archive to which tests add articles, and saved searches of it."""

import pytest
from support.articles import article
from support.pages import AT, page

from newsarchive.alerts import searches
from newsarchive.alerts.destinations import AddressFile, read_destination


@pytest.fixture
def store(archive):
    """Return a function that stores an article about a bank and returns its key."""

    def stored(number, text=None, **fields):
        key = f"news.example/{number}.html"
        fields = {"title": f"银行第{number}号公告", "source": "江湾晚报"} | fields
        archive.store(
            article(page(f"https://{key}"), text or f"第{number}家银行下调利率。", key=key, **fields), None, AT
        )
        return key

    return stored


@pytest.fixture
def save(archive, tmp_path):
    """Return a function that saves a search with its address, as `watch add` does."""

    def saved(query="银行", to=None, **options):
        destination = read_destination(str(to or tmp_path / "out.jsonl"))
        search = searches.add(archive, query, destination, now=AT, **options)
        AddressFile(archive.path).set(search.name, destination.address)
        return search

    return saved
