"""The `warc` spider: anybody's WARC files become articles, damage is recorded, and nobody is asked."""

import gzip
import io
import shutil
from datetime import UTC, datetime

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from newsarchive.archive import Archive
from newsarchive.demo import DemoSite, serve
from newsarchive.errors import UserError
from newsarchive.maintenance.check import check
from spiders.warc import WARC_FILES, WarcSpider

TEXT = "江湾港口今晨恢复作业，首批三艘货轮已经离港，预计周末前全部积压货物可以运完。"
PAGE = (
    '<html><head><meta charset="{charset}"><title>港口恢复作业_江湾晚报网</title></head><body><h1>港口恢复作业</h1>'
    '<div class="time">2022-05-30 08:30:00 来源：江湾晚报</div><div id="content"><p>{text}</p>'
    "<p>记者在现场看到，{text}</p><p>港务局负责人表示，{text}</p></div></body></html>"
)


def news(charset="utf-8", text=TEXT):
    return PAGE.format(charset=charset, text=text).encode(charset)


def write(path, pages, mode="wb"):
    """Write pages as (url, body, headers) the way crawlers do: with their requests, one gzip member a record."""
    with path.open(mode) as file:
        writer = WARCWriter(file, gzip=True, warc_version="1.0")
        writer.write_record(writer.create_warcinfo_record(path.name, {"software": "other"}))
        for url, body, headers in pages:
            request = StatusAndHeaders("GET / HTTP/1.1", [("Host", "x")], is_http_request=True)
            writer.write_record(writer.create_warc_record(url, "request", http_headers=request))
            http = StatusAndHeaders("200 OK", [("Content-Type", "text/html"), *headers.items()], protocol="HTTP/1.1")
            named = {"WARC-Date": "2022-05-30T03:00:00Z"}
            writer.write_record(
                writer.create_warc_record(
                    url, "response", io.BytesIO(body), len(body), http_headers=http, warc_headers_dict=named
                )
            )


def chunked(body):
    return b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)


@pytest.fixture(scope="module")
def imported(shared_crawl, tmp_path_factory):
    """Import files of another crawler: packed, chunked, wrongly declared, cut short; then import them again."""
    folder = tmp_path_factory.mktemp("warcs")
    packed = {"Content-Encoding": "gzip"}
    write(
        folder / "CC-NEWS-1.warc.gz",
        [
            ("http://press.example/1.html", news(), {}),
            ("http://press.example/2.html", gzip.compress(news(text=TEXT + "二")), packed),
            ("https://daily.example/3.html", chunked(news("gb18030", TEXT + "三")), {"Transfer-Encoding": "chunked"}),
            ("http://press.example/cut.html", gzip.compress(news())[:-20], packed),
            ("http://press.example/", b"<html><ul><li><a href=/1.html>x</a></ul></html>", {}),
            ("http://press.example/logo.png", b"\x89PNG", {"X-Type": "wrong"}),
        ],
    )
    write(folder / "CC-NEWS-2.warc.gz", [("http://press.example/4.html", news(text=TEXT + "四"), {})])
    cut = folder / "sub" / "CC-NEWS-3.warc.gz"
    cut.parent.mkdir()
    write(cut, [(f"http://press.example/{n}.html", news(text=TEXT * 9 + str(n)), {}) for n in (5, 6)])
    cut.write_bytes(cut.read_bytes()[:-200])
    (folder / "notes.txt").write_text("no archive", encoding="utf-8")
    return shared_crawl("warc", path=folder), folder


def test_pages_of_all_files_become_articles_of_their_hosts(imported):
    done, _ = imported
    assert done.status == 0, done.log
    found = done.rows(
        "SELECT c.url, c.site, c.role, a.title, c.first_seen_at FROM copies c"
        " JOIN articles a ON a.id = article_id ORDER BY 1"
    )
    assert found == [
        (url, url.split("/")[2], "original", "港口恢复作业", "2022-05-30T03:00:00Z")
        for url in (
            "http://press.example/1.html",
            "http://press.example/2.html",
            "http://press.example/4.html",
            "http://press.example/5.html",
            "https://daily.example/3.html",
        )
    ]
    assert done.column("SELECT body FROM articles WHERE url LIKE '%/3.html'")[0].count("三艘") == 3


def test_what_was_not_whole_is_recorded(imported):
    done, _ = imported
    assert done.reasons("cut.html") == {"broken-transfer"}
    assert done.reasons("file:CC-NEWS-3") == {"damaged-file"}
    assert done.reasons("file:CC-NEWS-1") == set()
    assert "not-an-article" in done.reasons("http://press.example/")


def test_the_raw_pages_are_kept_and_nothing_waits_to_be_fetched(imported):
    done, _ = imported
    assert done.column("SELECT count(*) FROM copies WHERE snapshot_id IS NULL") == [0]
    assert done.column("SELECT DISTINCT warc_file FROM snapshots") == ["warc/2022/05/20220530-import.warc.gz"]
    assert done.column("SELECT count(*) FROM frontier") == [0]
    with Archive.open(done.db, readonly=True) as archive:
        assert check(archive, datetime.now(UTC), deep=True).findings == []


def test_importing_again_changes_nothing(imported, shared_crawl):
    done, folder = imported
    before = done.rows("SELECT * FROM articles ORDER BY id"), done.rows("SELECT * FROM snapshots ORDER BY id")
    again = shared_crawl("warc", path=folder)
    assert "articles: 0 new, 0 changed, 5 known" in again.log
    assert (done.rows("SELECT * FROM articles ORDER BY id"), done.rows("SELECT * FROM snapshots ORDER BY id")) == before


def test_an_archive_is_made_anew_of_its_own_warc_files(crawl, tmp_path):
    with serve(DemoSite(articles=20)) as server:
        done = crawl("category", site="demo", base_url=server.base_url)
    DemoSite(articles=6).export_posts(tmp_path / "posts")
    crawl("posts", site="demo", path=tmp_path / "posts")
    columns = "article_key, info_code, kind, title, body, published_at, attribution, content_hash, first_seen_at"
    copies = "SELECT url, role, site, http_status, etag, content_hash, last_seen_at FROM copies ORDER BY 1"
    before = done.rows(f"SELECT {columns} FROM articles ORDER BY 1"), done.rows(copies)
    lost = tmp_path / "lost"
    lost.mkdir()
    shutil.move(tmp_path / "warc", lost / "warc")
    done.db.unlink()
    again = crawl("warc", path=lost)
    assert again.status == 0, again.log
    assert (again.rows(f"SELECT {columns} FROM articles ORDER BY 1"), again.rows(copies)) == before


def test_one_site_and_some_addresses_can_be_asked_for(crawl, tmp_path):
    write(
        tmp_path / "x.warc.gz",
        [
            ("http://press.example/1.html", news(), {}),
            ("http://finance.eastmoney.com/a/202205302396671645.html", news(), {}),
            ("http://finance.eastmoney.com/a/202205302396671646.html", news(), {}),
        ],
    )
    done = crawl("warc", path=tmp_path / "x.warc.gz", site="eastmoney", url=r"645\.html$")
    assert done.status == 0, done.log
    assert done.rows("SELECT url, site, role FROM copies") == [
        ("http://finance.eastmoney.com/a/202205302396671645.html", "eastmoney", "original")
    ]


def test_a_file_of_which_nothing_can_be_read_fails_the_run_and_costs_no_other_file(crawl, tmp_path):
    folder = tmp_path / "files"
    folder.mkdir()
    write(folder / "good.warc.gz", [("http://press.example/1.html", news(), {})])
    (folder / "bad.warc.gz").write_text("江湾晚报的目录，不是存档", encoding="utf-8")
    (folder / "empty.warc").touch()
    done = crawl("warc", path=folder)
    assert done.status == 1
    assert "nothing could be read of files (2)" in done.log
    assert "bad.warc.gz: nothing of it can be read (byte 0: no WARC file: it begins with '江湾晚报" in done.log
    assert done.reasons("file:empty") == done.reasons("file:bad") == {"damaged-file"}
    assert done.column("SELECT count(*) FROM articles") == [1]


def revisit(path, url, refers_to, mode="ab"):
    with path.open(mode) as file:
        writer = WARCWriter(file, gzip=True, warc_version="1.0")
        http = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
        again = writer.create_revisit_record(url, "sha1:2222222222222222222222222222222A", *refers_to, http)
        again.rec_headers.replace_header("WARC-Date", "2022-06-01T03:00:00Z")
        again.rec_headers.add_header("WARC-Truncated", "length")
        writer.write_record(again)


def test_pages_that_refer_to_others_are_found_wherever_these_stand(crawl, tmp_path):
    folder = tmp_path / "files"
    folder.mkdir()
    url, when = "http://press.example/1.html", "2022-05-30T03:00:00Z"
    revisit(folder / "1.warc.gz", url, (url, when), "wb")  # before the file of its original
    write(folder / "2.warc.gz", [(url, news(), {})])
    revisit(folder / "2.warc.gz", "http://press.example/again.html", (url, when))  # just behind it
    revisit(folder / "3.warc.gz", "http://press.example/lost.html", ("http://press.example/0.html", when), "wb")
    done = crawl("warc", path=folder)
    assert done.status == 0, done.log
    assert done.rows("SELECT url, fetched_at, payload_id IS NULL FROM snapshots ORDER BY url, fetched_at") == [
        (url, when, 1),
        (url, "2022-06-01T03:00:00Z", 0),
        ("http://press.example/again.html", "2022-06-01T03:00:00Z", 0),
    ]
    assert done.reasons("lost.html") == {"missing-original"}


def test_files_are_found_in_folders_and_by_globs(tmp_path):
    for name in ("a/2.warc.gz", "a/b/1.WARC", "a/x.txt", "3.warc.gz", "4.wacz", "5.arc.gz", "6.warc.zst"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert [path.name for path in WARC_FILES(str(tmp_path))] == [
        "1.WARC",
        "2.warc.gz",
        "3.warc.gz",
        "4.wacz",
        "5.arc.gz",
        "6.warc.zst",
    ]
    assert [path.name for path in WARC_FILES(str(tmp_path / "**" / "*.gz"))] == ["2.warc.gz", "3.warc.gz", "5.arc.gz"]
    assert [path.name for path in WARC_FILES(str(tmp_path / "a" / "x.txt"))] == ["x.txt"]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({}, "path= is missing"),
        ({"path": "/nowhere/x.warc"}, "there is no such"),
        ({"path": "*.nothing"}, "no WARC files"),
        ({"path": ".", "url": "(["}, "url="),
    ],
)
def test_wrong_arguments_are_refused(wrong, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.warc").touch()
    with pytest.raises(UserError, match=words):
        WarcSpider.check(wrong)
