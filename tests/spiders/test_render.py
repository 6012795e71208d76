"""Pages that a script fills, in a real Chromium: they are read, and reach nothing that a crawl may not ask for.

Needs Debian's `chromium` (or another one that NEWSARCHIVE_CHROMIUM names) and scrapy-playwright; skipped without them.
"""

import os
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from support.servers import Answer, server

from newsarchive.crawl.render import browser
from newsarchive.errors import UserError

pytest.importorskip("scrapy_playwright", reason="scrapy-playwright is not installed")
try:
    CHROMIUM = browser.find_chromium(os.environ.get("NEWSARCHIVE_CHROMIUM", ""))
except UserError as error:
    pytest.skip(str(error), allow_module_level=True)

SITE = """
name = "filled"
title = "青石日报"
base_url = "{base}"
hosts = ["127.0.0.1"]
timezone = "Asia/Shanghai"

[politeness]
delay = 0
concurrency = 4

[listing]
start = ["/"]
article = '/news/\\d+\\.html$'

[render]
{render}
"""
SHELL = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>青石日报</title>{head}</head>
<body><div id="app"></div><script src="/app.js"></script></body></html>"""
PLAIN = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title}</title></head><body><article><h1>{title}</h1>
<p class="time">2026-03-05 08:00:00</p><p>{text}</p></article><script src="/app.js"></script></body></html>"""
TEXT = "今天上午，青石港三号泊位迎来了新船，港务部门在码头上介绍了全年的安排，并回答了提问。"
LIST = '{"items": [{"id": 1, "title": "青石港迎来今年第一艘新船"}, {"id": 2, "title": "望湖大桥昨天清晨合龙"}]}'
# Fills the page from its data, as the frames of newspapers do; what `hostile` says happens before.
APP = """
(async () => {
  const hostile = document.querySelector("#hostile");
  if (hostile) await eval(hostile.textContent)();
  const number = location.pathname.match(/[0-9]+/);
  const app = document.querySelector("#app");
  if (!app) return;
  if (!number) {
    const found = await (await fetch("/data/list.json")).json();
    app.innerHTML = found.items.map(i => `<p><a href="/news/${i.id}.html">${i.title}</a></p>`).join("");
    return;
  }
  const text = await (await fetch(`/data/${number[0]}.json`)).json();
  app.innerHTML = `<article><h1>${text.title}</h1><p class="time">${text.time}</p><p>${text.text}</p></article>`;
})();
"""


def article(title):
    return f'{{"title": "{title}", "time": "2026-03-05 08:00:00", "text": "{TEXT}{title}。"}}'


class Pages(dict):
    """Path -> what is answered, a text or an Answer."""

    def __call__(self, asked):
        found = self.get(asked.path)
        if isinstance(found, Answer):
            return found
        if found is None:
            return Answer(status=404)
        kind = {"js": "text/javascript", "json": "application/json"}.get(asked.path.rpartition(".")[2], "text/html")
        return Answer(found.encode(), headers={"Content-Type": f"{kind}; charset=utf-8", "ETag": '"frame"'})


@pytest.fixture
def pages():
    return Pages(
        {
            "/": SHELL.format(head=""),
            "/app.js": APP,
            "/data/list.json": LIST,
            "/news/1.html": SHELL.format(head=""),
            "/data/1.json": article("青石港迎来今年第一艘新船"),
            "/news/2.html": PLAIN.format(title="望湖大桥昨天清晨合龙", text=TEXT * 2),
        }
    )


@pytest.fixture
def site(pages):
    with server(pages) as running:
        yield running


@contextmanager
def nobody_may_come():
    """Listen on a port of loopback, by TCP and by UDP, as a device in a private network would; tells who came."""
    came = []
    with socket.socket() as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
        tcp.bind(("127.0.0.1", 0))
        tcp.listen()
        port = tcp.getsockname()[1]
        udp.bind(("127.0.0.1", port))
        for listener in (tcp, udp):
            listener.settimeout(0.1)
        ended = threading.Event()

        def listen():
            while not ended.is_set():
                with suppress(OSError):
                    connection, _ = tcp.accept()
                    connection.settimeout(1)
                    came.append(connection.recv(200))
                    connection.close()
                with suppress(OSError):
                    came.append(udp.recv(200))

        thread = threading.Thread(target=listen)
        thread.start()
        yield port, came
        ended.set()
        thread.join(10)


def crawl_it(crawl, site, tmp_path, render="seconds = 60", **environment):
    folder = tmp_path / "sites"
    folder.mkdir(exist_ok=True)
    (folder / "filled.toml").write_text(SITE.format(base=site.base_url, render=render), encoding="utf-8")
    variables = {"NEWSARCHIVE_SITES": str(folder), "NEWSARCHIVE_CHROMIUM": CHROMIUM}
    return crawl("site", site="filled", environment=variables | environment)


def asked_for(site):
    return sorted(asked.path for asked in site.asked)


def test_pages_that_a_script_fills_are_read_and_others_are_not_rendered(crawl, site, tmp_path):
    done = crawl_it(crawl, site, tmp_path)
    assert done.status == 0, done.log
    found = done.rows("SELECT title, char_count > 40, published_date FROM articles ORDER BY title")
    assert found == [("望湖大桥昨天清晨合龙", 1, "2026-03-05"), ("青石港迎来今年第一艘新船", 1, "2026-03-05")]
    counts = dict(done.rows("SELECT key, value FROM runs, json_each(counts)"))
    assert counts["render/rendered"] == 2  # the listing and one article; the other had its text
    # Each page and each script is asked for once, by us and not by the browser.
    assert asked_for(site) == sorted(
        ["/", "/app.js", "/data/1.json", "/data/list.json", "/news/1.html", "/news/2.html", "/robots.txt"]
    )
    assert {asked.headers["User-Agent"].partition("/")[0] for asked in site.asked} == {"newsarchive"}


def test_a_rendered_page_is_not_taken_for_known_because_its_frame_is(crawl, site, pages, tmp_path):
    crawl_it(crawl, site, tmp_path)
    pages["/data/list.json"] = LIST.replace("2,", "3,").replace("望湖大桥昨天清晨合龙", "江湾的渡轮换了新的时刻表")
    pages["/news/3.html"] = SHELL.format(head="")
    pages["/data/3.json"] = article("江湾的渡轮换了新的时刻表")
    done = crawl_it(crawl, site, tmp_path)
    assert "江湾的渡轮换了新的时刻表" in done.column("SELECT title FROM articles"), done.log


@pytest.mark.parametrize("name", ["青石港", "𠮷田港"], ids=["in the charset", "not in the charset"])
def test_a_frame_in_gbk_is_read_with_what_its_scripts_write(crawl, site, pages, tmp_path, name):
    frame = SHELL.format(head="").replace("utf-8", "gbk").encode("gbk")
    pages["/news/1.html"] = Answer(frame, headers={"Content-Type": "text/html; charset=gbk"})
    pages["/data/1.json"] = article(f"{name}迎来今年第一艘新船")
    done = crawl_it(crawl, site, tmp_path)
    assert f"{name}迎来今年第一艘新船" in done.column("SELECT title FROM articles"), done.log
    assert "wrong-charset" not in done.reasons("/news/1.html")


def test_what_robots_txt_forbids_is_forbidden_to_the_page_too(crawl, site, pages, tmp_path):
    pages["/robots.txt"] = "User-agent: *\nDisallow: /data/1.json"
    done = crawl_it(crawl, site, tmp_path)
    assert done.column("SELECT title FROM articles") == ["望湖大桥昨天清晨合龙"]
    assert "/data/1.json" not in asked_for(site)


HOSTILE = """
async () => {
  const there = "127.0.0.1:PORT", quietly = work => new Promise(done => {
    setTimeout(done, 700);
    try { Promise.resolve(work(done)).then(done, done); } catch (e) { done(); }
  });
  const element = (tag, set) => document.body.append(Object.assign(document.createElement(tag), set));
  await quietly(() => fetch(`http://${there}/fetch`, {mode: "no-cors"}));
  await quietly(() => fetch(`http://localhost:PORT/name`, {mode: "no-cors"}));
  await quietly(() => fetch(`/leads-away`, {mode: "no-cors"}));
  await quietly(() => fetch(`http://${there}/post`, {method: "POST", mode: "no-cors", body: "x"}));
  await quietly(() => fetch("file:///etc/passwd"));
  await quietly(() => navigator.sendBeacon(`http://${there}/beacon`, "x"));
  await quietly(done => new WebSocket(`ws://${there}/socket`).onerror = done);
  await quietly(done => new EventSource(`http://${there}/events`).onerror = done);
  await quietly(() => navigator.serviceWorker && navigator.serviceWorker.register("/worker.js"));
  await quietly(() => new Worker(URL.createObjectURL(new Blob([`
    fetch("http://${there}/worker", {mode: "no-cors"}).catch(() => 0);
    try { importScripts("http://${there}/imported.js"); } catch (e) {}
    new WebSocket("ws://${there}/worker-socket");`]))));
  element("img", {src: `http://${there}/picture.png`});
  element("script", {src: `http://${there}/script.js`});
  element("iframe", {src: `http://${there}/frame`});
  element("iframe", {src: "file:///etc/passwd"});
  element("iframe", {srcdoc: `<script src="http://${there}/in-frame.js"></` + `script>`});
  element("link", {rel: "prefetch", href: `http://${there}/prefetch`});
  element("link", {rel: "preconnect", href: `http://${there}`});
  element("link", {rel: "stylesheet", href: `http://${there}/style.css`});
  element("video", {src: `http://${there}/film.mp4`});
  element("object", {data: `http://${there}/object`});
  element("form", {action: `http://${there}/form`, method: "post", target: "_blank"});
  document.querySelector("form").submit();
  window.open(`http://${there}/popup`);
  try {
    const peer = new RTCPeerConnection({iceServers: [{urls: `stun:${there}`}]});
    peer.createDataChannel("x");
    await peer.setLocalDescription(await peer.createOffer());
  } catch (e) {}
  element("a", {href: "/archive.zip", download: "archive.zip", textContent: "x", id: "save"});
  document.querySelector("#save").click();
  await new Promise(done => setTimeout(done, 300));
  element("a", {href: URL.createObjectURL(new Blob(["x"])), download: "x.exe", id: "blob"});
  document.querySelector("#blob").click();
  await new Promise(done => setTimeout(done, 1500));
}
"""


def test_a_page_reaches_no_private_address_no_file_and_no_download_and_each_is_told(crawl, site, pages, tmp_path):
    pages["/archive.zip"] = Answer(b"PK", headers={"Content-Type": "application/zip"})
    with nobody_may_come() as (port, came):
        script = HOSTILE.replace("PORT", str(port))
        pages["/leads-away"] = Answer(status=302, headers={"Location": f"http://127.0.0.1:{port}/landed"})
        pages["/news/1.html"] = SHELL.format(head=f'<script type="text/plain" id="hostile">{script}</script>')
        done = crawl_it(crawl, site, tmp_path, render='wait = "article h1, #app a"')
    assert came == []
    assert "青石港迎来今年第一艘新船" in done.column("SELECT title FROM articles"), done.log
    told = set(done.rows("SELECT reason, detail FROM problems"))
    where = "asked for by a page that was rendered"
    assert ("unsafe-url", f"{where}: 127.0.0.1 lies inside a private network") in told
    assert ("unsafe-url", f"{where}: localhost lies inside a private network") in told
    assert ("unsafe-url", f"{where}: not a web address (file)") in told
    assert [detail for reason, detail in told if reason == "not-html"]
    assert "/worker.js" not in asked_for(site)


UNGUARDED = """
import sys
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    chromium = playwright.chromium.launch(executable_path=sys.argv[1], args=["--no-sandbox", "--disable-gpu"])
    page = chromium.new_page()
    page.goto(sys.argv[2])
    page.wait_for_selector("article h1", timeout=60_000)
    chromium.close()
"""


def test_the_same_page_reaches_it_in_a_browser_that_nobody_guards(site, pages):
    with nobody_may_come() as (port, came):
        script = HOSTILE.replace("PORT", str(port))
        pages["/leads-away"] = Answer(status=302, headers={"Location": f"http://127.0.0.1:{port}/landed"})
        pages["/news/1.html"] = SHELL.format(head=f'<script type="text/plain" id="hostile">{script}</script>')
        command = [sys.executable, "-c", UNGUARDED, CHROMIUM, f"{site.base_url}/news/1.html"]
        subprocess.run(command, check=True, timeout=120)
    paths = {one.split(b" ")[1].decode() for one in came if one[:4] in (b"GET ", b"POST")}
    assert {"/fetch", "/name", "/landed", "/post", "/beacon", "/socket", "/events", "/picture.png"} <= paths
    assert {"/worker", "/imported.js", "/worker-socket", "/script.js", "/frame", "/in-frame.js", "/style.css"} <= paths


def test_a_page_that_leads_to_a_private_address_is_not_followed(crawl, site, pages, tmp_path):
    with nobody_may_come() as (port, came):
        head = f'<script type="text/plain" id="hostile">() => location = "http://127.0.0.1:{port}/"</script>'
        pages["/news/1.html"] = SHELL.format(head=head)
        done = crawl_it(crawl, site, tmp_path)
    assert came == []
    assert "unsafe-url" in done.reasons(f":{port}/"), done.log


def test_a_page_that_never_ends_is_given_up_and_the_next_one_rendered(crawl, site, pages, tmp_path):
    pages["/data/list.json"] = LIST.replace('"id": 2', '"id": 3')
    pages["/news/1.html"] = SHELL.format(head='<script type="text/plain" id="hostile">() => { for (;;); }</script>')
    pages["/news/3.html"] = SHELL.format(head="")
    pages["/data/3.json"] = article("望湖大桥昨天清晨合龙")
    done = crawl_it(crawl, site, tmp_path, render="seconds = 30")
    assert done.column("SELECT title FROM articles") == ["望湖大桥昨天清晨合龙"], done.log
    assert "rendering took longer than 30 seconds" in done.column("SELECT detail FROM problems")
    assert done.state("/news/1.html") == {"pending"}


def test_a_page_that_takes_too_much_memory_is_given_up(crawl, site, pages, tmp_path):
    eater = """() => {
      window.kept = [];
      for (let i = 0; i < 700; i++) kept.push(new Uint8Array(1 << 20).fill(1));
      return new Promise(() => 0);
    }"""
    pages["/news/1.html"] = SHELL.format(head=f'<script type="text/plain" id="hostile">{eater}</script>')
    done = crawl_it(crawl, site, tmp_path, render="seconds = 60\nmemory = 600")
    assert [one for one in done.column("SELECT detail FROM problems") if "MiB, and may take 600" in one], done.log


def test_no_more_pages_are_rendered_than_a_run_may(crawl, site, tmp_path):
    done = crawl_it(crawl, site, tmp_path, render="max_pages = 1")
    assert done.column("SELECT title FROM articles") == ["望湖大桥昨天清晨合龙"]
    assert done.state("/news/1.html") == {"pending"}
    assert [one for one in done.column("SELECT detail FROM problems") if "render.max_pages" in one]


def test_no_browser_is_left_behind(crawl, site, tmp_path):
    crawl_it(crawl, site, tmp_path)
    listed = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True, timeout=30).stdout
    assert not [line for line in listed.splitlines() if "--newsarchive=" in line]


def test_a_crawl_without_a_browser_says_what_to_install(crawl, site, tmp_path):
    done = crawl_it(crawl, site, tmp_path, NEWSARCHIVE_CHROMIUM=str(Path(tmp_path) / "nothing"))
    assert done.status != 0
    assert "apt-get install chromium" in done.log
    assert "Traceback" not in done.log
