"""The catalogue: every file is right in itself, says where its facts are from, and fits the pages that were saved."""

import gzip
import json
import re
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest

from newsarchive.discovery import LINK_SOURCES
from newsarchive.discovery.html_listing import is_article
from newsarchive.extract import process
from newsarchive.extract.validate import rejection
from newsarchive.models import Page
from newsarchive.sites import catalogue_names, load_site, site_names
from newsarchive.sites.verification import Verification, verifications, write_verification

CATALOGUE = Path(load_site.__code__.co_filename).parent / "catalog"
SHARED = Path(__file__).parents[2] / "../shared/reading/data"
CHINESE = ("Asia/Shanghai", "Asia/Taipei", "Asia/Hong_Kong")
NAMES = sorted(path.stem for path in CATALOGUE.glob("*.toml"))
# An invented article of each form of address that the sites of these groups have.
ADDRESSES = {
    "sina": ["https://finance.sina.com.cn/roll/2026-03-05/doc-inabcdef1234567.shtml"],
    "netease": ["https://www.163.com/dy/article/ABCDEFGH01234567.html"],
    "xinhua": [
        "https://www.news.cn/politics/20260305/0123456789abcdef0123456789abcdef/c.html",
        "http://www.news.cn/fortune/2023-03/05/c_1234567890.htm",
    ],
    "gov-cn": ["https://www.gov.cn/zhengce/content/202603/content_7000000.htm"],
    "ccgp": ["http://www.ccgp.gov.cn/cggg/zygg/gkzb/202603/t20260305_20000000.htm"],
    "thepaper": ["https://www.thepaper.cn/newsDetail_forward_30000000"],
    "cna": ["https://www.cna.com.tw/news/aipl/202603050001.aspx"],
    "rthk": ["https://news.rthk.hk/rthk/ch/component/k2/1800000-20260305.htm"],
    "info-gov-hk": ["https://www.info.gov.hk/gia/general/202603/05/P2026030500100.htm"],
    "mingpao": ["https://news.mingpao.com/ins/%E6%B8%AF%E8%81%9E/article/20260305/s00001/1770000000000/title"],
    "guardian": ["https://www.theguardian.com/world/2026/mar/05/a-harbour-opens-again"],
    "npr": ["https://www.npr.org/2026/03/05/nx-s1-5000000/a-harbour-opens-again"],
    "lemonde": ["https://www.lemonde.fr/economie/article/2026/03/05/le-port-rouvre_6600000_3234.html"],
}


def test_the_catalogue_has_sites_of_china_and_of_the_world():
    zones = Counter(str(load_site(name).timezone) in CHINESE for name in NAMES)
    assert zones[True] >= 25
    assert zones[False] >= 15
    assert catalogue_names() == NAMES
    assert not set(NAMES) & set(site_names())


@pytest.mark.parametrize("name", NAMES)
def test_a_file_can_be_used_and_says_where_its_facts_are_from_and_that_nobody_has_tried_it(name):
    site = load_site(name)
    assert not site.verified
    head = (CATALOGUE / f"{name}.toml").read_text(encoding="utf-8").partition("\nname = ")[0]
    assert f"newsarchive sites check {name}" in head
    assert re.search(r"# Facts: .*20\d\d", head)
    assert site.politeness.delay >= 2
    assert list(LINK_SOURCES["category"].starts(site))


@pytest.mark.parametrize("name", NAMES)
def test_all_ways_in_lie_at_hosts_of_the_site_and_none_is_taken_for_an_article(name):
    site = load_site(name)
    for source in ("category", "feed", "sitemap"):
        for url in LINK_SOURCES[source].starts(site):
            assert urlsplit(url).netloc in site.hosts, url
            assert not is_article(url, site), url
    assert urlsplit(site.base_url).netloc in site.hosts


def test_no_host_belongs_to_two_sites():
    ready = [name for name in site_names() if name != "demo"]
    hosts = Counter(host for name in (*NAMES, *ready) for host in load_site(name).hosts)
    assert [host for host, number in hosts.items() if number > 1] == []


@pytest.mark.parametrize("url", [url for urls in ADDRESSES.values() for url in urls])
def test_addresses_of_articles_are_known(url):
    (name,) = [name for name, urls in ADDRESSES.items() if url in urls]
    assert is_article(url, load_site(name))
    assert not is_article(urljoin(url, "/about.html"), load_site(name))


def test_a_file_of_the_user_goes_before_one_of_the_catalogue(tmp_path):
    text = (CATALOGUE / "rthk.toml").read_text(encoding="utf-8").replace("verified = false", "verified = true")
    (tmp_path / "rthk.toml").write_text(text, encoding="utf-8")
    assert load_site("rthk", tmp_path).verified
    assert "rthk" in site_names(tmp_path)
    assert "rthk" not in catalogue_names(tmp_path)


def test_what_was_seen_of_a_site_is_kept(tmp_path, monkeypatch):
    monkeypatch.setenv("NEWSARCHIVE_SITES", str(tmp_path / "sites"))
    assert verifications() == {}
    first = Verification("2026-11-28", is_right=False, seen=("article https://a.example/1: no date was found",))
    second = Verification("2026-11-29", is_right=True)
    write_verification("sina", first)
    write_verification("rthk", second)
    assert verifications() == {"rthk": second, "sina": first}
    assert "sina" in catalogue_names()


def saved_pages():
    hosts = {host: name for name in NAMES for host in load_site(name).hosts}
    for path in sorted(SHARED.glob("*/truth.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            truth = json.loads(line)
            if (name := hosts.get(urlsplit(truth["url"] or "").netloc)) is not None:
                yield name, truth, path.parent / "pages" / f"{truth['id']}.html.gz"


@pytest.mark.skipif(not SHARED.is_dir(), reason="../shared is not here: real pages of the catalogue's sites")
def test_saved_pages_of_the_sites_are_articles_by_their_files():
    pages = list(saved_pages())
    assert len(pages) > 40
    unknown, unread = set(), set()
    for name, truth, path in pages:
        site = load_site(name)
        if not is_article(truth["url"], site):
            unknown.add(truth["url"])
        page = Page(truth["url"], "post", name, gzip.decompress(path.read_bytes()), datetime.now(UTC))
        article = process(page, site)
        if rejection(article) is not None or not article.title:
            unread.add(truth["url"])
    assert unknown == set()
    assert unread == set()
