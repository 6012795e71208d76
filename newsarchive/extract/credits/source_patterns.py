"""Patterns by which credit lines are read: labels, separators, brackets, names of media. Bounded repeats only."""

from __future__ import annotations

import re

from newsarchive.extract.credits import vocabulary
from newsarchive.extract.credits.vocabulary import any_of, labelled, words

#: Characters without which no label of a source can be printed; the check is cheaper than any pattern.
SIGNS = ("源", "自", "载", "載", "处", "處", "出典", "信元", "供元", "用元", "載元", "ource", "OURCE", "Via", "via")
#: Signs of 据X报道 and 综合X报道.
REPORT_SIGNS = ("报道", "報道", "報導", "消息", "据", "據", "综合")

PAIRS = (("（", "）"), ("(", ")"), ("【", "】"), ("[", "]"), ("［", "］"), ("《", "》"), ("“", "”"), ("「", "」"))
#: Stripped from both ends of a name.
EDGES = " \t\u3000:：|｜丨︱│┃∣▏▕/／·•-—–_,，、;；。.“”‘’\"'「」『』《〈〉<>→»›▎▍|●★*#&"

KINDS = {label: kind for kind, labels in vocabulary.SOURCE_LABELS.items() for label in words(labels)}
# 来 源, set wide.
_SPACED = "|".join(r"\s".join(word) for word in words(vocabulary.SOURCE))
LABEL = re.compile(
    rf"(?P<label>{_SPACED}|{any_of(*KINDS)})"
    r"(?P<parted>\s{0,3}[:：|｜丨︱│┃∣▏▎▕·•/／﹕∶])?(?P<blank>\s{0,5})"
)
#: A credit that is nothing else, which most are.
SIMPLE = re.compile(
    rf"(?P<printed>[（(【\[]?(?:文章|本文|稿件)?(?:{any_of(vocabulary.SOURCE)})\s?[:：]\s?"
    r"(?P<name>[\u4e00-\u9fffA-Za-z0-9·]{2,16})[)）】\]]?)$"
)
#: The origin's own line of credit, which an element marks: whatever stands behind the label is the name.
MARKED = re.compile(
    rf"[（(]?文章(?:{any_of(vocabulary.SOURCE)})[：:]\s{{0,5}}([^：:；;，,。|｜]{{1,60}}?)\s{{0,5}}[）)]?"
)
ONLY_CREDIT = re.compile(
    rf"[（(【]\s{{0,3}}{labelled(vocabulary.SOURCE, vocabulary.SOURCE_LABELS['firm'])}[^。；]{{1,60}}[）)】]"
)
FIRST_LABEL = re.compile(rf"[（(【\[]?\s?{labelled(vocabulary.SOURCE, vocabulary.SOURCE_LABELS['firm'])}")
OTHER_THINGS = words(vocabulary.OTHER_SOURCES)
#: 凡注明来源：… states a rule, it credits nothing.
RULE = re.compile("注明|标注|標註|凡|署名")
HANZI = re.compile("[\u3400-\u9fff]")
NEAR_LABEL = re.compile(f"(?:{any_of(vocabulary.LABELS_BEFORE)})[:：/|｜]?[^。！？]{{0,12}}$|声明$|正文$|正文结束$")

_GLUED = any_of(vocabulary.ENDS_OF_NAME)
_PARTED = any_of(vocabulary.PARTED_ENDS_OF_NAME)
#: Where a name ends at the latest.
STOP = re.compile(
    rf"[\r\n。；;！!？?，,…→]|https?:|www\.|{_GLUED}|\s(?:{_PARTED})|(?:{_PARTED})\s?[:：/]"
    r"|(?:19|20)[0-9]{2}\s?[-/.年]\s?[0-9]{1,2}|[0-9]{1,2}月[0-9]{1,2}日"
    r"|[0-9]{1,2}-[0-9]{1,2}\s[0-9]{1,2}:|\s[0-9]{1,2}:[0-9]{2}"
    r"|\s[|｜丨]|[|｜丨]\s|\s[0-9]{1,8}(?:\s|$)|\s[A-Z]{0,3}[-+](?:\s|$)"
    r"|\s?[于於]\s?(?:[A-Z][a-z]{2,8}\s?[0-9]|[0-9])|\s(?:By|BY)\s(?=[A-Z])"
    r"|\s(?:Author|Editor|Reporter|Updated|Published|Posted|Date|Time)\s?:"
    r"|\s(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\.?\s[0-9]"
    rf"|[（(](?:{any_of('ID id 微信 公众', vocabulary.AUTHOR, vocabulary.REPORTER, vocabulary.EDITOR, '责编')})"
)
#: Words before a name that only say what kind of thing it is.
PREFIX = re.compile(
    r"^(?:(?:(?:微信)?公众号|微信公众平台|微信|微博|媒体|网站)(?:[\s:：]{1,3}|(?=[“\"「《]))"
    r"|(?:(?:综合)?整理自|综合自?|綜合|于|於|据|據)[\s:：]{0,3}(?=[“\"「《\w]))"
)
QUOTED = re.compile(r"^[“\"「『《【\[]([^“”\"「」『』《》【】\[\]]{2,30})[”\"」』》】\]]$")
#: Codes and counters after a name.
TRAILING = re.compile(r"(?:[\s_]{1,2}(?:[A-Z]{1,4}[0-9]{2,8}|[0-9]{1,10})|_[A-Z]{1,4}[0-9]{2,8}|\s[A-Z])$")
WORD = re.compile(r"[^\W\d_]")
ONLY_CODE = re.compile(r"[A-Za-z]{0,4}[0-9_-]{3,}$|[A-Za-z]$")
#: 来源甲报 without anything between: in a line of print, at its beginning or behind a blank or a bar, up to the next.
GLUED = re.compile(
    rf"(?:^|[\s|｜丨])(?P<printed>(?:{any_of(vocabulary.SOURCE)})(?P<name>[\u4e00-\u9fffA-Za-z0-9·]{{2,16}}))(?=\s?[|｜丨]|\s|$)"
)
#: What such a line prints besides.
OF_PRINT = re.compile(r"[0-9]{4}\s?[-/.年]|[|｜丨]|作者|阅读|評論|评论")
PLACES = frozenset(words(vocabulary.PLACES))
#: How the name of a medium's own channel ends: 甲报 客户端, 21世纪经济报道 21财经APP.
OWN_CHANNEL = re.compile(r"(?:客户端|客戶端|公众号|微信|微博|官网|APP|App|app|海外版|新媒体|视频号)$")
#: A credit that names nobody.
NOBODY = re.compile(r"(?:互联)?网络|综合|整理|网络综合|综合整理|网络整理|本站|本站原创|原创|未知|转载|佚名|不详")
#: Inside a name these mean that it is a piece of a sentence.
NO_NAME = re.compile(
    r"[。；！？!?，,<>{}=]|平台$|请[^华]|主要[是为有]|"
    + any_of(
        """表示 认为 指出 获悉 了解到 创作者 已经 将会 我们 他们 如果 因为 所以 可以 不得 不能 应当 以及其 进行 等内容
        上述 侵权 联系 注明 删除 于此 本网站 为准 没有 的是 包括 未经 授权"""
    )
)

#: How names of media end, and how some begin.
MEDIUM = re.compile(
    "(?:"
    + any_of(
        """报 報 网 網 社 台 臺 刊 杂志 雜誌 新闻 新聞 资讯 資訊 财经 財經 在线 線上 客户端 频道 頻道 通讯 周刊 週刊
        电视 广播 之声 之家 观察 评论 头条 快讯 直播 传媒 融媒 媒体 观点 博客 公众号 APP App app 经济报道 半月谈
        求是 瞭望 视频 影视 论坛 出版 书局 经纬 氪 汇 数据 早知道 e公司 号 报道 报导 在人间 眼 圈 星球 时间 先驱
        参考 消息 文摘"""
    )
    + r")(?:[（(][^（）()]{1,12}[)）])?等?$|^(?:"
    + any_of("新华 央视 中新 法新 路透 彭博 人民 澎湃 界面 第一财经 凤凰 环球 参考 虎嗅 钛媒体 财联")
    + r"|[A-Z][A-Za-z. ]{2,30}$)"
)
_REPORTS = (
    r"(?P<name>[^\s，。,；;：:！？据]{2,24}?)(?:记者)?(?:[0-9]{1,2}月)?(?:[0-9]{1,2}日)?(?:消息|电)?(?:综合)?"
    "(?:报道|報道|報導|消息)"
)
#: 据新华社5月3日报道, 综合新华社、央视报道 as a line by itself, or in brackets at the end of a text.
REPORTED_ALONE = (
    re.compile(rf"^(?P<printed>[（(]?(?:据|據|综合|綜合){_REPORTS})[。）)\s]{{0,3}}$"),
    re.compile(
        r"(?P<printed>[（(](?:综合|据|據)(?P<name>[^（）()，。]{2,24}?)(?:综合)?(?:报道|報道|報導|消息|电)?[)）])$"
    ),
)

LAST_BRACKET = re.compile(
    r"(?P<stop>[。！？!?”\"…]\s?)?(?P<all>[（(【\[](?P<inside>[^（）()【】\[\]]{2,30})[)）】\]])$"
)
#: In brackets at the end of a text these are remarks, not media.
REMARK = re.compile(
    "^(?:"
    + any_of(vocabulary.REMARKS)
    + r")|[0-9]{1,2}[月日时]|[0-9]{3,}|[%％元万亿]$|(?:表示|认为|记者|摄|完|图|口径|收盘|审计|价)$|^[A-Za-z]{1,8}$"
    "|同期|上月|去年|今年|下同"
)
SURE_MEDIUM = re.compile(
    f"(?:{any_of('报 報 网 網 社 电视台 周刊 週刊 客户端 日报 APP App 通讯社 经济报道 融媒体 公众号')})$"
)
#: Believed only right after the end of a sentence: other media, and organisations that publish themselves.
PUBLISHER = re.compile(
    "(?:"
    + any_of(
        """卫视 电台 广播 杂志 新闻 新聞 资讯 财经 在线 频道 传媒 经纬 氪 播报 快讯 早知道 e公司 融媒 之家 之声 之窗
        汇 头条 导报 观察 视频 微博 论坛 财讯 报道 数据 中国 官网 官微 网站 证监会 银保监会 委员会 发改委 统计局
        管理局 总局 财政部 商务部 央行 人民银行 研究院 研究中心 研究所 交易所 公司 集团 协会 证券 基金"""
    )
    + ")$"
)
SHORT_MEDIA = frozenset(
    words(
        """央视 央视新闻 澎湃 界面 36氪 Wind Reuters Bloomberg CNBC CNN BBC AFP 新华 路透 彭博 中新 虎嗅 华尔街见闻
        见闻 财联社 同花顺 东方财富 钛媒体 智通 雪球 格隆汇 e公司 中证金牛座 同花顺iFinD 第一财经 券商中国"""
    )
)

ORIGINAL_TITLES = words(vocabulary.ORIGINAL_TITLE)
ORIGINAL_TITLE = re.compile(
    rf"(?P<open>[（(【\[])?\s?(?:本文|文章)?(?:{any_of(vocabulary.ORIGINAL_TITLE)})(?:为|是)?\s?[:：|]?"
    r"\s{0,3}(?P<title>[^\s:：|].{0,199})"
)
#: What follows a title on its line: a labelled credit, a date, or what a gap keeps apart.
TITLE_STOP = re.compile(
    rf"\s(?:(?:{any_of(vocabulary.LABELS_BEHIND_TITLE)})(?=\s?[:：|｜/]|\s)"
    r"|20[0-9]{2}(?:[-/.]|年)[01]?[0-9](?![0-9]))|\s{2,}"
)
