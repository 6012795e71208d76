"""The pages in a real Chromium: with a mouse, with a keyboard, on a telephone, in the dark, and under axe's eyes.

Needs Debian's `chromium` (or another one that NEWSARCHIVE_CHROMIUM names) and the Python packages playwright and
axe-playwright-python; without them these tests are skipped.
"""

import csv
import os
import shutil
from pathlib import Path
from urllib.parse import quote

import pytest
from datasette.utils import tilde_encode

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
axe_api = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")

CHROMIUM = os.environ.get("NEWSARCHIVE_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
COLOURFUL = ("front", "search", "error in a search", "article", "what changed", "question")
PHONE = {"width": 375, "height": 812}

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine: apt-get install chromium")


# Not longer than this file: while Playwright is there, its event loop is the thread's running one.
@pytest.fixture(scope="module")
def browser():
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser, site):
    """A page of a desktop; what the console says and what is asked of other hosts is an error."""
    yield from opened(browser, site)


@pytest.fixture
def phone(browser, site):
    yield from opened(browser, site, viewport=PHONE, has_touch=True)


def opened(browser, site, **options):
    context = browser.new_context(base_url=str(site.base_url), **options)
    tab = context.new_page()
    tab.set_default_timeout(60_000)
    said, asked = [], []
    tab.on("console", lambda message: said.append(message.text))
    tab.on("request", lambda request: asked.append(request.url))
    yield tab
    context.close()
    assert not [url for url in asked if not url.startswith(str(site.base_url))]
    assert not [text for text in said if "status of 404" not in text and "status of 400" not in text]


@pytest.fixture(scope="session")
def places(rows):
    """Addresses of one page of each kind."""

    def one(sql):
        return rows.execute(sql).fetchone()[0]

    changed = one("SELECT article_key FROM articles WHERE revision > 1")
    shared = "SELECT {} FROM articles a JOIN stories s ON s.id = a.story_id WHERE s.source_count > 1 LIMIT 1"
    return {
        "front": "/",
        "latest": "/search",
        "search": "/search?q=银行",
        "error in a search": "/search?q=(",
        "nothing found": "/search?q=龘龘龘",
        "article": f"/article/{one(shared.format('a.article_key'))}",
        "changed article": f"/article/{changed}",
        "what changed": f"/article/{changed}/changes/2",
        "comparison of texts": f"/article/{changed}/changes",
        "list": "/list?ids=1,2,3",
        "empty list": "/list",
        "hits by length": "/search?q=银行&order=longest",
        "story": f"/story/{one(shared.format('s.id'))}",
        "a source": f"/source/{tilde_encode(one(shared.format('(SELECT name FROM sources WHERE id = a.source_id)')))}",
        "a security": f"/security/{tilde_encode(one('SELECT code FROM mentions'))}",
        "an author": f"/author/{tilde_encode(one('SELECT name FROM bylines'))}",
        "a site": f"/site/{tilde_encode(one('SELECT site FROM articles'))}",
        "a day": f"/day/{one('SELECT published_date FROM articles')}",
        "comparison": "/compare?q=银行&q=市场&by=share",
        "both versions": f"/article/{changed}/changes/2?view=side",
        "share of all": "/search?q=银行&by=share",
        "volume of a question": "/archive/articles_per_day",
        "tables": "/tables",
        "table": "/archive/articles?_col=title&_col=source_id&_col=published_at",
        "row": "/archive/sources/1",
        "all values": "/search/Source",
        "search with conditions": "/search?q=银行 source:江湾晚报&from=2026-03-01",
        "what became of an address": f"/why?url={quote(one('SELECT url FROM problems'))}",
        "question without an answer": "/archive/articles_of_a_source?source=江湾",
        "sql that is wrong": "/archive?sql=selec+1",
        "question": "/archive/articles_of_a_day",
        "sql": "/archive?sql=select+1+as+one",
        "not here": "/nothing",
    }


def test_the_front_page_leads_to_an_article(page):
    page.goto("/")
    headline = page.locator(".headlines a").first
    title = headline.inner_text()
    headline.click()
    assert page.locator("h1").inner_text() == title


@pytest.mark.parametrize("words", ["银行", '"办理时限"', "银行 -公积金"], ids=["two characters", "a phrase", "without"])
def test_a_search_from_the_front_page_finds_articles(page, site, words):
    expected = len(site.get("/search.json", params={"q": words}).json()["rows"])
    page.goto("/")
    page.get_by_label("Search", exact=True).fill(words)
    page.keyboard.press("Enter")
    assert page.locator("#found").inner_text() == f"{expected} article{'s' if expected != 1 else ''}"
    assert page.locator(".hits li").count() == min(expected, 30)
    assert page.locator("mark").count() > 0


def test_a_facet_narrows_the_search(page):
    page.goto("/search?q=银行")
    line = page.locator(".facets section", has_text="Source").locator("li").first
    source, number = line.locator("a").inner_text(), line.locator(".n").inner_text()
    line.locator("a").click()
    assert page.locator("#found").inner_text().split()[0] == number
    assert set(page.locator(".hits .source").all_inner_texts()) == {source}
    assert f"source:{source}" in page.get_by_role("searchbox").input_value()


def test_a_day_of_the_facets_bounds_the_search(page):
    page.goto("/search")
    line = page.locator(".facets section", has_text="Day").locator("li").first
    day = line.locator("a").inner_text()
    line.locator("a").click()
    assert page.get_by_label("From").input_value() == page.get_by_label("To", exact=True).input_value() == day


def test_the_next_page_holds_other_articles(page):
    page.goto("/search")
    first = page.locator(".hits h3").all_inner_texts()
    page.get_by_role("link", name="Next page").click()
    page.wait_for_url("**after=**")
    links = page.locator(".hits h3 a, .same-story a").evaluate_all("all => all.map(a => a.href)")
    assert len(links) == len(set(links)) == 30
    page.get_by_role("link", name="First page").click()
    assert page.locator(".hits h3").all_inner_texts() == first


def test_an_article_leads_to_its_change_and_back(page, places):
    page.goto(places["changed article"])
    page.get_by_role("link", name="what changed").first.click()
    assert page.locator("ins, del").count() > 2
    page.get_by_role("link", name="All versions of the article").click()
    assert page.locator("#revisions").is_visible()


def test_an_article_leads_to_its_story(page, places):
    page.goto(places["article"])
    page.get_by_role("link", name="The whole story").click()
    assert page.locator(".members li").count() > 1
    assert "first" in page.locator(".lag").first.inner_text()


def test_a_question_takes_a_parameter(page, rows):
    (source,) = rows.execute(
        "SELECT s.name FROM sources s JOIN articles a ON a.source_id = s.id GROUP BY 1 ORDER BY count(*) DESC"
    ).fetchone()
    page.goto("/")
    page.get_by_role("link", name="What did a source publish last?").click()
    page.get_by_label("Source").fill(source)
    page.get_by_role("button", name="Ask").click()
    page.wait_for_url("**source=**")
    assert set(page.locator("td.col-source").all_inner_texts()) == {source}


def test_a_list_can_be_kept_as_csv(page, tmp_path):
    page.goto("/search?q=银行")
    with page.expect_download() as download:
        page.locator(".forms a", has_text="CSV").first.click()
    path = tmp_path / "found.csv"
    download.value.save_as(path)
    with path.open(encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    assert len(table) == int(page.locator("#found").inner_text().split()[0])
    assert all("银行" in row["title"] + row["body"] for row in table)


def keep(page, count=3):
    """Keep the first hits of a search; return their headlines."""
    page.goto("/search?q=银行")
    marks = page.locator("button.keep")
    titles = [marks.nth(place).locator("bdi").inner_text() for place in range(count)]
    for place in range(count):
        marks.nth(place).click()
    return titles


def listed(page):
    return page.locator(".hits h2 bdi").all_inner_texts()


def open_list(page):
    page.get_by_role("link", name="My list").first.click()
    page.wait_for_url("**/list?ids=**")


def test_articles_are_kept_from_hits_and_from_their_page(page):
    titles = keep(page, 2)
    page.locator(".hits h3 a").nth(2).click()
    titles.append(page.locator("h1").inner_text())
    button = page.get_by_role("button", name="Keep")
    assert button.get_attribute("aria-pressed") == "false"
    button.focus()
    page.keyboard.press("Enter")
    assert button.get_attribute("aria-pressed") == "true"
    assert page.locator("nav [data-my-list]").get_attribute("data-count").strip() == "3"
    open_list(page)
    assert listed(page) == titles


def test_a_list_is_put_in_order_and_cut_by_the_keyboard_and_stays(page):
    first, second, third = keep(page)
    open_list(page)
    page.locator(".order button", has_text=f"Down: {first}").focus()
    page.keyboard.press("Enter")
    assert listed(page) == [second, first, third]
    assert "Down" in page.locator(":focus").inner_text()
    page.locator(".order button", has_text=f"Remove: {second}").focus()
    page.keyboard.press("Enter")
    assert listed(page) == [first, third]
    page.goto("/list")
    page.wait_for_url("**/list?ids=**")
    assert listed(page) == [first, third]


def test_notes_stay_in_the_browser_and_go_into_files(page, tmp_path):
    first, *_ = keep(page)
    open_list(page)
    page.get_by_label(f"Note: {first}").fill("核对原文\n再问一次")
    page.reload()
    assert page.get_by_label(f"Note: {first}").input_value() == "核对原文\n再问一次"
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV").click()
    path = tmp_path / "list.csv"
    download.value.save_as(path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        assert [row["note"] for row in csv.DictReader(file)] == ["核对原文\n再问一次", "", ""]


def test_a_note_is_not_thrown_away_by_a_slip(page):
    first, *_ = keep(page)
    open_list(page)
    page.get_by_label(f"Note: {first}").fill("核对")
    page.once("dialog", lambda dialog: dialog.dismiss())
    page.locator(".order button", has_text=f"Remove: {first}").click()
    assert listed(page)[0] == first
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Clear the list").click()
    page.get_by_text("Nothing is kept here yet").wait_for()
    assert page.locator("nav [data-my-list]").get_attribute("data-count") == ""


def test_the_list_of_another_is_told_from_ones_own_and_can_be_kept(page):
    own = keep(page, 1)
    page.goto("/list?ids=1,2")
    assert page.locator(".of-others").is_visible()
    assert not page.get_by_role("button", name="Clear the list").is_visible()
    shown = listed(page)
    page.get_by_role("button", name="Keep all of these").click()
    open_list(page)
    assert listed(page) == own + [title for title in shown if title not in own]
    assert not page.locator(".of-others").is_visible()


def test_an_article_of_another_archive_under_the_same_number_is_told(page):
    keep(page, 1)
    page.evaluate(
        """() => { const name = Object.keys(localStorage)[0];
        const [one] = JSON.parse(localStorage[name]);
        localStorage[name] = JSON.stringify([{ ...one, key: "other", title: "Elsewhere" }]); }"""
    )
    page.goto("/list")
    page.wait_for_url("**/list?ids=**")
    assert "This is not the article that was kept" in page.locator(".other").inner_text()
    assert "Elsewhere" in page.locator(".other").inner_text()


@pytest.mark.parametrize("stored", ["x", "{}", "[1, null, {}]", '[{"id": "1"}]'])
def test_what_is_no_list_in_the_browser_is_an_empty_one(page, stored):
    keep(page, 1)
    page.evaluate("text => { localStorage[Object.keys(localStorage)[0]] = text; }", stored)
    page.goto("/list")
    page.get_by_text("Nothing is kept here yet").wait_for()
    assert listed(page) == []


def test_a_list_works_without_scripts(browser, site):
    context = browser.new_context(base_url=str(site.base_url), java_script_enabled=False)
    tab = context.new_page()
    tab.goto("/search?q=银行")
    titles = tab.locator(".hits h3 bdi").all_inner_texts()
    tab.locator("a.keep").first.click()
    assert listed(tab) == titles[:1]
    tab.goto("/list?ids=1,2,3")
    before = listed(tab)
    tab.get_by_role("button", name="Down").first.click()
    assert listed(tab) == [before[1], before[0], before[2]]
    context.close()


def test_two_versions_are_chosen_by_their_names(page, places):
    page.goto(places["comparison of texts"])
    page.get_by_label("First text").select_option(index=1)
    page.get_by_label("Second text").select_option(index=0)
    page.get_by_role("button", name="Compare").click()
    page.wait_for_url("**from=2&to=1**")
    assert page.locator("h1").inner_text() == "Comparing version 2 with version 1"
    assert page.locator("del, ins").count() > 2


def test_hits_are_sorted_by_their_length(page):
    page.goto("/search?q=银行")
    page.get_by_label("Order").select_option("longest first")
    page.get_by_role("button", name="Search").click()
    page.wait_for_url("**order=longest**")
    lengths = [
        int(text.split()[0].replace(",", ""))
        for text in page.locator(".hits .meta span", has_text="characters").all_inner_texts()
    ]
    assert len(lengths) > 5
    assert lengths == sorted(lengths, reverse=True)


def test_a_raw_page_is_kept_as_a_text(page, places):
    page.goto(places["article"])
    with page.expect_download() as download:
        page.get_by_role("link", name="as fetched").first.click()
    assert download.value.suggested_filename.endswith(".txt")
    assert b"<" in Path(download.value.path()).read_bytes()


def test_the_keyboard_is_enough(page):
    page.goto("/")
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "Skip to the content"
    assert page.locator(":focus").bounding_box()["x"] >= 0
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("银行")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?**")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.locator(".hits :focus").count():
            break
    assert "solid 3px" in page.locator(":focus").evaluate("e => getComputedStyle(e).outline")
    page.keyboard.press("Enter")
    page.wait_for_url("**/article/**")


def test_nothing_is_wider_than_a_telephone(phone, places):
    for name, path in places.items():
        phone.goto(path)
        assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], name


def test_a_telephone_shows_headlines_in_a_readable_size(phone):
    phone.goto("/search")
    size = phone.locator(".hits h3").first.evaluate("e => parseFloat(getComputedStyle(e).fontSize)")
    assert size >= 16
    boxes = [link.bounding_box() for link in phone.locator("nav[aria-label=Main] a").all()]
    assert min(box["height"] for box in boxes) >= 24


def test_titles_in_tables_do_not_collapse(page):
    page.goto("/archive/articles")
    assert page.locator("td.col-title").first.bounding_box()["width"] > 200


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(browser, site, places, scheme):
    context = browser.new_context(base_url=str(site.base_url), color_scheme=scheme, bypass_csp=True)
    tab = context.new_page()
    found = {}
    # Only colours differ in the dark; a few pages hold all of them.
    chosen = places if scheme == "light" else {name: places[name] for name in COLOURFUL}
    for name, path in chosen.items():
        tab.goto(path)
        for violation in axe_api.Axe().run(tab).response["violations"]:
            if violation["impact"] in ("serious", "critical"):
                found[f"{name}: {violation['id']}"] = [node["html"][:200] for node in violation["nodes"][:3]]
    context.close()
    assert found == {}


def test_what_is_meant_to_do_harm_is_shown_as_text(browser, harm):
    context = browser.new_context(base_url=str(harm.base_url))
    tab = context.new_page()
    asked = []
    tab.on("request", lambda request: asked.append(request.url))
    (story,) = harm.get("/archive/stories.json?article_count=2&_shape=objects").json()["rows"]
    paths = [
        "/",
        "/search?q=量子",
        "/article/evil~2Eexample~2F0",
        "/article/evil~2Eexample~2F1",
        f"/story/{story['id']}",
    ]
    for path in [
        *paths,
        "/article/evil~2Eexample~2F0/changes/2",
        "/archive/articles",
        "/archive/images",
        "/archive/problems",
    ]:
        tab.goto(path)
        assert "<script>window.hit=1</script>" in tab.locator("body").inner_text()
        assert tab.evaluate("window.hit") is None
        assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        assert tab.locator("main img, main script, main iframe").count() == 0
        for link in tab.locator("a:not(svg a)").evaluate_all("all => all.map(a => a.protocol)"):
            assert link in ("http:", "https:")
    context.close()
    assert not [url for url in asked if not url.startswith(str(harm.base_url))]
