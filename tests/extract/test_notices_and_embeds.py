"""Numbers of documents, regions of posts, and what is embedded in a text."""

from __future__ import annotations

import pytest
from support.unknown_pages import read_unknown

TEXT = "".join(f"<p>河湾镇的{n}号桥修好了，集市照常开放，来的人比往年多，镇里说秋天会更多。</p>" for n in range(4))
MORE = "".join(f"<p>过河的人说，第{n}条路比从前好走，孩子们上学也近了，大家都很高兴。</p>" for n in range(4))
HEAD = "<head><title>关于河湾镇集市开放的通知</title></head><h1>关于河湾镇集市开放的通知</h1>"


@pytest.mark.parametrize(
    ("table", "number", "index"),
    [
        (
            "<table><tr><td>索 引 号：</td><td>000123/2024-00012</td>"
            "<td>发文字号：</td><td>河政办发〔2024〕12号</td></tr></table>",
            "河政办发〔2024〕12号",
            "000123/2024-00012",
        ),
        ("<p>索引号：HW-2024-0012 文号：河财[2024]第7号</p>", "河财[2024]第7号", "HW-2024-0012"),
        ("<p>河政办发〔2024〕12号</p>", "河政办发〔2024〕12号", None),
        ("<p>字号：大 中 小</p>", None, None),
        ("<p>根据河政办发〔2024〕12号文件的要求，集市照常开放，镇里说秋天会更多。</p>", None, None),
    ],
)
def test_the_numbers_of_a_notice_are_read(table: str, number: str | None, index: str | None):
    article = read_unknown(f"{HEAD}{table}<div>{TEXT}</div>")
    assert (article.document_number, article.index_number) == (number, index)
    assert article.title == "关于河湾镇集市开放的通知"


@pytest.mark.parametrize(
    ("line", "region"),
    [
        ("2024-05-30 08:15 IP属地：北京", "北京"),
        ("2024-05-30 08:15 发布于 广东", "广东"),
        ("2024-05-30 08:15 发布于河湾报", None),
        ("2024-05-30 08:15", None),
    ],
)
def test_the_region_of_a_post_is_read(line: str, region: str | None):
    article = read_unknown(f"{HEAD}<div>{line}</div><div>{TEXT}</div>")
    assert article.region == region


def test_the_region_in_a_platforms_script_is_read():
    script = "<script>window.ip_wording = {countryName: '中国', provinceName: '浙江'};</script>"
    assert read_unknown(f"{HEAD}<div>{TEXT}</div>{script}").region == "浙江"


def test_what_is_embedded_in_a_text_is_named():
    embeds = (
        "<iframe src='https://player.example/embed/7'></iframe><iframe src='/chart.html'></iframe>"
        "<video><source src='/bridge.mp4'></video><iframe width=1 height=1 src='/count.html'></iframe>"
        "<blockquote class='x-tweet'><p>The bridge is open</p><a href='https://post.example/1'>May 30</a></blockquote>"
        "<div class='ad'><iframe src='https://other.example/a'></iframe></div>"
    )
    article = read_unknown(f"{HEAD}<div class='content'>{TEXT}{embeds}{MORE}</div><iframe src='/below.html'></iframe>")
    assert article.embeds == [
        "video https://player.example/embed/7",
        "frame https://news.example/chart.html",
        "video https://news.example/bridge.mp4",
        "post https://post.example/1",
    ]
