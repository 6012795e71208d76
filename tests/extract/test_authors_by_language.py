"""Bylines in the languages of the news: labels before names, roles behind them, and what signs nothing."""

from __future__ import annotations

import pytest
from support.unknown_pages import read_unknown

#: Language -> a headline and three sentences of a text in it.
TEXTS = {
    "en": (
        "Early ferry to run twice",
        "The ferry council said on Monday that two more boats will run before dawn, so growers reach the market.",
        "The boats seat sixty, the fare stays the same, and pupils, students and the old go on paying half of it.",
        "Before, people on the north bank waited half an hour; from now on they walk to the pier and step aboard.",
    ),
    "ru": (
        "Утренний паром пойдёт дважды",
        "Совет переправы сообщил в понедельник, что до рассвета пойдут ещё два парома и все успеют на рынок.",
        "Паромы вмещают шестьдесят человек, цена остаётся прежней, школьники и старики по-прежнему платят половину.",
        "Раньше жители северного берега ждали полчаса, теперь же они доходят до причала и сразу поднимаются на борт.",
    ),
    "ar": (
        "العبارة الصباحية تبحر مرتين",
        "قال مجلس العبارات يوم الاثنين إن زورقين آخرين سيبحران قبل الفجر حتى يصل المزارعون إلى السوق في وقته.",
        "يتسع كل زورق لستين راكبا، ويبقى سعر التذكرة كما هو، ويدفع التلاميذ وكبار السن نصف السعر كما من قبل.",
        "كان أهل الضفة الشمالية ينتظرون نصف ساعة، أما الآن فيمشون إلى الرصيف ويصعدون إلى الزورق على الفور.",
    ),
    "hi": (
        "सुबह की नाव दो बार चलेगी",
        "घाट समिति ने सोमवार को कहा कि भोर से पहले दो और नावें चलेंगी ताकि किसान समय पर बाज़ार पहुँच सकें।",
        "हर नाव में साठ लोग बैठ सकते हैं, किराया वही रहेगा, और विद्यार्थी तथा बुज़ुर्ग पहले की तरह आधा देंगे।",
        "पहले उत्तरी किनारे के लोग आधा घंटा इंतज़ार करते थे, अब वे घाट तक चलकर सीधे नाव में बैठ जाते हैं।",
    ),
    "ja": (
        "早朝の渡し船が二便になる",
        "渡船組合は月曜日、農家が朝市に間に合うように、夜明け前の便をさらに二便増やすと発表した。",
        "船には六十人が乗れ、運賃は変わらず、生徒と高齢者はこれまで通り半額で乗ることができるという。",
        "北岸の住民はこれまで三十分待っていたが、これからは桟橋まで歩いてすぐに乗り込むことができる。",
    ),
    "ko": (
        "새벽 나룻배 두 번 다닌다",
        "나루 조합은 월요일에 농부들이 아침 장에 늦지 않도록 동트기 전 배를 두 편 더 띄우겠다고 밝혔다.",
        "배에는 예순 명이 탈 수 있고 요금은 그대로이며 학생과 노인은 지금처럼 절반만 내면 된다고 한다.",
        "북쪽 마을 사람들은 지금까지 반 시간을 기다렸지만 앞으로는 선착장까지 걸어가 바로 탈 수 있다.",
    ),
    "zh-TW": (
        "清晨渡輪明起加開兩班",
        "渡輪公會星期一表示，為了讓菜農趕上早市，天亮之前將再加開兩班船，從明天起就可以搭乘。",
        "每船可坐六十人，票價不變，學生和老人仍舊半價，公會說，冬天的班次要等到下個月才會決定。",
        "住在北岸的人說，從前要等半個鐘頭，往後走到碼頭就能上船，省下來的時間可以多睡一會兒。",
    ),
}
for _lang in ("de", "fr", "es", "pt", "it", "nl", "pl", "sv"):
    TEXTS[_lang] = TEXTS["en"]


def page(lang: str, before: str = "", after: str = "", head: str = "", title: str = "") -> str:
    headline, *sentences = TEXTS[lang]
    text = "".join(f"<p>{sentence}</p>" for sentence in sentences)
    return (
        f"<html lang={lang}><head><title>{title or headline}</title>{head}</head><body><h1>{headline}</h1>{before}"
        f"<div class=story>{text}</div>{after}</body></html>"
    )


def authors(lang: str, before: str = "", after: str = "", head: str = "", title: str = "") -> list[str]:
    article = read_unknown(page(lang, before, after, head, title), "https://www.ferrygazette.example/a/1.html")
    return [byline.name for byline in article.bylines if byline.role == "author"]


@pytest.mark.parametrize(
    ("lang", "line", "names"),
    [
        ("en", "By Rosa Hallmark, Senior Reporter | May 30, 2024", ["Rosa Hallmark"]),
        ("en", "By Rosa Hallmark May 30, 2024 8:15 am", ["Rosa Hallmark"]),
        ("en", "by Rosa Hallmark Apr. 30, 2024", ["Rosa Hallmark"]),
        ("en", "Source: River Gazette By Rosa Hallmark", ["Rosa Hallmark"]),
        ("de", "30.05.2024 von Änne Öhlmann", ["Änne Öhlmann"]),
        ("fr", "Publié le 30 mai 2024 à 8h15 par Élodie Ferrand", ["Élodie Ferrand"]),
        ("en", "Words by Rosa Hallmark and Jon Pike", ["Rosa Hallmark", "Jon Pike"]),
        ("en", "By RHQ, in News, River · 30 May 2024, 08:15", ["RHQ"]),
        ("de", "Von Änne Öhlmann und Jörg Pike", ["Änne Öhlmann", "Jörg Pike"]),
        ("de", "Ein Kommentar von Änne Öhlmann · 30.05.2024", ["Änne Öhlmann"]),
        ("de", "30.05.2024 · Änne Öhlmann", ["Änne Öhlmann"]),
        ("fr", "Par Élodie Ferrand et Jean Pécher, le 30 mai 2024", ["Élodie Ferrand", "Jean Pécher"]),
        ("fr", "Propos recueillis par Élodie Ferrand", ["Élodie Ferrand"]),
        ("es", "Por Ángela Núñez y Jon Pike", ["Ángela Núñez", "Jon Pike"]),
        ("pt", "Por Ângela Nunes — 30/05/2024 08h15", ["Ângela Nunes"]),
        ("it", "di Rosa Fiume e Gianni Barca", ["Rosa Fiume", "Gianni Barca"]),
        ("it", "a cura di Rosa Fiume", ["Rosa Fiume"]),
        ("nl", "Door Rosa van der Brug", ["Rosa van der Brug"]),
        ("pl", "Autor: Łucja Śliwa", ["Łucja Śliwa"]),
        ("sv", "Text: Åsa Brolin", ["Åsa Brolin"]),
        ("ru", "Автор: Анна Речная", ["Анна Речная"]),
        ("ru", "Текст: Анна Речная, Иван Мостовой", ["Анна Речная", "Иван Мостовой"]),
        ("ru", "Анна Речная, корреспондент", ["Анна Речная"]),
        ("ar", "بقلم: سلمى النهري", ["سلمى النهري"]),
        ("ar", "كتبت / سلمى النهري", ["سلمى النهري"]),
        ("ar", "كتب الناس عن العبارة كثيرا", []),
        ("hi", "लेखक: संगीता नदी", ["संगीता नदी"]),
        ("ja", "文● 川辺夏子／渡し編集部", ["川辺夏子"]),
        ("ja", "執筆者：川辺 夏子", ["川辺 夏子"]),
        ("ko", "강나루 기자 river@gazette.example", ["강나루"]),
        ("ko", "글 : 강나루", ["강나루"]),
        ("zh-TW", "記者林小滿／台北報導", ["林小滿"]),
        ("zh-TW", "撰文：林小滿", ["林小滿"]),
    ],
)
def test_a_line_near_the_headline_names_the_authors(lang: str, line: str, names: list[str]) -> None:
    assert authors(lang, f"<p class=info>{line}</p>") == names


@pytest.mark.parametrize(
    ("before", "names"),
    [
        ("<span class='author vcard'><a class='url fn n' href='/u/9'>ferryfox</a></span>", ["ferryfox"]),
        ("<span>Posted by <a href='/author/ferryfox/'>ferryfox</a></span>", ["ferryfox"]),
        ("<p><a href='/autor/rosa-hallmark'>Rosa Hallmark</a> / 30.05.2024</p>", ["Rosa Hallmark"]),
        ("<ul class=authors><li><a>Rosa Hallmark</a></li><li><a>Jon Pike</a></li></ul>", ["Rosa Hallmark", "Jon Pike"]),
        ("<p class=author><span>By</span> <b>ROSA HALLMARK</b><i>Staff Writer</i></p>", ["ROSA HALLMARK"]),
        ("<div class=byline><a>Rosa Hallmark</a> and <a>Jon Pike</a></div>", ["Rosa Hallmark", "Jon Pike"]),
        ("<p itemprop=author>Ferry Desk</p>", ["Ferry Desk"]),
        ("<p class=author>Admin</p>", []),
        ("<p itemprop=author>Admin</p>", []),
        ("<p rel=author>Ferry Gazette</p>", []),
        ("<p itemprop=author>Early ferry to run twice</p>", []),
    ],
)
def test_an_element_names_the_authors(before: str, names: list[str]) -> None:
    assert authors("en", before, title="Early ferry to run twice - Ferry Gazette") == names


@pytest.mark.parametrize(
    ("head", "names"),
    [
        ("<meta name=author content='Ángela Núñez'>", ["Ángela Núñez"]),
        ("<meta name=author content='Rosa Hallmark, Jon Pike'>", ["Rosa Hallmark", "Jon Pike"]),
        ("<meta property=article:author content='https://social.example/ferry'>", []),
        ("<meta name=author content='rosa@gazette.example'>", []),
        ("<meta name=author content='Ferry Gazette'>", []),
        ("<meta name=author content='admin'>", []),
        (
            "<meta name=author content='Ferry Gazette'><script>var authorName = 'Rosa Hallmark';</script>",
            ["Rosa Hallmark"],
        ),
        ("<script>a = {'author': 'Rosa Hallmark'}; b = {'author': 'Jon Pike'}</script>", []),
    ],
)
def test_the_head_names_the_authors_unless_it_means_the_site(head: str, names: list[str]) -> None:
    assert authors("en", head=head, title="Early ferry to run twice - Ferry Gazette") == names


@pytest.mark.parametrize(
    ("author", "names"),
    [
        ('"Rosa Hallmark"', ["Rosa Hallmark"]),
        ('["Rosa Hallmark", "Jon Pike"]', ["Rosa Hallmark", "Jon Pike"]),
        ('{"@type":"Person","name":"By Rosa Hallmark"}', ["Rosa Hallmark"]),
        ('{"@type":"Person","name":"Rosa Hallmark @ferryfox"}', ["Rosa Hallmark"]),
        ('[{"@type":"Person","name":"Rosa Hallmark"},{"@type":"Organization","name":"RNA"}]', ["Rosa Hallmark", "RNA"]),
        ('{"@type":"Organization","name":"River News Agency"}', ["River News Agency"]),
        ('{"@type":"Person","name":"Ferry Gazette and RNA"}', ["Ferry Gazette and RNA"]),
        ('{"@type":"Person","name":"https://gazette.example/author/7"}', []),
        ('{"@id":"#p7"}', ["Rosa Hallmark"]),
    ],
)
def test_the_card_names_the_authors(author: str, names: list[str]) -> None:
    nodes = f'{{"@type":"NewsArticle","author":{author}}},{{"@type":"Person","@id":"#p7","name":"Rosa Hallmark"}}'
    assert authors("en", head=f'<script type="application/ld+json">{{"@graph":[{nodes}]}}</script>') == names


def test_a_person_who_is_printed_goes_before_an_organisation_of_the_card() -> None:
    card = '{"@type":"NewsArticle","author":{"@type":"Organization","name":"River News"}}'
    assert authors("en", "<p>By Rosa Hallmark</p>", head=f"<script type='application/ld+json'>{card}</script>") == [
        "Rosa Hallmark"
    ]


def test_an_organisation_of_the_card_is_no_author_of_a_chinese_page() -> None:
    card = '{"@type":"NewsArticle","author":{"@type":"Organization","name":"渡口網"}}'
    assert authors("zh-TW", head=f"<script type='application/ld+json'>{card}</script>") == []


def test_a_place_that_names_more_of_the_authors_is_taken() -> None:
    before = "<p>von Rosa Hallmark, Jon Pike</p>"
    assert authors("de", before, head="<meta name=author content='Rosa Hallmark'>") == ["Rosa Hallmark", "Jon Pike"]
    assert authors("de", before, head="<meta name=author content='Mira Sorrel'>") == ["Mira Sorrel"]
