"""A post of the mirror: one edition of an article, with its address and the lines around its text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote

from newsarchive.demo import vocabulary
from newsarchive.demo.blocks import plain
from newsarchive.demo.markup import Linker, credit, elements
from newsarchive.demo.plan import ZONE

if TYPE_CHECKING:
    from newsarchive.demo.stories import Item

Edition = Literal["media", "flash"]
HOME_LABEL = "返回首页"


@dataclass(frozen=True, slots=True)
class Post:
    """One edition of an article on the site whose own address is `base`."""

    item: Item
    edition: Edition
    base: str

    @property
    def id(self) -> str:
        """The last part of its address: NW and digits for media items, digits alone for flash items."""
        return self.item.plan.info_code if self.edition == "media" else self.item.plan.digits

    @property
    def medium(self) -> vocabulary.Medium:
        """The medium or service under which the mirror files it."""
        return self.item.plan.medium if self.edition == "media" else vocabulary.FLASH

    @property
    def path(self) -> str:
        """Its address below the base; the date is the one that the page shows."""
        day = f"{self.item.plan.published:%Y/%m/%d}"
        if self.item.plan.shape == "broken-front-matter":
            return f"/{day}/{self.id}.html"
        return f"/{self.medium.path}/{day}/{self.id}.html"

    @property
    def url(self) -> str:
        """Its whole address."""
        return self.base + quote(self.path, safe="/()")

    @property
    def title(self) -> str:
        """The title, empty for the shape that lacks one."""
        return "" if self.item.plan.shape == "no-title" else self.item.title

    @property
    def shown_time(self) -> datetime | None:
        """The time that the page shows, in the site's zone."""
        return None if self.item.plan.shape == "no-date" else self.item.plan.published

    @property
    def first_form(self) -> bool:
        """Return whether it is a flash item of the first form: the digest as a plain paragraph and nothing else."""
        return self.edition == "flash" and self.item.plan.flash == "first"

    @property
    def digest(self) -> str | None:
        """The digest as printed, with its credit in brackets; None where the page has none."""
        if self.edition == "media" or self.first_form:
            return None
        return f"{self.item.digest}（{self.item.plan.medium.name}）"

    @property
    def only_paragraph(self) -> str:
        """The text of a flash item of the first form."""
        return self.item.digest + (f"（{self.item.plan.medium.name}）" if self.names_source else "")

    @property
    def names_source(self) -> bool:
        """Return whether the page says which medium the text is from."""
        if not self.first_form:
            return self.item.plan.shape != "no-body"
        shape = self.item.plan.shape
        return shape == "first-flash-credit" or (shape != "first-flash-bare" and self.item.plan.number % 2 == 0)

    @property
    def share_url(self) -> str | None:
        """The share link that a media item prints."""
        if self.edition == "flash":
            return None
        return f"{self.base}/html_News/NewsShare.html?infoCode={self.item.plan.info_code}"

    @property
    def original_url(self) -> str | None:
        """The original address that a flash item prints; None where it prints empty brackets."""
        if self.edition == "media" or self.item.plan.shape == "no-original":
            return None
        return original_url(self.base, self.item)

    def body(self) -> list[str]:
        """Write the elements of its text and its line of credit."""
        if self.first_form:
            return [f"<p>{_escaped(self.only_paragraph)}</p>"]
        if self.edition == "media":
            parts = elements(self.item.blocks, self.base)
            return [*parts, credit(self.item.plan.medium)] if self.names_source else parts
        linker = Linker(self.base)
        parts = elements(self.item.blocks, self.base, linker)
        return [*parts, credit(self.item.plan.medium, linker)]

    def ways_back(self) -> tuple[tuple[str, str], ...]:
        """Return label and address (without a scheme) of the links at the end; empty where the post has none."""
        host = self.base.partition(":")[2]
        if self.item.plan.shape in ("no-return", "first-flash-bare"):
            return ()
        if self.edition == "flash":
            return ((f"返回{vocabulary.FLASH.tag}", f"{host}/{vocabulary.FLASH.slug}/"), (HOME_LABEL, f"{host}/"))
        return ((f"返回{self.medium.tag}", f"{host}/category/{self.medium.slug}.html"), (HOME_LABEL, f"{host}/"))

    def description(self) -> str:
        """Return the text in one line, as the head of the page repeats it."""
        if self.first_form:
            return self.only_paragraph
        lines = [plain(part) for block in self.item.blocks for part in block.parts]
        return self.digest or " ".join(lines)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def original_url(base: str, item: Item) -> str:
    """Return the old form of the article's address at the origin."""
    column = vocabulary.COLUMNS[item.plan.number % len(vocabulary.COLUMNS)]
    return f"{base}/news/{column},{item.plan.digits}.html"


def editions(item: Item, base: str) -> list[Post]:
    """Return the posts of an article, the media edition first."""
    kinds: list[Edition] = []
    if item.plan.media:
        kinds.append("media")
    if item.plan.flash:
        kinds.append("flash")
    return [Post(item, kind, base) for kind in kinds]


@dataclass(frozen=True, slots=True)
class SiteNote:
    """A message of the site itself: it stays for good and its name has no digits."""

    name: str
    title: str
    published: datetime
    text: str

    @property
    def path(self) -> str:
        """Its address below the base."""
        return f"/{vocabulary.SITE_NEWS_SLUG}/{self.published:%Y/%m/%d}/{self.name}.html"


SITE_NOTES = (
    SiteNote(
        "notice",
        "关于页面自动刷新的说明",
        datetime(2026, 1, 15, 9, 30, tzinfo=ZONE),
        "为便于阅读，本站页面每分钟自动刷新一次。三天以前的消息移入旧文目录，不再保留页面。",
    ),
    SiteNote(
        "opening",
        "潮声起处，开站第一天",
        datetime(2025, 11, 1, 20, 5, 8, tzinfo=ZONE),
        "潮声简讯今天开站。这里只有消息，没有广告。",
    ),
)
