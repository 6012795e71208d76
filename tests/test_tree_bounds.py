"""What is beyond any real page is refused before anything reads it, and what only looks so is not."""

import pytest
from support.growth import grows_linearly

from newsarchive.tree_bounds import MOST_ATTRIBUTES, MOST_ELEMENTS, MOST_LEVELS, TooComplexError, within_bounds

HEAD = b"<html><head><title>x</title></head><body><p>"
PAD = b" " * (64 << 10)


def attributes(template, count, name=b"p"):
    return HEAD + b"<" + name + b" " + b" ".join(template % n for n in range(count)) + b">x" + PAD


REFUSED = {
    "elements": (b"<p>x" * (MOST_ELEMENTS + 1), f"more than {MOST_ELEMENTS:,} elements"),
    "levels": (HEAD + b"<div>" * (MOST_LEVELS + 1), f"more than {MOST_LEVELS:,} levels of elements"),
    "levels that are closed in the end": (b"<div>" * 9000 + b"</div>" * 4500, "levels"),
    "levels with end tags of nothing": (b"<div></i>" * 9000, "levels"),
    "levels of unknown elements": (b"<x-y a=1>" * 9000, "levels"),
    "levels in capitals": (b"<DIV><Div>" * 4500, "levels"),
    "levels behind a script": (b"<script>a</script>" + b"<div>" * 9000, "levels"),
    "attributes": (attributes(b"a%d=1", MOST_ATTRIBUTES + 2), f"more than {MOST_ATTRIBUTES:,} attributes in one tag"),
    "attributes without values": (attributes(b"a%x", 3000), "attributes"),
    "attributes with ends of tags in them": (attributes(b"a%d=' > '", 3000), "attributes"),
    "attributes with tags in them": (attributes(b'a%d="<b>"', 3000), "attributes"),
    "attributes of a script": (attributes(b"a%d=1", 3000, b"script"), "attributes"),
    "attributes of an end tag": (attributes(b"a%d=1", 3000, b"/p"), "attributes"),
    "attributes of a tag that does not end": (attributes(b"a%d=1", 3000).replace(b">x", b""), "attributes"),
}
TAKEN = {
    "nothing": b"",
    "many elements beside each other": HEAD + b"<li>x<br>" * 50_000,
    "elements that are closed": HEAD + b"<div><span>x</span></div>" * 50_000,
    "a script full of signs of less": HEAD + b"<script>" + b"if (a<b && c<d) e();" * 50_000 + b"</script>",
    "a script of one long condition": HEAD + b"<script>" + b"a<b && c " * 50_000 + b"</script>",
    "a comment full of tags": HEAD + b"<!--" + b"<div>" * 50_000 + b"-->",
    "one long attribute": HEAD + b'<img src="data:' + b"QUJD " * 50_000 + b'">',
    "a long script with the beginning of a tag in it": HEAD
    + b"<script>a<b "
    + b"c d e f; g<h, " * 9_000
    + b"</script>",
    "as many levels as are allowed": b"<div>" * MOST_LEVELS + b"</div>" * MOST_LEVELS,
}


def look(data):
    try:
        within_bounds(data, strict=True)
    except TooComplexError as error:
        return error
    return None


@pytest.mark.parametrize(("data", "words"), REFUSED.values(), ids=REFUSED)
def test_what_no_real_page_has_is_refused_with_what_it_is(data, words):
    with pytest.raises(TooComplexError, match=words):
        within_bounds(data, strict=True)


@pytest.mark.parametrize("data", TAKEN.values(), ids=TAKEN)
def test_what_real_pages_have_is_taken(data):
    assert look(data) is None


SHAPES = {
    "divs": lambda n: b"<div>" * n + b"</div>" * n,
    "scripts": lambda n: b"<script " * n,
    "comments": lambda n: b"<!--" * n,
    "comments that end": lambda n: b"<!---->" * n,
    "quotes": lambda n: b"<p a=" + b"\"'" * n,
    "ends": lambda n: b"</" * n,
    "attributes": lambda n: b"<p " + b"a=1 " * n,
    "open tags": lambda n: b"<a " * n,
    "titles": lambda n: b"<title>" * n,
    "equals": lambda n: b"<p " + b"= " * n,
}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_the_look_takes_linear_time(shape):
    assert grows_linearly(lambda n: lambda: look(shape(n)), 100_000)


def test_a_stray_quote_in_a_tag_does_not_reach_to_the_next_of_the_page() -> None:
    text = "The ferry leaves at dawn and takes the growers to the market. " * 2_000
    assert look(f"<p class=lead title=growers' market>{text}</p><p>It's late.</p>".encode()) is None
    assert look(f'<p class="lead"">{text}</p><p>He said: "So be it."</p>'.encode()) is None
