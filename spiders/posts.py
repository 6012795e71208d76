"""Reads post files: the Markdown sources of a Jekyll site, from a folder, a glob or a git checkout. Asks nobody.

scrapy crawl posts -a path=../finews
scrapy crawl posts -a 'path=old_post/2022-05-*.md'
"""

from __future__ import annotations

import glob
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from newsarchive.crawl.arguments import read_site
from newsarchive.errors import UserError
from newsarchive.models import Page
from spiders.base import ArchiveSpider

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from newsarchive.crawl.arguments import Reader

SUFFIXES = (".md", ".markdown")
# Where a checkout of the site keeps its posts. Where one of these exists, nothing else is read (README.md is no post).
POST_FOLDERS = ("_posts", "old_post")


def find_files(text: str) -> tuple[Path, ...]:
    """Find the post files of a folder (with its sub-folders), a checkout or a glob, sorted by name.

    Raises:
        UserError: there is no such folder, or no post file in it.

    """
    root = Path(text).expanduser()
    if root.is_dir():
        folders = [root / name for name in POST_FOLDERS if (root / name).is_dir()] or [root]
        found = [path for folder in folders for path in folder.rglob("*") if not _hidden(path.relative_to(root))]
    elif root.is_file():
        found = [root]
    elif glob.has_magic(text):
        found = [Path(name) for name in glob.iglob(str(root), recursive=True)]  # noqa: PTH207 - the root is part of it
    else:
        raise UserError("there is no such folder or file")
    files = {path for path in found if path.suffix.lower() in SUFFIXES and path.is_file()}
    if not files:
        raise UserError(f"has no post files ({', '.join(SUFFIXES)})")
    return tuple(sorted(files, key=lambda path: (path.name, str(path))))


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


class PostsSpider(ArchiveSpider):
    """Hands post files on as pages with the role `file`, under the URL `file:<name>`."""

    name = "posts"
    fetches: ClassVar[bool] = False
    readers: ClassVar[dict[str, Reader]] = {"site": read_site, "path": find_files}

    @classmethod
    def check(cls, given: dict[str, str]) -> dict[str, Any]:
        """Read all arguments."""
        values = super().check(given)
        if "path" not in values:
            raise UserError("path= is missing: a folder with post files, a glob, or a git checkout of the site")
        return values

    async def start(self) -> AsyncIterator[Any]:
        """Yield one page a file."""
        limit = self.settings.getint("DOWNLOAD_MAXSIZE")
        for path in self.values["path"]:
            url = f"file:{path.name}"
            try:
                if path.stat().st_size > limit:
                    self.session.problem(url, "fetch", "too-large", f"more than {limit} bytes")
                    continue
                body = path.read_bytes()
            except OSError as error:
                self.session.problem(url, "fetch", "unreachable", f"cannot be read: {error.strerror}")
                continue
            await self.session.room()
            yield Page(url=url, role="file", site=self.site.name, body=body, fetched_at=datetime.now(UTC))
