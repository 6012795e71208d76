"""Pages of a source, a security, an author, a site and a day; searches beside each other; charts on all of them."""

from __future__ import annotations

import csv
import io
from html import unescape
from typing import TYPE_CHECKING

import pytest
from datasette.utils import tilde_encode
from lxml import html

if TYPE_CHECKING:
    import sqlite3

    import httpx


def page(site: httpx.Client, address: str, **arguments: object) -> html.HtmlElement:
    answer = site.get(address, params=arguments or None)
    assert answer.status_code == 200, answer.text[:500]
    return html.fromstring(answer.text)


def text_of(found: html.HtmlElement, path: str) -> str:
    return " ".join(" ".join(one.text_content().split()) for one in found.xpath(path))


@pytest.mark.parametrize(
    ("kind", "names", "articles"),
    [
        ("source", "SELECT name FROM sources", "a.source_id = (SELECT id FROM sources WHERE name = ?)"),
        ("security", "SELECT code FROM mentions", "a.id IN (SELECT article_id FROM mentions WHERE code = ?)"),
        ("author", "SELECT name FROM bylines", "a.id IN (SELECT article_id FROM bylines WHERE name = ?)"),
        ("site", "SELECT site FROM articles", "a.site = ?"),
        ("day", "SELECT published_date FROM articles WHERE published_date IS NOT NULL", "a.published_date = ?"),
    ],
)
def test_a_subject_has_a_page_with_all_its_articles(
    site: httpx.Client, rows: sqlite3.Connection, kind: str, names: str, articles: str
) -> None:
    (name,) = rows.execute(f"SELECT * FROM ({names}) GROUP BY 1 ORDER BY count(*) DESC, 1").fetchone()
    (expected,) = rows.execute(f"SELECT count(*) FROM articles a WHERE {articles}", (name,)).fetchone()
    found = page(site, f"/{kind}/{tilde_encode(name)}")
    assert text_of(found, "//p[@class='totals']").startswith(f"{expected:,} article")
    assert name in text_of(found, "//h1")
    titles = [
        row[0]
        for row in rows.execute(f"SELECT coalesce(title, '(no title)') FROM articles a WHERE {articles}", (name,))
    ]
    shown = [one.text_content() for one in found.xpath("//ol[contains(@class, 'headlines')]//h3")]
    assert shown
    assert set(shown) <= set(titles)
    (download,) = (link for link in found.xpath("//a/@href") if link.startswith("/search.csv"))
    assert len(list(csv.reader(io.StringIO(site.get(download).text)))) == expected + 1
    assert found.xpath("//svg[@class='chart']")


def test_nobody_has_a_page_without_articles(site: httpx.Client) -> None:
    for address in ("/source/nobody", "/day/2026-13-45", "/day/1999-01-01", "/security/~20", "/author/x"):
        assert site.get(address).status_code == 404


def test_a_day_written_otherwise_leads_to_its_page_and_days_to_each_other(site: httpx.Client) -> None:
    assert site.get("/day/2026-3-4").headers["location"] == "/day/2026-03-04"
    (following,) = page(site, "/day/2026-03-03").xpath("//a[@rel='next']/@href")
    assert following == "/day/2026-03-04"


def test_a_source_shows_from_whom_it_takes_and_who_follows_it(site: httpx.Client, rows: sqlite3.Connection) -> None:
    leader, follower = rows.execute(
        "SELECT f.name, s.name FROM stories t JOIN sources f ON f.id = t.lead_source_id"
        " JOIN articles a ON a.story_id = t.id JOIN sources s ON s.id = a.source_id WHERE s.id <> f.id LIMIT 1"
    ).fetchone()
    assert follower in text_of(page(site, f"/source/{tilde_encode(leader)}"), "//h3[.='Was followed by']/..")
    assert leader in text_of(page(site, f"/source/{tilde_encode(follower)}"), "//h3[.='Had it from']/..")


def test_bars_are_stops_of_the_tab_key_and_say_what_they_lead_to(site: httpx.Client, rows: sqlite3.Connection) -> None:
    found = page(site, "/search")
    bars = found.xpath("//svg[@class='chart']//a[not(@tabindex)]")
    days = dict(rows.execute("SELECT published_date, count(*) FROM articles GROUP BY 1").fetchall())
    days.pop(None, None)
    assert {bar.get("aria-label").split(":")[0]: int(bar.get("aria-label").split()[1]) for bar in bars} == days
    for bar in bars:
        number = bar.get("aria-label").split()[1]
        assert text_of(page(site, unescape(bar.get("href"))), "//h2[@id='found']") == f"{number} articles"
    table = found.xpath("//details[@id='behind']//tbody/tr")
    assert len(table) == len(days)


def test_searches_stand_beside_each_other_in_a_table_and_as_csv(site: httpx.Client, rows: sqlite3.Connection) -> None:
    found = page(site, "/compare", q=["银行", "市场", ""])
    assert len(found.xpath("//svg[@class='curves']//polyline")) == 2
    (download,) = (link for link in found.xpath("//a/@href") if "compare.csv" in link)
    lines = list(csv.DictReader(io.StringIO(site.get(download).content.decode("utf-8-sig"))))
    for word in ("银行", "市场"):
        sql = "SELECT count(*) FROM articles WHERE (instr(body, ?1) OR instr(title, ?1)) AND published_date IS NOT NULL"
        assert sum(int(line[word]) for line in lines) == rows.execute(sql, (word,)).fetchone()[0]
    assert "no field" in text_of(page(site, "/compare", q=["x", "foo:bar"]), "//p[@class='error']")
    assert site.get("/compare.csv", params={"q": "("}).status_code == 400
    assert len(page(site, "/compare", q=list("abcdefg")).xpath("//ol[@class='searches']//input")) == 5


def test_the_legend_counts_what_the_search_finds_and_tells_what_has_no_date(
    site: httpx.Client, rows: sqlite3.Connection
) -> None:
    source, articles, undated = rows.execute(
        "SELECT s.name, count(*), count(*) - count(a.published_date)"
        " FROM articles a JOIN sources s ON s.id = a.source_id"
        " GROUP BY s.id HAVING count(*) > count(a.published_date) AND count(a.published_date) > 0 LIMIT 1"
    ).fetchone()
    entry = page(site, "/compare", q=[f"source:{source}", "市场"]).xpath("//ul[@class='legend']/li")[0]
    assert text_of(entry, "span[@class='n']") == str(articles)
    assert text_of(entry, "span[@class='note']").startswith(f"({undated} of them")
    assert text_of(page(site, entry.xpath("a/@href")[0]), "//h2[@id='found']") == f"{articles} articles"


def test_the_drawing_of_reprints_says_in_full_who_they_are_of(site: httpx.Client, rows: sqlite3.Connection) -> None:
    (source,) = rows.execute(
        "SELECT s.name FROM stories t JOIN sources s ON s.id = t.lead_source_id WHERE t.source_count > 1 LIMIT 1"
    ).fetchone()
    (drawing,) = page(site, f"/source/{tilde_encode(source)}").xpath("//svg[@class='network']")
    title, *names = drawing.xpath(".//text")
    assert title.text_content() == source
    assert names
    # The name stands above all lines.
    assert float(title.get("y")) < min(
        float(line.get(end)) - 6 for line in drawing.xpath(".//line") for end in ("y1", "y2")
    )


def test_hits_of_one_story_stand_together_and_wider_searches_are_offered(
    site: httpx.Client, rows: sqlite3.Connection
) -> None:
    (story,) = rows.execute("SELECT id FROM stories WHERE source_count > 1 LIMIT 1").fetchone()
    found = page(site, "/search", q=f"story:{story}")
    assert len(found.xpath("//ol[@class='hits']/li")) == 1
    (articles,) = rows.execute("SELECT article_count FROM stories WHERE id = ?", (story,)).fetchone()
    assert len(found.xpath("//ul[@class='same-story']/li")) == articles - 1
    nothing = page(site, "/search", q="银行 author:nobody")
    assert "Without author: nobody" in text_of(nothing, "//section//ul[contains(@class, 'dense')]")
    assert site.get("/search", params={"q": "银行 ("}).text.count("Did you mean") == 1


def test_a_changed_article_is_marked_where_it_is_found(site: httpx.Client, rows: sqlite3.Connection) -> None:
    (key,) = rows.execute(
        "SELECT article_key FROM articles a WHERE EXISTS"
        " (SELECT 1 FROM revisions r WHERE r.article_id = a.id AND r.cause = 'site') LIMIT 1"
    ).fetchone()
    (hit,) = page(site, "/search", q=f"key:{key}").xpath("//ol[@class='hits']/li")
    assert "changed" in text_of(hit, ".//p[@class='meta']")
    assert "changed at the site" in text_of(page(site, f"/article/{key}"), "//p[contains(@class, 'flags')]")
    both = page(site, f"/article/{key}/changes/2", view="side")
    assert both.xpath("//table[@class='versions']//ins | //table[@class='versions']//del")


def test_rows_of_a_table_are_shown_as_a_table(site: httpx.Client, rows: sqlite3.Connection) -> None:
    key, text = rows.execute(
        "SELECT a.article_key, p.text FROM paragraphs p JOIN articles a ON a.id = p.article_id"
        " WHERE p.kind = 'table' AND instr(p.text, ' | ') LIMIT 1"
    ).fetchone()
    cells = [" ".join(cell.split()) for cell in text.split(" | ")]
    found = page(site, f"/article/{key}").xpath("//table[@class='printed-table']//tr")
    assert cells in [[" ".join(cell.text_content().split()) for cell in row] for row in found]


def test_a_citation_names_the_archived_page(site: httpx.Client, rows: sqlite3.Connection) -> None:
    key, title, url, fetched = rows.execute(
        "SELECT a.article_key, a.title, a.url, substr(n.fetched_at, 1, 10) FROM articles a"
        " JOIN copies c ON c.url = a.url JOIN snapshots n ON n.id = c.snapshot_id WHERE a.source_id IS NOT NULL LIMIT 1"
    ).fetchone()
    cited = text_of(page(site, f"/article/{key}"), "//details[summary='Cite this article']")
    assert f"{title}[N/OL]" in cited
    assert f"[{fetched}]" in cited
    assert cited.count(url) >= 2
    assert "sha" in cited
    assert site.get(f"/article/{key}.bib").text.startswith("@article{")
    assert site.get(f"/article/{key}.ris").text.startswith("TY  - NEWS")
