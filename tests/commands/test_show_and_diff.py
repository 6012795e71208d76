import json
import re
import subprocess

import pytest
from support.archives import crawled, new_archive
from support.articles import article
from support.pages import AT, page
from support.running import command_line, on_terminal, run_on


def first(run, query):
    return run("sql", query).lines[1]


@pytest.fixture
def key(run):
    return first(run, "select article_key from articles where revision > 1 order by 1 limit 1")


@pytest.mark.parametrize(
    "column",
    ["article_key", "info_code", "url", "substr(article_key, 8)", "'https://' || substr(url, 8) || '?utm_source=x'"],
)
def test_an_article_is_found_by_anything_that_names_it(run, column):
    query = f"select {column} from articles where info_code is not null and title is not null order by id limit 1"
    name = first(run, query)
    title = first(
        run, "select title from articles where info_code is not null and title is not null order by id limit 1"
    )
    assert title[:20] in run("show", name).out.replace("\n  ", "")


@pytest.mark.parametrize("name", ["", "x", "123", "http://[", "http://x:y/", "999999999999999999", "%", "'"])
def test_an_unknown_name_is_told(run, name):
    ran = run("show", name)
    assert ran.status == 2
    assert "no article" in ran.err


def test_the_end_of_several_keys_asks_for_more_digits(run):
    keys = run("sql", "select article_key from articles where length(article_key) = 18").lines[1:]
    ends = [key[-4:] for key in keys]
    several = [end for end in ends if ends.count(end) > 1]
    if several:
        assert "write more digits" in run("show", several[0]).err
    assert run("show", "2026").status == 2


def test_every_paragraph_is_shown(run, key):
    shown = "".join(run("show", key).out.split())
    for paragraph in json.loads(run("show", key, "--json").out)["paragraphs"]:
        assert "".join(paragraph["text"].split()) in shown


def test_copies_and_revisions_are_listed(run, key):
    out = run("show", key).out
    assert "Copies" in out
    assert "Revisions" in out
    article = json.loads(run("show", key, "--json").out)
    assert len(article["revisions"]) > 1
    assert {copy["role"] for copy in article["copies"]} >= {"post"}


def test_lines_fit_the_terminal(sample, run, key):
    _, output = on_terminal(sample, "show", key, columns=60)
    assert output


def test_the_last_change_is_shown_without_asking(run, key):
    ran = run("diff", key)
    assert ran.status == 0
    assert ran.lines[0].startswith("--- revision ")
    assert ran.lines[1].startswith("+++ revision ")
    assert [line for line in ran.lines[2:] if line[0] in "+-~"]


def test_sides_put_together_give_both_texts(run, key):
    rows = [json.loads(line) for line in run("diff", key, "--all", "--json").lines]
    bodies = run(
        "sql",
        f"select r.body from revisions r join articles a on a.id = r.article_id where article_key = '{key}'"
        " order by r.revision",
        "--json",
    ).lines
    before, after = (json.loads(body)["body"] for body in bodies[-2:])
    # The title is the first line.
    assert "\n\n".join(row["before"] for row in rows if row["change"] != "added").endswith(before)
    assert "\n\n".join(row["after"] for row in rows if row["change"] != "removed").endswith(after)


def test_a_revision_that_is_not_there_is_told(run, key):
    assert "there is no revision 9" in run("diff", key, 1, 9).err
    assert "give two revisions, or none" in run("diff", key, 1).err
    assert run("diff", key, 0, 1).status == 2


def test_an_article_that_never_changed_is_status_1(run):
    key = first(run, "select article_key from articles where revision = 1 order by 1 limit 1")
    ran = run("diff", key)
    assert ran.status == 1
    assert "only one revision" in ran.err


def test_a_terminal_shows_both_sides(sample, key):
    status, output = on_terminal(sample, "diff", key, columns=100)
    assert status == 0
    assert "revision 1" in output
    assert "revision 2" in output


def test_of_an_article_whose_day_alone_is_known_only_the_day_is_shown(run):
    query = "select {} from articles where published_precision = 'day' order by id limit 1"
    name, day = (first(run, query.format(column)) for column in ("article_key", "published_date"))
    head = run("show", name).out.split("\n\n")[0]
    assert day in head
    assert "00:00" not in head
    assert json.loads(run("show", name, "--json").out)["published_at"].startswith(f"{day}T00:00:00")


def test_the_kept_page_is_named_and_written_byte_for_byte(tmp_path, monkeypatch):
    kept = page("http://press.example/1.html", "江湾".encode("gb18030"), content_type="text/html; charset=gbk")
    with new_archive(tmp_path / "archive.db") as archive:
        crawled(archive, article(kept, key="k1"))
        archive.store(article(page("http://press.example/2.html"), key="k2"), None, AT)
    shown = run_on(tmp_path / "archive.db", "show", "k1").out
    assert "As it was" in shown
    assert "2026-03-05T01:00:00Z snapshot 1 of http://press.example/1.html" in shown
    monkeypatch.setenv("NEWSARCHIVE_REPLAY", "http://127.0.0.1:8080/news")
    shown = run_on(tmp_path / "archive.db", "show", "k1").out
    assert "http://127.0.0.1:8080/news/20260305010000/http://press.example/1.html" in shown.replace("\n    ", "")
    done = subprocess.run(
        command_line(tmp_path / "archive.db", "show", "k1", "--page"), capture_output=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, kept.body)
    ran = run_on(tmp_path / "archive.db", "show", "k2", "--page")
    assert (ran.status, "no page of it is kept" in ran.err) == (2, True)
    assert "As it was" not in run_on(tmp_path / "archive.db", "show", "k2").out


def test_a_replay_server_that_is_no_address_is_told(tmp_path, monkeypatch):
    with new_archive(tmp_path / "archive.db") as archive:
        crawled(archive, article(page("http://press.example/1.html"), key="k1"))
    monkeypatch.setenv("NEWSARCHIVE_REPLAY", "javascript:alert(1)")
    ran = run_on(tmp_path / "archive.db", "show", "k1")
    assert (ran.status, "not the address of a replay server" in ran.err) == (2, True)


def test_who_was_first_with_a_story_stands_above_those_who_followed(run):
    name = first(
        run,
        "select a.article_key from syndication join articles a on a.id = article_id order by hours_later desc limit 1",
    )
    story = re.split(r"\n\s*The same story\n", run("show", name).out)[1]
    told = [" ".join(entry.split()) for entry in story.split("•")[1:]]
    assert "(first)" in told[0]
    assert any(re.search(r"\((\d+ (d|h|min) )+later\) this article", entry) for entry in told[1:])
    assert name not in {one["article_key"] for one in json.loads(run("show", name, "--json").out)["story"]}
