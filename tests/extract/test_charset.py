"""Bytes become the right text, whatever is declared."""

from __future__ import annotations

import gzip
import html
import json
import re
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.growth import grows_linearly

from newsarchive.extract.charset import codec_name, decode

SHARED = Path(__file__).parents[2] / "../shared/reading/data"

#: Python codec -> (how pages declare it, a headline, a paragraph).
TEXTS = {
    "utf-8": (
        "utf-8",
        "城南公司昨晚公告：净利润增长",
        "城南公司昨晚公告，预计今年净利润同比增长三成，主要是新产线投产后成本下降。",
    ),
    "gb18030": (
        "gb2312",
        "城南公司昨晚公告：净利润增长",
        "城南公司昨晚公告，预计今年净利润同比增长三成，董事长朱镕某没有回应。",
    ),
    "big5hkscs": (
        "big5",
        "港股午評：指數微跌",
        "本港多間上市公司今日公佈業績，市場預期下半年經濟會逐步恢復，投資者應該留意匯率風險。",
    ),
    "cp932": (
        "shift_jis",
        "東京の市場について",
        "東京市場では株価が続伸した。輸出関連の銘柄が買われ、終値は前日より高くなった。",
    ),
    "cp949": (
        "euc-kr",
        "한국 증시 상승",
        "한국 증시가 상승세로 마감했다. 외국인 투자자들이 순매수에 나서면서 지수가 올랐다.",
    ),
    "cp1252": (
        "iso-8859-1",
        "Le café était fermé",
        "Le café était fermé à midi ; l’an passé, le propriétaire l’avait déjà annoncé.",
    ),
    "cp1251": (
        "windows-1251",
        "Курс рубля вырос",
        "Курс рубля вырос на бирже. Аналитики считают, что рост продолжится, но зависит от цен.",
    ),
}
LABELS = {codec: label for codec, (label, _, _) in TEXTS.items()}


def html_of(codec: str, *, meta: str | None = None, paragraphs: int = 3) -> str:
    _, title, paragraph = TEXTS[codec]
    tag = f'<meta charset="{meta}">' if meta else ""
    body = f"<p>{paragraph}</p>" * paragraphs
    return f"<!DOCTYPE html><html><head>{tag}<title>{title}</title></head><body>{body}</body></html>"


@pytest.mark.parametrize("paragraphs", [0, 1, 10])
@pytest.mark.parametrize("where", ["header", "meta"])
@pytest.mark.parametrize("declared", [None, *LABELS.values()])
@pytest.mark.parametrize("real", TEXTS)
def test_a_page_reads_right_whether_declared_or_not_and_however_wrongly(
    real: str, declared: str | None, where: str, paragraphs: int
) -> None:
    text = html_of(real, meta=declared if where == "meta" else None, paragraphs=paragraphs)
    found = decode(text.encode(real), declared if where == "header" else None)
    assert found.text == text
    assert found.charset == real
    assert found.wrong_declaration == (declared is not None and codec_name(declared) != real)
    assert not found.damaged
    assert found.evidence


@pytest.mark.parametrize(
    ("label", "codec"),
    [
        ("GB2312", "gb18030"),
        ("x-gbk", "gb18030"),
        ("UTF8", "utf-8"),
        ("text/html; charset=GBK", "gb18030"),
        ('text/html;charset="utf-8"; boundary=x', "utf-8"),
        ("Big5", "big5hkscs"),
        ("latin1", "cp1252"),
        ("text/html", None),
        ("no-such-charset", None),
        ("base64", None),
        ("utf-7", None),
        ("unicode_escape", None),
        ("", None),
        (None, None),
    ],
)
def test_labels_are_understood_as_browsers_understand_them(label: str | None, codec: str | None) -> None:
    assert codec_name(label) == codec


def test_the_old_style_of_meta_tag_and_the_xml_declaration_count() -> None:
    old = '<head><meta http-equiv="Content-Type" content="text/html; charset=gb2312" /></head>城南'.encode("gbk")
    assert decode(old).evidence == "declared by meta"
    xml = '<?xml version="1.0" encoding="gbk"?><rss>城南公司的公告</rss>'.encode("gbk")
    assert decode(xml).evidence == "declared by XML declaration"


def test_a_declaration_in_a_comment_or_of_a_script_does_not_count() -> None:
    body = '<!-- <meta charset="big5"> --><script charset="euc-kr"></script><p>城南公司的公告</p>'.encode()
    assert decode(body) == decode(body, None)
    assert not decode(body).wrong_declaration


def test_the_header_wins_over_the_page_in_what_counts_as_declared() -> None:
    body = html_of("utf-8", meta="gbk").encode()
    assert not decode(body, "utf-8").wrong_declaration
    assert decode(body).wrong_declaration


def test_characters_beyond_gb2312_are_read_under_its_name() -> None:
    text = '<meta charset="gb2312"><p>胡喆、李喆与张垚的报道，龘字也在，还有𠮷字。</p>'
    assert decode(text.encode("gb18030")).text == text


def test_a_byte_order_mark_decides_and_is_no_text() -> None:
    for codec, mark in (("utf-8", "utf-8-sig"), ("utf-16-le", "utf-16"), ("utf-16-be", None)):
        body = "城南".encode(mark) if mark else "\ufeff城南".encode(codec)
        found = decode(body, "gbk")
        assert (found.text, found.charset, found.evidence) == ("城南", codec, "byte order mark")


def test_utf16_without_a_mark_is_seen_by_its_zero_bytes() -> None:
    text = "<html><title>城南</title></html>"
    assert decode(text.encode("utf-16-le")).text == text
    assert decode(text.encode("utf-16-be")).text == text


@pytest.mark.parametrize("cut", [1, 2])
def test_a_character_cut_at_the_very_end_is_tolerated(cut: int) -> None:
    text = html_of("utf-8") + "末"
    found = decode(text.encode()[:-cut])
    assert found.text == text[:-1]
    assert not found.damaged
    text = html_of("gb18030") + "末"
    found = decode(text.encode("gb18030")[:-1], "gbk")
    assert found.text == text[:-1]
    assert not found.damaged


@pytest.mark.parametrize("codec", ["utf-8", "gb18030"])
def test_a_few_broken_bytes_cost_only_their_own_characters(codec: str) -> None:
    text = html_of(codec, paragraphs=20)
    body = text.encode(codec).replace("增长".encode(codec), "增".encode(codec) + b"\xff", 1)
    found = decode(body)
    assert found.charset == codec
    assert found.damaged
    assert found.text.count("\ufffd") == 1
    assert found.text.replace("\ufffd", "长") == text


@pytest.mark.parametrize("text", ["<p>城南\ufffd司</p>", "<p>城南锟斤拷司公告</p>"])
def test_text_that_was_lost_before_it_reached_us_is_reported(text: str) -> None:
    found = decode(text.encode())
    assert found.text == text
    assert found.damaged


def test_gbk_that_is_valid_utf8_by_chance_is_read_as_declared() -> None:
    # Each of these characters of GBK is a two-byte sequence of UTF-8 as well.
    body = "<title>模模</title>".encode("gbk")
    body.decode("utf-8")
    assert decode(body, "gbk").text == "<title>模模</title>"
    assert decode("<p>déjà vu</p>".encode(), "gb2312").text == "<p>déjà vu</p>"
    assert decode("<p>© 2024 »</p>".encode(), "gb2312").text == "<p>© 2024 »</p>"


def test_ascii_and_empty_bodies_have_no_wrong_declaration() -> None:
    assert decode(b"").text == ""
    assert not decode(b"<p>plain</p>", "gbk").wrong_declaration
    assert decode("城南".encode("iso2022_jp_ext", "ignore") or b"x", "iso-2022-jp").text
    assert decode("日本の新聞".encode("iso2022_jp"), "iso-2022-jp").text == "日本の新聞"


@given(
    st.binary(max_size=400), st.sampled_from([None, "utf-8", "gbk", "big5", "shift_jis", "windows-1252", "x", "utf-16"])
)
def test_any_bytes_give_some_text(body: bytes, declared: str | None) -> None:
    found = decode(body, declared)
    assert isinstance(found.text, str)
    if "\ufffd" in found.text:
        assert found.damaged


@given(st.text(alphabet=st.characters(codec="gb18030", exclude_categories=["Cs", "Co", "Cn"]), max_size=200))
def test_declared_and_valid_utf8_is_never_changed(text: str) -> None:
    body = "a" + text
    assert decode(body.encode(), "utf-8").text == body


@pytest.mark.parametrize(
    "piece", [b"\x80<", b"<!--", b"--><!--", b"<meta ", b"<meta charset", b"\xd6", b"\xe4\xb8", b"caf\xe9 ", b"\x1b$"]
)
def test_time_grows_with_the_size_of_a_hostile_body(piece: bytes) -> None:
    assert grows_linearly(lambda size: partial(decode, piece * (size // len(piece)), "gbk"), 50_000)


def flat(text: str) -> str:
    return re.sub(r"\s+", "", html.unescape(re.sub(r"<[^>]*>", "", text)))


@pytest.mark.skipif(not SHARED.is_dir(), reason="the pages for measuring lie beside a working copy only")
def test_every_page_of_the_charset_set_decodes_to_its_true_text() -> None:
    folder = SHARED / "zh_charset"
    for line in (folder / "truth.jsonl").read_text(encoding="utf-8").splitlines():
        truth = json.loads(line)
        found = decode(gzip.decompress((folder / "pages" / f"{truth['id']}.html.gz").read_bytes()))
        assert found.charset == truth["charset"], truth["id"]
        printed = flat(found.text)
        for wanted in truth["body"].splitlines():
            assert re.sub(r"\s+", "", wanted)[:20] in printed, (truth["id"], wanted)


def test_quotation_marks_of_windows_pasted_into_utf8_are_read_as_what_they_are() -> None:
    body = "<p>Café owners said: ".encode() + b"\x93We will stay\x94 \x97 and stayed.</p>"
    decoded = decode(body, "utf-8")
    assert decoded.text == "<p>Café owners said: “We will stay” — and stayed.</p>"
    assert not decoded.damaged


def test_a_lost_half_of_a_character_is_not_taken_for_punctuation() -> None:
    body = "<p>江湾市的早晨很安静，街上没有人。".encode() * 4 + b"\xe6\x85</p>"
    decoded = decode(body, "utf-8")
    assert decoded.damaged
    assert "…" not in decoded.text
