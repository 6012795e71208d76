"""Language and zone of a site: by what it prints, by its domain, by its language."""

import pytest

from newsarchive.drafting.locales import locale_of, zone_of


@pytest.mark.parametrize(
    ("host", "text", "expected"),
    [
        ("www.jiangwan.cn", "", ("zh", "Asia/Shanghai")),
        ("paper.jiangwan.tw:8080", "", ("zh-TW", "Asia/Taipei")),
        ("harbour.example", "港口", ("zh", "Asia/Shanghai")),
        ("harbour.example", "みなと", ("ja", "Asia/Tokyo")),
        ("harbour.io", "The harbour", ("en", "UTC")),
        ("harbour.ie", "The harbour", ("en", "Europe/Dublin")),
    ],
)
def test_the_domain_tells_both_else_the_letters_do(host, text, expected):
    assert locale_of(host, text) == expected


@pytest.mark.parametrize(
    ("host", "lang", "text", "html", "zone"),
    [
        ("harbour.it", "it", "", b"", "Europe/Rome"),
        ("harbour.example", "en", "March 5, 9:15 a.m. EDT", b"", "America/New_York"),
        ("harbour.example", "zh", "09:15 CST", b"", "Asia/Shanghai"),
        ("harbour.example", "pl", "", b"", "Europe/Warsaw"),
        ("harbour.example", "en", "", b'"datePublished": "2026-03-05T09:15:00-07:00"', "America/Denver"),
        ("harbour.tv", "en", "", b"", "UTC"),
    ],
)
def test_a_printed_zone_goes_before_the_domain_and_that_before_offset_and_language(host, lang, text, html, zone):
    assert zone_of(host, lang, [(text, html)])[0] == zone
