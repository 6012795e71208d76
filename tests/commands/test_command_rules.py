import subprocess
import time

import pytest
from support.running import ROOT, command_line, run_on
from support.small_site import small_site

from newsarchive.demo import DemoSite
from newsarchive.sites import load_site


def places(folder, count=3):
    demo = DemoSite(articles=30)
    posts = [post for post in demo.posts() if post.edition == "media" and post.title][:count]
    for number, post in enumerate(posts):
        path = folder / f"{number}.html"
        path.write_bytes(demo.render(post.path))
        yield f"{path}=https://mirror.example{post.path}"


def test_a_draft_is_a_file_that_loads(tmp_path):
    target = tmp_path / "mirror.toml"
    ran = run_on(tmp_path / "none.db", "rules", "draft", *places(tmp_path), "--name", "mirror", "-o", target)
    assert ran.status in (0, 1)
    site = load_site("mirror", tmp_path)
    assert site.hosts == ("mirror.example",)
    assert site.layouts[0].body
    assert "title" in ran.err
    assert "of 3 pages" in ran.err
    assert "which was no example, is read otherwise: body\n" in ran.err


def test_standard_output_gets_the_file_alone(tmp_path):
    ran = run_on(tmp_path / "none.db", "rules", "draft", *places(tmp_path))
    (tmp_path / "example.toml").write_text(ran.out, encoding="utf-8")
    assert load_site("example", tmp_path).name == "example"


def test_one_page_is_too_few(tmp_path):
    ran = run_on(tmp_path / "none.db", "rules", "draft", *places(tmp_path, 1))
    assert ran.status == 2
    assert "two to 6 pages" in ran.err


@pytest.fixture
def draft(tmp_path):
    """Draft in a process of its own: a process can start Twisted's reactor once."""

    def run(*places):
        command = command_line(tmp_path / "none.db", "rules", "draft", *places)
        return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, timeout=120)

    return run


def test_pages_are_fetched_in_one_go_with_a_pause_between_them(draft):
    with small_site() as site:
        for number in (1, 2, 3):
            site.article(number, f"港口方面说，第{number}条航道的清淤已经完成，渔船可以照常进出，夜里也有人值守。")
        began = time.monotonic()
        done = draft(*(f"{site.base_url}/news/{number}.html" for number in (1, 2, 3)))
        assert time.monotonic() - began > 2
        assert [entry[0] for entry in site.log] == ["/robots.txt", *(f"/news/{number}.html" for number in (1, 2, 3))]
    assert 'base_url = "http://127.0.0.1' in done.stdout
    assert "of 2 pages" in done.stderr
    assert f"proved: {site.base_url}/news/3.html, which was no example, is read right\n" in done.stderr


def test_two_pages_are_proved_on_an_article_to_which_they_link(draft):
    with small_site() as site:
        for number in (1, 2, 3):
            site.article(number, f"港口方面说，第{number}条航道的清淤已经完成，渔船可以照常进出，夜里也有人值守。")
        links = b'<a href="/news/9.html">x</a><a href="/about.html">x</a><a href="/news/3.html">x</a></article>'
        site.pages["/news/1.html"] = site.pages["/news/1.html"].replace(b"</article>", links)
        done = draft(f"{site.base_url}/news/1.html", f"{site.base_url}/news/2.html")
        assert f"proved: {site.base_url}/news/3.html, which was no example, is read right\n" in done.stderr
        asked = [entry[0] for entry in site.log]
        assert asked == ["/robots.txt", "/news/1.html", "/news/2.html", "/news/9.html", "/news/3.html"]


def test_rules_that_read_the_page_otherwise_that_was_no_example_have_failed(tmp_path):
    *examples, third = places(tmp_path)
    path, _, address = third.partition("=")
    other = address.rpartition("/")[0] + "/elsewhere/1.html"
    ran = run_on(tmp_path / "none.db", "rules", "draft", *examples, f"{path}={other}")
    assert ran.status == 1
    assert f"failed: {other}, which was no example, is read otherwise: url" in ran.err
    assert "of 3 pages" in ran.err


def test_two_saved_pages_prove_nothing_and_nobody_is_asked(tmp_path):
    ran = run_on(tmp_path / "none.db", "rules", "draft", *places(tmp_path, 2))
    assert "not proved: no page that was no example - give a third article page\n" in ran.err


def test_files_and_addresses_may_be_mixed_and_the_first_that_does_not_come_is_told(draft, tmp_path):
    with small_site() as site:
        site.article(1, "港口方面说，航道的清淤已经完成，渔船可以照常进出，夜里也有人值守，大家都松了一口气。")
        saved = tmp_path / "saved.html"
        saved.write_bytes(site.pages["/news/1.html"])
        url = f"{site.base_url}/news/1.html"
        assert "of 2 pages" in draft(url, f"{saved}={site.base_url}/news/2.html").stderr
        site.new_requests()
        done = draft(f"{site.base_url}/gone.html", url)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr == f"newsarchive: {site.base_url}/gone.html: the server answers 404 Not Found\n"
        assert site.new_requests() == [("/gone.html", 404)]
