"""The sample archive of the documentation: two weeks of the sample site, the same to the last letter everywhere.

It is filled as a daily crawl would fill it, by the site's own clock and without a network: new posts and the texts
behind their share links, posts that were changed, posts that are gone. Between two visits the crawl stood still for
longer than the site keeps its posts, so that the archive has a gap.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from newsarchive.archive import Archive, Link
from newsarchive.demo import DemoSite
from newsarchive.demo.plan import NOW
from newsarchive.extract import process, rejection
from newsarchive.models import Page
from newsarchive.sites import load_site
from newsarchive.urls import read_info_code

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from newsarchive.demo.posts import Post
    from newsarchive.models import Article, Role

#: Hours after the site's first moment at which it is visited; some visits see an article before it is changed.
VISITS = (0, 0.5, 24, 25.5, 48, 50, 72, 96, 264, 288)
_PROCESS = "sample:1:1"
_HOUR = timedelta(hours=1)


def make_sample(path: Path, *, articles: int = 120, visits: Iterable[float] = VISITS) -> None:
    """Make the sample archive at a path where there is none yet. `articles` is how many the site shows at a time."""
    with Archive.open(path) as archive:
        filler = _Filler(archive)
        for hours in visits:
            filler.visit(DemoSite(articles=articles).at(now=NOW + timedelta(hours=hours)))


class _Filler:
    """Visits the site and remembers what it has."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._site = load_site("demo")
        self._posts: dict[str, Post] = {}
        self._gone: set[str] = set()

    def visit(self, demo: DemoSite) -> None:
        """Fetch what is new or changed at the site's present moment."""
        now = demo.now.astimezone(UTC)
        posts = {post.url: post for post in demo.posts()}
        wanted = [post for url, post in posts.items() if url not in self._posts or "revised" in post.item.plan.shape]
        archive = self._archive
        with archive.transaction():
            run_id = archive.runs.start(spider="category", site="demo", arguments={"site": "demo"}, now=now)
            archive.connection.execute("UPDATE runs SET process = ? WHERE id = ?", (_PROCESS, run_id))
            archive.frontier.add(
                [Link(post.url, "demo", "post", found_on=f"{demo.base_url}/") for post in wanted], run_id, now
            )
            before = self._count()
            for number, post in enumerate(wanted):
                self._fetch(demo, post.url, "post", run_id, now + timedelta(seconds=number))
            archive.copies.touch([url for url in posts if url in self._posts], now)
            self._part_with(posts, now)
            counts = {"articles/new": self._count() - before, "pages": len(wanted)}
            archive.runs.finish(run_id, outcome="finished", now=now + _HOUR, reason="finished", counts=counts)
        self._posts |= posts

    def _fetch(self, demo: DemoSite, url: str, role: Role, run_id: int, now: datetime) -> None:
        reply = demo.reply(url)
        headers = {"content-type": reply.content_type} if reply.content_type else {}
        page = Page(url, role, "demo", reply.body, now, reply.status, headers)
        page.snapshot_id = self._archive.snapshots.save(page)
        article = process(page, self._site)
        problem = rejection(article)
        if problem is None:
            self._archive.store(article, run_id, now)
            self._follow(demo, article, run_id, now)
            return
        where = {"url": url, "site": "demo", "stage": problem.stage, "reason": problem.reason}
        self._archive.problems.add(run_id, **where, detail=problem.detail, now=now)
        self._archive.frontier.end(url, state="rejected", reason=problem.reason, now=now)

    def _follow(self, demo: DemoSite, article: Article, run_id: int, now: datetime) -> None:
        code = read_info_code(article.share_url) if article.page.role == "post" and article.share_url else None
        if code is None:
            return
        assert self._site.share is not None
        url = self._site.share.data_url(code)
        self._archive.frontier.add([Link(url, "demo", "share", found_on=article.page.url)], run_id, now)
        self._fetch(demo, url, "share", run_id, now + timedelta(minutes=1))

    def _part_with(self, posts: dict[str, Post], now: datetime) -> None:
        """Record the posts that were there and are not any more."""
        for url in self._posts:
            if url not in posts and url not in self._gone:
                self._archive.copies.gone(url, 404, now)
                self._gone.add(url)

    def _count(self) -> int:
        return int(self._archive.connection.execute("SELECT count(*) FROM articles").fetchone()[0])
