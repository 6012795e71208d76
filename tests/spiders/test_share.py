"""The `share` spider: info codes and links to texts."""

import pytest

from newsarchive.demo import DemoSite, serve, truth


@pytest.fixture(scope="module")
def demo():
    with serve(DemoSite(articles=30)) as server:
        yield server


@pytest.fixture(scope="module")
def codes(demo):
    known = {page.article_key for page in truth(demo.site, ("share",)) if page.paragraphs}
    return [p.info_code for p in truth(demo.site, ("post",)) if p.info_code and p.article_key in known]


def run(crawl, demo, **more):
    return crawl("share", site="demo", base_url=demo.base_url, **more)


def test_codes_share_links_and_original_links_are_all_understood(crawl, demo, codes):
    links = [
        codes[0],
        f"{demo.base_url}/html_News/NewsShare.html?infoCode={codes[1]}",
        f"http://finance.eastmoney.com/a/{codes[2][2:]}.html",
        f"http://finance.eastmoney.com/news/1353,{codes[3][2:]}.html",
    ]
    done = run(crawl, demo, codes=",".join(link for link in links if "," not in link))
    assert done.status == 0, done.log
    done = run(crawl, demo, file="-", stdin="\n".join(["# a comment", "", links[3]]))
    assert done.status == 0, done.log
    assert sorted(done.column("SELECT article_key FROM articles")) == sorted(code[2:] for code in codes[:4])


def test_a_file_may_name_what_is_no_code_and_the_rest_is_fetched(crawl, demo, codes, tmp_path):
    (tmp_path / "links.txt").write_text(f"NW12345\n{codes[0]}\nhttp://[broken\n", encoding="utf-8")
    done = run(crawl, demo, file=tmp_path / "links.txt")
    assert done.status == 0, done.log
    assert done.reasons("NW12345") == {"bad-info-code"}
    assert done.reasons("http://[broken") == {"bad-info-code"}
    assert done.column("SELECT article_key FROM articles") == [codes[0][2:]]


def test_a_code_that_the_service_does_not_know_is_looked_for_at_the_origin(crawl, demo):
    done = run(crawl, demo, codes="NW202603010000000001")
    assert done.status == 0, done.log
    assert done.rows("SELECT role, state, reason FROM frontier ORDER BY rowid") == [
        ("share", "rejected", "no-text"),
        ("original", "pending", "gone"),
    ]


def test_without_arguments_it_takes_the_articles_of_the_archive_that_lack_a_text(crawl, demo, tmp_path):
    demo.site.export_posts(tmp_path / "posts")
    assert crawl("posts", site="demo", path=tmp_path / "posts").status == 0
    done = run(crawl, demo)
    assert done.status == 0, done.log
    lacking = "SELECT count(*) FROM articles a WHERE coalesce(share_url, original_url) IS NOT NULL AND NOT EXISTS"
    assert done.column(f"{lacking} (SELECT 1 FROM copies WHERE article_id = a.id AND role <> 'file')") == [0]
    requests = len(demo.requests)
    assert run(crawl, demo).status == 0
    assert len(demo.requests) == requests


def test_no_more_than_the_limit_is_asked_for_and_the_rest_waits(crawl, demo, codes):
    done = run(crawl, demo, codes=",".join(codes[:5]), limit=2)
    assert done.rows("SELECT state, count(*) FROM frontier GROUP BY state ORDER BY state") == [
        ("done", 2),
        ("pending", 3),
    ]
    assert "waiting for a later run: 3" in done.log
    done = run(crawl, demo, codes=codes[0])
    assert done.rows("SELECT state, count(*) FROM frontier GROUP BY state") == [("done", 5)]
