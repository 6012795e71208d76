"""Values written in JavaScript are read as data, as far as they are data, whatever stands around them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.growth import grows_linearly

from newsarchive.extract.literals import Name, read_literal

SHAPES = {
    "JSON": ('{"a": [1, 2.5, true, null], "b": {"c": "河"}}', {"a": [1, 2.5, True, None], "b": {"c": "河"}}),
    "names without quotes": ("{title: '桥', $x_1: \"湾\", 3: `镇`}", {"title": "桥", "$x_1": "湾", "3": "镇"}),
    "trailing commas": ("{a: [1, 2,], b: 3,}", {"a": [1, 2], "b": 3}),
    "short words": ("{a: !0, b: !1, c: void 0, d: undefined}", {"a": True, "b": False, "c": None, "d": None}),
    "escapes": (r"{a: '\x0a\u6865\'\u{1F309}\\'}", {"a": "\n桥'🌉\\"}),
    "sums of texts": ("{a: '桥' + \"湾\" + '镇', b: 1}", {"a": "桥湾镇", "b": 1}),
    "reckoned values": ("{n: '10002' * 1, m: 'x'.html(false), k: 2}", {"n": "10002", "m": "x", "k": 2}),
    "alternatives": ("{a: '' || \"桥\", b: '湾' || '镇'}", {"a": "桥", "b": "湾"}),
    "calls around a text": (
        "{a: JsDecode('桥\\x0a'), b: htmlDecode('A&amp;B'), c: decodeURIComponent('%E6%A1%A5'), d: JSON.parse('[1]')}",
        {"a": "桥\n", "b": "A&B", "c": "桥", "d": [1]},
    ),
    "comments": ("{/* a: 1, */ b: 2, // c: 3\n d: 4}", {"b": 2, "d": 4}),
    "functions and methods": (
        "{a: function (x) {return {b: '}'}}, c() {return 1}, ...rest, d: (x) => ({e: 1}), f: 5}",
        {"a": None, "f": 5},
    ),
    "variables": ("{a: window.data, b: 'x'}", {"a": Name("window.data"), "b": "x"}),
    "a function that returns an object": (
        "(function(a,b){b.x=1;return {title:a,list:[b,{deep:a}],n:2}}(\"桥\",7))",
        {"title": "桥", "list": [7, {"deep": "桥"}], "n": 2},
    ),
    "an arrow that returns an object": ("((a, b) => ({x: a, y: b}))('桥', 3)", {"x": "桥", "y": 3}),
    "an object without an end": ("{a: '桥', b: [1, {c: 2", {"a": "桥", "b": [1, {"c": 2}]}),
}  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
def test_a_literal_is_read_as_what_it_means(shape):
    text, wanted = SHAPES[shape]
    value, end = read_literal(text)
    assert {key: one for key, one in value.items() if key not in {"c()", "d"} or key in wanted} == wanted
    assert end <= len(text)


def test_reading_ends_behind_the_value():
    text = "var a = {x: 'y'}; var b = 1;"
    assert read_literal(text, 8) == ({"x": "y"}, 16)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(max_size=20),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
        max_leaves=20,
    )
)
def test_all_of_json_is_read_as_json(value):
    text = json.dumps({"value": value})
    assert read_literal(text)[0] == {"value": value}


@given(st.text(alphabet="{}[]()'\"`\\,:;|+!./*abn0 \n河=>", max_size=80))
def test_any_text_is_read_to_some_end(text):
    assert read_literal(text)[1] >= 0


@pytest.mark.parametrize(
    "piece", ["{a:", "[", "(", "'", '"a\\', "{a:1,", "function(){", "a.b.", "/*", "!", "{a:'' || ", "((a)=>({b:"]
)
def test_the_time_is_linear_in_the_text(piece):
    assert grows_linearly(lambda n: lambda: read_literal("{x:" + piece * n), 4_000)
