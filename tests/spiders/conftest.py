"""Real crawls in processes of their own, against the sample site on loopback."""

import pytest
from support.crawler import Crawler


@pytest.fixture
def crawl(tmp_path):
    crawler = Crawler(tmp_path)
    yield crawler
    crawler.kill_all()


@pytest.fixture(scope="module")
def shared_crawl(tmp_path_factory):
    return Crawler(tmp_path_factory.mktemp("crawl"))
