"""What notices and posts print beside their text: the number of a document, its number in an index, the region."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newsarchive.extract.credits.vocabulary import PLACES, any_of
from newsarchive.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

#: 国办发〔2020〕1号, 财税[2024]第12号: who issued it in short, the year, the number.
_DOCUMENT = (
    r"[\u4e00-\u9fff]{1,14}[〔\[（(【［]\s?(?:19|20)[0-9]{2}\s?[〕\]）)】］]\s?第?\s?[0-9]{1,5}\s?[号號]"
    r"|[\u4e00-\u9fff]{2,14}(?:公告|令)\s?(?:19|20)[0-9]{2}年第[0-9]{1,4}[号號]"
)
_ALONE = re.compile(rf"[（(]?({_DOCUMENT})[）)]?")
_SEPARATOR = r"\s{0,3}[:：|]?\s{0,3}"
#: A label may be spaced out, and its value may stand in the next cell.
_LABELS = {
    "document_number": re.compile(
        rf"(?:发\s?文\s?字\s?号|發\s?文\s?字\s?號|文\s{{0,9}}号|文\s{{0,9}}號|公文编号){_SEPARATOR}({_DOCUMENT})?"
    ),
    "index_number": re.compile(
        rf"(?:信息)?索\s{{0,9}}引\s{{0,9}}[号號码]{_SEPARATOR}([0-9A-Za-z\u4e00-\u9fff][0-9A-Za-z\u4e00-\u9fff/._〔〕\[\]（）()-]{{4,39}}(?=\s|$))?"
    ),
}
_VALUES = {"document_number": _ALONE, "index_number": re.compile(r"([0-9A-Za-z][0-9A-Za-z/._〔〕\[\]（）()-]{4,39})")}
#: One of these is in each label, and in few other lines.
_SIGNS = ("文号", "字号", "索引", "〔", "字號", "文號")
_SPACED_SIGNS = re.compile(r"索[^\S\n]+引|文[^\S\n]+[号號]")
_REGION = re.compile(
    rf"IP\s?(?:属地|屬地|归属地){_SEPARATOR}(?P<any>[\u4e00-\u9fff]{{2,8}})(?![\u4e00-\u9fff])"
    rf"|(?:发布于|發佈於|发表于|来自){_SEPARATOR}(?P<place>{any_of(PLACES)})[省市]?(?![\u4e00-\u9fff])"
)
_REGION_SIGNS = ("属地", "屬地", "发布于", "發佈於", "发表于", "来自")
#: The same in the script of a platform's page.
_REGION_VARIABLE = re.compile(r"\bprovinceName['\"]?\s?[:=]\s?(?:JsDecode\()?['\"](?P<any>[\u4e00-\u9fff]{2,8})['\"]")
_LONGEST = 160


def find_numbers(lines: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """Yield the numbers that the lines about a headline print: field, value, rule."""
    together = "\n".join(lines)
    if not any(sign in together for sign in _SIGNS) and not _SPACED_SIGNS.search(together):
        return
    for field, label in _LABELS.items():
        found = _behind_label(lines, label, _VALUES[field])
        if found:
            yield field, found, "label"
        elif field == "document_number":
            alone = next((match[1] for line in lines if (match := _ALONE.fullmatch(line.strip()))), None)
            if alone:
                yield field, clean(alone), "line of its own"


def _behind_label(lines: Sequence[str], label: re.Pattern[str], value: re.Pattern[str]) -> str:
    for place, line in enumerate(lines):
        match = label.search(line) if len(line) <= _LONGEST else None
        if match and match[1]:
            return clean(match[1])
        if match and match.end() == len(line):
            following = value.fullmatch(lines[place + 1].strip()) if place + 1 < len(lines) else None
            if following:
                return clean(following[1])
    return ""


def find_region(lines: Sequence[str], page: str) -> str:
    """Return the region from which a post was sent, as its platform prints it; `page` is the page's text ("": none)."""
    together = "\n".join(lines)
    for line in lines if any(sign in together for sign in _REGION_SIGNS) else ():
        if len(line) <= _LONGEST and (match := _REGION.search(line)):
            return match["any"] or match["place"]
    place = page.find("provinceName")
    variable = _REGION_VARIABLE.search(page, place, place + _LONGEST) if place >= 0 else None
    return variable["any"] if variable else ""
