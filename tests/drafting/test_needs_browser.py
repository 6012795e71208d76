"""Whether a page shows anything without its scripts."""

import pytest

from newsarchive.drafting.needs_browser import needs_browser
from newsarchive.tree import parse

SCRIPT = '<script src="/app.js"></script>'
TEXT = "今天上午，青石港三号泊位迎来了新船，港务部门在码头上介绍了全年的安排，并回答了记者的提问。" * 4
LINKS = "".join(f'<a href="/news/{number}.html">新闻</a>' for number in range(5))


@pytest.mark.parametrize(
    ("body", "needs"),
    [
        (f'<div id="app"></div>{SCRIPT}', True),
        (f"<noscript>请启用 JavaScript。{TEXT}</noscript><div></div>{SCRIPT}", True),
        (f"<script>const text = '{TEXT}';</script><p>加载中…</p>", True),
        (f"<style>{'p { margin: 0 } ' * 50}</style><template>{TEXT}</template>{SCRIPT}", True),
        (f"<p>{TEXT}</p>{SCRIPT}", False),
        (f"{LINKS}{SCRIPT}", False),
        ("<p>没有内容</p>", False),
        ("", False),
    ],
)
def test_a_page_needs_a_browser_when_it_has_scripts_and_hardly_anything_else(body, needs):
    root = parse(f"<html><head><title>青石日报</title></head><body>{body}</body></html>")
    assert needs_browser(root) is needs
