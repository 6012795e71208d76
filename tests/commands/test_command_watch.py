"""`newsarchive watch` as people use it: what it prints, and what it must never print."""

import json
import subprocess

import pytest
from support.archives import new_archive
from support.articles import article
from support.pages import AT, page
from support.running import ROOT, command_line, run_on
from support.webhooks import webhook

from newsarchive.archive import Archive


@pytest.fixture
def db(tmp_path):
    path = tmp_path / "archive.db"
    with new_archive(path) as archive:
        put(archive, 1)
    return path


def put(archive, number):
    key = f"news.example/{number}.html"
    title = f"银行第{number}号公告"
    archive.store(article(page(f"https://{key}"), "银行下调利率。", key=key, title=title, source="江湾晚报"), None, AT)


def crawl(db, number):
    with Archive.open(db) as archive:
        put(archive, number)


def test_a_search_is_saved_run_listed_and_removed(db, tmp_path):
    out = tmp_path / "banks.jsonl"
    added = run_on(db, "watch", "add", "银行", "--to", out)
    assert added.out == "Saved '银行'. What matches now is known already and not told: 1 article.\n"
    crawl(db, 2)
    assert run_on(db, "watch", "run").out == "Saved searches: 1 new article found, 1 article sent in 1 message.\n"
    assert run_on(db, "watch", "run", "--quietly").out == ""
    assert [json.loads(line)["title"] for line in out.read_text().splitlines()] == ["银行第2号公告"]
    (listed,) = run_on(db, "watch", "list", "--json").lines
    assert json.loads(listed)["unsent"] == 0
    assert run_on(db, "watch", "remove", "银行").out == "Removed '银行'.\n"
    assert run_on(db, "watch", "list").err.startswith("There are no saved searches yet")


def test_a_feed_is_there_at_once(db, tmp_path):
    run_on(db, "watch", "add", "银行", "--to", tmp_path / "banks.atom")
    assert "<feed" in (tmp_path / "banks.atom").read_text()


def test_what_is_secret_is_in_no_output_and_not_in_the_archive(db, monkeypatch):
    with webhook(lambda: (500, "")) as hook:
        address = hook.base_url.replace("://", "://me:TOPSECRET@") + "/TOPSECRET?token=TOPSECRET"
        printed = [run_on(db, "watch", "add", "银行", "--to", address)]
        crawl(db, 2)
        monkeypatch.setenv("NEWSARCHIVE_ALERT_HOSTS", "127.0.0.1")
        printed += [run_on(db, "watch", *words) for words in (["run"], ["list"], ["list", "--json"], ["test", "银行"])]
        printed.append(run_on(db, "watch", "edit", "银行", "--digest", "08:00"))
    assert len(hook.deliveries) == 2
    assert [one.status for one in printed] == [0, 1, 0, 0, 2, 0]
    assert "500" in printed[1].err
    assert not [one for one in printed if "TOPSECRET" in one.out + one.err]
    with Archive.open(db, readonly=True) as archive:
        assert "TOPSECRET" not in "\n".join(archive.connection.iterdump())


def test_a_private_address_is_refused_with_the_setting_that_allows_it(db):
    with webhook() as hook:
        run_on(db, "watch", "add", "银行", "--to", hook.base_url)
        crawl(db, 2)
        ran = run_on(db, "watch", "run")
    assert (ran.status, hook.deliveries) == (1, [])
    assert "NEWSARCHIVE_ALERT_HOSTS" in ran.err


def test_a_test_message_says_so_and_counts_for_nothing(db, monkeypatch):
    monkeypatch.setenv("NEWSARCHIVE_ALERT_HOSTS", "127.0.0.1")
    with webhook() as hook:
        run_on(db, "watch", "add", "银行", "--to", hook.base_url)
        assert run_on(db, "watch", "test", "银行").out == "Sent to http://127.0.0.1/…: test of 银行: 1 new article\n"
        crawl(db, 2)
        run_on(db, "watch", "run")
    assert [(one.content["type"], len(one.keys)) for one in hook.deliveries] == [("test", 1), ("alert", 1)]


def test_another_destination_gets_what_the_first_did_not_take(db, tmp_path, monkeypatch):
    monkeypatch.setenv("NEWSARCHIVE_ALERT_HOSTS", "127.0.0.1")
    with webhook(lambda: (500, "")) as hook:
        run_on(db, "watch", "add", "银行", "--to", hook.base_url)
        crawl(db, 2)
        assert run_on(db, "watch", "run").status == 1
    run_on(db, "watch", "edit", "银行", "--to", tmp_path / "banks.jsonl")
    assert run_on(db, "watch", "run").status == 0
    assert len((tmp_path / "banks.jsonl").read_text().splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["add", "银行 (", "--to", "a.jsonl"], "search:"),
        (["add", "银行", "--to", "a.txt"], "no known kind of destination"),
        (["add", "银行", "--to", "a.jsonl", "--quiet", "22"], "span of hours"),
        (["add", "银行", "--to", "a.jsonl", "--digest", "noon"], "time of day"),
        (["add", "银行", "--to", "smtp://mail.example.org/"], "to=you@example.org"),
        (["add", "银行"], "--to"),
        (["remove", "银行"], "there is no saved search '银行'"),
        (["edit", "银行"], "nothing to change"),
        (["test", "银行"], "there is no saved search"),
    ],
)
def test_mistakes_are_told(db, tmp_path, monkeypatch, arguments, words):
    monkeypatch.chdir(tmp_path)
    ran = run_on(db, "watch", *arguments)
    assert ran.status == 2
    assert words in ran.err
    assert not (tmp_path / "a.jsonl").exists()


@pytest.mark.parametrize(
    "command", [["add", "银行", "--to", "a.jsonl"], ["list"], ["run"], ["remove", "x"], ["test", "x"]]
)
def test_a_mistyped_archive_is_not_made(tmp_path, monkeypatch, command):
    monkeypatch.chdir(tmp_path)
    assert run_on(tmp_path / "nosuch" / "x.db", "watch", *command).status == 2
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_a_crawl_tells_of_what_it_found_when_it_ends(tmp_path):
    db, out = tmp_path / "archive.db", tmp_path / "all.jsonl"

    def crawl_demo(*options):
        line = command_line(db, "crawl", "demo", *options)
        return subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=True).stdout

    assert "Saved searches" not in crawl_demo("--limit", "5")
    with Archive.open(db, readonly=True) as archive:
        (before,) = archive.connection.execute("SELECT count(*) FROM articles").fetchone()
    run_on(db, "watch", "add", "site:demo", "--to", out)
    printed = crawl_demo()
    with Archive.open(db, readonly=True) as archive:
        (after,) = archive.connection.execute("SELECT count(*) FROM articles").fetchone()
    told = [json.loads(line)["article_key"] for line in out.read_text(encoding="utf-8").splitlines()]
    assert len(told) == len(set(told)) == after - before > 0
    assert f"Saved searches: {after - before} new articles found" in printed
