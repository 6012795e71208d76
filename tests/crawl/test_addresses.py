"""Which addresses a crawl may ask."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsarchive.crawl.http.offsite import AddressRules, site_rules
from newsarchive.problems import REASONS
from newsarchive.sites import load_site

RULES = AddressRules(
    frozenset({"news.example.com", "media.example.com:8443"}), frozenset({"127.0.0.1:8000", "localhost:8001"})
)


@pytest.mark.parametrize(
    "url",
    [
        "http://news.example.com/a.html",
        "https://NEWS.example.com./a.html",
        "https://news.example.com:443/",
        "https://media.example.com:8443/x",
        "http://127.0.0.1:8000/category/x.html",
        "http://localhost:8001/",
    ],
)
def test_hosts_of_the_site_and_the_exact_trusted_address_are_allowed(url):
    assert RULES.refusal(url) is None


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://elsewhere.example.com/a.html", "foreign-host"),
        ("http://example.com/", "foreign-host"),
        ("http://news.example.com.evil.example/", "foreign-host"),
        ("http://news.example.com:8080/", "foreign-host"),
        ("https://news.example.com:80/", "foreign-host"),
        ("http://media.example.com/", "foreign-host"),
        ("http://news.example.com@elsewhere.example.com/", "unsafe-url"),
        ("http://8.8.8.8/", "foreign-host"),
        ("http://user:secret@news.example.com/", "unsafe-url"),
        ("http://user@127.0.0.1:8000/", "unsafe-url"),
        ("http://127.0.0.1/", "unsafe-url"),
        ("http://127.0.0.1:8001/", "unsafe-url"),
        ("http://localhost:8000/", "unsafe-url"),
        ("http://10.0.0.1/", "unsafe-url"),
        ("http://169.254.169.254/latest/meta-data/", "unsafe-url"),
        ("http://192.168.1.1/", "unsafe-url"),
        ("http://100.64.0.1/", "unsafe-url"),
        ("http://0.0.0.0:8000/", "unsafe-url"),
        ("http://2130706433:8000/", "unsafe-url"),
        ("http://0x7f.1:8000/", "unsafe-url"),
        ("http://127.1:8000/", "unsafe-url"),
        ("http://[::1]:8000/", "unsafe-url"),
        ("http://[::ffff:127.0.0.1]:8000/", "unsafe-url"),
        ("http://[64:ff9b::7f00:1]/", "unsafe-url"),
        ("http://[2002:7f00:1::]/", "unsafe-url"),
        ("http://[fe80::1%25eth0]/", "unsafe-url"),
        ("http://intranet/", "unsafe-url"),
        ("http://printer.local/", "unsafe-url"),
        ("http://metadata.google.internal/", "unsafe-url"),
        ("file:///etc/passwd", "unsafe-url"),
        ("ftp://news.example.com/", "unsafe-url"),
        ("javascript:alert(1)", "unsafe-url"),
        ("data:text/html,x", "unsafe-url"),
        ("http://", "unsafe-url"),
        ("http://news.example.com:port/", "unsafe-url"),
        ("http://[::1/", "unsafe-url"),
        ("//news.example.com/", "unsafe-url"),
        ("", "unsafe-url"),
    ],
)
def test_everything_else_is_refused_with_its_reason(url, reason):
    refusal = RULES.refusal(url)
    assert refusal is not None
    assert refusal.reason == reason


@given(st.text(max_size=60) | st.builds("http://{}/{}".format, st.text(max_size=30), st.text(max_size=10)))
def test_no_text_at_all_makes_the_rules_fail(url):
    refusal = RULES.refusal(url)
    assert refusal is None or refusal.reason in REASONS


@pytest.mark.parametrize("url", ["http://anywhere.example.com/a", "https://8.8.8.8/", "http://localhost:8001/x"])
def test_without_named_hosts_every_public_one_may_be_asked(url):
    assert AddressRules(None, RULES.trusted).refusal(url) is None


@pytest.mark.parametrize("url", ["http://localhost:8002/x", "http://10.0.0.1/", "http://a:b@anywhere.example.com/"])
def test_without_named_hosts_private_ones_and_user_names_are_still_refused(url):
    refusal = AddressRules(None, RULES.trusted).refusal(url)
    assert refusal is not None
    assert refusal.reason == "unsafe-url"


def test_the_hosts_of_a_site_are_its_own_those_of_its_share_service_and_of_the_origin():
    rules = site_rules(load_site("finews"))
    for url in (
        "https://finews.withounder.com/",
        "http://finews.zning.xyz/NewsData/GetNewsText.do?id=NW202205302396671645",
        "http://choicewzp1.eastmoney.com/html_News/NewsShare.html",
        "http://finance.eastmoney.com/a/202205302396671645.html",
    ):
        assert rules.refusal(url) is None
    assert rules.refusal("https://github.com/") is not None


def test_a_private_address_in_a_site_file_is_trusted_with_its_port_alone():
    site = replace(load_site("finews"), base_url="http://127.0.0.1:9000", hosts=("127.0.0.1:9000",))
    rules = site_rules(site)
    assert rules.refusal("http://127.0.0.1:9000/") is None
    assert rules.refusal("http://127.0.0.1:9001/") is not None


def test_a_public_name_in_a_site_file_may_not_turn_out_to_be_private():
    assert not site_rules(load_site("finews")).trusts("finews.withounder.com", 443)


def test_the_address_that_the_user_gave_may_be_private():
    rules = site_rules(load_site("finews"), also=["http://mirror.internal:8000"])
    assert rules.refusal("http://mirror.internal:8000/x") is None
    assert rules.trusts("mirror.internal", 8000)
    assert not rules.trusts("mirror.internal", 22)
