"""Feeds, sitemaps, lists and pages with known entries, and the defects that they have in the wild.

A document is drafted as data, spoilt by defects, each a function of the draft, and then written as bytes. All text is
invented.
"""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from html import escape
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Callable

ZONE = ZoneInfo("Asia/Shanghai")
BASE = "https://news.example"
FIRST_TIME = datetime(2026, 3, 5, 8, 0, tzinfo=ZONE)
ENTRIES = 12

#: Label of a charset -> (the codec that writes it, a headline, a sentence). The smaller sets lack 镕, 喆 and 裏.
CHARSETS = {
    "utf-8": ("utf-8", "江湾港渡轮今起夜航", "港务部门说，吞吐量比去年同期增加了一成，码头上又卸下了三船木材。"),
    "gb2312": ("gb18030", "镇长李镕喆谈石桥", "修桥的人说，石头都是从上游运来的，一块也没有浪费，桥面比从前宽了一倍。"),
    "big5": ("big5hkscs", "河灣鎮的石橋修好了", "鎮裏準備在橋邊種一排柳樹，明年春天就能看到綠色，兩輛車可以並排走。"),
    "shift_jis": ("cp932", "川辺の橋が開通しました", "町の人々は橋で待っていました。石は上流から運ばれました。"),
    "euc-kr": ("cp949", "강변 마을의 돌다리가 완성되었다", "사람들은 다리 앞에서 기다렸다. 돌은 상류에서 왔다."),
    "windows-1251": ("cp1251", "В посёлке открыли мост", "Жители ждали у моста всё утро, камни привезли с верховьев."),
}  # fmt: skip


_TYPES = {"list": "application/json", "page": "text/html"}


@dataclass(frozen=True, slots=True)
class Entry:
    """What a reader has to find."""

    url: str
    title: str
    published: datetime


@dataclass(slots=True)
class Item:
    """One entry as it will be written: its parts are markup, `before` stands in front of them."""

    link: str
    title: str
    date: str
    text: str
    before: str = ""
    opening: str = ""
    closing: str = ""


@dataclass(slots=True)
class Draft:
    """A document that is not written yet."""

    form: str
    label: str
    items: list[Item]
    entries: list[Entry]
    declared: str | None = None
    before: str = ""
    root: str = ""
    channel: str = ""
    after: str = ""
    cut: float = 1.0
    content_type: str = ""
    #: What is done to the finished text, and to the bytes.
    rewrite: list[Callable[[str], str]] = field(default_factory=list)
    pack: list[Callable[[bytes], bytes]] = field(default_factory=list)

    @property
    def middle(self) -> Item:
        """The entry in which single faults are."""
        return self.items[len(self.items) // 2]

    def body(self) -> bytes:
        """Write the document."""
        text = _WRITERS[self.form](self)
        for change in self.rewrite:
            text = change(text)
        codec = CHARSETS[self.label][0]
        body = text[: int(len(text) * self.cut)].encode(codec, "replace")
        for change in self.pack:
            body = change(body)
        return body


def draft(form: str, label: str, number: int = ENTRIES) -> Draft:
    """Return a document without any fault."""
    _, headline, sentence = CHARSETS[label]
    items, entries = [], []
    for n in range(1 if form == "page" else number):
        entry = Entry(f"{BASE}/a/{n}.html", f"{headline} {n}", FIRST_TIME - timedelta(minutes=7 * n))
        entries.append(entry)
        items.append(Item(entry.url, entry.title, _date(form, entry.published), sentence * 3))
    return Draft(form, label, items, entries, declared=label, content_type=_TYPES.get(form, "application/xml"))


def _date(form: str, when: datetime) -> str:
    if form == "rss":
        return when.strftime("%a, %d %b %Y %H:%M:%S +0800")
    return when.strftime("%Y-%m-%d %H:%M:%S") if form in ("list", "page") else when.isoformat()


# How each form is written


def _xml(of: Draft, root: str, names: str, inside: str, end: str) -> str:
    declaration = f'<?xml version="1.0" encoding="{of.declared}"?>\n' if of.declared else ""
    return f"{of.before}{declaration}<{root} {of.root or names}>{inside}{end}</{root}>{of.after}"


def _rss(of: Draft) -> str:
    items = "".join(
        f"<item>{i.opening}{i.before}<title>{i.title}</title><link>{i.link}</link><pubDate>{i.date}</pubDate>"
        f"<description>{i.text}</description>{i.closing}</item>\n"
        for i in of.items
    )
    names = (
        'version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/"'
        ' xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    )
    return _xml(of, "rss", names, f"<channel><title>t</title><link>{BASE}/</link>{of.channel}{items}", "</channel>")


def _atom(of: Draft) -> str:
    items = "".join(
        f"<entry>{i.opening}{i.before}<title>{i.title}</title><link href='{i.link}'/><id>{i.link}</id>"
        f"<published>{i.date}</published><updated>{i.date}</updated><summary>{i.text}</summary>{i.closing}</entry>\n"
        for i in of.items
    )
    names = (
        'xmlns="http://www.w3.org/2005/Atom" xmlns:atom="http://www.w3.org/2005/Atom"'
        ' xmlns:media="http://search.yahoo.com/mrss/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    )
    return _xml(of, "feed", names, f"<title>t</title>{of.channel}{items}", "")


def _sitemap(of: Draft) -> str:
    items = "".join(
        f"<url>{i.opening}{i.before}<loc>{i.link}</loc><news:news><news:title>{i.title}</news:title>"
        f"<news:publication_date>{i.date}</news:publication_date></news:news>{i.closing}</url>\n"
        for i in of.items
    )
    names = (
        'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
        ' xmlns:image="http://www.google.com/schemas/sitemap-image/1.1" xmlns:xhtml="http://www.w3.org/1999/xhtml"'
    )
    return _xml(of, "urlset", names, of.channel + items, "")


def _list(of: Draft) -> str:
    data = [{"url": i.link, "title": i.title, "time": i.date, "text": i.text} for i in of.items]
    text = json.dumps({"code": 0, "data": {"items": data}}, ensure_ascii=False)
    return f"{of.before}{text}{of.after}"


def _page(of: Draft) -> str:
    [i] = of.items
    meta = f'<meta charset="{of.declared}">' if of.declared else ""
    return (
        f"{of.before}<!doctype html><html><head>{of.channel}{meta}<title>{i.title}</title></head><body>{i.opening}"
        f"<div class='nav'><a href='/'>1</a> <a href='/2'>2</a></div><h1>{i.title}</h1>{i.before}"
        f"<p class='time'>{i.date}</p><div class='article'><p>{i.text}</p><p>{i.text}</p><p>{i.text}</p></div>"
        f"{i.closing}</body></html>{of.after}"
    )


_WRITERS: dict[str, Callable[[Draft], str]] = {
    "rss": _rss, "atom": _atom, "sitemap": _sitemap, "list": _list, "page": _page
}  # fmt: skip
XML = ("rss", "atom", "sitemap")
FEEDS = ("rss", "atom")


# Defects

DEFECTS: dict[str, tuple[tuple[str, ...], Callable[[Draft], None]]] = {}


def _defect(*forms: str) -> Callable[[Callable[[Draft], None]], Callable[[Draft], None]]:
    def register(function: Callable[[Draft], None]) -> Callable[[Draft], None]:
        DEFECTS[function.__name__] = forms, function
        return function

    return register


def _retitle(of: Draft, written: str, meant: str) -> None:
    """Put something before all titles."""
    for n, item in enumerate(of.items):
        item.title = written + item.title
        of.entries[n] = Entry(of.entries[n].url, meant + of.entries[n].title, of.entries[n].published)


def _readdress(of: Draft, address: str, written: str | None = None) -> None:
    for n, item in enumerate(of.items):
        of.entries[n] = Entry(address.format(n), of.entries[n].title, of.entries[n].published)
        item.link = (written or address).format(n)


@_defect(*XML, "page")
def bare_ampersand(of: Draft) -> None:
    """Write & for &amp; in addresses and titles."""
    if of.form != "page":
        _readdress(of, BASE + "/show.php?cat=3&id={0}")
    _retitle(of, "A&B ", "A&B ")


@_defect(*XML, "page")
def html_entities(of: Draft) -> None:
    """Use entities that only HTML has."""
    _retitle(of, "&ldquo;X&rdquo;&middot;", "“X”·")


@_defect(*XML, "page")
def notice_before(of: Draft) -> None:
    """Print the message of a program first."""
    of.before = (
        "<br />\n<b>Notice</b>: Undefined index: id in <b>/www/feed.php</b> on line <b>17</b><br />\n" + of.before
    )


@_defect(*XML, "list", "page")
def blank_lines_before(of: Draft) -> None:
    """Begin with blank lines."""
    of.before = "\r\n  \n" + of.before


@_defect(*XML, "list")
def control_characters(of: Draft) -> None:
    """Hold what XML cannot hold."""
    of.middle.text += "\x0b\x01\x00\x1f"
    if of.form == "list":
        of.rewrite.append(lambda text: text.replace("\\u000b\\u0001\\u0000\\u001f", "\x0b\x01\x1f"))


@_defect(*XML)
def surrogate_references(of: Draft) -> None:
    """Write an emoji as two references."""
    _retitle(of, "&#55357;&#56832;", "\U0001f600")


@_defect(*XML)
def forbidden_references(of: Draft) -> None:
    """Refer to characters that XML cannot hold."""
    of.middle.text += "&#0;&#11;&#xFFFF;&#x110000;&#xZZ;"


@_defect(*XML)
def undeclared_prefixes(of: Draft) -> None:
    """Use prefixes that are not declared."""
    of.root = 'version="2.0"' if of.form != "atom" else 'xmlns="http://www.w3.org/2005/Atom"'
    for item in of.items:
        item.before += "<x:y>1</x:y>"


@_defect(*FEEDS)
def cdata_without_end(of: Draft) -> None:
    """Forget ]]> in the middle."""
    of.middle.text = f"<![CDATA[<p>{of.middle.text}</p>"


@_defect(*FEEDS)
def cdata_in_cdata(of: Draft) -> None:
    """Quote a CDATA section inside another."""
    for item in of.items:
        item.text = f"<![CDATA[<p>{item.text}</p><![CDATA[x]]></p>]]>"


@_defect(*XML)
def comment_without_end(of: Draft) -> None:
    """Forget --> in the middle."""
    of.middle.closing = "<!-- advertisement "


@_defect(*XML)
def double_hyphen_in_comment(of: Draft) -> None:
    """Draw a line inside a comment."""
    of.channel = "<!------ top -- stories ------>" + of.channel


@_defect(*FEEDS)
def element_without_end(of: Draft) -> None:
    """Write HTML that is neither escaped nor closed."""
    of.middle.text = f"<p><b>{of.middle.text}<br><img src=x.jpg>"


@_defect(*XML)
def entry_without_end(of: Draft) -> None:
    """Forget the end of an entry."""
    name = {"rss": "item", "atom": "entry", "sitemap": "url"}[of.form]
    of.rewrite.append(lambda text: text.replace(f"</{name}>", "", 1))


@_defect(*FEEDS)
def deep_nesting(of: Draft) -> None:
    """Nest more elements than the parser allows."""
    of.middle.text = "<div>" * 300 + of.middle.text + "</div>" * 300


@_defect(*XML)
def attributes_without_quotes(of: Draft) -> None:
    """Write an attribute twice, and one without quotes."""
    of.channel = '<x a="1" a="2" b=3 c>y</x>' + of.channel


@_defect(*XML)
def upper_case(of: Draft) -> None:
    """Write names of elements in capitals."""
    names = ("item", "entry", "url", "title", "link", "loc", "published")

    def change(text: str) -> str:
        for name in names:
            for end in (">", " "):
                text = text.replace(f"<{name}{end}", f"<{name.upper()}{end}").replace(
                    f"</{name}>", f"</{name.upper()}>"
                )
        return text

    of.rewrite.append(change)


@_defect(*XML)
def document_type(of: Draft) -> None:
    """Declare entities."""
    of.channel += "<x>&co;</x>"
    declared = '<!DOCTYPE x [<!ENTITY co "镇"><!ENTITY f SYSTEM "file:///etc/hostname">]>'
    of.rewrite.append(lambda text: text.replace("?>\n", "?>\n" + declared, 1))


@_defect(*XML, "page")
def behind_the_root(of: Draft) -> None:
    """Go on behind the end."""
    of.after = "\n<!-- 0.07 s --><script>count(1 < 2 && 3)</script>\n" + of.after


@_defect(*FEEDS)
def media_title_first(of: Draft) -> None:
    """Put a title of another vocabulary first."""
    for item in of.items:
        item.before += "<media:title>photo</media:title><media:content url='http://i.example/i.jpg' type='image/jpeg'/>"


@_defect(*FEEDS)
def replies_first(of: Draft) -> None:
    """Put links that do not lead to the article first."""
    for item in of.items:
        item.before += (
            "<atom:link rel='replies' href='https://news.example/c/1'/><atom:link rel='self' href='https://n.example/s'/>"
            "<atom:link rel='enclosure' type='audio/mpeg' href='https://n.example/s.mp3'/>"
        )


@_defect("sitemap")
def pictures_first(of: Draft) -> None:
    """Put pictures and translations before the address."""
    for item in of.items:
        item.before += (
            "<image:image><image:loc>https://i.example/i.jpg</image:loc><image:title>photo</image:title></image:image>"
            "<xhtml:link rel='alternate' hreflang='en' href='https://news.example/en/1'/>"
        )


@_defect(*XML)
def blanks_in_addresses(of: Draft) -> None:
    """Break lines around an address."""
    if of.form != "atom":
        for item in of.items:
            item.link = f"\n      {item.link}\n   "


@_defect(*XML, "list")
def relative_addresses(of: Draft) -> None:
    """Leave out the host."""
    for item in of.items:
        item.link = item.link.replace(BASE, "")


@_defect("rss")
def guid_alone(of: Draft) -> None:
    """Give the address as an identity alone, for which it is said that it is none."""
    for item in of.items:
        item.closing += f"<guid isPermaLink='false'>{item.link.strip()}</guid>"
        item.link = ""


@_defect("rss", "atom", "sitemap", "list", "page")
def wrong_label(of: Draft) -> None:
    """Name another charset."""
    of.declared = "gb2312" if of.label == "utf-8" else "utf-8"
    of.content_type += f"; charset={of.declared}"


@_defect(*XML, "list", "page")
def label_in_header_alone(of: Draft) -> None:
    """Name the charset in the header alone."""
    of.declared = None
    of.content_type += f"; charset={of.label}"


@_defect(*XML, "list", "page")
def no_label(of: Draft) -> None:
    """Name no charset at all."""
    of.declared = None
    of.content_type = of.content_type.partition(";")[0]


@_defect(*XML, "list")
def cut_in_the_middle(of: Draft) -> None:
    """End in the middle of an entry."""
    of.cut = 0.55


@_defect(*XML, "list", "page")
def byte_order_mark(of: Draft) -> None:
    """Begin with the mark of UTF-8."""
    if of.label == "utf-8":
        of.pack.insert(0, lambda body: b"\xef\xbb\xbf" + body)


@_defect(*XML, "list", "page")
def broken_byte(of: Draft) -> None:
    """Lose a byte of a character."""
    mark = of.middle.text[5:12].encode(CHARSETS[of.label][0])
    of.pack.insert(0, lambda body: body.replace(mark, mark[:1] + mark[2:], 1))


@_defect(*XML, "list")
def packed(of: Draft) -> None:
    """Be gzip without being called so."""
    of.pack.append(lambda body: gzip.compress(body, mtime=0))


@_defect(*XML, "list")
def packed_in_members(of: Draft) -> None:
    """Be gzip of several members, with zero bytes behind."""
    of.pack.append(
        lambda body: (
            b"".join(gzip.compress(body[at : at + 400], mtime=0) for at in range(0, len(body), 400)) + bytes(16)
        )
    )


@_defect(*XML, "list")
def packed_and_cut(of: Draft) -> None:
    """Be half a gzip file."""
    of.pack.append(lambda body: gzip.compress(body, mtime=0)[:-40])


@_defect(*XML, "list")
def packed_with_wrong_sum(of: Draft) -> None:
    """Be gzip with a wrong checksum."""
    of.pack.append(lambda body: gzip.compress(body, mtime=0)[:-8] + b"\0\1\2\3" + gzip.compress(body, mtime=0)[-4:])


@_defect("list")
def callback(of: Draft) -> None:
    """Be JSONP."""
    of.before, of.after = of.before + "/**/jQuery17_1({0:0}[0]||", ");" + of.after
    of.before = of.before.replace("{0:0}[0]||", "")


@_defect("list")
def guarded_callback(of: Draft) -> None:
    """Be JSONP that catches its own errors."""
    of.before, of.after = of.before + "try{cb(", ")}catch(e){}" + of.after


@_defect("list")
def variable(of: Draft) -> None:
    """Be a script that sets a variable."""
    of.before, of.after = of.before + "var a=[]; window['x'] = ", ";\nvar b = {};" + of.after


@_defect("list")
def half_emoji(of: Draft) -> None:
    """Cut a title in the middle of an emoji."""
    for n, item in enumerate(of.items):
        item.title += "\ud83d"
        of.entries[n] = Entry(of.entries[n].url, of.entries[n].title + "\ufffd", of.entries[n].published)
    of.rewrite.append(lambda text: text.replace("\ud83d", "\\ud83d"))


@_defect("list")
def comma_at_the_end(of: Draft) -> None:
    """Write a comma behind the last item."""
    of.rewrite.append(lambda text: text.replace("}]", "},]"))


@_defect("list")
def keys_without_quotes(of: Draft) -> None:
    """Write an object of JavaScript."""

    def change(text: str) -> str:
        for key in ("code", "data", "items", "url", "title", "time", "text"):
            text = text.replace(f'"{key}": ', f"{key}: ")
        return text

    of.rewrite.append(change)


@_defect("list")
def entities_in_titles(of: Draft) -> None:
    """Escape titles as HTML does."""
    for n, item in enumerate(of.items):
        entry = of.entries[n]
        of.entries[n] = Entry(entry.url, f"A&B “{entry.title}”", entry.published)
        item.title = f"A&amp;B {escape('“')}{item.title}&rdquo;"


@_defect("list")
def addresses_without_scheme(of: Draft) -> None:
    """Leave out the scheme."""
    for item in of.items:
        item.link = item.link.removeprefix("https:")


@_defect("page")
def nonsense_declared_first(of: Draft) -> None:
    """Declare a charset that there is none of before the right one."""
    of.channel += '<meta http-equiv="Content-Type" content="text/html; charset=none">'


@_defect("page")
def insert_in_another_charset(of: Draft) -> None:
    """Hold an advertisement in another charset."""
    foreign = "gb18030" if of.label == "utf-8" else "utf-8"
    mark = b"<!--insert-->"
    of.items[0].closing += "<div class='ad'><!--insert--></div>"
    of.pack.insert(0, lambda body: body.replace(mark, "石桥边的茶馆".encode(foreign)))


@_defect("page")
def quotes_of_windows(of: Draft) -> None:
    """Hold quotation marks that were pasted from a word processor."""
    if of.label == "utf-8":
        of.items[0].text += "<!--q-->"
        of.pack.insert(0, lambda body: body.replace(b"<!--q-->", b" \x93X\x94 \x96 "))


@_defect("page")
def elements_left_open(of: Draft) -> None:
    """Close nothing."""
    of.rewrite.append(lambda text: text.replace("</p>", "").replace("</div>", "").replace("</body></html>", ""))
