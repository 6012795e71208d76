"""`newsarchive why`: the history of one address in sentences, and which copy's text is shown."""

import json

import pytest

from newsarchive.archive import Archive


def ask(sample, query):
    with Archive.open(sample, readonly=True) as archive:
        return archive.connection.execute(query).fetchone()


@pytest.fixture
def rejected(sample):
    return ask(sample, "SELECT url, reason FROM frontier WHERE state = 'rejected'")


@pytest.fixture
def copies(sample):
    """The addresses of an article with a post and the share service's text, which is trusted more."""
    return ask(
        sample,
        "SELECT p.url, s.url FROM copies p JOIN copies s USING (article_id) JOIN readings r ON r.copy_id = s.id"
        " JOIN texts t ON t.id = r.text_id WHERE p.role = 'post' AND s.role = 'share' AND t.body <> ''"
        " AND NOT EXISTS (SELECT 1 FROM copies o WHERE o.article_id = p.article_id AND o.role = 'original')",
    )


def test_a_page_that_was_refused_tells_why_and_can_be_looked_at(run, rejected):
    url, reason = rejected
    lines = run("why", url).lines
    assert lines[0].startswith(f"{url} is given up: what came is no article (")
    assert any("  page " in line and "status 200" in line for line in lines)
    assert any(f"  problem   {reason}: " in line for line in lines)
    assert run("why", url, "--raw").out


def test_the_copy_whose_text_is_shown_is_named_and_so_is_why_the_others_are_not(run, copies):
    post, share = copies
    lines = run("why", post).lines
    assert f"  shown      share {share}: the most trusted copy that has a text" in lines
    assert any(line.startswith(f"  not shown  post {post}: another copy is trusted more") for line in lines)
    told = json.loads(run("why", post, "--json").out)
    assert [one["url"] for one in told["copies"] if one["shown"]] == [share]
    assert post in [one["url"] for one in told["copies"] if not one["shown"]]
    assert told["history"][0]["event"] == "found"


def test_a_key_names_the_article_too(run, sample, copies):
    key = ask(
        sample, f"SELECT article_key FROM articles a JOIN copies c ON c.article_id = a.id WHERE c.url = '{copies[0]}'"
    )
    assert any(line.startswith("  shown ") for line in run("why", key[0]).lines)


def test_a_listing_is_told(run, sample):
    (url,) = ask(sample, "SELECT url FROM listings WHERE links > 0 LIMIT 1")
    assert any(" listing " in line and " articles" in line for line in run("why", url).lines)


def test_what_was_never_seen_is_status_1(run):
    ran = run("why", "https://elsewhere.example/1.html")
    assert ran.status == 1
    assert "was never seen" in ran.err
    assert run("why", "https://elsewhere.example/1.html", "--raw").status == 2
