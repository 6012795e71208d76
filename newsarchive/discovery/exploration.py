"""In which order the pages of a site without rules are looked at for articles, and when to stop.

Pages whose addresses have one shape are a *place*: the months of an archive, the tags of a cloud. A place is judged by
what its pages brought: one that goes on bringing new articles is followed to its end, one whose pages brought nothing
again and again (a calendar without end, a shop) is left. Every page costs, every new article earns: what is spent on
looking stays in proportion to what is found.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict, deque
from dataclasses import dataclass, field
from urllib.parse import unquote

from newsarchive.discovery.shapes import address_of, family_of, is_variable
from newsarchive.url_keys import url_key
from newsarchive.urls import split_url

#: Pages that are looked at although nothing was found yet, those where a sitemap names the articles, and pages that one
#: new article is worth.
FREE_PAGES, FREE_BESIDE_SITEMAP, EARNED = 20.0, 6.0, 0.28
#: Pages that may bring nothing, one after the other, once some articles were found: so many, and more for each article.
_SOME = 10
_IN_VAIN, _IN_VAIN_EARNED = 6.0, 0.15
#: The same of tags, authors and pages of the house, which mostly repeat what sections list.
_LATE_IN_VAIN, _LATE_IN_VAIN_EARNED = 6.0, 0.02
#: Pages that are taken up in one run; a site made to exhaust us ends here.
_MOST_PAGES = 100_000
#: Pages of one place that bring nothing, one after the other, until it is left; and pages of a family of places. A
#: place that brought something is given so many more for each such page, at most twice as many.
_FRUITLESS, _BARREN, _PATIENCE = 8, 12, 2
#: Pages of one place, or of one host, that are not there while none of it is, until it is left.
_MISSING = 3
#: Pages of one pager that bring nothing, its first page included, until it is left; those that brought something earn
#: it one each, up to as many again.
_PAGER_FRUITLESS, _PAGER_EARNED = 2, 2
# Ranks of a page, the first asked first.
PAGER, NEWS, PLAIN, LATE = 0, 1, 2, 4
#: What a page gains by lying above articles, and what it loses by every link between it and the first page, and by
#: every folder that it lies in: a section comes before its parts, a year before its months.
_ABOVE, _DEEPER, _NARROWER = 1.0, 0.3, 0.15
_EXTENSION = re.compile(r"\.[a-z]{2,5}$", re.IGNORECASE)
#: What a page gains by a link on one that has just brought articles, or by a host of news.
_NEAR = 0.5

_WORD = re.compile(r"[a-z]+|[^\x00-\x7f]+")
_NEWS_WORDS = frozenset((
    "news", "press", "article", "articles", "post", "posts", "blog", "blogs", "story", "stories", "archive",
    "archives", "latest", "headlines", "releases", "xinwen", "xwzx", "xw", "zixun", "dongtai", "yaowen",
    "gonggao", "tongzhi", "list", "category", "channel", "section", "sections", "topics", "issue", "issues",
    "politics", "world", "business", "sports", "sport", "culture", "opinion", "finance", "tech", "economy", "local",
    "national", "china", "caijing", "shehui", "guoji", "guonei", "sitemap", "map",
))  # fmt: skip
_NEWS_TEXT = re.compile("新闻|新聞|资讯|資訊|动态|動態|要闻|快讯|公告|通知|文章|报道|归档|存档|头条|时政|财经|专题")
_LATE_WORDS = frozenset((
    "tag", "tags", "author", "authors", "user", "users", "member", "members", "people", "profile", "search", "about",
    "contact", "help", "faq", "privacy", "terms", "service", "services", "product", "products", "shop", "store", "item",
    "download", "downloads", "docs", "doc", "documentation", "manual", "calendar", "event", "events", "jobs", "careers",
    "advertise", "subscribe", "donate", "video", "videos", "photo", "gallery", "forum", "bbs", "wiki", "label",
    "labels", "keyword", "quiz", "crossword", "games", "legal", "cookie", "cookies", "imprint", "impressum",
))  # fmt: skip
#: Names of pages of the house that are never those of an article.
_HOUSE_WORDS = frozenset((
    "about", "about-us", "aboutus", "contact", "contact-us", "contactus", "privacy", "privacy-policy", "terms",
    "imprint", "impressum", "legal", "cookies", "faq", "donate", "subscribe", "advertise", "jobs", "careers", "login",
))  # fmt: skip
_LATE_TEXT = re.compile(
    "关于|聯繫|联系|招聘|帮助|服务|产品|下载|标签|作者|隐私|声明|登录|注册|购物|商城|论坛|搜索|日历"
)
_NEVER_WORDS = frozenset((
    "login", "logout", "signin", "signup", "register", "logon", "cart", "checkout", "basket", "wp-admin", "wp-json",
    "wp-login", "xmlrpc", "replytocom", "feed", "rss", "atom", "print", "share", "sendmail", "mailto", "trackback",
    "captcha", "passport", "cgi-bin",
))  # fmt: skip
_SEGMENT = re.compile(r"[/?&=.]+")
#: The name of a host that a link was meant to lead to and that its writer gave without a scheme, or an address of mail.
_HOST = re.compile(
    r"(?:^|/)(?:www\.[^/]+\.[a-z]{2,}|(?:[a-z0-9-]+\.)+(?:com|org|net|edu|gov|info|io|co|tv|cn|uk|de|jp|es|fr)"
    r"|[^/@]+@[^/@]+\.[a-z]{2,})(?:/|$)",
    re.IGNORECASE,
)
#: Files that are no pages.
_FILE = re.compile(
    r"\.(?:jpe?g|png|gif|svg|webp|ico|bmp|css|js|mjs|json|pdf|docx?|xlsx?|pptx?|csv|zip|rar|7z|gz|tgz|bz2|exe|apk|dmg|mp3"
    r"|m4a|ogg|wav|mp4|avi|mov|wmv|flv|swf|m3u8?|woff2?|ttf|eot|epub|mobi|ics|xml|rss|atom|txt)$",
    re.IGNORECASE,
)

#: A number in the place of a month, below one in the place of a year.
_NUMBER_BELOW = re.compile(r"(\{n\}/)\{n\}/$")
_WRITTEN_INTO = re.compile(r"/https?(?::|%3A)", re.IGNORECASE)


@dataclass(slots=True)
class Candidate:
    """A page that may list articles, or be one, with its key. `text` is what the link to it said."""

    url: str
    key: str
    text: str = ""
    found_on: str | None = None


@dataclass(slots=True)
class _Family:
    """What came of the pages of all places that differ in their folders alone."""

    fruitless: int = 0


@dataclass(slots=True)
class _Place:
    """The candidates of one place, in the order in which they were found, and what came of those before."""

    host: str
    rank: float
    number: int
    family: _Family
    #: The place of the years, of one that is of their months.
    broader: str | None = None
    waiting: deque[Candidate] = field(default_factory=deque)
    asked: int = 0
    brought: int = 0
    #: Pages that brought something, and those since the last of them that did not.
    fruitful: int = 0
    fruitless: int = 0
    #: Pages that are not there; None as soon as one is.
    missing: int | None = 0

    @property
    def is_closed(self) -> bool:
        if (self.missing or 0) >= _MISSING:
            return True
        patience = _FRUITLESS + min(_FRUITLESS, _PATIENCE * self.fruitful)
        return self.fruitless >= patience or self.family.fruitless >= _BARREN + patience - _FRUITLESS


@dataclass(slots=True)
class _Pager:
    """What came of the pages of one listing, the first included: those that brought something, and since then."""

    fruitful: int = 0
    fruitless: int = 0

    @property
    def is_closed(self) -> bool:
        return self.fruitless >= _PAGER_FRUITLESS + min(_PAGER_EARNED, self.fruitful)

    def learn(self, new: int) -> None:
        self.fruitful += new > 0
        self.fruitless = 0 if new else self.fruitless + 1


class Exploration:
    """The pages that are still to be looked at.

    A `patient` one is not tired by pages that bring nothing: it ends when its pages are spent.
    """

    def __init__(self, free_pages: float = FREE_PAGES, *, patient: bool = False) -> None:
        self.credit = free_pages
        self._is_patient = patient
        #: Articles that were found, and pages since the last that brought any: all of them, and those that come last,
        #: whose keys these are.
        self.found = 0
        self._in_vain = self._late_in_vain = 0
        self._late: set[str] = set()
        self._places: dict[str, _Place] = {}
        self._families: defaultdict[str, _Family] = defaultdict(_Family)
        self._seen: set[str] = set()
        self._links: Counter[str] = Counter()
        #: Key of a page that was offered -> how many links lie between it and the first page.
        self._depths: dict[str, int] = {}
        #: Folders in which articles lie, with their host.
        self._folders: set[str] = set()
        #: Host -> its pages that are not there, as of a place.
        self._missing: dict[str, int | None] = {}
        #: Key of a page -> the pager that it belongs to: of later pages, and of first ones that were looked at.
        self._pagers: dict[str, _Pager] = {}

    def offer(
        self, url: str, text: str = "", *, is_pager: bool = False, found_on: str | None = None, is_near: bool = False
    ) -> None:
        """Queue a page, unless it was offered before or can be none.

        `is_near` says that the page which links to it has just brought articles.
        """
        key = _key(url)
        if is_pager and found_on:
            self._pagers.setdefault(key, self._pagers.setdefault(_key(found_on), _Pager()))
        if key in self._seen or len(self._seen) >= _MOST_PAGES or not may_be_page(url):
            return
        self._seen.add(key)
        self._depths[key] = 1 + self._depths.get(_key(found_on), 0) if found_on else 1
        place = self._place(url, PAGER if is_pager else rank_of(url, text) - _NEAR * is_near)
        place.waiting.append(Candidate(url, key, text, found_on))

    def _place(self, url: str, rank: float) -> _Place:
        name = place_of(url)
        place = self._places.get(name)
        if place is None:
            host, broader = split_url(url).netloc, _NUMBER_BELOW.sub(r"\1", name)
            place = self._places[name] = _Place(host, rank, len(self._places), self._families[_family(name)])
            place.broader = broader if broader != name else None
        place.rank = min(place.rank, rank)
        return place

    def count_link(self, url: str) -> None:
        """Count a link to a page: what many pages lead to is a section of the site."""
        self._links[_key(url)] += 1

    def saw_article(self, url: str) -> None:
        """Learn where articles lie: the page of a folder above one most likely lists them."""
        folder = url_key(url).partition("?")[0].rpartition("/")[0]
        while folder and folder not in self._folders:
            self._folders.add(folder)
            folder = folder.rpartition("/")[0]

    def saw(self, url: str) -> None:
        """Leave out a page that is asked for in another way."""
        self._seen.add(_key(url))

    def next(self, worst: float | None = None) -> Candidate | None:
        """Return the page that is to be looked at next; None where there is none, or no credit is left.

        With `worst` pages of a lower rank are not given.
        """
        if self.credit < 1 or self._is_tired(self._in_vain, _IN_VAIN, _IN_VAIN_EARNED):
            return None
        if self._is_tired(self._late_in_vain, _LATE_IN_VAIN, _LATE_IN_VAIN_EARNED):
            worst = min(LATE - 1.0, LATE if worst is None else worst)
        open_places = [
            place
            for place in self._places.values()
            if self._has_waiting(place) and not place.is_closed and (worst is None or self._rank(place) <= worst)
        ]
        if not open_places:
            return None
        place = min(open_places, key=self._order)
        place.asked += 1
        self.credit -= 1
        candidate = place.waiting.popleft()
        if self._rank(place) > LATE - 1:  # a link beside articles has brought it nearer
            self._late.add(candidate.key)
        return candidate

    def _is_tired(self, in_vain: int, free: float, earned: float) -> bool:
        return not self._is_patient and self.found >= _SOME and in_vain >= free + earned * self.found

    def _rank(self, place: _Place) -> float:
        """Return the rank of a place; the months of years that list their articles come last."""
        broader = self._places.get(place.broader) if place.broader else None
        return max(place.rank, LATE) if broader is not None and broader.fruitful else place.rank

    def _has_waiting(self, place: _Place) -> bool:
        """Return whether a page of a place is still to be looked at; but for those of pagers and hosts left behind."""
        while place.waiting:
            pager = self._pagers.get(place.waiting[0].key)
            is_lost = (self._missing.get(place.host) or 0) >= _MISSING
            if not is_lost and (pager is None or not pager.is_closed):
                return True
            place.waiting.popleft()
        return False

    def _order(self, place: _Place) -> tuple[float, int, int, int]:
        """Return by what the next page of a place is compared with those of others: the smallest is asked next."""
        key = place.waiting[0].key
        bonus = 1.0 if place.brought > place.asked else 0.5 if place.fruitful else 0.0
        bonus += _ABOVE * (_EXTENSION.sub("", key) in self._folders)
        # Of two equal places the one that was asked less often.
        return (
            self._rank(place)
            - bonus
            + place.fruitless / 4
            + self._depths.get(key, 1) * _DEEPER
            + key.partition("?")[0].count("/") * _NARROWER,
            place.asked,
            -self._links[key],
            place.number,
        )

    def learn(self, url: str, new: int) -> None:
        """Record how many articles a page brought that were not known before."""
        self.credit += new * EARNED
        self._count(url, new)
        self._pagers.setdefault(_key(url), _Pager()).learn(new)
        place = self._place(url, rank_of(url))
        place.missing = self._missing[split_url(url).netloc] = None
        place.brought += new
        place.fruitful += new > 0
        place.family.fruitless = 0 if new else place.family.fruitless + 1
        place.fruitless = 0 if new else place.fruitless + 1

    def did_not_come(self, url: str) -> None:
        """Record that a page is not there: that says something of its place, and nothing of others like it."""
        self._count(url, 0)
        place, host = self._place(url, rank_of(url)), split_url(url).netloc
        place.fruitless += 1
        if place.missing is not None:
            place.missing += 1
        if (missing := self._missing.get(host, 0)) is not None:
            self._missing[host] = missing + 1

    def _count(self, url: str, new: int) -> None:
        self.found += new
        self._in_vain = 0 if new else self._in_vain + 1
        if _key(url) in self._late:
            self._late_in_vain = 0 if new else self._late_in_vain + 1


def _key(url: str) -> str:
    """Return what two addresses of one page have in common: servers redirect one without a slash to one that has it."""
    return url_key(url).rstrip("/")


def _family(place: str) -> str:
    host, slash, path = place.partition("/")
    family = family_of(slash + path)
    # A page of its own has no brothers.
    return host + family if is_variable(family) else place


def place_of(url: str) -> str:
    """Return the place of an address: its shape, with any word for the last name below a folder."""
    address = address_of(url)
    is_word = address.folders and not is_variable(address.name) and any(map(str.isalpha, address.name))
    return split_url(url).netloc + address.with_name("{w}" if is_word else address.name)


def may_be_page(url: str) -> bool:
    """Return whether an address may be a page that is worth a look: no file, no place to log in, buy or print."""
    parts = split_url(url)
    # A link that is written without its scheme's slashes, or into another address, ends nowhere.
    if _FILE.search(parts.path) or "//" in parts.path or _WRITTEN_INTO.search(parts.path) or _HOST.search(parts.path):
        return False
    return _NEVER_WORDS.isdisjoint(_SEGMENT.split(f"{parts.path}?{parts.query}".lower()))


def is_department(url: str) -> bool:
    """Return whether the last name of an address is a word for a part of a site that holds no articles."""
    name = _EXTENSION.sub("", split_url(url).path.rstrip("/").rpartition("/")[2])
    return name.lower() in _LATE_WORDS


def is_house_page(url: str) -> bool:
    """Return whether an address is that of a page about the house, such as `/about/`, with no number in it."""
    path = split_url(url).path
    name = _EXTENSION.sub("", path.rstrip("/").rpartition("/")[2])
    return name.lower() in _HOUSE_WORDS and not any(map(str.isdigit, path))


def rank_of(url: str, text: str = "") -> float:
    """Return how soon a page is looked at, by the words of its address and of the link to it."""
    parts = split_url(url)
    words = set(_WORD.findall(unquote(f"{parts.path}?{parts.query}").lower()))
    if words & _LATE_WORDS or _LATE_TEXT.search(text):
        return LATE
    if words & _NEWS_WORDS or _NEWS_TEXT.search(text):
        return NEWS
    return PLAIN - _NEAR * bool(_NEWS_WORDS.intersection(_WORD.findall(parts.netloc.lower())))
