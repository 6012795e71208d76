"""An Atom feed (RFC 4287) of articles; all of their text is plain text in it."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING
from urllib.parse import quote

from newsarchive.export.xml_text import xml_attribute, xml_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from newsarchive.archive.queries import ArchivedArticle

_NEVER = "1970-01-01T00:00:00Z"


def write_atom(
    articles: Iterable[ArchivedArticle],
    stream: IO[bytes],
    *,
    title: str,
    feed_id: str,
    self_url: str | None = None,
    subtitle: str = "",
    next_url: str | None = None,
) -> int:
    """Write articles as an Atom feed in the order given; return their number. `next_url` is where it goes on.

    `feed_id` is the feed's own IRI and must stay the same for ever. An entry was updated when its text last changed,
    else when it was published; articles without a known time are dated 1970. Only http(s) addresses become links.
    """
    entries = [(updated_of(article), _entry(article)) for article in articles]
    # RFC 3339 times of one zone sort as text; of several zones, nearly so, which is enough for a feed's own time.
    updated = max((moment for moment, _ in entries), default=_NEVER)
    head = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<feed xmlns="http://www.w3.org/2005/Atom">',
        f"<id>{xml_text(feed_id)}</id>",
        f"<title>{xml_text(title)}</title>",
        *([f"<subtitle>{xml_text(subtitle)}</subtitle>"] if subtitle else []),
        f"<updated>{updated}</updated>",
        "<generator>newsarchive</generator>",
    ]
    if self_url:
        head.append(f'<link rel="self" href={xml_attribute(self_url)}/>')
    if next_url:
        head.append(f'<link rel="next" href={xml_attribute(next_url)}/>')
    stream.write("\n".join([*head, *(entry for _, entry in entries), "</feed>\n"]).encode("utf-8"))
    return len(entries)


def updated_of(article: ArchivedArticle) -> str:
    """Return when an article's text last changed, in the form of the archive."""
    row = article.row
    changed = row["changed_at"] if (row["revision"] or 1) > 1 else None
    return str(changed or row["published_at"] or row["first_seen_at"] or _NEVER)


def _entry(article: ArchivedArticle) -> str:
    row = article.row
    lines = [
        "<entry>",
        f"<id>urn:newsarchive:article:{quote(article.key, safe='')}</id>",
        f"<title>{xml_text(row['title'] or article.key)}</title>",
        f"<updated>{xml_text(updated_of(article))}</updated>",
    ]
    if row["published_at"]:
        lines.append(f"<published>{xml_text(row['published_at'])}</published>")
    lines.append(f"<author><name>{xml_text(row['source'] or row['site'])}</name></author>")
    if (url := _web_address(row["url"])) is not None:
        lines.append(f'<link rel="alternate" href={xml_attribute(url)}/>')
    if row["category"]:
        label = xml_attribute(row["category_name"] or row["category"])
        lines.append(f"<category term={xml_attribute(row['category'])} label={label}/>")
    if row["digest"]:
        lines.append(f"<summary>{xml_text(row['digest'])}</summary>")
    language = f" xml:lang={xml_attribute(row['lang'])}" if row["lang"] else ""
    lines.append(f'<content type="text"{language}>{xml_text(row["body"])}</content>')
    return "\n".join([*lines, "</entry>"])


def _web_address(url: str | None) -> str | None:
    return url if url and url.lower().startswith(("http://", "https://")) else None
