"""Site files are read into sites, or refused with file, key and reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from newsarchive.errors import UserError
from newsarchive.sites import Render, SiteError, load_site, site_names

if TYPE_CHECKING:
    from pathlib import Path

GOOD = """
name = "mine"
title = "我的站"
base_url = "https://news.example.com/"
hosts = ["news.example.com"]
timezone = "Asia/Shanghai"

[listing]
start = ["/"]
article = '/a/'

[[layouts]]
role = "original"
url = '/a/'
body = ["#text", ".body"]
"""


def write(folder: Path, text: str, name: str = "mine") -> Path:
    path = folder / f"{name}.toml"
    path.write_text(text, encoding="utf-8")
    return path


def refused(folder: Path, text: str) -> str:
    write(folder, text)
    with pytest.raises(SiteError) as caught:
        load_site("mine", folder)
    message = str(caught.value)
    assert message.startswith(str(folder / "mine.toml"))
    assert "\n" not in message.removeprefix(str(folder))
    return message.removeprefix(f"{folder / 'mine.toml'}: ")


@pytest.mark.parametrize("name", ["demo", "eastmoney", "finews"])
def test_the_built_in_sites_can_be_loaded(name: str) -> None:
    assert name in site_names()
    site = load_site(name)
    assert (site.name, site.lang) == (name, "zh")
    assert site.layouts


def test_a_site_of_the_user_is_read(tmp_path: Path) -> None:
    write(tmp_path, GOOD)
    site = load_site("mine", tmp_path)
    assert "mine" in site_names(tmp_path)
    assert site.base_url == "https://news.example.com"
    assert site.listing is not None
    assert site.listing.article.search("/a/1")
    assert site.layouts[0].body == ("#text", ".body")
    assert site.layouts[0].site == "mine"
    assert (site.politeness.delay, site.share, site.post_file_timezone) == (1.0, None, None)


def test_a_file_of_the_user_goes_before_a_built_in_one(tmp_path: Path) -> None:
    write(tmp_path, GOOD.replace("mine", "finews"), "finews")
    assert load_site("finews", tmp_path).title == "我的站"
    assert load_site("finews").title == "金融消息"


def test_a_folder_that_is_not_there_adds_nothing(tmp_path: Path) -> None:
    assert set(site_names(tmp_path / "missing")) == {"demo", "eastmoney", "finews"}


def test_layouts_of_another_site_follow_the_own_ones(tmp_path: Path) -> None:
    write(tmp_path, GOOD.replace("timezone", 'layouts_of = ["eastmoney"]\ntimezone'))
    assert [layout.site for layout in load_site("mine", tmp_path).layouts] == ["mine", "eastmoney"]


@pytest.mark.parametrize("name", ["nowhere", "../finews", "", "finews.toml"])
def test_an_unknown_site_is_told_with_those_there_are(name: str) -> None:
    with pytest.raises(UserError, match=r"no site .*: there are demo, eastmoney, finews"):
        load_site(name, "no such folder")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('title = "我的站"', "", "title: is missing"),
        ('title = "我的站"', "title = 5", "title: must be a text, not 5"),
        ('title = "我的站"', 'titel = "我的站"', "titel: unknown key, did you mean 'title'?"),
        ('name = "mine"', 'name = "other"', "name: must be 'mine' as the file is called, not 'other'"),
        ('name = "mine"', 'name = "Mine"', "name: must be lower-case letters, digits, - and _, not 'Mine'"),
        ('"https://news.example.com/"', '"news.example.com"', "base_url: must be an address that begins with http"),
        ('["news.example.com"]', '"news.example.com"', "hosts: must be a list of texts"),
        ('["news.example.com"]', '["https://x.y"]', "hosts: 'https://x.y' is not a host name"),
        ('"Asia/Shanghai"', '"Asia/Peking"', "timezone: 'Asia/Peking' is not a time zone"),
        ('"Asia/Shanghai"', '"../../etc"', "timezone: '../../etc' is not a time zone"),
        ("article = '/a/'", "article = '('", "listing.article: '(' is not a regular expression"),
        ("article = '/a/'", "", "listing.article: is missing"),
        ("article = '/a/'", "article = '/a/'\nitem = 'li['", "listing.item: 'li[' is not a CSS selector"),
        ("article = '/a/'", "article = '/a/'\nmax_pages = 0", "listing.max_pages: must be a whole number from 1"),
        ("article = '/a/'", "article = '/a/'\ncategory_page = '/c/'", "listing.category_page: must have {slug} in it"),
        ("article = '/a/'", "article = '/a/'\nnumbered_page = '/{slug}'", "must have {page} in it"),
        ('role = "original"', 'role = "origin"', "layouts[1].role: must be one of original, share"),
        ('["#text", ".body"]', '["p:firstborn"]', "layouts[1].body: 'p:firstborn' is not a CSS selector"),
        ('["#text", ".body"]', '["#text", ""]', "layouts[1].body: must be a text, not ''"),
        ('["#text", ".body"]', "[]\ncut = ['<p']", "layouts[1].cut: must be two marks"),
        ('["#text", ".body"]', '["#text"]\nformat = "xml"', "layouts[1].format: must be one of html, json"),
        ('["#text", ".body"]', '["#text"]\nkinds = ["a"]', "layouts[1].kinds: must be a table"),
        ("[[layouts]]", "[layouts]", "layouts: must be written as [[layouts]]"),
        ("[listing]", "layouts_of = ['x']\n[listing]", "layouts_of: no site 'x'"),
        ("[listing]", "layouts_of = 'x'\n[listing]", "layouts_of: must be a list of texts"),
        ("[listing]", "share = 1\n[listing]", "share: must be a table"),
        ("[listing]", "[politeness]\ndelay = -1\n[listing]", "politeness.delay: must be a number of seconds, not -1"),
        ("[listing]", "[politeness]\ndelay = true\n[listing]", "politeness.delay: must be a number of seconds"),
        (
            "[listing]",
            "[share]\npage = 'http://a/x'\ndata = 'http://a/{code}'\n[listing]",
            "share.page: must have {code}",
        ),
        ("[listing]", "listing", "not a readable TOML file"),
    ],
)
def test_what_is_wrong_is_told_with_key_and_reason(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert message in refused(tmp_path, GOOD.replace(old, new))


def test_everything_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    text = GOOD.replace('title = "我的站"', "title = 1").replace("article = '/a/'", "article = '('")
    message = refused(tmp_path, text)
    assert "title: must be" in message
    assert "listing.article: " in message


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(SiteError, match="not a readable TOML file"):
        load_site("mine", tmp_path)


def test_pages_are_rendered_where_the_file_has_the_table_even_an_empty_one(tmp_path: Path) -> None:
    write(tmp_path, GOOD)
    assert load_site("mine", tmp_path).render is None
    write(tmp_path, GOOD + "\n[render]\n")
    assert load_site("mine", tmp_path).render == Render()
    write(tmp_path, GOOD + "\n[render]\nurl = '/app/'\nwait = '.text'\nseconds = 20\nmax_pages = 5\nmemory = 800\n")
    render = load_site("mine", tmp_path).render
    assert render is not None
    assert render.url is not None
    assert (render.url.pattern, render.wait, render.seconds) == ("/app/", ".text", 20.0)
    assert (render.max_pages, render.memory) == (5, 800)
    assert refused(tmp_path, GOOD + "\n[render]\nseconds = 0\n") == "render.seconds: must be more than zero seconds"
