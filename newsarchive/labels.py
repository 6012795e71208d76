"""What the columns of tables and answers are called, for people."""

from __future__ import annotations

from newsarchive.i18n import N_, _

_LABELS = {
    "addresses": N_("addresses"),
    "article_key": N_("article"),
    "articles": N_("articles"),
    "carried_by": N_("printed by"),
    "category": N_("category"),
    "changed_at": N_("changed"),
    "characters": N_("characters"),
    "characters_changed": N_("characters"),
    "clock": N_("time"),
    "code": N_("code"),
    "day": N_("day"),
    "days": N_("days"),
    "days_silent": N_("days without articles"),
    "first_by": N_("first printed by"),
    "first_day": N_("first day"),
    "first_published_at": N_("first"),
    "followers": N_("printed by others later"),
    "gone_at": N_("gone since"),
    "hour": N_("hour"),
    "http_status": N_("http status"),
    "last_at": N_("last"),
    "last_day": N_("last day"),
    "last_published_at": N_("last"),
    "market": N_("market"),
    "medium": N_("medium"),
    "minutes_later": N_("minutes later"),
    "name": N_("name"),
    "named": N_("named"),
    "newest_address": N_("newest address"),
    "own_stories": N_("had first"),
    "published_at": N_("published"),
    "reason": N_("reason"),
    "reprints": N_("had later than others"),
    "role": N_("role"),
    "silent_from": N_("silent from"),
    "silent_until": N_("silent until"),
    "source": N_("source"),
    "sources": N_("sources"),
    "stage": N_("stage"),
    "story": N_("story"),
    "times": N_("times"),
    "times_named": N_("times named"),
    "title": N_("title"),
    "url": N_("url"),
    "version": N_("versions"),
    "what_changed": N_("what changed"),
}


def label_of(column: str) -> str:
    """Write the name of a column for people."""
    return _(_LABELS.get(column) or column.replace("_", " "))
