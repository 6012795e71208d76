"""A site knows where it is served, and a share service where a code leads."""

from __future__ import annotations

import re
from dataclasses import replace

from newsarchive.sites import FallbackSource, JsonList, ShareService, load_site
from newsarchive.urls import InfoCode

CODE = InfoCode("NW", "202603051234567890")
OWN = "https://news.example"
COPY = "http://127.0.0.1:8000"
SERVICE = ShareService(f"{OWN}/share?code={{code}}", f"{OWN}/text?id={{code}}", "http://origin.example/a/{digits}.html")


def test_a_share_service_makes_the_addresses_of_a_code() -> None:
    assert SERVICE.data_url(CODE) == "https://news.example/text?id=NW202603051234567890"
    assert SERVICE.origin_url(CODE) == "http://origin.example/a/202603051234567890.html"
    assert replace(SERVICE, origin=None).origin_url(CODE) is None


def test_a_site_served_elsewhere_takes_its_own_addresses_along_and_leaves_all_others() -> None:
    site = replace(
        load_site("finews"),
        base_url=OWN,
        hosts=("news.example",),
        share=SERVICE,
        vanished=FallbackSource(re.compile("/(?P<id>[0-9]+)"), f"{OWN}/posts/{{id}}.md"),
        lists=(
            JsonList(f"{OWN}/list?page={{page}}", "items", article=f"{OWN}/a/{{id}}.html"),
            JsonList("/list", "items"),
            JsonList("http://api.example/list", "items", article="http://origin.example/{id}"),
        ),
    )
    served = site.served_at(COPY)
    assert (served.base_url, served.hosts) == (COPY, ("news.example", "127.0.0.1:8000"))
    assert served.share is not None
    assert (served.share.page, served.share.data) == (f"{COPY}/share?code={{code}}", f"{COPY}/text?id={{code}}")
    assert served.share.origin == SERVICE.origin
    assert served.vanished is not None
    assert served.vanished.address_of("/7") == f"{COPY}/posts/7.md"
    assert [(one.url, one.article) for one in served.lists] == [
        (f"{COPY}/list?page={{page}}", f"{COPY}/a/{{id}}.html"),
        ("/list", None),
        ("http://api.example/list", "http://origin.example/{id}"),
    ]
    assert (served.layouts, served.listing) == (site.layouts, site.listing)


def test_a_site_without_services_is_served_elsewhere_all_the_same() -> None:
    site = replace(load_site("finews"), share=None, vanished=None, lists=())
    served = site.served_at(COPY)
    assert (served.share, served.vanished, served.lists) == (None, None, ())


def test_an_address_is_the_sites_own_at_its_hosts_and_services_and_nowhere_else() -> None:
    site = load_site("finews")
    for url in (
        "https://finews.withounder.com/a/1.html",
        "HTTP://FINEWS.withounder.com:80/",
        "http://finews.zning.xyz/html_News/NewsShare.html?infoCode=1",
        "http://finance.eastmoney.com/a/1.html",
        "https://raw.githubusercontent.com/zning1994/finews/main/old_post/2026-03-05-1.md",
    ):
        assert site.is_own(url), url
    for url in (
        "https://finews.withounder.com:8443/a/1.html",
        "https://finews.withounder.com.evil.example/a/1.html",
        "https://evil.example/finews.withounder.com/",
        "https://finews.withounder.com@evil.example/",
        "https://raw.githubusercontent.com/evil/finews/main/old_post/2026-03-05-1.md",
        "file:2026-03-05-1.md",
        "http://[::1/",
        "",
    ):
        assert not site.is_own(url), url
    assert site.served_at(COPY).is_own(f"{COPY}/a/1.html")
    assert not replace(site, share=None).is_own("http://finews.zning.xyz/x")


def test_a_site_shares_the_origins_numbers_where_it_says_so_or_has_a_share_service() -> None:
    site = replace(load_site("finews"), info_codes=None)
    assert site.has_info_codes
    assert not replace(site, share=None).has_info_codes
    assert not replace(site, info_codes=False).has_info_codes
    assert replace(site, share=None, info_codes=True).has_info_codes
