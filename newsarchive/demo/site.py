"""The whole sample site as a pure function: an address in, an answer out."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote, urlsplit

from newsarchive.demo import (
    hostile,
    listings,
    mirror,
    origin,
    post_files,
    share,
    vocabulary,
)
from newsarchive.demo.mirror import Entry
from newsarchive.demo.plan import (
    LIFETIME,
    NOW,
    STALE,
    Plan,
    Planner,
)
from newsarchive.demo.posts import SITE_NOTES, Post, editions
from newsarchive.demo.reply import JSON, TEXT, XML, Reply
from newsarchive.demo.stories import Item, compose, title_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

PRIVATE = "/private/2026/03/01/draft.html"
_PRIVATE_TITLE = "内部草稿（请勿抓取）"
_PIXEL = (
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x80\x80\xff\xff\xff,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
)
_LISTINGS_KEPT = 64  # rendered listing pages held in memory


@dataclass(frozen=True)
class DemoSite:
    """The invented mirror, its share service and the origin, at one moment.

    At any time `articles` of them are on the mirror. `media` asks for at least so many category pages, `hostile` adds
    the section of bad inputs, `trouble` lets so many percent of the article pages fail at first, `crawl_delay` puts
    that many seconds into robots.txt. `now` is the site's clock (aware), `base_url` the address it believes to have.
    Everything it answers depends on these values alone.
    """

    articles: int = 160
    seed: int = 5
    hostile: bool = False
    trouble: int = 0
    media: int = 0
    crawl_delay: float | None = None
    now: datetime = NOW
    base_url: str = "http://127.0.0.1:8095"

    def at(self, *, base_url: str | None = None, now: datetime | None = None) -> DemoSite:
        """Return the same site at another address or another time."""
        return replace(self, base_url=base_url or self.base_url, now=now or self.now)

    @property
    def planner(self) -> Planner:
        """Which article is which."""
        return _planner(self.articles, self.seed, self.media)

    @property
    def live(self) -> range:
        """The numbers of the articles that have a page on the mirror now, oldest first."""
        return _span(self)

    def item(self, number: int) -> Item:
        """Write one article as it stands now."""
        return compose(self.planner.plan(number), self.seed, self.now)

    def posts(self, numbers: Sequence[int] | None = None) -> Iterator[Post]:
        """Yield the posts of the articles of these numbers (of those on the mirror now), newest first."""
        for number in reversed(self.live if numbers is None else numbers):
            yield from editions(self.item(number), self.base_url)

    def render(self, target: str) -> bytes:
        """Return the body that answers for an address (path and query) at the first attempt."""
        return self.reply(target).body

    def reply(self, target: str, attempt: int = 0) -> Reply:
        """Answer for an address: path and query, or a URL whatever its host. `attempt` counts earlier requests."""
        try:
            parts = urlsplit(target)
        except ValueError:  # a host in broken brackets
            return self._missing()
        path, query = unquote(parts.path) or "/", {key.lower(): value for key, value in parse_qsl(parts.query)}
        if self.hostile and (answer := hostile.reply(self.base_url, path, query, attempt)):
            return answer
        return self._service(path, query) or self._list(path, query) or self._page(path, attempt) or self._missing()

    def post_files(self) -> Iterator[tuple[str, bytes]]:
        """Yield name and text of the post file of every post on the mirror, and of the site's own messages."""
        for post in self.posts():
            yield post_files.file_name(post), post_files.post_file(post)
        yield from map(post_files.note_file, SITE_NOTES)

    def export_posts(self, folder: Path) -> list[Path]:
        """Write the post files into a folder and give their paths, sorted."""
        return post_files.write(folder, dict(self.post_files()))

    # Fixed addresses and services

    def _service(self, path: str, query: dict[str, str]) -> Reply | None:
        if path in ("/html_News/NewsShare.html", "/html_News/DetailOnly.html"):
            return Reply(share.shell(query.get("infocode", "")))
        if path == "/NewsData/GetNewsText.do":
            return self._share_data(query.get("id", ""))
        if path == "/Notice/GetNoticeText.do":
            return Reply(share.NO_TEXT, content_type=JSON)
        if path == "/robots.txt":
            return Reply(self._robots(), content_type=TEXT)
        if path.startswith("/img/"):
            return Reply(_PIXEL, content_type="image/gif", modified=SITE_NOTES[-1].published)
        return None

    def _list(self, path: str, query: dict[str, str]) -> Reply | None:
        if path != listings.LIST:
            return None
        page = query.get("page", "1")
        number = int(page) if page.isdecimal() and len(page) < 5 else 1
        return Reply(listings.json_list(self._listed_posts(), number), content_type="application/javascript")

    def _robots(self) -> bytes:
        lines = ["User-agent: *", "Disallow: /private/"]
        if self.crawl_delay is not None:
            lines.append(f"Crawl-delay: {self.crawl_delay:g}")
        return "\n".join([*lines, ""]).encode()

    def _share_data(self, code: str) -> Reply:
        number = self._known(code[2:] if code[:2].upper() == "NW" else code)
        if number is None:
            return Reply(share.NO_TEXT, content_type=JSON)
        return Reply(share.data(self.item(number), self.base_url), content_type=JSON)

    def _known(self, digits: str) -> int | None:
        """Find an article that is out already: share service and origin keep the older ones too."""
        number = self.planner.number(digits)
        return number if number is not None and -self.articles <= number < self.live.stop else None

    # Pages

    def _page(self, path: str, attempt: int) -> Reply | None:
        if path in ("/", "/index.html", "/feed.xml", listings.INDEX, listings.POSTS) or path.startswith("/category/"):
            return _listing(self, path)
        if path.startswith(("/a/", "/news/")):
            return self._origin(path, attempt)
        if path.startswith("/old_post/"):
            return self._old_post(path)
        return self._note(path) or self._post(path, attempt)

    def _post(self, path: str, attempt: int) -> Reply | None:
        number = self.planner.number(path[-23:-5]) if path.endswith(".html") else None
        if number is None or number not in self.live:
            return None
        post = next((post for post in editions(self.item(number), self.base_url) if post.path == path), None)
        if post is None:
            return None
        good = Reply(mirror.post_page(post), modified=post.item.changed)
        return hostile.troubled(good, path, attempt, self.trouble)

    def _note(self, path: str) -> Reply | None:
        note = next((note for note in SITE_NOTES if note.path == path), None)
        if note is not None:
            return Reply(mirror.note_page(self.base_url, note), modified=note.published)
        if path == PRIVATE:
            return Reply(mirror.note_page(self.base_url, replace(SITE_NOTES[0], title=_PRIVATE_TITLE)))
        return None

    def _old_post(self, path: str) -> Reply | None:
        """Return the file of a post that has left the mirror; the name is the date and the last part of its address."""
        digits = path[-21:-3]
        number = self._known(digits)
        if number is None or number in self.live:
            return None
        for post in editions(self.item(number), self.base_url):
            if path == f"/old_post/{post.item.plan.published:%Y-%m-%d}-{post.id}.md":
                return Reply(post_files.post_file(post), content_type=TEXT)
        return None

    def _origin(self, path: str, attempt: int) -> Reply | None:
        stem = path.rpartition("/")[2].removesuffix(".html")
        number = self._known(stem.rpartition(",")[2])
        if number is None:
            return self._origin_list(stem) if path.startswith("/a/") else None
        item = self.item(number)
        page = origin.article_page(item, self.planner.digits(number - 1), self.base_url)
        good = Reply(page.body, content_type=page.content_type, modified=item.changed)
        return hostile.troubled(good, path, attempt, self.trouble)

    def _origin_list(self, stem: str) -> Reply | None:
        slug, _, page = stem.partition("_")
        if slug not in origin.LISTS or (page and not page.isdecimal()):
            return None
        numbers = [n for n in reversed(self.live) if n % len(origin.LISTS) == origin.LISTS.index(slug)]
        last = max(1, -(-len(numbers) // origin.PER_LIST))
        wanted = min(max(int(page[:9] or 1), 1), last)  # past the end the last page comes again
        shown = numbers[(wanted - 1) * origin.PER_LIST : wanted * origin.PER_LIST]
        lines = [(plan, title_of(plan, self.seed)) for plan in map(self.planner.plan, shown)]
        return Reply(origin.list_page(slug, lines, wanted, last))

    def _missing(self) -> Reply:
        return Reply(mirror.missing_page(self.base_url), status=404)

    # Listing pages of the mirror

    def listing(self, path: str) -> Reply | None:
        """Write the home page, the feed or a category page."""
        if path == "/feed.xml":
            return self._feed()
        if path == listings.INDEX:
            return Reply(listings.sitemap_index(self.base_url), content_type=XML)
        if path == listings.POSTS:
            return Reply(listings.sitemap(self._listed_posts()), content_type="application/gzip")
        if path.startswith("/category/"):
            return self._category(path.removeprefix("/category/").removesuffix(".html"))
        return Reply(mirror.home_page(self.base_url, self._groups()))

    def _listed_posts(self) -> list[Post]:
        """Return the posts that the mirror lists, newest first."""
        return [post for post in self.posts() if post.path.count("/") > 4]

    def _feed(self) -> Reply:
        newest = [post for post in self.posts(self.live[-listings.LENGTH * 2 :]) if post.path.count("/") > 4]
        return Reply(listings.feed(self.base_url, newest[: listings.LENGTH], self.now), content_type=XML)

    def _groups(self) -> Iterator[tuple[str, list[Entry]]]:
        yield vocabulary.SITE_NEWS_TAG, self._site_news()
        if self.hostile:
            yield hostile.TAG, hostile.entries()
        numbers = _index(self)
        for medium in (vocabulary.FLASH, *self.planner.all_media):
            newest = numbers.get(medium.slug, array("q"))[-mirror.PER_TAG :]
            entries = self._entries(medium, newest)
            yield from ((tag, entries) for tag in medium.tag.split())

    def _category(self, slug: str) -> Reply | None:
        if slug == vocabulary.SITE_NEWS_SLUG:
            entries, tag = self._site_news(), vocabulary.SITE_NEWS_TAG
        else:
            media = {medium.slug: medium for medium in (vocabulary.FLASH, *self.planner.all_media)}
            if slug not in media:
                return None
            # A slug with a blank has a page whose list is always empty.
            numbers = array("q") if " " in slug else _index(self).get(slug, array("q"))
            entries, tag = self._entries(media[slug], numbers), media[slug].tag
        other = self.planner.all_media[len(slug) % len(vocabulary.MEDIA)].tag
        return Reply(mirror.category_page(self.base_url, slug, tag, entries, other))

    def _site_news(self) -> list[Entry]:
        return [*(Entry(note.path, note.title) for note in SITE_NOTES), Entry(PRIVATE, _PRIVATE_TITLE)]

    def _entries(self, medium: vocabulary.Medium, numbers: Sequence[int]) -> list[Entry]:
        return [_entry(self.planner.plan(number), medium, self.seed) for number in reversed(numbers)]


def _entry(plan: Plan, medium: vocabulary.Medium, seed: int) -> Entry:
    name = plan.digits if medium == vocabulary.FLASH else plan.info_code
    title = "" if plan.shape == "no-title" else title_of(plan, seed)
    return Entry(f"/{medium.path}/{plan.published:%Y/%m/%d}/{name}.html", title)


@lru_cache(maxsize=8)
def _planner(articles: int, seed: int, media: int) -> Planner:
    return Planner(articles, seed, media)


@lru_cache(maxsize=8)
def _span(site: DemoSite) -> range:
    return site.planner.span(site.now)


@lru_cache(maxsize=2)
def _index(site: DemoSite) -> dict[str, array[int]]:
    # Listing pages are a little late: they still name posts that have just gone.
    return site.planner.by_medium(site.planner.span(site.now, LIFETIME + STALE))


@lru_cache(maxsize=_LISTINGS_KEPT)
def _listing(site: DemoSite, path: str) -> Reply | None:
    return site.listing(path)
