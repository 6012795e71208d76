"""Reads post files: the Markdown sources of a Jekyll site, from a folder, a glob or a git checkout. Asks nobody."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar

from newsarchive.crawl.arguments import FilesReader, read_site
from newsarchive.crawl.writer.operations import Operations
from newsarchive.errors import UserError
from newsarchive.i18n import _
from newsarchive.models import Page
from spiders.base import ArchiveSpider

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from newsarchive.crawl.arguments import Reader

# Where a checkout of the site keeps its posts. Where one of these exists, nothing else is read (README.md is no post).
POST_FILES = FilesReader("post files", (".md", ".markdown"), folders=("_posts", "old_post"))


class PostsSpider(ArchiveSpider):
    """Hands post files on as pages with the role `file`, under the URL `file:<name>`.

    Spider arguments:
        site: name of the site that the posts are of; without it `finews`.
        path: a folder (with its sub-folders), a glob, one file, or a git checkout of the site.

    Examples:
        scrapy crawl posts -a path=../finews
        scrapy crawl posts -a 'path=old_post/2022-05-*.md'

    """

    name = "posts"
    fetches: ClassVar[bool] = False
    readers: ClassVar[dict[str, Reader]] = {"site": read_site, "path": POST_FILES}

    @classmethod
    def check(cls, given: dict[str, str]) -> dict[str, Any]:
        """Read all arguments."""
        values = super().check(given)
        if "path" not in values:
            raise UserError(_("path= is missing: a folder with post files, a glob, or a git checkout of the site"))
        return values

    async def start(self) -> AsyncIterator[Any]:
        """Yield one page a file."""
        limit = self.settings.getint("DOWNLOAD_MAXSIZE")
        for path in self.values["path"]:
            url = f"file:{path.name}"
            try:
                if path.stat().st_size > limit:
                    self._problem(url, "too-large", f"more than {limit} bytes")
                    continue
                body = path.read_bytes()
            except OSError as error:
                self._problem(url, "unreachable", f"cannot be read: {error.strerror}")
                continue
            await self.session.writer.drain()
            yield Page(url=url, role="file", site=self.site.name, body=body, fetched_at=datetime.now(UTC))

    def _problem(self, url: str, reason: str, detail: str) -> None:
        self.session.writer.submit(Operations.problem, url, "fetch", reason, detail)
