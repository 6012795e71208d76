"""Post files: the mirror's own Markdown with front matter, as its repository holds them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from newsarchive.demo import vocabulary

if TYPE_CHECKING:
    from pathlib import Path

    from newsarchive.demo.posts import Post, SiteNote

_ZONE_SHIFT = timedelta(hours=8)  # a date without a zone is taken as UTC by the site


def file_name(post: Post) -> str:
    """Name the file of a post; without a date its name begins with a hyphen."""
    day = f"{post.item.plan.published:%Y-%m-%d}"
    return f"-{post.id}.md" if post.shown_time is None else f"{day}-{post.id}.md"


def post_file(post: Post) -> bytes:
    """Write the file of a post; line ends and a broken title are those of its shape."""
    lines = ["---", "layout: post", f'title: "{post.title}"', f"date: {_date(post)}"]
    lines += [f"categories: {post.medium.slug}", f"tags: {post.medium.tag}", "---"]
    if post.digest:
        lines += [f"> {post.digest}", ""]
    elif post.first_form:
        lines += [""]
    body = [post.only_paragraph] if post.first_form else post.body()
    separator = "\r\n " if post.item.plan.shape == "cr" else ""
    lines += [separator.join(body), "", f"<{post.share_url or post.original_url or ''}>"]
    back = [f"[{label}]({url})" for label, url in post.ways_back()]
    if back:
        lines += ["", ("\n" if post.item.plan.shape == "two-line-return" else "｜").join(back)]
    return "\n".join(lines).encode()


def _date(post: Post) -> str:
    if post.shown_time is None:
        return " +0800"
    if post.item.plan.shape == "no-zone":
        return f"{post.shown_time - _ZONE_SHIFT:%Y-%m-%d %H:%M:%S}"
    return f"{post.shown_time:%Y-%m-%d %H:%M:%S} +0800"


def note_file(note: SiteNote) -> tuple[str, bytes]:
    """Return name and text of the file of a message of the site itself; its date names no zone."""
    shown = note.published - _ZONE_SHIFT
    text = (
        f'---\nlayout: post\ntitle: "{note.title}"\ndate: {shown:%Y-%m-%d %H:%M:%S}\n'
        f"categories: {vocabulary.SITE_NEWS_SLUG}\ntags: {vocabulary.SITE_NEWS_TAG}\n---\n\n{note.text}\n"
    )
    return f"{note.published:%Y-%m-%d}-{note.name}.md", text.encode()


def write(folder: Path, files: dict[str, bytes]) -> list[Path]:
    """Write files into a folder (made where it is missing) and give their paths, sorted."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return sorted(folder / name for name in files)
