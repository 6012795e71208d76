"""Pages whose bytes are of two charsets, or whose right declaration a guess might overrule."""

from __future__ import annotations

import pytest
import webencodings.labels
from support.growth import grows_linearly

from newsarchive.extract.charset import codec_name, decode

WESTERN = [
    "The harbour master said “yes.”—Tidewire; the rest of the page is plain English.",
    "Zoë’s café’s façade was painted on Monday, and the naïve visitor paid £5.",
    "« Déjà créée », répondit l’équipe ; on n’en saura pas plus…",
    "Größe, Straße, Übergänge – „so einfach ist das“, sagte er.",
    "¿Qué pasó? La señora Ibáñez llegó a las 8 · nadie más.",
]
RUSSIAN = "Курс рубля вырос на бирже, сообщили аналитики."


@pytest.mark.parametrize("text", WESTERN)
@pytest.mark.parametrize("label", ["windows-1252", "iso-8859-1", "x-cp1252", "latin1"])
def test_a_right_western_declaration_is_believed(text, label):
    body = f"<html><body><p>{text}</p></body></html>".encode("cp1252")
    assert text in decode(body, f"text/html; charset={label}").text


@pytest.mark.parametrize("text", ["春江水暖鸭先知", "城东的桥通车了", "A股收涨，B股收跌", "中国gdp同比增5%"])
def test_chinese_under_a_western_label_is_chinese(text):
    body = f"<html><body><p>{text}</p><p>{text}</p></body></html>".encode("gb18030")
    found = decode(body, "text/html; charset=iso-8859-1")
    assert text in found.text
    assert found.wrong_declaration


@pytest.mark.parametrize("insert", ["广告：城南家居清仓，电话面谈", "备案号：江湾九号", "友情链接"])
@pytest.mark.parametrize("charset", ["gb18030", "big5hkscs"])
@pytest.mark.parametrize("declared", ["text/html; charset=utf-8", None])
def test_a_page_in_utf_8_with_an_insert_stays_utf_8_and_the_insert_is_read_apart(insert, charset, declared):
    insert = insert if charset == "gb18030" else "廣告：城南傢俱清倉，電話面談"
    text = "江湾地铁今天加开班次，每五分钟一班，首班车提早到五点。" * 20
    body = f"<html><body><p>{text}</p>".encode() + b"<div>" + insert.encode(charset) + b"</div></body></html>"
    found = decode(body, declared)
    assert found.charset == "utf-8"
    assert text in found.text
    assert insert in found.text
    assert "inserts in" in found.evidence
    assert not found.damaged


def test_an_insert_that_is_no_text_is_told_as_damage_and_the_rest_is_whole():
    text = "江湾地铁今天加开班次，每五分钟一班。" * 20
    found = decode(f"<p>{text}</p><i>".encode() + b"\xff\xfe\xff\x80" + b"</i>", "text/html; charset=utf-8")
    assert text in found.text
    assert found.charset == "utf-8"
    assert found.damaged


def test_a_page_in_a_chinese_charset_that_declares_utf_8_is_not_read_as_utf_8_with_inserts():
    text = "江湾地铁今天加开班次，每五分钟一班，首班车提早到五点。"
    found = decode(f"<p>{text}</p>".encode("gb18030"), "text/html; charset=utf-8")
    assert (found.charset, text in found.text) == ("gb18030", True)


@pytest.mark.parametrize("declared", ["gb2312", "gbk", "big5"])
def test_russian_in_utf_8_under_a_chinese_label_is_russian(declared):
    assert RUSSIAN in decode(f"<p>{RUSSIAN}</p>".encode(), f"text/html; charset={declared}").text


def test_a_second_meta_element_is_looked_at_where_the_first_names_nonsense():
    body = b'<meta charset="none"><meta charset="gb2312"><p>' + "日".encode("gb18030") + b"</p>"
    assert "日" in decode(body).text


def test_every_label_of_the_encoding_standard_is_known():
    labels = [
        label for label, name in webencodings.labels.LABELS.items() if name not in ("replacement", "x-user-defined")
    ]
    assert len(labels) > 200
    assert [label for label in labels if codec_name(label) is None] == []


@pytest.mark.parametrize(
    ("label", "codec", "text"),
    [("hz-gb-2312", "hz", "江湾"), ("iso-2022-jp", "iso2022_jp", "東京"), ("iso-2022-kr", "iso2022_kr", "서울")],
)
def test_charsets_of_escape_sequences_are_read_where_they_are_declared(label, codec, text):
    assert text in decode(b"<p>" + text.encode(codec) + b"</p>", f"text/html; charset={label}").text


def test_the_time_for_mixed_pages_grows_with_their_size():
    part = "<p>江湾地铁今天加开班次</p>".encode() * 20 + b"<p>" + "广告：清仓".encode("gb18030") + b"</p>"
    assert grows_linearly(lambda times: lambda: decode(part * times, "text/html; charset=utf-8"), 60)


def test_a_long_text_without_foreign_bytes_beside_an_insert_costs_no_more_than_its_size():
    body = "江湾地铁今天加开班次".encode() * 40 + b"<p>" + "广告：清仓".encode("gb18030") + b"<p>"
    assert grows_linearly(lambda times: lambda: decode(body + b"plain text " * times, None), 3000)


@pytest.mark.parametrize("label", ["", "; charset=utf-8", "; charset=euc-jp"])
def test_a_page_in_iso_2022_jp_is_read_whatever_is_declared(label):
    text = "<p>川辺の町の石橋が昨日開通しました。町の人々は午前中いっぱい待っていました。</p>"
    read = decode(text.encode("iso2022_jp"), f"text/html{label}")
    assert (read.text, read.charset) == (text, "iso2022_jp")


@pytest.mark.parametrize("body", [b"<p>a ~{b~} c</p>", b"<p>\x1b$ x</p>", b"<script>x = ~{};</script>"])
def test_signs_of_seven_bit_charsets_alone_are_no_text_in_them(body):
    assert decode(body).text == body.decode()


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        ("Déjà vu : à l’école, l’été dernier, le café n’a pas désempli.", "cp1252"),
        ("La población recibió la noticia con alegría, dijo el señor Núñez.", "cp1252"),
        ("Für die Kinder gab es Äpfel und Süßes.", "cp1252"),
        ("この取り組みは三か月続けられ、その後に見直されます。", "euc_jp"),
        ("В посёлке вчера открыли каменный мост, жители ждали у моста всё утро.", "cp1251"),
        ("В посёлке вчера открыли каменный мост, жители ждали у моста всё утро.", "koi8-r"),
    ],
)
@pytest.mark.parametrize("declared", ["", "; charset=big5", "; charset=gb2312"])
def test_a_language_is_known_by_its_words_whatever_is_declared(text, codec, declared):
    read = decode(f"<p>{text}</p>".encode(codec), f"text/html{declared}")
    assert read.text == f"<p>{text}</p>"
