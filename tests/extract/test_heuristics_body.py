"""The text of unknown pages: all its parts, and nothing of what stands around it."""

from __future__ import annotations

import json
from html import escape

import pytest
from support.growth import grows_linearly
from support.unknown_pages import read_unknown

TITLE = "河湾镇的石桥修好了"
TEXTS = [
    "河湾镇的石桥昨天通车，镇上的人在桥头等了一个上午，孩子们跑在最前面，老人坐在河边看。",
    "修桥的人说，石头都是从上游运来的，一块也没有浪费；桥面比从前宽了一倍，两辆车可以并排走。",
    "镇里准备在桥边种一排柳树，明年春天就能看到绿色，到那时河岸的步道也会铺好。",
    "住在北岸的程老师说，从前去市场要绕一大圈，现在走五分钟就到，“省下的时间够我喝一杯茶”。",
    "水务站提醒，汛期将至，桥下的旧码头仍然不能停船，施工的围挡要到月底才会拆除。",
    "镇长林知夏在通车仪式上表示，下一座要修的是东口的木桥，图纸已经送到县里审查。",
]
ENGLISH = [
    "The council of Elmsgate voted on Tuesday to reopen the old ferry, as people of the north bank had asked for.",
    "Two boats will be repaired in summer, and the first trips are planned for September, the council said.",
    "Tickets will cost as much as the bus does, and children will travel free of charge until the end of the year.",
]


def p(texts):
    return "".join(f"<p>{text}</p>" for text in texts)


def read(body, title=TITLE, lang="zh"):
    html = f"<html lang={lang}><head><meta charset=utf-8><title>{title}</title></head><body><h1>{title}</h1>"
    return read_unknown(f"{html}<div class='info'>2024-05-30 来源：河湾日报</div>{body}</body></html>")


def texts(body, **given):
    return [paragraph.text for paragraph in read(body, **given).paragraphs]


def english(body, lang="en"):
    return texts(body, title="The ferry of Elmsgate returns", lang=lang)


@pytest.mark.parametrize(
    "body",
    [
        f"<div class=post><div class=entry-body>{p(TEXTS[:1])}</div>"
        f"<div class=entry-more id=more>{p(TEXTS[1:])}</div></div>",
        f"<div class=post><div class=entry-more>{p(TEXTS[:5])}</div><div class=entry-body>{p(TEXTS[5:])}</div></div>",
        f"<div class=a><div class='text part1'>{p(TEXTS[:2])}</div><ul class=ad><li><a href=/1>看车</a></ul>"
        f"<div class='text part2'>{p(TEXTS[2:])}</div></div>",
        f"<section class=article-content>{p(TEXTS[:1])}</section>"
        f"<section class=article-content>{p(TEXTS[1:])}</section>",
    ],
)
def test_a_text_in_several_containers_is_one(body):
    assert texts(body) == TEXTS


@pytest.mark.parametrize(
    "rest",
    [
        "<a class=more href='javascript:'>展开全文</a><div class=rest style='display:none'>{}</div>",
        "<button>阅读全文</button><div hidden>{}</div>",
        "<div style='display: none'>{}</div><p class=b><span>点击展开剩余50%▼</span></p>",
        "<label for=x>Read more</label><input type=checkbox id=x><section style=display:none>{}</section>",
        "<a href='#'>Weiterlesen »</a><div style=display:none>{}</div>",
    ],
)
def test_what_a_button_shows_belongs_to_the_text(rest):
    assert texts(f"<div class=article>{p(TEXTS[:2])}{rest.format(p(TEXTS[2:]))}</div>") == TEXTS


def test_what_is_hidden_without_a_button_does_not():
    hidden = f"<div style=display:none>{p(TEXTS[3:])}</div>"
    assert texts(f"<div class=article>{p(TEXTS[:3])}{hidden}</div>") == TEXTS[:3]


def test_sentences_parted_by_single_breaks_are_paragraphs():
    assert texts(f"<div class=txt>{'<br>'.join(TEXTS)}</div>") == TEXTS
    assert english(f"<div class=txt>{'<br>'.join(ENGLISH)}</div>") == ENGLISH


def test_lines_of_a_verse_and_of_an_address_stay_together():
    verse = "河上新桥宽又长，<br>两岸行人走得忙，<br>柳树明年春天绿，<br>孩子放学唱着歌。"
    assert texts(f"<div class=txt>{p(TEXTS)}<p>{verse}</p></div>")[-1] == verse.replace("<br>", " ")


COMMENT = "I could not wait any longer for the bridge, and the boat is fine, very fine indeed, number {}."
NAMES = (
    "comment-list", "glbComentarios-lista", "leserkommentare", "commentaires__liste", "lista_commenti", "reacties",
    "liuyan-list",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_comments_are_none_of_the_text_however_they_are_called(name):
    comments = "".join(f"<div><b>Reader {n}</b><p>{COMMENT.format(n)}</p></div>" for n in range(8))
    assert (
        english(f"<div class=x1><div class=txt>{p(ENGLISH)}</div><div class={name}>{comments}</div></div>") == ENGLISH
    )


@pytest.mark.parametrize(
    "heading",
    ["Comments (8)", "8 Kommentare", "Commentaires", "Comentarios:", "Comentários", "Commenti 8", "Комментарии",
     "التعليقات", "टिप्पणियां", "コメント（8）", "댓글 8", "网友评论", "評論"],
)  # fmt: skip
def test_the_text_ends_where_the_comments_are_headed(heading):
    comments = "".join(f"<p>{COMMENT.format(n)}</p>" for n in range(2))
    assert english(f"<div class=x1>{p(ENGLISH * 1)}<h3>{heading}</h3>{comments}</div>") == ENGLISH


@pytest.mark.parametrize(
    "tail",
    [
        "<h3>#专栏作家#</h3><p>远舟，微信公众号：远舟，人人都爱潮声专栏作家。关注城市、交通，新事物。</p>"
        "<p>题图来自 Tide，基于 CC0 协议</p>",
        "<p>本文原创发布于人人都爱潮声。未经许可，禁止转载</p>",
        "<p>题图来自 Tide，基于 CC0 协议</p>",
        "<p>扫描下方二维码，关注我们的公众号，每天读三篇好文章。</p>",
        "<p>本文由作者 @远舟 原创发布于潮声。未经作者许可，禁止转载。</p>",
        "<p>相关阅读：望湖市的集市搬了地方</p><p>望湖市的木船下水了，大家都去看。</p>",
        "<p>责任编辑：周一</p>",
        "<p>总监制：邹 岸</p><p>监 制：高 望</p><p>审 读：崔 棠</p>",
    ],
)
def test_what_is_said_for_the_platform_behind_the_text_is_cut(tail):
    assert texts(f"<div class=content>{p(TEXTS)}{tail}</div>") == TEXTS


@pytest.mark.parametrize(
    "tail",
    [
        "Sign up for our newsletter and get the news of the harbour every morning.",
        "Lesen Sie auch: Das Schiff von Elmsgate, ein Besuch im Hafen.",
        "À lire aussi : le bateau d'Elmsgate, une visite au port.",
        "Te puede interesar: el barco de Elmsgate, una visita al puerto.",
        "Leia também: o barco de Elmsgate, uma visita ao porto.",
        "Leggi anche: il battello di Elmsgate, una visita al porto.",
        "Читайте также: паром Элмсгейта, прогулка в порту.",
        "اقرأ أيضا: قارب المدينة، زيارة إلى الميناء.",
        "यह भी पढ़ें: एल्म्सगेट की नाव, बंदरगाह की यात्रा।",
        "関連記事：エルムズゲートの船、港を訪ねて。",
        "관련기사: 엘름스게이트의 배, 항구를 찾아서.",
    ],
)
def test_what_leads_elsewhere_behind_the_text_is_cut_in_every_language(tail):
    assert english(f"<div class=content>{p([*ENGLISH, tail])}</div>") == ENGLISH


def test_a_promotion_amid_the_text_is_cut_alone():
    promotion = "Sign up for our newsletter and get the news of the harbour every morning."
    last = f"{ENGLISH[1].replace('Two', 'Both')} {ENGLISH[2].replace('Tickets', 'Meals')}"
    body = p([*ENGLISH, promotion, last])
    assert english(f"<div class=content>{body}</div>") == [*ENGLISH, last]


def test_a_box_of_data_behind_the_text_is_none_of_it():
    rows = "".join(
        f"<div class=row><p>第{n}区工业园街道及周边片区</p><p>{n * 37}</p><p>{n}</p></div>" for n in range(1, 60)
    )
    box = f"<div class=cvd><div>各区实时数据</div>{rows}<div>查看更多</div></div>"
    assert texts(f"<div class=storybody>{p(TEXTS)}{box}</div>") == TEXTS


def test_a_table_a_list_and_short_lines_behind_the_text_stay():
    table = (
        "<table><tr><th>线路<th>班次</tr>" + "".join(f"<tr><td>{n}路<td>{n * 7}</tr>" for n in range(1, 8)) + "</table>"
    )
    names = "".join(f"<p>第{n}名 程远舟</p>" for n in range(1, 12))
    assert len(texts(f"<div class=content>{p(TEXTS)}{table}</div>")) == len(TEXTS) + 8
    assert len(texts(f"<div class=content>{p(TEXTS)}{names}</div>")) == len(TEXTS) + 11


NOTICE = [
    "各镇人民政府，县直各有关单位：",
    "经县交通局研究，现就石桥通车后的交通管理公告如下，请有关单位和个人遵照执行。",
    "一、自六月一日起，载重五吨以上的货车不得上桥，违者由交警部门依照规定处罚。",
    "二、桥面施工期间，非机动车应当推行，夜间十时以后禁止停留。",
    "特此公告。",
]


def test_a_notice_of_an_office_is_kept_to_its_signature():
    signed = ["河湾县交通局", "2024年5月30日"]
    body = f"<div class=content>{p(NOTICE)}{p(signed)}</div>"
    assert texts(body) == NOTICE + signed


def test_a_penalty_that_is_a_table_is_read_as_one():
    rows = [
        "当事人<td>白鹭村镇银行",
        "违法事实<td>贷款管理不到位，资金被挪用。",
        "决定<td>罚款三十万元",
        "机关<td>汐川监管分局",
    ]
    table = "<table>" + "".join(f"<tr><td>{row}</tr>" for row in rows) + "</table>"
    article = read(f"<div class=content>{table}</div>", title="白鹭村镇银行行政处罚信息公开表")
    assert [(one.kind, one.text) for one in article.paragraphs] == [
        ("table", row.replace("<td>", " | ")) for row in rows
    ]


@pytest.mark.parametrize("first", ["1楼", "沙发", "#1"])
def test_floors_of_a_forum_behind_the_text_are_none_of_it(first):
    floors = "".join(
        f"<div><span>{n}</span><p>早就该修了，等得太久，希望早点种树，谢谢。</p></div>" for n in (first, "2楼")
    )
    assert texts(f"<div class=c><div class=txt>{p(TEXTS)}</div><div class=thread>{floors}</div></div>") == TEXTS


def test_a_short_line_between_sentences_that_breaks_part_is_a_paragraph():
    assert texts(f"<div class=txt>{TEXTS[0]}<br>一、总体安排<br>{TEXTS[1]}<br>{TEXTS[2]}</div>") == [
        TEXTS[0],
        "一、总体安排",
        *TEXTS[1:3],
    ]


@pytest.mark.parametrize(
    "markup",
    [
        "<textarea id=content style='display:none'>{escaped}</textarea>",
        "<div id=app></div><noscript><div class=article>{plain}</div></noscript>",
        "<script type='text/template'><div class=article>{plain}</div></script>",
        "<div id=app data-page='{data}'></div>",
    ],
)
def test_markup_that_only_a_script_shows_is_the_text_where_there_is_no_other(markup):
    plain = p(TEXTS)
    data = escape(json.dumps({"article": {"title": TITLE, "content": plain}}, ensure_ascii=False))
    assert texts(markup.format(plain=plain, escaped=escape(plain), data=data)) == TEXTS


def test_captions_go_with_their_pictures_and_are_no_text():
    figure = "<figure><img src=/1.jpg><figcaption>桥头的孩子们</figcaption><span>河湾日报 林小满 摄</span></figure>"
    article = read(f"<div class=content>{p(TEXTS[:2])}{figure}{p(TEXTS[2:])}</div>")
    assert [one.text for one in article.paragraphs] == TEXTS
    assert [image.caption for image in article.images] == ["桥头的孩子们 河湾日报 林小满 摄"]


def test_a_line_that_only_its_words_make_a_caption_stays():
    picture = "<p><img src=/1.jpg></p><p>图为桥头的孩子们。</p>"
    assert texts(f"<div class=content>{p(TEXTS[:2])}{picture}{p(TEXTS[2:])}</div>") == [
        *TEXTS[:2],
        "图为桥头的孩子们。",
        *TEXTS[2:],
    ]


def test_the_captions_of_a_gallery_are_its_text():
    pictures = "".join(
        f"<figure><img src=/{n}.jpg><figcaption>{text}</figcaption></figure>" for n, text in enumerate(TEXTS)
    )
    assert texts(f"<div class=content>{pictures}</div>") == TEXTS


@pytest.mark.parametrize(
    "name", ["<p>{}</p>", "<h2 class=standfirst>{}</h2>", "<div class='article__lead'><p>{}</p></div>"]
)
def test_the_lead_before_the_text_belongs_to_it(name):
    lead = "The ferry between both banks of Elmsgate will run again after eleven years, the council has decided."
    box = f"<div class=share><a href=/x>Share</a></div><div class=article-body>{p(ENGLISH)}</div>"
    assert english(f"<div class=top>{name.format(lead)}</div>{box}") == [lead, *ENGLISH]


def test_a_lead_that_the_text_repeats_is_read_once():
    assert english(f"<div class=top><p>{ENGLISH[0]}</p></div><div class=article-body>{p(ENGLISH)}</div>") == ENGLISH


def test_parts_of_one_name_are_one_text_and_what_stands_between_is_none():
    teaser = "<div class=featured><p>Another story is told here, of a bridge and a boat, and it is long.</p></div>"
    parts = [f"<div class=row><div class=article-body><p>{text}</p></div></div>" for text in ENGLISH]
    assert english(f"<div class=page>{teaser.join(parts)}</div>") == ENGLISH


def test_a_name_of_furniture_around_the_whole_text_is_not_believed():
    assert english(f"<div class=sidebar-grid><div class=article-content>{p(ENGLISH)}</div></div>") == ENGLISH


@pytest.mark.parametrize(
    "piece",
    [
        "<div style='display:none'><p>{text}</p><a>more</a>",
        "<div class=article-body><p>{text}</p>",
        "<article><div class='article-content sidebar'><p>{text}</p>",
        "<div class=lead>{text}</div>",
        "<figure><figcaption>{text}</figcaption>",
        "{text}<br>",
        "<table><tr><td>{text}<td>1",
        "<p>Sign up for our newsletter.</p><p>{text}</p>",
    ],
)
def test_the_body_is_found_in_linear_time(piece):
    html = piece.format(text=ENGLISH[0])
    assert grows_linearly(lambda n: lambda: read_unknown(f"<h1>{TITLE}</h1>" + html * n), 300)


@pytest.mark.parametrize(
    ("lang", "lines"),
    [
        ("my", ["မြို့တော်ခန်းမသည် စနေနေ့တွင် ဖွင့်မည်ဟု ပြောသည်။", "ဈေးသို့ လူများ ယခင်နှစ်ထက် ပိုလာကြသည်။"]),
        ("km", ["ផ្សារក្បែរមាត់ទន្លេនឹងបើកនៅថ្ងៃសៅរ៍។", "មនុស្សមកច្រើនជាងឆ្នាំមុន។"]),
        ("th", ["ตลาดริมแม่น้ำจะเปิดในวันเสาร์และมีผู้คนมามากกว่าปีที่แล้ว", "เทศบาลกล่าวว่าสะพานใหม่จะเสร็จในเดือนหน้าและจะมีคนมามากขึ้น"]),
        ("am", ["በወንዙ ዳር ያለው ገበያ ቅዳሜ ይከፈታል። ካለፈው ዓመት የበለጠ ሰው መጥቷል።", "ድልድዩ በሚቀጥለው ወር ይጠናቀቃል።"]),
        ("ur", ["دریا کے کنارے منڈی ہفتے کو کھلے گی۔", "پل اگلے مہینے مکمل ہو جائے گا، میئر نے کہا۔"]),
    ],
)
def test_a_short_text_is_one_in_every_script(lang: str, lines: list[str]) -> None:
    assert texts(f"<div class=story>{p(lines)}</div>", lang=lang, title="X 2024") == lines


def test_a_table_or_a_list_is_a_text_without_a_sentence() -> None:
    rows = [
        [
            str(number),
            f"XM2024{number:03}",
            f"东口石桥及其引道的日常维护与汛期巡查项目第{number}期工程实施方案",
            "水务站",
        ]
        for number in range(1, 6)
    ]
    table = "".join(f"<tr>{''.join(f'<td><p>{cell}</p></td>' for cell in row)}</tr>" for row in rows)
    assert [text for text in texts(f"<div class=story><table>{table}</table></div>") if "东口石桥" in text][:1] == [
        "1 | XM2024001 | 东口石桥及其引道的日常维护与汛期巡查项目第1期工程实施方案 | 水务站"
    ]
    changes = [
        f"update ferry-timetable-server 3.1.{number} => 3.2.{number} 调整清晨班次与换乘时间的默认设置"
        for number in range(6)
    ]
    items = "".join(f"<li>{change}</li>" for change in changes)
    assert texts(f"<div class=story><h2>更新日志</h2><ul>{items}</ul></div>")[-6:] == changes


def test_the_numbers_of_lines_beside_a_program_are_no_text() -> None:
    numbers = "".join(f"<div>{number}</div>" for number in range(1, 6))
    code = "".join(f"<div>bridge.open({number}); // 第{number}孔</div>" for number in range(1, 6))
    found = texts(f"<div class=story>{p(TEXTS)}<div>{numbers}</div><div>{code}</div>{p(['1', '2'])}</div>")
    assert "3" not in found
    assert "bridge.open(3); // 第3孔" in found
    assert found[-2:] == ["1", "2"]


LAST = "潮生是一个给渡口用的系统，开源、免费，欢迎大家试用，也欢迎提出建议。"


def items(lines):
    return "".join(f"<li>{line}</li>" for line in lines)


@pytest.mark.parametrize("tag", ["ul", "ol"])
@pytest.mark.parametrize(
    "lines",
    [
        ["新增码头登记", "修复渡船时间显示", "优化首页加载", "升级依赖"],
        ["支持分享功能", "评论支持表情", "优化首页加载", "升级依赖"],
        ["点击登录页面支持扫码", "渡口的通知可置顶", "升级依赖"],
        ["升级依赖", "2024-03-01 以前的数据要迁移", "新增码头登记", "修复渡船时间显示"] * 8,
    ],
)
def test_what_is_new_in_short_lines_of_a_list_is_text(tag, lines):
    found = texts(f"<div class=content><p>更新内容</p><{tag}>{items(lines)}</{tag}><p>{LAST}</p></div>")
    assert found == ["更新内容", *lines, LAST]


def test_what_is_new_is_text_though_its_lines_begin_like_buttons():
    lines = ["Share button can be hidden", "Posted times in local time", "Faster start", "Fixed the crash at sea"]
    found = english(f"<div class=content><h2>Changes</h2><ul>{items(lines)}</ul><p>{ENGLISH[0]}</p></div>")
    assert found == ["Changes", *lines, ENGLISH[0]]


def test_a_list_that_tells_of_the_article_is_no_text():
    lines = ["发布时间：2024-05-30", "作者：程远", "浏览：128 次"]
    assert texts(f"<div class=content><ul>{items(lines)}</ul>{p(TEXTS)}</div>") == TEXTS


@pytest.mark.parametrize("between", ["<pre>quay.open()</pre>", "<p><img src=/1.png></p><p><img src=/2.png></p>"])
def test_a_text_goes_on_behind_code_and_pictures_with_a_list(between):
    lines = ["支持扫码", "评论支持表情，回复更快", "更多功能：请看文档"]
    assert texts(f"<div class=content>{p(TEXTS)}{between}<ul>{items(lines)}</ul></div>")[-3:] == lines


def test_a_heading_for_more_ends_a_text_where_a_link_stands_behind_it_alone():
    more = "<p>更多功能：</p>"
    assert texts(f"<div class=content>{p(TEXTS)}{more}<p>支持扫码，也支持表情。</p></div>")[-2] == "更多功能："
    assert texts(f"<div class=content>{p(TEXTS)}{more}<p><a href=/2>石桥封闭两天</a></p></div>") == TEXTS


@pytest.mark.parametrize(
    "line", ["Start mooring here!", "Read the whole manual of the new version, with its examples."]
)
def test_a_sentence_at_the_end_that_is_a_link_as_a_whole_is_text(line):
    assert english(f"<div class=content>{p(ENGLISH)}<p><a href=https://quay.example>{line}</a></p></div>")[-1] == line


@pytest.mark.parametrize(
    "line",
    [
        "The council of Rivermouth votes for a new bridge",
        "Will the council of Rivermouth vote for a bridge?",
        "Subscribe now!",
        "More about the council of Rivermouth can be read here.",
    ],
)
def test_a_headline_or_a_button_at_the_end_is_no_text(line):
    assert english(f"<div class=content>{p(ENGLISH)}<p><a href=/2>{line}</a></p></div>") == ENGLISH


@pytest.mark.parametrize(
    "path", ["您的位置： 首 页>>镇务>>正文", "当前位置：首页 > 镇务 > 正文", "所在位置: 首页»镇务"]
)
def test_the_path_to_a_page_is_no_text(path):
    assert texts(f"<div class=content><p>{path}</p>{p(TEXTS)}</div>") == TEXTS


SECTIONS = "<h1 id=who>{0}</h1><p>{1}</p><h1 id=what>{2}</h1><p>{3}</p>"


@pytest.mark.parametrize(
    "body",
    [
        f"<div class=head><h1>{{}}</h1></div><div class=doc><p>{TEXTS[0]}</p>{SECTIONS}</div>",
        f"<div class=head><h1>{{}}</h1></div><div class=doc><p>{TEXTS[0]}</p>{SECTIONS.replace(' id=who', '')}</div>",
        f"<article><h1>{{}}</h1><p>{TEXTS[0]}</p>{SECTIONS}</article>",
    ],
)
def test_an_h1_that_heads_a_part_of_the_text_begins_no_other_article(body):
    parts = ["谁修的桥", TEXTS[1], "桥有多宽", TEXTS[2]]
    html = body.replace("{}", TITLE).format(*parts)
    page = read_unknown(f"<html lang=zh><head><title>{TITLE}</title></head><body>{html}</body></html>")
    assert [paragraph.text for paragraph in page.paragraphs] == [TEXTS[0], *parts]


def test_an_h1_that_begins_the_next_article_ends_this_one():
    articles = "".join(
        f"<div class=item><h1>{title}</h1><div class=doc>{p(texts)}</div></div>"
        for title, texts in ((TITLE, TEXTS[:3]), ("柳树种下了", TEXTS[3:]))
    )
    page = read_unknown(f"<html lang=zh><head><title>{TITLE}</title></head><body>{articles}</body></html>")
    assert [paragraph.text for paragraph in page.paragraphs] == TEXTS[:3]


def test_a_short_text_has_its_links_and_lists_with_it_in_an_element_made_for_a_text():
    links = "<p><a href=/rss>RSS</a> ∙ <a href=/hear>Hear it</a> ∙ <a href=/down>Direct download</a></p>"
    topics = ["Ferries", "The best boat to row"]
    body = f"<div class=entry-content>{links}<ul>{items(topics)}</ul><p>{ENGLISH[2]}</p></div>"
    assert english(body) == ["RSS ∙ Hear it ∙ Direct download", *topics, ENGLISH[2]]
