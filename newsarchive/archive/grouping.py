"""What articles are counted by: day, source, category and more, as SQL over `joins.ARTICLES_WITH_NAMES`."""

from __future__ import annotations

from typing import NamedTuple


class Group(NamedTuple):
    """An SQL expression, whether its values have an order of their own, and the join that it needs."""

    value: str
    in_order: bool = False
    join: str = ""


GROUPS = {
    "day": Group("a.published_date", in_order=True),
    "month": Group("substr(a.published_date, 1, 7)", in_order=True),
    "weekday": Group("strftime('%w', a.published_date)", in_order=True),
    "hour": Group("CASE WHEN a.published_precision <> 'day' THEN substr(a.published_at, 12, 2) END", in_order=True),
    "source": Group("s.name"),
    "medium": Group("s.medium"),
    "category": Group("coalesce(c.name, c.slug)"),
    "site": Group("a.site"),
    "lang": Group("a.lang"),
    "kind": Group("a.kind"),
    "code": Group(
        "m.market || '.' || m.code || coalesce(' ' || m.name, '')", join="JOIN mentions m ON m.article_id = a.id"
    ),
}
