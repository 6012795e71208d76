"""Views for people: how texts changed, who carried whose story, who writes and who reprints, who fell silent when."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

# A state of an article's text is new when its body is not that of the state before, or when it has another title; a
# copy that has no title (the share service) goes by the title before it. The states of one article are found by
# themselves, as JSON, so that the first rows of all need no more than the first articles: a window over all readings is
# worked out to its end before its first row is there.
_REVISIONS = """
CREATE VIEW revisions AS
SELECT a.id AS article_id, state.key + 1 AS revision, r.first_seen_at AS seen_at, r.copy_id, c.url,
       state.value ->> 1 AS cause, coalesce(r.title, state.value ->> 2) AS title, t.body, t.content_hash
FROM articles a, json_each((
    SELECT json_group_array(json_array(id, cause, previous_title))
    FROM (SELECT r.id, r.first_seen_at AS seen_at, c.url, r.title, r.text_id,
                 CASE WHEN lag(r.id) OVER article IS NULL THEN 'first'
                      WHEN NOT EXISTS (SELECT 1 FROM readings e WHERE e.article_id = r.article_id
                                         AND e.copy_id = r.copy_id AND e.first_seen_at < r.first_seen_at) THEN 'copy'
                      ELSE r.cause END AS cause,
                 lag(r.text_id) OVER article AS previous_text_id,
                 (SELECT e.title FROM readings e JOIN copies k ON k.id = e.copy_id
                  WHERE e.article_id = r.article_id AND e.title IS NOT NULL
                    AND (e.first_seen_at, k.url) < (r.first_seen_at, c.url)
                  ORDER BY e.first_seen_at DESC, k.url DESC LIMIT 1) AS previous_title
          FROM readings r JOIN copies c ON c.id = r.copy_id JOIN texts t ON t.id = r.text_id
          WHERE r.article_id = a.id AND t.body <> ''
          WINDOW article AS (ORDER BY r.first_seen_at, c.url))
    WHERE previous_text_id IS NOT text_id OR title <> previous_title ORDER BY seen_at, url
)) state
JOIN readings r ON r.id = state.value ->> 0 JOIN copies c ON c.id = r.copy_id JOIN texts t ON t.id = r.text_id
"""

# A story's first time of publication is a day alone where no more is known; then there are no hours to tell.
_SYNDICATION = """
CREATE VIEW syndication AS
SELECT st.id AS story_id, st.lead_article_id, first.name AS lead_source, a.id AS article_id, s.name AS source,
       CASE WHEN a.published_precision IS NOT 'day' AND length(st.first_published_at) > 10 THEN
           round(24 * (julianday(a.published_at) - julianday(st.first_published_at)), 2)
       END AS hours_later
FROM stories st
JOIN articles a ON a.story_id = st.id AND a.id <> st.lead_article_id
LEFT JOIN sources first ON first.id = st.lead_source_id
LEFT JOIN sources s ON s.id = a.source_id
WHERE st.article_count > 1
"""

# Triggers keep the count, so that it holds whoever writes; 0 stands for articles that name no source.
_STATEMENTS = (
    _REVISIONS,
    """
    CREATE TABLE source_days (
        source_id INTEGER NOT NULL,
        day TEXT NOT NULL,
        articles INTEGER NOT NULL,
        PRIMARY KEY (source_id, day)
    ) STRICT, WITHOUT ROWID
    """,
    """
    INSERT INTO source_days
    SELECT coalesce(source_id, 0), published_date, count(*) FROM articles WHERE published_date IS NOT NULL GROUP BY 1, 2
    """,
    """
    CREATE TRIGGER source_days_insert AFTER INSERT ON articles WHEN NEW.published_date IS NOT NULL BEGIN
        INSERT INTO source_days VALUES (coalesce(NEW.source_id, 0), NEW.published_date, 1)
        ON CONFLICT DO UPDATE SET articles = articles + 1;
    END
    """,
    """
    CREATE TRIGGER source_days_delete AFTER DELETE ON articles WHEN OLD.published_date IS NOT NULL BEGIN
        UPDATE source_days SET articles = articles - 1
        WHERE source_id = coalesce(OLD.source_id, 0) AND day = OLD.published_date;
        DELETE FROM source_days
        WHERE source_id = coalesce(OLD.source_id, 0) AND day = OLD.published_date AND articles = 0;
    END
    """,
    """
    CREATE TRIGGER source_days_update AFTER UPDATE OF published_date, source_id ON articles
    WHEN OLD.published_date IS NOT NEW.published_date OR OLD.source_id IS NOT NEW.source_id BEGIN
        UPDATE source_days SET articles = articles - 1
        WHERE source_id = coalesce(OLD.source_id, 0) AND day = OLD.published_date;
        DELETE FROM source_days
        WHERE source_id = coalesce(OLD.source_id, 0) AND day = OLD.published_date AND articles = 0;
        INSERT INTO source_days SELECT coalesce(NEW.source_id, 0), NEW.published_date, 1
        WHERE NEW.published_date IS NOT NULL
        ON CONFLICT DO UPDATE SET articles = articles + 1;
    END
    """,
    """
    CREATE VIEW daily_counts AS
    SELECT d.day, s.name AS source, s.medium, d.articles
    FROM source_days d LEFT JOIN sources s ON s.id = d.source_id
    """,
    _SYNDICATION,
    """
    CREATE VIEW source_activity AS
    WITH printed AS (
        SELECT source_id, count(*) AS articles FROM articles WHERE source_id IS NOT NULL GROUP BY source_id
    ), days AS (
        SELECT source_id, count(*) AS days, min(day) AS first_day, max(day) AS last_day
        FROM source_days GROUP BY source_id
    ), led AS (
        SELECT lead_source_id, count(*) AS stories, sum(article_count) - count(*) AS followers
        FROM stories WHERE lead_source_id IS NOT NULL GROUP BY lead_source_id
    )
    SELECT s.name AS source, s.medium, p.articles, coalesce(led.stories, 0) AS own_stories,
           p.articles - coalesce(led.stories, 0) AS reprints, coalesce(led.followers, 0) AS followers,
           coalesce(d.days, 0) AS days, d.first_day, d.last_day
    FROM printed p
    JOIN sources s ON s.id = p.source_id
    LEFT JOIN days d ON d.source_id = p.source_id
    LEFT JOIN led ON led.lead_source_id = p.source_id
    """,
    # A source's patience is four times its usual pause, three days at least; who published on fewer than five days has
    # no usual pause. Only where nothing follows within the patience is the next day looked up, which is what makes
    # this quick.
    """
    CREATE VIEW gaps AS
    WITH habits AS MATERIALIZED (
        SELECT source_id, max(day) AS last_day,
               max(3, CAST(4 * (julianday(max(day)) - julianday(min(day))) / (count(*) - 1) AS INTEGER)) AS patience
        FROM source_days WHERE source_id > 0 GROUP BY source_id HAVING count(*) >= 5
    ), spells AS (
        SELECT d.source_id, d.day AS before,
               (SELECT min(n.day) FROM source_days n WHERE n.source_id = d.source_id AND n.day > d.day) AS after
        FROM habits h CROSS JOIN source_days d ON d.source_id = h.source_id
        WHERE d.day < h.last_day AND NOT EXISTS (
            SELECT 1 FROM source_days n
            WHERE n.source_id = d.source_id AND n.day > d.day AND n.day <= date(d.day, '+' || h.patience || ' days')
        )
        UNION ALL
        SELECT NULL, before, after FROM (
            SELECT lag(day) OVER (ORDER BY day) AS before, day AS after
            FROM (SELECT DISTINCT published_date AS day FROM articles WHERE published_date IS NOT NULL)
        ) WHERE after > date(before, '+1 day')
    )
    SELECT s.name AS source, s.medium, date(before, '+1 day') AS silent_from, date(after, '-1 day') AS silent_until,
           CAST(julianday(after) - julianday(before) AS INTEGER) - 1 AS days
    FROM spells LEFT JOIN sources s ON s.id = spells.source_id
    """,
)


def create_views(connection: sqlite3.Connection) -> None:
    """Create the views beside articles, readings, sources and stories; the caller holds the transaction.

    `revisions` has the states of each article's text. `syndication` has a row for every article that followed the lead
    of its story, with the hours between them. `source_activity` counts a source's articles, how many of them led a
    story (`own_stories`) or came later (`reprints`), and the articles that followed where it led (`followers`). `gaps`
    lists spells of days in which a source was silent for longer than usual, and (without a source) days without any
    article. `daily_counts` counts articles by local day and source; an article without a date has no day and is left
    out of days and gaps.
    """
    for statement in _STATEMENTS:
        connection.execute(statement)


def drop_views(connection: sqlite3.Connection) -> None:
    """Drop what `create_views` makes, in whatever form it is there; the caller holds the transaction."""
    for view in ("revisions", "daily_counts", "syndication", "source_activity", "gaps"):
        connection.execute(f"DROP VIEW IF EXISTS {view}")
    for event in ("insert", "delete", "update"):
        connection.execute(f"DROP TRIGGER IF EXISTS source_days_{event}")
    connection.execute("DROP TABLE IF EXISTS source_days")
