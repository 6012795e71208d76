"""A reading: what one copy said of an article at one time, in the form in which the archive keeps it.

An article's row is a function of its readings (see `merge`), so the archive keeps every reading: the text in `texts`,
everything else as JSON in `readings.fields`.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from newsarchive.models import (
    Byline,
    Category,
    Image,
    Mention,
    Paragraph,
)
from newsarchive.url_keys import url_key

if TYPE_CHECKING:
    from newsarchive.models import Article, Precision, Role

#: Fields of an Article that go into the JSON as they are; empty ones are left out.
_PLAIN = (
    "info_code",
    "kind",
    "original_title",
    "digest",
    "attribution",
    "source",
    "via",
    "section",
    "document_number",
    "index_number",
    "region",
    "embeds",
    "lang",
    "canonical_url",
    "share_url",
    "original_url",
    "paywalled",
    "part",
)


_ALTERNATES = ("post", "original")


@dataclass(slots=True)
class Observation:
    """One copy's state: where it stood, what it said. `fields` holds everything else, empty ones left out."""

    url: str
    role: Role
    site: str
    title: str | None
    body: str
    content_hash: str
    extractor: str
    fields: dict[str, Any] = field(default_factory=dict)

    @property
    def paragraphs(self) -> list[Paragraph]:
        """The body parted again, each paragraph with its kind."""
        if not self.body:
            return []
        texts = self.body.split("\n\n")
        return [Paragraph(text, kind) for text, kind in zip(texts, self.kinds(len(texts)), strict=True)]

    def kinds(self, count: int) -> list[Any]:
        """Return the kind of each paragraph; only those that are not plain text are kept in the fields."""
        kinds = ["text"] * count
        for position, kind in self.fields.get("kinds", {}).items():
            kinds[int(position)] = kind
        return kinds

    @property
    def published(self) -> tuple[datetime, Precision] | None:
        """The time of publication and how exact it is."""
        if "published_at" not in self.fields:
            return None
        return datetime.fromisoformat(self.fields["published_at"]), self.fields.get("precision", "second")

    @property
    def category(self) -> Category | None:
        """The category that the copy stands in."""
        return Category(**self.fields["category"]) if "category" in self.fields else None

    @property
    def bylines(self) -> list[Byline]:
        """The named persons, in the order in which they stand."""
        return [Byline(**row) for row in self.fields.get("bylines", ())]

    @property
    def mentions(self) -> list[Mention]:
        """The named securities."""
        return [Mention(**row) for row in self.fields.get("mentions", ())]

    @property
    def images(self) -> list[Image]:
        """The pictures, in the order in which they stand."""
        return [Image(**row) for row in self.fields.get("images", ())]

    @property
    def part(self) -> int:
        """Which page of an article on several pages the copy is."""
        return int(self.fields.get("part", 1))

    @property
    def is_alternate(self) -> bool:
        """Whether the copy names another address as the article's: a short link, an AMP or a mobile page."""
        named = self.fields.get("final_url") or self.fields.get("canonical_url")
        return self.role in _ALTERNATES and named is not None and url_key(named) != url_key(self.url)

    @property
    def trusted(self) -> bool:
        """Whether the copy is whole enough to speak beside others.

        A page without text, or a page that has neither title nor date, is kept but only counts where no better
        copy is known. The share service never gives title or date, so its text alone is enough.
        """
        return bool(self.body) and (self.role == "share" or bool(self.title) or "published_at" in self.fields)


def content_hash(body: str) -> str:
    """Hash a text to 32 hex digits (BLAKE2b, 128 bits): equal for equal text, whatever the markup was."""
    return hashlib.blake2b(body.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def checksum(title: bytes | None, text_hash: str, fields: bytes, extractor: bytes | None) -> str:
    """Return the checksum of a reading: 16 hex digits of what it says, as it is stored, and of the hash of its text."""
    parts = [b"" if title is None else b"=" + title, text_hash.encode(), fields, extractor or b""]
    return hashlib.blake2b(b"\0".join(parts), digest_size=8).hexdigest()


def observation_of(article: Article) -> Observation:
    """Return what the archive keeps of an article; empty fields are left out."""
    fields: dict[str, Any] = {name: value for name in _PLAIN if (value := getattr(article, name))}
    if article.published_at is not None:
        fields["published_at"] = article.published_at.isoformat()
        if article.precision != "second":
            fields["precision"] = article.precision
    if kinds := {str(i): p.kind for i, p in enumerate(article.paragraphs) if p.kind != "text"}:
        fields["kinds"] = kinds
    for name in ("bylines", "mentions", "images"):
        if rows := getattr(article, name):
            fields[name] = [asdict(row) for row in rows]
    if article.category is not None:
        fields["category"] = asdict(article.category)
    page, body = article.page, article.body
    if page.hints.title:
        fields["listed_title"] = page.hints.title
    if page.final_url and url_key(page.final_url) != url_key(page.url):
        fields["final_url"] = page.final_url
    return Observation(
        url=page.url,
        role=page.role,
        site=page.site,
        title=article.title,
        body=body,
        content_hash=content_hash(body),
        extractor=article.extractor,
        fields=fields,
    )
