"""Real crawls in processes of their own, against the sample site on loopback."""

import pytest
from support.archives import empty_archive
from support.crawler import Crawler


@pytest.fixture
def first_crawl(tmp_path):
    """Crawls that find no archive."""
    crawler = Crawler(tmp_path)
    yield crawler
    crawler.kill_all()


@pytest.fixture
def crawl(first_crawl):
    """Crawls into an archive that holds nothing yet: a crawl that makes it takes half a second more."""
    first_crawl.db.write_bytes(empty_archive())
    return first_crawl


@pytest.fixture(scope="module")
def shared_crawl(tmp_path_factory):
    return Crawler(tmp_path_factory.mktemp("crawl"))
