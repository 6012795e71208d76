"""Whole runs: what is new arrives once, also where destinations fail and processes are killed."""

import json
import random
import signal
import subprocess
import sys
import time
from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest
from support.pages import AT
from support.running import ROOT, command_line
from support.webhooks import webhook

from newsarchive.alerts import files, outbox, searches
from newsarchive.alerts.destinations import AddressFile
from newsarchive.alerts.message import message_of
from newsarchive.alerts.run import AlreadyRunningError, run
from newsarchive.archive import Archive

LOOPBACK = {"127.0.0.1"}
ATOM = "{http://www.w3.org/2005/Atom}"


def lines(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_lines_are_appended_once(archive, tmp_path, store, save):
    save("银行")
    keys = [store(1), store(2)]
    first = run(archive, now=AT)
    keys.append(store(3))
    second = run(archive, now=AT)
    third = run(archive, now=AT)
    assert [(one.found, one.articles, one.messages) for one in (first, second, third)] == [
        (2, 2, 1),
        (1, 1, 1),
        (0, 0, 0),
    ]
    told = lines(tmp_path / "out.jsonl")
    assert [one["article_key"] for one in told] == keys
    assert len({one["alert_id"] for one in told}) == 3
    assert told[0] | {"alert_id": "", "message_id": ""} == {
        "alert_id": "",
        "message_id": "",
        "search": "银行",
        "article_key": keys[0],
        "title": "银行第1号公告",
        "source": "江湾晚报",
        "published_at": "2026-03-05T08:30:12+08:00",
        "url": f"https://{keys[0]}",
        "site": "demo",
        "lang": None,
        "category": None,
        "snippet": "第1家银行下调利率。",
        "found_at": "2026-03-05T01:00:00Z",
    }


def test_a_feed_holds_the_newest_and_is_written_whole(archive, tmp_path, store, save, monkeypatch):
    monkeypatch.setattr(files, "FEED", 2)
    save("银行", tmp_path / "banks.atom")
    for number in range(3):
        store(number)
        run(archive, now=AT + timedelta(minutes=number))
    feed = ET.parse(tmp_path / "banks.atom").getroot()
    assert [entry.find(f"{ATOM}title").text for entry in feed.iter(f"{ATOM}entry")] == [
        "银行第2号公告",
        "银行第1号公告",
    ]
    assert feed.find(f"{ATOM}title").text == "银行"


def test_a_half_written_line_is_removed_before_the_next(archive, tmp_path, store, save):
    save("银行")
    store(1)
    run(archive, now=AT)
    path = tmp_path / "out.jsonl"
    with path.open("ab") as file:
        file.write('{"message_id": "半'.encode())
    store(2)
    run(archive, now=AT)
    assert [one["title"] for one in lines(path)] == ["银行第1号公告", "银行第2号公告"]


def test_a_message_that_was_appended_but_not_noted_is_not_appended_again(archive, tmp_path, store, save):
    search = save("银行")
    store(1)
    store(2)
    outbox.find(archive, search, AT)
    outbox.bundle(archive, search, AT)
    (outgoing,) = outbox.outgoing(archive, [search], AT)
    files.append_lines(message_of(archive, search, outgoing.id), str(tmp_path / "out.jsonl"))
    run(archive, now=AT)
    assert len(lines(tmp_path / "out.jsonl")) == 2


def test_what_is_not_accepted_is_sent_again_with_the_same_id(archive, store, save):
    answers = iter([(503, ""), (204, "")])
    with webhook(lambda: next(answers)) as hook:
        search = save("银行", f"{hook.base_url}/secret")
        key = store(1)
        failed = run(archive, trusted=LOOPBACK, now=AT)
        assert failed.failures == [("银行", "http://127.0.0.1/…: it answers 503 Service Unavailable")]
        left = searches.backlog(archive, search)
        assert (left.articles, left.attempts, left.error) == (1, 1, "it answers 503 Service Unavailable")
        assert run(archive, trusted=LOOPBACK, now=AT + timedelta(minutes=4)).messages == 0
        assert run(archive, trusted=LOOPBACK, now=AT + timedelta(minutes=5)).messages == 1
    assert [one.keys for one in hook.deliveries] == [[key], [key]]
    assert hook.deliveries[0].content == hook.deliveries[1].content
    assert searches.backlog(archive, search).articles == 0


def test_one_that_fails_keeps_no_other_from_being_told(archive, tmp_path, store, save):
    with webhook(lambda: (500, "")) as hook:
        save("银行", hook.base_url)
        save("利率", name="另一个")
        store(1)
        report = run(archive, trusted=LOOPBACK, now=AT)
    assert (len(report.failures), report.messages) == (1, 1)
    assert len(lines(tmp_path / "out.jsonl")) == 1


def test_a_query_that_has_lost_its_meaning_keeps_no_other_from_being_told(archive, tmp_path, store, save):
    store(0)
    save("source:江湾晚报", name="晚报")
    save("银行")
    archive.connection.execute("UPDATE sources SET name = '松桥日报'")
    store(1, source="松桥日报")
    report = run(archive, now=AT)
    assert [name for name, _ in report.failures] == ["晚报"]
    assert report.messages == 1


def test_in_quiet_hours_nothing_is_sent_and_nothing_is_lost(archive, tmp_path, store, save):
    local = AT.astimezone()
    save("银行", quiet_hours=f"{local:%H:%M}-{local + timedelta(hours=1):%H:%M}")
    keys = [store(1)]
    assert run(archive, now=AT).messages == 0
    keys.append(store(2))
    assert run(archive, now=AT + timedelta(minutes=59)).messages == 0
    assert run(archive, now=AT + timedelta(hours=1)).messages == 1
    assert [one["article_key"] for one in lines(tmp_path / "out.jsonl")] == keys


def test_a_digest_comes_as_one_message(archive, store, save):
    at = AT.astimezone() + timedelta(hours=2)
    with webhook() as hook:
        save("银行", hook.base_url, digest_times=f"{at:%H:%M}")
        keys = []
        for hour in range(4):
            keys.append(store(hour))
            run(archive, trusted=LOOPBACK, now=AT + timedelta(hours=hour))
    assert [one.keys for one in hook.deliveries] == [keys[:3]]


def test_an_address_that_is_not_known_here_is_told_and_nothing_is_lost(archive, tmp_path, store, save):
    save("银行")
    store(1)
    addresses = AddressFile(archive.path)
    addresses.path.unlink()
    assert "watch edit" in run(archive, now=AT).failures[0][1]
    addresses.set("银行", str(tmp_path / "out.jsonl"))
    assert run(archive, now=AT + timedelta(days=1)).articles == 1


def test_an_article_that_is_gone_from_the_archive_holds_nothing_up(archive, tmp_path, store, save):
    with webhook(lambda: (500, "")) as hook:
        search = save("银行", hook.base_url)
        store(1)
        run(archive, trusted=LOOPBACK, now=AT)
    archive.connection.execute("PRAGMA foreign_keys = OFF")
    archive.connection.execute("DELETE FROM articles")
    run(archive, trusted=LOOPBACK, now=AT + timedelta(days=1))
    assert searches.backlog(archive, search).articles == 0


def test_two_runs_at_once_do_not_send_twice(archive, store, save):
    def answer():
        with Archive.open(archive.path) as other, pytest.raises(AlreadyRunningError):
            run(other, trusted=LOOPBACK, now=AT)
        return 204, ""

    with webhook(answer) as hook:
        save("银行", hook.base_url)
        store(1)
        run(archive, trusted=LOOPBACK, now=AT)
    assert len(hook.deliveries) == 1


def test_runs_that_are_killed_lose_nothing_and_send_again_only_with_the_same_id(archive, store, save, monkeypatch):
    """Kill runs at random moments, some of them while the webhook has a message that is not yet noted as sent."""
    dice = random.Random(20260305)
    with webhook(lambda: (time.sleep(dice.choice((0, 0, 0.05))), (204, ""))[1]) as hook:
        for name, query in (("all", "银行"), ("odd", "银行 利率"), ("one", "第7家")):
            save(query, f"{hook.base_url}/{name}", name=name)
        monkeypatch.setenv("NEWSARCHIVE_ALERT_HOSTS", "127.0.0.1")
        wanted = []
        for crawl in range(8):
            wanted += [store(crawl * 4 + number) for number in range(4)]
            process = subprocess.Popen(
                command_line(archive.path, "watch", "run"),
                cwd=ROOT,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            time.sleep(dice.uniform(0.2, 0.8))
            process.send_signal(signal.SIGKILL)
            process.wait()
        done = subprocess.run(
            [*command_line(archive.path, "watch", "run")], cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, "")
    for path, keys in (("/all", wanted), ("/odd", wanted), ("/one", [f"news.example/{n}.html" for n in (7,)])):
        messages = {one.content["id"]: one for one in hook.deliveries if one.path == path}
        told = [key for one in messages.values() for key in one.keys]
        assert sorted(told) == sorted(keys)


def test_a_run_of_an_archive_without_saved_searches_sends_nothing_and_loads_no_network(archive, tmp_path):
    archive.close()
    line = [sys.executable, "-X", "importtime", *command_line(tmp_path / "archive.db", "watch", "run")[1:]]
    ran = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0
    assert "smtplib" not in ran.stderr
    assert "newsarchive.alerts" not in ran.stderr
