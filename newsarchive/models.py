"""What travels through a crawl: a fetched `Page`, and the `Article` that the pipelines make of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import datetime

#: What an address is to an article. The order is the order of trust: a field is taken from the first that has it.
ROLES = ("original", "share", "post", "file", "feed", "listing")
Role = Literal["original", "share", "post", "file", "feed", "listing"]

#: The number of a page that shows all pages of its article as one.
WHOLE = -1
#: Behind the address of a feed's entry that is a copy of its own, so that the page of the article can be another.
FEED_MARK = "#feed"
#: Days for which the row of a run that found nothing is kept; then it is counted in its day, and deleted.
QUIET_DAYS = 30

ParagraphKind = Literal["text", "heading", "caption", "quote", "table", "list"]
BylineRole = Literal["author", "editor", "proofreader", "photographer", "translator"]
#: How exact a printed time is. A time of day is only claimed when the page prints one.
Precision = Literal["second", "minute", "day"]


@dataclass(slots=True)
class Category:
    """A category page of a site: `slug` is the site's own key, `name` the medium or section it shows."""

    slug: str
    name: str | None = None
    url: str | None = None


@dataclass(slots=True)
class Hints:
    """What the page that linked here said about an article; used only where the article itself is silent.

    `genres` and `tickers` (`NASDAQ:AMAT`) are those of Google's news sitemaps.
    """

    title: str | None = None
    published: str | None = None
    category: Category | None = None
    source: str | None = None
    authors: tuple[str, ...] = ()
    image: str | None = None
    genres: tuple[str, ...] = ()
    tickers: tuple[str, ...] = ()


@dataclass(slots=True)
class Page:
    """One answer of a server (or one file), exactly as it came.

    `fetched_at` is aware and in UTC; `headers` has lower-cased names; `body` is what the server sent after
    transfer and content decoding; `snapshot_id` is set once the raw bytes are kept.
    `url` is what was asked for, `final_url` where redirects from there ended, if there were any.
    """

    url: str
    role: Role
    site: str
    body: bytes
    fetched_at: datetime
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    hints: Hints = field(default_factory=Hints)
    found_on: str | None = None
    snapshot_id: int | None = None
    final_url: str | None = None

    @property
    def base_url(self) -> str:
        """The address to which relative links on the page belong."""
        return self.final_url or self.url


@dataclass(slots=True)
class Paragraph:
    """One paragraph of the body; a table row or list item is a paragraph of its own."""

    text: str
    kind: ParagraphKind = "text"


@dataclass(slots=True)
class Byline:
    """A person or desk that the article names."""

    role: BylineRole
    name: str


@dataclass(slots=True)
class Mention:
    """A security, board or index that the article's markup names; `market` is the origin's number (0, 1, 90 ...)."""

    market: str
    code: str
    name: str | None = None
    count: int = 1


@dataclass(slots=True)
class Image:
    """A picture of the article; its address is kept, the picture is never loaded."""

    url: str
    alt: str | None = None
    caption: str | None = None


@dataclass(slots=True)
class Problem:
    """One thing that went wrong, with a `reason` from `newsarchive.problems.REASONS`."""

    stage: str
    reason: str
    detail: str = ""


@dataclass(slots=True)
class Article:
    """An article as one page tells it. Everything but `page` and `article_key` may be missing.

    `published_at` is aware, in the zone of the site. `attribution` is the credit as printed, `source` the medium
    it names. `via` lists the media that passed the text on, the nearest to the reader first. `evidence` says for
    each field which rule gave it; `extractor` names the rules as a whole (for example `finews/post`).
    """

    page: Page
    article_key: str
    info_code: str | None = None
    kind: str | None = None
    title: str | None = None
    original_title: str | None = None
    digest: str | None = None
    paragraphs: list[Paragraph] = field(default_factory=list)
    published_at: datetime | None = None
    precision: Precision = "second"
    attribution: str | None = None
    source: str | None = None
    via: list[str] = field(default_factory=list)
    bylines: list[Byline] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)
    images: list[Image] = field(default_factory=list)
    category: Category | None = None
    section: str | None = None
    #: Of notices: the number of the document (文号), and that in the index of its office (索引号).
    document_number: str | None = None
    index_number: str | None = None
    #: Where a post was sent from, as its platform prints it (IP属地).
    region: str | None = None
    #: What stands in the text and is none: its kind and its address (`video https://...`).
    embeds: list[str] = field(default_factory=list)
    lang: str | None = None
    canonical_url: str | None = None
    share_url: str | None = None
    original_url: str | None = None
    paywalled: bool = False
    charset: str | None = None
    extractor: str = ""
    evidence: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    #: Which page of an article on several pages this is, `WHOLE` for one that shows all of them (also for a printer);
    #: None for the first, which mostly is the only one.
    part: int | None = None
    #: The addresses of the article's first page, of the next one, and of the one that shows all, where this page tells.
    first_page: str | None = None
    next_page: str | None = None
    whole_page: str | None = None
    #: Keys of other addresses at which the page says that the article stands, and may say so.
    aliases: list[str] = field(default_factory=list)
    #: Whether the page stands for an article of another site, which it must not change.
    is_hearsay: bool = False

    @property
    def body(self) -> str:
        """The paragraphs joined by one blank line."""
        return "\n\n".join(paragraph.text for paragraph in self.paragraphs)


@dataclass(frozen=True, slots=True)
class Recheck:
    """When stored posts are rechecked for changes: so many minutes after the last time, for so many days.

    The last of `minutes` is repeated until `days` have gone by since the post came out, or since it was found where its
    time is not known. No days: never.
    """

    days: float = 3.0
    minutes: tuple[float, ...] = (15.0, 60.0, 360.0, 1440.0)
