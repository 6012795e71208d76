"""The forms in which pages print dates: patterns and word tables for `newsarchive.extract.dates`.

Every pattern is made of bounded repeats only. Digits are ASCII: those of other scripts are folded before.
"""

from __future__ import annotations

import re

#: The zeros of the scripts whose own digits pages print: Arabic, Persian, Devanagari, Bengali, Gurmukhi, Gujarati,
#: Tamil, Telugu, Kannada, Malayalam, Thai, full width. The other nine digits follow each (Unicode, category Nd).
_ZEROS = (0x660, 0x6F0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xE50, 0xFF10)
OTHER_DIGITS = {zero + digit: 0x30 + digit for zero in _ZEROS for digit in range(10)}
HAS_OTHER_DIGIT = re.compile(f"[{''.join(map(chr, OTHER_DIGITS))}]")

CHINESE_DIGITS = {char: value for value, chars in enumerate(["〇零○", *"一二三四五六七八九"]) for char in chars}

#: Zone printed beside a time -> hours from UTC. CST is not here: it is China's where the site is in China.
ZONE_HOURS: dict[str, float] = {
    "Z": 0, "UT": 0, "UTC": 0, "GMT": 0, "WET": 0, "BST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3, "MSK": 3,
    "IST": 5.5, "ICT": 7, "WIB": 7, "HKT": 8, "SGT": 8, "BJT": 8, "PHT": 8, "JST": 9, "KST": 9,
    "ACST": 9.5, "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13,
    "EST": -5, "EDT": -4, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
    "北京时间": 8, "北京時間": 8, "格林尼治标准时间": 0, "格林尼治标准時間": 0, "格林尼治时间": 0,
}  # fmt: skip
#: Zone whose distance from UTC depends on the season -> its name in the zone database.
ZONE_NAMES = {
    "ET": "America/New_York",
    "CT": "America/Chicago",
    "MT": "America/Denver",
    "PT": "America/Los_Angeles",
    "CST": "America/Chicago",
}

#: Words for the parts of the day, by the hours of twelve that they mean; a and p are those of a.m. and p.m.
FORENOON = frozenset(("上午", "午前", "오전", "सुबह", "पूर्वाह्न"))
MORNING = frozenset(
    ("凌晨", "早上", "早晨", "清晨", "清早", "早间", "早間", "早", "晨", "صباحا", "صباحاً", "صباحًا", "ص", "a")
)
NOON = frozenset(("中午", "正午", "दोपहर", "ظهرا", "ظهراً", "ظهرًا"))
AFTERNOON = frozenset(("下午", "午后", "午後", "傍晚", "오후", "अपराह्न", "शाम", "مساء", "مساءً", "م", "p"))
EVENING = frozenset(("晚上", "晚间", "晚間", "晚", "रात"))
NIGHT = frozenset(("夜间", "夜間", "夜里", "夜裡", "夜裏", "深夜", "半夜", "午夜", "夜"))
HALVES = FORENOON | MORNING | NOON | AFTERNOON | EVENING | NIGHT
_HALVES = "|".join(
    word if word[0] >= "\u3040" else rf"{word}(?![^\W\d_])"
    for word in sorted(HALVES - {"a", "p"}, key=lambda word: (-len(word), word))
)
QUARTERS = {"半": 30, "一刻": 15, "三刻": 45}

MONTHS = {
    name: number
    for number, names in enumerate(
        ("jan january", "feb february", "mar march", "apr april", "may", "jun june", "jul july", "aug august",
         "sep sept september", "oct october", "nov november", "dec december"),
        start=1,
    )
    for name in names.split()
}  # fmt: skip

_DAY = r"(?:[0-9]{2}(?=[0-9]{2}[:：])|[0-9]{1,2}(?![0-9]))"  # 10-0812:00: day and time stand without a blank
# A number of one or two digits that is no part of a longer one; {0} is what must not stand before it.
_NUMBER = r"(?:[0-9](?<![0-9{0}].)(?![0-9])|[0-9][0-9](?<![0-9{0}]..))"
# A year ends here, also where a time of day is glued to it.
_YEAR_ENDS = "(?![0-9](?![0-9]?:[0-9]{2}))"
_NOT_INSIDE = r"(?<![0-9A-Za-z_/.]{0})(?<![0-9]-{0})(?<![A-Za-z]-{0})"
_HANZI_DATE = rf"\s?[年년]\s?(?P<m1>[0-9]{{1,2}})\s?[月월]\s?(?P<d1>{_DAY})\s?[日号號일]?"

#: A date with its year in four digits, the year first.
FULL = re.compile(
    rf"(?:19|20){_NOT_INSIDE.format('..')}(?P<y>[0-9]{{2}})(?:{_HANZI_DATE}"
    rf"|\s?(?P<sep>[-/.‐–—－])\s?(?P<m2>[0-9]{{1,2}})\s?(?P=sep)\s?(?P<d2>{_DAY})(?![-/.][0-9])日?"
    r"|\s(?P<m3>[0-9]{2})\s?/\s?(?P<d3>[0-9]{2})(?![0-9/]))"
)
#: The same with the day first: 03.11.2019, 19/11/2019, 11/19/2019.
YEAR_LAST = re.compile(
    rf"(?P<a>{_NUMBER.format('A-Za-z_/.-')})"
    r"(?P<sep>[-/]|\.\s?)(?P<b>[0-9]{1,2})(?P=sep)(?P<y>(?:19|20)[0-9]{2})" + _YEAR_ENDS
)
#: A year in two digits. The form with 年 stands by itself, the others need a time (or nothing else) beside them.
SHORT_YEAR = re.compile(
    rf"[0-9]{{2}}{_NOT_INSIDE.format('..')}(?:{_HANZI_DATE}"
    rf"|(?P<sep>[-/.])(?P<m2>[0-9]{{2}})(?P=sep)(?P<d2>{_DAY})(?![-/.][0-9]))"
)
#: The same in languages that print the year last: 3.11.26, 11/3/26.
SHORT_YEAR_LAST = re.compile(
    rf"(?P<a>{_NUMBER.format('A-Za-z_/.-')})(?P<sep>[-/.])(?P<b>[0-9]{{1,2}})(?P=sep)(?P<y>[0-9]{{2}})(?![0-9]|[-/.][0-9])"
)
#: A year of the Republic, as printed in Taiwan: 民國111年3月3日 is in 2022.
MINGUO = re.compile(
    rf"民[國国]\s?(?P<y>[0-9]{{2,3}})(?:{_HANZI_DATE}|\s?(?P<sep>[-/.])(?P<m2>[0-9]{{1,2}})(?P=sep)(?P<d2>{_DAY}))"
)
MINGUO_WORDS = re.compile(
    "(?:民[國国](?P<y>[〇零○一二三四五六七八九十百]{1,6}|元)"
    "|(?<![〇零○一二三四五六七八九十百千])(?P<bare>一[〇零○一二三四五六七八九]{2}))年"
    "(?P<m>[元一二三四五六七八九十]{1,2})月(?P<d>[一二三四五六七八九十廿卅]{1,3})[日号號]"
)
#: The same without its name: three digits, which no other year of today has. Numbers alone need a time beside them or
#: a label before them, with slashes (115/11/19) nothing else.
MINGUO_BARE = re.compile(
    rf"(?<![0-9A-Za-z_/.-])(?P<y>1[0-9]{{2}})(?:{_HANZI_DATE}"
    rf"|(?P<sep>[-/.])(?P<m2>[0-9]{{1,2}})(?P=sep)(?P<d2>{_DAY})(?![-/.][0-9]))"
)
LABEL_OF_DAY = re.compile(r"(?:日期|[时時][间間])\s?[:：]?\s?$")
FIRST_OF_MINGUO = 1911
#: No year. The form with 月 and 日 stands by itself, 03-03 needs a time (or nothing else) beside it.
NO_YEAR = re.compile(
    rf"(?P<m1>{_NUMBER.format('年./-')})(?:\s?月\s?(?P<d1>{_DAY})\s?[日号號]"
    rf"|(?P<sep>[-/])(?P<d2>{_DAY})(?![-/.%]))"
)
CHINESE = re.compile(
    "(?P<y>[一二][〇零○一二三四五六七八九]{3})年(?P<m>[元一二三四五六七八九十]{1,2})月(?P<d>[一二三四五六七八九十廿卅]{1,3})[日号號]"
)
_MONTH = (
    "(?P<{0}>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    "|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
#: A year in two digits is one where a time of day follows it, as in old headers of messages.
ENGLISH = re.compile(
    rf"(?<![A-Za-z0-9_])(?:{_MONTH.format('mon1')}\.?\s{{0,3}}(?P<d1>[0-9]{{1,2}})(?:st|nd|rd|th)?(?:\s?,\s{{0,3}}|\s{{1,3}})(?P<y1>[0-9]{{4}})"
    rf"|(?P<d2>[0-9]{{1,2}})(?:st|nd|rd|th)?[\s-]{{0,2}}(?:of\s)?{_MONTH.format('mon2')}\.?,?[\s-]{{0,2}}(?P<y2>[0-9]{{4}}|[0-9]{{2}}(?=\s[0-9]{{2}}:[0-9]{{2}}))){_YEAR_ENDS}",
    re.IGNORECASE,
)
HAS_MONTH_NAME = re.compile(
    "[JFMASONDjfmasond](?:an|eb|ar|pr|ay|un|ul|ug|ep|ct|ov|ec|AN|EB|AR|PR|AY|UN|UL|UG|EP|CT|OV|EC)"
)

# A word in any script, and a second one: months of the Levant have two.
_WORD = r"[^\W\d_][^\s\d_.,،:;/()\[\]|·•–—-]{1,15}"
# A second name behind a slash says the same month in other words.
_NAME = rf"(?P<mon>{_WORD}(?:\s{_WORD})??)[.׳॰]?(?:\s?/\s?{_WORD})?"
_ORDINAL = "(?:\\.|º|ª|°|er|a)?"
_OF = "(?:de[l]?\\s|d['’])?"
#: 3. März 2022, 3 de marzo de 2022, 3-mar-2022: whether the word is a month is looked up.
WORDED = re.compile(
    rf"(?<![0-9A-Za-z./-])(?P<d>[0-9]{{1,2}}){_ORDINAL}(?:\s|(?<!\.)[-/.]){_OF}{_NAME}"
    rf"[,،]?(?:\s|(?<!\.)[-/])?{_OF}(?<![^\W\d_])(?P<y>(?:19|20)[0-9]{{2}}){_YEAR_ENDS}"
)
#: The day and the year behind a month: the word before them is looked up.
BEHIND_MONTH = re.compile(
    r"(?<=\s)(?P<d>[0-9]{1,2})(?:st|nd|rd|th|\.)?(?:[,،]\s?|\s(?:del?\s)?)(?P<y>(?:19|20)[0-9]{2})" + _YEAR_ENDS
)
MONTH_BEFORE = re.compile(rf"(?<![^\W\d_]){_NAME},?\s$")
#: 2026. november 19., 2026 m. lapkričio 19 d., 2026-Nov-19.
YEAR_AND_WORD = re.compile(
    rf"(?<![0-9A-Za-z./-])(?P<y>(?:19|20)[0-9]{{2}})(?:\.|\sm\.|ko)?(?:\s|,\s|(?<!\.)-){_NAME}(?:\s|-)(?P<d>[0-9]{{1,2}})(?![0-9])"
)
#: The same without a year.
WORDED_DAY = re.compile(
    rf"(?<![0-9A-Za-z./-])(?P<d1>[0-9]{{1,2}}){_ORDINAL}\s{_OF}(?P<mon1>{_WORD}(?:\s{_WORD})??)(?=[\s.,،|(]|$)"
    rf"|(?<![^\W\d_])(?P<mon2>{_WORD})\.?\s(?P<d2>[0-9]{{1,2}})(?:st|nd|rd|th)?(?![0-9:.])"
)
#: 2026. gada 19. novembris.
LATVIAN = re.compile(rf"(?<![0-9])(?P<y>(?:19|20)[0-9]{{2}})\.\sgada\s(?P<d>[0-9]{{1,2}})\.\s{_NAME}")
VIETNAMESE = re.compile(
    r"(?<![0-9])(?P<d>[0-9]{1,2})\stháng\s(?P<mon>[0-9]{1,2})(?:\snăm|,)?\s(?P<y>(?:19|20)[0-9]{2})(?![0-9])",
    re.IGNORECASE,
)

RELATIVE = re.compile(
    r"(?<![0-9.〇零一二三四五六七八九十百千万几數数])(?<![0-9][:：])"
    r"(?P<n>[0-9]{1,3}|[二三四五六七八九]?十[一二三四五六七八九]?|[一二两兩三四五六七八九]|半|an?\s)\s?"
    r"(?:(?P<u>秒钟?|秒鐘|分钟|分鐘|分|个?半?小时|個?半?小時|个?半?钟头|個?半?鐘頭|天|日|周|週|个?星期|個星期|个月|個月|年|時間|週間|[かヶカ]月)"
    r"\s?(?:以|之)?前"
    r"|(?P<k>초|분|시간|일|주일?|개월|년)\s?전"
    r"|(?P<e>second|sec|minute|min|hour|hr|day|week|month|year)s?\sago)",
    re.IGNORECASE,
)
#: 昨晚 is a day and a part of it: the part is read with the time.
DAY_WORD = re.compile(
    "今天|今日|昨天|昨日|大前天|前天|前日|今(?=[早晨晚夜])|昨(?=[晚夜])|前(?=晚)|today|yesterday", re.IGNORECASE
)
DAYS_AGO = {
    "今天": 0, "今日": 0, "today": 0, "昨天": 1, "昨日": 1, "yesterday": 1, "前天": 2, "前日": 2, "大前天": 3,
    "今": 0, "昨": 1, "前": 2,
}  # fmt: skip
JUST_NOW = re.compile(r"刚刚|刚才|剛剛|剛才|just\snow", re.IGNORECASE)
#: First character of a unit (of English ones the first three) -> seconds.
UNIT_SECONDS = {
    "秒": 1, "分": 60, "小": 3600, "钟": 3600, "鐘": 3600, "天": 86400, "日": 86400,
    "周": 604800, "週": 604800, "星": 604800, "時": 3600,
    "초": 1, "분": 60, "시": 3600, "일": 86400, "주": 604800,
    "sec": 1, "min": 60, "hou": 3600, "hr": 3600, "day": 86400, "wee": 604800,
}  # fmt: skip
#: The same for units that differ in length -> months.
UNIT_MONTHS = {"月": 1, "年": 12, "개": 1, "년": 12, "mon": 1, "yea": 12}

_LUNAR = (
    r"(?:农历|農曆|阴历|陰曆)?(?:[\u4e00-\u9fff]{2}年)?[闰閏]?(?:[正二三四五六七八九十冬腊臘]|十[一二])月"
    r"(?:初|十|廿|二十|三)[一二三四五六七八九十]?日?"
)
_AT = (
    r"(?:um|à|às|as|a\slas?|kl\.?|klo|ore|alle(?:\sore)?|om|o(?:\sgodz\.)?|saat|pukul|jam|u|ora|о|об|roku|r\.|г\.|года|в"
    r"|at|الساعة|على\sالساعة|को)\s"
)
#: What may stand between a day and its time of day.
_BETWEEN = (
    r"(?:[\sT,،，·•|/]|\.(?=\s)|[（(]?[月火水木金土日]曜日?[)）]?|[월화수목금토일]요일|[（(]?(?:星期|周|週|礼拜|禮拜)[一二三四五六日天][)）]?|[（(][一二三四五六日天月火水木金土월화수목금토일][)）]"
    rf"|[（(]?(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{{0,6}}[)）]?|[-–—](?=\s)|{_AT}|[（(]?{_LUNAR}[)）]?"
    r"|(?P<before>北京时间|北京時間|格林尼治标准时间|格林尼治标准時間|格林尼治时间)){0,6}"
)
# Minutes that stand behind an hour's sign without their own are none where they count something.
_NO_COUNT = r"(?![0-9]|\s?[个個名人家条條年月%％.元万萬亿億岁歲天日-])"
_NUMERAL = "[〇零一二三四五六七八九十]"
# 3点建议 are three pieces of advice.
_NO_POINTS = "(?!建议|建議|意见|意見|看法|启示|啟示|思考|要求|原因|内容|理由|提示|经验|措施)"
TIME = re.compile(
    rf"{_BETWEEN}(?P<half>{_HALVES}|[ap](?=\.?m\b)(?:\.?m\b\.?))?\s?"
    r"(?:(?P<h>[0-9]{1,2})(?:"
    r"\s?[:：]\s?(?P<mi>[0-9]{2})(?![0-9])(?:\s?[:：]\s?(?P<s>[0-9]{2})(?![0-9])(?:[.,][0-9]{1,9})?)?"
    rf"|\s?[时時点點시](?![0-9]{{3}}){_NO_POINTS}(?:(?P<quarter>半|[一三]刻)|[钟鐘整]"
    rf"|\s?(?P<mi2>[0-9]{{1,2}})\s?[分분](?:\s?(?P<s2>[0-9]{{1,2}})\s?秒)?|\s?(?P<mi3>[0-5][0-9]){_NO_COUNT})?"
    r"|\s?h\s?(?P<mi4>[0-5][0-9])(?![0-9A-Za-z])|\s?h(?![0-9A-Za-z]|\sago)|\.(?P<mi5>[0-5][0-9])(?=\s?(?:Uhr|uur|WIB|[ap]\.?m)\b)"
    r"|(?=\s?(?:Uhr|[ap]\.?m)\b))"
    # Hours in words are some only with a part of the day before them or more behind: 三点 are three points as well.
    r"|(?P<hw>二十[一二三四]?|十[一二]?|[〇零一二两兩三四五六七八九])[点點时時]"
    rf"(?P<sign>(?P<quarter2>半|[一三]刻)|[钟鐘整]|(?P<miw>{_NUMERAL}{{1,3}})分|(?P<miw2>{_NUMERAL}{{2,3}}){_NO_COUNT})?"
    r"(?(half)|(?(sign)|(?:(?<=[时時])(?![间間候])|(?<=[零〇][点點])))))"
    rf"(?(half)|(?:\s?[（(]?(?P<half2>{_HALVES})[)）]?(?=[发發更来來]|[^\u4e00-\u9fff]|$))?)"
    r"(?:\s?(?:Uhr|बजे|h(?:rs|oras)?\b\.?|ч\b\.?))?(?:\s?(?P<ampm>[ap])\.?\s?m\b\.?)?",
    re.IGNORECASE,
)
#: A zone right after a time. A bare offset needs seconds before it (10:00-11:30 is a span of time), or must have the
#: form of RFC 5322 (10:00 -0500) or be one to the east (10:00 +08:00).
OFFSET = re.compile(r"\s?(?P<sign>[+-])(?P<h>[0-9]{2})(?::?(?P<m>[0-9]{2}))?(?![0-9:])")
#: 20:00-05:00 goes back in time where it is a span, so it is taken for an offset.
WEST_OFFSET = re.compile(r"(?P<sign>-)(?P<h>0[2-9]|1[01]):?(?P<m>[034][05])(?![0-9:])")
SURE_OFFSET = re.compile(r"(?=\s[+-][0-9]{2}(?:00|30|45)|\s?\+[0-9]{2}(?::|00|30|45))" + OFFSET.pattern)
ZONE = re.compile(
    r"\s?[（(]?(?:(?:GMT|UTC|gmt|utc)\s?(?P<sign>[+-])(?P<h>[0-9]{1,2})(?::?(?P<m>[0-9]{2}))?(?![0-9])"
    r"|(?P<name>[A-Z]{1,4}(?![A-Za-z])|(?:(?<=[0-9])z|utc|gmt)(?![A-Za-z])|北京时间|北京時間|格林尼治标准时间|格林尼治时间))[）)]?"
)
ZONE_BEFORE = re.compile(r"(?:GMT|UTC)\s?(?P<sign>[+-])(?P<h>[0-9]{1,2})(?::?(?P<m>[0-9]{2}))?[^0-9\n]{0,40}\Z")
#: 6:07 PM ET, Tue November 19, 2019: the time stands before the day, and behind no other day.
TIME_BEFORE = re.compile(
    r"(?<![0-9.-])(?<![0-9][:：])(?<![0-9日号號)）~～至到-]\s)(?<![日号號)）~～至到])"
    rf"(?:(?P<half>{_HALVES})\s?)?(?P<h>[0-9]{{1,2}})[:：](?P<mi>[0-9]{{2}})(?:[:：](?P<s>[0-9]{{2}}))?"
    r"\s?(?:(?P<ampm>[ap])\.?m\.?)?\s?(?P<name>[A-Z]{1,4})?"
    r"\s?[,，|·/]?\s?(?:on\s)?(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6},?\s)?$",
    re.IGNORECASE,
)

#: The forms of nearly every date that a machine wrote, tried first.
PLAIN = re.compile(
    r"\s{0,9}(?P<y>(?:19|20)[0-9]{2})"
    r"(?:-(?P<m>[0-9]{2})-(?P<d>[0-9]{2})[ T]|年(?P<m2>0[1-9]|1[0-2])月(?P<d2>0[1-9]|[12][0-9]|3[01])日 )"
    r"(?P<h>[0-9]{2}):(?P<mi>[0-9]{2})(?::(?P<s>[0-9]{2})(?: (?P<offset>[+-](?:0[0-9]|1[0-3])00))?)?\s{0,9}$"
)
EPOCH = re.compile(r"\s{0,9}(?P<n>[0-9]{10}(?:[0-9]{3})?)(?:\.[0-9]{1,9})?\s{0,9}$")
COMPACT = re.compile(
    r"\s{0,9}(?P<y>(?:19|20)[0-9]{2})(?P<m>[01][0-9])(?P<d>[0-3][0-9])"
    r"(?:[ T]?(?P<h>[0-2][0-9]):?(?P<mi>[0-5][0-9]):?(?P<s>[0-5][0-9])?Z?)?\s{0,9}$"
)
#: YYYYMMDDHH, or a day with a counter, of as many digits as a time in seconds or milliseconds.
DAY_AND_HOUR = re.compile(
    r"\s{0,9}(?P<y>(?:19|20)[0-9]{2})(?P<m>0[1-9]|1[0-2])(?P<d>0[1-9]|[12][0-9]|3[01])[0-9]{2}(?:[0-9]{3})?\s{0,9}$"
)
#: A line that says nothing but a date: an optional label, then the date.
_SAID = "发布|發布|發佈|发表|發表|更新"
ONLY_AFTER_LABEL = re.compile(
    r"\s{0,9}(?:[^\W\d]{0,8}\s?[:：]\s{0,9}"
    rf"|(?:{_SAID})[于於在]?\s?|(?:posted|published|updated)\s|[（(\[【]\s?)?$",
    re.IGNORECASE,
)
#: Behind it the line may go on with who wrote it and who read it.
ONLY_BEFORE_END = re.compile(
    rf"\s{{0,9}}(?:{_SAID})?[)）\]】|·]?\s{{0,9}}"
    r"(?:$|来源|來源|作者|记者|記者|编辑|編輯|阅读|閱讀|浏览|瀏覽|评论|by\s)",
    re.IGNORECASE,
)
