"""Simple selectors match what CSS matches, and nothing else is taken for one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as lxml_html

from newsarchive.extract.scanner.plan import plan_of
from newsarchive.extract.scanner.scan import Scan
from newsarchive.sites.model import Layout
from newsarchive.sites.selectors import find_all, simple_selector

NAMES = st.sampled_from(["div", "i", "b", ".x", ".y", "b.x", "#z", "div.x.y", "*"])
JOINTS = st.sampled_from([" ", " > ", " + ", ">", "+"])
SELECTORS = st.one_of(
    NAMES,
    st.tuples(NAMES, JOINTS, NAMES).map("".join),
    st.tuples(NAMES, JOINTS, NAMES, JOINTS, NAMES).map("".join),
    st.tuples(NAMES, st.just(", "), NAMES).map("".join),
)
TAGS = st.sampled_from(["<div>", '<div class="x y">', '<i class="y">', "<b>", '<b class="x">', '<i id="z">'])
TREES = st.recursive(
    st.just(""),
    lambda inner: st.lists(st.tuples(TAGS, inner), max_size=3).map(
        lambda pairs: "".join(f"{tag}{text}</{tag[1:].split()[0].rstrip('>')}>" for tag, text in pairs)
    ),
    max_leaves=12,
)


def scanned(selector: str, markup: str) -> list[str]:
    layout = Layout("post", None, attribution=(f"{selector}@n",), body=("main",))  # type: ignore[arg-type]
    scan = Scan(plan_of(layout), "https://a.b/", "").run(f"<main>{markup}</main>", tidy=False)
    return sorted(value.text for value in scan.values.get("attribution", ()) if value.text)


@given(SELECTORS, TREES)
def test_a_simple_selector_matches_as_css_does(selector: str, markup: str) -> None:
    parts = markup.split("<")
    tagged = "".join(
        f"<{part}" if part.startswith("/") else f"<{part.replace('>', f' n={number}>', 1)}"
        for number, part in enumerate(parts)
        if part
    )
    root = lxml_html.fragment_fromstring(f"<main>{tagged}</main>")
    assert scanned(selector, tagged) == sorted(filter(None, (element.get("n") for element in find_all(selector, root))))


@pytest.mark.parametrize(
    "text", ["", "p:first-child", "a[href]", "p ~ i", "p >", "> p", "p,,i", "p..x", "1p", "p{}", "@x"]
)
def test_other_css_is_no_simple_selector(text: str) -> None:
    with pytest.raises(ValueError, match="is not made of tags"):
        simple_selector(text)


def test_an_attribute_is_named_behind_the_selector() -> None:
    selector = simple_selector("time.when@datetime")
    assert (selector.attribute, len(selector.alternatives)) == ("datetime", 1)
