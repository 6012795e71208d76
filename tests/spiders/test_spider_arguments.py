"""Every spider says in its docstring which arguments it takes, and shows one run of it."""

import inspect
import re

import pytest
from scrapy import Spider
from scrapy.settings import Settings
from scrapy.spiderloader import SpiderLoader

from newsarchive.crawl.spider_protocol import CrawlSpider, FrontierCrawlSpider, spider_of

LOADER = SpiderLoader.from_settings(Settings({"SPIDER_MODULES": ["spiders"]}))
SPIDERS = [LOADER.load(name) for name in LOADER.list()]


@pytest.mark.parametrize("spider", SPIDERS, ids=lambda spider: spider.name)
def test_its_docstring_explains_its_arguments_and_no_others(spider):
    explained = inspect.getdoc(spider).partition("Spider arguments:")[2].partition("Example")[0]
    assert set(re.findall(r"^ {4}(\w+): \w", explained, re.MULTILINE)) == set(spider.readers)


@pytest.mark.parametrize("spider", SPIDERS, ids=lambda spider: spider.name)
def test_its_examples_use_arguments_that_it_has(spider):
    examples = [line.strip() for line in spider.__doc__.splitlines() if line.strip().startswith("scrapy crawl ")]
    assert examples
    for example in examples:
        assert example.split()[2] == spider.name
        assert set(re.findall(r"-a '?(\w+)=", example)) <= set(spider.readers)


def test_a_spider_that_owes_the_crawl_something_is_refused_by_name():
    class Stranger(Spider):
        name = "stranger"

    class OfCrawler:
        spider = Stranger()

    with pytest.raises(TypeError, match="Stranger is no CrawlSpider"):
        spider_of(OfCrawler())


@pytest.mark.parametrize("spider", SPIDERS, ids=lambda spider: spider.name)
def test_spiders_with_roles_are_fed_from_the_frontier_and_the_others_are_not(spider):
    made = spider(dict.fromkeys(()), {})
    assert isinstance(made, CrawlSpider)
    assert isinstance(made, FrontierCrawlSpider) == hasattr(spider, "roles")
