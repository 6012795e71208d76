"""Keys of URLs: all spellings of one address have one, two addresses never share one, twins are known as such."""

from __future__ import annotations

import tomllib
from itertools import product
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsarchive import url_keys
from newsarchive.url_keys import canonical_url, is_home, is_number, twin_key, url_key

ADDRESS = "news.example/2026/a%20b/(x)/7.html?id=3&page=2"


@pytest.mark.parametrize(
    "url",
    [
        "https://news.example/2026/a b/(x)/7.html?id=3&page=2",
        " HTTP://WWW.News.Example:80/2026/a%20b/%28x%29/%37.html?id=3&page=2#top ",
        "https://news.example:443/2026/./old/../a%20b/(x)/7.html?id=3&page=2",
        "https://news.example./2026/%2e/a%20b/(x)/7.html?id=3&amp;page=2",
        "https://news.example\\2026\\a b\\(x)\\7.html?id=3&amp;amp;page=2",
        "//news.example/2026/a%20b/(x)/7.html?&id=3&&page=2&",
        "https://news.example/2026/a%20b/(x)/7.html;jsessionid=A1-B2!3?id=3&page=2",
        "https://news.example/2026;JSESSIONID=9/a%20b/(x)/7.html?id=3&PHPSESSID=4&page=2",
        "https://news.example/(S(q1w2e3))/2026/a%20b/(x)/7.html?id=3&page=2",
        "https://news.example/(A(a1)S(b2))/2026/a%20b/(x)/7.html?id=3&page=2",
        "https://news.example/2026/a%20b/(x)/7.html?utm_source=a&id=3&UTM_Medium=b&page=2&utm%5Fterm=c",
        "https://news.example/2026/a%20b/(x)/7.html?spm=1.2&scm=3&id=3&page=2&gclid=4&fbclid=5&msclkid=6&igshid=7",
        "https://news.example/2026/a%20b/(x)/7.html?bd_vid=1&mc_cid=2&id=3&page=2&cmpid=4&share_source=5&chksm=6",
    ],
)
def test_every_spelling_of_an_address_has_its_key(url: str) -> None:
    assert canonical_url(url) == ADDRESS


@pytest.mark.parametrize(
    "urls",
    [
        ("https://新闻.example/1", "https://xn--efvy88h.example/1", "http://www.新闻。example/1"),
        ("https://news.example/新/1?q=闻 a", "https://news.example/%e6%96%b0/1?q=%E9%97%BB+a"),
        ("https://news.example", "https://news.example/", "https://news.example/?utm_id=1#", "https://news.example/#/"),
        ("https://news.example/a?b", "https://news.example/a?b="),
        ("https://mp.weixin.qq.com/s?__biz=a&mid=1&scene=27", "https://mp.weixin.qq.com/s?__biz=a&mid=1&scene=0"),
        ("https://baijiahao.baidu.com/s?id=1&wfr=spider&for=pc", "https://baijiahao.baidu.com/s?id=1"),
    ],
)
def test_spellings_of_one_address_share_a_key(urls: tuple[str, ...]) -> None:
    assert len({canonical_url(url) for url in urls}) == 1


@pytest.mark.parametrize(
    "urls",
    [
        (
            "https://news.example/a/%BA%E9.html",
            "https://news.example/a/%BD%AD.html",
            "https://news.example/a/%EF%BF%BD.html",
        ),
        (
            "https://news.example/a?k=%BA%E9",
            "https://news.example/a?k=%BD%AD",
            "https://news.example/a?k=%EF%BF%BD%EF%BF%BD",
        ),
        ("https://news.example/a/b", "https://news.example/a%2Fb", "https://news.example/a%252Fb"),
        ("https://news.example/a?b=1&c=2", "https://news.example/a?b=1%26c=2", "https://news.example/a%3Fb=1&c=2"),
        ("https://news.example/a;v=1", "https://news.example/a;v=2", "https://news.example/a%3Bv=1"),
        ("https://news.example/a?q=1+1", "https://news.example/a?q=1%2B1"),
        ("https://news.example/A", "https://news.example/a"),
        ("https://news.example/a", "https://news.example/a/", "https://news.example/a/index.html"),
        ("https://news.example/a", "https://news.example:8443/a", "https://m.news.example/a"),
        ("https://news.example/#!/a/1", "https://news.example/#!/a/2", "https://news.example/#/a/1"),
        ("https://www.cn/", "https://cn/"),
        *(
            (f"https://news.example/p?{name}=101", f"https://news.example/p?{name}=102", "https://news.example/p")
            for name in ("from", "ref", "track", "source", "share", "sid", "scene", "t", "for", "mod")
        ),
    ],
)
def test_two_addresses_have_two_keys(urls: tuple[str, ...]) -> None:
    assert len({canonical_url(url) for url in urls}) == len(urls)


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://news.example:8443/a", "news.example:8443/a"),
        ("http://news.example:81/a", "news.example:81/a"),
        ("https://news.example/a~b!$&'()*+,;=:@", "news.example/a~b!$&'()*+,;=:@"),
        ('https://news.example/a|b[c]{d}^`"<>', "news.example/a%7Cb%5Bc%5D%7Bd%7D%5E%60%22%3C%3E"),
        ("https://news.example/a%zz%4", "news.example/a%25zz%254"),
        ("https://news.example/a?b=1&utm_source=x&c=", "news.example/a?b=1&c="),
        ("https://news.example/a?q=新 闻#top", "news.example/a?q=%E6%96%B0+%E9%97%BB"),
        ("https://news.example/a?x=/?&y=~", "news.example/a?x=%2F%3F&y=~"),
        ("https://news.example/..//a/..", "news.example//"),
        ("no address", "no%20address"),
        ("file:2026-03-05-weekly.md", "2026-03-05-weekly.md"),
        ("", "/"),
    ],
)
def test_a_key_is_spelled_so(url: str, key: str) -> None:
    assert canonical_url(url) == key


# Pieces of addresses in which the parts are that a key is made of.
pieces = st.sampled_from(
    ["a", "B", "7", "%41", "%2f", "%BA%E9", "%", "%zz", "..", ".", "/", "//", ";", "jsessionid=1", "(S(a))", "?", "&",
     "index.html", "&amp;", "amp;", "=", "+", " ", "utm_source", "utm%5fid", "from", "spm", "#", "!", "#!/", "新", "\\",
     "@", "\ud800", "\u3000", "\t", "www.", ":80", "amp/"]
)  # fmt: skip
paths = st.lists(pieces, max_size=12).map("".join) | st.text(max_size=60)


@given(paths)
def test_a_key_is_its_own_key(path: str) -> None:
    key = canonical_url(f"http://news.example/{path}")
    assert canonical_url(f"https://{key}") == key
    assert url_key(key if key.startswith("//") else f"//{key}") == key


@given(st.text(max_size=80))
def test_any_text_has_a_key(text: str) -> None:
    assert isinstance(url_key(text), str)
    assert isinstance(twin_key(url_key(text)), str)


@given(
    st.lists(st.binary(min_size=1, max_size=6), min_size=2, max_size=2, unique=True),
    st.sampled_from(["/{}/1", "/a?k={}"]),
)
def test_two_names_of_bytes_never_share_a_key(names: list[bytes], form: str) -> None:
    keys = {canonical_url("https://news.example" + form.format(quote(name + b"x", safe=""))) for name in names}
    assert len(keys) == 2


_FOLDERS = ("a", "A", "b", "2026/03", "%BA%E9", "%BD%AD", "a%2Fb")
_QUERIES = ("", "id=1", "id=2", "from=1", "ref=1", "track=1", "id=1&from=1", "p=%BA%E9", "p=%BD%AD")


def test_no_two_of_a_family_of_articles_share_a_key_and_all_spellings_of_each_do() -> None:
    articles = [
        (f"/{folder}/{number}.html", query) for folder, number, query in product(_FOLDERS, (1, 2, 10), _QUERIES)
    ]
    keys = {}
    for path, query in articles:
        tail = f"{path}?{query}" if query else path
        tracked = f"{path}?{query}&utm_source=w&spm=a.b" if query else f"{path}?utm_source=w&spm=a.b"
        spellings = {
            f"http://www.江湾.example{tail}",
            f"https://xn--9sw48b.example:443{tail}#top",
            f"https://江湾.example./x/..{tracked}",
            f"https://江湾.example{path};jsessionid=7{'?' + query if query else ''}",
        }
        found = {canonical_url(url) for url in spellings}
        assert len(found) == 1, (path, query, found)
        keys[found.pop()] = tail
    assert len(keys) == len(articles)


@pytest.mark.parametrize(
    "urls",
    [
        ("https://www.news.example/a/1.html", "https://m.news.example/a/1.html", "https://wap.news.example/a/1.html"),
        ("https://news.example/a/1.html", "https://amp.news.example/a/1.html", "https://news.example/a/1.amp.html"),
        (
            "https://news.example/a/1",
            "https://news.example/a/1/",
            "https://news.example/a/1/amp/",
            "https://news.example/amp/a/1",
        ),
        ("https://news.example/a/", "https://news.example/a/index.html", "https://news.example/a/default.shtml"),
        ("https://news.example/p?from=101&id=1", "https://news.example/p?id=1&ref=x", "https://news.example/p?id=1"),
    ],
)
def test_addresses_that_may_show_one_article_have_one_twin_key(urls: tuple[str, ...]) -> None:
    assert len({twin_key(canonical_url(url)) for url in urls}) == 1


@pytest.mark.parametrize(
    "urls",
    [
        ("https://news.example/a/1", "https://news.example/a/2"),
        ("https://news.example/p?id=1", "https://news.example/p?id=2"),
        ("https://m.example/a/1", "https://www.example/a/1"),
        ("https://mail.news.example/a/1", "https://news.example/a/1"),
    ],
)
def test_addresses_of_two_articles_have_two_twin_keys(urls: tuple[str, ...]) -> None:
    assert len({twin_key(canonical_url(url)) for url in urls}) == len(urls)


def test_a_parameter_that_may_be_a_number_can_be_kept() -> None:
    key = canonical_url("https://m.news.example/p/?from=101")
    assert (twin_key(key), twin_key(key, with_doubtful=True)) == ("news.example/p", "news.example/p?from=101")


@pytest.mark.parametrize(
    ("url", "home"), [("https://m.news.example/index.html", True), ("http://a.cn", True), ("http://a.cn/1", False)]
)
def test_the_home_of_a_site_is_known(url: str, home: bool) -> None:
    assert is_home(canonical_url(url)) is home


@pytest.mark.parametrize(
    ("key", "number"),
    [
        ("202603051234567890", True),
        ("199903051234567890", True),
        ("123456789012345678", False),
        ("a.cn/1", False),
        ("1", False),
    ],
)
def test_a_number_of_the_origin_is_told_from_other_keys(key: str, number: bool) -> None:
    assert is_number(key) is number


def test_the_table_of_parameters_is_in_lower_case_and_no_doubtful_name_is_dropped_everywhere() -> None:
    table = tomllib.loads((Path(url_keys.__file__).with_name("url_parameters.toml")).read_text(encoding="utf-8"))
    dropped, sessions = table["tracking"]["names"], table["sessions"]["names"]
    doubtful = table["doubtful"]["names"]
    for names in (dropped, sessions, doubtful, table["tracking"]["prefixes"], *table["tracking"]["hosts"].values()):
        assert [name.lower() for name in names] == names
        assert len(set(names)) == len(names)
    assert not set(doubtful) & {*dropped, *sessions}
    assert not any(name.startswith(tuple(table["tracking"]["prefixes"])) for name in doubtful)
